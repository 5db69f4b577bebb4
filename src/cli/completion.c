// SPDX-License-Identifier: GPL-2.0-or-later
/* gvm completion: the scripts for shells. They know no command: they ask "gvm completion words". */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "complete.h"
#include "options.h"
#include "output.h"

/* COMP_WORDS is not used: bash breaks words at ':' and '=', which PCI addresses and --gpu=... have. What
 * it takes for the current word begins after the last of these, so that much is cut off. */
static const char bash_script[] =
	"# bash completion of gvm: source it, or put it into bash-completion's completions/gvm\n"
	"_gvm() {\n"
	"\tlocal line=${COMP_LINE:0:COMP_POINT} words cursor cut\n"
	"\tread -ra words <<<\"$line\"\n"
	"\t[[ $line != *[[:space:]] ]] || words+=('')\n"
	"\tcursor=${words[-1]}\n"
	"\tmapfile -t COMPREPLY < <(command gvm completion words -- \"${words[@]:1}\" 2>/dev/null)\n"
	"\tif [[ ${COMPREPLY[0]-} == :files ]]; then\n"
	"\t\tcompopt -o filenames 2>/dev/null\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"${cursor##*=}\")\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tCOMPREPLY=(\"${COMPREPLY[@]%%$'\\t'*}\")\n"
	"\tcut=${cursor%\"${cursor##*[=:]}\"}\n"
	"\tCOMPREPLY=(\"${COMPREPLY[@]#\"$cut\"}\")\n"
	"}\n"
	"complete -F _gvm gvm\n";

static const char zsh_script[] =
	"#compdef gvm\n"
	"# zsh completion of gvm: put it into a folder of $fpath as _gvm\n"
	"_gvm() {\n"
	"\tlocal -a lines offers\n"
	"\tlocal line\n"
	"\tlines=(\"${(@f)$(command gvm completion words -- \"${(@)words[2,CURRENT-1]}\" \"$PREFIX\" 2>/dev/null)}\")\n"
	"\tif [[ $lines[1] == :files ]]; then\n"
	"\t\tcompset -P '--*='\n"
	"\t\t_files\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tfor line in $lines; do\n"
	"\t\toffers+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\")\n"
	"\tdone\n"
	"\t_describe gvm offers\n"
	"}\n"
	"if [[ $funcstack[1] == _gvm ]]; then\n"
	"\t_gvm \"$@\"\n"
	"else\n"
	"\tcompdef _gvm gvm\n"
	"fi\n";

static const char fish_script[] =
	"# fish completion of gvm: put it into a folder of $fish_complete_path as gvm.fish\n"
	"function __gvm_offers\n"
	"\tset -l words (commandline -opc)\n"
	"\tset -l cursor (commandline -ct)\n"
	"\tset -e words[1]\n"
	"\tfor line in (command gvm completion words -- $words \"$cursor\" 2>/dev/null)\n"
	"\t\tif test \"$line\" = :files\n"
	"\t\t\t__fish_complete_path (string replace -r '^--[a-z-]+=' '' -- \"$cursor\")\n"
	"\t\telse\n"
	"\t\t\techo $line\n"
	"\t\tend\n"
	"\tend\n"
	"end\n"
	"complete -c gvm -f -a '(__gvm_offers)'\n";

int cli_completion(struct cli *cli, struct gvm_error *e)
{
	const char *shell = cli->args[0];

	if (strcmp(shell, "words") == 0) {
		cli_complete(cli->args + 1, cli->n_args - 1);
		return 0;
	}
	if (cli->n_args == 1 && strcmp(shell, "bash") == 0)
		fputs(bash_script, stdout);
	else if (cli->n_args == 1 && strcmp(shell, "zsh") == 0)
		fputs(zsh_script, stdout);
	else if (cli->n_args == 1 && strcmp(shell, "fish") == 0)
		fputs(fish_script, stdout);
	else
		return cli_usage(e, "there is completion for bash, zsh and fish");
	return 0;
}
