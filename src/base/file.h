/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file file.h
 * @brief Whole files: bounded reading, atomic writing, locks.
 */
#ifndef GVM_BASE_FILE_H
#define GVM_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/**
 * @brief Read from a descriptor until its end or until the array is full.
 * @param fd descriptor
 * @param buf array, always ended by a NUL on success
 * @param size its size in bytes, at least 2
 * @param ret_len length read, may be NULL
 * @return 0 or a negative errno
 * @restriction none
 * @sideeffect none
 * @failure EFBIG when more than @p size - 1 bytes are there; errors of read(2)
 */
int gvm_read_fd(int fd, char *buf, size_t size, size_t *ret_len);

/**
 * @brief Read a regular file whole into new memory.
 * @param dirfd folder that @p path is relative to, or AT_FDCWD
 * @param path file
 * @param max largest size taken, in bytes
 * @param ret text with a NUL behind it, to be freed by the caller; untouched on failure
 * @param ret_len its length in bytes
 * @return 0 or a negative errno
 * @restriction regular files only; in a folder that was opened, a link is not followed
 * @sideeffect none
 * @failure EFBIG when larger than @p max, EISDIR or EINVAL when it is no regular file, ELOOP, ENOMEM;
 *          errors of open(2) and read(2)
 */
int gvm_read_file(int dirfd, const char *path, size_t max, char **ret, size_t *ret_len);

/** How gvm_write_file() writes. */
enum gvm_write_flags {
	GVM_WRITE_NEW = 1,  /**< the file must not exist */
	GVM_WRITE_SYNC = 2, /**< survive a power loss: sync the data and the folder; not for /run */
};

/**
 * @brief Write a file whole: a reader sees the old text or the new, never a part.
 * @param dirfd folder that @p name is in
 * @param name file name in that folder
 * @param data new text
 * @param len its length in bytes
 * @param flags enum gvm_write_flags
 * @return 0 or a negative errno
 * @restriction none: with several writers at once the last one stays
 * @sideeffect makes and renames a temporary file ".NAME.PID.tmp"; a killed writer may leave it
 * @failure EEXIST with GVM_WRITE_NEW; errors of open(2), write(2), fsync(2), rename(2). The old file
 *          is then as it was
 */
int gvm_write_file(int dirfd, const char *name, const char *data, size_t len, unsigned int flags);

/**
 * @brief As gvm_write_file(), and tell what file it is now.
 * @param dirfd folder
 * @param name file name in it
 * @param data new text
 * @param len its length in bytes
 * @param flags enum gvm_write_flags
 * @param st result: by it the writer knows his file again; may be NULL
 * @return 0 or a negative errno
 * @restriction as gvm_write_file()
 * @sideeffect as gvm_write_file()
 * @failure as gvm_write_file(); errors of fstat(2)
 */
int gvm_write_file_stat(int dirfd, const char *name, const char *data, size_t len,
			unsigned int flags, struct stat *st);

/**
 * @brief Take an exclusive lock, for as long as the descriptor stays open.
 * @param dirfd folder of the lock file
 * @param name lock file, made when absent
 * @param wait wait for the other holder; else fail at once
 * @return descriptor (close it to unlock) or a negative errno
 * @restriction none
 * @sideeffect makes the lock file
 * @failure EWOULDBLOCK when held and @p wait is false; errors of open(2) and flock(2)
 */
int gvm_lock_file(int dirfd, const char *name, bool wait);

/**
 * @brief Take the lock of a lock file that is open.
 * @param fd descriptor
 * @param wait wait for the other holder; else fail at once
 * @return 0 or a negative errno
 * @restriction the file is the one that others lock: it has not been replaced
 * @sideeffect none
 * @failure EWOULDBLOCK when held and @p wait is false; errors of flock(2)
 */
int gvm_lock_again(int fd, bool wait);

/**
 * @brief Open a folder, making it when it is absent; its parents must exist.
 * @param dirfd folder that @p path is relative to, or AT_FDCWD
 * @param path folder
 * @param mode permissions when it is made
 * @return descriptor or a negative errno
 * @restriction none
 * @sideeffect may make the folder
 * @failure errors of mkdir(2) and open(2)
 */
int gvm_open_dir(int dirfd, const char *path, unsigned int mode);

#endif
