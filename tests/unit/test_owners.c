/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Who holds which socket, over several samples of trees that look like /proc. */

#include <criterion/criterion.h>

#include <poll.h>
#include <sys/syscall.h>

#include "base/clock.h"
#include "base/util.h"
#include "model/task.h"
#include "source/owners.h"
#include "source/source.h"
#include "unit/tree.h"

/* Added to every clock, so that pauses need not be waited for. */
static unsigned long skew_s;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, id, ts);

	ts->tv_sec += (time_t)skew_s;
	return r;
}

/* Sockets with these inodes, up to a 0. */
static void
want_inodes(struct snapshot *s, const uint64_t *inodes)
{
	snapshot_clear(s);
	for (; *inodes; inodes++) {
		struct sock sock = { .has = SOCK_HAS_COOKIE, .cookie = *inodes, .inode = *inodes };

		snapshot_add(s, &sock);
	}
}

static void
run(struct owners *o, struct snapshot *s)
{
	cr_assert_eq(owners_start(o, s), 0);
	while (owners_turn(o) == SOURCE_MORE) {
		struct pollfd fds[OWNERS_MAX_FDS];
		int n = owners_fds(o, fds);

		cr_assert_geq(poll(fds, (nfds_t)n, owners_timeout(o)), 0);
	}
	owners_attach(o, s);
}

/* One sample of the sockets 1001, 1002 and 1003. */
static void
sample(struct owners *o, struct snapshot *s)
{
	want_inodes(s, (const uint64_t[]){ 1001, 1002, 1003, 0 });
	run(o, s);
}

/* "42/3 43/4 ": the holders of a socket as pid/fd. */
static void
expect_owners(const struct snapshot *s, uint64_t inode, const char *wanted)
{
	const struct sock *sock = snapshot_find(s, inode);
	char got[256] = "";

	cr_assert_not_null(sock);
	for (uint32_t i = 0; i < sock->nowners; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%d/%d ",
			 (int)sock->owners[i].task->pid, sock->owners[i].fd);
	cr_expect_str_eq(got, wanted, "%d is held by %s, not %s", (int)inode, got, wanted);
}

static const struct task *
task_of(const struct snapshot *s, uint64_t inode)
{
	const struct sock *sock = snapshot_find(s, inode);

	cr_assert(sock && sock->nowners > 0, "%d has no holder", (int)inode);
	return sock->owners[0].task;
}

static void
make_task(const struct tree *t, pid_t pid, uint64_t start, const char *comm)
{
	tree_task(t, &(struct tree_task){ .pid = pid, .comm = comm, .start = start, .threads = 1 });
}

struct world {
	struct tree     t;
	struct owners  *o;
	struct snapshot s;
};

/* A /proc with process 1, which holds nothing. */
static void
world_init(struct world *w)
{
	tree_init(&w->t);
	make_task(&w->t, 1, 1, "init");
	cr_assert_eq(owners_new(&w->o, w->t.fd), 0);
	snapshot_init(&w->s);
}

static void
world_done(struct world *w)
{
	snapshot_done(&w->s);
	owners_free(w->o);
	tree_done(&w->t);
}

Test(owners, finds_the_holder_and_its_facts, .timeout = 30)
{
	struct world w;

	world_init(&w);
	make_task(&w.t, 42, 500, "srv");
	tree_fd(&w.t, "42", 7, "socket:[1001]");
	tree_fd(&w.t, "42", 8, "socket:[1002]");
	tree_bytes(&w.t, "42/cmdline", "srv\0-x\0", 7);
	tree_link(&w.t, "42/exe", "/bin/srv");
	tree_link(&w.t, "42/cwd", "/srv");
	tree_text(&w.t, "42/status", "Name:\tsrv\nUid:\t7\t8\t9\t9\n");
	sample(w.o, &w.s);
	expect_owners(&w.s, 1001, "42/7 ");
	expect_owners(&w.s, 1002, "42/8 ");
	expect_owners(&w.s, 1003, "");
	cr_expect_eq(task_of(&w.s, 1001), task_of(&w.s, 1002), "there is one copy of a task");
	cr_expect_str_eq(task_of(&w.s, 1001)->comm, "srv");
	cr_expect_str_eq(task_of(&w.s, 1001)->exe, "/bin/srv");
	cr_expect_str_eq(task_of(&w.s, 1001)->cwd, "/srv");
	cr_expect_eq(task_of(&w.s, 1001)->argc, 2);
	cr_expect_eq(memcmp(task_of(&w.s, 1001)->argv, "srv\0-x", 7), 0);
	cr_expect_eq(task_of(&w.s, 1001)->uid, 7);
	cr_expect_eq(w.s.hidden_tasks, 0);
	cr_expect_eq(w.s.nshortfalls, 0);
	cr_expect_not(w.s.tasks_invisible);
	world_done(&w);
}

/* Its memory goes first, then its descriptors; it may do so while it is read. */
Test(owners, knows_a_process_until_it_has_ended, .timeout = 30)
{
	struct world w;

	world_init(&w);
	tree_task(&w.t, &(struct tree_task){ .pid = 42, .comm = "srv", .start = 500, .arg_start = 9 });
	tree_fd(&w.t, "42", 7, "socket:[1001]");
	tree_bytes(&w.t, "42/cmdline", "srv\0-x\0", 7);
	tree_link(&w.t, "42/exe", "/bin/srv");
	sample(w.o, &w.s);
	tree_task(&w.t, &(struct tree_task){ .pid = 42, .comm = "srv", .start = 500 });
	tree_remove(&w.t, "42/exe");
	tree_text(&w.t, "42/cmdline", "");
	for (int again = 0; again < 3; again++) {
		sample(w.o, &w.s);
		expect_owners(&w.s, 1001, "42/7 ");
		cr_expect_eq(task_of(&w.s, 1001)->argc, 2);
		cr_assert_not_null(task_of(&w.s, 1001)->exe);
	}
	world_done(&w);
}

Test(owners, keeps_all_holders_in_order, .timeout = 30)
{
	struct world w;

	world_init(&w);
	for (pid_t pid = 60; pid > 50; pid--) {
		char table[16];

		snprintf(table, sizeof table, "%d", (int)pid);
		make_task(&w.t, pid, 500, "worker");
		tree_fd(&w.t, table, (int)pid, "socket:[1001]");
	}
	sample(w.o, &w.s);
	expect_owners(&w.s, 1001, "51/51 52/52 53/53 54/54 55/55 56/56 57/57 58/58 59/59 60/60 ");

	tree_remove(&w.t, "51");	/* ended */
	tree_remove(&w.t, "55/fd/55");	/* closed it */
	tree_remove(&w.t, "60/fd/60");
	tree_fd(&w.t, "60", 3, "socket:[1001]");
	sample(w.o, &w.s);
	expect_owners(&w.s, 1001, "52/52 53/53 54/54 56/56 57/57 58/58 59/59 60/3 ");
	world_done(&w);
}

/* Facts are read again when, and only when, the process is another one. */
Test(owners, knows_a_process_by_more_than_its_pid, .timeout = 30)
{
	static const struct {
		const char      *what;
		const char      *exe;
		struct tree_task after;
	} cases[] = {
		{ "same",        "/bin/one", { 42, .comm = "srv", .start = 500, .arg_start = 9 } },
		{ "stopped",     "/bin/one", { 42, .comm = "srv", .start = 500, .arg_start = 9,
					       .state = 'T' } },
		{ "pid reused",  "/bin/two", { 42, .comm = "srv", .start = 501, .arg_start = 9 } },
		{ "new program", "/bin/two", { 42, .comm = "srv", .start = 500, .arg_start = 8 } },
		{ "new name",    "/bin/two", { 42, .comm = "sh", .start = 500, .arg_start = 9 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world w;

		world_init(&w);
		tree_task(&w.t, &cases[0].after);
		tree_fd(&w.t, "42", 7, "socket:[1001]");
		tree_link(&w.t, "42/exe", "/bin/one");
		sample(w.o, &w.s);
		cr_expect_str_eq(task_of(&w.s, 1001)->exe, "/bin/one");

		tree_task(&w.t, &cases[i].after);
		tree_link(&w.t, "42/exe", "/bin/two");
		sample(w.o, &w.s);
		cr_expect_str_eq(task_of(&w.s, 1001)->exe, cases[i].exe, "%s", cases[i].what);
		cr_expect_str_eq(task_of(&w.s, 1001)->comm, cases[i].after.comm);
		cr_expect_eq(task_of(&w.s, 1001)->start, cases[i].after.start);
		cr_expect_eq(task_of(&w.s, 1001)->state, i == 1 ? 'T' : 'S');
		world_done(&w);
	}
}

Test(owners, forgets_the_facts_of_a_process_without_sockets, .timeout = 30)
{
	struct world w;

	world_init(&w);
	make_task(&w.t, 42, 500, "srv");
	tree_fd(&w.t, "42", 7, "socket:[1001]");
	tree_link(&w.t, "42/exe", "/bin/one");
	sample(w.o, &w.s);

	tree_remove(&w.t, "42/fd/7");
	make_task(&w.t, 42, 500, "new");
	tree_link(&w.t, "42/exe", "/bin/two");
	sample(w.o, &w.s);
	expect_owners(&w.s, 1001, "");

	tree_fd(&w.t, "42", 7, "socket:[1001]");
	sample(w.o, &w.s);
	cr_expect_str_eq(task_of(&w.s, 1001)->exe, "/bin/two");
	world_done(&w);
}

/* A thread with a table of its own, and a process whose first thread has left. */
Test(owners, looks_into_threads_for_what_nobody_has, .timeout = 30)
{
	struct world w;

	world_init(&w);
	tree_task(&w.t, &(struct tree_task){ .pid = 42, .comm = "own", .threads = 2, .start = 1 });
	tree_fd(&w.t, "42/task/42", 3, "socket:[1001]");
	tree_fd(&w.t, "42", 3, "socket:[1001]");
	tree_fd(&w.t, "42/task/43", 4, "socket:[1002]");
	tree_task(&w.t, &(struct tree_task){ .pid = 50, .comm = "left", .threads = 2,
					     .state = 'Z' });
	tree_fd(&w.t, "50/task/51", 5, "socket:[1003]");
	for (int again = 0; again < 3; again++) {	/* at once: the pauses forbid a search */
		sample(w.o, &w.s);
		expect_owners(&w.s, 1001, "42/3 ");
		expect_owners(&w.s, 1002, "42/4 ");
		expect_owners(&w.s, 1003, "50/5 ");
		cr_expect_eq(task_of(&w.s, 1003)->state, 0, "its other threads serve: no zombie");
	}
	world_done(&w);
}

Test(owners, sees_a_process_that_starts_during_the_first_pass, .timeout = 30)
{
	struct world w;

	world_init(&w);
	want_inodes(&w.s, (const uint64_t[]){ 1001, 0 });
	cr_assert_eq(owners_start(w.o, &w.s), 0);
	make_task(&w.t, 42, 500, "fork");
	tree_fd(&w.t, "42/task/42", 3, "socket:[1001]");
	while (owners_turn(w.o) == SOURCE_MORE) {
		struct pollfd fds[OWNERS_MAX_FDS];
		int n = owners_fds(w.o, fds);

		poll(fds, (nfds_t)n, owners_timeout(w.o));
	}
	owners_attach(w.o, &w.s);
	expect_owners(&w.s, 1001, "42/3 ");
	world_done(&w);
}

/* What the second pass did not find is looked for again after 1 s, then 2 s, 4 s, … */
Test(owners, asks_again_with_growing_pauses, .timeout = 30)
{
	static const struct { unsigned long after; bool searched; } steps[] = {
		{ 0, true }, { 0, false }, { 2, true }, { 1, false }, { 2, true }, { 3, false },
		{ 2, true },
	};
	struct world w;

	world_init(&w);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		/* A process that only the second pass looks into. */
		tree_task(&w.t, &(struct tree_task){ .pid = 42, .comm = "own", .threads = 2,
						     .start = i + 1 });
		tree_remove(&w.t, "42/task");
		tree_fd(&w.t, "42/task/43", 4, "socket:[77]");
		skew_s += steps[i].after;
		sample(w.o, &w.s);
		expect_owners(&w.s, 1001, "");
		want_inodes(&w.s, (const uint64_t[]){ 77, 0 });
		owners_attach(w.o, &w.s);
		expect_owners(&w.s, 77, steps[i].searched ? "42/4 " : "");
	}
	world_done(&w);
}

Test(owners, asks_at_once_for_a_new_socket, .timeout = 30)
{
	struct world w;

	world_init(&w);
	tree_task(&w.t, &(struct tree_task){ .pid = 42, .comm = "own", .threads = 2, .start = 1 });
	tree_fd(&w.t, "42/task/43", 4, "socket:[77]");
	sample(w.o, &w.s);	/* 1001 to 1003 are not to be found */
	want_inodes(&w.s, (const uint64_t[]){ 1001, 77, 0 });
	run(w.o, &w.s);
	expect_owners(&w.s, 77, "42/4 ");
	world_done(&w);
}

Test(owners, counts_what_does_not_answer, .timeout = 30)
{
	struct world w;

	world_init(&w);
	make_task(&w.t, 42, 500, "srv");
	tree_fd(&w.t, "42", 7, "socket:[1001]");
	make_task(&w.t, 43, 500, "stuck");
	tree_fd(&w.t, "43", 7, "socket:[1002]");
	tree_fifo(&w.t, "43/stat");
	make_task(&w.t, 44, 500, "locked");
	tree_fd(&w.t, "44", 7, "socket:[1003]");
	tree_fifo(&w.t, "44/cmdline");
	sample(w.o, &w.s);
	expect_owners(&w.s, 1001, "42/7 ");
	expect_owners(&w.s, 1002, "");
	expect_owners(&w.s, 1003, "44/7 ");
	cr_expect_str_eq(task_of(&w.s, 1003)->comm, "locked");
	cr_expect_eq(task_of(&w.s, 1003)->argc, 0);
	cr_assert_eq(w.s.nshortfalls, 1);
	cr_expect_eq(w.s.shortfalls[0].kind, SHORT_UNREADABLE);
	cr_expect_eq(w.s.shortfalls[0].count, 2);

	sample(w.o, &w.s);
	expect_owners(&w.s, 1003, "44/7 ");
	cr_expect_eq(w.s.shortfalls[0].count, 2, "they are not asked again, but counted");
	tree_remove(&w.t, "44");
	sample(w.o, &w.s);
	expect_owners(&w.s, 1003, "");
	world_done(&w);
}

static void
set_modes(const struct tree *t, mode_t mode)
{
	cr_assert_eq(fchmodat(t->fd, "43/fd", mode, 0), 0);
	cr_assert_eq(fchmodat(t->fd, "44/fd", mode, 0), 0);
}

/* Another user's process is there, but not its descriptors. */
Test(owners, counts_what_is_hidden, .timeout = 30)
{
	struct world w;

	world_init(&w);
	make_task(&w.t, 42, 500, "srv");
	tree_fd(&w.t, "42", 7, "socket:[1001]");
	make_task(&w.t, 43, 500, "other");
	tree_fd(&w.t, "43", 7, "socket:[1002]");
	tree_stat(&w.t, "44", &(struct tree_task){ .pid = 44, .comm = "dead", .state = 'Z' });
	tree_dirs(&w.t, "44/fd/");
	cr_assert_eq(fchmod(w.t.fd, 0755), 0);
	set_modes(&w.t, geteuid() == 0 ? 0700 : 0);
	if (geteuid() == 0)
		cr_assert_eq(seteuid(65534), 0);
	sample(w.o, &w.s);
	expect_owners(&w.s, 1001, "42/7 ");
	expect_owners(&w.s, 1002, "");
	cr_expect_eq(w.s.hidden_tasks, 1, "%u are hidden; the dead hide nothing", w.s.hidden_tasks);
	cr_expect_eq(w.s.nshortfalls, 0);
	if (getuid() == 0)
		cr_assert_eq(seteuid(0), 0);
	set_modes(&w.t, 0700);
	world_done(&w);
}

Test(owners, notices_that_processes_are_invisible, .timeout = 30)
{
	struct world w;

	world_init(&w);
	tree_remove(&w.t, "1");
	make_task(&w.t, 42, 500, "mine");
	sample(w.o, &w.s);
	cr_expect(w.s.tasks_invisible);
	cr_expect_eq(w.s.hidden_tasks, 0);
	world_done(&w);
}

Test(owners, says_what_it_has_when_there_is_no_more_time, .timeout = 30)
{
	struct world w;

	world_init(&w);
	make_task(&w.t, 42, 500, "srv");
	tree_fd(&w.t, "42", 7, "socket:[1001]");
	sample(w.o, &w.s);

	want_inodes(&w.s, (const uint64_t[]){ 1001, 1002, 0 });
	cr_assert_eq(owners_start(w.o, &w.s), 0);
	owners_attach(w.o, &w.s);
	expect_owners(&w.s, 1001, "42/7 ");
	cr_assert_eq(w.s.nshortfalls, 1);
	cr_expect_eq(w.s.shortfalls[0].kind, SHORT_PENDING);

	sample(w.o, &w.s);	/* a new sample gives the old one up */
	expect_owners(&w.s, 1001, "42/7 ");
	cr_expect_eq(w.s.nshortfalls, 0);
	world_done(&w);
}

/* A file, and the empty folder that is left where /proc is not mounted. */
Test(owners, fails_where_there_is_no_proc)
{
	int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct snapshot s;
	struct owners *o;
	struct tree t;

	tree_init(&t);
	snapshot_init(&s);
	cr_assert_eq(owners_new(&o, file), 0);
	cr_expect_eq(owners_start(o, &s), -ENOTDIR);
	owners_free(o);
	cr_assert_eq(owners_new(&o, t.fd), 0);
	cr_expect_eq(owners_start(o, &s), -ENOENT);
	owners_free(o);
	owners_free(NULL);
	snapshot_done(&s);
	tree_done(&t);
	close(file);
}

/* ------------------------------------------------------------------- parents */

static void
make_child(const struct tree *t, pid_t pid, pid_t ppid, uint64_t start, const char *comm)
{
	tree_task(t, &(struct tree_task){ .pid = pid, .ppid = ppid, .comm = comm, .start = start });
}

/* "npm 41 < bash 40 < init 1": a process and those above it. */
static void
expect_chain(const struct task *t, const char *wanted)
{
	char got[256] = "";
	unsigned n = 0;

	for (; t && n < 10; t = t->parent, n++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s %d", n ? " < " : "",
			 t->comm, (int)t->pid);
	cr_expect_str_eq(got, wanted, "%s, not %s", got, wanted);
}

Test(owners, tells_who_started_a_holder, .timeout = 30)
{
	const struct task *next, *vite;
	struct world w;

	world_init(&w);
	make_child(&w.t, 40, 1, 10, "bash");
	make_child(&w.t, 41, 40, 20, "npm");
	make_child(&w.t, 42, 41, 20, "next");
	make_child(&w.t, 43, 42, 30, "vite");
	make_child(&w.t, 44, 41, 30, "idle");
	tree_fd(&w.t, "42", 3, "socket:[1001]");
	tree_bytes(&w.t, "42/cmdline", "next\0dev\0", 9);
	tree_fd(&w.t, "43", 3, "socket:[1002]");
	for (int again = 0; again < 3; again++) {
		sample(w.o, &w.s);
		next = task_of(&w.s, 1001);
		vite = task_of(&w.s, 1002);
		expect_chain(vite, "vite 43 < next 42 < npm 41 < bash 40 < init 1");
		expect_chain(next, "next 42 < npm 41 < bash 40 < init 1");
		cr_expect_eq(vite->parent, next, "a parent that holds sockets is the same task");
		cr_expect_eq(next->argc, 2, "with all its facts");
		cr_expect_eq(next->parent->ppid, 40);
		cr_expect_eq(next->parent->start, 20);
		cr_expect_eq(next->parent->argc, 0);
		cr_expect_null(next->parent->exe);
	}

	tree_remove(&w.t, "40");	/* the shell ends; its child goes to process 1 */
	make_child(&w.t, 41, 1, 20, "npm");
	sample(w.o, &w.s);
	expect_chain(task_of(&w.s, 1001), "next 42 < npm 41 < init 1");
	world_done(&w);
}

/* What was read at different instants: reused pids, and circles of those. */
/* What it runs is read once it is known to be a parent. */
Test(owners, tells_the_command_line_of_a_parent, .timeout = 30)
{
	const struct task *parent;
	struct world w;

	world_init(&w);
	make_task(&w.t, 41, 400, "sh");
	tree_bytes(&w.t, "41/cmdline", "sh\0resp.sh\0", 11);
	tree_task(&w.t, &(struct tree_task){ 42, .comm = "srv", .start = 500, .ppid = 41 });
	tree_fd(&w.t, "42", 7, "socket:[1001]");
	sample(w.o, &w.s);
	for (int i = 0; i < 3; i++) {
		sample(w.o, &w.s);
		parent = task_of(&w.s, 1001)->parent;
		cr_assert_not_null(parent);
		cr_expect_eq(parent->argc, 2);
		cr_expect_eq(memcmp(parent->argv, "sh\0resp.sh", 11), 0);
	}
	/* It became another program. */
	tree_task(&w.t, &(struct tree_task){ 41, .comm = "srv", .start = 400, .arg_start = 9 });
	tree_bytes(&w.t, "41/cmdline", "srv\0", 4);
	sample(w.o, &w.s);
	cr_expect_eq(task_of(&w.s, 1001)->parent->argc, 1);
	world_done(&w);
}

Test(owners, believes_no_parent_that_cannot_be, .timeout = 30)
{
	struct world w;

	world_init(&w);
	make_child(&w.t, 42, 77, 500, "orphan");	/* its parent is in no list */
	make_child(&w.t, 50, 51, 600, "old");
	make_child(&w.t, 51, 1, 700, "young");
	make_child(&w.t, 60, 61, 800, "a");
	make_child(&w.t, 61, 60, 800, "b");
	make_child(&w.t, 70, 70, 900, "self");
	tree_fd(&w.t, "42", 3, "socket:[1001]");
	tree_fd(&w.t, "50", 3, "socket:[1002]");
	tree_fd(&w.t, "60", 3, "socket:[1003]");
	tree_fd(&w.t, "61", 3, "socket:[1004]");
	tree_fd(&w.t, "70", 3, "socket:[1005]");
	want_inodes(&w.s, (const uint64_t[]){ 1001, 1002, 1003, 1004, 1005, 0 });
	run(w.o, &w.s);
	expect_chain(task_of(&w.s, 1001), "orphan 42");
	expect_chain(task_of(&w.s, 1002), "old 50");
	expect_chain(task_of(&w.s, 1003), "a 60 < b 61");
	expect_chain(task_of(&w.s, 1004), "b 61");
	expect_chain(task_of(&w.s, 1005), "self 70");
	world_done(&w);
}
