/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The kernel's announcements of sockets that are destroyed (sock_diag(7), multicast
 * groups SKNLGRP_INET_TCP_DESTROY and the like). They slow whoever closes a socket a
 * little, so they are joined only while somebody watches.
 */

#ifndef LOTOP_SOURCE_DESTROYED_H
#define LOTOP_SOURCE_DESTROYED_H

#include <stddef.h>

#include "model/sock.h"

struct destroyed;

/*
 * Joins the groups. rcvbuf: bytes to ask for, 0 for what is usual. Returns 0 and hands
 * over *ret, or -errno where the kernel does not allow it.
 */
int  destroyed_open(struct destroyed **ret, int rcvbuf);
void destroyed_close(struct destroyed *d);
int  destroyed_fd(const struct destroyed *d);

/*
 * Takes one. Of it proto, family, the two ends and the cookie are facts, and of TCP
 * the bytes (SOCK_HAS_BYTES); state, inode and uid are those of a socket that is no
 * more, and left out.
 */
typedef void (*destroyed_fn)(const struct sock *s, void *arg);

/*
 * Reads all that came. Returns 0, -ENOBUFS where the kernel lost some, or another
 * -errno.
 */
int destroyed_read(struct destroyed *d, destroyed_fn fn, void *arg);

/* Reads one message. Returns 0, or -errno for what is none. Pure. */
struct nlmsghdr;
int destroyed_parse(const struct nlmsghdr *nlh, struct sock *ret);

#endif
