/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the menu of fields to sort by: those of the view that is shown. */

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "ui/ui_priv.h"

struct sort_menu {
	const struct field *fields;
	size_t              count;
	struct scroll       choice;	/* in fields */
};

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

/* The next field that begins with the letter. */
static void
jump(struct sort_menu *m, uint32_t letter)
{
	for (size_t i = 1; i <= m->count; i++) {
		size_t at = (m->choice.at + i) % m->count;

		if ((unsigned char)m->fields[at].id[0] != letter)
			continue;
		scroll_to(&m->choice, at);
		return;
	}
}

static unsigned
sort_input(struct ui *ui, void *self, const struct input *in)
{
	struct sort_menu *m = self;
	const struct field *chosen = &m->fields[m->choice.at];

	if (in->key == K_ENTER) {
		screens_pop(&ui->screens);
		return ui_sort_by(ui, chosen);
	}
	if (in->key == K_ESC || in->key == 'q')
		screens_pop(&ui->screens);
	else if (!scroll_key(&m->choice, in->key))
		jump(m, in->key);
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

static void
draw_field(struct ui *ui, const struct sort_menu *m, size_t i, struct cells *c, size_t row)
{
	const struct field *f = &m->fields[i];
	bool chosen = i == m->choice.at;
	struct text fit;

	text_clear(&ui->scratch);
	text_addf(&ui->scratch, "%c %-*s  %s", chosen ? '>' : ' ', (int)widest_id(m), f->id,
	          _(f->help));
	text_init(&fit);
	text_add_fit(&fit, text_str(&ui->scratch), c->cols > 1 ? c->cols - 1 : 1, ui->charset);
	cells_put(c, row, 1, c->cols, ROLE_TEXT, text_str(&fit));
	text_done(&fit);
	if (chosen)
		cells_set_role(c, row, 0, c->cols, ROLE_SELECTED);
}

static void
sort_draw(struct ui *ui, void *self, struct cells *c)
{
	struct sort_menu *m = self;
	struct scroll *s = &m->choice;
	struct layout l = frame_layout(ui, c);
	size_t title = l.body_rows > 2;

	if (title)
		cells_put(c, l.body, 1, c->cols, ROLE_TITLE, _("Sort by"));
	scroll_resize(s, m->count, l.body_rows - title);
	for (size_t i = s->top; i < m->count && i - s->top < s->page; i++)
		draw_field(ui, m, i, c, l.body + title + i - s->top);
}

static const struct screen_ops sort_screen = {
	.keys  = N_("Enter Sort  a-z Jump  Esc Leave"),
	.input = sort_input,
	.draw  = sort_draw,
	.free  = free,
};
