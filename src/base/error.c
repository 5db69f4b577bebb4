// SPDX-License-Identifier: GPL-2.0-or-later
#include "error.h"

#include <stdio.h>
#include <string.h>

#include "str.h"

int gvm_error_set(struct gvm_error *e, const char *code, int err, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -err;
	memset(e, 0, sizeof(*e));
	e->code = code;
	e->err = err;
	va_start(ap, fmt);
	vsnprintf(e->message, sizeof(e->message), fmt, ap);
	va_end(ap);
	gvm_str_printable(e->message);
	return -err;
}

void gvm_error_field(struct gvm_error *e, char *field, unsigned long size, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return;
	va_start(ap, fmt);
	vsnprintf(field, size, fmt, ap);
	va_end(ap);
	gvm_str_printable(field);
}

const char *gvm_errno_name(int err)
{
	const char *name = strerrorname_np(err < 0 ? -err : err);

	return name ? name : "errno";
}
