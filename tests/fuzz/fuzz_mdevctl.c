// SPDX-License-Identifier: GPL-2.0-or-later
/* mdevctl's definitions in JSON: the first line is the name of the file. */
#include "fuzz.h"

#include "json.h"
#include "mdevctl.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *body = strchr(text, '\n'), *yaml;
	struct gvm_definition a, b, c;
	struct json_object *o;
	const char *wrong, *again;
	char name[200];

	if (!body || strlen(text) != size) {
		free(text);
		return 0;
	}
	*body++ = '\0';
	wrong = gvm_mdevctl_parse(body, strlen(body), text, &a);
	if (wrong) {
		FUZZ_PROMISE(wrong[0]);
		free(text);
		return 0;
	}
	FUZZ_PROMISE(strlen(a.uuid) == 36 && strcmp(a.uuid, a.name) == 0);
	FUZZ_PROMISE(a.gpu[0] && !strchr(a.gpu, '/') && a.gpu[0] != '.');
	FUZZ_PROMISE(a.type[0] && !strchr(a.type, '/') && a.params.n <= GVM_MAX_PARAMS);
	snprintf(name, sizeof(name), "%s/%s", a.gpu, a.uuid);
	/* Written for mdevctl, and written as ours, it says the same. */
	o = gvm_mdevctl_json(&a);
	again = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY);
	FUZZ_PROMISE(!gvm_mdevctl_parse(again, strlen(again), name, &b));
	FUZZ_PROMISE(strcmp(a.type, b.type) == 0 && a.autostart == b.autostart);
	FUZZ_PROMISE(a.params.n == b.params.n);
	json_object_put(o);
	yaml = gvm_definition_text(&a);
	/* JSON's texts may hold what YAML's may not; what is saved is read back before. */
	if (gvm_definition_parse(yaml, strlen(yaml), "x", &c, NULL) == 0)
		FUZZ_PROMISE(strcmp(a.type, c.type) == 0 && a.params.n == c.params.n);
	free(yaml);
	free(text);
	return 0;
}
