/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What all in scope comes to: connections as a person counts them, both ends are one; and bytes. */

#ifndef LOTOP_UI_TALLY_H
#define LOTOP_UI_TALLY_H

#include "model/findings.h"
#include "view/scope.h"

struct tally {
	size_t      connections;	/* TCP with a peer but TIME_WAIT, and connected UDP */
	size_t      closing;	/* TCP that one end at least has closed, TIME_WAIT too */
	bool        has_rates;	/* at least one socket has */
	uint64_t    rx;		/* bytes a second: of a connection with both ends in sight what its ... */
	uint64_t    tx;		/* ... server received and sent, else what the end in sight did */
	struct finding_tally findings;
};

void tally_init(struct tally *t);
void tally_done(struct tally *t);

/* Counts anew; ends are joined (model/join). */
void tally_take(struct tally *t, const struct snapshot *snap, enum scope scope);

#endif
