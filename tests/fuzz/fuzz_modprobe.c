// SPDX-License-Identifier: GPL-2.0-or-later
/* What modprobe writes when it fails. */
#include "fuzz.h"

#include "module.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	int e = gvm_modprobe_errno(text);

	FUZZ_PROMISE(e > 0 && e <= 133);
	free(text);
	return 0;
}
