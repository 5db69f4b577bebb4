// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of /dev/kmsg. */
#include "fuzz.h"

#include "kmsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	const char *message = gvm_kmsg_parse(text);

	if (message) {
		FUZZ_PROMISE(message > text && message + strlen(message) <= text + size);
		FUZZ_PROMISE(fuzz_is_clean(message));
	}
	free(text);
	return 0;
}
