// SPDX-License-Identifier: GPL-2.0-or-later
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "uevent.h"

#define LONGEST_STEP_MS 100

int64_t gvm_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int gvm_wait_until(unsigned int timeout_ms, gvm_wait_fn fn, void *data)
{
	return gvm_wait_event(timeout_ms, -1, fn, data);
}

int gvm_wait_event(unsigned int timeout_ms, int events, gvm_wait_fn fn, void *data)
{
	/* A negative descriptor is none to poll(2). */
	struct pollfd p = { .fd = events, .events = POLLIN };
	int64_t end = gvm_clock_ms() + timeout_ms;
	int64_t step = 1;

	for (;;) {
		int64_t left;
		int r = fn(data);

		if (r)
			return r > 0 ? 0 : r;
		left = end - gvm_clock_ms();
		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(&p, 1, (int)(step < left ? step : left)) > 0)
			gvm_uevents_drain(events);
		step = step * 2 < LONGEST_STEP_MS ? step * 2 : LONGEST_STEP_MS;
	}
}
