/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the view of processes. A socket that several of them hold, as the listener of a
 * server and its workers, is below each: whoever looks for a process finds it, and what it
 * holds. Sockets whose process is not known are one row for each reason, and come last.
 */

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "view/view_priv.h"

void
processes_done(struct processes *p)
{
	map_done(&p->by_key);
	free(p->list);
	free(p->sums);
	free(p->socks);
	free(p->ports);
	*p = (struct processes){ .count = 0 };
}

/* ---- which process ---- */

#define KEY_PROCESS (UINT64_C(1) << 62)

/* No two processes of one instant have one pid and one start. */
static uint64_t
key_of_task(const struct task *task)
{
	return (task->start * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)task->pid) | KEY_PROCESS;
}

/* Why it is not known: what stands in the place of its name. */
static uint64_t
key_of_unknown(const struct sock *s)
{
	bool user = s->holder == HOLDER_HIDDEN && s->has & SOCK_HAS_UID;
	uint64_t key = s->holder << 1 | (s->state == STATE_TIME_WAIT);

	return (key << 33 | (user ? UINT64_C(1) << 32 | s->uid : 0)) & ~KEY_PROCESS;
}

static struct process *
process_of(struct processes *p, uint64_t key, const struct task *task)
{
	size_t at = (uintptr_t)map_get(&p->by_key, key);

	if (at > 0)
		return &p->list[at - 1];
	p->list = mem_room(p->list, p->count, &p->cap, sizeof *p->list);
	p->list[p->count++] = (struct process){ .key = key, .task = task };
	map_put(&p->by_key, key, (void *)(uintptr_t)p->count);
	return &p->list[p->count - 1];
}

/* The k-th of those that a socket is shown with; there is always one. */
static struct process *
holder_of(struct processes *p, const struct sock *s, size_t k)
{
	const struct task *task = s->nowners > 0 ? s->owners[k].task : NULL;

	return process_of(p, task ? key_of_task(task) : key_of_unknown(s), task);
}

static size_t
count_holders(const struct sock *s)
{
	return MAX(s->nowners, 1);
}

/* Finds all that would have a row, had nothing been filtered. What has gone is behind the rest. */
static void
prepare(struct build *b)
{
	struct processes *p = &b->m->processes;

	map_clear(&p->by_key);
	p->count = 0;
	for (size_t i = 0; i < b->snap->count; i++)
		for (size_t k = 0; b->m->marks[i] && k < count_holders(&b->snap->socks[i]); k++)
			holder_of(p, &b->snap->socks[i], k);
	p->there = p->count;
}

/* ---- what it holds ---- */

static bool
is_there(const struct sock *s)
{
	return s->life != LIFE_GONE;
}

/* A port that a client got for datagrams to come back to is none that one calls. */
static bool
listens(const struct snapshot *snap, const struct sock *s)
{
	return s->state == STATE_LISTEN ||
	       (s->state == STATE_UNCONN && !snapshot_ephemeral(snap, s->local.port));
}

/* A connection of which the other end is below the same root is one. */
static bool
is_new_connection(struct build *b, uint32_t root, const struct sock *s)
{
	uint32_t *counted = b->m->slots;

	if (!sock_has_peer(s) || s->state == STATE_TIME_WAIT ||
	    (s->peer && counted[s->peer - 1] == root))
		return false;
	counted[s - b->snap->socks] = root;
	return true;
}

static void
add_sock(struct build *b, uint32_t root, struct row_sum *sum, const struct sock *s)
{
	struct processes *p = &b->m->processes;

	p->socks[p->nsocks++] = s;
	sum->count++;
	if (!is_there(s))
		return;
	sum->connections += is_new_connection(b, root, s);
	if (s->has & SOCK_HAS_RATE) {
		sum->has_rate = true;
		sum->rx_rate += sock_info(s)->rx_rate;
		sum->tx_rate += sock_info(s)->tx_rate;
	}
	if (listens(b->snap, s))
		p->ports[p->nports++] = s->local.port;
}

static int
compare_ports(const void *a, const void *b)
{
	uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;

	return (x > y) - (x < y);
}

/* Sorts the ports from `from` on, and drops all but one of each. */
static void
tidy_ports(struct processes *p, size_t from)
{
	size_t kept = from;

	qsort(p->ports + from, p->nports - from, sizeof *p->ports, compare_ports);
	for (size_t i = from; i < p->nports; i++)
		if (kept == from || p->ports[i] != p->ports[kept - 1])
			p->ports[kept++] = p->ports[i];
	p->nports = kept;
}

static void
sum_up(struct build *b, size_t root, const struct row *below, size_t n)
{
	struct processes *p = &b->m->processes;
	struct row_sum *sum = &p->sums[root];
	struct row *row = &b->m->roots.rows[root];
	size_t socks = p->nsocks, ports = p->nports;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < (below[i].sum ? below[i].sum->count : 1); k++)
			add_sock(b, (uint32_t)root + 1, sum,
			         below[i].sum ? below[i].sum->socks[k] : below[i].sock);
	tidy_ports(p, ports);
	sum->socks = p->socks + socks;
	sum->ports = p->ports + ports;
	sum->nports = p->nports - ports;
	row->sum = sum;
	for (size_t i = n; i > 0; i--)
		if (is_there(below[i - 1].sock))
			row->sock = below[i - 1].sock;
}

/* ---- rows ---- */

static uint32_t
root_of(struct build *b, struct process *process, const struct row *below)
{
	struct pile *roots = &b->m->roots;
	const struct row row = { .sock = below->sock, .env = below->env, .kind = ROW_PROCESS };

	if (!process->root) {
		pile_add(roots, &row, 0);
		process->root = (uint32_t)roots->count;
	}
	return process->root;
}

#define NO_COOKIE (UINT64_C(1) << 63)	/* cookies count up from 1 */

/* Room for all that will be pointed to, before anything points there. */
static void
make_room(struct build *b, size_t socks)
{
	struct processes *p = &b->m->processes;
	struct view_memory *m = b->m;

	m->slots = view_room(m->slots, b->n, &m->slots_cap, sizeof *m->slots);
	memset(m->slots, 0, b->n * sizeof *m->slots);
	p->sums = view_room(p->sums, p->count, &p->sums_cap, sizeof *p->sums);
	p->socks = view_room(p->socks, socks, &p->socks_cap, sizeof *p->socks);
	p->ports = view_room(p->ports, socks, &p->ports_cap, sizeof *p->ports);
	p->nsocks = p->nports = 0;
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].root)
			p->sums[p->list[i].root - 1] = (struct row_sum){
				.task = p->list[i].task,
				.id = p->list[i].key | NO_COOKIE,
			};
}

/* Puts the row below each of its holders. Returns how many sockets it is there. */
static size_t
place(struct build *b, const struct row *row)
{
	size_t holders = count_holders(row->sock);

	for (size_t k = 0; k < holders; k++) {
		struct process *process = holder_of(&b->m->processes, row->sock, k);

		pile_add(&b->m->below, row, root_of(b, process, row));
	}
	return holders * (row->sum ? row->sum->count : 1);
}

static void
arrange(struct build *b)
{
	struct view_memory *m = b->m;
	size_t socks = 0;

	m->roots.count = m->below.count = 0;
	for (size_t i = 0; i < m->chosen.count; i++)
		socks += place(b, &m->chosen.rows[i]);
	make_room(b, socks);
	b->v->counts.rows_total = m->processes.there;
	nest(b, true, sum_up);
}

/* What it holds before what it is connected to; processes before what is not known of them. */
static unsigned
class_of(const struct row *r)
{
	return r->kind == ROW_PROCESS ? !r->sum->task : !sock_holds_port(r->sock);
}

const struct view_ops view_processes = {
	.kind = ROW_SOCK,
	.holding = true,
	.sort = "listens",
	.fields = group_fields,
	.nfields = &ngroup_fields,
	.class_of = class_of,
	.prepare = prepare,
	.fold_key = view_own_fold_key,
	.arrange = arrange,
};
