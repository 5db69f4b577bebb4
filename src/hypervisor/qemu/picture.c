// SPDX-License-Identifier: GPL-2.0-or-later
#include "picture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cleanup.h"
#include "file.h"
#include "str.h"

#define MAX_PICTURE (256U << 20)

/** @brief Write a picture. @param file absolute path @param data bytes @param len count @return 0 or -errno */
static int write_picture(const char *file, const char *data, size_t len)
{
	GVM_AUTOFREE char *folder = strdup(file);
	GVM_AUTOCLOSE int dir = -1;
	char *slash = folder ? strrchr(folder, '/') : NULL;

	if (!slash)
		return folder ? -EINVAL : -ENOMEM;
	slash[slash == folder] = '\0';
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -errno : gvm_write_file(dir, gvm_basename(file), data, len, 0);
}

int gvm_qemu_picture_move(const char *dir, const char *file, struct gvm_error *e)
{
	GVM_AUTOCLOSE int folder = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	GVM_AUTOFREE char *data = NULL;
	size_t len = 0;
	int r = folder < 0 ? -errno
			   : gvm_read_file(folder, GVM_QEMU_PICTURE, MAX_PICTURE, &data, &len);

	if (r < 0)
		return gvm_error_set(e, "GVM_E_FILE_READ", -r, "cannot read the picture in %s: %s",
				     dir, gvm_errno_name(r));
	unlinkat(folder, GVM_QEMU_PICTURE, 0);
	r = write_picture(file, data, len);
	if (r < 0) {
		gvm_error_set(e, "GVM_E_FILE_WRITE", -r, "cannot write %s: %s", file,
			      gvm_errno_name(r));
		GVM_ERROR_FIELD(e, object, "%s", file);
	}
	return r;
}
