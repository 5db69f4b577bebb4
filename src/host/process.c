// SPDX-License-Identifier: GPL-2.0-or-later
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "str.h"

int gvm_proc_parse_stat(const char *line, char *state, uint64_t *start)
{
	/* The command stands in brackets and may hold brackets and spaces itself. */
	const char *p = strrchr(line, ')');
	char field[24];
	size_t len;
	int i;

	if (!p || p[1] != ' ' || !p[2] || p[3] != ' ')
		return -EBADMSG;
	*state = p[2];
	/* p[2] is field 3; the start time is field 22. */
	p += 3;
	for (i = 4; i < 22; i++) {
		p = strchr(p + 1, ' ');
		if (!p)
			return -EBADMSG;
	}
	len = strspn(++p, "0123456789");
	if (len >= sizeof(field))
		return -EBADMSG;
	memcpy(field, p, len);
	field[len] = '\0';
	return gvm_parse_u64(field, 10, UINT64_MAX, start) < 0 ? -EBADMSG : 0;
}

int gvm_proc_get(struct gvm_host *h, pid_t pid, struct gvm_proc *ret)
{
	char path[40], line[1024], state;
	uint64_t start;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	r = gvm_host_read(h, path, line, sizeof(line));
	if (r < 0)
		return r == -ESRCH ? -ENOENT : r;
	r = gvm_proc_parse_stat(line, &state, &start);
	if (r < 0)
		return r;
	if (state == 'Z' || state == 'X')
		return -ENOENT;
	*ret = (struct gvm_proc){ pid, start };
	return 0;
}

bool gvm_proc_alive(struct gvm_host *h, const struct gvm_proc *p)
{
	struct gvm_proc now;
	int r = p->pid > 0 ? gvm_proc_get(h, p->pid, &now) : -ENOENT;

	if (r == 0)
		return now.start == p->start;
	/* What is there and no process's stat is none. */
	if (r == -EBADMSG || r == -EFBIG)
		return false;
	/* What cannot be told counts as alive; and without /proc nothing can be told. */
	return r != -ENOENT ||
	       (p->pid > 0 && gvm_host_live(h) && !gvm_host_exists(h, "/proc/self/stat"));
}

int gvm_proc_comm(struct gvm_host *h, pid_t pid, char *buf, size_t size)
{
	/* The kernel gives 15 characters and a line end; what a sysroot gives is cut to fit. */
	char path[40], text[64];
	int r;

	buf[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	r = gvm_host_read(h, path, text, sizeof(text));
	if (r < 0)
		return r;
	snprintf(buf, size, "%s", text);
	gvm_str_printable(buf);
	return 0;
}

/** What a scan for holders carries along. */
struct scan {
	struct gvm_host *host;
	const char *prefix;
	gvm_holder_fn fn;
	void *data;
	pid_t pid;
	int result; /* of fn: non-zero ends the scan */
};

/** @brief One open file of a process. @param dir /proc/PID/fd @param name its number @param data the scan @return of fn */
static int scan_file(int dir, const char *name, void *data)
{
	struct scan *s = data;
	char target[GVM_PATH_SIZE];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);

	if (n <= 0)
		return 0;
	target[n] = '\0';
	if (gvm_str_starts(target, s->prefix))
		s->result = s->fn(s->pid, target, s->data);
	return s->result;
}

/** @brief One entry of /proc. @param dir unused @param name it @param data the scan @return of fn */
static int scan_process(int dir, const char *name, void *data)
{
	struct scan *s = data;
	char path[40];
	uint64_t pid;

	(void)dir;
	if (gvm_parse_u64(name, 10, INT32_MAX, &pid) < 0)
		return 0;
	s->pid = (pid_t)pid;
	snprintf(path, sizeof(path), "/proc/%d/fd", s->pid);
	/* A process that dies meanwhile, or may not be looked into, is passed over. */
	gvm_host_list(s->host, path, scan_file, s);
	return s->result;
}

int gvm_holders(struct gvm_host *h, const char *prefix, gvm_holder_fn fn, void *data)
{
	struct scan s = { .host = h, .prefix = prefix, .fn = fn, .data = data };

	return gvm_host_list(h, "/proc", scan_process, &s);
}
