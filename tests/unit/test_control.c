// SPDX-License-Identifier: GPL-2.0-or-later
/* A control socket that others use, or that another process serves. On the live machine. */
#include "unit.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control.h"
#include "unix.h"
#include "wait.h"

/** A socket served by us, and its first client: another process. */
struct served {
	char dir[UT_PATH], path[UT_PATH];
	struct sockaddr_un addr;
	int listener, accepted;
	pid_t client;
	struct gvm_ctx ctx;
};

/** @brief Listen. @param state served @return 0 */
static int setup(void **state)
{
	struct served *s = calloc(1, sizeof(*s));

	ut_dir_make(s->dir);
	ut_path(s->path, s->dir, "s");
	s->addr.sun_family = AF_UNIX;
	snprintf(s->addr.sun_path, sizeof(s->addr.sun_path), "%.100s", s->path);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	s->accepted = -1;
	*state = s;
	return gvm_host_open(NULL, &s->ctx.host, NULL) < 0 ||
	       bind(s->listener, (struct sockaddr *)&s->addr, sizeof(s->addr)) < 0 ||
	       listen(s->listener, 8) < 0;
}

/** @brief End all. @param state served @return 0 */
static int teardown(void **state)
{
	struct served *s = *state;

	if (s->client > 0) {
		kill(s->client, SIGKILL);
		waitpid(s->client, NULL, 0);
	}
	if (s->accepted >= 0)
		close(s->accepted);
	close(s->listener);
	gvm_host_close(s->ctx.host);
	ut_dir_remove(s->dir);
	free(s);
	return 0;
}

/** @brief Have another process connect, and accept it. @param s served */
static void come(struct served *s)
{
	s->client = fork();
	if (s->client == 0) {
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		/* Only this end of it: a child has all descriptors of its parent. */
		close(s->listener);
		if (connect(fd, (struct sockaddr *)&s->addr, sizeof(s->addr)) == 0)
			pause();
		_exit(1);
	}
	s->accepted = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(s->accepted >= 0);
}

/** @brief Skip where the kernel does not tell. @param s served */
static void need_diag(struct served *s)
{
	struct gvm_unix_client c;
	int r = gvm_unix_client(s->ctx.host, s->path, getpid(), &c);

	if (r < 0) {
		print_message("the kernel does not list unix sockets here: %s\n",
			      gvm_errno_name(r));
		skip();
	}
	assert_int_equal(r, 0);
}

/** @brief The client is found, and only where it is. @param state served */
static void found(void **state)
{
	struct served *s = *state;
	struct gvm_unix_client c = { .pid = 0 };
	char other[UT_PATH];

	need_diag(s);
	come(s);
	assert_int_equal(gvm_unix_client(s->ctx.host, s->path, getpid(), &c), 1);
	assert_int_equal(c.pid, s->client);
	assert_string_not_equal(c.comm, "");
	assert_int_equal(gvm_unix_client(s->ctx.host, s->path, 0, &c), 1);
	/* Served by another process, or of another name. */
	assert_int_equal(gvm_unix_client(s->ctx.host, s->path, 1, &c), 0);
	assert_int_equal(gvm_unix_client(s->ctx.host, ut_path(other, s->dir, "s2"), 0, &c), 0);
	assert_int_equal(gvm_unix_client(s->ctx.host, "", 0, &c), 0);
	kill(s->client, SIGKILL);
	waitpid(s->client, NULL, 0);
	s->client = 0;
	assert_int_equal(gvm_unix_client(s->ctx.host, s->path, getpid(), &c), 0);
}

/** @brief A socket in use is refused at once, with the holder's name. @param state served */
static void busy(void **state)
{
	struct served *s = *state;
	struct gvm_qmp *q = NULL;
	struct gvm_error e = { 0 };
	int64_t begin = gvm_clock_ms();
	char who[40];

	need_diag(s);
	come(s);
	assert_int_equal(gvm_qemu_connect(&s->ctx, s->path, s->path, getpid(), &q, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_QMP_BUSY", EBUSY);
	snprintf(who, sizeof(who), "(process %d)", (int)s->client);
	ut_assert_holds(e.message, who);
	assert_in_range(gvm_clock_ms() - begin, 0, 2000);
	assert_null(q);
}

/** @brief Greet the first client, and take its qmp_capabilities. @param data served @return NULL */
static void *greet(void *data)
{
	static const char greeting[] = "{\"QMP\": {}}\n", yes[] = "{\"return\": {}}\n";
	struct served *s = data;
	char text[100];
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);

	if (send(fd, greeting, strlen(greeting), MSG_NOSIGNAL) > 0 &&
	    read(fd, text, sizeof(text)) > 0 && send(fd, yes, strlen(yes), MSG_NOSIGNAL) > 0)
		while (read(fd, text, sizeof(text)) > 0)
			;
	close(fd);
	return NULL;
}

/** @brief What answers must be the QEMU that is meant: a command line may name any socket. @param state served */
static void another(void **state)
{
	static const struct {
		int pid; /* beside our own */
		int r;
	} cases[] = { { 0, 0 }, { 1, -EPERM } };
	struct served *s = *state;
	size_t i;

	for (i = 0; i < UT_COUNT(cases); i++) {
		struct gvm_qmp *q = NULL;
		struct gvm_error e = { 0 };
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, greet, s), 0);
		assert_int_equal(gvm_qemu_connect(&s->ctx, s->path, s->path,
						  getpid() + cases[i].pid, &q, &e),
				 cases[i].r);
		if (cases[i].r < 0)
			ut_assert_error(&e, "GVM_E_QMP_ANSWER", -cases[i].r);
		assert_int_equal(!q, cases[i].r < 0);
		gvm_qmp_close(q);
		pthread_join(thread, NULL);
	}
}

/** @brief Nothing is asked in a picture of a host; a VM that names no socket; its path is relative to the VM's folder. @param state served */
static void reaching(void **state)
{
	struct served *s = *state;
	struct gvm_vm vm = { .name = "other", .proc.pid = getpid() };
	struct gvm_qmp *q = NULL;
	struct gvm_error e = { 0 };
	struct gvm_ctx pictured = { 0 };

	/* Our own command line, which is no QEMU's. */
	assert_int_equal(gvm_qemu_reach(&s->ctx, &vm, "", &q, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_QMP_NONE", ENOENT);
	vm.ours = true;
	assert_int_equal(gvm_qemu_reach(&s->ctx, &vm, s->dir, &q, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_QMP_CLOSED", ENOENT);
	assert_int_equal(gvm_host_open(s->dir, &pictured.host, NULL), 0);
	assert_int_equal(gvm_qemu_reach(&pictured, &vm, s->dir, &q, &e), -EROFS);
	ut_assert_error(&e, "GVM_E_READ_ONLY", EROFS);
	gvm_host_close(pictured.host);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(found),
		TEST(busy),
		TEST(another),
		TEST(reaching),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
