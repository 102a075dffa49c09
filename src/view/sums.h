/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the connections of each listener move together, in the chosen scope. */

#ifndef LOTOP_VIEW_SUMS_H
#define LOTOP_VIEW_SUMS_H

#include "view/field.h"
#include "view/scope.h"

struct sums {
	uint32_t         *places;	/* of each living socket: in rates, + 1; 0: it is no listener */
	size_t            cap;		/* of them */
	struct view_rate *rates;
	size_t            rates_cap;
};

void sums_done(struct sums *s);

/* Adds up what ended of late (sock_info.rx_rate of the listener) and what is open. */
void sums_build(struct sums *s, const struct snapshot *snap, enum scope scope);

/* That of the listener at i of the snapshot, until the next call; NULL: it is none. */
const struct view_rate *sums_find(const struct sums *s, size_t i);

#endif
