/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the targets of the kill menu. */

#include "ui/victims.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "ui/again.h"
#include "ui/stake.h"
#include "ui/ui_priv.h"

/* ---- life ---- */

void
victims_done(struct victims *v)
{
	for (size_t i = 0; i < v->count; i++) {
		struct victim *one = &v->list[i];

		target_close(&one->task.target);
		free(one->task.name);
		free(one->user);
		free(one->inodes);
		text_done(&one->facts);
	}
	for (size_t i = 0; i < v->nnotes; i++)
		text_done(&v->notes[i]);
	text_done(&v->instead);
	free(v->list);
	free(v->notes);
}

static char *
safe_copy(struct ui *ui, const char *s)
{
	text_clear(&ui->scratch);
	text_add_safe(&ui->scratch, s, strlen(s), ui->charset);
	return mem_copy(text_str(&ui->scratch), ui->scratch.len);
}

static struct victim *
add_victim(struct victims *v, struct ui *ui, const struct task *task)
{
	const char *user = task->has & TASK_HAS_UID ? names_user(ui->names, task->uid) : "";
	struct victim *one;

	v->list = mem_room(v->list, v->count, &v->cap, sizeof *v->list);
	one = &v->list[v->count++];
	*one = (struct victim){ .task.target.pidfd = -1, .user = safe_copy(ui, user) };
	text_clear(&ui->scratch);
	follow_add_name(&ui->scratch, task, ui->charset);
	one->task.name = mem_copy(text_str(&ui->scratch), ui->scratch.len);
	return one;
}

/* ---- whom ---- */

/* What is known of them while they are looked for; the arrays go side by side. */
struct search {
	struct victims *v;
	struct ui      *ui;
	struct map      by_pid;	/* to index + 1 in v->list */
	struct map      socks;	/* sock_id() of what is chosen */
	struct stake   *stakes;
	size_t          stakes_cap;
};

static struct victim *
find_or_add(struct search *s, const struct task *task)
{
	struct victims *v = s->v;
	uintptr_t have = (uintptr_t)map_get(&s->by_pid, (uint64_t)task->pid);

	if (have)
		return &v->list[have - 1];
	s->stakes = mem_room(s->stakes, v->count, &s->stakes_cap, sizeof *s->stakes);
	s->stakes[v->count] = (struct stake){ .task = task };
	map_put(&s->by_pid, (uint64_t)task->pid, (void *)(uintptr_t)(v->count + 1));
	return add_victim(v, s->ui, task);
}

static void
add_fact(struct text *facts, const char *fact, enum text_charset cs)
{
	if (facts->len > 0 && *fact != '\0')
		text_add(facts, cs == TEXT_UTF8 ? " · " : " - ");
	text_add(facts, fact);
}

/* A row that shows both ends does not say which of them is meant: a person must know before choosing. */
static void
add_side(struct victim *one, const struct sock *s, enum text_charset cs)
{
	if (sock_role_names[s->role])
		add_fact(&one->facts, sock_role_names[s->role], cs);
}

static void
add_holder(struct search *s, const struct chosen_sock *c, const struct task *task)
{
	struct victim *one = find_or_add(s, task);

	one->inodes = mem_room(one->inodes, one->ninodes, &one->inodes_cap, sizeof *one->inodes);
	one->inodes[one->ninodes++] = c->sock->inode;
	one->chosen |= !c->unsure;
	if (!s->stakes[one - s->v->list].held && sock_holds_port(c->sock))
		s->stakes[one - s->v->list].held = c->sock;
	if (c->unsure)
		add_side(one, c->sock, s->ui->charset);
}

static void
add_sock(struct search *s, const struct chosen_sock *c, const struct task *only)
{
	const struct sock *sock = c->sock;

	map_put(&s->socks, sock_id(sock), s);
	s->v->hidden += sock->nowners == 0;
	for (uint32_t i = 0; i < sock->nowners; i++)
		if (!only || task_same(only, sock->owners[i].task))
			add_holder(s, c, sock->owners[i].task);
}

/* Holding any one of the sockets makes it the process that was meant. */
static int
open_target(struct victim *one, const char *proc_root, const struct task *task)
{
	int r = TARGET_LET_GO;

	for (size_t i = 0; i < one->ninodes && r == TARGET_LET_GO; i++)
		r = target_open(&one->task.target, proc_root, task, one->inodes[i]);
	return r;
}

/*
 * Of a row that shows both ends nobody is chosen, unless there is nobody else that
 * could be meant.
 */
static void
fix(struct search *s)
{
	struct victims *v = s->v;
	bool alone = v->count == 1 && v->hidden == 0;

	for (size_t i = 0; i < v->count; i++) {
		struct victim *one = &v->list[i];

		one->result = open_target(one, s->ui->proc_root, s->stakes[i].task);
		one->chosen = one->result == TARGET_OK && (one->chosen || alone);
		v->ready += one->result == TARGET_OK;
	}
}

/* ---- what is told of them ---- */

static struct text *
add_note(struct victims *v)
{
	struct text *t;

	v->notes = mem_room(v->notes, v->nnotes, &v->notes_cap, sizeof *v->notes);
	t = &v->notes[v->nnotes++];
	text_init(t);
	return t;
}

/* The line that was begun said nothing. */
static void
drop_note(struct victims *v)
{
	text_done(&v->notes[--v->nnotes]);
}

static bool
parent_was_told(const struct search *s, size_t i, const struct task *parent)
{
	for (size_t k = 0; k < i; k++) {
		const struct task *other = again_parent(s->stakes[k].task);

		if (other && task_same(other, parent))
			return true;
	}
	return map_get(&s->by_pid, (uint64_t)parent->pid) != NULL;
}

static bool
unit_was_told(const struct search *s, size_t i)
{
	const char *unit = s->stakes[i].task->unit;

	for (size_t k = 0; unit && k < i; k++)
		if (s->stakes[k].task->unit && strcmp(s->stakes[k].task->unit, unit) == 0)
			return true;
	return false;
}

/* Who would bring it back. */
static void
note_again(struct search *s, size_t i)
{
	const struct task *task = s->stakes[i].task, *parent = again_parent(task);
	const char *name = s->v->list[i].task.name;
	bool alone = s->v->count == 1;

	if (parent)
		s->v->list[i].parent = (uintptr_t)map_get(&s->by_pid, (uint64_t)parent->pid);
	if (parent && !parent_was_told(s, i, parent))
		again_add_parent(add_note(s->v), task, name, alone, s->ui->charset);
	if (!unit_was_told(s, i) &&
	    !again_add_unit(add_note(s->v), task, name, alone, s->ui->charset))
		drop_note(s->v);
}

/* Whoever holds a port for something else is not chosen: to end it would help little. */
static void
note_keeper(struct search *s, size_t i)
{
	const struct stake *stake = &s->stakes[i];
	struct victim *one = &s->v->list[i];
	struct text *note;

	if (!stake->held)
		return;
	note = add_note(s->v);
	one->keeps = again_add_keeper(note, stake->task, one->task.name, stake->held,
	                              s->ui->charset);
	if (!one->keeps) {
		drop_note(s->v);
		return;
	}
	one->chosen = false;
	text_addf(&s->v->instead, " %s.", text_str(note));
}

static void
note_hidden(struct victims *v)
{
	if (v->hidden > 0)
		text_addf(add_note(v), P_("%zu of the sockets has no process that can be seen",
		                          "%zu of the sockets have no process that can be seen",
		                          v->hidden), v->hidden);
}

static void
tell(struct search *s)
{
	struct victims *v = s->v;
	struct text stake;

	text_init(&stake);
	stakes_find(s->stakes, v->count, s->ui->snap, &s->socks);
	for (size_t i = 0; i < v->count; i++) {
		text_clear(&stake);
		stake_add_text(&stake, &s->stakes[i], s->ui->charset);
		add_fact(&v->list[i].facts, text_str(&stake), s->ui->charset);
		if (task_is_stopped(s->stakes[i].task))
			add_fact(&v->list[i].facts,
			         _("is stopped: only SIGKILL and SIGCONT act at once"),
			         s->ui->charset);
		note_keeper(s, i);
		if (!v->list[i].keeps)
			note_again(s, i);
	}
	note_hidden(v);
	text_done(&stake);
}

void
victims_init(struct victims *v, struct ui *ui, const struct chosen *c)
{
	struct search s = { .v = v, .ui = ui };

	*v = (struct victims){ .list = NULL };
	map_init(&s.by_pid);
	map_init(&s.socks);
	for (size_t i = 0; i < c->count; i++)
		add_sock(&s, &c->socks[i], c->task);
	fix(&s);
	tell(&s);
	stakes_done(s.stakes, v->count);
	free(s.stakes);
	map_done(&s.by_pid);
	map_done(&s.socks);
}

/* ---- sending ---- */

size_t
victims_chosen(const struct victims *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->count; i++)
		n += v->list[i].chosen;
	return n;
}

bool
victims_add_spared(struct text *t, const struct victims *v, size_t i)
{
	const struct victim *parent = &v->list[i], *first = NULL;
	struct text children;
	size_t n = 0;

	for (size_t k = 0; k < v->count; k++) {
		if (!v->list[k].chosen || v->list[k].parent != i + 1)
			continue;
		first = n++ == 0 ? &v->list[k] : first;
	}
	if (n == 0 || parent->chosen)
		return false;
	text_init(&children);
	follow_add_more(&children, first->task.name, n);
	text_addf(t, n == 1 ? _("%1$s is the parent of %2$s and may start it again")
	                    : _("%1$s may start %2$s again: it is their parent"),
	          parent->task.name, text_str(&children));
	text_done(&children);
	return true;
}

size_t
victims_spared(const struct victims *v)
{
	struct text line;
	size_t n = 0;

	text_init(&line);
	for (size_t i = 0; i < v->count; i++)
		n += victims_add_spared(&line, v, i);
	text_done(&line);
	return n;
}

static int
signal_one(struct victim *one, const char *proc_root, int sig)
{
	int r = TARGET_LET_GO;

	for (size_t i = 0; i < one->ninodes && r == TARGET_LET_GO; i++) {
		one->task.target.inode = one->inodes[i];
		r = target_signal(&one->task.target, proc_root, sig);
	}
	return r;
}

void
victims_signal(struct victims *v, const char *proc_root, int sig)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->list[i].chosen)
			v->list[i].result = signal_one(&v->list[i], proc_root, sig);
}

size_t
victims_take_sent(struct victims *v, struct follow_task *to)
{
	size_t n = 0;

	for (size_t i = 0; i < v->count; i++) {
		struct victim *one = &v->list[i];

		if (!one->chosen || one->result != TARGET_OK)
			continue;
		to[n++] = one->task;
		one->task.name = NULL;
		one->task.target.pidfd = -1;
	}
	return n;
}

/* ---- why not ---- */

static const char *const refusals[TARGET_REFUSALS] = {
	[TARGET_INIT]     = N_("it is process 1, which nobody should end"),
	[TARGET_KTHREAD]  = N_("it is a thread of the kernel, which cannot be ended"),
	[TARGET_SELF]     = N_("it is lotop itself; q quits"),
	[TARGET_ANCESTOR] = N_("lotop runs under it, and would end with it"),
	[TARGET_GONE]     = N_("it has ended already"),
	[TARGET_LET_GO]   = N_("it no longer holds the socket"),
};

void
victim_add_why_not(struct text *t, const struct victim *v, bool root)
{
	if (v->result > TARGET_OK && v->result < TARGET_REFUSALS)
		text_add(t, _(refusals[v->result]));
	else if (v->result == -EPERM || v->result == -EACCES)
		text_addf(t, root ? _("not permitted, it belongs to %s")
		                  : _("not permitted, it belongs to %s; root may (sudo lotop)"), v->user);
	else if (v->result == -ENOSYS)
		text_add(t, _("this kernel has no safe way to, that takes Linux 5.3"));
	else
		text_add(t, strerror(-v->result));
}

void
victims_add_refused(struct text *t, const struct victims *v, bool root)
{
	const struct victim *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < v->count; i++) {
		if (v->list[i].result == TARGET_OK)
			continue;
		if (n++ == 0)
			first = &v->list[i];
	}
	if (n == 0)
		return;
	text_addf(t, _("%s was not signalled: "), first->task.name);
	victim_add_why_not(t, first, root);
	text_addc(t, '.');
	if (n > 1)
		text_addf(t, P_(" Nor was %zu more.", " Nor were %zu more.", n - 1), n - 1);
}
