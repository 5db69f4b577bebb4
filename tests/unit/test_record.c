// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include "json.h"
#include "record.h"

#define VGPU                                                                                       \
	"\"name\":\"desk1\",\"uuid\":\"" UT_UUID_1 "\",\"gpu\":\"0000:3b:00.0\",\"type\":\"t-1\",\"method\":\"mdev\""
#define VM                                                                                         \
	"\"name\":\"demo\",\"uuid\":\"" UT_UUID_2                                                  \
	"\",\"hypervisor\":\"qemu\",\"accelerator\":\"kvm\""
#define PROCS "\"process\":{\"pid\":7,\"start\":8}"

/** @brief A vGPU's record as it was read. @param text JSON @param r result @return as the parser */
static int parse_vgpu(const char *text, struct gvm_vgpu_record *r)
{
	GVM_AUTOJSON struct json_object *o = NULL;

	if (gvm_json_parse(text, strlen(text), &o) < 0)
		fail_msg("no JSON: %s", text);
	return gvm_vgpu_record_parse(o, r);
}

/** @brief A VM's record as it was read. @param text JSON @param r result @return as the parser */
static int parse_vm(const char *text, struct gvm_vm_record *r)
{
	GVM_AUTOJSON struct json_object *o = NULL;

	if (gvm_json_parse(text, strlen(text), &o) < 0)
		fail_msg("no JSON: %s", text);
	return gvm_vm_record_parse(o, r);
}

/** @brief A vGPU's record survives being written and read, with the largest numbers. @param state unused */
static void vgpu_round_trip(void **state)
{
	struct gvm_vgpu_record in = { .uuid = UT_UUID_1, .owner = { INT32_MAX, UINT64_MAX } }, out;
	size_t j;
	int i;

	(void)state;
	memset(in.name, 'n', sizeof(in.name) - 1);
	memset(in.gpu, 'g', sizeof(in.gpu) - 1);
	strcpy(in.type, "NVIDIA A40-4Q \"x\"");
	strcpy(in.method, "mdev");
	in.place.n = GVM_MAX_FUNCTIONS;
	for (i = 0; i < GVM_MAX_FUNCTIONS; i++) {
		struct gvm_function *f = &in.place.functions[i];

		snprintf(f->address, sizeof(f->address), "0000:3b:00.%d", i);
		strcpy(f->vfio, "vfio-pci");
		strcpy(f->before.driver, i ? "" : "nvidia");
		strcpy(f->before.override, i ? "x" : "");
	}
	for (i = 0; i < 2; i++) {
		GVM_AUTOJSON struct json_object *o = gvm_vgpu_record_json(&in);
		const char *text = json_object_to_json_string(o);

		assert_int_equal(parse_vgpu(text, &out), 0);
		assert_string_equal(out.name, in.name);
		assert_string_equal(out.uuid, in.uuid);
		assert_string_equal(out.gpu, in.gpu);
		assert_string_equal(out.type, in.type);
		assert_int_equal(out.owner.pid, in.owner.pid);
		assert_true(out.owner.start == in.owner.start);
		assert_string_equal(out.method, in.method);
		assert_int_equal(out.place.n, in.place.n);
		for (j = 0; j < in.place.n; j++) {
			const struct gvm_function *a = &in.place.functions[j];
			const struct gvm_function *b = &out.place.functions[j];

			assert_string_equal(a->address, b->address);
			assert_string_equal(a->vfio, b->vfio);
			assert_string_equal(a->before.driver, b->before.driver);
			assert_string_equal(a->before.override, b->before.override);
		}
		/* And without an owner. */
		in.owner = (struct gvm_proc){ 0 };
		in.place.n = 0;
	}
}

/** @brief A VM's record survives being written and read, with all its vGPUs. @param state unused */
static void vm_round_trip(void **state)
{
	struct gvm_vm_record in = { .name = "demo",
				    .uuid = UT_UUID_1,
				    .hypervisor = "qemu",
				    .accelerator = "kvm",
				    .proc = { 7, 8 },
				    .n_vgpus = GVM_VM_MAX_VGPUS },
			     out;
	GVM_AUTOJSON struct json_object *o = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < in.n_vgpus; i++)
		snprintf(in.vgpus[i], sizeof(in.vgpus[i]), "11111111-aaaa-4bbb-8ccc-%012u",
			 (unsigned int)i & 0xfff);
	o = gvm_vm_record_json(&in);
	assert_int_equal(parse_vm(json_object_to_json_string(o), &out), 0);
	assert_string_equal(out.name, "demo");
	assert_string_equal(out.uuid, UT_UUID_1);
	assert_string_equal(out.hypervisor, "qemu");
	assert_string_equal(out.accelerator, "kvm");
	assert_true(out.proc.pid == 7 && out.proc.start == 8);
	assert_int_equal(out.n_vgpus, in.n_vgpus);
	assert_memory_equal(out.vgpus, in.vgpus, sizeof(in.vgpus));
}

/** @brief The base lines are good; else the next tests would prove nothing. @param state unused */
static void base_lines(void **state)
{
	struct gvm_vgpu_record r;
	struct gvm_vm_record v;

	(void)state;
	assert_int_equal(parse_vgpu("{" VGPU "}", &r), 0);
	assert_int_equal(r.owner.pid, 0);
	assert_int_equal(parse_vgpu("{" VGPU ",\"future\":[1]}", &r), 0);
	assert_int_equal(parse_vm("{" VM "," PROCS ",\"vgpus\":[]}", &v), 0);
	assert_int_equal(parse_vm("{" VM ",\"vgpus\":[\"" UT_UUID_1 "\"]}", &v), 0);
}

/** @brief Hostile vGPU records are refused: each line spoils one thing. @param state unused */
static void vgpu_refused(void **state)
{
	static const char *const bad[] = {
		"{}",
		"{\"name\":\"a\"}",
		"{" VGPU ",\"name\":null}",
		"{" VGPU ",\"name\":1}",
		"{" VGPU ",\"name\":\"\"}",
		"{" VGPU ",\"name\":\"../x\"}",
		"{" VGPU ",\"name\":\"A\"}",
		"{" VGPU ",\"name\":\"desk1\\u0000x\"}",
		"{" VGPU
		",\"name\":\"0123456789012345678901234567890123456789012345678901234567890123\"}",
		"{" VGPU ",\"uuid\":\"x\"}",
		"{" VGPU ",\"uuid\":[]}",
		"{" VGPU ",\"uuid\":\"" UT_UUID_1 "0\"}",
		"{" VGPU ",\"gpu\":\"\"}",
		"{" VGPU ",\"gpu\":\"a/../../b\"}",
		"{" VGPU ",\"gpu\":{}}",
		"{" VGPU ",\"type\":\"a/b\"}",
		"{" VGPU ",\"type\":null}",
		"{" VGPU ",\"owner\":1}",
		"{" VGPU ",\"owner\":[]}",
		"{" VGPU ",\"owner\":{}}",
		"{" VGPU ",\"owner\":{\"pid\":1}}",
		"{" VGPU ",\"owner\":{\"start\":1}}",
		"{" VGPU ",\"owner\":{\"pid\":-1,\"start\":1}}",
		"{" VGPU ",\"owner\":{\"pid\":2147483648,\"start\":1}}",
		"{" VGPU ",\"owner\":{\"pid\":1.5,\"start\":1}}",
		"{" VGPU ",\"owner\":{\"pid\":1,\"start\":-1}}",
		"{" VGPU ",\"owner\":{\"pid\":\"1\",\"start\":1}}",
	};
	struct gvm_vgpu_record r;
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(bad); i++)
		if (parse_vgpu(bad[i], &r) != -EBADMSG)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(gvm_vgpu_record_parse(NULL, &r), -EBADMSG);
}

/** @brief Hostile VM records are refused likewise. @param state unused */
static void vm_refused(void **state)
{
	static const char *const bad[] = {
		"{" VM "," PROCS "}",
		"{" VM "," PROCS ",\"vgpus\":null}",
		"{" VM "," PROCS ",\"vgpus\":{}}",
		"{" VM "," PROCS ",\"vgpus\":[1]}",
		"{" VM "," PROCS ",\"vgpus\":[null]}",
		"{" VM "," PROCS ",\"vgpus\":[\"x\"]}",
		"{" VM "," PROCS ",\"vgpus\":[\"" UT_UUID_1 "\",\"\"]}",
		"{" VM "," PROCS ",\"vgpus\":[],\"name\":\"a/b\"}",
		"{" VM "," PROCS ",\"vgpus\":[],\"uuid\":7}",
		"{" VM "," PROCS ",\"vgpus\":[],\"hypervisor\":\"\"}",
		"{" VM "," PROCS ",\"vgpus\":[],\"hypervisor\":\"0123456789abcdef\"}",
		"{" VM "," PROCS ",\"vgpus\":[],\"hypervisor\":\"q emu\"}",
		"{" VM "," PROCS ",\"vgpus\":[],\"accelerator\":\"\"}",
		"{" VM "," PROCS ",\"vgpus\":[],\"accelerator\":\"k\\tvm\"}",
		"{" VM "," PROCS ",\"vgpus\":[],\"accelerator\":\"01234567\"}",
		"{" VM "," PROCS ",\"vgpus\":[],\"process\":true}",
		"{" VM ",\"vgpus\":[],\"process\":{\"pid\":99999999999,\"start\":1}}",
	};
	struct gvm_vm_record r;
	char many[2048] = "{" VM "," PROCS ",\"vgpus\":[\"" UT_UUID_1 "\"";
	size_t i;

	(void)state;
	for (i = 0; i < UT_COUNT(bad); i++)
		if (parse_vm(bad[i], &r) != -EBADMSG)
			fail_msg("taken: %s", bad[i]);
	for (i = 0; i < GVM_VM_MAX_VGPUS; i++)
		strcat(many, ",\"" UT_UUID_1 "\"");
	strcat(many, "]}");
	assert_int_equal(parse_vm(many, &r), -EBADMSG);
	assert_int_equal(gvm_vm_record_parse(NULL, &r), -EBADMSG);
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(vgpu_round_trip), cmocka_unit_test(vm_round_trip),
		cmocka_unit_test(base_lines),      cmocka_unit_test(vgpu_refused),
		cmocka_unit_test(vm_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
