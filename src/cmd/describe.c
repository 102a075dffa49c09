/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "cmd/describe.h"

#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "source/sight.h"

static void
add_safe(struct text *t, const char *s)
{
	text_add_safe(t, s, strlen(s), text_charset_of_locale());
}

void
describe_task(struct text *t, struct names *names, const struct task *task)
{
	const char *user = task->has & TASK_HAS_UID ? names_user(names, task->uid) : NULL;
	struct text safe;

	add_safe(t, task->comm);
	if (!user) {
		text_addf(t, _(" (pid %d)"), (int)task->pid);
		return;
	}
	text_init(&safe);
	add_safe(&safe, user);
	text_addf(t, _(" (pid %1$d, user %2$s)"), (int)task->pid, text_str(&safe));
	text_done(&safe);
}

void
describe_holder(struct text *t, struct names *names, const struct sock *s)
{
	size_t more = s->nowners - 1;

	describe_task(t, names, s->owners[0].task);
	if (more > 0)
		text_addf(t, P_(" and %zu more", " and %zu more", more), more);
}

enum unseen
describe_why_unseen(const struct sock *s)
{
	if (access("/proc/self", F_OK) < 0)
		return UNSEEN_NO_PROC;
	if (s->holder != HOLDER_HIDDEN)
		return UNSEEN_ELSEWHERE;
	if (geteuid() != 0)
		return UNSEEN_OTHER_USER;
	return sight_lacks() ? UNSEEN_NO_CAPABILITY : UNSEEN_ELSEWHERE;
}

/* With the user and, where something is missing, what. */
static const char *const unseen_words[UNSEEN_KINDS] = {
	[UNSEEN_ELSEWHERE]     = N_("a process of %1$s, which cannot be seen from here"),
	[UNSEEN_OTHER_USER]    = N_("a process of %1$s, which this user may not see"),
	[UNSEEN_NO_CAPABILITY] = N_("a process of %1$s, which cannot be seen without %2$s"),
	[UNSEEN_NO_PROC]       = N_("a process of %1$s, which cannot be seen without /proc"),
};

void
describe_unseen(struct text *t, struct names *names, const struct sock *s)
{
	enum unseen why = describe_why_unseen(s);
	const char *lacks = sight_lacks();
	struct text user;

	if (!(s->has & SOCK_HAS_UID)) {
		text_add(t, _("a process that cannot be seen"));
		return;
	}
	text_init(&user);
	add_safe(&user, names_user(names, s->uid));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	text_addf(t, _(unseen_words[why]), text_str(&user), lacks ? lacks : "");
#pragma GCC diagnostic pop
	text_done(&user);
}

void
describe_owners(struct text *t, struct names *names, const struct sock *s)
{
	for (uint32_t i = 0; i < s->nowners; i++) {
		if (i > 0)
			text_add(t, ", ");
		describe_task(t, names, s->owners[i].task);
	}
}

void
describe_socket(struct text *t, const struct sock *s)
{
	text_addf(t, "%s ", sock_proto_names[s->proto]);
	if (addr_is_any(s->local.addr))
		text_addf(t, "%s:%u", addr_is_v4(s->local.addr) ? "*" : "[::]", s->local.port);
	else
		endpoint_add_text(t, &s->local);
}

/* With the process, the port, the command and what the keeper holds it for. */
static const struct {
	const char *named;	/* N_() */
	const char *nameless;	/* N_() */
} keepers[KEEPER_KINDS] = {
	[KEEPER_SYSTEMD] = {
		N_("%1$s holds port %2$s for %4$s, which %3$s ends."),
		N_("%1$s holds port %2$s for a socket unit: find its name with %3$s, and end it with systemctl stop "
		   "NAME.socket."),
	},
	[KEEPER_DOCKER] = {
		N_("%1$s forwards port %2$s to the container %4$s, which %3$s ends."),
		N_("%1$s forwards port %2$s to a container: find its name with %3$s, and end it with docker stop "
		   "NAME."),
	},
	[KEEPER_PODMAN] = {
		N_("%1$s holds port %2$s for the container %4$s, which %3$s ends."),
		N_("%1$s holds port %2$s for a container: find its name with %3$s, and end it with podman stop "
		   "NAME."),
	},
};

void
describe_keeper(struct text *t, const struct keeper *k, const char *holder, const char *port)
{
	bool named = keeper_is_named(k);
	struct text command;

	text_init(&command);
	keeper_add_command(&command, k);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	text_addf(t, _(named ? keepers[k->kind].named : keepers[k->kind].nameless), holder, port,
	          text_str(&command), k->name);
#pragma GCC diagnostic pop
	text_done(&command);
}
