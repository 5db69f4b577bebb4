// SPDX-License-Identifier: GPL-2.0-or-later
/* Own types in YAML, and texts of parameters. What is taken survives being written and read again. */
#include "fuzz.h"

#include "json.h"
#include "own_type.h"
#include "str.h"

/** @brief Parameters lead nowhere else, and are short lines. @param p parameters */
static void check_params(const struct gvm_params *p)
{
	size_t i;

	FUZZ_PROMISE(p->n <= GVM_MAX_PARAMS);
	for (i = 0; i < p->n; i++) {
		const char *name = p->items[i].name;

		FUZZ_PROMISE(name[0] && name[0] != '/' && name[0] != '.' && !strstr(name, ".."));
		FUZZ_PROMISE(!strstr(name, "//") && strcmp(gvm_basename(name), "remove") != 0);
		FUZZ_PROMISE(!gvm_str_starts(name, "driver/") && fuzz_is_clean(name));
		FUZZ_PROMISE(fuzz_is_clean(p->items[i].value));
	}
}

/** @brief The same parameters? @param a @param b both */
static void check_same(const struct gvm_params *a, const struct gvm_params *b)
{
	size_t i;

	FUZZ_PROMISE(a->n == b->n);
	for (i = 0; i < a->n; i++)
		FUZZ_PROMISE(strcmp(a->items[i].name, b->items[i].name) == 0 &&
			     strcmp(a->items[i].value, b->items[i].value) == 0);
}

/** @brief As an own type. @param text bytes @param size their count */
static void own_type(const char *text, size_t size)
{
	struct gvm_own_type a, b;
	struct gvm_error e = { 0 };
	char *again;
	int r = gvm_own_type_parse(text, size, "/etc/gvm/types.d/x.yaml", &a, &e);

	if (r < 0) {
		FUZZ_PROMISE(e.code && e.err == -r);
		FUZZ_PROMISE(e.message[0] && fuzz_is_clean(e.message) && fuzz_is_clean(e.hint));
		return;
	}
	FUZZ_PROMISE(gvm_name_valid(a.name) && strcmp(a.name, "vf") != 0);
	FUZZ_PROMISE(a.base[0] && !strchr(a.base, '/') && fuzz_is_clean(a.base));
	FUZZ_PROMISE(!strchr(a.gpu, '/') && a.gpu[0] != '.' && fuzz_is_clean(a.gpu));
	FUZZ_PROMISE(fuzz_is_clean(a.description));
	check_params(&a.params);
	again = gvm_own_type_text(&a);
	FUZZ_PROMISE(again);
	FUZZ_PROMISE(gvm_own_type_parse(again, strlen(again), "x", &b, NULL) == 0);
	FUZZ_PROMISE(strcmp(a.name, b.name) == 0 && strcmp(a.base, b.base) == 0);
	FUZZ_PROMISE(strcmp(a.gpu, b.gpu) == 0 && strcmp(a.serial, b.serial) == 0);
	FUZZ_PROMISE(strcmp(a.description, b.description) == 0);
	check_same(&a.params, &b.params);
	free(again);
}

/** @brief As NAME=VALUE of a command line, a line each. @param text it, cut in pieces */
static void params(char *text)
{
	struct gvm_params a = { .n = 0 }, b;
	struct json_object *o;
	char *line;

	while ((line = strsep(&text, "\n")))
		/* It is seen when the driver shows it just so. */
		if (!gvm_params_add_text(&a, line))
			FUZZ_PROMISE(
				gvm_param_shown(a.items[a.n - 1].value, a.items[a.n - 1].value));
	check_params(&a);
	o = gvm_params_json(&a);
	FUZZ_PROMISE(gvm_params_parse(o, &b) == 0);
	check_same(&a, &b);
	json_object_put(o);
	b = a;
	FUZZ_PROMISE(!gvm_params_change(&b, &a));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	own_type(text, size);
	gvm_param_shown(text, "on");
	params(text);
	free(text);
	return 0;
}
