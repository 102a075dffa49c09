/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What is to be stopped in the stead of a process that holds a port for something else. */

#include "made.h"

#include "act/keeper.h"
#include "base/util.h"
#include "unit/tree.h"

#define LIB "usr/lib/systemd/system/"

static const char user_argv[] = "/usr/lib/systemd/systemd\0--user";
static const char proxy_argv[] = "/usr/bin/docker-proxy\0-proto\0tcp\0-host-ip\0000.0.0.0\0-host-port\0008080\0"
                                 "-container-ip\000172.17.0.2\0-container-port\00080";

/* Expects a command, NULL: it is no keeper. */
static void
expect_command(const struct tree *t, const struct task *task, const struct sock *s, const char *want,
               bool named, const char *what)
{
	struct keeper k;
	struct text command;

	cr_expect_eq(keeper_find(t->path, task, s, &k), want != NULL, "%s", what);
	cr_expect_eq(keeper_is_named(&k), named, "%s: %s", what, k.name);
	text_init(&command);
	keeper_add_command(&command, &k);
	cr_expect_str_eq(text_str(&command), want ? want : "", "%s", what);
	text_done(&command);
}

static struct sock
held(enum sock_proto proto, const char *addr, uint16_t port)
{
	return made_sock(proto, proto == PROTO_TCP ? STATE_LISTEN : STATE_UNCONN, addr, port, NULL, 0);
}

Test(keeper, a_socket_unit_is_found_by_its_address)
{
	static const struct {
		const char     *listen;
		enum sock_proto proto;
		const char     *addr;
		uint16_t        port;
		bool            found;
	} cases[] = {
		{ "ListenStream=631", PROTO_TCP, "::", 631, true },
		{ "ListenStream=631", PROTO_TCP, "0.0.0.0", 631, true },
		{ "ListenStream=631", PROTO_TCP, "127.0.0.1", 631, false },
		{ "ListenStream=631", PROTO_TCP, "::", 632, false },
		{ "ListenStream=631", PROTO_UDP, "::", 631, false },
		{ "ListenDatagram=631", PROTO_UDP, "::", 631, true },
		{ "ListenDatagram=631", PROTO_TCP, "::", 631, false },
		{ "ListenStream=0.0.0.0:80", PROTO_TCP, "0.0.0.0", 80, true },
		{ "ListenStream=0.0.0.0:80", PROTO_TCP, "::", 80, false },
		{ "ListenStream=127.0.0.1:8080", PROTO_TCP, "127.0.0.1", 8080, true },
		{ "ListenStream=127.0.0.1:8080", PROTO_TCP, "127.0.0.2", 8080, false },
		{ "ListenStream=[::1]:80", PROTO_TCP, "::1", 80, true },
		{ "ListenStream=[::1]:80%lo", PROTO_TCP, "::1", 80, true },
		{ "ListenStream=[::]:80", PROTO_TCP, "::", 80, true },
		{ "ListenStream=[::1]80", PROTO_TCP, "::1", 80, false },
		{ "ListenStream=/run/a.sock", PROTO_TCP, "::", 80, false },
		{ "ListenStream=@80", PROTO_TCP, "::", 80, false },
		{ "ListenStream=vsock::80", PROTO_TCP, "::", 80, false },
		{ "ListenStream=65536", PROTO_TCP, "::", 0, false },
		{ "ListenStream=1\nListenStream=80", PROTO_TCP, "::", 80, true },
		{ "ListenStream=80\nListenStream=1", PROTO_TCP, "::", 80, true },
		{ "ListenStream=80\nListenStream=\nListenStream=1", PROTO_TCP, "::", 80, false },
		{ "ListenStream=80\nListenDatagram=", PROTO_TCP, "::", 80, false },
		{ "[Install]\nListenStream=80", PROTO_TCP, "::", 80, false },
	};
	struct task init = made_task(1, "systemd", NULL, 0, 0);
	struct tree t;

	tree_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock s = held(cases[i].proto, cases[i].addr, cases[i].port);
		char text[128];

		snprintf(text, sizeof text, "[Socket]\n%s\n", cases[i].listen);
		tree_text(&t, LIB "cups.socket", text);
		expect_command(&t, &init, &s,
		               cases[i].found ? "systemctl stop cups.socket" : "systemctl list-sockets",
		               cases[i].found, cases[i].listen);
	}
	tree_done(&t);
}

Test(keeper, a_drop_in_moves_a_socket_unit)
{
	struct task init = made_task(1, "systemd", NULL, 0, 0);
	struct sock before = held(PROTO_TCP, "::", 22), after = held(PROTO_TCP, "127.0.0.1", 2222);
	struct tree t;

	tree_init(&t);
	tree_text(&t, LIB "ssh.socket", "[Socket]\nListenStream=22\nAccept=no\n");
	tree_text(&t, "etc/systemd/system/ssh.socket.d/listen.conf",
	          "[Socket]\nListenStream=\nListenStream=127.0.0.1:2222\n");
	expect_command(&t, &init, &before, "systemctl list-sockets", false, "before");
	expect_command(&t, &init, &after, "systemctl stop ssh.socket", true, "after");
	tree_done(&t);
}

Test(keeper, an_instance_of_a_template_is_found_by_what_stands_behind_its_sign)
{
	struct task init = made_task(1, "systemd", NULL, 0, 0);
	struct sock s = held(PROTO_TCP, "127.0.0.1", 7070);
	struct tree t;

	tree_init(&t);
	tree_text(&t, LIB "echo@.socket", "[Socket]\nListenStream=127.0.0.1:%i\n");
	expect_command(&t, &init, &s, "systemctl list-sockets", false, "the template alone");
	tree_link(&t, "etc/systemd/system/sockets.target.wants/echo@7070.socket",
	          "/usr/lib/systemd/system/echo@.socket");
	expect_command(&t, &init, &s, "systemctl stop echo@7070.socket", true, "enabled");
	tree_done(&t);
}

Test(keeper, of_two_units_with_one_address_the_one_that_runs_is_meant)
{
	struct task init = made_task(1, "systemd", NULL, 0, 0);
	struct sock s = held(PROTO_TCP, "::", 22);
	struct tree t;

	tree_init(&t);
	tree_text(&t, LIB "dropbear.socket", "[Socket]\nListenStream=22\n");
	tree_text(&t, LIB "ssh.socket", "[Socket]\nListenStream=22\n");
	expect_command(&t, &init, &s, "systemctl list-sockets", false, "none is known to run");
	tree_link(&t, "run/systemd/units/invocation:ssh.socket", "0123456789abcdef");
	expect_command(&t, &init, &s, "systemctl stop ssh.socket", true, "one runs");
	tree_link(&t, "run/systemd/units/invocation:dropbear.socket", "0123456789abcdef");
	expect_command(&t, &init, &s, "systemctl list-sockets", false, "both run");
	tree_done(&t);
}

/* To stop the socket unit alone would leave the port with the service. */
Test(keeper, a_service_that_was_started_is_stopped_with_its_socket)
{
	struct task init = made_task(1, "systemd", NULL, 0, 0), cupsd = made_task(700, "cupsd", NULL, 0, 0);
	struct owner owners[] = { { &init, 30 }, { &cupsd, 3 } };
	struct sock s = held(PROTO_TCP, "::", 631);
	struct tree t;

	s.owners = owners;
	s.nowners = 2;
	tree_init(&t);
	tree_text(&t, LIB "cups.socket", "[Socket]\nListenStream=631\n");
	expect_command(&t, &init, &s, "systemctl stop cups.socket cups.service", true, "by its name");
	tree_text(&t, LIB "cups.socket", "[Socket]\nListenStream=631\nService=printd.service\n");
	expect_command(&t, &init, &s, "systemctl stop cups.socket printd.service", true, "Service=");
	expect_command(&t, &cupsd, &s, NULL, false, "the service itself");
	tree_done(&t);
}

Test(keeper, names_are_safe_to_type)
{
	struct task init = made_task(1, "systemd", NULL, 0, 0);
	struct sock s = held(PROTO_TCP, "::", 80);
	struct tree t;

	tree_init(&t);
	tree_text(&t, LIB "a;reboot.socket", "[Socket]\nListenStream=80\n");
	expect_command(&t, &init, &s, "systemctl list-sockets", false, "a sign of the shell");
	tree_text(&t, LIB "a\\x2db.socket", "[Socket]\nListenStream=80\n");
	expect_command(&t, &init, &s, "systemctl stop 'a\\x2db.socket'", true, "an escape of systemd");
	tree_done(&t);
}

Test(keeper, a_users_manager_has_units_of_its_own)
{
	struct task manager = made_task(900, "systemd", user_argv, sizeof user_argv, 2);
	struct task other = made_task(900, "systemd", NULL, 0, 0);
	struct sock s = held(PROTO_TCP, "127.0.0.1", 4713);
	struct tree t;

	tree_init(&t);
	tree_text(&t, LIB "machine.socket", "[Socket]\nListenStream=127.0.0.1:4713\n");
	tree_text(&t, "usr/lib/systemd/user/pulse.socket", "[Socket]\nListenStream=127.0.0.1:4713\n");
	expect_command(&t, &manager, &s, "systemctl --user list-sockets", false, "whose is not known");
	manager.has = TASK_HAS_UID;
	manager.uid = 54321;
	expect_command(&t, &manager, &s, "systemctl --user stop pulse.socket", true, "a user's");
	expect_command(&t, &other, &s, "systemctl list-sockets", false, "that of a container");
	tree_done(&t);
}

Test(keeper, docker_proxy_is_asked_for_its_container)
{
	struct task proxy = made_task(800, "docker-proxy", proxy_argv, sizeof proxy_argv, 11);
	struct task silent = made_task(801, "docker-proxy", NULL, 0, 0);
	struct sock s = held(PROTO_TCP, "0.0.0.0", 8080);
	struct tree t;

	tree_init(&t);
	expect_command(&t, &proxy, &s, "docker ps --filter publish=8080", false, "not root");
	tree_text(&t, "var/lib/docker/containers/1/config.v2.json",
	          "{\"N\":{\"IPAddress\":\"172.17.0.2\"},\"Name\":\"/web\"}");
	expect_command(&t, &proxy, &s, "docker stop web", true, "root");
	expect_command(&t, &silent, &s, "docker ps --filter publish=8080", false, "no arguments");
	tree_done(&t);
}

Test(keeper, flags_are_read_as_go_reads_them)
{
	static const struct { const char *argv; size_t len; const char *want; } cases[] = {
#define ARGV(s) (s), sizeof(s)
		{ ARGV("p\0-container-ip=10.0.0.1"), "docker stop web" },
		{ ARGV("p\0--container-ip\00010.0.0.1"), "docker stop web" },
		{ ARGV("p\0-container-ip"), "docker ps --filter publish=8080" },
		{ ARGV("p\0container-ip\00010.0.0.1"), "docker ps --filter publish=8080" },
		{ ARGV("p\0---container-ip\00010.0.0.1"), "docker ps --filter publish=8080" },
		{ ARGV("p\0-container-ips\00010.0.0.1"), "docker ps --filter publish=8080" },
	};
	struct sock s = held(PROTO_TCP, "0.0.0.0", 8080);
	struct tree t;

	tree_init(&t);
	tree_text(&t, "var/lib/docker/containers/1/config.v2.json",
	          "{\"N\":{\"IPAddress\":\"10.0.0.1\"},\"Name\":\"/web\"}");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task proxy = made_task(800, "docker-proxy", cases[i].argv, cases[i].len, 3);

		expect_command(&t, &proxy, &s, cases[i].want, strstr(cases[i].want, "stop") != NULL,
		               cases[i].argv + 2);
	}
	tree_done(&t);
}

Test(keeper, others_that_forward_for_containers)
{
	static const char conmon[] = "/usr/bin/conmon\0--api-version\0001\0-c\0abc\0-n\0db\0-s";
	static const char odd[] = "/usr/bin/conmon\0-n\0a;reboot";
	struct sock s = held(PROTO_TCP, "0.0.0.0", 5432);
	struct task tasks[] = {
		made_task(1, "conmon", ARGV(conmon), 8), made_task(2, "conmon", ARGV(odd), 3),
		made_task(3, "rootlessport", NULL, 0, 0), made_task(4, "rootlesskit", NULL, 0, 0),
		made_task(5, "postgres", NULL, 0, 0),
	};
	static const char *const want[] = {
		"podman stop db", "podman ps", "podman ps", "docker ps --filter publish=5432", NULL,
	};
	struct tree t;

	tree_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++)
		expect_command(&t, &tasks[i], &s, want[i], i == 0, tasks[i].comm);
	tree_done(&t);
}

Test(keeper, tells_which_service_comes_back)
{
	static const struct { const char *cgroup, *how, *command; } cases[] = {
		{ "/system.slice/system-postgresql.slice/postgresql@15-main.service", "on-failure",
		  "systemctl stop postgresql@15-main.service" },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/web.service", "always",
		  "systemctl --user stop web.service" },
		{ "/system.slice/a\\x2db.service", "always", "systemctl stop 'a\\x2db.service'" },
		{ "/system.slice/once.service", NULL, NULL },
		{ "/system.slice/web.service", NULL, NULL },	/* the machine has none of that name */
		{ "/user.slice/user-1000.slice/session-2.scope", NULL, NULL },
		{ "/", NULL, NULL },
		{ NULL, NULL, NULL },
	};
	struct task task = made_task(988, "postgres", NULL, 0, 0);
	struct tree t;

	tree_init(&t);
	tree_text(&t, LIB "postgresql@.service", "[Service]\nRestart=on-failure\n");
	tree_text(&t, LIB "once.service", "[Service]\nType=oneshot\n");
	tree_text(&t, LIB "a\\x2db.service", "[Service]\nRestart=always\n");
	tree_text(&t, "etc/systemd/user/web.service", "[Service]\nRestart=always\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct restarter r;
		struct text command;

		task.cgroup = cases[i].cgroup;
		cr_expect_eq(restarter_find(t.path, &task, &r), cases[i].how != NULL, "%zu", i);
		if (!cases[i].how)
			continue;
		text_init(&command);
		restarter_add_command(&command, &r);
		cr_expect_str_eq(r.how, cases[i].how);
		cr_expect_str_eq(text_str(&command), cases[i].command);
		text_done(&command);
	}
	tree_done(&t);
}
