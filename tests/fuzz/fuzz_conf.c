// SPDX-License-Identifier: GPL-2.0-or-later
/* The settings of the host, in YAML. */
#include "fuzz.h"

#include <errno.h>

#include "conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gvm_conf c = { .qemu_user = "before" };
	struct gvm_error e = { 0 };
	int r = gvm_conf_parse((const char *)data, size, "/c", &c, &e);

	if (r < 0) {
		FUZZ_PROMISE(e.code && e.err == -r && strcmp(c.qemu_user, "before") == 0);
		FUZZ_PROMISE(e.message[0] && fuzz_is_clean(e.message) && fuzz_is_clean(e.hint));
	} else {
		FUZZ_PROMISE(!e.code && (!c.qemu_path[0] || c.qemu_path[0] == '/'));
	}
	return 0;
}
