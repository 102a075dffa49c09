/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A choice of columns, and how wide each is drawn. `list` and the live table
 * share it: columns are as wide as their content, text that can grow shrinks
 * first, numbers are never cut.
 */

#ifndef LOTOP_VIEW_COLUMNS_H
#define LOTOP_VIEW_COLUMNS_H

#include "view/field.h"

#define COLUMNS_MAX 64

struct columns {
	const struct field *field[COLUMNS_MAX];
	size_t              width[COLUMNS_MAX];	/* cells, set by columns_fit */
	size_t              count;
};

/*
 * Reads "lport,process,-c…": ids separated by commas. Returns 0, or -EINVAL with
 * *bad, *bad_len set to the word in `list` that is no field (or is empty, or one too many).
 */
int columns_parse(struct columns *c, const char *list, const char **bad, size_t *bad_len);

/* The FIELD_NEEDS bits of the columns. */
unsigned columns_needs(const struct columns *c);

/*
 * Starts to measure: every width is that of its title; the sorted column has
 * `mark` cells more.
 */
void columns_measure_begin(struct columns *c, const struct field *sorted, size_t mark);

/* Widens the columns for n rows. */
void columns_measure(struct columns *c, const struct row *rows, size_t n, enum text_charset cs);

/*
 * Asks the memory for the sockets of a row that comes soon: rows are in order, their sockets
 * anywhere, and most of the time would be spent waiting for them. n: how many rows there are.
 */
void columns_fetch_ahead(const struct row *rows, size_t n, size_t at);

/*
 * Shrinks the widths until they fit into `cells` with `gap` blanks between:
 * FIELD_GROW columns first, the widest of them first, down to 8 cells each, then
 * other text down to its title. Numbers, addresses and our own words keep their
 * width. cells 0: no limit. Returns how many columns from the left fit; where
 * that is not all, the others keep their width and are not to be drawn.
 */
size_t columns_fit(struct columns *c, size_t cells, size_t gap);

/* The least width that column i may have. */
typedef size_t (*columns_least_fn)(const struct columns *c, size_t i);

/*
 * As columns_fit(), with other leasts and without an order among columns: the widest of those above
 * their least gives way first.
 */
size_t columns_squeeze(struct columns *c, size_t cells, size_t gap, columns_least_fn least);

/*
 * Adds one cell of the table: the sanitized value cut and padded to the column's
 * width; no blanks at the end if last.
 */
void columns_add_cell(struct text *t, const struct columns *c, size_t col, const char *value,
                      bool last, enum text_charset cs);

/* The same of a value; the next cell, unless this is the last one, begins `gap` blanks behind it. */
void columns_add_value(struct text *t, const struct columns *c, size_t col, const struct value *v,
                       bool last, size_t gap, enum text_charset cs);

#endif
