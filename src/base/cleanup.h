/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file cleanup.h
 * @brief Local resources that release themselves when their scope ends.
 */
#ifndef GVM_BASE_CLEANUP_H
#define GVM_BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/** Call FN with the address of a variable when its scope ends. */
#define GVM_CLEANUP(fn) __attribute__((cleanup(fn)))

/** @brief Free the pointer that @p p points to. @param p address of a malloc'ed pointer or NULL */
static inline void gvm_cleanup_free(void *p)
{
	free(*(void **)p);
}

/** @brief Close the descriptor unless it is negative. @param fd address of the descriptor */
static inline void gvm_cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/** @brief Close the stream unless it is NULL. @param f address of the stream */
static inline void gvm_cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

/** @brief Close the folder unless it is NULL. @param d address of the folder stream */
static inline void gvm_cleanup_closedir(DIR **d)
{
	if (*d)
		closedir(*d);
}

/** A pointer that is freed at the end of its scope. */
#define GVM_AUTOFREE GVM_CLEANUP(gvm_cleanup_free)
/** A descriptor that is closed at the end of its scope; start it at -1. */
#define GVM_AUTOCLOSE GVM_CLEANUP(gvm_cleanup_close)
/** A FILE that is closed at the end of its scope. */
#define GVM_AUTOFCLOSE GVM_CLEANUP(gvm_cleanup_fclose)
/** A DIR that is closed at the end of its scope. */
#define GVM_AUTOCLOSEDIR GVM_CLEANUP(gvm_cleanup_closedir)

/** @brief Hand a descriptor over. @param fd its address, left at -1 @return the descriptor */
static inline int gvm_steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/** Hand a pointer over: the variable is left NULL. */
#define gvm_steal(p)                                                                               \
	({                                                                                         \
		__typeof__(p) _taken = (p);                                                        \
		(p) = NULL;                                                                        \
		_taken;                                                                            \
	})

#endif
