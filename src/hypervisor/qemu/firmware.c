// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "file.h"
#include "json.h"
#include "str.h"

#define MAX_DESCRIPTOR (64 << 10)
#define MAX_DESCRIPTORS 64
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#if defined(__aarch64__)
#define ARCH "aarch64"
#define MACHINE "virt"
#else
#define ARCH "x86_64"
#define MACHINE "pc-q35"
#endif

/** @brief Is there such a text in a list? @param list anything @param text text @param whole all of it, not only its beginning @return yes or no */
static bool list_has(struct json_object *list, const char *text, bool whole)
{
	size_t i,
		n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	for (i = 0; i < n; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		const char *s = json_object_is_type(v, json_type_string) ? json_object_get_string(v)
									 : "";

		if (whole ? strcmp(s, text) == 0 : gvm_str_starts(s, text))
			return true;
	}
	return false;
}

/** @brief A member, whatever it is. @param o anything @param key member @return it, or NULL */
static struct json_object *member(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	if (json_object_is_type(o, json_type_object))
		json_object_object_get_ex(o, key, &v);
	return v;
}

/** @brief Is it for this machine? @param targets list @param arch @param machine wanted @return yes or no */
static bool fits(struct json_object *targets, const char *arch, const char *machine)
{
	size_t i, n = json_object_is_type(targets, json_type_array)
			      ? json_object_array_length(targets)
			      : 0;

	for (i = 0; i < n; i++) {
		struct json_object *t = json_object_array_get_idx(targets, i);
		char name[32];

		if (json_object_is_type(t, json_type_object) &&
		    gvm_json_str(t, "architecture", name, sizeof(name)) == 0 &&
		    strcmp(name, arch) == 0 && list_has(member(t, "machines"), machine, false))
			return true;
	}
	return false;
}

/** @brief Take a file and its format. @param o object @param file result @param format result @return 0 or -EBADMSG */
static int take_file(struct json_object *o, char file[GVM_PATH_SIZE], char format[8])
{
	if (!json_object_is_type(o, json_type_object) ||
	    gvm_json_str(o, "filename", file, GVM_PATH_SIZE) < 0 || file[0] != '/' ||
	    gvm_json_str(o, "format", format, 8) < 0 ||
	    (strcmp(format, "raw") != 0 && strcmp(format, "qcow2") != 0))
		return -EBADMSG;
	return 0;
}

int gvm_qemu_firmware_parse(const char *text, size_t len, const char *arch, const char *machine,
			    struct gvm_qemu_firmware *ret)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	struct gvm_qemu_firmware fw = { "" };
	struct json_object *mapping, *features;
	char word[16];

	if (gvm_json_parse(text, len, &o) < 0)
		return -EBADMSG;
	mapping = member(o, "mapping");
	features = member(o, "features");
	if (!json_object_is_type(mapping, json_type_object))
		return -EBADMSG;
	if (!list_has(member(o, "interface-types"), "uefi", true) ||
	    gvm_json_str(mapping, "device", word, sizeof(word)) < 0 || strcmp(word, "flash") != 0 ||
	    (gvm_json_str(mapping, "mode", word, sizeof(word)) == 0 &&
	     strcmp(word, "split") != 0) ||
	    !fits(member(o, "targets"), arch, machine) ||
	    list_has(features, "requires-smm", true) || list_has(features, "enrolled-keys", true))
		return 0;
	if (take_file(member(mapping, "executable"), fw.code, fw.code_format) < 0 ||
	    take_file(member(mapping, "nvram-template"), fw.vars, fw.vars_format) < 0)
		return -EBADMSG;
	*ret = fw;
	return 1;
}

/** The descriptors of all folders. */
struct names {
	char (*name)[GVM_PATH_SIZE];
	size_t n;
	const char *folder;
};

/** @brief Note a descriptor. @param dir unused @param name its name @param data struct names @return 0, or 1 when there is no more room */
static int note(int dir, const char *name, void *data)
{
	struct names *names = data;
	size_t len = strlen(name);

	(void)dir;
	if (len < 6 || strcmp(name + len - 5, ".json") != 0)
		return 0;
	if (names->n == MAX_DESCRIPTORS)
		return 1;
	if (gvm_str_format(names->name[names->n], GVM_PATH_SIZE, "%s/%s", names->folder, name) == 0)
		names->n++;
	return 0;
}

/** @brief Order by the last part; what is equal, as the folders come: /etc before /usr. @param a @param b paths @return as strcmp(3) */
static int compare(const void *a, const void *b)
{
	int r = strcmp(gvm_basename(a), gvm_basename(b));

	return r ? r : strcmp(a, b);
}

/** @brief Read one descriptor. @param h machine @param path it @param ret result @return 1 when it is what we want, and its files are there; else 0 */
static int try_one(struct gvm_host *h, const char *path, struct gvm_qemu_firmware *ret)
{
	GVM_AUTOCLOSE int fd = gvm_host_at(h, path, O_RDONLY | O_NONBLOCK);
	GVM_AUTOFREE char *text = malloc(MAX_DESCRIPTOR);
	struct gvm_qemu_firmware fw;
	size_t len = 0;

	/* An empty descriptor hides the one of the same name in the next folder. */
	if (fd < 0 || !text || gvm_read_fd(fd, text, MAX_DESCRIPTOR, &len) < 0 ||
	    gvm_qemu_firmware_parse(text, len, ARCH, MACHINE, &fw) != 1 ||
	    !gvm_host_exists(h, fw.code) || !gvm_host_exists(h, fw.vars))
		return 0;
	*ret = fw;
	return 1;
}

int gvm_qemu_firmware_find(struct gvm_host *h, const char *vm, struct gvm_qemu_firmware *ret,
			   struct gvm_error *e)
{
	static const char *const folders[] = { "/etc/qemu/firmware", "/usr/share/qemu/firmware" };
	GVM_AUTOFREE char(*name)[GVM_PATH_SIZE] = calloc(MAX_DESCRIPTORS, GVM_PATH_SIZE);
	struct names names = { .name = name };
	size_t i;

	if (!name)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	for (i = 0; i < COUNT(folders); i++) {
		names.folder = folders[i];
		gvm_host_list(h, folders[i], note, &names);
	}
	qsort(name, names.n, GVM_PATH_SIZE, compare);
	for (i = 0; i < names.n; i++) {
		if (i && strcmp(gvm_basename(name[i]), gvm_basename(name[i - 1])) == 0)
			continue;
		if (try_one(h, name[i], ret) == 1)
			return 0;
	}
	gvm_error_set(e, "GVM_E_FIRMWARE", ENOENT, "VM %s: there is no UEFI firmware for " MACHINE,
		      vm);
	GVM_ERROR_FIELD(e, object, "%s", vm);
	return -ENOENT;
}
