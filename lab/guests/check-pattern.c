// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * check-pattern FILE WIDTH HEIGHT: is this PNG or binary PPM (P6) what the guest painted?
 * Exit status 0: yes; 1: no, the first wrong pixel is printed; 2: wrong usage, unreadable file.
 */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"

struct picture {
	uint32_t width;
	uint32_t height;
	unsigned char *rgb;
};

/**
 * @brief Read a PNG of any kind as 8-bit RGB.
 * @param path the file
 * @param picture filled in; its rgb is the caller's to free
 * @return 0, or -1 after a message
 * @failure libpng's own words: no such file, no PNG, damaged
 */
static int read_png(const char *path, struct picture *picture)
{
	png_image image = { .version = PNG_IMAGE_VERSION };

	if (!png_image_begin_read_from_file(&image, path))
		goto fail;
	image.format = PNG_FORMAT_RGB;
	picture->width = image.width;
	picture->height = image.height;
	picture->rgb = malloc(PNG_IMAGE_SIZE(image));
	if (picture->rgb && png_image_finish_read(&image, NULL, picture->rgb, 0, NULL))
		return 0;
fail:
	fprintf(stderr, "%s: %s\n", path, *image.message ? image.message : "no memory");
	png_image_free(&image);
	return -1;
}

/**
 * @brief Read a binary PPM with 8 bits per channel, as QEMU's screendump writes it.
 * @param path the file
 * @param picture filled in; its rgb is the caller's to free
 * @return 0, or -1 after a message
 * @restriction no comments in the header, at most 16384 x 16384
 * @failure no such file, another format, a file that is too short
 */
static int read_ppm(const char *path, struct picture *picture)
{
	FILE *file = fopen(path, "rb");
	size_t size;
	int ret = -1;

	if (!file) {
		perror(path);
		return -1;
	}
	if (fscanf(file, "P6 %5u %5u 255", &picture->width, &picture->height) != 2 ||
	    picture->width > 16384 || picture->height > 16384 || fgetc(file) == EOF)
		goto out;
	size = (size_t)picture->width * picture->height * 3;
	picture->rgb = malloc(size);
	if (picture->rgb && fread(picture->rgb, 1, size, file) == size)
		ret = 0;
out:
	if (ret)
		fprintf(stderr, "%s: not a whole binary PPM\n", path);
	fclose(file);
	return ret;
}

/**
 * @brief Compare a picture with the pattern and tell the first difference.
 * @param path its name for the message
 * @param picture the picture
 * @param width expected width in pixels
 * @param height expected height in pixels
 * @return 0 if they are the same, else 1
 * @sideeffect prints one line
 */
static int compare(const char *path, const struct picture *picture, uint32_t width, uint32_t height)
{
	const unsigned char *p = picture->rgb;

	if (picture->width != width || picture->height != height) {
		printf("%s: is %ux%u, not %ux%u\n", path, picture->width, picture->height, width, height);
		return 1;
	}
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++, p += 3) {
			uint32_t want = pattern_pixel(x, y, width, height);
			uint32_t have = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];

			if (have == want)
				continue;
			printf("%s: pixel %u,%u is %06x, not %06x\n", path, x, y, have, want);
			return 1;
		}
	}
	printf("%s: the pattern, %ux%u\n", path, width, height);
	return 0;
}

/**
 * @brief Is the file a PNG by its first bytes?
 * @param path the file
 * @return 1 or 0
 */
static int is_png(const char *path)
{
	unsigned char start[8] = { 0 };
	FILE *file = fopen(path, "rb");
	size_t n = 0;

	if (file) {
		n = fread(start, 1, sizeof(start), file);
		fclose(file);
	}
	return n == sizeof(start) && png_sig_cmp(start, 0, sizeof(start)) == 0;
}

/**
 * @brief check-pattern FILE WIDTH HEIGHT
 * @param argc number of arguments
 * @param argv the arguments
 * @return 0 the pattern, 1 something else, 2 wrong usage or an unreadable file
 */
int main(int argc, char **argv)
{
	struct picture picture = { 0 };
	uint32_t width, height;
	int ret;

	if (argc != 4 || sscanf(argv[2], "%5u", &width) != 1 ||
	    sscanf(argv[3], "%5u", &height) != 1) {
		fprintf(stderr, "usage: check-pattern FILE WIDTH HEIGHT\n");
		return 2;
	}
	ret = is_png(argv[1]) ? read_png(argv[1], &picture) : read_ppm(argv[1], &picture);
	ret = ret ? 2 : compare(argv[1], &picture, width, height);
	free(picture.rgb);
	return ret;
}
