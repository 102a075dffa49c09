/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What is taken for a web server, and above all what is not. */

#include "base/util.h"
#include "made.h"
#include "model/web.h"

#define ARGV(s) s, sizeof s

Test(web, goes_by_port_service_and_program)
{
	static const struct {
		uint16_t    port;
		const char *service;
		const char *comm;	/* NULL: no process is known */
		const char *argv;
		size_t      argv_len;
		size_t      argc;
		bool        web;
	} cases[] = {
		{ 8080, NULL, NULL, NULL, 0, 0, true },
		{ 80, "http", NULL, NULL, 0, 0, true },
		{ 591, "http-alt", NULL, NULL, 0, 0, true },
		{ 443, "https", "nginx", ARGV("nginx: master"), 1, false },
		{ 9443, "tungsten-https", "nginx", ARGV("/usr/sbin/nginx"), 1, false },
		{ 5432, "postgresql", "postgres", ARGV("/usr/lib/postgres\0-D"), 2, false },
		{ 6379, "redis", "redis-server", ARGV("redis-server *:6379"), 1, false },
		{ 22, "ssh", "sshd", ARGV("sshd: /usr/sbin/sshd"), 1, false },
		{ 9123, NULL, "python3", ARGV("python3\0-m\0http.server\0009123"), 4, true },
		{ 9123, NULL, "python3", ARGV("/usr/bin/python3\0/srv/venv/bin/gunicorn"), 2, true },
		{ 9123, NULL, "nginx", ARGV("nginx: worker process"), 1, true },
		{ 9123, NULL, "cat", ARGV("cat\0a\0b\0c\0nginx"), 5, false },
		{ 9123, NULL, "python3", ARGV("python3\0-m\0my.nginx.tool"), 3, false },
		{ 9123, NULL, "idle", "", 0, 0, false },
		{ 9123, NULL, NULL, NULL, 0, 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", cases[i].port, NULL, 0);
		struct task t = made_task(1, cases[i].comm, cases[i].argv, cases[i].argv_len, cases[i].argc);

		cr_expect_eq(web_is_likely(&s, cases[i].service, cases[i].comm ? &t : NULL), cases[i].web,
		             "case %zu", i);
	}
}
