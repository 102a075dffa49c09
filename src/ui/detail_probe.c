/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the sentences for what became of asking whether a service answers. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "ui/detail.h"
#include "ui/ui_priv.h"

#define LIMIT_S 2	/* as act/probe.c has it */

struct took {
	char s[32];
};

static struct took
took(uint64_t ns)
{
	struct took t;

	snprintf(t.s, sizeof t.s, "%.1f ms", (double)ns / (double)NS_PER_MS);
	return t;
}

static void
add_running(struct detail_writer *w, const struct probe *p)
{
	(void)p;
	text_add(&w->t, _("Asking ..."));
}

static void
add_failed(struct detail_writer *w, const struct probe *p)
{
	if (p->err == ECONNREFUSED)
		text_add(&w->t, _("It refuses: nothing listens there for connections from this machine."));
	else
		text_addf(&w->t, _("It cannot be reached: %s."), strerror(p->err));
}

/* The kernel drops what does not fit into the queue, and says so to nobody. */
static void
add_late(struct detail_writer *w, const struct probe *p)
{
	const struct sock *s = &w->d->sock;

	(void)p;
	if (s->has & SOCK_HAS_QUEUE && s->rqueue > 0 && s->rqueue >= s->wqueue)
		text_addf(&w->t, _("It does not accept: its queue is full (%1$u of %2$u)."), s->rqueue, s->wqueue);
	else
		text_addf(&w->t, _("It does not accept: there was no connection within %d s."), LIMIT_S);
}

static void
add_closed(struct detail_writer *w, const struct probe *p)
{
	text_addf(&w->t, _("It accepts and hangs up: connected in %s, then closed without a word."),
	          took(p->connected_ns).s);
}

/* The kernel connects for a service; whether that took the connection a snapshot tells. */
static bool
is_queued(const struct detail_writer *w, const struct probe *p)
{
	const struct snapshot *snap = w->row->env->snap;

	for (size_t i = 0; i < snap->count; i++) {
		const struct sock *s = &snap->socks[i];

		if (s->holder == HOLDER_QUEUE && s->local.port == w->d->sock.local.port &&
		    s->remote.port == p->port)
			return true;
	}
	return false;
}

static void
add_silent(struct detail_writer *w, const struct probe *p)
{
	if (is_queued(w, p))
		text_addf(&w->t, _("It does not answer: the kernel connected in %s, but the process has not "
		                   "accepted it. It is busy, or hangs."), took(p->connected_ns).s);
	else if (p->asked)
		text_addf(&w->t, _("It does not answer: connected in %1$s, and no reply to HEAD within %2$d s."),
		          took(p->connected_ns).s, LIMIT_S);
	else
		text_addf(&w->t, _("Connected in %s. It waits for its client to speak first; o again "
		                   "sends it an HTTP HEAD request."), took(p->connected_ns).s);
}

/* Is there anything in it to read? */
static bool
has_words(const struct probe *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->line[i] > ' ' && p->line[i] <= '~')
			return true;
	return false;
}

static void
add_spoke(struct detail_writer *w, const struct probe *p)
{
	struct text line;

	if (!has_words(p)) {
		text_addf(&w->t, _("It answers, but not in words: connected in %1$s, first byte after %2$s."),
		          took(p->connected_ns).s, took(p->spoke_ns).s);
		return;
	}
	text_init(&line);
	text_add_safe(&line, p->line, p->len, w->ui->charset);
	text_addf(&w->t, _("It answers: connected in %1$s, %2$s after %3$s."), took(p->connected_ns).s,
	          text_str(&line), took(p->spoke_ns).s);
	text_done(&line);
}

static const struct {
	void    (*add)(struct detail_writer *w, const struct probe *p);
	enum role role;
} outcomes[] = {
	[PROBE_RUNS]   = { add_running, ROLE_DIM },
	[PROBE_FAILED] = { add_failed, ROLE_WARNING },
	[PROBE_LATE]   = { add_late, ROLE_WARNING },
	[PROBE_CLOSED] = { add_closed, ROLE_WARNING },
	[PROBE_SILENT] = { add_silent, ROLE_TEXT },
	[PROBE_SPOKE]  = { add_spoke, ROLE_TEXT },
};

void
detail_write_probe(struct detail_writer *w)
{
	const struct probe *p = &w->d->probe;

	if (!w->d->probed)
		return;
	outcomes[p->outcome].add(w, p);
	detail_line(w, _("Answer"), outcomes[p->outcome].role);
}
