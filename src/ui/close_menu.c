/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the question whether to close sockets in the kernel, which says what each side
 * will see. The sockets are fixed when it opens, by their cookies (act/close.h), and
 * it is guarded (screen.h).
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/close.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "ui/chosen.h"
#include "ui/closing.h"
#include "ui/ui_priv.h"

struct close_menu {
	struct closed *socks;
	size_t         count;
	size_t         spared;	/* more that were chosen: only one alone is shut, or nothing can be */
	struct text   *lines;	/* of several: one for each */
	struct text    effect;
	struct scroll  scroll;	/* in lines */
};

static void
menu_free(void *self)
{
	struct close_menu *m = self;

	for (size_t i = 0; m->lines && i < m->count; i++)
		text_done(&m->lines[i]);
	free(m->lines);
	free(m->socks);
	text_done(&m->effect);
	free(m);
}

/* ---- opening ---- */

static void
take(struct close_menu *m, struct map *taken, const struct sock *s)
{
	m->socks[m->count++].sock = *s;
	map_put(taken, sock_id(s), m);
}

/* Its other end goes with it. */
static bool
goes_anyway(const struct map *taken, const struct sock *s, const struct snapshot *snap)
{
	return s->peer && map_get(taken, sock_id(&snap->socks[s->peer - 1]));
}

/* Of several the connections alone: to shut a listener is a question of its own. */
static void
take_connections(struct close_menu *m, const struct chosen *c, const struct snapshot *snap)
{
	struct map taken;

	map_init(&taken);
	for (size_t i = 0; i < c->count; i++) {
		const struct sock *s = c->socks[i].sock;

		if (c->socks[i].second || goes_anyway(&taken, s, snap))
			continue;
		if (sock_has_peer(s) && closing_can(s))
			take(m, &taken, s);
		else
			m->spared++;
	}
	map_done(&taken);
}

/* The only one, or NULL: the two ends of a row count as its first. */
static const struct sock *
only_one(const struct chosen *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		n += !c->socks[i].second;
	return n == 1 ? c->socks[0].sock : NULL;
}

static void
describe(struct ui *ui, struct close_menu *m)
{
	if (m->count == 1) {
		closing_add_effect(&m->effect, ui->snap, &m->socks[0].sock, ui->charset);
		text_addf(&m->effect, " %s", _("No process is ended."));
	} else {
		text_add(&m->effect, _("Who holds one gets an error (ECONNABORTED), who is at its other end "
		                       "a reset (ECONNRESET). No process is ended."));
	}
	if (m->spared > 0)
		text_addf(&m->effect, P_(" %zu more is no connection and is left alone.",
		                         " %zu more are no connections and are left alone.", m->spared),
		          m->spared);
	m->lines = mem_resize(NULL, m->count, sizeof *m->lines);
	for (size_t i = 0; i < m->count; i++) {
		const struct sock *s = &m->socks[i].sock;

		text_init(&m->lines[i]);
		closing_add_ends(&m->lines[i], ui->snap, s, ui->charset);
		if (sock_state_names[s->state])
			text_addf(&m->lines[i], "  %s", sock_state_names[s->state]);
	}
}

static const struct screen_ops close_screen;

/* Not even a socket of its own user. */
static void
say_forbidden(struct ui *ui)
{
	struct text needs;

	text_init(&needs);
	closing_add_needs(&needs, ui->root);
	ui_say(ui, ROLE_WARNING, _("lotop is not permitted to close sockets in the kernel. %s"), text_str(&needs));
	text_done(&needs);
}

/* Asks, or says that there is nothing to ask. */
static void
open_with(struct ui *ui, struct close_menu *m)
{
	if (m->count > 0 && ui->may_close && ui->may_close() == -EPERM) {
		say_forbidden(ui);
		menu_free(m);
		return;
	}
	if (m->count > 0) {
		describe(ui, m);
		m->scroll.bare = true;
		screens_push(&ui->screens, &close_screen, m);
		return;
	}
	ui_say(ui, ROLE_WARNING, "%s",
	       m->spared > 0 ? _("There is no connection among what is chosen: x shuts a listener alone.")
	                     : _("All that was tagged is closed already."));
	menu_free(m);
}

static void
say_cannot(struct ui *ui, const struct sock *s)
{
	struct text t;

	text_init(&t);
	closing_add_effect(&t, ui->snap, s, ui->charset);
	ui_say(ui, ROLE_WARNING, "%s", text_str(&t));
	text_done(&t);
}

void
close_menu_open(struct ui *ui)
{
	struct chosen c;
	const struct sock *only;

	chosen_init(&c, ui);
	only = only_one(&c);
	if (only && !closing_can(only)) {
		say_cannot(ui, only);
	} else {
		struct close_menu *m = mem_new(sizeof *m);

		m->socks = mem_resize(NULL, MAX(c.count, 1), sizeof *m->socks);
		memset(m->socks, 0, MAX(c.count, 1) * sizeof *m->socks);
		if (only)
			m->socks[m->count++].sock = *only;
		else
			take_connections(m, &c, ui->snap);
		open_with(ui, m);
	}
	chosen_done(&c);
}

/* ---- closing ---- */

static void
close_all(struct close_menu *m, struct closer *closer)
{
	for (size_t i = 0; i < m->count; i++)
		m->socks[i].result = closer_shut(closer, &m->socks[i].sock);
}

static unsigned
do_close(struct ui *ui, struct close_menu *m)
{
	struct closer *closer;
	struct text say;
	int r = closer_open(&closer);

	text_init(&say);
	if (r == 0) {
		close_all(m, closer);
		closer_close(closer);
	}
	for (size_t i = 0; r < 0 && i < m->count; i++)
		m->socks[i].result = r;
	if (follow_close_start(&ui->close, m->socks, m->count, ui->root, ui->now_ns, ui->charset, &say))
		ui_say(ui, ROLE_WARNING, "%s", text_str(&say));
	m->socks = NULL;
	text_done(&say);
	screens_pop(&ui->screens);
	return FX_RESAMPLE | FX_REPAINT;
}

static unsigned
close_input(struct ui *ui, void *self, const struct input *in)
{
	struct close_menu *m = self;

	if (in->key == K_ENTER)
		return do_close(ui, m);
	if (in->key == K_ESC || in->key == 'q')
		screens_pop(&ui->screens);
	else
		scroll_key(&m->scroll, in->key);
	return FX_REPAINT;
}

/* ---- drawing ---- */

static void
put(struct ui *ui, struct cells *c, size_t row, size_t col, enum role role, const char *s)
{
	struct text fit;

	if (col >= c->cols)
		return;
	text_init(&fit);
	text_add_fit(&fit, s, c->cols - col, ui->charset);
	cells_put(c, row, col, c->cols, role, text_str(&fit));
	text_done(&fit);
}

static void
draw_question(struct ui *ui, const struct close_menu *m, struct cells *c, size_t row)
{
	struct text place;

	text_init(&place);
	text_clear(&ui->scratch);
	closing_add_place(&place, &m->socks[0].sock, ui->charset);
	if (m->count > 1)
		text_addf(&ui->scratch, P_("Close %zu connection in the kernel ?",
		                           "Close %zu connections in the kernel ?", m->count), m->count);
	else
		text_addf(&ui->scratch, m->socks[0].sock.state == STATE_LISTEN ? _("Shut %s in the kernel ?")
		                                                              : _("Close %s in the kernel ?"),
		          text_str(&place));
	put(ui, c, row, 1, ROLE_TITLE, text_str(&ui->scratch));
	text_done(&place);
}

/* Draws the wrapped sentences, or with c NULL only counts. Returns the lines. */
static size_t
draw_effect(struct ui *ui, const struct close_menu *m, struct cells *c, size_t cols, size_t row,
            size_t rows)
{
	const char *s = text_str(&m->effect);
	size_t n = 0;

	for (; *s != '\0' && cols > 4 && n < rows; n++) {
		size_t len = text_break(s, cols - 4);

		if (c) {
			text_clear(&ui->scratch);
			text_addn(&ui->scratch, s, len);
			put(ui, c, row + n, 3, ROLE_TEXT, text_str(&ui->scratch));
		}
		s += len;
	}
	return n;
}

/* Those that there is room for; where that is not all, the last line says how many more. */
static size_t
draw_lines(struct ui *ui, struct close_menu *m, struct cells *c, size_t row, size_t rows)
{
	bool all = m->count <= rows;
	size_t page = all ? m->count : rows - (rows > 1);

	scroll_resize(&m->scroll, m->count, page);
	for (size_t i = 0; i < page; i++)
		put(ui, c, row + i, 3, ROLE_TEXT, text_str(&m->lines[m->scroll.top + i]));
	if (all || rows < 2)
		return page;
	text_clear(&ui->scratch);
	text_addf(&ui->scratch, _("%1$zu to %2$zu of %3$zu: PgUp, PgDn"), m->scroll.top + 1,
	          m->scroll.top + page, m->count);
	put(ui, c, row + page, 3, ROLE_DIM, text_str(&ui->scratch));
	return page + 1;
}

/* What is said to happen is seen before the names are. */
static void
close_draw(struct ui *ui, void *self, struct cells *c)
{
	struct close_menu *m = self;
	struct layout l = frame_layout(ui, c);
	size_t question = l.body_rows > 2, lines = l.body_rows - question;
	size_t row = l.body + question;
	size_t effect = draw_effect(ui, m, NULL, c->cols, 0, lines), drawn;

	if (question)
		draw_question(ui, m, c, l.body);
	if (lines == effect) {
		draw_effect(ui, m, c, c->cols, row, lines);
		return;
	}
	drawn = draw_lines(ui, m, c, row, lines - effect);
	row += drawn + (drawn + effect < lines);
	draw_effect(ui, m, c, c->cols, row, effect);
}

static const struct screen_ops close_screen = {
	.flags = SCREEN_GUARDED,
	.keys  = N_("Enter Close  Esc Leave"),
	.input = close_input,
	.draw  = close_draw,
	.free  = menu_free,
};
