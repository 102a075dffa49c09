/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the menu of fields to sort by: those of the view that is shown. A line each; where that
 * is too little for what is said of the chosen one, all of it is below.
 */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "ui/ui_priv.h"

#define TYPED_MAX 15
#define TYPED_NS  NS_PER_SEC	/* a letter after so long begins anew */

struct sort_menu {
	const struct field *fields;
	size_t              count;
	struct scroll       choice;	/* in fields */
	char                typed[TYPED_MAX + 1];	/* the letters of late: a prefix */
	size_t              ntyped;
	uint64_t            typed_ns;	/* when the last of them was */
};

#define ID_COL    3
#define GAP       2
#define FOOT_ROWS 9	/* of the body at least, before any are taken for the foot */

static const struct screen_ops sort_screen;

void
sort_menu_open(struct ui *ui)
{
	struct sort_menu *m = mem_new(sizeof *m);

	m->fields = views[ui->at].fields;
	m->count = *views[ui->at].nfields;
	scroll_resize(&m->choice, m->count, m->count);
	scroll_to(&m->choice, (size_t)(ui->spec.sort - m->fields));
	screens_push(&ui->screens, &sort_screen, m);
}

/* The first field that begins with the letters, from the chosen one on, or behind it; m->count: none. */
static size_t
find_typed(const struct sort_menu *m, bool behind)
{
	for (size_t i = behind; i < m->count + behind; i++) {
		size_t at = (m->choice.at + i) % m->count;

		if (strncmp(m->fields[at].id, m->typed, m->ntyped) == 0)
			return at;
	}
	return m->count;
}

/* Does the letter go on with those before it? Then what they begin is chosen. */
static bool
type_on(struct sort_menu *m, char letter, uint64_t now_ns)
{
	size_t at = m->count;

	if (m->ntyped == 0 || m->ntyped == TYPED_MAX || now_ns - m->typed_ns >= TYPED_NS)
		return false;
	m->typed[m->ntyped++] = letter;
	at = find_typed(m, false);
	if (at < m->count)
		scroll_to(&m->choice, at);
	else
		m->ntyped--;
	return at < m->count;
}

/* The same letter again goes to the next that begins with it. */
static void
type_first(struct sort_menu *m, char letter)
{
	size_t at;

	m->typed[0] = letter;
	m->ntyped = 1;
	at = find_typed(m, true);
	if (at < m->count)
		scroll_to(&m->choice, at);
}

static bool
is_typed(uint32_t key)
{
	return key > ' ' && key < 0x7f;
}

/* A q leaves, unless it goes on with a name. */
static unsigned
sort_input(struct ui *ui, void *self, const struct input *in)
{
	struct sort_menu *m = self;
	const struct field *chosen = &m->fields[m->choice.at];

	if (in->key == K_ENTER) {
		screens_pop(&ui->screens);
		return ui_sort_by(ui, chosen);
	}
	if (is_typed(in->key) && type_on(m, (char)in->key, ui->now_ns)) {
		m->typed_ns = ui->now_ns;
	} else if (in->key == K_ESC || in->key == 'q') {
		screens_pop(&ui->screens);
	} else if (is_typed(in->key)) {
		type_first(m, (char)in->key);
		m->typed_ns = ui->now_ns;
	} else {
		scroll_key(&m->choice, in->key);
		m->ntyped = 0;
	}
	return FX_REPAINT;
}

static size_t
widest_id(const struct sort_menu *m)
{
	size_t width = 0;

	for (size_t i = 0; i < m->count; i++)
		width = MAX(width, strlen(m->fields[i].id));
	return width;
}

static size_t
help_col(const struct sort_menu *m)
{
	return ID_COL + widest_id(m) + GAP;
}

static size_t
room_from(size_t col, const struct cells *c)
{
	return c->cols > col + 1 ? c->cols - col - 1 : 1;
}

static void
draw_field(struct ui *ui, const struct sort_menu *m, size_t i, struct cells *c, size_t row)
{
	const struct field *f = &m->fields[i];
	bool chosen = i == m->choice.at;
	size_t col = help_col(m);
	struct text fit;

	text_init(&fit);
	cells_put(c, row, 1, c->cols, ROLE_TEXT, chosen ? ">" : " ");
	text_add_fit(&fit, f->id, room_from(ID_COL, c), ui->charset);
	cells_put(c, row, ID_COL, c->cols, ROLE_TEXT, text_str(&fit));
	text_clear(&fit);
	text_add_fit_words(&fit, _(f->help), room_from(col, c), ui->charset);
	cells_put(c, row, col, c->cols, ROLE_TEXT, text_str(&fit));
	text_done(&fit);
	if (chosen)
		cells_set_role(c, row, 0, c->cols, ROLE_SELECTED);
}

/* Draws what is said of a field, or with c NULL only counts. Returns the lines. */
static size_t
draw_help(struct ui *ui, const struct field *f, struct cells *c, size_t room, size_t row)
{
	const char *s = _(f->help);
	size_t n = 0;

	for (; *s != '\0'; n++) {
		size_t len = text_break(s, room);

		if (c) {
			text_clear(&ui->scratch);
			text_addn(&ui->scratch, s, len);
			cells_put(c, row + n, ID_COL, c->cols, ROLE_DIM, text_str(&ui->scratch));
		}
		s += len;
	}
	return n;
}

/* Lines that any field needs there, and a blank one, so that nothing jumps; 0 where each has its own line. */
static size_t
foot_rows(struct ui *ui, const struct sort_menu *m, const struct cells *c, size_t rows)
{
	size_t beside = room_from(help_col(m), c), below = room_from(ID_COL, c), n = 0;
	bool all_fit = true;

	for (size_t i = 0; i < m->count; i++) {
		all_fit &= text_width(_(m->fields[i].help)) <= beside;
		n = MAX(n, draw_help(ui, &m->fields[i], NULL, below, 0));
	}
	return all_fit || rows < FOOT_ROWS + n ? 0 : n + 1;
}

static void
sort_draw(struct ui *ui, void *self, struct cells *c)
{
	struct sort_menu *m = self;
	struct scroll *s = &m->choice;
	struct layout l = frame_layout(ui, c);
	size_t title = l.body_rows > 2, foot = foot_rows(ui, m, c, l.body_rows);
	size_t end = l.body + l.body_rows;

	if (title)
		cells_put(c, l.body, 1, c->cols, ROLE_TITLE, _("Sort by"));
	scroll_resize(s, m->count, l.body_rows - title - foot);
	for (size_t i = s->top; i < m->count && i - s->top < s->page; i++)
		draw_field(ui, m, i, c, l.body + title + i - s->top);
	if (foot > 0 && text_width(_(m->fields[s->at].help)) > room_from(help_col(m), c))
		draw_help(ui, &m->fields[s->at], c, room_from(ID_COL, c), end - foot + 1);
}

static const struct screen_ops sort_screen = {
	.keys  = N_("Enter Sort  a-z Jump  Esc Leave"),
	.input = sort_input,
	.draw  = sort_draw,
	.free  = free,
};
