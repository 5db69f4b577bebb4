// SPDX-License-Identifier: GPL-2.0-or-later
#include "qmp.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cleanup.h"
#include "json.h"
#include "str.h"
#include "wait.h"

/* The longest answers are schemas, of some hundred KiB; none of ours has more than a few. */
#define MAX_LINE (1 << 20)

/** A connection. */
struct gvm_qmp {
	int fd;
	char *buf;
	size_t len; /* bytes in buf */
	size_t cap;
	gvm_qmp_event_fn on_event; /* or NULL */
	void *event_data;
};

int gvm_qmp_parse(const char *line, size_t len, enum gvm_qmp_kind *kind, struct json_object **body)
{
	static const struct {
		const char *key;
		enum gvm_qmp_kind kind;
	} kinds[] = { { "QMP", GVM_QMP_GREETING },
		      { "return", GVM_QMP_RETURN },
		      { "error", GVM_QMP_ERROR },
		      { "event", GVM_QMP_EVENT } };
	GVM_AUTOJSON struct json_object *o = NULL;
	struct json_object *v;
	size_t i;

	if (gvm_json_parse(line, len, &o) < 0)
		return -EPROTO;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!json_object_object_get_ex(o, kinds[i].key, &v))
			continue;
		*kind = kinds[i].kind;
		*body = json_object_get(*kind == GVM_QMP_EVENT ? o : v);
		return 0;
	}
	return -EPROTO;
}

/** @brief Wait until the socket is ready. @param q connection @param events of poll(2) @param end deadline on gvm_clock_ms() @return 0 or -errno */
static int wait_ready(struct gvm_qmp *q, short events, int64_t end)
{
	struct pollfd p = { .fd = q->fd, .events = events };
	int64_t left;
	int r;

	do {
		left = end - gvm_clock_ms();
		r = left > 0 ? poll(&p, 1, (int)left) : 0;
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r == 0 ? -ETIMEDOUT : 0;
}

/** @brief Read more bytes. @param q connection @param end deadline @return 0 or -errno */
static int fill(struct gvm_qmp *q, int64_t end)
{
	ssize_t n;
	int r;

	if (q->len == q->cap) {
		size_t cap = q->cap ? q->cap * 2 : 4096;
		char *grown = cap <= MAX_LINE ? realloc(q->buf, cap) : NULL;

		if (!grown)
			return cap <= MAX_LINE ? -ENOMEM : -EPROTO;
		q->buf = grown;
		q->cap = cap;
	}
	r = wait_ready(q, POLLIN, end);
	if (r < 0)
		return r;
	n = recv(q->fd, q->buf + q->len, q->cap - q->len, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -EPIPE;
	q->len += (size_t)n;
	return 0;
}

/**
 * @brief Take the next message off the connection; whoever waits for events is told of one.
 * @param q connection @param end deadline @param kind @param body results @return 0 or -errno
 */
static int next_message(struct gvm_qmp *q, int64_t end, enum gvm_qmp_kind *kind,
			struct json_object **body)
{
	size_t seen = 0;

	for (;;) {
		char *newline = q->len > seen ? memchr(q->buf + seen, '\n', q->len - seen) : NULL;
		int r;

		if (newline) {
			size_t line = (size_t)(newline - q->buf);

			r = gvm_qmp_parse(q->buf, line, kind, body);
			q->len -= line + 1;
			memmove(q->buf, newline + 1, q->len);
			if (r == 0 && *kind == GVM_QMP_EVENT && q->on_event)
				q->on_event(*body, q->event_data);
			return r;
		}
		seen = q->len;
		r = fill(q, end);
		if (r < 0)
			return r;
	}
}

/** @brief Tell why talking failed. @param e error @param r errno @param what was being done @return r */
static int failed(struct gvm_error *e, int r, const char *what)
{
	const char *code = "GVM_E_QMP_CLOSED";

	if (r == -ETIMEDOUT)
		code = "GVM_E_QMP_TIMEOUT";
	else if (r == -EPROTO)
		code = "GVM_E_QMP_ANSWER";
	else if (r == -EACCES || r == -EPERM)
		code = "GVM_E_PERMISSION";
	gvm_error_set(e, code, -r, "QEMU does not answer as it must (%s): %s", what,
		      gvm_errno_name(r));
	return r;
}

/** A socket to be connected. */
struct call {
	int fd;
	struct sockaddr_un addr;
};

/** @brief Try to connect. @param data struct call @return 1, 0 when the listener's queue is full, -errno */
static int try_connect(void *data)
{
	struct call *c = data;

	if (connect(c->fd, (struct sockaddr *)&c->addr, sizeof(c->addr)) == 0)
		return 1;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

/** @brief Connect to a unix socket. @param path it @param timeout_ms deadline @return descriptor or -errno */
static int dial(const char *path, unsigned int timeout_ms)
{
	struct call c = { .addr.sun_family = AF_UNIX };
	GVM_AUTOCLOSE int fd = -1;
	int r;

	if (gvm_str_copy(c.addr.sun_path, sizeof(c.addr.sun_path), path) < 0)
		return -ENAMETOOLONG;
	/* Non-blocking, because QEMU's queue is short: the third client would wait without end. */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	c.fd = fd;
	r = gvm_wait_until(timeout_ms, try_connect, &c);
	return r < 0 ? r : gvm_steal_fd(&fd);
}

/** @brief Send a text whole. @param q connection @param text it @param end deadline @return 0 or -errno */
static int send_all(struct gvm_qmp *q, const char *text, int64_t end)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n;
		int r = wait_ready(q, POLLOUT, end);

		if (r < 0)
			return r;
		n = send(q->fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/** @brief QEMU refused: take its words. @param e error @param command it @param body of the error @return -EREMOTEIO */
static int refused(struct gvm_error *e, const char *command, struct json_object *body)
{
	char text[300] = "it gave no reason";

	if (json_object_is_type(body, json_type_object))
		gvm_json_str(body, "desc", text, sizeof(text));
	gvm_str_printable(text);
	gvm_error_set(e, "GVM_E_QMP_REFUSED", EREMOTEIO, "QEMU refuses %s: %s", command, text);
	return -EREMOTEIO;
}

/**
 * @brief gvm_qmp_execute() with its deadline on gvm_clock_ms().
 * @param q connection @param command name @param arguments taken over @param end deadline
 * @param ret result or NULL @param e detail @return 0 or -errno
 */
static int execute_until(struct gvm_qmp *q, const char *command, struct json_object *arguments,
			 int64_t end, struct json_object **ret, struct gvm_error *e)
{
	GVM_AUTOJSON struct json_object *request = json_object_new_object();
	int r;

	json_object_object_add(request, "execute", json_object_new_string(command));
	if (arguments)
		json_object_object_add(request, "arguments", arguments);
	r = send_all(q, json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN), end);
	if (r == 0)
		r = send_all(q, "\n", end);
	while (r == 0) {
		GVM_AUTOJSON struct json_object *body = NULL;
		enum gvm_qmp_kind kind;

		r = next_message(q, end, &kind, &body);
		if (r < 0)
			break;
		if (kind == GVM_QMP_ERROR)
			return refused(e, command, body);
		if (kind != GVM_QMP_RETURN)
			continue;
		if (ret)
			*ret = gvm_steal(body);
		return 0;
	}
	return failed(e, r, command);
}

int gvm_qmp_execute(struct gvm_qmp *q, const char *command, struct json_object *arguments,
		    unsigned int timeout_ms, struct json_object **ret, struct gvm_error *e)
{
	return execute_until(q, command, arguments, gvm_clock_ms() + timeout_ms, ret, e);
}

void gvm_qmp_on_event(struct gvm_qmp *q, gvm_qmp_event_fn fn, void *data)
{
	q->on_event = fn;
	q->event_data = data;
}

int gvm_qmp_wait(struct gvm_qmp *q, unsigned int timeout_ms, const bool *done, struct gvm_error *e)
{
	int64_t end = gvm_clock_ms() + timeout_ms;

	while (!*done) {
		GVM_AUTOJSON struct json_object *body = NULL;
		enum gvm_qmp_kind kind;
		int r = next_message(q, end, &kind, &body);

		if (r < 0)
			return failed(e, r, "an event");
	}
	return 0;
}

int gvm_qmp_peer(const struct gvm_qmp *q, pid_t *pid)
{
	struct ucred who;
	socklen_t size = sizeof(who);

	if (getsockopt(q->fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0)
		return -errno;
	*pid = who.pid;
	return 0;
}

int gvm_qmp_open(const char *path, unsigned int timeout_ms, struct gvm_qmp **ret,
		 struct gvm_error *e)
{
	GVM_AUTOQMP struct gvm_qmp *q = calloc(1, sizeof(*q));
	GVM_AUTOJSON struct json_object *greeting = NULL;
	int64_t end = gvm_clock_ms() + timeout_ms;
	enum gvm_qmp_kind kind;
	int r;

	if (!q)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	q->fd = dial(path, timeout_ms);
	if (q->fd < 0)
		return failed(e, q->fd, "connect");
	r = next_message(q, end, &kind, &greeting);
	if (r == 0 && kind != GVM_QMP_GREETING)
		r = -EPROTO;
	if (r < 0)
		return failed(e, r, "greeting");
	r = execute_until(q, "qmp_capabilities", NULL, end, NULL, e);
	if (r == 0)
		*ret = gvm_steal(q);
	return r;
}

void gvm_qmp_close(struct gvm_qmp *q)
{
	if (!q)
		return;
	if (q->fd >= 0)
		close(q->fd);
	free(q->buf);
	free(q);
}
