/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the words for enum sock_holder. */

#include "ui/holder.h"

#include <string.h>

#include "base/i18n.h"

/* The user whose socket it is, sanitized; empty where there is none any more. */
static void
add_user(struct text *t, const struct row *r, enum text_charset cs)
{
	const char *user;

	if (!(r->sock->has & SOCK_HAS_UID))
		return;
	user = names_user(r->env->names, r->sock->uid);
	text_add_safe(t, user, strlen(user), cs);
}

static void
word_hidden(struct text *t, const char *user)
{
	if (*user == '\0')
		text_add(t, _("(another user)"));
	else
		text_addf(t, _("(another user: %s)"), user);
}

static const char *const words[HOLDER_COUNT] = {
	[HOLDER_QUEUE]  = N_("(in accept queue)"),
	[HOLDER_NONE]   = N_("(none)"),
	[HOLDER_UNSEEN] = N_("(not visible)"),
};

void
holder_add_word(struct text *t, const struct row *r, enum text_charset cs)
{
	const struct sock *s = r->sock;
	struct text user;

	if (s->holder == HOLDER_HIDDEN) {
		text_init(&user);
		add_user(&user, r, cs);
		word_hidden(t, text_str(&user));
		text_done(&user);
	} else if (s->holder == HOLDER_NONE && s->state == STATE_TIME_WAIT) {
		text_add(t, _("(time-wait)"));
	} else if (words[s->holder]) {
		text_add(t, _(words[s->holder]));
	}
}

static const char *const reasons[HOLDER_COUNT] = {
	[HOLDER_UNKNOWN] = N_("its holder is still being read; try again in a moment."),
	[HOLDER_HIDDEN]  = N_("a process of another user holds it, which only root may see: sudo lotop."),
	[HOLDER_QUEUE]   = N_("no process has it yet; it waits until its listener accepts it."),
	[HOLDER_NONE]    = N_("no process has it any more; the kernel closes it by itself."),
	[HOLDER_UNSEEN]  = N_("its holder cannot be seen from here: it is in another container, "
	                      "or just being handed over."),
};

void
holder_add_reason(struct text *t, const struct sock *s)
{
	if (!reasons[s->holder])
		return;
	endpoint_add_text(t, &s->local);
	text_addf(t, ": %s", _(reasons[s->holder]));
}
