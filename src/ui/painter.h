/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * How a field looks on the screen where that is more than its value: a bar, a word for a
 * process that is not known, a line of text in a row that is none of the table.
 */

#ifndef LOTOP_UI_PAINTER_H
#define LOTOP_UI_PAINTER_H

#include "base/text.h"
#include "ui/theme.h"
#include "view/columns.h"
#include "view/row.h"

struct ui;

/* What stands in a cell. */
struct painted {
	enum role role;
	bool      spills;	/* it may run over the columns behind it that have nothing */
	bool      own_room;	/* and yet the column grows by it */
	size_t    tail;		/* bytes at its end that are cut last: where a port is */
};

/* Adds its title here, translated. */
void painter_add_title(struct text *t, const struct field *f, enum text_charset cs);

/* Adds what stands in the cell of a row. */
struct painted painter_add(struct text *t, const struct field *f, const struct row *r,
                           const struct ui *ui);

/*
 * Cells that column i must have, of those it needs, to be shown beside others; where there are
 * fewer it is left out rather than cut.
 */
size_t painter_worth(const struct columns *c, size_t i);

/* The same for one that is cut rather than left out: struct list, matter. */
size_t painter_least(const struct columns *c, size_t i);

#endif
