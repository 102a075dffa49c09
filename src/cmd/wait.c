/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * lotop wait: looks until every port listens, or is free. Nothing in the kernel
 * tells of a listen(2), so it looks often; a dump of listeners alone is cheap
 * however many connections there are.
 */

#include "cmd/subcommand.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/describe.h"
#include "cmd/sample.h"
#include "model/port.h"

#define LOOK_NS (20 * NS_PER_MS)

struct wait {
	const struct options *o;
	struct source        *source;
	struct names         *names;
	struct snapshot       snap;
	unsigned              want;	/* SOURCE_* without owners */
	uint32_t              states;	/* that count, 1u << enum sock_state */
};

/* A port is free for both protocols; it listens as TCP unless -u says otherwise. */
static unsigned
protos_of(const struct options *o)
{
	if (o->protos)
		return o->protos;
	return o->until_free ? 1u << PROTO_TCP | 1u << PROTO_UDP : 1u << PROTO_TCP;
}

static void
wait_init(struct wait *w, const struct options *o)
{
	unsigned protos = protos_of(o);

	*w = (struct wait){ .o = o, .names = names_new(o->numeric) };
	snapshot_init(&w->snap);
	w->states = 1u << STATE_LISTEN | 1u << STATE_UNCONN |
	            (o->until_free ? 1u << STATE_BOUND : 0);
	w->want = (protos & 1u << PROTO_TCP ? SOURCE_TCP : 0) |
	          (protos & 1u << PROTO_UDP ? SOURCE_UDP : 0) |
	          (o->families != VIEW_IPV6 ? SOURCE_IPV4 : 0) |
	          (o->families != VIEW_IPV4 ? SOURCE_IPV6 : 0);
}

static void
wait_done(struct wait *w)
{
	snapshot_done(&w->snap);
	names_free(w->names);
	source_close(w->source);
}

/* ---- looking ---- */

static struct port_query
query(const struct wait *w, size_t i)
{
	struct port_query q = options_port_query(w->o, i);

	q.protos = protos_of(w->o);
	return q;
}

/* Is one of its processes the one that is waited for? */
static bool
is_demanded(const struct options *o, const struct sock *s)
{
	for (uint32_t i = 0; i < s->nowners; i++) {
		const struct task *task = s->owners[i].task;

		if ((o->pid == 0 || task->pid == o->pid) &&
		    (!o->process || strcmp(task->comm, o->process) == 0))
			return true;
	}
	return false;
}

static bool
demands_holder(const struct options *o)
{
	return o->pid > 0 || o->process;
}

/* The first socket that the i-th port waits for, or waits to be rid of. */
static const struct sock *
find(const struct wait *w, size_t i, bool demanded)
{
	struct port_query q = query(w, i);

	for (size_t k = 0; k < w->snap.count; k++) {
		const struct sock *s = &w->snap.socks[k];

		if (w->states & 1u << s->state && port_match(&q, s) != PORT_NO &&
		    (!demanded || is_demanded(w->o, s)))
			return s;
	}
	return NULL;
}

static bool
all_there(const struct wait *w, bool demanded)
{
	for (size_t i = 0; i < w->o->nwanted; i++)
		if ((find(w, i, demanded) != NULL) == w->o->until_free)
			return false;
	return true;
}

/* Owners cost more than sockets: they are only read once all ports have some. */
static int
look(struct wait *w, bool *ret)
{
	int status = sample_take(w->source, w->want, &w->snap);

	*ret = status == EXIT_DONE && all_there(w, false);
	if (!*ret || !demands_holder(w->o))
		return status;
	status = sample_take(w->source, w->want | SOURCE_OWNERS, &w->snap);
	*ret = status == EXIT_DONE && all_there(w, true);
	return status;
}

/* ---- what is said when the time is out ---- */

static void
add_holder(struct text *t, const struct wait *w, const struct sock *s)
{
	describe_socket(t, s);
	text_add(t, ", ");
	if (s->nowners > 0)
		describe_holder(t, w->names, s);
	else
		describe_unseen(t, w->names, s);
}

static void
say_port(struct wait *w, size_t i)
{
	const struct sock *s = find(w, i, false);
	struct text port, holder;

	text_init(&port);
	text_init(&holder);
	port_word_add(&port, &w->o->wanted[i]);
	if (s)
		add_holder(&holder, w, s);
	if (!s)
		fprintf(stderr, _("lotop: The time is out, and nothing listens on %s; look at lotop who.\n"),
		        text_str(&port));
	else if (w->o->until_free)
		fprintf(stderr, _("lotop: The time is out, and %1$s is still held: %2$s.\n"),
		        text_str(&port), text_str(&holder));
	else
		fprintf(stderr, _("lotop: The time is out, and %1$s is held by another process: %2$s.\n"),
		        text_str(&port), text_str(&holder));
	text_done(&holder);
	text_done(&port);
}

static int
say_time_is_out(struct wait *w)
{
	bool demanded = demands_holder(w->o);
	int status = sample_take(w->source, w->want | SOURCE_OWNERS, &w->snap);

	if (status != EXIT_DONE)
		return status;
	for (size_t i = 0; i < w->o->nwanted; i++)
		if ((find(w, i, demanded) != NULL) == w->o->until_free)
			say_port(w, i);
	return EXIT_NO_MATCH;
}

/* ---- */

static void
sleep_until(uint64_t ns)
{
	struct timespec until = { .tv_sec = (time_t)(ns / NS_PER_SEC),
	                          .tv_nsec = (long)(ns % NS_PER_SEC) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

/* The last look is at the end of the time, so that what came at the last moment counts. */
static int
wait_for_all(struct wait *w)
{
	uint64_t now = clock_mono_ns();
	uint64_t end = w->o->timeout < 0 ? UINT64_MAX
	                                 : now + (uint64_t)(w->o->timeout * (double)NS_PER_SEC);
	bool there;
	int status;

	for (;;) {
		status = look(w, &there);
		if (status != EXIT_DONE || there)
			return status;
		now = clock_mono_ns();
		if (now >= end)
			return say_time_is_out(w);
		sleep_until(now + LOOK_NS < end ? now + LOOK_NS : end);
	}
}

int
wait_run(const struct options *o)
{
	struct source_narrow narrow;
	struct wait w;
	int status;

	if (o->until_free && demands_holder(o)) {
		fputs(_("lotop: A free port has no holder: leave out --pid and --process, or --free.\n"),
		      stderr);
		return EXIT_USAGE;
	}
	wait_init(&w, o);
	status = sample_open(&w.source);
	if (status == EXIT_DONE) {
		narrow = (struct source_narrow){ .states = { w.states, w.states } };
		source_narrow(w.source, &narrow);
		status = wait_for_all(&w);
	}
	wait_done(&w);
	return status;
}
