// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"
#include "objects.h"
#include "vm_file.h"
#include "wait.h"

#define HEAD "version: 1\nname: demo\n"
#define BOOT "boot: {kernel: /k}\n"

/** @brief Parse a text as /vms/x.yaml. @param text YAML @param f result @param e detail @return as the parser */
static int parse(const char *text, struct gvm_vm_file **f, struct gvm_error *e)
{
	return gvm_vm_file_parse(text, strlen(text), "/vms/x.yaml", f, e);
}

/** @brief Every field of a good file arrives. @param state unused */
static void all_fields(void **state)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	struct gvm_error e = { 0 };
	int r = parse(HEAD "uuid: 11111111-AAAA-4BBB-8CCC-000000000001\n"
			   "cpus: 2\nmemory_mib: 1024\naccelerator: tcg\nfirmware: bios\n"
			   "boot: {kernel: /k, initrd: /i, append: \"console=ttyS0 a,b\"}\n"
			   "disks:\n  - {file: /d1, format: raw}\n  - file: /d2\n"
			   "vgpus: [{name: desk1}, {type: mbochs-small, gpu: \"3b:00.0\"}]\n"
			   "display: none\nnetwork: [{type: user}]\nqemu_args: [-foo, \"b r\"]\n",
		      &f, &e);

	(void)state;
	if (r)
		fail_msg("%s", e.message);
	assert_string_equal(f->name, "demo");
	assert_string_equal(f->uuid, UT_UUID_1);
	assert_int_equal(f->cpus, 2);
	assert_int_equal(f->memory_mib, 1024);
	assert_int_equal(f->accelerator, GVM_ACCEL_TCG);
	assert_string_equal(f->boot->kernel, "/k");
	assert_string_equal(f->boot->initrd, "/i");
	assert_string_equal(f->boot->append, "console=ttyS0 a,b");
	assert_int_equal(f->disks_count, 2);
	assert_string_equal(f->disks[0].file, "/d1");
	assert_int_equal(f->disks[0].format, GVM_DISK_RAW);
	assert_int_equal(f->disks[1].format, GVM_DISK_QCOW2);
	assert_int_equal(f->vgpus_count, 2);
	assert_string_equal(f->vgpus[0].name, "desk1");
	assert_null(f->vgpus[0].type);
	assert_string_equal(f->vgpus[1].type, "mbochs-small");
	assert_string_equal(f->vgpus[1].gpu, "3b:00.0");
	assert_int_equal(f->network_count, 1);
	assert_int_equal(f->qemu_args_count, 2);
	assert_string_equal(f->qemu_args[1], "b r");
}

/** @brief What is left out gets its default. @param state unused */
static void defaults(void **state)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;

	(void)state;
	assert_int_equal(parse(HEAD BOOT, &f, NULL), 0);
	assert_null(f->uuid);
	assert_int_equal(f->cpus, 1);
	assert_int_equal(f->memory_mib, 512);
	assert_int_equal(f->accelerator, GVM_ACCEL_AUTO);
	assert_null(f->boot->initrd);
	assert_int_equal(f->disks_count, 0);
	assert_int_equal(f->vgpus_count, 0);
	assert_int_equal(f->network_count, 0);
	assert_int_equal(f->qemu_args_count, 0);
}

/** @brief What a machine one works with may say. @param state unused */
static void production(void **state)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	struct gvm_error e = { 0 };
	int r = parse(
		HEAD
		"cpus: {count: 4, pin: auto}\nmemory_mib: 4096\nhugepages: 1G\n"
		"firmware: uefi\ntpm: 2.0\ndisplay: spice\nsandbox: off\nautostart: true\n"
		"disks: [{file: /d, readonly: true}]\n"
		"ivshmem: {max_resolution: 2560x1440}\n"
		"network: [{type: tap, ifname: tap0, mac: \"52:54:00:12:34:56\"}, {type: none}]\n",
		&f, &e);

	(void)state;
	if (r)
		fail_msg("%s", e.message);
	assert_int_equal(f->cpus, 4);
	assert_string_equal(f->cpus_map->pin, "auto");
	assert_int_equal(f->hugepages, GVM_HUGEPAGES_1G);
	assert_int_equal(f->firmware, GVM_FIRMWARE_UEFI);
	assert_int_equal(f->tpm, GVM_TPM_2);
	assert_int_equal(f->display, GVM_VM_DISPLAY_SPICE);
	assert_int_equal(f->sandbox, GVM_SANDBOX_OFF);
	assert_int_equal(f->autostart, GVM_VM_ON);
	assert_int_equal(f->disks[0].readonly, GVM_VM_ON);
	assert_int_equal(f->ivshmem->size_mib, 64);
	assert_string_equal(f->ivshmem->file, "/dev/shm/gvm-demo");
	assert_int_equal(f->network[0].type, GVM_NET_TAP);
	assert_string_equal(f->network[0].ifname, "tap0");
	assert_int_equal(f->network[1].type, GVM_NET_NONE);
}

/** @brief The table of Looking Glass' own documents. @param state unused */
static void ivshmem_sizes(void **state)
{
	static const uint32_t table[][3] = {
		{ 1920, 1080, 32 },  { 1920, 1200, 32 },  { 2560, 1440, 64 },  { 3440, 1440, 64 },
		{ 3840, 2160, 128 }, { 5120, 1440, 128 }, { 5120, 2880, 256 }, { 7680, 4320, 512 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(table); i++)
		assert_int_equal(gvm_ivshmem_mib(table[i][0], table[i][1]), table[i][2]);
}

/** @brief Relative paths are made absolute against the file's folder, absolute ones stay. @param state unused */
static void relative_paths(void **state)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	char dir[UT_PATH], path[UT_PATH], expected[UT_PATH * 2];
	static const char text[] = HEAD
		"boot: {kernel: k, initrd: ../i}\ndisks: [{file: a/d.img}, {file: /d}]\n";

	(void)state;
	ut_dir_make(dir);
	ut_write(dir, "vm/x.yaml", "%s", text);
	assert_int_equal(gvm_vm_file_load(ut_path(path, dir, "vm/x.yaml"), &f, NULL), 0);
	snprintf(expected, sizeof(expected), "%s/vm/k", dir);
	assert_string_equal(f->boot->kernel, expected);
	snprintf(expected, sizeof(expected), "%s/vm/../i", dir);
	assert_string_equal(f->boot->initrd, expected);
	snprintf(expected, sizeof(expected), "%s/vm/a/d.img", dir);
	assert_string_equal(f->disks[0].file, expected);
	assert_string_equal(f->disks[1].file, "/d");
	ut_dir_remove(dir);
}

/** @brief A file named without a folder is in the current one. @param state unused */
static void current_folder(void **state)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	static const char text[] = HEAD "boot: {kernel: k}\n";
	char here[UT_PATH], expected[UT_PATH + 8];

	(void)state;
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(gvm_vm_file_parse(text, strlen(text), "x", &f, NULL), 0);
	snprintf(expected, sizeof(expected), "%s/k", here);
	assert_string_equal(f->boot->kernel, expected);
}

/** A bad file, the line that its error must name (0: none), and a word of its message. */
struct bad {
	const char *text;
	int line;
	const char *word;
};

static const struct bad bad_files[] = {
	{ "", 0, "" },
	{ "\n\n", 0, "" },
	{ "# nothing\n", 0, "" },
	{ "--- \n...\n", 0, "" },
	{ "just text\n", 0, "" },
	{ "[1, 2]\n", 0, "" },
	{ HEAD BOOT "color: red\n", 4, "color" },
	{ HEAD BOOT "Boot: {}\n", 4, "Boot" },
	{ HEAD "boot: {kernel: /k, kernle: /k}\n", 3, "kernle" },
	{ "name: demo\n" BOOT, 0, "version" },
	{ "version: 1\n" BOOT, 0, "name" },
	{ HEAD "boot: {initrd: /i}\n", 3, "kernel" },
	{ "version: 2\nname: demo\n" BOOT, 0, "version" },
	{ "version: 0\nname: demo\n" BOOT, 0, "version" },
	{ "version: one\nname: demo\n" BOOT, 1, "" },
	{ "version: 1\nname: Demo\n" BOOT, 0, "name" },
	{ "version: 1\nname: ../demo\n" BOOT, 0, "name" },
	{ "version: 1\nname: \"\"\n" BOOT, 2, "" },
	{ "version: 1\nname: [a]\n" BOOT, 2, "" },
	{ HEAD BOOT "uuid: 123\n", 0, "uuid" },
	{ HEAD BOOT "cpus: two\n", 4, "" },
	{ HEAD BOOT "cpus: -1\n", 4, "" },
	{ HEAD BOOT "cpus: 4294967297\n", 4, "" },
	{ HEAD BOOT "cpus: 99999999999999999999999999\n", 4, "" },
	{ HEAD BOOT "cpus: 1025\n", 0, "cpus" },
	{ HEAD BOOT "cpus: [1]\n", 4, "" },
	{ HEAD BOOT "memory_mib: 4294967295\n", 0, "memory_mib" },
	{ HEAD BOOT "accelerator: xen\n", 4, "" },
	{ HEAD BOOT "accelerator: 1\n", 4, "" },
	{ HEAD BOOT "firmware: efi\n", 4, "" },
	{ HEAD BOOT "display: sdl\n", 4, "" },
	{ HEAD BOOT "hugepages: 4M\n", 4, "" },
	{ HEAD BOOT "hugepages: 2M\nmemory_mib: 511\n", 4, "2 MiB" },
	{ HEAD BOOT "memory_mib: 1536\nhugepages: 1G\n", 5, "1024 MiB" },
	{ HEAD BOOT "tpm: 1.2\n", 4, "" },
	{ HEAD BOOT "sandbox: maybe\n", 4, "" },
	{ HEAD BOOT "autostart: always\n", 4, "" },
	{ HEAD BOOT "cpus: {pin: auto}\n", 4, "count" },
	{ HEAD BOOT "cpus:\n  count: 0\n", 5, "count" },
	{ HEAD BOOT "cpus: {count: 1, colour: red}\n", 4, "colour" },
	{ HEAD BOOT "cpus: {count: 1, pin: near}\n", 4, "near" },
	{ HEAD BOOT "cpus: {count: 1, pin: \"3-1\"}\n", 4, "3-1" },
	{ HEAD BOOT "cpus: {count: 1, pin: \"1,\"}\n", 4, "pin" },
	{ HEAD BOOT "cpus: {count: 1, pin: \"1024\"}\n", 4, "pin" },
	{ HEAD BOOT "ivshmem: {}\n", 4, "size" },
	{ HEAD BOOT "ivshmem: {size_mib: 48}\n", 4, "power of two" },
	{ HEAD BOOT "ivshmem: {size_mib: 0}\n", 4, "size_mib" },
	{ HEAD BOOT "ivshmem: {size_mib: 8192}\n", 4, "size_mib" },
	{ HEAD BOOT "ivshmem: {size_mib: 64, max_resolution: 3840x2160}\n", 4, "too small" },
	{ HEAD BOOT "ivshmem: {max_resolution: 4K}\n", 4, "4K" },
	{ HEAD BOOT "ivshmem: {max_resolution: 0x5}\n", 4, "0x5" },
	{ HEAD BOOT "ivshmem: {max_resolution: 99999x99999}\n", 4, "99999" },
	{ HEAD BOOT "ivshmem: {file: /etc/passwd, size_mib: 32}\n", 4, "/etc/passwd" },
	{ HEAD BOOT "ivshmem: {file: /dev/shm/../mem, size_mib: 32}\n", 4, "/dev/shm/../mem" },
	{ HEAD "disks: [{file: /d, readonly: maybe}]\n", 3, "" },
	{ HEAD BOOT "network: [{type: tap}]\n", 4, "tap" },
	{ HEAD BOOT "network: [{type: user, ifname: tap0}]\n", 4, "tap" },
	{ HEAD BOOT "network: [{type: tap, ifname: \"a,script=/x\"}]\n", 4, "a,script" },
	{ HEAD BOOT "network: [{type: tap, ifname: much-too-long-name}]\n", 4, "much-too" },
	{ HEAD BOOT "network: [{type: user, mac: \"53:54:00:12:34:56\"}]\n", 4, "mac" },
	{ HEAD BOOT "network: [{type: user, mac: \"52:54:00:12:34\"}]\n", 4, "mac" },
	{ HEAD BOOT "network: [{type: user, mac: \"52:54:00:12:34:56,x\"}]\n", 4, "mac" },
	{ HEAD BOOT "disks: /d\n", 4, "" },
	{ HEAD BOOT "disks: [/d]\n", 4, "" },
	{ HEAD "disks: [{format: raw}]\n", 3, "file" },
	{ HEAD "disks: [{file: /d, format: vmdk}]\n", 3, "" },
	{ HEAD "disks: []\n", 0, "boot" },
	{ HEAD, 0, "boot" },
	{ HEAD BOOT "vgpus: [{}]\n", 0, "vGPU" },
	{ HEAD BOOT "vgpus: [{name: a, type: b}]\n", 0, "vGPU" },
	{ HEAD BOOT "vgpus: [{name: a, gpu: b}]\n", 0, "vGPU" },
	{ HEAD BOOT "vgpus: [{gpu: b}]\n", 0, "vGPU" },
	{ HEAD BOOT "network: [{type: bridge}]\n", 4, "" },
	{ HEAD BOOT "network: [{}]\n", 4, "type" },
	{ HEAD BOOT "qemu_args: -foo\n", 4, "" },
	{ HEAD BOOT "qemu_args: [-daemonize]\n", 0, "daemonize" },
	{ HEAD BOOT "qemu_args: [{a: b}]\n", 4, "" },
	{ HEAD BOOT "qemu_args: [a, *x]\n", 4, "" },
	{ HEAD "boot: &x {kernel: /k}\nvgpus: *x\n", 4, "" },
	{ HEAD "boot: {kernel: /k\n", 0, "" },
	{ HEAD "boot:\n\tkernel: /k\n", 0, "cannot start" },
	{ HEAD "boot: \"\n", 0, "" },
	{ HEAD BOOT "\x01\n", 0, "" },
	{ HEAD BOOT "append: \"\xff\xfe\"\n", 0, "" },
	{ "\xff\xfe\x41", 0, "" },
	{ "\x7f"
	  "ELF\x02\x01\x01",
	  0, "" },
};

/** @brief Every class of bad input is named with file, line and remedy; nothing is made of it. @param state unused */
static void refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(bad_files); i++) {
		const struct bad *b = &bad_files[i];
		struct gvm_vm_file *f = NULL;
		struct gvm_error e = { 0 };
		char line[24];

		if (parse(b->text, &f, &e) != -EINVAL)
			fail_msg("number %zu taken: %s", i, b->text);
		assert_null(f);
		ut_assert_error(&e, "GVM_E_FILE_INVALID", EINVAL);
		ut_assert_holds(e.message, "/vms/x.yaml");
		ut_assert_holds(e.message, b->word);
		assert_string_equal(e.object, "/vms/x.yaml");
		assert_true(e.hint[0]);
		assert_true(strlen(e.message) > strlen("/vms/x.yaml: "));
		snprintf(line, sizeof(line), "line %d:", b->line);
		if (b->line)
			ut_assert_holds(e.message, line);
		/* And without anybody to tell. */
		assert_int_equal(parse(b->text, &f, NULL), -EINVAL);
	}
}

/** @brief A number is a number to its last character: "4G" is not 4 MiB. @param state unused */
static void loose_numbers(void **state)
{
	static const char *const loose[] = {
		HEAD BOOT "memory_mib: 4G\n", HEAD BOOT "memory_mib: 4096M\n",
		HEAD BOOT "cpus: 1.5\n",      HEAD BOOT "cpus: 2 cores\n",
		HEAD BOOT "cpus: 1,024\n",    ("version: 1.9\nname: demo\n" BOOT),
	};
	int taken = 0;
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(loose); i++) {
		GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;

		if (parse(loose[i], &f, NULL) == 0) {
			print_error("taken: %s", loose[i]);
			taken++;
		}
	}
	assert_int_equal(taken, 0);
}

/** @brief A second document would silently not count: it is refused. @param state unused */
static void second_document(void **state)
{
	static const char *const two[] = { (HEAD BOOT "---\n" HEAD BOOT),
					   (HEAD BOOT "...\n---\nqemu_args: [-S]\n") };
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(two); i++) {
		GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;

		if (parse(two[i], &f, NULL) == 0)
			fail_msg("taken: %s", two[i]);
	}
}

/** @brief The same key twice is an error: which one would count? @param state unused */
static void duplicate_keys(void **state)
{
	static const char *const twice[] = {
		HEAD BOOT "name: other\n",
		HEAD BOOT "cpus: 1\ncpus: 2\n",
		HEAD BOOT "boot: {kernel: /l}\n",
		HEAD BOOT "vgpus: [{name: a}]\nvgpus: [{name: b}, {name: c}]\n",
		HEAD "boot: {kernel: /k, kernel: /l}\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(twice); i++) {
		struct gvm_vm_file *f = NULL;
		struct gvm_error e = { 0 };

		if (parse(twice[i], &f, &e) == 0) {
			gvm_vm_file_free(f);
			fail_msg("taken: %s", twice[i]);
		}
		ut_assert_error(&e, "GVM_E_FILE_INVALID", EINVAL);
	}
}

/** @brief Cut off anywhere, a good file is an error or a smaller good file, never a crash. @param state unused */
static void truncated(void **state)
{
	static const char text[] = HEAD
		"uuid: " UT_UUID_1 "\nboot: {kernel: k, append: \"x y\"}\n"
		"vgpus:\n  - {type: t, gpu: g}\n  - name: n\nqemu_args: [a]\n";
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(text) - 1; len++) {
		GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
		struct gvm_error e = { 0 };
		int r = gvm_vm_file_parse(text, len, "/x", &f, &e);

		assert_true(r == 0 || (r == -EINVAL && !f && e.message[0]));
	}
}

/** @brief Endless nesting and lists ends soon, with an error. @param state unused */
static void endless(void **state)
{
	static const char *const parts[][3] = {
		{ "", "[", "" },
		{ "", "{", "" },
		{ HEAD BOOT "vgpus: ", "[", "" },
		{ HEAD BOOT "x: ", "{a: ", "" },
		{ HEAD BOOT "qemu_args: [", "a,", "a]" },
		{ HEAD BOOT "vgpus: [", "{name: a},", "]" },
		{ HEAD "disks: [", "{file: a},", "]" },
		{ HEAD BOOT "? ", "? ", "" },
		{ HEAD BOOT, "- ", "" },
		{ "version: 1\nname: ", "a", "\n" BOOT },
		{ "version: ", "1", "\nname: a\n" BOOT },
	};
	char *text = malloc(70000);
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(parts); i++) {
		struct gvm_vm_file *f = NULL;
		struct gvm_error e = { 0 };
		int64_t begin = gvm_clock_ms();
		char *p = stpcpy(text, parts[i][0]);

		while (p - text < 65000)
			p = stpcpy(p, parts[i][1]);
		strcpy(p, parts[i][2]);
		if (parse(text, &f, &e) != -EINVAL)
			fail_msg("number %zu taken", i);
		ut_assert_error(&e, "GVM_E_FILE_INVALID", EINVAL);
		if (gvm_clock_ms() - begin > 2000)
			fail_msg("number %zu took %d ms", i, (int)(gvm_clock_ms() - begin));
	}
	free(text);
}

/** @brief A NUL makes it no text, wherever it stands. @param state unused */
static void binary(void **state)
{
	static const char text[] = HEAD BOOT "\0# comment\n";
	struct gvm_vm_file *f = NULL;
	struct gvm_error e = { 0 };

	(void)state;
	assert_int_equal(gvm_vm_file_parse(text, sizeof(text) - 1, "/x", &f, &e), -EINVAL);
	ut_assert_error(&e, "GVM_E_FILE_INVALID", EINVAL);
	ut_assert_holds(e.message, "not a text file");
	assert_null(f);
}

/** @brief What the user sees of a hostile file holds no control bytes. @param state unused */
static void message_is_safe(void **state)
{
	struct gvm_vm_file *f = NULL;
	struct gvm_error e = { 0 };
	const char *p;

	(void)state;
	assert_int_equal(parse(HEAD BOOT "\"\\e]0;owned\\a\": 1\n", &f, &e), -EINVAL);
	for (p = e.message; *p; p++)
		assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
}

/** @brief Files that cannot be read are another error, and large ones are refused unread. @param state unused */
static void load(void **state)
{
	struct gvm_vm_file *f = NULL;
	struct gvm_error e = { 0 };
	char dir[UT_PATH], path[UT_PATH];

	(void)state;
	ut_dir_make(dir);
	assert_int_equal(gvm_vm_file_load(ut_path(path, dir, "none"), &f, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_FILE_READ", ENOENT);
	assert_string_equal(e.object, path);
	assert_int_equal(gvm_vm_file_load(dir, &f, &e), -EISDIR);
	ut_assert_error(&e, "GVM_E_FILE_READ", EISDIR);
	assert_int_equal(mkfifo(ut_path(path, dir, "fifo"), 0600), 0);
	assert_int_equal(gvm_vm_file_load(path, &f, &e), -EINVAL);
	ut_write(dir, "big", "%70000s", "");
	assert_int_equal(gvm_vm_file_load(ut_path(path, dir, "big"), &f, &e), -EFBIG);
	ut_assert_error(&e, "GVM_E_FILE_INVALID", EFBIG);
	assert_null(f);
	gvm_vm_file_free(NULL);
	ut_dir_remove(dir);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields),
		cmocka_unit_test(defaults),
		cmocka_unit_test(production),
		cmocka_unit_test(ivshmem_sizes),
		cmocka_unit_test(relative_paths),
		cmocka_unit_test(current_folder),
		cmocka_unit_test(refused),
		cmocka_unit_test(loose_numbers),
		cmocka_unit_test(second_document),
		cmocka_unit_test(duplicate_keys),
		cmocka_unit_test(truncated),
		cmocka_unit_test(endless),
		cmocka_unit_test(binary),
		cmocka_unit_test(message_is_safe),
		cmocka_unit_test(load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
