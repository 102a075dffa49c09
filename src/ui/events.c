/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "ui/events.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "model/task.h"
#include "ui/command.h"
#include "ui/holder.h"
#include "ui/ui_priv.h"

#define TIME_COL   1
#define SIGN_COL   10
#define WORD_COL   12
#define GAP        2
#define WHO_SOCKET 18	/* cells of an address, of two parties: what follows stands below each other */
#define WHO_PAIR   26
#define NO_ROW     SIZE_MAX
#define TIME_SIZE  sizeof "00:00:00"

void
events_done(struct events *e)
{
	free(e->shown);
}

bool
events_shows(const struct ui *ui)
{
	return views[ui->at].ops == &events_screen;
}

/* ---- which ---- */

/* One of the ends of the entry that eventlog_look() gave. */
static struct row
row_of(const struct view_env *env, size_t end)
{
	return (struct row){ .sock = &env->snap->socks[end], .env = env };
}

/* As the rows of connections are: either end may be in the scope and pass the filter. */
static bool
is_chosen(const struct ui *ui, size_t i, bool filtered)
{
	const struct view_env env = { .snap = eventlog_look(ui->events.log, i), .names = ui->names };
	struct view_spec all = { .scope = ui->spec.scope };

	if (env.snap->count == 0)	/* that some were lost is true of each */
		return true;
	for (size_t end = 0; end < env.snap->count; end++) {
		const struct row r = row_of(&env, end);

		if (view_has(filtered ? &ui->spec : &all, &r))
			return true;
	}
	return false;
}

static void
choose(struct ui *ui)
{
	struct events *e = &ui->events;
	size_t in_scope = 0;

	e->count = 0;
	for (size_t i = 0; i < e->log->count; i++) {
		uint64_t number = eventlog_at(e->log, i)->number;

		if (number >= e->until || !is_chosen(ui, i, false))
			continue;
		in_scope++;
		if (!is_chosen(ui, i, true))
			continue;
		e->shown = mem_room(e->shown, e->count, &e->cap, sizeof *e->shown);
		e->shown[e->count++] = number;
	}
	ui->view.counts.rows = e->count;
	ui->view.counts.rows_total = in_scope;
}

/* The first that is not before that number. */
static size_t
place_of(const struct events *e, uint64_t number)
{
	size_t lo = 0, hi = e->count;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (e->shown[mid] < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void
events_take(struct ui *ui)
{
	const struct eventlog *log = ui->events.log;

	if (log)
		ui->events.until = log->dropped + log->count;
}

void
events_rebuild(struct ui *ui)
{
	struct events *e = &ui->events;
	struct scroll *s = &ui->list->scroll;
	bool at_end = s->at + 1 >= e->count;
	uint64_t number = at_end ? 0 : e->shown[s->at];

	if (!e->log)
		return;
	choose(ui);
	if (at_end) {
		scroll_resize(s, e->count, s->page);
		scroll_to(s, e->count);
	} else {
		scroll_follow(s, place_of(e, number), e->count);
	}
}

void
events_place(struct ui *ui, const struct layout *lay)
{
	struct list *l = ui->list;

	l->tabs_row = lay->tabs_rows > 0 ? lay->tabs : NO_ROW;
	l->header_row = NO_ROW;
	l->first_row = lay->body;
	scroll_resize(&l->scroll, ui->events.count, lay->body_rows);
}

/* ---- what ---- */

enum kind { KIND_LISTEN, KIND_BIND, KIND_CONNECT, KIND_STATE, KIND_CLOSED, KIND_LOST, KINDS };

static const struct {
	char        sign;
	enum role   role;	/* of the sign */
	const char *word;	/* N_() */
} kinds[KINDS] = {
	[KIND_LISTEN]  = { '+', ROLE_NEW, N_("listen") },
	[KIND_BIND]    = { '+', ROLE_NEW, N_("bind") },
	[KIND_CONNECT] = { ' ', ROLE_TEXT, N_("connect") },
	[KIND_STATE]   = { ' ', ROLE_TEXT, N_("state") },
	[KIND_CLOSED]  = { '-', ROLE_GONE, N_("closed") },
	[KIND_LOST]    = { '!', ROLE_WARNING, N_("lost") },
};

static enum kind
kind_of(const struct logged *e)
{
	const struct sock *s = &e->ends[0];

	if (e->what == LOGGED_LOST)
		return KIND_LOST;
	if (e->what == LOGGED_CLOSE)
		return KIND_CLOSED;
	if (s->state == STATE_LISTEN)
		return KIND_LISTEN;
	if (e->what == LOGGED_STATE)
		return KIND_STATE;
	return sock_has_peer(s) ? KIND_CONNECT : KIND_BIND;
}

/* One line: each part is sanitized, or empty. */
struct line {
	const struct logged *e;
	enum kind            kind;
	struct row           row;
	struct text          who;
	struct text          facts;
	struct text          end;
	enum role            end_role;
};

/* Where there is little room a client that is known does without its port. */
static void
add_party(struct text *t, const struct ui *ui, const struct row *r, enum party_side side, bool ports)
{
	struct party p = row_party(r, side);
	bool named = side == PARTY_CLIENT && p.task;
	struct value v = value_party(p.task, named && !ports ? NULL : p.at);

	if (!p.task && p.at && p.at->port == 0)	/* it was reset: the kernel tells no port */
		v = value_addr(p.at);
	value_add(t, &v, VALUE_TABLE, ui->charset);
}

static void
add_arrow(struct text *t, const struct ui *ui)
{
	text_add(t, ui->charset == TEXT_UTF8 ? " → " : " -> ");
}

/* "chrome 3302 :51322 → next dev 4211 :3000" */
static void
add_parties(struct text *t, const struct ui *ui, const struct row *r, bool ports)
{
	add_party(t, ui, r, PARTY_CLIENT, ports);
	add_arrow(t, ui);
	add_party(t, ui, r, PARTY_SERVER, true);
}

static void
add_name(struct text *t, const struct ui *ui, const struct row *r, enum party_side side)
{
	struct party p = row_party(r, side);

	if (p.task)
		text_add_safe(t, task_app(p.task), strlen(task_app(p.task)), ui->charset);
	else if (side == PARTY_CLIENT)
		add_party(t, ui, r, side, true);
}

/* "chrome → next dev :3000": the names may be cut, the port may not. */
static void
add_short(struct text *t, const struct ui *ui, const struct row *r, size_t cells)
{
	struct party server = row_party(r, PARTY_SERVER);
	struct value at = value_party(NULL, server.at);
	struct text names, port;
	size_t width;

	text_init(&names);
	text_init(&port);
	add_name(&names, ui, r, PARTY_CLIENT);
	add_arrow(&names, ui);
	add_name(&names, ui, r, PARTY_SERVER);
	if (server.task)
		text_addc(&port, ' ');
	value_add(&port, &at, VALUE_TABLE, ui->charset);
	width = text_width(text_str(&port));
	text_add_fit(t, text_str(&names), cells - MIN(cells, width), ui->charset);
	text_add(t, text_str(&port));
	text_done(&port);
	text_done(&names);
}

static void
add_place(struct text *t, const struct ui *ui, const struct sock *s)
{
	struct value v = value_endpoint(&s->local);

	value_add(t, &v, VALUE_TABLE, ui->charset);
	if (s->proto != PROTO_TCP)
		text_addf(t, " %s", sock_proto_names[s->proto]);
}

/* "vite 4310 (shop-admin)" */
static void
add_owner(struct text *t, const struct ui *ui, const struct row *r)
{
	const struct sock *s = r->sock;
	const struct task *task = s->nowners > 0 ? s->owners[0].task : NULL;
	struct value v = value_party(task, NULL);

	value_add(t, &v, VALUE_TABLE, ui->charset);
	if (!task) {
		holder_add_word(t, r, ui->root, ui->charset);
	} else if (task->project) {
		text_add(t, " (");
		text_add_safe(t, task->project, strlen(task->project), ui->charset);
		text_addc(t, ')');
	}
}

/* What the client moved; where only its server's totals are known, those the other way round. */
static void
add_totals(struct text *t, const struct logged *e)
{
	const struct sock *s = &e->ends[0];
	bool turned = !(s->has & SOCK_HAS_BYTES) && e->nends > 1;
	struct text in, out;

	s = turned ? &e->ends[1] : s;
	if (!(s->has & SOCK_HAS_BYTES))
		return;
	text_init(&in);
	text_init(&out);
	text_add_size(&in, turned ? sock_info(s)->tx_bytes : sock_info(s)->rx_bytes);
	text_add_size(&out, turned ? sock_info(s)->rx_bytes : sock_info(s)->tx_bytes);
	text_addf(t, _("%1$s in, %2$s out"), text_str(&in), text_str(&out));
	text_done(&in);
	text_done(&out);
}

static void
add_state(struct text *t, const struct sock *s)
{
	if (sock_role_names[s->role])
		text_addf(t, "%s ", sock_role_names[s->role]);
	text_add(t, sock_state_names[s->state]);
}

static void
add_facts(struct line *l, const struct ui *ui)
{
	bool alone = !sock_has_peer(l->row.sock);

	if (l->kind == KIND_STATE)
		add_state(&l->facts, l->row.sock);
	if (l->kind == KIND_STATE && alone)
		text_add(&l->facts, "  ");
	if (alone)
		add_owner(&l->facts, ui, &l->row);
	else if (l->kind == KIND_CLOSED)
		add_totals(&l->facts, l->e);
}

/* Most connections that programs make to each other are over in less than a second. */
static void
add_age(struct text *t, uint64_t ns)
{
	if (ns >= NS_PER_SEC)
		text_add_duration(t, ns / NS_PER_SEC);
	else
		text_addf(t, "0.%us", (unsigned)MAX(ns * 10 / NS_PER_SEC, 1));
}

static void
add_end(struct line *l)
{
	const struct sock *s = l->row.sock;
	struct text age;

	l->end_role = ROLE_TEXT;
	if (l->kind == KIND_CLOSED && s->has & SOCK_HAS_AGE) {
		text_init(&age);
		add_age(&age, sock_info(s)->age_ns);
		text_addf(&l->end, _("after %s"), text_str(&age));
		text_done(&age);
	} else if (l->kind == KIND_LISTEN || l->kind == KIND_BIND) {
		if (sock_reach_of(s, l->row.env->snap->lo_ifindex) == REACH_EXPOSED) {
			text_add(&l->end, sock_reach_names[REACH_EXPOSED]);
			l->end_role = ROLE_WARNING;
		}
	}
}

static void
fill_line(struct line *l, const struct ui *ui, const struct view_env *env, const struct logged *e)
{
	*l = (struct line){ .e = e, .kind = kind_of(e) };
	if (l->kind == KIND_LOST) {
		text_add(&l->who, _("More happened here than the kernel could tell."));
		return;
	}
	l->row = row_of(env, 0);
	if (e->nends > 1 && e->what != LOGGED_STATE)
		l->row.kind = ROW_PAIR;
	if (sock_has_peer(l->row.sock))
		add_parties(&l->who, ui, &l->row, true);
	else
		add_place(&l->who, ui, l->row.sock);
	add_facts(l, ui);
	add_end(l);
}

static void
line_done(struct line *l)
{
	text_done(&l->who);
	text_done(&l->facts);
	text_done(&l->end);
}

/* ---- drawing ---- */

static size_t
word_width(void)
{
	size_t width = 0;

	for (size_t i = 0; i < KINDS; i++)
		width = MAX(width, text_width(_(kinds[i].word)));
	return width;
}

/* Empty where the time has no date here. */
static const char *
time_of(const struct logged *e, char at[static TIME_SIZE])
{
	struct tm tm;

	if (!localtime_r(&e->wall.tv_sec, &tm) || strftime(at, TIME_SIZE, "%H:%M:%S", &tm) == 0)
		*at = '\0';
	return at;
}

static void
draw_head(struct cells *c, size_t row, const struct line *l)
{
	const char sign[] = { kinds[l->kind].sign, '\0' };
	char at[TIME_SIZE];

	cells_put(c, row, TIME_COL, c->cols, ROLE_DIM, time_of(l->e, at));
	cells_put(c, row, SIGN_COL, c->cols, kinds[l->kind].role, sign);
	cells_put(c, row, WORD_COL, c->cols, ROLE_TEXT, _(kinds[l->kind].word));
}

/* Cut with an ellipsis before `end`. */
static void
put_fit(const struct ui *ui, struct cells *c, size_t row, size_t col, size_t end, enum role role,
        const struct text *what)
{
	struct text fit;

	if (col >= end)
		return;
	text_init(&fit);
	text_add_fit(&fit, text_str(what), end - col, ui->charset);
	cells_put(c, row, col, end, role, text_str(&fit));
	text_done(&fit);
}

static void
shorten_who(const struct ui *ui, struct line *l, size_t cells)
{
	if (text_width(text_str(&l->who)) <= cells || l->kind == KIND_LOST ||
	    !sock_has_peer(l->row.sock))
		return;
	text_clear(&l->who);
	add_parties(&l->who, ui, &l->row, false);
	if (text_width(text_str(&l->who)) <= cells)
		return;
	text_clear(&l->who);
	add_short(&l->who, ui, &l->row, cells);
}

/*
 * Who and what share the room before the end of the line: what is known of it is seen whole
 * before who is longer than the usual. In a narrow window who goes before the end.
 */
static void
draw_line(const struct ui *ui, struct cells *c, size_t row, struct line *l)
{
	size_t who_col = WORD_COL + word_width() + GAP;
	size_t end_width = text_width(text_str(&l->end)), facts = text_width(text_str(&l->facts));
	size_t room = c->cols - MIN(c->cols, end_width > 0 ? end_width + GAP : 1);
	size_t usual = l->kind != KIND_LOST && sock_has_peer(l->row.sock) ? WHO_PAIR : WHO_SOCKET;
	size_t who_end, facts_col;

	if (room < who_col + WHO_SOCKET) {
		end_width = 0;
		room = c->cols - MIN(c->cols, 1);
	}
	who_end = room;
	draw_head(c, row, l);
	if (facts > 0)
		who_end = MIN(room, MAX(room - MIN(room, facts + GAP), who_col + usual));
	shorten_who(ui, l, who_end > who_col ? who_end - who_col : 0);
	put_fit(ui, c, row, who_col, who_end, ROLE_TEXT, &l->who);
	facts_col = who_col + MAX(text_width(text_str(&l->who)), usual) + GAP;
	put_fit(ui, c, row, MIN(facts_col, who_end + GAP), room, ROLE_TEXT, &l->facts);
	if (end_width > 0)
		cells_put(c, row, c->cols - end_width - 1, c->cols, l->end_role, text_str(&l->end));
}

static void
draw_entry(struct ui *ui, struct cells *c, size_t row, uint64_t number)
{
	struct eventlog *log = ui->events.log;
	size_t i = (size_t)(number - log->dropped);
	const struct view_env env = { .snap = eventlog_look(log, i), .names = ui->names };
	struct line l;

	fill_line(&l, ui, &env, eventlog_at(log, i));
	draw_line(ui, c, row, &l);
	line_done(&l);
}

static const char *
emptiness(const struct ui *ui)
{
	if (ui->view.counts.rows_total > 0)
		return _("No event matches. Press / for another filter.");
	return _(views[ui->at].empty);
}

/* While the list is frozen the log goes on, and may drop what is shown still. */
static void
events_draw(struct ui *ui, void *self, struct cells *c)
{
	const struct events *e = &ui->events;
	const struct scroll *s = &ui->list->scroll;

	(void)self;
	for (size_t i = s->top; i < e->count && i - s->top < s->page; i++) {
		size_t row = ui->list->first_row + i - s->top;

		if (e->shown[i] >= e->log->dropped)
			draw_entry(ui, c, row, e->shown[i]);
		if (i == s->at)
			cells_set_role(c, row, 0, c->cols, ROLE_SELECTED);
	}
	if (e->count == 0 && s->page > 0)
		cells_put_lines(c, ui->list->first_row, s->page, TIME_COL, ROLE_DIM, emptiness(ui));
}

/* ---- details ---- */

/* The first of its ends that is there, or NULL. Of what is in TIME_WAIT the log knows more. */
static const struct sock *
find_end(const struct snapshot *snap, const struct logged *e)
{
	for (size_t end = 0; end < e->nends; end++) {
		const struct sock *s = snapshot_find(snap, sock_id(&e->ends[end]));

		if (s && track_lives(s))
			return s;
	}
	return NULL;
}

static void
add_fact(struct text *t, const struct ui *ui, const char *fact)
{
	if (*fact != '\0')
		text_addf(t, "%s%s", ui->charset == TEXT_UTF8 ? " · " : " - ", fact);
}

/* "18:52:12 · closed · 1.1M in, 20K out · after 12 s"; the page has the rest. */
static void
add_summary(struct text *t, const struct ui *ui, const struct line *l)
{
	char at[TIME_SIZE];

	text_add(t, time_of(l->e, at));
	add_fact(t, ui, _(kinds[l->kind].word));
	if (sock_has_peer(l->row.sock))
		add_fact(t, ui, text_str(&l->facts));
	add_fact(t, ui, text_str(&l->end));
}

static void
open_past(struct ui *ui, size_t i)
{
	const struct view_env env = { .snap = eventlog_look(ui->events.log, i), .names = ui->names };
	const struct row r = row_of(&env, 0);
	struct text summary;
	struct line l;

	text_init(&summary);
	fill_line(&l, ui, &env, eventlog_at(ui->events.log, i));
	add_summary(&summary, ui, &l);
	detail_open_past(ui, &r, text_str(&summary));
	line_done(&l);
	text_done(&summary);
}

unsigned
events_open(struct ui *ui)
{
	const struct eventlog *log = ui->events.log;
	uint64_t number = ui->events.shown[ui->list->scroll.at];
	const struct logged *e = number >= log->dropped ? eventlog_at(log, number - log->dropped) : NULL;
	const struct sock *s;

	if (!e || e->nends == 0) {
		ui_say(ui, ROLE_WARNING, "%s", e ? _("Of what the kernel could not tell nothing more is known.")
		                                 : _("The log has dropped that event: it is too long ago."));
		return FX_REPAINT;
	}
	s = find_end(ui->snap, e);
	if (s)
		detail_open(ui, &(struct row){ .sock = s, .env = &ui->view.env });
	else
		open_past(ui, (size_t)(number - log->dropped));
	return FX_REBUILD | FX_REPAINT;
}

/* ---- keys and mouse ---- */

static bool
click_entry(struct ui *ui, size_t row)
{
	struct scroll *s = &ui->list->scroll;
	size_t line = row - ui->list->first_row;

	if (row < ui->list->first_row || line >= s->page || s->top + line >= ui->events.count)
		return false;
	scroll_to(s, s->top + line);
	return true;
}

static unsigned
events_input(struct ui *ui, void *self, const struct input *in)
{
	const struct command *c = command_find(in->key);

	(void)self;
	if (in->key == K_CLICK && click_entry(ui, in->row))
		return FX_REPAINT;
	return c ? command_run(c, ui, in) : 0;
}

const struct screen_ops events_screen = {
	.input = events_input,
	.draw  = events_draw,
};
