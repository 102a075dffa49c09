/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* model/findings: what raises each warning, and what just does not. */

#include "made.h"
#include "model/findings.h"

#include "base/util.h"

#define BIT(f) (1u << FINDING_##f)
#define SOCKS  6

/* Programs, by number; 0 is a holder that is not known. */
static struct task tasks[] = {
	{ .pid = 0 },
	{ .pid = 10, .comm = "web", .exe = "/bin/web", .state = 'S' },
	{ .pid = 11, .comm = "web", .exe = "/bin/web", .state = 'R' },
	{ .pid = 20, .comm = "db", .exe = "/bin/db", .state = 'S' },
	{ .pid = 30, .comm = "still", .exe = "/bin/still", .state = 'T' },
	{ .pid = 31, .comm = "traced", .exe = "/bin/still", .state = 't' },
	{ .pid = 32, .comm = "dead", .exe = "/bin/still", .state = 'Z' },
};

enum { NOBODY, WEB, WEB2, DB, STILL, TRACED, DEAD };

struct made {
	struct sock sock;
	uint8_t     holders[3];
};

/* Sets the warnings of some sockets with their holders. */
static void
find(struct snapshot *snap, const struct made *m, size_t n)
{
	made_snapshot(snap);
	for (size_t i = 0; i < n; i++) {
		struct owner *owners = arena_alloc(&snap->arena, sizeof *owners * 3);
		struct sock s = m[i].sock;

		for (; s.nowners < 3 && m[i].holders[s.nowners]; s.nowners++)
			owners[s.nowners].task = &tasks[m[i].holders[s.nowners]];
		s.owners = owners;
		made_add(snap, s);
	}
	findings_set(snap);
}

static struct sock
listener(const char *addr, uint16_t port)
{
	return made_sock(PROTO_TCP, STATE_LISTEN, addr, port, NULL, 0);
}

static uint32_t
warn_of(const struct made *m)
{
	struct snapshot snap;
	uint32_t warn;

	find(&snap, m, 1);
	cr_expect(snap.socks[0].has & SOCK_HAS_WARN);
	warn = snap.socks[0].warn;
	snapshot_done(&snap);
	return warn;
}

Test(findings, a_queue_is_full_from_nine_tenths_on)
{
	static const struct { uint32_t queue, limit; bool full; } cases[] = {
		{ 0, 128, false }, { 115, 128, false }, { 116, 128, true }, { 128, 128, true },
		{ 129, 128, true }, { 3, 2, true }, { 1, 1, true }, { 0, 0, false }, { 1, 0, true },
		{ UINT32_MAX, UINT32_MAX, true }, { 0, UINT32_MAX, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made m = { listener("127.0.0.1", 80), { WEB } };

		m.sock.rqueue = cases[i].queue;
		m.sock.wqueue = cases[i].limit;
		cr_expect_eq(warn_of(&m), 0, "not known");
		m.sock.has |= SOCK_HAS_QUEUE;
		cr_expect_eq(warn_of(&m), cases[i].full ? BIT(BACKLOG) : 0, "%u of %u", cases[i].queue,
		             cases[i].limit);
		m.sock.state = STATE_ESTABLISHED;
		cr_expect_eq(warn_of(&m), 0, "bytes are no queue");
	}
}

Test(findings, a_close_is_overdue_after_ten_seconds)
{
	static const struct { enum sock_state state; uint32_t has, quiet_ms, warn; } cases[] = {
		{ STATE_CLOSE_WAIT, SOCK_HAS_QUIET, 9999, 0 },
		{ STATE_CLOSE_WAIT, SOCK_HAS_QUIET, 10000, BIT(CLOSE_WAIT) },
		{ STATE_CLOSE_WAIT, SOCK_HAS_QUIET, UINT32_MAX, BIT(CLOSE_WAIT) },
		{ STATE_CLOSE_WAIT, 0, 20000, 0 },
		{ STATE_ESTABLISHED, SOCK_HAS_QUIET, 20000, 0 },
		{ STATE_FIN_WAIT2, SOCK_HAS_QUIET, 20000, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made m = { made_sock(PROTO_TCP, cases[i].state, "127.0.0.1", 80, "127.0.0.1", 40000),
		                  { WEB } };

		m.sock.has = cases[i].has;
		info_of(&m.sock)->quiet_ms = cases[i].quiet_ms;
		cr_expect_eq(warn_of(&m), cases[i].warn, "case %zu", i);
	}
}

Test(findings, one_holder_that_runs_serves)
{
	static const struct { uint8_t holders[3]; bool stopped; } cases[] = {
		{ { NOBODY }, false }, { { WEB }, false }, { { WEB2 }, false }, { { STILL }, true },
		{ { TRACED }, true }, { { DEAD }, true }, { { STILL, TRACED, DEAD }, true },
		{ { STILL, TRACED, WEB }, false }, { { WEB, STILL }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made m = { .sock = listener("127.0.0.1", 80) };

		memcpy(m.holders, cases[i].holders, sizeof m.holders);
		cr_expect_eq(warn_of(&m), cases[i].stopped ? BIT(STOPPED) : 0, "case %zu", i);
		m.sock = made_sock(PROTO_TCP, STATE_ESTABLISHED, "127.0.0.1", 80, "127.0.0.1", 40000);
		cr_expect_eq(warn_of(&m), cases[i].stopped ? BIT(STOPPED) : 0, "case %zu, connected", i);
	}
}

Test(findings, exposed_is_what_others_can_send_to)
{
	static const struct {
		enum sock_proto proto;
		enum sock_state state;
		const char     *addr;
		uint16_t        port;
		uint32_t        ifindex;
		bool            exposed;
	} cases[] = {
		{ PROTO_TCP, STATE_LISTEN, "0.0.0.0", 80, 0, true },
		{ PROTO_TCP, STATE_LISTEN, "::", 80, 0, true },
		{ PROTO_TCP, STATE_LISTEN, "10.0.0.1", 80, 0, true },
		{ PROTO_TCP, STATE_LISTEN, "0.0.0.0", 40000, 0, true },
		{ PROTO_TCP, STATE_LISTEN, "127.0.0.1", 80, 0, false },
		{ PROTO_TCP, STATE_LISTEN, "0.0.0.0", 80, MADE_LO, false },
		{ PROTO_TCP, STATE_BOUND, "0.0.0.0", 80, 0, false },
		{ PROTO_UDP, STATE_UNCONN, "0.0.0.0", 53, 0, true },
		{ PROTO_UDP, STATE_UNCONN, "127.0.0.53", 53, 0, false },
		{ PROTO_UDP, STATE_UNCONN, "0.0.0.0", 40000, 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made m = { made_sock(cases[i].proto, cases[i].state, cases[i].addr, cases[i].port,
		                            NULL, 0), { WEB } };

		m.sock.ifindex = cases[i].ifindex;
		cr_expect_eq(warn_of(&m), cases[i].exposed ? BIT(EXPOSED) : 0, "case %zu", i);
	}
}

#define TCP       0x0u	/* a listener */
#define UDP       0x1u
#define V6ONLY    0x2u
#define CONNECTED 0x4u

/* Sockets on one port. addr NULL: no more. */
struct together {
	const char *what;
	struct { const char *addr; uint8_t holders[3]; unsigned is; } socks[SOCKS];
	uint32_t    warn[SOCKS];
};

static void
expect_together(const struct together *c, uint32_t looked_for)
{
	struct made m[SOCKS];
	struct snapshot snap;
	size_t n = 0;

	for (; n < SOCKS && c->socks[n].addr; n++) {
		m[n] = (struct made){ .sock = listener(c->socks[n].addr, 8080) };
		memcpy(m[n].holders, c->socks[n].holders, sizeof m[n].holders);
		if (c->socks[n].is & UDP)
			m[n].sock = made_sock(PROTO_UDP, STATE_UNCONN, c->socks[n].addr, 8080, NULL, 0);
		if (c->socks[n].is & CONNECTED)
			m[n].sock = made_sock(PROTO_TCP, STATE_ESTABLISHED, c->socks[n].addr, 8080,
			                      c->socks[n].addr, 40000);
		m[n].sock.has |= SOCK_HAS_V6ONLY;
		m[n].sock.v6only = (c->socks[n].is & V6ONLY) != 0;
	}
	find(&snap, m, n);
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(snap.socks[i].warn & looked_for, c->warn[i], "%s: socket %zu", c->what, i);
	snapshot_done(&snap);
}

Test(findings, a_split_port_has_programs_with_addresses_of_their_own)
{
	static const struct together cases[] = {
		{ "one program on both", { { "127.0.0.1", { WEB }, TCP }, { "::1", { WEB2 }, TCP } }, { 0, 0 } },
		{ "two programs", { { "127.0.0.1", { WEB }, TCP }, { "::1", { DB }, TCP } },
		  { BIT(SPLIT), BIT(SPLIT) } },
		{ "two addresses of one family", { { "127.0.0.1", { WEB }, TCP }, { "127.0.0.2", { DB }, TCP } },
		  { BIT(SPLIT), BIT(SPLIT) } },
		{ "two protocols", { { "127.0.0.1", { WEB }, TCP }, { "::1", { DB }, UDP } }, { 0, 0 } },
		{ "workers share an address",
		  { { "127.0.0.1", { WEB }, TCP }, { "127.0.0.1", { WEB2 }, TCP }, { "127.0.0.1", { WEB, WEB2 }, TCP } },
		  { 0, 0, 0 } },
		{ "programs share an address on purpose",
		  { { "0.0.0.0", { WEB }, UDP }, { "::", { WEB }, UDP },
		    { "::", { DB }, UDP } }, { 0, 0, 0 } },
		{ "a holder is not known", { { "127.0.0.1", { WEB }, TCP }, { "::1", { NOBODY }, TCP } }, { 0, 0 } },
		{ "not known, and two programs",
		  { { "127.0.0.2", { NOBODY }, TCP }, { "127.0.0.1", { WEB }, TCP }, { "::1", { DB }, TCP } },
		  { BIT(SPLIT), BIT(SPLIT), BIT(SPLIT) } },
		{ "one holder in common", { { "127.0.0.1", { WEB, DB }, TCP }, { "::1", { DB }, TCP } }, { 0, 0 } },
		{ "a client's end is not held", { { "127.0.0.1", { WEB }, TCP },
		  { "::1", { DB }, CONNECTED } }, { 0, 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_together(&cases[i], BIT(SPLIT));
}

Test(findings, one_family_is_a_listener_that_127_0_0_1_misses)
{
	static const struct together cases[] = {
		{ "alone", { { "::1", { WEB }, TCP } }, { BIT(ONE_FAMILY) } },
		{ "not known whose", { { "::1", { NOBODY }, TCP } }, { BIT(ONE_FAMILY) } },
		{ "with 127.0.0.1", { { "::1", { WEB }, TCP }, { "127.0.0.1", { WEB }, TCP } }, { 0, 0 } },
		{ "with another's 127.0.0.1", { { "::1", { WEB }, TCP }, { "127.0.0.1", { NOBODY }, TCP } }, { 0, 0 } },
		{ "with 127.0.0.2", { { "::1", { WEB }, TCP }, { "127.0.0.2", { WEB }, TCP } }, { BIT(ONE_FAMILY), 0 } },
		{ "with 0.0.0.0", { { "::1", { WEB }, TCP }, { "0.0.0.0", { WEB }, TCP } }, { 0, 0 } },
		{ "with a dual ::", { { "::1", { WEB }, TCP }, { "::", { WEB }, TCP } }, { 0, 0 } },
		{ "with a :: for IPv6 alone", { { "::1", { WEB }, TCP }, { "::", { WEB }, V6ONLY } },
		  { BIT(ONE_FAMILY), 0 } },
		{ "UDP", { { "::1", { WEB }, UDP } }, { 0 } },
		{ "with UDP on 127.0.0.1", { { "::1", { WEB }, TCP }, { "127.0.0.1", { WEB }, UDP } },
		  { BIT(ONE_FAMILY), 0 } },
		{ "127.0.0.1 alone", { { "127.0.0.1", { WEB }, TCP } }, { 0 } },
		{ ":: alone", { { "::", { WEB }, V6ONLY } }, { 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_together(&cases[i], BIT(ONE_FAMILY));
}

/* The listener on 127.0.0.1 may be what is missing. */
Test(findings, what_the_kernel_did_not_list_is_not_missed)
{
	static const struct { struct shortfall why; bool found; } cases[] = {
		{ { SHORT_DUMP, PROTO_TCP, 4, 13, 0 }, false },
		{ { SHORT_INTERRUPTED, PROTO_TCP, 4, 0, 0 }, false },
		{ { SHORT_DUMP, PROTO_UDP, 4, 13, 0 }, true },
		{ { SHORT_UNREADABLE, 0, 0, 0, 1 }, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot snap;

		made_snapshot(&snap);
		made_add(&snap, listener("::1", 8080));
		snapshot_short(&snap, &cases[i].why);
		findings_set(&snap);
		cr_expect_eq(snap.socks[0].warn, cases[i].found ? BIT(ONE_FAMILY) : 0, "case %zu", i);
		snapshot_done(&snap);
	}
}

Test(findings, a_warning_goes_when_its_cause_does)
{
	struct made m[] = { { listener("127.0.0.1", 8080), { STILL } }, { listener("::1", 8080), { DB } } };
	struct snapshot snap;

	m[0].sock.has = SOCK_HAS_QUEUE;
	m[0].sock.rqueue = m[0].sock.wqueue = 5;
	find(&snap, m, 2);
	cr_expect_eq(snap.socks[0].warn, BIT(STOPPED) | BIT(BACKLOG) | BIT(SPLIT));
	snap.socks[0].rqueue = 0;
	snap.socks[0].owners = snap.socks[1].owners;
	findings_set(&snap);
	cr_expect_eq(snap.socks[0].warn, 0);
	cr_expect_eq(snap.socks[1].warn, 0);
	snapshot_done(&snap);
}

Test(findings, a_note_is_no_alarm)
{
	struct sock s = { .warn = BIT(ONE_FAMILY) };

	cr_expect_not(findings_alarm(&s));
	s.warn |= BIT(EXPOSED);
	cr_expect(findings_alarm(&s));
}

Test(findings, are_counted_by_socket_and_a_split_by_port)
{
	static const struct { enum sock_proto proto; uint16_t port; uint32_t warn; } socks[] = {
		{ PROTO_TCP, 80, BIT(SPLIT) | BIT(BACKLOG) }, { PROTO_TCP, 80, BIT(SPLIT) | BIT(BACKLOG) },
		{ PROTO_UDP, 80, BIT(SPLIT) }, { PROTO_TCP, 65535, BIT(SPLIT) }, { PROTO_TCP, 81, 0 },
		{ PROTO_TCP, 82, BIT(ONE_FAMILY) },
	};
	static const size_t want[FINDING_COUNT] = {
		[FINDING_BACKLOG] = 2, [FINDING_SPLIT] = 3, [FINDING_ONE_FAMILY] = 1,
	};
	struct finding_tally t;

	finding_tally_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(socks); i++) {
		struct sock s = listener("127.0.0.1", socks[i].port);

		s.proto = socks[i].proto;
		s.warn = socks[i].warn;
		finding_tally_add(&t, &s);
	}
	for (size_t f = 0; f < FINDING_COUNT; f++)
		cr_expect_eq(t.count[f], want[f], "%s: %zu", finding_names[f], t.count[f]);
	finding_tally_done(&t);
}

/* A stopped server with three clients is one thing that is wrong. */
Test(findings, what_is_stopped_is_counted_by_process)
{
	struct task server = { .pid = 7, .state = 'T' }, worker = { .pid = 8, .state = 'T' };
	const struct owner owners[] = { { &server, 3 }, { &worker, 3 } };
	struct finding_tally t;

	finding_tally_init(&t);
	for (int turn = 0; turn < 2; turn++) {
		for (uint16_t i = 0; i < 4; i++) {
			struct sock s = listener("127.0.0.1", (uint16_t)(80 + i));

			s.warn = BIT(STOPPED);
			s.owners = owners;
			s.nowners = turn == 0 || i > 0 ? 1 : 2;	/* the listener is the worker's, too */
			finding_tally_add(&t, &s);
		}
		cr_expect_eq(t.count[FINDING_STOPPED], turn + 1u, "%zu", t.count[FINDING_STOPPED]);
		finding_tally_clear(&t);
		cr_expect_eq(t.count[FINDING_STOPPED], 0);
	}
	finding_tally_done(&t);
}
