/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file qmp.h
 * @brief A client of the QEMU Machine Protocol: documented, QEMU docs/interop/qmp-spec.
 *
 * What answers is not trusted: lines are bounded, JSON is checked, everything has a deadline.
 */
#ifndef GVM_QEMU_QMP_H
#define GVM_QEMU_QMP_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "error.h"

/** What one message is. */
enum gvm_qmp_kind {
	GVM_QMP_GREETING,
	GVM_QMP_RETURN,
	GVM_QMP_ERROR,
	GVM_QMP_EVENT,
};

struct gvm_qmp;

/**
 * @brief Connect, take the greeting, and enter command mode.
 * @param path unix socket
 * @param timeout_ms deadline for all of it, in milliseconds
 * @param ret connection, to be closed with gvm_qmp_close(); untouched on failure
 * @param e detail
 * @return 0 or a negative errno
 * @restriction QEMU serves one client at a time: hold it shortly
 * @sideeffect none
 * @failure ENOENT, ECONNREFUSED when nothing listens (GVM_E_QMP_CLOSED); ETIMEDOUT
 *          (GVM_E_QMP_TIMEOUT); EPROTO (GVM_E_QMP_ANSWER); ENOMEM
 */
int gvm_qmp_open(const char *path, unsigned int timeout_ms, struct gvm_qmp **ret,
		 struct gvm_error *e);

/** @brief Close a connection. @param q connection or NULL @restriction none @sideeffect none @failure none */
void gvm_qmp_close(struct gvm_qmp *q);

/** @brief Close at the end of a scope. @param q address of the connection */
static inline void gvm_cleanup_qmp(struct gvm_qmp **q)
{
	gvm_qmp_close(*q);
}

/** A connection that is closed at the end of its scope. */
#define GVM_AUTOQMP __attribute__((cleanup(gvm_cleanup_qmp)))

/**
 * @brief Execute a command and wait for its answer; events meanwhile are passed over.
 * @param q connection
 * @param command its name
 * @param arguments taken over, may be NULL
 * @param timeout_ms deadline, in milliseconds
 * @param ret what it returned, to be released by the caller; may be NULL
 * @param e detail; QEMU's own words when it refuses
 * @return 0 or a negative errno
 * @restriction after a failure other than EREMOTEIO the connection is of no more use
 * @sideeffect those of the command
 * @failure EREMOTEIO when QEMU refuses (GVM_E_QMP_REFUSED), ETIMEDOUT, EPROTO, EPIPE
 */
int gvm_qmp_execute(struct gvm_qmp *q, const char *command, struct json_object *arguments,
		    unsigned int timeout_ms, struct json_object **ret, struct gvm_error *e);

/** Told of each event, whole: "event" is its name, "data" what it says. */
typedef void (*gvm_qmp_event_fn)(struct json_object *event, void *data);

/**
 * @brief Have a function told of all events from now on, also of those that come before an answer.
 * @param q connection
 * @param fn function, or NULL: nobody
 * @param data for @p fn
 * @restriction none
 * @sideeffect none
 * @failure none
 */
void gvm_qmp_on_event(struct gvm_qmp *q, gvm_qmp_event_fn fn, void *data);

/**
 * @brief Take in events until one brings what is waited for.
 * @param q connection
 * @param timeout_ms deadline, in milliseconds
 * @param done set by the function of gvm_qmp_on_event()
 * @param e detail
 * @return 0 or a negative errno
 * @restriction as gvm_qmp_execute()
 * @sideeffect those of that function
 * @failure ETIMEDOUT, after which the connection still is of use; EPROTO, EPIPE
 */
int gvm_qmp_wait(struct gvm_qmp *q, unsigned int timeout_ms, const bool *done, struct gvm_error *e);

/**
 * @brief Which process serves the other end?
 * @param q connection
 * @param pid result: who listened on the socket, or made it; untouched on failure
 * @return 0 or a negative errno
 * @restriction a process outside of our PID namespace is 0
 * @sideeffect none
 * @failure errors of getsockopt(2)
 */
int gvm_qmp_peer(const struct gvm_qmp *q, pid_t *pid);

/**
 * @brief Read one message.
 * @param line one line without its end
 * @param len its length in bytes
 * @param kind result
 * @param body result: the greeting, the returned value (NULL when it is null), the error; the event
 *        with its name and data; to be released by the caller
 * @return 0 or -EPROTO
 * @restriction pure
 * @sideeffect none
 * @failure EPROTO when it is no message
 */
int gvm_qmp_parse(const char *line, size_t len, enum gvm_qmp_kind *kind, struct json_object **body);

#endif
