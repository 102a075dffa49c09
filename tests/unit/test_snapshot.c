/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* A snapshot: what is added, cut, noted and found again. */

#include <criterion/criterion.h>

#include "base/util.h"
#include "model/snapshot.h"

static struct snapshot snap;

static void
begin(void)
{
	snapshot_init(&snap);
}

static void
end(void)
{
	snapshot_done(&snap);
}

TestSuite(snapshot, .init = begin, .fini = end);

static struct sock
with_cookie(uint64_t cookie)
{
	return (struct sock){ .has = SOCK_HAS_COOKIE, .cookie = cookie };
}

static bool
add(const struct sock *s)
{
	return snapshot_add(&snap, s);
}

static void
add_cookies(uint64_t from, uint64_t to)
{
	for (uint64_t c = from; c < to; c++)
		cr_assert(add(&(struct sock){ .has = SOCK_HAS_COOKIE, .cookie = c }));
}

Test(snapshot, a_cookie_is_added_once)
{
	struct sock first = with_cookie(0), again = with_cookie(0);

	first.rqueue = 1;
	again.rqueue = 2;
	cr_expect(add(&first));
	cr_expect_not(add(&again));
	cr_expect_eq(snap.count, 1);
	cr_expect_eq(snapshot_find(&snap, 0)->rqueue, 1);
}

Test(snapshot, sockets_without_a_cookie_are_always_added)
{
	struct sock s = { .proto = PROTO_TCP, .inode = 5 };

	cr_expect(add(&s));
	cr_expect(add(&s));
	cr_expect_eq(snap.count, 2);
	cr_expect_eq(snapshot_find(&snap, sock_id(&s)), &snap.socks[0]);
}

/* A hash that happens to be the cookie of another socket hides neither. */
Test(snapshot, a_hash_is_no_cookie)
{
	struct sock hashed = { .proto = PROTO_TCP, .inode = 5 };
	struct sock s = with_cookie(sock_id(&hashed));

	cr_expect(add(&hashed));
	cr_expect(add(&s));
	cr_expect_eq(snap.count, 2);
	snapshot_clear(&snap);
	cr_expect(add(&s));
	cr_expect(add(&hashed));
	cr_expect_eq(snap.count, 2);
}

Test(snapshot, finds_every_socket_again)
{
	add_cookies(1000, 60000);
	for (uint64_t c = 1000; c < 60000; c++) {
		const struct sock *s = snapshot_find(&snap, c);

		cr_assert(s && s->cookie == c, "cookie %u", (unsigned)c);
	}
	cr_expect_null(snapshot_find(&snap, 999));
	cr_expect_null(snapshot_find(&snap, 60000));
}

Test(snapshot, what_is_cut_can_be_added_again)
{
	struct sock s = { .proto = PROTO_TCP, .inode = 5 };

	add(&s);
	add_cookies(0, 100);
	snapshot_cut(&snap, 51);
	cr_expect_eq(snap.count, 51);
	cr_expect_not_null(snapshot_find(&snap, 49));
	cr_expect_null(snapshot_find(&snap, 50));
	add_cookies(50, 100);
	cr_expect_eq(snap.count, 101);
	snapshot_cut(&snap, 500);
	cr_expect_eq(snap.count, 101, "a cut never lengthens");
	snapshot_cut(&snap, 0);
	cr_expect_eq(snap.by_cookie.count, 0);
}

/* The second of two with one id is not the one that is found: to cut it hides nothing. */
Test(snapshot, a_cut_leaves_the_first_of_two_alike)
{
	struct sock s = { .proto = PROTO_TCP, .inode = 5 };

	add(&s);
	add(&s);
	snapshot_cut(&snap, 1);
	cr_expect_eq(snapshot_find(&snap, sock_id(&s)), &snap.socks[0]);
}

Test(snapshot, clear_forgets_all_and_keeps_memory)
{
	size_t cap;

	add_cookies(0, 100);
	cap = snap.cap;
	snap.eph_lo = 32768;
	snap.hidden_tasks = 3;
	snap.tasks_invisible = true;
	snap.host_addrs = arena_alloc(&snap.arena, 16);
	snap.nhost_addrs = 1;
	snapshot_short(&snap, &(struct shortfall){ .kind = SHORT_OWNERS, .err = 13 });
	snapshot_clear(&snap);
	cr_expect_eq(snap.count, 0);
	cr_expect_eq(snap.cap, cap);
	cr_expect_eq(snap.eph_lo, 0);
	cr_expect_eq(snap.hidden_tasks, 0);
	cr_expect_not(snap.tasks_invisible);
	cr_expect_null(snap.host_addrs);
	cr_expect_eq(snap.nhost_addrs, 0);
	cr_expect_eq(snap.nshortfalls, 0);
	cr_expect_null(snapshot_find(&snap, 5));
	add_cookies(0, 100);
}

Test(snapshot, room_that_was_made_moves_nothing)
{
	const struct sock *first;

	snapshot_reserve(&snap, 1000);
	cr_assert(add(&(struct sock){ .cookie = 1 }));
	first = snap.socks;
	add_cookies(2, 1001);
	cr_expect_eq(snap.count, 1000);
	cr_expect_eq(snap.socks, first);
	snapshot_reserve(&snap, 5000);
	first = snap.socks;
	add_cookies(1001, 6001);
	cr_expect_eq(snap.socks, first);
}

Test(snapshot, a_shortfall_is_noted_once)
{
	struct shortfall dump = { .kind = SHORT_DUMP, .proto = PROTO_UDP, .family = 6, .err = 2 };
	struct shortfall other = dump;

	other.family = 4;
	snapshot_short(&snap, &dump);
	snapshot_short(&snap, &dump);
	cr_expect_eq(snap.nshortfalls, 1);
	snapshot_short(&snap, &other);
	cr_expect_eq(snap.nshortfalls, 2);
	dump.err = 13;
	snapshot_short(&snap, &dump);
	cr_expect_eq(snap.nshortfalls, 2);
	cr_expect_eq(snap.shortfalls[0].err, 13, "the later note holds");
	cr_expect_eq(snap.shortfalls[1].err, 2);
}

Test(snapshot, there_is_room_for_every_shortfall)
{
	size_t count = 0;

	for (uint8_t kind = 0; kind < SHORT_COUNT; kind++) {
		bool each = kind == SHORT_DUMP || kind == SHORT_INTERRUPTED;

		for (uint8_t i = 0; i < (each ? 2 * PROTO_COUNT : 1); i++, count++)
			snapshot_short(&snap, &(struct shortfall){ .kind = kind, .proto = i / 2,
								   .family = i % 2 ? 6 : 4 });
	}
	cr_expect_eq(snap.nshortfalls, count, "%zu of %zu", snap.nshortfalls, count);
	cr_expect_eq(count, SNAPSHOT_SHORTFALLS);
}

Test(snapshot, the_ephemeral_range_has_both_its_ends)
{
	static const struct { uint16_t lo, hi, port; bool want; } cases[] = {
		{ 32768, 60999, 32767, false }, { 32768, 60999, 32768, true },
		{ 32768, 60999, 60999, true },  { 32768, 60999, 61000, false },
		{ 0, 0, 0, false },             { 0, 0, 40000, false },
		{ 1024, 65535, 65535, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snap.eph_lo = cases[i].lo;
		snap.eph_hi = cases[i].hi;
		cr_expect_eq(snapshot_ephemeral(&snap, cases[i].port), cases[i].want, "case %zu", i);
	}
}
