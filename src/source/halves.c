/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "source/halves.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "source/lookup.h"

struct halves {
	struct lookup *lookup;	/* NULL: not needed yet, or refused */
	struct map     alone;	/* sock_id() of halves whose other end was looked for in vain */
	struct map     before;	/* the same of the sample before, while a new one is made */
};

/* Of these the other end is there as a rule. That of TIME_WAIT has gone before it. */
#define TWO_ENDED \
	(1u << STATE_ESTABLISHED | 1u << STATE_FIN_WAIT1 | 1u << STATE_FIN_WAIT2 | \
	 1u << STATE_CLOSE_WAIT | 1u << STATE_LAST_ACK | 1u << STATE_CLOSING)

bool
halves_may_join(uint32_t states)
{
	return (states & TWO_ENDED) == TWO_ENDED;
}

struct halves *
halves_new(void)
{
	struct halves *h = mem_new(sizeof *h);

	map_init(&h->alone);
	map_init(&h->before);
	return h;
}

void
halves_free(struct halves *h)
{
	if (!h)
		return;
	lookup_close(h->lookup);
	map_done(&h->alone);
	map_done(&h->before);
	free(h);
}

/* Both ends are on this machine: on its loopback, or on one of its addresses. */
static bool
is_local(const struct sock *s)
{
	if (addr_is_loopback(s->local.addr))
		return addr_is_loopback(s->remote.addr);
	return memcmp(s->local.addr, s->remote.addr, sizeof s->local.addr) == 0;
}

static bool
is_half(const struct sock *s)
{
	return s->peer == 0 && s->proto == PROTO_TCP && TWO_ENDED >> s->state & 1 && sock_has_peer(s) &&
	       is_local(s);
}

/* Adds the other end of the half at i, or notes that there is none. Returns 0 or -errno. */
static int
seek(struct halves *h, struct snapshot *s, size_t i)
{
	struct sock_alone other;
	int r = h->lookup ? 0 : lookup_open(&h->lookup);

	if (r == 0)
		r = lookup_other_end(h->lookup, &s->socks[i], s->lo_ifindex, &other);
	if (r == 0 && snapshot_add(s, &other.sock)) {
		s->socks[s->count - 1].peer = (uint32_t)i + 1;
		s->socks[i].peer = (uint32_t)s->count;
	}
	if (r != -ENOENT)
		return r;
	map_put(&h->alone, sock_id(&s->socks[i]), h);
	return 0;
}

static void
begin(struct halves *h)
{
	struct map old = h->before;

	h->before = h->alone;
	h->alone = old;
	map_clear(&h->alone);
}

size_t
halves_seek(struct halves *h, struct snapshot *s)
{
	size_t count = s->count, left = HALVES_MAX;

	begin(h);
	for (size_t i = 0; i < count; i++) {
		if (!is_half(&s->socks[i]))
			continue;
		if (map_get(&h->before, sock_id(&s->socks[i])))
			map_put(&h->alone, sock_id(&s->socks[i]), h);
		else if (left > 0)
			left = seek(h, s, i) < 0 ? 0 : left - 1;
	}
	return s->count - count;
}
