/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The conversation with sock_diag(7): a list of dumps, one after the other, read
 * one datagram a turn. We walk each datagram ourselves, because libmnl's
 * mnl_cb_run() drops what stands behind a flagged message and takes an errno in
 * NLMSG_DONE for success.
 */

#ifndef LOTOP_SOURCE_DIAG_H
#define LOTOP_SOURCE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

struct nlmsghdr;
struct source_narrow;

/* How a walk over one datagram ended, besides -errno. */
#define WALK_MORE 0	/* the dump goes on in the next datagram */
#define WALK_DONE 1

/* Whose answers we wait for. */
struct diag_walk {
	uint32_t seq;
	uint32_t portid;
	bool     interrupted;	/* out: NLM_F_DUMP_INTR was seen */
};

/* Takes one row. Returns 0, or -errno to end the walk. */
typedef int (*diag_row_fn)(const struct nlmsghdr *nlh, void *arg);

/*
 * Hands every row of one datagram to fn; messages of another dump are passed
 * over. Returns WALK_MORE, WALK_DONE or -errno: -EOVERFLOW the kernel lost
 * messages, -EBADMSG not what netlink(7) describes, else what the kernel
 * answered. Pure.
 */
int diag_walk(struct diag_walk *w, const void *buf, size_t len, diag_row_fn fn, void *arg);

struct diag;

/* Returns 0 and hands over *ret, or -errno where the kernel gives no sock_diag socket. */
int  diag_open(struct diag **ret);
void diag_close(struct diag *d);

/*
 * What later dumps need not copy out of the kernel: NULL, everything. What it
 * points to is borrowed until the next call.
 */
void diag_narrow(struct diag *d, const struct source_narrow *narrow);

/*
 * Begins to dump what `want` names (SOURCE_TCP …) into `into`, which it borrows
 * until diag_turn() is done. A dump that was under way is given up.
 */
void diag_start(struct diag *d, unsigned want, struct snapshot *into);

/* -1 while there is none: the kernel refuses a new one. */
int diag_fd(const struct diag *d);

/* Milliseconds until diag_turn() must be called even without a datagram. */
int diag_timeout(const struct diag *d);

/*
 * Reads one datagram if there is one. Returns SOURCE_MORE, SOURCE_DONE, or
 * -errno when no dump at all could be made. One protocol or family that fails
 * is noted in the snapshot and does not hide the others; an interrupted dump is
 * made again at most 3 times.
 */
int diag_turn(struct diag *d);

/* Was there no datagram at the last turn? Then there is something to wait for. */
bool diag_dry(const struct diag *d);

#endif
