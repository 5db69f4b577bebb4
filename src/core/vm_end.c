// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cleanup.h"
#include "vm_run.h"

/* What QEMU may take to end once it must, and what the kernel may take to clean up after it. */
#define QUIT_TIMEOUT_MS 10000
#define KILL_TIMEOUT_MS 10000

/** A process whose end is waited for. */
struct ending {
	int pidfd;
	int signals; /* of signalfd(2): another signal means that waiting is over; or -1 */
};

/** @brief Take off the signals that came: several at once are one. @param signals of signalfd(2) */
static void take_signals(int signals)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) > 0)
		;
}

/**
 * @brief Wait for a process's end.
 * @param ending it @param timeout_ms milliseconds
 * @return 1 when it ended, 0 when not, or when a signal says not to wait, -errno
 */
static int wait_end(const struct ending *ending, unsigned int timeout_ms)
{
	struct pollfd p[2] = { { .fd = ending->pidfd, .events = POLLIN },
			       { .fd = ending->signals, .events = POLLIN } };
	int r;

	do
		r = poll(p, 2, (int)timeout_ms);
	while (r < 0 && errno == EINTR);
	if (r > 0 && !p[0].revents)
		take_signals(ending->signals);
	return r < 0 ? -errno : p[0].revents != 0;
}

/**
 * @brief A handle on this very process.
 * @param ctx context @param proc process @return descriptor, -ESRCH when it is gone, or -errno
 */
static int open_proc(struct gvm_ctx *ctx, const struct gvm_proc *proc)
{
	int fd = pidfd_open(proc->pid, 0);

	if (fd < 0)
		return -errno;
	/* The id may be another process's by now; with the handle held, this answer stays true. */
	if (gvm_proc_alive(ctx->host, proc))
		return fd;
	close(fd);
	return -ESRCH;
}

/**
 * @brief gvm_vm_end() with somebody who may lose patience.
 * @param ctx context @param hv hypervisor @param dir folder of the VM @param proc its process
 * @param timeout_s for the guest @param signals of signalfd(2), or -1: each insists more
 * @param end how it ended @param e detail @return 0 or -errno
 */
static int end_vm(struct gvm_ctx *ctx, const struct gvm_hypervisor *hv, const char *dir,
		  const struct gvm_proc *proc, unsigned int timeout_s, int signals,
		  enum gvm_vm_end *end, struct gvm_error *e)
{
	GVM_AUTOCLOSE int pidfd = open_proc(ctx, proc);
	struct ending ending = { pidfd, signals };
	int r;

	*end = GVM_VM_SHUT_DOWN;
	if (pidfd == -ESRCH)
		return 0;
	if (pidfd < 0)
		return gvm_error_set(e, "GVM_E_QEMU_FAILED", -pidfd, "cannot watch process %d: %s",
				     (int)proc->pid, gvm_errno_name(pidfd));
	/* A guest that cannot be asked is not waited for. */
	if (timeout_s && hv->shut_down(ctx, dir, NULL) == 0 &&
	    wait_end(&ending, timeout_s * 1000) == 1)
		return 0;
	*end = GVM_VM_QUIT;
	gvm_log(ctx, "the guest does not shut down: ending process %d", (int)proc->pid);
	if (hv->quit(ctx, dir, NULL) == 0 && wait_end(&ending, QUIT_TIMEOUT_MS) == 1)
		return 0;
	*end = GVM_VM_KILLED;
	gvm_log(ctx, "it does not end either: killing process %d", (int)proc->pid);
	if (pidfd_send_signal(pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH)
		return gvm_error_set(e, "GVM_E_QEMU_FAILED", errno, "cannot kill process %d: %s",
				     (int)proc->pid, gvm_errno_name(errno));
	/* More than this cannot be done. */
	ending.signals = -1;
	r = wait_end(&ending, KILL_TIMEOUT_MS);
	return r == 1 ? 0
		      : gvm_error_set(e, "GVM_E_QEMU_FAILED", ETIMEDOUT,
				      "process %d does not end, even killed", (int)proc->pid);
}

int gvm_vm_end(struct gvm_ctx *ctx, const struct gvm_hypervisor *hv, const char *dir,
	       const struct gvm_proc *proc, unsigned int timeout_s, enum gvm_vm_end *end,
	       struct gvm_error *e)
{
	return end_vm(ctx, hv, dir, proc, timeout_s, -1, end, e);
}

/** @brief The signals that end a VM. @param set result */
static void ending_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
}

int gvm_vm_block_signals(void)
{
	sigset_t set;

	ending_signals(&set);
	return sigprocmask(SIG_BLOCK, &set, NULL) < 0 ? -errno : 0;
}

int gvm_vm_supervise(struct gvm_ctx *ctx, struct gvm_vm_run *run, unsigned int timeout_s,
		     struct gvm_error *e)
{
	GVM_AUTOCLOSE int signals = -1;
	GVM_AUTOCLOSE int pidfd = -1;
	struct pollfd p[2];
	enum gvm_vm_end end;
	sigset_t set;

	ending_signals(&set);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	pidfd = open_proc(ctx, &run->record.proc);
	if (pidfd == -ESRCH)
		return 0;
	if (signals < 0 || pidfd < 0)
		return gvm_error_set(e, "GVM_E_QEMU_FAILED", errno, "cannot watch VM %s: %s",
				     run->record.name, gvm_errno_name(errno));
	p[0] = (struct pollfd){ .fd = pidfd, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = signals, .events = POLLIN };
	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;
	if (p[0].revents)
		return 0;
	take_signals(signals);
	return end_vm(ctx, run->hypervisor, run->start.dir, &run->record.proc, timeout_s, signals,
		      &end, e);
}
