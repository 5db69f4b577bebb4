// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of the table of VMs. What is taken is a record by the rules of its JSON too, and survives being written and read again. */
#include "fuzz.h"

#include "json.h"
#include "vms_table.h"

/** @brief Are two records the same? @param a @param b records @return 1 or 0 */
static int same(const struct gvm_vm_record *a, const struct gvm_vm_record *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->uuid, b->uuid) == 0 &&
	       strcmp(a->hypervisor, b->hypervisor) == 0 &&
	       strcmp(a->accelerator, b->accelerator) == 0 && a->proc.pid == b->proc.pid &&
	       a->proc.start == b->proc.start && a->n_vgpus == b->n_vgpus &&
	       memcmp(a->vgpus, b->vgpus, a->n_vgpus * sizeof(a->vgpus[0])) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = fuzz_text(data, size), *again = NULL;
	struct gvm_vm_record a, b;
	const char *json, *json_again;
	struct json_object *o;
	size_t len;
	FILE *out;

	if (gvm_vms_line_parse(line, &a, &json) < 0) {
		free(line);
		return 0;
	}
	FUZZ_PROMISE(a.n_vgpus <= GVM_VM_MAX_VGPUS && json > line && json <= line + size);
	o = gvm_vm_record_json(&a);
	FUZZ_PROMISE(gvm_vm_record_parse(o, &b) == 0 && same(&a, &b));
	json_object_put(o);
	out = open_memstream(&again, &len);
	gvm_vms_line_print(&a, json, out);
	fclose(out);
	FUZZ_PROMISE(again && again[len - 1] == '\n');
	again[len - 1] = '\0';
	FUZZ_PROMISE(gvm_vms_line_parse(again, &b, &json_again) == 0 && same(&a, &b));
	FUZZ_PROMISE(strcmp(json, json_again) == 0);
	free(again);
	free(line);
	return 0;
}
