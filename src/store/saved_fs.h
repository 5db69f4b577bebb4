/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file saved_fs.h
 * @brief Saved objects as files that people may write too: /etc/gvm, /etc/mdevctl.d.
 *
 * /var/lib/gvm/known/FOLDER/NAME holds hashes of what GVM wrote: a file with another hash was
 * written by a person (or by mdevctl) and is not overwritten, unless it is asked for.
 */
#ifndef GVM_STORE_SAVED_FS_H
#define GVM_STORE_SAVED_FS_H

#include "host.h"
#include "store.h"

/** Where they are. */
struct gvm_saved_fs {
	struct gvm_host *host; /**< read from here; NULL: there are none */
	const char *root;      /**< written below this; NULL: not at all */
};

/** @brief See store.h, saved_path. @param kind of object @param name of it @param path result @return 0 or a negative errno
 *  @restriction none @sideeffect none @failure EINVAL */
int gvm_saved_fs_path(enum gvm_saved_kind kind, const char *name, char path[GVM_SAVED_PATH_SIZE]);

/** @brief See store.h, saved_load. @param s where @param kind of object @param name of it @param text result @param len result @return 0 or a negative errno
 *  @restriction a file that is a link is refused @sideeffect none @failure EINVAL, ENOENT; those of gvm_read_file() */
int gvm_saved_fs_load(const struct gvm_saved_fs *s, enum gvm_saved_kind kind, const char *name,
		      char **text, unsigned long *len);

/** @brief See store.h, saved_save. @param s where @param kind of object @param name of it @param text it @param flags how
 *  @return 0 or a negative errno
 *  @restriction under the lock "saved" @sideeffect makes folders, writes the hash @failure EINVAL, EROFS, EEXIST, ESTALE; those of gvm_write_file() */
int gvm_saved_fs_save(const struct gvm_saved_fs *s, enum gvm_saved_kind kind, const char *name,
		      const char *text, unsigned int flags);

/** @brief See store.h, saved_remove. @param s where @param kind of object @param name of it @return 0 or a negative errno
 *  @restriction under the lock "saved" @sideeffect removes the hash @failure EINVAL, EROFS, ENOENT; errors of unlink(2), fsync(2) */
int gvm_saved_fs_remove(const struct gvm_saved_fs *s, enum gvm_saved_kind kind, const char *name);

/** @brief See store.h, saved_list. @param s where @param kind of object @param fn callback @param data its @return 0, what @p fn returned, or a negative errno
 *  @restriction none @sideeffect those of @p fn @failure errors of opendir(3); those of @p fn */
int gvm_saved_fs_list(const struct gvm_saved_fs *s, enum gvm_saved_kind kind, gvm_saved_fn fn,
		      void *data);

#endif
