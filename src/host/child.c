// SPDX-License-Identifier: GPL-2.0-or-later
#include "child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"

/** @brief Wait for the child's end. @param pidfd it @param timeout_ms milliseconds @return 0 or -errno; ETIMEDOUT when it still runs */
static int wait_end(int pidfd, unsigned int timeout_ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int r;

	do
		r = poll(&p, 1, (int)timeout_ms);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r == 0 ? -ETIMEDOUT : 0;
}

int gvm_child(gvm_child_fn fn, void *data, unsigned int timeout_ms, bool end)
{
	GVM_AUTOCLOSE int pidfd = -1;
	siginfo_t info = { 0 };
	pid_t self = getpid(), pid = fork();
	int r;

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		/* It may stay for long: it must not keep our locks, nor a pipe's end, with it. */
		close_range(0, ~0U, 0);
		/* Without us it must not begin what somebody else undoes meanwhile; what the kernel
		 * has begun goes on. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != self)
			_exit(0);
		_exit(-fn(data) & 0xff);
	}
	pidfd = pidfd_open(pid, 0);
	if (pidfd < 0)
		return -errno;
	r = wait_end(pidfd, timeout_ms);
	if (r == -ETIMEDOUT && !end)
		return r;
	if (r < 0)
		pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
	if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0)
		return -errno;
	if (r < 0)
		return r;
	return info.si_code == CLD_EXITED ? -info.si_status : -EIO;
}
