// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

#define REST " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20 21\n"

/** A picture of a host with processes. */
struct room {
	char path[UT_PATH];
	struct gvm_host *host;
};

/** @brief Make a sysroot. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	ut_dir_make(room->path);
	ut_mkdir(room->path, "proc");
	*state = room;
	return gvm_host_open(room->path, &room->host, NULL);
}

/** @brief Remove it. @param state room @return 0 */
static int teardown(void **state)
{
	struct room *room = *state;

	gvm_host_close(room->host);
	ut_dir_remove(room->path);
	free(room);
	return 0;
}

/** @brief The command may hold anything, and does not shift the fields. @param state unused */
static void hostile_commands(void **state)
{
	static const char *const comms[] = {
		"gvm",
		"a b",
		"a) Z 1",
		") R 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 9 ",
		"))))",
		"((",
		"",
		"a\nb",
		"\xff\xfe",
		" S 1 2 3",
		"(a) S (b) S",
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(comms); i++) {
		char line[256], letter = 0;
		uint64_t start = 0;

		snprintf(line, sizeof(line), "123 (%s)" REST, comms[i]);
		assert_int_equal(gvm_proc_parse_stat(line, &letter, &start), 0);
		assert_int_equal(letter, 'S');
		assert_true(start == 4242);
	}
}

/** @brief What is no stat line. @param state unused */
static void broken_lines(void **state)
{
	static const char *const bad[] = {
		"",
		")",
		"1 (x)",
		"1 (x) ",
		"1 (x) S",
		"1 (x) S ",
		"1 (x)S 1 2",
		"1 x S 1 2 3",
		"1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
		"1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 ",
		"1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 -1 20",
		"1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x 20",
		"1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 18446744073709551616 20",
		"1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 999999999999999999999999999 20",
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(bad); i++) {
		uint64_t start = 0;
		char letter;

		if (gvm_proc_parse_stat(bad[i], &letter, &start) != -EBADMSG)
			fail_msg("taken: \"%s\" as %llu", bad[i], (unsigned long long)start);
	}
}

/** @brief A process lives while id and start time are the same, and is no zombie. @param state room */
static void alive(void **state)
{
	struct room *room = *state;
	struct gvm_proc p = { 0 }, other;

	ut_write(room->path, "proc/7/stat", "7 (x)" REST);
	ut_write(room->path, "proc/8/stat",
		 "8 (x) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 1 2");
	ut_write(room->path, "proc/9/stat", "9 (x) S 1");
	assert_int_equal(gvm_proc_get(room->host, 7, &p), 0);
	assert_true(p.pid == 7 && p.start == 4242);
	assert_true(gvm_proc_alive(room->host, &p));
	/* What cannot be read, here a folder, is not told to be dead. */
	ut_write(room->path, "proc/12/stat/x", "%s", "");
	other = (struct gvm_proc){ 12, 1 };
	assert_true(gvm_proc_alive(room->host, &other));
	other = (struct gvm_proc){ 11, 1 };
	assert_false(gvm_proc_alive(room->host, &other));
	other = (struct gvm_proc){ 7, 4243 };
	assert_false(gvm_proc_alive(room->host, &other));
	other = (struct gvm_proc){ 0, 0 };
	assert_false(gvm_proc_alive(room->host, &other));
	assert_int_equal(gvm_proc_get(room->host, 8, &other), -ENOENT);
	assert_int_equal(gvm_proc_get(room->host, 9, &other), -EBADMSG);
	assert_int_equal(gvm_proc_get(room->host, 10, &other), -ENOENT);
	assert_true(other.pid == 0);
}

/** @brief On this machine: we live, a zombie and a process that is gone do not. @param state unused */
static void live(void **state)
{
	struct gvm_host *host;
	struct gvm_proc me, child;
	int pipes[2];
	siginfo_t info;
	pid_t pid;

	(void)state;
	assert_int_equal(gvm_host_open(NULL, &host, NULL), 0);
	assert_int_equal(gvm_proc_get(host, getpid(), &me), 0);
	assert_true(gvm_proc_alive(host, &me));
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		char c;

		close(pipes[1]);
		_exit(read(pipes[0], &c, 1) != 0);
	}
	assert_int_equal(gvm_proc_get(host, pid, &child), 0);
	assert_true(child.start >= me.start);
	close(pipes[1]);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_false(gvm_proc_alive(host, &child));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(gvm_proc_alive(host, &child));
	close(pipes[0]);
	gvm_host_close(host);
}

/** @brief A command of full length fits, and is safe to show. @param state room */
static void comm(void **state)
{
	struct room *room = *state;
	char buf[32];

	ut_write(room->path, "proc/7/comm", "a\x1b[31mb\n");
	assert_int_equal(gvm_proc_comm(room->host, 7, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "a?[31mb");
	ut_write(room->path, "proc/7/comm", "qemu-system-x86\n");
	assert_int_equal(gvm_proc_comm(room->host, 7, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "qemu-system-x86");
	assert_int_equal(gvm_proc_comm(room->host, 6, buf, sizeof(buf)), -ENOENT);
}

/** What a scan found, and when it is to end. */
struct found {
	char text[256];
	int stop_with;
};

/** @brief Note a holder. @param pid it @param node what it holds @param data struct found @return when to end */
static int note(pid_t pid, const char *node, void *data)
{
	struct found *f = data;
	size_t len = strlen(f->text);

	snprintf(f->text + len, sizeof(f->text) - len, "%d %s;", (int)pid, node);
	return f->stop_with;
}

/** @brief Make a host where processes hold devices. @param room sysroot */
static void make_holders(struct room *room)
{
	ut_write(room->path, "proc/cmdline", "quiet\n");
	ut_link(room->path, "proc/self", "7");
	ut_link(room->path, "proc/7/fd/0", "/dev/null");
	ut_link(room->path, "proc/7/fd/3", "/dev/vfio/12");
	ut_link(room->path, "proc/7/fd/4", "/dev/vfioX/12");
	ut_link(room->path, "proc/8/fd/0", "socket:[1]");
	ut_mkdir(room->path, "proc/9");
	ut_mkdir(room->path, "proc/7x/fd");
	ut_link(room->path, "proc/7x/fd/3", "/dev/vfio/13");
}

/** @brief Holders are found by what their open files lead to. @param state room */
static void holders(void **state)
{
	struct room *room = *state;
	struct found f = { 0 };

	make_holders(room);
	assert_int_equal(gvm_holders(room->host, "/dev/vfio/", note, &f), 0);
	assert_string_equal(f.text, "7 /dev/vfio/12;");
}

/** @brief What the callback returns ends the scan and is returned. @param state room */
static void holders_stop(void **state)
{
	struct room *room = *state;
	struct found f = { .stop_with = 5 };

	make_holders(room);
	ut_link(room->path, "proc/10/fd/3", "/dev/vfio/12");
	assert_int_equal(gvm_holders(room->host, "/dev/vfio/", note, &f), 5);
	assert_true(strchr(f.text, ';') == strrchr(f.text, ';'));
	f = (struct found){ .stop_with = -ECANCELED };
	assert_int_equal(gvm_holders(room->host, "/dev/vfio/", note, &f), -ECANCELED);
	assert_true(strchr(f.text, ';') == strrchr(f.text, ';'));
}

/** @brief A host without /proc is an error, not "nobody". @param state room */
static void holders_unknown(void **state)
{
	struct room *room = *state;
	struct found f = { 0 };
	char path[UT_PATH];

	assert_int_equal(rmdir(ut_path(path, room->path, "proc")), 0);
	assert_int_equal(gvm_holders(room->host, "/dev/vfio/", note, &f), -ENOENT);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_commands),
		cmocka_unit_test(broken_lines),
		cmocka_unit_test_setup_teardown(alive, setup, teardown),
		cmocka_unit_test(live),
		cmocka_unit_test_setup_teardown(comm, setup, teardown),
		cmocka_unit_test_setup_teardown(holders, setup, teardown),
		cmocka_unit_test_setup_teardown(holders_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(holders_unknown, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
