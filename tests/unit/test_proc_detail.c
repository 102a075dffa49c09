/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What one process tells in full, from trees that look like /proc and from /proc itself. */

#include <criterion/criterion.h>

#include "base/util.h"
#include "source/proc.h"
#include "source/proc_detail.h"
#include "unit/tree.h"

static const struct task_stat stat_made = { .comm = "srv", .state = 'S', .threads = 3, .start = 500 };

/* Both steps, of process 42. */
static struct task_detail *
read_42(const struct tree *t, bool lines)
{
	int dir = openat(t->fd, "42", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	atomic_uint beat = 0;
	struct task_detail *d;

	cr_assert_geq(dir, 0);
	d = proc_detail_begin(dir, 42, &stat_made, &beat);
	proc_detail_finish(dir, d, lines, &beat);
	close(dir);
	cr_expect_gt(beat, 0);
	return d;
}

static void
make_42(struct tree *t)
{
	tree_init(t);
	tree_task(t, &(struct tree_task){ .pid = 42, .comm = "srv", .start = 500, .threads = 3 });
}

/* A descriptor with its flags, as fdinfo has them: octal. */
static void
add_fd(const struct tree *t, int fd, const char *target, const char *flags)
{
	char path[64], text[64];

	tree_fd(t, "42", fd, target);
	snprintf(path, sizeof path, "42/fdinfo/%d", fd);
	snprintf(text, sizeof text, "pos:\t0\nflags:\t%s\nmnt_id:\t20\n", flags);
	tree_text(t, path, text);
}

Test(proc_detail, reads_numbers_and_the_whole_command_line)
{
	static char line[70000];
	struct task_detail *d;
	struct tree t;

	make_42(&t);
	memset(line, 'x', sizeof line);
	line[3] = line[9] = '\0';
	tree_bytes(&t, "42/cmdline", line, 20000);
	tree_text(&t, "42/statm", "1000 25 7 1 0 50 0\n");
	d = read_42(&t, false);
	cr_expect_eq(d->pid, 42);
	cr_expect_eq(d->start, 500);
	cr_expect_eq(d->state, 'S');
	cr_expect_eq(d->threads, 3);
	cr_expect_eq(d->has, DETAIL_HAS_RSS);
	cr_expect_eq(d->rss, 25 * (uint64_t)sysconf(_SC_PAGESIZE));
	cr_expect_eq(d->argc, 3);
	cr_expect_eq(d->argv_len, 20001);
	cr_expect_eq(d->argv[20000], '\0');
	task_detail_free(d);

	tree_bytes(&t, "42/cmdline", line, sizeof line);
	d = read_42(&t, false);
	cr_expect_eq(d->argv_len, 65537, "CONTRACT: up to 64 KiB");
	task_detail_free(d);
	tree_done(&t);
}

Test(proc_detail, what_cannot_be_read_is_not_known)
{
	struct task_detail *d;
	struct tree t;

	make_42(&t);
	tree_text(&t, "42/statm", "none\n");
	d = read_42(&t, true);
	cr_expect_eq(d->has, 0);
	cr_expect_null(d->argv);
	cr_expect_eq(d->nlogs, 0);
	task_detail_free(d);
	tree_remove(&t, "42/fd");
	d = read_42(&t, true);
	cr_expect_eq(d->nlogs, 0);
	task_detail_free(d);
	tree_done(&t);
}

Test(proc_detail, knows_a_log_file_by_how_it_is_open)
{
	static const struct { int fd; const char *target, *flags; bool log; } cases[] = {
		{ 0, "/var/input", "0100000", false },
		{ 1, "/var/out", "0100001", true },
		{ 2, "/var/out", "0100001", false },	/* the same file */
		{ 3, "socket:[77]", "02", false },
		{ 4, "/var/data", "0100001", false },
		{ 5, "/var/data", "0102002", false },
		{ 6, "/var/added", "0102001", true },
		{ 7, "/var/app.log", "0100002", true },
		{ 8, "/var/read.log", "0100000", false },
		{ 9, "/dev/pts/3", "0102001", false },
		{ 10, "pipe:[99]", "0102001", false },
		{ 11, "/.log", "0100001", true },
		{ 12, "/memfd:x.log", "02", false },
		{ 13, "/proc/9/fd/x.log", "01", false },
	};
	struct task_detail *d;
	struct tree t;
	size_t n = 0;

	make_42(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		add_fd(&t, cases[i].fd, cases[i].target, cases[i].flags);
	tree_fd(&t, "42", 14, "/var/no-info.log");
	d = read_42(&t, false);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (!cases[i].log)
			continue;
		cr_assert_lt(n, d->nlogs, "%s is missing", cases[i].target);
		cr_expect_eq(d->logs[n].fd, cases[i].fd);
		cr_expect_str_eq(d->logs[n].path, cases[i].target);
		cr_expect_null(d->logs[n].tail, "not unless it is asked for");
		n++;
	}
	cr_expect_eq(d->nlogs, n, "the first too many is %s", d->logs[n].path);
	task_detail_free(d);
	tree_done(&t);
}

Test(proc_detail, takes_no_more_logs_than_it_has_room_for)
{
	struct task_detail *d;
	struct tree t;

	make_42(&t);
	for (int fd = 1; fd < 30; fd++) {
		char target[32];

		snprintf(target, sizeof target, "/var/%d.log", fd);
		add_fd(&t, fd, target, "0102001");
	}
	d = read_42(&t, false);
	cr_expect_eq(d->nlogs, DETAIL_LOGS);
	cr_expect_str_eq(d->logs[0].path, "/var/1.log");
	task_detail_free(d);
	tree_done(&t);
}

/* A log file of a tree, as the target of descriptor 1. */
static void
add_file(const struct tree *t, const char *name, const char *bytes, size_t len)
{
	char target[128];

	tree_bytes(t, name, bytes, len);
	snprintf(target, sizeof target, "%s/%s", t->path, name);
	add_fd(t, 1, target, "0102001");
}

Test(proc_detail, reads_the_end_of_a_log)
{
	static char much[40000];
	struct task_detail *d;
	struct tree t;

	make_42(&t);
	add_file(&t, "log", "one\ntwo\n", 8);
	d = read_42(&t, true);
	cr_assert_eq(d->nlogs, 1);
	cr_expect_eq(d->logs[0].err, 0);
	cr_expect_eq(d->logs[0].tail_len, 8);
	cr_expect_eq(memcmp(d->logs[0].tail, "one\ntwo\n", 8), 0);
	task_detail_free(d);

	memset(much, 'x', sizeof much);
	much[sizeof much - 1] = 'y';
	add_file(&t, "log", much, sizeof much);
	d = read_42(&t, true);
	cr_expect_eq(d->logs[0].tail_len, 16384);
	cr_expect_eq(d->logs[0].tail[16383], 'y');
	task_detail_free(d);

	add_file(&t, "log", "", 0);
	d = read_42(&t, true);
	cr_expect_not_null(d->logs[0].tail, "empty is not unknown");
	cr_expect_eq(d->logs[0].tail_len, 0);
	task_detail_free(d);
	tree_done(&t);
}

/* A pipe that nobody writes to would hang whoever opens it; a device might do anything. */
Test(proc_detail, opens_nothing_but_files, .timeout = 20)
{
	struct task_detail *d;
	char target[128];
	struct tree t;

	make_42(&t);
	tree_fifo(&t, "pipe");
	snprintf(target, sizeof target, "%s/pipe", t.path);
	add_fd(&t, 1, target, "01");
	add_fd(&t, 2, "/nowhere/gone.log", "0102001");
	d = read_42(&t, true);
	cr_assert_eq(d->nlogs, 2);
	cr_expect_null(d->logs[0].tail);
	cr_expect_eq(d->logs[0].err, ESPIPE);
	cr_expect_eq(d->logs[1].err, ENOENT);
	task_detail_free(d);
	tree_done(&t);
}

/* The real kernel: a file that was moved, and one that is deleted, are read all the same. */
Test(proc_detail, reads_a_log_that_has_no_name_any_more)
{
	atomic_uint beat = 0;
	char path[128];
	struct proc_request req = { .pid = getpid(), .depth = PROC_INSPECT_LINES };
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC), dir, log;
	const struct task_log *found = NULL;
	struct proc_record *r;
	struct tree t;

	tree_init(&t);
	snprintf(path, sizeof path, "%s/made.log", t.path);
	log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	cr_assert_eq(write(log, "last words\n", 11), 11);
	cr_assert_eq(unlink(path), 0);
	r = proc_read(proc, &req, &beat, &dir);
	cr_assert_geq(dir, 0);
	cr_assert_not_null(r->detail);
	proc_detail_finish(dir, r->detail, true, &beat);
	for (size_t i = 0; i < r->detail->nlogs; i++)
		if (strcmp(r->detail->logs[i].path, path) == 0)
			found = &r->detail->logs[i];
	cr_assert_not_null(found);
	cr_expect(found->deleted);
	cr_expect_eq(found->tail_len, 11);
	cr_expect_eq(memcmp(found->tail, "last words\n", 11), 0);
	proc_record_free(r);
	close(dir);
	close(log);
	close(proc);
	tree_done(&t);
}

Test(proc_detail, is_of_that_very_process)
{
	static const struct { uint64_t start; int err; } cases[] = { { 500, 0 }, { 0, 0 }, { 499, ESRCH } };
	struct tree t;

	make_42(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_request req = { .pid = 42, .depth = PROC_INSPECT, .start = cases[i].start };
		atomic_uint beat = 0;
		int dir;
		struct proc_record *r = proc_read(t.fd, &req, &beat, &dir);

		cr_expect_eq(r->err, cases[i].err, "case %zu", i);
		cr_expect_eq(r->detail != NULL, cases[i].err == 0, "case %zu", i);
		if (dir >= 0)
			close(dir);
		proc_record_free(r);
	}
	tree_done(&t);
}

Test(proc_detail, copies_own_their_bytes)
{
	struct task_detail *d, *copy;
	struct tree t;

	make_42(&t);
	add_file(&t, "log", "one\n", 4);
	tree_bytes(&t, "42/cmdline", "srv\0-x", 7);
	d = read_42(&t, true);
	copy = task_detail_copy(d);
	task_detail_free(d);
	cr_expect_eq(copy->argc, 2);
	cr_expect_str_eq(copy->argv, "srv");
	cr_expect_eq(copy->nlogs, 1);
	cr_expect_eq(memcmp(copy->logs[0].tail, "one\n", 4), 0);
	task_detail_free(copy);
	cr_expect_null(task_detail_copy(NULL));
	task_detail_free(NULL);
	tree_done(&t);
}
