// SPDX-License-Identifier: GPL-2.0-or-later
/* UUIDs. What is taken is brought into one normal form. */
#include "fuzz.h"

#include <strings.h>

#include "uuid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char a[GVM_UUID_SIZE], b[GVM_UUID_SIZE], *text = fuzz_text(data, size);

	if (gvm_uuid_parse(text, a) == 0) {
		FUZZ_PROMISE(strlen(a) == 36 && strcasecmp(a, text) == 0);
		FUZZ_PROMISE(strspn(a, "0123456789abcdef-") == 36);
		FUZZ_PROMISE(gvm_uuid_parse(a, b) == 0 && strcmp(a, b) == 0);
	}
	free(text);
	return 0;
}
