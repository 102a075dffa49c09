/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What real processes are called: app, project, control group. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

TestSuite(apps, .init = cli_enter, .timeout = 120);

#define PORT	8101

/* ------------------------------------------------------------------- helpers */

/* A folder of this test: a git work tree "shop" with a folder "src" in it. */
struct place {
	char	 top[64];
	char	 src[96];
};

static void
write_file(const char *folder, const char *name, const char *text)
{
	char path[160];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	cr_assert_not_null(f, "%s: %s", path, strerror(errno));
	fputs(text, f);
	fclose(f);
}

static void
place_init(struct place *p)
{
	const char *tmp = getenv("TMPDIR");
	char path[128];

	snprintf(p->top, sizeof p->top, "%.32s/lotop-apps.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	cr_assert_not_null(mkdtemp(p->top), "%s", strerror(errno));
	snprintf(p->src, sizeof p->src, "%s/shop/src", p->top);
	snprintf(path, sizeof path, "%s/shop", p->top);
	cr_assert_eq(mkdir(path, 0755), 0);
	cr_assert_eq(mkdir(p->src, 0755), 0);
	snprintf(path, sizeof path, "%s/shop/.git", p->top);
	cr_assert_eq(mkdir(path, 0755), 0);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void
place_done(const struct place *p)
{
	nftw(p->top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Is there such a program? */
static bool
has_program(const char *name)
{
	const char *path = getenv("PATH");
	char *list = strdup(path != NULL ? path : "/usr/bin:/bin"), *left = list, *dir;
	bool found = false;

	while (!found && (dir = strsep(&left, ":")) != NULL) {
		char full[4200];

		snprintf(full, sizeof full, "%.4000s/%s", dir, name);
		found = access(full, X_OK) == 0;
	}
	free(list);
	return found;
}

/* Starts it in that folder, without output; it ends with the test. */
static pid_t
start(const char *folder, const char *const argv[])
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		if (chdir(folder) == 0)
			execvp(argv[0], (char *const *)argv);
		_exit(126);
	}
	return pid;
}

static void
stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
wait_for_port(void)
{
	struct run r;

	run_lotop(NULL, ARGS("wait", "--timeout", "60", "8101"), &r);
	cr_assert_eq(r.status, 0, "nothing listens: %s", r.err);
	run_done(&r);
}

/* The only row that a filter leaves. The caller has a reference to the rows. */
static json_t *
only_row(json_t *rows)
{
	cr_assert_eq(json_array_size(rows), 1, "%zu rows", json_array_size(rows));
	return json_array_get(rows, 0);
}

static void
expect_app(const char *what, const char *want)
{
	json_t *rows = cli_rows(ARGS("-l", "-p", "8101"));
	const json_t *row = only_row(rows);
	const char *app = cli_text(row, "app"), *process = cli_text(row, "process");

	if (want == NULL)
		want = process;
	cr_expect(app != NULL && want != NULL && strcmp(app, want) == 0, "%s: app %s", what, app);
	cr_expect_str_eq(cli_text(row, "project"), "shop", "%s: project %s", what,
	    cli_text(row, "project"));
	json_decref(rows);
}

/* --------------------------------------------------------------------- names */

#define PYTHON	"import socket, time\n"				\
		"s = socket.create_server(('127.0.0.1', 8101))\n"	\
		"time.sleep(1000)\n"

static const struct program {
	const char *const argv[8];
	const char *app;	/* NULL: its comm */
} programs[] = {
	{ { "python3", "-m", "http.server", "--bind", "127.0.0.1", "8101" }, "http.server" },
	{ { "python3", "-u", "-X", "dev", "./server.py" }, "server.py" },
	{ { "python3", "-c", PYTHON }, NULL },
	{ { "node", "--no-warnings", "server.js" }, "server.js" },
	{ { "node", "-e", "require('net').createServer().listen(8101, '127.0.0.1')" }, NULL },
	{ { "perl", "-w", "server.pl" }, "server.pl" },
	{ { "ruby", "server.rb" }, "server.rb" },
	{ { "php", "-S", "127.0.0.1:8101" }, "php -S" },
	{ { "sh", "-c", "exec python3 server.py" }, "server.py" },
};

static void
write_servers(const struct place *p)
{
	write_file(p->src, "server.py", PYTHON);
	write_file(p->src, "server.js",
	    "require('net').createServer().listen(8101, '127.0.0.1')\n");
	write_file(p->src, "server.pl",
	    "use IO::Socket::INET;\n"
	    "my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 8101,\n"
	    "    Listen => 5, ReuseAddr => 1) or die;\n"
	    "sleep 1000;\n");
	write_file(p->src, "server.rb",
	    "require 'socket'\ns = TCPServer.new('127.0.0.1', 8101)\nsleep\n");
}

Test(apps, are_the_script_behind_the_interpreter)
{
	struct place p;
	size_t tried = 0;

	place_init(&p);
	write_servers(&p);
	for (size_t i = 0; i < CLI_ARRAY_SIZE(programs); i++) {
		const char *const *argv = programs[i].argv;
		pid_t pid;

		if (!has_program(argv[0]) ||
		    (strcmp(argv[0], "sh") == 0 && !has_program("python3"))) {
			fprintf(stderr, "skipped: %s is not installed\n", argv[0]);
			continue;
		}
		tried++;
		pid = start(p.src, argv);
		wait_for_port();
		expect_app(argv[1], programs[i].app);
		stop(pid);
	}
	place_done(&p);
	if (tried == 0)
		CLI_SKIP("no interpreter of any language is installed");
}

static int
connect_to_server(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(PORT),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_geq(fd, 0);
	cr_assert_eq(connect(fd, (struct sockaddr *)&a, sizeof a), 0, "%s", strerror(errno));
	return fd;
}

Test(apps, of_the_other_end_and_in_filters)
{
	struct place p;
	json_t *rows;
	pid_t pid;
	int fd;

	if (!has_program("python3"))
		CLI_SKIP("python3 is not installed");
	place_init(&p);
	pid = start(p.src, programs[0].argv);
	wait_for_port();
	fd = connect_to_server();

	rows = cli_rows(ARGS("app:http.server", "state:listen"));
	cr_expect_eq(cli_number(only_row(rows), "lport"), PORT);
	json_decref(rows);
	rows = cli_rows(ARGS("project:shop", "not", "peer_app:none"));
	json_decref(rows);
	rows = cli_rows(ARGS("peer_app:http.server"));
	cr_expect_eq(cli_number(only_row(rows), "rport"), PORT);
	cr_expect_eq(cli_number(only_row(rows), "peer_pid"), pid);
	json_decref(rows);
	rows = cli_rows(ARGS("-l", "http.server"));
	cr_expect_eq(json_array_size(rows), 1, "a bare word looks into app");
	json_decref(rows);

	close(fd);
	stop(pid);
	place_done(&p);
}

/* ------------------------------------------------------------ control groups */

/* Where cgroup2 is mounted, or false. */
static bool
find_cgroup2(char path[256])
{
	FILE *f = fopen("/proc/self/mountinfo", "r");
	char line[4096];
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
		found = strstr(line, " - cgroup2 ") != NULL &&
		    sscanf(line, "%*s %*s %*s %*s %255s", path) == 1;
	if (f != NULL)
		fclose(f);
	return found;
}

/* A listener of a process in that control group; it says when it is there. */
static pid_t
listen_in(const char *group)
{
	char procs[400];
	int ready[2];
	char byte;
	pid_t pid;

	cr_assert_eq(pipe(ready), 0);
	snprintf(procs, sizeof procs, "%s/cgroup.procs", group);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		int fd = open(procs, O_WRONLY);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (fd < 0 || write(fd, "0", 1) != 1)
			_exit(1);
		cli_listen(PORT);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(ready[0]);
	return pid;
}

/* The unit is known of a process that may be seen, and of a socket whose process may not. */
Test(apps, control_groups_name_the_unit)
{
	static const uid_t users[] = { 0, RUN_NOBODY };
	char mount[256], group[320];
	pid_t pid;

	if (!find_cgroup2(mount))
		CLI_SKIP("cgroup2 is not mounted");
	snprintf(group, sizeof group, "%s/lotop-test-%d.service", mount, (int)getpid());
	if (mkdir(group, 0755) < 0)
		CLI_SKIP("no control group can be made: %s", strerror(errno));
	pid = listen_in(group);
	if (pid < 0) {
		rmdir(group);
		CLI_SKIP("a process cannot be moved to another control group");
	}
	for (size_t i = 0; i < CLI_ARRAY_SIZE(users) && run_may_be(users[i]); i++) {
		const struct run_how how = { .uid = users[i] };
		json_t *doc = cli_document(&how, ARGS("-l", "-p", "8101"));
		const json_t *row = only_row(json_object_get(doc, "sockets"));

		cr_expect_eq(cli_number(row, "pid"), users[i] == 0 ? pid : -1);
		cr_expect_str_eq(cli_text(row, "unit"), strrchr(group, '/') + 1, "as %d: %s",
		    (int)users[i], cli_text(row, "unit"));
		cr_expect_null(cli_text(row, "container"));
		json_decref(doc);
	}
	stop(pid);
	rmdir(group);
}

Test(apps, a_process_has_a_control_group)
{
	int fd = cli_listen(PORT);
	json_t *rows = cli_rows(ARGS("-l", "-p", "8101"));
	const char *cgroup = cli_text(only_row(rows), "cgroup");

	if (access("/proc/self/cgroup", R_OK) == 0)
		cr_expect(cgroup != NULL && cgroup[0] == '/', "%s", cgroup);
	json_decref(rows);
	close(fd);
}
