/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file folder.h
 * @brief Folders of files that are written whole.
 */
#ifndef GVM_STORE_FOLDER_H
#define GVM_STORE_FOLDER_H

#include <dirent.h>

/**
 * @brief Open a folder to list it.
 * @param at descriptor, or AT_FDCWD
 * @param path below it
 * @return stream, or NULL with errno
 * @restriction a link is not followed
 * @sideeffect none
 * @failure errors of open(2)
 */
DIR *gvm_folder_list(int at, const char *path);

/**
 * @brief Remove what killed writers left in a folder: ".NAME.PID.tmp".
 * @param folder descriptor
 * @restriction a writer that lives is left alone
 * @sideeffect removes files
 * @failure none: what cannot be removed stays
 */
void gvm_folder_tidy(int folder);

#endif
