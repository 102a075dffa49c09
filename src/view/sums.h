/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the connections of each listener move together, in the chosen scope. */

#ifndef LOTOP_VIEW_SUMS_H
#define LOTOP_VIEW_SUMS_H

#include "view/field.h"
#include "view/scope.h"

struct sums {
	struct view_rate *rates;	/* of each living socket of the snapshot, if it is a listener */
	size_t            cap;
};

void sums_done(struct sums *s);

/*
 * Adds up what ended of late (sock.rx_rate of the listener) and what is open. Returns rates,
 * which are good until the next call.
 */
const struct view_rate *sums_build(struct sums *s, const struct snapshot *snap, enum scope scope);

#endif
