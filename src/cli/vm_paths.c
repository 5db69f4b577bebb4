// SPDX-License-Identifier: GPL-2.0-or-later
/* Where to find what belongs to a VM that gvm runs. */
#include <string.h>

#include "items.h"
#include "json.h"
#include "store.h"
#include "str.h"

/** Names in a VM's folder (hypervisor/qemu/command.c). */
static const struct {
	const char *key, *name;
} files[] = { { "console", "console.sock" }, { "log", "qemu.log" } };

/** What is passed on from the record's "origin": what the VM was started with. */
static const struct {
	const char *key;
	enum json_type type;
} members[] = { { "file", json_type_string }, { "qemu_args", json_type_array } };

/** @brief Is it a text, or a list of texts? @param v value, string or array @return yes or no */
static bool is_text(struct json_object *v)
{
	size_t i, n = json_object_is_type(v, json_type_array) ? json_object_array_length(v) : 0;

	for (i = 0; i < n; i++)
		if (!json_object_is_type(json_object_array_get_idx(v, i), json_type_string))
			return false;
	return true;
}

void cli_vm_paths(struct gvm_ctx *ctx, const struct gvm_vm *vm, struct json_object *item)
{
	GVM_AUTOJSON struct json_object *record = NULL;
	char dir[GVM_PATH_SIZE], path[GVM_PATH_SIZE];
	struct json_object *origin, *v;
	size_t i;

	if (!vm->ours || ctx->store->ops->vm_dir(ctx->store, vm->name, dir, sizeof(dir)) < 0)
		return;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (gvm_str_format(path, sizeof(path), "%s/%s", dir, files[i].name) == 0)
			json_object_object_add(item, files[i].key, json_object_new_string(path));
	if (ctx->store->ops->load(ctx->store, GVM_STORE_VM, vm->name, &record) < 0 ||
	    !json_object_object_get_ex(record, "origin", &origin))
		return;
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_object_object_get_ex(origin, members[i].key, &v) &&
		    json_object_is_type(v, members[i].type) && is_text(v))
			json_object_object_add(item, members[i].key, json_object_get(v));
}
