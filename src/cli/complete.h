/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file complete.h
 * @brief Completion in shells: what may stand at the cursor.
 */
#ifndef GVM_CLI_COMPLETE_H
#define GVM_CLI_COMPLETE_H

/**
 * @brief Print what may stand at the cursor, a line each: the word, a tab, what it is. The line ":files"
 *        asks for names of files.
 * @param words the words after "gvm" up to the cursor; the last one is what the word there begins with
 * @param n their number
 * @restriction none
 * @sideeffect reads the host, or the sysroot that the words name; writes to standard output
 * @failure none: nothing is offered
 */
void cli_complete(char **words, int n);

#endif
