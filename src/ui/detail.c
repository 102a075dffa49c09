/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the screen of details: what it is about, when it is written anew, and its keys. What
 * stands on it is the affair of detail_sock.c and the others.
 */

#include "ui/detail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "model/web.h"
#include "ui/command.h"
#include "ui/holder.h"
#include "ui/ui_priv.h"
#include "view/row.h"

/* A dump may pass over a socket that lives (source/lookup.h): twice in a row it hardly does. */
#define MISSES_MAX 2

#define LABEL_MIN 10	/* so that a page does not jump when a section comes */

/* ---- lines ---- */

void
detail_fact(struct detail_writer *w)
{
	if (w->t.len > 0)
		text_add(&w->t, w->page->dot);
}

void
detail_more(struct detail_writer *w, size_t n)
{
	if (n == 0)
		return;
	detail_fact(w);
	text_addf(&w->t, P_("%zu more", "%zu more", n), n);
}

void
detail_line(struct detail_writer *w, const char *label, enum role role)
{
	if (w->t.len > 0)
		page_add(w->page, label, role, text_str(&w->t));
	text_clear(&w->t);
}

void
detail_add_safe(struct detail_writer *w, const char *s)
{
	text_add_safe(&w->t, s, strlen(s), w->ui->charset);
}

bool
detail_add_field(struct detail_writer *w, const char *id, const struct row *r)
{
	const struct field *f = field_find(id, strlen(id));
	struct value v = { .kind = VAL_NONE };

	if (f)
		v = field_get(f, r);
	value_add(&w->t, &v, VALUE_TABLE, w->ui->charset);
	return v.kind != VAL_NONE;
}

void
detail_named_field(struct detail_writer *w, const char *label, const char *id, const char *unit)
{
	size_t start = w->t.len, mid;

	detail_fact(w);
	text_addf(&w->t, "%s ", label);
	mid = w->t.len;
	if (!detail_add_field(w, id, w->row) || w->t.len == mid)
		text_cut(&w->t, start);
	else
		text_add(&w->t, unit);
}

void
detail_add_process(struct detail_writer *w, const struct row *r)
{
	if (r->sock->nowners == 0) {
		holder_add_word(&w->t, r, w->ui->root, w->ui->charset);
		return;
	}
	detail_add_safe(w, task_app(r->sock->owners[0].task));
	text_addf(&w->t, " %d", (int)r->sock->owners[0].task->pid);
}

/* ---- what it is about ---- */

/*
 * A process that ends while a sample is taken leaves its socket in it without a holder, just before
 * that is gone, too: one such snapshot is no reason to forget who it was.
 */
static bool
lost_holder(const struct detail_page *d, const struct sock *s)
{
	return s && s->nowners == 0 && d->sock.nowners > 0;
}

static void
look_up(struct detail_page *d)
{
	struct ui *ui = d->ui;
	const struct sock *s = NULL;
	size_t at;

	d->row = (struct row){ .kind = d->kind, .env = &ui->view.env };
	if (d->kind == ROW_PROCESS) {
		at = view_find(&ui->view, d->id, 0);
		if (at < ui->view.count)
			d->row = ui->view.rows[at];
		s = d->row.sock;
	} else {
		s = snapshot_find(ui->snap, d->id);
		d->row.sock = s;
	}
	if (d->looked_ns != ui->snap->mono_ns)
		d->unsure = lost_holder(d, s);
	if (s)
		d->sock = *s;
	if (s)
		d->missed = 0;
	else if (d->looked_ns != ui->snap->mono_ns)	/* rows are built anew for other reasons, too */
		d->missed++;
	d->looked_ns = ui->snap->mono_ns;
	d->closed = d->missed >= MISSES_MAX;
}

static const struct sock *
other_end(const struct detail_page *d)
{
	const struct sock *s = d->row.sock;

	return s && s->peer ? &d->row.env->snap->socks[s->peer - 1] : NULL;
}

static void
want_sock(struct detail_want *w, const struct sock *s, size_t end)
{
	w->socks[end] = *s;
	w->nsocks = end + 1;
	if (s->nowners == 0)
		return;
	w->tasks[end].pid = s->owners[0].task->pid;
	w->tasks[end].start = s->owners[0].task->start;
}

/* While nothing is known of it what was wanted before is wanted still. */
static void
set_want(struct detail_page *d)
{
	const struct sock *other = other_end(d);
	struct detail_want *w = &d->want;

	w->turn = ++d->ui->detail_turn;
	w->lines = d->lines;
	if (!d->row.sock || d->unsure)
		return;
	*w = (struct detail_want){ .turn = w->turn, .lines = w->lines };
	w->addrs = sock_reach_of(d->row.sock, d->row.env->snap->lo_ifindex) == REACH_EXPOSED;
	want_sock(w, d->row.sock, 0);
	if (other)
		want_sock(w, other, 1);
}

bool
ui_wants(const struct ui *ui, struct detail_want *want)
{
	if (!ui->detail || ui->detail->closed)
		return false;
	*want = ui->detail->want;
	return true;
}

/* ---- writing ---- */

/* The row was of many, of which the page tells one. */
static void
write_count(struct detail_page *d)
{
	const struct view *v = &d->ui->view;
	size_t at = d->count_id ? view_find(v, d->count_id, 0) : v->count;
	struct text t;

	if (at == v->count || !v->rows[at].sum)
		return;
	text_init(&t);
	text_addf(&t, _("This is one of %u in TIME_WAIT that the row stands for. Press + on the row to see each."),
	          (unsigned)v->rows[at].sum->count);
	page_add_wide(&d->page, 1, ROLE_TEXT, text_str(&t));
	text_done(&t);
}

static void
write_page(struct detail_page *d)
{
	struct detail_writer w = { .ui = d->ui, .page = &d->page, .d = d, .row = &d->row };

	if (!d->row.sock || d->unsure)
		return;		/* the last facts stay */
	text_init(&w.t);
	detail_add_process(&w, &d->row);
	text_clear(&d->name);
	text_add(&d->name, text_str(&w.t));
	text_clear(&w.t);
	page_clear(&d->page);
	if (d->event.len > 0)
		page_add(&d->page, _("Event"), ROLE_TEXT, text_str(&d->event));
	detail_write_probe(&w);
	write_count(d);
	detail_write_warnings(&w);
	detail_write_leaks(&w);
	detail_write_sock(&w);
	detail_write_task(&w);
	detail_write_clients(&w);
	detail_write_connections(&w);
	detail_write_other_end(&w);
	detail_write_fields(&w);
	detail_write_other_fields(&w);
	text_done(&w.t);
}

void
detail_follow(struct ui *ui)
{
	struct detail_page *d = ui->detail;

	if (d->closed || !ui->snap)
		return;
	look_up(d);
	set_want(d);
	write_page(d);
}

/* The kernel, asked for this one socket, knows better than a dump whether it is there. */
static void
believe(struct detail_page *d)
{
	if (d->found->sock_err[0] == ENOENT && d->missed > 0)
		d->closed = true;
	else if (d->found->sock_err[0] == 0)
		d->missed = 0;
}

unsigned
ui_told(struct ui *ui, struct detail *found, uint64_t now_ns)
{
	struct detail_page *d = ui->detail;

	ui->now_ns = now_ns;
	if (!d || found->turn < d->first_turn) {
		detail_free(found);
		return 0;
	}
	detail_free(d->found);
	d->found = found;
	believe(d);
	write_page(d);
	return FX_REPAINT;
}

/* ---- opening ---- */

static const struct screen_ops detail_screen;

static struct detail_page *
open_page(struct ui *ui, const struct row *r)
{
	struct detail_page *d = mem_new(sizeof *d);

	d->ui = ui;
	d->kind = r->kind == ROW_PROCESS ? ROW_PROCESS : ROW_SOCK;
	d->id = r->kind == ROW_PROCESS ? row_id(r) : sock_id(r->sock);
	d->count_id = r->kind == ROW_TIME_WAIT ? row_id(r) : 0;
	d->first_turn = ui->detail_turn + 1;
	d->scroll.bare = true;
	d->probe.fd = -1;
	d->row = *r;
	d->row.kind = d->kind;
	d->row.far = false;	/* it is told of this end, too */
	d->sock = *r->sock;
	text_init(&d->name);
	text_init(&d->event);
	page_init(&d->page, LABEL_MIN);
	if (ui->charset == TEXT_ASCII)
		d->page.dot = " - ";
	ui->detail = d;
	screens_push(&ui->screens, &detail_screen, d);
	return d;
}

/* What the row points to may be gone by the next refresh, and the page is not written again. */
static void
close_page(struct detail_page *d)
{
	d->closed = true;
	d->row = (struct row){ .kind = d->kind, .env = &d->ui->view.env };
}

void
detail_open(struct ui *ui, const struct row *r)
{
	struct detail_page *d = open_page(ui, r);

	set_want(d);
	write_page(d);
	if (row_life(r) == LIFE_GONE)
		close_page(d);
}

void
detail_open_past(struct ui *ui, const struct row *r, const char *event)
{
	struct detail_page *d = open_page(ui, r);

	text_add(&d->event, event);
	write_page(d);
	close_page(d);
}

static void
free_page(void *self)
{
	struct detail_page *d = self;

	d->ui->detail = NULL;
	probe_close(&d->probe);
	detail_free(d->found);
	page_done(&d->page);
	text_done(&d->name);
	text_done(&d->event);
	free(d);
}

/* ---- keys ---- */

unsigned
detail_show_lines(struct ui *ui)
{
	struct detail_page *d = ui->detail;

	d->lines = !d->lines;
	d->to_logs = d->lines;
	set_want(d);
	write_page(d);
	return FX_REPAINT;
}

/* Asked again after a silence, it is asked aloud: a person wants to know. */
static bool
may_ask_head(const struct detail_page *d)
{
	const struct sock *s = d->row.sock;
	const struct task *task = s->nowners > 0 ? s->owners[0].task : NULL;

	return (d->probed && d->probe.outcome == PROBE_SILENT && !d->probe.asked) ||
	       web_is_likely(s, names_service(d->ui->names, (enum sock_proto)s->proto, s->local.port),
	                     task);
}

unsigned
detail_probe(struct ui *ui)
{
	struct detail_page *d = ui->detail;
	const struct sock *s = d->row.sock;

	if (!s || s->proto != PROTO_TCP || s->state != STATE_LISTEN) {
		ui_say(ui, ROLE_WARNING, _("Only what listens for TCP connections can be asked."));
		return FX_REPAINT;
	}
	if (d->probed && d->probe.outcome == PROBE_RUNS)
		return 0;
	probe_start(&d->probe, s, may_ask_head(d));
	d->probed = true;
	scroll_key(&d->scroll, K_HOME);
	write_page(d);
	return FX_REPAINT;
}

unsigned
detail_tick(struct ui *ui)
{
	struct detail_page *d = ui->detail;

	if (!d->probed || d->probe.outcome != PROBE_RUNS || !probe_turn(&d->probe))
		return 0;
	write_page(d);
	return FX_REPAINT;
}

int
ui_fds(const struct ui *ui, struct pollfd fds[UI_MAX_FDS])
{
	const struct detail_page *d = ui->detail;

	if (!d || !d->probed || d->probe.outcome != PROBE_RUNS)
		return 0;
	fds[0] = probe_pollfd(&d->probe);
	return 1;
}

bool
detail_on_top(const struct ui *ui)
{
	return ui->detail && ui->screens.stack[ui->screens.count - 1].self == ui->detail;
}

static bool
works_here(const struct command *c)
{
	return c && c->flags & (CMD_NEEDS_ROW | CMD_ON_DETAILS);
}

static unsigned
detail_input(struct ui *ui, void *self, const struct input *in)
{
	struct detail_page *d = self;
	const struct command *c = command_find(in->key);

	if (in->key == K_ESC || in->key == 'q' || in->key == K_ENTER)
		screens_pop(&ui->screens);
	else if (!scroll_key(&d->scroll, in->key == ' ' ? K_PGDN : in->key) && works_here(c))
		return command_run(c, ui, in);
	return FX_REPAINT;
}

/* ---- drawing ---- */

/* That it is closed is never cut: what it was has what that leaves. */
static void
draw_head(struct detail_page *d, struct cells *c, size_t row)
{
	const char *closed = !d->closed ? "" : d->event.len > 0
		? _("closed; below is how it was then") : _("closed; below is how it was last seen");
	size_t gap = d->closed ? 2 : 0, taken = 1 + gap + text_width(closed);
	struct detail_writer w = { .ui = d->ui, .d = d, .row = &d->row };
	struct text fit;
	size_t col;

	text_init(&w.t);
	text_init(&fit);
	detail_write_head(&w);
	text_add_fit(&fit, text_str(&w.t), c->cols - MIN(c->cols, taken), d->ui->charset);
	col = cells_put(c, row, 1, c->cols, ROLE_TITLE, text_str(&fit));
	cells_put(c, row, col + gap, c->cols, ROLE_GONE, closed);
	text_done(&fit);
	text_done(&w.t);
}

static void
scroll_to_logs(struct detail_page *d)
{
	size_t at = page_find(&d->page, _("Logs"));

	d->to_logs = false;
	if (at < d->page.nlines)
		scroll_to(&d->scroll, at);
}

static void
detail_draw(struct ui *ui, void *self, struct cells *c)
{
	struct detail_page *d = self;
	struct layout l = frame_layout(ui, c);
	size_t rows = l.body_rows - MIN(l.body_rows, 1);

	if (l.body_rows == 0)
		return;
	draw_head(d, c, l.body);
	scroll_resize(&d->scroll, page_layout(&d->page, c->cols), rows);
	if (d->to_logs)
		scroll_to_logs(d);
	page_draw(&d->page, c, d->scroll.top, l.body + 1, rows);
	if (l.status_rows > 0)
		frame_draw_place(ui, &d->scroll, c, l.status);
}

static const struct screen_ops detail_screen = {
	.keys  = N_("k Kill  x Close  y Copy  Y Copy JSON  o Does it answer?  L Log lines  Esc Back"),
	.input = detail_input,
	.draw  = detail_draw,
	.free  = free_page,
};
