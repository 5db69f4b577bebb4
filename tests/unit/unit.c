// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errors.h"

void ut_dir_make(char path[UT_PATH])
{
	const char *tmp = getenv("TMPDIR");

	snprintf(path, UT_PATH, "%s/gvm-unit-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(path));
}

/** @brief Remove one entry. @param path entry @param st unused @param kind unused @param where unused @return 0 */
static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	remove(path);
	return 0;
}

void ut_dir_remove(const char *path)
{
	if (path[0])
		nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *ut_path(char buf[UT_PATH], const char *root, const char *path)
{
	int n = snprintf(buf, UT_PATH, "%s/%s", root, path[0] == '/' ? path + 1 : path);

	assert_true(n > 0 && n < UT_PATH);
	return buf;
}

/** @brief Make a path's folders. @param path absolute @param from where the part to be made begins */
static void make_folders(char *path, size_t from)
{
	char *slash;

	for (slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			fail_msg("mkdir %s: %s", path, strerror(errno));
		*slash = '/';
	}
}

void ut_mkdir(const char *root, const char *path)
{
	char full[UT_PATH];

	ut_path(full, root, path);
	make_folders(full, strlen(root) + 1);
	if (mkdir(full, 0755) < 0 && errno != EEXIST)
		fail_msg("mkdir %s: %s", full, strerror(errno));
}

void ut_write_bytes(const char *root, const char *path, const void *data, size_t len)
{
	char full[UT_PATH];
	FILE *f;

	ut_path(full, root, path);
	make_folders(full, strlen(root) + 1);
	f = fopen(full, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

void ut_write(const char *root, const char *path, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	assert_true(n >= 0);
	ut_write_bytes(root, path, text, (size_t)n);
	free(text);
}

void ut_link(const char *root, const char *path, const char *target)
{
	char full[UT_PATH];

	ut_path(full, root, path);
	make_folders(full, strlen(root) + 1);
	assert_int_equal(symlink(target, full), 0);
}

void ut_read(const char *root, const char *path, char *buf, size_t size)
{
	char full[UT_PATH];
	FILE *f = fopen(ut_path(full, root, path), "re");
	size_t n;

	assert_non_null(f);
	n = fread(buf, 1, size - 1, f);
	buf[n] = '\0';
	fclose(f);
}

bool ut_exists(const char *root, const char *path)
{
	char full[UT_PATH];
	struct stat st;

	return lstat(ut_path(full, root, path), &st) == 0;
}

size_t ut_count(const char *root, const char *path)
{
	char full[UT_PATH];
	DIR *dir = opendir(ut_path(full, root, path));
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

void ut_assert_holds(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" does not hold \"%s\"", text, part);
}

void ut_assert_error(const struct gvm_error *e, const char *code, int err)
{
	const struct gvm_error_entry *entry;

	if (!e->code)
		fail_msg("no error, but %s was expected", code);
	assert_string_equal(e->code, code);
	if (e->err != err)
		fail_msg("%s came with %s, not %s: %s", code, gvm_errno_name(e->err),
			 gvm_errno_name(err), e->message);
	assert_true(e->message[0]);
	entry = gvm_errors_find(code);
	assert_non_null(entry);
	/* The message may say the cause, but what to do must stand somewhere. */
	assert_true(e->hint[0] || e->cause[0] || entry->remedy || entry->cause);
}

int ut_reap(pid_t pid, unsigned int timeout_ms)
{
	struct pollfd p = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	int status, r;

	assert_true(p.fd >= 0);
	r = poll(&p, 1, (int)timeout_ms);
	if (r != 1)
		kill(pid, SIGKILL);
	close(p.fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return r == 1 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int ut_in_child(int (*fn)(void *data), void *data, unsigned int timeout_ms)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fn(data) & 0x7f);
	return ut_reap(pid, timeout_ms);
}
