// SPDX-License-Identifier: GPL-2.0-or-later
/* Command lines of other people's QEMUs, from /proc/PID/cmdline. */
#include "fuzz.h"

#include "foreign.h"
#include "qemu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[GVM_NAME_SIZE], uuid[GVM_UUID_SIZE];
	struct gvm_qemu_sockets s;
	size_t i;

	memset(name, 'x', sizeof(name));
	memset(uuid, 'x', sizeof(uuid));
	gvm_qemu_parse_cmdline((const char *)data, size, name, uuid);
	FUZZ_PROMISE(memchr(name, '\0', sizeof(name)) && fuzz_is_clean(name));
	FUZZ_PROMISE(!uuid[0] || (!uuid[GVM_UUID_SIZE - 1] && strlen(uuid) == GVM_UUID_SIZE - 1));
	memset(&s, 'x', sizeof(s));
	gvm_qemu_parse_sockets((const char *)data, size, &s);
	FUZZ_PROMISE(s.n <= GVM_QEMU_MAX_SOCKETS);
	for (i = 0; i < s.n; i++)
		FUZZ_PROMISE(s.path[i][0] && memchr(s.path[i], '\0', sizeof(s.path[i])));
	return 0;
}
