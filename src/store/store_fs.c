// SPDX-License-Identifier: GPL-2.0-or-later
#include "store_fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "file.h"
#include "folder.h"
#include "json.h"
#include "saved_fs.h"
#include "str.h"
#include "vms_table.h"

/* A vGPU's record has some 250 bytes; with 16 parameters of the greatest length some 8 KiB. */
#define MAX_RECORD (16 << 10)

#define PATH_SIZE 320

/** The store with its folders. */
struct store_fs {
	struct gvm_store base;
	int dir;  /* -1: the folder does not exist, and is not to be made */
	int vgpu; /* -1 likewise */
	int lock;
	char path[200];
	/* The record loaded or saved last: records are replaced whole, by another file. */
	struct json_object *last;
	char last_file[PATH_SIZE];
	struct stat last_stat;
	/* The GPU's lock file used last stays open, for the next change of that GPU; these files stay. */
	int kept;
	bool kept_locked;
	pid_t kept_by; /* a child has the same open file, and would share the lock */
	char kept_name[PATH_SIZE];
	struct gvm_saved_fs saved;
};

/** @brief The implementation behind the interface. @param s store @return it */
static struct store_fs *fs(struct gvm_store *s)
{
	return (struct store_fs *)s;
}

/** @brief A record's file name. @param name object @param file result @return 0 or -EINVAL */
static int file_name(const char *name, char file[PATH_SIZE])
{
	if (!gvm_name_valid(name))
		return -EINVAL;
	return gvm_str_format(file, PATH_SIZE, "%s.json", name);
}

/** @brief Read a vGPU's record. @param s store @param file its name @param ret result @return 0 or -errno */
static int read_record(struct store_fs *s, const char *file, struct json_object **ret)
{
	GVM_AUTOFREE char *text = NULL;
	size_t len;
	int r = gvm_read_file(s->vgpu, file, MAX_RECORD, &text, &len);

	return r < 0 ? r : gvm_json_parse(text, len, ret);
}

/** @brief Remember a record. @param s store @param file its name @param st of the file @param o it */
static void remember(struct store_fs *s, const char *file, const struct stat *st,
		     struct json_object *o)
{
	json_object_put(s->last);
	s->last = json_object_get(o);
	s->last_stat = *st;
	gvm_str_copy(s->last_file, sizeof(s->last_file), file);
}

/** @brief Load a vGPU's record; to load it again, under a lock, costs one call. @param s store @param file its name @param ret result @return 0 or -errno */
static int load_record(struct store_fs *s, const char *file, struct json_object **ret)
{
	struct stat st;
	int r;

	/* Looked at before it is read: if it changes in between it is read again the next time. */
	if (fstatat(s->vgpu, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (s->last && strcmp(file, s->last_file) == 0 && st.st_ino == s->last_stat.st_ino &&
	    st.st_size == s->last_stat.st_size &&
	    memcmp(&st.st_mtim, &s->last_stat.st_mtim, sizeof(st.st_mtim)) == 0) {
		*ret = json_object_get(s->last);
		return 0;
	}
	r = read_record(s, file, ret);
	if (r < 0)
		return r;
	remember(s, file, &st, *ret);
	return 0;
}

/** @brief Load; see store.h. @param s store @param kind of object @param name its name @param ret result @return 0 or -errno */
static int fs_load(struct gvm_store *s, enum gvm_store_kind kind, const char *name,
		   struct json_object **ret)
{
	char file[PATH_SIZE];
	int r = file_name(name, file);

	if (r < 0)
		return r;
	if (kind == GVM_STORE_VM)
		return gvm_vms_load(fs(s)->dir, name, ret);
	return fs(s)->vgpu < 0 ? -ENOENT : load_record(fs(s), file, ret);
}

/** @brief Save; see store.h. @param s store @param kind of object @param name its name @param o object @param is_new see there @return 0 or -errno */
static int fs_save(struct gvm_store *s, enum gvm_store_kind kind, const char *name,
		   struct json_object *o, bool is_new)
{
	char file[PATH_SIZE];
	struct stat st;
	const char *text;
	int r = file_name(name, file);

	if (r < 0)
		return r;
	if (fs(s)->vgpu < 0)
		return -EROFS;
	if (kind == GVM_STORE_VM)
		return gvm_vms_change(fs(s)->dir, fs(s)->lock, name, o, is_new);
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	if (!text)
		return -ENOMEM;
	/* Not synced: /run does not outlive a power loss, and neither do the vGPUs. */
	r = gvm_write_file_stat(fs(s)->vgpu, file, text, strlen(text), is_new ? GVM_WRITE_NEW : 0,
				&st);
	if (r == 0)
		remember(fs(s), file, &st, o);
	return r;
}

/** @brief Remove; see store.h. @param s store @param kind of object @param name its name @return 0 or -errno */
static int fs_remove(struct gvm_store *s, enum gvm_store_kind kind, const char *name)
{
	char file[PATH_SIZE];
	int r = file_name(name, file);

	if (r < 0)
		return r;
	if (fs(s)->vgpu < 0)
		return -ENOENT;
	if (kind == GVM_STORE_VM)
		return gvm_vms_change(fs(s)->dir, fs(s)->lock, name, NULL, false);
	return unlinkat(fs(s)->vgpu, file, 0) < 0 ? -errno : 0;
}

/** @brief Give one record file to the caller. @param s store @param file its name @param fn callback @param data its @return of fn */
static int list_file(struct gvm_store *s, const char *file, gvm_store_fn fn, void *data)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	char name[PATH_SIZE];
	size_t len = strlen(file);
	int r;

	if (len <= 5 || strcmp(file + len - 5, ".json") != 0 || file[0] == '.')
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)(len - 5), file);
	r = gvm_name_valid(name) ? read_record(fs(s), file, &o) : -EINVAL;
	/* Removed meanwhile by another gvm. */
	if (r == -ENOENT)
		return 0;
	/* Our trouble, and no damage of the record. */
	if (r == -EMFILE || r == -ENFILE || r == -ENOMEM)
		return r;
	return fn(name, o, data);
}

/** @brief List VMs; see store.h. @param s store @param fn callback @param data its @return 0 or -errno */
static int fs_list_vms(struct gvm_store *s, gvm_store_vm_fn fn, void *data)
{
	return fs(s)->dir < 0 ? 0 : gvm_vms_list(fs(s)->dir, fn, data);
}

/** @brief List vGPUs; see store.h. @param s store @param fn callback @param data its @return 0 or -errno */
static int fs_list_vgpus(struct gvm_store *s, gvm_store_fn fn, void *data)
{
	GVM_AUTOCLOSEDIR DIR *dir = NULL;
	struct dirent *entry;
	int r;

	if (fs(s)->vgpu < 0)
		return 0;
	dir = gvm_folder_list(fs(s)->vgpu, ".");
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		r = list_file(s, entry->d_name, fn, data);
		if (r)
			return r;
	}
	return 0;
}

/** @brief Keep a lock's file for the next time, instead of another. @param s store @param fd of the lock @param what is locked */
static void keep(struct store_fs *s, int fd, const char *what)
{
	if (s->kept_locked || !gvm_str_starts(what, "gpu-") ||
	    gvm_str_copy(s->kept_name, sizeof(s->kept_name), what) < 0)
		return;
	if (s->kept >= 0)
		close(s->kept);
	s->kept = fd;
	s->kept_locked = true;
	s->kept_by = getpid();
}

/** @brief Lock; see store.h. @param s store @param what to lock @param wait for its holder @return handle or -errno */
static int fs_lock(struct gvm_store *s, const char *what, bool wait)
{
	bool again = fs(s)->kept >= 0 && strcmp(what, fs(s)->kept_name) == 0;
	int fd;

	if (fs(s)->lock < 0)
		return -EROFS;
	if (strchr(what, '/'))
		return -EINVAL;
	if (again && !fs(s)->kept_locked && fs(s)->kept_by == getpid() &&
	    gvm_lock_again(fs(s)->kept, wait) == 0) {
		fs(s)->kept_locked = true;
		return fs(s)->kept;
	}
	fd = gvm_lock_file(fs(s)->lock, what, wait);
	if (fd >= 0)
		keep(fs(s), fd, what);
	return fd;
}

/** @brief Unlock; see store.h. @param s store @param handle from fs_lock() */
static void fs_unlock(struct gvm_store *s, int handle)
{
	if (handle >= 0 && handle == fs(s)->kept) {
		flock(handle, LOCK_UN);
		fs(s)->kept_locked = false;
	} else if (handle >= 0) {
		close(handle);
	}
}

/** @brief Note; see store.h. @param s store @param handle lock @param o object or NULL @return 0 or -errno */
static int fs_note(struct gvm_store *s, int handle, struct json_object *o)
{
	char text[MAX_RECORD];
	ssize_t n;
	int r;

	(void)s;
	/* A line; what is behind it, or behind an empty one, is of the past. Cheaper than truncating. */
	r = gvm_str_format(text, sizeof(text), "%s\n",
			   o ? json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN) : "");
	if (r < 0)
		return r;
	/* One write to /run: a process that is killed has done all of it or nothing. */
	n = pwrite(handle, text, strlen(text), 0);
	return n < 0 ? -errno : (size_t)n == strlen(text) ? 0 : -EIO;
}

/** @brief What is noted in a lock's file. @param fd file @param ret result @return 0, -ENOENT or -errno */
static int read_note(int fd, struct json_object **ret)
{
	char text[MAX_RECORD], *end;
	ssize_t n = pread(fd, text, sizeof(text), 0);

	if (n <= 0)
		return n < 0 ? -errno : -ENOENT;
	end = memchr(text, '\n', (size_t)n);
	if (end == text)
		return -ENOENT;
	return end ? gvm_json_parse(text, (size_t)(end - text), ret) : -EBADMSG;
}

/** @brief Noted; see store.h. @param s store @param handle lock @param ret result @return 0 or -errno */
static int fs_noted(struct gvm_store *s, int handle, struct json_object **ret)
{
	(void)s;
	return read_note(handle, ret);
}

/** @brief List notes; see store.h. @param s store @param fn callback @param data its @return 0 or -errno */
static int fs_list_notes(struct gvm_store *s, gvm_store_fn fn, void *data)
{
	GVM_AUTOCLOSEDIR DIR *dir = gvm_folder_list(fs(s)->lock, ".");
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return -errno;
	while (r == 0 && (entry = readdir(dir))) {
		GVM_AUTOJSON struct json_object *o = NULL;
		GVM_AUTOCLOSE int fd = entry->d_name[0] == '.'
					       ? -1
					       : openat(fs(s)->lock, entry->d_name,
							O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

		if (fd >= 0 && read_note(fd, &o) == 0)
			r = fn(entry->d_name, o, data);
	}
	return r;
}

/** @brief A VM's folder; see store.h. @param s store @param vm name @param path result @param size its size @return 0 or -errno */
static int fs_vm_dir(struct gvm_store *s, const char *vm, char *path, unsigned long size)
{
	GVM_AUTOCLOSE int dir = -1;
	GVM_AUTOCLOSE int sub = -1;
	int r;

	if (!gvm_name_valid(vm))
		return -EINVAL;
	r = gvm_str_format(path, size, "%s/vm/%s", fs(s)->path, vm);
	if (r < 0)
		return r;
	if (fs(s)->lock < 0)
		return 0;
	dir = gvm_open_dir(fs(s)->dir, "vm", 0755);
	if (dir < 0)
		return dir;
	sub = gvm_open_dir(dir, vm, 0700);
	return sub < 0 ? sub : 0;
}

/** @brief List the VMs' folders; see store.h. @param s store @param fn callback @param data its @return 0 or -errno */
static int fs_list_vm_dirs(struct gvm_store *s, gvm_store_fn fn, void *data)
{
	GVM_AUTOCLOSEDIR DIR *dir = gvm_folder_list(fs(s)->dir, "vm");
	struct dirent *entry;
	int r = 0;

	while (dir && r == 0 && (entry = readdir(dir)))
		if (gvm_name_valid(entry->d_name))
			r = fn(entry->d_name, NULL, data);
	return r;
}

/** @brief Remove a VM's folder with what GVM put into it; see store.h. @param s store @param vm name */
static void fs_remove_vm_dir(struct gvm_store *s, const char *vm)
{
	static const char *const files[] = { "qmp.sock", "plug.sock",  "console.sock",
					     "vnc.sock", "spice.sock", "swtpm.log",
					     "qemu.log", "picture.png" };
	char path[PATH_SIZE];
	size_t i;

	if (!gvm_name_valid(vm) || fs(s)->dir < 0)
		return;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "vm/%s/%s", vm, files[i]);
		unlinkat(fs(s)->dir, path, 0);
	}
	snprintf(path, sizeof(path), "vm/%s", vm);
	unlinkat(fs(s)->dir, path, AT_REMOVEDIR);
}

/** @brief Path of a saved object; see store.h. @param s store @param kind @param name of it @param path result @return 0 or -EINVAL */
static int fs_saved_path(struct gvm_store *s, enum gvm_saved_kind kind, const char *name,
			 char path[GVM_SAVED_PATH_SIZE])
{
	(void)s;
	return gvm_saved_fs_path(kind, name, path);
}

/** @brief Load a saved object; see store.h. @param s store @param kind @param name of it @param text @param len result @return 0 or -errno */
static int fs_saved_load(struct gvm_store *s, enum gvm_saved_kind kind, const char *name,
			 char **text, unsigned long *len)
{
	return gvm_saved_fs_load(&fs(s)->saved, kind, name, text, len);
}

/** @brief Save an object; see store.h. @param s store @param kind @param name of it @param text it @param flags @return 0 or -errno */
static int fs_saved_save(struct gvm_store *s, enum gvm_saved_kind kind, const char *name,
			 const char *text, unsigned int flags)
{
	return gvm_saved_fs_save(&fs(s)->saved, kind, name, text, flags);
}

/** @brief Remove a saved object; see store.h. @param s store @param kind @param name of it @return 0 or -errno */
static int fs_saved_remove(struct gvm_store *s, enum gvm_saved_kind kind, const char *name)
{
	return gvm_saved_fs_remove(&fs(s)->saved, kind, name);
}

/** @brief List saved objects; see store.h. @param s store @param kind @param fn callback @param data its @return 0 or -errno */
static int fs_saved_list(struct gvm_store *s, enum gvm_saved_kind kind, gvm_saved_fn fn, void *data)
{
	return gvm_saved_fs_list(&fs(s)->saved, kind, fn, data);
}

void gvm_store_fs_saved(struct gvm_store *s, struct gvm_host *host, const char *root)
{
	fs(s)->saved = (struct gvm_saved_fs){ host, root };
}

/** @brief Close; see store.h. @param s store or NULL */
static void fs_close(struct gvm_store *s)
{
	if (!s)
		return;
	json_object_put(fs(s)->last);
	if (fs(s)->kept >= 0)
		close(fs(s)->kept);
	if (fs(s)->lock >= 0)
		close(fs(s)->lock);
	if (fs(s)->vgpu >= 0)
		close(fs(s)->vgpu);
	if (fs(s)->dir >= 0)
		close(fs(s)->dir);
	free(s);
}

static const struct gvm_store_ops ops = {
	.load = fs_load,
	.save = fs_save,
	.remove = fs_remove,
	.list_vgpus = fs_list_vgpus,
	.list_vms = fs_list_vms,
	.lock = fs_lock,
	.unlock = fs_unlock,
	.note = fs_note,
	.noted = fs_noted,
	.list_notes = fs_list_notes,
	.vm_dir = fs_vm_dir,
	.list_vm_dirs = fs_list_vm_dirs,
	.remove_vm_dir = fs_remove_vm_dir,
	.saved_path = fs_saved_path,
	.saved_load = fs_saved_load,
	.saved_save = fs_saved_save,
	.saved_remove = fs_saved_remove,
	.saved_list = fs_saved_list,
	.close = fs_close,
};

/** @brief A store without folders. @param path its own @param ret result @param e detail @return 0 or -errno */
static int new_store(const char *path, struct store_fs **ret, struct gvm_error *e)
{
	struct store_fs *s = calloc(1, sizeof(*s));

	if (!s)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	s->base.ops = &ops;
	s->dir = s->vgpu = s->lock = s->kept = -1;
	if (gvm_str_copy(s->path, sizeof(s->path), path) < 0) {
		free(s);
		return gvm_error_set(e, "GVM_E_STORE", ENAMETOOLONG, "the path %s is too long",
				     path);
	}
	*ret = s;
	return 0;
}

/** @brief Open the folders, making what is missing. @param s store @return 0 or -errno */
static int open_dirs(struct store_fs *s)
{
	s->dir = gvm_open_dir(AT_FDCWD, s->path, 0755);
	if (s->dir < 0)
		return s->dir;
	s->vgpu = gvm_open_dir(s->dir, "vgpu", 0755);
	if (s->vgpu < 0)
		return s->vgpu;
	s->lock = gvm_open_dir(s->dir, "lock", 0700);
	if (s->lock < 0)
		return s->lock;
	gvm_folder_tidy(s->dir);
	gvm_folder_tidy(s->vgpu);
	return 0;
}

int gvm_store_fs_open(const char *dir, struct gvm_store **ret, struct gvm_error *e)
{
	struct store_fs *s = NULL;
	int r = new_store(dir, &s, e);

	if (r < 0)
		return r;
	r = open_dirs(s);
	if (r < 0) {
		fs_close(&s->base);
		gvm_error_set(e, r == -EACCES || r == -EPERM ? "GVM_E_PERMISSION" : "GVM_E_STORE",
			      -r, "cannot open %s: %s", dir, gvm_errno_name(r));
		GVM_ERROR_FIELD(e, object, "%s", dir);
		return r;
	}
	*ret = &s->base;
	return 0;
}

int gvm_store_fs_view(int fd, const char *dir, struct gvm_store **ret, struct gvm_error *e)
{
	struct store_fs *s = NULL;
	int r = new_store(dir, &s, e);

	if (r < 0) {
		if (fd >= 0)
			close(fd);
		return r;
	}
	s->dir = fd;
	if (fd >= 0)
		s->vgpu = openat(fd, "vgpu", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	*ret = &s->base;
	return 0;
}
