// SPDX-License-Identifier: GPL-2.0-or-later
/* What a QEMU tells of itself, and what was kept of it. */
#include "fuzz.h"

#include "qemu_features.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stat st = { .st_dev = 5, .st_ino = 6, .st_size = 7 };
	struct gvm_qemu_features f = { .bits = 1U << 31 };
	const char *text = (const char *)data;

	if (gvm_qemu_features_parse(text, size, &f) == 0)
		FUZZ_PROMISE(!(f.bits & ~(unsigned int)GVM_QEMU_ALL) && fuzz_is_clean(f.version));
	else
		FUZZ_PROMISE(f.bits == 1U << 31);
	f.bits = 1U << 31;
	if (gvm_qemu_features_read(text, size, "/q", &st, &f) == 0)
		FUZZ_PROMISE(!(f.bits & ~(unsigned int)GVM_QEMU_ALL) && fuzz_is_clean(f.version));
	else
		FUZZ_PROMISE(f.bits == 1U << 31);
	return 0;
}
