// SPDX-License-Identifier: GPL-2.0-or-later
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "str.h"

/** @brief Is this the temporary file of a writer that was killed: ".NAME.PID.tmp"? @param name file @return yes or no */
static bool is_left_over(const char *name)
{
	size_t len = strlen(name);
	char copy[256], *pid;
	uint64_t number;

	if (name[0] != '.' || len < 5 || strcmp(name + len - 4, ".tmp") != 0 ||
	    gvm_str_copy(copy, sizeof(copy), name) < 0)
		return false;
	copy[len - 4] = '\0';
	pid = strrchr(copy, '.');
	if (!pid || gvm_parse_u64(pid + 1, 10, INT32_MAX, &number) < 0 || !number)
		return false;
	/* Whoever has that id now: a writer of ours that lives is left alone. */
	return kill((pid_t)number, 0) < 0 && errno == ESRCH;
}

DIR *gvm_folder_list(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

void gvm_folder_tidy(int folder)
{
	GVM_AUTOCLOSEDIR DIR *dir = gvm_folder_list(folder, ".");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (is_left_over(entry->d_name))
			unlinkat(folder, entry->d_name, 0);
}
