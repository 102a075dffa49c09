/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * One instant: all sockets of it, and the processes that hold them. It owns one
 * arena with its tasks, owners and strings; it is cleared whole and filled anew.
 * Pointers to its sockets are good from the end of the dump until the next
 * snapshot_clear.
 */

#ifndef LOTOP_MODEL_SNAPSHOT_H
#define LOTOP_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "base/index.h"
#include "model/sock.h"

enum snapshot_source { FROM_NETLINK, FROM_PROCFS };

/* Why rows or owners may be missing. Each kind is said once. */
enum shortfall_kind {
	SHORT_DUMP,		/* the kernel refused one protocol of one family: proto, family, err */
	SHORT_INTERRUPTED,	/* a dump was interrupted again and again: proto, family */
	SHORT_PROCFS,		/* no sock_diag (err): read from /proc/net */
	SHORT_UNREADABLE,	/* count processes did not answer in time */
	SHORT_OWNERS,		/* /proc itself cannot be read: err */
	SHORT_PENDING,		/* owners are still being read */
	SHORT_COUNT
};

struct shortfall {
	uint8_t  kind;
	uint8_t  proto;
	uint8_t  family;
	int      err;		/* positive errno */
	uint32_t count;
};

/* Room for all: the first two kinds once a protocol and family, the others once. */
#define SNAPSHOT_SHORTFALLS (2 * 2 * PROTO_COUNT + SHORT_COUNT - 2)

struct snapshot {
	struct arena         arena;
	struct sock_info    *infos;		/* a few of its arena for those that come … */
	size_t               ninfos;		/* … and how many of them are left */
	struct sock         *socks;
	size_t               count;
	/*
	 * Behind the last of them stand ngone more (LIFE_GONE), for whoever shows what closed of
	 * late: socks[count] to socks[count + ngone - 1]. Who walks `count` does not see them, nor
	 * does snapshot_find(). A `peer` or `listener` of theirs may be either kind.
	 */
	size_t               ngone;
	size_t               cap;
	struct index         by_cookie;		/* by sock_id(); of several with one the first alone */
	struct timespec      wall;		/* when it was taken */
	uint64_t             mono_ns;
	enum snapshot_source source;
	/*
	 * Of many connections the kernel is asked for what moved (tcp_info) only at every n-th
	 * sample: that is a third of the time that a dump takes. Whether this one rests from it
	 * on purpose, and n; 0 and 1: it is asked for each time, or never.
	 */
	bool                 info_rests;
	uint8_t              info_every;
	struct shortfall     shortfalls[SNAPSHOT_SHORTFALLS];
	size_t               nshortfalls;
	uint32_t             hidden_tasks;	/* processes whose descriptors this user may not see */
	bool                 tasks_invisible;	/* hidepid: processes that are not in /proc at all */
	uint32_t             lo_ifindex;
	uint16_t             eph_lo, eph_hi;	/* ip_local_port_range; 0, 0 if unknown */
	uint8_t            (*host_addrs)[16];	/* in the arena; only if SOURCE_HOST_ADDRS was wanted */
	size_t               nhost_addrs;
};

void snapshot_init(struct snapshot *s);
void snapshot_done(struct snapshot *s);
void snapshot_clear(struct snapshot *s);	/* empty, memory kept */

/*
 * The info of one of its sockets, to be written; of one that has none all of it is 0.
 */
struct sock_info *snapshot_info(struct snapshot *s, struct sock *sock);

/*
 * Adds a copy of sock, unless one with its cookie is there: a dump under churn
 * may show one socket twice. Without a cookie nothing tells two sockets from one,
 * so it is always added. Returns whether it was added.
 */
bool snapshot_add(struct snapshot *s, const struct sock *sock);

/* Puts a copy of sock, which has the same sock_id(), in the place of another. */
void snapshot_replace(struct snapshot *s, size_t index, const struct sock *sock);

/* Adds a copy behind the living, as one of the ngone. After it nothing else is added. */
void snapshot_add_gone(struct snapshot *s, const struct sock *sock);

/* Makes room, so that the next `more` sockets that are added move none of the others. */
void snapshot_reserve(struct snapshot *s, size_t more);

/* Drops all sockets from index count on: those of a dump that is done again. */
void snapshot_cut(struct snapshot *s, size_t count);

/* Drops one socket. The last one takes its place, so this is for before join_ends(). */
void snapshot_drop(struct snapshot *s, size_t index);

/*
 * Notes that something may be missing. A later note of the same kind, protocol
 * and family takes its place.
 */
void snapshot_short(struct snapshot *s, const struct shortfall *why);

/* Is no kind of socket missing that was asked for? Then what is not among them is not there. */
bool snapshot_has_all_rows(const struct snapshot *s);

/* The socket with that sock_id(), the first where several share one, or NULL. */
const struct sock *snapshot_find(const struct snapshot *s, uint64_t id);

/* Is the port in the kernel's ephemeral range? False if the range is unknown. */
bool snapshot_ephemeral(const struct snapshot *s, uint16_t port);

#endif
