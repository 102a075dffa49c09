/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Real servers with real clients, as Debian packages them: PostgreSQL, Redis and
 * nginx, each in a private network, run from a folder of the test's own. Is each
 * connection joined, and each end named as a person would name it? A server that
 * is not installed is skipped aloud.
 */

#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

#define WAIT_MS 30000		/* a database that is made anew on a slow disk */
#define PROGRAMS_MAX 4

/* What a test has started, the server first, and where it lives. */
static char folder[] = "/tmp/lotop-services.XXXXXX";
static pid_t programs[PROGRAMS_MAX];
static size_t nprograms;

/* ---- programs ---- */

/* The file that the pattern finds, or NULL. Kept until the test ends. */
static const char *
installed(const char *pattern)
{
	static glob_t found;

	if (found.gl_pathc > 0)
		globfree(&found);
	if (glob(pattern, 0, NULL, &found) != 0)
		return NULL;
	return strdup(found.gl_pathv[found.gl_pathc - 1]);
}

static const char *
needed(const char *pattern)
{
	const char *path = installed(pattern);

	if (!path)
		CLI_SKIP("%s is not installed", pattern);
	return path;
}

static char * __attribute__((format(printf, 1, 2)))
text_of(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	cr_assert_geq(vasprintf(&text, format, args), 0);
	va_end(args);
	return text;
}

/* In the child. Nothing of it outlives the test, whatever becomes of that. */
static _Noreturn void
become_program(const char *const argv[], uid_t uid)
{
	char **env = run_environment(NULL);
	char *log = text_of("%s/log", folder);
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
	int in = open("/dev/null", O_RDONLY);

	if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	if (uid != 0 && (setgid(uid) < 0 || setuid(uid) < 0))
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execve(argv[0], (char *const *)(uintptr_t)argv, env);
	_exit(126);
}

static void
start(const char *const argv[], uid_t uid)
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0)
		become_program(argv, uid);
	cr_assert_lt(nprograms, PROGRAMS_MAX);
	programs[nprograms++] = pid;
}

/* The clients first, so that the server has nobody to wait for. */
static void
stop_all(void)
{
	struct run r;

	while (nprograms > 0) {
		pid_t pid = programs[--nprograms];

		kill(pid, nprograms > 0 ? SIGKILL : SIGQUIT);
		waitpid(pid, NULL, 0);
	}
	run_program(NULL, ARGS("/bin/rm", "-rf", folder), &r);
	run_done(&r);
}

static void
enter(void)
{
	cli_enter();
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chmod(folder, 0777), 0);
}

TestSuite(services, .init = enter, .fini = stop_all, .timeout = 180);

/* ---- rows ---- */

static bool
has_text(const json_t *row, const char *key, const char *want)
{
	const char *text = cli_text(row, key);

	return text && strcmp(text, want) == 0;
}

/* The end of a connection on a port, by its role. */
static json_t *
find_end(json_t *rows, const char *role, int port)
{
	const char *key = strcmp(role, "client") == 0 ? "rport" : "lport";
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		if (has_text(row, "role", role) && cli_number(row, key) == port &&
		    (strcmp(role, "listener") == 0 || has_text(row, "state", "ESTABLISHED")))
			return row;
	return NULL;
}

/* A server with processes of its own for its clients; else it serves them itself. */
enum serves { BY_ITSELF, BY_A_CHILD };

static bool
is_listened(json_t *rows, int port, enum serves serves)
{
	json_t *row = find_end(rows, "listener", port);

	(void)serves;
	return row && cli_text(row, "process");
}

/*
 * Both ends have their process. The one that accepts a connection and the one that serves
 * it may be two: for a moment the first has it, then both, and in the end the second alone.
 */
static bool
is_served(json_t *rows, int port, enum serves serves)
{
	json_t *client = find_end(rows, "client", port), *server = find_end(rows, "server", port);

	if (!client || !server || !cli_text(client, "process") || !cli_text(server, "process"))
		return false;
	return json_array_size(json_object_get(server, "owners")) == 1 &&
	       (cli_number(server, "pid") == programs[0]) == (serves == BY_ITSELF);
}

/* All rows, once they are as wanted. */
static json_t *
rows_when(bool (*is)(json_t *, int, enum serves), int port, enum serves serves)
{
	int64_t deadline = run_now_ms() + WAIT_MS;

	for (;;) {
		json_t *rows = cli_rows(NO_ARGS);

		if (is(rows, port, serves))
			return rows;
		cr_assert_lt(run_now_ms(), deadline, "port %d is not %s; see %s/log", port,
		    is == is_served ? "served" : "listened to", folder);
		json_decref(rows);
	}
}

static json_t *
rows_served(int port, enum serves serves)
{
	return rows_when(is_served, port, serves);
}

static void
wait_for_listener(int port)
{
	json_decref(rows_when(is_listened, port, BY_ITSELF));
}

static bool
log_says(const char *words)
{
	char text[1 << 16];
	FILE *f = fopen(text_of("%s/log", folder), "r");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = '\0';
	return strstr(text, words) != NULL;
}

/* A database listens before it takes clients, and turns those away that come too early. */
static void
wait_for_log(const char *words)
{
	int64_t deadline = run_now_ms() + WAIT_MS;

	while (!log_says(words)) {
		cr_assert_lt(run_now_ms(), deadline, "no \"%s\" in %s/log", words, folder);
		poll(NULL, 0, 5);
	}
}

struct named {
	const char *role;
	const char *app;
	const char *peer_app;	/* NULL: it has none */
};

static void
expect_text(const char *what, const json_t *row, const char *key, const char *want)
{
	const char *is = cli_text(row, key);

	if (want)
		cr_expect(is && strcmp(is, want) == 0, "%s: %s is %s, not %s", what, key,
		    is ? is : "null", want);
	else
		cr_expect_null(is, "%s: %s is %s", what, key, is);
}

/* Each end has its name and its peer's, and each knows the other's process. */
static void
expect_named(json_t *rows, int port, const struct named *named, size_t n)
{
	const json_t *client = find_end(rows, "client", port);
	const json_t *server = find_end(rows, "server", port);

	for (size_t i = 0; i < n; i++) {
		const json_t *row = find_end(rows, named[i].role, port);

		cr_assert_not_null(row, "no %s", named[i].role);
		expect_text(named[i].role, row, "app", named[i].app);
		expect_text(named[i].role, row, "peer_app", named[i].peer_app);
	}
	cr_expect_eq(cli_number(client, "peer_pid"), cli_number(server, "pid"));
	cr_expect_eq(cli_number(server, "peer_pid"), cli_number(client, "pid"));
	cr_expect_eq(cli_number(find_end(rows, "listener", port), "clients"), 1);
}

static size_t
owners_of(json_t *rows, const char *role, int port)
{
	return json_array_size(json_object_get(find_end(rows, role, port), "owners"));
}

/* ---- the services ---- */

/* PostgreSQL will not run as root; where nobody else can be, it is skipped. */
Test(services, postgresql_and_psql)
{
	static const struct named named[] = {
		{ "listener", "postgres", NULL }, { "server", "postgres", "psql" },
		{ "client", "psql", "postgres" },
	};
	const char *initdb = needed("/usr/lib/postgresql/*/bin/initdb");
	const char *postgres = needed("/usr/lib/postgresql/*/bin/postgres");
	const char *psql = needed("/usr/lib/postgresql/*/bin/psql");
	const char *data = text_of("%s/data", folder);
	struct run r;
	json_t *rows;

	if (!run_may_be(RUN_NOBODY))
		CLI_SKIP("PostgreSQL refuses root, and this test can be no other user");
	run_program(&(struct run_how){ .uid = RUN_NOBODY, .timeout_ms = 2 * WAIT_MS },
	    ARGS(initdb, "-D", data, "-A", "trust", "-U", "ann", "-N", "--locale=C"), &r);
	cr_assert_eq(r.status, 0, "initdb: %s", r.err);
	run_done(&r);
	start(ARGS(postgres, "-D", data, "-p", "5432", "-k", "", "-F",
	    "-c", "listen_addresses=127.0.0.1"), RUN_NOBODY);
	wait_for_log("ready to accept connections");
	wait_for_listener(5432);
	start(ARGS(psql, "-X", "-h", "127.0.0.1", "-p", "5432", "-U", "ann", "-c",
	    "select pg_sleep(600)", "postgres"), 0);
	rows = rows_served(5432, BY_A_CHILD);
	expect_named(rows, 5432, named, CLI_ARRAY_SIZE(named));
	cr_expect_eq(cli_number(find_end(rows, "listener", 5432), "pid"), programs[0]);
	json_decref(rows);
}

Test(services, redis_and_redis_cli)
{
	static const struct named named[] = {
		{ "listener", "redis-server", NULL }, { "server", "redis-server", "redis-cli" },
		{ "client", "redis-cli", "redis-server" },
	};
	const char *server = needed("/usr/bin/redis-server");
	const char *cli = needed("/usr/bin/redis-cli");
	json_t *rows;

	start(ARGS(server, "--port", "6379", "--bind", "127.0.0.1", "--save", "", "--dir", folder,
	    "--daemonize", "no"), 0);
	wait_for_log("eady to accept connections");
	wait_for_listener(6379);
	start(ARGS(cli, "-h", "127.0.0.1", "-p", "6379", "SUBSCRIBE", "news"), 0);
	rows = rows_served(6379, BY_ITSELF);
	expect_named(rows, 6379, named, CLI_ARRAY_SIZE(named));
	json_decref(rows);
}

/* A configuration with nothing of this machine in it. Workers run as who starts them. */
static const char *
nginx_configuration(void)
{
	const char *path = text_of("%s/nginx.conf", folder);
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f);
	fprintf(f, "user root root; worker_processes 2; daemon off; pid %s/pid; error_log %s/log;\n"
	    "events {}\n"
	    "http { access_log off; client_body_temp_path %s/a; proxy_temp_path %s/b;\n"
	    "  fastcgi_temp_path %s/c; uwsgi_temp_path %s/d; scgi_temp_path %s/e;\n"
	    "  server { listen 127.0.0.1:8080; root %s; } }\n",
	    folder, folder, folder, folder, folder, folder, folder, folder);
	cr_assert_eq(fclose(f), 0);
	return path;
}

/* More than what sockets buffer, so that a slow reader stays connected. */
static void
make_big_file(void)
{
	const char *path = text_of("%s/big", folder);
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	cr_assert_geq(fd, 0);
	cr_assert_eq(ftruncate(fd, 64 << 20), 0);
	close(fd);
}

Test(services, nginx_and_curl)
{
	static const struct named named[] = {
		{ "listener", "nginx", NULL }, { "server", "nginx", "curl" },
		{ "client", "curl", "nginx" },
	};
	const char *nginx = needed("/usr/sbin/nginx");
	const char *curl = needed("/usr/bin/curl");
	json_t *rows;

	make_big_file();
	start(ARGS(nginx, "-p", folder, "-c", nginx_configuration()), 0);
	wait_for_listener(8080);
	start(ARGS(curl, "-s", "-o", "/dev/null", "--limit-rate", "1k", "http://127.0.0.1:8080/big"), 0);
	rows = rows_served(8080, BY_A_CHILD);
	expect_named(rows, 8080, named, CLI_ARRAY_SIZE(named));
	/* The master and its two workers listen; one worker serves. */
	cr_expect_eq(owners_of(rows, "listener", 8080), 3);
	cr_expect_eq(cli_number(find_end(rows, "listener", 8080), "pid"), programs[0]);
	json_decref(rows);
}
