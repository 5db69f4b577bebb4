// SPDX-License-Identifier: GPL-2.0-or-later
#include "uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"

/* The kernel's own group; udev's, which comes later, is 2. (documented, netlink(7); lib/kobject_uevent.c) */
#define KERNEL_GROUP 1

int gvm_uevents_open(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	GVM_AUTOCLOSE int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
				      NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return gvm_steal_fd(&fd);
}

void gvm_uevents_drain(int fd)
{
	char one;

	/* ENOBUFS: more have come than it keeps; the next call goes on. */
	while (recv(fd, &one, sizeof(one), 0) >= 0 || errno == ENOBUFS || errno == EINTR)
		;
}
