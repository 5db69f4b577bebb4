// SPDX-License-Identifier: GPL-2.0-or-later
/* Records of vGPUs and VMs, and noted plans, in JSON. What is taken survives being written and read again. */
#include "fuzz.h"

#include "json.h"
#include "plan.h"
#include "record.h"
#include "str.h"

/** @brief Read a text again. @param o object @return object read from its text */
static struct json_object *again(struct json_object *o)
{
	const char *text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	struct json_object *copy = NULL;

	FUZZ_PROMISE(text && !strchr(text, '\n'));
	FUZZ_PROMISE(gvm_json_parse(text, strlen(text), &copy) == 0);
	return copy;
}

/** @brief What a record says of functions: each word may become part of a path. @param a as read @param b as read again */
static void check_place(const struct gvm_place *a, const struct gvm_place *b)
{
	size_t i;

	FUZZ_PROMISE(a->n <= GVM_MAX_FUNCTIONS && a->n == b->n);
	for (i = 0; i < a->n; i++) {
		const struct gvm_function *f = &a->functions[i], *g = &b->functions[i];
		const char *words[] = { f->vfio, f->before.driver, f->before.override };
		struct gvm_pci_addr address;
		size_t k;

		FUZZ_PROMISE(gvm_pci_parse(f->address, &address) == 0 && f->vfio[0]);
		FUZZ_PROMISE(strcmp(f->address, g->address) == 0 && strcmp(f->vfio, g->vfio) == 0);
		for (k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			FUZZ_PROMISE(!strpbrk(words[k], "/\n") && strcmp(words[k], ".") != 0 &&
				     strcmp(words[k], "..") != 0);
		FUZZ_PROMISE(strcmp(f->before.driver, g->before.driver) == 0 &&
			     strcmp(f->before.override, g->before.override) == 0);
	}
}

/** @brief What a record says of parameters: each name may become part of a path. @param a as read @param b as read again */
static void check_params(const struct gvm_params *a, const struct gvm_params *b)
{
	size_t i;

	FUZZ_PROMISE(a->n <= GVM_MAX_PARAMS && a->n == b->n);
	for (i = 0; i < a->n; i++) {
		FUZZ_PROMISE(a->items[i].name[0] != '/' && !strstr(a->items[i].name, ".."));
		FUZZ_PROMISE(strcmp(a->items[i].name, b->items[i].name) == 0 &&
			     strcmp(a->items[i].value, b->items[i].value) == 0);
	}
}

/** @brief A vGPU's record. @param o object */
static void check_vgpu(struct json_object *o)
{
	struct gvm_vgpu_record a, b;
	struct json_object *out, *in;

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	if (gvm_vgpu_record_parse(o, &a) < 0)
		return;
	FUZZ_PROMISE(gvm_name_valid(a.name) && strlen(a.uuid) == 36 && a.owner.pid >= 0);
	FUZZ_PROMISE(!strchr(a.gpu, '/') && !strchr(a.type, '/'));
	out = gvm_vgpu_record_json(&a);
	in = again(out);
	FUZZ_PROMISE(gvm_vgpu_record_parse(in, &b) == 0);
	FUZZ_PROMISE(strcmp(a.name, b.name) == 0 && strcmp(a.gpu, b.gpu) == 0 &&
		     strcmp(a.type, b.type) == 0 && a.owner.pid == b.owner.pid);
	check_place(&a.place, &b.place);
	FUZZ_PROMISE(strcmp(a.own_type, b.own_type) == 0);
	FUZZ_PROMISE(!a.own_type[0] || gvm_name_valid(a.own_type));
	check_params(&a.params, &b.params);
	json_object_put(in);
	json_object_put(out);
}

/** @brief A VM's record. @param o object */
static void check_vm(struct json_object *o)
{
	struct gvm_vm_record a, b;
	struct json_object *out, *in;

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	if (gvm_vm_record_parse(o, &a) < 0)
		return;
	FUZZ_PROMISE(gvm_name_valid(a.name) && a.n_vgpus <= GVM_VM_MAX_VGPUS);
	out = gvm_vm_record_json(&a);
	in = again(out);
	FUZZ_PROMISE(gvm_vm_record_parse(in, &b) == 0 && a.n_vgpus == b.n_vgpus);
	FUZZ_PROMISE(memcmp(a.vgpus, b.vgpus, sizeof(a.vgpus)) == 0);
	FUZZ_PROMISE(a.proc.pid == b.proc.pid && a.proc.start == b.proc.start);
	json_object_put(in);
	json_object_put(out);
}

/** @brief A noted plan: whatever it says, no path leads out of /sys. @param o object */
static void check_plan(struct json_object *o)
{
	static struct gvm_plan a, b;
	struct json_object *out, *in;
	size_t i;

	if (gvm_plan_parse(o, &a) < 0)
		return;
	for (i = 0; i < a.n_steps; i++) {
		const struct gvm_step *s = &a.steps[i];
		const char *path = s->has_inverse ? s->inverse.path : s->write.path;

		FUZZ_PROMISE(gvm_str_starts(path, "/sys/") && !strstr(path, "/.."));
		FUZZ_PROMISE(gvm_str_starts(s->expect.path, "/sys/") && s->wait_ms <= 600000);
	}
	out = gvm_plan_note(&a);
	in = again(out);
	FUZZ_PROMISE(gvm_plan_parse(in, &b) == 0 && a.n_steps == b.n_steps);
	for (i = 0; i < a.n_steps; i++)
		FUZZ_PROMISE(strcmp(a.steps[i].inverse.path, b.steps[i].inverse.path) == 0 &&
			     strcmp(a.steps[i].expect.value, b.steps[i].expect.value) == 0);
	json_object_put(in);
	json_object_put(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *o = NULL;

	if (gvm_json_parse((const char *)data, size, &o) < 0) {
		FUZZ_PROMISE(!o);
		return 0;
	}
	FUZZ_PROMISE(json_object_is_type(o, json_type_object));
	check_vgpu(o);
	check_vm(o);
	check_plan(o);
	json_object_put(o);
	return 0;
}
