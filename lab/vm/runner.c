// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs the command of the lab in L1: relays its output to two virtio ports and writes its exit
 * status to a file. Pipes stand between, because a port can be opened only once; and the relay
 * ends when the command itself ends, even if something it started still holds the pipes.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct relay {
	int from;
	int to;
};

/**
 * @brief Write a whole buffer.
 * @param fd where to
 * @param data the bytes, borrowed
 * @param length how many
 * @return 0, or -1
 * @sideeffect blocks while the outer host does not read
 * @failure errno of write(2)
 */
static int write_all(int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		length -= (size_t)n;
	}
	return 0;
}

/**
 * @brief Relay what one pipe holds at this moment.
 * @param relay the pipe (non-blocking) and the port
 * @return 0 while the pipe may give more later, -1 at its end
 * @sideeffect writes to the port
 * @failure the end of the pipe, or errno of read(2) other than EAGAIN
 */
static int relay_now(const struct relay *relay)
{
	char data[65536];
	ssize_t n;

	while ((n = read(relay->from, data, sizeof(data))) > 0)
		write_all(relay->to, data, (size_t)n);
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/**
 * @brief Start the command with its output in two pipes.
 * @param argv program and arguments, NULL at the end
 * @param relays gets the reading ends
 * @param mask the signal mask to give back to the command
 * @return its process id, or -1
 * @sideeffect forks
 * @failure errno of pipe2(2) or fork(2)
 */
static pid_t start(char **argv, struct relay relays[2], const sigset_t *mask)
{
	int out[2], err[2], nothing;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid == 0) {
		nothing = open("/dev/null", O_RDONLY);
		dup2(nothing, 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		setsid();
		sigprocmask(SIG_SETMASK, mask, NULL);
		execv(argv[0], argv);
		_exit(127);
	}
	close(out[1]);
	close(err[1]);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	relays[0].from = out[0];
	relays[1].from = err[0];
	return pid;
}

/**
 * @brief Relay until the command has ended.
 * @param pid the command
 * @param relays its two pipes
 * @param signals a signalfd that tells of SIGCHLD
 * @return its exit status as a shell gives it
 * @restriction a pipe that ended is no longer polled
 * @sideeffect reads the signalfd, reaps the command
 * @failure 125 when poll(2) fails
 */
static int relay_until_end(pid_t pid, struct relay relays[2], int signals)
{
	struct pollfd polls[3] = {
		{ .fd = relays[0].from, .events = POLLIN },
		{ .fd = relays[1].from, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	int status;

	for (;;) {
		if (poll(polls, 3, -1) < 0 && errno != EINTR)
			return 125;
		for (int i = 0; i < 2; i++) {
			if (polls[i].fd >= 0 && polls[i].revents && relay_now(&relays[i]))
				polls[i].fd = -1;
		}
		if (!(polls[2].revents & POLLIN) || read(signals, &info, sizeof(info)) < 0)
			continue;
		if (waitpid(pid, &status, WNOHANG) != pid)
			continue;
		/* What the command wrote before its end is in the pipes by now. */
		relay_now(&relays[0]);
		relay_now(&relays[1]);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
}

/**
 * @brief Write the status, whole, so that the outer host never reads half of it.
 * @param path the file
 * @param status the exit status
 * @return 0, or 1
 * @sideeffect creates the file
 * @failure errno of fopen(3) or fclose(3)
 */
static int write_status(const char *path, int status)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return 1;
	fprintf(file, "%d\n", status);
	return fclose(file) ? 1 : 0;
}

/**
 * @brief runner OUT-PORT ERR-PORT STATUS-FILE PROGRAM [ARGUMENT...]
 * @param argc number of arguments
 * @param argv the arguments
 * @return 0, or 1 when the command could not be run or its status not be told
 * @failure a port that cannot be opened, no process
 */
int main(int argc, char **argv)
{
	struct relay relays[2];
	sigset_t mask, old;
	int signals;
	pid_t pid;

	if (argc < 5)
		return 1;
	for (int i = 0; i < 2; i++) {
		relays[i].to = open(argv[1 + i], O_WRONLY | O_CLOEXEC);
		if (relays[i].to < 0) {
			fprintf(stderr, "runner: %s: %s\n", argv[1 + i], strerror(errno));
			return 1;
		}
	}
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, &old);
	signals = signalfd(-1, &mask, SFD_CLOEXEC);
	pid = start(argv + 4, relays, &old);
	if (pid < 0)
		return 1;
	return write_status(argv[3], relay_until_end(pid, relays, signals));
}
