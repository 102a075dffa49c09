/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns what the kinds of rows have in common for whoever draws them: their cells, their
 * ids, and the two parties of a connection.
 */

#include "view/row.h"

#include <string.h>

#include "view/links.h"

/* ---- the other end ---- */

/* The number of its socket in the snapshot, or SIZE_MAX where the row is of another one. */
static size_t
index_of(const struct row *r)
{
	const struct snapshot *snap = r->env->snap;
	size_t n = snap->count + snap->ngone;

	return n > 0 && r->sock >= snap->socks && r->sock < snap->socks + n
		? (size_t)(r->sock - snap->socks) : SIZE_MAX;
}

static const struct sock *
linked(const struct row *r, const uint32_t *links)
{
	size_t i = links ? index_of(r) : SIZE_MAX;

	return i != SIZE_MAX && links[i] ? &r->env->snap->socks[links[i] - 1] : NULL;
}

const struct sock *
row_peer(const struct row *r)
{
	if (r->env->mates)
		return linked(r, r->env->mates);
	return r->sock->peer ? &r->env->snap->socks[r->sock->peer - 1] : NULL;
}

/* The row of the other end, as if it was one by itself. */
static struct row
row_of(const struct row *r, const struct sock *s)
{
	return (struct row){ .sock = s, .env = r->env };
}

bool
row_hides_alarm(const struct row *r)
{
	size_t i = r->env->hides && r->env->notes ? index_of(r) : SIZE_MAX;

	return i < r->env->snap->count && r->env->notes[i].ails && (!r->parent || r->folded);
}

/* ---- parties ---- */

bool
row_is_client(const struct row *r)
{
	const struct sock *peer = row_peer(r);

	if (r->kind == ROW_PAIR && peer)
		return true;
	if (r->sock->role != SOCK_NEITHER)
		return r->sock->role == SOCK_CLIENT;
	return !peer || peer->role != SOCK_CLIENT;
}

/* No process has it any more. */
static bool
has_ended(const struct sock *s)
{
	return s->state == STATE_TIME_WAIT || s->holder == HOLDER_NONE;
}

/* Among many there may be either end. Of what just came the other end may come yet. */
static struct party
party_out_of_sight(const struct row *r, const struct endpoint *at)
{
	struct party p = { .at = at };

	if (r->kind == ROW_TIME_WAIT)
		p.sock = r->sock;
	else if (r->sock->state == STATE_TIME_WAIT || r->sock->life == LIFE_THERE)
		p.gone = links_is_here(r->env->snap, r->sock, at->addr);
	return p;
}

static struct party
party_in_sight(const struct sock *end)
{
	return (struct party){ .sock = end, .at = &end->local };
}

/*
 * Is it known that the end was let go? Of a connection that is open it is not: what answers may be
 * behind a redirection, and has the end by another name. TIME_WAIT is what is left of both.
 */
static bool
was_let_go(const struct party *p, const struct row *r)
{
	static const bool closing[STATE_COUNT] = {
		[STATE_FIN_WAIT1] = true, [STATE_FIN_WAIT2] = true, [STATE_CLOSE_WAIT] = true,
		[STATE_LAST_ACK] = true, [STATE_CLOSING] = true,
	};

	return p->gone && closing[r->sock->state];
}

/* What takes connections at the port outlives each of them. */
static void
ask_taker(struct party *p, const struct row *r)
{
	const struct sock *peer = row_peer(r), *taker;
	struct row server = row_of(r, row_is_client(r) && peer ? peer : r->sock);

	if ((p->sock && !has_ended(p->sock)) || was_let_go(p, r))
		return;
	taker = linked(&server, r->env->takers);
	if (taker) {
		p->sock = taker;
		p->gone = false;
	}
}

static struct party
party_of_end(const struct row *r, bool own)
{
	const struct sock *end = own ? r->sock : row_peer(r);

	if (end)
		return party_in_sight(end);
	if (!sock_has_peer(r->sock))
		return (struct party){ .sock = NULL };
	return party_out_of_sight(r, &r->sock->remote);
}

struct party
row_party(const struct row *r, enum party_side side)
{
	bool own = sock_has_peer(r->sock) ? row_is_client(r) == (side == PARTY_CLIENT)
	                                  : side == PARTY_SERVER;
	struct party p = party_of_end(r, own);

	if (side == PARTY_SERVER)
		ask_taker(&p, r);
	else if (r->kind == ROW_TIME_WAIT)
		p = (struct party){ .sock = NULL };
	if (p.sock && p.sock->nowners > 0)
		p.task = p.sock->owners[0].task;
	return p;
}

/* ---- cells ---- */

/* Fields that tell of an end and not of its process, and what says the same of the other one. */
static const struct {
	const char *id;
	const char *other;	/* NULL: only the end itself can tell */
	bool        local;
} end_fields[] = {
	{ "lport", "rport", true },
	{ "laddr", "raddr", true },
	{ "local", "peer", true },
	{ "rport", "lport", false },
	{ "raddr", "laddr", false },
	{ "peer", "local", false },
	{ "uid", NULL, true },
	{ "user", NULL, true },
};

#define NO_END_FIELD SIZE_MAX

static size_t
end_field(const struct field *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(end_fields); i++)
		if (strcmp(f->id, end_fields[i].id) == 0)
			return i;
	return NO_END_FIELD;
}

static const struct value nothing = { .kind = VAL_NONE };

/* The client's own end is the one to ask; the server's knows at least where it is. */
static struct value
far_value(const struct field *f, const struct row *r)
{
	size_t i = end_field(f);
	const struct sock *peer = row_peer(r);
	const char *other = i != NO_END_FIELD ? end_fields[i].other : NULL;
	struct row client;

	if (row_is_client(r) || (i == NO_END_FIELD && !(f->flags & FIELD_OWNERS)))
		return field_get(f, r);
	if (peer) {
		client = row_of(r, peer);
		return field_get(f, &client);
	}
	return other ? field_get(field_find(other, strlen(other)), r) : nothing;
}

/* Each socket has its own number, and one end of its own. */
static struct value
count_value(const struct field *f, const struct row *r)
{
	size_t i = end_field(f);
	bool server = !row_is_client(r);

	if (strcmp(f->id, "cookie") == 0)
		return nothing;
	if (i == NO_END_FIELD)
		return field_get(f, r);
	if (r->far)
		return end_fields[i].local ? nothing : far_value(f, r);
	return end_fields[i].local == server ? field_get(f, r) : nothing;
}

static bool
is_own_field(const struct field *f)
{
	return f >= fields && f < fields + nfields;
}

struct value
row_value(const struct field *f, const struct row *r)
{
	if ((!r->far && r->kind != ROW_TIME_WAIT) || !is_own_field(f))
		return field_get(f, r);
	return r->kind == ROW_TIME_WAIT ? count_value(f, r) : far_value(f, r);
}

/* ---- ids and ages ---- */

/* One that was there before, or has gone already, makes it no news. */
static enum sock_life
life_of_all(const struct row_sum *sum)
{
	enum sock_life life = sum->count > 0 ? (enum sock_life)sum->socks[0]->life : LIFE_GONE;

	for (uint32_t i = 1; i < sum->count; i++)
		if (sum->socks[i]->life != life)
			return LIFE_THERE;
	return life;
}

/* The end that a row stands for besides its own. */
static const struct sock *
second_end(const struct row *r)
{
	return r->kind == ROW_PAIR || r->far ? row_peer(r) : NULL;
}

/* Of two ends, the one that is there stands for both. */
static const struct sock *
lasting_end(const struct row *r)
{
	const struct sock *second = r->sock->life == LIFE_GONE ? second_end(r) : NULL;

	return second ? second : r->sock;
}

/* TIME_WAIT lasts, but nobody has it: what it was an end of is over with the other one. */
static bool
is_over(const struct row *r)
{
	const struct sock *second = second_end(r);

	return second && lasting_end(r)->state == STATE_TIME_WAIT &&
	       (r->sock->life == LIFE_GONE || second->life == LIFE_GONE);
}

enum sock_life
row_life(const struct row *r)
{
	if (r->sum)
		return life_of_all(r->sum);
	return is_over(r) ? LIFE_GONE : (enum sock_life)lasting_end(r)->life;
}

uint64_t
row_id(const struct row *r)
{
	return r->sum ? r->sum->id : sock_id(lasting_end(r));
}

bool
row_is(const struct row *r, uint64_t id)
{
	const struct sock *second = r->sum ? NULL : second_end(r);

	return row_id(r) == id || (!r->sum && sock_id(r->sock) == id) ||
	       (second && sock_id(second) == id);
}

#define TIME_WAIT_MS 60000	/* TCP_TIMEWAIT_LEN (include/net/tcp.h): it has no other length */

bool
row_time_wait_ms(const struct row *r, uint32_t *ms)
{
	const struct sock *s = r->sock;

	if (s->state != STATE_TIME_WAIT || !(s->has & SOCK_HAS_TIMER))
		return false;
	*ms = TIME_WAIT_MS - MIN(s->timer_ms, TIME_WAIT_MS);
	return true;
}
