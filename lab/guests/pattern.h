/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The picture that the guest paints and that check-pattern expects: a pure function of x, y,
 * width and height. Every channel is 0 or 255, so that it survives XRGB8888 and RGB565 alike.
 *
 * - the four corners: top left white, top right black, bottom left magenta, bottom right cyan;
 * - else the four edges, one pixel wide: top red, bottom green, left blue, right yellow;
 * - else squares of 16 x 16 pixels whose colour (0 to 7: bit 2 red, bit 1 green, bit 0 blue) is
 *   ((x / 16) * 2654435761 + (y / 16) * 2246822519) modulo 2^32, shifted right by 29.
 *
 * A flip, a shift, a wrong stride, a cut edge or swapped channels all change it.
 */
#ifndef GVM_LAB_PATTERN_H
#define GVM_LAB_PATTERN_H

#include <stdint.h>

/**
 * @brief A colour from three bits.
 * @param bits bit 2 red, bit 1 green, bit 0 blue
 * @return 0xRRGGBB
 */
static inline uint32_t pattern_colour(unsigned int bits)
{
	return (bits & 4 ? 0xff0000u : 0) | (bits & 2 ? 0x00ff00u : 0) | (bits & 1 ? 0x0000ffu : 0);
}

/**
 * @brief The colour of one pixel.
 * @param x column, from 0 at the left
 * @param y row, from 0 at the top
 * @param width of the picture in pixels
 * @param height of the picture in pixels
 * @return 0xRRGGBB
 * @restriction x < width, y < height
 */
static inline uint32_t pattern_pixel(uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	int left = x == 0, right = x == width - 1, top = y == 0, bottom = y == height - 1;

	if (top)
		return pattern_colour(left ? 7 : right ? 0 : 4);
	if (bottom)
		return pattern_colour(left ? 5 : right ? 3 : 2);
	if (left)
		return pattern_colour(1);
	if (right)
		return pattern_colour(6);
	return pattern_colour((x / 16 * 2654435761u + y / 16 * 2246822519u) >> 29);
}

#endif
