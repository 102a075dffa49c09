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
#include "ui/again.h"
#include "view/lingering.h"

#define PATIENCE_NS (5 * NS_PER_SEC)
#define OTHERS_NS   NS_PER_SEC	/* others that hold the port may end with those that did */

#define NAMES_MAX 2	/* places that are still held and are told each */

/* What a snapshot says about the port of one place. */
struct finding {
	const struct sock *here;	/* holds the same address and port: the same socket, if it is there */
	const struct sock *elsewhere;	/* holds the port on another address */
	bool               same;	/* here is the very socket */
	bool               ours;	/* here is held by a task that got the signal … */
	bool               stopped;	/* … and that one is stopped */
};

void
follow_add_name(struct text *t, const struct task *task, enum text_charset cs)
{
	const char *name = task_app(task);

	text_add_safe(t, name, strlen(name), cs);
	text_addf(t, " %d", (int)task->pid);
}

static bool
at_same_place(const struct follow_place *p, const struct sock *s)
{
	return s->local.port == p->local.port &&
	       memcmp(s->local.addr, p->local.addr, sizeof p->local.addr) == 0;
}

static bool
holds_same_port(const struct follow_place *p, const struct sock *s)
{
	return s->proto == p->proto && s->local.port == p->local.port && sock_holds_port(s);
}

const struct sock *
follow_holder(const struct snapshot *snap, const struct sock *was)
{
	const struct follow_place p = { .local = was->local, .proto = was->proto };

	for (size_t i = 0; i < snap->count; i++)
		if (holds_same_port(&p, &snap->socks[i]) && at_same_place(&p, &snap->socks[i]))
			return &snap->socks[i];
	return NULL;
}

static bool
has_others(const struct follow_place *p, const struct snapshot *snap)
{
	for (size_t i = 0; snap && i < snap->count; i++) {
		const struct sock *s = &snap->socks[i];

		if (holds_same_port(p, s) && at_same_place(p, s) && sock_id(s) != p->id)
			return true;
	}
	return false;
}

/* ---- places ---- */

static bool
has_place(const struct follow *f, const struct sock *s)
{
	for (size_t i = 0; i < f->nplaces; i++)
		if (f->places[i].proto == s->proto && at_same_place(&f->places[i], s))
			return true;
	return false;
}

static void
add_place(struct follow *f, const struct sock *s, const struct snapshot *snap)
{
	struct follow_place *p = &f->places[f->nplaces++];

	*p = (struct follow_place){
		.id = sock_id(s), .local = s->local, .proto = s->proto, .holds = sock_holds_port(s),
	};
	p->shared = has_others(p, snap);
}

/* Of connections one will do: what is told is what became of the tasks. */
static void
add_places(struct follow *f, const struct sock *socks, size_t n, const struct snapshot *snap)
{
	f->places = mem_resize(NULL, n, sizeof *f->places);
	for (size_t i = 0; i < n; i++)
		if (sock_holds_port(&socks[i]) && !has_place(f, &socks[i]))
			add_place(f, &socks[i], snap);
	if (f->nplaces == 0)
		add_place(f, &socks[0], snap);
}

void
follow_start(struct follow *f, struct follow_task *tasks, size_t count,
             const struct sock *socks, size_t nsocks, int sig, const struct snapshot *snap,
             uint64_t now_ns)
{
	follow_done(f);
	f->tasks = tasks;
	f->count = count;
	f->sig = sig;
	f->sent_ns = now_ns;
	add_places(f, socks, nsocks, snap);
}

void
follow_done(struct follow *f)
{
	for (size_t i = 0; i < f->count; i++) {
		target_close(&f->tasks[i].target);
		free(f->tasks[i].name);
	}
	free(f->tasks);
	free(f->places);
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
got_signal(const struct follow *f, const struct task *task)
{
	for (size_t i = 0; i < f->count; i++)
		if (task->pid == f->tasks[i].target.pid && task->start == f->tasks[i].target.start)
			return true;
	return false;
}

static void
note_ours(const struct follow *f, struct finding *found)
{
	const struct sock *s = found->here;

	for (size_t i = 0; s && i < s->nowners; i++) {
		if (!got_signal(f, s->owners[i].task))
			continue;
		found->ours = true;
		found->stopped |= task_is_stopped(s->owners[i].task);
	}
}

static void
note_sock(const struct follow_place *p, const struct sock *s, struct finding *ret)
{
	if (!holds_same_port(p, s))
		return;
	if (!at_same_place(p, s)) {
		ret->elsewhere = s;
		return;
	}
	if (ret->same)
		return;
	ret->same = sock_id(s) == p->id;
	ret->here = s;
}

static struct finding
look_around(const struct follow *f, const struct follow_place *p, const struct snapshot *snap)
{
	struct finding found = { .here = NULL };

	for (size_t i = 0; i < snap->count; i++)
		note_sock(p, &snap->socks[i], &found);
	note_ours(f, &found);
	return found;
}

static bool
all_ended(const struct follow *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (!target_ended(&f->tasks[i].target))
			return false;
	return true;
}

/* ---- in words ---- */

void
follow_add_more(struct text *t, const char *first, size_t count)
{
	if (count == 1)
		text_add(t, first);
	else
		text_addf(t, P_("%s and %zu more", "%s and %zu more", count - 1), first, count - 1);
}

static void
add_tasks(struct text *t, const struct follow *f)
{
	follow_add_more(t, f->tasks[0].name, f->count);
}

void
follow_add_holders(struct text *t, const struct sock *s, enum text_charset cs)
{
	struct text name;

	if (s->nowners == 0) {
		text_add(t, _("a process that cannot be seen"));
		return;
	}
	text_init(&name);
	follow_add_name(&name, s->owners[0].task, cs);
	follow_add_more(t, text_str(&name), s->nowners);
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
	struct text starter;	/* the parent of the first holder, if it is one that starts things again */
};

static void
parts_init(struct parts *p, const struct follow *f, const struct follow_place *place,
           const struct finding *found, uint64_t now_ns, enum text_charset cs)
{
	const struct sock *holder = found->here ? found->here : found->elsewhere;

	*p = (struct parts){ .place.s = NULL };
	endpoint_add_text(&p->place, &place->local);
	add_tasks(&p->tasks, f);
	if (holder)
		follow_add_holders(&p->holders, holder, cs);
	if (found->elsewhere)
		endpoint_add_text(&p->elsewhere, &found->elsewhere->local);
	add_elapsed(&p->elapsed, f, now_ns);
	if (found->here && found->here->nowners > 0) {
		const struct task *starter = again_parent(found->here->owners[0].task);

		if (starter)
			follow_add_name(&p->starter, starter, cs);
	}
}

static void
parts_done(struct parts *p)
{
	text_done(&p->place);
	text_done(&p->tasks);
	text_done(&p->holders);
	text_done(&p->elsewhere);
	text_done(&p->elapsed);
	text_done(&p->starter);
}

static void
say_free(struct text *say, const struct follow *f, const struct follow_place *place,
         const struct finding *found, const struct snapshot *snap, const struct parts *p)
{
	if (found->elsewhere)
		text_addf(say, _("%1$s is free after %2$s s; %3$s holds %4$s."),
		          text_str(&p->place), text_str(&p->elapsed),
		          text_str(&p->holders), text_str(&p->elsewhere));
	else if (all_ended(f))
		text_addf(say, _("Port %1$u is free: %2$s ended after %3$s s."), place->local.port,
		          text_str(&p->tasks), text_str(&p->elapsed));
	else
		text_addf(say, _("Port %1$u is free after %3$s s: %2$s closed it, and still runs."),
		          place->local.port, text_str(&p->tasks), text_str(&p->elapsed));
	if (place->proto == PROTO_TCP)
		lingering_add_text(say, snap, place->local.port);
}

/* What a signal that did not do leaves to try. */
static void
add_advice(struct text *say, const struct follow *f, bool stopped)
{
	if (f->sig == SIGKILL)
		return;
	text_addc(say, ' ');
	if (stopped)
		text_addf(say, _("It is stopped, and takes %s once SIGCONT lets it go on; SIGKILL ends it at once."),
		          signal_name(f->sig));
	else
		text_add(say, _("k again for SIGKILL."));
}

static void
say_held(struct text *say, const struct follow *f, const struct follow_place *place,
         const struct finding *found, const struct parts *p)
{
	if (found->ours) {
		text_addf(say, _("Port %1$u is still held by %2$s, %3$s s after %4$s."),
		          place->local.port, text_str(&p->holders), text_str(&p->elapsed),
		          signal_name(f->sig));
		add_advice(say, f, found->stopped);
	} else if ((found->same || place->shared) && all_ended(f)) {
		text_addf(say, _("Port %1$u is still held by %2$s; %3$s ended."), place->local.port,
		          text_str(&p->holders), text_str(&p->tasks));
	} else if (found->same || place->shared) {
		text_addf(say, _("Port %1$u is still held by %2$s; %3$s closed it."),
		          place->local.port, text_str(&p->holders), text_str(&p->tasks));
	} else if (p->starter.len > 0) {
		text_addf(say, _("Port %1$u is held again: %3$s started %2$s."), place->local.port,
		          text_str(&p->holders), text_str(&p->starter));
	} else {
		text_addf(say, _("Port %1$u is held again: %2$s holds it now."), place->local.port,
		          text_str(&p->holders));
	}
}

static void
say_connection(struct text *say, const struct follow *f, const struct parts *p, bool open)
{
	if (all_ended(f)) {
		text_addf(say, _("%1$s ended after %2$s s."), text_str(&p->tasks),
		          text_str(&p->elapsed));
	} else if (!open) {
		text_addf(say, _("%1$s closed the connection after %2$s s, and still runs."),
		          text_str(&p->tasks), text_str(&p->elapsed));
	} else {
		text_addf(say, _("%1$s still runs, %2$s s after %3$s."), text_str(&p->tasks),
		          text_str(&p->elapsed), signal_name(f->sig));
		add_advice(say, f, false);
	}
}

/* A free place of several: what holds its port elsewhere is not told. */
static void
say_free_ones(struct text *say, const struct follow *f, const struct finding *found, uint64_t now_ns)
{
	struct text list, tasks, elapsed;

	text_init(&list);
	text_init(&tasks);
	text_init(&elapsed);
	for (size_t i = 0; i < f->nplaces; i++) {
		if (found[i].here)
			continue;
		if (list.len > 0)
			text_add(&list, ", ");
		endpoint_add_text(&list, &f->places[i].local);
	}
	add_tasks(&tasks, f);
	add_elapsed(&elapsed, f, now_ns);
	if (list.len > 0 && all_ended(f))
		text_addf(say, _("Free: %1$s; %2$s ended after %3$s s."), text_str(&list),
		          text_str(&tasks), text_str(&elapsed));
	else if (list.len > 0)
		text_addf(say, _("Free after %2$s s: %1$s."), text_str(&list), text_str(&elapsed));
	text_done(&elapsed);
	text_done(&tasks);
	text_done(&list);
}

/* ---- halts ---- */

static bool
is_halt(int sig)
{
	return sig == SIGSTOP || sig == SIGCONT;
}

/* NULL: it holds nothing that is in sight. */
static const struct task *
seen_task(const struct follow_task *t, const struct snapshot *snap)
{
	for (size_t i = 0; i < snap->count; i++)
		for (uint32_t k = 0; k < snap->socks[i].nowners; k++) {
			const struct task *task = snap->socks[i].owners[k].task;

			if (task->pid == t->target.pid && task->start == t->target.start)
				return task;
		}
	return NULL;
}

static bool
all_are_halted(const struct follow *f, const struct snapshot *snap, bool halted)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct task *task = seen_task(&f->tasks[i], snap);

		if (!task || task_is_stopped(task) != halted)
			return false;
	}
	return true;
}

static void
tell_halt(const struct follow *f, const struct snapshot *snap, uint64_t now_ns, struct text *say)
{
	bool halts = f->sig == SIGSTOP, done = all_are_halted(f, snap, halts);
	struct text tasks, elapsed;

	text_init(&tasks);
	text_init(&elapsed);
	add_tasks(&tasks, f);
	add_elapsed(&elapsed, f, now_ns);
	if (done && halts)
		text_addf(say, P_("%s is stopped, and holds what it held; SIGCONT lets it go on.",
		                  "%s are stopped, and hold what they held; SIGCONT lets them go on.",
		                  f->count), text_str(&tasks));
	else if (done)
		text_addf(say, P_("%s runs now.", "%s run now.", f->count), text_str(&tasks));
	else if (halts)
		text_addf(say, P_("%1$s is not stopped, %2$s s after SIGSTOP.",
		                  "%1$s are not all stopped, %2$s s after SIGSTOP.", f->count),
		          text_str(&tasks), text_str(&elapsed));
	else
		text_addf(say, P_("%1$s is still stopped, %2$s s after SIGCONT.",
		                  "%1$s are not all running, %2$s s after SIGCONT.", f->count),
		          text_str(&tasks), text_str(&elapsed));
	text_done(&elapsed);
	text_done(&tasks);
}

/* ---- when to speak ---- */

/*
 * Is it decided how it ended? Free, or taken by another socket: yes, at once. The same socket may
 * have more holders that are about to end, and a process may need time: patience.
 */
static bool
place_decided(const struct follow *f, const struct follow_place *p, const struct finding *found,
              const struct snapshot *snap, uint64_t now_ns)
{
	if (!p->holds)
		return all_ended(f) || !snapshot_find(snap, p->id);
	if (!found->ours && f->ended_ns != 0 && now_ns - f->ended_ns >= OTHERS_NS)
		return true;
	return !found->here || (!found->same && !found->ours && !p->shared);
}

static bool
decided(const struct follow *f, const struct finding *found, const struct snapshot *snap,
        uint64_t now_ns)
{
	if (now_ns - f->sent_ns >= PATIENCE_NS)
		return true;
	if (is_halt(f->sig))
		return f->ended_ns != 0 || all_are_halted(f, snap, f->sig == SIGSTOP);
	for (size_t i = 0; i < f->nplaces; i++)
		if (!place_decided(f, &f->places[i], &found[i], snap, now_ns))
			return false;
	return true;
}

static void
tell_place(struct follow *f, size_t i, const struct finding *found, const struct snapshot *snap,
           uint64_t now_ns, enum text_charset cs, struct text *say)
{
	const struct follow_place *place = &f->places[i];
	struct parts p;

	parts_init(&p, f, place, &found[i], now_ns, cs);
	if (!place->holds)
		say_connection(say, f, &p, snapshot_find(snap, place->id) != NULL);
	else if (found[i].here)
		say_held(say, f, place, &found[i], &p);
	else
		say_free(say, f, place, &found[i], snap, &p);
	parts_done(&p);
}

/* Those that are free in one sentence, and each that is not, as far as there is room for it. */
static void
tell_several(struct follow *f, const struct finding *found, const struct snapshot *snap,
             uint64_t now_ns, enum text_charset cs, struct text *say)
{
	size_t held = 0;

	if (!f->settled)
		say_free_ones(say, f, found, now_ns);
	for (size_t i = 0; i < f->nplaces; i++) {
		if (!found[i].here || (f->settled && !f->places[i].was_free))
			continue;
		if (held++ >= NAMES_MAX)
			continue;
		if (say->len > 0)
			text_addc(say, ' ');
		tell_place(f, i, found, snap, now_ns, cs, say);
	}
	if (held > NAMES_MAX)
		text_addf(say, P_(" %zu more is held.", " %zu more are held.", held - NAMES_MAX),
		          held - NAMES_MAX);
}

static void
tell(struct follow *f, const struct finding *found, const struct snapshot *snap, uint64_t now_ns,
     enum text_charset cs, struct text *say)
{
	text_add(say, text_str(&f->before));
	if (is_halt(f->sig) && f->ended_ns == 0)
		tell_halt(f, snap, now_ns, say);
	else if (f->nplaces == 1)
		tell_place(f, 0, found, snap, now_ns, cs, say);
	else
		tell_several(f, found, snap, now_ns, cs, say);
}

/*
 * A port that was free may be taken again by whoever starts servers anew: it is
 * watched for the rest of the time.
 */
static bool
any_taken_again(const struct follow *f, const struct finding *found)
{
	for (size_t i = 0; i < f->nplaces; i++)
		if (f->places[i].was_free && found[i].here)
			return true;
	return false;
}

static bool
any_watched(const struct follow *f)
{
	for (size_t i = 0; i < f->nplaces; i++)
		if (f->places[i].was_free)
			return true;
	return false;
}

/* After this nothing is news but a place that was free and is not. */
static void
settle(struct follow *f, const struct finding *found)
{
	f->settled = true;
	if (is_halt(f->sig))
		return;
	for (size_t i = 0; i < f->nplaces; i++)
		f->places[i].was_free = f->places[i].holds && !found[i].here;
}

bool
follow_look(struct follow *f, const struct snapshot *snap, uint64_t now_ns,
            enum text_charset cs, struct text *say)
{
	struct finding *found;
	bool news;

	if (!f->tasks)
		return false;
	if (f->ended_ns == 0 && all_ended(f))
		f->ended_ns = now_ns;
	found = mem_resize(NULL, f->nplaces, sizeof *found);
	for (size_t i = 0; i < f->nplaces; i++)
		found[i] = look_around(f, &f->places[i], snap);
	news = f->settled ? any_taken_again(f, found) : decided(f, found, snap, now_ns);
	if (news) {
		tell(f, found, snap, now_ns, cs, say);
		settle(f, found);
	}
	free(found);
	if (now_ns - f->sent_ns >= PATIENCE_NS || (f->settled && !any_watched(f)))
		follow_done(f);
	return news;
}
