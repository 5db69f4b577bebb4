// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of swtpm: documented, swtpm(8); observed, swtpm 0.7.1: without clients it ends at once. */
#include "tpm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "qemu.h"
#include "state.h"

int gvm_qemu_tpm_find(const char *vm, char path[GVM_PATH_SIZE], struct gvm_error *e)
{
	if (gvm_qemu_find_program("swtpm", path) == 0)
		return 0;
	gvm_error_set(e, "GVM_E_TPM", ENOENT, "VM %s: there is no swtpm for its TPM", vm);
	GVM_ERROR_FIELD(e, object, "%s", vm);
	return -ENOENT;
}

/** @brief In the child: be swtpm. @param path of it @param vm name @param dir its folder @param u user @param fd socket */
static void __attribute__((noreturn))
become_swtpm(const char *path, const char *vm, const char *dir, const struct gvm_qemu_user *u,
	     int fd)
{
	char state[GVM_PATH_SIZE], log[GVM_PATH_SIZE + 32];
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	snprintf(state, sizeof(state), "dir=" GVM_QEMU_STATE "/%s/" GVM_QEMU_TPM ",mode=0600", vm);
	snprintf(log, sizeof(log), "file=%s/swtpm.log", dir);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 ||
	    dup2(fd, 3) < 0 || chdir("/") < 0 || gvm_qemu_user_become(u) < 0)
		_exit(126);
	if (fd == 3)
		fcntl(3, F_SETFD, 0);
	close_range(4, ~0U, 0);
	execl(path, path, "socket", "--tpm2", "--tpmstate", state, "--ctrl",
	      "type=unixio,clientfd=3", "--log", log, "--terminate", "--flags", "startup-clear",
	      (char *)NULL);
	_exit(127);
}

int gvm_qemu_tpm_start(const char *path, const char *vm, const char *dir,
		       const struct gvm_qemu_user *u, struct gvm_error *e)
{
	int ends[2], err;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return gvm_error_set(e, "GVM_E_TPM", errno, "cannot make a socket");
	pid = fork();
	err = errno;
	if (pid == 0)
		become_swtpm(path, vm, dir, u, ends[0]);
	close(ends[0]);
	if (pid > 0)
		return ends[1];
	close(ends[1]);
	return gvm_error_set(e, "GVM_E_TPM", err, "cannot start swtpm: %s", gvm_errno_name(err));
}
