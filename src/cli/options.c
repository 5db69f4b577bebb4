// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "str.h"

#define DEFAULT_TIMEOUT_S 30
#define MAX_TIMEOUT_S 86400

/** One option. Those with bit 0 are taken by every command. */
struct option_row {
	const char *name;
	char letter;     /* its value in getopt_long(3); those above 'z' have no short form */
	const char *arg; /* as shown in help, or NULL */
	unsigned int bit;
	const char *help;
};

/* Letters for options without a short form. */
enum { ALL_CLASSES = 1, GPU, TYPE, NAME, UUID, FOREIGN, PRINT, TIMEOUT, SYSROOT, DRY_RUN, VERSION };

static const struct option_row rows[] = {
	{ "type", TYPE, "TYPE", CLI_TYPE, "type to make, by id or full name" },
	{ "gpu", GPU, "GPU", CLI_GPU,
	  "only on this GPU: PCI address in any spelling, node, or name" },
	{ "name", NAME, "NAME", CLI_NAME, "name of the new vGPU" },
	{ "uuid", UUID, "UUID", CLI_UUID, "UUID of the new vGPU; else a random one" },
	{ "foreign", FOREIGN, NULL, CLI_FOREIGN, "also a vGPU that gvm did not make" },
	{ "all-classes", ALL_CLASSES, NULL, CLI_ALL_CLASSES, "PCI functions that are no GPUs too" },
	{ "print-command", PRINT, NULL, CLI_PRINT_COMMAND,
	  "print the QEMU command line, run nothing" },
	{ "timeout", TIMEOUT, "S", CLI_TIMEOUT, "seconds the guest may take to shut down (30)" },
	{ "json", 'j', NULL, 0, "answer in JSON" },
	{ "sysroot", SYSROOT, "DIR", 0,
	  "read the host pictured in DIR (sys/ proc/ dev/), change nothing" },
	{ "dry-run", DRY_RUN, NULL, 0,
	  "where something is changed: show what would be done, change nothing" },
	{ "verbose", 'v', NULL, 0, "tell each step" },
	{ "help", 'h', NULL, 0, "this help" },
	{ "version", VERSION, NULL, 0, "version of gvm" },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

/** @brief A usage error, printf style. @param e error @param fmt message @return -EINVAL */
static int __attribute__((format(printf, 2, 3))) usage(struct gvm_error *e, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	gvm_str_printable(text);
	return gvm_error_set(e, "GVM_E_USAGE", EINVAL, "%s", text);
}

/** @brief Is there such a noun? @param noun word @return yes or no */
static bool known_noun(const char *noun)
{
	const struct cli_command *c;

	for (c = cli_commands; c->noun; c++)
		if (strcmp(c->noun, noun) == 0)
			return true;
	return false;
}

/** @brief Find the command that the words name; takes them off. @param cli run, with all words as args @param e detail @return 0 or -EINVAL */
static int find_command(struct cli *cli, struct gvm_error *e)
{
	const struct cli_command *c;
	const char *noun = cli->args[0], *verb = cli->n_args > 1 ? cli->args[1] : NULL;

	for (c = cli_commands; c->noun; c++) {
		if (strcmp(c->noun, noun) != 0)
			continue;
		if (c->verb && (!verb || strcmp(c->verb, verb) != 0))
			continue;
		cli->command = c;
		cli->args += c->verb ? 2 : 1;
		cli->n_args -= c->verb ? 2 : 1;
		return 0;
	}
	if (!known_noun(noun))
		return usage(e, "gvm knows no %s", noun);
	usage(e, verb ? "gvm %s knows no %s" : "gvm %s needs a verb", noun, verb);
	GVM_ERROR_FIELD(e, hint, "gvm %s --help", noun);
	return -EINVAL;
}

/** @brief Take one option. @param cli run @param letter of the option @param arg its value @param wish result @param e detail @return 0 or -EINVAL */
static int take(struct cli *cli, int letter, const char *arg, enum cli_wish *wish,
		struct gvm_error *e)
{
	uint64_t seconds;

	switch (letter) {
	case ALL_CLASSES: cli->all_classes = true; break;
	case GPU: cli->gpu = arg; break;
	case TYPE: cli->type = arg; break;
	case NAME: cli->name = arg; break;
	case UUID: cli->uuid = arg; break;
	case FOREIGN: cli->foreign = true; break;
	case PRINT: cli->print_command = true; break;
	case SYSROOT: cli->sysroot = arg; break;
	case DRY_RUN: cli->dry_run = true; break;
	case 'j': cli->json = true; break;
	case 'v': cli->verbose = true; break;
	case 'h': *wish = CLI_HELP; break;
	case VERSION: *wish = CLI_VERSION; break;
	case TIMEOUT:
		if (gvm_parse_u64(arg, 10, MAX_TIMEOUT_S, &seconds) < 0)
			return usage(e, "--timeout needs a number of seconds up to %d, not %s",
				     MAX_TIMEOUT_S, arg);
		cli->timeout_s = (unsigned int)seconds;
		break;
	}
	return 0;
}

/** @brief The table in the form of getopt_long(3). @param out room for N_ROWS + 1 */
static void to_getopt(struct option *out)
{
	size_t i;

	memset(out, 0, (N_ROWS + 1) * sizeof(*out));
	for (i = 0; i < N_ROWS; i++)
		out[i] = (struct option){ rows[i].name,
					  rows[i].arg ? required_argument : no_argument, NULL,
					  rows[i].letter };
}

/** @brief Does the command take the options given, and this many arguments? @param cli run @param given bits @param e detail @return 0 or -EINVAL */
static int check(const struct cli *cli, unsigned int given, struct gvm_error *e)
{
	const struct cli_command *c = cli->command;
	const char *verb = c->verb ? c->verb : "", *space = c->verb ? " " : "";
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		if (rows[i].bit & given & ~c->options)
			return usage(e, "gvm %s%s%s does not take --%s", c->noun, space, verb,
				     rows[i].name);
	for (i = 0; i < N_ROWS; i++)
		if (rows[i].bit & c->needs & ~given)
			return usage(e, "gvm %s%s%s needs --%s %s", c->noun, space, verb,
				     rows[i].name, rows[i].arg);
	if (cli->dry_run && !c->changes)
		return usage(e, "gvm %s%s%s changes nothing: it does not take --dry-run", c->noun,
			     space, verb);
	if (cli->n_args < c->min_args)
		return usage(e, "gvm %s%s%s needs %s", c->noun, space, verb, c->args);
	if (cli->n_args > c->max_args)
		return usage(e, "gvm %s%s%s has too many arguments: %s", c->noun, space, verb,
			     cli->args[c->max_args]);
	return 0;
}

int cli_parse(int argc, char **argv, struct cli *cli, enum cli_wish *wish, struct gvm_error *e)
{
	struct option longs[N_ROWS + 1];
	unsigned int given = 0;
	int letter, i, r = 0;

	cli->timeout_s = DEFAULT_TIMEOUT_S;
	*wish = CLI_RUN;
	to_getopt(longs);
	opterr = 0;
	while (r == 0 && (letter = getopt_long(argc, argv, ":jvh", longs, NULL)) != -1) {
		if (letter == ':')
			r = usage(e, "%s needs a value", argv[optind - 1]);
		else if (letter == '?')
			r = usage(e, "there is no option %s", argv[optind - 1]);
		else
			r = take(cli, letter, optarg, wish, e);
		for (i = 0; i < (int)N_ROWS; i++)
			if (rows[i].letter == letter)
				given |= rows[i].bit;
	}
	cli->args = argv + optind;
	cli->n_args = argc - optind;
	if (r < 0 || *wish == CLI_VERSION)
		return r;
	if (cli->n_args == 1 && strcmp(cli->args[0], "version") == 0)
		*wish = CLI_VERSION;
	else if (cli->n_args && strcmp(cli->args[0], "help") == 0) {
		*wish = CLI_HELP;
		cli->args++;
		cli->n_args--;
	} else if (!cli->n_args && *wish == CLI_RUN)
		r = usage(e, "what shall gvm do?");
	if (r == 0 && *wish == CLI_HELP && cli->n_args && !known_noun(cli->args[0]))
		r = usage(e, "gvm knows no %s", cli->args[0]);
	if (r < 0 || *wish != CLI_RUN)
		return r;
	r = find_command(cli, e);
	if (r < 0)
		return r;
	r = check(cli, given, e);
	if (r < 0)
		GVM_ERROR_FIELD(e, hint, "gvm %s --help", cli->command->noun);
	return r;
}

/** @brief Print the options that have one of some bits. @param bits which; 0 for those of every command */
static void help_options(unsigned int bits)
{
	char left[40];
	size_t i;

	for (i = 0; i < N_ROWS; i++) {
		if (bits ? !(rows[i].bit & bits) : rows[i].bit)
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name, rows[i].arg ? " " : "",
			 rows[i].arg ? rows[i].arg : "");
		printf("  %-20s  %s\n", left, rows[i].help);
	}
}

void cli_help(const char *noun)
{
	const struct cli_command *c;
	unsigned int bits = 0;
	char left[60];

	printf("gvm - virtual GPUs for virtual machines\n\n");
	printf("usage: gvm [options] NOUN VERB [NAME...] [options]\n\n");
	for (c = cli_commands; c->noun; c++) {
		if (noun && strcmp(noun, c->noun) != 0)
			continue;
		bits |= c->options;
		snprintf(left, sizeof(left), "%s%s%s %s", c->noun, c->verb ? " " : "",
			 c->verb ? c->verb : "", c->args);
		printf("  gvm %-28s  %s\n", left, c->help);
	}
	if (noun && bits) {
		printf("\noptions of gvm %s:\n", noun);
		help_options(bits);
	}
	printf("\noptions of every command:\n");
	help_options(0);
	if (!noun)
		printf("\nyour first vGPU:\n"
		       "  gvm type list                                  what can be made here\n"
		       "  gvm vgpu create --type TYPE --name desk1       make one\n"
		       "  gvm list                                       see it\n"
		       "  gvm vm run demo.yaml                           run a VM that has\n"
		       "                                                 vgpus: [{name: desk1}]\n"
		       "  gvm vgpu destroy desk1                         remove it\n"
		       "\nmore of one noun: gvm NOUN --help\n");
}
