// SPDX-License-Identifier: GPL-2.0-or-later
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "child.h"
#include "cleanup.h"
#include "file.h"
#include "str.h"

/* Each try fails only if there was a rename or mount just then. */
#define MAX_TRIES 1000

/** The machine. */
struct gvm_host {
	int root; /* descriptor of the sysroot, or -1 on the live machine */
	int kmsg; /* of the kernel log, or -1 */
	int near; /* the folder that is worked in, or -1 */
	char near_path[GVM_PATH_SIZE];
	gvm_host_writer_fn writer;
	void *writer_data;
};

/*
 * The only names read below /sys. Some files of some vendors act when they are
 * read, one resets the GPU, so a walk must never read what it does not know.
 */
static const char *const allowed[] = {
	"class",
	"vendor",
	"device",
	"subsystem_vendor",
	"numa_node",
	"subsystem_device",
	"local_cpulist",
	"boot_vga",
	"sriov_totalvfs",
	"sriov_numvfs",
	"name",
	"description",
	"device_api",
	"available_instances",
	"modalias",
	"driver_override",
	"sriov_vf_device",
	"sriov_drivers_autoprobe",
	"initstate",
	"online",
	"free_hugepages",
	"dev",
	"flags",
};

int gvm_host_open(const char *sysroot, struct gvm_host **ret, struct gvm_error *e)
{
	struct gvm_host *h = calloc(1, sizeof(*h));
	int err;

	if (!h)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	h->root = h->kmsg = h->near = -1;
	if (sysroot) {
		h->root = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (h->root < 0) {
			err = errno;
			free(h);
			gvm_error_set(e, "GVM_E_SYSROOT", err, "cannot open the sysroot %s",
				      sysroot);
			GVM_ERROR_FIELD(e, object, "%s", sysroot);
			return -err;
		}
	}
	*ret = h;
	return 0;
}

void gvm_host_close(struct gvm_host *h)
{
	if (!h)
		return;
	if (h->root >= 0)
		close(h->root);
	if (h->kmsg >= 0)
		close(h->kmsg);
	gvm_host_near(h, NULL);
	free(h);
}

void gvm_host_near(struct gvm_host *h, const char *path)
{
	if (h->near >= 0)
		close(h->near);
	h->near = -1;
	if (path && h->root < 0 && gvm_str_copy(h->near_path, sizeof(h->near_path), path) == 0)
		h->near = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/**
 * @brief Where a path of the live machine starts.
 * @param h machine @param path path; result: what is left of it @return descriptor or AT_FDCWD
 */
static int start_of(const struct gvm_host *h, const char **path)
{
	size_t len = h->near >= 0 ? strlen(h->near_path) : 0;

	if (!len || !gvm_str_starts(*path, h->near_path) || (*path)[len] != '/')
		return AT_FDCWD;
	*path += len + 1;
	return h->near;
}

bool gvm_host_live(const struct gvm_host *h)
{
	return h->root < 0;
}

/**
 * @brief Open a path so that no link of it leads out of a folder.
 *
 * The kernel answers EAGAIN when something was renamed or mounted anywhere meanwhile and the path
 * has ".." in it, as the links of sysfs do (documented, openat2(2)): then it is asked again.
 * @param dir the folder @param path path @param flags of open(2) @return descriptor or -errno
 */
static int open_in_root(int dir, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned int)flags, .resolve = RESOLVE_IN_ROOT };
	int tries, fd = -1;

	for (tries = 0; tries < MAX_TRIES && fd < 0; tries++) {
		fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
		if (fd < 0 && errno != EAGAIN)
			return -errno;
	}
	return fd < 0 ? -EAGAIN : fd;
}

int gvm_host_at(struct gvm_host *h, const char *path, int flags)
{
	int fd, dir;

	if (h->root >= 0) {
		if (!(flags & O_PATH) &&
		    ((flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC)))
			return -EROFS;
		return open_in_root(h->root, path, flags | O_CLOEXEC);
	}
	dir = start_of(h, &path);
	fd = openat(dir, path, flags | O_CLOEXEC);
	return fd >= 0 ? fd : -errno;
}

int gvm_host_kmsg(struct gvm_host *h)
{
	if (h->kmsg < 0)
		h->kmsg = gvm_host_at(h, "/dev/kmsg", O_RDONLY | O_NONBLOCK);
	return h->kmsg;
}

/** @brief Is this path's last part on the allow-list? @param path path @return true if so */
static bool may_read(const char *path)
{
	const char *name = gvm_basename(path);
	size_t i;

	if (!gvm_str_starts(path, "/sys/"))
		return true;
	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (strcmp(name, allowed[i]) == 0)
			return true;
	return false;
}

int gvm_host_read(struct gvm_host *h, const char *path, char *buf, size_t size)
{
	buf[0] = '\0';
	return may_read(path) ? gvm_host_read_named(h, path, buf, size) : -EPERM;
}

int gvm_host_read_named(struct gvm_host *h, const char *path, char *buf, size_t size)
{
	GVM_AUTOCLOSE int fd = -1;
	ssize_t n;

	buf[0] = '\0';
	/* Non-blocking, because a sysroot of others may hold a FIFO under this name. */
	fd = gvm_host_at(h, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;
	/* The kernel gives an attribute, and a /proc file of one record, whole in one call. */
	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	if (n < 0 || (size_t)n == size || memchr(buf, '\0', (size_t)n)) {
		int r = n < 0 ? -errno : (size_t)n == size ? -EFBIG : -EBADMSG;

		buf[0] = '\0';
		return r;
	}
	buf[n] = '\0';
	gvm_str_chomp(buf);
	return 0;
}

int gvm_host_read_u64(struct gvm_host *h, const char *path, int base, unsigned long long *ret)
{
	char buf[64];
	uint64_t value;
	int r = gvm_host_read(h, path, buf, sizeof(buf));

	if (r == 0)
		r = gvm_parse_u64(buf, base, UINT64_MAX, &value);
	if (r == 0)
		*ret = value;
	return r;
}

/** @brief A link's whole text. @param h machine @param dir folder @param path link @param target result @param size its size @return 0 or -errno */
static int link_text(struct gvm_host *h, int dir, const char *path, char *target, size_t size)
{
	GVM_AUTOCLOSE int fd = -1;
	ssize_t n;

	target[0] = '\0';
	if (h->root < 0) {
		n = readlinkat(dir, path, target, size - 1);
	} else {
		fd = open_in_root(dir, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return fd;
		n = readlinkat(fd, "", target, size - 1);
	}
	if (n < 0)
		return -errno;
	target[(size_t)n == size - 1 ? 0 : n] = '\0';
	return (size_t)n == size - 1 ? -ENAMETOOLONG : 0;
}

int gvm_host_link_at(struct gvm_host *h, int dir, const char *path, char *buf, size_t size)
{
	char target[GVM_PATH_SIZE * 2];
	int r = link_text(h, dir, path, target, sizeof(target));

	buf[0] = '\0';
	return r < 0 ? r : gvm_str_copy(buf, size, gvm_basename(target));
}

int gvm_host_target(struct gvm_host *h, const char *path, char *buf, size_t size)
{
	return link_text(h, h->root < 0 ? AT_FDCWD : h->root, path, buf, size);
}

int gvm_host_link(struct gvm_host *h, const char *path, char *buf, size_t size)
{
	int dir = h->root < 0 ? start_of(h, &path) : h->root;

	return gvm_host_link_at(h, dir, path, buf, size);
}

bool gvm_host_exists(struct gvm_host *h, const char *path)
{
	GVM_AUTOCLOSE int fd = -1;
	int dir;

	if (h->root < 0) {
		dir = start_of(h, &path);
		return faccessat(dir, path, F_OK, 0) == 0;
	}
	fd = gvm_host_at(h, path, O_PATH);
	return fd >= 0;
}

int gvm_host_list(struct gvm_host *h, const char *path, gvm_host_entry_fn fn, void *data)
{
	GVM_AUTOCLOSEDIR DIR *dir = NULL;
	struct dirent *entry;
	int fd, r = 0;

	fd = gvm_host_at(h, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		close(fd);
		return r;
	}
	for (;;) {
		errno = 0;
		entry = readdir(dir);
		if (!entry)
			return -errno;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		r = fn(fd, entry->d_name, data);
		if (r != 0)
			return r;
	}
}

int gvm_host_name(struct gvm_host *h, char *buf, size_t size)
{
	int r = 0;

	if (h->root >= 0)
		r = gvm_host_read(h, "/etc/hostname", buf, size);
	else if (gethostname(buf, size) < 0)
		r = -errno;
	buf[size - 1] = '\0';
	gvm_str_printable(buf);
	return r;
}

void gvm_host_set_writer(struct gvm_host *h, gvm_host_writer_fn fn, void *data)
{
	h->writer = fn;
	h->writer_data = data;
}

int gvm_host_write(struct gvm_host *h, const char *path, const char *value)
{
	GVM_AUTOCLOSE int fd = -1;
	size_t len = strlen(value);
	ssize_t n;

	if (h->writer)
		return h->writer(path, value, h->writer_data);
	fd = gvm_host_at(h, path, O_WRONLY);
	if (fd < 0)
		return fd;
	/* Not repeated on EINTR: the kernel may have acted. */
	n = write(fd, value, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

/** A write for a child process. */
struct write {
	struct gvm_host *host;
	const char *path;
	const char *value;
};

/** @brief Do the write. @param data struct write @return 0 or -errno */
static int do_write(void *data)
{
	const struct write *w = data;

	/* A child has no descriptors of ours (child.h). */
	w->host->near = -1;
	return gvm_host_write(w->host, w->path, w->value);
}

int gvm_host_write_deadline(struct gvm_host *h, const char *path, const char *value,
			    unsigned int timeout_ms)
{
	struct write w = { h, path, value };

	if (h->writer)
		return h->writer(path, value, h->writer_data);
	return gvm_child(do_write, &w, timeout_ms, false);
}
