// SPDX-License-Identifier: GPL-2.0-or-later
/* What may stand at the cursor: the shells' scripts ask, the tables and the host answer. */
#include "complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "options.h"
#include "registry.h"
#include "str.h"

#define MAX_PLACES 64

/** A command line that is being typed. */
struct line {
	const char *places[MAX_PLACES]; /* words that are no options */
	int n_places;
	const struct cli_command *command;     /* what they name, or NULL */
	const struct cli_option_row *value_of; /* the option whose value comes next, or NULL */
	bool names_only;                       /* "--" was there */
	const char *sysroot;
	const char *cursor; /* what the word at the cursor begins with */
	const char *before; /* what stands before it in its word: "--gpu=", or "" */
};

/** @brief Offer a word, if it begins as what is typed. @param l line @param word it @param help what it is */
static void offer(const struct line *l, const char *word, const char *help)
{
	if (*word && gvm_str_starts(word, l->cursor))
		printf("%s%s\t%s\n", l->before, word, help);
}

/** @brief Find the option a word gives. @param word it, with its dashes @return option, or NULL */
static const struct cli_option_row *option_of(const char *word)
{
	const struct cli_option_row *o;
	size_t len = strcspn(word, "=");

	for (o = cli_options; o->name; o++) {
		if (word[1] == '-' && strlen(o->name) == len - 2 &&
		    strncmp(word + 2, o->name, len - 2) == 0)
			return o;
		if (word[1] == o->letter && !word[2])
			return o;
	}
	return NULL;
}

/** @brief Take in what stands before the cursor. @param words all but the last @param n their number @param l result */
static void read_line(char **words, int n, struct line *l)
{
	const struct cli_option_row *o;
	int i;

	for (i = 0; i < n; i++) {
		bool option = !l->names_only && words[i][0] == '-' && words[i][1];
		const char *value = option ? strchr(words[i], '=') : NULL;

		if (!option && l->n_places < MAX_PLACES)
			l->places[l->n_places++] = words[i];
		if (!option)
			continue;
		l->names_only = strcmp(words[i], "--") == 0;
		o = option_of(words[i]);
		if (!o || !o->arg)
			continue;
		if (!value && ++i == n)
			l->value_of = o;
		else if (strcmp(o->name, "sysroot") == 0)
			l->sysroot = value ? value + 1 : words[i];
	}
	if (l->n_places)
		l->command = cli_find_command(l->places[0], l->n_places > 1 ? l->places[1] : NULL);
}

/** @brief Offer the nouns. @param l line */
static void offer_nouns(const struct line *l)
{
	const struct cli_command *c;
	char verbs[200] = "";

	for (c = cli_commands; c->noun; c++) {
		size_t len = strlen(verbs);

		if (!c->verb) {
			offer(l, c->noun, c->help);
			continue;
		}
		snprintf(verbs + len, sizeof(verbs) - len, "%s%s", len ? ", " : "", c->verb);
		if (c[1].noun && strcmp(c->noun, c[1].noun) == 0)
			continue;
		offer(l, c->noun, verbs);
		verbs[0] = '\0';
	}
}

/** @brief Offer a noun's verbs. @param l line @param noun it */
static void offer_verbs(const struct line *l, const char *noun)
{
	const struct cli_command *c;

	for (c = cli_commands; c->noun; c++)
		if (c->verb && strcmp(c->noun, noun) == 0)
			offer(l, c->verb, c->help);
}

/** @brief Offer the options of the command, or those of every command. @param l line */
static void offer_options(const struct line *l)
{
	const struct cli_option_row *o;
	struct line bare = *l;

	/* The dashes are no part of the names. */
	bare.before = "--";
	bare.cursor = strlen(l->cursor) > 2 ? l->cursor + 2 : "";
	for (o = cli_options; o->name; o++)
		if (l->command ? cli_takes(l->command, o) : !o->bit)
			offer(&bare, o->name, o->help);
}

/** @brief Offer GPUs. @param l line @param inv host */
static void offer_gpus(const struct line *l, const struct gvm_inventory *inv)
{
	size_t i;

	for (i = 0; i < inv->n_gpus; i++)
		offer(l, inv->gpus[i].id, inv->gpus[i].name);
}

/** @brief Offer types, each once, with what is left of it on all GPUs. @param l line @param inv host */
static void offer_types(const struct line *l, const struct gvm_inventory *inv)
{
	char text[160];
	size_t i, k;

	for (i = 0; i < inv->n_types; i++) {
		const struct gvm_type *t = &inv->types[i];
		long left = 0;

		for (k = 0; k < i && strcmp(inv->types[k].id, t->id) != 0;)
			k++;
		if (k < i)
			continue;
		for (k = i; k < inv->n_types; k++)
			if (strcmp(inv->types[k].id, t->id) == 0 && inv->types[k].available > 0)
				left += inv->types[k].available;
		snprintf(text, sizeof(text), "%s%s%ld available", t->name, *t->name ? ", " : "",
			 left);
		offer(l, t->id, text);
	}
}

/** @brief Offer own types, also those whose base is not there. @param l line @param inv host */
static void offer_own_types(const struct line *l, const struct gvm_inventory *inv)
{
	size_t i;

	for (i = 0; i < inv->own_types.n; i++)
		offer(l, inv->own_types.items[i].name, inv->own_types.items[i].description);
}

/** @brief Offer vGPUs. @param l line @param inv host */
static void offer_vgpus(const struct line *l, const struct gvm_inventory *inv)
{
	char text[160];
	size_t i;

	for (i = 0; i < inv->n_vgpus; i++) {
		snprintf(text, sizeof(text), "%s on %s", inv->vgpus[i].type,
			 inv->vgpus[i].gpu ? inv->vgpus[i].gpu->id : "-");
		offer(l, inv->vgpus[i].name, text);
	}
}

/** @brief Offer VMs. @param l line @param inv host */
static void offer_vms(const struct line *l, const struct gvm_inventory *inv)
{
	char text[40];
	size_t i;

	for (i = 0; i < inv->n_vms; i++) {
		snprintf(text, sizeof(text), "process %d", (int)inv->vms[i].proc.pid);
		offer(l, inv->vms[i].name, text);
	}
}

/** What can be asked of the host, by the words of the tables. */
static const struct {
	const char *word;
	unsigned int flags;
	void (*offer)(const struct line *l, const struct gvm_inventory *inv);
} objects[] = {
	{ "GPU", GVM_INV_DETAIL, offer_gpus },
	{ "TYPE", GVM_INV_TYPES, offer_types },
	{ "OWNTYPE", GVM_INV_TYPES, offer_own_types },
	{ "VGPU", GVM_INV_VGPUS, offer_vgpus },
	{ "VM", GVM_INV_VGPUS | GVM_INV_VMS, offer_vms },
};

/** @brief Offer objects of the host; none where it cannot be read. @param l line @param word of the tables */
static void offer_objects(const struct line *l, const char *word)
{
	GVM_AUTOINVENTORY struct gvm_inventory *inv = NULL;
	struct gvm_ctx *ctx = NULL;
	size_t i;

	for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		if (strcmp(objects[i].word, word) != 0)
			continue;
		if (gvm_open(l->sysroot, 0, &ctx, NULL) < 0)
			return;
		if (gvm_inventory_read(ctx, objects[i].flags, NULL, &inv, NULL) == 0)
			objects[i].offer(l, inv);
		gvm_close(ctx);
	}
}

/** @brief Offer the codes of errors. @param l line */
static void offer_codes(const struct line *l)
{
	size_t i, n;
	const struct gvm_error_entry *all = gvm_errors_all(&n);
	struct gvm_error_manual m;

	for (i = 0; i < n; i++)
		if (gvm_errors_manual(&all[i], &m) == 0)
			offer(l, all[i].code, m.meaning);
}

/** @brief Offer what a word of the tables stands for. @param l line @param word such as "GPU", "[VM...]", "bash|zsh" */
static void offer_word(const struct line *l, const char *word)
{
	GVM_AUTOFREE char *plain = strdup(word + strspn(word, "["));
	char *one, *rest = plain;

	if (!plain)
		return;
	plain[strcspn(plain, ".]")] = '\0';
	if (gvm_str_starts(plain, "FILE") || strcmp(plain, "DIR") == 0)
		printf(":files\n");
	else if (strcmp(plain, "NOUN") == 0)
		offer_nouns(l);
	else if (strcmp(plain, "VERB") == 0 && l->n_places)
		offer_verbs(l, l->places[l->n_places - 1]);
	else if (strcmp(plain, "CODE") == 0)
		offer_codes(l);
	else if (plain[0] >= 'a' && plain[0] <= 'z')
		while ((one = strsep(&rest, "|")))
			offer(l, one, "");
	else
		offer_objects(l, plain);
}

/** @brief Offer what stands at a command's place. @param l line */
static void offer_place(const struct line *l)
{
	GVM_AUTOFREE char *args = strdup(l->command->args);
	int place = l->n_places - (l->command->verb ? 2 : 1);
	char *word, *rest = args, *last = NULL;

	if (place >= l->command->max_args)
		return;
	while ((word = strsep(&rest, " "))) {
		last = word;
		if (place-- == 0)
			break;
	}
	if (last)
		offer_word(l, last);
}

void cli_complete(char **words, int n)
{
	struct line l = { .cursor = n ? words[n - 1] : "", .before = "" };
	const char *value = strchr(l.cursor, '=');
	GVM_AUTOFREE char *before = NULL;

	read_line(words, n ? n - 1 : 0, &l);
	if (!l.value_of && !l.names_only && l.cursor[0] == '-' && value) {
		l.value_of = option_of(l.cursor);
		before = strndup(l.cursor, (size_t)(value + 1 - l.cursor));
		l.before = before ? before : "";
		l.cursor = value + 1;
		if (!l.value_of)
			return;
	}
	if (l.value_of && l.value_of->arg)
		offer_word(&l, l.value_of->arg);
	else if (l.value_of)
		return;
	else if (!l.names_only && l.cursor[0] == '-')
		offer_options(&l);
	else if (!l.n_places)
		offer_nouns(&l);
	else if (l.command)
		offer_place(&l);
	else if (l.n_places == 1)
		offer_verbs(&l, l.places[0]);
}
