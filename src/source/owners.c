/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What is known of all processes, by pid, and from it who holds which inode. A
 * process that is read again replaces what it held before; one that does not
 * answer keeps it, for it will hardly have let go of anything.
 */

#include "source/owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/util.h"
#include "source/lookup.h"
#include "source/owners_priv.h"
#include "source/source.h"
#include "source/suspects.h"

static void
unlink_holding(struct owners *o, struct holding *h)
{
	struct holding *at = map_get(&o->holders, h->inode);

	if (at == h) {
		if (h->next)
			map_put(&o->holders, h->inode, h->next);
		else
			map_remove(&o->holders, h->inode);
		return;
	}
	while (at->next != h)
		at = at->next;
	at->next = h->next;
}

static void
let_go(struct owners *o, struct process *p)
{
	for (size_t i = 0; i < p->nheld; i++)
		unlink_holding(o, &p->held[i]);
	o->let_go |= p->nheld > 0;
	free(p->held);
	p->held = NULL;
	p->nheld = 0;
}

static bool
holds_the_same(const struct process *p, const struct proc_record *r)
{
	if (p->nheld != r->nfds)
		return false;
	for (size_t i = 0; i < r->nfds; i++)
		if (p->held[i].inode != r->fds[i].inode || p->held[i].fd != r->fds[i].fd)
			return false;
	return true;
}

/* From one refresh to the next most processes keep what they hold. */
static void
take_fds(struct owners *o, struct process *p, const struct proc_record *r)
{
	if (holds_the_same(p, r))
		return;
	let_go(o, p);
	if (r->nfds == 0)
		return;
	p->held = mem_resize(NULL, r->nfds, sizeof *p->held);
	p->nheld = r->nfds;
	for (size_t i = 0; i < r->nfds; i++) {
		struct holding *h = &p->held[i];

		h->inode = r->fds[i].inode;
		h->process = p;
		h->fd      = r->fds[i].fd;
		h->seen    = 0;
		h->next    = map_put(&o->holders, h->inode, h);
		if (h->next)
			p->shared = h->next->process->shared = o->round;
	}
}

static void
process_free(struct process *p)
{
	free(p->held);
	proc_task_free(p->task);
	free(p);
}

static void
forget_process(struct owners *o, struct process *p)
{
	map_remove(&o->processes, (uint64_t)p->pid);
	let_go(o, p);
	process_free(p);
}

struct process *
owners_process(struct owners *o, pid_t pid)
{
	struct process *p = map_get(&o->processes, (uint64_t)pid);

	if (!p) {
		p = mem_new(sizeof *p);
		p->pid = pid;
		map_put(&o->processes, (uint64_t)pid, p);
	}
	return p;
}

/*
 * Did it end while it was read? Its memory goes first: without that there is neither a command
 * line nor an executable (do_exit() in kernel/exit.c), where both were.
 */
static bool
lost_its_memory(const struct task *was, const struct proc_record *r)
{
	if (!was || !r->task || was->start != r->stat.start)
		return false;
	return r->stat.flags & TASK_PF_EXITING ||
	       (was->argv_len > 0 && was->exe && r->task->argv_len == 0 && !r->task->exe);
}

static bool
keeps_kin(const struct process *p, const struct proc_record *r)
{
	return p->kin && p->task && p->task->start == r->stat.start &&
	       strcmp(p->task->comm, r->stat.comm) == 0;
}

/*
 * The facts are kept exactly as long as there is a socket, so that they never
 * are those of an earlier program of the same process.
 */
static void
take_task(const struct owners *o, struct process *p, struct proc_record *r)
{
	bool anew = r->task && !lost_its_memory(p->task, r);

	if (anew || (r->nfds == 0 && !keeps_kin(p, r)) || r->cut_short) {
		proc_task_free(p->task);
		p->task  = r->task;
		p->facts = r->task != NULL;
		p->plain = o->plain;
		r->task  = NULL;
	}
	if (!p->task && r->nfds > 0)
		p->task = proc_task_of_stat(p->pid, &r->stat);
	if (p->task) {
		p->task->state = task_state(&r->stat);
		p->task->ppid  = r->stat.ppid;
	}
}

static bool
is_denied(int err)
{
	return err == EACCES || err == EPERM;
}

/* Did a look into its threads find what the second pass is made for? */
static bool
found_missing(const struct owners *o, const struct proc_record *r)
{
	if (o->pass != PASS_THREADS || r->depth != PROC_THREADS)
		return false;
	for (size_t i = 0; i < r->nfds; i++)
		if (map_get(&o->missing, r->fds[i].inode))
			return true;
	return false;
}

/*
 * What was read, and whether it is all that there is to be read. What was read before the
 * sockets were known is of the round before.
 */
static void
note_answer(const struct owners *o, struct process *p, const struct proc_record *r)
{
	bool early = r->began < o->began;

	p->denied = is_denied(r->err) || is_denied(r->fd_err);
	p->mute |= r->cut_short && r->nfds == 0;
	p->silent = (r->cut_short && r->nfds > 0) || ((r->err || r->fd_err) && !p->denied);
	p->answered = o->round - early;
	if (r->depth == PROC_THREADS)
		p->searched = o->round;
	p->lost = false;
	if (r->depth == PROC_FDS && !p->denied)
		p->counted = r->total;	/* it may have changed after it was counted */
	p->count = p->silent ? UINT64_MAX : p->counted;
	if (early && o->ahead)
		suspects_count_again(o, p);
}

static void
take_brief(struct process *p, const struct proc_record *r)
{
	p->stat = r->stat;
	if (p->task) {
		p->task->state = task_state(&r->stat);
		p->task->ppid  = r->stat.ppid;
	}
}

static void
take_record(struct owners *o, struct proc_record *r)
{
	struct process *p = map_get(&o->processes, (uint64_t)r->pid);

	if (!p)
		return;
	if (r->err == ESRCH) {
		forget_process(o, p);
		return;
	}
	if (r->brief) {
		take_brief(p, r);
		return;
	}
	note_answer(o, p, r);
	if (r->err)
		return;
	p->read  = true;
	p->stat  = r->stat;
	p->depth = r->depth;
	p->deep |= found_missing(o, r);
	take_task(o, p, r);
	take_fds(o, p, r);
}

int
owners_new(struct owners **ret, int proc_fd)
{
	struct owners *o = mem_new(sizeof *o);
	int r;

	o->proc_fd = proc_fd;
	r = worker_new(&o->worker, proc_fd);
	if (r < 0) {
		free(o);
		return r;
	}
	listing_init(&o->listing, proc_fd);
	o->counts = suspects_can_count(proc_fd);
	map_init(&o->processes);
	map_init(&o->holders);
	map_init(&o->missing);
	map_init(&o->ended);
	*ret = o;
	return 0;
}

/* Where there can be no second thread one does it all. */
void
owners_hurry(struct owners *o)
{
	if (!o->hurry)
		worker_add_reader(o->worker);
	o->hurry = true;
}

void
owners_plain(struct owners *o, bool plain)
{
	o->plain = plain;
}

void
owners_free(struct owners *o)
{
	size_t at = 0;
	uint64_t pid;
	void *p;

	if (!o)
		return;
	worker_free(o->worker);
	while (map_next(&o->processes, &at, &pid, &p))
		process_free(p);
	map_done(&o->processes);
	map_done(&o->holders);
	map_done(&o->missing);
	map_done(&o->ended);
	lookup_close(o->lookup);
	listing_done(&o->listing);
	free(o->pids);
	free(o->reqs);
	free(o->orphans);
	free(o->ends);
	free(o);
}

void
owners_ask(struct owners *o, struct process *p, uint8_t depth, bool brief)
{
	struct proc_request req = { .pid = p->pid, .depth = depth, .brief = brief, .plain = o->plain,
	                            .kin = p->kin && !p->mute };

	if (p->asked == o->submissions)
		return;
	p->asked = o->submissions;
	if (p->facts && (o->plain || !p->plain)) {
		req.start     = p->stat.start;
		req.arg_start = p->stat.arg_start;
		memcpy(req.comm, p->stat.comm, sizeof req.comm);
	}
	o->reqs = mem_room(o->reqs, o->nreqs, &o->reqs_cap, sizeof *o->reqs);
	o->reqs[o->nreqs++] = req;
}

bool
owners_submit(struct owners *o)
{
	bool any = o->nreqs > 0;

	worker_submit(o->worker, o->reqs, o->nreqs);
	o->nreqs = 0;
	o->submissions++;
	return any;
}

/* Drops the processes that the last listing did not find. */
static void
drop_gone(struct owners *o)
{
	size_t at = 0, n = 0;
	uint64_t pid;
	void *p;
	struct process **gone = mem_resize(NULL, o->processes.count + 1, sizeof *gone);

	while (map_next(&o->processes, &at, &pid, &p))
		if (((struct process *)p)->listed != o->round + 1)
			gone[n++] = p;
	for (size_t i = 0; i < n; i++)
		forget_process(o, gone[i]);
	free(gone);
}

/* What an earlier sample asked for and did not get is forgotten. */
static void
forget_sample(struct owners *o)
{
	worker_cancel(o->worker);
	map_clear(&o->ended);
	o->nends = 0;
	o->nreqs = 0;
	o->submissions++;
}

/* Lists the processes that there are, for the round that begins. Returns 0 or -errno. */
static int
list_all(struct owners *o)
{
	pid_t *pids = NULL;
	int n = proc_list(o->proc_fd, &pids);

	if (n <= 0) {	/* there is always this process: what lists none is no /proc */
		listing_forget(&o->listing);
		free(pids);
		return n < 0 ? n : -ENOENT;
	}
	free(o->pids);
	o->pids = pids;
	o->npids = (size_t)n;
	o->init_listed = pids[0] == 1;
	for (size_t i = 0; i < o->npids; i++)
		owners_process(o, pids[i])->listed = o->round + 1;
	drop_gone(o);
	return 0;
}

/* Begins a round with them. Returns 0 or -errno. */
static int
begin_round(struct owners *o)
{
	int r = listing_holds(&o->listing) ? 0 : list_all(o);

	if (r == 0)
		o->round++;
	return r;
}

void
owners_ahead(struct owners *o)
{
	if (!o->hurry || !o->counts || o->round > 0 || begin_round(o) < 0)
		return;
	forget_sample(o);
	for (size_t i = 0; i < o->npids; i++)
		owners_ask(o, owners_process(o, o->pids[i]), PROC_FDS, false);
	owners_submit(o);
	o->ahead = true;
}

/* Returns whether more is to come. */
static bool
take_records(struct owners *o)
{
	struct proc_record *r;

	while ((r = worker_take(o->worker))) {
		take_record(o, r);
		proc_record_free(r);
	}
	return worker_pending(o->worker) > 0;
}

bool
owners_gather(struct owners *o)
{
	return o->ahead && o->pass == PASS_NONE && take_records(o);
}

int
owners_start(struct owners *o, const struct snapshot *want)
{
	bool ahead = o->ahead && o->pass == PASS_NONE, first = o->round == 0;
	int r;

	owners_gather(o);
	r = begin_round(o);
	if (r < 0)
		return r;
	if (!ahead)
		forget_sample(o);
	o->ahead = ahead;
	o->began = clock_mono_ns();
	o->want = want;
	o->units = o->hurry || first ? SIZE_MAX : OWNERS_UNITS;
	o->pass = PASS_COUNT;
	suspects_begin(o);
	return 0;
}

int
owners_fds(const struct owners *o, struct pollfd fds[OWNERS_MAX_FDS])
{
	fds[0] = (struct pollfd){ .fd = worker_fd(o->worker), .events = POLLIN };
	return 1;
}

int
owners_timeout(const struct owners *o)
{
	return o->pass == PASS_COUNT && o->uncounted > 0 ? 0 : worker_timeout(o->worker);
}

/* Begins the next pass in which there is something to wait for. Returns whether there is one. */
static bool
next_pass(struct owners *o)
{
	static bool (*const begin[PASSES])(struct owners *) = {
		[PASS_CHANGED] = suspects_changed,
		[PASS_SHARED]  = suspects_shared,
		[PASS_REST]    = suspects_rest,
		[PASS_THREADS] = suspects_threads,
	};

	while (++o->pass < PASSES)
		if (begin[o->pass](o))
			return true;
	return false;
}

int
owners_turn(struct owners *o)
{
	if (o->pass == PASS_NONE)
		return SOURCE_DONE;
	if (o->pass == PASS_COUNT && suspects_count(o))
		return SOURCE_MORE;
	if (take_records(o) || next_pass(o))
		return SOURCE_MORE;
	suspects_done(o);
	o->pass = PASS_NONE;
	o->ahead = false;
	o->want = NULL;
	return SOURCE_DONE;
}

/* Of a process that holds nothing: what its stat says. */
static struct task *
brief_task(struct arena *a, const struct process *p)
{
	struct task *t = arena_alloc(a, sizeof *t);

	t->pid     = p->pid;
	t->ppid    = p->stat.ppid;
	t->start   = p->stat.start;
	t->state   = task_state(&p->stat);
	t->kthread = p->stat.flags & TASK_PF_KTHREAD;
	t->comm    = arena_copy(a, p->stat.comm, strlen(p->stat.comm));
	t->argv    = "";
	return t;
}

static bool
is_above(const struct task *t, const struct task *above)
{
	while (t && t != above)
		t = t->parent;
	return t != NULL;
}

/*
 * Links a task to its parent, that to its own, and so on up to one that is linked already.
 * They were not read at one instant: where a pid was reused meanwhile, who started later
 * is no parent, and of a circle one link is left out.
 */
static void
link_parents(struct owners *o, struct snapshot *s, struct task *t)
{
	bool fresh = true;

	while (fresh && t->ppid != 0) {
		struct process *p = map_get(&o->processes, (uint64_t)t->ppid);

		if (!p || !p->read || p->stat.start > t->start)
			return;
		p->kin = !o->plain;
		fresh = p->copied != o->copies;
		if (fresh) {
			p->copied = o->copies;
			p->copy = p->task ? task_copy(&s->arena, p->task) : brief_task(&s->arena, p);
		}
		if (is_above(p->copy, t))
			return;
		t->parent = p->copy;
		t = p->copy;
	}
}

/* The task of a process in this snapshot: one copy, whatever it holds. */
static const struct task *
task_in(struct owners *o, struct snapshot *s, struct process *p)
{
	if (p->copied != o->copies) {
		p->copied = o->copies;
		p->copy = task_copy(&s->arena, p->task);
		link_parents(o, s, p->copy);
	}
	return p->copy;
}

static int
by_pid(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	return (x->task->pid > y->task->pid) - (x->task->pid < y->task->pid);
}

static void
attach_one(struct owners *o, struct snapshot *s, struct sock *sock)
{
	struct holding *first = map_get(&o->holders, sock->inode);
	struct owner *owners;
	uint32_t n = 0;

	for (const struct holding *h = first; h; h = h->next)
		n++;
	if (n == 0)
		return;
	owners = arena_alloc(&s->arena, n * sizeof *owners);
	n = 0;
	for (struct holding *h = first; h; h = h->next) {
		h->seen = (uint32_t)o->round;
		if (first->next)
			h->process->shared = o->round;
		owners[n++] = (struct owner){ task_in(o, s, h->process), h->fd };
	}
	if (n > 1)
		qsort(owners, n, sizeof *owners, by_pid);
	sock->owners  = owners;
	sock->nowners = n;
}

void
owners_end(const struct owners *o, struct snapshot *s)
{
	for (size_t i = o->nends > 0 ? s->count : 0; i-- > 0;) {
		size_t end = (uintptr_t)map_get(&o->ended, s->socks[i].inode);

		if (end == 0 || map_get(&o->holders, s->socks[i].inode))
			continue;
		if (o->ends[end - 1].sock.state == STATE_UNKNOWN) {
			snapshot_drop(s, i);
		} else {
			o->ends[end - 1].sock.info = &o->ends[end - 1].info;	/* the array moved as it grew */
			snapshot_replace(s, i, &o->ends[end - 1].sock);
		}
	}
}

void
owners_attach_late(struct owners *o, struct snapshot *s, size_t first)
{
	for (size_t i = first; i < s->count; i++) {
		if (i + MAP_AHEAD < s->count)
			map_prefetch(&o->holders, s->socks[i + MAP_AHEAD].inode);
		if (s->socks[i].inode != 0)
			attach_one(o, s, &s->socks[i]);
	}
}

void
owners_attach(struct owners *o, struct snapshot *s)
{
	size_t at = 0;
	uint32_t silent = 0;
	uint64_t pid;
	void *p;

	o->copies++;
	owners_attach_late(o, s, 0);

	s->hidden_tasks = 0;
	while (map_next(&o->processes, &at, &pid, &p)) {
		s->hidden_tasks += ((struct process *)p)->denied;
		silent += ((struct process *)p)->silent;
	}
	s->tasks_invisible = !o->init_listed;
	if (silent > 0)
		snapshot_short(s, &(struct shortfall){ .kind = SHORT_UNREADABLE, .count = silent });
	if (o->pass != PASS_NONE)
		snapshot_short(s, &(struct shortfall){ .kind = SHORT_PENDING });
}

void
owners_doubt(const struct owners *o, struct snapshot *s)
{
	for (size_t i = 0; o->norphans > 0 && i < s->count; i++)
		if (s->socks[i].nowners == 0 && suspects_pending(o, &s->socks[i]))
			s->socks[i].holder = HOLDER_UNKNOWN;
}
