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
	if (sscanf(p, " %23[0-9]", field) != 1 ||
	    gvm_parse_u64(field, 10, UINT64_MAX, start) < 0)
		return -EBADMSG;
	return 0;
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

	return p->pid > 0 && gvm_proc_get(h, p->pid, &now) == 0 && now.start == p->start;
}

int gvm_proc_comm(struct gvm_host *h, pid_t pid, char *buf, size_t size)
{
	char path[40];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	r = gvm_host_read(h, path, buf, size);
	gvm_str_printable(buf);
	return r;
}

/** What a scan for holders carries along. */
struct scan {
	struct gvm_host *host;
	const char *prefix;
	gvm_holder_fn fn;
	void *data;
	pid_t pid;
	int dir; /* descriptor of /proc/PID/fd */
};

/** @brief One open file of a process. @param name its number @param data the scan @return of fn */
static int scan_file(const char *name, void *data)
{
	struct scan *s = data;
	char target[GVM_PATH_SIZE];
	ssize_t n = readlinkat(s->dir, name, target, sizeof(target) - 1);

	if (n <= 0)
		return 0;
	target[n] = '\0';
	return gvm_str_starts(target, s->prefix) ? s->fn(s->pid, target, s->data) : 0;
}

/** @brief One entry of /proc. @param name it @param data the scan @return of fn */
static int scan_process(const char *name, void *data)
{
	GVM_AUTOCLOSE int dir = -1;
	struct scan *s = data;
	char path[40];
	uint64_t pid;
	int r;

	if (gvm_parse_u64(name, 10, INT32_MAX, &pid) < 0)
		return 0;
	s->pid = (pid_t)pid;
	snprintf(path, sizeof(path), "/proc/%d/fd", s->pid);
	dir = gvm_host_at(s->host, path, O_PATH | O_DIRECTORY);
	if (dir < 0)
		return 0;
	s->dir = dir;
	r = gvm_host_list(s->host, path, scan_file, s);
	return r > 0 ? r : 0;
}

int gvm_holders(struct gvm_host *h, const char *prefix, gvm_holder_fn fn, void *data)
{
	struct scan s = { .host = h, .prefix = prefix, .fn = fn, .data = data };

	return gvm_host_list(h, "/proc", scan_process, &s);
}
