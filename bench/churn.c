// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes and removes mediated vGPUs in one process, by libgvm and by raw writes in turns:
 *
 *   churn PAIRS            prints the medians of both in microseconds, and their ratio
 *   churn PAIRS gvm|raw    only that, for counting its system calls
 *   churn N wait           waits for a driver to come, makes N vGPUs by raw writes, and removes them
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "change.h"
#include "registry.h"

#define GPU "mdpy"
#define TYPE "mdpy-vga"
#define UUID "0b5d3c7e-94a0-4a55-9d6a-6c2f5f2e7a01"

/** @brief The time. @return nanoseconds */
static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/** @brief Write a text to an attribute, as "echo" does. @param path attribute @param text value @return 0 or -errno */
static int raw_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		r = -errno;
	close(fd);
	return r;
}

/** @brief A pair by raw writes. @return 0 or -errno */
static int raw_pair(void)
{
	int r = raw_write("/sys/class/mdev_bus/" GPU "/mdev_supported_types/" TYPE "/create", UUID);

	return r < 0 ? r : raw_write("/sys/bus/mdev/devices/" UUID "/remove", "1");
}

/** @brief A pair by libgvm. @param ctx context @return 0 or -errno */
static int gvm_pair(struct gvm_ctx *ctx)
{
	const struct gvm_vgpu_request request = { TYPE, GPU, "bench", UUID };
	struct gvm_vgpu_record made;
	struct gvm_error e = { 0 };
	int r = gvm_vgpu_create(ctx, &request, NULL, &made, &e);

	if (r == 0)
		r = gvm_vgpu_destroy(ctx, made.name, false, &e);
	if (r < 0)
		fprintf(stderr, "churn: %s\n", e.message);
	return r;
}

/** @brief Order of times. @param a @param b times @return as strcmp() */
static int order(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return x < y ? -1 : x > y;
}

#define FILL "/sys/class/mdev_bus/mbochs/mdev_supported_types/mbochs-small/create"

/** @brief Wait until the driver is there, as "gvm gpu restore --wait" does. @return 0 or -errno */
static int wait_for_driver(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	char text[4096];

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	while (access(FILL, F_OK) < 0)
		if (recv(fd, text, sizeof(text), 0) < 0 && errno != ENOBUFS)
			break;
	close(fd);
	return 0;
}

/** @brief Make many by raw writes once they can be made, and remove them. @param n how many @return 0 or -errno */
static int fill(size_t n)
{
	char uuid[40], path[100];
	int r = wait_for_driver();
	size_t i;

	for (i = 0; i < n && r == 0; i++) {
		snprintf(uuid, sizeof(uuid), "0b5d3c7e-94a0-4a55-9d6a-%012zx", i);
		r = raw_write(FILL, uuid);
	}
	while (i-- > 0) {
		snprintf(path, sizeof(path), "/sys/bus/mdev/devices/0b5d3c7e-94a0-4a55-9d6a-%012zx/remove",
			 i);
		raw_write(path, "1");
	}
	return r;
}

/** @brief Measure. @param ctx context @param pairs how many @param only "gvm", "raw" or "" @return 0 or -errno */
static int measure(struct gvm_ctx *ctx, size_t pairs, const char *only)
{
	long long *raw = calloc(pairs, sizeof(*raw)), *gvm = calloc(pairs, sizeof(*gvm)), start;
	int r = raw && gvm ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; i < pairs && r == 0; i++) {
		start = now();
		if (strcmp(only, "gvm") != 0)
			r = raw_pair();
		raw[i] = now() - start;
		start = now();
		if (r == 0 && strcmp(only, "raw") != 0)
			r = gvm_pair(ctx);
		gvm[i] = now() - start;
	}
	if (r == 0 && !*only) {
		qsort(raw, pairs, sizeof(*raw), order);
		qsort(gvm, pairs, sizeof(*gvm), order);
		printf("raw %lld gvm %lld ratio %.3f\n", raw[pairs / 2] / 1000,
		       gvm[pairs / 2] / 1000, (double)gvm[pairs / 2] / (double)raw[pairs / 2]);
	}
	free(raw);
	free(gvm);
	return r;
}

/** @brief The program. @param argc number of arguments @param argv see above @return exit status */
int main(int argc, char **argv)
{
	size_t pairs = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	struct gvm_error e = { 0 };
	struct gvm_ctx *ctx;
	int r;

	if (!pairs || pairs > 100000) {
		fprintf(stderr, "usage: churn PAIRS [gvm|raw|wait]\n");
		return 2;
	}
	if (argc > 2 && strcmp(argv[2], "wait") == 0)
		return fill(pairs) < 0;
	r = gvm_open(NULL, GVM_OPEN_CHANGE, &ctx, &e);
	if (r == 0) {
		r = measure(ctx, pairs, argc > 2 ? argv[2] : "");
		gvm_close(ctx);
	}
	if (r < 0)
		fprintf(stderr, "churn: %s %s\n", strerror(-r), e.message);
	return r < 0;
}
