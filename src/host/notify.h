/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file notify.h
 * @brief Telling the service manager that started us how far we are.
 */
#ifndef GVM_HOST_NOTIFY_H
#define GVM_HOST_NOTIFY_H

/**
 * @brief Send a state, as sd_notify(3) does (documented there): "READY=1".
 * @param state text
 * @return 1 when it was sent, 0 when nobody wants it, or a negative errno
 * @restriction none
 * @sideeffect one datagram to the socket that NOTIFY_SOCKET names
 * @failure errors of socket(2) and sendto(2); EINVAL when the name is no socket's
 */
int gvm_notify(const char *state);

#endif
