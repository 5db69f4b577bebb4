// SPDX-License-Identifier: GPL-2.0-or-later
/* What QEMU is started with: its features, its user, its limits. */
#include "unit.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "setup.h"
#include "shared.h"

#define ANSWER(id, body) "{\"id\": \"" id "\", \"return\": " body "}\r\n"
#define GREETING                                                                                   \
	"{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, "         \
	"\"package\": \"\"}, \"capabilities\": []}}\r\n"

/** @brief Read answers. @param text them @param f result @return as the parser */
static int parse(const char *text, struct gvm_qemu_features *f)
{
	/* An own copy of just that size, so that a sanitizer sees a step too far. */
	size_t len = strlen(text);
	char *copy = memcpy(malloc(len ? len : 1), text, len);
	int r = gvm_qemu_features_parse(copy, len, f);

	free(copy);
	return r;
}

/** @brief Answers as QEMU 7.2 gives them. @param state unused */
static void features(void **state)
{
	struct gvm_qemu_features f = { .bits = 0 };

	(void)state;
	assert_int_equal(
		parse("qemu: warning: something\n" GREETING ANSWER("start", "{}") ANSWER(
			      "sandbox", "[{\"option\": \"sandbox\", \"parameters\": ["
					 "{\"name\": \"spawn\", \"type\": \"string\"}, "
					 "{\"name\": \"enable\", \"type\": \"boolean\"}]}]")
			      ANSWER("vfio", "[{\"name\": \"vfio-pci\", \"parent\": \"x\"}]") "{\"event\": \"SHUTDOWN\"}\n" ANSWER(
				      "ram", "[{\"name\": \"host-nodes\", \"type\": \"int\"}]")
				      ANSWER("tpm", "[\"tpm-crb\", \"tpm-tis\"]") ANSWER(
					      "tpm-types", "[\"passthrough\"]") ANSWER("end", "{}"),
		      &f),
		0);
	assert_string_equal(f.version, "7.2.22");
	assert_int_equal(f.bits, GVM_QEMU_SANDBOX | GVM_QEMU_SANDBOX_SPAWN | GVM_QEMU_VFIO |
					 GVM_QEMU_NUMA | GVM_QEMU_TPM_CRB | GVM_QEMU_TPM_TIS);
	/* Refusals are no features, nor are words in the wrong place. */
	assert_int_equal(parse(GREETING
			       "{\"id\": \"sandbox\", \"error\": {\"class\": \"GenericError\", "
			       "\"desc\": \"enable\"}}\n" ANSWER("vfio", "[]") ANSWER(
				       "ivshmem", "[{\"name\": \"vfio-pci\"}]") ANSWER("end", "{}"),
			       &f),
			 0);
	assert_int_equal(f.bits, 0);
}

/** @brief What does not answer to the end is no QEMU. @param state unused */
static void no_features(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"{",
		GREETING,
		"sh: no such file\n",
		GREETING ANSWER("start", "{}"),
		ANSWER("ends", "{}"),
		"[]\n",
		"{\"id\": \"end\", \"error\": {}}\n",
		"{\"QMP\": {\"version\": []}}\n{\"id\": [], \"return\": 1}\n",
	};
	struct gvm_qemu_features f = { .bits = 77 };
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(texts); i++)
		assert_int_equal(parse(texts[i], &f), -EPROTO);
	assert_int_equal(f.bits, 77);
}

/** @brief Features are kept for just that file. @param state unused */
static void kept(void **state)
{
	struct stat st = { .st_dev = 5,
			   .st_ino = 18446744073709551615UL,
			   .st_size = 7,
			   .st_mtim = { 1700000000, 123456789 } };
	const char *text = "{\"qemu\": {\"path\": \"/usr/bin/q\", \"device\": 5, \"inode\": "
			   "18446744073709551615, \"size\": 7, \"mtime_ns\": 1700000000123456789}, "
			   "\"version\": \"7.2.22\", \"features\": [\"sandbox\", \"new\", 5, []]}";
	struct gvm_qemu_features f = { .bits = 77 };

	(void)state;
	assert_int_equal(gvm_qemu_features_read(text, strlen(text), "/usr/bin/q", &st, &f), 0);
	assert_int_equal(f.bits, GVM_QEMU_SANDBOX);
	f.bits = 77;
	assert_int_equal(gvm_qemu_features_read(text, strlen(text), "/usr/bin/r", &st, &f),
			 -ESTALE);
	st.st_mtim.tv_nsec++;
	assert_int_equal(gvm_qemu_features_read(text, strlen(text), "/usr/bin/q", &st, &f),
			 -ESTALE);
	assert_int_equal(gvm_qemu_features_read(text, strlen(text) - 1, "/usr/bin/q", &st, &f),
			 -EBADMSG);
	assert_int_equal(
		gvm_qemu_features_read("{\"qemu\": 1, \"features\": {}}", 28, "/q", &st, &f),
		-EBADMSG);
	assert_int_equal(f.bits, 77);
}

/** @brief Locked memory grows with all that a device may reach. @param state unused */
static void memlock(void **state)
{
	uint32_t shared_mib = 0;
	struct gvm_vm_file file = { .memory_mib = 16384 };
	struct gvm_vm_start s = { .file = &file };
	uint64_t none = gvm_qemu_memlock(&s, 0), one;

	(void)state;
	s.n_specs = 1;
	one = gvm_qemu_memlock(&s, shared_mib);
	assert_true(none > 16384ULL << 20 && none < 16900ULL << 20);
	assert_true(one > none && one - none < 100ULL << 20);
	shared_mib = 64;
	assert_int_equal(gvm_qemu_memlock(&s, shared_mib) - one, 64 << 20);
	file.memory_mib = 64 << 20;
	assert_true(gvm_qemu_memlock(&s, shared_mib) > 64ULL << 40);
}

/** @brief QEMU by its environment, its setting, its name. @param state unused */
static void find(void **state)
{
	struct gvm_conf conf = { .qemu_path = "/bin/sh" };
	char path[GVM_PATH_SIZE];
	const char *name;

	(void)state;
	assert_int_equal(setenv("GVM_QEMU", "", 1), 0);
	assert_int_equal(gvm_qemu_find(&conf, path, &name), 0);
	assert_string_equal(path, "/bin/sh");
	assert_int_equal(setenv("GVM_QEMU", "sh", 1), 0);
	assert_int_equal(setenv("PATH", "/no/such::/bin", 1), 0);
	assert_int_equal(gvm_qemu_find(&conf, path, &name), 0);
	assert_string_equal(path, "/bin/sh");
	assert_string_equal(name, "sh");
	/* A folder of that name is no program. */
	assert_int_equal(setenv("PATH", "/:/usr", 1), 0);
	assert_int_equal(setenv("GVM_QEMU", "lib", 1), 0);
	assert_int_equal(gvm_qemu_find(&conf, path, &name), -ENOENT);
	assert_int_equal(setenv("GVM_QEMU", "no-such-program", 1), 0);
	assert_int_equal(gvm_qemu_find(&conf, path, &name), -ENOENT);
	assert_string_equal(path, "");
	assert_int_equal(setenv("GVM_QEMU", "/no/such", 1), 0);
	assert_int_equal(gvm_qemu_find(&conf, path, &name), -ENOENT);
	assert_int_equal(unsetenv("GVM_QEMU"), 0);
}

/** @brief The settings, and what is wrong with them. @param state unused */
static void conf(void **state)
{
	static const char *const bad[] = {
		"",
		"version: 2\n",
		"qemu: {user: x}\n",
		"version: 1\nqemu: {usr: x}\n",
		"version: 1\nqemu: {path: qemu}\n",
		"version: 1\nqemu: x\n",
		"version: 1\n\0x",
		"version: 1\nqemu: {user: a-name-that-is-longer-than-any-user-may-have}\n",
	};
	const char *good = "version: 1\nqemu: {path: /opt/qemu, user: vm}\n";
	struct gvm_conf c = { "" };
	size_t i;

	(void)state;
	assert_int_equal(gvm_conf_parse(good, strlen(good), "/c", &c, NULL), 0);
	assert_string_equal(c.qemu_path, "/opt/qemu");
	assert_string_equal(c.qemu_user, "vm");
	for (i = 0; i < UT_COUNT(bad); i++) {
		struct gvm_error e = { 0 };
		size_t len = i == 6 ? 14 : strlen(bad[i]);

		assert_int_equal(gvm_conf_parse(bad[i], len, "/c", &c, &e), -EINVAL);
		ut_assert_error(&e, "GVM_E_FILE_INVALID", EINVAL);
	}
	assert_string_equal(c.qemu_user, "vm");
	assert_int_equal(gvm_conf_parse("version: 1\n", 11, "/c", &c, NULL), 0);
	assert_string_equal(c.qemu_user, "");
}

/** @brief A user may be checked without root only as oneself; files and folders are told apart. @param state unused */
static void access_of_user(void **state)
{
	const struct gvm_conf none = { "" };
	struct gvm_qemu_path paths[] = { { "disks", "/dev/null", true },
					 { "boot.initrd", NULL, false },
					 { "disks", "/dev/no-such", true } };
	struct gvm_qemu_user u;
	struct gvm_error e = { 0 };

	(void)state;
	assert_int_equal(gvm_qemu_user_find(&none, &u, &e), 0);
	assert_int_equal(gvm_qemu_user_check(&u, "demo", 0, paths, 2, &e), 0);
	assert_int_equal(gvm_qemu_user_check(&u, "demo", 0, paths, 3, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_QEMU_ACCESS", ENOENT);
	assert_string_equal(e.object, "/dev/no-such");
}

/** @brief In a child of no rights: more locked memory than the hard limit. @param data unused @return 0 when it is refused as it must */
static int too_much(void *data)
{
	const struct rlimit low = { 1 << 20, 1 << 20 };
	struct gvm_qemu_user u = { .name = "me" };
	struct gvm_error e = { 0 };

	(void)data;
	if (setrlimit(RLIMIT_MEMLOCK, &low) < 0 || (geteuid() == 0 && setuid(65534) < 0))
		return 1;
	if (gvm_qemu_user_check(&u, "demo", 1 << 20, NULL, 0, &e) != 0)
		return 2;
	if (gvm_qemu_user_check(&u, "demo", 1ULL << 40, NULL, 0, &e) != -ENOMEM)
		return 3;
	return strcmp(e.code, "GVM_E_MEMLOCK") == 0 && strstr(e.cause, "1024 KiB") ? 0 : 4;
}

/** @brief A hard limit that forbids is told with its value. @param state unused */
static void limited(void **state)
{
	(void)state;
	assert_int_equal(ut_in_child(too_much, NULL, 10000), 0);
}

/** @brief Root becomes another for good, and its files are checked as that. @param state unused */
static void another(void **state)
{
	struct gvm_qemu_user u = { .name = "nobody", .uid = 65534, .gid = 65534, .change = true };
	char dir[UT_PATH], file[UT_PATH];
	struct gvm_qemu_path path = { "disks", file, true };
	struct gvm_error e = { 0 };

	(void)state;
	if (geteuid() != 0)
		skip();
	ut_dir_make(dir);
	ut_write(dir, "d.img", "x");
	ut_path(file, dir, "d.img");
	assert_int_equal(chmod(dir, 0700), 0);
	assert_int_equal(gvm_qemu_user_check(&u, "demo", 1 << 20, &path, 1, &e), -EACCES);
	ut_assert_error(&e, "GVM_E_QEMU_ACCESS", EACCES);
	ut_assert_holds(e.cause, dir);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(chmod(file, 0644), 0);
	assert_int_equal(gvm_qemu_user_check(&u, "demo", 1 << 20, &path, 1, &e), -EACCES);
	ut_assert_holds(e.hint, "rw");
	path.write = false;
	assert_int_equal(gvm_qemu_user_check(&u, "demo", 1 << 20, &path, 1, &e), 0);
	ut_dir_remove(dir);
}

#define DESCRIPTOR(types, features, mode, executable, vars, arch, machine)                         \
	"{\"interface-types\": [" types "], \"features\": [" features                              \
	"], \"mapping\": {\"device\": "                                                            \
	"\"flash\"" mode ", \"executable\": " executable ", \"nvram-template\": " vars "}, "       \
	"\"targets\": [5, {\"architecture\": \"arm\"}, {\"architecture\": \"" arch                 \
	"\", \"machines\": [\"pc-i440fx-*\", \"" machine "\"]}]}"
#define RAW(file) "{\"filename\": \"" file "\", \"format\": \"raw\"}"

/** @brief Descriptors of firmware: the one we want, others, and what is none. @param state unused */
static void firmware(void **state)
{
	static const struct {
		const char *text;
		int wanted;
	} cases[] = {
		{ DESCRIPTOR("\"uefi\"", "\"acpi-s3\"", "", RAW("/c"), RAW("/v"), "x86_64",
			     "pc-q35-*"),
		  1 },
		{ DESCRIPTOR("\"bios\", \"uefi\"", "", ", \"mode\": \"split\"", RAW("/c"),
			     RAW("/v"), "x86_64", "pc-q35-7.2"),
		  1 },
		{ DESCRIPTOR("\"bios\"", "", "", RAW("/c"), RAW("/v"), "x86_64", "pc-q35-*"), 0 },
		{ DESCRIPTOR("\"uefi\"", "\"requires-smm\"", "", RAW("/c"), RAW("/v"), "x86_64",
			     "pc-q35-*"),
		  0 },
		{ DESCRIPTOR("\"uefi\"", "\"enrolled-keys\"", "", RAW("/c"), RAW("/v"), "x86_64",
			     "pc-q35-*"),
		  0 },
		{ DESCRIPTOR("\"uefi\"", "", ", \"mode\": \"stateless\"", RAW("/c"), "null",
			     "x86_64", "pc-q35-*"),
		  0 },
		{ DESCRIPTOR("\"uefi\"", "", "", RAW("/c"), RAW("/v"), "aarch64", "pc-q35-*"), 0 },
		{ DESCRIPTOR("\"uefi\"", "", "", RAW("/c"), RAW("/v"), "x86_64", "pc-q3"), 0 },
		{ DESCRIPTOR("\"uefi\"", "", "", RAW("c"), RAW("/v"), "x86_64", "pc-q35-*"),
		  -EBADMSG },
		{ DESCRIPTOR("\"uefi\"", "", "", "[]", RAW("/v"), "x86_64", "pc-q35-*"), -EBADMSG },
		{ DESCRIPTOR("\"uefi\"", "", "", RAW("/c"),
			     "{\"filename\": \"/v\", \"format\": \"vmdk\"}", "x86_64", "pc-q35-*"),
		  -EBADMSG },
		{ "{}", -EBADMSG },
		{ "", -EBADMSG },
		{ "{\"mapping\": []}", -EBADMSG },
		{ "{\"mapping\": {\"device\": \"memory\"}, \"interface-types\": 5}", 0 },
	};
	struct gvm_qemu_firmware fw;
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(cases); i++) {
		int r;

		memset(&fw, 0, sizeof(fw));
		r = gvm_qemu_firmware_parse(cases[i].text, strlen(cases[i].text), "x86_64",
					    "pc-q35", &fw);
		if (r != cases[i].wanted)
			fail_msg("number %zu: %d, not %d", i, r, cases[i].wanted);
		assert_string_equal(fw.code, r == 1 ? "/c" : "");
		assert_string_equal(fw.vars, r == 1 ? "/v" : "");
	}
}

/** @brief vCPUs go where the fewest are, each to a CPU of its own. @param state unused */
static void pins(void **state)
{
	unsigned int load[CPU_SETSIZE] = { 0 };
	struct gvm_qemu_pin pin = { 0 };
	cpu_set_t may;

	(void)state;
	CPU_ZERO(&may);
	CPU_SET(2, &may), CPU_SET(3, &may), CPU_SET(5, &may), CPU_SET(1023, &may);
	assert_int_equal(gvm_qemu_pin_choose(&may, load, 5, &pin), -ENOSPC);
	assert_int_equal(pin.n, 0);
	load[2] = 2;
	load[3] = 1;
	assert_int_equal(gvm_qemu_pin_choose(&may, load, 3, &pin), 0);
	assert_int_equal(pin.n, 3);
	assert_int_equal(pin.cpu[0], 5);
	assert_int_equal(pin.cpu[1], 1023);
	assert_int_equal(pin.cpu[2], 3);
}

/** @brief The file of the shared memory: made once, of its size; what is something else is refused. @param state unused */
static void shared(void **state)
{
	char file[] = "/dev/shm/gvm-test-XXXXXX", name[] = "demo", kvmfr[] = "/dev/kvmfr-none";
	struct gvm_vm_ivshmem m = { .file = file, .size_mib = 2 };
	struct gvm_vm_file vm = { .name = name, .ivshmem = &m };
	struct gvm_qemu_user u = { .name = "me" };
	struct gvm_error e = { 0 };
	uint32_t mib = 0;
	struct stat st;
	int fd = mkstemp(file);

	(void)state;
	if (fd < 0)
		skip();
	unlink(file);
	assert_int_equal(gvm_qemu_shared_check(&vm, &mib, &e), 0);
	assert_int_equal(mib, 2);
	assert_int_equal(gvm_qemu_shared_make(&vm, mib, &u, &e), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_size, 2 << 20);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(gvm_qemu_shared_check(&vm, &mib, &e), 0);
	m.size_mib = 1;
	assert_int_equal(gvm_qemu_shared_check(&vm, &mib, &e), -EINVAL);
	ut_assert_error(&e, "GVM_E_IVSHMEM", EINVAL);
	unlink(file);
	assert_int_equal(symlink("/dev/null", file), 0);
	assert_int_equal(gvm_qemu_shared_check(&vm, &mib, &e), -EINVAL);
	unlink(file);
	close(fd);
	m.file = kvmfr;
	assert_int_equal(gvm_qemu_shared_check(&vm, &mib, &e), -ENOENT);
	ut_assert_error(&e, "GVM_E_KVMFR", ENOENT);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(firmware),    cmocka_unit_test(pins),
		cmocka_unit_test(shared),      cmocka_unit_test(features),
		cmocka_unit_test(no_features), cmocka_unit_test(kept),
		cmocka_unit_test(memlock),     cmocka_unit_test(find),
		cmocka_unit_test(conf),        cmocka_unit_test(access_of_user),
		cmocka_unit_test(another),     cmocka_unit_test(limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
