// SPDX-License-Identifier: GPL-2.0-or-later
/* A scripted peer on a unix socket plays QEMU: well, badly, slowly, and not at all. */
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "json.h"
#include "qmp.h"
#include "wait.h"

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n"
#define OK "{\"return\": {}}\r\n"
#define EVENT "{\"timestamp\": {}, \"event\": \"RESUME\"}\r\n"

/** One act of the peer. */
struct act {
	enum { SAY, HEAR, PAUSE_MS, FLOOD, BYTEWISE, HANG_UP } what;
	const char *text; /* to say, or that a heard line must hold */
	int number;       /* milliseconds, or KiB of flood */
};

/** The peer and its socket. */
struct peer {
	char dir[UT_PATH];
	char path[UT_PATH];
	int listener;
	int quit[2]; /* closed to end the peer */
	const struct act *acts;
	pthread_t thread;
	bool running;
	char heard[512];
};

/** @brief Wait until the connection is readable, or the test is over. @param p peer @param fd connection @param ms deadline @return true when readable */
static bool ready(struct peer *p, int fd, int ms)
{
	struct pollfd f[2] = { { fd, POLLIN, 0 }, { p->quit[0], POLLIN | POLLHUP, 0 } };

	return poll(f, 2, ms) > 0 && !f[1].revents && f[0].revents;
}

/** @brief Take one line. @param p peer @param fd connection @return false when the client is gone */
static bool hear(struct peer *p, int fd)
{
	size_t n = 0;
	char c = 0;

	while (c != '\n') {
		if (!ready(p, fd, 10000) || read(fd, &c, 1) != 1)
			return false;
		if (n + 1 < sizeof(p->heard))
			p->heard[n++] = c;
	}
	p->heard[n] = '\0';
	return true;
}

/** @brief Send a text whole. @param fd connection @param text it */
static void say(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

/** @brief Do one act. @param p peer @param fd connection @param act it @return false to stop */
static bool perform(struct peer *p, int fd, const struct act *act)
{
	char one[2] = "", kib[1025];
	const char *c;
	int i;

	switch (act->what) {
	case SAY: say(fd, act->text); return true;
	case HEAR: return hear(p, fd) && (!act->text || strstr(p->heard, act->text));
	case PAUSE_MS:
		poll(&(struct pollfd){ p->quit[0], POLLIN | POLLHUP, 0 }, 1, act->number);
		return true;
	case FLOOD:
		memset(kib, 'x', 1024);
		kib[1024] = '\0';
		for (i = 0; i < act->number; i++)
			say(fd, kib);
		return true;
	case BYTEWISE:
		for (c = act->text; *c; c++) {
			one[0] = *c;
			say(fd, one);
		}
		return true;
	case HANG_UP: break;
	}
	return false;
}

/** @brief Play all acts to one client, then be silent until the test ends, unless hanging up. @param data peer @return NULL */
static void *play(void *data)
{
	struct peer *p = data;
	const struct act *act = p->acts;
	int fd = ready(p, p->listener, 10000) ? accept4(p->listener, NULL, NULL, SOCK_CLOEXEC) : -1;

	if (fd < 0)
		return NULL;
	while (act->text || act->number || act->what == HEAR) {
		if (!perform(p, fd, act))
			break;
		act++;
	}
	if (act->what != HANG_UP)
		poll(&(struct pollfd){ p->quit[0], POLLIN | POLLHUP, 0 }, 1, 20000);
	close(fd);
	return NULL;
}

/** @brief Make a folder with a listening socket. @param state peer @return 0 */
static int setup(void **state)
{
	struct peer *p = calloc(1, sizeof(*p));
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	ut_dir_make(p->dir);
	ut_path(p->path, p->dir, "s");
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%.100s", p->path);
	p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	*state = p;
	return pipe2(p->quit, O_CLOEXEC) < 0 ||
	       bind(p->listener, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	       listen(p->listener, 0) < 0;
}

/** @brief End the peer. @param state peer @return 0 */
static int teardown(void **state)
{
	struct peer *p = *state;

	close(p->quit[1]);
	if (p->running)
		pthread_join(p->thread, NULL);
	close(p->quit[0]);
	close(p->listener);
	ut_dir_remove(p->dir);
	free(p);
	return 0;
}

/** @brief Let the peer play. @param p peer @param acts ended by zeros */
static void start(struct peer *p, const struct act *acts)
{
	p->acts = acts;
	assert_int_equal(pthread_create(&p->thread, NULL, play, p), 0);
	p->running = true;
}

/** @brief Opening must fail. @param p peer @param acts of it @param timeout_ms deadline @param code @param err expected */
static void open_fails(struct peer *p, const struct act *acts, unsigned int timeout_ms,
		       const char *code, int err)
{
	struct gvm_qmp *q = NULL;
	struct gvm_error e = { 0 };

	start(p, acts);
	assert_int_equal(gvm_qmp_open(p->path, timeout_ms, &q, &e), -err);
	assert_null(q);
	ut_assert_error(&e, code, err);
}

/** @brief One message: what it is. @param state unused */
static void messages(void **state)
{
	static const struct {
		const char *line;
		enum gvm_qmp_kind kind;
	} good[] = {
		{ "{\"QMP\":{}}", GVM_QMP_GREETING },
		{ "{\"return\":[1]}\r", GVM_QMP_RETURN },
		{ "{\"return\":{},\"id\":1}", GVM_QMP_RETURN },
		{ "{\"error\":{\"class\":\"x\",\"desc\":\"y\"}}", GVM_QMP_ERROR },
		{ "{\"event\":\"STOP\",\"data\":{}}", GVM_QMP_EVENT },
	};
	static const char *const bad[] = { "",
					   "\r",
					   "{}",
					   "[]",
					   "{\"return\":",
					   "\"return\"",
					   "{\"x\":{}}",
					   "{\"return\":{}}{}",
					   "{\"return\":\"\xff\"}",
					   "garbage",
					   "\x01" };
	struct json_object *body = NULL;
	enum gvm_qmp_kind kind;
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(good); i++) {
		assert_int_equal(gvm_qmp_parse(good[i].line, strlen(good[i].line), &kind, &body),
				 0);
		assert_int_equal(kind, good[i].kind);
		json_object_put(body);
	}
	assert_int_equal(gvm_qmp_parse("{\"return\":null}", 15, &kind, &body), 0);
	assert_null(body);
	for (i = 0; i < UT_COUNT(bad); i++)
		assert_int_equal(gvm_qmp_parse(bad[i], strlen(bad[i]), &kind, &body), -EPROTO);
}

/** @brief Greeting, capabilities, commands with and without arguments, in odd pieces, among events. @param state peer */
static void conversation(void **state)
{
	static const struct act acts[] = {
		{ BYTEWISE, GREETING EVENT, 0 },
		{ HEAR, "\"qmp_capabilities\"", 0 },
		{ SAY, EVENT OK EVENT "{\"ev", 0 },
		{ PAUSE_MS, NULL, 20 },
		{ SAY, "ent\": \"STOP\"}\r\n", 0 },
		{ HEAR, "{\"execute\":\"query-status\"}", 0 },
		{ SAY, EVENT EVENT, 0 },
		{ BYTEWISE, "{\"return\": {\"status\": \"running\"}}\r\n", 0 },
		{ HEAR, "\"arguments\":{\"path\":", 0 },
		{ SAY,
		  "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\\u001b[31m way\"}}\r\n",
		  0 },
		{ HEAR, "\"quit\"", 0 },
		{ SAY, OK, 0 },
		{ 0 },
	};
	GVM_AUTOJSON struct json_object *value = NULL;
	GVM_AUTOQMP struct gvm_qmp *q = NULL;
	struct json_object *args = json_object_new_object();
	struct gvm_error e = { 0 };
	struct peer *p = *state;
	char text[16];

	start(p, acts);
	assert_int_equal(gvm_qmp_open(p->path, 5000, &q, &e), 0);
	assert_int_equal(gvm_qmp_execute(q, "query-status", NULL, 5000, &value, &e), 0);
	assert_int_equal(gvm_json_str(value, "status", text, sizeof(text)), 0);
	assert_string_equal(text, "running");
	json_object_object_add(args, "path", json_object_new_string("/x"));
	assert_int_equal(gvm_qmp_execute(q, "qom-get", args, 5000, NULL, &e), -EREMOTEIO);
	ut_assert_holds(e.message, "no?[31m way");
	assert_string_equal(e.code, "GVM_E_QMP_REFUSED");
	/* After a refusal the connection is still of use. */
	assert_int_equal(gvm_qmp_execute(q, "quit", NULL, 5000, NULL, &e), 0);
}

/** What was heard of events. */
struct heard {
	char names[64];
	int lid; /* of the last one's data, or -1 */
	bool stop;
};

/** @brief Note an event. @param event it @param data struct heard */
static void note_event(struct json_object *event, void *data)
{
	struct heard *h = data;
	struct json_object *body;
	uint64_t lid;
	char name[16];

	assert_int_equal(gvm_json_str(event, "event", name, sizeof(name)), 0);
	strcat(h->names, name);
	h->lid = json_object_object_get_ex(event, "data", &body) &&
				 gvm_json_u64(body, "lid", 100, &lid) == 0
			 ? (int)lid
			 : -1;
	h->stop = h->stop || strcmp(name, "C") == 0;
}

/** @brief Events are told whole, those before an answer too; and who answers is known. @param state peer */
static void events(void **state)
{
	static const struct act acts[] = {
		{ SAY, GREETING, 0 },
		{ HEAR, NULL, 0 },
		{ SAY, OK "{\"event\": \"X\"}\r\n", 0 },
		{ HEAR, NULL, 0 },
		{ SAY, "{\"event\": \"A\", \"data\": {\"lid\": 7}}\r\n" OK, 0 },
		{ BYTEWISE, "{\"event\": \"B\"}\r\n{\"ev", 0 },
		{ PAUSE_MS, NULL, 150 },
		{ SAY, "ent\": \"C\", \"data\": {\"lid\": 8}}\r\n{\"event\": \"D\"}\r\n", 0 },
		{ 0 },
	};
	GVM_AUTOQMP struct gvm_qmp *q = NULL;
	struct peer *p = *state;
	struct heard h = { .names = "" };
	struct gvm_error e = { 0 };
	pid_t pid = 0;

	start(p, acts);
	assert_int_equal(gvm_qmp_open(p->path, 5000, &q, &e), 0);
	assert_int_equal(gvm_qmp_peer(q, &pid), 0);
	assert_int_equal(pid, getpid());
	gvm_qmp_on_event(q, note_event, &h);
	assert_int_equal(gvm_qmp_execute(q, "x", NULL, 5000, NULL, &e), 0);
	assert_string_equal(h.names, "XA");
	assert_int_equal(h.lid, 7);
	/* What came in half when time was up is not lost. */
	assert_int_equal(gvm_qmp_wait(q, 50, &h.stop, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_QMP_TIMEOUT", ETIMEDOUT);
	assert_int_equal(gvm_qmp_wait(q, 5000, &h.stop, &e), 0);
	assert_string_equal(h.names, "XABC");
	assert_int_equal(h.lid, 8);
	assert_int_equal(gvm_qmp_wait(q, 0, &h.stop, &e), 0);
}

/** @brief An answer near the bound of a line is taken whole. @param state peer */
static void long_answer(void **state)
{
	static const struct act acts[] = {
		{ SAY, GREETING, 0 },
		{ HEAR, NULL, 0 },
		{ SAY, OK, 0 },
		{ HEAR, NULL, 0 },
		{ SAY, "{\"return\": \"", 0 },
		{ FLOOD, NULL, 900 },
		{ SAY, "\"}\r\n" EVENT, 0 },
		{ 0 },
	};
	GVM_AUTOJSON struct json_object *value = NULL;
	GVM_AUTOQMP struct gvm_qmp *q = NULL;
	struct peer *p = *state;

	start(p, acts);
	assert_int_equal(gvm_qmp_open(p->path, 5000, &q, NULL), 0);
	assert_int_equal(gvm_qmp_execute(q, "x", NULL, 5000, &value, NULL), 0);
	assert_int_equal(json_object_get_string_len(value), 900 * 1024);
}

/** @brief A line without end is given up at its bound. @param state peer */
static void endless_line(void **state)
{
	static const struct act acts[] = { { SAY, "{\"QMP\": \"", 0 },
					   { FLOOD, NULL, 4096 },
					   { 0 } };

	open_fails(*state, acts, 10000, "GVM_E_QMP_ANSWER", EPROTO);
}

/** @brief Something that is no QEMU. @param state peer */
static void garbage(void **state)
{
	static const struct act acts[] = { { SAY, "SSH-2.0-OpenSSH_9.2\r\n", 0 }, { 0 } };

	open_fails(*state, acts, 5000, "GVM_E_QMP_ANSWER", EPROTO);
}

/** @brief A message, but not the one that must come first. @param state peer */
static void no_greeting(void **state)
{
	static const struct act acts[] = { { SAY, OK, 0 }, { 0 } };

	open_fails(*state, acts, 5000, "GVM_E_QMP_ANSWER", EPROTO);
}

/** @brief Capabilities refused: QEMU's words are told. @param state peer */
static void refused(void **state)
{
	static const struct act acts[] = {
		{ SAY, GREETING, 0 }, { HEAR, NULL, 0 }, { SAY, "{\"error\": 7}\n", 0 }, { 0 }
	};
	struct gvm_qmp *q = NULL;
	struct gvm_error e = { 0 };
	struct peer *p = *state;

	start(p, acts);
	assert_int_equal(gvm_qmp_open(p->path, 5000, &q, &e), -EREMOTEIO);
	assert_string_equal(e.code, "GVM_E_QMP_REFUSED");
	assert_null(q);
}

/** @brief A peer that says nothing is given up in time. @param state peer */
static void silence(void **state)
{
	static const struct act acts[] = { { 0 } };
	int64_t begin = gvm_clock_ms();

	open_fails(*state, acts, 100, "GVM_E_QMP_TIMEOUT", ETIMEDOUT);
	assert_in_range(gvm_clock_ms() - begin, 99, 2000);
}

/** @brief Events without end do not keep a command alive past its deadline. @param state peer */
static void endless_events(void **state)
{
	static const struct act acts[] = {
		{ SAY, GREETING, 0 },    { HEAR, NULL, 0 },
		{ SAY, OK, 0 },          { SAY, EVENT, 0 },
		{ PAUSE_MS, NULL, 40 },  { SAY, EVENT, 0 },
		{ PAUSE_MS, NULL, 40 },  { SAY, EVENT, 0 },
		{ PAUSE_MS, NULL, 40 },  { SAY, EVENT, 0 },
		{ PAUSE_MS, NULL, 40 },  { SAY, EVENT, 0 },
		{ PAUSE_MS, NULL, 40 },  { SAY, EVENT, 0 },
		{ PAUSE_MS, NULL, 900 }, { 0 },
	};
	GVM_AUTOQMP struct gvm_qmp *q = NULL;
	struct gvm_error e = { 0 };
	struct peer *p = *state;
	int64_t begin;

	start(p, acts);
	assert_int_equal(gvm_qmp_open(p->path, 5000, &q, NULL), 0);
	begin = gvm_clock_ms();
	assert_int_equal(gvm_qmp_execute(q, "x", NULL, 100, NULL, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_QMP_TIMEOUT", ETIMEDOUT);
	assert_in_range(gvm_clock_ms() - begin, 99, 800);
}

/** @brief "Deadline for all of it": greeting and capabilities share one. @param state peer */
static void one_deadline(void **state)
{
	static const struct act acts[] = { { PAUSE_MS, NULL, 800 }, { SAY, GREETING, 0 }, { 0 } };
	int64_t begin = gvm_clock_ms();

	open_fails(*state, acts, 1000, "GVM_E_QMP_TIMEOUT", ETIMEDOUT);
	assert_in_range(gvm_clock_ms() - begin, 999, 1500);
}

/** @brief A peer that hangs up before, in the middle of, and after its greeting. @param state peer */
static void hang_up(void **state)
{
	static const struct act first[] = { { HANG_UP, "", 0 } };
	static const struct act middle[] = { { SAY, "{\"QMP\":", 0 }, { HANG_UP, "", 0 } };
	static const struct act after[] = { { SAY, GREETING, 0 },
					    { HEAR, NULL, 0 },
					    { HANG_UP, "", 0 } };
	static const struct act *const all[] = { first, middle, after };
	struct peer *p = *state;
	size_t i;

	for (i = 0; i < UT_COUNT(all); i++) {
		open_fails(p, all[i], 5000, "GVM_E_QMP_CLOSED", EPIPE);
		pthread_join(p->thread, NULL);
		p->running = false;
	}
}

/** @brief Nothing there, nobody listening, and a path too long for a socket. @param state peer */
static void nobody(void **state)
{
	struct peer *p = *state;
	struct gvm_qmp *q = NULL;
	struct gvm_error e = { 0 };
	char path[UT_PATH], longer[200];

	assert_int_equal(gvm_qmp_open(ut_path(path, p->dir, "none"), 100, &q, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_QMP_CLOSED", ENOENT);
	close(p->listener);
	p->listener = -1;
	assert_int_equal(gvm_qmp_open(p->path, 100, &q, &e), -ECONNREFUSED);
	ut_assert_error(&e, "GVM_E_QMP_CLOSED", ECONNREFUSED);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(gvm_qmp_open(longer, 100, &q, &e), -ENAMETOOLONG);
	assert_null(q);
	gvm_qmp_close(NULL);
}

/** @brief Open a socket whose queue is full. @param data peer @return 0 when it timed out as it must */
static int open_busy(void *data)
{
	struct peer *p = data;
	struct gvm_qmp *q = NULL;
	struct gvm_error e = { 0 };
	int r = gvm_qmp_open(p->path, 200, &q, &e);

	return r == -ETIMEDOUT && strcmp(e.code, "GVM_E_QMP_TIMEOUT") == 0 ? 0 : 1;
}

/**
 * @brief QEMU serves one client and its queue holds one more: a third must not wait for ever in
 *        connect(2).
 * @param state peer
 */
static void busy(void **state)
{
	struct peer *p = *state;
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int others[8], n = 0, r = 0;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%.100s", p->path);
	while (n < 8 && r == 0) {
		others[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		r = connect(others[n++], (struct sockaddr *)&addr, sizeof(addr));
	}
	assert_true(r < 0 && errno == EAGAIN);
	r = ut_in_child(open_busy, p, 3000);
	while (n > 0)
		close(others[--n]);
	if (r != 0)
		fail_msg("%s", r < 0 ? "it waits for ever" : "it is no timeout");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages),
		TEST(conversation),
		TEST(events),
		TEST(long_answer),
		TEST(endless_line),
		TEST(garbage),
		TEST(no_greeting),
		TEST(refused),
		TEST(silence),
		TEST(endless_events),
		TEST(one_deadline),
		TEST(hang_up),
		TEST(nobody),
		TEST(busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
