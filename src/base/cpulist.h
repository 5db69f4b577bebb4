/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file cpulist.h
 * @brief Lists of CPUs as the kernel writes them: "0-3,8".
 */
#ifndef GVM_BASE_CPULIST_H
#define GVM_BASE_CPULIST_H

#include <sched.h>

/**
 * @brief Read a list of CPUs.
 * @param text numbers and ranges, ascending or not, with commas between
 * @param ret result, untouched on failure
 * @return how many CPUs it names, or a negative errno
 * @restriction CPUs below CPU_SETSIZE (1024)
 * @sideeffect none
 * @failure EINVAL when it is no such list or names no CPU, ERANGE for a CPU that is too high
 */
int gvm_cpulist_parse(const char *text, cpu_set_t *ret);

#endif
