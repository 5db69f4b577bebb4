// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kmsg.h"

/** @brief Records and what is none. @param state unused */
static void parse(void **state)
{
	static const char *const cases[][2] = {
		{ "6,339,5140900,-;pci 0000:3b:00.0: hello\n SUBSYSTEM=pci\n DEVICE=+pci:0\n",
		  "pci 0000:3b:00.0: hello" },
		{ "6,1,1,-,caller=T1;a;b\n", "a;b" },
		{ "6,1,1,c;no end", "no end" },
		{ "6,1,1,-;\n", "" },
		{ "6,1,1,-;a\x1b[2J\xff\n", "a?[2J?" },
		{ "no record at all\n", NULL },
		{ "", NULL },
	};
	char buf[128];
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(cases); i++) {
		const char *message;

		strcpy(buf, cases[i][0]);
		message = gvm_kmsg_parse(buf);
		if (cases[i][1])
			assert_string_equal(message, cases[i][1]);
		else
			assert_null(message);
	}
}

/** @brief Play a kernel log: one record a read, as /dev/kmsg does. @param records ended by NULL @param e result @param names wanted */
static void since(const char *const *records, struct gvm_error *e, const char *const *names)
{
	int ends[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	for (; *records; records++)
		assert_int_equal(send(ends[0], *records, strlen(*records), 0), strlen(*records));
	memset(e, 0, sizeof(*e));
	gvm_kmsg_since(ends[1], names, e);
	close(ends[0]);
	close(ends[1]);
}

/** @brief Only records that name the device are taken, and only so many. @param state unused */
static void selection(void **state)
{
	static const char *const records[] = { "6,1,1,-;about 0000:3b:00.0: one\n",
					       "6,2,1,-;about another\n",
					       "nonsense",
					       "6,3,1,-;two for 0000:3b:00.0\n KEY=x\n",
					       "6,4,1,-;key only\n DEVICE=+pci:0000:3b:00.0\n",
					       "6,5,1,-;three mtty\n",
					       "6,6,1,-;four mtty\n",
					       "6,7,1,-;five mtty\n",
					       NULL };
	static const char *const names[] = { "0000:3b:00.0", "", "mtty", NULL };
	static const char *const nobody[] = { "", NULL };
	struct gvm_error e;

	(void)state;
	since(records, &e, names);
	assert_int_equal(e.n_kernel_log, GVM_ERROR_LOG_LINES);
	assert_string_equal(e.kernel_log[0], "about 0000:3b:00.0: one");
	assert_string_equal(e.kernel_log[1], "two for 0000:3b:00.0");
	assert_string_equal(e.kernel_log[3], "four mtty");
	since(records, &e, nobody);
	assert_int_equal(e.n_kernel_log, 0);
}

/** @brief A message too long is cut, and stays UTF-8. @param state unused */
static void long_message(void **state)
{
	char record[1024] = "6,1,1,-;mtty";
	const char *const records[] = { record, NULL };
	static const char *const names[] = { "mtty", NULL };
	struct gvm_error e;

	(void)state;
	memset(record + 12, 'x', 600);
	since(records, &e, names);
	assert_int_equal(e.n_kernel_log, 1);
	assert_int_equal(strlen(e.kernel_log[0]), sizeof(e.kernel_log[0]) - 1);
}

/** @brief A log that cannot be read says so; without an error nothing is done. @param state unused */
static void unreadable(void **state)
{
	static const char *const names[] = { "x", NULL };
	struct gvm_error e = { 0 };

	(void)state;
	gvm_kmsg_since(-EPERM, names, &e);
	assert_int_equal(e.n_kernel_log, 1);
	ut_assert_holds(e.kernel_log[0], "not readable");
	ut_assert_holds(e.kernel_log[0], "EPERM");
	gvm_kmsg_since(-EPERM, names, NULL);
}

/** @brief Only what comes after the mark is read; a host without a log is an error. @param state unused */
static void mark(void **state)
{
	static const char *const names[] = { "mtty", NULL };
	struct gvm_error e = { 0 };
	struct gvm_host *host;
	char root[UT_PATH], path[UT_PATH];
	FILE *f;
	int fd;

	(void)state;
	ut_dir_make(root);
	assert_int_equal(gvm_host_open(root, &host, NULL), 0);
	assert_int_equal(gvm_kmsg_mark(host), -ENOENT);
	ut_write(root, "dev/kmsg", "6,1,1,-;old mtty\n");
	fd = gvm_kmsg_mark(host);
	assert_true(fd >= 0);
	f = fopen(ut_path(path, root, "dev/kmsg"), "ae");
	fprintf(f, "6,2,1,-;new mtty\n");
	fclose(f);
	gvm_kmsg_since(fd, names, &e);
	assert_int_equal(e.n_kernel_log, 1);
	assert_string_equal(e.kernel_log[0], "new mtty");
	close(fd);
	gvm_host_close(host);
	ut_dir_remove(root);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse),        cmocka_unit_test(selection),
		cmocka_unit_test(long_message), cmocka_unit_test(unreadable),
		cmocka_unit_test(mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
