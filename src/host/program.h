/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file program.h
 * @brief Another program, run quietly to its end, with a deadline.
 */
#ifndef GVM_HOST_PROGRAM_H
#define GVM_HOST_PROGRAM_H

/**
 * @brief Run a program.
 * @param argv its path and arguments, ended by NULL
 * @param timeout_ms how long it may take, in milliseconds
 * @return 0 when it ended with status 0, or a negative errno
 * @restriction it has no open files but /dev/null
 * @sideeffect those of the program
 * @failure ENOENT when it is not there, EIO when it failed, ETIMEDOUT; errors of fork(2)
 */
int gvm_program(char *const argv[], unsigned int timeout_ms);

#endif
