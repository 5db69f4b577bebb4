/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file process.h
 * @brief Processes: who they are, whether they still live, and what they hold open.
 */
#ifndef GVM_HOST_PROCESS_H
#define GVM_HOST_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "host.h"

/** A process for good: its id is reused, its id with its start time is not. */
struct gvm_proc {
	pid_t pid;
	uint64_t start; /**< clock ticks after boot, field 22 of /proc/PID/stat (proc(5)) */
};

/**
 * @brief Who is process @p pid now?
 * @param h machine
 * @param pid process id
 * @param ret result, untouched on failure
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure ENOENT when there is none (zombies count as gone), EBADMSG when its stat is not readable
 */
int gvm_proc_get(struct gvm_host *h, pid_t pid, struct gvm_proc *ret);

/**
 * @brief Does this very process still live?
 * @param h machine
 * @param p process
 * @return true when it does, or when it cannot be told
 * @restriction none
 * @sideeffect none
 * @failure what cannot be read counts as alive; only what is not there is gone
 */
bool gvm_proc_alive(struct gvm_host *h, const struct gvm_proc *p);

/**
 * @brief The state letter and start time out of a line of /proc/PID/stat.
 * @param line text; the command in it may hold any character
 * @param state result, such as 'S'
 * @param start result, clock ticks after boot
 * @return 0 or -EBADMSG
 * @restriction none
 * @sideeffect none
 * @failure EBADMSG when it is no such line
 */
int gvm_proc_parse_stat(const char *line, char *state, uint64_t *start);

/**
 * @brief The short command name of a process.
 * @param h machine
 * @param pid process id
 * @param buf array for the name, made printable
 * @param size its size in bytes
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure errors of gvm_host_read()
 */
int gvm_proc_comm(struct gvm_host *h, pid_t pid, char *buf, size_t size);

/** Called for each open file found: @p node is its path. A non-zero return ends the scan. */
typedef int (*gvm_holder_fn)(pid_t pid, const char *node, void *data);

/**
 * @brief Find the processes that hold files below a folder open.
 * @param h machine
 * @param prefix path prefix, such as "/dev/vfio/"
 * @param fn called per open file
 * @param data for @p fn
 * @return 0, what @p fn returned, or a negative errno
 * @restriction processes of other users are seen only with CAP_SYS_PTRACE
 * @sideeffect none
 * @failure errors of reading /proc; a process that dies meanwhile is passed over
 */
int gvm_holders(struct gvm_host *h, const char *prefix, gvm_holder_fn fn, void *data);

#endif
