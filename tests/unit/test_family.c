/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* model/family: which holders of a port belong together. */

#include "made.h"
#include "model/family.h"

#include "base/util.h"

struct one {
	pid_t       pid, ppid;
	const char *comm;
	const char *exe;
	const char *argv;	/* one word */
};

static struct task
task_of(const struct one *o)
{
	struct task t = made_task(o->pid, o->comm, o->argv, o->argv ? strlen(o->argv) + 1 : 0,
	                          o->argv != NULL);

	t.ppid = o->ppid;
	t.exe = o->exe;
	t.has = TASK_HAS_UID;
	return t;
}

Test(family, ties_are_program_and_parent)
{
	static const struct {
		const char *what;
		struct one  tasks[4];
		bool        one;
	} cases[] = {
		{ "nobody", { { 0 } }, true },
		{ "one alone", { { 10, 1, "web", "/bin/web", "web" } }, true },
		{ "workers of a master that holds, too",
		  { { 10, 1, "nginx", "/usr/sbin/nginx", "nginx: master" },
		    { 11, 10, "nginx", "/usr/sbin/nginx", "nginx: worker" } }, true },
		{ "workers alone, renamed",
		  { { 11, 10, "nginx", "/usr/sbin/nginx", "nginx: worker" },
		    { 12, 10, "nginx", "/usr/sbin/nginx", "nginx: cache" } }, true },
		{ "a child that runs another program",
		  { { 10, 1, "server", "/bin/server", "server" },
		    { 11, 10, "helper", "/bin/helper", "helper" } }, true },
		{ "two programs",
		  { { 10, 1, "java", "/usr/bin/java", "java" },
		    { 20, 1, "python3", "/usr/bin/python3.11", "python3" } }, false },
		{ "two scripts of one interpreter",
		  { { 10, 1, "python3", "/usr/bin/python3.11", "a.py" },
		    { 20, 1, "python3", "/usr/bin/python3.11", "b.py" } }, false },
		{ "one script twice",
		  { { 10, 1, "python3", "/usr/bin/python3.11", "a.py" },
		    { 20, 1, "python3", "/usr/bin/python3.11", "a.py" } }, true },
		{ "a chain",
		  { { 12, 11, "c", "/bin/c", "c" }, { 10, 1, "a", "/bin/a", "a" },
		    { 11, 10, "b", "/bin/b", "b" } }, true },
		{ "a family and a stranger",
		  { { 10, 1, "a", "/bin/a", "a" }, { 11, 10, "a", "/bin/a", "a" },
		    { 12, 1, "b", "/bin/b", "b" } }, false },
		{ "siblings of no one program",
		  { { 11, 10, "a", "/bin/a", "a" }, { 12, 10, "b", "/bin/b", "b" } }, false },
		{ "unreadable, one name", { { 10, 1, "web", NULL, NULL }, { 20, 1, "web", NULL, NULL } },
		  true },
		{ "unreadable, two names", { { 10, 1, "web", NULL, NULL }, { 20, 1, "db", NULL, NULL } },
		  false },
		{ "a name that only begins like an interpreter",
		  { { 10, 1, "x", "/bin/shout", "a" }, { 20, 1, "x", "/bin/shout", "b" } }, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task tasks[4];
		const struct task *at[4];
		size_t n = 0;

		for (; n < 4 && cases[i].tasks[n].pid > 0; n++) {
			tasks[n] = task_of(&cases[i].tasks[n]);
			at[n] = &tasks[n];
		}
		cr_expect_eq(family_is_one(at, n), cases[i].one, "%s", cases[i].what);
	}
}
