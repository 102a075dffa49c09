/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the words for enum sock_holder. */

#include "ui/holder.h"

#include <string.h>

#include "base/i18n.h"

/* The user whose socket it is: whoever it is hidden from can tell at least that. */
static void
add_hidden_word(struct text *t, const struct row *r, enum text_charset cs)
{
	const char *name;
	struct text user;

	if (!(r->sock->has & SOCK_HAS_UID)) {
		text_add(t, _("(another user)"));
		return;
	}
	name = names_user(r->env->names, r->sock->uid);
	text_init(&user);
	text_add_safe(&user, name, strlen(name), cs);
	text_addf(t, _("(another user: %s)"), text_str(&user));
	text_done(&user);
}

static const char *const words[HOLDER_COUNT] = {
	[HOLDER_QUEUE]  = N_("(in accept queue)"),
	[HOLDER_NONE]   = N_("(none)"),
	[HOLDER_UNSEEN] = N_("(not visible)"),
};

void
holder_add_word(struct text *t, const struct row *r, bool root, enum text_charset cs)
{
	const struct sock *s = r->sock;

	if (s->holder == HOLDER_HIDDEN && root)
		text_add(t, _("(hidden)"));
	else if (s->holder == HOLDER_HIDDEN)
		add_hidden_word(t, r, cs);
	else if (s->holder == HOLDER_NONE && s->state == STATE_TIME_WAIT)
		text_add(t, _("(time-wait)"));
	else if (words[s->holder])
		text_add(t, _(words[s->holder]));
}

static const char *const reasons[HOLDER_COUNT] = {
	[HOLDER_UNKNOWN] = N_("its holder is still being read; try again in a moment."),
	[HOLDER_HIDDEN]  = N_("a process of another user holds it, which only root may see: sudo lotop."),
	[HOLDER_QUEUE]   = N_("no process has it yet; it waits until its listener accepts it."),
	[HOLDER_NONE]    = N_("no process has it any more; the kernel closes it by itself."),
	[HOLDER_UNSEEN]  = N_("its holder cannot be seen from here: it is in another container, "
	                      "or just being handed over."),
};

/* Root lacks what a sandbox took away, and what another user namespace keeps to itself. */
static const char hidden_from_root[] =
	N_("its holder cannot be seen, not even by root: it is in another user namespace, "
	   "or lotop lacks CAP_SYS_PTRACE or CAP_DAC_READ_SEARCH.");

/* Who is to accept it. "next dev 4211" */
static void
add_waiting_reason(struct text *t, const struct task *task, enum text_charset cs)
{
	const char *app = task_app(task);
	struct text who;

	text_init(&who);
	text_add_safe(&who, app, strlen(app), cs);
	text_addf(t, _("no process has it yet; it waits until %s %d accepts it."), text_str(&who),
	          (int)task->pid);
	text_done(&who);
}

const struct task *
holder_listener(const struct snapshot *snap, const struct sock *s)
{
	const struct sock *listener = s->listener ? &snap->socks[s->listener - 1] : NULL;

	return listener && listener->nowners > 0 ? listener->owners[0].task : NULL;
}

void
holder_add_reason(struct text *t, const struct snapshot *snap, const struct sock *s, bool root,
                  enum text_charset cs)
{
	const char *reason = root && s->holder == HOLDER_HIDDEN ? hidden_from_root
	                                                        : reasons[s->holder];
	const struct task *listener = s->holder == HOLDER_QUEUE ? holder_listener(snap, s) : NULL;

	if (!reason)
		return;
	endpoint_add_text(t, &s->local);
	text_add(t, ": ");
	if (listener)
		add_waiting_reason(t, listener, cs);
	else
		text_add(t, _(reason));
}
