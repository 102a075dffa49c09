/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What is at stake when a process is ended: what else it holds, and who is connected to it. */

#ifndef LOTOP_UI_STAKE_H
#define LOTOP_UI_STAKE_H

#include "base/map.h"
#include "model/snapshot.h"
#include "model/task.h"

#define STAKE_NAMES 3

struct stake {
	const struct task *task;
	const struct sock *held;	/* of the chosen sockets the first that holds a port; NULL: none */
	const struct sock **ports;	/* what holds one, was not chosen, and is told: each port of a protocol once */
	size_t             nports;
	size_t             ports_cap;
	size_t             clients;	/* established connections that came to it */
	const struct task *names[STAKE_NAMES];	/* some of whom they are */
	size_t             nnames;
	uint32_t           counted;	/* index + 1 of the connection that was counted last */
};

/* Fills in n stakes of n processes. chosen: sock_id() of what the question is about, to anything. */
void stakes_find(struct stake *stakes, size_t n, const struct snapshot *snap,
                 const struct map *chosen);
void stakes_done(struct stake *stakes, size_t n);

/* "also holds 9229 udp 3200 · 3 clients lose their connection: chrome 3302"; nothing where that is all there is to it. */
void stake_add_text(struct text *t, const struct stake *s, enum text_charset cs);

#endif
