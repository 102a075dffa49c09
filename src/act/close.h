/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The one door through which a socket is closed from outside: SOCK_DESTROY of
 * sock_diag(7). A socket is named as the dump named it, with its cookie, so that another
 * one that came to the same addresses is never meant.
 */

#ifndef LOTOP_ACT_CLOSE_H
#define LOTOP_ACT_CLOSE_H

#include "model/sock.h"

/* What came of it, besides a negative errno. */
enum close_result {
	CLOSE_DONE,	/* the kernel did it, and finds the socket no more */
	CLOSE_STAYS,	/* the kernel says that it did, and still finds the socket */
	CLOSE_NOT_FOUND,/* it was gone already; or, of several that share a port, it is out of reach */
	CLOSE_OTHER,	/* it is there, but listens by now, or does no more: it was left alone */
	CLOSE_NO_COOKIE	/* nothing names it for certain: it was left alone */
};

struct closer;

/* Returns 0 and hands over *ret, or -errno where the kernel gives no sock_diag socket. */
int  closer_open(struct closer **ret);
void closer_close(struct closer *c);

/*
 * Would the kernel let this process close sockets? Returns 0, -EPERM (see closer_shut()), or
 * another -errno where that cannot be known before it is tried.
 */
int close_permitted(void);

/*
 * Looks at the socket once more, closes it, and looks again. Returns an enum
 * close_result or -errno: -EPERM takes CAP_NET_ADMIN in the user namespace that owns
 * the network namespace, -EOPNOTSUPP a kernel with CONFIG_INET_DIAG_DESTROY.
 *
 * CLOSE_DONE is not yet the end of the story: a listener that is shut, and a
 * connection whose program had bound its port, keep the port, where only a dump with
 * STATE_BOUND shows them.
 */
int closer_shut(struct closer *c, const struct sock *s);

struct inet_diag_req_v2;

/* The name of a socket in a request. Pure. */
void close_name(struct inet_diag_req_v2 *ret, const struct sock *s);

/* The same for SOCK_DIAG_BY_FAMILY, where UDP has the two ends the other way round. Pure. */
void close_name_to_get(struct inet_diag_req_v2 *ret, const struct sock *s);

#endif
