/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file picture.h
 * @brief A picture that QEMU wrote into its own folder, brought to where a person wants it.
 */
#ifndef GVM_QEMU_PICTURE_H
#define GVM_QEMU_PICTURE_H

#include "error.h"

/** Where QEMU writes it, in the VM's folder: it may not write elsewhere. */
#define GVM_QEMU_PICTURE "screenshot.png"

/**
 * @brief Move the picture out of a VM's folder.
 * @param dir the VM's folder, in which QEMU can do what it likes
 * @param file absolute path of the result
 * @param e detail
 * @return 0 or a negative errno
 * @restriction at most 256 MiB
 * @sideeffect writes @p file whole, removes the picture from the folder
 * @failure errors of reading (GVM_E_FILE_READ) and writing (GVM_E_FILE_WRITE)
 */
int gvm_qemu_picture_move(const char *dir, const char *file, struct gvm_error *e);

#endif
