/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * lotop wait: until every port is listening, or free. The kernel tells nobody that
 * a socket begins to listen, so it is looked at again and again, as cheaply as can
 * be: a dump of listeners alone takes 0.01 ms. To see sockets that are only bound
 * the kernel walks its hash tables (1 ms a family), and whose a socket is takes a
 * walk over /proc: both are asked for when the cheap look says that it may be time.
 */

#include "cmd/subcommand.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "cmd/describe.h"
#include "cmd/sample.h"

#define CHEAP_STATES (1u << STATE_LISTEN | 1u << STATE_UNCONN)
#define ALL_STATES   (CHEAP_STATES | 1u << STATE_BOUND)

/*
 * Between two looks: longer where a look is dear, so that it takes 5 % of the time,
 * and never so long that the answer comes later than 100 ms after the event.
 */
#define PAUSE_MIN_NS (20 * NS_PER_MS)
#define PAUSE_MAX_NS (50 * NS_PER_MS)
#define PAUSE_FACTOR 20

#define COMM_MAX 15	/* the kernel cuts a comm to so many bytes (TASK_COMM_LEN) */

struct wait {
	const struct options *o;
	struct source        *source;
	struct source_narrow  narrow;
	struct snapshot       snap;
	unsigned              want;	/* SOURCE_*, without owners */
	bool                  owners;	/* the snapshot has them */
	uint64_t              deadline;	/* UINT64_MAX: none */
	int                   pidfd;	/* of --pid; -1: none to watch */
	bool                  gone;	/* it has ended */
};

/* ---- one look ---- */

static bool
demands_holder(const struct options *o)
{
	return o->pid > 0 || o->process;
}

/* Returns EXIT_DONE, or EXIT_REFUSED after a sentence. */
static int
take(struct wait *w, uint32_t states, bool owners)
{
	for (enum sock_proto p = 0; p < PROTO_COUNT; p++)
		w->narrow.states[p] = states;
	w->owners = owners;
	source_narrow(w->source, &w->narrow);
	return sample_take(w->source, w->want | (owners ? SOURCE_OWNERS : 0), &w->snap);
}

static bool
is_demanded(const struct options *o, const struct task *task)
{
	return (o->pid == 0 || task->pid == o->pid) &&
	       (!o->process || strncmp(task->comm, o->process, COMM_MAX) == 0);
}

/*
 * Whose a socket is that nobody is seen to hold: it is no match for who waits for
 * a holder to come, and may be one for who waits for it to leave.
 */
static bool
holder_fits(const struct wait *w, const struct sock *s)
{
	if (!demands_holder(w->o) || !w->owners)
		return true;
	for (uint32_t i = 0; i < s->nowners; i++)
		if (is_demanded(w->o, s->owners[i].task))
			return true;
	return s->nowners == 0 && w->o->until_free;
}

/* Without -t and -u: what listens is TCP; a port is free when both have left it. */
static struct port_query
query_of(const struct wait *w, size_t i)
{
	struct port_query q = options_port_query(w->o, i);

	if (q.protos == 0 && !w->o->until_free)
		q.protos = 1u << PROTO_TCP;
	return q;
}

static bool
is_listening(const struct sock *s)
{
	return s->state == STATE_LISTEN || s->state == STATE_UNCONN;
}

/* A wildcard only counts where nobody listens on the address itself: connections go there. */
static enum port_match
best_listener(const struct wait *w, const struct port_query *q)
{
	enum port_match best = PORT_NO;

	for (size_t i = 0; i < w->snap.count; i++)
		if (is_listening(&w->snap.socks[i]))
			best = MAX(best, port_match(q, &w->snap.socks[i]));
	return best;
}

/* Who listens on the port as it was asked for, or NULL; with any, whoever listens. */
static const struct sock *
find_listener(const struct wait *w, size_t port, bool any)
{
	struct port_query q = query_of(w, port);
	enum port_match best = best_listener(w, &q);

	for (size_t i = 0; best != PORT_NO && i < w->snap.count; i++) {
		const struct sock *s = &w->snap.socks[i];

		if (is_listening(s) && port_match(&q, s) == best && (any || holder_fits(w, s)))
			return s;
	}
	return NULL;
}

/* A socket that keeps the port from being free, or NULL. */
static const struct sock *
find_holder(const struct wait *w, size_t port)
{
	struct port_query q = query_of(w, port);

	for (size_t i = 0; i < w->snap.count; i++) {
		const struct sock *s = &w->snap.socks[i];

		if (port_match(&q, s) != PORT_NO && holder_fits(w, s))
			return s;
	}
	return NULL;
}

static bool
port_is_good(const struct wait *w, size_t port)
{
	return w->o->until_free ? !find_holder(w, port) : find_listener(w, port, false) != NULL;
}

static bool
all_good(const struct wait *w)
{
	for (size_t i = 0; i < w->o->nwanted; i++)
		if (!port_is_good(w, i))
			return false;
	return true;
}

/*
 * Is it time? What decides is one snapshot, the last that is taken here, which has
 * all that the answer depends on. Returns EXIT_DONE, EXIT_NO_MATCH or EXIT_REFUSED.
 */
static int
look(struct wait *w)
{
	bool demand = demands_holder(w->o);
	int r = EXIT_DONE;

	if (!(demand && w->o->until_free)) {
		r = take(w, CHEAP_STATES, false);
		if (r == EXIT_DONE && !all_good(w))
			return EXIT_NO_MATCH;
	}
	if (r == EXIT_DONE && (demand || w->o->until_free))
		r = take(w, w->o->until_free ? ALL_STATES : CHEAP_STATES, demand);
	if (r != EXIT_DONE)
		return r;
	return all_good(w) ? EXIT_DONE : EXIT_NO_MATCH;
}

/* ---- when it was not to be ---- */

/* "nginx (pid 12, user www) and 4 more on tcp *:80" */
static void
add_holder(struct text *t, struct names *names, const struct sock *s)
{
	if (s->nowners > 0)
		describe_task(t, names, s->owners[0].task);
	else if (s->holder == HOLDER_HIDDEN)
		text_add(t, _("a process that this user may not see"));
	else
		text_add(t, _("a process out of sight"));
	if (s->nowners > 1)
		text_addf(t, P_(" and %u more", " and %u more", s->nowners - 1), s->nowners - 1);
	/* TRANSLATORS: behind who holds a port: the socket, such as "tcp 127.0.0.1:80". */
	text_add(t, _(" on "));
	describe_socket(t, s);
}

static void
add_piece(struct text *t, const char *piece)
{
	if (t->len > 0)
		text_add(t, "; ");
	text_add(t, piece);
}

/* What is on the port instead of what was waited for. */
static void
add_obstacle(const struct wait *w, struct names *names, size_t port, const struct sock *s,
             struct text *t)
{
	struct text word, holder, piece;

	text_init(&word);
	text_init(&holder);
	text_init(&piece);
	port_word_add(&word, &w->o->wanted[port]);
	add_holder(&holder, names, s);
	/* TRANSLATORS: the port; who holds it, as in "nginx (pid 12) on tcp *:80". */
	text_addf(&piece,
	          w->o->until_free || is_listening(s) ? _("%1$s is held by %2$s")
	                                              : _("%1$s is bound, without listening, by %2$s"),
	          text_str(&word), text_str(&holder));
	add_piece(t, text_str(&piece));
	text_done(&piece);
	text_done(&holder);
	text_done(&word);
}

static const struct sock *
find_obstacle(const struct wait *w, size_t port)
{
	const struct sock *s = w->o->until_free ? NULL : find_listener(w, port, true);

	return s ? s : find_holder(w, port);
}

static void
add_word(const struct wait *w, size_t port, struct text *t)
{
	if (t->len > 0)
		text_add(t, ", ");
	port_word_add(t, &w->o->wanted[port]);
}

/* Says what each port lacks; adds nothing where all are good. */
static void
add_obstacles(const struct wait *w, struct names *names, struct text *t)
{
	struct text empty, piece;

	text_init(&empty);
	text_init(&piece);
	for (size_t i = 0; i < w->o->nwanted; i++) {
		const struct sock *s = port_is_good(w, i) ? NULL : find_obstacle(w, i);

		if (s)
			add_obstacle(w, names, i, s, t);
		else if (!port_is_good(w, i))
			add_word(w, i, &empty);
	}
	if (empty.len > 0) {
		/* TRANSLATORS: ports, separated by commas. */
		text_addf(&piece, _("nothing listens on %s"), text_str(&empty));
		add_piece(t, text_str(&piece));
	}
	text_done(&piece);
	text_done(&empty);
}

static bool
any_obstacle(const struct wait *w)
{
	for (size_t i = 0; i < w->o->nwanted; i++)
		if (find_obstacle(w, i))
			return true;
	return false;
}

/*
 * The last look, with all there is to say. It may find that the port came good
 * meanwhile, and then that is the answer.
 */
static int
last_look(struct wait *w)
{
	int r = take(w, ALL_STATES, demands_holder(w->o));

	if (r == EXIT_DONE && !w->owners && any_obstacle(w))
		r = take(w, ALL_STATES, true);
	if (r != EXIT_DONE)
		return r;
	return all_good(w) ? EXIT_DONE : EXIT_NO_MATCH;
}

static void
say_why(struct wait *w)
{
	struct names *names = names_new(w->o->numeric);
	struct text t;

	text_init(&t);
	add_obstacles(w, names, &t);
	if (w->gone)
		fprintf(stderr, _("lotop: Process %1$d has ended: %2$s.\n"), (int)w->o->pid,
		        text_str(&t));
	else
		fprintf(stderr, _("lotop: The time ran out: %s.\n"), text_str(&t));
	text_done(&t);
	names_free(names);
}

static int
give_up(struct wait *w)
{
	int r = last_look(w);

	if (r == EXIT_NO_MATCH)
		say_why(w);
	if (r == EXIT_NO_MATCH || (r == EXIT_DONE && w->o->until_free))
		sample_say_partial(&w->snap);
	return r;
}

/* ---- the wait ---- */

/*
 * A process that has ended will not come to listen, so its end is the end of the
 * wait for it. A pidfd tells the end of a zombie, too, which kill(2) does not.
 */
static void
watch_pid(struct wait *w)
{
	if (w->o->pid == 0 || w->o->until_free)
		return;
	w->pidfd = (int)syscall(SYS_pidfd_open, w->o->pid, 0);
	if (w->pidfd < 0 && errno == ESRCH)
		w->gone = true;
}

/* After a look that took this long. Also ends with the process of --pid. */
static void
rest(struct wait *w, uint64_t took)
{
	struct pollfd fd = { .fd = w->pidfd, .events = POLLIN };
	uint64_t now = clock_mono_ns();
	uint64_t ns = MIN(MAX(took * PAUSE_FACTOR, PAUSE_MIN_NS), PAUSE_MAX_NS);

	if (now >= w->deadline)
		return;
	ns = MIN(ns, w->deadline - now);
	if (poll(&fd, 1, (int)((ns + NS_PER_MS - 1) / NS_PER_MS)) > 0)
		w->gone = true;
}

static int
wait_for_all(struct wait *w)
{
	while (!w->gone) {
		uint64_t start = clock_mono_ns();
		int r = look(w);

		if (r == EXIT_DONE && w->o->until_free)
			sample_say_partial(&w->snap);
		if (r != EXIT_NO_MATCH)
			return r;
		if (clock_mono_ns() >= w->deadline)
			break;
		rest(w, clock_mono_ns() - start);
	}
	return give_up(w);
}

/* What the dumps must hold for these options. */
static unsigned
want_of(const struct options *o)
{
	unsigned want = 0;

	if (o->protos == 0 || o->protos & 1u << PROTO_TCP)
		want |= SOURCE_TCP;
	if (o->protos & 1u << PROTO_UDP || (o->protos == 0 && o->until_free))
		want |= SOURCE_UDP;
	if (o->families == 0 || o->families & VIEW_IPV4)
		want |= SOURCE_IPV4;
	if (o->families == 0 || o->families & VIEW_IPV6)
		want |= SOURCE_IPV6;
	return want;
}

static uint64_t
deadline_of(const struct options *o)
{
	return o->timeout < 0 ? UINT64_MAX
	                      : clock_mono_ns() + (uint64_t)(o->timeout * (double)NS_PER_SEC);
}

int
wait_run(const struct options *o)
{
	struct wait w = { .o = o, .want = want_of(o), .deadline = deadline_of(o), .pidfd = -1 };
	int status = sample_open(&w.source);

	if (status != EXIT_DONE)
		return status;
	snapshot_init(&w.snap);
	watch_pid(&w);
	status = wait_for_all(&w);
	if (w.pidfd >= 0)
		close(w.pidfd);
	snapshot_done(&w.snap);
	source_close(w.source);
	return status;
}
