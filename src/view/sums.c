/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "view/sums.h"

#include <stdlib.h>

#include "base/mem.h"

void
sums_done(struct sums *s)
{
	free(s->rates);
	*s = (struct sums){ .cap = 0 };
}

const struct view_rate *
sums_build(struct sums *s, const struct snapshot *snap, enum scope scope)
{
	if (snap->count > s->cap) {
		s->rates = mem_resize(s->rates, snap->cap, sizeof *s->rates);
		s->cap = snap->cap;
	}
	for (size_t i = 0; i < snap->count; i++)
		s->rates[i] = (struct view_rate){ sock_info(&snap->socks[i])->rx_rate,
		                                  sock_info(&snap->socks[i])->tx_rate };
	for (size_t i = 0; i < snap->count; i++) {
		const struct sock *sock = &snap->socks[i];
		struct view_rate *to;

		if (!sock->listener || !(sock->has & SOCK_HAS_RATE) || !scope_has(scope, snap, sock))
			continue;
		to = &s->rates[sock->listener - 1];
		to->rx += sock_info(sock)->rx_rate;
		to->tx += sock_info(sock)->tx_rate;
	}
	return s->rates;
}
