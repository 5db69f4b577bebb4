/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file fuzz.h
 * @brief What all fuzz targets share. A target aborts when a promise of its parser is broken.
 */
#ifndef GVM_TEST_FUZZ_H
#define GVM_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** @brief One input. @param data bytes @param size their count @return 0 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** @brief A copy of an input as text, of just that size, to be freed. @param data bytes @param size their count @return text */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/** Check a promise. */
#define FUZZ_PROMISE(condition)                                                                    \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/** @brief Is it safe to show: no control bytes? @param s text @return 1 or 0 */
static inline int fuzz_is_clean(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return 0;
	return 1;
}

#endif
