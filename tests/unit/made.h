/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Makes sockets and processes for the tests of view/ and out/. */

#ifndef LOTOP_TESTS_MADE_H
#define LOTOP_TESTS_MADE_H

#include <criterion/criterion.h>
#include <string.h>

#include "info.h"
#include "model/snapshot.h"
#include "model/task.h"

#define MADE_LO   1u	/* ifindex of `lo` in made snapshots */
#define MADE_ETH0 2u

static inline struct endpoint
made_endpoint(const char *addr, uint16_t port)
{
	struct endpoint e = { .port = port };

	cr_assert_eq(addr_parse(addr, strlen(addr), e.addr), 0, "%s is no address", addr);
	return e;
}

/* raddr NULL: no peer. */
static inline struct sock
made_sock(enum sock_proto proto, enum sock_state state, const char *laddr, uint16_t lport,
          const char *raddr, uint16_t rport)
{
	struct sock s = { .proto = proto, .state = state };

	s.local = made_endpoint(laddr, lport);
	s.family = addr_is_v4(s.local.addr) ? 4 : 6;
	s.remote = made_endpoint(raddr ? raddr : s.family == 4 ? "0.0.0.0" : "::", rport);
	return s;
}

/* argv is argc strings, one after the other, as in task.h. */
static inline struct task
made_task(pid_t pid, const char *comm, const char *argv, size_t argv_len, size_t argc)
{
	return (struct task){ .pid = pid, .comm = comm, .argv = argv, .argv_len = argv_len,
	                      .argc = argc, .state = 'S', .exe = "/usr/bin/made", .cwd = "/srv" };
}

/* Adds s, with a cookie of its own unless it has one. */
static inline void
made_add(struct snapshot *snap, struct sock s)
{
	if (!(s.has & SOCK_HAS_COOKIE))
		s.cookie = snap->count + 1;
	s.has |= SOCK_HAS_COOKIE;
	cr_assert(snapshot_add(snap, &s), "a cookie is there twice");
}

static inline void
made_snapshot(struct snapshot *snap)
{
	snapshot_init(snap);
	snap->lo_ifindex = MADE_LO;
	snap->eph_lo = 32768;
	snap->eph_hi = 60999;
}

#endif
