/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What no single socket tells: which holder a socket without a visible owner has, and
 * which two sockets are the ends of one connection.
 */

#ifndef LOTOP_MODEL_JOIN_H
#define LOTOP_MODEL_JOIN_H

#include "model/snapshot.h"

/*
 * Sets the holder of every socket, once its owners are attached.
 *
 * Without an inode: a connection that a listener has not accepted (ESTABLISHED,
 * or CLOSE_WAIT when its client already left; any other state without an inode
 * is the kernel's own) is HOLDER_QUEUE where a listener of its port is in the
 * snapshot, else HOLDER_NONE. With an inode and no owner: HOLDER_UNKNOWN while
 * processes are still being read (SHORT_PENDING), HOLDER_HIDDEN where this user
 * cannot see into some process, HOLDER_UNKNOWN where some process was not read
 * (SHORT_OWNERS, SHORT_UNREADABLE), else HOLDER_UNSEEN.
 */
void join_holders(struct snapshot *s);

/*
 * Sets peer, listener and role of every socket. Two ends find each other by the swapped
 * tuple; addresses are v4-mapped, so an end in an IPv6 socket finds one in an IPv4 one.
 * A socket that is connected to itself is its own peer.
 */
void join_ends(struct snapshot *s);

/* Sets their peers alone, which tell what a dump passed over; no listener, and SOCK_NEITHER. */
void join_peers(struct snapshot *s);

/*
 * Sets listener and role of the sockets from `first` on, which came after join_ends(). Their
 * peers are set already, in both directions.
 */
void join_late(struct snapshot *s, size_t first);

#endif
