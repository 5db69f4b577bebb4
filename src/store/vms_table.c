// SPDX-License-Identifier: GPL-2.0-or-later
#include "vms_table.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cleanup.h"
#include "file.h"
#include "json.h"
#include "str.h"
#include "uuid.h"

#define TABLE "vms"

/* Room for 64,000 VMs. */
#define MAX_TABLE (64 << 20)

/** @brief The next word. @param rest of the words, moved on; NULL behind the last @return word, "" when there is none */
static const char *next_word(char **rest)
{
	const char *word = strsep(rest, " ");

	return word ? word : "";
}

/** @brief Take the next word, a name. @param rest of the words, moved on @param dst array @param size its size @return 0 or a negative errno */
static int take_name(char **rest, char *dst, size_t size)
{
	const char *word = next_word(rest);

	return gvm_name_valid(word) ? gvm_str_copy(dst, size, word) : -EBADMSG;
}

int gvm_vms_line_parse(char *line, struct gvm_vm_record *ret, const char **json)
{
	char *words = strsep(&line, "\t");
	uint64_t pid = 0;

	*json = line;
	if (!line || take_name(&words, ret->name, sizeof(ret->name)) < 0 ||
	    gvm_uuid_parse(next_word(&words), ret->uuid) < 0 ||
	    take_name(&words, ret->hypervisor, sizeof(ret->hypervisor)) < 0 ||
	    take_name(&words, ret->accelerator, sizeof(ret->accelerator)) < 0 ||
	    gvm_parse_u64(next_word(&words), 10, INT32_MAX, &pid) < 0 ||
	    gvm_parse_u64(next_word(&words), 10, UINT64_MAX, &ret->proc.start) < 0)
		return -EBADMSG;
	ret->proc.pid = (pid_t)pid;
	for (ret->n_vgpus = 0; words; ret->n_vgpus++)
		if (ret->n_vgpus == GVM_VM_MAX_VGPUS ||
		    gvm_uuid_parse(next_word(&words), ret->vgpus[ret->n_vgpus]) < 0)
			return -EBADMSG;
	return 0;
}

void gvm_vms_line_print(const struct gvm_vm_record *r, const char *json, FILE *out)
{
	size_t i;

	fprintf(out, "%s %s %s %s %d %" PRIu64, r->name, r->uuid, r->hypervisor, r->accelerator,
		(int)r->proc.pid, r->proc.start);
	for (i = 0; i < r->n_vgpus; i++)
		fprintf(out, " %s", r->vgpus[i]);
	fprintf(out, "\t%s\n", json);
}

/** @brief Read the table. @param dir folder @param text result, "" when there is none @return 0 or -errno */
static int read_table(int dir, char **text)
{
	size_t len;
	int r = gvm_read_file(dir, TABLE, MAX_TABLE, text, &len);

	if (r == -ENOENT) {
		*text = strdup("");
		return *text ? 0 : -ENOMEM;
	}
	return r;
}

/** @brief The next line that is not empty. @param rest of the table, moved on @return line, NULL at the end */
static char *next_line(char **rest)
{
	char *line;

	do
		line = strsep(rest, "\n");
	while (line && !*line);
	return line;
}

int gvm_vms_list(int dir, gvm_store_vm_fn fn, void *data)
{
	GVM_AUTOFREE char *text = NULL;
	int r = read_table(dir, &text);
	struct gvm_vm_record rec;
	char *rest = text, *line;
	const char *json;

	while (r == 0 && (line = next_line(&rest)))
		r = fn(gvm_vms_line_parse(line, &rec, &json) < 0 ? NULL : &rec, data);
	return r;
}

int gvm_vms_load(int dir, const char *name, struct json_object **ret)
{
	GVM_AUTOFREE char *text = NULL;
	int r = dir < 0 ? -ENOENT : read_table(dir, &text);
	struct gvm_vm_record rec;
	char *rest = text, *line;
	const char *json;

	if (r < 0)
		return r;
	while ((line = next_line(&rest)))
		if (gvm_vms_line_parse(line, &rec, &json) == 0 && strcmp(rec.name, name) == 0)
			return gvm_json_parse(json, strlen(json), ret);
	return -ENOENT;
}

/** @brief Copy all lines but one VM's. @param text table, cut up @param name the VM @param out stream @return how many were left out */
static int copy_others(char *text, const char *name, FILE *out)
{
	struct gvm_vm_record rec;
	const char *json;
	int dropped = 0;
	char *line;

	while ((line = next_line(&text))) {
		/* A damaged line tells nothing to anyone: it goes with the next change. */
		if (gvm_vms_line_parse(line, &rec, &json) < 0)
			continue;
		if (strcmp(rec.name, name) == 0)
			dropped++;
		else
			gvm_vms_line_print(&rec, json, out);
	}
	return dropped;
}

int gvm_vms_change(int dir, int lock_dir, const char *name, struct json_object *o, bool is_new)
{
	GVM_AUTOCLOSE int lock = gvm_lock_file(lock_dir, "vms", true);
	const char *json = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	GVM_AUTOFREE char *text = NULL;
	GVM_AUTOFREE char *table = NULL;
	struct gvm_vm_record rec;
	size_t len = 0;
	FILE *out;
	int r, dropped;

	if (lock < 0)
		return lock;
	if (!json)
		return -ENOMEM;
	if (o && (gvm_vm_record_parse(o, &rec) < 0 || strcmp(rec.name, name) != 0))
		return -EBADMSG;
	r = read_table(dir, &text);
	if (r < 0)
		return r;
	out = open_memstream(&table, &len);
	if (!out)
		return -ENOMEM;
	dropped = copy_others(text, name, out);
	if (o)
		gvm_vms_line_print(&rec, json, out);
	if (fclose(out) != 0)
		return -ENOMEM;
	if (!o && !dropped)
		return -ENOENT;
	if (is_new && dropped)
		return -EEXIST;
	return gvm_write_file(dir, TABLE, table, len, 0);
}
