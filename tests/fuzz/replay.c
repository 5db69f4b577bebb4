// SPDX-License-Identifier: GPL-2.0-or-later
/* The main of a fuzz target in a normal build: runs it on files, and on all files of folders. */
#include <dirent.h>
#include <errno.h>

#include "fuzz.h"

/** @brief Run the target on one file. @param path file @return 1, or 0 when it cannot be read */
static int replay_file(const char *path)
{
	static uint8_t buf[1 << 20];
	FILE *f = fopen(path, "rbe");
	uint8_t *exact;
	size_t n;

	if (!f)
		return 0;
	n = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	/* Memory of just that size, so that a sanitizer sees a step too far. */
	exact = malloc(n ? n : 1);
	if (!exact)
		abort();
	memcpy(exact, buf, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 1;
}

/** @brief Run the target on all files of a folder. @param path folder @return how many */
static int replay_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char file[4096];
	int n = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		n += replay_file(file);
	}
	closedir(dir);
	return n;
}

/** @brief Run all inputs. @param argc count @param argv files and folders @return 0, or 1 when there was no input */
int main(int argc, char **argv)
{
	int i, n = 0, folder;

	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (i = 1; i < argc; i++) {
		folder = replay_folder(argv[i]);
		n += folder ? folder : replay_file(argv[i]);
	}
	printf("%d inputs\n", n);
	return n == 0;
}
