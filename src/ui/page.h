/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A page of text that is longer than the window: paragraphs, with labels to the left of
 * them, and figures in columns. It is written without a width and laid out for one;
 * it knows nothing of what it says.
 */

#ifndef LOTOP_UI_PAGE_H
#define LOTOP_UI_PAGE_H

#include "base/text.h"
#include "ui/cells.h"

struct page_entry;
struct page_line;

struct page {
	struct text        pool;	/* all strings, one after the other */
	struct page_entry *entries;
	size_t             count;
	size_t             cap;
	struct page_line  *lines;	/* of the last layout */
	size_t             nlines;
	size_t             lines_cap;
	const char        *dot;		/* between facts, a blank before and behind it */
	size_t             label_min;
	size_t             label_width;
	size_t             cell_width;
};

void page_init(struct page *p, size_t label_min);	/* cells that labels have at least; dot is " · " */
void page_done(struct page *p);
void page_clear(struct page *p);	/* empty, memory kept */

/* All text is sanitized already. Strings are copied. */

/* Facts with a dot between them, beside their label; an empty label: more of the one before. */
void page_add(struct page *p, const char *label, enum role role, const char *text);

/* Words alone, likewise: a dot among them is none between facts. */
void page_add_words(struct page *p, const char *label, enum role role, const char *text);

/* A paragraph over the whole width, from column `indent` on; its further lines 2 cells more. */
void page_add_wide(struct page *p, size_t indent, enum role role, const char *text);

/* A figure, in columns with those right before and after it; only the first has a label. */
void page_add_figure(struct page *p, const char *label, const char *name, const char *value);

/* Lays it out. Returns how many lines it has. */
size_t page_layout(struct page *p, size_t cols);

/* The line on which the paragraph with that label begins, or page.nlines. */
size_t page_find(const struct page *p, const char *label);

/* Draws lines from `first` on into so many rows. */
void page_draw(const struct page *p, struct cells *c, size_t first, size_t row, size_t rows);

#endif
