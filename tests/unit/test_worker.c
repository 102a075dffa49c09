/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The reader thread, against processes that answer and processes that do not:
 * a FIFO that nobody writes to hangs its reader just as a locked process does.
 */

#include <criterion/criterion.h>

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>

#include "base/clock.h"
#include "base/util.h"
#include "source/worker.h"
#include "unit/tree.h"

#define MANY 500

/* Added to every clock: sixty seconds need not be waited for. */
static atomic_ulong skew_s;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, id, ts);

	ts->tv_sec += (time_t)skew_s;
	return r;
}

/* A mount that does not answer: whoever looks for ".git" hangs until there is a byte, or an end. */
static atomic_int dead_mount = -1;

int
fstatat(int at, const char *path, struct stat *st, int flags)
{
	char byte;
	ssize_t n = 1;

	if (dead_mount >= 0 && strcmp(path, ".git") == 0)
		n = read(dead_mount, &byte, 1);
	return n < 0 ? -1 : (int)syscall(SYS_newfstatat, at, path, st, flags);
}

static void
make_task(const struct tree *t, pid_t pid)
{
	char table[16], socket[32];

	tree_task(t, &(struct tree_task){ .pid = pid, .comm = "made", .start = 100 });
	snprintf(table, sizeof table, "%d", (int)pid);
	snprintf(socket, sizeof socket, "socket:[%d]", (int)pid + 10000);
	tree_fd(t, table, 3, socket);
}

/* A process whose file hangs its reader. */
static void
make_stuck(const struct tree *t, pid_t pid, const char *file)
{
	char path[32];

	make_task(t, pid);
	snprintf(path, sizeof path, "%d/%s", (int)pid, file);
	tree_fifo(t, path);
}

static void
submit(struct worker *w, pid_t first, pid_t last)
{
	struct proc_request reqs[MANY] = { { 0 } };
	size_t n = 0;

	for (pid_t pid = first; pid <= last; pid++)
		reqs[n++].pid = pid;
	worker_submit(w, reqs, n);
}

/* All records, by pid (below MANY); each must come once. */
static void
collect(struct worker *w, struct proc_record *ret[MANY])
{
	memset(ret, 0, MANY * sizeof *ret);
	while (worker_pending(w) > 0) {
		struct pollfd p = { .fd = worker_fd(w), .events = POLLIN };
		struct proc_record *r;

		cr_assert_geq(poll(&p, 1, worker_timeout(w)), 0);
		while ((r = worker_take(w))) {
			cr_assert_null(ret[r->pid], "%d came twice", (int)r->pid);
			ret[r->pid] = r;
		}
	}
	cr_expect_eq(worker_timeout(w), -1, "there is nothing to wait for");
}

static void
release(struct proc_record *records[MANY])
{
	for (size_t i = 0; i < MANY; i++)
		proc_record_free(records[i]);
}

/* Lets go whoever hangs on a FIFO: it reads an end of file. */
static void
open_fifo(const struct tree *t, const char *path)
{
	int fd = openat(t->fd, path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	cr_assert_geq(fd, 0, "nobody reads %s", path);
	close(fd);
}

Test(worker, reads_what_it_is_told_to, .timeout = 30)
{
	struct proc_record *got[MANY];
	struct worker *w;
	struct tree t;

	tree_init(&t);
	for (pid_t pid = 1; pid < MANY; pid++)
		make_task(&t, pid);
	cr_assert_eq(worker_new(&w, t.fd), 0);
	cr_expect_eq(worker_timeout(w), -1);
	cr_expect_null(worker_take(w));
	for (int again = 0; again < 3; again++) {
		submit(w, 1, MANY / 2);
		submit(w, MANY / 2 + 1, MANY - 1);
		cr_expect_eq(worker_pending(w), MANY - 1);
		collect(w, got);
		for (pid_t pid = 1; pid < MANY; pid++) {
			cr_assert_not_null(got[pid], "%d is missing", (int)pid);
			cr_expect_eq(got[pid]->err, 0);
			cr_expect_eq(got[pid]->nfds, 1);
			cr_expect_not_null(got[pid]->task);
		}
		release(got);
	}
	worker_free(w);
	tree_done(&t);
}

Test(worker, says_what_is_not_there, .timeout = 30)
{
	struct proc_record *got[MANY];
	struct worker *w;
	struct tree t;

	tree_init(&t);
	cr_assert_eq(worker_new(&w, t.fd), 0);
	worker_submit(w, NULL, 0);
	cr_expect_eq(worker_pending(w), 0);
	submit(w, 7, 7);
	collect(w, got);
	cr_assert_not_null(got[7]);
	cr_expect_eq(got[7]->err, ESRCH);
	release(got);
	worker_free(w);
	tree_done(&t);
	cr_expect_lt(worker_new(&w, -1), 0);
	worker_free(NULL);
}

/* Two hang at once, and all others arrive. */
Test(worker, leaves_stuck_processes_behind, .timeout = 30)
{
	struct proc_record *got[MANY];
	struct worker *w;
	struct tree t;

	tree_init(&t);
	for (pid_t pid = 1; pid <= 20; pid++)
		make_task(&t, pid);
	make_stuck(&t, 5, "stat");
	make_stuck(&t, 20, "stat");
	cr_assert_eq(worker_new(&w, t.fd), 0);
	submit(w, 1, 20);
	collect(w, got);
	for (pid_t pid = 1; pid <= 20; pid++) {
		cr_assert_not_null(got[pid], "%d is missing", (int)pid);
		cr_expect_eq(got[pid]->err, pid == 5 || pid == 20 ? ETIMEDOUT : 0, "%d", (int)pid);
	}
	release(got);
	worker_free(w);		/* returns, though two threads hang */
	tree_done(&t);
}

/* What one of two waits for holds up nothing else: the other takes all the rest. */
Test(worker, lets_the_second_reader_do_the_rest, .timeout = 30)
{
	struct proc_record *r;
	struct worker *w;
	struct tree t;
	size_t got = 0;

	tree_init(&t);
	for (pid_t pid = 1; pid <= 20; pid++)
		make_task(&t, pid);
	make_stuck(&t, 1, "stat");
	cr_assert_eq(worker_new(&w, t.fd), 0);
	cr_assert_eq(worker_add_reader(w), 0);
	cr_expect_lt(worker_add_reader(w), 0, "there are two");
	submit(w, 1, 20);
	while (got < 19) {	/* in so few turns nobody is taken for hung */
		struct pollfd p = { .fd = worker_fd(w), .events = POLLIN };

		cr_assert_eq(poll(&p, 1, -1), 1);
		while ((r = worker_take(w))) {
			cr_expect_eq(r->err, 0);
			proc_record_free(r);
			got++;
		}
	}
	cr_expect_eq(worker_pending(w), 1);
	worker_free(w);
	tree_done(&t);
}

Test(worker, keeps_the_sockets_of_a_process_whose_facts_hang, .timeout = 30)
{
	static const char *const files[] = { "status", "cmdline" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct proc_record *got[MANY];
		struct worker *w;
		struct tree t;

		tree_init(&t);
		make_stuck(&t, 5, files[i]);
		make_task(&t, 6);
		cr_assert_eq(worker_new(&w, t.fd), 0);
		submit(w, 5, 6);
		collect(w, got);
		cr_assert_not_null(got[5]);
		cr_expect_eq(got[5]->err, 0, "%s", files[i]);
		cr_expect(got[5]->cut_short, "%s", files[i]);
		cr_expect_null(got[5]->task, "%s", files[i]);
		cr_expect_eq(got[5]->nfds, 1, "%s", files[i]);
		cr_assert_not_null(got[6]);
		cr_expect_not(got[6]->cut_short);
		release(got);
		worker_free(w);
		tree_done(&t);
	}
}

static void
make_working(const struct tree *t, pid_t pid)
{
	char link[32], folder[96];

	make_task(t, pid);
	snprintf(link, sizeof link, "%d/cwd", (int)pid);
	snprintf(folder, sizeof folder, "%s/repo/src", t->path);
	tree_link(t, link, folder);
}

static void
expect_project(struct proc_record *const got[MANY], pid_t pid, const char *want)
{
	cr_assert_not_null(got[pid]);
	cr_expect_eq(got[pid]->err, 0);
	cr_expect_not(got[pid]->cut_short, "%d has all its facts", (int)pid);
	cr_assert_not_null(got[pid]->task, "%d", (int)pid);
	cr_expect_str_eq(got[pid]->task->project, want, "%d: %s", (int)pid, got[pid]->task->project);
}

/*
 * A folder on a mount that is dead costs the work tree and nothing else. After a few of
 * them no further one is looked at, until one answers.
 */
Test(worker, goes_on_where_a_folder_hangs, .timeout = 30)
{
	struct proc_record *got[MANY];
	struct worker *w;
	struct tree t;
	int ends[2];

	tree_init(&t);
	tree_dirs(&t, "repo/.git/");
	tree_dirs(&t, "repo/src/");
	for (pid_t pid = 1; pid <= 40; pid++)
		make_working(&t, pid);
	cr_assert_eq(worker_new(&w, t.fd), 0);
	submit(w, 1, 40);
	collect(w, got);
	for (pid_t pid = 1; pid <= 40; pid++)
		expect_project(got, pid, "repo");
	release(got);

	cr_assert_eq(pipe(ends), 0);
	dead_mount = ends[0];
	for (int again = 0; again < 2; again++) {	/* none is spared: it answers by itself */
		submit(w, 1, 40);
		collect(w, got);
		for (pid_t pid = 1; pid <= 40; pid++)
			expect_project(got, pid, "src");
		release(got);
	}

	close(ends[1]);	/* all that hang go on */
	do {
		submit(w, 1, 1);
		collect(w, got);
		cr_assert_not_null(got[1]->task);
		ends[1] = strcmp(got[1]->task->project, "repo");
		release(got);
	} while (ends[1] != 0);
	worker_free(w);
	tree_done(&t);
}

/* 60 s, and in any case as long as a thread hangs there: a second one would do the same. */
Test(worker, spares_a_stuck_process_for_a_minute, .timeout = 30)
{
	struct proc_record *got[MANY];
	struct worker *w;
	struct tree t;
	int err;

	tree_init(&t);
	make_stuck(&t, 5, "stat");
	cr_assert_eq(worker_new(&w, t.fd), 0);
	submit(w, 5, 5);
	collect(w, got);
	release(got);

	for (int minute = 0; minute < 2; minute++) {
		struct pollfd p = { .fd = worker_fd(w), .events = POLLIN };
		struct proc_record *r;

		submit(w, 5, 5);
		cr_expect_eq(poll(&p, 1, 0), 1, "the answer is there at once");
		r = worker_take(w);
		cr_assert_not_null(r);
		cr_expect_eq(r->err, ETIMEDOUT);
		proc_record_free(r);
		skew_s += WORKER_SKIP_S + 1;
	}

	open_fifo(&t, "5/stat");
	tree_remove(&t, "5/stat");
	make_task(&t, 5);
	do {	/* until the thread that hung has seen that nobody wants it */
		submit(w, 5, 5);
		collect(w, got);
		err = got[5]->err;
		release(got);
	} while (err == ETIMEDOUT);
	cr_expect_eq(err, 0);
	worker_free(w);
	tree_done(&t);
}

Test(worker, forgets_what_is_cancelled, .timeout = 30)
{
	struct proc_record *got[MANY];
	struct worker *w;
	struct tree t;

	tree_init(&t);
	for (pid_t pid = 1; pid <= 200; pid++)
		make_task(&t, pid);
	make_stuck(&t, 300, "cmdline");
	cr_assert_eq(worker_new(&w, t.fd), 0);
	for (int again = 0; again < 20; again++) {
		submit(w, 1, 200);
		proc_record_free(worker_take(w));
		worker_cancel(w);
		cr_expect_eq(worker_pending(w), 0);
		cr_expect_null(worker_take(w));
	}
	submit(w, 300, 300);
	worker_cancel(w);	/* the thread may hang by now, or find the list empty */
	submit(w, 1, 1);
	collect(w, got);
	for (pid_t pid = 2; pid < MANY; pid++)
		cr_expect_null(got[pid], "%d was cancelled", (int)pid);
	cr_assert_not_null(got[1]);
	cr_expect_eq(got[1]->err, 0);
	release(got);
	worker_free(w);
	tree_done(&t);
}

Test(worker, ends_with_work_left, .timeout = 30)
{
	struct worker *w;
	struct tree t;

	tree_init(&t);
	for (pid_t pid = 1; pid < MANY; pid++)
		make_task(&t, pid);
	cr_assert_eq(worker_new(&w, t.fd), 0);
	submit(w, 1, MANY - 1);
	proc_record_free(worker_take(w));
	worker_free(w);
	tree_done(&t);
}

/* Blocked signals of a thread of this process, as a mask. */
static uint64_t
blocked_signals(int tid)
{
	char path[64], line[256];
	uint64_t mask = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/self/task/%d/status", tid);
	f = fopen(path, "r");
	cr_assert_not_null(f);
	while (fgets(line, sizeof line, f))
		if (strncmp(line, "SigBlk:", 7) == 0)
			mask = strtoull(line + 7, NULL, 16);
	fclose(f);
	return mask;
}

/* How many threads of this process have all of a list of signals blocked. */
static unsigned
deaf_threads(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT, SIGTSTP };
	int task = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unsigned deaf = 0;
	pid_t *tids;
	int n = proc_list(task, &tids);

	cr_assert_gt(n, 0);
	for (int i = 0; i < n; i++) {
		uint64_t mask = blocked_signals(tids[i]);
		bool all = true;

		for (size_t k = 0; k < ARRAY_SIZE(signals); k++)
			all &= mask >> (signals[k] - 1) & 1;
		deaf += all;
	}
	free(tids);
	close(task);
	return deaf;
}

Test(worker, leaves_signals_to_the_main_thread, .timeout = 30)
{
	unsigned before = deaf_threads();
	uint64_t mask = blocked_signals((int)getpid());
	struct worker *w;
	struct tree t;

	tree_init(&t);
	cr_assert_eq(worker_new(&w, t.fd), 0);
	cr_expect_gt(deaf_threads(), before, "a sanitizer may have added one more");
	cr_expect_eq(blocked_signals((int)getpid()), mask, "the caller's mask is as it was");
	worker_free(w);
	tree_done(&t);
}
