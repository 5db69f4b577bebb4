// SPDX-License-Identifier: GPL-2.0-or-later
#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "modalias.h"
#include "str.h"

#define DEFAULT_MODPROBE "/sbin/modprobe"
/* The last errno of Linux on any architecture that GVM is built for. */
#define MAX_ERRNO 133

bool gvm_module_loaded(struct gvm_host *h, const char *name)
{
	char path[GVM_PATH_SIZE], state[16], *c;
	int r;

	if (gvm_str_format(path, sizeof(path), "/sys/module/%s", name) < 0)
		return false;
	for (c = path; *c; c++)
		if (*c == '-')
			*c = '_';
	if (!gvm_host_exists(h, path))
		return false;
	if (strlen(path) + sizeof("/initstate") > sizeof(path))
		return false;
	strcat(path, "/initstate");
	r = gvm_host_read(h, path, state, sizeof(state));
	/* One that is built in has no state. */
	return r == -ENOENT || (r == 0 && strcmp(state, "live") == 0);
}

/** @brief Do the bytes hold a text? @param s @param len bytes @param part text @return true if so */
static bool holds(const char *s, size_t len, const char *part)
{
	return memmem(s, len, part, strlen(part)) != NULL;
}

int gvm_modprobe_errno(const char *text)
{
	const char *line, *reason, *what;
	size_t len = strlen(text);
	int e;

	while (len && strchr(" \r\n", text[len - 1]))
		len--;
	line = memrchr(text, '\n', len);
	line = line ? line + 1 : text;
	len -= (size_t)(line - text);
	/* kmod's words (observed, kmod 30), and busybox's (from its source). */
	if (holds(line, len, "not found in directory") ||
	    holds(line, len, "not found in modules.dep"))
		return ENOENT;
	reason = memrchr(line, ':', len);
	if (!reason)
		return EIO;
	len -= (size_t)(reason + 1 - line);
	for (reason++; len && *reason == ' '; len--)
		reason++;
	for (e = 1; e <= MAX_ERRNO; e++) {
		what = strerrordesc_np(e);
		if (what && strlen(what) == len && memcmp(reason, what, len) == 0)
			return e == ENOENT ? EIO : e;
	}
	return EIO;
}

/** @brief Start modprobe. @param program path @param name module @param output for what it writes @param pid result @return 0 or -errno */
static int start(const char *program, const char *name, int output, pid_t *pid)
{
	char *argv[] = { (char *)"modprobe", (char *)"--", (char *)name, NULL };
	char *env[] = { (char *)"LC_ALL=C", (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	posix_spawn_file_actions_t actions;
	int r = posix_spawn_file_actions_init(&actions);

	if (r)
		return -r;
	r = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, output, 1);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, output, 2);
	if (r == 0)
		r = posix_spawn(pid, program, &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	return r == ENOENT || r == EACCES ? -ENOPKG : -r;
}

/**
 * @brief Wait for modprobe's end.
 * @param pid it @param timeout_ms milliseconds @return its exit status, -ETIMEDOUT, or -errno
 */
static int wait_end(pid_t pid, unsigned int timeout_ms)
{
	GVM_AUTOCLOSE int pidfd = pidfd_open(pid, 0);
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	siginfo_t info = { 0 };
	int r;

	if (pidfd < 0)
		return -errno;
	do
		r = poll(&p, 1, (int)timeout_ms);
	while (r < 0 && errno == EINTR);
	if (r <= 0) {
		r = r < 0 ? -errno : -ETIMEDOUT;
		/* Not waited for: in the kernel it cannot be ended. */
		pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
		return r;
	}
	if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0)
		return -errno;
	return info.si_code == CLD_EXITED ? info.si_status : -EIO;
}

int gvm_modprobe(const char *program, const char *name, unsigned int timeout_ms)
{
	GVM_AUTOCLOSE int output = memfd_create("modprobe", MFD_CLOEXEC);
	char text[1024];
	off_t end;
	ssize_t n;
	pid_t pid;
	int r;

	if (output < 0)
		return -errno;
	r = start(program, name, output, &pid);
	if (r == 0)
		r = wait_end(pid, timeout_ms);
	if (r <= 0)
		return r;
	/* The end of it: the last line says why it gave up. */
	end = lseek(output, 0, SEEK_END);
	n = pread(output, text, sizeof(text) - 1,
		  end > (off_t)sizeof(text) ? end - (off_t)sizeof(text) + 1 : 0);
	text[n < 0 ? 0 : n] = '\0';
	return -gvm_modprobe_errno(text);
}

/** @brief Is this a module's name? @param name text @return true if so */
static bool valid(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return len && !name[len] && len < GVM_MODULE_SIZE && name[0] != '-';
}

int gvm_module_load(struct gvm_host *h, const char *name, unsigned int timeout_ms)
{
	char program[GVM_PATH_SIZE];

	if (!valid(name))
		return -EINVAL;
	if (!gvm_host_live(h))
		return -EROFS;
	if (gvm_module_loaded(h, name))
		return 0;
	/* The one the kernel itself would call (documented, Documentation/admin-guide/sysctl/kernel.rst). */
	if (gvm_host_read(h, "/proc/sys/kernel/modprobe", program, sizeof(program)) < 0 ||
	    program[0] != '/')
		gvm_str_copy(program, sizeof(program), DEFAULT_MODPROBE);
	return gvm_modprobe(program, name, timeout_ms);
}
