// SPDX-License-Identifier: GPL-2.0-or-later
#include "record.h"

#include <errno.h>
#include <string.h>

#include "json.h"
#include "str.h"

/** @brief Add a process. @param o object @param key member @param p process */
static void add_proc(struct json_object *o, const char *key, const struct gvm_proc *p)
{
	struct json_object *v = json_object_new_object();

	json_object_object_add(v, "pid", json_object_new_int64(p->pid));
	json_object_object_add(v, "start", json_object_new_uint64(p->start));
	json_object_object_add(o, key, v);
}

/** @brief Read a process; absent means none. @param o object @param key member @param p result @return 0 or -EBADMSG */
static int parse_proc(struct json_object *o, const char *key, struct gvm_proc *p)
{
	struct json_object *v;
	uint64_t pid;

	memset(p, 0, sizeof(*p));
	if (!json_object_object_get_ex(o, key, &v) || !v)
		return 0;
	if (!json_object_is_type(v, json_type_object) ||
	    gvm_json_u64(v, "pid", INT32_MAX, &pid) < 0 ||
	    gvm_json_u64(v, "start", UINT64_MAX, &p->start) < 0)
		return -EBADMSG;
	p->pid = (pid_t)pid;
	return 0;
}

/** @brief Read a UUID in normal form. @param o object @param key member @param ret result @return 0 or -EBADMSG */
static int parse_uuid(struct json_object *o, const char *key, char ret[GVM_UUID_SIZE])
{
	char text[GVM_UUID_SIZE];

	if (gvm_json_str(o, key, text, sizeof(text)) < 0 || gvm_uuid_parse(text, ret) < 0)
		return -EBADMSG;
	return 0;
}

/** @brief Read a name as objects have it. @param o object @param key member @param dst array @param size bytes @return 0 or -EBADMSG */
static int parse_name(struct json_object *o, const char *key, char *dst, size_t size)
{
	return gvm_json_str(o, key, dst, size) < 0 || !gvm_name_valid(dst) ? -EBADMSG : 0;
}

/** @brief Read a text without '/' that is not empty. @param o object @param key member @param dst array @param size bytes @return 0 or -EBADMSG */
static int parse_text(struct json_object *o, const char *key, char *dst, size_t size)
{
	if (gvm_json_str(o, key, dst, size) < 0 || !dst[0] || strchr(dst, '/'))
		return -EBADMSG;
	return 0;
}

struct json_object *gvm_vgpu_record_json(const struct gvm_vgpu_record *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "name", json_object_new_string(r->name));
	json_object_object_add(o, "uuid", json_object_new_string(r->uuid));
	json_object_object_add(o, "gpu", json_object_new_string(r->gpu));
	json_object_object_add(o, "type", json_object_new_string(r->type));
	json_object_object_add(o, "method", json_object_new_string(r->method));
	if (r->own_type[0])
		json_object_object_add(o, "own_type", json_object_new_string(r->own_type));
	if (r->params.n)
		json_object_object_add(o, "params", gvm_params_json(&r->params));
	if (r->place.n)
		json_object_object_add(o, "functions", gvm_place_json(&r->place));
	if (r->owner.pid)
		add_proc(o, "owner", &r->owner);
	return o;
}

int gvm_vgpu_record_parse(struct json_object *o, struct gvm_vgpu_record *ret)
{
	struct json_object *functions, *params;

	if (!o || parse_name(o, "name", ret->name, sizeof(ret->name)) < 0 ||
	    parse_uuid(o, "uuid", ret->uuid) < 0 ||
	    parse_text(o, "gpu", ret->gpu, sizeof(ret->gpu)) < 0 ||
	    parse_text(o, "type", ret->type, sizeof(ret->type)) < 0 ||
	    parse_text(o, "method", ret->method, sizeof(ret->method)) < 0)
		return -EBADMSG;
	ret->own_type[0] = '\0';
	if (json_object_object_get_ex(o, "own_type", NULL) &&
	    parse_name(o, "own_type", ret->own_type, sizeof(ret->own_type)) < 0)
		return -EBADMSG;
	ret->params.n = ret->place.n = 0;
	if (json_object_object_get_ex(o, "params", &params) &&
	    gvm_params_parse(params, &ret->params) < 0)
		return -EBADMSG;
	if (json_object_object_get_ex(o, "functions", &functions) &&
	    gvm_place_parse(functions, &ret->place) < 0)
		return -EBADMSG;
	return parse_proc(o, "owner", &ret->owner);
}

struct json_object *gvm_vm_record_json(const struct gvm_vm_record *r)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	size_t i;

	json_object_object_add(o, "name", json_object_new_string(r->name));
	json_object_object_add(o, "uuid", json_object_new_string(r->uuid));
	json_object_object_add(o, "hypervisor", json_object_new_string(r->hypervisor));
	json_object_object_add(o, "accelerator", json_object_new_string(r->accelerator));
	add_proc(o, "process", &r->proc);
	for (i = 0; i < r->n_vgpus; i++)
		json_object_array_add(list, json_object_new_string(r->vgpus[i]));
	json_object_object_add(o, "vgpus", list);
	return o;
}

/** @brief Read the list of a VM's vGPUs. @param o record @param ret result @return 0 or -EBADMSG */
static int parse_vgpus(struct json_object *o, struct gvm_vm_record *ret)
{
	struct json_object *list;
	size_t i;

	if (!json_object_object_get_ex(o, "vgpus", &list) ||
	    !json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > GVM_VM_MAX_VGPUS)
		return -EBADMSG;
	ret->n_vgpus = json_object_array_length(list);
	for (i = 0; i < ret->n_vgpus; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);

		if (!json_object_is_type(v, json_type_string) ||
		    gvm_uuid_parse(json_object_get_string(v), ret->vgpus[i]) < 0)
			return -EBADMSG;
	}
	return 0;
}

int gvm_vm_record_parse(struct json_object *o, struct gvm_vm_record *ret)
{
	if (!o || parse_name(o, "name", ret->name, sizeof(ret->name)) < 0 ||
	    parse_uuid(o, "uuid", ret->uuid) < 0 ||
	    parse_name(o, "hypervisor", ret->hypervisor, sizeof(ret->hypervisor)) < 0 ||
	    parse_name(o, "accelerator", ret->accelerator, sizeof(ret->accelerator)) < 0 ||
	    parse_proc(o, "process", &ret->proc) < 0)
		return -EBADMSG;
	return parse_vgpus(o, ret);
}
