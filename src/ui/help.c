/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the help screen: commands[] and glossary[], as lines that scroll. */

#include <stdlib.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "ui/command.h"
#include "ui/ui_priv.h"
#include "view/glossary.h"

struct help {
	struct scroll scroll;
};

/* The lines: a title, the commands, a blank, then glossary[] with a blank before each title. */

#define LINES_BEFORE 1

static size_t
count_lines(void)
{
	size_t n = LINES_BEFORE + ncommands;

	for (size_t i = 0; i < nglossary; i++)
		n += glossary[i].term ? 1 : 2;
	return n;
}

static const struct screen_ops help_screen;

void
help_open(struct ui *ui)
{
	struct help *h = mem_new(sizeof *h);

	h->scroll.bare = true;
	screens_push(&ui->screens, &help_screen, h);
}

static unsigned
help_input(struct ui *ui, void *self, const struct input *in)
{
	struct help *h = self;
	const struct command *c = command_find(in->key);

	if (in->key == K_ESC || in->key == 'q' || (c && c->run == command_find('?')->run))
		screens_pop(&ui->screens);
	else
		scroll_key(&h->scroll, in->key);
	return FX_REPAINT;
}

/* ---- drawing ---- */

/* Where the next line goes, and how many are above the window. */
struct writer {
	struct ui    *ui;
	struct cells *c;
	size_t        skip;
	size_t        row;
	size_t        end;
	size_t        text_col;
};

/* Is there a row for the next line? */
static bool
next_row(struct writer *w)
{
	if (w->skip > 0) {
		w->skip--;
		return false;
	}
	return w->row < w->end;
}

static void
write_title(struct writer *w, const char *title)
{
	if (next_row(w))
		cells_put(w->c, w->row++, 1, w->c->cols, ROLE_TITLE, title);
}

static void
write_entry(struct writer *w, const char *term, const char *help)
{
	struct text fit;

	if (!next_row(w))
		return;
	text_init(&fit);
	if (w->c->cols > w->text_col)
		text_add_fit(&fit, help, w->c->cols - w->text_col, w->ui->charset);
	cells_put(w->c, w->row, 3, w->c->cols, ROLE_KEY, term);
	cells_put(w->c, w->row++, w->text_col, w->c->cols, ROLE_TEXT, text_str(&fit));
	text_done(&fit);
}

static size_t
widest_term(void)
{
	size_t width = 0;

	for (size_t i = 0; i < ncommands; i++)
		width = MAX(width, text_width(commands[i].keys));
	for (size_t i = 0; i < nglossary; i++)
		if (glossary[i].term)
			width = MAX(width, text_width(glossary_term(&glossary[i])));
	return width;
}

static void
write_words(struct writer *w)
{
	for (size_t i = 0; i < nglossary; i++) {
		if (glossary[i].term) {
			write_entry(w, glossary_term(&glossary[i]), _(glossary[i].text));
			continue;
		}
		write_title(w, "");
		write_title(w, _(glossary[i].text));
	}
}

static void
help_draw(struct ui *ui, void *self, struct cells *c)
{
	struct help *h = self;
	struct layout l = frame_layout(ui, c);
	struct writer w = { .ui = ui, .c = c, .row = l.body, .end = l.body + l.body_rows };

	scroll_resize(&h->scroll, count_lines(), l.body_rows);
	w.skip = h->scroll.top;
	w.text_col = 3 + widest_term() + 2;
	write_title(&w, _("Keys"));
	for (size_t i = 0; i < ncommands; i++)
		write_entry(&w, commands[i].keys, _(commands[i].help));
	write_words(&w);
}

static const struct screen_ops help_screen = {
	.keys  = N_("Up Down Scroll  Esc Back"),
	.input = help_input,
	.draw  = help_draw,
	.free  = free,
};
