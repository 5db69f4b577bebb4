// SPDX-License-Identifier: GPL-2.0-or-later
/* Definitions and states of GPUs in YAML. What is taken survives being written and read again. */
#include "fuzz.h"

#include <errno.h>

#include "definition.h"
#include "gpu_state.h"
#include "str.h"

/** @brief A refusal explains itself. @param r result @param e error */
static void check_refusal(int r, const struct gvm_error *e)
{
	FUZZ_PROMISE(e->code && e->err == -r);
	FUZZ_PROMISE(e->message[0] && fuzz_is_clean(e->message) && fuzz_is_clean(e->hint));
}

/** @brief As a definition. @param text bytes @param size their count */
static void definition(const char *text, size_t size)
{
	struct gvm_definition a, b;
	struct gvm_error e = { 0 };
	char *again;
	size_t i;
	int r = gvm_definition_parse(text, size, "/etc/gvm/vgpu.d/x.yaml", &a, &e);

	if (r < 0) {
		check_refusal(r, &e);
		return;
	}
	FUZZ_PROMISE(gvm_name_valid(a.name) && a.type[0] && !strchr(a.type, '/'));
	FUZZ_PROMISE(!strchr(a.gpu, '/') && a.gpu[0] != '.' && fuzz_is_clean(a.gpu));
	FUZZ_PROMISE(a.params.n <= GVM_MAX_PARAMS && a.by == GVM_DEFINED_BY_GVM);
	for (i = 0; i < a.params.n; i++)
		FUZZ_PROMISE(!strstr(a.params.items[i].name, "..") &&
			     a.params.items[i].name[0] != '/' &&
			     fuzz_is_clean(a.params.items[i].value));
	again = gvm_definition_text(&a);
	FUZZ_PROMISE(again);
	FUZZ_PROMISE(gvm_definition_parse(again, strlen(again), "x", &b, NULL) == 0);
	FUZZ_PROMISE(strcmp(a.name, b.name) == 0 && strcmp(a.uuid, b.uuid) == 0);
	FUZZ_PROMISE(strcmp(a.gpu, b.gpu) == 0 && strcmp(a.serial, b.serial) == 0);
	FUZZ_PROMISE(strcmp(a.vf, b.vf) == 0 && !strchr(a.vf, '/'));
	FUZZ_PROMISE(strcmp(a.type, b.type) == 0 && a.autostart == b.autostart);
	FUZZ_PROMISE(a.params.n == b.params.n);
	for (i = 0; i < a.params.n; i++)
		FUZZ_PROMISE(strcmp(a.params.items[i].name, b.params.items[i].name) == 0 &&
			     strcmp(a.params.items[i].value, b.params.items[i].value) == 0);
	free(again);
}

/** @brief As the state of a GPU. @param text bytes @param size their count */
static void gpu_state(const char *text, size_t size)
{
	struct gvm_gpu_state a, b;
	struct gvm_error e = { 0 };
	char *again;
	int r = gvm_gpu_state_parse(text, size, "/etc/gvm/gpu.d/x.yaml", &a, &e);

	if (r < 0) {
		check_refusal(r, &e);
		return;
	}
	FUZZ_PROMISE(a.vfs >= -1 && a.vfs <= 65535 && a.autoprobe >= -1 && a.autoprobe <= 1);
	FUZZ_PROMISE(a.address[0] && !strchr(a.address, '/') && !strchr(a.driver, '/'));
	again = gvm_gpu_state_text(&a);
	FUZZ_PROMISE(again);
	FUZZ_PROMISE(gvm_gpu_state_parse(again, strlen(again), "x", &b, NULL) == 0);
	FUZZ_PROMISE(strcmp(a.address, b.address) == 0 && strcmp(a.serial, b.serial) == 0);
	FUZZ_PROMISE(a.vfs == b.vfs && a.autoprobe == b.autoprobe);
	FUZZ_PROMISE(strcmp(a.driver, b.driver) == 0);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	definition(text, size);
	gpu_state(text, size);
	free(text);
	return 0;
}
