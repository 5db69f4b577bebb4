// SPDX-License-Identifier: GPL-2.0-or-later
/* What gvm says of itself: its version, and what its errors mean. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "hypervisor.h"
#include "output.h"
#include "registry.h"
#include "str.h"
#include "vendor.h"

int cli_version(struct cli *cli, struct gvm_error *e)
{
	const struct gvm_hypervisor *const *h = gvm_hypervisors();
	const struct gvm_vendor *const *v = gvm_vendors();
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	struct cli_out *out = cli_out_begin(cli, "gvm.version/1", NULL);

	(void)e;
	if (!cli->json)
		printf("gvm %s\n", GVM_VERSION);
	else
		json_object_object_add(o, "version", json_object_new_string(GVM_VERSION));
	for (; *v; v++)
		json_object_array_add(list, json_object_new_string((*v)->name));
	json_object_object_add(o, "vendors", list);
	list = json_object_new_array();
	for (; *h; h++)
		json_object_array_add(list, json_object_new_string((*h)->name));
	json_object_object_add(o, "hypervisors", list);
	return cli_out_end(out, NULL, out ? cli_out_item(out, o) : -ENOMEM);
}

/** @brief Find an error by its code, in any case, with or without GVM_E_. @param code it @return entry, or NULL */
static const struct gvm_error_entry *find_error(const char *code)
{
	size_t i, n;
	const struct gvm_error_entry *all = gvm_errors_all(&n);

	for (i = 0; i < n; i++)
		if (strcasecmp(all[i].code, code) == 0 ||
		    strcasecmp(all[i].code + strlen("GVM_E_"), code) == 0)
			return &all[i];
	return NULL;
}

/** @brief An error's manual entry as JSON. @param entry it @return new object */
static struct json_object *error_item(const struct gvm_error_entry *entry)
{
	struct json_object *o = json_object_new_object();
	struct gvm_error_manual m = { "-", "-", "-" };

	gvm_errors_manual(entry, &m);
	json_object_object_add(o, "code", json_object_new_string(entry->code));
	json_object_object_add(o, "meaning", json_object_new_string(m.meaning));
	json_object_object_add(o, "cause", json_object_new_string(m.cause));
	json_object_object_add(o, "remedy", json_object_new_string(m.remedy));
	json_object_object_add(o, "exit_status", json_object_new_int(entry->exit));
	json_object_object_add(o, "kind", json_object_new_string(gvm_exit_name(entry->exit)));
	json_object_object_add(o, "source", json_object_new_string(entry->label));
	return o;
}

int cli_explain(struct cli *cli, struct gvm_error *e)
{
	static const struct cli_column columns[] = {
		{ "CODE", "code", false },
		{ "EXIT", "exit_status", true },
		{ "MEANING", "meaning", false },
		{ NULL, NULL, false },
	};
	size_t i, n;
	const struct gvm_error_entry *all = gvm_errors_all(&n);
	struct cli_out *out;
	int a, r = 0;

	for (a = 0; a < cli->n_args; a++) {
		if (find_error(cli->args[a]))
			continue;
		gvm_error_set(e, "GVM_E_CODE_NOT_FOUND", ENOENT, "there is no error %s",
			      cli->args[a]);
		gvm_str_printable(e->message);
		return -ENOENT;
	}
	out = cli_out_begin(cli, "gvm.explain/1", cli->n_args ? NULL : columns);
	for (a = 0; out && a < cli->n_args && r == 0; a++)
		r = cli_out_item(out, error_item(find_error(cli->args[a])));
	for (i = 0; out && !cli->n_args && i < n && r == 0; i++)
		r = cli_out_item(out, error_item(&all[i]));
	return cli_out_end(out, NULL, r);
}
