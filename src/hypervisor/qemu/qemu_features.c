// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The questions and their answers: documented, QEMU QMP reference; observed, QEMU 7.2 and 10.0:
 * without a feature its option is unknown, its type implements nothing, its property is missing.
 */
#include "qemu_features.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "file.h"
#include "json.h"
#include "qemu.h"
#include "str.h"
#include "wait.h"

#define FOLDER "/run/gvm/qemu"
#define MAX_KEPT 4096
#define MAX_ANSWER (1 << 20)
#define PROBE_TIMEOUT_MS 20000

/** How the presence of a feature shows: the answer to question @c id has @c word. */
static const struct {
	const char *name; /* in the file that keeps them */
	const char *id;
	const char *word;
	unsigned int bit;
} features[] = {
	{ "sandbox", "sandbox", "enable", GVM_QEMU_SANDBOX },
	{ "sandbox-obsolete", "sandbox", "obsolete", GVM_QEMU_SANDBOX_OBSOLETE },
	{ "sandbox-elevateprivileges", "sandbox", "elevateprivileges", GVM_QEMU_SANDBOX_ELEVATE },
	{ "sandbox-spawn", "sandbox", "spawn", GVM_QEMU_SANDBOX_SPAWN },
	{ "sandbox-resourcecontrol", "sandbox", "resourcecontrol", GVM_QEMU_SANDBOX_RESOURCES },
	{ "vfio-pci", "vfio", "vfio-pci", GVM_QEMU_VFIO },
	{ "ivshmem-plain", "ivshmem", "ivshmem-plain", GVM_QEMU_IVSHMEM },
	{ "memory-backend-memfd", "memfd", "memory-backend-memfd", GVM_QEMU_MEMFD },
	{ "iommufd", "iommufd", "iommufd", GVM_QEMU_IOMMUFD },
	{ "numa", "ram", "host-nodes", GVM_QEMU_NUMA },
	{ "tpm-crb", "tpm", "tpm-crb", GVM_QEMU_TPM_CRB },
	{ "tpm-tis", "tpm", "tpm-tis", GVM_QEMU_TPM_TIS },
	{ "tpm-emulator", "tpm-types", "emulator", GVM_QEMU_TPM_EMULATOR },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ASK(id, command) "{\"execute\":\"" command "\",\"id\":\"" id "\"}\n"
#define ASK_FOR(id, command, key, value)                                                           \
	"{\"execute\":\"" command "\",\"arguments\":{\"" key "\":\"" value "\"},\"id\":\"" id      \
	"\"}\n"

/* Far below what a pipe takes: they are written before QEMU runs. */
static const char questions[] = ASK("start", "qmp_capabilities")
	ASK_FOR("sandbox", "query-command-line-options", "option",
		"sandbox") ASK_FOR("vfio", "qom-list-types", "implements", "vfio-pci")
		ASK_FOR("ivshmem", "qom-list-types", "implements", "ivshmem-plain")
			ASK_FOR("memfd", "qom-list-types", "implements", "memory-backend-memfd")
				ASK_FOR("iommufd", "qom-list-types", "implements", "iommufd")
					ASK_FOR("ram", "qom-list-properties", "typename",
						"memory-backend-ram") ASK("tpm", "query-tpm-models")
						ASK("tpm-types", "query-tpm-types")
							ASK("end", "quit");

/** @brief Has a JSON value this text, as a name or an entry, down to some depth? @param v value @param word text @param depth levels @return yes or no */
static bool has_word(struct json_object *v, const char *word, int depth)
{
	size_t i;

	if (json_object_is_type(v, json_type_string))
		return strcmp(json_object_get_string(v), word) == 0;
	if (depth == 0)
		return false;
	if (json_object_is_type(v, json_type_array)) {
		for (i = 0; i < json_object_array_length(v); i++)
			if (has_word(json_object_array_get_idx(v, i), word, depth - 1))
				return true;
	} else if (json_object_is_type(v, json_type_object)) {
		json_object_object_foreach(
			v, key,
			member) if ((strcmp(key, "name") == 0 || strcmp(key, "parameters") == 0) &&
				    has_word(member, word, depth - 1)) return true;
	}
	return false;
}

/** @brief Take QEMU's version out of its greeting. @param greeting object @param version result */
static void take_version(struct json_object *greeting, char version[32])
{
	struct json_object *v;
	uint64_t major, minor, micro;

	if (json_object_is_type(greeting, json_type_object) &&
	    json_object_object_get_ex(greeting, "version", &v) &&
	    json_object_is_type(v, json_type_object) && json_object_object_get_ex(v, "qemu", &v) &&
	    json_object_is_type(v, json_type_object) &&
	    gvm_json_u64(v, "major", 9999, &major) == 0 &&
	    gvm_json_u64(v, "minor", 9999, &minor) == 0 &&
	    gvm_json_u64(v, "micro", 9999, &micro) == 0)
		snprintf(version, 32, "%u.%u.%u", (unsigned int)major, (unsigned int)minor,
			 (unsigned int)micro);
}

/** @brief Take one line of QEMU's answers. @param line object @param ret features found so far @return 1 at the last answer, else 0 */
static int take_answer(struct json_object *line, struct gvm_qemu_features *ret)
{
	struct json_object *answer;
	char id[24];
	size_t i;

	if (json_object_object_get_ex(line, "QMP", &answer))
		take_version(answer, ret->version);
	if (gvm_json_str(line, "id", id, sizeof(id)) < 0 ||
	    !json_object_object_get_ex(line, "return", &answer))
		return 0;
	for (i = 0; i < COUNT(features); i++)
		if (strcmp(features[i].id, id) == 0 && has_word(answer, features[i].word, 4))
			ret->bits |= features[i].bit;
	return strcmp(id, "end") == 0;
}

int gvm_qemu_features_parse(const char *text, size_t len, struct gvm_qemu_features *ret)
{
	struct gvm_qemu_features found = { .bits = 0 };
	const char *end = text + len, *newline;
	bool done = false;

	for (; text < end && !done; text = newline + 1) {
		GVM_AUTOJSON struct json_object *line = NULL;

		newline = memchr(text, '\n', (size_t)(end - text));
		if (!newline)
			newline = end;
		/* Warnings stand between the answers. */
		if (gvm_json_parse(text, (size_t)(newline - text), &line) == 0)
			done = take_answer(line, &found) == 1;
	}
	if (!done)
		return -EPROTO;
	*ret = found;
	return 0;
}

/** @brief What tells one QEMU from another, as JSON. @param path of QEMU @param st of QEMU @return object */
static struct json_object *key_of(const char *path, const struct stat *st)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "path", json_object_new_string(path));
	json_object_object_add(o, "device", json_object_new_uint64(st->st_dev));
	json_object_object_add(o, "inode", json_object_new_uint64(st->st_ino));
	json_object_object_add(o, "size", json_object_new_int64(st->st_size));
	json_object_object_add(
		o, "mtime_ns",
		json_object_new_int64(st->st_mtim.tv_sec * 1000000000LL + st->st_mtim.tv_nsec));
	return o;
}

int gvm_qemu_features_read(const char *text, size_t len, const char *path, const struct stat *st,
			   struct gvm_qemu_features *ret)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	GVM_AUTOJSON struct json_object *wanted = key_of(path, st);
	struct json_object *key, *list;
	struct gvm_qemu_features found = { .bits = 0 };
	size_t i;

	if (gvm_json_parse(text, len, &o) < 0 || !json_object_object_get_ex(o, "qemu", &key) ||
	    !json_object_object_get_ex(o, "features", &list) ||
	    !json_object_is_type(list, json_type_array) ||
	    gvm_json_str(o, "version", found.version, sizeof(found.version)) < 0)
		return -EBADMSG;
	if (!json_object_equal(key, wanted))
		return -ESTALE;
	gvm_str_printable(found.version);
	for (i = 0; i < COUNT(features); i++)
		if (has_word(list, features[i].name, 1))
			found.bits |= features[i].bit;
	*ret = found;
	return 0;
}

/** @brief The name under which a QEMU's features are kept. @param st of QEMU @param name result */
static void kept_name(const struct stat *st, char name[64])
{
	snprintf(name, 64, "features-%llx-%llx.json", (unsigned long long)st->st_dev,
		 (unsigned long long)st->st_ino);
}

int gvm_qemu_features_kept(struct gvm_host *h, const char *path, struct gvm_qemu_features *ret)
{
	GVM_AUTOCLOSE int dir = -1;
	GVM_AUTOFREE char *text = NULL;
	struct stat st;
	char name[64];
	size_t len;
	int r;

	if (!gvm_host_live(h))
		return -EROFS;
	if (stat(path, &st) < 0)
		return -errno;
	dir = gvm_host_at(h, FOLDER, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return dir;
	kept_name(&st, name);
	r = gvm_read_file(dir, name, MAX_KEPT, &text, &len);
	if (r == 0)
		r = gvm_qemu_features_read(text, len, path, &st, ret);
	return r == -ESTALE || r == -EBADMSG ? -ENOENT : r;
}

/** @brief Keep what a QEMU told; if not, it is asked again the next time. @param path of QEMU @param st as it was before @param f features */
static void keep(const char *path, const struct stat *st, const struct gvm_qemu_features *f)
{
	GVM_AUTOCLOSE int dir = gvm_open_dir(AT_FDCWD, FOLDER, 0755);
	GVM_AUTOJSON struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	const char *text;
	char name[64];
	size_t i;

	json_object_object_add(o, "qemu", key_of(path, st));
	json_object_object_add(o, "version", json_object_new_string(f->version));
	for (i = 0; i < COUNT(features); i++)
		if (f->bits & features[i].bit)
			json_object_array_add(list, json_object_new_string(features[i].name));
	json_object_object_add(o, "features", list);
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	kept_name(st, name);
	if (dir >= 0)
		gvm_write_file(dir, name, text, strlen(text), 0);
}

/** @brief In the child: be QEMU without a machine, to be asked. @param path of QEMU @param u user @param in its input @param out its output */
static void __attribute__((noreturn))
become_asked(const char *path, const struct gvm_qemu_user *u, int in, int out)
{
	sigset_t none;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir("/") < 0 ||
	    gvm_qemu_user_become(u) < 0)
		_exit(126);
	execl(path, path, "-machine", "none", "-nodefaults", "-no-user-config", "-display", "none",
	      "-S", "-qmp", "stdio", (char *)NULL);
	_exit(errno == ENOENT ? 127 : 126);
}

/** @brief Read all that comes until the end. @param fd pipe @param buf of MAX_ANSWER bytes @param len result @return 0 or -errno */
static int read_all(int fd, char *buf, size_t *len)
{
	int64_t end = gvm_clock_ms() + PROBE_TIMEOUT_MS;
	ssize_t n = 1;

	for (*len = 0; *len < MAX_ANSWER; *len += (size_t)n) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = end - gvm_clock_ms();
		int r = left > 0 ? poll(&p, 1, (int)left) : 0;

		n = 0;
		if (r == 0)
			return -ETIMEDOUT;
		if (r > 0)
			n = read(fd, buf + *len, MAX_ANSWER - *len);
		if ((r < 0 || n < 0) && errno != EINTR)
			return -errno;
		if (r < 0 || n < 0)
			n = 0;
		else if (n == 0)
			return 0;
	}
	return -EFBIG;
}

/** @brief Run QEMU with the questions. @param path of QEMU @param u user @param buf result, of MAX_ANSWER bytes @param len its length @return 0 or -errno */
static int ask(const char *path, const struct gvm_qemu_user *u, char *buf, size_t *len)
{
	GVM_AUTOCLOSE int question = -1;
	GVM_AUTOCLOSE int answer = -1;
	int in[2], out[2], r = 0;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) < 0)
		return -errno;
	question = in[0];
	if (write(in[1], questions, sizeof(questions) - 1) != sizeof(questions) - 1)
		r = -EIO;
	if (r < 0 || pipe2(out, O_CLOEXEC) < 0) {
		close(in[1]);
		return r < 0 ? r : -errno;
	}
	answer = out[0];
	pid = fork();
	if (pid == 0)
		become_asked(path, u, in[0], out[1]);
	r = pid < 0 ? -errno : 0;
	close(out[1]);
	/* Its input stays open until it has answered: its end would end QEMU first. */
	if (r == 0)
		r = read_all(answer, buf, len);
	close(in[1]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return r;
}

int gvm_qemu_features_get(struct gvm_host *h, const char *path, const struct gvm_qemu_user *u,
			  struct gvm_qemu_features *ret, struct gvm_error *e)
{
	GVM_AUTOFREE char *answers = NULL;
	struct stat st;
	size_t len = 0;
	int r = gvm_qemu_features_kept(h, path, ret);

	if (r == 0)
		return 0;
	if (stat(path, &st) < 0)
		return gvm_error_set(e, "GVM_E_QEMU_NOT_FOUND", errno, "cannot find %s", path);
	answers = malloc(MAX_ANSWER + 1);
	if (!answers)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	r = ask(path, u, answers, &len);
	if (r == 0)
		r = gvm_qemu_features_parse(answers, len, ret);
	if (r == 0) {
		keep(path, &st, ret);
		return 0;
	}
	gvm_error_set(e, "GVM_E_QEMU_FAILED", -r, "%s does not tell what it can do: %s", path,
		      gvm_errno_name(r));
	GVM_ERROR_FIELD(e, object, "%s", path);
	answers[len] = '\0';
	gvm_str_chomp(answers);
	GVM_ERROR_FIELD(e, cause, "%s", len ? answers : "it ended without a word");
	return r;
}

/** @brief Is this a program that may be run? A folder may be entered, which looks alike to access(2). @param path it @return yes or no */
static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

int gvm_qemu_find_program(const char *name, char path[GVM_PATH_SIZE])
{
	const char *dirs = getenv("PATH"), *end;

	if (strchr(name, '/'))
		return gvm_str_copy(path, GVM_PATH_SIZE, name) == 0 && is_program(path) ? 0
											: -ENOENT;
	for (dirs = dirs ? dirs : "/usr/bin:/bin"; *dirs; dirs = *end ? end + 1 : end) {
		end = strchrnul(dirs, ':');
		if (end > dirs &&
		    gvm_str_format(path, GVM_PATH_SIZE, "%.*s/%s", (int)(end - dirs), dirs, name) ==
			    0 &&
		    is_program(path))
			return 0;
	}
	return -ENOENT;
}

int gvm_qemu_find(const struct gvm_conf *conf, char path[GVM_PATH_SIZE], const char **name)
{
	const char *set = getenv("GVM_QEMU");
	int r;

	*name = set && *set ? set : conf->qemu_path[0] ? conf->qemu_path : GVM_QEMU_PROGRAM;
	r = gvm_qemu_find_program(*name, path);
	if (r < 0)
		path[0] = '\0';
	return r;
}
