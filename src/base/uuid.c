// SPDX-License-Identifier: GPL-2.0-or-later
#include "uuid.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <uuid/uuid.h>

int gvm_uuid_parse(const char *text, char ret[GVM_UUID_SIZE])
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	char normal[GVM_UUID_SIZE];
	size_t i;

	/* Not uuid_parse(3), nor isxdigit(3): they took a tenth of the time of a listing. */
	for (i = 0; i < GVM_UUID_SIZE; i++) {
		bool digit = form[i] == 'x';
		char c = text[i];

		if (digit && c >= 'A' && c <= 'F')
			c += 'a' - 'A';
		if (digit ? (c < '0' || c > '9') && (c < 'a' || c > 'f') : c != form[i])
			return -EINVAL;
		normal[i] = c;
	}
	memcpy(ret, normal, sizeof(normal));
	return 0;
}

void gvm_uuid_random(char ret[GVM_UUID_SIZE])
{
	uuid_t uuid;

	uuid_generate_random(uuid);
	uuid_unparse_lower(uuid, ret);
}

void gvm_uuid_of_name(const char *machine, const char *name, char ret[GVM_UUID_SIZE])
{
	/* The name space of GVM: a random UUID, fixed for ever. */
	static const uuid_t space = { 0x3d, 0x0b, 0x52, 0x63, 0x8e, 0x0c, 0x4f, 0x57,
				      0x9a, 0x61, 0x5e, 0x4c, 0x0f, 0x27, 0xd8, 0x13 };
	uuid_t of_machine, uuid;

	uuid_generate_sha1(of_machine, space, machine, strlen(machine));
	uuid_generate_sha1(uuid, of_machine, name, strlen(name));
	uuid_unparse_lower(uuid, ret);
}
