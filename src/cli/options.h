/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file options.h
 * @brief The command line: the one table of options, parsing, help.
 */
#ifndef GVM_CLI_OPTIONS_H
#define GVM_CLI_OPTIONS_H

#include "cli.h"

/** What the command line asks for. */
enum cli_wish { CLI_RUN, CLI_HELP, CLI_VERSION };

/**
 * @brief Parse the command line; options may stand anywhere.
 * @param argc number of arguments
 * @param argv arguments, reordered
 * @param cli result
 * @param wish result
 * @param e detail
 * @return 0 or -EINVAL
 * @restriction once per process: getopt_long(3) keeps state
 * @sideeffect none
 * @failure EINVAL with GVM_E_USAGE
 */
int cli_parse(int argc, char **argv, struct cli *cli, enum cli_wish *wish, struct gvm_error *e);

/**
 * @brief Print help: for one noun, or for all.
 * @param noun noun or NULL
 * @restriction none
 * @sideeffect writes to standard output
 * @failure none
 */
void cli_help(const char *noun);

#endif
