/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "model/track.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model/findings.h"
#include "model/rate.h"
#include "model/task.h"

/*
 * The kernel tells of a destroyed socket from a work queue, and of a listener or a UDP
 * socket behind a grace period (sock_diag_broadcast_destroy, SOCK_RCU_FREE): a dump
 * may miss it before that. An id is kept for this long, at most twice.
 */
#define ENDED_NS (5 * NS_PER_SEC)

/* One for each socket: 56 bytes are 64 of malloc(3). */
struct track_seen {
	uint64_t first_ns;
	uint64_t listener;	/* sock_id() of its listener there; 0: none */
	uint64_t base_ns;	/* when the totals were these */
	uint64_t rx_bytes;
	uint64_t tx_bytes;
	uint32_t round;		/* the last snapshot that it was in */
	uint32_t row;		/* its place in that */
	bool     counted;	/* its bytes are known */
	bool     ended;		/* the kernel told its end: they are the last ones */
	uint8_t  state;
	bool     lives;		/* track_lives(), of the first that has its id there */
	bool     over;		/* its end was told, or it had none when it was seen first */
	bool     told;		/* its opening was told, or was before the first snapshot */
	bool     fresh;		/* it came while we looked */
	bool     unsure;	/* the last dump did not have it */
};

void
track_init(struct track *t)
{
	*t = (struct track){ .started = false };
	map_init(&t->seen);
	map_init(&t->ended[0]);
	map_init(&t->ended[1]);
	ended_init(&t->sums);
	linger_init(&t->linger);
}

void
track_done(struct track *t)
{
	uint64_t id;
	size_t at = 0;
	void *seen;

	while (map_next(&t->seen, &at, &id, &seen))
		free(seen);
	map_done(&t->seen);
	map_done(&t->ended[0]);
	map_done(&t->ended[1]);
	ended_done(&t->sums);
	linger_done(&t->linger);
	free(t->rows.of);
	free(t->next.of);
	free(t->lost);
	free(t->events);
}

/* The inode is that of the struct socket, which a process has; it goes with close(2). */
bool
track_lives(const struct sock *s)
{
	if (s->state == STATE_TIME_WAIT)
		return false;
	return s->inode != 0 || s->state == STATE_SYN_RECV || s->state == STATE_ESTABLISHED ||
	       s->state == STATE_CLOSE_WAIT;
}

static void
add_event(struct track *t, enum track_change change, const struct sock *s, uint64_t age_ns)
{
	t->events = mem_room(t->events, t->count, &t->cap, sizeof *t->events);
	t->events[t->count++] = (struct track_event){ change, s, age_ns };
}

static struct track_seen *
remember(struct track *t, uint64_t id, uint64_t now_ns)
{
	struct track_seen *seen = mem_new(sizeof *seen);

	seen->first_ns = now_ns;
	map_put(&t->seen, id, seen);
	return seen;
}

/* It is forgotten at the end of the round, if it has not come back until then. */
static void
note_lost(struct track *t, uint64_t id)
{
	t->lost = mem_room(t->lost, t->nlost, &t->lost_cap, sizeof *t->lost);
	t->lost[t->nlost++] = id;
}

/* ---- ids of what is gone ---- */

static void
note_ended(struct track *t, uint64_t id, uint64_t now_ns)
{
	if (now_ns - t->turned_ns >= ENDED_NS) {
		struct map old = t->ended[1];

		map_clear(&old);
		t->ended[1] = t->ended[0];
		t->ended[0] = old;
		t->turned_ns = now_ns;
	}
	map_put(&t->ended[0], id, t);
}

static bool
has_ended(const struct track *t, uint64_t id)
{
	return map_get(&t->ended[0], id) || map_get(&t->ended[1], id);
}

/* ---- which are there ---- */

static void
add_row(struct track_rows *r, struct track_seen *seen)
{
	r->of = mem_room(r->of, r->count, &r->cap, sizeof(*r->of));
	r->of[r->count++] = seen;
}

/*
 * The kernel dumps sockets in one order, in which others come and go: behind one that was there
 * before comes the next of the snapshot before, as a rule. at is where that is looked for.
 */
static struct track_seen *
find_seen(const struct track *t, const struct snapshot *before, uint64_t id, size_t *at)
{
	struct track_seen *seen;

	if (*at < before->count && sock_id(&before->socks[*at]) == id)
		return t->rows.of[(*at)++];
	seen = map_get(&t->seen, id);
	if (seen)
		*at = (size_t)seen->row + 1;
	return seen;
}

static void
note_seen(const struct track *t, struct track_seen *seen, const struct sock *s)
{
	if (seen->round != t->round)
		seen->lives = track_lives(s);
	seen->round = t->round;
	seen->unsure = false;
}

/* One look for each socket at each refresh: all else goes by these. */
static void
recognise(struct track *t, const struct snapshot *before, const struct snapshot *now)
{
	static const struct snapshot nothing;
	size_t at = 0;

	if (!before || before->count > t->rows.count)
		before = &nothing;
	t->next.count = 0;
	for (size_t i = 0; i < now->count; i++) {
		struct track_seen *seen = find_seen(t, before, sock_id(&now->socks[i]), &at);

		if (seen)
			note_seen(t, seen, &now->socks[i]);
		add_row(&t->next, seen);
	}
}

/* ---- what is gone ---- */

/*
 * It is there, and the dump passed over it. Owners belong to the snapshot that they came
 * with: the copy has its own.
 */
static void
adopt(struct track *t, struct snapshot *now, const struct sock *s, const struct sock *old,
      struct track_seen *seen)
{
	struct sock_alone copy;

	sock_copy(&copy, s);
	copy.sock.owners = old->owners;
	copy.sock.nowners = old->nowners;
	sock_set_cgroup(&copy.sock, sock_cgroup(old));
	linger_copy_owners(&t->linger, now, &copy.sock);
	copy.sock.holder = old->holder;
	copy.sock.role = old->role;
	copy.sock.warn = old->warn;
	copy.sock.peer = old->peer;	/* indices of the old one: linger_carry() */
	copy.sock.listener = old->listener;
	copy.sock.has &= ~(SOCK_HAS_RATE | SOCK_HAS_AGE);
	copy.sock.has |= old->has & SOCK_HAS_WARN;
	copy.info.rx_rate = copy.info.tx_rate = copy.info.age_ns = 0;
	if (!snapshot_add(now, &copy.sock))
		return;
	seen->round = t->round;
	seen->lives = track_lives(&copy.sock);
	add_row(&t->next, seen);
}

/* Is it there all the same? Where that is not known it is taken for there, once. */
static bool
is_missed(struct track *t, const struct sock *old, struct snapshot *now,
          struct track_seen *seen, track_confirm_fn confirm, void *arg)
{
	struct sock_alone found;
	enum track_word word;

	sock_copy(&found, old);
	word = confirm(old, &found, arg);
	if (word == TRACK_GONE || (word == TRACK_UNSURE && seen->unsure))
		return false;
	seen->unsure = word == TRACK_UNSURE;
	adopt(t, now, &found.sock, old, seen);
	return track_lives(&found.sock);
}

static void
note_closed(struct track *t, const struct sock *old, struct track_seen *seen, uint64_t now_ns)
{
	seen->over = true;
	add_event(t, TRACK_CLOSE, old, now_ns - seen->first_ns);
}

static void
leave(struct track *t, const struct sock *old, const struct track_seen *seen, uint64_t now_ns)
{
	if (!t->lingers || !track_lives(old))
		return;
	linger_leave(&t->linger, &(struct leaver){
		.was = old,
		.age_ns = now_ns - seen->first_ns,
		.has_bytes = seen->ended && seen->counted,
		.rx_bytes = seen->rx_bytes,
		.tx_bytes = seen->tx_bytes,
	});
}

/* One of the snapshot before. It may be there and be no process's any more. */
static void
look_back(struct track *t, const struct snapshot *before, size_t i, struct snapshot *now,
          track_confirm_fn confirm, void *arg)
{
	const struct sock *old = &before->socks[i];
	struct track_seen *seen = t->rows.of[i];

	if (seen->round == t->round) {
		if (!seen->over && !seen->lives)
			note_closed(t, old, seen, now->mono_ns);
		return;
	}
	if (!seen->over && is_missed(t, old, now, seen, confirm, arg))
		return;
	if (!seen->over)
		note_closed(t, old, seen, now->mono_ns);
	if (seen->round != t->round)
		leave(t, old, seen, now->mono_ns);
}

static void
look_back_at_all(struct track *t, const struct snapshot *before, struct snapshot *now,
                 track_confirm_fn confirm, void *arg)
{
	size_t count = before ? MIN(before->count, t->rows.count) : 0;

	for (size_t i = 0; t->started && i < count; i++)
		look_back(t, before, i, now, confirm, arg);
	for (size_t i = 0; i < count; i++)
		if (t->rows.of[i]->round != t->round)
			note_lost(t, sock_id(&before->socks[i]));
}

/* What a restart left out may live, and come back. */
static void
forget(struct track *t, uint64_t id, uint64_t now_ns)
{
	struct track_seen *seen = map_get(&t->seen, id);

	if (!seen || seen->round == t->round)
		return;
	map_remove(&t->seen, id);
	if (seen->told && (t->started || seen->ended))
		note_ended(t, id, now_ns);
	free(seen);
}

static void
forget_lost(struct track *t, uint64_t now_ns)
{
	while (t->nlost > 0)
		forget(t, t->lost[--t->nlost], now_ns);
}

/* ---- what is there ---- */

/* Without a cookie a new connection has the id of an older one on the same ports. */
static bool
begins_anew(const struct track_seen *seen, const struct sock *s)
{
	return seen->over && !(s->has & SOCK_HAS_COOKIE) && track_lives(s);
}

/* Before what opened since the last snapshot there was nothing: it begins at 0 bytes then. */
static void
begin(struct track *t, const struct sock *s, struct track_seen *seen, uint64_t now_ns)
{
	bool ended = s->has & SOCK_HAS_COOKIE && has_ended(t, sock_id(s));

	*seen = (struct track_seen){ .first_ns = now_ns, .round = t->round };
	seen->ended = ended;
	seen->over = ended || !track_lives(s);
	seen->told = ended || !seen->over || !t->started;
	seen->fresh = seen->counted = t->trusted;
	seen->base_ns = t->last_ns;
}

static struct track_seen *
note_there(struct track *t, const struct sock *s, struct track_seen *seen, uint64_t now_ns)
{
	if (!seen)
		seen = map_get(&t->seen, sock_id(s));	/* without a cookie two may have one id */
	if (!seen || begins_anew(seen, s)) {
		if (!seen)
			seen = remember(t, sock_id(s), now_ns);
		begin(t, s, seen, now_ns);
		if (t->started && !seen->over)
			add_event(t, TRACK_OPEN, s, 0);
	} else if (!seen->over && seen->state != s->state) {
		add_event(t, TRACK_STATE, s, now_ns - seen->first_ns);
	}
	seen->round = t->round;
	seen->state = s->state;
	return seen;
}

/* Sockets of which the kernel tells no totals, for there is nothing to tell yet. */
static bool
moved_nothing(const struct sock *s)
{
	return s->proto == PROTO_TCP && (s->state == STATE_SYN_SENT || s->state == STATE_SYN_RECV ||
	                                 s->state == STATE_BOUND);
}

static void
set_base(struct track_seen *seen, const struct sock *s, uint64_t now_ns)
{
	bool told = s->has & SOCK_HAS_BYTES;

	seen->counted = told || moved_nothing(s);
	seen->rx_bytes = told ? sock_info(s)->rx_bytes : 0;
	seen->tx_bytes = told ? sock_info(s)->tx_bytes : 0;
	seen->base_ns = now_ns;
}

/*
 * What the kernel said that it moved until its end is its listener's already, though the
 * dump, which was before that, has it still.
 */
static void
set_rates(struct snapshot *now, struct sock *s, struct track_seen *seen)
{
	const struct sock_info *is = sock_info(s);
	uint64_t now_ns = now->mono_ns;

	if (seen->ended || seen->unsure)
		return;
	if (s->has & SOCK_HAS_BYTES && seen->counted && now_ns > seen->base_ns &&
	    is->rx_bytes >= seen->rx_bytes && is->tx_bytes >= seen->tx_bytes) {
		struct sock_info *info = snapshot_info(now, s);

		info->rx_rate = (float)rate_of(info->rx_bytes - seen->rx_bytes, now_ns - seen->base_ns);
		info->tx_rate = (float)rate_of(info->tx_bytes - seen->tx_bytes, now_ns - seen->base_ns);
		s->has |= SOCK_HAS_RATE;
	}
	set_base(seen, s, now_ns);
}

#define OF_INFO (SOCK_HAS_BYTES | SOCK_HAS_RATE | SOCK_HAS_RTT | SOCK_HAS_RETRANS | SOCK_HAS_QUIET)

/*
 * Where the snapshot rests from asking what moved, what was known the last time is shown on. Nobody
 * knows whether the other end was heard of meanwhile: what was found stays found.
 */
static void
keep_info(struct snapshot *now, struct sock *s, const struct sock *old, uint64_t since_ns)
{
	struct sock_info *info;

	if (s->state == STATE_CLOSE_WAIT)
		s->warn |= old->warn & 1u << FINDING_CLOSE_WAIT;
	if (!(old->has & OF_INFO))
		return;
	info = snapshot_info(now, s);
	s->has |= old->has & OF_INFO;
	if (old->has & SOCK_HAS_QUIET)
		info->quiet_ms = sock_info(old)->quiet_ms + (uint32_t)(since_ns / NS_PER_MS);
	info->rx_bytes = sock_info(old)->rx_bytes;
	info->tx_bytes = sock_info(old)->tx_bytes;
	info->rx_rate = sock_info(old)->rx_rate;
	info->tx_rate = sock_info(old)->tx_rate;
	info->rtt_us = sock_info(old)->rtt_us;
	info->retrans = sock_info(old)->retrans;
}

static void
keep_rates(struct snapshot *now, struct sock *s, const struct sock *old)
{
	struct sock_info *info;

	if (!(old->has & SOCK_HAS_RATE))
		return;
	info = snapshot_info(now, s);
	info->rx_rate = sock_info(old)->rx_rate;
	info->tx_rate = sock_info(old)->tx_rate;
	s->has |= SOCK_HAS_RATE;
}

/* Of a listener the rates are what ended since: that is of one snapshot alone. */
static bool
rests(const struct snapshot *now, const struct sock *s)
{
	return now->info_rests && s->proto == PROTO_TCP && s->state != STATE_LISTEN;
}

static void
set_history(const struct track *t, const struct snapshot *before, struct snapshot *now,
            struct sock *s, struct track_seen *seen)
{
	const struct sock *old = before && seen->row < before->count ? &before->socks[seen->row] : NULL;
	bool same = old && sock_id(old) == sock_id(s) && track_lives(s) && !seen->ended && !seen->unsure;
	uint64_t age_ns;

	seen->listener = s->listener ? sock_id(&now->socks[s->listener - 1]) : 0;
	if (t->due && !rests(now, s))
		set_rates(now, s, seen);
	else if (same && rests(now, s))
		keep_info(now, s, old, now->mono_ns - before->mono_ns);
	else if (same)
		keep_rates(now, s, old);
	seen->row = (uint32_t)(s - now->socks);
	if (t->round == 1)
		return;
	age_ns = snapshot_info(now, s)->age_ns = now->mono_ns - seen->first_ns;
	s->has |= SOCK_HAS_AGE;
	if (seen->fresh && age_ns < TRACK_NEW_NS)
		s->life = LIFE_NEW;
}

static void
look_at_all(struct track *t, const struct snapshot *before, struct snapshot *now)
{
	for (size_t i = 0; i < now->count; i++) {
		struct sock *s = &now->socks[i];

		t->next.of[i] = note_there(t, s, t->next.of[i], now->mono_ns);
		set_history(t, before, now, s, t->next.of[i]);
	}
}

/* ---- all of it ---- */

/* A dump that failed the last time says nothing about what there was then. */
static bool
is_whole(const struct snapshot *s)
{
	for (size_t i = 0; i < s->nshortfalls; i++)
		if (s->shortfalls[i].kind == SHORT_DUMP)
			return false;
	return true;
}

static void
give_sums(struct track *t, struct snapshot *now)
{
	if (!t->due)
		return;
	if (t->trusted && !t->deaf && !t->sums.full && now->mono_ns > t->rates_ns)
		ended_give(&t->sums, now, now->mono_ns - t->rates_ns);
	ended_clear(&t->sums);
	t->deaf = false;
}

static void
turn_rows(struct track *t)
{
	struct track_rows old = t->rows;

	t->rows = t->next;
	t->next = old;
}

static bool
are_rates_due(const struct track *t, const struct snapshot *now)
{
	return !t->has_rates || now->mono_ns - t->rates_ns >= t->least_ns;
}

static void
note_rates(struct track *t, const struct snapshot *now)
{
	if (!t->due)
		return;
	t->has_rates = t->started;
	t->rates_ns = now->mono_ns;
}

void
track_next(struct track *t, const struct snapshot *before, struct snapshot *now,
           track_confirm_fn confirm, void *arg)
{
	size_t dumped = now->count;

	t->count = 0;
	t->round++;
	t->trusted = t->started && is_whole(before);
	t->due = are_rates_due(t, now);
	recognise(t, before, now);
	look_back_at_all(t, before, now, confirm, arg);
	linger_carry(&t->linger, before, now, dumped);
	look_at_all(t, before, now);
	give_sums(t, now);
	forget_lost(t, now->mono_ns);
	turn_rows(t);
	note_rates(t, now);
	t->last_ns = now->mono_ns;
	t->started = true;
}

void
track_restart(struct track *t)
{
	t->started = false;
	t->count = 0;
}

/* ---- */

/* Of one that a snapshot had, that snapshot knew the listener. */
static bool
may_have_listener(const struct track_seen *seen)
{
	return seen->listener != 0 || seen->round == 0;
}

/* What it moved since the last snapshot; all of it, where that did not have it. */
static void
add_moved(struct track *t, const struct track_seen *seen, const struct sock *end)
{
	const struct sock_info *info = sock_info(end);

	if (!seen->ended && seen->counted && may_have_listener(seen) &&
	    info->rx_bytes >= seen->rx_bytes && info->tx_bytes >= seen->tx_bytes)
		ended_add(&t->sums, end, seen->listener, info->rx_bytes - seen->rx_bytes,
		          info->tx_bytes - seen->tx_bytes);
}

static void
note_end(struct track_seen *seen, const struct sock *end)
{
	seen->ended = true;
	seen->counted = end->has & SOCK_HAS_BYTES;
	seen->rx_bytes = sock_info(end)->rx_bytes;
	seen->tx_bytes = sock_info(end)->tx_bytes;
}

/* A dump that is under way may have it still, or what is left of it: begin() asks has_ended(). */
static enum track_end
destroyed_unseen(struct track *t, uint64_t id, const struct sock *moved, uint64_t now_ns)
{
	static const struct track_seen nothing = { .counted = true };

	if (has_ended(t, id))
		return TRACK_OVER;
	if (moved)
		add_moved(t, &nothing, moved);
	note_ended(t, id, now_ns);
	return TRACK_UNSEEN;
}

enum track_end
track_destroyed(struct track *t, const struct sock *end, const struct sock *moved,
                uint64_t now_ns, uint64_t *age_ns)
{
	uint64_t id = sock_id(end);
	struct track_seen *seen = map_get(&t->seen, id);

	if (!seen)
		return destroyed_unseen(t, id, moved, now_ns);
	if (moved)
		add_moved(t, seen, moved);
	note_end(seen, end);
	if (!seen->told) {	/* not even what is left of it was said */
		seen->over = seen->told = true;
		return TRACK_UNSEEN;
	}
	if (seen->over)
		return TRACK_OVER;
	seen->over = true;
	*age_ns = now_ns - seen->first_ns;
	return TRACK_KNOWN;
}
