// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "module.h"
#include "wait.h"

/* One more letter than a module's name has. */
#define LONG_NAME "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"

/** A sysroot, and a program that stands in for modprobe. */
struct room {
	char root[UT_PATH];
	char program[UT_PATH];
	struct gvm_host *host;
};

/** @brief Make it. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	ut_dir_make(room->root);
	ut_path(room->program, room->root, "modprobe");
	*state = room;
	return gvm_host_open(room->root, &room->host, NULL);
}

/** @brief Remove it. @param state room @return 0 */
static int teardown(void **state)
{
	struct room *room = *state;

	gvm_host_close(room->host);
	ut_dir_remove(room->root);
	free(room);
	return 0;
}

/** @brief Write the program. @param room room @param script of it, for the shell */
static void play(struct room *room, const char *script)
{
	ut_write(room->root, "modprobe", "#!/bin/sh\n%s\n", script);
	assert_int_equal(chmod(room->program, 0700), 0);
}

/** @brief What modprobe's words mean. @param state unused */
static void words(void **state)
{
	static const struct {
		const char *text;
		int e;
	} cases[] = {
		{ "modprobe: FATAL: Module nosuch not found in directory /lib/modules/6.12\n",
		  ENOENT },
		{ "modprobe: module nosuch not found in modules.dep\n", ENOENT },
		{ "modprobe: ERROR: could not insert 'vfio_pci': Operation not permitted\n",
		  EPERM },
		{ "modprobe: ERROR: could not insert 'vfio_pci': Key was rejected by service\n",
		  EKEYREJECTED },
		{ "modprobe: ERROR: could not insert 'x': Required key not available", ENOKEY },
		{ "modprobe: ERROR: could not insert 'x': No such device\n\n", ENODEV },
		{ "modprobe: ERROR: could not insert 'x': No such file or directory\n", EIO },
		{ "modprobe: ERROR: could not insert 'x': Unknown symbol in module, or unknown "
		  "parameter (see dmesg)\n",
		  EIO },
		{ "modprobe: WARNING: Module a not found in directory /x\n"
		  "modprobe: ERROR: could not insert 'x': Exec format error\n",
		  ENOEXEC },
		{ "x: Operation not permitted\nmodprobe: ERROR: sorry\n", EIO },
		{ "Operation not permitted\n", EIO },
		{ ":", EIO },
		{ "", EIO },
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(cases); i++)
		if (gvm_modprobe_errno(cases[i].text) != cases[i].e)
			fail_msg("%s: %d", cases[i].text, gvm_modprobe_errno(cases[i].text));
}

/** @brief How the program is called, and what comes of its end. @param state room */
static void program(void **state)
{
	struct room *room = *state;
	char buf[128];

	assert_int_equal(gvm_modprobe(room->program, "a", 5000), -ENOPKG);
	play(room, "cd \"${0%/*}\"; printf '%s' \"$*|$LC_ALL|$HOME\" >args");
	assert_int_equal(gvm_modprobe(room->program, "vfio-pci", 10000), 0);
	ut_read(room->root, "args", buf, sizeof(buf));
	assert_string_equal(buf, "-- vfio-pci|C|");
	play(room, "echo 'modprobe: FATAL: Module a not found in directory /x' >&2; exit 1");
	assert_int_equal(gvm_modprobe(room->program, "a", 10000), -ENOENT);
	/* Only the end of what it writes counts, however much it is. */
	play(room,
	     "i=0; while [ $i -lt 100 ]; do echo 'a line of no use: No such device'; i=$((i+1)); done;"
	     "echo 'modprobe: ERROR: x: Operation not permitted' >&2; exit 1");
	assert_int_equal(gvm_modprobe(room->program, "a", 10000), -EPERM);
	play(room, "exit 1");
	assert_int_equal(gvm_modprobe(room->program, "a", 10000), -EIO);
	play(room, "kill -9 $$");
	assert_int_equal(gvm_modprobe(room->program, "a", 10000), -EIO);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/** @brief One that does not end is given up in time, and ended. @param state room */
static void deadline(void **state)
{
	struct room *room = *state;
	char path[UT_PATH];
	int64_t begin = gvm_clock_ms();
	int status;

	assert_int_equal(mkfifo(ut_path(path, room->root, "fifo"), 0600), 0);
	play(room, "read x <\"${0%/*}/fifo\"");
	assert_int_equal(gvm_modprobe(room->program, "a", 200), -ETIMEDOUT);
	assert_in_range(gvm_clock_ms() - begin, 199, 5000);
	assert_true(waitpid(-1, &status, 0) > 0);
	assert_true(WIFSIGNALED(status));
}

/** @brief Only names of modules, and only on the live machine. @param state room */
static void names(void **state)
{
	static const char *const bad[] = { "",    "-r",  "../x", "a b",    "A", "a.ko",
					   "a=1", "a;b", "a\n",  "/lib/x", "*", LONG_NAME };
	struct room *room = *state;
	struct gvm_host *live;
	size_t i;

	assert_int_equal(gvm_host_open(NULL, &live, NULL), 0);
	for (i = 0; i < UT_COUNT(bad); i++)
		assert_int_equal(gvm_module_load(live, bad[i], 1000), -EINVAL);
	gvm_host_close(live);
	assert_int_equal(gvm_module_load(room->host, "vfio-pci", 1000), -EROFS);
}

/** @brief What is in the kernel. @param state room */
static void loaded(void **state)
{
	struct room *room = *state;

	assert_false(gvm_module_loaded(room->host, "vfio-pci"));
	ut_mkdir(room->root, "sys/module/vfio_pci");
	assert_true(gvm_module_loaded(room->host, "vfio-pci"));
	ut_write(room->root, "sys/module/vfio_pci/initstate", "coming\n");
	assert_false(gvm_module_loaded(room->host, "vfio_pci"));
	ut_write(room->root, "sys/module/vfio_pci/initstate", "live\n");
	assert_true(gvm_module_loaded(room->host, "vfio_pci"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(words), TEST(program), TEST(deadline), TEST(names), TEST(loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
