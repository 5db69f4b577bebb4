// SPDX-License-Identifier: GPL-2.0-or-later
#include "vfio_node.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"

int gvm_vfio_node_take_back(struct gvm_host *h, int group)
{
	GVM_AUTOCLOSE int fd = -1;
	char path[40];
	struct stat st;

	if (!gvm_host_live(h))
		return -EROFS;
	snprintf(path, sizeof(path), "/dev/vfio/%d", group);
	fd = gvm_host_at(h, path, O_PATH | O_NOFOLLOW);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode))
		return -ENODEV;
	if (st.st_uid == geteuid())
		return 0;
	return fchownat(fd, "", geteuid(), (gid_t)-1, AT_EMPTY_PATH) < 0 ? -errno : 1;
}
