// SPDX-License-Identifier: GPL-2.0-or-later
#include "gpu_state.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "saved.h"
#include "saved_schema.h"
#include "str.h"
#include "yaml_load.h"

#define MAX_VFS 65535
#define EXAMPLE "write version: 1, gpu: {address: \"0000:3b:00.0\"}, then vfs, driver or autoprobe"

/** The file as libcyaml loads it. */
struct file {
	char *version;
	struct gvm_saved_gpu *gpu;
	char *vfs;
	char *driver;
	char *autoprobe;
};

/** A text of the file. */
#define TEXT(S, key, flags) GVM_SAVED_TEXT(S, key, flags, GVM_NAME_SIZE - 1)

static const cyaml_schema_field_t fields[] = {
	TEXT(struct file, version, 0),
	CYAML_FIELD_MAPPING_PTR("gpu", CYAML_FLAG_POINTER, struct file, gpu,
				gvm_saved_gpu_fields),
	TEXT(struct file, vfs, CYAML_FLAG_OPTIONAL),
	TEXT(struct file, driver, CYAML_FLAG_OPTIONAL),
	TEXT(struct file, autoprobe, CYAML_FLAG_OPTIONAL),
	CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file,
								 fields) };

/** @brief What to do about a complaint of libcyaml. @param complaint it @return remedy */
static const char *hint_for(const char *complaint)
{
	return gvm_str_starts(complaint, "Unexpected key")
		       ? "known are version, gpu {address, serial}, vfs, driver, autoprobe"
		       : EXAMPLE;
}

static const struct gvm_yaml kind = { &schema, hint_for, EXAMPLE };

/** @brief Take what was loaded. @param f it @param ret result @return NULL, or what is wrong */
static const char *take(const struct file *f, struct gvm_gpu_state *ret)
{
	const char *wrong = gvm_saved_take_gpu(f->gpu, ret->address, ret->serial);
	uint64_t vfs;

	if (strcmp(f->version, "1") != 0)
		return "version is not 1";
	if (wrong)
		return wrong;
	if (f->vfs) {
		if (gvm_parse_u64(f->vfs, 10, MAX_VFS, &vfs) < 0)
			return "vfs is no number from 0 to 65535";
		ret->vfs = (long)vfs;
	}
	if (f->driver &&
	    (gvm_str_copy(ret->driver, sizeof(ret->driver), f->driver) < 0 ||
	     strchr(f->driver, '/') || f->driver[0] == '.' || !gvm_saved_is_plain(f->driver)))
		return "driver is no name of a driver";
	if (f->autoprobe) {
		if (strcmp(f->autoprobe, "on") != 0 && strcmp(f->autoprobe, "off") != 0)
			return "autoprobe is neither on nor off";
		ret->autoprobe = strcmp(f->autoprobe, "on") == 0;
	}
	return NULL;
}

int gvm_gpu_state_parse(const char *text, size_t len, const char *path, struct gvm_gpu_state *ret,
			struct gvm_error *e)
{
	struct gvm_gpu_state state = GVM_GPU_STATE_NONE;
	const char *wrong;
	void *loaded;
	int r = gvm_yaml_load(text, len, &kind, path, &loaded, e);

	if (r < 0)
		return r;
	wrong = take(loaded, &state);
	gvm_yaml_free(&kind, loaded);
	if (wrong)
		return gvm_yaml_invalid(e, path, wrong, EXAMPLE);
	*ret = state;
	return 0;
}

char *gvm_gpu_state_text(const struct gvm_gpu_state *state)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fputs("version: 1\n", f);
	gvm_saved_put_gpu(f, state->address, state->serial, "");
	if (state->vfs >= 0)
		fprintf(f, "vfs: %ld\n", state->vfs);
	if (state->driver[0]) {
		fputs("driver: ", f);
		gvm_saved_quote(f, state->driver);
		fputc('\n', f);
	}
	if (state->autoprobe >= 0)
		fprintf(f, "autoprobe: %s\n", state->autoprobe ? "on" : "off");
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/** What a walk carries along. */
struct walk {
	struct gvm_ctx *ctx;
	gvm_gpu_state_fn fn;
	void *data;
};

/** @brief One file. @param name of it @param text of it, or NULL @param len its length, or -errno @param data walk @return of the callback */
static int walk_one(const char *name, const char *text, long len, void *data)
{
	struct walk *w = data;
	char path[GVM_SAVED_PATH_SIZE] = "";
	struct gvm_gpu_state state;
	struct gvm_error e;
	int r;

	w->ctx->store->ops->saved_path(w->ctx->store, GVM_SAVED_GPU, name, path);
	if (text)
		r = gvm_gpu_state_parse(text, (size_t)len, path, &state, &e);
	else
		r = gvm_saved_error(w->ctx, GVM_SAVED_GPU, name, "read", (int)len, &e);
	return w->fn(name, r < 0 ? NULL : &state, &e, w->data);
}

int gvm_gpu_state_list(struct gvm_ctx *ctx, gvm_gpu_state_fn fn, void *data, struct gvm_error *e)
{
	struct walk w = { ctx, fn, data };
	struct gvm_store *s = ctx->store;
	int r = s->ops->saved_list(s, GVM_SAVED_GPU, walk_one, &w);

	return r < 0 ? gvm_error_set(e, "GVM_E_FILE_READ", -r, "cannot read /etc/gvm/gpu.d: %s",
				     gvm_errno_name(r))
		     : r;
}

/** What is looked for. */
struct search {
	const char *gpu;
	char name[GVM_NAME_SIZE]; /* of the file found; the first in order where there are two */
	struct gvm_gpu_state state;
};

/** @brief Is this the GPU's? @param name of the file @param state or NULL @param e unused @param data search @return 0 */
static int match(const char *name, const struct gvm_gpu_state *state, const struct gvm_error *e,
		 void *data)
{
	struct search *s = data;

	(void)e;
	if (!state || strcmp(state->address, s->gpu) != 0 ||
	    (s->name[0] && strcmp(s->name, name) <= 0))
		return 0;
	s->state = *state;
	return gvm_str_copy(s->name, sizeof(s->name), name);
}

int gvm_gpu_state_load(struct gvm_ctx *ctx, const char *gpu, struct gvm_gpu_state *ret,
		       struct gvm_error *e)
{
	struct search s = { .gpu = gpu };
	int r = gvm_gpu_state_list(ctx, match, &s, e);

	if (r < 0)
		return r;
	if (!s.name[0])
		return gvm_error_set(e, "GVM_E_GPU_NOT_FOUND", ENOENT, "nothing is saved of GPU %s",
				     gpu);
	*ret = s.state;
	return 0;
}

/** @brief A file's name for a GPU: its address with what a name may have. @param gpu id @param name result */
static void name_of(const char *gpu, char name[GVM_NAME_SIZE])
{
	size_t i;

	snprintf(name, GVM_NAME_SIZE, "%.63s", gpu);
	for (i = 0; name[i]; i++) {
		name[i] = (char)tolower((unsigned char)name[i]);
		if (!isalnum((unsigned char)name[i]) && (!i || !strchr("._-", name[i])))
			name[i] = i ? '-' : 'g';
	}
}

bool gvm_gpu_state_may_be_of(const char *name, const char *gpu)
{
	char own[GVM_NAME_SIZE], text[GVM_NAME_SIZE], *c;
	struct gvm_pci_addr address;

	name_of(gpu, own);
	if (strcmp(name, own) == 0 || gvm_str_copy(text, sizeof(text), name) < 0)
		return true;
	for (c = text; *c; c++)
		if (*c == '-')
			*c = ':';
	return gvm_pci_parse(text, &address) < 0;
}

/** @brief Save, under the lock. @param ctx context @param state what @param force see there @param e detail @return 0 or -errno */
static int save_locked(struct gvm_ctx *ctx, const struct gvm_gpu_state *state, bool force,
		       struct gvm_error *e)
{
	struct gvm_store *store = ctx->store;
	struct search s = { .gpu = state->address };
	GVM_AUTOFREE char *text = NULL;
	struct gvm_gpu_state all = *state, check;
	int r = gvm_gpu_state_list(ctx, match, &s, e);

	if (r < 0)
		return r;
	if (s.name[0]) {
		if (all.vfs < 0)
			all.vfs = s.state.vfs;
		if (all.autoprobe < 0)
			all.autoprobe = s.state.autoprobe;
		if (!all.driver[0])
			memcpy(all.driver, s.state.driver, sizeof(all.driver));
		if (!all.serial[0])
			memcpy(all.serial, s.state.serial, sizeof(all.serial));
	} else {
		name_of(state->address, s.name);
	}
	text = gvm_gpu_state_text(&all);
	if (!text)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	/* What we write we can read. */
	r = gvm_gpu_state_parse(text, strlen(text), s.name, &check, e);
	if (r < 0)
		return r;
	r = store->ops->saved_save(store, GVM_SAVED_GPU, s.name, text, force ? GVM_SAVED_FORCE : 0);
	return r < 0 ? gvm_saved_error(ctx, GVM_SAVED_GPU, s.name, "save", r, e) : 0;
}

int gvm_gpu_state_save(struct gvm_ctx *ctx, const struct gvm_gpu_state *state, bool force,
		       struct gvm_error *e)
{
	int lock = gvm_saved_lock(ctx, e), r;

	if (lock < 0)
		return lock;
	r = save_locked(ctx, state, force, e);
	ctx->store->ops->unlock(ctx->store, lock);
	return r;
}
