// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "str.h"

#define DEFAULT_TIMEOUT_S 30
#define MAX_TIMEOUT_S 86400

/* Letters for options without a short form. */
enum {
	ALL_CLASSES = 1,
	GPU,
	TYPE,
	NAME,
	UUID,
	FOREIGN,
	FORCE,
	SAVE,
	WAIT,
	PRINT,
	TIMEOUT,
	SYSROOT,
	DRY_RUN,
	VERSION,
	AUTOSTART,
	PARAM,
};

const struct cli_option_row cli_options[] = {
	{ "type", TYPE, "TYPE", CLI_TYPE, "type to make, by id or full name" },
	{ "gpu", GPU, "GPU", CLI_GPU,
	  "only on this GPU: PCI address in any spelling, node, or name" },
	{ "name", NAME, "NAME", CLI_NAME, "name of the new vGPU" },
	{ "uuid", UUID, "UUID", CLI_UUID, "UUID of the new vGPU; else a random one" },
	{ "foreign", FOREIGN, NULL, CLI_FOREIGN, "also a vGPU that gvm did not make" },
	{ "force", FORCE, NULL, CLI_FORCE,
	  "do it although the host uses the device, a GPU or type is not there, or a file is overwritten" },
	{ "save", SAVE, NULL, CLI_SAVE, "also after the next boot" },
	{ "wait", WAIT, "S", CLI_WAIT, "seconds to wait for GPUs that are not there yet (0)" },
	{ "all-classes", ALL_CLASSES, NULL, CLI_ALL_CLASSES, "PCI functions that are no GPUs too" },
	{ "print-command", PRINT, NULL, CLI_PRINT_COMMAND,
	  "print the QEMU command line, run nothing" },
	{ "timeout", TIMEOUT, "S", CLI_TIMEOUT,
	  "seconds the guest may take to shut down, or to let a vGPU go (30)" },
	{ "autostart", AUTOSTART, NULL, CLI_AUTOSTART,
	  "define: start it at each boot; start: start all that are to start at boot" },
	{ "param", PARAM, "KEY=VALUE", CLI_PARAM, "write VALUE to the attribute KEY of a mediated vGPU, as power/control=on; may be repeated" },
	{ "file", 'f', "FILE", CLI_FILE, "the YAML file that says all of the type or vGPU, its name too; its form: see the manual page" },
	{ "json", 'j', NULL, 0, "answer in JSON" },
	{ "sysroot", SYSROOT, "DIR", 0,
	  "read the host pictured in DIR (sys/ proc/ dev/), change nothing" },
	{ "dry-run", DRY_RUN, NULL, 0, "only show what would be done, where something is changed" },
	{ "verbose", 'v', NULL, 0, "tell each step" },
	{ "help", 'h', NULL, 0, "this help" },
	{ "version", VERSION, NULL, 0, "version of gvm" },
	{ .name = NULL },
};

#define N_ROWS (sizeof(cli_options) / sizeof(cli_options[0]) - 1)

int cli_usage(struct gvm_error *e, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	gvm_str_printable(text);
	return gvm_error_set(e, "GVM_E_USAGE", EINVAL, "%s", text);
}

const struct cli_command *cli_find_command(const char *noun, const char *verb)
{
	const struct cli_command *c;

	for (c = cli_commands; c->noun; c++)
		if (strcmp(c->noun, noun) == 0 &&
		    (!c->verb || (verb && strcmp(c->verb, verb) == 0)))
			return c;
	return NULL;
}

/** @brief Point to the help of a command. @param c command @param e error */
static void point_to_command(const struct cli_command *c, struct gvm_error *e)
{
	GVM_ERROR_FIELD(e, hint, "gvm %s%s%s --help", c->noun, c->verb ? " " : "",
			c->verb ? c->verb : "");
}

int cli_take_params(const struct cli *cli, struct gvm_params *ret, struct gvm_error *e)
{
	const char *wrong;
	int i;

	for (i = 0; i < cli->n_params; i++) {
		wrong = gvm_params_add_text(ret, cli->params[i]);
		if (wrong) {
			cli_usage(e, "--param %s: %s", cli->params[i], wrong);
			point_to_command(cli->command, e);
			return -EINVAL;
		}
	}
	return 0;
}

/** @brief Tell a noun's verbs as the cause of an error. @param noun noun @param e error */
static void tell_verbs(const char *noun, struct gvm_error *e)
{
	const struct cli_command *c;
	char verbs[200] = "";
	size_t len = 0;

	for (c = cli_commands; c->noun && len < sizeof(verbs); c++)
		if (c->verb && strcmp(c->noun, noun) == 0)
			len += (size_t)snprintf(verbs + len, sizeof(verbs) - len, "%s%s",
						len ? ", " : "", c->verb);
	if (len)
		GVM_ERROR_FIELD(e, cause, "its verbs are %s", verbs);
	GVM_ERROR_FIELD(e, hint, "gvm %s --help", noun);
}

int cli_unknown(const char *noun, const char *verb, struct gvm_error *e)
{
	const struct cli_command *c = cli_commands;

	while (c->noun && strcmp(c->noun, noun) != 0)
		c++;
	if (!c->noun)
		return cli_usage(e, "unknown command: %s", noun);
	if (verb)
		cli_usage(e, "unknown command: %s %s", noun, verb);
	else
		cli_usage(e, "%s needs a verb", noun);
	tell_verbs(noun, e);
	return -EINVAL;
}

/** @brief Find the command that the words name; takes them off. @param cli run, with all words as args @param e detail @return 0 or -EINVAL */
static int find_command(struct cli *cli, struct gvm_error *e)
{
	const char *verb = cli->n_args > 1 ? cli->args[1] : NULL;

	if (!cli->n_args)
		return cli_usage(e, "what shall gvm do?");
	cli->command = cli_find_command(cli->args[0], verb);
	if (!cli->command)
		return cli_unknown(cli->args[0], verb, e);
	cli->args += cli->command->verb ? 2 : 1;
	cli->n_args -= cli->command->verb ? 2 : 1;
	return 0;
}

/** @brief --help: run gvm help with the noun and the verb that stand there. @param cli run, with all words as args */
static void turn_to_help(struct cli *cli)
{
	cli->command = cli_find_command("help", NULL);
	if (cli->n_args && strcmp(cli->args[0], "help") == 0) {
		cli->args++;
		cli->n_args--;
	}
	if (cli->n_args)
		/* What follows the verb is for another time. */
		cli->n_args = cli->n_args > 1 && !cli_find_command(cli->args[0], NULL) ? 2 : 1;
}

/**
 * @brief Take one option.
 * @param cli run @param letter of the option @param arg its value
 * @param instead result: the command to run instead, if any @param e detail @return 0 or -EINVAL
 */
static int take(struct cli *cli, int letter, const char *arg, const char **instead,
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
	case FORCE: cli->force = true; break;
	case SAVE: cli->save = true; break;
	case PRINT: cli->print_command = true; break;
	case SYSROOT: cli->sysroot = arg; break;
	case DRY_RUN: cli->dry_run = true; break;
	case 'j': cli->json = true; break;
	case 'v': cli->verbose = true; break;
	case 'h': *instead = "help"; break;
	case VERSION: *instead = "version"; break;
	case AUTOSTART: cli->autostart = true; break;
	case 'f': cli->file = arg; break;
	case PARAM:
		if (cli->n_params == CLI_MAX_PARAMS)
			return cli_usage(e, "--param is given more than %d times", CLI_MAX_PARAMS);
		cli->params[cli->n_params++] = arg;
		break;
	case WAIT:
	case TIMEOUT:
		if (gvm_parse_u64(arg, 10, MAX_TIMEOUT_S, &seconds) < 0)
			return cli_usage(e, "--%s needs a number of seconds up to %d, not %s",
					 letter == WAIT ? "wait" : "timeout", MAX_TIMEOUT_S, arg);
		*(letter == WAIT ? &cli->wait_s : &cli->timeout_s) = (unsigned int)seconds;
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
		out[i] = (struct option){ cli_options[i].name,
					  cli_options[i].arg ? required_argument : no_argument,
					  NULL, cli_options[i].letter };
}

bool cli_takes(const struct cli_command *c, const struct cli_option_row *o)
{
	return o->bit ? o->bit & c->options : o->letter != DRY_RUN || c->changes;
}

/** @brief Does the command take the options given, and this many arguments? @param cli run @param given bits @param e detail @return 0 or -EINVAL */
static int check(const struct cli *cli, unsigned int given, struct gvm_error *e)
{
	const struct cli_command *c = cli->command;
	const char *verb = c->verb ? c->verb : "", *space = c->verb ? " " : "";
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		if (cli_options[i].bit & given & ~c->options)
			return cli_usage(e, "%s%s%s does not take --%s", c->noun, space, verb,
					 cli_options[i].name);
	for (i = 0; i < N_ROWS; i++)
		if (cli_options[i].bit & c->needs & ~given)
			return cli_usage(e, "%s%s%s needs --%s %s", c->noun, space, verb,
					 cli_options[i].name, cli_options[i].arg);
	if (cli->dry_run && !c->changes)
		return cli_usage(e, "%s%s%s changes nothing: it does not take --dry-run", c->noun,
				 space, verb);
	if (cli->n_args < c->min_args)
		return cli_usage(e, "%s%s%s needs %s", c->noun, space, verb, c->args);
	if (cli->n_args > c->max_args)
		return cli_usage(e, "%s%s%s has too many arguments: %s", c->noun, space, verb,
				 cli->args[c->max_args]);
	return 0;
}

/**
 * @brief Take all options.
 * @param argc @param argv @param cli as in cli_parse()
 * @param given result: bits @param instead result, see take() @param e detail @return 0 or -EINVAL
 */
static int take_all(int argc, char **argv, struct cli *cli, unsigned int *given,
		    const char **instead, struct gvm_error *e)
{
	struct option longs[N_ROWS + 1];
	int letter, i, r = 0;

	to_getopt(longs);
	opterr = 0;
	while (r == 0 && (letter = getopt_long(argc, argv, ":jvhf:", longs, NULL)) != -1) {
		if (letter == ':')
			r = cli_usage(e, "%s needs a value", argv[optind - 1]);
		else if (letter == '?')
			r = cli_usage(e, "there is no option %s", argv[optind - 1]);
		else
			r = take(cli, letter, optarg, instead, e);
		for (i = 0; i < (int)N_ROWS; i++)
			if (cli_options[i].letter == letter)
				*given |= cli_options[i].bit;
	}
	cli->args = argv + optind;
	cli->n_args = argc - optind;
	return r;
}

/** @brief Point to the help of the command that the words name, if they do. @param argv all words @param e error */
static void point_to_help(char **argv, struct gvm_error *e)
{
	const struct cli_command *c = NULL;
	int i;

	for (i = 1; argv[0] && argv[i] && !c; i++)
		if (argv[i][0] != '-')
			c = cli_find_command(argv[i], argv[i + 1]);
	if (c)
		point_to_command(c, e);
}

int cli_parse(int argc, char **argv, struct cli *cli, struct gvm_error *e)
{
	const char *instead = NULL;
	unsigned int given = 0;
	int r;

	cli->timeout_s = DEFAULT_TIMEOUT_S;
	r = take_all(argc, argv, cli, &given, &instead, e);
	if (r < 0) {
		point_to_help(argv, e);
		return r;
	}
	if (instead && strcmp(instead, "help") == 0) {
		turn_to_help(cli);
		return 0;
	}
	if (instead) {
		cli->command = cli_find_command(instead, NULL);
		return 0;
	}
	r = find_command(cli, e);
	if (r < 0)
		return r;
	r = check(cli, given, e);
	if (r < 0)
		point_to_command(cli->command, e);
	return r;
}
