/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Which sockets k and x are about: the tagged ones, or, where there are none or the list
 * is not what is looked at, those of the selected row.
 */

#ifndef LOTOP_UI_CHOSEN_H
#define LOTOP_UI_CHOSEN_H

#include "view/field.h"

struct ui;

struct chosen_sock {
	const struct sock *sock;
	bool               unsure;	/* one of two ends that were shown as one row: which is meant was not said */
	bool               second;	/* the other one of them, which stands behind the first */
};

/* Points into the snapshot that is shown: good until the next one. */
struct chosen {
	struct chosen_sock *socks;
	size_t              count;
	size_t              cap;
	const struct task  *task;	/* of a row that is a process: it alone is meant; NULL: whoever holds them */
	bool                tagged;
	bool                blind;	/* a row that names the other end, which is not in sight */
};

/* Are the tags what counts now? */
bool chosen_by_tags(const struct ui *ui);

/* None where all that was tagged is gone. There must be a selected row, or a tag. */
void chosen_init(struct chosen *c, const struct ui *ui);
void chosen_done(struct chosen *c);

#endif
