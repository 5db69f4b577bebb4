// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of CPUs. */
#include "fuzz.h"

#include "cpulist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	cpu_set_t set;
	int n;

	CPU_ZERO(&set);
	n = gvm_cpulist_parse(text, &set);
	FUZZ_PROMISE(n < 0 ? CPU_COUNT(&set) == 0 : n > 0 && n == CPU_COUNT(&set));
	free(text);
	return 0;
}
