/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns what is remembered of a signal that was sent, and the sentences about it.
 * A socket is found by its id, and its port by protocol and number, in each new
 * snapshot: what was there when the signal was sent proves nothing now.
 */

#include "ui/follow.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"

#define PATIENCE_NS (5 * NS_PER_SEC)

/* What a snapshot says about the port. */
struct finding {
	const struct sock *here;	/* holds the same address and port: the same socket, if it is there */
	const struct sock *elsewhere;	/* holds the port on another address */
	bool               same;	/* here is the very socket */
	bool               ours;	/* here is held by a task that got the signal */
	size_t             ended;	/* tasks */
};

void
follow_add_name(struct text *t, const struct task *task, enum text_charset cs)
{
	text_add_safe(t, task->comm, strlen(task->comm), cs);
	text_addf(t, " %d", (int)task->pid);
}

static bool
at_same_place(const struct follow *f, const struct sock *s)
{
	return s->local.port == f->local.port &&
	       memcmp(s->local.addr, f->local.addr, sizeof f->local.addr) == 0;
}

static bool
holds_same_port(const struct follow *f, const struct sock *s)
{
	return s->proto == f->proto && s->local.port == f->local.port && sock_holds_port(s);
}

static bool
has_others(const struct follow *f, const struct snapshot *snap)
{
	for (size_t i = 0; snap && i < snap->count; i++) {
		const struct sock *s = &snap->socks[i];

		if (holds_same_port(f, s) && at_same_place(f, s) && sock_id(s) != f->id)
			return true;
	}
	return false;
}

void
follow_start(struct follow *f, struct follow_task *tasks, size_t count,
             const struct sock *sock, int sig, const struct snapshot *snap, uint64_t now_ns)
{
	follow_done(f);
	f->tasks = tasks;
	f->count = count;
	f->id = sock_id(sock);
	f->local = sock->local;
	f->proto = sock->proto;
	f->holds = sock_holds_port(sock);
	f->sig = sig;
	f->sent_ns = now_ns;
	f->shared = has_others(f, snap);
}

void
follow_done(struct follow *f)
{
	for (size_t i = 0; i < f->count; i++) {
		target_close(&f->tasks[i].target);
		free(f->tasks[i].name);
	}
	free(f->tasks);
	text_done(&f->before);
	*f = (struct follow){ .tasks = NULL };
}

bool
follow_waits(const struct follow *f)
{
	return f->tasks && !f->settled;
}

/* ---- what is ---- */

static bool
is_ours(const struct follow *f, const struct sock *s)
{
	for (size_t i = 0; i < s->nowners; i++)
		for (size_t k = 0; k < f->count; k++)
			if (s->owners[i].task->pid == f->tasks[k].target.pid &&
			    s->owners[i].task->start == f->tasks[k].target.start)
				return true;
	return false;
}

static void
note_sock(const struct follow *f, const struct sock *s, struct finding *ret)
{
	if (!holds_same_port(f, s))
		return;
	if (!at_same_place(f, s)) {
		ret->elsewhere = s;
		return;
	}
	if (ret->same)
		return;
	ret->same = sock_id(s) == f->id;
	ret->here = s;
}

static struct finding
look_around(const struct follow *f, const struct snapshot *snap)
{
	struct finding found = { .here = NULL };

	for (size_t i = 0; i < snap->count; i++)
		note_sock(f, &snap->socks[i], &found);
	found.ours = found.here && is_ours(f, found.here);
	for (size_t i = 0; i < f->count; i++)
		found.ended += target_ended(&f->tasks[i].target);
	return found;
}

/* ---- in words ---- */

/* "node 4211", or "node 4211 and 2 more". */
static void
add_and_more(struct text *t, const char *first, size_t count)
{
	if (count == 1)
		text_add(t, first);
	else
		text_addf(t, P_("%s and %zu more", "%s and %zu more", count - 1), first, count - 1);
}

static void
add_tasks(struct text *t, const struct follow *f)
{
	add_and_more(t, f->tasks[0].name, f->count);
}

static void
add_holders(struct text *t, const struct sock *s, enum text_charset cs)
{
	struct text name;

	if (s->nowners == 0) {
		text_add(t, _("a process that cannot be seen"));
		return;
	}
	text_init(&name);
	follow_add_name(&name, s->owners[0].task, cs);
	add_and_more(t, text_str(&name), s->nowners);
	text_done(&name);
}

/* Whole seconds and tenths: "0.2". */
static void
add_elapsed(struct text *t, const struct follow *f, uint64_t now_ns)
{
	uint64_t tenths = (now_ns - f->sent_ns + 50 * NS_PER_MS) / (100 * NS_PER_MS);

	text_addf(t, "%llu.%llu", (unsigned long long)(tenths / 10),
	          (unsigned long long)(tenths % 10));
}

/* Every part that a sentence may need; sentences take them as %s, in an order that a translation may change. */
struct parts {
	struct text place;	/* 127.0.0.1:3000 */
	struct text tasks;
	struct text holders;	/* of what is here, or else elsewhere */
	struct text elsewhere;	/* its place */
	struct text elapsed;
};

static void
parts_init(struct parts *p, const struct follow *f, const struct finding *found, uint64_t now_ns,
           enum text_charset cs)
{
	const struct sock *holder = found->here ? found->here : found->elsewhere;

	*p = (struct parts){ .place.s = NULL };
	endpoint_add_text(&p->place, &f->local);
	add_tasks(&p->tasks, f);
	if (holder)
		add_holders(&p->holders, holder, cs);
	if (found->elsewhere)
		endpoint_add_text(&p->elsewhere, &found->elsewhere->local);
	add_elapsed(&p->elapsed, f, now_ns);
}

static void
parts_done(struct parts *p)
{
	text_done(&p->place);
	text_done(&p->tasks);
	text_done(&p->holders);
	text_done(&p->elsewhere);
	text_done(&p->elapsed);
}

static void
say_free(struct text *say, const struct follow *f, const struct finding *found,
         const struct parts *p)
{
	bool ended = found->ended == f->count;

	if (found->elsewhere)
		text_addf(say, _("%1$s is free after %2$s s; %3$s holds %4$s."),
		          text_str(&p->place), text_str(&p->elapsed),
		          text_str(&p->holders), text_str(&p->elsewhere));
	else if (ended)
		text_addf(say, _("Port %1$u is free: %2$s ended after %3$s s."), f->local.port,
		          text_str(&p->tasks), text_str(&p->elapsed));
	else
		text_addf(say, _("Port %1$u is free after %3$s s: %2$s closed it, and still runs."),
		          f->local.port, text_str(&p->tasks), text_str(&p->elapsed));
}

/* What a signal that did not do leaves to try. */
static void
add_advice(struct text *say, const struct follow *f)
{
	if (f->sig != SIGKILL)
		text_addf(say, " %s", _("k again for SIGKILL."));
}

static void
say_held(struct text *say, const struct follow *f, const struct finding *found,
         const struct parts *p)
{
	if (found->ours) {
		text_addf(say, _("Port %1$u is still held by %2$s, %3$s s after %4$s."),
		          f->local.port, text_str(&p->holders), text_str(&p->elapsed),
		          signal_name(f->sig));
		add_advice(say, f);
	} else if ((found->same || f->shared) && found->ended == f->count) {
		text_addf(say, _("Port %1$u is still held by %2$s; %3$s ended."), f->local.port,
		          text_str(&p->holders), text_str(&p->tasks));
	} else if (found->same || f->shared) {
		text_addf(say, _("Port %1$u is still held by %2$s; %3$s closed it."),
		          f->local.port, text_str(&p->holders), text_str(&p->tasks));
	} else {
		text_addf(say, _("Port %1$u is held again: %2$s holds it now."), f->local.port,
		          text_str(&p->holders));
	}
}

static void
say_connection(struct text *say, const struct follow *f, const struct finding *found,
               const struct parts *p, bool open)
{
	if (found->ended == f->count) {
		text_addf(say, _("%1$s ended after %2$s s."), text_str(&p->tasks),
		          text_str(&p->elapsed));
	} else if (!open) {
		text_addf(say, _("%1$s closed the connection after %2$s s, and still runs."),
		          text_str(&p->tasks), text_str(&p->elapsed));
	} else {
		text_addf(say, _("%1$s still runs, %2$s s after %3$s."), text_str(&p->tasks),
		          text_str(&p->elapsed), signal_name(f->sig));
		add_advice(say, f);
	}
}

/* ---- when to speak ---- */

/*
 * Is it decided how it ended? Free, or taken by another socket: yes, at once. The same socket may
 * have more holders that are about to end, and a process may need time: patience.
 */
static bool
decided(const struct follow *f, const struct finding *found, bool open, uint64_t now_ns)
{
	if (now_ns - f->sent_ns >= PATIENCE_NS)
		return true;
	if (!f->holds)
		return found->ended == f->count || !open;
	return !found->here || (!found->same && !found->ours && !f->shared);
}

static void
tell(struct follow *f, const struct finding *found, bool open, uint64_t now_ns,
     enum text_charset cs, struct text *say)
{
	struct parts p;

	parts_init(&p, f, found, now_ns, cs);
	text_add(say, text_str(&f->before));
	if (!f->holds)
		say_connection(say, f, found, &p, open);
	else if (found->here)
		say_held(say, f, found, &p);
	else
		say_free(say, f, found, &p);
	parts_done(&p);
}

/*
 * A port that was free may be taken again by whoever starts servers anew: it is
 * watched for the rest of the time.
 */
static bool
has_news(const struct follow *f, const struct finding *found, bool open, uint64_t now_ns)
{
	if (!f->settled)
		return decided(f, found, open, now_ns);
	return f->holds && found->here;
}

bool
follow_look(struct follow *f, const struct snapshot *snap, uint64_t now_ns,
            enum text_charset cs, struct text *say)
{
	struct finding found;
	bool open, news;

	if (!f->tasks)
		return false;
	found = look_around(f, snap);
	open = snapshot_find(snap, f->id) != NULL;
	news = has_news(f, &found, open, now_ns);
	if (news)
		tell(f, &found, open, now_ns, cs, say);
	f->settled |= news;
	if (now_ns - f->sent_ns >= PATIENCE_NS || (f->settled && (found.here || !f->holds)))
		follow_done(f);
	return news;
}
