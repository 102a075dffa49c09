/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the table. Columns are measured over the rows that show, and only grow
 * from refresh to refresh, so that the table does not jitter; ui_reflow() lets
 * them begin anew.
 */

#include "ui/list.h"

#include <string.h>

#include "base/i18n.h"
#include "ui/command.h"
#include "ui/holder.h"
#include "ui/ui_priv.h"

#define MARKS 3		/* cells before the first column: two marks and a blank */
#define GAP   1
#define NO_ROW SIZE_MAX

void
list_init(struct list *l)
{
	*l = (struct list){ .tabs_row = NO_ROW, .header_row = NO_ROW };
}

/* ---- the selected row ---- */

void
list_adopt(struct list *l, const struct view *v)
{
	l->has_id = v->count > 0;
	if (l->has_id)
		l->id = sock_id(v->rows[l->scroll.at].sock);
}

/* A socket that is gone leaves its place to the row that is there now. */
void
list_follow(struct list *l, const struct view *v)
{
	size_t at = l->has_id ? view_find(v, l->id, l->scroll.at) : v->count;

	if (at < v->count)
		scroll_follow(&l->scroll, at, v->count);
	else
		scroll_resize(&l->scroll, v->count, l->scroll.page);
	list_adopt(l, v);
}

/* ---- cells ---- */

char
list_mark(const struct row *r)
{
	bool ephemeral = sock_holds_port(r->sock) &&
	                 snapshot_ephemeral(r->env->snap, r->sock->local.port);

	if (row_life(r) == LIFE_GONE)
		return LIST_GONE;
	if (row_life(r) == LIFE_NEW)
		return LIST_NEW;
	return ephemeral ? LIST_EPHEMERAL : ' ';
}

static bool
is_field(const struct field *f, const char *id)
{
	return strcmp(f->id, id) == 0;
}

/*
 * Adds what stands in one cell. A process that is not known leaves room to say
 * why: only here, for a field's value is never made up.
 */
static enum role
add_value(struct text *t, const struct field *f, const struct row *r, const struct ui *ui)
{
	struct value v = field_get(f, r);

	value_add(t, &v, VALUE_TABLE, ui->charset);
	if (v.kind == VAL_NONE && is_field(f, "process")) {
		holder_add_word(t, r, ui->root, ui->charset);
		return ROLE_DIM;
	}
	if (v.kind == VAL_ENUM && is_field(f, "reach") && v.name == sock_reach_names[REACH_EXPOSED])
		return ROLE_WARNING;
	return ROLE_TEXT;
}

/* ---- widths ---- */

static void
measure_row(struct ui *ui, struct columns *c, const struct row *r)
{
	for (size_t i = 0; i < c->count; i++) {
		text_clear(&ui->scratch);
		add_value(&ui->scratch, c->field[i], r, ui);
		c->width[i] = MAX(c->width[i], text_width(text_str(&ui->scratch)));
	}
}

static void
measure(struct ui *ui, struct columns *c)
{
	const struct scroll *s = &ui->list->scroll;
	struct columns fresh = *c;

	columns_measure_begin(&fresh, ui->spec.sort, 1);
	for (size_t i = s->top; i < ui->view.count && i - s->top < s->page; i++)
		measure_row(ui, &fresh, &ui->view.rows[i]);
	for (size_t i = 0; i < c->count; i++)
		c->width[i] = MAX(c->width[i], fresh.width[i]);
}

/* The columns from the first that shows, shrunk to the room there is: at least one. */
static void
place_columns(struct ui *ui, size_t cols)
{
	struct list *l = ui->list;
	struct columns *all = &ui->list->columns, *d = &l->drawn;
	size_t x = MARKS;

	measure(ui, all);
	d->count = all->count - l->left;
	memcpy(d->field, all->field + l->left, d->count * sizeof *d->field);
	memcpy(d->width, all->width + l->left, d->count * sizeof *d->width);
	d->count = MAX(columns_fit(d, cols > MARKS ? cols - MARKS : 1, GAP), 1);
	for (size_t i = 0; i < d->count; i++) {
		l->x[i] = x;
		x += d->width[i] + GAP;
	}
	l->x[d->count] = x;
}

/* The first line of the body has the titles, if there is a second. */
void
list_place(struct ui *ui, const struct layout *lay, size_t cols)
{
	struct list *l = ui->list;
	size_t titles = lay->body_rows > 1;

	l->tabs_row = lay->tabs_rows > 0 ? lay->tabs : NO_ROW;
	l->header_row = titles ? lay->body : NO_ROW;
	l->first_row = lay->body + titles;
	scroll_resize(&l->scroll, ui->view.count, lay->body_rows - titles);
	list_adopt(l, &ui->view);
	place_columns(ui, cols);
}

bool
list_shows(const struct list *l, const struct field *f)
{
	for (size_t i = 0; i < l->drawn.count; i++)
		if (l->drawn.field[i] == f)
			return true;
	return false;
}

/* ---- drawing ---- */

const char *
list_sort_mark(const struct ui *ui)
{
	static const char *const marks[2][2] = { { "^", "v" }, { "▲", "▼" } };

	return marks[ui->charset == TEXT_UTF8][view_descends(&ui->spec)];
}

static void
draw_title(struct ui *ui, struct cells *c, size_t i)
{
	const struct list *l = ui->list;
	const struct field *f = l->drawn.field[i];
	struct text cell;

	text_init(&cell);
	text_clear(&ui->scratch);
	text_add(&ui->scratch, _(f->title));
	if (f == ui->spec.sort)
		text_add(&ui->scratch, list_sort_mark(ui));
	columns_add_cell(&cell, &l->drawn, i, text_str(&ui->scratch), false, ui->charset);
	cells_put(c, l->header_row, l->x[i], c->cols, ROLE_HEADER, text_str(&cell));
	text_done(&cell);
}

/* With signs at the edges where there are more columns. */
static void
draw_titles(struct ui *ui, struct cells *c)
{
	const struct list *l = ui->list;

	for (size_t i = 0; i < l->drawn.count; i++)
		draw_title(ui, c, i);
	if (l->left > 0)
		cells_put(c, l->header_row, 0, c->cols, ROLE_DIM, "<");
	if (l->left + l->drawn.count < ui->list->columns.count)
		cells_put(c, l->header_row, c->cols - 1, c->cols, ROLE_DIM, ">");
}

static void
draw_row(struct ui *ui, struct cells *c, size_t row, const struct row *r)
{
	const struct list *l = ui->list;
	const char mark[] = { list_mark(r), '\0' };
	struct text cell;

	text_init(&cell);
	cells_put(c, row, 1, c->cols, ROLE_DIM, mark);
	for (size_t i = 0; i < l->drawn.count; i++) {
		bool last = i + 1 == l->drawn.count;
		enum role role;

		text_clear(&ui->scratch);
		role = add_value(&ui->scratch, l->drawn.field[i], r, ui);
		text_clear(&cell);
		columns_add_cell(&cell, &l->drawn, i, text_str(&ui->scratch), last, ui->charset);
		cells_put(c, row, l->x[i], c->cols, role, text_str(&cell));
	}
	text_done(&cell);
}

/* Why there is no row. */
static const char *
emptiness(struct ui *ui)
{
	if (!ui->snap && ui->failed) {
		text_clear(&ui->scratch);
		text_addf(&ui->scratch, _("The kernel does not tell its sockets: %s. Trying again ..."),
		          strerror(ui->failed));
		return text_str(&ui->scratch);
	}
	if (!ui->snap)
		return _("Reading the sockets ...");
	if (ui->filter.text.len > 0 || ui->ports.text.len > 0)
		return _("No socket matches.");
	return _(views[ui->at].empty);
}

static void
draw_rows(struct ui *ui, struct cells *c)
{
	const struct list *l = ui->list;
	const struct scroll *s = &l->scroll;

	for (size_t i = s->top; i < ui->view.count && i - s->top < s->page; i++) {
		size_t row = l->first_row + i - s->top;

		draw_row(ui, c, row, &ui->view.rows[i]);
		if (i == s->at)
			cells_set_role(c, row, 0, c->cols, ROLE_SELECTED);
	}
}

static void
list_draw(struct ui *ui, void *self, struct cells *c)
{
	const struct list *l = ui->list;

	(void)self;
	if (l->header_row != NO_ROW)
		draw_titles(ui, c);
	if (ui->view.count > 0)
		draw_rows(ui, c);
	else if (l->scroll.page > 0)
		cells_put(c, l->first_row, MARKS, c->cols, ROLE_DIM, emptiness(ui));
}

/* ---- keys and mouse ---- */

static unsigned
list_input(struct ui *ui, void *self, const struct input *in)
{
	const struct command *c = command_find(in->key);

	(void)self;
	return c ? command_run(c, ui, in) : 0;
}

unsigned
list_shift(struct ui *ui, int by)
{
	struct list *l = ui->list;
	size_t count = ui->list->columns.count;

	if (by < 0 && l->left > 0)
		l->left--;
	else if (by > 0 && l->left + l->drawn.count < count)
		l->left++;
	return FX_REPAINT;
}

static unsigned
click_title(struct ui *ui, size_t col)
{
	const struct list *l = ui->list;

	for (size_t i = 0; i < l->drawn.count; i++) {
		const struct field *f = l->drawn.field[i];

		if (col < l->x[i] || col >= l->x[i + 1])
			continue;
		if (f != ui->spec.sort)
			return ui_sort_by(ui, f);
		ui->spec.reverse = !ui->spec.reverse;
		return FX_OTHER_ROWS;
	}
	return 0;
}

unsigned
list_click(struct ui *ui, size_t row, size_t col)
{
	struct list *l = ui->list;
	size_t line = row - l->first_row;

	if (row == l->tabs_row)
		return views_click_tab(ui, col);
	if (row == l->header_row)
		return click_title(ui, col);
	if (row < l->first_row || line >= l->scroll.page || l->scroll.top + line >= ui->view.count)
		return 0;
	scroll_to(&l->scroll, l->scroll.top + line);
	list_adopt(l, &ui->view);
	return FX_REPAINT;
}

unsigned
list_sort_beside(struct ui *ui, int by)
{
	const struct columns *c = &ui->list->columns;
	size_t i = 0;

	while (i < c->count && c->field[i] != ui->spec.sort)
		i++;
	if (i == c->count)
		return ui_sort_by(ui, c->field[0]);
	if ((by < 0 && i == 0) || (by > 0 && i + 1 == c->count))
		return 0;
	return ui_sort_by(ui, c->field[by < 0 ? i - 1 : i + 1]);
}

const struct screen_ops list_screen = {
	.input = list_input,
	.draw  = list_draw,
};
