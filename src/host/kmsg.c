// SPDX-License-Identifier: GPL-2.0-or-later
#include "kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "str.h"

/* More records than this after one write are not looked at. */
#define MAX_RECORDS 512

int gvm_kmsg_mark(struct gvm_host *h)
{
	int fd = gvm_host_kmsg(h);

	return fd >= 0 && lseek(fd, 0, SEEK_END) < 0 ? -errno : fd;
}

const char *gvm_kmsg_parse(char *record)
{
	char *message = strchr(record, ';');
	char *end;

	if (!message)
		return NULL;
	message++;
	end = strchr(message, '\n');
	if (end)
		*end = '\0';
	gvm_str_printable(message);
	return message;
}

/** @brief Does the message hold one of the names? @param message text @param names list @return yes or no */
static bool mentions(const char *message, const char *const *names)
{
	for (; *names; names++)
		if (**names && strstr(message, *names))
			return true;
	return false;
}

void gvm_kmsg_since(int fd, const char *const *names, struct gvm_error *e)
{
	char record[8192];
	int i;

	if (!e)
		return;
	if (fd < 0) {
		snprintf(e->kernel_log[0], sizeof(e->kernel_log[0]), "not readable: %s",
			 gvm_errno_name(fd));
		e->n_kernel_log = 1;
		return;
	}
	for (i = 0; i < MAX_RECORDS && e->n_kernel_log < GVM_ERROR_LOG_LINES; i++) {
		ssize_t n = read(fd, record, sizeof(record) - 1);
		const char *message;

		/* EPIPE: records were overwritten before we came; the next read goes on. */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			return;
		record[n] = '\0';
		message = gvm_kmsg_parse(record);
		if (message && mentions(message, names))
			snprintf(e->kernel_log[e->n_kernel_log++], sizeof(e->kernel_log[0]),
				 "%.199s", message);
	}
}
