// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "cleanup.h"
#include "file.h"
#include "host.h"
#include "wait.h"

/** A sysroot with a secret beside it. */
struct room {
	char dir[UT_PATH]; /**< holds root/ and what must not be reached */
	char root[UT_PATH];
	struct gvm_host *host;
};

/** @brief Make it. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	ut_dir_make(room->dir);
	ut_mkdir(room->dir, "root/sys");
	ut_write(room->dir, "secret", "outside\n");
	ut_write(room->dir, "sys/secret", "outside\n");
	ut_path(room->root, room->dir, "root");
	*state = room;
	return gvm_host_open(room->root, &room->host, NULL);
}

/** @brief Remove it. @param state room @return 0 */
static int teardown(void **state)
{
	struct room *room = *state;

	gvm_host_close(room->host);
	ut_dir_remove(room->dir);
	free(room);
	return 0;
}

/** @brief Opening: live, a sysroot, and what is none. @param state room */
static void opening(void **state)
{
	struct room *room = *state;
	struct gvm_host *live = NULL, *none = NULL;
	struct gvm_error e = { 0 };
	char path[UT_PATH];

	assert_false(gvm_host_live(room->host));
	assert_int_equal(gvm_host_open(NULL, &live, NULL), 0);
	assert_true(gvm_host_live(live));
	gvm_host_close(live);
	assert_int_equal(gvm_host_open(ut_path(path, room->dir, "none"), &none, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_SYSROOT", ENOENT);
	assert_string_equal(e.object, path);
	assert_int_equal(gvm_host_open(ut_path(path, room->dir, "secret"), &none, &e), -ENOTDIR);
	assert_null(none);
	gvm_host_close(NULL);
}

/** @brief No link leads out of a sysroot: absolute, dot-dot, chained, or in the middle of a path. @param state room */
static void containment(void **state)
{
	static const char *const escapes[] = {
		"../secret",      "../../../../../../../../../secret",
		"/../secret",     "/secret",
		"a/../../secret", "../root/../secret",
	};
	struct room *room = *state;
	char target[UT_PATH], buf[64];
	size_t i;

	for (i = 0; i <= UT_COUNT(escapes); i++) {
		char path[UT_PATH], name[32];

		snprintf(name, sizeof(name), "etc/l%zu", i);
		/* The last one is the secret's own absolute path. */
		ut_link(room->root, name,
			i < UT_COUNT(escapes) ? escapes[i] : ut_path(target, room->dir, "secret"));
		snprintf(path, sizeof(path), "/etc/l%zu", i);
		assert_true(gvm_host_read(room->host, path, buf, sizeof(buf)) < 0);
		assert_string_equal(buf, "");
		assert_false(gvm_host_exists(room->host, path));
	}
	assert_true(gvm_host_read(room->host, "/../secret", buf, sizeof(buf)) < 0);
	assert_true(gvm_host_read(room->host, "/etc/../../secret", buf, sizeof(buf)) < 0);
	ut_link(room->root, "up", room->dir);
	assert_true(gvm_host_read(room->host, "/up/secret", buf, sizeof(buf)) < 0);
	ut_link(room->root, "loop", "loop");
	assert_int_equal(gvm_host_read(room->host, "/loop", buf, sizeof(buf)), -ELOOP);
}

/** @brief Absolute links are resolved inside the sysroot. @param state room */
static void inside_links(void **state)
{
	struct room *room = *state;
	char buf[64];

	ut_write(room->root, "sys/devices/d/vendor", "0x8086\n");
	ut_link(room->root, "sys/bus/pci/devices/d", "/sys/devices/d");
	assert_int_equal(
		gvm_host_read(room->host, "/sys/bus/pci/devices/d/vendor", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "0x8086");
	assert_int_equal(gvm_host_link(room->host, "/sys/bus/pci/devices/d", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "d");
	assert_true(gvm_host_link(room->host, "/sys/devices/d/vendor", buf, sizeof(buf)) < 0);
	assert_string_equal(buf, "");
	assert_int_equal(gvm_host_link(room->host, "/sys/none", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(gvm_host_link(room->host, "/sys/bus/pci/devices/d", buf, 1),
			 -ENAMETOOLONG);
}

/** @brief Below /sys only known names are read: reading others may act on a GPU. @param state room */
static void allow_list(void **state)
{
	static const char *const dangerous[] = { "reset",      "remove",  "rescan",
						 "vgpu_reset", "config",  "gpu_busy_percent",
						 "Vendor",     "vendor2", "" };
	struct room *room = *state;
	char path[64], buf[64] = "old";
	size_t i;

	for (i = 0; i < UT_COUNT(dangerous); i++) {
		snprintf(path, sizeof(path), "/sys/d/%s", dangerous[i]);
		if (dangerous[i][0])
			ut_write(room->root, path, "acted\n");
		assert_int_equal(gvm_host_read(room->host, path, buf, sizeof(buf)), -EPERM);
		assert_string_equal(buf, "");
	}
	ut_write(room->root, "sys/d/class", "0x030000\n");
	assert_int_equal(gvm_host_read(room->host, "/sys/d/class", buf, sizeof(buf)), 0);
}

/** @brief Odd files: FIFO, folder, NULs, too long, empty. @param state room */
static void odd_files(void **state)
{
	struct room *room = *state;
	char path[UT_PATH], buf[16];
	unsigned long long n = 7;

	ut_mkdir(room->root, "sys/d/class");
	assert_int_equal(mkfifo(ut_path(path, room->root, "sys/d/name"), 0600), 0);
	ut_write_bytes(room->root, "sys/d/vendor", "0x80\00086\n", 9);
	ut_write(room->root, "sys/d/device", "0123456789abcdef0123\n");
	ut_write(room->root, "sys/d/numa_node", "\n");
	ut_write(room->root, "sys/d/sriov_numvfs", "-1\n");
	/* It must return at once, with nothing read. */
	gvm_host_read(room->host, "/sys/d/name", buf, sizeof(buf));
	assert_string_equal(buf, "");
	assert_int_equal(gvm_host_read(room->host, "/sys/d/class", buf, sizeof(buf)), -EISDIR);
	assert_int_equal(gvm_host_read(room->host, "/sys/d/vendor", buf, sizeof(buf)), -EBADMSG);
	assert_string_equal(buf, "");
	assert_int_equal(gvm_host_read(room->host, "/sys/d/device", buf, sizeof(buf)), -EFBIG);
	assert_string_equal(buf, "");
	assert_int_equal(gvm_host_read(room->host, "/sys/d/numa_node", buf, sizeof(buf)), 0);
	assert_int_equal(gvm_host_read_u64(room->host, "/sys/d/numa_node", 10, &n), -EINVAL);
	assert_int_equal(gvm_host_read_u64(room->host, "/sys/d/sriov_numvfs", 10, &n), -EINVAL);
	assert_true(n == 7);
}

/** @brief Note a name. @param dir the folder @param name entry @param data text @return 0, or 9 for "stop" */
static int note(int dir, const char *name, void *data)
{
	assert_true(dir >= 0);
	strcat(data, name);
	return strcmp(name, "stop") == 0 ? 9 : 0;
}

/** @brief Folders are walked without dots, and the callback can end it. @param state room */
static void walking(void **state)
{
	struct room *room = *state;
	char text[64] = "";

	ut_write(room->root, "sys/d/only", "x");
	assert_int_equal(gvm_host_list(room->host, "/sys/d", note, text), 0);
	assert_string_equal(text, "only");
	ut_write(room->root, "sys/e/stop", "x");
	assert_int_equal(gvm_host_list(room->host, "/sys/e", note, text), 9);
	assert_int_equal(gvm_host_list(room->host, "/sys/none", note, text), -ENOENT);
	assert_int_equal(gvm_host_list(room->host, "/sys/d/only", note, text), -ENOTDIR);
}

/** @brief Read a link beside an entry. @param dir folder @param name entry @param data struct room @return 0 or -errno */
static int link_beside(int dir, const char *name, void *data)
{
	struct room *room = data;
	char path[64], buf[32];
	int r;

	snprintf(path, sizeof(path), "%s/link", name);
	r = gvm_host_link_at(room->host, dir, path, buf, sizeof(buf));
	return r < 0 ? r : strcmp(buf, "target") == 0 ? 1 : 2;
}

/** @brief Links are read relative to a walked folder, and not through one that leads out of it. @param state room */
static void links_of_entries(void **state)
{
	struct room *room = *state;

	ut_link(room->root, "sys/d/entry/link", "../../x/target");
	assert_int_equal(gvm_host_list(room->host, "/sys/d", link_beside, room), 1);
	ut_link(room->dir, "out/link", "target");
	ut_link(room->root, "sys/e/entry", "../../../out");
	assert_int_equal(gvm_host_list(room->host, "/sys/e", link_beside, room), -ENOENT);
}

/** @brief Nothing is written or made below a sysroot, whatever the flags. @param state room */
static void nothing_written(void **state)
{
	struct room *room = *state;
	char buf[16];

	ut_write(room->root, "sys/d/create", "old");
	assert_int_equal(gvm_host_write(room->host, "/sys/d/create", "new"), -EROFS);
	assert_int_equal(gvm_host_write_deadline(room->host, "/sys/d/create", "new", 1000), -EROFS);
	assert_int_equal(gvm_host_at(room->host, "/sys/d/create", O_WRONLY), -EROFS);
	assert_int_equal(gvm_host_at(room->host, "/sys/d/create", O_RDWR), -EROFS);
	assert_int_equal(gvm_host_at(room->host, "/sys/d/create", O_RDONLY | O_TRUNC), -EROFS);
	assert_int_equal(gvm_host_at(room->host, "/sys/d/made", O_RDONLY | O_CREAT), -EROFS);
	ut_read(room->root, "sys/d/create", buf, sizeof(buf));
	assert_string_equal(buf, "old");
	assert_false(ut_exists(room->root, "sys/d/made"));
}

/** @brief The host's name is the sysroot's. @param state room */
static void host_name(void **state)
{
	struct room *room = *state;
	char buf[64];

	assert_int_equal(gvm_host_name(room->host, buf, sizeof(buf)), -ENOENT);
	ut_write(room->root, "etc/hostname", "other\n");
	assert_int_equal(gvm_host_name(room->host, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "other");
}

/** @brief Take a write. @param path @param value of it @param data text @return -EUSERS for "full" */
static int take(const char *path, const char *value, void *data)
{
	snprintf(data, 64, "%s=%s", path, value);
	return strcmp(value, "full") == 0 ? -EUSERS : 0;
}

/** @brief A writer takes both kinds of writes, and can be taken away. @param state room */
static void writer(void **state)
{
	struct room *room = *state;
	char text[64] = "";

	gvm_host_set_writer(room->host, take, text);
	assert_int_equal(gvm_host_write(room->host, "/sys/a", "1"), 0);
	assert_string_equal(text, "/sys/a=1");
	assert_int_equal(gvm_host_write_deadline(room->host, "/sys/b", "full", 1), -EUSERS);
	assert_string_equal(text, "/sys/b=full");
	gvm_host_set_writer(room->host, NULL, NULL);
	assert_int_equal(gvm_host_write(room->host, "/sys/a", "1"), -EROFS);
}

/** @brief On the live machine writes arrive whole, and errors come back, also from the child. @param state room */
static void live_writes(void **state)
{
	struct room *room = *state;
	struct gvm_host *live;
	char path[UT_PATH], buf[16];

	assert_int_equal(gvm_host_open(NULL, &live, NULL), 0);
	ut_write(room->dir, "f", "....");
	ut_path(path, room->dir, "f");
	assert_int_equal(gvm_host_write(live, path, "one"), 0);
	ut_read(room->dir, "f", buf, sizeof(buf));
	assert_string_equal(buf, "one.");
	assert_int_equal(gvm_host_write_deadline(live, path, "two", 5000), 0);
	ut_read(room->dir, "f", buf, sizeof(buf));
	assert_string_equal(buf, "two.");
	assert_int_equal(gvm_host_write(live, "/dev/full", "x"), -ENOSPC);
	assert_int_equal(gvm_host_write_deadline(live, "/dev/full", "x", 5000), -ENOSPC);
	assert_int_equal(gvm_host_write_deadline(live, ut_path(path, room->dir, "none"), "x", 5000),
			 -ENOENT);
	/* No child stays behind. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	gvm_host_close(live);
}

/**
 * @brief A write that blocks is given up in time, and the blocked child keeps nothing of ours: the
 *        lock can be taken again, and whoever reads our output sees its end.
 * @param state room
 */
static void blocked_write(void **state)
{
	struct room *room = *state;
	GVM_AUTOCLOSE int dir = open(room->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int lock = gvm_lock_file(dir, "lock", true), again, reader, pipes[2];
	struct gvm_host *live;
	char path[UT_PATH], c;
	int64_t begin;
	ssize_t n;

	assert_int_equal(gvm_host_open(NULL, &live, NULL), 0);
	assert_int_equal(mkfifo(ut_path(path, room->dir, "fifo"), 0600), 0);
	assert_int_equal(pipe2(pipes, O_CLOEXEC | O_NONBLOCK), 0);
	begin = gvm_clock_ms();
	assert_int_equal(gvm_host_write_deadline(live, path, "1", 100), -ETIMEDOUT);
	assert_in_range(gvm_clock_ms() - begin, 99, 3000);
	close(lock);
	again = gvm_lock_file(dir, "lock", false);
	close(pipes[1]);
	n = read(pipes[0], &c, 1);
	/* Still usable: another write while that child hangs. */
	assert_int_equal(gvm_host_write_deadline(live, "/dev/null", "x", 5000), 0);
	/* Let the child go on, and see it end. */
	reader = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(waitpid(-1, NULL, 0) > 0);
	close(reader);
	close(pipes[0]);
	gvm_host_close(live);
	if (again < 0)
		fail_msg("the blocked child keeps the lock: %s", gvm_errno_name(again));
	close(again);
	if (n != 0)
		fail_msg("the blocked child keeps a pipe of ours open");
}

/** @brief Tell the process id, and do not come back. @param data pid_t in memory that all see @return never */
static int stay(void *data)
{
	pid_t *pid = data;

	*pid = getpid();
	while (pause() < 0)
		;
	return 0;
}

/** @brief Is there a process id now? @param data pid_t @return 1 or 0 */
static int has_pid(void *data)
{
	return *(volatile pid_t *)data != 0;
}

/** @brief Did the process end? We are the one who is told. @param data pid_t @return 1 or 0 */
static int has_ended(void *data)
{
	return waitpid(*(pid_t *)data, NULL, WNOHANG) == *(pid_t *)data;
}

/** @brief A child ends with who wanted it: it must not write what the next one does not expect. @param state unused */
static void child_ends_too(void **state)
{
	pid_t middle, *pid = mmap(NULL, sizeof(*pid), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_true(pid != MAP_FAILED);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	middle = fork();
	if (middle == 0)
		_exit(gvm_child(stay, pid, 20000, false) == 0);
	assert_int_equal(gvm_wait_until(10000, has_pid, pid), 0);
	kill(middle, SIGKILL);
	assert_int_equal(waitpid(middle, NULL, 0), middle);
	assert_int_equal(gvm_wait_until(10000, has_ended, pid), 0);
	munmap(pid, sizeof(*pid));
}

/** @brief Near a folder, paths below it are found from there, and all others as ever. @param state room */
static void near(void **state)
{
	struct room *room = *state;
	char here[UT_PATH], away[UT_PATH], file[UT_PATH + 8], link[UT_PATH], text[16];
	struct gvm_host *live = NULL;

	assert_int_equal(gvm_host_open(NULL, &live, NULL), 0);
	ut_mkdir(room->dir, "gpu");
	ut_write(room->dir, "gpu/a", "near\n");
	ut_write(room->dir, "gpus", "beside\n");
	ut_path(here, room->dir, "gpu");
	ut_path(away, room->dir, "away");
	gvm_host_near(live, here);
	/* Only so can it still be found when its name has gone. */
	assert_int_equal(rename(here, away), 0);
	snprintf(file, sizeof(file), "%s/a", here);
	assert_int_equal(gvm_host_read(live, file, text, sizeof(text)), 0);
	assert_string_equal(text, "near");
	assert_true(gvm_host_exists(live, file));
	snprintf(file, sizeof(file), "%s/b", here);
	assert_int_equal(symlink("to/b", ut_path(link, room->dir, "away/b")), 0);
	assert_int_equal(gvm_host_link(live, file, text, sizeof(text)), 0);
	assert_string_equal(text, "b");
	/* A name that only begins so is another. */
	snprintf(file, sizeof(file), "%ss", here);
	assert_int_equal(gvm_host_read(live, file, text, sizeof(text)), 0);
	assert_string_equal(text, "beside");
	/* A child, which has no descriptors of ours, writes by the whole path. */
	snprintf(file, sizeof(file), "%ss", here);
	gvm_host_near(live, room->dir);
	assert_int_equal(gvm_host_write_deadline(live, file, "child", 5000), 0);
	gvm_host_near(live, NULL);
	snprintf(file, sizeof(file), "%s/a", here);
	assert_false(gvm_host_exists(live, file));
	/* What cannot be opened is no folder to work in. */
	gvm_host_near(live, here);
	snprintf(file, sizeof(file), "%s/a", away);
	assert_int_equal(gvm_host_read(live, file, text, sizeof(text)), 0);
	gvm_host_close(live);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(opening),          TEST(containment),     TEST(inside_links),
		TEST(allow_list),       TEST(odd_files),       TEST(walking),
		TEST(links_of_entries), TEST(nothing_written), TEST(host_name),
		TEST(writer),           TEST(live_writes),     TEST(blocked_write),
		TEST(child_ends_too),   TEST(near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
