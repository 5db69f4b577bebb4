// SPDX-License-Identifier: GPL-2.0-or-later
#include "saved_fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "file.h"
#include "folder.h"
#include "str.h"
#include "uuid.h"

#define KNOWN "/var/lib/gvm/known"
#define MAX_TEXT (64 << 10)
/* Two numbers of 16 digits, a line each. */
#define HASHES_SIZE 40

/** Where a kind is kept. */
static const struct place {
	const char *dir;
	const char *suffix;
	bool nested; /* in folders of folders: a name has a '/' */
} places[] = {
	[GVM_SAVED_VGPU] = { "/etc/gvm/vgpu.d", ".yaml", false },
	[GVM_SAVED_GPU] = { "/etc/gvm/gpu.d", ".yaml", false },
	[GVM_SAVED_VM] = { "/etc/gvm/vm.d", ".yaml", false },
	[GVM_SAVED_TYPE] = { "/etc/gvm/types.d", ".yaml", false },
	[GVM_SAVED_MDEVCTL] = { "/etc/mdevctl.d", "", true },
};

/** A file: its folder, its name there, and the name its hashes are kept under. */
struct spot {
	char dir[GVM_SAVED_PATH_SIZE];
	char file[GVM_SAVED_PATH_SIZE];
	char known_dir[GVM_SAVED_PATH_SIZE];
	char known[GVM_SAVED_PATH_SIZE];
};

/** @brief Find a file's spot. @param kind of object @param name of it @param ret result @return 0 or -EINVAL */
static int find_spot(enum gvm_saved_kind kind, const char *name, struct spot *ret)
{
	const struct place *p = &places[kind];
	const char *last = p->nested ? gvm_basename(name) : name;
	int above = (int)(last - name) - 1;
	char uuid[GVM_UUID_SIZE];

	if (!p->nested && !gvm_name_valid(name))
		return -EINVAL;
	/* PARENT/UUID: the parent is a device's name, one step down, and not hidden. */
	if (p->nested && (above <= 0 || name[0] == '.' || memchr(name, '/', (size_t)above) ||
			  gvm_uuid_parse(last, uuid) < 0))
		return -EINVAL;
	if (gvm_str_format(ret->dir, sizeof(ret->dir), p->nested ? "%s/%.*s" : "%s", p->dir, above,
			   name) < 0 ||
	    gvm_str_format(ret->file, sizeof(ret->file), "%s%s", last, p->suffix) < 0 ||
	    gvm_str_format(ret->known_dir, sizeof(ret->known_dir), KNOWN "/%s",
			   gvm_basename(p->dir)) < 0 ||
	    gvm_str_copy(ret->known, sizeof(ret->known), name) < 0)
		return -EINVAL;
	if (p->nested)
		ret->known[above] = '+';
	return 0;
}

int gvm_saved_fs_path(enum gvm_saved_kind kind, const char *name, char path[GVM_SAVED_PATH_SIZE])
{
	struct spot spot;

	return find_spot(kind, name, &spot) < 0 || gvm_str_format(path, GVM_SAVED_PATH_SIZE,
								  "%s/%s", spot.dir, spot.file) < 0
		       ? -EINVAL
		       : 0;
}

int gvm_saved_fs_load(const struct gvm_saved_fs *s, enum gvm_saved_kind kind, const char *name,
		      char **text, unsigned long *len)
{
	GVM_AUTOCLOSE int dir = -1;
	struct spot spot;
	int r = find_spot(kind, name, &spot);

	if (r < 0)
		return r;
	dir = s->host ? gvm_host_at(s->host, spot.dir, O_RDONLY | O_DIRECTORY) : -ENOENT;
	return dir < 0 ? dir : gvm_read_file(dir, spot.file, MAX_TEXT, text, len);
}

/** @brief Open a folder to write in, making it and those above it. @param root it is below @param path from '/' on @return descriptor or -errno */
static int make_dirs(const char *root, const char *path)
{
	GVM_AUTOCLOSE int fd = open(*root ? root : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char copy[GVM_SAVED_PATH_SIZE], *save = NULL, *part;

	if (fd < 0)
		return -errno;
	if (gvm_str_copy(copy, sizeof(copy), path) < 0)
		return -ENAMETOOLONG;
	for (part = strtok_r(copy, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
		int next = gvm_open_dir(fd, part, 0755);

		if (next < 0)
			return next;
		close(fd);
		fd = next;
	}
	return gvm_steal_fd(&fd);
}

/** @brief A text's hash, to see that it was changed, not to stop a liar (FNV-1a). @param text it @param len its length @return hash */
static uint64_t hash_of(const char *text, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3;
	return hash;
}

/** @brief Did GVM write this text there? @param known folder of the hashes @param spot the file @param hash of the text @return yes or no */
static bool is_known(int known, const struct spot *spot, uint64_t hash)
{
	GVM_AUTOFREE char *text = NULL;
	char wanted[HASHES_SIZE];
	size_t len;

	snprintf(wanted, sizeof(wanted), "%016llx\n", (unsigned long long)hash);
	return gvm_read_file(known, spot->known, HASHES_SIZE, &text, &len) == 0 &&
	       strstr(text, wanted);
}

/**
 * @brief Write a file, its hash first: if we are killed in between, what is there is still known.
 * @param dir its folder @param known folder of the hashes @param spot the file @param text new
 * @param old hash of what is there, or of the new text @return 0 or -errno
 */
static int write_known(int dir, int known, const struct spot *spot, const char *text, uint64_t old)
{
	char hashes[HASHES_SIZE];
	int r;

	snprintf(hashes, sizeof(hashes), "%016llx\n%016llx\n", (unsigned long long)old,
		 (unsigned long long)hash_of(text, strlen(text)));
	r = gvm_write_file(known, spot->known, hashes, strlen(hashes), GVM_WRITE_SYNC);
	return r < 0 ? r : gvm_write_file(dir, spot->file, text, strlen(text), GVM_WRITE_SYNC);
}

int gvm_saved_fs_save(const struct gvm_saved_fs *s, enum gvm_saved_kind kind, const char *name,
		      const char *text, unsigned int flags)
{
	GVM_AUTOCLOSE int dir = -1;
	GVM_AUTOCLOSE int known = -1;
	GVM_AUTOFREE char *old = NULL;
	size_t len = 0;
	struct spot spot;
	uint64_t hash;
	int r = s->root ? find_spot(kind, name, &spot) : -EROFS;

	if (r < 0)
		return r;
	dir = make_dirs(s->root, spot.dir);
	if (dir < 0)
		return dir;
	known = make_dirs(s->root, spot.known_dir);
	if (known < 0)
		return known;
	gvm_folder_tidy(dir);
	gvm_folder_tidy(known);
	r = gvm_read_file(dir, spot.file, MAX_TEXT, &old, &len);
	if (r == -ENOENT)
		return write_known(dir, known, &spot, text, hash_of(text, strlen(text)));
	if (flags & GVM_SAVED_NEW)
		return -EEXIST;
	/* Not a file of ours, but a link, a folder, or something huge. */
	if (r < 0)
		return r;
	hash = hash_of(old, len);
	if (!(flags & GVM_SAVED_FORCE) && !is_known(known, &spot, hash))
		return strcmp(old, text) == 0 ? 0 : -ESTALE;
	return write_known(dir, known, &spot, text, hash);
}

int gvm_saved_fs_remove(const struct gvm_saved_fs *s, enum gvm_saved_kind kind, const char *name)
{
	GVM_AUTOCLOSE int dir = -1;
	GVM_AUTOCLOSE int known = -1;
	struct spot spot;
	int r = s->root ? find_spot(kind, name, &spot) : -EROFS;

	if (r < 0)
		return r;
	dir = gvm_host_at(s->host, spot.dir, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return dir;
	if (unlinkat(dir, spot.file, 0) < 0 || fsync(dir) < 0)
		return -errno;
	known = make_dirs(s->root, spot.known_dir);
	if (known >= 0)
		unlinkat(known, spot.known, 0);
	return 0;
}

/** A walk over one kind. */
struct walk {
	const struct place *place;
	struct gvm_host *host;
	const char *above; /* folder within the kind's, or NULL */
	gvm_saved_fn fn;
	void *data;
};

/** @brief One file. @param dir its folder @param file its name @param data walk @return of the callback */
static int walk_file(int dir, const char *file, void *data)
{
	const struct walk *w = data;
	size_t len = strlen(file), cut = strlen(w->place->suffix), size;
	char name[2 * GVM_SAVED_PATH_SIZE];
	GVM_AUTOFREE char *text = NULL;
	char path[GVM_SAVED_PATH_SIZE];
	int r;

	if (file[0] == '.' || len <= cut || strcmp(file + len - cut, w->place->suffix) != 0)
		return 0;
	if (gvm_str_format(name, sizeof(name), "%s%s%.*s", w->above ? w->above : "",
			   w->above ? "/" : "", (int)(len - cut), file) < 0 ||
	    gvm_saved_fs_path((enum gvm_saved_kind)(w->place - places), name, path) < 0)
		/* Beside definitions mdevctl keeps scripts. */
		return w->place->nested ? 0 : w->fn(file, NULL, -EINVAL, w->data);
	r = gvm_read_file(dir, file, MAX_TEXT, &text, &size);
	/* Removed meanwhile. */
	if (r == -ENOENT)
		return 0;
	return r < 0 ? w->fn(name, NULL, r, w->data) : w->fn(name, text, (long)size, w->data);
}

/** @brief One folder of a nested kind. @param dir unused @param name of it @param data walk @return of the callback */
static int walk_folder(int dir, const char *name, void *data)
{
	struct walk w = *(const struct walk *)data;
	char path[GVM_SAVED_PATH_SIZE];
	int r;

	(void)dir;
	if (name[0] == '.' || gvm_str_format(path, sizeof(path), "%s/%s", w.place->dir, name) < 0)
		return 0;
	w.above = name;
	r = gvm_host_list(w.host, path, walk_file, &w);
	/* What is no folder (mdevctl keeps scripts beside), or has gone. */
	return r == -ENOTDIR || r == -ENOENT ? 0 : r;
}

int gvm_saved_fs_list(const struct gvm_saved_fs *s, enum gvm_saved_kind kind, gvm_saved_fn fn,
		      void *data)
{
	struct walk w = { &places[kind], s->host, NULL, fn, data };
	int r = s->host ? gvm_host_list(s->host, w.place->dir,
					w.place->nested ? walk_folder : walk_file, &w)
			: 0;

	return r == -ENOENT ? 0 : r;
}
