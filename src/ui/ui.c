/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns struct ui: what was chosen, what is shown, and the way from an event to effects. */

#include "ui/ui.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/command.h"
#include "ui/ui_priv.h"

#define MESSAGE_NS (8 * NS_PER_SEC)
#define HURRY_NS   (100 * NS_PER_MS)	/* between samples while an outcome is awaited */
#define NAME_MAX_CELLS 24		/* of this host's name */

/* ---- life ---- */

static void
query_done(struct query *q)
{
	text_done(&q->text);
	filter_free(q->filter);
}

static void
add_host(struct ui *ui, const char *host)
{
	text_add_safe(&ui->scratch, host, strlen(host), ui->charset);
	text_add_fit(&ui->host, text_str(&ui->scratch), NAME_MAX_CELLS, ui->charset);
}

static int
take_options(struct ui *ui, const struct ui_options *o)
{
	struct filter_error err;
	int r;

	ui->spec = o->spec;
	ui->spec.ports = ui->spec.filter = NULL;
	ui->spec.fold_time_wait = true;
	ui->proc_root = o->proc_root;
	ui->delay = o->delay;
	ui->readonly = o->readonly;
	ui->may_close = o->may_close;
	ui->root = o->root;
	ui->no_clipboard = o->no_clipboard;
	ui->charset = o->charset;
	ui->events.log = o->log;
	add_host(ui, o->host);
	if ((r = views_init(ui, o)) < 0 ||
	    (r = ui_set_ports(ui, o->ports ? o->ports : "", &err)) < 0)
		return r;
	return ui_set_filter(ui, o->filter ? o->filter : "", &err);
}

int
ui_new(struct ui **ret, const struct ui_options *o)
{
	struct ui *ui = mem_new(sizeof *ui);
	int r;

	ui->names = names_new(o->numeric);
	view_init(&ui->view, ui->names);
	tally_init(&ui->tally);
	tags_init(&ui->tags);
	screens_push(&ui->screens, &list_screen, NULL);
	r = take_options(ui, o);
	if (r < 0) {
		ui_free(ui);
		return r;
	}
	history_add(&ui->history, text_str(&ui->filter.text));
	*ret = ui;
	return 0;
}

void
ui_free(struct ui *ui)
{
	screens_done(&ui->screens);
	follow_done(&ui->follow);
	follow_close_done(&ui->close);
	tags_done(&ui->tags);
	history_done(&ui->history);
	query_done(&ui->filter);
	query_done(&ui->ports);
	views_done(ui);
	events_done(&ui->events);
	tally_done(&ui->tally);
	view_done(&ui->view);
	names_free(ui->names);
	text_done(&ui->host);
	text_done(&ui->message.text);
	text_done(&ui->scratch);
	text_done(&ui->copy.text);
	free(ui);
}

/* ---- what the loop must know ---- */

const struct view_spec *
ui_spec(const struct ui *ui)
{
	return &ui->spec;
}

unsigned
ui_needs(const struct ui *ui)
{
	bool all = ui->detail || ui->copy.waits;

	return columns_needs(&ui->list->columns) | views_needs(ui) | (all ? FIELD_NEEDS : 0);
}

static uint64_t
delay_ns(const struct ui *ui)
{
	return (uint64_t)(ui->delay * (double)NS_PER_SEC);
}

uint64_t
ui_usual_ns(const struct ui *ui)
{
	return MAX(delay_ns(ui), ui->stretched_ns);
}

uint64_t
ui_interval_ns(const struct ui *ui)
{
	return ui_hurries(ui) ? MIN(delay_ns(ui), HURRY_NS) : ui_usual_ns(ui);
}

unsigned
ui_stretch(struct ui *ui, uint64_t least_ns)
{
	bool other = least_ns != ui->stretched_ns;

	ui->stretched_ns = least_ns;
	return other ? FX_REPAINT : 0;
}

bool
ui_hurries(const struct ui *ui)
{
	return follow_waits(&ui->follow) || follow_close_waits(&ui->close);
}

bool
ui_frozen(const struct ui *ui)
{
	return ui->frozen;
}

static uint64_t
sooner(uint64_t a, uint64_t b)
{
	if (a == 0 || b == 0)
		return MAX(a, b);
	return MIN(a, b);
}

uint64_t
ui_deadline(const struct ui *ui)
{
	uint64_t guard = screens_deadline(&ui->screens);
	uint64_t age = ui->failed ? ui->now_ns + NS_PER_SEC : 0;
	bool asks = ui->detail && ui->detail->probed;
	uint64_t probe = asks ? probe_deadline(&ui->detail->probe) : 0;

	return sooner(sooner(ui->message.until_ns, guard), sooner(age, probe));
}

/* ---- what was chosen ---- */

/* The query becomes the text; `expression` is the filter that it means. */
static int
set_query(struct query *q, const char *text, const char *expression, struct filter_error *err)
{
	struct filter *filter = NULL;
	int r = filter_parse(expression, &filter, err);

	if (r < 0)
		return r;
	filter_free(q->filter);
	q->filter = filter;
	text_clear(&q->text);
	text_add(&q->text, text);
	return 0;
}

int
ui_set_filter(struct ui *ui, const char *text, struct filter_error *err)
{
	int r = set_query(&ui->filter, text, text, err);

	ui->spec.filter = ui->filter.filter;
	return r;
}

int
ui_set_ports(struct ui *ui, const char *text, struct filter_error *err)
{
	struct text expression;
	int r = 0;

	text_init(&expression);
	if (*text != '\0')
		r = filter_from_ports(text, &expression, err);
	if (r == 0)
		r = set_query(&ui->ports, text, text_str(&expression), err);
	ui->spec.ports = ui->ports.filter;
	text_done(&expression);
	return r;
}

unsigned
ui_sort_by(struct ui *ui, const struct field *f)
{
	if (f == ui->spec.sort)
		return 0;
	ui->spec.sort = f;
	ui->spec.reverse = false;
	return FX_OTHER_ROWS;
}

/* What flowed in another scope is not to be compared. */
unsigned
ui_set_scope(struct ui *ui, enum scope scope)
{
	ui->spec.scope = scope;
	spark_clear(&ui->spark);
	if (ui->snap)
		tally_take(&ui->tally, ui->snap, scope);
	return FX_OTHER_ROWS;
}

const struct row *
ui_row(const struct ui *ui)
{
	if (ui->detail)
		return ui->detail->row.sock ? &ui->detail->row : NULL;
	return ui->view.count > 0 ? &ui->view.rows[ui->list->scroll.at] : NULL;
}

void
history_add(struct history *h, const char *text)
{
	if (*text == '\0' || (h->count > 0 && strcmp(h->text[h->count - 1], text) == 0))
		return;
	if (h->count == HISTORY_MAX) {
		free(h->text[0]);
		memmove(h->text, h->text + 1, (HISTORY_MAX - 1) * sizeof *h->text);
		h->count--;
	}
	h->text[h->count++] = mem_copy(text, strlen(text));
}

void
history_done(struct history *h)
{
	while (h->count > 0)
		free(h->text[--h->count]);
}

/* ---- messages ---- */

void
ui_say(struct ui *ui, enum role role, const char *fmt, ...)
{
	char *line;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vasprintf(&line, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	text_clear(&ui->message.text);
	text_add(&ui->message.text, line);
	free(line);
	ui->message.role = role;
	ui->message.until_ns = ui->now_ns + MESSAGE_NS;
}

void
ui_hush(struct ui *ui)
{
	ui->message.until_ns = 0;
}

/* ---- events ---- */

/* Commands that reach through any screen, unless the key is text, which the screen may want. */
static const struct command *
command_anywhere(uint32_t key)
{
	const struct command *c = key_is_text(key) ? NULL : command_find(key);

	return c && (c->flags & CMD_ANYWHERE) ? c : NULL;
}

unsigned
ui_input(struct ui *ui, const struct input *in, uint64_t now_ns)
{
	const struct screen *top = screens_top(&ui->screens);
	const struct command *anywhere;

	ui->now_ns = now_ns;
	if (screens_drops_input(&ui->screens, now_ns) && in->key != K_ESC)
		return 0;	/* to leave harms nobody */
	if (in->pasted && !(top->ops->flags & SCREEN_PASTE))
		return 0;
	ui_hush(ui);
	anywhere = in->pasted ? NULL : command_anywhere(in->key);
	if (anywhere)
		return command_run(anywhere, ui, in) | FX_REPAINT;
	return top->ops->input(ui, top->self, in) | FX_REPAINT;
}

unsigned
ui_tick(struct ui *ui, uint64_t now_ns)
{
	unsigned fx = ui->detail ? detail_tick(ui) : 0;

	ui->now_ns = now_ns;
	if (ui->message.until_ns != 0 && now_ns >= ui->message.until_ns) {
		ui_hush(ui);
		fx |= FX_REPAINT;
	}
	return ui->failed ? FX_REPAINT : fx;
}

unsigned
ui_look(struct ui *ui, const struct snapshot *snap, uint64_t now_ns)
{
	struct text say;
	bool news;

	ui->now_ns = now_ns;
	text_init(&say);
	news = follow_look(&ui->follow, snap, now_ns, ui->charset, &say);
	news |= follow_close_look(&ui->close, snap, now_ns, ui->charset, &say);
	if (news)
		ui_say(ui, ROLE_TEXT, "%s", text_str(&say));
	text_done(&say);
	return news ? FX_REPAINT : 0;
}

/* What lies between two looks at most, unless nobody looked. */
static uint64_t
longest_interval(const struct ui *ui)
{
	return 2 * ui_usual_ns(ui) + NS_PER_SEC;
}

unsigned
ui_take(struct ui *ui, const struct snapshot *snap, bool complete, uint64_t now_ns)
{
	unsigned fx = FX_REBUILD | FX_REPAINT;

	ui->now_ns = now_ns;
	ui->snap = snap;
	ui->failed = 0;
	events_take(ui);
	tally_take(&ui->tally, snap, ui->spec.scope);
	if (complete && ui->tally.has_rates)
		spark_add(&ui->spark, snap->mono_ns, longest_interval(ui), ui->tally.rx);
	if (complete) {
		ui_look(ui, snap, now_ns);
		tags_clean(&ui->tags, snap);
		fx |= copy_look(ui);
	}
	return fx;
}

unsigned
ui_failed(struct ui *ui, int err, uint64_t now_ns)
{
	ui->now_ns = now_ns;
	ui->failed = err;
	return FX_REPAINT;
}

/* ---- effects ---- */

void
ui_rebuild(struct ui *ui)
{
	if (!ui->snap)
		return;
	view_build(&ui->view, ui->snap, &ui->spec);
	if (events_shows(ui))
		events_rebuild(ui);
	else
		list_follow(ui->list, &ui->view);
	if (ui->detail)
		detail_follow(ui);
}

void
ui_reflow(struct ui *ui)
{
	for (size_t i = 0; i < VIEWS; i++) {
		struct columns *c = &ui->states[i].list.columns;

		memset(c->width, 0, sizeof c->width);
	}
}

void
ui_draw(struct ui *ui, struct cells *c)
{
	struct layout lay = frame_list_layout(ui, c);

	cells_clear(c);
	if (events_shows(ui))
		events_place(ui, &lay);
	else
		list_place(ui, &lay, c->cols);
	frame_draw(ui, c);
	screens_draw(&ui->screens, ui, c);
}

void
ui_written(struct ui *ui, uint64_t now_ns)
{
	screens_written(&ui->screens, now_ns);
}

void
ui_quiet(struct ui *ui, uint64_t now_ns)
{
	screens_quiet(&ui->screens, now_ns);
}
