/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The reader threads and what they share with the main thread: the pool, with the
 * list of requests, the list of records, and the readers, all under one lock
 * that nobody holds while reading. Each of its seats has a current reader, which takes the
 * next request when it is done with one, so that none is idle while there are any. A read(2) of /proc that hangs cannot be
 * interrupted, so a hung reader is left to itself: it keeps the pool alive, and
 * when it ever comes back it finds that it is not the current one, and ends.
 */

#include "source/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/util.h"
#include "source/proc_detail.h"
#include "source/project.h"

/*
 * Whether a reader hangs is looked at so often: it does when the deadline has
 * passed in looks that all found it waiting, and where it was. A single look at
 * the clock would take it for hung after the whole program was stopped (SIGSTOP)
 * and continued, and the place alone on a machine that is too busy to run it.
 */
#define LOOK_MS 50
#define LOOKS   (WORKER_DEADLINE_MS / LOOK_MS)

/*
 * Walks to a work tree that hang are left behind like all else, but cost the process
 * nothing else of its facts. So many may hang at a time, and then no other is begun.
 */
#define WALKS_LOST_MAX 4

#define BATCH      64			/* records that are worth a wake-up */
#define STACK_SIZE (256 * 1024)		/* proc.c keeps whole files on it */

struct pool;

struct reader {
	struct pool        *pool;
	size_t              seat;
	struct reader      *next;	/* in pool.lost */
	atomic_uint         beat;	/* counts the answers of the process */
	atomic_int          tid;	/* 0 until it runs */
	/* Under the lock: */
	struct proc_request req;	/* pid 0: it waits for work */
	struct proc_record *partial;	/* complete but for its facts, or their project, while it reads those */
	bool                walks;	/* to a work tree */
	bool                unwanted;	/* what it reads was cancelled */
};

struct pool {
	pthread_mutex_t      lock;
	pthread_cond_t       work;
	unsigned             refs;	/* the worker and each reader */
	int                  proc_fd;
	int                  event_fd;
	struct reader       *current[WORKER_READERS];	/* NULL: no thread, not wanted, or the worker is gone */
	struct reader       *lost;	/* readers that hang */
	struct proc_request *reqs;
	size_t               at;	/* the first that no reader has taken */
	size_t               count;
	size_t               cap;
	struct proc_record  *first;	/* records to take */
	struct proc_record **last;
	size_t               ready;
	bool                 signalled;	/* the event_fd says so */
};

struct skip {
	pid_t    pid;
	uint64_t until;
};

/* What the looks at the reader of a seat saw. */
struct seat {
	unsigned seen;	/* its beat at the last one */
	unsigned looks;	/* in a row that found it so */
};

struct worker {
	struct pool        *pool;
	size_t              nseats;
	struct seat         seats[WORKER_READERS];
	struct proc_record *taken;	/* out of the pool, to be given one by one */
	size_t              pending;
	struct skip        *skips;
	size_t              nskips;
	size_t              skips_cap;
	uint64_t            looked;
};

static void
pool_free(struct pool *p)
{
	struct proc_record *r;

	while ((r = p->first)) {
		p->first = r->next;
		proc_record_free(r);
	}
	free(p->reqs);
	if (p->proc_fd >= 0)
		close(p->proc_fd);
	if (p->event_fd >= 0)
		close(p->event_fd);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* Gives up the lock and one reference; the last one out frees the pool. */
static void
pool_leave(struct pool *p)
{
	unsigned refs = --p->refs;

	pthread_mutex_unlock(&p->lock);
	if (refs == 0)
		pool_free(p);
}

static void
pool_signal(struct pool *p)
{
	static const uint64_t one = 1;

	if (!p->signalled)
		p->signalled = write(p->event_fd, &one, sizeof one) == sizeof one;
}

/* Adds a record, and says so when it is the last for now, or when many wait. */
static void
pool_add(struct pool *p, struct proc_record *r)
{
	*p->last = r;
	p->last = &r->next;
	p->ready++;
	if (p->at == p->count || p->ready == BATCH)
		pool_signal(p);
}

static void
pool_forget_requests(struct pool *p)
{
	p->at = 0;
	p->count = 0;
}

static struct proc_record *
failed_record(const struct proc_request *req, int err)
{
	struct proc_record *r = mem_new(sizeof *r);

	r->pid = req->pid;
	r->depth = req->depth;
	r->err = err;
	return r;
}

static bool
is_current(const struct reader *r)
{
	return r->pool->current[r->seat] == r;
}

/* Waits for a request. Returns false when this reader is to end. */
static bool
next_request(struct reader *me, struct proc_request *ret)
{
	struct pool *p = me->pool;
	bool mine;

	pthread_mutex_lock(&p->lock);
	while (is_current(me) && p->at == p->count)
		pthread_cond_wait(&p->work, &p->lock);
	mine = is_current(me);
	if (mine)
		me->req = *ret = p->reqs[p->at++];
	pthread_mutex_unlock(&p->lock);
	return mine;
}

static unsigned
lost_walks(const struct pool *p)
{
	unsigned n = 0;

	for (const struct reader *r = p->lost; r; r = r->next)
		n += r->walks;
	return n;
}

/*
 * Puts the facts into the record, unless that is no longer this reader's. Returns the
 * folder to walk from, to free(), or NULL; *mine is whether the record is its own.
 */
static char *
give_facts(struct reader *me, struct proc_record *r, struct task *t, bool *mine)
{
	char *cwd = NULL;

	pthread_mutex_lock(&me->pool->lock);
	*mine = me->partial == r;
	if (*mine) {
		me->walks = project_is_sought(t->cwd, t->cgroup) &&
		            lost_walks(me->pool) < WALKS_LOST_MAX;
		if (me->walks)
			cwd = mem_copy(t->cwd, strlen(t->cwd));
		else
			me->partial = NULL;
		r->task = t;
		t = NULL;
	}
	pthread_mutex_unlock(&me->pool->lock);
	proc_task_free(t);
	return cwd;
}

/* Returns whether the record is still this reader's. */
static bool
give_project(struct reader *me, struct proc_record *r, char *project)
{
	bool mine;

	pthread_mutex_lock(&me->pool->lock);
	mine = me->partial == r;
	me->partial = NULL;
	if (mine) {
		me->walks = false;
		if (project) {
			free((char *)r->task->project);
			r->task->project = project;
			project = NULL;
		}
	}
	pthread_mutex_unlock(&me->pool->lock);
	free(project);
	return mine;
}

/*
 * Reads the facts while the record lies where the main thread finds it, should
 * that hang. Returns whether the record is still this reader's.
 */
static bool
read_facts(struct reader *me, struct proc_record *r, int dir)
{
	struct task_stat st = r->stat;
	pid_t pid = r->pid;
	struct task *t;
	bool mine;
	char *cwd;

	pthread_mutex_lock(&me->pool->lock);
	me->partial = r;
	pthread_mutex_unlock(&me->pool->lock);

	t = me->req.plain ? proc_read_plain_task(dir, pid, &st)
	                  : proc_read_task(dir, pid, &st, &me->beat);
	cwd = give_facts(me, r, t, &mine);
	if (cwd)
		mine = give_project(me, r, project_of_work_tree(dir, cwd, &me->beat));
	free(cwd);
	return mine;
}

/*
 * The same for what an inspection adds: into a copy, for what the record has may be taken
 * away with it.
 */
static bool
read_detail(struct reader *me, struct proc_record *r, int dir)
{
	struct task_detail *all = task_detail_copy(r->detail);
	bool lines = r->depth == PROC_INSPECT_LINES, mine;

	pthread_mutex_lock(&me->pool->lock);
	me->partial = r;
	pthread_mutex_unlock(&me->pool->lock);

	proc_detail_finish(dir, all, lines, &me->beat);

	pthread_mutex_lock(&me->pool->lock);
	mine = me->partial == r;
	me->partial = NULL;
	pthread_mutex_unlock(&me->pool->lock);
	if (!mine) {
		task_detail_free(all);
		return false;
	}
	task_detail_free(r->detail);
	r->detail = all;
	return true;
}

static void
give_record(struct reader *me, struct proc_record *r)
{
	struct pool *p = me->pool;

	pthread_mutex_lock(&p->lock);
	if (is_current(me) && !me->unwanted) {
		pool_add(p, r);
		r = NULL;
	}
	me->unwanted = false;
	me->req.pid = 0;
	pthread_mutex_unlock(&p->lock);
	proc_record_free(r);
}

/* Out of the list of the lost, if this reader is in it. */
static void
unlist(struct reader *me)
{
	struct reader **at = &me->pool->lost;

	while (*at && *at != me)
		at = &(*at)->next;
	if (*at)
		*at = me->next;
}

static void *
reader_main(void *arg)
{
	struct reader *me = arg;
	struct pool *p = me->pool;
	struct proc_request req;

	atomic_store(&me->tid, (int)syscall(SYS_gettid));
	while (next_request(me, &req)) {
		int dir;
		struct proc_record *r = proc_read(p->proc_fd, &req, &me->beat, &dir);

		if (dir >= 0) {
			bool mine = r->detail ? read_detail(me, r, dir) : read_facts(me, r, dir);

			close(dir);
			if (!mine)
				break;
		}
		give_record(me, r);
	}
	pthread_mutex_lock(&p->lock);
	unlist(me);
	pool_leave(p);
	free(me);
	return NULL;
}

/*
 * Signals are for the main thread's signalfd: a thread that has them unblocked
 * would take them away.
 */
static int
start_thread(struct reader *r)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;
	int err;

	err = pthread_attr_init(&attr);
	if (err)
		return -err;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, MAX((size_t)STACK_SIZE, (size_t)PTHREAD_STACK_MIN));
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&thread, &attr, reader_main, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

/* Called with the lock, like all that follows up to the public functions. */
static int
start_reader(struct pool *p, size_t seat)
{
	struct reader *r = mem_new(sizeof *r);
	int err;

	r->pool = p;
	r->seat = seat;
	p->refs++;
	p->current[seat] = r;
	err = start_thread(r);
	if (err < 0) {
		p->current[seat] = NULL;
		p->refs--;
		free(r);
	}
	return err;
}

/* Gives all requests back unread. */
static void
refuse_all(struct pool *p, int err)
{
	while (p->at < p->count) {
		const struct proc_request *req = &p->reqs[p->at++];

		pool_add(p, failed_record(req, err));
	}
}

/* Those in the other seats do all of it, if there are any. */
static bool
anyone_reads(const struct pool *p)
{
	for (size_t i = 0; i < WORKER_READERS; i++)
		if (p->current[i])
			return true;
	return false;
}

static void
start_or_refuse(struct pool *p, size_t seat)
{
	int r = start_reader(p, seat);

	if (r < 0 && !anyone_reads(p))
		refuse_all(p, -r);
}

static void
skip_from_now(struct worker *w, pid_t pid)
{
	w->skips = mem_room(w->skips, w->nskips, &w->skips_cap, sizeof *w->skips);
	w->skips[w->nskips++] = (struct skip){ pid, clock_mono_ns() + WORKER_SKIP_S * NS_PER_SEC };
}

static void
drop_old_skips(struct worker *w)
{
	uint64_t now = clock_mono_ns();
	size_t kept = 0;

	for (size_t i = 0; i < w->nskips; i++)
		if (w->skips[i].until > now)
			w->skips[kept++] = w->skips[i];
	w->nskips = kept;
}

/* A thread more on the same process would only hang as well. */
static bool
is_skipped(const struct worker *w, pid_t pid)
{
	for (const struct reader *r = w->pool->lost; r; r = r->next)
		if (r->req.pid == pid)
			return true;
	for (size_t i = 0; i < w->nskips; i++)
		if (w->skips[i].pid == pid)
			return true;
	return false;
}

static void
leave_behind(struct worker *w, size_t seat)
{
	struct pool *p = w->pool;
	struct reader *r = p->current[seat];
	struct proc_record *rec = r->partial;

	if (rec)
		rec->cut_short = !rec->task;
	else
		rec = failed_record(&r->req, ETIMEDOUT);
	r->partial = NULL;
	if (r->walks)
		r->req.pid = 0;	/* it may be read again: only its folder does not answer */
	else
		skip_from_now(w, r->req.pid);
	if (r->unwanted)
		proc_record_free(rec);
	else
		pool_add(p, rec);
	r->next = p->lost;
	p->lost = r;
	start_or_refuse(p, seat);
}

static void
start_looking_at(struct worker *w, size_t seat)
{
	const struct reader *r = w->pool->current[seat];

	w->seats[seat].looks = 0;
	w->seats[seat].seen = r ? atomic_load_explicit(&r->beat, memory_order_relaxed) : 0;
}

static void
start_looking(struct worker *w)
{
	for (size_t i = 0; i < w->nseats; i++)
		start_looking_at(w, i);
	w->looked = clock_mono_ns();
}

/*
 * Does a reader sleep, where one without a CPU would be runnable? It always
 * does where that cannot be read. This is about a thread of our own, and so
 * not a matter of proc_fd, and cannot hang.
 */
static bool
is_asleep(const struct reader *r)
{
	char path[48], buf[1024];
	struct task_stat st;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/self/task/%d/stat", atomic_load(&r->tid));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	n = read(fd, buf, sizeof buf);
	close(fd);
	return n <= 0 || task_parse_stat(buf, (size_t)n, &st) < 0 || st.state != 'R';
}

static bool
seems_to_hang(const struct worker *w, size_t seat)
{
	const struct reader *r = w->pool->current[seat];

	return r && r->req.pid != 0 && is_asleep(r) &&
	       w->seats[seat].seen == atomic_load_explicit(&r->beat, memory_order_relaxed);
}

/* Takes a look at the readers when it is time for one. */
static void
look(struct worker *w)
{
	uint64_t now = clock_mono_ns();

	if (now - w->looked < LOOK_MS * NS_PER_MS)
		return;
	w->looked = now;
	for (size_t i = 0; i < w->nseats; i++) {
		bool hangs = seems_to_hang(w, i);

		if (hangs && ++w->seats[i].looks < LOOKS)
			continue;
		if (hangs)
			leave_behind(w, i);
		start_looking_at(w, i);
	}
}

int
worker_new(struct worker **ret, int proc_fd)
{
	struct worker *w = mem_new(sizeof *w);
	struct pool *p = mem_new(sizeof *p);
	int r;

	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	p->refs     = 1;
	p->last     = &p->first;
	p->proc_fd  = fcntl(proc_fd, F_DUPFD_CLOEXEC, 0);	/* a lost reader may outlive it */
	p->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->pool     = p;

	r = p->proc_fd < 0 || p->event_fd < 0 ? -errno : 0;
	if (r == 0)
		r = worker_add_reader(w);
	if (r < 0) {
		worker_free(w);
		return r;
	}
	*ret = w;
	return 0;
}

int
worker_add_reader(struct worker *w)
{
	int r;

	if (w->nseats == WORKER_READERS)
		return -EMFILE;
	pthread_mutex_lock(&w->pool->lock);
	r = start_reader(w->pool, w->nseats);
	w->nseats += r == 0;
	pthread_mutex_unlock(&w->pool->lock);
	return r;
}

void
worker_free(struct worker *w)
{
	if (!w)
		return;
	worker_cancel(w);
	pthread_mutex_lock(&w->pool->lock);
	for (size_t i = 0; i < w->nseats; i++)
		w->pool->current[i] = NULL;
	pthread_cond_broadcast(&w->pool->work);
	pool_leave(w->pool);
	free(w->skips);
	free(w);
}

void
worker_submit(struct worker *w, const struct proc_request *reqs, size_t count)
{
	struct pool *p = w->pool;

	if (count == 0)
		return;
	w->pending += count;
	drop_old_skips(w);
	pthread_mutex_lock(&p->lock);
	if (p->at == p->count)
		pool_forget_requests(p);
	for (size_t i = 0; i < count; i++) {
		if (is_skipped(w, reqs[i].pid)) {
			pool_add(p, failed_record(&reqs[i], ETIMEDOUT));
			continue;
		}
		p->reqs = mem_room(p->reqs, p->count, &p->cap, sizeof *p->reqs);
		p->reqs[p->count++] = reqs[i];
	}
	for (size_t i = 0; i < w->nseats; i++)
		if (!p->current[i])
			start_or_refuse(p, i);
	start_looking(w);
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
}

void
worker_cancel(struct worker *w)
{
	struct pool *p = w->pool;
	struct proc_record *r;

	pthread_mutex_lock(&p->lock);
	pool_forget_requests(p);
	*p->last = w->taken;
	w->taken = p->first;
	p->first = NULL;
	p->last  = &p->first;
	p->ready = 0;
	for (size_t i = 0; i < w->nseats; i++)
		if (p->current[i] && p->current[i]->req.pid != 0)
			p->current[i]->unwanted = true;
	pthread_mutex_unlock(&p->lock);
	while ((r = w->taken)) {
		w->taken = r->next;
		proc_record_free(r);
	}
	w->pending = 0;
}

int
worker_fd(const struct worker *w)
{
	return w->pool->event_fd;
}

int
worker_timeout(const struct worker *w)
{
	uint64_t ms = (clock_mono_ns() - w->looked) / NS_PER_MS;

	if (w->pending == 0)
		return -1;
	return w->taken || ms >= LOOK_MS ? 0 : LOOK_MS - (int)ms;
}

static void
hush(struct pool *p)
{
	uint64_t count;

	if (p->signalled)
		p->signalled = read(p->event_fd, &count, sizeof count) < 0;
}

static void
refill(struct worker *w)
{
	struct pool *p = w->pool;

	pthread_mutex_lock(&p->lock);
	look(w);
	hush(p);
	w->taken = p->first;
	p->first = NULL;
	p->last  = &p->first;
	p->ready = 0;
	pthread_mutex_unlock(&p->lock);
}

struct proc_record *
worker_take(struct worker *w)
{
	struct proc_record *r;

	if (!w->taken && w->pending > 0)
		refill(w);
	r = w->taken;
	if (r) {
		w->taken = r->next;
		r->next = NULL;
		w->pending--;
	}
	return r;
}

size_t
worker_pending(const struct worker *w)
{
	return w->pending;
}
