/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* One line of text under a cursor. The text is what was typed, and is sanitized only as it is drawn. */

#ifndef LOTOP_UI_EDIT_H
#define LOTOP_UI_EDIT_H

#include "base/text.h"
#include "ui/cells.h"
#include "ui/key.h"

#define EDIT_MAX 1024	/* bytes; what is typed beyond them is dropped */

struct edit {
	struct text text;
	size_t      at;		/* byte that the cursor is before */
	size_t      left;	/* first byte that shows */
};

void edit_init(struct edit *e);
void edit_done(struct edit *e);

/* Replaces the text; the cursor goes behind it. */
void edit_set(struct edit *e, const char *s);

/* Returns whether the text changed. Pasted line ends become blanks. */
bool edit_key(struct edit *e, const struct input *in);

/* Moves the window as little as the cursor needs to show in so many columns, at least one. */
void edit_scroll(struct edit *e, size_t room, enum text_charset cs);

/* Draws what fits before column `end`, scrolled to the cursor. */
void edit_draw(struct edit *e, struct cells *c, size_t row, size_t col, size_t end,
               enum text_charset cs);

/*
 * The column of a byte, counted from that of the first that shows. A byte behind the end is the
 * end; one left of the window is 0. Of a text that changed, edit_scroll() comes first.
 */
size_t edit_column(const struct edit *e, size_t at, enum text_charset cs);

#endif
