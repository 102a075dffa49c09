/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "app/timeline.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"

#define PEER_WAIT_NS (20 * NS_PER_MS)	/* for the word on the other end of what ended */

/* For who cannot wait. A look is some 4 us, so that a key is answered within 10 ms. */
#define LOOKUPS_MAX  2000
#define FLOOD        5000	/* announcements a second */
#define FLOOD_NS     (10 * NS_PER_SEC)	/* not listened for so long after it */

void
timeline_init(struct timeline *l, struct source *source, timeline_end_fn end, void *arg)
{
	*l = (struct timeline){ .source = source, .end = end, .arg = arg };
	track_init(&l->track);
	ends_init(&l->ends);
	snapshot_init(&l->again);
}

void
timeline_done(struct timeline *l)
{
	track_done(&l->track);
	ends_done(&l->ends);
	snapshot_done(&l->again);
	lookup_close(l->lookup);
	destroyed_close(l->destroyed);
}

int
timeline_listen(struct timeline *l)
{
	int r = destroyed_open(&l->destroyed, 0);

	if (r < 0)
		l->destroyed = NULL;
	if (!l->lookup && lookup_open(&l->lookup) < 0)
		l->lookup = NULL;
	return r;
}

int
timeline_fd(const struct timeline *l)
{
	return l->destroyed ? destroyed_fd(l->destroyed) : -1;
}

uint64_t
timeline_deadline(const struct timeline *l)
{
	return l->waits_ns ? l->waits_ns + PEER_WAIT_NS : 0;
}

bool
timeline_lost(struct timeline *l)
{
	bool lost = l->lost;

	l->lost = false;
	return lost;
}

/* ---- what the kernel says of the destroyed ---- */

static void
note_lost(struct timeline *l)
{
	l->lost = true;
	l->track.deaf = true;
}

static void
stop_listening(struct timeline *l)
{
	destroyed_close(l->destroyed);
	l->destroyed = NULL;
	l->track.deaf = true;
}

/* A socket that never had a port was never anything to anyone. */
static void
hear(const struct sock *end, void *arg)
{
	struct timeline *l = arg;

	l->heard++;
	if (end->has & SOCK_HAS_COOKIE && end->local.port != 0 && l->track.started)
		ends_add(&l->ends, end, clock_mono_ns());
}

/* Who cannot wait has better things to do, and the machine too. */
static void
watch_flood(struct timeline *l, uint64_t now_ns)
{
	if (now_ns - l->second_ns >= NS_PER_SEC) {
		l->second_ns = now_ns;
		l->heard = 0;
	}
	if (l->source || l->heard <= FLOOD)
		return;
	stop_listening(l);
	note_lost(l);
	l->back_ns = now_ns + FLOOD_NS;
}

static void
hear_all(struct timeline *l, uint64_t now_ns)
{
	int r = l->destroyed ? destroyed_read(l->destroyed, hear, l) : 0;

	if (r == -ENOBUFS)
		note_lost(l);
	else if (r < 0)
		stop_listening(l);
	if (l->destroyed)
		watch_flood(l, now_ns);
}

/* The last totals are those of the end; all else is what the snapshot knew. */
static void
tell(struct timeline *l, const struct sock *end, enum track_end known, uint64_t age_ns)
{
	const struct sock *last = known == TRACK_KNOWN ? snapshot_find(l->now, sock_id(end)) : NULL;
	struct sock_alone s;

	sock_copy(&s, last ? last : end);
	if (last)
		sock_take_totals(&s.sock, end);
	if (l->end)
		l->end(&(struct timeline_end){ &s.sock, l->now, known, age_ns }, l->arg);
}

/*
 * Announcements are of all there is, not of the scope alone. Rates bear the FIN in what was
 * received that nobody could tell; totals do not.
 */
static void
take_end(struct timeline *l, const struct end *e)
{
	struct sock_info totals = { .rx_bytes = e->rx_bytes, .tx_bytes = e->tx_bytes };
	struct sock end = e->sock, moved;
	bool counts = e->counted && scope_has(l->scope, l->now, &e->sock);
	uint64_t age_ns = 0;
	enum track_end known;

	end.info = &totals;
	moved = end;
	moved.has |= SOCK_HAS_BYTES;
	known = track_destroyed(&l->track, &end, counts ? &moved : NULL, clock_mono_ns(), &age_ns);
	tell(l, &end, known, age_ns);
}

/* The other end of a connection on this machine mostly ends at the same moment. */
static void
wait_for_peers(struct timeline *l)
{
	struct pollfd fd = { .fd = timeline_fd(l), .events = POLLIN };

	if (!l->destroyed)
		return;
	poll(&fd, 1, (int)(PEER_WAIT_NS / NS_PER_MS));
	hear_all(l, clock_mono_ns());
	ends_settle(&l->ends, l->lookup);
}

static void
take_ends(struct timeline *l)
{
	ends_give_up(&l->ends);
	for (size_t i = 0; i < l->ends.count; i++)
		take_end(l, &l->ends.all[i]);
	ends_clear(&l->ends);
	l->waits_ns = 0;
}

/* May those that are not settled wait some more? */
static bool
may_wait(const struct timeline *l, uint64_t now_ns)
{
	return !l->source && (l->waits_ns == 0 || now_ns - l->waits_ns < PEER_WAIT_NS);
}

void
timeline_hear(struct timeline *l, uint64_t now_ns)
{
	bool settled;

	hear_all(l, now_ns);
	settled = ends_settle(&l->ends, l->lookup);
	if (!settled && may_wait(l, now_ns)) {
		l->waits_ns = l->waits_ns ? l->waits_ns : now_ns;
		return;
	}
	if (!settled && l->source)
		wait_for_peers(l);
	take_ends(l);
}

/* ---- what a dump missed ---- */

/* A dump that failed says nothing about what it lacks. */
static bool
dump_failed(const struct snapshot *snap, const struct sock *s)
{
	for (size_t i = 0; i < snap->nshortfalls; i++) {
		const struct shortfall *f = &snap->shortfalls[i];

		if (f->kind == SHORT_DUMP && f->proto == s->proto && f->family == s->family)
			return true;
	}
	return false;
}

/* Listeners, bound and UDP sockets cannot be looked up one by one: none is missed twice. */
static enum track_word
look_again(struct timeline *l, const struct sock *s, struct sock_alone *now)
{
	const struct sock *found;

	if (!l->looked_again) {
		snapshot_clear(&l->again);
		if (source_sample(l->source, l->want & ~SOURCE_OWNERS, &l->again) < 0)
			return TRACK_THERE;
		l->looked_again = true;
	}
	found = snapshot_find(&l->again, sock_id(s));
	if (found)
		sock_copy(now, found);
	return found || dump_failed(&l->again, s) ? TRACK_THERE : TRACK_GONE;
}

static bool
may_look_up(const struct timeline *l, const struct sock *s)
{
	return l->lookup && s->proto == PROTO_TCP && sock_has_peer(s) && s->has & SOCK_HAS_COOKIE &&
	       (l->source || l->lookups < LOOKUPS_MAX);
}

static enum track_word
confirm(const struct sock *s, struct sock_alone *now, void *arg)
{
	struct timeline *l = arg;
	int r = -EOPNOTSUPP;

	sock_copy(now, s);
	if (dump_failed(l->next, s))
		return TRACK_THERE;
	if (may_look_up(l, s)) {
		l->lookups++;
		r = lookup_sock(l->lookup, s, now);
	}
	if (r == 0)
		return TRACK_THERE;
	if (r == -ENOENT)
		return TRACK_GONE;
	sock_copy(now, s);
	return l->source ? look_again(l, s, now) : TRACK_UNSURE;
}

/* ---- snapshots ---- */

#define SOURCE_ROWS_WANTED (SOURCE_TCP | SOURCE_UDP | SOURCE_IPV4 | SOURCE_IPV6)

/* What was not asked for the last time is no news now, nor is what is asked for no longer gone. */
static void
begin_anew(struct timeline *l, const struct snapshot *now, unsigned want, enum scope scope)
{
	unsigned other = l->now ? want ^ l->want : 0;

	if (l->now && now->source != l->now->source) {
		track_restart(&l->track);	/* the ids of /proc/net are others */
		note_lost(l);
	}
	if (other & SOURCE_ROWS_WANTED || (l->now && scope != l->scope))
		track_restart(&l->track);
	if (other & SOURCE_INFO || !(want & SOURCE_INFO))
		l->track.deaf = true;	/* of the living the totals are not known */
	l->want = want;
	l->scope = scope;
}

static void
listen_again(struct timeline *l, uint64_t now_ns)
{
	if (!l->destroyed)
		l->track.deaf = true;
	if (l->back_ns == 0 || now_ns < l->back_ns)
		return;
	l->back_ns = 0;
	timeline_listen(l);
}

void
timeline_next(struct timeline *l, struct snapshot *now, unsigned want, enum scope scope)
{
	if (l->ends.count > 0)
		take_ends(l);
	begin_anew(l, now, want, scope);
	l->looked_again = false;
	l->lookups = 0;
	l->next = now;
	track_next(&l->track, l->now, now, confirm, l);
	l->now = now;
	l->next = NULL;
	listen_again(l, now->mono_ns);
}
