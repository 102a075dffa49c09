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
#include "source/proc.h"
#include "source/source.h"
#include "source/worker.h"

#define PAUSE_MIN_S 1
#define PAUSE_MAX_S 60

enum pass { PASS_NONE, PASS_FIRST, PASS_SECOND };

/* One socket of one process. All that have its inode are a chain, in no order. */
struct holding {
	uint64_t        inode;
	struct holding *next;
	pid_t           pid;
	int             fd;
};

struct process {
	pid_t              pid;
	bool               read;	/* stat is good */
	bool               denied;	/* this user may not see its descriptors */
	bool               silent;	/* it did not answer, or not to everything */
	bool               deep;	/* single threads hold sockets: look there at once */
	uint8_t            depth;	/* of the last reading */
	uint64_t           listed;	/* the last round that found it in /proc */
	struct task_stat   stat;
	struct task       *task;	/* as long as it holds a socket */
	bool               facts;	/* task has what proc_read_task() reads */
	struct holding    *held;
	size_t             nheld;
	uint64_t           copied;	/* the last snapshot that took a copy of the task … */
	struct task       *copy;	/* … into its arena */
};

struct owners {
	int                    proc_fd;
	struct worker         *worker;
	struct map             processes;	/* pid -> struct process */
	struct map             holders;		/* inode -> the first struct holding of its chain */
	struct map             missing;		/* inodes that the last second pass was made for */
	uint64_t               retry_at;	/* when it may be made for the same ones again */
	unsigned               pause_s;
	const struct snapshot *want;
	enum pass              pass;
	uint64_t               round;
	uint64_t               copies;		/* counts owners_attach() */
	bool                   init_listed;	/* process 1 is in /proc */
};

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
		h->pid   = p->pid;
		h->fd    = r->fds[i].fd;
		h->next  = map_put(&o->holders, h->inode, h);
	}
}

static void
process_free(struct owners *o, struct process *p)
{
	let_go(o, p);
	proc_task_free(p->task);
	free(p);
}

static struct process *
process_of(struct owners *o, pid_t pid)
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
 * The facts are kept exactly as long as there is a socket, so that they never
 * are those of an earlier program of the same process.
 */
static void
take_task(struct process *p, struct proc_record *r)
{
	if (r->task || r->nfds == 0 || r->cut_short) {
		proc_task_free(p->task);
		p->task  = r->task;
		p->facts = r->task != NULL;
		r->task  = NULL;
	}
	if (!p->task && r->nfds > 0)
		p->task = proc_task_of_stat(p->pid, &r->stat);
	if (p->task) {
		p->task->state = r->stat.state;
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
	if (o->pass != PASS_SECOND || r->depth != PROC_THREADS)
		return false;
	for (size_t i = 0; i < r->nfds; i++)
		if (map_get(&o->missing, r->fds[i].inode))
			return true;
	return false;
}

static void
take_record(struct owners *o, struct proc_record *r)
{
	struct process *p = map_get(&o->processes, (uint64_t)r->pid);

	if (!p)
		return;
	if (r->err == ESRCH) {
		map_remove(&o->processes, (uint64_t)r->pid);
		process_free(o, p);
		return;
	}
	p->denied = is_denied(r->err) || is_denied(r->fd_err);
	p->silent = r->cut_short || ((r->err || r->fd_err) && !p->denied);
	if (r->err)
		return;
	p->read  = true;
	p->stat  = r->stat;
	p->depth = r->depth;
	p->deep |= found_missing(o, r);
	take_task(p, r);
	take_fds(o, p, r);
}

int
owners_new(struct owners **ret, int proc_fd)
{
	struct owners *o = mem_new(sizeof *o);
	int r = worker_new(&o->worker, proc_fd);

	if (r < 0) {
		free(o);
		return r;
	}
	o->proc_fd = proc_fd;
	map_init(&o->processes);
	map_init(&o->holders);
	map_init(&o->missing);
	*ret = o;
	return 0;
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
		process_free(o, p);
	map_done(&o->processes);
	map_done(&o->holders);
	map_done(&o->missing);
	free(o);
}

static void
ask(const struct process *p, uint8_t depth, struct proc_request *req)
{
	*req = (struct proc_request){ .pid = p->pid, .depth = depth };
	if (!p->facts)
		return;
	req->start     = p->stat.start;
	req->arg_start = p->stat.arg_start;
	memcpy(req->comm, p->stat.comm, sizeof req->comm);
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
		if (((struct process *)p)->listed != o->round)
			gone[n++] = p;
	for (size_t i = 0; i < n; i++) {
		map_remove(&o->processes, (uint64_t)gone[i]->pid);
		process_free(o, gone[i]);
	}
	free(gone);
}

int
owners_start(struct owners *o, const struct snapshot *want)
{
	pid_t *pids = NULL;
	struct proc_request *reqs;
	int n = proc_list(o->proc_fd, &pids);

	if (n <= 0) {	/* there is always this process: what lists none is no /proc */
		free(pids);
		return n < 0 ? n : -ENOENT;
	}
	worker_cancel(o->worker);
	o->want = want;
	o->pass = PASS_FIRST;
	o->round++;
	o->init_listed = pids[0] == 1;
	reqs = mem_resize(NULL, (size_t)n, sizeof *reqs);
	for (int i = 0; i < n; i++) {
		struct process *p = process_of(o, pids[i]);

		p->listed = o->round;
		ask(p, p->deep ? PROC_THREADS : PROC_FDS, &reqs[i]);
	}
	drop_gone(o);
	worker_submit(o->worker, reqs, (size_t)n);
	free(reqs);
	free(pids);
	return 0;
}

int
owners_fd(const struct owners *o)
{
	return worker_fd(o->worker);
}

int
owners_timeout(const struct owners *o)
{
	return worker_timeout(o->worker);
}

static bool
is_unresolved(const struct owners *o, const struct sock *s)
{
	return s->inode != 0 && !map_get(&o->holders, s->inode);
}

/*
 * Is a second pass due? For an inode that it has not been made for: at once.
 * For those that it did not find, again, with growing pauses: without root,
 * and for sockets that are on their way between processes, there are always some.
 */
static bool
second_pass_due(struct owners *o)
{
	bool any = false, fresh = false;
	uint64_t now = clock_mono_ns();

	for (size_t i = 0; i < o->want->count && !fresh; i++) {
		const struct sock *s = &o->want->socks[i];

		if (!is_unresolved(o, s))
			continue;
		any = true;
		fresh = !map_get(&o->missing, s->inode);
	}
	if (!fresh && (!any || now < o->retry_at))
		return false;
	o->pause_s = fresh ? PAUSE_MIN_S : MIN(o->pause_s * 2, PAUSE_MAX_S);
	o->retry_at = now + o->pause_s * NS_PER_SEC;
	return true;
}

static void
note_missing(struct owners *o)
{
	map_clear(&o->missing);
	for (size_t i = 0; i < o->want->count; i++) {
		const struct sock *s = &o->want->socks[i];

		if (is_unresolved(o, s))
			map_put(&o->missing, s->inode, o);
	}
}

/* What the first pass cannot have seen: new processes, and tables of single threads. */
static bool
wants_second_look(const struct process *p)
{
	if (!p->read)
		return !p->denied && !p->silent;
	return !p->denied && !p->silent && p->stat.threads > 1 && p->depth == PROC_FDS;
}

static void
list_new(struct owners *o)
{
	pid_t *pids = NULL;
	int n = proc_list(o->proc_fd, &pids);

	for (int i = 0; i < n; i++)
		process_of(o, pids[i])->listed = o->round;
	free(pids);
}

/* Returns whether there is anything to wait for. */
static bool
start_second_pass(struct owners *o)
{
	struct proc_request *reqs;
	size_t at = 0, n = 0;
	uint64_t pid;
	void *p;

	if (!second_pass_due(o))
		return false;
	o->pass = PASS_SECOND;
	note_missing(o);
	list_new(o);
	reqs = mem_resize(NULL, o->processes.count + 1, sizeof *reqs);
	while (map_next(&o->processes, &at, &pid, &p))
		if (wants_second_look(p))
			ask(p, PROC_THREADS, &reqs[n++]);
	worker_submit(o->worker, reqs, n);
	free(reqs);
	return n > 0;
}

int
owners_turn(struct owners *o)
{
	struct proc_record *r;

	while ((r = worker_take(o->worker))) {
		take_record(o, r);
		proc_record_free(r);
	}
	if (worker_pending(o->worker) > 0)
		return SOURCE_MORE;
	if (o->pass == PASS_FIRST && start_second_pass(o))
		return SOURCE_MORE;
	o->pass = PASS_NONE;
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
	t->state   = p->stat.state;
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
task_in(struct owners *o, struct snapshot *s, pid_t pid)
{
	struct process *p = map_get(&o->processes, (uint64_t)pid);

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
	const struct holding *first = map_get(&o->holders, sock->inode);
	struct owner *owners;
	uint32_t n = 0;

	for (const struct holding *h = first; h; h = h->next)
		n++;
	if (n == 0)
		return;
	owners = arena_alloc(&s->arena, n * sizeof *owners);
	n = 0;
	for (const struct holding *h = first; h; h = h->next)
		owners[n++] = (struct owner){ task_in(o, s, h->pid), h->fd };
	if (n > 1)
		qsort(owners, n, sizeof *owners, by_pid);
	sock->owners  = owners;
	sock->nowners = n;
}

void
owners_attach_late(struct owners *o, struct snapshot *s, size_t first)
{
	for (size_t i = first; i < s->count; i++)
		if (s->socks[i].inode != 0)
			attach_one(o, s, &s->socks[i]);
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
