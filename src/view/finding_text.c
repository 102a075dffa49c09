/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the sentences of each finding: texts[]. */

#include "view/finding_text.h"

#include "base/i18n.h"
#include "model/task.h"

/* ---- counted ---- */

static void
count_stopped(struct text *t, size_t n)
{
	text_addf(t, P_("%zu stopped", "%zu stopped", n), n);
}

static void
count_backlog(struct text *t, size_t n)
{
	text_addf(t, P_("%zu queue full", "%zu queues full", n), n);
}

static void
count_close_wait(struct text *t, size_t n)
{
	text_addf(t, P_("%zu leak", "%zu leaks", n), n);
}

static void
count_split(struct text *t, size_t n)
{
	text_addf(t, P_("%zu split port", "%zu split ports", n), n);
}

static void
count_exposed(struct text *t, size_t n)
{
	text_addf(t, P_("%zu exposed", "%zu exposed", n), n);
}

static void
count_one_family(struct text *t, size_t n)
{
	text_addf(t, P_("%zu on ::1 alone", "%zu on ::1 alone", n), n);
}

/* ---- explained ---- */

/* "9 min": as much as a sentence wants. */
static void
add_span(struct text *t, uint32_t ms)
{
	uint32_t s = ms / 1000;

	if (s < 120)
		text_addf(t, _("%u s"), s);
	else if (s < 2 * 3600)
		text_addf(t, _("%u min"), s / 60);
	else
		text_addf(t, _("%u h"), s / 3600);
}

/* By the first of its holders: all of them are in one of these states. */
static void
explain_stopped(struct text *t, const struct sock *s)
{
	const struct task *task = s->owners[0].task;

	if (task->state == 'Z')
		text_addf(t, _("The main thread of process %d has ended (it is a zombie), and what is left of "
		               "it may never answer: start it again."), (int)task->pid);
	else if (task->state == 't')
		text_addf(t, _("A debugger has stopped process %d, so nobody is answered: let it go on there."),
		          (int)task->pid);
	else
		text_addf(t, _("Process %1$d is stopped, so nobody is answered: let it go on with fg in its "
		               "shell, or with kill -CONT %1$d."), (int)task->pid);
}

static void
explain_backlog(struct text *t, const struct sock *s)
{
	text_addf(t, _("Its accept queue is full (%1$u of %2$u): new clients wait, and in the end give up. Its "
	               "process is too slow or hangs: look what it does, or start it again."),
	          s->rqueue, s->wqueue);
}

static void
explain_close_wait(struct text *t, const struct sock *s)
{
	struct text span;

	text_init(&span);
	add_span(&span, sock_info(s)->quiet_ms);
	text_addf(t, s->holder == HOLDER_QUEUE
	          ? _("The client left %s ago, and its connection was never accepted: the listener hangs. "
	              "Look what it does, or start it again.")
	          : _("The other end closed %s ago, and this one has not: a program that forgets to close runs "
	              "out of descriptors. That is to be mended in it; to start it again frees them."),
	          text_str(&span));
	text_done(&span);
}

static void
explain_split(struct text *t, const struct sock *s)
{
	text_addf(t, _("Another program has port %u on another address, so it depends on the address who "
	               "answers, and localhost may be either. End one of them, or give it another port."),
	          s->local.port);
}

static void
explain_exposed(struct text *t, const struct sock *s)
{
	struct text addr;

	if (addr_is_any(s->local.addr)) {
		text_add(t, s->proto == PROTO_UDP
		         ? _("Anyone who can reach this machine can send to it: it is bound to every address. Bind "
		             "it to 127.0.0.1 if only local programs need it.")
		         : _("Anyone who can reach this machine can connect: it is bound to every address. Bind it "
		             "to 127.0.0.1 if only local programs need it."));
		return;
	}
	text_init(&addr);
	addr_add_text(&addr, s->local.addr);
	text_addf(t, s->proto == PROTO_UDP
	          ? _("Anyone who can reach %s can send to it. Bind it to 127.0.0.1 if only local programs need "
	              "it.")
	          : _("Anyone who can reach %s can connect. Bind it to 127.0.0.1 if only local programs need "
	              "it."), text_str(&addr));
	text_done(&addr);
}

static void
explain_one_family(struct text *t, const struct sock *s)
{
	text_addf(t, _("It listens on ::1 alone: a client of 127.0.0.1:%u finds nobody. Bind it to 127.0.0.1 as "
	               "well if IPv4 clients should reach it."), s->local.port);
}

static const struct {
	void (*count)(struct text *t, size_t n);
	void (*explain)(struct text *t, const struct sock *s);
} texts[FINDING_COUNT] = {
	[FINDING_STOPPED]    = { count_stopped, explain_stopped },
	[FINDING_BACKLOG]    = { count_backlog, explain_backlog },
	[FINDING_CLOSE_WAIT] = { count_close_wait, explain_close_wait },
	[FINDING_SPLIT]      = { count_split, explain_split },
	[FINDING_EXPOSED]    = { count_exposed, explain_exposed },
	[FINDING_ONE_FAMILY] = { count_one_family, explain_one_family },
};

void
finding_add_count(struct text *t, enum finding f, size_t n)
{
	texts[f].count(t, n);
}

void
finding_add_why(struct text *t, enum finding f, const struct sock *s)
{
	texts[f].explain(t, s);
}
