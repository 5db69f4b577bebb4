// SPDX-License-Identifier: GPL-2.0-or-later
#include "vfio_node.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "str.h"

/** @brief Is this the path of a group's or a device's node, and of nothing else? @param path text @return yes or no */
static bool is_node(const char *path)
{
	static const char *const prefixes[] = { "/dev/vfio/devices/vfio", "/dev/vfio/" };
	uint64_t number;
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (gvm_str_starts(path, prefixes[i]))
			return gvm_parse_u64(path + strlen(prefixes[i]), 10, INT_MAX, &number) == 0;
	return false;
}

int gvm_vfio_node_take_back(struct gvm_host *h, const char *path)
{
	GVM_AUTOCLOSE int fd = -1;
	struct stat st;

	if (!gvm_host_live(h))
		return -EROFS;
	if (!is_node(path))
		return -EINVAL;
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
