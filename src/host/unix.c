// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's list of unix sockets with their peers: documented, sock_diag(7). It has the inode
 * numbers that the links in /proc/PID/fd show.
 */
#include "unix.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "str.h"

#define TIMEOUT_MS 2000
/* Of enum in linux/tcp.h: the state of a connected socket. */
#define ESTABLISHED 1
#define MAX_CONNECTIONS 64

/** What is looked for, and the connections found: inodes of both ends. */
struct search {
	struct gvm_host *host;
	const char *name;
	struct {
		uint32_t ours, peer;
	} found[MAX_CONNECTIONS];
	size_t n;
};

/** @brief Ask the kernel for all connected unix sockets. @param fd netlink socket @return 0 or -errno */
static int ask(int fd)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req request;
	} message = {
		.head = { .nlmsg_len = sizeof(message),
			  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.request = { .sdiag_family = AF_UNIX,
			     .udiag_states = 1 << ESTABLISHED,
			     .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER },
	};

	return send(fd, &message, sizeof(message), 0) == (ssize_t)sizeof(message) ? 0 : -errno;
}

/** @brief Take one socket in, if it is of the name. @param s search @param m message */
static void take_socket(struct search *s, const struct nlmsghdr *m)
{
	const struct unix_diag_msg *d = NLMSG_DATA(m);
	const struct rtattr *a = (const struct rtattr *)(d + 1);
	int left = (int)(m->nlmsg_len - NLMSG_LENGTH(sizeof(*d)));
	bool of_name = false;
	uint32_t peer = 0;

	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == UNIX_DIAG_NAME)
			of_name = strnlen(RTA_DATA(a), RTA_PAYLOAD(a)) == strlen(s->name) &&
				  memcmp(RTA_DATA(a), s->name, strlen(s->name)) == 0;
		else if (a->rta_type == UNIX_DIAG_PEER && RTA_PAYLOAD(a) >= sizeof(peer))
			memcpy(&peer, RTA_DATA(a), sizeof(peer));
	}
	if (!of_name || !peer || s->n == MAX_CONNECTIONS)
		return;
	s->found[s->n].ours = d->udiag_ino;
	s->found[s->n++].peer = peer;
}

/** @brief Read one datagram of the answer. @param s search @param m first message @param len bytes @return 1 at the end, 0 for more, -errno */
static int take_messages(struct search *s, const struct nlmsghdr *m, unsigned int len)
{
	for (; NLMSG_OK(m, len); m = NLMSG_NEXT(m, len)) {
		if (m->nlmsg_type == NLMSG_DONE)
			return 1;
		if (m->nlmsg_type == NLMSG_ERROR)
			return m->nlmsg_len >= NLMSG_LENGTH(sizeof(struct nlmsgerr))
				       ? ((const struct nlmsgerr *)NLMSG_DATA(m))->error
				       : -EPROTO;
		if (m->nlmsg_len >= NLMSG_LENGTH(sizeof(struct unix_diag_msg)))
			take_socket(s, m);
	}
	return 0;
}

/** @brief Find the connections. @param s search @return 0 or -errno */
static int find_connections(struct search *s)
{
	GVM_AUTOCLOSE int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	union {
		struct nlmsghdr head;
		char bytes[16384];
	} buf;
	int r = fd < 0 ? -errno : ask(fd);

	while (r == 0) {
		ssize_t n;

		r = poll(&p, 1, TIMEOUT_MS);
		if (r <= 0)
			return r < 0 ? -errno : -ETIMEDOUT;
		n = recv(fd, &buf, sizeof(buf), MSG_DONTWAIT);
		r = n < 0 ? -errno : take_messages(s, &buf.head, (unsigned int)n);
	}
	return r < 0 ? r : 0;
}

/** A process that is looked for by an open socket. */
struct owner {
	pid_t pid; /* only this one, if not 0; then the one found */
	bool found;
};

/** @brief An open socket. @param pid process @param node "socket:[N]" @param data struct owner @return 1 when it is the one */
static int take_owner(pid_t pid, const char *node, void *data)
{
	struct owner *o = data;

	(void)node;
	if (o->pid && o->pid != pid)
		return 0;
	o->pid = pid;
	o->found = true;
	return 1;
}

/**
 * @brief Which process has this socket open?
 * @param h machine @param inode of the socket @param only this process is asked for, or 0
 * @return process, 0 when it is not found
 */
static pid_t owner_of(struct gvm_host *h, uint32_t inode, pid_t only)
{
	struct owner o = { .pid = only };
	char node[32];

	snprintf(node, sizeof(node), "socket:[%u]", inode);
	gvm_holders(h, node, take_owner, &o);
	return o.found ? o.pid : 0;
}

int gvm_unix_client(struct gvm_host *h, const char *name, pid_t server, struct gvm_unix_client *ret)
{
	struct search s = { .host = h, .name = name };
	size_t i;
	int r = gvm_host_live(h) ? find_connections(&s) : -EOPNOTSUPP;

	if (r < 0)
		return r;
	for (i = 0; i < s.n; i++) {
		/* In another mount namespace the same name may be another socket. */
		if (!owner_of(h, s.found[i].ours, server))
			continue;
		ret->comm[0] = '\0';
		ret->pid = owner_of(h, s.found[i].peer, 0);
		if (ret->pid)
			gvm_proc_comm(h, ret->pid, ret->comm, sizeof(ret->comm));
		return 1;
	}
	return 0;
}
