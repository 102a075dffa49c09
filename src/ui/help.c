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

#define TEXT_LEAST 24	/* cells beside a term; where there are fewer the text is below it */
#define TEXT_BELOW 5	/* its column then */

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
	struct cells *c;
	size_t        skip;
	size_t        row;
	size_t        end;
	size_t        text_col;
	bool          below;	/* the text is below its term */
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

/* The first n bytes of a text, and what it is about or "". */
static void
write_line(struct writer *w, const char *term, const char *s, size_t n)
{
	struct text line;

	if (!next_row(w))
		return;
	text_init(&line);
	text_addn(&line, s, n);
	cells_put(w->c, w->row, 3, w->c->cols, ROLE_KEY, term);
	cells_put(w->c, w->row++, w->text_col, w->c->cols, ROLE_TEXT, text_str(&line));
	text_done(&line);
}

static void
write_entry(struct writer *w, const char *term, const char *help)
{
	size_t room = MAX(w->c->cols, w->text_col + 1) - w->text_col;

	if (w->below) {
		write_line(w, term, "", 0);
		term = "";
	}
	do {
		size_t n = text_break(help, room);

		write_line(w, term, help, n);
		term = "";
		help += n;
	} while (*help != '\0');
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

/* The commands, then glossary[] with a blank line before each title. */
static void
write_all(struct writer *w)
{
	write_title(w, _("Keys"));
	for (size_t i = 0; i < ncommands; i++)
		write_entry(w, commands[i].keys, _(commands[i].help));
	write_words(w);
}

static void
help_draw(struct ui *ui, void *self, struct cells *c)
{
	struct help *h = self;
	struct layout l = frame_layout(ui, c);
	struct writer w = { .c = c, .skip = SIZE_MAX, .text_col = 3 + widest_term() + 2 };

	w.below = c->cols < w.text_col + TEXT_LEAST;
	if (w.below)
		w.text_col = TEXT_BELOW;
	write_all(&w);		/* draws nothing, but counts */
	scroll_resize(&h->scroll, SIZE_MAX - w.skip, l.body_rows);
	w.skip = h->scroll.top;
	w.row = l.body;
	w.end = l.body + l.body_rows;
	write_all(&w);
	if (l.status_rows > 0)
		frame_draw_place(ui, &h->scroll, c, l.status);
}

static const struct screen_ops help_screen = {
	.keys  = N_("Up Down Scroll  Esc Back"),
	.input = help_input,
	.draw  = help_draw,
	.free  = free,
};
