/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "model/eventlog.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"
#include "model/cgroup.h"
#include "model/task.h"

#define OWNERS_MAX 4	/* of each end */
#define ARGV_MAX   512	/* bytes of the arguments of each */
#define SAID_MAX   20000	/* ids in each of two maps */
#define SAME_S     5	/* two ends that close within it close together */

struct eventlog *
eventlog_new(void)
{
	struct eventlog *l = mem_new(sizeof *l);

	map_init(&l->said[0]);
	map_init(&l->said[1]);
	arena_init(&l->arena);
	return l;
}

void
eventlog_free(struct eventlog *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->count; i++)
		free(l->ring[(l->dropped + i) % EVENTLOG_MAX]);
	map_done(&l->said[0]);
	map_done(&l->said[1]);
	listeners_done(&l->listeners);
	arena_done(&l->arena);
	free(l);
}

/* ---- copies: an entry and all that it points to are one piece of memory ---- */

/* Whole arguments, as many as there is room for. */
static size_t
kept_argv(const struct task *task, size_t *argc)
{
	size_t len = 0;

	*argc = 0;
	while (len < task->argv_len) {
		size_t next = strnlen(task->argv + len, task->argv_len - len) + 1;

		if (len + next > MIN(task->argv_len, (size_t)ARGV_MAX))
			break;
		len += next;
		++*argc;
	}
	return len;
}

static size_t
string_size(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

static size_t
task_size(const struct task *t)
{
	size_t argc;

	return sizeof *t + string_size(t->comm) + kept_argv(t, &argc) + string_size(t->exe) +
	       string_size(t->cwd) + string_size(t->app) + string_size(t->project) +
	       string_size(t->cgroup) + string_size(t->unit) + string_size(t->container);
}

static uint32_t
kept_owners(const struct sock *s)
{
	return MIN(s->nowners, (uint32_t)OWNERS_MAX);
}

static size_t
owners_size(const struct sock *s)
{
	size_t size = kept_owners(s) * sizeof(struct owner);

	for (uint32_t i = 0; i < kept_owners(s); i++)
		size += task_size(s->owners[i].task);
	return size;
}

static size_t
cgroup_size(const struct cgroup *c)
{
	return c ? sizeof *c + string_size(c->path) + string_size(c->unit) + string_size(c->container)
	         : 0;
}

/* Structs from the front, which keeps them aligned, and strings behind them all. */
struct packer {
	char *front;
	char *strings;
};

static void *
pack(struct packer *p, size_t size)
{
	void *at = p->front;

	p->front += size;
	return at;
}

static const char *
pack_bytes(struct packer *p, const char *s, size_t size)
{
	char *at = p->strings;

	if (size == 0)
		return NULL;
	memcpy(at, s, size);
	p->strings += size;
	return at;
}

static const struct task *
pack_task(struct packer *p, const struct task *from)
{
	struct task *t = pack(p, sizeof *t);

	*t = *from;
	t->parent = NULL;
	t->comm = pack_bytes(p, from->comm, string_size(from->comm));
	t->argv_len = kept_argv(from, &t->argc);
	t->argv = pack_bytes(p, from->argv, t->argv_len);
	t->exe = pack_bytes(p, from->exe, string_size(from->exe));
	t->cwd = pack_bytes(p, from->cwd, string_size(from->cwd));
	t->app = pack_bytes(p, from->app, string_size(from->app));
	t->project = pack_bytes(p, from->project, string_size(from->project));
	t->cgroup = pack_bytes(p, from->cgroup, string_size(from->cgroup));
	t->unit = pack_bytes(p, from->unit, string_size(from->unit));
	t->container = pack_bytes(p, from->container, string_size(from->container));
	return t;
}

static const struct cgroup *
pack_cgroup(struct packer *p, const struct cgroup *from)
{
	struct cgroup *c;

	if (!from)
		return NULL;
	c = pack(p, sizeof *c);
	c->path = pack_bytes(p, from->path, string_size(from->path));
	c->unit = pack_bytes(p, from->unit, string_size(from->unit));
	c->container = pack_bytes(p, from->container, string_size(from->container));
	return c;
}

static void
pack_end(struct packer *p, struct logged *e, const struct sock *from)
{
	struct sock_info *info = &e->infos[e->nends];
	struct sock *to = &e->ends[e->nends++];
	uint32_t n = kept_owners(from);
	struct owner *owners = pack(p, n * sizeof *owners);

	for (uint32_t i = 0; i < n; i++)
		owners[i] = (struct owner){ pack_task(p, from->owners[i].task), from->owners[i].fd };
	*to = *from;
	to->owners = n > 0 ? owners : NULL;
	to->nowners = n;
	*info = *sock_info(from);
	info->rx_rate = info->tx_rate = 0;
	to->info = info;
	sock_set_cgroup(to, pack_cgroup(p, sock_cgroup(from)));
	to->has &= ~SOCK_HAS_RATE;
	to->life = LIFE_THERE;
	to->peer = to->listener = 0;
}

/* a NULL: no end at all; b NULL: no other end. */
static struct logged *
copy_ends(const struct sock *a, const struct sock *b)
{
	size_t structs = sizeof(struct logged), size = structs;
	struct logged *e;
	struct packer p;

	for (int i = 0; i < 2; i++) {
		const struct sock *s = i == 0 ? a : b;

		if (!s)
			continue;
		structs += kept_owners(s) * (sizeof(struct owner) + sizeof(struct task)) +
		           (sock_cgroup(s) ? sizeof(struct cgroup) : 0);
		size += owners_size(s) + cgroup_size(sock_cgroup(s));
	}
	e = mem_new(size);
	p = (struct packer){ (char *)e + sizeof *e, (char *)e + structs };
	if (a)
		pack_end(&p, e, a);
	if (b)
		pack_end(&p, e, b);
	if (b) {
		e->ends[0].peer = 2;
		e->ends[1].peer = 1;
	}
	return e;
}

/* ---- the ring ---- */

static struct logged **
slot(struct eventlog *l, uint64_t number)
{
	return &l->ring[number % EVENTLOG_MAX];
}

static void
append(struct eventlog *l, struct logged *e, enum logged_what what, struct timespec wall)
{
	uint64_t number = l->dropped + l->count;

	e->number = number;
	e->what = what;
	e->wall = wall;
	if (l->count == EVENTLOG_MAX) {
		free(*slot(l, number));
		l->dropped++;
	} else {
		l->count++;
	}
	*slot(l, number) = e;
}

const struct logged *
eventlog_at(const struct eventlog *l, size_t i)
{
	return l->ring[(l->dropped + i) % EVENTLOG_MAX];
}

const struct snapshot *
eventlog_look(struct eventlog *l, size_t i)
{
	struct logged *e = *slot(l, l->dropped + i);

	l->look.socks = e->ends;
	l->look.count = e->nends;
	return &l->look;
}

/* ---- what was said of whom ---- */

static void
note_said(struct eventlog *l, uint64_t id, uint64_t number)
{
	if (l->said[0].count >= SAID_MAX) {
		struct map old = l->said[1];

		map_clear(&old);
		l->said[1] = l->said[0];
		l->said[0] = old;
	}
	map_put(&l->said[0], id, (void *)(uintptr_t)(number + 1));
}

/* The last entry on it, if it is of that kind and there still. */
static struct logged **
find_said(struct eventlog *l, uint64_t id, enum logged_what what)
{
	uintptr_t at = (uintptr_t)map_get(&l->said[0], id);
	struct logged **e;

	if (at == 0)
		at = (uintptr_t)map_get(&l->said[1], id);
	if (at == 0 || at - 1 < l->dropped)
		return NULL;
	e = slot(l, at - 1);
	return (*e)->what == what ? e : NULL;
}

static struct logged **
find_close(struct eventlog *l, uint64_t id, struct timespec wall)
{
	struct logged **e = find_said(l, id, LOGGED_CLOSE);

	return e && wall.tv_sec - (*e)->wall.tv_sec <= SAME_S ? e : NULL;
}

/* The id of a connection whose cookie nobody knows, as sock_id() has it. */
static uint64_t
tuple_id(uint8_t proto, const struct endpoint *local, const struct endpoint *remote)
{
	const struct sock bare = { .proto = proto, .local = *local, .remote = *remote };

	return sock_id(&bare);
}

/* ---- ends ---- */

static const struct sock *
peer_of(const struct snapshot *snap, const struct sock *s)
{
	const struct sock *peer = s->peer ? &snap->socks[s->peer - 1] : NULL;

	return peer && sock_id(peer) != sock_id(s) ? peer : NULL;
}

/* Does the first come before the second, as a client does before its server? */
static bool
leads(const struct sock *a, const struct sock *b)
{
	if ((a->role == SOCK_CLIENT) != (b->role == SOCK_CLIENT))
		return a->role == SOCK_CLIENT;
	if ((a->role == SOCK_SERVER) != (b->role == SOCK_SERVER))
		return b->role == SOCK_SERVER;
	return sock_id(a) < sock_id(b);
}

static void
set_age(struct logged *e, uint64_t age_ns)
{
	for (size_t i = 0; i < e->nends; i++) {
		e->infos[i].age_ns = age_ns;
		e->ends[i].has |= SOCK_HAS_AGE;
	}
}

static struct logged *
copy_pair(const struct sock *s, const struct sock *peer)
{
	if (!peer)
		return copy_ends(s, NULL);
	return leads(s, peer) ? copy_ends(s, peer) : copy_ends(peer, s);
}

static void
note_ends(struct eventlog *l, const struct logged *e)
{
	for (size_t i = 0; i < e->nends; i++)
		note_said(l, sock_id(&e->ends[i]), e->number);
}

static void
log_pair(struct eventlog *l, enum logged_what what, const struct sock *s, const struct sock *peer,
         uint64_t age_ns, struct timespec wall)
{
	struct logged *e = copy_pair(s, peer);

	set_age(e, age_ns);
	append(l, e, what, wall);
	note_ends(l, e);
}

/* ---- openings ---- */

/* Another takes the place of an entry, with both ends. */
static void
replace(struct logged **at, struct logged *e)
{
	struct logged *old = *at;

	e->number = old->number;
	e->what = old->what;
	e->wall = old->wall;
	e->unseen = old->unseen;
	*at = e;
	free(old);
}

/* It opened alone, for its other end had not been in sight: now the entry has both. */
static void
complete(struct eventlog *l, struct logged **at, const struct sock *s, const struct sock *peer)
{
	if ((*at)->nends != 1)
		return;
	replace(at, copy_pair(s, peer));
	set_age(*at, 0);
	note_ends(l, *at);
}

static bool
opened_now(const struct sock *s)
{
	return s->has & SOCK_HAS_AGE && sock_info(s)->age_ns == 0 && track_lives(s);
}

/* The other end of one that was there before was said with it, or was there before lotop. */
static void
log_open(struct eventlog *l, const struct sock *s, const struct snapshot *now)
{
	const struct sock *peer = peer_of(now, s);
	struct logged **said = peer ? find_said(l, sock_id(peer), LOGGED_OPEN) : NULL;

	if (said)
		complete(l, said, s, peer);
	else if (!peer || (opened_now(peer) && leads(s, peer)))
		log_pair(l, LOGGED_OPEN, s, peer, 0, now->wall);
}

/* ---- closings ---- */

static void
take_totals(struct logged *e, const struct sock *end)
{
	for (size_t i = 0; i < e->nends; i++)
		if (sock_id(&e->ends[i]) == sock_id(end))
			sock_take_totals(&e->ends[i], end);
}

static void
log_close(struct eventlog *l, const struct sock *s, const struct snapshot *snap, uint64_t age_ns,
          struct timespec wall)
{
	struct logged **said = find_close(l, sock_id(s), wall);
	const struct sock *peer = peer_of(snap, s);

	if (said) {
		take_totals(*said, s);
		return;
	}
	if (peer && find_said(l, sock_id(peer), LOGGED_CLOSE))
		peer = NULL;	/* its own close was said long ago */
	log_pair(l, LOGGED_CLOSE, s, peer, age_ns, wall);
}

static const struct sock *
listener_at(const struct eventlog *l, const struct sock *s, const struct endpoint *at)
{
	const struct sock place = { .proto = s->proto, .family = s->family, .ifindex = s->ifindex,
	                            .local = *at };

	return s->proto == PROTO_TCP ? listeners_find(&l->listeners, &place) : NULL;
}

/* As join_ends() decides. */
static uint8_t
role_of(const struct eventlog *l, const struct sock *s)
{
	bool here = listener_at(l, s, &s->local), there = listener_at(l, s, &s->remote);

	if (here == there) {
		here = !snapshot_ephemeral(&l->look, s->local.port);
		there = !snapshot_ephemeral(&l->look, s->remote.port);
	}
	if (here == there)
		return SOCK_NEITHER;
	return here ? SOCK_SERVER : SOCK_CLIENT;
}

/* Nobody saw who had it: it came through its listener, and whose that is is known. */
static void
complete_unseen(const struct eventlog *l, struct sock *s)
{
	const struct sock *listener;

	if (!sock_has_peer(s))
		return;
	s->role = role_of(l, s);
	listener = s->role == SOCK_SERVER ? listener_at(l, s, &s->local) : NULL;
	if (!listener)
		return;
	s->owners = listener->owners;
	s->nowners = listener->nowners;
	s->holder = listener->holder;
}

/*
 * A connection that was reset has no peer's port any more (source/destroyed.h). The other end, where
 * that is one of this machine, tells the same and has it.
 */
static bool
is_told_by_the_other_end(const struct sock *s)
{
	return s->proto == PROTO_TCP && s->remote.port == 0 && addr_is_loopback(s->remote.addr);
}

/* Its two ends know each other by their ports alone. */
static void
log_unseen(struct eventlog *l, const struct sock *end, struct timespec wall)
{
	uint64_t id = tuple_id(end->proto, &end->local, &end->remote);
	struct logged **said = sock_has_peer(end) ? find_close(l, id, wall) : NULL;
	struct sock s = *end;
	struct logged *e;

	if (is_told_by_the_other_end(end))
		return;
	complete_unseen(l, &s);
	if (said && (*said)->nends == 1) {
		replace(said, copy_pair(&s, &(*said)->ends[0]));
		return;
	}
	e = copy_ends(&s, NULL);
	e->unseen = true;
	append(l, e, LOGGED_CLOSE, wall);
	note_said(l, tuple_id(end->proto, &end->remote, &end->local), e->number);
}

void
eventlog_end(struct eventlog *l, const struct sock *end, const struct snapshot *last, bool seen,
             uint64_t age_ns, struct timespec wall)
{
	if (seen)
		log_close(l, end, last, age_ns, wall);
	else
		log_unseen(l, end, wall);
}

void
eventlog_totals(struct eventlog *l, const struct sock *end, struct timespec wall)
{
	struct logged **said = find_close(l, sock_id(end), wall);

	if (said)
		take_totals(*said, end);
}

/* ---- snapshots ---- */

/*
 * The kernel goes on sending for a process that closed its end, and the other end may be there
 * still. Totals that were heard are later than those of the dump.
 */
static void
take_what_is_left(struct eventlog *l, const struct sock *s, const struct snapshot *now)
{
	struct logged **said = find_close(l, sock_id(s), now->wall);

	for (size_t i = 0; said && i < (*said)->nends; i++) {
		struct sock *end = &(*said)->ends[i];
		const struct sock *left = snapshot_find(now, sock_id(end));

		if (left && sock_info(left)->rx_bytes >= end->info->rx_bytes &&
		    sock_info(left)->tx_bytes >= end->info->tx_bytes)
			sock_take_totals(end, left);
	}
}

static void
log_state(struct eventlog *l, const struct sock *s, uint64_t age_ns, const struct snapshot *now)
{
	struct logged *e = copy_ends(s, peer_of(now, s));

	set_age(e, age_ns);
	append(l, e, LOGGED_STATE, now->wall);
}

/* What getters and scopes ask a snapshot besides its sockets. */
static void
take_facts(struct eventlog *l, const struct snapshot *now)
{
	size_t n = MIN(now->nhost_addrs, ARRAY_SIZE(l->host_addrs));

	if (n > 0)
		memcpy(l->host_addrs, now->host_addrs, n * sizeof l->host_addrs[0]);
	l->look.host_addrs = l->host_addrs;
	l->look.nhost_addrs = n;
	l->look.lo_ifindex = now->lo_ifindex;
	l->look.eph_lo = now->eph_lo;
	l->look.eph_hi = now->eph_hi;
	listeners_done(&l->listeners);
	arena_clear(&l->arena);
	listeners_init(&l->listeners, now, &l->arena);
}

void
eventlog_changes(struct eventlog *l, const struct track *t, const struct snapshot *before,
                 const struct snapshot *now)
{
	take_facts(l, now);
	for (size_t i = 0; i < t->count; i++) {
		const struct track_event *c = &t->events[i];

		if (c->change == TRACK_OPEN) {
			log_open(l, c->sock, now);
		} else if (c->change == TRACK_STATE) {
			log_state(l, c->sock, c->age_ns, now);
		} else {
			log_close(l, c->sock, before, c->age_ns, now->wall);
			take_what_is_left(l, c->sock, now);
		}
	}
}

void
eventlog_lost(struct eventlog *l, struct timespec wall)
{
	append(l, copy_ends(NULL, NULL), LOGGED_LOST, wall);
}
