/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file unit.h
 * @brief What all unit tests share: cmocka, folders that go with the test, checks of errors.
 */
#ifndef GVM_TEST_UNIT_H
#define GVM_TEST_UNIT_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <cmocka.h>

#include "error.h"

#define UT_PATH 512
#define UT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Well-formed UUIDs to test with. */
#define UT_UUID_1 "11111111-aaaa-4bbb-8ccc-000000000001"
#define UT_UUID_2 "22222222-aaaa-4bbb-8ccc-000000000002"
#define UT_UUID_3 "33333333-aaaa-4bbb-8ccc-000000000003"
#define UT_UUID_4 "44444444-aaaa-4bbb-8ccc-000000000004"

/** @brief Make a new folder below TMPDIR. @param path result */
void ut_dir_make(char path[UT_PATH]);

/** @brief Remove a folder with all in it. @param path folder */
void ut_dir_remove(const char *path);

/** @brief Put root and path together. @param buf result @param root folder @param path below it @return buf */
const char *ut_path(char buf[UT_PATH], const char *root, const char *path);

/** @brief Make a folder with its parents. @param root folder that exists @param path below it */
void ut_mkdir(const char *root, const char *path);

/** @brief Write a file, printf style, with its parents. @param root folder @param path below it @param fmt text */
void ut_write(const char *root, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** @brief Write bytes to a file. @param root folder @param path below it @param data bytes @param len count */
void ut_write_bytes(const char *root, const char *path, const void *data, size_t len);

/** @brief Make a symbolic link, with its parents. @param root folder @param path below it @param target text of the link */
void ut_link(const char *root, const char *path, const char *target);

/** @brief Read a small file whole. @param root folder @param path below it @param buf result, a text @param size of it */
void ut_read(const char *root, const char *path, char *buf, size_t size);

/** @brief Is it there (a dangling link counts)? @param root folder @param path below it @return yes or no */
bool ut_exists(const char *root, const char *path);

/** @brief Count a folder's entries. @param root folder @param path below it @return how many */
size_t ut_count(const char *root, const char *path);

/**
 * @brief Check an error: its code is @p code, in the table, with a cause and a remedy for a person.
 * @param e error @param code expected @param err expected errno, positive
 */
void ut_assert_error(const struct gvm_error *e, const char *code, int err);

/** @brief Check that a text holds another. @param text text @param part what must be in it */
void ut_assert_holds(const char *text, const char *part);

/**
 * @brief Run a function in a child process with a deadline, as what it does may never return.
 * @param fn function @param data for it @param timeout_ms deadline
 * @return what @p fn returned (0 to 127), or -1 when it had to be killed
 */
int ut_in_child(int (*fn)(void *data), void *data, unsigned int timeout_ms);

/** @brief Wait for a child's end. @param pid child @param timeout_ms deadline @return its exit status, -1 when it was killed */
int ut_reap(pid_t pid, unsigned int timeout_ms);

#endif
