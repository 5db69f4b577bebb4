// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "uevent.h"
#include "wait.h"

/** A condition that holds at the n-th look, and what it answers before. */
struct condition {
	int looks, holds_at, otherwise;
};

/** @brief Look. @param data struct condition @return 1 when it holds */
static int look(void *data)
{
	struct condition *c = data;

	return ++c->looks == c->holds_at ? 1 : c->otherwise;
}

/** @brief What holds already is not waited for. @param state unused */
static void at_once(void **state)
{
	struct condition c = { .holds_at = 1 };
	int64_t begin = gvm_clock_ms();

	(void)state;
	assert_int_equal(gvm_wait_until(10000, look, &c), 0);
	assert_int_equal(c.looks, 1);
	assert_true(gvm_clock_ms() - begin < 1000);
	/* Even with no time at all it is looked at once. */
	c = (struct condition){ .holds_at = 1 };
	assert_int_equal(gvm_wait_until(0, look, &c), 0);
}

/** @brief It is looked at again until it holds. @param state unused */
static void later(void **state)
{
	struct condition c = { .holds_at = 5 };

	(void)state;
	assert_int_equal(gvm_wait_until(10000, look, &c), 0);
	assert_int_equal(c.looks, 5);
}

/** @brief The deadline holds, with few looks, the last one at its end. @param state unused */
static void never(void **state)
{
	struct condition c = { 0 };
	int64_t begin = gvm_clock_ms();

	(void)state;
	assert_int_equal(gvm_wait_until(300, look, &c), -ETIMEDOUT);
	assert_in_range(gvm_clock_ms() - begin, 299, 2000);
	/* 0 1 3 7 15 31 63 127 227 300: growing intervals, not a busy loop. */
	assert_in_range(c.looks, 3, 11);
}

/** @brief An error ends the wait at once. @param state unused */
static void error(void **state)
{
	struct condition c = { .otherwise = -EIO };

	(void)state;
	assert_int_equal(gvm_wait_until(10000, look, &c), -EIO);
	assert_int_equal(c.looks, 1);
}

/** A condition that holds when somebody has announced it. */
struct announced {
	int fds[2]; /* it is announced on the second one, heard on the first */
	int looks;
};

/**
 * @brief Look; from the second look on announce something, so that the next look follows at once.
 * @param data struct announced @return 1 when it holds
 */
static int look_for_announced(void *data)
{
	struct announced *a = data;

	/* The second look comes a millisecond later, and would be followed by 2, 4, 8 ... 100. */
	if (a->looks++ > 0)
		assert_int_equal(send(a->fds[1], "add@/devices/x", 14, 0), 14);
	return a->looks == 20;
}

/** @brief What is announced is looked at at once, and the announcements are taken away. @param state unused */
static void announcement(void **state)
{
	struct announced a = { .looks = 0 };
	int64_t begin = gvm_clock_ms();
	char one;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, a.fds), 0);
	assert_int_equal(gvm_wait_event(10000, a.fds[0], look_for_announced, &a), 0);
	/* At intervals alone it would have taken 1.3 s. */
	assert_true(gvm_clock_ms() - begin < 900);
	/* That of the last look is the only one left. */
	assert_int_equal(recv(a.fds[0], &one, 1, 0), 1);
	assert_int_equal(recv(a.fds[0], &one, 1, 0), -1);
	close(a.fds[0]);
	close(a.fds[1]);
}

/** @brief The kernel can be listened to, and nothing that it said is left after draining. @param state unused */
static void uevents(void **state)
{
	int fd = gvm_uevents_open();
	char one;

	(void)state;
	assert_true(fd >= 0);
	gvm_uevents_drain(fd);
	assert_int_equal(recv(fd, &one, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
	close(fd);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_once),
		cmocka_unit_test(later),
		cmocka_unit_test(never),
		cmocka_unit_test(error),
		cmocka_unit_test(announcement),
		cmocka_unit_test(uevents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
