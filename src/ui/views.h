/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * THE table of views, what the digits and Tab go through. Each keeps its own columns, order
 * and cursor while another one is shown.
 */

#ifndef LOTOP_UI_VIEWS_H
#define LOTOP_UI_VIEWS_H

#include "base/map.h"
#include "ui/list.h"
#include "ui/screen.h"

struct ui_options;

enum ui_view_at { AT_ALL, AT_LISTENERS, AT_CONNECTIONS, AT_PROCESSES, AT_EVENTS, VIEWS };

struct ui_view {
	const char *id;		/* the name of its command (command.h), whose key stands on its tab */
	const char *title;	/* N_() */
	const char *empty;	/* N_(): why there is no row, and what to press */
	enum view_kind      kind;	/* VIEW_SOCKETS: it may become VIEW_TREE */
	bool                holding;
	const struct field *fields;	/* what its columns and its order are chosen from */
	const size_t       *nfields;
	const char         *columns;	/* ids; where they do not all fit, the last ones are left out first */
	size_t              matter;	/* so many of them are seen on 80 columns, whatever the names are */
	const char         *sort;	/* an id */
	const struct screen_ops *ops;	/* what the lowest screen is while it is shown */
};

extern const struct ui_view views[VIEWS];

/* The field with that id in the view's own table, or NULL. */
const struct field *views_field(const struct ui_view *v, const char *id, size_t len);

/* What a view keeps. */
struct view_state {
	struct list         list;
	const struct field *sort;	/* while another one is shown; else ui->spec has it */
	bool                reverse;
	bool                tree;
	struct map          turned;	/* see struct view_spec */
};

/* All views as they are at the start. Returns 0, or -EINVAL where the columns are wrong. */
int  views_init(struct ui *ui, const struct ui_options *o);
void views_done(struct ui *ui);

/* Do its rows fold? (In any view the counts of TIME_WAIT do.) */
bool views_folds(const struct ui *ui);

/* FIELD_* bits of what is on the screen besides the columns. */
unsigned views_needs(const struct ui *ui);

/* Each returns FX_* bits. */
unsigned views_show(struct ui *ui, size_t at);
unsigned views_step(struct ui *ui, int by);	/* to the next or the one before, round */
unsigned views_tree(struct ui *ui);		/* on and off */
unsigned views_fold_ephemeral(struct ui *ui);	/* on and off */
unsigned views_fold(struct ui *ui, bool fold);	/* the selected row, or what it belongs to; or unfold */
unsigned views_shift(struct ui *ui, int by);	/* folds and unfolds, or goes to other columns */

/* The line of tabs. */
void     views_draw_tabs(struct ui *ui, struct cells *c, size_t row);
unsigned views_click_tab(struct ui *ui, size_t col);

#endif
