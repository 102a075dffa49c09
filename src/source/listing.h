/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Whether /proc lists other processes than the last time. Where none was forked and none
 * ended, to read a thousand names again is a tenth of what a quiet refresh takes.
 */

#ifndef LOTOP_SOURCE_LISTING_H
#define LOTOP_SOURCE_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#define LISTING_MARK 64

struct listing {
	int      load;			/* loadavg; -1: it does not tell of this /proc */
	char     mark[LISTING_MARK];	/* what it said before the list was read … */
	size_t   len;			/* … in so many bytes; 0: no list was read */
	unsigned kept;			/* how often the list was kept since */
};

/* proc_fd: a /proc; it is borrowed. */
void listing_init(struct listing *l, int proc_fd);
void listing_done(struct listing *l);

/* May the list of the last time be kept? If not it is to be read now, after this call. */
bool listing_holds(struct listing *l);

/* The list could not be read. */
void listing_forget(struct listing *l);

#endif
