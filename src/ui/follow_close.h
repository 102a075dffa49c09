/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What became of sockets that the kernel was asked to close. That it said yes says little
 * (act/close.h): what counts is what a snapshot shows that was begun after that.
 */

#ifndef LOTOP_UI_FOLLOW_CLOSE_H
#define LOTOP_UI_FOLLOW_CLOSE_H

#include "base/text.h"
#include "model/snapshot.h"

/* One that was to be closed. */
struct closed {
	struct sock sock;	/* as it was when the question was asked; its owners are not looked at */
	int         result;	/* of closer_shut() */
	uint8_t     outcome;	/* follow_close.c */
};

struct follow_close {
	struct closed *socks;	/* NULL: nothing is followed */
	size_t         count;
	bool           root;	/* lotop runs as root: nobody may do more */
	bool           told;	/* a listener may still listen again */
	uint64_t       closed_ns;
};

/*
 * Starts with the sockets, which it owns from now on: sock and result of each are filled in.
 * Adds to `say` what is known already, if that is all, and returns whether it was.
 */
bool follow_close_start(struct follow_close *f, struct closed *socks, size_t count, bool root,
                        uint64_t now_ns, enum text_charset cs, struct text *say);
void follow_close_done(struct follow_close *f);

/* Is an outcome awaited, so that a sample should come soon? */
bool follow_close_waits(const struct follow_close *f);

/* Looks at a complete snapshot. Adds to `say` what is true now, if there is something new, and returns whether. */
bool follow_close_look(struct follow_close *f, const struct snapshot *snap, uint64_t now_ns,
                       enum text_charset cs, struct text *say);

#endif
