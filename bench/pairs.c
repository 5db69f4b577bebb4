// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run commands in turns and tell of each run its time and peak memory:
 *   bench-pairs ROUNDS -- COMMAND... -- COMMAND...
 * A line a run: which command, nanoseconds, those of the processor, KiB, exit status. Small and in C because a process's
 * peak memory also counts that of the one that started it.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COMMANDS 8

extern char **environ;

/** @brief The clock. @return nanoseconds */
static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/** @brief A time. @param t it @return nanoseconds */
static int64_t of_timeval(struct timeval t)
{
	return t.tv_sec * 1000000000LL + t.tv_usec * 1000LL;
}

/** @brief Run one command once and print what it took. @param index of the command @param argv it @param out stream @return 0 or -1 */
static int run(int index, char **argv, FILE *out)
{
	int64_t start = now();
	struct rusage usage;
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
		return -1;
	if (wait4(pid, &status, 0, &usage) != pid)
		return -1;
	fprintf(out, "%d %lld %lld %ld %d\n", index, (long long)(now() - start),
		(long long)(of_timeval(usage.ru_utime) + of_timeval(usage.ru_stime)),
		usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}

/** @brief Cut the arguments into commands. @param argv arguments, changed @param commands result @return how many */
static int split(char **argv, char **commands[MAX_COMMANDS])
{
	int n = 0;

	for (; *argv; argv++) {
		if (strcmp(*argv, "--") != 0)
			continue;
		*argv = NULL;
		if (n < MAX_COMMANDS && argv[1])
			commands[n++] = argv + 1;
	}
	return n;
}

/** @brief The program. @param argc number of arguments @param argv arguments @return exit status */
int main(int argc, char **argv)
{
	char **commands[MAX_COMMANDS];
	int rounds = argc > 1 ? atoi(argv[1]) : 0;
	int n = argc > 2 ? split(argv + 2, commands) : 0;
	FILE *out = fdopen(fcntl(1, F_DUPFD_CLOEXEC, 3), "w");
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int i, r = 0;

	if (rounds <= 0 || !n || !out || null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0) {
		fprintf(stderr, "usage: bench-pairs ROUNDS -- COMMAND... [-- COMMAND...]\n");
		return 2;
	}
	for (; rounds > 0 && r == 0; rounds--)
		for (i = 0; i < n && r == 0; i++)
			r = run(i, commands[i], out);
	return r == 0 && fclose(out) == 0 ? 0 : 1;
}
