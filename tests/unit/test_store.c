// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "record.h"
#include "store.h"
#include "store_fs.h"

#define V GVM_STORE_VGPU
#define M GVM_STORE_VM

/** A store in a folder. */
struct room {
	char dir[UT_PATH];
	struct gvm_store *s;
};

/** @brief Make it. @param state room @return 0 */
static int setup(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	ut_dir_make(room->dir);
	*state = room;
	return gvm_store_fs_open(room->dir, &room->s, NULL);
}

/** @brief Remove it. @param state room @return 0 */
static int teardown(void **state)
{
	struct room *room = *state;

	room->s->ops->close(room->s);
	ut_dir_remove(room->dir);
	free(room);
	return 0;
}

/** @brief Save an object with a mark. @param s store @param kind @param name of it @param mark number @param is_new @return as save */
static int save(struct gvm_store *s, enum gvm_store_kind kind, const char *name, int mark,
		bool is_new)
{
	struct gvm_vm_record r = { .uuid = UT_UUID_1, .hypervisor = "qemu", .accelerator = "kvm" };
	GVM_AUTOJSON struct json_object *o = NULL;

	snprintf(r.name, sizeof(r.name), "%s", name);
	o = gvm_vm_record_json(&r);
	json_object_object_add(o, "mark", json_object_new_int(mark));
	return s->ops->save(s, kind, name, o, is_new);
}

/** @brief Load an object's mark. @param s store @param kind @param name of it @return mark or -errno */
static int load(struct gvm_store *s, enum gvm_store_kind kind, const char *name)
{
	GVM_AUTOJSON struct json_object *o = NULL;
	uint64_t mark = 0;
	int r = s->ops->load(s, kind, name, &o);

	if (r < 0)
		return r;
	assert_int_equal(gvm_json_u64(o, "mark", 1000000, &mark), 0);
	return (int)mark;
}

/** What a listing saw. */
struct seen {
	char names[4096];
	int n, damaged, stop_with;
};

/** @brief Note one. @param name it @param damaged whether it is @param seen result @return when to end */
static int note_one(const char *name, bool damaged, struct seen *seen)
{
	if (strlen(seen->names) + strlen(name) + 2 < sizeof(seen->names)) {
		strcat(seen->names, name);
		strcat(seen->names, ";");
	}
	seen->n++;
	seen->damaged += damaged;
	return seen->stop_with;
}

/** @brief Note a vGPU. @param name it @param o object or NULL @param data struct seen @return when to end */
static int note(const char *name, struct json_object *o, void *data)
{
	return note_one(name, !o, data);
}

/** @brief Note a VM. @param r record or NULL @param data struct seen @return when to end */
static int note_vm(const struct gvm_vm_record *r, void *data)
{
	return note_one(r ? r->name : "?", !r, data);
}

/** @brief List a kind. @param s store @param kind @param seen result @return as of the store */
static int list(struct gvm_store *s, enum gvm_store_kind kind, struct seen *seen)
{
	return kind == V ? s->ops->list_vgpus(s, note, seen) : s->ops->list_vms(s, note_vm, seen);
}

/** @brief What is saved is loaded, listed, replaced and removed; both kinds alike. @param state room */
static void life(void **state)
{
	struct room *room = *state;
	const struct gvm_store_ops *ops = room->s->ops;
	enum gvm_store_kind kind;

	for (kind = V; kind <= M; kind++) {
		struct seen seen = { .n = 0 };

		assert_int_equal(load(room->s, kind, "a"), -ENOENT);
		assert_int_equal(save(room->s, kind, "a", 1, true), 0);
		assert_int_equal(save(room->s, kind, "a", 2, true), -EEXIST);
		assert_int_equal(load(room->s, kind, "a"), 1);
		assert_int_equal(save(room->s, kind, "a", 3, false), 0);
		assert_int_equal(save(room->s, kind, "b", 4, false), 0);
		assert_int_equal(load(room->s, kind, "a"), 3);
		assert_int_equal(list(room->s, kind, &seen), 0);
		assert_int_equal(seen.n, 2);
		ut_assert_holds(seen.names, "a;");
		ut_assert_holds(seen.names, "b;");
		assert_int_equal(ops->remove(room->s, kind, "a"), 0);
		assert_int_equal(ops->remove(room->s, kind, "a"), -ENOENT);
		assert_int_equal(load(room->s, kind, "a"), -ENOENT);
		assert_int_equal(load(room->s, kind, "b"), 4);
		seen = (struct seen){ .stop_with = -ECANCELED };
		assert_int_equal(list(room->s, kind, &seen), -ECANCELED);
	}
	assert_int_equal(ut_count(room->dir, "vgpu"), 1);
}

/** @brief Names that could leave the folder are refused everywhere. @param state room */
static void bad_names(void **state)
{
	static const char *const bad[] = { "", ".", "..", "../x", "a/b", "A", ".hidden" };
	struct room *room = *state;
	const struct gvm_store_ops *ops = room->s->ops;
	enum gvm_store_kind kind;
	char path[UT_PATH];
	size_t i;

	for (i = 0; i < UT_COUNT(bad); i++) {
		for (kind = V; kind <= M; kind++) {
			assert_int_equal(save(room->s, kind, bad[i], 1, false), -EINVAL);
			assert_int_equal(load(room->s, kind, bad[i]), -EINVAL);
			assert_int_equal(ops->remove(room->s, kind, bad[i]), -EINVAL);
		}
		assert_int_equal(ops->vm_dir(room->s, bad[i], path, sizeof(path)), -EINVAL);
		ops->remove_vm_dir(room->s, bad[i]);
	}
	assert_int_equal(ops->lock(room->s, "../lock", true), -EINVAL);
	assert_int_equal(ut_count(room->dir, "vgpu"), 0);
}

/** @brief Damaged files are told, not used, and do not hide the good ones. @param state room */
static void damaged_files(void **state)
{
	struct room *room = *state;
	struct seen seen = { .n = 0 };
	char path[UT_PATH];

	assert_int_equal(save(room->s, V, "good", 1, true), 0);
	ut_write(room->dir, "vgpu/empty.json", "%s", "");
	ut_write(room->dir, "vgpu/cut.json", "{\"name\":");
	ut_write(room->dir, "vgpu/list.json", "[]");
	ut_write(room->dir, "vgpu/big.json", "{%17000s}", "");
	ut_write_bytes(room->dir, "vgpu/nul.json", "{}\0", 3);
	ut_write(room->dir, "vgpu/UPPER.json", "{}");
	ut_mkdir(room->dir, "vgpu/folder.json");
	assert_int_equal(mkfifo(ut_path(path, room->dir, "vgpu/fifo.json"), 0600), 0);
	/* None of these is a record at all. */
	ut_write(room->dir, "vgpu/.x.1.tmp", "{}");
	ut_write(room->dir, "vgpu/notes.txt", "{}");
	ut_write(room->dir, "vgpu/.json", "{}");
	assert_int_equal(load(room->s, V, "cut"), -EBADMSG);
	assert_int_equal(load(room->s, V, "list"), -EBADMSG);
	assert_int_equal(load(room->s, V, "big"), -EFBIG);
	assert_int_equal(list(room->s, V, &seen), 0);
	assert_int_equal(seen.n, 9);
	assert_int_equal(seen.damaged, 8);
	/* A damaged one can be replaced and removed. */
	assert_int_equal(save(room->s, V, "cut", 5, false), 0);
	assert_int_equal(load(room->s, V, "cut"), 5);
	assert_int_equal(room->s->ops->remove(room->s, V, "empty"), 0);
}

/* A line of the table up to its process, and what stands behind a good line's words. */
#define HEAD(name) name " " UT_UUID_1 " qemu kvm"
#define REST(mark) "\t{\"mark\":" #mark "}"
#define A HEAD("a") " 7 8 " UT_UUID_2 REST(1) "\n"
#define B HEAD("b") " 2147483647 18446744073709551615" REST(2) "\n"
#define LONG_NAME "0123456789012345678901234567890123456789012345678901234567890123"

/** @brief Damaged lines of the table are told, lose nothing else, and go with the next change. @param state room */
static void damaged_table(void **state)
{
	/* Each spoils one thing. */
	static const char *const bad[] = {
		"bad",
		" ",
		REST(9),
		" " REST(9),
		"bad" REST(9),
		"bad " UT_UUID_1 REST(9),
		HEAD("bad") REST(9),
		HEAD("bad") " 7" REST(9),
		HEAD("bad") " 7 8",
		HEAD("bad") " 7 8 {\"mark\":9}",
		HEAD("../bad") " 7 8" REST(9),
		HEAD("") " 7 8" REST(9),
		HEAD("bad ") " 7 8" REST(9),
		HEAD("BAD") " 7 8" REST(9),
		HEAD(LONG_NAME) " 7 8" REST(9),
		"bad x qemu kvm 7 8" REST(9),
		"bad " UT_UUID_1 "0 qemu kvm 7 8" REST(9),
		"bad " UT_UUID_1 " ../q kvm 7 8" REST(9),
		"bad " UT_UUID_1 "  kvm 7 8" REST(9),
		"bad " UT_UUID_1 " 0123456789abcdef kvm 7 8" REST(9),
		"bad " UT_UUID_1 " qemu  7 8" REST(9),
		"bad " UT_UUID_1 " qemu 01234567 7 8" REST(9),
		HEAD("bad") " -7 8" REST(9),
		HEAD("bad") " 2147483648 8" REST(9),
		HEAD("bad") " 7 -8" REST(9),
		HEAD("bad") " 7 18446744073709551616" REST(9),
		HEAD("bad") " 7 8 " REST(9),
		HEAD("bad") " 7 8 x" REST(9),
		HEAD("bad") " 7 8  " UT_UUID_2 REST(9),
		HEAD("bad") " 7 8 " UT_UUID_2 "," REST(9),
	};
	struct room *room = *state;
	char text[1024];
	size_t i;

	for (i = 0; i < UT_COUNT(bad); i++) {
		struct seen seen = { .n = 0 };

		ut_write(room->dir, "vms", A "\n%s\n" B "%s", bad[i], bad[i]);
		assert_int_equal(load(room->s, M, "a"), 1);
		assert_int_equal(load(room->s, M, "b"), 2);
		assert_int_equal(load(room->s, M, "bad"), -ENOENT);
		assert_int_equal(list(room->s, M, &seen), 0);
		if (strcmp(seen.names, "a;?;b;?;") != 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(seen.damaged, 2);
		assert_int_equal(save(room->s, M, "c", 3, true), 0);
		ut_read(room->dir, "vms", text, sizeof(text));
		assert_int_equal(strncmp(text, A B "c ", strlen(A B "c ")), 0);
		assert_int_equal(load(room->s, M, "c"), 3);
	}
}

/** @brief A VM whose JSON alone is damaged is listed and kept, but not loaded. @param state room */
static void damaged_json(void **state)
{
	struct room *room = *state;
	struct seen seen = { .n = 0 };

	ut_write(room->dir, "vms", HEAD("a") " 7 8\t{\"mark\"\n" HEAD("b") " 7 8\t\n");
	assert_int_equal(save(room->s, M, "c", 3, true), 0);
	assert_int_equal(load(room->s, M, "a"), -EBADMSG);
	assert_int_equal(load(room->s, M, "b"), -EBADMSG);
	assert_int_equal(list(room->s, M, &seen), 0);
	assert_string_equal(seen.names, "a;b;c;");
	assert_int_equal(seen.damaged, 0);
	assert_int_equal(room->s->ops->remove(room->s, M, "a"), 0);
}

/** @brief A name that stands twice in the table is one VM after the next change of it. @param state room */
static void doubled_line(void **state)
{
	struct room *room = *state;
	struct seen seen = { .n = 0 };

	ut_write(room->dir, "vms", A A);
	assert_int_equal(save(room->s, M, "a", 3, true), -EEXIST);
	assert_int_equal(save(room->s, M, "a", 3, false), 0);
	assert_int_equal(list(room->s, M, &seen), 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(load(room->s, M, "a"), 3);
}

/** @brief Nothing but a VM's own record is saved as that. @param state room */
static void no_record(void **state)
{
	static const char *const bad[] = {
		"{}",
		"{\"name\":\"a\"}",
		"{\"name\":\"b\",\"uuid\":\"" UT_UUID_1
		"\",\"hypervisor\":\"qemu\",\"accelerator\":\"kvm\",\"vgpus\":[]}",
		"{\"name\":\"a\",\"uuid\":\"" UT_UUID_1
		"\",\"hypervisor\":\"qemu\",\"accelerator\":\"k v\",\"vgpus\":[]}",
	};
	struct room *room = *state;
	size_t i;

	assert_int_equal(save(room->s, M, "a", 1, true), 0);
	for (i = 0; i < UT_COUNT(bad); i++) {
		GVM_AUTOJSON struct json_object *o = NULL;

		assert_int_equal(gvm_json_parse(bad[i], strlen(bad[i]), &o), 0);
		assert_int_equal(room->s->ops->save(room->s, M, "a", o, false), -EBADMSG);
	}
	assert_int_equal(load(room->s, M, "a"), 1);
	assert_int_equal(load(room->s, M, "b"), -ENOENT);
}

/** @brief Keep a copy of a record. @param r record or NULL @param data where to @return 1 */
static int keep_record(const struct gvm_vm_record *r, void *data)
{
	assert_non_null(r);
	*(struct gvm_vm_record *)data = *r;
	return 1;
}

/** @brief A listing tells all of what a VM's record says, however much it is. @param state room */
static void listed_vm(void **state)
{
	struct gvm_vm_record in = { .uuid = UT_UUID_1,
				    .proc = { INT32_MAX, UINT64_MAX },
				    .n_vgpus = GVM_VM_MAX_VGPUS },
			     out;
	GVM_AUTOJSON struct json_object *o = NULL;
	struct room *room = *state;
	size_t i;

	memset(in.name, 'n', sizeof(in.name) - 1);
	memset(in.hypervisor, 'h', sizeof(in.hypervisor) - 1);
	memset(in.accelerator, 'a', sizeof(in.accelerator) - 1);
	for (i = 0; i < in.n_vgpus; i++)
		snprintf(in.vgpus[i], sizeof(in.vgpus[i]), "11111111-aaaa-4bbb-8ccc-%012u",
			 (unsigned int)i & 0xfff);
	o = gvm_vm_record_json(&in);
	assert_int_equal(room->s->ops->save(room->s, M, in.name, o, true), 0);
	/* The second time it was copied from the table to the table. */
	for (i = 0; i < 2; i++) {
		assert_int_equal(room->s->ops->list_vms(room->s, keep_record, &out), 1);
		assert_string_equal(out.name, in.name);
		assert_string_equal(out.uuid, in.uuid);
		assert_string_equal(out.hypervisor, in.hypervisor);
		assert_string_equal(out.accelerator, in.accelerator);
		assert_true(out.proc.pid == INT32_MAX && out.proc.start == UINT64_MAX);
		assert_int_equal(out.n_vgpus, in.n_vgpus);
		assert_memory_equal(out.vgpus, in.vgpus, sizeof(in.vgpus));
		assert_int_equal(save(room->s, M, "other", 1, true), i ? -EEXIST : 0);
	}
}

/** @brief Where a VM comes from, and whatever else is in its record, is kept, also when others change. @param state room */
static void origin_of_vm(void **state)
{
	static const char text[] = "{\"name\":\"a\",\"uuid\":\"" UT_UUID_1
				   "\",\"hypervisor\":\"qemu\",\"accelerator\":\"kvm\",\"vgpus\":[]"
				   ",\"origin\":{\"file\":\"tab\\there\"}}";
	struct room *room = *state;
	struct json_object *o, *loaded;
	int i;

	assert_int_equal(gvm_json_parse(text, strlen(text), &o), 0);
	assert_int_equal(room->s->ops->save(room->s, M, "a", o, true), 0);
	/* What was given to be saved is as it was. */
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN), text);
	assert_int_equal(save(room->s, M, "b", 1, true), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(room->s->ops->load(room->s, M, "a", &loaded), 0);
		assert_true(json_object_equal(loaded, o));
		assert_int_equal(room->s->ops->save(room->s, M, "a", loaded, false), 0);
		json_object_put(loaded);
	}
	json_object_put(o);
}

/** @brief A VM's folder is made for its owner only, and goes with what gvm puts into it. @param state room */
static void vm_folder(void **state)
{
	struct room *room = *state;
	char path[UT_PATH], full[UT_PATH], tiny[8];
	struct stat st;

	assert_int_equal(room->s->ops->vm_dir(room->s, "demo", path, sizeof(path)), 0);
	assert_string_equal(path, ut_path(full, room->dir, "vm/demo"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	ut_write(room->dir, "vm/demo/qmp.sock", "x");
	ut_write(room->dir, "vm/demo/plug.sock", "x");
	ut_write(room->dir, "vm/demo/qemu.log", "x");
	room->s->ops->remove_vm_dir(room->s, "demo");
	assert_false(ut_exists(room->dir, "vm/demo"));
	/* Something that a person put there stays, and so does the folder. */
	assert_int_equal(room->s->ops->vm_dir(room->s, "demo", path, sizeof(path)), 0);
	ut_write(room->dir, "vm/demo/mine", "x");
	room->s->ops->remove_vm_dir(room->s, "demo");
	assert_true(ut_exists(room->dir, "vm/demo/mine"));
	assert_int_equal(room->s->ops->vm_dir(room->s, "demo", tiny, sizeof(tiny)), -ENAMETOOLONG);
	room->s->ops->remove_vm_dir(room->s, "never-there");
}

/** @brief To read, a store that is missing is empty and stays missing. @param state room */
static void reading(void **state)
{
	struct room *room = *state;
	struct seen seen = { .n = 0 };
	struct gvm_store *s;
	char path[UT_PATH];

	assert_int_equal(gvm_store_fs_view(-1, ut_path(path, room->dir, "none"), &s, NULL), 0);
	assert_int_equal(list(s, V, &seen), 0);
	assert_int_equal(list(s, M, &seen), 0);
	assert_int_equal(seen.n, 0);
	assert_int_equal(load(s, V, "a"), -ENOENT);
	assert_int_equal(load(s, M, "a"), -ENOENT);
	assert_int_equal(save(s, V, "a", 1, false), -EROFS);
	assert_int_equal(save(s, M, "a", 1, false), -EROFS);
	assert_int_equal(s->ops->remove(s, V, "a"), -ENOENT);
	assert_int_equal(s->ops->lock(s, "gpu-x", true), -EROFS);
	s->ops->unlock(s, -1);
	s->ops->remove_vm_dir(s, "a");
	s->ops->close(s);
	assert_false(ut_exists(room->dir, "none"));
	room->s->ops->close(NULL);
}

/** @brief What cannot be a store is an error with a remedy. @param state room */
static void no_store(void **state)
{
	struct room *room = *state;
	struct gvm_store *s = NULL;
	struct gvm_error e = { 0 };
	char path[UT_PATH], longer[600];

	ut_write(room->dir, "file", "x");
	assert_int_equal(gvm_store_fs_open(ut_path(path, room->dir, "file"), &s, &e), -ENOTDIR);
	ut_assert_error(&e, "GVM_E_STORE", ENOTDIR);
	assert_string_equal(e.object, path);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(gvm_store_fs_open(longer, &s, &e), -ENAMETOOLONG);
	assert_null(s);
}

#define ROUNDS 60

/**
 * @brief Hammer a store: own objects, one that all share, and a counter under a lock.
 * @param dir of the store @param me number of this process @return 0 when all was as it must be
 */
static int hammer(const char *dir, int me)
{
	struct gvm_store *s;
	struct seen seen;
	char mine[16];
	int i;

	if (gvm_store_fs_open(dir, &s, NULL) < 0)
		return 1;
	for (i = 1; i <= ROUNDS; i++) {
		int lock, count;

		snprintf(mine, sizeof(mine), "p%d-%d", me, i);
		if (save(s, V, mine, i, true) < 0 || save(s, M, mine, i, true) < 0)
			return 2;
		if (i % 2 == 0 &&
		    (s->ops->remove(s, V, mine) < 0 || s->ops->remove(s, M, mine) < 0))
			return 3;
		if (save(s, V, "shared", i, false) < 0 || load(s, V, "shared") <= 0)
			return 4;
		lock = s->ops->lock(s, "gpu-x", true);
		if (lock < 0)
			return 5;
		count = load(s, V, "count");
		if (count < 0 || save(s, V, "count", count + 1, false) < 0)
			return 6;
		s->ops->unlock(s, lock);
		/* What the other one removes meanwhile is gone, not damaged. */
		seen = (struct seen){ .n = 0 };
		if (list(s, V, &seen) < 0 || seen.damaged)
			return 7;
	}
	s->ops->close(s);
	return 0;
}

/** @brief Two processes at once lose nothing, double nothing, and leave no temporary file. @param state room */
static void two_at_once(void **state)
{
	struct room *room = *state;
	struct seen vgpus = { .n = 0 }, vms = { .n = 0 };
	pid_t pids[2];
	int i;

	assert_int_equal(save(room->s, V, "count", 0, true), 0);
	for (i = 0; i < 2; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(hammer(room->dir, i));
	}
	for (i = 0; i < 2; i++)
		assert_int_equal(ut_reap(pids[i], 20000), 0);
	assert_int_equal(load(room->s, V, "count"), 2 * ROUNDS);
	assert_int_equal(list(room->s, M, &vms), 0);
	assert_int_equal(vms.n, ROUNDS);
	assert_int_equal(vms.damaged, 0);
	assert_int_equal(list(room->s, V, &vgpus), 0);
	assert_int_equal(vgpus.n, ROUNDS + 2);
	assert_int_equal(vgpus.damaged, 0);
	/* Only records, and in the folder itself only what store_fs.h names. */
	assert_int_equal(ut_count(room->dir, "vgpu"), ROUNDS + 2);
	assert_int_equal(ut_count(room->dir, ""), 3);
}

/** @brief Can another gvm have the lock now? @param data room @return 1 when it can */
static int try_lock(void *data)
{
	struct room *room = data;
	struct gvm_store *s = NULL;
	int handle;

	if (gvm_store_fs_open(room->dir, &s, NULL) < 0)
		return 2;
	handle = s->ops->lock(s, "gpu-x", false);
	s->ops->close(s);
	return handle >= 0;
}

/** @brief What another gvm finds. @param room room @return 1 when it can have the lock */
static int other_locks(struct room *room)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(try_lock(room));
	return ut_reap(pid, 20000);
}

/** @brief Wait until nobody else can have the lock. @param room room @return 1 when it is so */
static int until_locked(struct room *room)
{
	int i;

	for (i = 0; i < 1000 && other_locks(room); i++)
		poll(NULL, 0, 1);
	return i < 1000;
}

/** @brief A lock is free whenever it was given back, however often one process takes it, and whatever else. @param state room */
static void locked_again(void **state)
{
	struct room *room = *state;
	const struct gvm_store_ops *ops = room->s->ops;
	int i, gpu, other;
	pid_t pid;

	for (i = 0; i < 3; i++) {
		gpu = ops->lock(room->s, "gpu-x", false);
		assert_true(gpu >= 0);
		assert_int_equal(other_locks(room), 0);
		/* Not even we have it twice. */
		assert_int_equal(ops->lock(room->s, "gpu-x", false), -EWOULDBLOCK);
		other = ops->lock(room->s, i ? "gpu-y" : "vgpu-y", false);
		assert_true(other >= 0);
		assert_int_equal(other_locks(room), 0);
		ops->unlock(room->s, gpu);
		assert_int_equal(other_locks(room), 1);
		ops->unlock(room->s, other);
	}
	/* A child of ours is another, too. */
	gpu = ops->lock(room->s, "gpu-x", false);
	ops->unlock(room->s, gpu);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		gpu = ops->lock(room->s, "gpu-x", false);
		_exit(gpu < 0 ? 2 : other_locks(room));
	}
	assert_int_equal(ut_reap(pid, 20000), 0);
	pid = fork();
	if (pid == 0) {
		gpu = ops->lock(room->s, "gpu-x", false);
		for (;;)
			pause();
	}
	assert_int_equal(until_locked(room), 1);
	assert_int_equal(ops->lock(room->s, "gpu-x", false), -EWOULDBLOCK);
	kill(pid, SIGKILL);
	ut_reap(pid, 20000);
	other = ops->lock(room->s, "gpu-y", false);
	assert_int_equal(other_locks(room), 1);
	ops->unlock(room->s, other);
	gpu = ops->lock(room->s, "gpu-x", false);
	assert_int_equal(other_locks(room), 0);
	ops->unlock(room->s, gpu);
}

/** @brief A record that was saved is known, unless another has come in its place. @param state room */
static void remembered(void **state)
{
	char new[UT_PATH], old[UT_PATH];
	struct room *room = *state;

	assert_int_equal(save(room->s, V, "a", 1, true), 0);
	assert_int_equal(load(room->s, V, "a"), 1);
	ut_write(room->dir, "vgpu/new", "{\"name\":\"a\",\"mark\":2}");
	assert_int_equal(rename(ut_path(new, room->dir, "vgpu/new"),
				ut_path(old, room->dir, "vgpu/a.json")),
			 0);
	assert_int_equal(load(room->s, V, "a"), 2);
	assert_int_equal(save(room->s, V, "a", 3, false), 0);
	assert_int_equal(room->s->ops->remove(room->s, V, "a"), 0);
	assert_int_equal(load(room->s, V, "a"), -ENOENT);
}

/** @brief Make one name new, as two do at once. @param data room @return 1 when it won, 0 when it lost */
static int race_for_name(void *data)
{
	struct room *room = data;
	struct gvm_store *s;
	int won = 0, i;

	if (gvm_store_fs_open(room->dir, &s, NULL) < 0)
		return 100;
	for (i = 0; i < ROUNDS; i++) {
		char name[16];
		int r;

		snprintf(name, sizeof(name), "n%d", i);
		r = save(s, V, name, 1, true);
		if (r < 0 && r != -EEXIST)
			return 101;
		won += r == 0;
	}
	s->ops->close(s);
	return won;
}

/** @brief A new name is given to one of two processes, never to both. @param state room */
static void one_winner(void **state)
{
	struct room *room = *state;
	pid_t pid = fork();
	int mine;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(race_for_name(room));
	mine = race_for_name(room);
	assert_int_equal(mine + ut_reap(pid, 20000), ROUNDS);
	assert_int_equal(ut_count(room->dir, "vgpu"), ROUNDS);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief What a killed writer left goes when the store is opened; what a living one writes stays. @param state room */
static void tidied(void **state)
{
	struct room *room = *state;
	struct gvm_store *s;
	char name[64];

	/* No process has this id: it is above the kernel's limit. */
	ut_write(room->dir, "vgpu/.a.json.2147483646.tmp", "{");
	ut_write(room->dir, ".vms.2147483646.tmp", "{");
	ut_write(room->dir, "vgpu/.a.json.0.tmp", "{");
	snprintf(name, sizeof(name), "vgpu/.a.json.%d.tmp", getpid());
	ut_write(room->dir, name, "{");
	assert_int_equal(gvm_store_fs_open(room->dir, &s, NULL), 0);
	s->ops->close(s);
	assert_false(ut_exists(room->dir, "vgpu/.a.json.2147483646.tmp"));
	assert_false(ut_exists(room->dir, ".vms.2147483646.tmp"));
	assert_true(ut_exists(room->dir, "vgpu/.a.json.0.tmp"));
	assert_true(ut_exists(room->dir, name));
}

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(life),         TEST(bad_names),  TEST(damaged_files), TEST(damaged_table),
		TEST(doubled_line), TEST(vm_folder),  TEST(reading),       TEST(no_store),
		TEST(two_at_once),  TEST(one_winner), TEST(tidied),        TEST(origin_of_vm),
		TEST(damaged_json), TEST(no_record),  TEST(listed_vm),
		TEST(locked_again), TEST(remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
