/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* model/track: what opened, changed and closed between snapshots. */

#include "made.h"
#include "model/cgroup.h"
#include "model/findings.h"
#include "model/track.h"

#include "base/util.h"
#include "model/linger.h"

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
confirm(const struct sock *s, struct sock_alone *now, void *arg)
{
	const bool *lives = arg;

	sock_copy(now, s);
	return *lives ? TRACK_THERE : TRACK_GONE;
}

/* It is there, as the kernel tells it: who has it is in no answer of the kernel's. */
static enum track_word
look_up(const struct sock *s, struct sock_alone *now, void *arg)
{
	(void)arg;
	sock_copy(now, s);
	now->sock.owners = NULL;
	now->sock.nowners = 0;
	now->sock.has &= ~(SOCK_HAS_WARN | SOCK_HAS_CGROUP);
	return TRACK_THERE;
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

/* Cookies of each snapshot, one letter each, as the dump had them. */
Test(track, sockets_may_come_in_any_order)
{
	static const char *const steps[] = { "abcdef", "abcdef", "bacxdef", "fedcba", "cygab", "zcab" };
	static const char *const opened[] = { "", "", "x", "", "yg", "z" };
	static const char *const closed[] = { "", "", "", "x", "fed", "yg" };
	struct snapshot snaps[ARRAY_SIZE(steps)];
	uint64_t since['z' + 1] = { 0 };
	struct track t;
	bool lives = false;

	track_init(&t);
	for (size_t n = 0; n < ARRAY_SIZE(steps); n++) {
		char got[2][8] = { "", "" };

		made_snapshot(&snaps[n]);
		snaps[n].mono_ns = (n + 1) * 1000;
		for (const char *c = steps[n]; *c; c++) {
			made_add(&snaps[n], sock_of('E', (uint64_t)*c));
			if (!since[(int)*c])
				since[(int)*c] = snaps[n].mono_ns;
		}
		track_next(&t, n > 0 ? &snaps[n - 1] : NULL, &snaps[n], confirm, &lives);
		for (size_t i = 0; i < t.count; i++) {
			char *to = got[t.events[i].change == TRACK_CLOSE];

			to[strlen(to)] = (char)t.events[i].sock->cookie;
		}
		cr_expect_str_eq(got[0], opened[n], "step %zu: %s", n, got[0]);
		cr_expect_str_eq(got[1], closed[n], "step %zu: %s", n, got[1]);
		for (size_t i = 0; n > 0 && i < snaps[n].count; i++)
			cr_expect_eq(sock_info(&snaps[n].socks[i])->age_ns,
			    snaps[n].mono_ns - since[snaps[n].socks[i].cookie], "step %zu, %zu", n, i);
	}
	for (size_t n = 0; n < ARRAY_SIZE(steps); n++)
		snapshot_done(&snaps[n]);
	track_done(&t);
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

Test(track, what_was_missed_keeps_what_no_look_at_it_tells)
{
	struct task task = made_task(4711, "web", "web\0-x", 7, 2);
	struct owner owner = { &task, 3 };
	struct cgroup cgroup = { "/system.slice/web.service", "web.service", NULL };
	struct snapshot a, b;
	struct sock s = sock_of('E', 7);
	struct track t;

	s.owners = &owner;
	s.nowners = 1;
	info_of(&s);
	sock_set_cgroup(&s, &cgroup);
	s.has |= SOCK_HAS_WARN;
	track_init(&t);
	made_snapshot(&a);
	made_snapshot(&b);
	made_add(&a, s);
	track_next(&t, NULL, &a, look_up, NULL);
	track_next(&t, &a, &b, look_up, NULL);
	cr_assert_eq(b.count, 1);
	cr_assert_eq(b.socks[0].nowners, 1);
	cr_expect_neq(b.socks[0].owners[0].task, &task, "of its own, the old one is cleared");
	cr_expect_str_eq(b.socks[0].owners[0].task->comm, "web");
	cr_expect(b.socks[0].has & SOCK_HAS_WARN);
	cr_assert_not_null(sock_cgroup(&b.socks[0]));
	cr_expect_neq(sock_cgroup(&b.socks[0]), &cgroup);
	cr_expect_str_eq(sock_cgroup(&b.socks[0])->unit, "web.service");
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

/* ---- ages, rates, marks ---- */

#define SECOND 1000000000ull
#define MAX_STEPS 4

/* What a snapshot says of one connection, and what is to come of it. */
struct step {
	uint64_t at_ns;
	char     what;		/* as in sock_of(); '.': it is not there */
	bool     counted;	/* its bytes are known */
	uint64_t rx, tx;
	bool     has_rate;
	uint64_t rx_rate, tx_rate;
};

static void
run_steps(const char *name, const struct step *steps, size_t n)
{
	struct snapshot snaps[MAX_STEPS];
	struct track t;
	bool lives = false;

	track_init(&t);
	for (size_t i = 0; i < n; i++) {
		const struct step *p = &steps[i];
		const struct sock *got;

		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = p->at_ns;
		if (p->what != '.') {
			struct sock s = sock_of(p->what, 7);

			s.has |= p->counted ? SOCK_HAS_BYTES : 0;
			info_of(&s)->rx_bytes = p->rx;
			info_of(&s)->tx_bytes = p->tx;
			made_add(&snaps[i], s);
		}
		track_next(&t, i > 0 ? &snaps[i - 1] : NULL, &snaps[i], confirm, &lives);
		if (p->what == '.')
			continue;
		got = &snaps[i].socks[0];
		cr_expect_eq((got->has & SOCK_HAS_RATE) != 0, p->has_rate, "%s, step %zu", name, i);
		cr_expect_eq(sock_info(got)->rx_rate, p->rx_rate, "%s, step %zu: %llu", name, i,
		             (unsigned long long)sock_info(got)->rx_rate);
		cr_expect_eq(sock_info(got)->tx_rate, p->tx_rate, "%s, step %zu: %llu", name, i,
		             (unsigned long long)sock_info(got)->tx_rate);
	}
	for (size_t i = 0; i < n; i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

#define STEPS_OF(...) (const struct step[]){ __VA_ARGS__ }, \
	sizeof((const struct step[]){ __VA_ARGS__ }) / sizeof(struct step)

Test(track, a_rate_is_what_was_moved_over_the_time_it_took)
{
	run_steps("steady", STEPS_OF({ SECOND, 'E', true, 500, 10, false, 0, 0 },
	                             { 2 * SECOND, 'E', true, 1500, 10, true, 1000, 0 },
	                             { 2 * SECOND + SECOND / 4, 'E', true, 1600, 20, true, 400, 40 }));
	run_steps("a gap of an hour", STEPS_OF({ SECOND, 'E', true, 0, 0, false, 0, 0 },
	                                       { 3601 * SECOND, 'E', true, 3600, 36000, true, 1, 10 },
	                                       { 3602 * SECOND, 'E', true, 3700, 36000, true, 100, 0 }));
	run_steps("totals that go back", STEPS_OF({ SECOND, 'E', true, 500, 10, false, 0, 0 },
	                                          { 2 * SECOND, 'E', true, 400, 20, false, 0, 0 },
	                                          { 3 * SECOND, 'E', true, 500, 30, true, 100, 10 }));
	run_steps("bytes unknown between", STEPS_OF({ SECOND, 'E', true, 500, 10, false, 0, 0 },
	                                            { 2 * SECOND, 'E', false, 0, 0, false, 0, 0 },
	                                            { 3 * SECOND, 'E', true, 900, 10, false, 0, 0 },
	                                            { 4 * SECOND, 'E', true, 950, 10, true, 50, 0 }));
	run_steps("no time between", STEPS_OF({ SECOND, 'E', true, 500, 10, false, 0, 0 },
	                                      { SECOND, 'E', true, 600, 10, false, 0, 0 }));
	run_steps("more than 64 bits of nanobytes",
	          STEPS_OF({ SECOND, 'E', true, 0, 0, false, 0, 0 },
	                   { 3 * SECOND, 'E', true, 1ull << 50, 0, true, 1ull << 49, 0 }));
}

/* A snapshot that rests from totals shows the last ones; the next rate is over all that time. */
Test(track, a_rate_stays_while_a_snapshot_rests)
{
	static const struct {
		uint64_t at_s, rx, shown_rx, rate;
		bool     rests, has_rate;
	} steps[] = {
		{ .at_s = 1, .rx = 1000, .shown_rx = 1000 },
		{ .at_s = 2, .rx = 3000, .shown_rx = 3000, .rate = 2000, .has_rate = true },
		{ .at_s = 3, .rests = true, .shown_rx = 3000, .rate = 2000, .has_rate = true },
		{ .at_s = 4, .rests = true, .shown_rx = 3000, .rate = 2000, .has_rate = true },
		{ .at_s = 5, .rx = 3300, .shown_rx = 3300, .rate = 100, .has_rate = true },
	};
	struct snapshot snaps[ARRAY_SIZE(steps)];
	bool lives = false;
	struct track t;

	track_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct sock s = sock_of('E', 7);
		const struct sock *got;

		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = steps[i].at_s * SECOND;
		snaps[i].info_rests = steps[i].rests;
		if (!steps[i].rests) {
			s.has |= SOCK_HAS_BYTES | SOCK_HAS_RTT;
			info_of(&s)->rx_bytes = steps[i].rx;
			info_of(&s)->rtt_us = 50;
		}
		made_add(&snaps[i], s);
		track_next(&t, i > 0 ? &snaps[i - 1] : NULL, &snaps[i], confirm, &lives);
		got = &snaps[i].socks[0];
		cr_expect_eq(sock_info(got)->rx_bytes, steps[i].shown_rx, "step %zu", i);
		cr_expect_eq(sock_info(got)->rtt_us, 50, "step %zu", i);
		cr_expect_eq((got->has & SOCK_HAS_RATE) != 0, steps[i].has_rate, "step %zu", i);
		cr_expect_eq(sock_info(got)->rx_rate, steps[i].rate, "step %zu: %zu", i, (size_t)sock_info(got)->rx_rate);
	}
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

/* What comes a moment after the last one, as around a signal, says nothing of rates, and loses no byte. */
Test(track, a_rate_stays_for_a_moment)
{
	static const struct {
		uint64_t at_ms, rx, rate;
		bool     has_rate;
	} steps[] = {
		{ .at_ms = 1000, .rx = 1000 },
		{ .at_ms = 1100, .rx = 1100, .rate = 1000, .has_rate = true },	/* the first is none too soon */
		{ .at_ms = 1200, .rx = 1100, .rate = 1000, .has_rate = true },
		{ .at_ms = 1599, .rx = 1600, .rate = 1000, .has_rate = true },
		{ .at_ms = 2100, .rx = 3100, .rate = 2000, .has_rate = true },
		{ .at_ms = 2200, .rx = 3100, .rate = 2000, .has_rate = true },
		{ .at_ms = 3100, .rx = 3100, .rate = 0, .has_rate = true },
	};
	struct snapshot snaps[ARRAY_SIZE(steps)];
	bool lives = false;
	struct track t;

	track_init(&t);
	t.least_ns = SECOND / 2;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct sock s = sock_of('E', 7);
		const struct sock *got;

		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = steps[i].at_ms * SECOND / 1000;
		s.has |= SOCK_HAS_BYTES;
		info_of(&s)->rx_bytes = steps[i].rx;
		made_add(&snaps[i], s);
		track_next(&t, i > 0 ? &snaps[i - 1] : NULL, &snaps[i], confirm, &lives);
		got = &snaps[i].socks[0];
		cr_expect_eq(sock_info(got)->rx_bytes, steps[i].rx, "step %zu", i);
		cr_expect_eq((got->has & SOCK_HAS_RATE) != 0, steps[i].has_rate, "step %zu", i);
		cr_expect_eq(sock_info(got)->rx_rate, steps[i].rate, "step %zu: %zu", i, (size_t)sock_info(got)->rx_rate);
	}
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

/* How long the other end is silent is told with the totals. */
Test(track, a_leak_stays_found_while_a_snapshot_rests)
{
	static const struct { char what; bool rests; uint32_t quiet_ms; bool leaks; } steps[] = {
		{ 'C', false, 12000, true },
		{ 'C', true, 13000, true },
		{ 'C', true, 14000, true },
		{ 'C', false, 50, false },	/* it was heard of meanwhile */
		{ 'C', true, 1050, false },
		{ 'E', true, 2050, false },
	};
	struct snapshot snaps[ARRAY_SIZE(steps)];
	bool lives = false;
	struct track t;

	track_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct sock s = sock_of(steps[i].what, 7);

		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = (i + 1) * SECOND;
		snaps[i].info_rests = steps[i].rests;
		if (!steps[i].rests) {
			s.has |= SOCK_HAS_QUIET;
			info_of(&s)->quiet_ms = steps[i].quiet_ms;
		}
		made_add(&snaps[i], s);
		findings_set(&snaps[i]);
		track_next(&t, i > 0 ? &snaps[i - 1] : NULL, &snaps[i], confirm, &lives);
		cr_expect_eq(sock_info(&snaps[i].socks[0])->quiet_ms, steps[i].quiet_ms, "step %zu", i);
		cr_expect_eq(snaps[i].socks[0].warn >> FINDING_CLOSE_WAIT & 1, steps[i].leaks, "step %zu", i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

Test(track, what_opened_since_began_at_zero)
{
	run_steps("opened", STEPS_OF({ SECOND, '.', false, 0, 0, false, 0, 0 },
	                             { 2 * SECOND, 'E', true, 700, 30, true, 700, 30 }));
	run_steps("not told yet", STEPS_OF({ SECOND, '.', false, 0, 0, false, 0, 0 },
	                                   { 2 * SECOND, 'E', false, 0, 0, false, 0, 0 },
	                                   { 3 * SECOND, 'E', true, 700, 30, false, 0, 0 }));
}

/* After a dump that failed nobody knows what is new. */
Test(track, what_a_failed_dump_could_not_have_is_not_new)
{
	struct snapshot a, b;
	struct sock s = sock_of('E', 7);
	struct track t;
	bool lives = false;

	track_init(&t);
	made_snapshot(&a);
	made_snapshot(&b);
	b.mono_ns = SECOND;
	snapshot_short(&a, &(struct shortfall){ .kind = SHORT_DUMP, .proto = PROTO_TCP, .family = 4 });
	s.has |= SOCK_HAS_BYTES;
	info_of(&s)->rx_bytes = 1ull << 40;
	made_add(&b, s);
	track_next(&t, NULL, &a, confirm, &lives);
	track_next(&t, &a, &b, confirm, &lives);
	cr_expect_eq(b.socks[0].has & SOCK_HAS_RATE, 0);
	cr_expect_eq(b.socks[0].life, LIFE_THERE);
	snapshot_done(&a);
	snapshot_done(&b);
	track_done(&t);
}

/* A snapshot every second, of sockets by their letters; '.' is nothing. */
struct run {
	struct snapshot snaps[8];
	size_t          count;
	struct track    track;
	enum track_word word;
};

static enum track_word
say(const struct sock *s, struct sock_alone *now, void *arg)
{
	const struct run *x = arg;

	sock_copy(now, s);
	return x->word;
}

static void
run_init(struct run *x)
{
	*x = (struct run){ .word = TRACK_GONE };
	track_init(&x->track);
	x->track.lingers = true;
}

/* The i-th letter has the cookie i + 1. */
static struct snapshot *
run_next(struct run *x, const char *socks)
{
	struct snapshot *now = &x->snaps[x->count];

	made_snapshot(now);
	now->mono_ns = (x->count + 1) * SECOND;
	for (uint64_t i = 0; socks[i]; i++)
		if (socks[i] != '.')
			made_add(now, sock_of(socks[i], i + 1));
	track_next(&x->track, x->count > 0 ? now - 1 : NULL, now, say, x);
	x->count++;
	return now;
}

static void
run_done(struct run *x)
{
	for (size_t i = 0; i < x->count; i++)
		snapshot_done(&x->snaps[i]);
	track_done(&x->track);
}

Test(track, what_is_new_is_marked_for_three_seconds)
{
	static const enum sock_life lives[] = { LIFE_NEW, LIFE_NEW, LIFE_NEW, LIFE_THERE };
	struct run x;

	run_init(&x);
	cr_expect_eq(run_next(&x, "S.")->socks[0].life, LIFE_THERE);
	for (size_t i = 0; i < ARRAY_SIZE(lives); i++) {
		const struct snapshot *now = run_next(&x, "SE");

		cr_expect_eq(now->socks[0].life, LIFE_THERE, "there at the first look");
		cr_expect_eq(now->socks[1].life, lives[i], "second %zu", i);
	}
	run_done(&x);
}

Test(track, age_is_that_since_the_first_sight)
{
	const struct snapshot *now;
	struct run x;

	run_init(&x);
	now = run_next(&x, "S");
	cr_expect_eq(now->socks[0].has & SOCK_HAS_AGE, 0, "one look tells no age");
	now = run_next(&x, "SE");
	cr_expect_eq(sock_info(&now->socks[0])->age_ns, SECOND);
	cr_expect(now->socks[1].has & SOCK_HAS_AGE);
	cr_expect_eq(sock_info(&now->socks[1])->age_ns, 0);
	now = run_next(&x, "SE");
	cr_expect_eq(sock_info(&now->socks[0])->age_ns, 2 * SECOND);
	run_done(&x);
}

Test(track, what_closed_stays_for_three_seconds_behind_the_living)
{
	const struct snapshot *now;
	struct run x;

	run_init(&x);
	run_next(&x, "SE");
	now = run_next(&x, "S.");
	cr_assert_eq(now->ngone, 1);
	cr_expect_eq(now->count, 1);
	cr_expect_eq(now->socks[1].cookie, 2);
	cr_expect_eq(now->socks[1].life, LIFE_GONE);
	cr_expect_eq(sock_info(&now->socks[1])->age_ns, SECOND);
	cr_expect_null(snapshot_find(now, 2));
	cr_expect_eq(run_next(&x, "S.")->ngone, 1);
	cr_expect_eq(run_next(&x, "S.")->ngone, 1);
	cr_expect_eq(run_next(&x, "S.")->ngone, 0);
	run_done(&x);
}

Test(track, only_what_a_process_had_stays)
{
	static const struct { const char *before, *after; size_t gone; } cases[] = {
		{ "E", ".", 1 }, { "S", ".", 1 }, { "C", ".", 1 }, { "e", ".", 1 },
		{ "T", ".", 0 }, { "F", ".", 0 }, { "E", "T", 0 }, { "E", "F", 0 }, { "E", "E", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct run x;

		run_init(&x);
		run_next(&x, cases[i].before);
		cr_expect_eq(run_next(&x, cases[i].after)->ngone, cases[i].gone, "%s to %s",
		             cases[i].before, cases[i].after);
		run_done(&x);
	}
}

Test(track, nothing_stays_where_nobody_wants_it)
{
	struct run x;

	run_init(&x);
	x.track.lingers = false;
	run_next(&x, "E");
	cr_expect_eq(run_next(&x, ".")->ngone, 0);
	run_done(&x);
}

Test(track, what_comes_back_does_not_stay_as_gone)
{
	const struct snapshot *now;
	struct run x;

	run_init(&x);
	run_next(&x, "E");
	run_next(&x, ".");
	now = run_next(&x, "E");
	cr_expect_eq(now->ngone, 0);
	cr_expect_eq(now->count, 1);
	run_done(&x);
}

/* Nobody can say: it stays as it was, once. */
Test(track, what_is_unsure_is_gone_at_the_second_look)
{
	const struct snapshot *now;
	struct run x;

	run_init(&x);
	run_next(&x, "S");
	x.word = TRACK_UNSURE;
	now = run_next(&x, ".");
	cr_expect_eq(x.track.count, 0);
	cr_assert_eq(now->count, 1);
	cr_expect_eq(now->ngone, 0);
	now = run_next(&x, ".");
	cr_assert_eq(x.track.count, 1);
	cr_expect_eq(x.track.events[0].change, TRACK_CLOSE);
	cr_expect_eq(now->count, 0);
	cr_expect_eq(now->ngone, 1);
	run_done(&x);
}

/* What it moved meanwhile is not known; afterwards it is, over the whole time. */
Test(track, what_is_unsure_has_no_rate_until_it_is_back)
{
	struct snapshot snaps[3];
	struct run x = { .word = TRACK_UNSURE };
	struct track t;

	track_init(&t);
	for (size_t i = 0; i < 3; i++) {
		struct sock s = sock_of('E', 7);

		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = (i + 1) * SECOND;
		s.has |= SOCK_HAS_BYTES;
		info_of(&s)->rx_bytes = 100 * i;
		if (i != 1)
			made_add(&snaps[i], s);
		track_next(&t, i > 0 ? &snaps[i - 1] : NULL, &snaps[i], say, &x);
		cr_assert_eq(snaps[i].count, 1);
	}
	cr_expect_eq(snaps[1].socks[0].has & SOCK_HAS_RATE, 0);
	cr_expect(snaps[2].socks[0].has & SOCK_HAS_RATE);
	cr_expect_eq(sock_info(&snaps[2].socks[0])->rx_rate, 100, "200 bytes in two seconds");
	for (size_t i = 0; i < 3; i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

Test(track, what_was_unsure_and_comes_back_may_be_unsure_again)
{
	struct run x;

	run_init(&x);
	run_next(&x, "S");
	x.word = TRACK_UNSURE;
	run_next(&x, ".");
	run_next(&x, "S");
	cr_expect_eq(run_next(&x, ".")->count, 1);
	cr_expect_eq(x.track.count, 0);
	run_done(&x);
}

Test(track, ten_thousand_stay_at_most_the_latest)
{
	struct snapshot snaps[3];
	struct track t;
	bool lives = false;

	track_init(&t);
	t.lingers = true;
	for (size_t i = 0; i < 3; i++) {
		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = (i + 1) * SECOND;
	}
	for (uint64_t i = 1; i <= 12000; i++)
		made_add(&snaps[0], sock_of('E', i));
	for (uint64_t i = 1; i <= 500; i++)
		made_add(&snaps[1], sock_of('E', 20000 + i));
	track_next(&t, NULL, &snaps[0], confirm, &lives);
	track_next(&t, &snaps[0], &snaps[1], confirm, &lives);
	cr_expect_eq(snaps[1].ngone, LINGER_MAX);
	track_next(&t, &snaps[1], &snaps[2], confirm, &lives);
	cr_assert_eq(snaps[2].ngone, LINGER_MAX);
	cr_expect_eq(snaps[2].socks[0].cookie, 2501, "the oldest went");
	cr_expect_eq(snaps[2].socks[LINGER_MAX - 1].cookie, 20500, "the latest are there");
	for (size_t i = 0; i < 3; i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

/* A listener 1, and a pair whose server's end came through it. */
static void
add_pair(struct snapshot *now, uint64_t client, uint64_t server)
{
	uint32_t listener = 1, at = (uint32_t)now->count;
	struct sock c = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 40000, "127.0.0.1", 80);
	struct sock s = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 40000);

	c.cookie = client;
	s.cookie = server;
	c.has = s.has = SOCK_HAS_COOKIE | SOCK_HAS_BYTES;
	c.inode = s.inode = 9;
	c.peer = at + 2;
	s.peer = at + 1;
	s.listener = listener;
	made_add(now, c);
	made_add(now, s);
}

static void
add_listener(struct snapshot *now)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 80, NULL, 0);

	s.cookie = 1;
	s.has = SOCK_HAS_COOKIE;
	s.inode = 8;
	made_add(now, s);
}

Test(track, what_closed_finds_its_other_end_and_its_listener)
{
	struct snapshot snaps[3];
	struct track t;
	bool lives = false;

	track_init(&t);
	t.lingers = true;
	for (size_t i = 0; i < 3; i++) {
		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = (i + 1) * SECOND;
	}
	add_listener(&snaps[0]);
	add_pair(&snaps[0], 2, 3);
	made_add(&snaps[1], sock_of('E', 77));	/* moves the others */
	add_listener(&snaps[1]);
	track_next(&t, NULL, &snaps[0], confirm, &lives);
	track_next(&t, &snaps[0], &snaps[1], confirm, &lives);
	cr_assert_eq(snaps[1].ngone, 2);
	cr_expect_eq(snaps[1].socks[2].peer, 4);
	cr_expect_eq(snaps[1].socks[3].peer, 3);
	cr_expect_eq(snaps[1].socks[3].listener, 2);
	track_next(&t, &snaps[1], &snaps[2], confirm, &lives);
	cr_assert_eq(snaps[2].ngone, 4, "77 and the listener went, too");
	cr_expect_eq(snaps[2].socks[snaps[2].socks[0].peer - 1].cookie, 3);
	cr_expect_eq(snaps[2].socks[snaps[2].socks[1].listener - 1].cookie, 1);
	for (size_t i = 0; i < 3; i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

Test(track, what_closed_keeps_its_owners_and_its_final_totals)
{
	struct task task = made_task(4711, "web", "web\0-x", 7, 2);
	struct owner owner = { &task, 3 };
	struct cgroup cgroup = { "/system.slice/web.service", "web.service", NULL };
	struct snapshot snaps[3];
	struct sock s = sock_of('E', 7), end = s;
	struct track t;
	bool lives = false;
	uint64_t age;

	s.owners = &owner;
	s.nowners = 1;
	info_of(&s);
	sock_set_cgroup(&s, &cgroup);
	end.has |= SOCK_HAS_BYTES;
	info_of(&end)->rx_bytes = 1234;
	track_init(&t);
	t.lingers = true;
	for (size_t i = 0; i < 3; i++) {
		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = i + 1;
	}
	made_add(&snaps[0], s);
	track_next(&t, NULL, &snaps[0], confirm, &lives);
	cr_expect_eq(track_destroyed(&t, &end, NULL, 2, &age), TRACK_KNOWN);
	track_next(&t, &snaps[0], &snaps[1], confirm, &lives);
	snapshot_clear(&snaps[0]);
	task.comm = "another";
	cgroup.unit = "another";
	track_next(&t, &snaps[1], &snaps[2], confirm, &lives);
	snapshot_clear(&snaps[1]);
	cr_assert_eq(snaps[2].ngone, 1);
	cr_assert_eq(snaps[2].socks[0].nowners, 1);
	cr_expect_str_eq(snaps[2].socks[0].owners[0].task->comm, "web");
	cr_assert_not_null(sock_cgroup(&snaps[2].socks[0]));
	cr_expect_str_eq(sock_cgroup(&snaps[2].socks[0])->unit, "web.service");
	cr_expect_eq(sock_info(&snaps[2].socks[0])->rx_bytes, 1234);
	for (size_t i = 0; i < 3; i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

/* ---- listeners ---- */

/* What the kernel says of a connection of port 80 that ended. */
static struct sock
ended(uint64_t cookie, uint64_t rx, uint64_t tx)
{
	struct sock s = made_sock(PROTO_TCP, STATE_UNKNOWN, "127.0.0.1", 80, "127.0.0.1", 40000);

	s.cookie = cookie;
	s.has = SOCK_HAS_COOKIE | SOCK_HAS_BYTES;
	info_of(&s)->rx_bytes = rx;
	info_of(&s)->tx_bytes = tx;
	return s;
}

static void
hear(struct track *t, struct sock end)
{
	uint64_t age;

	track_destroyed(t, &end, &end, 1, &age);
}

/* Two snapshots of a listener and a pair with 100 and 10 bytes, a second apart. */
static void
listen_twice(struct track *t, struct snapshot snaps[2])
{
	track_init(t);
	for (size_t i = 0; i < 2; i++) {
		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = (i + 1) * SECOND;
		add_listener(&snaps[i]);
	}
	add_pair(&snaps[0], 2, 3);
	info_of(&snaps[0].socks[2])->rx_bytes = 100;
	info_of(&snaps[0].socks[2])->tx_bytes = 10;
}

static void
listen_done(struct track *t, struct snapshot snaps[2])
{
	snapshot_done(&snaps[0]);
	snapshot_done(&snaps[1]);
	track_done(t);
}

Test(track, a_listener_has_what_its_ended_connections_moved_since)
{
	struct snapshot snaps[2];
	const struct sock *listener = NULL;
	struct track t;
	bool lives = false;

	listen_twice(&t, snaps);
	track_next(&t, NULL, &snaps[0], confirm, &lives);
	cr_expect_eq(snaps[0].socks[0].has & SOCK_HAS_RATE, 0, "the first tells none");
	hear(&t, ended(3, 150, 15));	/* known: what is more than in the snapshot */
	hear(&t, ended(4, 1000, 1));	/* came and went since: all of it */
	hear(&t, ended(5, 2000, 2));
	track_next(&t, &snaps[0], &snaps[1], confirm, &lives);
	listener = &snaps[1].socks[0];
	cr_assert(listener->has & SOCK_HAS_RATE);
	cr_expect_eq(sock_info(listener)->rx_rate, 50 + 1000 + 2000);
	cr_expect_eq(sock_info(listener)->tx_rate, 5 + 1 + 2);
	listen_done(&t, snaps);
}

/* And where the next snapshot comes too soon for a rate, with the one after it. */
Test(track, a_listeners_rate_stays_for_a_moment)
{
	static const struct { uint64_t at_ms, rate; } steps[] = {
		{ 1000, 0 }, { 2000, 3000 }, { 2100, 3000 }, { 3000, 500 }, { 4000, 0 },
	};
	struct snapshot snaps[ARRAY_SIZE(steps)];
	struct track t;
	bool lives = false;

	track_init(&t);
	t.least_ns = SECOND / 2;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = steps[i].at_ms * SECOND / 1000;
		add_listener(&snaps[i]);
		if (i == 1)
			hear(&t, ended(4, 3000, 1));
		if (i == 2)
			hear(&t, ended(5, 500, 1));
		track_next(&t, i > 0 ? &snaps[i - 1] : NULL, &snaps[i], confirm, &lives);
		cr_expect_eq((snaps[i].socks[0].has & SOCK_HAS_RATE) != 0, i > 0, "step %zu", i);
		cr_expect_eq(sock_info(&snaps[i].socks[0])->rx_rate, steps[i].rate, "step %zu: %zu", i,
		             (size_t)sock_info(&snaps[i].socks[0])->rx_rate);
	}
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

/* The dump had it a moment before it ended: what it moved is not counted twice. */
Test(track, one_that_ended_after_the_dump_is_counted_once)
{
	struct snapshot snaps[2];
	struct track t;
	bool lives = false;

	listen_twice(&t, snaps);
	add_pair(&snaps[1], 2, 3);
	info_of(&snaps[1].socks[2])->rx_bytes = 140;
	track_next(&t, NULL, &snaps[0], confirm, &lives);
	hear(&t, ended(3, 150, 15));
	track_next(&t, &snaps[0], &snaps[1], confirm, &lives);
	cr_expect_eq(sock_info(&snaps[1].socks[0])->rx_rate, 50);
	cr_expect_eq(snaps[1].socks[2].has & SOCK_HAS_RATE, 0);
	listen_done(&t, snaps);
}

Test(track, a_listener_has_no_rate_where_not_all_was_heard)
{
	struct snapshot snaps[2];
	struct track t;
	bool lives = false;

	listen_twice(&t, snaps);
	track_next(&t, NULL, &snaps[0], confirm, &lives);
	t.deaf = true;
	track_next(&t, &snaps[0], &snaps[1], confirm, &lives);
	cr_expect_eq(snaps[1].socks[0].has & SOCK_HAS_RATE, 0);
	cr_expect_not(t.deaf, "for one interval");
	listen_done(&t, snaps);
}

Test(track, what_counts_for_nobody_is_no_rate)
{
	struct snapshot snaps[2];
	struct sock end = ended(4, 1000, 1), other = ended(5, 1000, 1);
	struct track t;
	bool lives = false;
	uint64_t age;

	other.local.port = 81;
	listen_twice(&t, snaps);
	track_next(&t, NULL, &snaps[0], confirm, &lives);
	track_destroyed(&t, &end, NULL, 1, &age);
	hear(&t, other);
	track_next(&t, &snaps[0], &snaps[1], confirm, &lives);
	cr_expect(snaps[1].socks[0].has & SOCK_HAS_RATE);
	cr_expect_eq(sock_info(&snaps[1].socks[0])->rx_rate, 0);
	listen_done(&t, snaps);
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

/* What a narrower sample left out has not ended: a wider one has it again, with all that it does. */
Test(track, what_was_left_out_is_alive_when_it_is_back)
{
	struct snapshot snaps[5];
	struct track t;
	bool lives = false;

	track_init(&t);
	t.lingers = true;
	for (size_t i = 0; i < ARRAY_SIZE(snaps); i++) {
		struct sock s = sock_of('E', 7);

		made_snapshot(&snaps[i]);
		snaps[i].mono_ns = i * 1000000000ull;
		s.has |= SOCK_HAS_BYTES;
		info_of(&s)->rx_bytes = i * 100;
		if (i == 1 || i == 4)
			continue;
		made_add(&snaps[i], s);
	}
	for (size_t i = 0; i < ARRAY_SIZE(snaps); i++) {
		if (i == 1 || i == 2)
			track_restart(&t);
		track_next(&t, i > 0 ? &snaps[i - 1] : NULL, &snaps[i], confirm, &lives);
		cr_expect_eq(t.count, i == 4, "%zu", i);
		cr_expect_eq(snaps[i].ngone, i == 4, "%zu", i);
	}
	cr_expect_eq(snaps[2].socks[0].life, LIFE_THERE);
	cr_expect(snaps[3].socks[0].has & SOCK_HAS_RATE);
	cr_expect_eq(sock_info(&snaps[3].socks[0])->rx_rate, 100);
	for (size_t i = 0; i < ARRAY_SIZE(snaps); i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}

/* One parent of many stays one: a shell that starts a client after the other has thousands. */
Test(track, what_closed_has_its_parents_once)
{
	struct task parent = made_task(1, "systemd", "systemd\0", 8, 1), tasks[2];
	struct owner owners[2];
	struct snapshot snaps[2];
	const struct task *kept[2];
	struct track t;
	bool lives = false;

	track_init(&t);
	t.lingers = true;
	for (size_t i = 0; i < 2; i++) {
		struct sock s = sock_of('E', 7 + i);

		made_snapshot(&snaps[i]);
		tasks[i] = made_task((pid_t)(100 + i), "curl", "curl\0", 5, 1);
		tasks[i].parent = &parent;
		owners[i] = (struct owner){ &tasks[i], 3 };
		s.owners = &owners[i];
		s.nowners = 1;
		made_add(&snaps[0], s);
	}
	track_next(&t, NULL, &snaps[0], confirm, &lives);
	track_next(&t, &snaps[0], &snaps[1], confirm, &lives);
	cr_assert_eq(snaps[1].ngone, 2);
	for (size_t i = 0; i < 2; i++)
		kept[i] = snaps[1].socks[i].owners[0].task;
	cr_assert_not_null(kept[0]->parent);
	cr_expect_str_eq(kept[0]->parent->comm, "systemd");
	cr_expect_neq(kept[0]->parent, &parent, "of its own, the old one is cleared");
	cr_expect_eq(kept[0]->parent, kept[1]->parent);
	for (size_t i = 0; i < 2; i++)
		snapshot_done(&snaps[i]);
	track_done(&t);
}
