/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the definitions of what is wrong: own[] for what one socket shows, ports for the rest. */

#include "model/findings.h"

#include <string.h>

#include "base/util.h"
#include "model/family.h"
#include "model/port.h"

_Static_assert(FINDING_COUNT <= 10, "the bits of sock.warn");

#define CLOSE_WAIT_MS 10000u

const char *const finding_names[FINDING_COUNT] = {
	[FINDING_STOPPED]    = "stopped",
	[FINDING_BACKLOG]    = "backlog",
	[FINDING_CLOSE_WAIT] = "close-wait",
	[FINDING_SPLIT]      = "split",
	[FINDING_EXPOSED]    = "exposed",
	[FINDING_ONE_FAMILY] = "one-family",
};

/* ---- what one socket shows ---- */

/* One worker that runs serves for all that share the socket. */
static bool
is_stopped(const struct snapshot *snap, const struct sock *s)
{
	(void)snap;
	for (uint32_t i = 0; i < s->nowners; i++)
		if (!memchr("TtZ", s->owners[i].task->state, 3))
			return false;
	return s->nowners > 0;
}

/* A limit of 0 lets one connection wait (sk_acceptq_is_full), so an empty queue is never full. */
static bool
is_full(const struct snapshot *snap, const struct sock *s)
{
	(void)snap;
	return s->state == STATE_LISTEN && s->has & SOCK_HAS_QUEUE && s->rqueue > 0 &&
	       (uint64_t)s->rqueue * 10 >= (uint64_t)s->wqueue * 9;
}

/*
 * The last that the other end says by itself is its FIN, so it has been silent as long as
 * the socket has been in CLOSE_WAIT at least. While the owner still sends, the
 * acknowledgements come: a half-closed connection that is served is not found.
 */
static bool
is_leaked(const struct snapshot *snap, const struct sock *s)
{
	(void)snap;
	return s->state == STATE_CLOSE_WAIT && s->has & SOCK_HAS_QUIET &&
	       sock_info(s)->quiet_ms >= CLOSE_WAIT_MS;
}

/*
 * What is only bound takes nothing from anybody. An unconnected UDP socket on a port that
 * the kernel chose is a client that waits for its answer.
 */
static bool
is_exposed(const struct snapshot *snap, const struct sock *s)
{
	if (s->state != STATE_LISTEN &&
	    (s->state != STATE_UNCONN || snapshot_ephemeral(snap, s->local.port)))
		return false;
	return sock_reach_of(s, snap->lo_ifindex) == REACH_EXPOSED;
}

static const struct {
	enum finding finding;
	bool       (*is)(const struct snapshot *snap, const struct sock *s);
} own[] = {
	{ FINDING_STOPPED, is_stopped },
	{ FINDING_BACKLOG, is_full },
	{ FINDING_CLOSE_WAIT, is_leaked },
	{ FINDING_EXPOSED, is_exposed },
};

static uint32_t
find_own(const struct snapshot *snap, const struct sock *s)
{
	uint32_t warn = 0;

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (own[i].is(snap, s))
			warn |= 1u << own[i].finding;
	return warn;
}

/* ---- what the holders of a port show together ---- */

/* One port of one protocol. */
struct port_use {
	const struct sock *first;	/* whose holder is known */
	bool               apart;	/* another program has another address */
	bool               shared;	/* two programs have one address: they do so on purpose */
	bool               answers_v4;	/* a client of 127.0.0.1 is answered */
};

/* A socket that holds a port. Most hold none, and are not looked at twice. */
struct held {
	struct sock     *sock;
	struct port_use *use;
	struct held     *next;
};

struct ports {
	struct arena *arena;
	struct held  *held;	/* all of them */
	struct map    by_port;	/* port_key() -> struct port_use */
	struct map    by_addr;	/* and of one address, hashed -> first struct sock with a known holder */
};

static uint64_t
port_key(const struct sock *s)
{
	return (uint64_t)s->proto << 16 | s->local.port;
}

static uint64_t
addr_key(const struct sock *s)
{
	uint64_t words[2];

	memcpy(words, s->local.addr, sizeof words);
	return ((words[0] * 0x9e3779b97f4a7c15ull ^ words[1]) * 0x9e3779b97f4a7c15ull) ^ port_key(s);
}

/* Workers that share a socket are of one program mostly: the first of one is enough to ask for. */
static bool
share_a_program(const struct sock *a, const struct sock *b)
{
	for (uint32_t i = 0; i < b->nowners; i++)
		if (family_same_program(a->owners[0].task, b->owners[i].task))
			return true;
	for (uint32_t i = 1; i < a->nowners; i++)
		if (family_same_program(a->owners[i].task, b->owners[0].task))
			return true;
	return false;
}

static struct port_use *
use_of(struct ports *p, const struct sock *s)
{
	struct port_use *use = map_get(&p->by_port, port_key(s));

	if (!use) {
		use = arena_alloc(p->arena, sizeof *use);
		map_put(&p->by_port, port_key(s), use);
	}
	return use;
}

/* Compared with the first of its port and the first of its address, not with each of them. */
static void
note_program(struct ports *p, struct port_use *use, const struct sock *s)
{
	const struct sock *first = use->first, *same = map_get(&p->by_addr, addr_key(s));

	if (!first)
		use->first = s;
	else if (memcmp(first->local.addr, s->local.addr, sizeof s->local.addr) != 0 &&
	         !share_a_program(first, s))
		use->apart = true;
	if (!same)
		map_put(&p->by_addr, addr_key(s), (void *)s);
	else if (!share_a_program(same, s))
		use->shared = true;
}

static bool
answers_v4_loopback(const struct snapshot *snap, const struct sock *s)
{
	static const uint8_t v4[] = { 127, 0, 0, 1 };
	struct port_query q = { .end.port = s->local.port, .has_addr = true };

	addr_from_v4(q.end.addr, v4);
	return s->state == STATE_LISTEN && (s->ifindex == 0 || s->ifindex == snap->lo_ifindex) &&
	       port_match(&q, s) != PORT_NO;
}

static void
note_port(struct ports *p, const struct snapshot *snap, struct sock *s)
{
	struct held *held = arena_alloc(p->arena, sizeof *held);

	*held = (struct held){ .sock = s, .use = use_of(p, s), .next = p->held };
	p->held = held;
	if (s->nowners > 0)
		note_program(p, held->use, s);
	held->use->answers_v4 |= answers_v4_loopback(snap, s);
}

static bool
is_v6_loopback(const struct sock *s)
{
	return addr_is_loopback(s->local.addr) && !addr_is_v4(s->local.addr);
}

static uint32_t
find_of_port(const struct held *h, bool saw_v4)
{
	uint32_t warn = 0;

	if (h->use->apart && !h->use->shared)
		warn |= 1u << FINDING_SPLIT;
	if (saw_v4 && !h->use->answers_v4 && h->sock->state == STATE_LISTEN && is_v6_loopback(h->sock))
		warn |= 1u << FINDING_ONE_FAMILY;
	return warn;
}

/* Where the kernel did not give all TCP sockets, one that is missing may be there. */
static bool
saw_all_tcp(const struct snapshot *s)
{
	for (size_t i = 0; i < s->nshortfalls; i++) {
		const struct shortfall *why = &s->shortfalls[i];

		if ((why->kind == SHORT_DUMP || why->kind == SHORT_INTERRUPTED) && why->proto == PROTO_TCP)
			return false;
	}
	return true;
}

/* ---- */

void
findings_set(struct snapshot *s)
{
	struct ports ports = { .arena = &s->arena };
	bool saw_v4 = saw_all_tcp(s);

	map_init(&ports.by_port);
	map_init(&ports.by_addr);
	for (size_t i = 0; i < s->count; i++) {
		s->socks[i].warn = find_own(s, &s->socks[i]);
		s->socks[i].has |= SOCK_HAS_WARN;
		if (sock_holds_port(&s->socks[i]))
			note_port(&ports, s, &s->socks[i]);
	}
	for (struct held *h = ports.held; h; h = h->next)
		h->sock->warn |= find_of_port(h, saw_v4);
	map_done(&ports.by_addr);
	map_done(&ports.by_port);
}

bool
findings_alarm(const struct sock *s)
{
	return (s->warn & ~FINDING_NOTES) != 0;
}

/* ---- counted ---- */

void
finding_tally_init(struct finding_tally *t)
{
	*t = (struct finding_tally){ .count = { 0 } };
	map_init(&t->stopped);
}

void
finding_tally_done(struct finding_tally *t)
{
	map_done(&t->stopped);
}

void
finding_tally_clear(struct finding_tally *t)
{
	memset(t->count, 0, sizeof t->count);
	memset(t->split, 0, sizeof t->split);
	map_clear(&t->stopped);
}

/* Is it the first socket of its port that is counted? */
static bool
is_first(struct finding_tally *t, const struct sock *s)
{
	uint8_t *byte = &t->split[s->proto][s->local.port / 8];
	uint8_t bit = (uint8_t)(1u << s->local.port % 8);
	bool first = !(*byte & bit);

	*byte |= bit;
	return first;
}

/* A server that is stopped has its listener and all its connections with it. */
static void
add_stopped(struct finding_tally *t, const struct sock *s)
{
	for (uint32_t i = 0; i < s->nowners; i++)
		map_put(&t->stopped, (uint64_t)s->owners[i].task->pid, t);
	t->count[FINDING_STOPPED] = t->stopped.count;
}

void
finding_tally_add(struct finding_tally *t, const struct sock *s)
{
	for (unsigned f = 0; s->warn >> f; f++)
		if (s->warn >> f & 1 && f != FINDING_STOPPED && (f != FINDING_SPLIT || is_first(t, s)))
			t->count[f]++;
	if (s->warn & 1u << FINDING_STOPPED)
		add_stopped(t, s);
}
