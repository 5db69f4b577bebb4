// SPDX-License-Identifier: GPL-2.0-or-later
#include "saved_schema.h"

const cyaml_schema_field_t gvm_saved_gpu_fields[] = {
	GVM_SAVED_TEXT(struct gvm_saved_gpu, address, 0, GVM_NAME_SIZE - 1),
	GVM_SAVED_TEXT(struct gvm_saved_gpu, serial, CYAML_FLAG_OPTIONAL, GVM_NAME_SIZE - 1),
	CYAML_FIELD_END,
};

static const cyaml_schema_field_t param_fields[] = {
	GVM_SAVED_TEXT(struct gvm_saved_param, name, 0, 63),
	CYAML_FIELD_STRING_PTR("value", CYAML_FLAG_POINTER, struct gvm_saved_param, value, 0, 127),
	CYAML_FIELD_END,
};

const cyaml_schema_value_t gvm_saved_param_schema = { CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct gvm_saved_param, param_fields) };

const char *gvm_saved_take_params(const struct gvm_saved_param *loaded, size_t n,
				  struct gvm_params *ret)
{
	const char *wrong = NULL;
	size_t i;

	for (i = 0; i < n && !wrong; i++)
		wrong = gvm_params_add(ret, loaded[i].name, loaded[i].value);
	return wrong;
}
