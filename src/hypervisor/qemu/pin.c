// SPDX-License-Identifier: GPL-2.0-or-later
#include "pin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "cpulist.h"
#include "json.h"
#include "qemu.h"
#include "qmp.h"
#include "record.h"
#include "store.h"
#include "str.h"

#define TIMEOUT_MS 10000

int gvm_qemu_pin_choose(const cpu_set_t *may, const unsigned int load[CPU_SETSIZE], unsigned int n,
			struct gvm_qemu_pin *pin)
{
	cpu_set_t left = *may;
	unsigned int i, cpu;

	if (n > (unsigned int)CPU_COUNT(may))
		return -ENOSPC;
	for (i = 0; i < n; i++) {
		unsigned int best = CPU_SETSIZE;

		for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
			if (CPU_ISSET(cpu, &left) &&
			    (best == CPU_SETSIZE || load[cpu] < load[best]))
				best = cpu;
		pin->cpu[i] = (short)best;
		CPU_CLR(best, &left);
	}
	pin->n = n;
	return 0;
}

/** What is counted, for one process. */
struct counting {
	struct gvm_ctx *ctx;
	unsigned int *load;
};

/** @brief Count a thread that is pinned to one CPU. @param dir unused @param name thread @param data loads @return 0 */
static int count_thread(int dir, const char *name, void *data)
{
	unsigned int *load = data, cpu;
	cpu_set_t set;
	uint64_t tid;

	(void)dir;
	if (gvm_parse_u64(name, 10, 1 << 30, &tid) < 0 ||
	    sched_getaffinity((pid_t)tid, sizeof(set), &set) < 0 || CPU_COUNT(&set) != 1)
		return 0;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		load[cpu] += CPU_ISSET(cpu, &set) ? 1 : 0;
	return 0;
}

/** @brief Count the threads of a VM that runs. @param r its record @param data struct counting @return 0 */
static int count_vm(const struct gvm_vm_record *r, void *data)
{
	struct counting *c = data;
	char path[40];

	if (!r || !gvm_proc_alive(c->ctx->host, &r->proc))
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/task", (int)r->proc.pid);
	gvm_host_list(c->ctx->host, path, count_thread, c->load);
	return 0;
}

/** @brief Tell that a VM cannot be pinned so. @param start VM @param n CPUs there are @param where words for them @param e error @return -ENOSPC */
static int no_room(const struct gvm_vm_start *start, int n, const char *where, struct gvm_error *e)
{
	gvm_error_set(e, "GVM_E_PIN", ENOSPC, "VM %s: %u vCPUs cannot be pinned to %d CPU%s %s",
		      start->file->name, start->file->cpus, n, n == 1 ? "" : "s", where);
	GVM_ERROR_FIELD(e, object, "%s", start->file->name);
	GVM_ERROR_FIELD(e, hint, "write cpus: {count: %d, pin: %s}, or another pin:", n,
			start->file->cpus_map->pin);
	return -ENOSPC;
}

int gvm_qemu_pin_plan(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
		      struct gvm_qemu_pin *pin, struct gvm_error *e)
{
	const char *wanted = start->file->cpus_map ? start->file->cpus_map->pin : NULL;
	GVM_AUTOFREE unsigned int *load = calloc(CPU_SETSIZE, sizeof(*load));
	struct counting c = { ctx, load };
	const char *where = "that gvm may use";
	cpu_set_t may, near;

	pin->n = 0;
	if (!wanted || strcmp(wanted, "none") == 0)
		return 0;
	if (!load)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	if (sched_getaffinity(0, sizeof(may), &may) < 0)
		return gvm_error_set(e, "GVM_E_PIN", errno, "cannot read the CPUs of this host: %s",
				     gvm_errno_name(errno));
	if (strcmp(wanted, "auto") != 0) {
		where = "of its pin:, as far as gvm may use them";
		if (gvm_cpulist_parse(wanted, &near) > 0)
			CPU_AND(&may, &may, &near);
	} else if (gvm_cpulist_parse(start->local_cpus, &near) > 0) {
		where = "near its GPU";
		CPU_AND(&may, &may, &near);
	}
	ctx->store->ops->list_vms(ctx->store, count_vm, &c);
	if (gvm_qemu_pin_choose(&may, load, start->file->cpus, pin) < 0)
		return no_room(start, CPU_COUNT(&may), where, e);
	return 0;
}

/** @brief Pin one thread. @param ctx context @param pid QEMU @param vcpu what QEMU says of a vCPU @param pin plan @return 0 or -errno */
static int pin_one(struct gvm_ctx *ctx, pid_t pid, struct json_object *vcpu,
		   const struct gvm_qemu_pin *pin)
{
	uint64_t index, tid;
	cpu_set_t set, seen;
	char path[60];

	if (!json_object_is_type(vcpu, json_type_object) ||
	    gvm_json_u64(vcpu, "cpu-index", pin->n - 1, &index) < 0 ||
	    gvm_json_u64(vcpu, "thread-id", 1 << 30, &tid) < 0)
		return -EPROTO;
	snprintf(path, sizeof(path), "/proc/%d/task/%d", (int)pid, (int)tid);
	if (!gvm_host_exists(ctx->host, path))
		return -EPROTO;
	CPU_ZERO(&set);
	CPU_SET((size_t)pin->cpu[index], &set);
	if (sched_setaffinity((pid_t)tid, sizeof(set), &set) < 0 ||
	    sched_getaffinity((pid_t)tid, sizeof(seen), &seen) < 0)
		return -errno;
	return CPU_EQUAL(&set, &seen) ? 0 : -EIO;
}

int gvm_qemu_pin(struct gvm_ctx *ctx, const char *dir, pid_t pid, const struct gvm_qemu_pin *pin,
		 struct gvm_error *e)
{
	GVM_AUTOQMP struct gvm_qmp *q = NULL;
	GVM_AUTOJSON struct json_object *list = NULL;
	char path[GVM_PATH_SIZE + 16];
	size_t i, n;
	int r;

	if (!pin->n)
		return 0;
	snprintf(path, sizeof(path), "%s/" GVM_QEMU_SOCKET, dir);
	r = gvm_qmp_open(path, TIMEOUT_MS, &q, e);
	if (r == 0)
		r = gvm_qmp_execute(q, "query-cpus-fast", NULL, TIMEOUT_MS, &list, e);
	if (r < 0)
		return r;
	n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
	r = n == pin->n ? 0 : -EPROTO;
	for (i = 0; i < n && r == 0; i++)
		r = pin_one(ctx, pid, json_object_array_get_idx(list, i), pin);
	if (r < 0)
		gvm_error_set(e, "GVM_E_PIN", -r, "cannot pin the vCPUs of process %d: %s",
			      (int)pid, gvm_errno_name(r));
	return r;
}
