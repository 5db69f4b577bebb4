// SPDX-License-Identifier: GPL-2.0-or-later
/* The control sockets that command lines of other people's QEMUs name. */
#include "unit.h"

#include "foreign.h"

#define LINE(text) text, sizeof(text)

/** A command line as /proc has it, and the sockets in it, with commas between. */
struct line {
	const char *text;
	size_t len;
	const char *sockets;
};

/** @brief All ways to name one, and what is none. @param state unused */
static void lines(void **state)
{
	static const struct line cases[] = {
		{ LINE("qemu\0-qmp\0unix:/run/a.sock,server=on,wait=off"), "/run/a.sock" },
		{ LINE("qemu\0--qmp\0unix:/run/a.sock,server,nowait\0-S"), "/run/a.sock" },
		{ LINE("qemu\0-qmp-pretty\0unix:rel/a.sock,wait=off,server=yes"), "rel/a.sock" },
		{ LINE("qemu\0-qmp\0unix:/a,,b/c,,,server=on"), "/a,b/c," },
		{ LINE("qemu\0-qmp\0unix:/a,server=on\0-qmp\0unix:/b,server=on"), "/a,/b" },
		/* Proxmox VE: one that it serves, and one where it is the client. */
		{ LINE("kvm\0-chardev\0socket,id=qmp,path=/var/run/qemu-server/100.qmp,server=on,wait=off\0"
		       "-mon\0chardev=qmp,mode=control\0"
		       "-chardev\0socket,id=qmp-event,path=/var/run/qmeventd.sock,reconnect=5\0"
		       "-mon\0chardev=qmp-event,mode=control"),
		  "/var/run/qemu-server/100.qmp" },
		/* libvirt gives it open. */
		{ LINE("qemu\0-chardev\0socket,id=charmonitor,fd=26,server=on,wait=off\0"
		       "-mon\0chardev=charmonitor,id=monitor,mode=control"),
		  "" },
		{ LINE("qemu\0-mon\0m,mode=control\0-chardev\0socket,server=on,path=/x,id=m"),
		  "/x" },
		{ LINE("qemu\0-qmp\0chardev:m\0-chardev\0socket,id=m,path=/x,server"), "/x" },
		/* For people, not for programs; no server; no file; no socket; nothing. */
		{ LINE("qemu\0-mon\0chardev=m\0-chardev\0socket,id=m,path=/x,server=on"), "" },
		{ LINE("qemu\0-mon\0m,mode=readline\0-chardev\0socket,id=m,path=/x,server=on"),
		  "" },
		{ LINE("qemu\0-monitor\0unix:/x,server=on"), "" },
		{ LINE("qemu\0-qmp\0unix:/x"), "" },
		{ LINE("qemu\0-qmp\0unix:/x,server=off"), "" },
		{ LINE("qemu\0-qmp\0unix:/x,server=on,server=off"), "" },
		{ LINE("qemu\0-qmp\0unix:x,server=on,abstract=on"), "" },
		{ LINE("qemu\0-qmp\0unix:,server=on"), "" },
		{ LINE("qemu\0-qmp\0tcp:localhost:4444,server=on"), "" },
		{ LINE("qemu\0-qmp\0stdio"), "" },
		{ LINE("qemu\0-qmp"), "" },
		{ LINE("qemu\0-mon\0chardev=m,mode=control"), "" },
		{ LINE("qemu\0-mon\0chardev=m,mode=control\0-chardev\0pty,id=m,path=/x,server=on"),
		  "" },
		{ "qemu\0-qmp\0unix:/x,server=on", 26, "" }, /* cut off by the reader */
		{ LINE("\0\0\0"), "" },
		{ "", 0, "" },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < UT_COUNT(cases); i++) {
		/* An own copy of just that size, so that a sanitizer sees a step too far. */
		char *copy = malloc(cases[i].len + 1), found[600] = "";
		struct gvm_qemu_sockets s;

		memcpy(copy, cases[i].text, cases[i].len);
		copy = realloc(copy, cases[i].len ? cases[i].len : 1);
		gvm_qemu_parse_sockets(copy, cases[i].len, &s);
		for (j = 0; j < s.n; j++) {
			strcat(found, j ? "," : "");
			strcat(found, s.path[j]);
		}
		if (strcmp(found, cases[i].sockets) != 0)
			fail_msg("case %zu: \"%s\", not \"%s\"", i, found, cases[i].sockets);
		free(copy);
	}
}

/** @brief Paths that no socket can have are left out, and of many sockets some are kept. @param state unused */
static void bounds(void **state)
{
	struct gvm_qemu_sockets s;
	char line[4096] = "qemu";
	size_t len = 5, i;

	(void)state;
	for (i = 0; i < 2; i++) {
		/* The longest path has 107 characters. */
		len += 1 + (size_t)sprintf(line + len, "-qmp");
		len += 1 + (size_t)sprintf(line + len, "unix:%0*d,server=on", (int)(108 - i), 0);
	}
	gvm_qemu_parse_sockets(line, len, &s);
	assert_int_equal(s.n, 1);
	assert_int_equal(strlen(s.path[0]), 107);
	for (i = 0; i < 40; i++) {
		len += 1 + (size_t)sprintf(line + len, "-qmp");
		len += 1 + (size_t)sprintf(line + len, "unix:/%zu,server=on", i);
	}
	gvm_qemu_parse_sockets(line, len, &s);
	assert_int_equal(s.n, GVM_QEMU_MAX_SOCKETS);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
