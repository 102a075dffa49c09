/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* model/track: what opened, changed and closed between snapshots. */

#include "made.h"
#include "model/track.h"

#include "base/util.h"

#define STEPS 5

/* A socket in a snapshot: S listens, E is connected, e waits for accept, F is an orphan, T waits. */
static struct sock
sock_of(char what, uint64_t cookie)
{
	static const struct { char what; enum sock_state state; uint64_t inode; } kinds[] = {
		{ 'S', STATE_LISTEN, 1 }, { 'E', STATE_ESTABLISHED, 1 }, { 'C', STATE_CLOSE_WAIT, 1 },
		{ 'e', STATE_ESTABLISHED, 0 }, { 'F', STATE_FIN_WAIT2, 0 }, { 'T', STATE_TIME_WAIT, 0 },
		{ 'W', STATE_FIN_WAIT2, 1 },
	};
	struct sock s = made_sock(PROTO_TCP, STATE_CLOSE, "127.0.0.1", (uint16_t)(8000 + cookie),
	                          "127.0.0.1", 9000);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].what != what)
			continue;
		s.state = (uint8_t)kinds[i].state;
		s.inode = kinds[i].inode;
	}
	s.cookie = cookie;
	s.has = SOCK_HAS_COOKIE;
	return s;
}

/* Whether the kernel still has what a dump missed: upper case lives. */
static enum track_word
confirm(const struct sock *s, struct sock *now, void *arg)
{
	const bool *lives = arg;

	*now = *s;
	return *lives ? TRACK_THERE : TRACK_GONE;
}

static enum track_end
destroyed(struct track *t, uint64_t cookie, uint64_t *age)
{
	struct sock end = sock_of('E', cookie);

	return track_destroyed(t, &end, NULL, 900, age);
}

/* Each step is what a snapshot shows of one socket; '.' is nothing. */
Test(track, one_socket_through_its_life)
{
	static const struct {
		const char *steps;
		bool        lives;	/* what is missed is there all the same */
		const char *events;	/* o, s, c of each step; '.' none */
	} cases[] = {
		{ "E",     false, "." },
		{ "EE",    false, ".." },
		{ ".EE",   false, ".o." },
		{ ".E.",   false, ".oc" },
		{ ".E..",  false, ".oc." },
		{ "E.",    false, ".c" },
		{ ".ECE",  false, ".oss" },
		{ ".ETT.", false, ".oc.." },
		{ "ET.",   false, ".c." },
		{ "T.",    false, ".." },
		{ ".T.",   false, "..." },
		{ ".TT.",  false, "...." },
		{ ".eE.",  false, ".o.c" },
		{ ".EF.",  false, ".oc." },
		{ ".EWF.", false, ".osc." },
		{ "F.",    false, ".." },
		{ ".E.E",  true,  ".o.." },
		{ ".S.S",  true,  ".o.." },
		{ ".E..",  true,  ".o.." },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot snaps[STEPS];
		struct track t;
		bool lives = cases[i].lives;

		track_init(&t);
		for (size_t n = 0; cases[i].steps[n]; n++) {
			char got = '.';

			made_snapshot(&snaps[n]);
			snaps[n].mono_ns = n * 1000;
			if (cases[i].steps[n] != '.')
				made_add(&snaps[n], sock_of(cases[i].steps[n], 7));
			track_next(&t, n > 0 ? &snaps[n - 1] : NULL, &snaps[n], confirm, &lives);
			cr_expect_leq(t.count, 1);
			if (t.count > 0)
				got = "osc"[t.events[0].change];
			cr_expect_eq(got, cases[i].events[n], "%s, step %zu: %c", cases[i].steps, n, got);
		}
		for (size_t n = 0; cases[i].steps[n]; n++)
			snapshot_done(&snaps[n]);
		track_done(&t);
	}
}

Test(track, age_counts_from_the_first_sight)
{
	struct snapshot a, b;
	struct track t;
	bool lives = false;

	track_init(&t);
	made_snapshot(&a);
	made_snapshot(&b);
	a.mono_ns = 1000;
	b.mono_ns = 4500;
	made_add(&a, sock_of('E', 7));
	track_next(&t, NULL, &a, confirm, &lives);
	track_next(&t, &a, &b, confirm, &lives);
	cr_assert_eq(t.count, 1);
	cr_expect_eq(t.events[0].age_ns, 3500);
	cr_expect_eq(t.events[0].sock, &a.socks[0]);
	snapshot_done(&a);
	snapshot_done(&b);
	track_done(&t);
}

Test(track, what_was_missed_keeps_its_owners)
{
	struct task task = made_task(4711, "web", "web\0-x", 7, 2);
	struct owner owner = { &task, 3 };
	struct snapshot a, b;
	struct sock s = sock_of('E', 7);
	struct track t;
	bool lives = true;

	s.owners = &owner;
	s.nowners = 1;
	track_init(&t);
	made_snapshot(&a);
	made_snapshot(&b);
	made_add(&a, s);
	track_next(&t, NULL, &a, confirm, &lives);
	track_next(&t, &a, &b, confirm, &lives);
	cr_assert_eq(b.count, 1);
	cr_assert_eq(b.socks[0].nowners, 1);
	cr_expect_neq(b.socks[0].owners[0].task, &task, "of its own, the old one is cleared");
	cr_expect_str_eq(b.socks[0].owners[0].task->comm, "web");
	snapshot_done(&a);
	snapshot_done(&b);
	track_done(&t);
}

Test(track, an_end_is_told_once)
{
	struct snapshot a, b, c;
	struct track t;
	bool lives = false;
	uint64_t age;

	track_init(&t);
	made_snapshot(&a);
	made_snapshot(&b);
	made_snapshot(&c);
	made_add(&a, sock_of('E', 7));
	made_add(&b, sock_of('T', 7));
	track_next(&t, NULL, &a, confirm, &lives);
	cr_expect_eq(destroyed(&t, 7, &age), TRACK_KNOWN);
	cr_expect_eq(age, 900);
	cr_expect_eq(destroyed(&t, 7, &age), TRACK_OVER);
	cr_expect_eq(destroyed(&t, 8, &age), TRACK_UNSEEN);
	cr_expect_eq(destroyed(&t, 8, &age), TRACK_OVER);
	track_next(&t, &a, &b, confirm, &lives);
	cr_expect_eq(t.count, 0, "TIME_WAIT takes its place");
	track_next(&t, &b, &c, confirm, &lives);
	cr_expect_eq(t.count, 0);
	cr_expect_eq(t.seen.count, 0, "nothing is kept of what is gone");
	snapshot_done(&a);
	snapshot_done(&b);
	snapshot_done(&c);
	track_done(&t);
}

/* The kernel tells of it later than a dump no longer has it. */
Test(track, an_end_that_is_announced_late_is_told_once)
{
	struct snapshot a, b;
	struct track t;
	bool lives = false;
	uint64_t age;

	track_init(&t);
	made_snapshot(&a);
	made_snapshot(&b);
	made_add(&a, sock_of('S', 7));
	track_next(&t, NULL, &a, confirm, &lives);
	track_next(&t, &a, &b, confirm, &lives);
	cr_expect_eq(t.count, 1);
	cr_expect_eq(destroyed(&t, 7, &age), TRACK_OVER);
	snapshot_done(&a);
	snapshot_done(&b);
	track_done(&t);
}

/* An id is kept for seconds, and what is kept does not grow for ever. */
Test(track, ids_of_what_is_gone_are_forgotten)
{
	struct snapshot snaps[2];
	struct track t;
	bool lives = false;

	track_init(&t);
	for (uint64_t i = 0; i < 1000; i++) {
		struct snapshot *now = &snaps[i % 2];

		made_snapshot(now);
		now->mono_ns = i * 1000000000;
		made_add(now, sock_of('E', i + 1));
		track_next(&t, i > 0 ? &snaps[(i + 1) % 2] : NULL, now, confirm, &lives);
		cr_assert_leq(t.ended[0].count + t.ended[1].count, 12);
		if (i > 0)
			snapshot_done(&snaps[(i + 1) % 2]);
	}
	snapshot_done(&snaps[1]);
	track_done(&t);
}

/* Of an orphan nothing was said: its end is the first word, unless it was there before. */
Test(track, what_was_only_seen_as_left_over_is_told_at_its_end)
{
	struct snapshot a, b;
	struct track t;
	bool lives = false;
	uint64_t age;

	track_init(&t);
	made_snapshot(&a);
	made_snapshot(&b);
	made_add(&a, sock_of('F', 7));
	made_add(&b, sock_of('F', 7));
	made_add(&b, sock_of('F', 8));
	track_next(&t, NULL, &a, confirm, &lives);
	track_next(&t, &a, &b, confirm, &lives);
	cr_expect_eq(t.count, 0);
	cr_expect_eq(destroyed(&t, 7, &age), TRACK_OVER);
	cr_expect_eq(destroyed(&t, 8, &age), TRACK_UNSEEN);
	cr_expect_eq(destroyed(&t, 8, &age), TRACK_OVER);
	snapshot_done(&a);
	snapshot_done(&b);
	track_done(&t);
}

/* /proc/net has no cookies: a connection on the ports of one in TIME_WAIT is a new one. */
Test(track, without_a_cookie_a_connection_begins_anew)
{
	static const char steps[] = "ETE";
	struct snapshot snaps[3];
	struct track t;
	bool lives = false;

	track_init(&t);
	for (size_t i = 0; i < 3; i++) {
		struct sock s = sock_of(steps[i], 7);

		s.has = 0;
		made_snapshot(&snaps[i]);
		snapshot_add(&snaps[i], &s);
		track_next(&t, i > 0 ? &snaps[i - 1] : NULL, &snaps[i], confirm, &lives);
	}
	cr_assert_eq(t.count, 1);
	cr_expect_eq(t.events[0].change, TRACK_OPEN);
	for (size_t i = 0; i < 3; i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

Test(track, a_restart_is_no_event)
{
	struct snapshot a, b;
	struct track t;
	bool lives = false;

	track_init(&t);
	made_snapshot(&a);
	made_snapshot(&b);
	made_add(&a, sock_of('E', 7));
	made_add(&b, sock_of('E', 8));
	track_next(&t, NULL, &a, confirm, &lives);
	track_restart(&t);
	track_next(&t, &a, &b, confirm, &lives);
	cr_expect_eq(t.count, 0);
	snapshot_done(&a);
	snapshot_done(&b);
	track_done(&t);
}
