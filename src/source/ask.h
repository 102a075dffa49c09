/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Asks the kernel for all it tells of one socket, any socket that a dump gave with its cookie.
 * A TCP connection is asked for by its exact tuple. What has no peer cannot be: of several
 * that share a port the kernel looks at one alone (see lookup.h), so its port is dumped.
 */

#ifndef LOTOP_SOURCE_ASK_H
#define LOTOP_SOURCE_ASK_H

#include "model/detail.h"

struct ask;

/* Returns 0 and hands over *ret, or -errno where the kernel gives no sock_diag socket. */
int  ask_open(struct ask **ret);
void ask_close(struct ask *a);	/* NULL is allowed */

/* Returns 0, or -errno: nothing will come. An answer that is still to come is dropped. */
int  ask_start(struct ask *a, const struct sock *s);

int  ask_fd(const struct ask *a);
int  ask_timeout(const struct ask *a);	/* milliseconds until ask_turn() must be called */

#define ASK_MORE 0
#define ASK_DONE 1

/* Returns ASK_DONE with *ret, ASK_MORE: poll, or -errno: -ENOENT, the socket is gone. */
int ask_turn(struct ask *a, struct sock_detail *ret);

#endif
