/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file kmsg.h
 * @brief The kernel's own words about a device, from /dev/kmsg.
 */
#ifndef GVM_HOST_KMSG_H
#define GVM_HOST_KMSG_H

#include "host.h"

/**
 * @brief Mark the end of the kernel log, to read later what came after.
 * @param h machine
 * @return descriptor, owned by the machine and moved by the next mark, or a negative errno
 * @restriction live machine
 * @sideeffect none
 * @failure EPERM where dmesg is restricted, ENOENT
 */
int gvm_kmsg_mark(struct gvm_host *h);

/**
 * @brief Take over the records after a mark that name a device.
 * @param fd from gvm_kmsg_mark(), or negative: then the log says that it is not readable
 * @param names texts of which a record must hold one; NULL at the end
 * @param e error whose kernel_log is filled
 * @restriction at most GVM_ERROR_LOG_LINES records, the first ones
 * @sideeffect reads on in the log
 * @failure none: what cannot be read is left out
 */
void gvm_kmsg_since(int fd, const char *const *names, struct gvm_error *e);

/**
 * @brief The message of one /dev/kmsg record ("6,339,5140900,-;message\n KEY=value").
 * @param record text, changed: cut behind the message and made printable
 * @return pointer into @p record, or NULL when it is no record
 * @restriction none
 * @sideeffect none
 * @failure none
 */
const char *gvm_kmsg_parse(char *record);

#endif
