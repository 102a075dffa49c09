/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop list, again and again: totals are exact, and rates are what was moved between two looks. */

#include <arpa/inet.h>
#include <math.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "helpers/actor.h"

TestSuite(rates, .init = cli_enter, .timeout = 120);

#define PORT   7000
#define OFTEN  "0.3"	/* seconds between two looks */
#define TOLERANCE 0.05

/* A lotop that looks again and again, and what it said last. */
static struct {
	pid_t   pid;
	FILE   *out;
	json_t *last;
	double  at;		/* seconds, by its own clock */
	double  interval;	/* since the one before */
} looking;

static double
seconds_of(const char *rfc3339)
{
	struct tm tm = { 0 };
	const char *rest = strptime(rfc3339, "%Y-%m-%dT%H:%M:%S", &tm);

	cr_assert_not_null(rest, "%s", rfc3339);
	return (double)timegm(&tm) + strtod(rest, NULL);
}

static void
next_look(void)
{
	struct pollfd p = { .fd = fileno(looking.out), .events = POLLIN };
	char *line = NULL;
	size_t cap = 0;
	double before = looking.at;

	cr_assert_eq(poll(&p, 1, RUN_DEADLINE_MS), 1, "it does not look again");
	cr_assert_gt(getline(&line, &cap, looking.out), 0);
	json_decref(looking.last);
	looking.last = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(looking.last, "no JSON: %.200s", line);
	free(line);
	looking.at = seconds_of(json_string_value(json_object_get(looking.last, "time")));
	looking.interval = looking.at - before;
}

static void
begin(const char *const filter[])
{
	const char *argv[16] = { "lotop", "list", "-o", "json", "-d", OFTEN };
	int fds[2];

	for (size_t i = 0; filter[i]; i++)
		argv[i + 6] = filter[i];
	cr_assert_eq(pipe(fds), 0);
	looking.pid = fork();
	if (looking.pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execve(run_lotop_path(), (char *const *)argv, run_environment(NULL));
		_exit(127);
	}
	close(fds[1]);
	looking.out = fdopen(fds[0], "r");
	setvbuf(looking.out, NULL, _IONBF, 0);	/* what poll(2) says is all there is */
	next_look();
}

static void
end(void)
{
	kill(looking.pid, SIGTERM);
	waitpid(looking.pid, NULL, 0);
	fclose(looking.out);
	json_decref(looking.last);
	memset(&looking, 0, sizeof looking);
}

/* The row with this local port and state, or NULL. */
static const json_t *
row(int port, const char *state)
{
	const json_t *s;
	size_t i;

	json_array_foreach(json_object_get(looking.last, "sockets"), i, s)
		if (cli_number(s, "lport") == port && strcmp(cli_text(s, "state"), state) == 0)
			return s;
	return NULL;
}

static double
moved(const json_t *socket, const char *rate)
{
	json_int_t n = socket ? cli_number(socket, rate) : 0;

	return n > 0 ? (double)n * looking.interval : 0;
}

static int
connect_to(int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(connect(fd, (const struct sockaddr *)&addr, sizeof addr), 0);
	return fd;
}

static int
port_of(int fd)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof addr;

	cr_assert_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	return ntohs(addr.sin_port);
}

/* Sends so many bytes and takes them at the other end, a piece at a time. */
static void
send_through(int from, int to, size_t bytes)
{
	static char piece[4096];

	while (bytes > 0) {
		size_t n = bytes < sizeof piece ? bytes : sizeof piece;

		cr_assert_eq(write(from, piece, n), (ssize_t)n);
		cr_assert_eq(recv(to, piece, n, MSG_WAITALL), (ssize_t)n);
		bytes -= n;
	}
}

struct pair {
	int client;
	int server;
};

static struct pair
open_pair(int listener)
{
	struct pair p = { .client = connect_to(PORT) };

	p.server = accept(listener, NULL, NULL);
	cr_assert_geq(p.server, 0);
	return p;
}

/* The server leaves first, so that both ends end at once and no TIME_WAIT is in the way. */
static void
close_pair(const struct pair *p)
{
	char c;

	shutdown(p->client, SHUT_WR);
	while (read(p->server, &c, 1) > 0)
		;
	close(p->server);
	while (read(p->client, &c, 1) > 0)
		;
	close(p->client);
}

#define expect_near(got, want, what) \
	cr_expect_lt(fabs((got) - (want)), TOLERANCE * (want), "%s: %.0f, not %.0f", what, got, \
	    (double)(want))

Test(rates, are_null_at_the_first_look_and_in_a_single_one)
{
	int listener = cli_listen(PORT);
	struct pair p = open_pair(listener);
	static const char *const keys[] = { "rx", "tx", "age" };
	json_t *rows, *s;
	size_t i;

	send_through(p.client, p.server, 5000);
	begin(NO_ARGS);
	rows = cli_rows(NO_ARGS);
	for (size_t k = 0; k < CLI_ARRAY_SIZE(keys); k++) {
		json_array_foreach(rows, i, s)
			cr_expect(json_is_null(json_object_get(s, keys[k])), "%s", keys[k]);
		json_array_foreach(json_object_get(looking.last, "sockets"), i, s)
			cr_expect(json_is_null(json_object_get(s, keys[k])), "%s", keys[k]);
	}
	next_look();
	cr_expect_eq(cli_number(row(PORT, "LISTEN"), "rx"), 0);
	cr_expect_eq(cli_number(row(PORT, "ESTABLISHED"), "rx"), 0);
	cr_expect_eq(cli_number(row(PORT, "ESTABLISHED"), "rx_total"), 5000);
	end();
	json_decref(rows);
	close_pair(&p);
	close(listener);
}

Test(rates, times_the_interval_are_what_was_moved)
{
	int listener = cli_listen(PORT), port;
	struct pair p = open_pair(listener);
	double client = 0, server = 0, back = 0, sum = 0;
	int64_t deadline = run_now_ms() + RUN_DEADLINE_MS;

	port = port_of(p.client);
	begin(NO_ARGS);
	send_through(p.client, p.server, 400000);
	send_through(p.server, p.client, 90000);
	do {
		next_look();
		client += moved(row(port, "ESTABLISHED"), "tx");
		back += moved(row(port, "ESTABLISHED"), "rx");
		server += moved(row(PORT, "ESTABLISHED"), "rx");
		sum += moved(row(PORT, "LISTEN"), "rx");
		cr_assert_lt(run_now_ms(), deadline);
	} while (cli_number(row(port, "ESTABLISHED"), "rx_total") < 90000);
	cr_expect_eq(cli_number(row(port, "ESTABLISHED"), "tx_total"), 400000);
	cr_expect_eq(cli_number(row(port, "ESTABLISHED"), "rx_total"), 90000);
	cr_expect_eq(cli_number(row(PORT, "ESTABLISHED"), "rx_total"), 400000);
	cr_expect_eq(cli_number(row(PORT, "ESTABLISHED"), "tx_total"), 90000);
	expect_near(client, 400000, "client sent");
	expect_near(back, 90000, "client received");
	expect_near(server, 400000, "server received");
	expect_near(sum, 400000, "the listener's");
	end();
	close_pair(&p);
	close(listener);
}

/* What the last look has of a connection's end, and the one before had. */
struct end_totals {
	json_int_t rx, tx;
	json_int_t rx_before, tx_before;
};

static void
note_totals(struct end_totals *e, int port)
{
	const json_t *s = row(port, "ESTABLISHED");

	cr_assert_not_null(s, "port %d", port);
	e->rx_before = e->rx;
	e->tx_before = e->tx;
	e->rx = cli_number(s, "rx_total");
	e->tx = cli_number(s, "tx_total");
}

static void
expect_rates(int port, const char *state, const struct end_totals *e)
{
	const json_t *s = row(port, state);
	json_int_t rx = e->rx - e->rx_before, tx = e->tx - e->tx_before;

	cr_expect(rx > 0 && tx > 0, "%s: nothing flows", state);
	expect_near(moved(s, "rx"), (double)rx, "received");
	expect_near(moved(s, "tx"), (double)tx, "sent");
}

/* Of both ends and of the listener, look by look. */
Test(rates, times_the_interval_are_the_difference_of_totals_while_bytes_flow)
{
	struct end_totals client = { 0 }, server = { 0 };
	struct actor web, chrome;
	int listener, ends[2], port;

	actor_start(&web, "web");
	actor_start(&chrome, "chrome");
	listener = actor_listen(&web, "127.0.0.1", PORT, 8);
	ends[0] = actor_connect(&chrome, "127.0.0.1", PORT);
	ends[1] = actor_accept(&web, listener);
	port = actor_port(&chrome, ends[0]);
	actor_drain(&chrome, ends[0]);
	actor_drain(&web, ends[1]);
	actor_pour(&chrome, ends[0], 700);
	actor_pour(&web, ends[1], 3000);
	begin(NO_ARGS);
	next_look();
	note_totals(&client, port);
	note_totals(&server, PORT);
	for (int i = 0; i < 6; i++) {
		next_look();
		note_totals(&client, port);
		note_totals(&server, PORT);
		expect_rates(port, "ESTABLISHED", &client);
		expect_rates(PORT, "ESTABLISHED", &server);
		expect_rates(PORT, "LISTEN", &server);
	}
	end();
	actor_stop(&chrome);
	actor_stop(&web);
}

/* Many clients that come and go between two looks, and one that stays. */
Test(rates, of_a_listener_have_what_came_and_went_between_two_looks)
{
	int listener = cli_listen(PORT);
	struct pair stays = open_pair(listener);
	double rx = 0, tx = 0, last;
	size_t quiet = 0;
	int64_t deadline = run_now_ms() + RUN_DEADLINE_MS;

	begin(ARGS("lport:7000", "state:listen"));	/* whatever is filtered */
	for (size_t i = 0; i < 50; i++) {
		struct pair p = open_pair(listener);

		send_through(p.client, p.server, 10000);
		send_through(p.server, p.client, 2000);
		close_pair(&p);
		send_through(stays.client, stays.server, 1000);
	}
	while (quiet < 2) {	/* looks, after all was said */
		next_look();
		last = rx;
		rx += moved(row(PORT, "LISTEN"), "rx");
		tx += moved(row(PORT, "LISTEN"), "tx");
		quiet = rx > 0 && rx - last < 1 ? quiet + 1 : 0;
		cr_assert_lt(run_now_ms(), deadline, "%.0f", rx);
	}
	expect_near(rx, 50 * (10000 + 1000), "received");
	expect_near(tx, 50 * 2000, "sent");
	end();
	close_pair(&stays);
	close(listener);
}

/* A lotop that was stopped has the rate over the time that it was, and none is absurd. */
Test(rates, survive_a_stop)
{
	int listener = cli_listen(PORT);
	struct pair p = open_pair(listener);
	double sum = 0, longest = 0;
	json_int_t sent = 0;
	const json_t *s;
	int status;
	int64_t deadline = run_now_ms() + RUN_DEADLINE_MS;

	begin(NO_ARGS);
	kill(looking.pid, SIGSTOP);
	cr_assert_eq(waitpid(looking.pid, &status, WUNTRACED), looking.pid);
	for (int64_t until = run_now_ms() + 2000; run_now_ms() < until; sent += 1000)
		send_through(p.client, p.server, 1000);
	kill(looking.pid, SIGCONT);
	do {
		next_look();
		s = row(PORT, "ESTABLISHED");
		cr_expect_geq(cli_number(s, "rx"), 0);
		sum += moved(s, "rx");
		longest = fmax(longest, looking.interval);
		cr_assert_lt(run_now_ms(), deadline);
	} while (cli_number(s, "rx_total") < sent);
	cr_expect_eq(cli_number(s, "rx_total"), sent);
	cr_expect_geq(longest, 1.9, "%.1f", longest);
	expect_near(sum, (double)sent, "received");
	end();
	close_pair(&p);
	close(listener);
}

Test(rates, age_counts_the_seconds_since_the_first_look)
{
	int listener = cli_listen(PORT);
	int64_t deadline = run_now_ms() + RUN_DEADLINE_MS;
	double first, elapsed, age;

	begin(NO_ARGS);
	first = looking.at;
	while (cli_number(row(PORT, "LISTEN"), "age") < 1) {
		next_look();
		cr_assert_lt(run_now_ms(), deadline);
	}
	elapsed = looking.at - first;
	age = (double)cli_number(row(PORT, "LISTEN"), "age");
	cr_expect(age < elapsed + 0.1 && age > elapsed - 1.1, "%.0f after %.3f", age, elapsed);
	end();
	close(listener);
}

/* What is not asked the kernel for cannot be summed: the columns alone decide. */
Test(rates, can_be_columns_sorted_by_and_filtered_by)
{
	int listener = cli_listen(PORT);
	struct pair p = open_pair(listener);
	struct run r;

	run_lotop(NULL, ARGS("list", "-H", "-o", "csv", "-n", "2", "-d", "0.1", "-c", "state,rx,tx,age",
	    "-s", "rx", "rx<1K", "-l"), &r);
	cr_expect_eq(r.status, 0);
	cr_expect_str_eq(r.out, "LISTEN,0,0,0\r\n", "%s", r.out);
	run_done(&r);
	close_pair(&p);
	close(listener);
}
