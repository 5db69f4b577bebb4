/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file cli.h
 * @brief gvm: parse, call, print. What all its commands share.
 */
#ifndef GVM_CLI_CLI_H
#define GVM_CLI_CLI_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

#include "context.h"
#include "errors.h"
#include "inventory.h"
#include "plan.h"

/** The options, as bits of what a command takes. */
enum cli_option {
	CLI_ALL_CLASSES = 1,
	CLI_GPU = 2,
	CLI_TYPE = 4,
	CLI_NAME = 8,
	CLI_UUID = 16,
	CLI_FOREIGN = 32,
	CLI_PRINT_COMMAND = 64,
	CLI_TIMEOUT = 128,
	CLI_FORCE = 256,
	CLI_AUTOSTART = 512,
	CLI_PARAM = 1024,
	CLI_FILE = 2048,
	CLI_SAVE = 4096,
	CLI_WAIT = 8192,
};

/** Times that --param may be given. */
#define CLI_MAX_PARAMS 16

/** One run of gvm. */
struct cli {
	struct gvm_ctx *ctx;
	const struct cli_command *command;
	char **args; /**< what follows the verb, NULL at the end */
	int n_args;
	bool json, dry_run, verbose, all_classes, foreign, print_command, force, save;
	const char *sysroot, *gpu, *type, *name, *uuid;
	unsigned int timeout_s, wait_s;
	bool autostart;
	const char *file;
	const char *params[CLI_MAX_PARAMS]; /**< KEY=VALUE each */
	int n_params;
	struct gvm_inventory *told; /**< holds what the library warned of, for JSON; or NULL */
	int exit_status; /**< of a command that was done in part and has told so itself; else 0 */
};

/** One command: a line of the table in commands.c. */
struct cli_command {
	const char *noun;
	const char *verb; /**< NULL for a noun without verbs */
	/** What follows, as shown in help; "" for none. Its words say what completion offers: GPU, TYPE,
	 *  OWNTYPE, VGPU, VM (names), FILE (files), DIR (folders), one|two (these words); the last may repeat. */
	const char *args;
	int min_args, max_args;
	unsigned int options; /**< enum cli_option that it takes */
	unsigned int needs;   /**< those of them that must be given */
	bool changes;         /**< it changes the host: takes --dry-run, and collects first */
	int (*run)(struct cli *cli, struct gvm_error *e); /**< 0 or a negative errno */
	const char *help;
	bool no_host; /**< it does not look at the host: ctx is NULL */
};

/** All commands; ended by one without noun. */
extern const struct cli_command cli_commands[];

/**
 * @brief Run the command of that name; see commands.c.
 * @param cli run
 * @param e detail
 * @return 0 or a negative errno
 * @restriction those of the command
 * @sideeffect those of the command; prints its answer
 * @failure those of the command
 */
int cli_list(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_gpu_list(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_gpu_show(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_gpu_set(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_gpu_restore(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_type_list(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_type_show(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_type_create(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_type_delete(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_list(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_show(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_create(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_destroy(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_define(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_undefine(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_start(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_stop(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_set(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_import(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_export(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_attach(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_detach(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vgpu_who(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vm_run(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vm_define(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vm_undefine(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vm_start(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vm_list(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vm_show(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vm_stop(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_vm_screenshot(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_help(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_version(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_completion(struct cli *cli, struct gvm_error *e);
/** @copydoc cli_list */
int cli_explain(struct cli *cli, struct gvm_error *e);

#endif
