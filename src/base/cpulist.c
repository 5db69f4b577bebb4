// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpulist.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/** @brief Read a number and step over it. @param text position, moved @return number, -EINVAL, or -ERANGE */
static int take_cpu(const char **text)
{
	int cpu = 0;

	if (!isdigit((unsigned char)**text))
		return -EINVAL;
	for (; isdigit((unsigned char)**text); ++*text) {
		cpu = cpu * 10 + (**text - '0');
		if (cpu >= CPU_SETSIZE)
			return -ERANGE;
	}
	return cpu;
}

int gvm_cpulist_parse(const char *text, cpu_set_t *ret)
{
	cpu_set_t set;
	int first, last;

	CPU_ZERO(&set);
	do {
		first = last = take_cpu(&text);
		if (first >= 0 && *text == '-') {
			text++;
			last = take_cpu(&text);
		}
		if (first < 0 || last < 0)
			return first < 0 ? first : last;
		if (last < first)
			return -EINVAL;
		for (; first <= last; first++)
			CPU_SET((size_t)first, &set);
	} while (*text == ',' && text++);
	if (*text)
		return -EINVAL;
	*ret = set;
	return CPU_COUNT(&set);
}
