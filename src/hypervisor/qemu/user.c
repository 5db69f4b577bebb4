// SPDX-License-Identifier: GPL-2.0-or-later
#include "user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "cleanup.h"
#include "iommu_group.h"
#include "str.h"

#define CHECK_TIMEOUT_MS 10000

/** @brief Fill in a user of the system. @param name user @param ret result @return 0 or -ENOENT */
static int look_up(const char *name, struct gvm_qemu_user *ret)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getpwnam_r(name, &pw, buf, sizeof(buf), &found) != 0 || !found)
		return -ENOENT;
	ret->uid = pw.pw_uid;
	ret->gid = pw.pw_gid;
	ret->n_groups = GVM_QEMU_MAX_GROUPS;
	if (getgrouplist(name, pw.pw_gid, ret->groups, &ret->n_groups) < 0)
		ret->n_groups = GVM_QEMU_MAX_GROUPS;
	ret->change = pw.pw_uid != geteuid();
	return gvm_str_copy(ret->name, sizeof(ret->name), name);
}

int gvm_qemu_user_find(const struct gvm_conf *conf, struct gvm_qemu_user *ret, struct gvm_error *e)
{
	const char *name = conf->qemu_user[0] ? conf->qemu_user : GVM_QEMU_USER;

	memset(ret, 0, sizeof(*ret));
	ret->uid = geteuid();
	ret->gid = getegid();
	gvm_str_copy(ret->name, sizeof(ret->name), ret->uid == 0 ? "root" : "this user");
	if (ret->uid != 0 || look_up(name, ret) == 0 || !conf->qemu_user[0])
		return 0;
	gvm_error_set(e, "GVM_E_QEMU_USER", ENOENT, "there is no user %s to run QEMU as", name);
	GVM_ERROR_FIELD(e, object, "%s", name);
	GVM_ERROR_FIELD(e, cause, "%s says qemu: {user: %s}", GVM_CONF_FILE, name);
	GVM_ERROR_FIELD(
		e, hint,
		"useradd --system --no-create-home --shell /usr/sbin/nologin --groups kvm %s",
		name);
	return -ENOENT;
}

int gvm_qemu_user_of(struct gvm_ctx *ctx, pid_t pid, struct gvm_qemu_user *ret)
{
	char path[40], text[8192];
	const char *line;
	unsigned int uid;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	r = gvm_host_read(ctx->host, path, text, sizeof(text));
	if (r < 0)
		return r;
	/* The real one first, then the effective one, which opens files (proc(5)). */
	line = strstr(text, "\nUid:");
	if (!line || sscanf(line, "\nUid: %*u %u", &uid) != 1)
		return -EBADMSG;
	*ret = (struct gvm_qemu_user){ .uid = uid, .change = uid != geteuid() };
	return gvm_str_format(ret->name, sizeof(ret->name), "%u", uid);
}

/** @brief Have no capability, in any set. @return 0 or -errno */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	/* Through the raw call: libc has none. setresuid(2) leaves the inheritable set. */
	return syscall(SYS_capset, &head, none) < 0 ? -errno : 0;
}

int gvm_qemu_user_limit(uint64_t memlock)
{
	struct rlimit limit = { memlock, memlock };

	if (!memlock || setrlimit(RLIMIT_MEMLOCK, &limit) == 0)
		return 0;
	if (errno != EPERM || getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return -errno;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_MEMLOCK, &limit);
	return -ENOMEM;
}

int gvm_qemu_user_become(const struct gvm_qemu_user *u)
{
	int cap;

	if (u->change) {
		for (cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
			;
		if (cap <= CAP_LAST_CAP && errno != EINVAL)
			return -errno;
		if (setgroups((size_t)u->n_groups, u->groups) < 0 ||
		    setresgid(u->gid, u->gid, u->gid) < 0 || setresuid(u->uid, u->uid, u->uid) < 0)
			return -errno;
		/* Nothing leads back. */
		if (drop_capabilities() < 0 || setuid(0) == 0)
			return -EPERM;
	}
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

/** What the child of gvm_qemu_user_check() tells. */
struct check_result {
	size_t which;      /* path that is refused; n: none */
	bool is_user;      /* could be the user */
	char folder[4096]; /* that may not be entered; or empty */
};

/** What it is given. */
struct check {
	const struct gvm_qemu_user *user;
	uint64_t memlock;
	const struct gvm_qemu_path *paths;
	size_t n;
	struct check_result *result; /* shared memory */
};

/** @brief Find the folder that stops a path. @param path it @param folder result, of 4096 bytes; empty when none does */
static void find_stop(const char *path, char *folder)
{
	size_t len;

	for (len = 1; path[len] && len < 4095; len++) {
		if (path[len] != '/')
			continue;
		memcpy(folder, path, len);
		folder[len] = '\0';
		if (access(folder, X_OK) < 0)
			return;
	}
	folder[0] = '\0';
}

/** @brief In the child: be the user and try. @param data struct check @return 0 or -errno */
static int try_all(void *data)
{
	struct check *c = data;
	int r = gvm_qemu_user_limit(c->memlock);
	size_t i;

	if (r == 0)
		r = gvm_qemu_user_become(c->user);
	if (r < 0)
		return r;
	c->result->is_user = true;
	for (i = 0; i < c->n; i++) {
		const struct gvm_qemu_path *p = &c->paths[i];

		if (!p->path || access(p->path, p->write ? R_OK | W_OK : R_OK) == 0)
			continue;
		r = -errno;
		c->result->which = i;
		find_stop(p->path, c->result->folder);
		return r;
	}
	return 0;
}

/** @brief Tell that locked memory is refused. @param vm name @param memlock bytes @param e error @return -ENOMEM */
static int no_memlock(const char *vm, uint64_t memlock, struct gvm_error *e)
{
	struct rlimit now = { 0 };

	getrlimit(RLIMIT_MEMLOCK, &now);
	gvm_error_set(e, "GVM_E_MEMLOCK", ENOMEM, "VM %s needs %llu MiB of locked memory", vm,
		      (unsigned long long)(memlock >> 20));
	GVM_ERROR_FIELD(e, object, "%s", vm);
	GVM_ERROR_FIELD(
		e, cause,
		"the hard limit is %llu KiB, and a device of the VM may reach all its memory",
		(unsigned long long)now.rlim_max >> 10);
	GVM_ERROR_FIELD(e, hint,
			"run gvm as root, or as root: echo 'USER hard memlock %llu' > "
			"/etc/security/limits.d/gvm.conf, then log in again",
			(unsigned long long)(memlock >> 10));
	return -ENOMEM;
}

/** @brief Tell which file is refused. @param c check @param vm name @param r errno @param e error @return r */
static int no_access(const struct check *c, const char *vm, int r, struct gvm_error *e)
{
	const struct gvm_qemu_path *p = &c->paths[c->result->which];
	const char *folder = c->result->folder, *how = p->write ? "read and write" : "read";

	gvm_error_set(e, "GVM_E_QEMU_ACCESS", -r, "VM %s: %s: QEMU, as user %s, may not %s %s: %s",
		      vm, p->key, c->user->name, how, p->path, gvm_errno_name(r));
	GVM_ERROR_FIELD(e, object, "%s", p->path);
	if (folder[0]) {
		GVM_ERROR_FIELD(e, cause, "user %s may not enter %s", c->user->name, folder);
		GVM_ERROR_FIELD(e, hint, "setfacl -m u:%s:x %s, or move the file", c->user->name,
				folder);
	} else if (gvm_str_starts(p->path, "/dev/")) {
		GVM_ERROR_FIELD(e, hint,
				"give the user the node's group: usermod -aG $(stat -c %%G %s) %s",
				p->path, c->user->name);
	} else {
		GVM_ERROR_FIELD(e, hint, "setfacl -m u:%s:%s %s", c->user->name,
				p->write ? "rw" : "r", p->path);
	}
	return r;
}

int gvm_qemu_user_check(const struct gvm_qemu_user *u, const char *vm, uint64_t memlock,
			const struct gvm_qemu_path *paths, size_t n, struct gvm_error *e)
{
	struct check c = { u, memlock, paths, n, NULL };
	int r;

	c.result = mmap(NULL, sizeof(*c.result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (c.result == MAP_FAILED)
		return gvm_error_set(e, "GVM_E_NO_MEMORY", ENOMEM, "out of memory");
	c.result->which = n;
	r = gvm_child(try_all, &c, CHECK_TIMEOUT_MS, true);
	if (r == 0)
		goto out;
	c.result->folder[sizeof(c.result->folder) - 1] = '\0';
	if (r == -ENOMEM && !c.result->is_user)
		no_memlock(vm, memlock, e);
	else if (c.result->which < n)
		no_access(&c, vm, r, e);
	else
		gvm_error_set(e, "GVM_E_QEMU_USER", -r, "cannot become user %s: %s", u->name,
			      gvm_errno_name(r));
out:
	munmap(c.result, sizeof(*c.result));
	return r;
}

/**
 * @brief Change the owner of a character device.
 * @param path node @param uid its new one @param before result: old owner, may be NULL
 * @return 0 or -errno
 */
static int change_owner(const char *path, uid_t uid, uid_t *before)
{
	GVM_AUTOCLOSE int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode))
		return -ENODEV;
	if (before)
		*before = st.st_uid;
	return fchownat(fd, "", uid, (gid_t)-1, AT_EMPTY_PATH) < 0 ? -errno : 0;
}

/**
 * @brief Lend the VFIO node of one device.
 * @param ctx context @param device its folder @param iommufd its own node, not the group's @param u user
 * @param nodes result: one more, if it has one that is there @param e detail @return 0 or -errno
 */
static int lend_one(struct gvm_ctx *ctx, const char *device, bool iommufd,
		    const struct gvm_qemu_user *u, struct gvm_qemu_nodes *nodes,
		    struct gvm_error *e)
{
	struct gvm_vfio_nodes has;
	char *path;
	int r;

	gvm_vfio_nodes_find(ctx->host, device, gvm_iommu_group_of(ctx->host, device), &has);
	if (iommufd)
		has.group = -1;
	if (has.group < 0 && (!iommufd || has.cdev < 0))
		return 0;
	if (nodes->n == sizeof(nodes->node) / sizeof(nodes->node[0]))
		return gvm_error_set(e, "GVM_E_QEMU_ACCESS", E2BIG, "too many VFIO nodes");
	path = nodes->node[nodes->n].path;
	gvm_vfio_node_path(&has, path);
	r = change_owner(path, u->uid, &nodes->node[nodes->n].owner);
	if (r == -ENOENT)
		return 0;
	if (r < 0) {
		gvm_error_set(e, "GVM_E_QEMU_ACCESS", -r,
			      "cannot give %s to user %s, who runs QEMU: %s", path, u->name,
			      gvm_errno_name(r));
		GVM_ERROR_FIELD(e, object, "%s", path);
		return r;
	}
	/* What a gvm that was killed had lent goes back to root, as the kernel made it. So does a
	 * group that another function of the device has brought already. */
	if (nodes->node[nodes->n].owner == u->uid)
		nodes->node[nodes->n].owner = 0;
	nodes->n++;
	return 0;
}

int gvm_qemu_nodes_lend(struct gvm_ctx *ctx, const struct gvm_attach_spec *specs, size_t n,
			bool iommufd, const struct gvm_qemu_user *u, struct gvm_qemu_nodes *nodes,
			struct gvm_error *e)
{
	char path[GVM_PATH_SIZE];
	size_t i, k;
	int r = 0;

	nodes->n = 0;
	for (i = 0; i < n && r == 0 && u->change && gvm_host_live(ctx->host); i++) {
		if (specs[i].kind != GVM_ATTACH_VFIO)
			continue;
		r = lend_one(ctx, specs[i].path, iommufd, u, nodes, e);
		for (k = 0; k < specs[i].n_others && r == 0; k++) {
			gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s",
				       specs[i].others[k]);
			r = lend_one(ctx, path, iommufd, u, nodes, e);
		}
	}
	return r;
}

void gvm_qemu_nodes_take_back(struct gvm_qemu_nodes *nodes)
{
	while (nodes->n) {
		nodes->n--;
		change_owner(nodes->node[nodes->n].path, nodes->node[nodes->n].owner, NULL);
	}
}
