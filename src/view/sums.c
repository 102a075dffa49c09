/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "view/sums.h"

#include <stdlib.h>

#include "base/mem.h"

void
sums_done(struct sums *s)
{
	free(s->places);
	free(s->rates);
	*s = (struct sums){ .cap = 0 };
}

/* A place for each listener, with what is its own. */
static void
find_listeners(struct sums *s, const struct snapshot *snap)
{
	uint32_t n = 0;

	for (size_t i = 0; i < snap->count; i++) {
		const struct sock *sock = &snap->socks[i];

		s->places[i] = sock->state == STATE_LISTEN ? ++n : 0;
		if (sock->state != STATE_LISTEN)
			continue;
		s->rates = mem_room(s->rates, n - 1, &s->rates_cap, sizeof *s->rates);
		s->rates[n - 1] = (struct view_rate){ (uint64_t)sock_info(sock)->rx_rate,
		                                      (uint64_t)sock_info(sock)->tx_rate };
	}
}

void
sums_build(struct sums *s, const struct snapshot *snap, enum scope scope)
{
	if (snap->count > s->cap) {
		s->places = mem_resize(s->places, snap->cap, sizeof *s->places);
		s->cap = snap->cap;
	}
	find_listeners(s, snap);
	for (size_t i = 0; i < snap->count; i++) {
		const struct sock *sock = &snap->socks[i];
		uint32_t place = sock->listener ? s->places[sock->listener - 1] : 0;

		if (place == 0 || !(sock->has & SOCK_HAS_RATE) || !scope_has(scope, snap, sock))
			continue;
		s->rates[place - 1].rx += (uint64_t)sock_info(sock)->rx_rate;
		s->rates[place - 1].tx += (uint64_t)sock_info(sock)->tx_rate;
	}
}

const struct view_rate *
sums_find(const struct sums *s, size_t i)
{
	return s->places[i] ? &s->rates[s->places[i] - 1] : NULL;
}
