/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Who is said to start a process again, and what to stop instead of it. */

#include "made.h"
#include "ui/again.h"

Test(again, knows_who_starts_a_program_again)
{
	static const struct { const char *parent, *grandparent, *want; } cases[] = {
		{ "npm run dev", "bash", "npm run dev" },
		{ "sh", "npm run dev", "npm run dev" },
		{ "gunicorn", "systemd", "gunicorn" },
		{ "sh", "bash", NULL },
		{ "bash", "npm run dev", NULL },
		{ "zsh", "tmux: server", NULL },
		{ "tmux: server", "systemd", NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct task old = made_task(10, cases[i].grandparent, "", 0, 0);
		struct task parent = made_task(20, cases[i].parent, "", 0, 0);
		struct task task = made_task(30, "node", "", 0, 0);
		const struct task *who;

		cr_expect_null(again_parent(&task), "it is not known");
		task.parent = &parent;
		parent.parent = &old;
		who = again_parent(&task);
		cr_expect(who ? cases[i].want && strcmp(who->comm, cases[i].want) == 0 : !cases[i].want,
		          "case %zu: %s", i, who ? who->comm : "nobody");
		parent.pid = 1;
		if (strcmp(cases[i].parent, "sh") != 0)
			cr_expect_null(again_parent(&task), "process 1 has units for that");
	}
}

/* `while :; do srv; done` in a file is told from a prompt, and from what npm puts before a command. */
Test(again, knows_a_shell_that_runs_a_file)
{
#define ARGV(s) s, sizeof s
	static const struct { const char *comm, *argv; size_t len; bool restarts; } cases[] = {
		{ "sh", ARGV("sh\0resp.sh"), true },
		{ "bash", ARGV("bash\0-e\0/opt/run\0-c"), true },
		{ "bash", ARGV("bash\0-o\0pipefail\0run"), true },
		{ "bash", ARGV("bash\0--rcfile\0rc\0run"), true },
		{ "dash", ARGV("dash\0--\0-run"), true },
		{ "sh", ARGV("sh\0-c\0srv.py; true"), false },
		{ "bash", ARGV("bash\0-lc\0srv.py"), false },
		{ "bash", ARGV("bash\0-s\0arg"), false },
		{ "bash", ARGV("bash\0--rcfile\0rc"), false },
		{ "bash", ARGV("-bash"), false },
		{ "bash", ARGV("bash\0-i"), false },
		{ "tmux", ARGV("tmux\0new"), false },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct task parent = made_task(20, cases[i].comm, "", 0, 0);
		struct task task = made_task(30, "node", "", 0, 0);

		parent.argv = cases[i].argv;
		parent.argv_len = cases[i].len;
		for (size_t k = 0; k < cases[i].len; k++)
			parent.argc += cases[i].argv[k] == '\0';
		task.parent = &parent;
		cr_expect_eq(again_parent(&task) == &parent, cases[i].restarts, "case %zu", i);
	}
}

Test(again, says_who_would)
{
	struct task npm = made_task(4198, "npm", "", 0, 0), task = made_task(4211, "node", "", 0, 0);
	struct text t;

	task.parent = &npm;
	npm.app = "npm run dev";
	text_init(&t);
	cr_expect(again_add_parent(&t, &task, "next dev 4211", true, TEXT_UTF8));
	cr_expect_str_eq(text_str(&t), "npm run dev 4198 is its parent and may start it again");
	text_clear(&t);
	cr_expect(again_add_parent(&t, &task, "next dev 4211", false, TEXT_UTF8));
	cr_expect_str_eq(text_str(&t),
	                 "npm run dev 4198 is the parent of next dev 4211 and may start it again");
	text_clear(&t);
	cr_expect_not(again_add_parent(&t, &npm, "npm 4198", true, TEXT_UTF8));
	cr_expect_str_eq(text_str(&t), "");
	text_done(&t);
}

/* No file of a unit says anything of these. */
Test(again, says_nothing_of_units_that_do_not)
{
	static const char *const cgroups[] = {
		NULL, "/", "/user.slice/session-3.scope", "/system.slice/no-such-unit.service",
	};
	struct task task = made_task(4211, "node", "", 0, 0);
	struct text t;

	text_init(&t);
	for (size_t i = 0; i < sizeof cgroups / sizeof *cgroups; i++) {
		task.cgroup = cgroups[i];
		cr_expect_not(again_add_unit(&t, &task, "node 4211", true, TEXT_UTF8));
	}
	cr_expect_str_eq(text_str(&t), "");
	text_done(&t);
}

Test(again, says_what_to_stop_instead)
{
	static const char argv[] = "conmon\0-n\0web";
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "0.0.0.0", 8080, NULL, 0);
	struct task conmon = made_task(812, "conmon", argv, sizeof argv, 3);
	struct task docker = made_task(813, "docker-proxy", "", 0, 0);
	struct task node = made_task(814, "node", "", 0, 0);
	struct text t;

	text_init(&t);
	cr_expect(again_add_keeper(&t, &conmon, "conmon 812", &s, TEXT_UTF8));
	cr_expect_str_eq(text_str(&t), "conmon 812 holds port 8080 for web; to free it: podman stop web");
	text_clear(&t);
	cr_expect(again_add_keeper(&t, &docker, "docker-proxy 813", &s, TEXT_UTF8));
	cr_expect_str_eq(text_str(&t), "docker-proxy 813 holds port 8080 for something else; to find it: "
	                 "docker ps --filter publish=8080");
	cr_expect_not(again_add_keeper(&t, &node, "node 814", &s, TEXT_UTF8));
	text_done(&t);
}
