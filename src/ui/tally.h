/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* How many connections there are, as a person counts them: both ends are one. */

#ifndef LOTOP_UI_TALLY_H
#define LOTOP_UI_TALLY_H

#include "view/scope.h"

struct tally {
	struct map  seen;	/* kept for the next count */
	uint64_t    taken_ns;	/* what was counted last: the snapshot of this time, ... */
	enum scope  scope;	/* ... in this scope */
	size_t      connections;
};

void tally_init(struct tally *t);
void tally_done(struct tally *t);

/* TCP with a peer but TIME_WAIT, and connected UDP. Counts only what it did not count last time. */
size_t tally_connections(struct tally *t, const struct snapshot *snap, enum scope scope);

#endif
