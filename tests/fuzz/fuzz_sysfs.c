// SPDX-License-Identifier: GPL-2.0-or-later
/* Text of attributes: read as gvm reads it, cut, made printable, and taken as numbers and names. */
#include "fuzz.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"
#include "str.h"

/** @brief Check that a text is UTF-8 by looking at it once more. @param s text made printable */
static void check_printable(const char *s)
{
	char *again = strdup(s);

	FUZZ_PROMISE(again && fuzz_is_clean(s));
	gvm_str_printable(again);
	FUZZ_PROMISE(strcmp(again, s) == 0);
	free(again);
}

/** @brief Numbers: what is taken is what strtoull() reads. @param text text */
static void check_number(const char *text)
{
	static const int bases[] = { 0, 10, 16 };
	size_t i;

	for (i = 0; i < 3; i++) {
		uint64_t v = 1, bounded = 1;
		int r = gvm_parse_u64(text, bases[i], UINT64_MAX, &v);
		int small = gvm_parse_u64(text, bases[i], 255, &bounded);

		FUZZ_PROMISE(r == 0 || r == -EINVAL || r == -ERANGE);
		FUZZ_PROMISE(small != 0 || (r == 0 && v == bounded && v <= 255));
		if (r == 0) {
			int prefix = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

			FUZZ_PROMISE(strtoull(text, NULL,
					      bases[i] ? bases[i]
					      : prefix ? 16
						       : 10) == v);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gvm_host *host;
	static char path[40];
	static int fd = -1;
	char buf[64], *text = fuzz_text(data, size);
	unsigned long long n;
	int r;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		FUZZ_PROMISE(fd >= 0 && gvm_host_open(NULL, &host, NULL) == 0);
	}
	FUZZ_PROMISE(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	r = gvm_host_read(host, path, buf, sizeof(buf));
	FUZZ_PROMISE(r == 0 || !buf[0]);
	FUZZ_PROMISE(size < sizeof(buf) || r < 0);
	gvm_str_printable(buf);
	check_printable(buf);
	gvm_host_read_u64(host, path, 0, &n);
	check_number(text);
	if (gvm_name_valid(text))
		FUZZ_PROMISE(strlen(text) <= 63 && !strpbrk(text, "/\n ") && text[0] != '.');
	gvm_str_chomp(text);
	FUZZ_PROMISE(!*text || !strchr(" \t\r\n", text[strlen(text) - 1]));
	gvm_str_printable(text);
	check_printable(text);
	free(text);
	return 0;
}
