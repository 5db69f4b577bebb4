// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long does a program take until it has started QEMU?
 *
 *   bench-stamp ROUNDS FORGET -- PROGRAM ARGUMENT...
 *
 * runs PROGRAM so many times with GVM_QEMU=bench-stamp and prints for each round the nanoseconds until
 * that started. FORGET is removed before each round ("-": nothing). As QEMU it stamps its start and
 * ends; asked what it can do (-machine none) it is the real QEMU of GVM_BENCH_QEMU.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/** @brief The monotonic clock. @return nanoseconds */
static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/** @brief Tell what is wrong, and end. @param text what */
static void __attribute__((noreturn)) die(const char *text)
{
	perror(text);
	exit(1);
}

/** @brief In the place of QEMU. @param argv its command line @return exit status */
static int be_qemu(char **argv)
{
	int64_t stamp = now();
	const char *file = getenv("GVM_BENCH_STAMP"), *qemu = getenv("GVM_BENCH_QEMU");
	int fd, i;

	for (i = 1; argv[i] && argv[i + 1]; i++)
		if (qemu && strcmp(argv[i], "-machine") == 0 && strcmp(argv[i + 1], "none") == 0)
			execv(qemu, argv);
	fd = open(file, O_WRONLY);
	if (fd < 0 || write(fd, &stamp, sizeof(stamp)) != sizeof(stamp))
		die(file);
	return 1;
}

/** @brief One round. @param argv program @param forget to be removed before, or "-" @param file of the stamp @return nanoseconds */
static int64_t once(char **argv, const char *forget, const char *file)
{
	int64_t begin, stamp = 0;
	int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0666);
	pid_t pid;

	if (fd < 0)
		die(file);
	if (strcmp(forget, "-") != 0) {
		pid = fork();
		if (pid == 0)
			execlp("rm", "rm", "-rf", forget, (char *)NULL);
		if (pid < 0 || waitpid(pid, NULL, 0) < 0)
			die("rm");
	}
	begin = now();
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, NULL, 0) < 0)
		die(argv[0]);
	if (read(fd, &stamp, sizeof(stamp)) != sizeof(stamp)) {
		fprintf(stderr, "%s did not start QEMU\n", argv[0]);
		exit(1);
	}
	close(fd);
	return stamp - begin;
}

/** @brief See above. @param argc number of arguments @param argv arguments @return exit status */
int main(int argc, char **argv)
{
	char file[64], self[4096];
	ssize_t n;
	int rounds;

	if (getenv("GVM_BENCH_STAMP"))
		return be_qemu(argv);
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (argc < 5 || strcmp(argv[3], "--") != 0 || n < 0) {
		fprintf(stderr, "usage: bench-stamp ROUNDS FORGET -- PROGRAM ARGUMENT...\n");
		return 2;
	}
	self[n] = '\0';
	snprintf(file, sizeof(file), "/tmp/gvm-bench-stamp-%d", (int)getpid());
	setenv("GVM_QEMU", self, 1);
	setenv("GVM_BENCH_STAMP", file, 1);
	for (rounds = atoi(argv[1]); rounds > 0; rounds--)
		printf("%lld\n", (long long)once(argv + 4, argv[2], file));
	unlink(file);
	return 0;
}
