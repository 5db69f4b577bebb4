// SPDX-License-Identifier: GPL-2.0-or-later
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "str.h"

/**
 * @brief Read until the end of a file, or until an array is full.
 * @param fd descriptor @param buf array @param size its size @param ret_len bytes read
 * @return 0 or -errno
 */
static int read_up_to(int fd, char *buf, size_t size, size_t *ret_len)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret_len = len;
	return 0;
}

int gvm_read_fd(int fd, char *buf, size_t size, size_t *ret_len)
{
	size_t len = 0;
	/* Up to the very end of the array: a byte there is one too many. */
	int r = read_up_to(fd, buf, size, &len);

	if (r < 0)
		return r;
	if (len == size)
		return -EFBIG;
	buf[len] = '\0';
	if (ret_len)
		*ret_len = len;
	return 0;
}

int gvm_read_file(int dirfd, const char *path, size_t max, char **ret, size_t *ret_len)
{
	GVM_AUTOCLOSE int fd = -1;
	GVM_AUTOFREE char *buf = NULL;
	struct stat st;
	int r;

	fd = openat(dirfd, path,
		    O_RDONLY | O_CLOEXEC | O_NONBLOCK | (dirfd == AT_FDCWD ? 0 : O_NOFOLLOW));
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	buf = malloc((size_t)st.st_size + 1);
	if (!buf)
		return -ENOMEM;
	/* What others write whole does not grow: no further read to see the end. */
	r = read_up_to(fd, buf, (size_t)st.st_size, ret_len);
	if (r < 0)
		return r;
	buf[*ret_len] = '\0';
	*ret = gvm_steal(buf);
	return 0;
}

/** @brief Write all bytes. @param fd descriptor @param data bytes @param len count @return 0 or -errno */
static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int gvm_write_file(int dirfd, const char *name, const char *data, size_t len, unsigned int flags)
{
	return gvm_write_file_stat(dirfd, name, data, len, flags, NULL);
}

int gvm_write_file_stat(int dirfd, const char *name, const char *data, size_t len,
			unsigned int flags, struct stat *st)
{
	GVM_AUTOCLOSE int fd = -1;
	char tmp[256];
	int r;

	r = gvm_str_format(tmp, sizeof(tmp), ".%s.%d.tmp", name, getpid());
	if (r < 0)
		return r;
	fd = openat(dirfd, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	r = write_all(fd, data, len);
	if (r == 0 && ((flags & GVM_WRITE_SYNC && fsync(fd) < 0) || (st && fstat(fd, st) < 0)))
		r = -errno;
	if (r == 0 &&
	    renameat2(dirfd, tmp, dirfd, name, flags & GVM_WRITE_NEW ? RENAME_NOREPLACE : 0) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(dirfd, tmp, 0);
		return r;
	}
	if (flags & GVM_WRITE_SYNC && fsync(dirfd) < 0)
		return -errno;
	return 0;
}

int gvm_lock_again(int fd, bool wait)
{
	int r;

	do
		r = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

int gvm_lock_file(int dirfd, const char *name, bool wait)
{
	GVM_AUTOCLOSE int fd = -1;
	int r;

	fd = openat(dirfd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = gvm_lock_again(fd, wait);
	return r < 0 ? r : gvm_steal_fd(&fd);
}

int gvm_open_dir(int dirfd, const char *path, unsigned int mode)
{
	/* Below a folder that we opened, nobody leads us elsewhere. */
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (dirfd == AT_FDCWD ? 0 : O_NOFOLLOW);
	int fd = openat(dirfd, path, flags);

	if (fd >= 0 || errno != ENOENT)
		return fd >= 0 ? fd : -errno;
	if (mkdirat(dirfd, path, mode) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(dirfd, path, flags);
	return fd >= 0 ? fd : -errno;
}
