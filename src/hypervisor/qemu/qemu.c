// SPDX-License-Identifier: GPL-2.0-or-later
#include "qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "control.h"
#include "file.h"
#include "hotplug.h"
#include "json.h"
#include "picture.h"
#include "qmp.h"
#include "setup.h"
#include "str.h"
#include "wait.h"

/* QEMU's own start takes 0.1-0.5 s, in a nested machine under emulation some seconds. */
#define START_TIMEOUT_MS 60000
#define COMMAND_TIMEOUT_MS GVM_QEMU_TIMEOUT_MS

/** @brief Connect to a VM. @param ctx context @param dir its folder @param q result @param e detail @return 0 or -errno */
static int connect_vm(struct gvm_ctx *ctx, const char *dir, struct gvm_qmp **q, struct gvm_error *e)
{
	char path[GVM_PATH_SIZE + 16];

	snprintf(path, sizeof(path), "%s/" GVM_QEMU_SOCKET, dir);
	return gvm_qemu_connect(ctx, path, path, 0, q, e);
}

/**
 * @brief Connect, execute one command without arguments, and leave.
 * @param ctx context @param dir folder @param command it @param e detail @return 0 or -errno
 */
static int simple_command(struct gvm_ctx *ctx, const char *dir, const char *command,
			  struct gvm_error *e)
{
	GVM_AUTOQMP struct gvm_qmp *q = NULL;
	int r = connect_vm(ctx, dir, &q, e);

	return r < 0 ? r : gvm_qmp_execute(q, command, NULL, COMMAND_TIMEOUT_MS, NULL, e);
}

/** @brief Ask the guest; see hypervisor.h. @param ctx context @param dir folder @param e detail @return 0 or -errno */
static int qemu_shut_down(struct gvm_ctx *ctx, const char *dir, struct gvm_error *e)
{
	return simple_command(ctx, dir, "system_powerdown", e);
}

/** @brief End it; see hypervisor.h. @param ctx context @param dir folder @param e detail @return 0 or -errno */
static int qemu_quit(struct gvm_ctx *ctx, const char *dir, struct gvm_error *e)
{
	return simple_command(ctx, dir, "quit", e);
}

/** @brief In the child: have QEMU find descriptors where it expects them. @param tpm @param iommufd descriptors, or -1 @return 0 or -errno */
static int hand_over(int tpm, int iommufd)
{
	/* It may lie where the other one goes. */
	int moved = iommufd < 0 ? -1 : fcntl(iommufd, F_DUPFD_CLOEXEC, GVM_QEMU_IOMMUFD_FD + 1);

	if (iommufd >= 0 && moved < 0)
		return -errno;
	if (tpm >= 0 &&
	    (tpm == GVM_QEMU_TPM_FD ? fcntl(tpm, F_SETFD, 0) : dup2(tpm, GVM_QEMU_TPM_FD)) < 0)
		return -errno;
	return moved >= 0 && dup2(moved, GVM_QEMU_IOMMUFD_FD) < 0 ? -errno : 0;
}

/**
 * @brief In the child: become QEMU, in a session of its own, with its words in the log.
 * @param argv command @param setup what it is started with @param dir folder
 * @param go a byte comes here once the process is written down @param tpm socket to it, or -1
 * @param iommufd opened, or -1
 */
static void __attribute__((noreturn))
become_qemu(char **argv, const struct gvm_qemu_setup *setup, const char *dir, int go, int tpm,
	    int iommufd)
{
	char path[GVM_PATH_SIZE + 16], byte;
	sigset_t none;
	int null, log, r;

	/* If gvm is killed before, nothing was started. */
	if (read(go, &byte, 1) != 1)
		_exit(125);
	close(go);
	signal(SIGPIPE, SIG_DFL);
	/* Ctrl-C on the terminal is for gvm, which then asks the guest. */
	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	snprintf(path, sizeof(path), "%s/" GVM_QEMU_LOG, dir);
	null = open("/dev/null", O_RDONLY);
	/* The folder is QEMU's own: what stands there may be anything. */
	unlink(path);
	log = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	if (null < 0 || log < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
		_exit(126);
	if (chdir("/") < 0)
		_exit(126);
	r = gvm_qemu_user_limit(setup->memlock);
	if (r == 0 || !setup->memlock_must)
		r = gvm_qemu_user_become(&setup->user);
	if (r < 0) {
		dprintf(2, "cannot become user %s: %s\n", setup->user.name, gvm_errno_name(r));
		_exit(126);
	}
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	if (hand_over(tpm, iommufd) < 0)
		_exit(126);
	execv(setup->path, argv);
	dprintf(2, "%s: %s\n", setup->path, gvm_errno_name(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/** A QEMU that is starting. */
struct starting {
	pid_t pid;
	const char *dir;
	int status; /* of waitpid(2), once it has ended */
	bool ended;
};

/** @brief Does it answer on its socket, or has it ended? @param data struct starting @return 1, 0, or -errno */
static int is_up(void *data)
{
	GVM_AUTOQMP struct gvm_qmp *q = NULL;
	struct starting *s = data;
	char path[GVM_PATH_SIZE + 16];
	sigset_t pending;
	int r;

	/* The signals that end a VM wait for its supervisor: now it is not worth to go on. */
	if (sigpending(&pending) == 0 &&
	    (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT) ||
	     sigismember(&pending, SIGHUP)))
		return -EINTR;
	if (waitpid(s->pid, &s->status, WNOHANG) == s->pid) {
		s->ended = true;
		return 1;
	}
	snprintf(path, sizeof(path), "%s/" GVM_QEMU_SOCKET, s->dir);
	r = gvm_qmp_open(path, COMMAND_TIMEOUT_MS, &q, NULL);
	/* Not there yet; or it is ending right now, which the next look will see. */
	if (r == -ENOENT || r == -ECONNREFUSED || r == -EPIPE || r == -ECONNRESET)
		return 0;
	return r < 0 ? r : 1;
}

/** @brief Tell why QEMU did not come up, in its own words. @param s it @param program path @param r of waiting for it @param e error @return -errno */
static int not_up(const struct starting *s, const char *program, int r, struct gvm_error *e)
{
	GVM_AUTOFREE char *log = NULL;
	GVM_AUTOCLOSE int dir = -1;
	size_t len = 0;

	if (s->ended && WIFEXITED(s->status) && WEXITSTATUS(s->status) == 127) {
		gvm_error_set(e, "GVM_E_QEMU_NOT_FOUND", ENOENT, "cannot find %s", program);
		GVM_ERROR_FIELD(e, object, "%s", program);
		return -ENOENT;
	}
	if (s->ended)
		gvm_error_set(e, "GVM_E_QEMU_FAILED", ECHILD, "QEMU ended at once, with %s %d",
			      WIFEXITED(s->status) ? "status" : "signal",
			      WIFEXITED(s->status) ? WEXITSTATUS(s->status) : WTERMSIG(s->status));
	else if (r == -ETIMEDOUT)
		gvm_error_set(e, "GVM_E_QMP_TIMEOUT", ETIMEDOUT,
			      "QEMU does not answer on its control socket");
	else
		gvm_error_set(e, r == -EPROTO ? "GVM_E_QMP_ANSWER" : "GVM_E_QEMU_FAILED", -r,
			      "what answers on QEMU's control socket is no QEMU: %s",
			      gvm_errno_name(r));
	/* The folder is the user's who runs QEMU: a link in it is not followed. */
	dir = open(s->dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir >= 0 && gvm_read_file(dir, GVM_QEMU_LOG, 1 << 20, &log, &len) == 0 && len) {
		gvm_str_chomp(log);
		len = strlen(log);
		gvm_str_printable(log);
		GVM_ERROR_FIELD(e, cause, "%s", len > 500 ? log + len - 500 : log);
	}
	return s->ended ? -ECHILD : r;
}

/**
 * @brief Let QEMU go, and wait until it runs. It opens its vGPUs on the way, and only then.
 * @param ctx context @param start VM @param setup @param s it @param go where it waits
 * @param e detail @return 0 or -errno
 */
static int let_go(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
		  const struct gvm_qemu_setup *setup, struct starting *s, int go,
		  struct gvm_error *e)
{
	struct gvm_qemu_nodes nodes;
	int r = gvm_qemu_nodes_lend(ctx, start->specs, start->n_specs, setup->iommufd,
				    &setup->user, &nodes, e);

	if (r == 0 && write(go, "g", 1) != 1)
		r = gvm_error_set(e, "GVM_E_QEMU_FAILED", EIO, "cannot start a process");
	if (r == 0) {
		r = gvm_wait_until(START_TIMEOUT_MS, is_up, s);
		if (r == -EINTR)
			gvm_error_set(e, "GVM_E_INTERRUPTED", EINTR,
				      "stopped while VM %s was starting", start->file->name);
		else if (r < 0 || s->ended)
			r = not_up(s, setup->path, r, e);
	}
	gvm_qemu_nodes_take_back(&nodes);
	if (r == 0)
		r = gvm_qemu_pin(ctx, start->dir, s->pid, &setup->pin, e);
	return r;
}

/**
 * @brief Fork QEMU, and have it written down before it runs.
 * @param ctx context @param start VM @param setup @param argv command @param proc result
 * @param e detail @return 0 or -errno
 */
static int launch(struct gvm_ctx *ctx, const struct gvm_vm_start *start,
		  const struct gvm_qemu_setup *setup, char **argv, struct gvm_proc *proc,
		  struct gvm_error *e)
{
	struct starting s = { .dir = start->dir };
	GVM_AUTOCLOSE int tpm = -1;
	GVM_AUTOCLOSE int iommufd = -1;
	int go[2], r;

	if (setup->swtpm[0])
		tpm = gvm_qemu_tpm_start(setup->swtpm, start->file->name, start->dir, &setup->user,
					 e);
	if (setup->swtpm[0] && tpm < 0)
		return tpm;
	if (setup->iommufd)
		iommufd = gvm_qemu_backend_open(ctx, start->file->name, e);
	if (setup->iommufd && iommufd < 0)
		return iommufd;
	if (pipe2(go, O_CLOEXEC) < 0)
		return gvm_error_set(e, "GVM_E_QEMU_FAILED", errno, "cannot make a pipe");
	s.pid = fork();
	if (s.pid == 0) {
		close(go[1]);
		become_qemu(argv, setup, start->dir, go[0], tpm, iommufd);
	}
	close(go[0]);
	r = s.pid < 0 ? -errno : gvm_proc_get(ctx->host, s.pid, proc);
	if (r < 0)
		gvm_error_set(e, "GVM_E_QEMU_FAILED", -r, "cannot start a process: %s",
			      gvm_errno_name(r));
	if (r == 0)
		r = start->started(proc, start->started_data, e);
	if (r == 0)
		r = let_go(ctx, start, setup, &s, go[1], e);
	close(go[1]);
	if (r < 0 && s.pid > 0 && !s.ended) {
		kill(s.pid, SIGKILL);
		waitpid(s.pid, NULL, 0);
	}
	return r;
}

/** @brief Start; see hypervisor.h. @param ctx context @param start VM @param proc result @param e detail @return 0 or -errno */
static int qemu_start(struct gvm_ctx *ctx, const struct gvm_vm_start *start, struct gvm_proc *proc,
		      struct gvm_error *e)
{
	struct gvm_qemu_setup setup;
	char **argv = NULL;
	int r = gvm_qemu_setup_find(ctx, start, &setup, e);

	if (r == 0)
		r = gvm_qemu_setup_make(start, &setup, e);
	if (r == 0)
		r = gvm_qemu_command(start, &setup, &argv, e);
	if (r == 0)
		r = launch(ctx, start, &setup, argv, proc, e);
	gvm_strv_free(argv);
	return r;
}

/** @brief Command line; see hypervisor.h. @param ctx context @param start VM @param argv result @param e detail @return 0 or -errno */
static int qemu_command(struct gvm_ctx *ctx, const struct gvm_vm_start *start, char ***argv,
			struct gvm_error *e)
{
	struct gvm_qemu_setup setup;
	int r = gvm_qemu_setup_guess(ctx, start, &setup, e);

	return r < 0 ? r : gvm_qemu_command(start, &setup, argv, e);
}

/**
 * @brief Does this device of the VM show a picture that QEMU can read?
 * @param q connection @param id device @return 1, 0, or -errno when QEMU does not answer
 */
static int has_picture(struct gvm_qmp *q, const char *id)
{
	GVM_AUTOJSON struct json_object *value = NULL;
	struct json_object *args = json_object_new_object();
	char path[80];
	int r;

	snprintf(path, sizeof(path), "/machine/peripheral/%s", id);
	json_object_object_add(args, "path", json_object_new_string(path));
	json_object_object_add(args, "property", json_object_new_string("display"));
	r = gvm_qmp_execute(q, "qom-get", args, COMMAND_TIMEOUT_MS, &value, NULL);
	/* There is no such device. */
	if (r == -EREMOTEIO)
		return 0;
	return r < 0 ? r
		     : json_object_is_type(value, json_type_string) &&
			       strcmp(json_object_get_string(value), "on") == 0;
}

/** @brief Have QEMU write a device's picture. @param q connection @param id device @param file absolute path @param e detail @return 0 or -errno */
static int dump(struct gvm_qmp *q, const char *id, const char *file, struct gvm_error *e)
{
	struct json_object *args = json_object_new_object();

	json_object_object_add(args, "filename", json_object_new_string(file));
	json_object_object_add(args, "device", json_object_new_string(id));
	json_object_object_add(args, "format", json_object_new_string("png"));
	return gvm_qmp_execute(q, "screendump", args, COMMAND_TIMEOUT_MS, NULL, e);
}

/** @brief Picture; see hypervisor.h. @param ctx context @param dir folder @param file result @param e detail @return 0 or -errno */
static int qemu_screenshot(struct gvm_ctx *ctx, const char *dir, const char *file,
			   struct gvm_error *e)
{
	GVM_AUTOQMP struct gvm_qmp *q = NULL;
	char picture[GVM_PATH_SIZE + 24];
	int i, r = connect_vm(ctx, dir, &q, e);

	if (r < 0)
		return r;
	snprintf(picture, sizeof(picture), "%s/" GVM_QEMU_PICTURE, dir);
	for (i = 0; i < GVM_VM_MAX_VGPUS; i++) {
		char id[16];

		snprintf(id, sizeof(id), "vgpu%d", i);
		r = has_picture(q, id);
		if (r < 0)
			return gvm_error_set(e, "GVM_E_QMP_TIMEOUT", -r,
					     "QEMU does not tell about its pictures: %s",
					     gvm_errno_name(r));
		if (r) {
			r = dump(q, id, picture, e);
			return r < 0 ? r : gvm_qemu_picture_move(dir, file, e);
		}
	}
	return gvm_error_set(e, "GVM_E_NO_PICTURE", EOPNOTSUPP,
			     "the VM has no picture that QEMU can read");
}

int gvm_qemu_read_cmdline(struct gvm_ctx *ctx, pid_t pid, char *buf, size_t *len)
{
	GVM_AUTOCLOSE int fd = -1;
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	fd = gvm_host_at(ctx->host, path, O_RDONLY | O_NONBLOCK);
	return fd < 0 ? fd : gvm_read_fd(fd, buf, GVM_QEMU_MAX_CMDLINE, len);
}

/** @brief Whose process is this; see hypervisor.h. @param ctx context @param pid process @param vm result @return 1 or 0 */
static int qemu_identify(struct gvm_ctx *ctx, pid_t pid, struct gvm_vm *vm)
{
	GVM_AUTOFREE char *cmdline = malloc(GVM_QEMU_MAX_CMDLINE);
	char comm[32];
	size_t len = 0;

	if (gvm_proc_comm(ctx->host, pid, comm, sizeof(comm)) < 0 || !gvm_str_starts(comm, "qemu"))
		return 0;
	if (!cmdline || gvm_qemu_read_cmdline(ctx, pid, cmdline, &len) < 0)
		len = 0;
	gvm_qemu_parse_cmdline(cmdline, len, vm->name, vm->uuid);
	if (!vm->name[0])
		snprintf(vm->name, sizeof(vm->name), "qemu-%d", (int)pid);
	return 1;
}

const struct gvm_hypervisor gvm_hypervisor_qemu = {
	.name = "qemu",
	.command = qemu_command,
	.start = qemu_start,
	.shut_down = qemu_shut_down,
	.quit = qemu_quit,
	.screenshot = qemu_screenshot,
	.identify = qemu_identify,
	.attach = gvm_qemu_attach,
	.detach = gvm_qemu_detach,
};
