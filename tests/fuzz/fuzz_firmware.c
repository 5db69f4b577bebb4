// SPDX-License-Identifier: GPL-2.0-or-later
/* Descriptors of firmware, in JSON. */
#include "fuzz.h"

#include <errno.h>

#include "firmware.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gvm_qemu_firmware fw = { .code = "before" };
	int r = gvm_qemu_firmware_parse((const char *)data, size, "x86_64", "pc-q35", &fw);

	FUZZ_PROMISE(r == 1 || r == 0 || r == -EBADMSG);
	if (r == 1)
		FUZZ_PROMISE(fw.code[0] == '/' && fw.vars[0] == '/' && fw.code_format[0]);
	else
		FUZZ_PROMISE(strcmp(fw.code, "before") == 0);
	return 0;
}
