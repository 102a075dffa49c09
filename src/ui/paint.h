/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* From one grid to the next: the bytes that make a terminal that shows the one show the other. Pure. */

#ifndef LOTOP_UI_PAINT_H
#define LOTOP_UI_PAINT_H

#include "base/text.h"
#include "ui/cells.h"

/* How this terminal is told things. Strings are without padding; none is NULL. */
struct paint_words {
	const char *role[ROLE_COUNT];	/* what is added to the plain look */
	const char *plain;		/* back to it */
	const char *clear;		/* blanks the screen */
	const char *clear_line;		/* blanks the rest of the line; empty: there is no such thing */
	const char *show_cursor;
	const char *hide_cursor;
	bool        scrolls;		/* writing the last cell would scroll the screen: it stays as it is */
	const char *place;		/* for move() */
	void      (*move)(struct text *out, const char *place, size_t row, size_t col);
};

/*
 * Adds what changes `old` into `new`, of the same size. old NULL: nothing is known
 * of the terminal, so all is painted.
 */
void paint(struct text *out, const struct cells *old, const struct cells *new,
           const struct paint_words *words);

#endif
