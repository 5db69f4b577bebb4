/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file uevent.h
 * @brief The kernel's announcements of devices that come, go and change.
 */
#ifndef GVM_HOST_UEVENT_H
#define GVM_HOST_UEVENT_H

/**
 * @brief Listen to the kernel's uevents.
 * @return descriptor that can be read once there is one, to be closed; or a negative errno
 * @restriction in a network namespace of its own one hears only what is sent there
 * @sideeffect none
 * @failure errors of socket(2) and bind(2)
 */
int gvm_uevents_open(void);

/**
 * @brief Throw away those that have come: what they tell is then read from sysfs.
 * @param fd from gvm_uevents_open()
 * @restriction none
 * @sideeffect none
 * @failure none
 */
void gvm_uevents_drain(int fd);

#endif
