// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of /proc/PID/stat; also as the command inside a good line, which must change nothing. */
#include "fuzz.h"

#include "process.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *line = NULL, state = 0;
	uint64_t start = 0;

	gvm_proc_parse_stat(text, &state, &start);
	if (asprintf(&line, "1 (%s) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20", text) <
	    0)
		abort();
	FUZZ_PROMISE(gvm_proc_parse_stat(line, &state, &start) == 0);
	FUZZ_PROMISE(state == 'S' && start == 4242);
	free(line);
	free(text);
	return 0;
}
