/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the outcomes of a close: how each is found out, and the sentences about it. */

#include "ui/follow_close.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act/close.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "ui/closing.h"
#include "ui/follow.h"

#define PATIENCE_NS (2 * NS_PER_SEC)	/* for a socket that should be gone */
#define WATCH_NS    (5 * NS_PER_SEC)	/* for a listener that may listen again */

enum outcome {
	OUT_WAITS,		/* not known yet */
	OUT_CLOSED,
	OUT_BOUND,		/* closed; the program had bound its port, which stays so */
	OUT_SHUT,		/* a listener that listens no more and has its port */
	OUT_AGAIN,		/* it listened again */
	OUT_STAYS,		/* UDP */
	OUT_STILL,		/* nothing happened */
	OUT_GONE,		/* it had closed by itself */
	OUT_UNREACHED,		/* the kernel does not find it among others at its port */
	OUT_CHANGED,
	OUT_FORBIDDEN,
	OUT_UNABLE,		/* the kernel has no such thing */
	OUT_UNNAMED,
	OUT_FAILED,
	OUTCOMES
};

/* What is said of one, with its place and its holders, state or error; and how several are counted. */
static const struct {
	const char *one;	/* N_() */
	const char *some;	/* N_() */
} words[OUTCOMES] = {
	[OUT_CLOSED] = { N_("%1$s is closed."), N_("%zu closed") },
	[OUT_BOUND] = { N_("%1$s is closed; its port is still bound by %2$s."),
	                N_("%zu closed (port still bound)") },
	[OUT_SHUT] = { N_("%1$s is shut, and still bound by %2$s: the port is free when that closes it "
	                  "or ends (k)."), N_("%zu shut (port still bound)") },
	[OUT_AGAIN] = { N_("%1$s listens again: %2$s went on after it was shut. k ends it."),
	                N_("%zu that listen again") },
	[OUT_STAYS] = { N_("%1$s stays, as UDP does: %2$s got an error, and still has the port. "
	                   "k ends it."), N_("%zu told of an error (port still bound)") },
	[OUT_STILL] = { N_("%1$s is still there (%2$s), though the kernel said that it closed it."),
	                N_("%zu still there") },
	[OUT_GONE] = { N_("%1$s was closed already."), N_("%zu closed already") },
	[OUT_UNREACHED] = { N_("%1$s is still there, held by %2$s: of several sockets on one port the "
	                       "kernel reaches only one. k ends its process."), N_("%zu out of reach") },
	[OUT_CHANGED] = { N_("%1$s has changed meanwhile and was left alone; look at it again."),
	                  N_("%zu changed meanwhile and left alone") },
	[OUT_FORBIDDEN] = { N_("%1$s was not closed: not permitted."), N_("%zu not permitted") },
	[OUT_UNABLE] = { N_("%1$s was not closed: this kernel closes no sockets for others "
	                    "(CONFIG_INET_DIAG_DESTROY). k ends its process."), N_("%zu not closed") },
	[OUT_UNNAMED] = { N_("%1$s was not closed: without sock_diag nothing names it for certain. "
	                     "k ends its process."), N_("%zu not closed") },
	[OUT_FAILED] = { N_("%1$s was not closed: %2$s."), N_("%zu not closed") },
};

/* ---- life ---- */

static enum outcome
outcome_of_error(int err)
{
	if (err == EPERM || err == EACCES)
		return OUT_FORBIDDEN;
	return err == EOPNOTSUPP ? OUT_UNABLE : OUT_FAILED;
}

/* What is known without another look. */
static enum outcome
first_outcome(int result)
{
	if (result < 0)
		return outcome_of_error(-result);
	if (result == CLOSE_OTHER)
		return OUT_CHANGED;
	return result == CLOSE_NO_COOKIE ? OUT_UNNAMED : OUT_WAITS;
}

void
follow_close_done(struct follow_close *f)
{
	free(f->socks);
	*f = (struct follow_close){ .socks = NULL };
}

static bool
any_waits(const struct follow_close *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->socks[i].outcome == OUT_WAITS)
			return true;
	return false;
}

bool
follow_close_waits(const struct follow_close *f)
{
	return any_waits(f);
}

/* ---- what is ---- */

/* Of a socket that is in the snapshot though it should be closed. */
static enum outcome
outcome_of_present(const struct closed *c, const struct sock *now, bool late)
{
	bool listener = c->sock.state == STATE_LISTEN;

	if (c->result == CLOSE_NOT_FOUND && sock_holds_port(now))
		return OUT_UNREACHED;
	if (now->proto == PROTO_UDP)
		return OUT_STAYS;
	if (now->state == STATE_BOUND)
		return listener ? OUT_SHUT : OUT_BOUND;
	if (now->state == STATE_LISTEN && c->result == CLOSE_DONE)
		return OUT_AGAIN;
	return late ? OUT_STILL : OUT_WAITS;
}

static enum outcome
outcome_in(const struct closed *c, const struct snapshot *snap, bool late)
{
	const struct sock *now = snapshot_find(snap, sock_id(&c->sock));

	if (now)
		return outcome_of_present(c, now, late);
	if (c->result == CLOSE_NOT_FOUND)
		return OUT_GONE;
	/* The kernel found it a moment ago: one dump without it is no proof. */
	return c->result == CLOSE_DONE || late ? OUT_CLOSED : OUT_WAITS;
}

/* ---- in words ---- */

static void
add_detail(struct text *t, const struct closed *c, const struct sock *now, enum text_charset cs)
{
	if (c->outcome == OUT_FAILED)
		text_add(t, strerror(-c->result));
	else if (c->outcome == OUT_STILL && now)
		text_add(t, sock_state_names[now->state]);
	else if (now)
		follow_add_holders(t, now, cs);
}

static void
say_one(struct text *say, const struct closed *c, const struct snapshot *snap, enum text_charset cs)
{
	struct text place, detail;

	text_init(&place);
	text_init(&detail);
	closing_add_place(&place, &c->sock, cs);
	add_detail(&detail, c, snap ? snapshot_find(snap, sock_id(&c->sock)) : NULL, cs);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	text_addf(say, _(words[c->outcome].one), text_str(&place), text_str(&detail));
#pragma GCC diagnostic pop
	text_done(&place);
	text_done(&detail);
}

static size_t
count_of(const struct follow_close *f, enum outcome outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < f->count; i++)
		n += f->socks[i].outcome == outcome;
	return n;
}

/* "3 closed, 1 not permitted." */
static void
say_counts(struct text *say, const struct follow_close *f)
{
	const char *between = "";

	for (size_t i = OUT_CLOSED; i < OUTCOMES; i++) {
		size_t n = count_of(f, i);

		if (n == 0)
			continue;
		text_add(say, between);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		text_addf(say, _(words[i].some), n);
#pragma GCC diagnostic pop
		between = ", ";
	}
	text_addc(say, '.');
}

static void
tell(struct follow_close *f, const struct snapshot *snap, enum text_charset cs, struct text *say)
{
	f->told = true;
	if (f->count == 1)
		say_one(say, &f->socks[0], snap, cs);
	else
		say_counts(say, f);
	if (count_of(f, OUT_FORBIDDEN) == 0)
		return;
	text_addc(say, ' ');
	closing_add_needs(say, f->root);
}

bool
follow_close_start(struct follow_close *f, struct closed *socks, size_t count, bool root,
                   uint64_t now_ns, enum text_charset cs, struct text *say)
{
	follow_close_done(f);
	f->socks = socks;
	f->count = count;
	f->root = root;
	f->closed_ns = now_ns;
	for (size_t i = 0; i < count; i++)
		socks[i].outcome = first_outcome(socks[i].result);
	if (any_waits(f))
		return false;
	tell(f, NULL, cs, say);
	follow_close_done(f);
	return true;
}

/* ---- when to speak ---- */

/* A listener that was shut, alone, and listens by now. */
static bool
came_back(struct follow_close *f, const struct snapshot *snap)
{
	struct closed *c = &f->socks[0];
	const struct sock *now = snapshot_find(snap, sock_id(&c->sock));

	if (f->count > 1 || c->outcome != OUT_SHUT || !now || now->state != STATE_LISTEN)
		return false;
	c->outcome = OUT_AGAIN;
	return true;
}

bool
follow_close_look(struct follow_close *f, const struct snapshot *snap, uint64_t now_ns,
                  enum text_charset cs, struct text *say)
{
	uint64_t since = now_ns - MIN(f->closed_ns, now_ns);
	bool news;

	if (!f->socks || snap->mono_ns < f->closed_ns)
		return false;
	for (size_t i = 0; i < f->count; i++)
		if (f->socks[i].outcome == OUT_WAITS)
			f->socks[i].outcome = outcome_in(&f->socks[i], snap, since >= PATIENCE_NS);
	news = f->told ? came_back(f, snap) : !any_waits(f);
	if (news)
		tell(f, snap, cs, say);
	if (f->told && (since >= WATCH_NS || count_of(f, OUT_SHUT) == 0))
		follow_close_done(f);
	return news;
}
