// SPDX-License-Identifier: GPL-2.0-or-later
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "child.h"

/** @brief In the child: be the program. @param data argv @return -errno; it does not return when it could be started */
static int become(void *data)
{
	char *const *argv = data;
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2)
		return -EIO;
	execv(argv[0], argv);
	return -errno;
}

int gvm_program(char *const argv[], unsigned int timeout_ms)
{
	int r;

	if (access(argv[0], X_OK) < 0)
		return -errno;
	r = gvm_child(become, (void *)argv, timeout_ms, true);
	/* What a program ends with is no errno. */
	return r == 0 || r == -ETIMEDOUT ? r : -EIO;
}
