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
#include "model/findings.h"
#include "ui/painter.h"
#include "ui/ui_priv.h"

#define MARKS 3		/* cells before the first column: two marks and a blank */
#define FOLD_SIGN 1	/* and a sign where rows fold, in the place of the blank */
#define GAP   1
#define WIDE_ENOUGH 100	/* cells of a table whose rows are read from end to end */
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
		l->id = row_id(&v->rows[l->scroll.at]);
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

/* Is anything wrong with what the row stands for? */
static bool
has_warning(const struct row *r)
{
	const struct sock *peer = r->kind == ROW_PAIR ? row_peer(r) : NULL;

	if (findings_alarm(r->sock) || row_hides_alarm(r) || (peer && findings_alarm(peer)))
		return true;
	for (uint32_t i = 0; r->sum && i < r->sum->count; i++)
		if (findings_alarm(r->sum->socks[i]))
			return true;
	return false;
}

static bool
is_ephemeral(const struct row *r)
{
	return r->kind == ROW_SOCK && sock_holds_port(r->sock) &&
	       snapshot_ephemeral(r->env->snap, r->sock->local.port);
}

char
list_mark(const struct row *r)
{
	enum sock_life life = row_life(r);

	if (life != LIFE_THERE)
		return life == LIFE_GONE ? LIST_GONE : LIST_NEW;
	if (has_warning(r))
		return LIST_WARNING;
	return is_ephemeral(r) ? LIST_EPHEMERAL : ' ';
}

static enum role
role_of_mark(char mark)
{
	static const struct { char mark; enum role role; } roles[] = {
		{ LIST_GONE, ROLE_GONE }, { LIST_NEW, ROLE_NEW }, { LIST_WARNING, ROLE_WARNING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (roles[i].mark == mark)
			return roles[i].role;
	return ROLE_DIM;
}

static void
add_branch(struct text *t, const struct row *r, enum text_charset cs)
{
	static const char *const branches[2][2] = {
		[TEXT_ASCII] = { "|- ", "`- " }, [TEXT_UTF8] = { "├ ", "└ " },
	};

	if (r->depth > 0)
		text_fill(t, ' ', 2 * (r->depth - 1u));
	if (r->depth > 0)
		text_add(t, branches[cs][r->last]);
}

/* What stands in column i of those that there are; ui->scratch holds it. */
static struct painted
paint_cell(struct ui *ui, size_t i, const struct row *r)
{
	const struct list *l = ui->list;

	text_clear(&ui->scratch);
	if (i == l->left && ui->spec.kind != VIEW_PROCESSES)
		add_branch(&ui->scratch, r, ui->charset);
	return painter_add(&ui->scratch, l->columns.field[i], r, ui);
}

/* ---- widths ---- */

/* What spills needs no room of its own as a rule. */
static void
measure_row(struct ui *ui, size_t *width, const struct row *r)
{
	for (size_t i = 0; i < ui->list->columns.count; i++) {
		struct painted p = paint_cell(ui, i, r);

		if (!p.spills || p.own_room)
			width[i] = MAX(width[i], text_width(text_str(&ui->scratch)));
	}
}

static void
measure(struct ui *ui)
{
	const struct scroll *s = &ui->list->scroll;
	struct columns *c = &ui->list->columns;

	for (size_t i = 0; i < c->count; i++) {
		text_clear(&ui->scratch);
		painter_add_title(&ui->scratch, c->field[i], ui->charset);
		c->width[i] = MAX(c->width[i], text_width(text_str(&ui->scratch)) +
		                               (c->field[i] == ui->spec.sort));
	}
	for (size_t i = s->top; i < ui->view.count && i - s->top < s->page; i++)
		measure_row(ui, c->width, &ui->view.rows[i]);
}

/*
 * The last long text takes what is left, within reason: a line below a process has room up to the
 * numbers then.
 */
static void
widen(struct columns *c, size_t room)
{
	size_t used = 0, last = c->count;

	for (size_t i = 0; i < c->count; i++) {
		used += c->width[i] + (i > 0 ? GAP : 0);
		if (c->field[i]->flags & FIELD_GROW)
			last = i;
	}
	if (last < c->count && used < room)
		c->width[last] += room - used;
}

/* Where there is room for no more than one at its worth, two that are cut tell more. */
static void
place_two(const struct list *l, struct columns *d, size_t room)
{
	const struct columns *all = &l->columns;

	d->count = MIN(all->count - l->left, 2);
	memcpy(d->width, all->width + l->left, d->count * sizeof *d->width);
	d->count = MAX(columns_fit(d, room, GAP), 1);
}

/*
 * As many columns from the left as have room for what they are worth. Where there are more, the
 * sign that says so would be in the title of a last one that ends there: the last cell is left to
 * it, unless that costs a column; where one that matters ends there names give way to that.
 */
static size_t
squeeze_to(struct columns *d, size_t all, size_t matter, size_t room, columns_least_fn least)
{
	struct columns with_sign = *d, cut = *d;
	size_t n = columns_squeeze(d, room, GAP, least);

	cut.count = n;
	if (n == 0 || n == all || !(d->field[n - 1]->flags & FIELD_RIGHT))
		return n;
	if (columns_squeeze(&with_sign, room - 1, GAP, least) == n)
		*d = with_sign;
	else if (n <= matter && columns_squeeze(&cut, room - 1, GAP, painter_least) == n)
		*d = cut;
	return n;
}

/* If that leaves out one that matters, those alone, cut. */
static size_t
squeeze(struct list *l, size_t room)
{
	size_t all = l->drawn.count, matter = MIN(l->matter - MIN(l->matter, l->left), all);
	struct columns few = l->drawn;
	size_t n = squeeze_to(&l->drawn, all, matter, room, painter_worth), n_few;

	if (n >= matter)
		return n;
	few.count = matter;
	n_few = squeeze_to(&few, all, matter, room, painter_least);
	if (n_few <= n)
		return n;
	l->drawn = few;
	return n_few;
}

/* The columns from the first that shows, at least one. */
static void
place_columns(struct ui *ui, size_t cols)
{
	struct list *l = ui->list;
	const struct columns *all = &l->columns;
	struct columns *d = &l->drawn;
	size_t x = MARKS + FOLD_SIGN * views_folds(ui), room = cols > x ? cols - x : 1;

	measure(ui);
	d->count = all->count - l->left;
	memcpy(d->field, all->field + l->left, d->count * sizeof *d->field);
	memcpy(d->width, all->width + l->left, d->count * sizeof *d->width);
	d->count = squeeze(l, room);
	if (d->count < 2)
		place_two(l, d, room);
	if (ui->spec.kind == VIEW_PROCESSES)
		widen(d, MIN(room, WIDE_ENOUGH));
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
	painter_add_title(&ui->scratch, f, ui->charset);
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

/* Where what spills from drawn column i must end: at the next one that has something. */
static size_t
spill_end(struct ui *ui, const struct row *r, size_t i, size_t cols)
{
	const struct list *l = ui->list;

	while (++i < l->drawn.count) {
		paint_cell(ui, l->left + i, r);
		if (ui->scratch.len > 0)
			return l->x[i] - GAP;
	}
	return cols;
}

/* Where it may begin at the earliest: behind the last one before it that has something. */
static size_t
spill_start(struct ui *ui, const struct row *r, size_t i)
{
	const struct list *l = ui->list;

	for (; i > 0; i--) {
		paint_cell(ui, l->left + i - 1, r);
		if (ui->scratch.len > 0)
			break;
	}
	return l->x[i];
}

static void
draw_spilling(struct ui *ui, struct cells *c, size_t row, const struct row *r, size_t i,
              enum role role)
{
	size_t x = ui->list->x[i], end = spill_end(ui, r, i, c->cols);
	size_t start = spill_start(ui, r, i), width;
	struct text fit;

	paint_cell(ui, ui->list->left + i, r);
	width = text_width(text_str(&ui->scratch));
	if (x + width > end)
		x = MAX(start, end - MIN(width, end));
	text_init(&fit);
	text_add_fit(&fit, text_str(&ui->scratch), end > x ? end - x : 0, ui->charset);
	cells_put(c, row, x, end, role, text_str(&fit));
	text_done(&fit);
}

/* Where a tail so long leaves no room for more than itself, the port alone is one. */
static const char *
tail_that_fits(const char *s, size_t len, size_t tail, size_t width)
{
	const char *port = strrchr(s, ':');

	if (text_width(s + len - tail) + 1 < width)
		return s + len - tail;
	return port && text_width(port) < width ? port : s + len;
}

/* What is too long for its column is cut before its tail. */
static void
cut_before_tail(struct ui *ui, size_t tail, size_t width)
{
	const char *s = text_str(&ui->scratch), *end;
	size_t end_width;
	struct text head, cut;

	if (tail == 0 || text_width(s) <= width)
		return;
	end = tail_that_fits(s, ui->scratch.len, tail, width);
	end_width = text_width(end);
	text_init(&head);
	text_init(&cut);
	text_addn(&head, s, (size_t)(end - s));
	text_add_fit(&cut, text_str(&head), width - end_width, ui->charset);
	text_add(&cut, end);
	text_clear(&ui->scratch);
	text_add(&ui->scratch, text_str(&cut));
	text_done(&cut);
	text_done(&head);
}

static void
draw_cell(struct ui *ui, struct cells *c, size_t row, const struct row *r, size_t i)
{
	const struct list *l = ui->list;
	struct painted p = paint_cell(ui, l->left + i, r);
	enum role role = r->context ? ROLE_DIM : p.role;
	struct text cell;

	if (ui->scratch.len == 0)
		return;
	if (p.spills) {
		draw_spilling(ui, c, row, r, i, role);
		return;
	}
	text_init(&cell);
	cut_before_tail(ui, p.tail, l->drawn.width[i]);
	columns_add_cell(&cell, &l->drawn, i, text_str(&ui->scratch), true, ui->charset);
	cells_put(c, row, l->x[i], c->cols, role, text_str(&cell));
	text_done(&cell);
}

static const char *
fold_sign(const struct ui *ui, const struct row *r)
{
	static const char *const signs[2][2] = {
		[TEXT_ASCII] = { "v", ">" }, [TEXT_UTF8] = { "▾", "▸" },
	};

	return r->parent ? signs[ui->charset][r->folded] : "";
}

static void
draw_row(struct ui *ui, struct cells *c, size_t row, const struct row *r)
{
	const char mark[] = { list_mark(r), '\0' };

	if (tags_has(&ui->tags, r))
		cells_put(c, row, 0, c->cols, ROLE_ACCENT, "*");
	cells_put(c, row, 1, c->cols, role_of_mark(mark[0]), mark);
	cells_put(c, row, 2, c->cols, ROLE_DIM, fold_sign(ui, r));
	for (size_t i = 0; i < ui->list->drawn.count; i++)
		draw_cell(ui, c, row, r, i);
	if (mark[0] == LIST_GONE)
		cells_set_role(c, row, 0, c->cols, ROLE_GONE);
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
	if (ui->view.counts.ephemeral > 0)
		return _("All that is here is folded away. Press e to unfold it.");
	if (ui->filter.text.len > 0)
		return _("No socket matches. Press / for another filter.");
	if (ui->ports.text.len > 0)
		return _("No socket matches. Press p for other ports.");
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
		cells_put_lines(c, l->first_row, l->scroll.page, MARKS, ROLE_DIM, emptiness(ui));
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
