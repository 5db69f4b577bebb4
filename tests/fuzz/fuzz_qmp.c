// SPDX-License-Identifier: GPL-2.0-or-later
/* What comes from a QMP socket, line by line. */
#include "fuzz.h"

#include <errno.h>

#include "qmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;

	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *stop = newline ? newline : end;
		struct json_object *body = NULL;
		enum gvm_qmp_kind kind = GVM_QMP_EVENT;
		int r = gvm_qmp_parse(p, (size_t)(stop - p), &kind, &body);

		FUZZ_PROMISE(r == 0 || (r == -EPROTO && !body));
		FUZZ_PROMISE(kind >= GVM_QMP_GREETING && kind <= GVM_QMP_EVENT);
		json_object_put(body);
		p = stop + 1;
	}
	return 0;
}
