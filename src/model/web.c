/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "model/web.h"

#include <string.h>

#include "base/util.h"

/* Where frameworks and their tools listen unless they are told otherwise. */
static const uint16_t ports[] = {
	80, 3000, 3001, 4000, 4200, 4321, 5000, 5173, 5174, 8000, 8001, 8008, 8080, 8081, 8088, 8888, 9090,
};

static const uint16_t tls_ports[] = { 443, 8443 };

/* Programs, and what an interpreter runs. */
static const char *const programs[] = {
	"apache2", "httpd", "nginx", "caddy", "lighttpd", "traefik",
	"http.server", "http-server", "uvicorn", "gunicorn", "hypercorn", "daphne", "flask", "runserver",
	"next", "next-server", "vite", "webpack", "webpack-dev-server", "rails", "puma", "unicorn",
	"jupyter", "jupyter-lab", "jupyter-notebook", "grafana", "prometheus",
};

/* An interpreter, its options and the script. */
#define ARGS_LOOKED_AT 4

static bool
has_port(const uint16_t *list, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == port)
			return true;
	return false;
}

static bool
is_program(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (strcmp(name, programs[i]) == 0)
			return true;
	return false;
}

static bool
runs_one(const struct task *task)
{
	const char *arg = task->argv;

	for (size_t i = 0; i < MIN(task->argc, ARGS_LOOKED_AT); i++) {
		if (is_program(arg))
			return true;
		arg += strlen(arg) + 1;
	}
	return is_program(task->comm);
}

bool
web_is_likely(const struct sock *listener, const char *service, const struct task *task)
{
	uint16_t port = listener->local.port;

	if (has_port(tls_ports, ARRAY_SIZE(tls_ports), port) || (service && strstr(service, "https")))
		return false;
	return has_port(ports, ARRAY_SIZE(ports), port) || (service && strncmp(service, "http", 4) == 0) ||
	       (task && runs_one(task));
}
