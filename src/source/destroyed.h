/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The kernel's announcements of sockets that are destroyed (sock_diag(7), multicast
 * groups SKNLGRP_INET_TCP_DESTROY and the like). They slow whoever closes a socket a
 * little, so they are joined only while somebody watches. Any user may join
 * (NL_CFG_F_NONROOT_RECV; seen on Linux 6.18).
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
 * Takes one. Of it proto, family, the two ends and the cookie are facts, and of a TCP
 * connection the bytes (SOCK_HAS_BYTES), but for one: rx_bytes counts the peer's FIN, if it
 * came, as a byte. Who reset or was reset first has none, and nothing in the
 * message tells: destroyed_receipts() does. State, inode and uid are those of a socket that
 * is no more, and left out. Of a connection that was reset or refused the kernel
 * wipes the peer's port, the bytes and mostly the local address (tcp_disconnect).
 */
typedef void (*destroyed_fn)(const struct sock *s, void *arg);

/*
 * What was received, without the FIN: never more than what the peer has sent in all, which
 * a FIN that counts makes one less. peer_tx may be read at any time after.
 */
uint64_t destroyed_receipts(const struct sock *s, uint64_t peer_tx);

/*
 * Reads what came, some hundred at most. Returns 0, -ENOBUFS where the kernel lost some, or another
 * -errno.
 */
int destroyed_read(struct destroyed *d, destroyed_fn fn, void *arg);

/* Reads one message. Returns 0, or -errno for what is none. Pure. */
struct nlmsghdr;
int destroyed_parse(const struct nlmsghdr *nlh, struct sock_alone *ret);

#endif
