// SPDX-License-Identifier: GPL-2.0-or-later
#include "str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int gvm_str_copy(char *dst, size_t size, const char *src)
{
	size_t len = strlen(src);

	if (len >= size) {
		dst[0] = '\0';
		return -ENAMETOOLONG;
	}
	memcpy(dst, src, len + 1);
	return 0;
}

int gvm_str_format(char *dst, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(dst, size, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= size) {
		dst[0] = '\0';
		return -ENAMETOOLONG;
	}
	return 0;
}

/** @brief The value of one digit. @param c character @return 0 to 15, or 99 when it is no digit */
static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

int gvm_parse_u64(const char *text, int base, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;
	bool prefix = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

	if (prefix && base != 10)
		text += 2;
	if (base == 0)
		base = prefix ? 16 : 10;
	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		unsigned int d = digit_value(*text);

		if (d >= (unsigned int)base)
			return -EINVAL;
		if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)d, &value))
			return -ERANGE;
	}
	if (value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

void gvm_str_chomp(char *s)
{
	size_t len = strlen(s);

	while (len && (s[len - 1] == '\n' || s[len - 1] == '\r' || s[len - 1] == ' ' ||
		       s[len - 1] == '\t'))
		s[--len] = '\0';
}

/** @brief Length of the UTF-8 sequence at @p s. @param s text @return 1 to 4, or 0 when it is broken */
static size_t utf8_length(const unsigned char *s)
{
	size_t len, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		len = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		len = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		len = 4;
	else
		return 0;
	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, past U+10FFFF; and C1 controls (0xc2 0x80-0x9f). */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f) ||
	    (s[0] == 0xc2 && s[1] < 0xa0))
		return 0;
	return len;
}

void gvm_str_printable(char *s)
{
	while (*s) {
		size_t len = utf8_length((unsigned char *)s);

		if (len == 0 || (len == 1 && ((unsigned char)*s < 0x20 || *s == 0x7f))) {
			*s++ = '?';
			continue;
		}
		s += len;
	}
}

bool gvm_name_valid(const char *name)
{
	size_t i;

	/* Not strspn(3): it took a twentieth of the time of a listing. */
	for (i = 0; name[i]; i++) {
		bool word = (name[i] >= 'a' && name[i] <= 'z') ||
			    (name[i] >= '0' && name[i] <= '9');

		if (i == 63 || (!word && (i == 0 || !strchr("._-", name[i]))))
			return false;
	}
	return i > 0;
}

bool gvm_str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

const char *gvm_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void gvm_strv_free(char **v)
{
	size_t i;

	for (i = 0; v && v[i]; i++)
		free(v[i]);
	free(v);
}
