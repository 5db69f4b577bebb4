// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "change.h"
#include "options.h"
#include "output.h"
#include "registry.h"

/** @brief Tell what the library does, for --verbose. @param text a line @param data unused */
static void tell(const char *text, void *data)
{
	(void)data;
	fprintf(stderr, "gvm: %s\n", text);
}

/** @brief Tell what the library warns of: at once, or with the JSON of the answer. @param text a line @param data run */
static void warn(const char *text, void *data)
{
	struct cli *cli = data;

	if (!cli->json)
		fprintf(stderr, "gvm: warning: %s\n", text);
	else if (cli->told || (cli->told = calloc(1, sizeof(*cli->told))))
		gvm_inventory_warn(cli->told, "%s", text);
}

/** @brief Run the command. @param cli run @param e detail @return 0 or -errno */
static int run(struct cli *cli, struct gvm_error *e)
{
	bool write = cli->command->changes && !cli->dry_run && !cli->print_command;
	int r;

	if (cli->command->no_host)
		return cli->command->run(cli, e);
	r = gvm_open(cli->sysroot, write ? GVM_OPEN_CHANGE : 0, &cli->ctx, e);
	if (r < 0)
		return r;
	if (cli->verbose)
		cli->ctx->log = tell;
	cli->ctx->warn = warn;
	cli->ctx->warn_data = cli;
	if (write)
		gvm_collect(cli->ctx);
	r = cli->command->run(cli, e);
	gvm_close(cli->ctx);
	return r;
}

/** @brief The program. @param argc number of arguments @param argv arguments @return exit status, CONTRACTS section 1 */
int main(int argc, char **argv)
{
	struct gvm_error e = { 0 };
	struct cli cli = { 0 };
	int r;

	/* QEMU's user must come through the folders of /run/gvm, whatever the caller's mask. */
	umask(022);
	/* Whoever started us may ignore them: we wait for children, and tell a closed pipe ourselves. */
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	r = cli_parse(argc, argv, &cli, &e);
	if (r == 0)
		r = run(&cli, &e);
	if (r == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		r = gvm_error_set(&e, "GVM_E_FILE_WRITE", EIO, "cannot write the answer");
	r = r < 0 ? cli_error(&cli, &e, r) : cli.exit_status;
	gvm_inventory_free(cli.told);
	return r;
}
