// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of modules.alias against the modalias of a device; the input is both, a line each. */
#include "fuzz.h"

#include <errno.h>
#include <fnmatch.h>

#include "modalias.h"

/** @brief What fnmatch(3) says of a simple pattern. @param line "alias vfio_..." @param modalias of the device @return 0 when it matches */
static int other_opinion(const char *line, const char *modalias)
{
	char pattern[64] = "", *space, *c;
	int stars = 0;

	strncat(pattern, line + strlen("alias vfio_"), sizeof(pattern) - 1);
	space = strchr(pattern, ' ');
	/* fnmatch() takes long for many stars, and knows more than stars and question marks. */
	if (!space || strpbrk(pattern, "[\\"))
		return -1;
	*space = '\0';
	for (c = pattern; *c; c++)
		stars += *c == '*';
	return stars > 5 ? -1 : fnmatch(pattern, modalias, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *modalias = fuzz_text(data, size), module[GVM_MODULE_SIZE];
	char *line = strchr(modalias, '\n');
	int n;

	if (line) {
		*line++ = '\0';
		memset(module, 'x', sizeof(module));
		n = gvm_modalias_match(line, modalias, module, sizeof(module));
		FUZZ_PROMISE(n == -ENOENT || (n >= 0 && (size_t)n < size));
		FUZZ_PROMISE(memchr(module, '\0', sizeof(module)) && fuzz_is_clean(module));
		FUZZ_PROMISE((n >= 0) == (module[0] != '\0') && !strpbrk(module, "/. "));
		FUZZ_PROMISE(n < 0 || other_opinion(line, modalias) <= 0);
	}
	free(modalias);
	return 0;
}
