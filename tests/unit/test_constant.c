/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What is kept from one refresh to the next has bounds: snapshots, the history, what lingers,
 * sums and the log go through 20,000 refreshes in which connections come and go, and are no
 * larger in the end than when all of it had been filled once.
 */

#include <malloc.h>

#include "made.h"
#include "model/eventlog.h"

#define REFRESHES   20000u
#define FILLED      8000u	/* the log is full since 1,430, and so are its maps of ids since 5,700 */
#define STAYING     50u		/* connections that stay */
#define LIVES       4u		/* refreshes that the others live */
#define COMING      3u		/* of them come at each refresh … */
#define PORTS       20000u
#define SECOND      1000000000ull
#define SLACK       (64u * 1024)	/* bytes; a piece left at each refresh were 384,000 */

struct world {
	struct snapshot  snaps[2];
	struct track     track;
	struct eventlog *log;
	struct task      task;
	unsigned         round;
};

static enum track_word
gone(const struct sock *s, struct sock_alone *now, void *arg)
{
	(void)s;
	(void)now;
	(void)arg;
	return TRACK_GONE;
}

static void
add(struct world *w, struct snapshot *now, struct sock s, uint64_t cookie)
{
	struct sock_info info = { .rx_bytes = 100 * w->round, .tx_bytes = 100 * w->round };
	struct owner *owner = arena_alloc(&now->arena, sizeof *owner);

	*owner = (struct owner){ task_copy(&now->arena, &w->task), 3 };
	s.owners = owner;
	s.nowners = 1;
	s.holder = HOLDER_KNOWN;
	s.cookie = s.inode = (uint32_t)cookie;
	s.has = SOCK_HAS_COOKIE | SOCK_HAS_BYTES;
	s.info = &info;
	cr_assert(snapshot_add(now, &s));
}

/* The n-th connection since the beginning: two ends, after the listener. */
static void
add_pair(struct world *w, struct snapshot *now, uint32_t n)
{
	uint16_t port = (uint16_t)(32768 + n % PORTS);
	struct sock c = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", port, "127.0.0.1", 80);
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", port);

	c.role = SOCK_CLIENT;
	s.role = SOCK_SERVER;
	c.peer = (uint32_t)now->count + 2;
	s.peer = (uint32_t)now->count + 1;
	s.listener = 1;
	add(w, now, c, 2 * n + 10);
	add(w, now, s, 2 * n + 11);
}

/* Which of those that come and go are there: LIVES times COMING of them. */
static uint32_t
first_there(const struct world *w)
{
	return STAYING + w->round * COMING;
}

static void
fill(struct world *w, struct snapshot *now)
{
	snapshot_clear(now);
	now->mono_ns = (w->round + 1) * SECOND;
	now->wall.tv_sec = w->round;
	now->eph_lo = 32768;
	now->eph_hi = 60999;
	add(w, now, made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 80, NULL, 0), 1);
	for (uint32_t n = 0; n < STAYING; n++)
		add_pair(w, now, n);
	for (uint32_t n = 0; n < LIVES * COMING; n++)
		add_pair(w, now, first_there(w) + n);
}

static void
hear_one(struct world *w, const struct snapshot *last, struct sock end)
{
	enum track_end known;
	uint64_t age = 0;

	known = track_destroyed(&w->track, &end, &end, last->mono_ns, &age);
	if (known != TRACK_OVER)
		eventlog_end(w->log, &end, last, known == TRACK_KNOWN, age, last->wall);
}

/* The kernel tells of one that the last snapshot had, and of one that nobody saw. */
static void
hear(struct world *w, const struct snapshot *last)
{
	struct sock unseen = last->socks[2 * STAYING + 1];

	hear_one(w, last, last->socks[2 * STAYING + 1]);
	unseen.cookie = UINT64_C(0x100000000) + w->round;
	unseen.local.port = 30000;
	hear_one(w, last, unseen);
}

static void
refresh(struct world *w)
{
	struct snapshot *now = &w->snaps[w->round % 2];
	struct snapshot *before = w->round > 0 ? &w->snaps[(w->round + 1) % 2] : NULL;

	if (before)
		hear(w, before);
	fill(w, now);
	track_next(&w->track, before, now, gone, NULL);
	eventlog_changes(w->log, &w->track, before, now);
	w->round++;
}

static size_t
in_use(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static void
expect_bounds(const struct world *w)
{
	const struct track *t = &w->track;
	size_t there = 1 + 2 * (STAYING + LIVES * COMING);

	cr_assert_eq(t->seen.count, there, "history of %zu sockets", t->seen.count);
	cr_assert_leq(t->ended[0].count + t->ended[1].count, 12 * (2 * COMING + 1));
	cr_assert_leq(t->linger.count, 4 * 2 * COMING);
	cr_assert_leq(t->sums.count, 1);
	cr_assert_leq(w->log->count, EVENTLOG_MAX);
	cr_assert_leq(w->log->said[0].count + w->log->said[1].count, 40010);
}

Test(constant, memory_over_20000_refreshes_with_churn)
{
	static struct world w;
	size_t filled = 0;

	made_snapshot(&w.snaps[0]);
	made_snapshot(&w.snaps[1]);
	track_init(&w.track);
	w.track.lingers = true;
	w.log = eventlog_new();
	w.task = made_task(100, "web", "web\0-p\00080", 10, 3);
	while (w.round < REFRESHES) {
		refresh(&w);
		if (w.round == FILLED)
			filled = in_use();
		if (w.round > 1)
			expect_bounds(&w);
	}
	cr_expect_eq(w.log->count, EVENTLOG_MAX);
	cr_expect_gt(w.log->dropped, 5 * EVENTLOG_MAX, "it was filled again and again");
	cr_expect_leq(in_use(), filled + SLACK, "%zu bytes, and %zu after %u refreshes", in_use(),
	              filled, FILLED);
	snapshot_done(&w.snaps[0]);
	snapshot_done(&w.snaps[1]);
	track_done(&w.track);
	eventlog_free(w.log);
}
