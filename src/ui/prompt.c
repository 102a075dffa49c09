/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the line that a person types into, and THE table of what may be asked for.
 * A text that is put in force while it is typed keeps the last valid one in force
 * while it is wrong; Esc puts back the one from before.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "ui/edit.h"
#include "ui/ui_priv.h"

#define DELAY_LEAST 0.1
#define DELAY_MOST  3600.0

struct prompt_ops {
	const char *label;	/* N_() */
	const char *hints;	/* N_(), as for the key line */
	bool        live;	/* put in force at each change, not only by Enter */
	bool        recalls;	/* Up and Down go through ui->history */
	bool        replaces;	/* what is typed first takes the place of what was in force */
	/* Adds the text that is in force. */
	void      (*get)(const struct ui *ui, struct text *t);
	/* Puts a text in force. Returns 0, or -EINVAL and fills in *err. */
	int       (*set)(struct ui *ui, const char *text, struct filter_error *err);
	unsigned    effects;	/* of a set() that did it */
};

struct prompt {
	const struct prompt_ops *ops;
	struct edit              edit;
	struct text              before;	/* what was in force when it opened */
	uint64_t                 id;		/* the row that was selected then */
	bool                     has_id;
	bool                     fresh;		/* no key came yet */
	bool                     wrong;
	struct filter_error      err;		/* if it is */
	size_t                   recall;	/* place in the history; its count: none */
};

/* ---- what may be asked for ---- */

static void
get_filter(const struct ui *ui, struct text *t)
{
	text_add(t, text_str(&ui->filter.text));
}

static void
get_ports(const struct ui *ui, struct text *t)
{
	text_add(t, text_str(&ui->ports.text));
}

static void
get_delay(const struct ui *ui, struct text *t)
{
	text_addf(t, "%g", ui->delay);
}

static int
set_delay(struct ui *ui, const char *text, struct filter_error *err)
{
	double delay;

	if (text_to_seconds(text, &delay) < 0 || delay < DELAY_LEAST || delay > DELAY_MOST) {
		err->at = 0;
		snprintf(err->message, sizeof err->message, "%s",
		         _("the delay is a number of seconds from 0.1 to 3600"));
		return -EINVAL;
	}
	ui->delay = delay;
	return 0;
}

static const struct prompt_ops prompts[] = {
	[PROMPT_FILTER] = { N_("Filter:"), N_("Enter Keep  Esc Drop  Up Recall"), true, true, false,
	                    get_filter, ui_set_filter, FX_OTHER_ROWS },
	[PROMPT_PORTS]  = { N_("Ports:"), N_("Enter Keep  Esc Drop"), true, false, false,
	                    get_ports, ui_set_ports, FX_OTHER_ROWS },
	[PROMPT_DELAY]  = { N_("Delay in seconds:"), N_("Enter Keep  Esc Drop"), false, false, true,
	                    get_delay, set_delay, FX_RESAMPLE | FX_REPAINT },
};

/* ---- life ---- */

static void
prompt_free(void *self)
{
	struct prompt *p = self;

	edit_done(&p->edit);
	text_done(&p->before);
	free(p);
}

static const struct screen_ops prompt_screen;

void
prompt_open(struct ui *ui, enum prompt_kind kind)
{
	struct prompt *p = mem_new(sizeof *p);

	p->ops = &prompts[kind];
	edit_init(&p->edit);
	p->ops->get(ui, &p->before);
	edit_set(&p->edit, text_str(&p->before));
	p->id = ui->list->id;
	p->has_id = ui->list->has_id;
	p->recall = ui->history.count;
	p->fresh = true;
	screens_push(&ui->screens, &prompt_screen, p);
}

bool
prompt_asks(struct ui *ui, enum prompt_kind kind)
{
	const struct screen *top = screens_top(&ui->screens);

	return top->ops == &prompt_screen && ((struct prompt *)top->self)->ops == &prompts[kind];
}

/* ---- keys ---- */

static unsigned
try_text(struct ui *ui, struct prompt *p)
{
	p->wrong = p->ops->set(ui, text_str(&p->edit.text), &p->err) < 0;
	return p->wrong ? FX_REPAINT : p->ops->effects;
}

static unsigned
keep_text(struct ui *ui, struct prompt *p)
{
	unsigned fx = try_text(ui, p);

	if (p->wrong)
		return fx;
	if (p->ops->recalls)
		history_add(&ui->history, text_str(&p->edit.text));
	screens_pop(&ui->screens);
	return fx;
}

/* All is as before, also the selected row: a filter that hid it made another one take its place. */
static unsigned
drop_text(struct ui *ui, struct prompt *p)
{
	unsigned fx = FX_REPAINT;

	if (p->ops->live) {
		p->ops->set(ui, text_str(&p->before), &p->err);
		ui->list->id = p->id;
		ui->list->has_id = p->has_id;
		fx = p->ops->effects;
	}
	screens_pop(&ui->screens);
	return fx;
}

/* Behind the latest is the empty line. */
static bool
recall(struct ui *ui, struct prompt *p, uint32_t key)
{
	const struct history *h = &ui->history;

	if (!p->ops->recalls || (key != K_UP && key != K_DOWN))
		return false;
	if (key == K_UP && p->recall > 0)
		p->recall--;
	else if (key == K_DOWN && p->recall < h->count)
		p->recall++;
	else
		return false;
	edit_set(&p->edit, p->recall < h->count ? h->text[p->recall] : "");
	return true;
}

static unsigned
prompt_input(struct ui *ui, void *self, const struct input *in)
{
	struct prompt *p = self;

	if (in->key == K_ENTER && !in->pasted)
		return keep_text(ui, p);
	if (in->key == K_ESC && !in->pasted)
		return drop_text(ui, p);
	if (p->fresh && p->ops->replaces && (in->pasted || key_is_text(in->key)))
		edit_set(&p->edit, "");
	p->fresh = false;
	if (!recall(ui, p, in->key) && !edit_key(&p->edit, in))
		return FX_REPAINT;
	if (p->ops->live)
		return try_text(ui, p);
	p->wrong = false;
	return FX_REPAINT;
}

/* ---- drawing ---- */

/* Where the caret and what is wrong go: on one line, or, if that is too long, on two. */
struct error_place {
	size_t caret;		/* column */
	size_t message;		/* column */
	size_t lines;
};

static struct error_place
place_error(const struct prompt *p, size_t caret, size_t cols)
{
	size_t width = text_width(p->err.message);
	struct error_place e = { .caret = MIN(caret, cols - 1), .message = 1, .lines = 2 };

	if (caret + 2 + width <= cols)
		e = (struct error_place){ caret, caret + 2, 1 };
	else if (width + 2 <= e.caret)
		e = (struct error_place){ e.caret, e.caret - 1 - width, 1 };
	return e;
}

static void
draw_error(struct ui *ui, const struct prompt *p, struct cells *c, size_t row,
           const struct error_place *e)
{
	struct text fit;

	text_init(&fit);
	text_add_fit(&fit, p->err.message, c->cols - MIN(e->message, c->cols - 1), ui->charset);
	cells_put(c, row, e->caret, c->cols, ROLE_DANGER, "^");
	cells_put(c, row + e->lines - 1, e->message, c->cols, ROLE_DANGER, text_str(&fit));
	text_done(&fit);
}

/* The last lines: what is typed, and below it what is wrong with it, or which keys there are. */
static void
prompt_draw(struct ui *ui, void *self, struct cells *c)
{
	struct prompt *p = self;
	const char *label = _(p->ops->label);
	size_t col = 1 + text_width(label) + 1, row;
	struct error_place e;

	edit_scroll(&p->edit, c->cols > col ? c->cols - col : 1, ui->charset);
	e = place_error(p, col + edit_column(&p->edit, p->err.at, ui->charset), c->cols);
	row = c->rows - MIN(c->rows, p->wrong ? 1 + e.lines : 2);
	for (size_t i = row; i < c->rows; i++)
		cells_blank(c, i, 0, c->cols, ROLE_TEXT);
	cells_put(c, row, 1, c->cols, ROLE_TITLE, label);
	edit_draw(&p->edit, c, row, col, c->cols, ui->charset);
	if (p->wrong)
		draw_error(ui, p, c, row + 1, &e);
	else
		frame_draw_hints(ui, c, row + 1, _(p->ops->hints));
}

static const struct screen_ops prompt_screen = {
	.flags = SCREEN_OVER | SCREEN_PASTE,
	.keys  = "",
	.input = prompt_input,
	.draw  = prompt_draw,
	.free  = prompt_free,
};
