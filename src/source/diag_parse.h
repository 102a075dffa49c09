/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* One message of sock_diag(7) to one socket. Pure: no I/O, no allocation, no state. */

#ifndef LOTOP_SOURCE_DIAG_PARSE_H
#define LOTOP_SOURCE_DIAG_PARSE_H

#include "model/sock.h"

struct nlmsghdr;

/*
 * proto is what was asked for: an answer does not say it. Returns 0, -EBADMSG
 * for a message that is too short, -EAFNOSUPPORT for another family, -ENOTSUP
 * for a state that only a newer kernel knows; *ret is written only for 0. Short
 * and unknown attributes come from older and newer kernels and are passed over.
 */
int diag_parse_inet(const struct nlmsghdr *nlh, enum sock_proto proto, struct sock_alone *ret);

/*
 * The protocol, the two ends, the cookie and the device of a message alone, whatever
 * the rest of it says. Returns 0, -EBADMSG or -EAFNOSUPPORT.
 */
int diag_parse_tuple(const struct nlmsghdr *nlh, enum sock_proto proto, struct sock *ret);

/*
 * Sets the state of *s, whose proto, inode, uid and queues are the kernel's
 * own numbers, and makes of the latter what they mean in that state: bits in
 * has, and queues in bytes. /proc/net holds the same numbers. Returns 0, or
 * -ENOTSUP for an unknown state; *s is written only for 0.
 */
int diag_set_state(struct sock *s, unsigned kernel_state);

#endif
