/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns what the page says of a process. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "ui/detail.h"
#include "ui/holder.h"
#include "ui/ui_priv.h"

#define HELD_SHOWN    16	/* other ports of a process */
#define HOLDERS_SHOWN 16
#define PARENTS_MAX   32
#define LINES_SHOWN   20	/* of a log file */
#define TAB           8

static const struct task *
task_of(const struct detail_writer *w)
{
	const struct row *r = w->row;

	if (r->kind == ROW_PROCESS && r->sum)
		return r->sum->task;
	return r->sock->nowners > 0 ? r->sock->owners[0].task : NULL;
}

/* What was found out about that very process, or NULL. */
static const struct task_detail *
detail_of(const struct detail_writer *w, const struct task *task)
{
	const struct detail *found = w->d->found;

	for (size_t i = 0; found && i < DETAIL_ENDS; i++) {
		const struct task_detail *td = found->tasks[i];

		if (td && td->pid == task->pid && td->start == task->start)
			return td;
	}
	return NULL;
}

/* ---- the first line ---- */

#define DAY_S  (24 * 3600)
#define YEAR_S (300 * DAY_S)	/* from then on the year says more than the hour */

static void
add_since(struct detail_writer *w, uint64_t ticks)
{
	struct timespec start = clock_of_start(ticks);
	bool old = w->row->env->snap && w->row->env->snap->wall.tv_sec - start.tv_sec > YEAR_S;
	char when[64];
	struct text safe;
	struct tm tm;

	if (!localtime_r(&start.tv_sec, &tm) ||
	    /* TRANSLATORS: the start of a process, of old ones the day alone, as strftime(3) takes it. */
	    strftime(when, sizeof when, old ? _("%b %e %Y") : _("%b %e %H:%M"), &tm) == 0)
		return;
	text_init(&safe);
	text_add_safe(&safe, when, strlen(when), w->ui->charset);
	detail_fact(w);
	text_addf(&w->t, _("since %s"), text_str(&safe));
	text_done(&safe);
}

static const struct { char state; const char *word; } state_words[] = {
	{ 'R', N_("running") },
	{ 'S', N_("sleeping") },
	{ 'D', N_("waiting for a device") },
	{ 'T', N_("stopped") },
	{ 't', N_("stopped by a debugger") },
	{ 'Z', N_("ended, but not reaped by its parent") },
	{ 'I', N_("idle") },
};

static void
add_state(struct detail_writer *w, char state)
{
	for (size_t i = 0; i < ARRAY_SIZE(state_words); i++) {
		if (state_words[i].state != state)
			continue;
		detail_fact(w);
		text_add(&w->t, _(state_words[i].word));
	}
}

static void
add_user(struct detail_writer *w, const struct task *task)
{
	if (!(task->has & TASK_HAS_UID))
		return;
	detail_fact(w);
	text_addf(&w->t, "%s ", _("user"));
	detail_add_safe(w, names_user(w->ui->names, task->uid));
}

static void
add_numbers(struct detail_writer *w, const struct task_detail *td)
{
	if (td->threads > 1) {
		detail_fact(w);
		text_addf(&w->t, P_("%u thread", "%u threads", td->threads), td->threads);
	}
	if (td->has & DETAIL_HAS_RSS) {
		detail_fact(w);
		text_addf(&w->t, "%s ", _("memory"));
		text_add_size(&w->t, td->rss);
	}
}

static void
write_first(struct detail_writer *w, const struct task *task, const struct task_detail *td)
{
	uint32_t holders = w->row->sock->nowners;

	detail_add_process(w, w->row);
	add_user(w, task);
	add_since(w, task->start);
	add_state(w, td ? td->state : task->state);
	if (td)
		add_numbers(w, td);
	if (holders > 1) {
		detail_fact(w);
		text_addf(&w->t, P_("%u holder", "%u holders", holders), holders);
	}
	detail_line(w, _("Process"), ROLE_TEXT);
}

/* ---- where it comes from, and what it runs ---- */

/* The snapshot has the first 4 KiB of it. */
static void
write_command(struct detail_writer *w, const struct task *task, const struct task_detail *td)
{
	struct task whole = *task;
	struct value v = { .kind = VAL_ARGV, .task = &whole };

	if (td && td->argv) {
		whole.argv = td->argv;
		whole.argc = td->argc;
		whole.argv_len = td->argv_len;
	}
	if (whole.argc > 0)
		value_add(&w->t, &v, VALUE_TABLE, w->ui->charset);
	if (w->t.len > 0)
		page_add_words(w->page, "", ROLE_TEXT, text_str(&w->t));
	text_clear(&w->t);
}

static void
add_place(struct detail_writer *w, const char *label, const char *path)
{
	if (!path)
		return;
	detail_fact(w);
	text_addf(&w->t, "%s ", label);
	detail_add_safe(w, path);
}

static void
write_places(struct detail_writer *w, const struct task *task)
{
	add_place(w, _("in"), task->cwd);
	detail_named_field(w, _("project"), "project", "");
	detail_line(w, "", ROLE_TEXT);
	add_place(w, _("runs"), task->exe);
	detail_line(w, "", ROLE_TEXT);
	detail_named_field(w, _("container"), "container", "");
	detail_line(w, "", ROLE_TEXT);
}

/* Between two links of the chain. */
static void
add_arrow(struct detail_writer *w)
{
	if (w->t.len > 0)
		text_add(&w->t, w->ui->charset == TEXT_UTF8 ? " → " : " -> ");
}

/* What its unit's files say is looked for once, and not at each refresh. */
static const struct restarter *
restarter_of(struct detail_writer *w, const struct task *task)
{
	struct detail_unit *u = &w->d->units[w->end];

	if (u->pid != task->pid || u->start != task->start) {
		*u = (struct detail_unit){ .pid = task->pid, .start = task->start };
		u->restarts = restarter_find(KEEPER_ROOT, task, &u->restarter);
	}
	return u->restarts ? &u->restarter : NULL;
}

static void
add_unit(struct detail_writer *w, const struct task *task)
{
	const struct restarter *r = restarter_of(w, task);

	if (!task->unit)
		return;
	add_arrow(w);
	detail_add_safe(w, task->unit);
	if (!r)
		return;
	text_add(&w->t, " (Restart=");
	detail_add_safe(w, r->how);
	text_addc(&w->t, ')');
}

/* From the supervisor down to the parent, and the unit. */
static void
write_parents(struct detail_writer *w, const struct task *task)
{
	const struct task *chain[PARENTS_MAX];
	size_t n = 0;

	for (const struct task *p = task->parent; p && n < PARENTS_MAX; p = p->parent)
		chain[n++] = p;
	while (n > 0) {
		n--;
		add_arrow(w);
		detail_add_safe(w, chain[n]->comm);
		text_addf(&w->t, " %d", (int)chain[n]->pid);
	}
	add_unit(w, task);
	detail_line(w, _("Started by"), ROLE_TEXT);
}

/* ---- who else, and what else ---- */

static void
write_holders(struct detail_writer *w)
{
	const struct sock *s = w->row->sock;

	if (s->nowners < 2 || w->row->kind == ROW_PROCESS)
		return;
	for (uint32_t i = 0; i < MIN(s->nowners, HOLDERS_SHOWN); i++) {
		detail_fact(w);
		detail_add_safe(w, s->owners[i].task->comm);
		text_addf(&w->t, " %d", (int)s->owners[i].task->pid);
	}
	detail_more(w, s->nowners - MIN(s->nowners, HOLDERS_SHOWN));
	detail_line(w, _("Held by"), ROLE_TEXT);
}

static bool
holds(const struct task *task, const struct sock *s)
{
	for (uint32_t i = 0; i < s->nowners; i++)
		if (task_same(s->owners[i].task, task))
			return true;
	return false;
}

/* Is it the second end of a connection of the process to itself, or the other end of the row's? */
static bool
is_told(const struct detail_writer *w, const struct task *task, const struct sock *s)
{
	const struct sock *peer = s->peer ? &w->row->env->snap->socks[s->peer - 1] : NULL;

	if (w->row->kind != ROW_PROCESS && (s == w->row->sock || peer == w->row->sock))
		return true;
	return peer && peer < s && holds(task, peer);
}

/* The order of a dump is no order, and changes. */
static int
by_port(const void *a, const void *b)
{
	const struct sock *x = *(const struct sock *const *)a, *y = *(const struct sock *const *)b;

	if (x->local.port != y->local.port)
		return x->local.port < y->local.port ? -1 : 1;
	if (x->proto != y->proto)
		return x->proto < y->proto ? -1 : 1;
	return memcmp(x->local.addr, y->local.addr, sizeof x->local.addr);
}

static void
add_held(struct detail_writer *w, const struct sock *s)
{
	detail_fact(w);
	if (s->proto != PROTO_TCP)
		text_addf(&w->t, "%s ", sock_proto_names[s->proto]);
	endpoint_add_text(&w->t, &s->local);
	if (s->proto == PROTO_TCP && s->state != STATE_LISTEN)
		text_addf(&w->t, " %s", sock_state_names[s->state]);
	if (sock_is_to_itself(s))
		text_addf(&w->t, " %s", _("(to itself)"));
}

static void
write_held(struct detail_writer *w, const struct task *task)
{
	const struct snapshot *snap = w->row->env->snap;
	const struct sock **held = NULL;
	size_t ports = 0, connections = 0, cap = 0;

	for (size_t i = 0; i < snap->count; i++) {
		const struct sock *s = &snap->socks[i];

		if (!holds(task, s) || is_told(w, task, s))
			continue;
		if (!sock_holds_port(s) && !sock_is_to_itself(s)) {
			connections++;
			continue;
		}
		held = mem_room(held, ports, &cap, sizeof *held);
		held[ports++] = s;
	}
	if (held)
		qsort(held, ports, sizeof *held, by_port);
	for (size_t i = 0; i < MIN(ports, HELD_SHOWN); i++)
		add_held(w, held[i]);
	free(held);
	detail_more(w, ports - MIN(ports, HELD_SHOWN));
	if (connections > 0) {
		detail_fact(w);
		text_addf(&w->t, P_("%zu connection", "%zu connections", connections), connections);
	}
	detail_line(w, w->row->kind == ROW_PROCESS ? _("Holds") : _("Also holds"), ROLE_TEXT);
}

/* ---- log files ---- */

/* Blanks up to the next multiple of TAB. */
static void
add_log_line(struct text *t, const char *s, size_t len, enum text_charset cs)
{
	for (const char *tab; (tab = memchr(s, '\t', len)); ) {
		text_add_safe(t, s, (size_t)(tab - s), cs);
		text_fill(t, ' ', TAB - text_width(text_str(t)) % TAB);
		len -= (size_t)(tab - s) + 1;
		s = tab + 1;
	}
	if (len > 0 && s[len - 1] == '\r')
		len--;
	text_add_safe(t, s, len, cs);
}

/* Where the last lines begin. Where the file was longer than its tail the first one is half a line. */
static size_t
start_of_lines(const char *s, size_t len)
{
	size_t at = len > 0 && s[len - 1] == '\n' ? len - 1 : len;

	for (size_t n = 0; at > 0; at--)
		if (s[at - 1] == '\n' && ++n == LINES_SHOWN)
			break;
	return at;
}

static void
write_lines(struct detail_writer *w, const struct task_log *log)
{
	size_t at = start_of_lines(log->tail, log->tail_len);

	if (log->tail_len == 0)
		page_add_wide(w->page, 3, ROLE_DIM, _("(empty)"));
	while (at < log->tail_len) {
		const char *s = log->tail + at;
		const char *eol = memchr(s, '\n', log->tail_len - at);
		size_t len = eol ? (size_t)(eol - s) : log->tail_len - at;

		text_clear(&w->t);
		add_log_line(&w->t, s, len, w->ui->charset);
		page_add_wide(w->page, 3, ROLE_TEXT, text_str(&w->t));
		at += len + 1;
	}
	text_clear(&w->t);
}

static void
write_tail(struct detail_writer *w, const struct task_log *log)
{
	if (log->tail) {
		write_lines(w, log);
		return;
	}
	if (log->err == 0)
		return;		/* not read yet */
	text_clear(&w->t);
	if (log->err == ESPIPE)
		text_add(&w->t, _("It is no file on a disk, and not read."));
	else
		text_addf(&w->t, _("It cannot be read: %s."), strerror(log->err));
	page_add_wide(w->page, 3, ROLE_DIM, text_str(&w->t));
	text_clear(&w->t);
}

static void
write_logs(struct detail_writer *w, const struct task_detail *td)
{
	for (size_t i = 0; i < td->nlogs; i++) {
		const struct task_log *log = &td->logs[i];

		detail_add_safe(w, log->path);
		if (log->deleted)
			text_addf(&w->t, " (%s)", _("deleted"));
		if (i == 0 && !w->d->lines)
			text_addf(&w->t, "   L %s", _("shows its last lines"));
		detail_line(w, i == 0 ? _("Logs") : "", ROLE_TEXT);
		if (w->d->lines)
			write_tail(w, log);
	}
	if (td->nlogs == 0 && w->d->lines && w->end == 0)
		page_add_words(w->page, _("Logs"), ROLE_DIM,
		               _("It has no log file open: its output goes elsewhere, as to a terminal, a pipe, the journal or /dev/null."));
}

/* ---- all of it ---- */

static void
write_trouble(struct detail_writer *w)
{
	const struct detail *found = w->d->found;

	if (!found)
		return;
	if (found->task_err[w->end] == ETIMEDOUT)
		text_add(&w->t, _("It does not answer when its facts are read; that is tried again in a minute."));
	else if (found->task_cut[w->end])
		text_add(&w->t, _("Its command line or its log files cannot be read: that hangs."));
	detail_line(w, "", ROLE_WARNING);
}

static void
write_nobody(struct detail_writer *w)
{
	struct text reason;

	text_init(&reason);
	detail_add_process(w, w->row);
	holder_add_reason(&reason, w->row->env->snap, w->row->sock, w->ui->root, w->ui->charset);
	detail_line(w, _("Process"), ROLE_DIM);
	if (reason.len > 0)
		page_add_words(w->page, "", ROLE_DIM, text_str(&reason));
	text_done(&reason);
}

void
detail_write_task(struct detail_writer *w)
{
	const struct task *task = task_of(w);
	const struct task_detail *td;

	if (!task) {
		write_nobody(w);
		return;
	}
	td = detail_of(w, task);
	write_first(w, task, td);
	write_command(w, task, td);
	write_places(w, task);
	write_trouble(w);
	write_parents(w, task);
	write_holders(w);
	write_held(w, task);
	if (td)
		write_logs(w, td);
}
