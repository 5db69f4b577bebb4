// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include "qemu.h"
#include "setup.h"
#include "str.h"

#define PROGRAM "qemu"
#if defined(__x86_64__)
#define MACHINE "q35"
#else
#define MACHINE "virt"
#endif

/* A QEMU that can nothing beyond what every one can; a test may give it more. */
static struct gvm_qemu_setup with;

/* A port, and one that is empty. */
#define PORT(n, chassis, function)                                                                 \
	"-device\npcie-root-port,id=port" #n ",chassis=" chassis ",addr=17." function              \
	",multifunction=on"
#define USED "\n"
#define SPARE ",pref64-reserve=64M\n"

/** @brief Arguments as one text, one a line. @param argv ended by NULL @return new text */
static char *joined(char **argv)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	for (; *argv; argv++)
		fprintf(f, "%s\n", *argv);
	fclose(f);
	return text;
}

/** @brief Build a command line and compare it. @param s VM @param golden expected, one argument a line */
static void compare(const struct gvm_vm_start *s, const char *golden)
{
	char **argv = NULL, *text;

	assert_int_equal(gvm_qemu_command(s, &with, &argv, NULL), 0);
	text = joined(argv);
	assert_string_equal(text, golden);
	free(text);
	gvm_strv_free(argv);
}

/** @brief Each test begins with a plain QEMU. @param state unused @return 0 */
static int setup(void **state)
{
	(void)state;
	with = (struct gvm_qemu_setup){ .name = PROGRAM, .node = -1 };
	return 0;
}

/** @brief The whole line of a VM with everything. @param state unused */
static void golden(void **state)
{
	char kernel[] = "/k", initrd[] = "/i", append[] = "console=ttyS0 a,b";
	char d1[] = "/d1.qcow2", d2[] = "/d2.img", arg1[] = "-global", arg2[] = "x.y=z,w";
	char name[] = "demo", *args[] = { arg1, arg2 };
	struct gvm_vm_boot boot = { kernel, initrd, append };
	struct gvm_vm_disk disks[] = { { d1, GVM_DISK_QCOW2 }, { d2, GVM_DISK_RAW } };
	struct gvm_vm_net net[] = { { 0 }, { 0 } };
	struct gvm_vm_file file = { .name = name,
				    .cpus = 2,
				    .memory_mib = 1024,
				    .boot = &boot,
				    .disks = disks,
				    .disks_count = 2,
				    .network = net,
				    .network_count = 2,
				    .qemu_args = args,
				    .qemu_args_count = 2 };
	struct gvm_attach_spec specs[] = {
		{ .path = "/sys/bus/mdev/devices/" UT_UUID_1, .display = GVM_DISPLAY_REGION },
		{ .path = "/sys/bus/mdev/devices/" UT_UUID_2, .display = GVM_DISPLAY_DMABUF },
		{ .path = "/sys/bus/mdev/devices/" UT_UUID_3 },
	};
	struct gvm_vm_start s = { .file = &file,
				  .uuid = UT_UUID_4,
				  .dir = "/run/gvm/vm/demo",
				  .accelerator = "kvm",
				  .specs = specs,
				  .n_specs = 3 };

	(void)state;
	compare(&s, PROGRAM
		"\n-name\ndemo\n-uuid\n" UT_UUID_4 "\n-nodefaults\n-no-user-config\n"
		"-machine\n" MACHINE
		"\n-accel\nkvm\n-cpu\nhost\n-smp\n2\n-m\n1024\n-display\nnone\n"
		"-qmp\nunix:/run/gvm/vm/demo/qmp.sock,server=on,wait=off\n"
		"-qmp\nunix:/run/gvm/vm/demo/plug.sock,server=on,wait=off\n"
		"-chardev\nsocket,id=console,path=/run/gvm/vm/demo/console.sock,server=on,wait=off\n"
		"-serial\nchardev:console\n"
		"-kernel\n/k\n-initrd\n/i\n-append\nconsole=ttyS0 a,b\n"
		"-blockdev\ndriver=qcow2,node-name=disk0,file.driver=file,file.filename=/d1.qcow2\n"
		"-device\nvirtio-blk-pci,drive=disk0\n"
		"-blockdev\ndriver=raw,node-name=disk1,file.driver=file,file.filename=/d2.img\n"
		"-device\nvirtio-blk-pci,drive=disk1\n"
		"-netdev\nuser,id=net0\n-device\nvirtio-net-pci,netdev=net0\n"
		"-netdev\nuser,id=net1\n-device\nvirtio-net-pci,netdev=net1\n" PORT(0, "1", "0")
			USED PORT(1, "2", "1") USED PORT(2, "3", "2") USED PORT(3, "4", "3")
				SPARE PORT(4, "5", "4") SPARE PORT(5, "6", "5")
					SPARE PORT(6, "7", "6") SPARE
		"-device\nvfio-pci,id=vgpu0,bus=port0,sysfsdev=/sys/bus/mdev/devices/" UT_UUID_1
		",display=on\n"
		"-device\nvfio-pci,id=vgpu1,bus=port1,sysfsdev=/sys/bus/mdev/devices/" UT_UUID_2
		",display=off\n"
		"-device\nvfio-pci,id=vgpu2,bus=port2,sysfsdev=/sys/bus/mdev/devices/" UT_UUID_3
		",display=off\n"
		"-global\nx.y=z,w\n");
}

/** @brief A comma in a value is written twice, and no value becomes an option or a format. @param state unused */
static void escaping(void **state)
{
	char name[] = "demo", disk[] = "/a,b,readonly=on,%s%n.img";
	struct gvm_vm_disk disks[] = { { disk, GVM_DISK_RAW } };
	struct gvm_vm_file file = {
		.name = name, .cpus = 1, .memory_mib = 512, .disks = disks, .disks_count = 1
	};
	struct gvm_attach_spec spec = { .path = "{demo-0},x=%s" };
	struct gvm_vm_start s = { .file = &file,
				  .uuid = UT_UUID_4,
				  .dir = "/run/a,b",
				  .accelerator = "tcg",
				  .specs = &spec,
				  .n_specs = 1 };

	(void)state;
	with.name = "/opt/my,qemu";
	compare(&s,
		"/opt/my,qemu\n-name\ndemo\n-uuid\n" UT_UUID_4 "\n-nodefaults\n-no-user-config\n"
		"-machine\n" MACHINE "\n-accel\ntcg\n-cpu\nmax\n-smp\n1\n-m\n512\n-display\nnone\n"
		"-qmp\nunix:/run/a,,b/qmp.sock,server=on,wait=off\n"
		"-qmp\nunix:/run/a,,b/plug.sock,server=on,wait=off\n"
		"-chardev\nsocket,id=console,path=/run/a,,b/console.sock,server=on,wait=off\n"
		"-serial\nchardev:console\n"
		"-blockdev\ndriver=raw,node-name=disk0,file.driver=file,"
		"file.filename=/a,,b,,readonly=on,,%s%n.img\n"
		"-device\nvirtio-blk-pci,drive=disk0\n" PORT(0, "1", "0") USED PORT(1, "2", "1")
			SPARE PORT(2, "3", "2") SPARE PORT(3, "4", "3") SPARE PORT(4, "5", "4")
				SPARE
		"-device\nvfio-pci,id=vgpu0,bus=port0,sysfsdev={demo-0},,x=%s,display=off\n");
}

/** @brief The filter has just the words that this QEMU knows, and goes when the file says so. @param state unused */
static void sandbox(void **state)
{
	static const struct {
		unsigned int bits;
		const char *words; /* NULL: no option at all */
	} cases[] = {
		{ 0, NULL },
		{ GVM_QEMU_SANDBOX, "on" },
		{ GVM_QEMU_SANDBOX | GVM_QEMU_SANDBOX_SPAWN, "on,spawn=deny" },
		{ GVM_QEMU_ALL,
		  "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny" },
		{ GVM_QEMU_SANDBOX_SPAWN, NULL },
	};
	char name[] = "demo";
	struct gvm_vm_file file = { .name = name };
	struct gvm_vm_start s = { .file = &file, .dir = "/d", .accelerator = "tcg" };
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(cases) * 2; i++) {
		const char *words = cases[i / 2].words;
		char **argv = NULL, *text, wanted[120];

		with.features.bits = cases[i / 2].bits;
		file.sandbox = i % 2 ? GVM_SANDBOX_OFF : GVM_SANDBOX_ON;
		assert_int_equal(gvm_qemu_command(&s, &with, &argv, NULL), 0);
		text = joined(argv);
		snprintf(wanted, sizeof(wanted), "\n-sandbox\n%s\n", words ? words : "");
		if (words && i % 2 == 0)
			ut_assert_holds(text, wanted);
		else
			assert_null(strstr(text, "-sandbox"));
		free(text);
		gvm_strv_free(argv);
	}
}

/** @brief More arguments than there may be are an error, and nothing leaks. @param state unused */
static void too_many(void **state)
{
	char name[] = "demo", arg[] = "-x", *args[600];
	struct gvm_vm_file file = { .name = name, .qemu_args = args, .qemu_args_count = 600 };
	struct gvm_vm_start s = {
		.file = &file, .uuid = UT_UUID_4, .dir = "/d", .accelerator = "tcg"
	};
	struct gvm_error e = { 0 };
	char **argv = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(args); i++)
		args[i] = arg;
	assert_int_equal(gvm_qemu_command(&s, &with, &argv, &e), -E2BIG);
	assert_non_null(e.code);
	assert_null(argv);
}

/** One foreign command line, as /proc has it. */
struct foreign {
	const char *line;
	size_t len;
	const char *name, *uuid;
};

#define LINE(text) text, sizeof(text)

/** @brief Command lines of others: what they say of name and UUID. @param state unused */
static void foreign_lines(void **state)
{
	static const struct foreign cases[] = {
		{ LINE("qemu\0-name\0demo\0-uuid\0" UT_UUID_1), "demo", UT_UUID_1 },
		{ LINE("qemu\0--name\0demo\0--uuid\0"
		       "11111111-AAAA-4BBB-8CCC-000000000001"),
		  "demo", UT_UUID_1 },
		{ LINE("kvm\0-name\0guest=win10,debug-threads=on\0-S"), "win10", "" },
		{ LINE("kvm\0-name\0win10,process=x\0"), "win10", "" },
		{ LINE("kvm\0-id\0"
		       "7\0-name\0"
		       "a\x1b[2J\xff"),
		  "a?[2J?", "" },
		{ LINE("kvm\0-uuid\0not-a-uuid"), "", "" },
		{ LINE("kvm\0-name"), "", "" },
		{ LINE("kvm"), "", "" },
		{ LINE("\0\0\0\0"), "", "" },
		{ "", 0, "", "" },
		{ "kvm\0-name\0cut", 13, "", "" }, /* no NUL at the end: cut off by the reader */
		{ "kvm\0-name\0", 10, "", "" },
		{ "-name", 5, "", "" },
	};
	char name[GVM_NAME_SIZE], uuid[GVM_UUID_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(cases); i++) {
		/* An own copy of just that size, so that a sanitizer sees a step too far. */
		char *copy = malloc(cases[i].len + 1);

		memcpy(copy, cases[i].line, cases[i].len);
		copy = realloc(copy, cases[i].len ? cases[i].len : 1);
		memset(name, 'x', sizeof(name));
		memset(uuid, 'x', sizeof(uuid));
		gvm_qemu_parse_cmdline(copy, cases[i].len, name, uuid);
		assert_string_equal(name, cases[i].name);
		assert_string_equal(uuid, cases[i].uuid);
		free(copy);
	}
}

/** @brief A name that is too long is cut, and stays text. @param state unused */
static void long_name(void **state)
{
	char line[300] = "qemu\0-name", name[GVM_NAME_SIZE], uuid[GVM_UUID_SIZE];

	(void)state;
	memset(line + 11, 'n', 200);
	gvm_qemu_parse_cmdline(line, 212, name, uuid);
	assert_int_equal(strlen(name), GVM_NAME_SIZE - 1);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(golden, setup),  cmocka_unit_test_setup(escaping, setup),
		cmocka_unit_test_setup(sandbox, setup), cmocka_unit_test_setup(too_many, setup),
		cmocka_unit_test(foreign_lines),        cmocka_unit_test(long_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
