/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* One process, from trees that look like /proc and from /proc itself. */

#include <criterion/criterion.h>

#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/util.h"
#include "source/proc.h"
#include "unit/tree.h"

/* Reads as the worker does, facts included. */
static struct proc_record *
read_all(int proc_fd, const struct proc_request *req)
{
	atomic_uint beat = 0;
	int dir;
	struct proc_record *r = proc_read(proc_fd, req, &beat, &dir);

	cr_expect_gt(beat, 0, "a process that was read has answered");
	if (dir >= 0) {
		r->task = proc_read_task(dir, r->pid, &r->stat, &beat);
		close(dir);
	}
	return r;
}

static struct proc_record *
read_pid(const struct tree *t, pid_t pid, uint8_t depth)
{
	return read_all(t->fd, &(struct proc_request){ .pid = pid, .depth = depth });
}

/* "7=1001 5=1002 ": the sockets of a record, by inode. */
static void
expect_fds(const struct proc_record *r, const char *wanted)
{
	char got[256] = "";

	for (size_t i = 0; i < r->nfds; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%d=%llu ", r->fds[i].fd,
			 (unsigned long long)r->fds[i].inode);
	cr_expect_str_eq(got, wanted, "%s, not %s", got, wanted);
}

static const struct tree_task server = { .pid = 42, .comm = "a) R (b", .ppid = 7, .start = 5000,
					 .arg_start = 0x7ffc1000 };

/* A server with two sockets, one of them twice, and with all facts. */
static void
make_server(struct tree *t)
{
	tree_init(t);
	tree_task(t, &server);
	tree_fd(t, "42", 0, "/dev/null");
	tree_fd(t, "42", 3, "socket:[2002]");
	tree_fd(t, "42", 9, "socket:[1001]");
	tree_fd(t, "42", 10, "socket:[1001]");
	tree_fd(t, "42", 11, "anon_inode:[eventfd]");
	tree_fd(t, "42", 12, "/tmp/socket:[3003]");
	tree_bytes(t, "42/cmdline", "srv\0-p\0\0x", 9);
	tree_text(t, "42/status", "Name:\ta) R (b\nUid:\t1000\t0\t0\t0\nGid:\t5\t5\t5\t5\n");
	tree_link(t, "42/exe", "/usr/bin/srv");
	tree_link(t, "42/cwd", "/srv/project");
	tree_text(t, "42/cgroup", "1:pids:/\n0::/user.slice/user-1000.slice/session-3.scope\n");
}

Test(proc, lists_pids_in_order)
{
	static const char *const names[] = { "20/", "3/", "self/", "100/", "7x/", "-1/", "net/" };
	static const pid_t wanted[] = { 3, 20, 100 };
	struct tree t;
	pid_t *pids;

	tree_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		tree_dirs(&t, names[i]);
	for (int again = 0; again < 2; again++) {
		cr_assert_eq(proc_list(t.fd, &pids), 3, "a second listing gives the same");
		cr_expect_arr_eq(pids, wanted, sizeof wanted);
		free(pids);
	}
	tree_done(&t);
	cr_expect_eq(proc_list(-1, &pids), -EBADF);
}

Test(proc, reads_sockets_and_facts)
{
	struct proc_record *r;
	struct tree t;

	make_server(&t);
	r = read_pid(&t, 42, PROC_FDS);
	cr_expect_eq(r->err, 0);
	cr_expect_eq(r->fd_err, 0);
	cr_expect_eq(r->stat.start, 5000);
	expect_fds(r, "9=1001 3=2002 ");
	cr_assert_not_null(r->task);
	cr_expect_eq(r->task->pid, 42);
	cr_expect_eq(r->task->ppid, 7);
	cr_expect_eq(r->task->start, 5000);
	cr_expect_eq(r->task->state, 'S');
	cr_expect_not(r->task->kthread);
	cr_expect_str_eq(r->task->comm, "a) R (b");
	cr_expect_str_eq(r->task->exe, "/usr/bin/srv");
	cr_expect_str_eq(r->task->cwd, "/srv/project");
	cr_expect_str_eq(r->task->project, "project");
	cr_expect_str_eq(r->task->cgroup, "/user.slice/user-1000.slice/session-3.scope");
	cr_expect_str_eq(r->task->unit, "session-3.scope");
	cr_expect_null(r->task->container);
	cr_expect_null(r->task->app, "its comm is the best name");
	cr_expect_str_eq(task_app(r->task), "a) R (b");
	cr_expect_eq(r->task->has, TASK_HAS_UID);
	cr_expect_eq(r->task->uid, 1000);
	proc_record_free(r);
	tree_done(&t);
}

/* For the state alone, unless it is another process or program than the one that is known. */
Test(proc, is_brief_about_what_is_known)
{
	static const struct {
		const char          *what;
		struct proc_request  req;
		bool                 brief;
	} cases[] = {
		{ "known",       { .pid = 42, .start = 5000, .arg_start = 0x7ffc1000, .comm = "a) R (b" }, true },
		{ "new process", { .pid = 42, .start = 4999, .arg_start = 0x7ffc1000, .comm = "a) R (b" }, false },
		{ "new program", { .pid = 42, .start = 5000, .arg_start = 0x7ffc2000, .comm = "a) R (b" }, false },
		{ "unknown",     { .pid = 42 }, false },
	};
	struct tree t;

	make_server(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_request req = cases[i].req;
		struct proc_record *r;
		atomic_uint beat = 0;
		int dir;

		req.brief = true;
		r = proc_read(t.fd, &req, &beat, &dir);
		cr_expect_eq(r->err, 0);
		cr_expect_eq(r->brief, cases[i].brief, "%s", cases[i].what);
		cr_expect_eq(r->nfds == 0, cases[i].brief, "%s", cases[i].what);
		cr_expect_geq(r->total, r->nfds);
		cr_expect_eq(r->stat.start, 5000);
		if (dir >= 0)
			close(dir);
		proc_record_free(r);
	}
	tree_done(&t);
}

/* Its memory is gone, and with it the command line: no other program has come. */
Test(proc, a_process_that_ends_stays_what_it_was)
{
	static const struct { uint64_t start; bool facts; } cases[] = { { 8, false }, { 7, true } };
	struct tree t;

	tree_init(&t);
	tree_task(&t, &(struct tree_task){ .pid = 44, .comm = "python3", .start = 8,
	                                   .flags = TASK_PF_EXITING });
	tree_fd(&t, "44", 3, "socket:[4004]");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_request req = { .pid = 44, .depth = PROC_FDS, .start = cases[i].start,
		                            .arg_start = 0x7ffc1000, .comm = "python3" };
		struct proc_record *r = read_all(t.fd, &req);

		cr_expect_eq(r->nfds, 1);
		cr_expect_eq(r->task != NULL, cases[i].facts, "another one that began at %d",
		             (int)cases[i].start);
		proc_record_free(r);
	}
	tree_done(&t);
}

/* Facts cost more than all else: only for what has a socket and is not known. */
Test(proc, reads_facts_only_where_they_are_wanted)
{
	static const struct {
		const char          *what;
		struct proc_request  req;
		bool                 facts;
	} cases[] = {
		{ "unknown",       { .pid = 42 }, true },
		{ "known",         { .pid = 42, .start = 5000, .arg_start = 0x7ffc1000, .comm = "a) R (b" }, false },
		{ "new process",   { .pid = 42, .start = 4999, .arg_start = 0x7ffc1000, .comm = "a) R (b" }, true },
		{ "new program",   { .pid = 42, .start = 5000, .arg_start = 0x7ffc2000, .comm = "a) R (b" }, true },
		{ "new name",      { .pid = 42, .start = 5000, .arg_start = 0x7ffc1000, .comm = "sh" }, true },
		{ "has no socket", { .pid = 43 }, false },
	};
	struct tree t;

	make_server(&t);
	tree_task(&t, &(struct tree_task){ .pid = 43, .comm = "cat", .start = 1 });
	tree_fd(&t, "43", 0, "/dev/null");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_record *r = read_all(t.fd, &cases[i].req);

		cr_expect_eq(r->err, 0, "%s", cases[i].what);
		cr_expect_eq(r->task != NULL, cases[i].facts, "%s", cases[i].what);
		proc_record_free(r);
	}
	tree_done(&t);
}

/* Whichever folder of the process was opened on the way to its sockets. */
Test(proc, reads_the_arguments_alone_where_they_will_do)
{
	static const struct proc_request cases[] = {
		{ .pid = 42, .plain = true },
		{ .pid = 42, .plain = true, .brief = true },
		{ .pid = 42, .plain = true, .depth = PROC_THREADS },
	};
	struct tree t;

	make_server(&t);
	tree_bytes(&t, "42/cmdline", "srv\0-x\0", 7);
	tree_fd(&t, "42/task/42", 3, "socket:[1001]");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_record *r;
		atomic_uint beat = 0;
		int dir;

		r = proc_read(t.fd, &cases[i], &beat, &dir);
		cr_assert_geq(dir, 0, "%zu", i);
		r->task = proc_read_plain_task(dir, r->pid, &r->stat);
		cr_expect_eq(r->task->argc, 2, "%zu", i);
		cr_expect_eq(memcmp(r->task->argv, "srv\0-x", 7), 0, "%zu", i);
		cr_expect_null(r->task->exe);
		close(dir);
		proc_record_free(r);
	}
	tree_done(&t);
}

Test(proc, splits_a_command_line)
{
#define LINE(s) s, sizeof s - 1
	static const struct {
		const char *bytes;
		size_t      len;
		const char *argv;
		size_t      argv_len;
		size_t      argc;
	} cases[] = {
		{ LINE(""),                       LINE(""), 0 },
		{ LINE("\0\0\0"),                 LINE(""), 0 },
		{ LINE("cat\0"),                  LINE("cat\0"), 1 },
		{ LINE("cat\0-n\0x\0"),           LINE("cat\0-n\0x\0"), 3 },
		{ LINE("cat\0\0"),                LINE("cat\0\0"), 2 },
		{ LINE("cat\0\0\0x\0"),           LINE("cat\0\0\0x\0"), 4 },
		{ LINE("sh\0-c\0:\0\0\0"),        LINE("sh\0-c\0:\0\0\0"), 5 },
		{ LINE("\0x\0"),                  LINE("\0x\0"), 2 },
		{ LINE("srv: idle"),              LINE("srv: idle\0"), 1 },
		{ LINE("srv: idle\0"),            LINE("srv: idle\0"), 1 },
		{ LINE("srv: idle\0\0\0\0\0\0"),  LINE("srv: idle\0"), 1 },
		{ LINE("a\0b"),                   LINE("a\0b\0"), 2 },
	};
	struct tree t;

	make_server(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_record *r;

		tree_bytes(&t, "42/cmdline", cases[i].bytes, cases[i].len);
		r = read_pid(&t, 42, PROC_FDS);
		cr_assert_not_null(r->task);
		cr_expect_eq(r->task->argc, cases[i].argc, "case %zu: argc %zu", i, r->task->argc);
		cr_assert_eq(r->task->argv_len, cases[i].argv_len, "case %zu", i);
		cr_expect_eq(memcmp(r->task->argv, cases[i].argv, cases[i].argv_len), 0,
			     "case %zu", i);
		proc_record_free(r);
	}
	tree_done(&t);
}

Test(proc, cuts_a_long_command_line)
{
	struct proc_record *r;
	static char line[10000];
	struct tree t;

	make_server(&t);
	memset(line, 'x', sizeof line);
	tree_bytes(&t, "42/cmdline", line, sizeof line);
	r = read_pid(&t, 42, PROC_FDS);
	cr_assert_not_null(r->task);
	cr_expect_eq(r->task->argc, 1);
	cr_expect_eq(r->task->argv_len, 4097);
	cr_expect_eq(r->task->argv[4096], '\0');
	proc_record_free(r);
	tree_done(&t);
}

/* A class path comes before the class: what is kept of the arguments does not reach so far. */
Test(proc, names_stand_behind_long_arguments)
{
	static const struct { size_t path; const char *app; size_t argc; } cases[] = {
		{ 10, "com.example.Main", 4 },
		{ 5000, "com.example.Main", 3 },
		{ 60000, "com.example.Main", 3 },
		{ 65536 - 13 - 8, NULL, 3 },	/* it is cut in the middle of the class */
		{ 100000, NULL, 3 },
	};
	char *line = malloc(110000);
	struct tree t;

	make_server(&t);
	tree_link(&t, "42/exe", "/usr/bin/java");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const char tail[] = "\0com.example.Main";
		struct proc_record *r;

		memcpy(line, "java\0-cp\0", 9);
		memset(line + 9, 'p', cases[i].path);
		memcpy(line + 9 + cases[i].path, tail, sizeof tail);
		tree_bytes(&t, "42/cmdline", line, 9 + cases[i].path + sizeof tail);
		r = read_pid(&t, 42, PROC_FDS);
		cr_assert_not_null(r->task);
		cr_expect(cases[i].app ? r->task->app && strcmp(r->task->app, cases[i].app) == 0
		                       : !r->task->app, "%zu: %s", cases[i].path, r->task->app);
		cr_expect_eq(r->task->argc, cases[i].argc, "%zu: %zu", cases[i].path, r->task->argc);
		cr_expect_leq(r->task->argv_len, 4097);
		proc_record_free(r);
	}
	free(line);
	tree_done(&t);
}

Test(proc, what_cannot_be_read_is_not_known)
{
	static const char *const files[] = { "42/cmdline", "42/status", "42/exe", "42/cwd" };
	struct proc_record *r;
	struct tree t;

	make_server(&t);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		unlinkat(t.fd, files[i], 0);
	r = read_pid(&t, 42, PROC_FDS);
	cr_assert_not_null(r->task);
	cr_expect_eq(r->task->argc, 0);
	cr_expect_eq(r->task->argv_len, 0);
	cr_expect_null(r->task->exe);
	cr_expect_null(r->task->cwd);
	cr_expect_eq(r->task->has, 0);
	proc_record_free(r);
	tree_done(&t);
}

Test(proc, finds_no_user_id_in_strange_text)
{
	static const char *const texts[] = {
		"", "Name:\tUid:\t5\n", "Name:\tx\nUid:\t\n", "Name:\tx\nUid:\t-1\n",
		"Name:\tx\nUid:\t99999999999\n", "Name:\tx\\nUid:\t5\nState:\tS\n",
	};
	struct tree t;

	make_server(&t);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct proc_record *r;

		tree_text(&t, "42/status", texts[i]);
		r = read_pid(&t, 42, PROC_FDS);
		cr_assert_not_null(r->task);
		cr_expect_eq(r->task->has, 0, "case %zu: uid %u", i, r->task->uid);
		proc_record_free(r);
	}
	tree_done(&t);
}

Test(proc, says_why_there_is_nothing)
{
	struct proc_record *r;
	struct tree t;

	tree_init(&t);
	r = read_pid(&t, 42, PROC_FDS);
	cr_expect_eq(r->err, ESRCH, "there is no such process");
	proc_record_free(r);

	tree_dirs(&t, "43/fd/");
	r = read_pid(&t, 43, PROC_FDS);
	cr_expect_eq(r->err, ESRCH, "it went between two calls");
	proc_record_free(r);

	tree_text(&t, "44/stat", "44 (cut");
	r = read_pid(&t, 44, PROC_FDS);
	cr_expect_eq(r->err, EBADMSG);
	proc_record_free(r);
	tree_done(&t);
}

/* Neither has a table of its own, and to another user it looks like a forbidden one. */
Test(proc, looks_for_descriptors_only_where_there_can_be_any)
{
	static const struct tree_task tasks[] = {
		{ .pid = 50, .comm = "kworker/0:1", .flags = TASK_PF_KTHREAD, .start = 1 },
		{ .pid = 51, .comm = "dead", .state = 'Z', .start = 1 },
	};
	struct tree t;

	tree_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++) {
		char dir[16];
		struct proc_record *r;

		snprintf(dir, sizeof dir, "%d", (int)tasks[i].pid);
		tree_stat(&t, dir, &tasks[i]);
		for (uint8_t depth = PROC_FDS; depth <= PROC_THREADS; depth++) {
			r = read_pid(&t, tasks[i].pid, depth);
			cr_expect_eq(r->err, 0, "%s", tasks[i].comm);
			cr_expect_eq(r->fd_err, 0, "%s", tasks[i].comm);
			cr_expect_eq(r->nfds, 0, "%s", tasks[i].comm);
			proc_record_free(r);
		}
	}
	tree_done(&t);
}

Test(proc, looks_into_the_tables_of_threads)
{
	static const struct tree_task leader = {
		.pid = 60, .comm = "thr", .state = 'Z', .threads = 3, .start = 1,
	};
	struct proc_record *r;
	struct tree t;

	tree_init(&t);
	tree_task(&t, &leader);
	tree_dirs(&t, "60/task/60/fd/");
	tree_fd(&t, "60/task/61", 5, "socket:[1001]");
	tree_fd(&t, "60/task/61", 6, "socket:[1002]");
	tree_fd(&t, "60/task/62", 4, "socket:[1002]");
	tree_dirs(&t, "60/task/63/");	/* it ends just now */

	r = read_pid(&t, 60, PROC_FDS);
	expect_fds(r, "");
	proc_record_free(r);

	r = read_pid(&t, 60, PROC_THREADS);
	cr_expect_eq(r->err, 0);
	expect_fds(r, "5=1001 4=1002 ");
	proc_record_free(r);
	tree_done(&t);
}

/* What the real kernel says of a file that is gone, and of one that is only called so. */
Test(proc, tells_a_deleted_folder_from_one_of_that_name)
{
	static const struct { const char *dir; bool gone; const char *ends; } cases[] = {
		{ "work", false, "/work" },
		{ "work", true, "/work" },
		{ "old (deleted)", false, "/old (deleted)" },
		{ "old (deleted)", true, "/old (deleted)" },
	};
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_request req = { .pid = getpid() };
		struct proc_record *r;
		char dir[64];
		struct tree t;
		size_t len, tail = strlen(cases[i].ends);

		tree_init(&t);
		snprintf(dir, sizeof dir, "%s/", cases[i].dir);
		tree_dirs(&t, dir);
		cr_assert_eq(fchdir(t.fd), 0);
		cr_assert_eq(chdir(cases[i].dir), 0);
		if (cases[i].gone)
			tree_remove(&t, cases[i].dir);
		r = read_all(proc, &req);
		cr_assert_not_null(r->task);
		cr_assert_not_null(r->task->cwd);
		len = strlen(r->task->cwd);
		cr_expect(len > tail && strcmp(r->task->cwd + len - tail, cases[i].ends) == 0,
			  "case %zu: %s", i, r->task->cwd);
		proc_record_free(r);
		cr_assert_eq(chdir("/"), 0);
		tree_done(&t);
	}
	close(sock);
	close(proc);
}

/* ------------------------------------------------------------- the real kernel */

struct own_table {
	pthread_barrier_t ready;
	pthread_barrier_t done;
	int               fd;
	uint64_t          inode;
};

static uint64_t
inode_of(int fd)
{
	struct stat st;

	cr_assert_eq(fstat(fd, &st), 0);
	return st.st_ino;
}

/* A thread that has a table of its own, with a socket that no other thread has. */
static void *
live_apart(void *arg)
{
	struct own_table *own = arg;

	cr_assert_eq(unshare(CLONE_FILES), 0);
	own->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	own->inode = inode_of(own->fd);
	pthread_barrier_wait(&own->ready);
	pthread_barrier_wait(&own->done);
	return NULL;
}

static bool
has_inode(const struct proc_record *r, uint64_t inode, int fd)
{
	for (size_t i = 0; i < r->nfds; i++)
		if (r->fds[i].inode == inode)
			return r->fds[i].fd == fd;
	return false;
}

Test(proc, finds_the_socket_of_a_single_thread)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int shared = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct proc_request req = { .pid = getpid(), .depth = PROC_THREADS };
	struct own_table own;
	struct proc_record *r;
	pthread_t thread;

	pthread_barrier_init(&own.ready, NULL, 2);
	pthread_barrier_init(&own.done, NULL, 2);
	cr_assert_eq(pthread_create(&thread, NULL, live_apart, &own), 0);
	pthread_barrier_wait(&own.ready);

	r = read_all(proc, &req);
	cr_expect_eq(r->fd_err, 0);
	cr_expect(has_inode(r, inode_of(shared), shared), "the socket that all other threads have");
	cr_expect(has_inode(r, own.inode, own.fd), "the socket of the one thread");
	proc_record_free(r);

	req.depth = PROC_FDS;
	r = read_all(proc, &req);
	cr_expect(has_inode(r, inode_of(shared), shared));
	cr_expect_not(has_inode(r, own.inode, own.fd));
	proc_record_free(r);

	pthread_barrier_wait(&own.done);
	pthread_join(thread, NULL);
	close(shared);
	close(proc);
}
