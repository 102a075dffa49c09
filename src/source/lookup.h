/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Asks the kernel for one socket, a TCP connection by its exact tuple and cookie. Under churn a
 * dump may pass over a socket that lives, and no flag says so; this does not.
 */

#ifndef LOTOP_SOURCE_LOOKUP_H
#define LOTOP_SOURCE_LOOKUP_H

#include "model/sock.h"

struct lookup;

/* Returns 0 and hands over *ret, or -errno where the kernel gives no sock_diag socket. */
int  lookup_open(struct lookup **ret);
void lookup_close(struct lookup *l);

/*
 * Looks for a connection that a dump gave (SOCK_HAS_COOKIE, with a peer). Returns 0
 * with what it is now, -ENOENT when it is gone, or another -errno when nothing is
 * known. Listeners and bound sockets cannot be asked for so: of several that share a
 * port the kernel looks at one alone.
 */
int lookup_sock(struct lookup *l, const struct sock *s, struct sock_alone *ret);

/*
 * Is a TCP listener or a UDP socket without a peer gone for certain? Of several on the same
 * address that is never known.
 */
bool lookup_is_gone(struct lookup *l, const struct sock *s);

/*
 * Looks for the other end of a TCP connection within this machine, whatever its cookie.
 * lo_ifindex is of the device `lo`, to which it may be bound. Returns as lookup_sock().
 */
int lookup_other_end(struct lookup *l, const struct sock *s, uint32_t lo_ifindex,
                     struct sock_alone *ret);

#endif
