/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A developer's machine (tests/helpers/demo.c) on 80 columns and 24 lines: each view has
 * what a person looks for there, and none of it is cut.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"

TestSuite(width80, .init = stage_enter, .timeout = 120);

/* The demo, in a folder of its own. */
static struct {
	char  folder[64];
	pid_t pid;
	int   life;
} demo;

/* Beside mksock. */
static void
run_demo(int in, int out)
{
	char path[4096];
	const char *mksock = run_mksock_path(), *slash = strrchr(mksock, '/');

	snprintf(path, sizeof path, "%.*s/demo", slash ? (int)(slash - mksock) : 1, slash ? mksock : ".");
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execl(path, path, demo.folder, NULL);
	_exit(127);
}

static void
start_demo(void)
{
	char said[8] = "";
	int in[2], out[2];

	snprintf(demo.folder, sizeof demo.folder, "/tmp/lotop-width80.XXXXXX");
	cr_assert_not_null(mkdtemp(demo.folder));
	cr_assert(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	demo.pid = fork();
	cr_assert_geq(demo.pid, 0);
	if (demo.pid == 0)
		run_demo(in[0], out[1]);
	close(in[0]);
	close(out[1]);
	demo.life = in[1];
	cr_assert_eq(read(out[0], said, sizeof said - 1), 6, "the demo is not ready");
	close(out[0]);
}

/* Its actors end with it. */
static void
end_demo(void)
{
	char remove[80];

	kill(demo.pid, SIGKILL);
	waitpid(demo.pid, NULL, 0);
	close(demo.life);
	snprintf(remove, sizeof remove, "rm -rf %s", demo.folder);
	cr_expect_eq(system(remove), 0);
}

/* lotop in that view, when no row is new any more. */
static struct pty *
open_view(const char *keys)
{
	struct pty *p = stage_lotop_plain(NULL, "-d 0.5");

	pty_expect_row(p, "^ !  5432 ");
	pty_key(p, keys);
	return p;
}

/* Not one of the rows is cut; titles are above them. */
static void
expect_whole(struct pty *p)
{
	for (int y = 3; y < pty_rows(p) - 2; y++)
		cr_expect_null(strstr(pty_row(p, y), "…"), "row %d is cut\n%s", y, pty_dump(p));
}

static void
expect_rows(struct pty *p, const char *const rows[])
{
	for (size_t i = 0; rows[i]; i++)
		pty_expect_row(p, rows[i]);
	expect_whole(p);
}

#define ROWS(...)	((const char *const []){ __VA_ARGS__, NULL })
#define RATE		" +[0-9.]+[KM]?"

Test(width80, header_has_counts_rates_and_warnings)
{
	struct pty *p;

	start_demo();
	p = open_view("2");
	pty_expect_row(p, "^lotop .* 8 listening, 1 exposed · 1[34] connections .*[0-9]:[0-9]{2}$");
	pty_expect_row(p, "^rx" RATE "/s  tx" RATE "/s .*  ! 1 queue full  ! 1 split port .*every [0-9.]+ s$");
	pty_free(p);
	end_demo();
}

Test(width80, listeners_have_app_project_process_clients_queue_and_rate)
{
	struct pty *p;

	start_demo();
	p = open_view("2");
	expect_rows(p, ROWS("^   PORT▲ ADDRESS +APP +PROJECT +PID CLIENTS +QUEUE +RX/s",
	    "^    3000 127.0.0.1 next dev +shop-web +[0-9]+ +[34] +0/511" RATE,
	    "^    5173 ::1 +vite +shop-admin +[0-9]+ +1 +0/511" RATE,
	    "^ !  5432 [*] +postgres +data +[0-9]+ +3 +0/200" RATE,
	    "^ !  6379 127.0.0.1 redis-server +data +[0-9]+ +5 ▇▇▇▇4/4" RATE,
	    "^ !  8080 127.0.0.1 app.jar +billing +[0-9]+ +1 +0/100" RATE,
	    "^ !  8080 ::1 +http.server +docs +[0-9]+ +0 +0/5 +0",
	    "^    9229 127.0.0.1 next dev +shop-web +[0-9]+ +0 +0/128 +0",
	    "^ ~ 49342 127.0.0.1 worker.js +shop-api +[0-9]+ +0 +0/128 +0",
	    "^ 8 of 8 .*~ ephemeral port    e folds them$"));
	pty_free(p);
	end_demo();
}

Test(width80, tree_has_clients_with_process_state_and_rate)
{
	struct pty *p;

	start_demo();
	p = open_view("t");
	expect_rows(p, ROWS("^      PORT▲ ADDRESS +APP +PROJECT +PID CLIENTS +QUEUE +RX/s",
	    "^  ▾    3000 127.0.0.1 next dev +shop-web +[0-9]+ +[34] +0/511" RATE,
	    "^    ├ [0-9]+ +chrome +home +[0-9]+ ESTABLISHED" RATE,
	    "^    └ [0-9]+ +chrome +home +[0-9]+ ESTABLISHED" RATE,
	    "^ !▾    5432 [*] +postgres +data +[0-9]+ +3 +0/200" RATE,
	    "^    ├ [0-9]+ +worker.js +shop-api +[0-9]+ ESTABLISHED" RATE));
	pty_free(p);
	end_demo();
}

Test(width80, connections_have_both_processes_state_and_both_rates)
{
	struct pty *p;

	start_demo();
	p = open_view("3");
	expect_rows(p, ROWS("^   CLIENT +→ SERVER▲ +STATE +RX/s TX/",
	    "^   chrome [0-9]+ :[0-9]+ +→ next dev [0-9]+ :3000 +ESTABLISHED" RATE RATE,
	    "^   worker.js [0-9]+ :[0-9]+ +→ app.jar [0-9]+ :8080 +ESTABLISHED" RATE RATE,
	    "^   psql [0-9]+ :[0-9]+ +→ postgres [0-9]+ :5432 +ESTABLISHED" RATE RATE,
	    "^   redis-cli [0-9]+ :[0-9]+ +→ redis-server [0-9]+ :6379 +ESTABLISHED" RATE RATE,
	    "^   redis-cli [0-9]+ :[0-9]+ +→ \\(in accept queue\\) :6379 +ESTABLISHED +0 +0"));
	pty_free(p);
	end_demo();
}

Test(width80, processes_have_ports_connections_and_both_rates)
{
	struct pty *p;

	start_demo();
	p = open_view("4");
	expect_rows(p, ROWS("^ +PID USER +APP +PROJECT +LISTENS▲ +CONNS RX/s TX/s$",
	    "^  ▸ +[0-9]+ root next dev +shop-web +3000 9229 +[34]" RATE RATE "$",
	    "^ !▸ +[0-9]+ root postgres +data +5432 +3" RATE RATE "$",
	    "^ !▸ +[0-9]+ root redis-server +data +6379 +1" RATE RATE "$",
	    "^  ▸ +[0-9]+ root worker.js +shop-api +49342 +4" RATE RATE "$",
	    "^  ▸ +\\(in accept queue\\) +4 +0 +0$"));
	pty_key(p, "Home Right");
	expect_rows(p, ROWS("^  ▾ +[0-9]+ root next dev ", "^ +3000 127.0.0.1 LISTEN [34] clients",
	    "^ +9229 127.0.0.1 LISTEN", "^ +3000 127.0.0.1 ESTABLISHED ← chrome [0-9]+ :[0-9]+ "));
	pty_free(p);
	end_demo();
}

Test(width80, all_sockets_have_peer_state_app_process_and_rates)
{
	struct pty *p;

	start_demo();
	p = open_view("1");
	expect_rows(p, ROWS("^   PORT▲ ADDRESS +PEER +STATE +APP +PID RX/s TX/",
	    "^    3000 127.0.0.1 +LISTEN +next dev +[0-9]+" RATE RATE,
	    "^    3000 127.0.0.1 127.0.0.1:[0-9]+ +ESTABLISHED next dev +[0-9]+" RATE RATE,
	    "^    5173 ::1 +\\[::1\\]:[0-9]+ +ESTABLISHED vite +[0-9]+" RATE RATE));
	pty_free(p);
	end_demo();
}

/* The demo's curl comes and goes. Its port, then process ids, are left out where there is no room for them. */
Test(width80, events_have_time_both_processes_and_totals)
{
	struct pty *p;

	start_demo();
	p = open_view("5");
	expect_rows(p, ROWS("^ [0-9:]{8}   connect  curl [0-9]+ :[0-9]+ → next dev [0-9]+ :3000",
	    "^ [0-9:]{8} - closed   curl( [0-9]+)? → next dev( [0-9]+)? :3000 +[0-9.]+K? in, [0-9.]+K? out +after [0-9.]+s$"));
	pty_free(p);
	end_demo();
}
