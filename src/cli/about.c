// SPDX-License-Identifier: GPL-2.0-or-later
/* What gvm says of itself: version. */
#include <errno.h>
#include <stdio.h>

#include "hypervisor.h"
#include "output.h"
#include "registry.h"
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
