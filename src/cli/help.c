// SPDX-License-Identifier: GPL-2.0-or-later
/* gvm help: the tables of commands and options, for people and, as JSON, for what makes the manual. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "output.h"

/* Where the explanations begin. */
#define HELP_COLUMN 35

static const char first_steps[] =
	"\nyour first vGPU:\n"
	"  gvm type list                                  what can be made here\n"
	"  gvm vgpu create --type TYPE --name desk1       make one\n"
	"  gvm list                                       see it\n"
	"  gvm vm run demo.yaml                           run a VM that has\n"
	"                                                 vgpus: [{name: desk1}]\n"
	"  gvm vgpu destroy desk1                         remove it\n"
	"\nmore of one command: gvm NOUN VERB --help; what an error means: gvm explain CODE\n";

/** @brief Must the option be given? @param c command @param o option @return yes or no */
static bool needed(const struct cli_command *c, const struct cli_option_row *o)
{
	return o->bit & c->needs;
}

/** @brief What to type for a command. @param c it @param f stream @param brief without what may be left out */
static void synopsis(const struct cli_command *c, FILE *f, bool brief)
{
	const struct cli_option_row *o;

	fprintf(f, "gvm %s%s%s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "",
		*c->args ? " " : "", c->args);
	for (o = cli_options; o->name; o++)
		if (needed(c, o))
			fprintf(f, " --%s %s", o->name, o->arg);
	for (o = cli_options; o->name && !brief; o++)
		if ((o->bit & c->options) && !needed(c, o))
			fprintf(f, " [--%s%s%s]", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
}

/** @brief A command's line: what to type, and what it does. @param c command */
static void command_line(const struct cli_command *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	synopsis(c, f, true);
	if (fclose(f) == 0 && len + 4 > HELP_COLUMN)
		printf("  %s\n%*s%s\n", text, HELP_COLUMN + 2, "", c->help);
	else
		printf("  %-*s%s\n", HELP_COLUMN, text, c->help);
	free(text);
}

/** @brief Print options. @param title above them, unless there are none @param c those of this command only, or NULL @param every those of every command */
static void options(const char *title, const struct cli_command *c, bool every)
{
	const struct cli_option_row *o;
	char left[40];

	for (o = cli_options; o->name; o++) {
		if (every != !o->bit || (c && !cli_takes(c, o)))
			continue;
		if (title)
			printf("\n%s:\n", title);
		title = NULL;
		snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg ? " " : "",
			 o->arg ? o->arg : "");
		if (o->letter > ' ' && o->letter <= 'z')
			printf("  -%c, %-16s  %s\n", o->letter, left, o->help);
		else
			printf("  %-20s  %s\n", left, o->help);
	}
}

/** @brief Help for people. @param noun noun, or NULL for all @param only the command, or NULL for all of the noun */
static void print_help(const char *noun, const struct cli_command *only)
{
	const struct cli_command *c;

	if (only) {
		printf("usage: ");
		synopsis(only, stdout, false);
		printf("\n\n%s\n", only->help);
		options("options", only, false);
		options("options of every command", only, true);
		return;
	}
	if (noun)
		printf("usage: gvm %s VERB [NAME...] [options]\n\n", noun);
	else
		printf("gvm - virtual GPUs for virtual machines\n\n"
		       "usage: gvm [options] NOUN VERB [NAME...] [options]\n\n");
	for (c = cli_commands; c->noun; c++)
		if (!noun || strcmp(noun, c->noun) == 0)
			command_line(c);
	options("options of every command", NULL, true);
	if (noun)
		printf("\noptions of one verb: gvm %s VERB --help\n", noun);
	else
		fputs(first_steps, stdout);
}

/** @brief An option as JSON. @param c command @param o option @return new object */
static struct json_object *option_item(const struct cli_command *c, const struct cli_option_row *o)
{
	struct json_object *v = json_object_new_object();
	char letter[2] = { o->letter > ' ' && o->letter <= 'z' ? o->letter : '\0', '\0' };

	json_object_object_add(v, "name", json_object_new_string(o->name));
	if (letter[0])
		json_object_object_add(v, "letter", json_object_new_string(letter));
	if (o->arg)
		json_object_object_add(v, "arg", json_object_new_string(o->arg));
	json_object_object_add(v, "needed", json_object_new_boolean(needed(c, o)));
	json_object_object_add(v, "every_command", json_object_new_boolean(!o->bit));
	json_object_object_add(v, "help", json_object_new_string(o->help));
	return v;
}

/** @brief A command as JSON. @param c it @return new object */
static struct json_object *command_item(const struct cli_command *c)
{
	struct json_object *v = json_object_new_object(), *list = json_object_new_array();
	const struct cli_option_row *o;

	json_object_object_add(v, "noun", json_object_new_string(c->noun));
	if (c->verb)
		json_object_object_add(v, "verb", json_object_new_string(c->verb));
	json_object_object_add(v, "args", json_object_new_string(c->args));
	json_object_object_add(v, "changes", json_object_new_boolean(c->changes));
	json_object_object_add(v, "help", json_object_new_string(c->help));
	for (o = cli_options; o->name; o++)
		if (cli_takes(c, o))
			json_object_array_add(list, option_item(c, o));
	json_object_object_add(v, "options", list);
	return v;
}

int cli_help(struct cli *cli, struct gvm_error *e)
{
	const char *noun = cli->n_args ? cli->args[0] : NULL;
	const char *verb = cli->n_args > 1 ? cli->args[1] : NULL;
	const struct cli_command *c, *only = noun ? cli_find_command(noun, verb) : NULL;
	struct cli_out *out;
	bool known = !noun;
	int r = 0;

	for (c = cli_commands; c->noun && !known; c++)
		known = strcmp(c->noun, noun) == 0;
	if (!known || (verb && (!only || !only->verb)))
		return cli_unknown(noun, verb, e);
	if (!cli->json) {
		print_help(noun, only);
		return 0;
	}
	out = cli_out_begin(cli, "gvm.help/1", NULL);
	for (c = cli_commands; out && c->noun && r == 0; c++)
		if (only ? c == only : !noun || strcmp(noun, c->noun) == 0)
			r = cli_out_item(out, command_item(c));
	return cli_out_end(out, NULL, r);
}
