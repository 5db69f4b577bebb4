// SPDX-License-Identifier: GPL-2.0-or-later
/* What somebody who plays QEMU answers to "query-pci". */
#include <errno.h>

#include "fuzz.h"

#include "json.h"
#include "ports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct gvm_bar bars[GVM_MAX_BARS] = { { 1 << 26, true, false },
							   { 1 << 20, false, false },
							   { (uint64_t)1 << 40, true, true } };
	GVM_AUTOJSON struct json_object *o = NULL;
	struct json_object *answer;
	struct gvm_qemu_port port = { .id = "x" };
	uint64_t lacking = 0;
	bool prefetchable;
	int r;

	if (gvm_json_parse((const char *)data, size, &o) < 0 ||
	    !json_object_object_get_ex(o, "return", &answer))
		return 0;
	r = gvm_qemu_parse_port(answer, "port1", &port);
	FUZZ_PROMISE(r == 0 || r == -ENOENT || r == -EPROTO);
	FUZZ_PROMISE(strcmp(port.id, r == 0 ? "port1" : "x") == 0);
	if (r == 0 && !gvm_qemu_port_fits(&port, bars, &lacking, &prefetchable))
		FUZZ_PROMISE(lacking > 0);
	return 0;
}
