/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Whom lotop kill would signal for a port, and what stands against it. */

#include "cmd/kill_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/keeper.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/util.h"
#include "cmd/describe.h"
#include "model/family.h"

bool
kill_port_has(const struct kill_port *p, const struct sock *s)
{
	enum port_match m = port_match(&p->query, s);

	return m != PORT_NO && m >= p->mode;
}

bool
kill_port_had(const struct kill_port *p, const struct sock *s)
{
	for (size_t i = 0; i < p->nsockets; i++)
		if (p->sockets[i] == sock_id(s))
			return true;
	return false;
}

static void
note_socket(struct kill_port *p, const struct sock *s)
{
	p->sockets = mem_resize(p->sockets, p->nsockets + 1, sizeof *p->sockets);
	p->sockets[p->nsockets++] = sock_id(s);
}

static void
kill_refuse(struct kill_port *p, const struct text *why)
{
	fprintf(stderr, "lotop: %s\n", text_str(why));
	p->refused = true;
}

/* ---- who holds it ---- */

static bool
has_victim(const struct kill_port *p, const struct task *task)
{
	for (size_t i = 0; i < p->count; i++)
		if (task_same(p->victims[i].task, task))
			return true;
	return false;
}

static void
add_victim(struct kill_port *p, struct names *names, const struct task *task, const struct sock *s)
{
	struct victim *v;
	struct text name;

	p->victims = mem_resize(p->victims, p->count + 1, sizeof *p->victims);
	v = &p->victims[p->count++];
	*v = (struct victim){ .task = task, .sock = s, .target = { .inode = s->inode, .pidfd = -1 } };
	text_init(&name);
	describe_task(&name, names, task);
	v->name = mem_copy(text_str(&name), name.len);
	text_done(&name);
}

/* With the port, the place and what stands for the holder. */
static const char *const unseen_refusals[UNSEEN_KINDS] = {
	[UNSEEN_ELSEWHERE]     = N_("Port %1$s (%2$s) is held by %3$s; look for it in another container."),
	[UNSEEN_OTHER_USER]    = N_("Port %1$s (%2$s) is held by %3$s; use sudo."),
	[UNSEEN_NO_CAPABILITY] = N_("Port %1$s (%2$s) is held by %3$s; run lotop with that."),
	[UNSEEN_NO_PROC]       = N_("Port %1$s (%2$s) is held by %3$s; mount that first."),
};

/* There is a holder that cannot be seen: nothing may be ended in its stead. */
static void
refuse_unseen(struct kill_port *p, struct names *names, const struct sock *s)
{
	struct text why, who, place;

	text_init(&why);
	text_init(&who);
	text_init(&place);
	describe_unseen(&who, names, s);
	describe_socket(&place, s);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	text_addf(&why, _(unseen_refusals[describe_why_unseen(s)]), p->word, text_str(&place),
	          text_str(&who));
#pragma GCC diagnostic pop
	kill_refuse(p, &why);
	text_done(&place);
	text_done(&who);
	text_done(&why);
}

static void
take_socket(struct kill_port *p, struct names *names, const struct sock *s)
{
	struct text place;

	note_socket(p, s);
	if (!p->place) {
		text_init(&place);
		describe_socket(&place, s);
		p->place = mem_copy(text_str(&place), place.len);
		text_done(&place);
	}
	if (s->nowners == 0 && !p->refused)
		refuse_unseen(p, names, s);
	for (uint32_t i = 0; i < s->nowners; i++)
		if (!has_victim(p, s->owners[i].task))
			add_victim(p, names, s->owners[i].task, s);
}

/* ---- what stands against it ---- */

/* Those that hold a port for others: to end them ends more, or brings them back. */
static bool
refuse_keepers(struct kill_port *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct keeper k;
		struct text why;

		if (!keeper_find(KEEPER_ROOT, p->victims[i].task, p->victims[i].sock, &k))
			continue;
		text_init(&why);
		describe_keeper(&why, &k, p->victims[i].name, p->word);
		kill_refuse(p, &why);
		text_done(&why);
		return true;
	}
	return false;
}

static bool
refuse_strangers(struct kill_port *p)
{
	const struct task **tasks = mem_resize(NULL, p->count + 1, sizeof *tasks);
	struct text why;
	bool one;

	for (size_t i = 0; i < p->count; i++)
		tasks[i] = p->victims[i].task;
	one = family_is_one(tasks, p->count);
	free(tasks);
	if (one)
		return false;
	text_init(&why);
	text_addf(&why, _("Port %s is held by different programs: name one by its address "
	                  "(ADDRESS:PORT, -t, -u, -4, -6), or end all with --all-holders:"), p->word);
	for (size_t i = 0; i < p->count; i++)
		text_addf(&why, "\n  %s", p->victims[i].name);
	kill_refuse(p, &why);
	text_done(&why);
	return true;
}

static const char *const refusals[TARGET_REFUSALS] = {
	[TARGET_INIT]     = N_("it is process 1, which nobody should end"),
	[TARGET_KTHREAD]  = N_("it is a thread of the kernel, which cannot be ended"),
	[TARGET_SELF]     = N_("it is lotop itself"),
	[TARGET_ANCESTOR] = N_("lotop runs under it, and would end with it"),
};

static void
add_errno(struct text *t, int err)
{
	if (err == EPERM || err == EACCES)
		text_add(t, _("this user may not; use sudo"));
	else if (err == ENOSYS)
		text_add(t, _("this kernel has no safe way to, that takes Linux 5.3"));
	else
		text_add(t, strerror(err));
}

static void
refuse_victim(struct kill_port *p, const struct victim *v, int r)
{
	struct text why, reason;

	text_init(&why);
	text_init(&reason);
	if (r < 0)
		add_errno(&reason, -r);
	else
		text_add(&reason, _(refusals[r]));
	text_addf(&why, _("Port %1$s is held by %2$s, which is not ended: %3$s."), p->word, v->name,
	          text_str(&reason));
	kill_refuse(p, &why);
	text_done(&reason);
	text_done(&why);
}

/* Signal 0 tells whether this user may. What has gone meanwhile needs no signal. */
static void
fix_victims(struct kill_port *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct victim *v = &p->victims[i];
		int r = target_open(&v->target, KILL_PROC_ROOT, v->task, v->target.inode);

		if (r == TARGET_OK)
			r = target_signal(&v->target, KILL_PROC_ROOT, 0);
		if (r != TARGET_OK && r != TARGET_GONE && r != TARGET_LET_GO)
			refuse_victim(p, v, r);
	}
}

void
kill_plan(struct kill_port *p, const struct options *o, const struct snapshot *snap,
          struct names *names)
{
	p->mode = port_best(&p->query, snap);
	for (size_t i = 0; p->mode != PORT_NO && i < snap->count; i++)
		if (kill_port_has(p, &snap->socks[i]))
			take_socket(p, names, &snap->socks[i]);
	if (p->refused || refuse_keepers(p) || (!o->all_holders && refuse_strangers(p)))
		return;
	fix_victims(p);
}

void
kill_port_done(struct kill_port *p)
{
	for (size_t i = 0; i < p->count; i++) {
		target_close(&p->victims[i].target);
		free(p->victims[i].name);
	}
	free(p->victims);
	free(p->sockets);
	free(p->place);
	free(p->word);
}
