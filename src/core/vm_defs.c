// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm_defs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "file.h"
#include "program.h"
#include "str.h"
#include "yaml_load.h"

#define SUFFIX ".yaml"
/* A guest's start is not waited for, only QEMU's. */
#define SERVICE_TIMEOUT_MS 120000

/** @brief The file name of a definition. @param name VM @param file result @return 0 or -EINVAL */
static int file_name(const char *name, char file[80])
{
	return gvm_name_valid(name) ? gvm_str_format(file, 80, "%s" SUFFIX, name) : -EINVAL;
}

/** @brief There is no such definition. @param name VM @param e error @return -ENOENT */
static int not_defined(const char *name, struct gvm_error *e)
{
	gvm_error_set(e, "GVM_E_VM_NOT_DEFINED", ENOENT, "there is no VM %s in " GVM_VM_DEFS, name);
	GVM_ERROR_FIELD(e, object, "%s", name);
	return -ENOENT;
}

/** @brief The folder or a file could not be changed. @param what path @param r errno @param e error @return r */
static int not_written(const char *what, int r, struct gvm_error *e)
{
	gvm_error_set(e, r == -EACCES || r == -EPERM ? "GVM_E_PERMISSION" : "GVM_E_FILE_WRITE", -r,
		      "cannot change " GVM_VM_DEFS "/%s: %s", what, gvm_errno_name(r));
	GVM_ERROR_FIELD(e, object, GVM_VM_DEFS "/%s", what);
	return r;
}

/** @brief Refuse paths that mean something else elsewhere. @param f VM file @param path of it @param e error @return 0 or -EINVAL */
static int check_absolute(const struct gvm_vm_file *f, const char *path, struct gvm_error *e)
{
	char what[300], hint[300];

	if (!f->relative[0])
		return 0;
	snprintf(what, sizeof(what), "the path %.200s is relative", f->relative);
	snprintf(hint, sizeof(hint), "a definition is kept in " GVM_VM_DEFS ": write whole paths");
	return gvm_yaml_invalid(e, path, what, hint);
}

/** @brief Write a definition, unless it is there. @param file its name @param data text @param len its length @param e detail @return 0 or -errno */
static int write_definition(const char *file, const char *data, size_t len, struct gvm_error *e)
{
	GVM_AUTOCLOSE int etc = gvm_open_dir(AT_FDCWD, "/etc/gvm", 0755);
	GVM_AUTOCLOSE int dir = etc < 0 ? etc : gvm_open_dir(etc, "vm.d", 0755);
	GVM_AUTOFREE char *old = NULL;
	size_t old_len;
	int r;

	if (dir < 0)
		return not_written("", dir, e);
	if (gvm_read_file(dir, file, 1 << 20, &old, &old_len) == 0 &&
	    (old_len != len || memcmp(old, data, len) != 0)) {
		gvm_error_set(e, "GVM_E_VM_DEFINED", EEXIST,
			      "another VM is defined in " GVM_VM_DEFS "/%s", file);
		GVM_ERROR_FIELD(e, object, GVM_VM_DEFS "/%s", file);
		return -EEXIST;
	}
	r = old ? 0 : gvm_write_file(dir, file, data, len, GVM_WRITE_NEW | GVM_WRITE_SYNC);
	return r < 0 ? not_written(file, r, e) : 0;
}

int gvm_vm_define(struct gvm_ctx *ctx, const char *path, bool dry, struct gvm_vm_file **ret,
		  struct gvm_error *e)
{
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	GVM_AUTOFREE char *data = NULL;
	char file[80];
	size_t len;
	int r = gvm_yaml_read(AT_FDCWD, path, "a VM file", &data, &len, e);

	if (r == 0)
		r = gvm_vm_file_parse(data, len, path, &f, e);
	if (r == 0)
		r = check_absolute(f, path, e);
	if (r < 0)
		return r;
	file_name(f->name, file);
	if (!dry && gvm_host_live(ctx->host))
		r = write_definition(file, data, len, e);
	if (r == 0)
		*ret = gvm_steal(f);
	return r;
}

int gvm_vm_undefine(struct gvm_ctx *ctx, const char *name, bool dry, struct gvm_error *e)
{
	GVM_AUTOCLOSE int dir = gvm_host_at(ctx->host, GVM_VM_DEFS, O_RDONLY | O_DIRECTORY);
	char file[80];

	if (dir < 0 || file_name(name, file) < 0 ||
	    faccessat(dir, file, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return not_defined(name, e);
	if (!dry && gvm_host_live(ctx->host) && unlinkat(dir, file, 0) < 0)
		return not_written(file, -errno, e);
	return 0;
}

int gvm_vm_defined(struct gvm_ctx *ctx, const char *name, struct gvm_vm_file **ret,
		   struct gvm_error *e)
{
	GVM_AUTOCLOSE int dir = gvm_host_at(ctx->host, GVM_VM_DEFS, O_RDONLY | O_DIRECTORY);
	GVM_AUTOVMFILE struct gvm_vm_file *f = NULL;
	GVM_AUTOFREE char *data = NULL;
	char file[80], path[120];
	size_t len;
	int r;

	if (dir < 0 || file_name(name, file) < 0 ||
	    faccessat(dir, file, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return not_defined(name, e);
	snprintf(path, sizeof(path), GVM_VM_DEFS "/%s", file);
	r = gvm_yaml_read(dir, file, "a VM file", &data, &len, e);
	if (r == 0)
		r = gvm_vm_file_parse(data, len, path, &f, e);
	if (r < 0)
		return r;
	if (strcmp(f->name, name) != 0)
		return gvm_yaml_invalid(e, path, "it has the name of another VM",
					"write as name: what the file is called");
	f->path = strdup(path);
	*ret = gvm_steal(f);
	return 0;
}

/** What gvm_vm_defs() is to call. */
struct walk {
	gvm_vm_def_fn fn;
	void *data;
};

/** @brief One file of the folder. @param dir unused @param file its name @param data struct walk @return what fn returns */
static int each(int dir, const char *file, void *data)
{
	const struct walk *w = data;
	size_t len = strlen(file);
	char name[80];

	(void)dir;
	if (len <= strlen(SUFFIX) || strcmp(file + len - strlen(SUFFIX), SUFFIX) != 0 ||
	    gvm_str_format(name, sizeof(name), "%.*s", (int)(len - strlen(SUFFIX)), file) < 0 ||
	    !gvm_name_valid(name))
		return 0;
	return w->fn(name, w->data);
}

int gvm_vm_defs(struct gvm_ctx *ctx, gvm_vm_def_fn fn, void *data)
{
	struct walk w = { fn, data };
	int r = gvm_host_list(ctx->host, GVM_VM_DEFS, each, &w);

	return r == -ENOENT ? 0 : r;
}

bool gvm_vm_has_services(struct gvm_ctx *ctx)
{
	/* Documented: sd_booted(3). */
	return gvm_host_exists(ctx->host, "/run/systemd/system");
}

int gvm_vm_service_start(struct gvm_ctx *ctx, const char *name, struct gvm_error *e)
{
	char unit[100], program[] = "/usr/bin/systemctl", verb[] = "start";
	char *argv[] = { program, verb, unit, NULL };
	int r;

	if (!gvm_vm_has_services(ctx)) {
		gvm_error_set(e, "GVM_E_NO_SYSTEMD", ENOENT, "this host does not run systemd");
		GVM_ERROR_FIELD(e, hint, "gvm vm run %s", name);
		return -ENOENT;
	}
	snprintf(unit, sizeof(unit), "gvm-vm@%s.service", name);
	r = gvm_program(argv, SERVICE_TIMEOUT_MS);
	if (r == 0)
		return 0;
	gvm_error_set(e, "GVM_E_VM_SERVICE", EIO, "VM %s does not start as %s", name, unit);
	GVM_ERROR_FIELD(e, object, "%s", unit);
	GVM_ERROR_FIELD(e, hint, "journalctl -b -u %s", unit);
	return -EIO;
}
