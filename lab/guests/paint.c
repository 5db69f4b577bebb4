// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest's eye and hand: tells on standard output which display devices the guest's own kernel
 * has, and paints the pattern of pattern.h on every framebuffer as it comes. One line each:
 *
 *	guest: drm card0 driver=bochs-drm
 *	guest: painted fb0 1024x768 driver=mdpy-fb
 *	guest: gone fb0
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <linux/fb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pattern.h"

/**
 * @brief The driver of a class device, from sysfs.
 * @param class such as "drm"
 * @param name such as "card0"
 * @param driver filled in; "none" if there is no driver link
 * @param size of driver in bytes
 */
static void driver_of(const char *class, const char *name, char *driver, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/class/%s/%s/device/driver", class, name);
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = 0;
	snprintf(driver, size, "%s", n < 0 ? "none" : basename(target));
}

/**
 * @brief Take the text console off every framebuffer, so that its cursor does not paint over us.
 * @sideeffect writes 0 to the bind attribute of each virtual console driver on a framebuffer
 */
static void release_console(void)
{
	char name[64], path[PATH_MAX];
	glob_t found;
	int fd;

	if (glob("/sys/class/vtconsole/vtcon*", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		memset(name, 0, sizeof(name));
		snprintf(path, sizeof(path), "%s/name", found.gl_pathv[i]);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		if (read(fd, name, sizeof(name) - 1) < 0)
			name[0] = 0;
		close(fd);
		snprintf(path, sizeof(path), "%s/bind", found.gl_pathv[i]);
		fd = strstr(name, "frame buffer") ? open(path, O_WRONLY) : -1;
		if (fd < 0)
			continue;
		if (write(fd, "0", 1) != 1)
			printf("guest: %s: %s\n", path, strerror(errno));
		close(fd);
	}
	globfree(&found);
}

/**
 * @brief A colour in the format of a framebuffer.
 * @param var the framebuffer's mode
 * @param rgb 0xRRGGBB with every channel 0 or 255
 * @return the pixel
 * @restriction true colour, at most 32 bits per pixel
 */
static uint32_t to_pixel(const struct fb_var_screeninfo *var, uint32_t rgb)
{
	uint32_t pixel = 0;

	if (rgb & 0xff0000)
		pixel |= ((1u << var->red.length) - 1) << var->red.offset;
	if (rgb & 0x00ff00)
		pixel |= ((1u << var->green.length) - 1) << var->green.offset;
	if (rgb & 0x0000ff)
		pixel |= ((1u << var->blue.length) - 1) << var->blue.offset;
	return pixel;
}

/**
 * @brief Write the pattern to an open framebuffer, row by row.
 * @param fd the framebuffer
 * @param var its mode
 * @param stride bytes from one row to the next
 * @return 0, or -1
 * @sideeffect changes what is on the screen
 * @failure errno of pwrite(2); ENOMEM
 */
static int paint_rows(int fd, const struct fb_var_screeninfo *var, uint32_t stride)
{
	uint32_t bytes = var->bits_per_pixel / 8, pixel;
	size_t length = (size_t)var->xres * bytes;
	unsigned char *row = malloc(length);
	int ret = row ? 0 : -1;

	for (uint32_t y = 0; y < var->yres && ret == 0; y++) {
		for (uint32_t x = 0; x < var->xres; x++) {
			pixel = to_pixel(var, pattern_pixel(x, y, var->xres, var->yres));
			memcpy(row + (size_t)x * bytes, &pixel, bytes);
		}
		if (pwrite(fd, row, length, (off_t)y * stride) != (ssize_t)length)
			ret = -1;
	}
	free(row);
	return ret;
}

/**
 * @brief Paint one framebuffer and report it.
 * @param name such as "fb0"
 * @return 0, or -1 after a line that gives the reason
 * @sideeffect changes what is on the screen; prints a line
 * @failure errno of open(2), ioctl(2), pwrite(2)
 */
static int paint(const char *name)
{
	struct fb_var_screeninfo var;
	struct fb_fix_screeninfo fix;
	char path[PATH_MAX], driver[64];
	int fd, ret = -1;

	driver_of("graphics", name, driver, sizeof(driver));
	snprintf(path, sizeof(path), "/dev/%s", name);
	/*
	 * The kernel lets us in only when the framebuffer is fully registered: by then the text
	 * console has taken it over and cleared it, and can be sent away for good.
	 */
	fd = open(path, O_RDWR);
	if (fd >= 0)
		release_console();
	if (fd >= 0 && ioctl(fd, FBIOGET_VSCREENINFO, &var) == 0 &&
	    ioctl(fd, FBIOGET_FSCREENINFO, &fix) == 0)
		ret = paint_rows(fd, &var, fix.line_length);
	if (ret)
		printf("guest: cannot paint %s driver=%s: %s\n", name, driver, strerror(errno));
	else
		printf("guest: painted %s %ux%u driver=%s\n", name, var.xres, var.yres, driver);
	if (fd >= 0)
		close(fd);
	return ret;
}

/**
 * @brief Report one node of /dev or /dev/dri, if it is a display's.
 * @param name the node's name
 * @param gone whether it went
 * @sideeffect prints a line, may paint
 */
static void report(const char *name, int gone)
{
	char driver[64];
	int number, fb = sscanf(name, "fb%d", &number) == 1;

	if (!fb && sscanf(name, "card%d", &number) != 1)
		return;
	if (gone) {
		printf("guest: gone %s\n", name);
	} else if (fb) {
		paint(name);
	} else {
		driver_of("drm", name, driver, sizeof(driver));
		printf("guest: drm %s driver=%s\n", name, driver);
	}
}

/**
 * @brief Report the display nodes that are there already.
 * @param pattern of glob(3)
 * @sideeffect as report()
 */
static void report_present(const char *pattern)
{
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		report(basename(found.gl_pathv[i]), 0);
	globfree(&found);
}

/**
 * @brief Watch /dev and /dev/dri for display nodes, for ever.
 * @return 1 when watching is not possible
 * @restriction /dev is a devtmpfs
 * @sideeffect prints lines, paints
 */
int main(void)
{
	char buffer[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *event;
	int fd = inotify_init1(IN_CLOEXEC);
	ssize_t n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (fd < 0 || inotify_add_watch(fd, "/dev", IN_CREATE | IN_DELETE) < 0)
		return 1;
	inotify_add_watch(fd, "/dev/dri", IN_CREATE | IN_DELETE);
	report_present("/dev/dri/card*");
	report_present("/dev/fb*");
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		for (char *p = buffer; p < buffer + n; p += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)p;
			if (event->len == 0)
				continue;
			if (strcmp(event->name, "dri") == 0 && event->mask & IN_CREATE) {
				inotify_add_watch(fd, "/dev/dri", IN_CREATE | IN_DELETE);
				report_present("/dev/dri/card*");
				continue;
			}
			report(event->name, !!(event->mask & IN_DELETE));
		}
	}
	return 1;
}
