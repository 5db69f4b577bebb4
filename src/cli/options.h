/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file options.h
 * @brief The command line: the one table of options, and parsing.
 *
 * This table and that of commands.c are all there is: help, manual pages and completion come from them.
 */
#ifndef GVM_CLI_OPTIONS_H
#define GVM_CLI_OPTIONS_H

#include "cli.h"
#include "params.h"

/** One option. Those with bit 0 are taken by every command. */
struct cli_option_row {
	const char *name;
	char letter;     /**< its value in getopt_long(3); those above 'z' have no short form */
	const char *arg; /**< as shown in help, in the words of cli_command.args; NULL for none */
	unsigned int bit;
	const char *help;
};

/** All options; ended by one without name. */
extern const struct cli_option_row cli_options[];

/**
 * @brief Parse the command line; options may stand anywhere.
 * @param argc number of arguments
 * @param argv arguments, reordered
 * @param cli result; --help and --version are the commands of that name
 * @param e detail
 * @return 0 or -EINVAL
 * @restriction once per process: getopt_long(3) keeps state
 * @sideeffect none
 * @failure EINVAL with GVM_E_USAGE
 */
int cli_parse(int argc, char **argv, struct cli *cli, struct gvm_error *e);

/**
 * @brief Find a command.
 * @param noun noun
 * @param verb verb, not looked at where the noun has none; may be NULL
 * @return command, or NULL
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const struct cli_command *cli_find_command(const char *noun, const char *verb);

/**
 * @brief A usage error, printf style.
 * @param e error
 * @param fmt message
 * @return -EINVAL
 * @restriction none
 * @sideeffect none
 * @failure none
 */
int cli_usage(struct gvm_error *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * @brief Take the parameters that were given with --param.
 * @param cli run
 * @param ret result: they are added
 * @param e detail
 * @return 0 or -EINVAL
 * @restriction as gvm_params_add()
 * @sideeffect none
 * @failure EINVAL with GVM_E_USAGE
 */
int cli_take_params(const struct cli *cli, struct gvm_params *ret, struct gvm_error *e);

/**
 * @brief The error that there is no such command.
 * @param noun noun
 * @param verb verb or NULL
 * @param e error
 * @return -EINVAL
 * @restriction none
 * @sideeffect none
 * @failure none
 */
int cli_unknown(const char *noun, const char *verb, struct gvm_error *e);

/**
 * @brief Does a command take an option?
 * @param c command
 * @param o option
 * @return yes or no
 * @restriction none
 * @sideeffect none
 * @failure none
 */
bool cli_takes(const struct cli_command *c, const struct cli_option_row *o);

#endif
