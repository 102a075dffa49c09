/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The table of sockets: which columns, which row is selected, and where it all is on the screen. */

#ifndef LOTOP_UI_LIST_H
#define LOTOP_UI_LIST_H

#include "ui/screen.h"
#include "ui/scroll.h"
#include "view/columns.h"
#include "view/view.h"

struct list {
	struct scroll  scroll;
	uint64_t       id;		/* row_id() of the selected row */
	bool           has_id;
	struct columns columns;		/* chosen; widths only grow (list.c) */
	size_t         matter;		/* so many from the left are cut rather than left out */
	size_t         left;		/* the first column that shows */
	/* Where it all is: list_place(). */
	size_t         tabs_row;	/* SIZE_MAX: there is no room for one */
	size_t         header_row;	/* the same */
	size_t         first_row;
	struct columns drawn;		/* those from `left` on, and as wide as they are drawn */
	size_t         x[COLUMNS_MAX + 1];	/* where they begin, and where the last one ends */
};

extern const struct screen_ops list_screen;

void list_init(struct list *l);	/* without columns */

/* What stands before a row: the first of these that holds, or a blank. */
#define LIST_GONE      '-'
#define LIST_NEW       '+'
#define LIST_WARNING   '!'
#define LIST_EPHEMERAL '~'
char list_mark(const struct row *r);

/* Finds out what there is room for, before anything is drawn. */
struct layout;
void list_place(struct ui *ui, const struct layout *lay, size_t cols);

/* Up or down, as the order is. */
const char *list_sort_mark(const struct ui *ui);

/* Is the column on the screen? */
bool list_shows(const struct list *l, const struct field *f);

/* The rows were built anew: finds the selected one again. */
void list_follow(struct list *l, const struct view *v);

/* After a move: what is selected now is the row under the cursor. */
void list_adopt(struct list *l, const struct view *v);

/* Columns to the left or right. Returns FX_* bits. */
unsigned list_shift(struct ui *ui, int by);

/* A click: on a tab, on a header, on a row, or nowhere. Returns FX_* bits. */
unsigned list_click(struct ui *ui, size_t row, size_t col);

/* The column before or after that of the sort. Returns FX_* bits. */
unsigned list_sort_beside(struct ui *ui, int by);

#endif
