// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "file.h"

/** A folder to work in. */
struct room {
	char path[UT_PATH];
	int fd;
};

/** @brief Make the folder. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	ut_dir_make(room->path);
	room->fd = open(room->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = room;
	return room->fd < 0;
}

/** @brief Remove the folder. @param state room @return 0 */
static int teardown(void **state)
{
	struct room *room = *state;

	close(room->fd);
	ut_dir_remove(room->path);
	free(room);
	return 0;
}

/** @brief A descriptor is read until its end, and never past the array. @param state room */
static void read_fd(void **state)
{
	struct room *room = *state;
	GVM_AUTOCLOSE int fd = -1;
	char buf[8];
	size_t len = 0;

	ut_write(room->path, "f", "1234567");
	fd = openat(room->fd, "f", O_RDONLY | O_CLOEXEC);
	/* "EFBIG when more than size - 1 bytes are there": seven fit into eight. */
	assert_int_equal(gvm_read_fd(fd, buf, 8, &len), 0);
	assert_int_equal(len, 7);
	assert_string_equal(buf, "1234567");
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(gvm_read_fd(fd, buf, 7, NULL), -EFBIG);
	assert_int_equal(gvm_read_fd(-1, buf, 7, NULL), -EBADF);
}

/** @brief Files are read whole, within bounds. @param state room */
static void read_file(void **state)
{
	struct room *room = *state;
	GVM_AUTOFREE char *text = NULL;
	char *untouched = NULL;
	size_t len = 99;

	ut_write(room->path, "f", "12345");
	assert_int_equal(gvm_read_file(room->fd, "f", 5, &text, &len), 0);
	assert_int_equal(len, 5);
	assert_string_equal(text, "12345");
	assert_int_equal(gvm_read_file(room->fd, "f", 4, &untouched, &len), -EFBIG);
	assert_int_equal(gvm_read_file(room->fd, "none", 4, &untouched, &len), -ENOENT);
	assert_int_equal(gvm_read_file(room->fd, ".", 4, &untouched, &len), -EISDIR);
	assert_int_equal(mkfifoat(room->fd, "fifo", 0600), 0);
	assert_int_equal(gvm_read_file(room->fd, "fifo", 4, &untouched, &len), -EINVAL);
	assert_null(untouched);
}

/** @brief An empty file and one with NULs. @param state room */
static void read_odd_file(void **state)
{
	struct room *room = *state;
	GVM_AUTOFREE char *empty = NULL;
	GVM_AUTOFREE char *nuls = NULL;
	size_t len = 99;

	ut_write(room->path, "empty", "%s", "");
	assert_int_equal(gvm_read_file(room->fd, "empty", 0, &empty, &len), 0);
	assert_int_equal(len, 0);
	assert_string_equal(empty, "");
	ut_write_bytes(room->path, "nuls", "a\0b", 3);
	assert_int_equal(gvm_read_file(room->fd, "nuls", 9, &nuls, &len), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(nuls, "a\0b", 4);
}

/** @brief Writing makes, replaces, or refuses to replace; no temporary file stays. @param state room */
static void write_file(void **state)
{
	struct room *room = *state;
	char buf[32];

	assert_int_equal(gvm_write_file(room->fd, "f", "one", 3, GVM_WRITE_NEW), 0);
	assert_int_equal(gvm_write_file(room->fd, "f", "two", 3, GVM_WRITE_NEW), -EEXIST);
	ut_read(room->path, "f", buf, sizeof(buf));
	assert_string_equal(buf, "one");
	assert_int_equal(gvm_write_file(room->fd, "f", "three", 5, GVM_WRITE_SYNC), 0);
	ut_read(room->path, "f", buf, sizeof(buf));
	assert_string_equal(buf, "three");
	assert_int_equal(ut_count(room->path, ""), 1);
	assert_int_equal(gvm_write_file(-1, "f", "x", 1, 0), -EBADF);
}

/** @brief A write that fails half-way leaves the old file and no other. @param state room */
static void write_fails(void **state)
{
	struct rlimit old, small;
	struct room *room = *state;
	char buf[32], data[8192];
	int r;

	assert_int_equal(gvm_write_file(room->fd, "f", "old", 3, 0), 0);
	memset(data, 'x', sizeof(data));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = gvm_write_file(room->fd, "f", data, sizeof(data), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(r, -EFBIG);
	ut_read(room->path, "f", buf, sizeof(buf));
	assert_string_equal(buf, "old");
	assert_int_equal(ut_count(room->path, ""), 1);
}

/** @brief A link in the place of the file or of its temporary one is not followed. @param state room */
static void write_no_link(void **state)
{
	struct room *room = *state;
	char name[64], buf[32];

	ut_write(room->path, "victim", "safe");
	ut_link(room->path, "f", "victim");
	assert_int_equal(gvm_write_file(room->fd, "f", "new", 3, 0), 0);
	snprintf(name, sizeof(name), ".g.%d.tmp", getpid());
	ut_link(room->path, name, "victim");
	assert_int_equal(gvm_write_file(room->fd, "g", "new", 3, 0), -ELOOP);
	ut_read(room->path, "victim", buf, sizeof(buf));
	assert_string_equal(buf, "safe");
}

/** @brief Write one of two texts over and over. @param data room @return 0 */
static int rewrite(void *data)
{
	struct room *room = data;
	char text[3000];
	int i;

	for (i = 0; i < 300; i++) {
		size_t len = i % 2 ? 3000 : 10;

		memset(text, i % 2 ? 'b' : 'a', sizeof(text));
		if (gvm_write_file(room->fd, "f", text, len, 0) < 0)
			return 1;
	}
	return 0;
}

/** @brief A reader sees the old text or the new, never a part. @param state room */
static void write_is_atomic(void **state)
{
	struct room *room = *state;
	pid_t pid;
	int i;

	assert_int_equal(gvm_write_file(room->fd, "f", "aaaaaaaaaa", 10, 0), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(rewrite(room));
	for (i = 0; i < 300; i++) {
		GVM_AUTOFREE char *text = NULL;
		size_t len = 0;

		assert_int_equal(gvm_read_file(room->fd, "f", 4096, &text, &len), 0);
		assert_true((len == 10 && text[0] == 'a') || (len == 3000 && text[0] == 'b'));
		assert_int_equal(strspn(text, "a") + strspn(text, "b"), len);
	}
	assert_int_equal(ut_reap(pid, 10000), 0);
	assert_int_equal(ut_count(room->path, ""), 1);
}

/** @brief Try to take the lock at once. @param data room @return 0 when taken, errno when not */
static int try_lock(void *data)
{
	struct room *room = data;
	int fd = gvm_lock_file(room->fd, "lock", false);

	return fd >= 0 ? 0 : -fd;
}

/** @brief One holder at a time, until the descriptor is closed. @param state room */
static void lock(void **state)
{
	struct room *room = *state;
	int fd = gvm_lock_file(room->fd, "lock", true);

	assert_true(fd >= 0);
	assert_int_equal(ut_in_child(try_lock, room, 5000), EWOULDBLOCK);
	close(fd);
	assert_int_equal(ut_in_child(try_lock, room, 5000), 0);
	ut_link(room->path, "link", "elsewhere");
	assert_int_equal(gvm_lock_file(room->fd, "link", true), -ELOOP);
	assert_false(ut_exists(room->path, "elsewhere"));
}

/** @brief Folders are made when absent. @param state room */
static void open_dir(void **state)
{
	struct room *room = *state;
	int fd = gvm_open_dir(room->fd, "d", 0700);

	assert_true(fd >= 0);
	close(fd);
	fd = gvm_open_dir(room->fd, "d", 0700);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(gvm_open_dir(room->fd, "no/d", 0700), -ENOENT);
	ut_write(room->path, "f", "x");
	assert_int_equal(gvm_open_dir(room->fd, "f", 0700), -ENOTDIR);
	/* Nobody who may write there leads us elsewhere. */
	assert_int_equal(symlinkat("d", room->fd, "leads-away"), 0);
	fd = gvm_open_dir(room->fd, "leads-away", 0700);
	assert_true(fd == -ELOOP || fd == -ENOTDIR);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(read_fd, setup, teardown),
		cmocka_unit_test_setup_teardown(read_file, setup, teardown),
		cmocka_unit_test_setup_teardown(read_odd_file, setup, teardown),
		cmocka_unit_test_setup_teardown(write_file, setup, teardown),
		cmocka_unit_test_setup_teardown(write_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(write_no_link, setup, teardown),
		cmocka_unit_test_setup_teardown(write_is_atomic, setup, teardown),
		cmocka_unit_test_setup_teardown(lock, setup, teardown),
		cmocka_unit_test_setup_teardown(open_dir, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
