/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns what is around the body: three lines above (what there is; what alters the
 * list; the views), the status line and the keys below. A small window loses them one by one,
 * in the order tabs, keys, second line, first line, status.
 */

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "ui/command.h"
#include "ui/ui_priv.h"
#include "view/finding_text.h"
#include "view/partial.h"

#define STATUS_MAX 3		/* lines that a long message may take */
#define GAP        3		/* blanks between things on one line */
#define FACT_LEAST 8		/* cells that a fact must have, with its dot */
#define HOST_LEAST 8		/* cells of the host's name */
#define QUERY_MAX  24		/* cells of a filter on the second line */
#define RATE_CELLS 4		/* of most rates */
#define USUAL_COLS 80		/* the width that all is made for */
#define CLOCK_COLS 56		/* in a narrower window the time gives way to the counts */
#define SPARK_USUAL 8		/* cells, where all has its room */
#define SPARK_LEAST 4
#define SPARK_GAP  "  "

/* A line that is written from left to right. */
struct pen {
	struct ui         *ui;
	struct cells      *c;
	size_t             row;
	size_t             col;
	size_t             end;		/* nothing from here on */
	bool               first;	/* nothing written yet: no separator */
	bool               dry;		/* only moves, to find out how much room it takes */
};

static const char *
dot(const struct ui *ui)
{
	return ui->charset == TEXT_UTF8 ? " · " : " - ";
}

/* Writes sanitized text, cut with an ellipsis at the end of the room. */
static void
pen_put(struct pen *p, enum role role, const char *s)
{
	struct text fit;

	p->first = false;
	if (p->dry)
		p->col += text_width(s);
	if (p->dry || p->col >= p->end)
		return;
	text_init(&fit);
	text_add_fit(&fit, s, p->end - p->col, p->ui->charset);
	p->col = cells_put(p->c, p->row, p->col, p->end, role, text_str(&fit));
	text_done(&fit);
}

/* A fact, with a dot before it unless it is the first; nothing where only the dot would be seen. */
static void
pen_fact(struct pen *p, enum role role, const char *s)
{
	if (!p->first && !p->dry && p->col + FACT_LEAST > p->end)
		return;
	if (!p->first)
		pen_put(p, ROLE_DIM, dot(p->ui));
	pen_put(p, role, s);
}

typedef void (*put_fn)(struct pen *p);

/* How many cells these would take; the last is NULL. */
static size_t
room_for(struct ui *ui, struct cells *c, const put_fn *put)
{
	struct pen try = { .ui = ui, .c = c, .dry = true, .first = true };

	for (; *put; put++)
		(*put)(&try);
	return try.col;
}

#define ROOM_FOR(ui, c, ...) room_for(ui, c, (const put_fn []){ __VA_ARGS__, NULL })

/* ---- layout ---- */

static size_t
message_rows(const struct ui *ui, size_t cols)
{
	const char *s = text_str(&ui->message.text);
	size_t rows = 1;

	if (ui->message.until_ns == 0 || cols < 2)
		return 1;
	for (s += text_break(s, cols - 1); *s != '\0' && rows < STATUS_MAX; rows++)
		s += text_break(s, cols - 1);
	return rows;
}

/* Is the list out of sight? What lies over it is no view: it has no tab, and counts no rows. */
static bool
hides_list(const struct ui *ui)
{
	const struct screens *s = &ui->screens;

	return s->count > 1 && !(s->stack[s->count - 1].ops->flags & SCREEN_OVER);
}

static struct layout
lay_out(const struct ui *ui, const struct cells *c, bool tabs)
{
	struct layout l = { .head = c->rows >= 8 ? 2 : c->rows >= 4 };

	l.keys_rows = c->rows >= 10;
	l.tabs_rows = tabs && c->rows >= 12;
	l.status_rows = c->rows >= 3 ? MIN(message_rows(ui, c->cols), c->rows - 2) : 0;
	l.keys = c->rows - l.keys_rows;
	l.status = l.keys - l.status_rows;
	l.tabs = l.head;
	l.body = MIN(l.head + l.tabs_rows, l.status);
	l.body_rows = l.status - l.body;
	return l;
}

struct layout
frame_layout(const struct ui *ui, const struct cells *c)
{
	return lay_out(ui, c, !hides_list(ui));
}

struct layout
frame_list_layout(const struct ui *ui, const struct cells *c)
{
	return lay_out(ui, c, true);
}

/* ---- first line ---- */

static void
draw_clock(struct pen *p)
{
	const struct snapshot *snap = p->ui->snap;
	struct tm tm;
	char now[sizeof "00:00:00"];

	if (!snap || !localtime_r(&snap->wall.tv_sec, &tm) ||
	    strftime(now, sizeof now, "%H:%M:%S", &tm) == 0 || p->c->cols < CLOCK_COLS)
		return;
	p->end -= sizeof now - 1;
	cells_put(p->c, p->row, p->end, p->c->cols, ROLE_TEXT, now);
	p->end -= GAP;
}

/* Left out rather than cut; and then so is what is behind it. */
static void
pen_count(struct pen *p, const char *between, enum role role, const char *s)
{
	if (!p->dry && p->col + text_width(between) + text_width(s) > p->end) {
		p->end = p->col;
		return;
	}
	pen_put(p, ROLE_DIM, between);
	pen_put(p, role, s);
}

static void
draw_counts(struct pen *p)
{
	const struct view_counts *n = &p->ui->view.counts;
	const struct tally *all = &p->ui->tally;
	struct text *t = &p->ui->scratch;

	p->col += GAP;
	text_clear(t);
	text_addf(t, _("%zu listening"), n->listening);
	pen_count(p, "", ROLE_TEXT, text_str(t));
	text_clear(t);
	text_addf(t, P_("%zu exposed", "%zu exposed", n->exposed), n->exposed);
	pen_count(p, ", ", n->exposed > 0 ? ROLE_WARNING : ROLE_TEXT, text_str(t));
	text_clear(t);
	text_addf(t, P_("%zu connection", "%zu connections", all->connections), all->connections);
	pen_count(p, dot(p->ui), ROLE_TEXT, text_str(t));
	if (all->closing == 0)
		return;
	text_clear(t);
	text_addf(t, _("%zu closing"), all->closing);
	pen_count(p, dot(p->ui), ROLE_TEXT, text_str(t));
}

/* A long name gives way to the counts. */
static void
draw_host(struct pen *p)
{
	struct ui *ui = p->ui;
	size_t counts = ui->snap ? ROOM_FOR(ui, p->c, draw_counts) : 0;
	size_t used = p->col + text_width(dot(ui)) + counts;
	struct text fit;

	text_init(&fit);
	text_add_fit(&fit, text_str(&ui->host), MAX(p->end - MIN(used, p->end), HOST_LEAST), ui->charset);
	pen_fact(p, ROLE_TITLE, text_str(&fit));
	text_done(&fit);
}

static void
draw_first(struct ui *ui, struct cells *c)
{
	struct pen p = { .ui = ui, .c = c, .end = c->cols, .first = true };

	pen_put(&p, ROLE_ACCENT, PACKAGE);
	draw_clock(&p);
	draw_host(&p);
	if (ui->snap)
		draw_counts(&p);
}

/* ---- second line ---- */

static void
put_failure(struct pen *p)
{
	const struct ui *ui = p->ui;
	struct text *t = &p->ui->scratch;
	uint64_t age = ui->snap ? (ui->now_ns - MIN(ui->snap->mono_ns, ui->now_ns)) / NS_PER_SEC : 0;

	text_clear(t);
	if (ui->snap)
		text_addf(t, _("no refresh for %1$llu s (%2$s)"), (unsigned long long)age,
		          strerror(ui->failed));
	else
		text_addf(t, _("no sockets (%s)"), strerror(ui->failed));
	pen_fact(p, ROLE_DANGER, text_str(t));
}

static void
put_alerts(struct pen *p)
{
	struct ui *ui = p->ui;

	if (ui->frozen)
		pen_fact(p, ROLE_WARNING, _("frozen"));
	if (ui->failed)
		put_failure(p);
	text_clear(&ui->scratch);
	if (ui->snap && partial_add(&ui->scratch, ui->snap))
		pen_fact(p, ROLE_WARNING, text_str(&ui->scratch));
}

static void
put_query(struct pen *p, const char *label, const struct query *q)
{
	struct text *t = &p->ui->scratch;
	struct text safe;

	if (q->text.len == 0)
		return;
	text_init(&safe);
	text_add_safe(&safe, text_str(&q->text), q->text.len, p->ui->charset);
	text_clear(t);
	text_addf(t, "%s ", label);
	text_add_fit(t, text_str(&safe), QUERY_MAX, p->ui->charset);
	pen_fact(p, ROLE_TEXT, text_str(t));
	text_done(&safe);
}

static void
put_choice(struct pen *p, unsigned chosen, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (chosen & (1u << i))
			pen_fact(p, ROLE_TEXT, names[i]);
}

/* The mark on a title says it, unless that is not on the screen. */
static void
put_sort(struct pen *p)
{
	struct ui *ui = p->ui;

	if (events_shows(ui) || list_shows(ui->list, ui->spec.sort))
		return;
	text_clear(&ui->scratch);
	text_addf(&ui->scratch, _("sort: %s"), ui->spec.sort->id);
	text_add(&ui->scratch, list_sort_mark(ui));
	pen_fact(p, ROLE_TEXT, text_str(&ui->scratch));
}

static void
put_tags(struct pen *p)
{
	struct text *t = &p->ui->scratch;
	size_t n = tags_count(&p->ui->tags);

	if (n == 0)
		return;
	text_clear(t);
	text_addf(t, _("%zu tagged"), n);
	pen_fact(p, ROLE_ACCENT, text_str(t));
}

static void
put_restrictions(struct pen *p)
{
	static const char *const families[] = { "IPv4", "IPv6" };
	struct ui *ui = p->ui;

	put_tags(p);
	if (!prompt_asks(ui, PROMPT_FILTER))
		put_query(p, _("filter:"), &ui->filter);
	if (!prompt_asks(ui, PROMPT_PORTS))
		put_query(p, _("ports:"), &ui->ports);
	put_sort(p);
	if (ui->spec.scope != SCOPE_LOOPBACK) {
		text_clear(&ui->scratch);
		text_addf(&ui->scratch, _("scope: %s"), scope_names[ui->spec.scope]);
		pen_fact(p, ROLE_TEXT, text_str(&ui->scratch));
	}
	put_choice(p, ui->spec.protos, sock_proto_names, PROTO_COUNT);
	put_choice(p, ui->spec.families, families, ARRAY_SIZE(families));
}

/* The first line tells of what is exposed. */
static bool
is_counted_above(size_t finding)
{
	return finding == FINDING_EXPOSED || (FINDING_NOTES & 1u << finding);
}

static void
put_warnings(struct pen *p)
{
	const struct finding_tally *all = &p->ui->tally.findings;
	struct text *t = &p->ui->scratch;

	for (size_t i = 0; i < FINDING_COUNT; i++) {
		if (all->count[i] == 0 || is_counted_above(i))
			continue;
		text_clear(t);
		text_add(t, p->first ? "! " : "  ! ");
		finding_add_count(t, (enum finding)i, all->count[i]);
		pen_put(p, ROLE_WARNING, text_str(t));
	}
}

static void
put_warnings_summed(struct pen *p)
{
	const struct finding_tally *all = &p->ui->tally.findings;
	struct text *t = &p->ui->scratch;
	size_t n = 0;

	for (size_t i = 0; i < FINDING_COUNT; i++)
		n += is_counted_above(i) ? 0 : all->count[i];
	if (n == 0)
		return;
	text_clear(t);
	text_add(t, p->first ? "! " : "  ! ");
	text_addf(t, P_("%zu warning", "%zu warnings", n), n);
	pen_put(p, ROLE_WARNING, text_str(t));
}

/* ui->scratch says how many. What would show them is seen before what they are. */
static void
put_remedy(struct pen *p)
{
	text_add(&p->ui->scratch, p->ui->root ? "" : ": sudo lotop");
	pen_fact(p, ROLE_DIM, text_str(&p->ui->scratch));
}

static void
put_hidden(struct pen *p)
{
	size_t n = p->ui->view.counts.hidden;

	if (n == 0)
		return;
	text_clear(&p->ui->scratch);
	text_addf(&p->ui->scratch, P_("%zu owner hidden", "%zu owners hidden", n), n);
	put_remedy(p);
}

static void
put_hidden_shortly(struct pen *p)
{
	size_t n = p->ui->view.counts.hidden;

	if (n == 0)
		return;
	text_clear(&p->ui->scratch);
	text_addf(&p->ui->scratch, P_("%zu hidden", "%zu hidden", n), n);
	put_remedy(p);
}

/* Of a width that stays, so that what follows does not jump: "rx 1.2M/s". */
static void
put_rate(struct pen *p, const char *what, uint64_t rate)
{
	struct text *t = &p->ui->scratch;
	struct text size;

	text_init(&size);
	text_add_size(&size, rate);
	text_clear(t);
	text_addf(t, "%s %*s/s", what, RATE_CELLS, text_str(&size));
	text_done(&size);
	pen_put(p, ROLE_TEXT, text_str(t));
}

static void
put_totals(struct pen *p)
{
	if (!p->ui->tally.has_rates)
		return;
	put_rate(p, "rx", p->ui->tally.rx);
	pen_put(p, ROLE_TEXT, "  ");
	put_rate(p, "tx", p->ui->tally.tx);
}

/* The minute, wider where there is more room. */
static size_t
widest_spark(const struct cells *c)
{
	return MIN(SPARK_USUAL + (MAX(c->cols, USUAL_COLS) - USUAL_COLS) / 4, SPARK_SECONDS / 2);
}

static void
put_spark(struct pen *p, size_t cells)
{
	struct text *t = &p->ui->scratch;

	text_clear(t);
	text_add(t, SPARK_GAP);
	spark_add_text(t, &p->ui->spark, cells, p->ui->charset);
	pen_put(p, ROLE_ACCENT, text_str(t));
}

/* "1.0", "0.25": with one decimal, or as many as there are. */
static void
add_seconds(struct text *t, double seconds)
{
	text_addf(t, "%.6g", seconds);
	if (!strchr(text_str(t), '.'))
		text_add(t, ".0");
}

static double
seconds_of(uint64_t ns)
{
	return (double)ns / (double)NS_PER_SEC;
}

/* Where refreshes take long they come as often as they may, which is not what was asked for. */
static void
add_interval(const struct ui *ui, struct text *t)
{
	bool slow = ui->stretched_ns > (uint64_t)(ui->delay * (double)NS_PER_SEC);
	unsigned every = ui->snap ? ui->snap->info_every : 0;
	double interval = slow ? seconds_of(ui->stretched_ns) : ui->delay;
	struct text seconds, over;

	text_init(&seconds);
	text_init(&over);
	add_seconds(&seconds, interval);
	add_seconds(&over, interval * every);
	if (every > 1 && slow)
		text_addf(t, _("slow: every %s s, rates over %s s"), text_str(&seconds), text_str(&over));
	else if (every > 1)
		text_addf(t, _("every %s s, rates over %s s"), text_str(&seconds), text_str(&over));
	else
		text_addf(t, slow ? _("slow: every %s s") : _("every %s s"), text_str(&seconds));
	text_done(&seconds);
	text_done(&over);
}

static void
put_interval(struct pen *p)
{
	text_clear(&p->ui->scratch);
	add_interval(p->ui, &p->ui->scratch);
	pen_put(p, ROLE_DIM, text_str(&p->ui->scratch));
}

/* How much of the second line there is. */
struct second {
	bool   totals;
	size_t spark;		/* cells; SPARK_USUAL: the widest that there is; 0: none */
	put_fn warnings;
	put_fn hidden;
	bool   interval;
};

/*
 * From the best on: what flows stays while it can, and what is wrong is told by its kinds
 * rather than summed. On USUAL_COLS and more the last but one of them is taken in any case.
 */
static const struct second seconds[] = {
	{ true, SPARK_USUAL, put_warnings, put_hidden, true },
	{ true, SPARK_LEAST, put_warnings, put_hidden, true },
	{ true, SPARK_LEAST, put_warnings, put_hidden_shortly, true },
	{ true, SPARK_LEAST, put_warnings, put_hidden_shortly, false },
	{ true, 0, put_warnings, put_hidden_shortly, false },
	{ true, SPARK_LEAST, put_warnings_summed, put_hidden_shortly, true },
	{ true, SPARK_LEAST, put_warnings_summed, put_hidden_shortly, false },
	{ true, 0, put_warnings_summed, put_hidden_shortly, false },
	{ false, 0, put_warnings, put_hidden_shortly, true },
};

#define LAST_SECOND (ARRAY_SIZE(seconds) - 1)

/* What of it there is anything to say about. */
static struct second
second_of(const struct ui *ui, const struct cells *c, size_t i)
{
	struct second s = seconds[i];

	s.totals &= ui->tally.has_rates;
	if (!s.totals || ui->spark.count == 0)
		s.spark = 0;
	else if (s.spark == SPARK_USUAL)
		s.spark = widest_spark(c);
	return s;
}

static size_t
second_width(struct ui *ui, struct cells *c, const struct second *s)
{
	size_t flow = s->totals ? ROOM_FOR(ui, c, put_totals) : 0;
	size_t others = ROOM_FOR(ui, c, put_alerts, put_restrictions, s->warnings, s->hidden);
	size_t interval = s->interval ? ROOM_FOR(ui, c, put_interval) + GAP : 0;

	if (s->spark > 0)
		flow += strlen(SPARK_GAP) + s->spark;
	if (flow > 0 && others > 0)
		flow += GAP - 1;
	return flow + others + interval;
}

static struct second
choose_second(struct ui *ui, struct cells *c)
{
	for (size_t i = 0; i < LAST_SECOND; i++) {
		struct second s = second_of(ui, c, i);

		if (second_width(ui, c, &s) <= c->cols)
			return s;
	}
	return second_of(ui, c, LAST_SECOND - (c->cols >= USUAL_COLS));
}

static void
draw_interval(struct pen *p)
{
	struct pen end = *p;
	size_t width = ROOM_FOR(p->ui, p->c, put_interval);

	if (p->end < width + GAP)
		return;
	end.col = p->end - width;
	put_interval(&end);
	p->end -= width + GAP;
}

static void
draw_flow(struct pen *p, const struct second *s)
{
	if (!s->totals)
		return;
	put_totals(p);
	if (s->spark > 0)
		put_spark(p, s->spark);
	p->col += GAP - 1;
	p->first = true;
}

static void
draw_second(struct ui *ui, struct cells *c)
{
	struct pen p = { .ui = ui, .c = c, .row = 1, .end = c->cols, .first = true };
	size_t room, restrictions = ROOM_FOR(ui, c, put_restrictions) + text_width(dot(ui));
	struct second s = choose_second(ui, c);

	if (s.interval)
		draw_interval(&p);
	room = p.end;
	draw_flow(&p, &s);
	p.end -= MIN(restrictions, room / 3);	/* a long alert must not hide what is filtered */
	put_alerts(&p);
	p.end = room;
	put_restrictions(&p);
	s.warnings(&p);
	s.hidden(&p);
}

/* ---- status ---- */

static bool
is_marked(const struct ui *ui)
{
	const struct scroll *s = &ui->list->scroll;

	for (size_t i = s->top; i < ui->view.count && i - s->top < s->page; i++)
		if (list_mark(&ui->view.rows[i]) == LIST_EPHEMERAL)
			return true;
	return false;
}

/* What the mark means, or how to see again what has it. */
static void
add_legend(struct text *t, const struct ui *ui)
{
	size_t n = ui->view.counts.ephemeral;

	text_clear(t);
	if (n > 0)
		text_addf(t, P_("%zu on an ephemeral port    e unfolds it",
		                "%zu on ephemeral ports    e unfolds them", n), n);
	else if (is_marked(ui))
		text_add(t, _("~ ephemeral port    e folds them"));
}

static void
draw_count(struct ui *ui, struct cells *c, size_t row)
{
	struct text *t = &ui->scratch;
	size_t width, col;

	if (!ui->snap || hides_list(ui))
		return;
	text_clear(t);
	text_addf(t, _("%1$zu of %2$zu"), ui->view.counts.rows, ui->view.counts.rows_total);
	col = cells_put(c, row, 1, c->cols, ROLE_DIM, text_str(t));
	add_legend(t, ui);
	width = text_width(text_str(t));
	if (width > 0 && col + GAP + width < c->cols)
		cells_put(c, row, c->cols - width - 1, c->cols, ROLE_DIM, text_str(t));
}

static void
draw_message(struct ui *ui, struct cells *c, const struct layout *l)
{
	const char *s = text_str(&ui->message.text);
	struct pen p = { .ui = ui, .c = c, .end = c->cols };

	for (size_t i = 0; i < l->status_rows; i++) {
		bool last = i + 1 == l->status_rows;
		size_t n = last ? strlen(s) : text_break(s, c->cols - 1);

		text_clear(&ui->scratch);
		text_addn(&ui->scratch, s, n);
		p.row = l->status + i;
		p.col = 1;
		pen_put(&p, ui->message.role, text_str(&ui->scratch));
		s += n;
	}
}

/* ---- keys ---- */

static void
put_some(struct pen *p, enum role role, const char *s, size_t n)
{
	text_clear(&p->ui->scratch);
	text_addn(&p->ui->scratch, s, n);
	pen_put(p, role, text_str(&p->ui->scratch));
}

#define HINT_GAP "  "	/* between two hints */

static size_t
hint_len(const char *hint)
{
	const char *next = strstr(hint, HINT_GAP);

	return next ? (size_t)(next - hint) : strlen(hint);
}

static const char *
last_hint(const char *hints)
{
	for (size_t len; hints[len = hint_len(hints)] != '\0'; )
		hints += len + strlen(HINT_GAP);
	return hints;
}

/* The first word of each is the key. */
static void
put_hint(struct pen *p, const char *hint)
{
	size_t all = hint_len(hint), key = MIN(strcspn(hint, " "), all);

	put_some(p, ROLE_KEY, hint, key);
	put_some(p, ROLE_TEXT, hint + key, all - key);
	p->col += strlen(HINT_GAP);
}

static size_t
hint_width(struct ui *ui, const char *hint)
{
	text_clear(&ui->scratch);
	text_addn(&ui->scratch, hint, hint_len(hint));
	return text_width(text_str(&ui->scratch));
}

/* The last one leads back: it is there, whatever else has no room. */
static void
draw_hints_from(struct ui *ui, struct cells *c, size_t row, size_t col, const char *hints)
{
	struct pen p = { .ui = ui, .c = c, .row = row, .col = col, .end = c->cols };
	const char *last = last_hint(hints);
	size_t kept = strlen(HINT_GAP) + hint_width(ui, last);

	for (; hints < last; hints += hint_len(hints) + strlen(HINT_GAP))
		if (p.col + hint_width(ui, hints) + kept <= p.end)
			put_hint(&p, hints);
	put_hint(&p, last);
}

void
frame_draw_hints(struct ui *ui, struct cells *c, size_t row, const char *hints)
{
	draw_hints_from(ui, c, row, 1, hints);
}

/* Messages have the same line; and in a window without a line for them, keys. */
void
frame_draw_place(struct ui *ui, const struct scroll *s, struct cells *c, size_t row)
{
	bool keys = frame_layout(ui, c).keys_rows == 0;
	const char *hints = _(screens_top(&ui->screens)->ops->keys);
	struct text place;
	size_t after;

	if (ui->message.until_ns != 0 || s->count <= s->page)
		return;
	text_init(&place);
	text_addf(&place, _("%1$zu to %2$zu of %3$zu lines"), s->top + 1,
	          MIN(s->top + s->page, s->count), s->count);
	after = 1 + text_width(text_str(&place)) + GAP;
	if (!keys || after + hint_width(ui, last_hint(hints)) <= c->cols) {
		cells_blank(c, row, 0, c->cols, ROLE_TEXT);
		cells_put(c, row, 1, c->cols, ROLE_DIM, text_str(&place));
		if (keys)
			draw_hints_from(ui, c, row, after, hints);
	}
	text_done(&place);
}

/* A key that is no F key needs a blank before its word. */
static size_t
gap_of_key(const struct command *k)
{
	return k->shown_key[0] != 'F' || strlen(k->shown_key) == 1;
}

static size_t
command_width(const struct command *k)
{
	return strlen(k->shown_key) + gap_of_key(k) + text_width(_(k->shown));
}

static void
draw_command(struct pen *p, const struct command *k)
{
	if (p->col + command_width(k) > p->end)
		return;
	pen_put(p, ROLE_KEY, k->shown_key);
	p->col += gap_of_key(k);
	pen_put(p, ROLE_TEXT, _(k->shown));
	p->col++;
}

/* "F1Help F4Filter q Quit", as htop and mc have it. The last of the table leads out: it has its room. */
static void
draw_commands(struct pen *p)
{
	const struct command *last = &commands[ncommands - 1];

	p->end -= MIN(command_width(last) + 1, p->end);
	for (const struct command *k = commands; k < last; k++)
		if (k->shown_key)
			draw_command(p, k);
	p->end = p->c->cols;
	draw_command(p, last);
}

static void
draw_keys(struct ui *ui, struct cells *c, size_t row)
{
	const struct screen_ops *ops = screens_top(&ui->screens)->ops;
	struct pen p = { .ui = ui, .c = c, .row = row, .end = c->cols };

	if (ops->keys && *ops->keys != '\0')	/* gettext(3) gives its header for "" */
		frame_draw_hints(ui, c, row, _(ops->keys));
	if (!ops->keys)
		draw_commands(&p);
}

void
frame_draw(struct ui *ui, struct cells *c)
{
	struct layout l = frame_layout(ui, c);

	if (l.head > 0)
		draw_first(ui, c);
	if (l.head > 1)
		draw_second(ui, c);
	if (l.tabs_rows > 0)
		views_draw_tabs(ui, c, l.tabs);
	if (l.status_rows > 0 && ui->message.until_ns != 0)
		draw_message(ui, c, &l);
	else if (l.status_rows > 0 && l.keys_rows == 0 && hides_list(ui))
		draw_keys(ui, c, l.status);
	else if (l.status_rows > 0)
		draw_count(ui, c, l.status);
	if (l.keys_rows > 0)
		draw_keys(ui, c, l.keys);
}
