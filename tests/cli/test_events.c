/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* lotop events: a line for what opens, changes and closes, and none for what does not. */

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

TestSuite(events, .init = cli_enter, .timeout = 120);

#define PROBE 20999	/* a port that only start() uses */

/* A lotop that watches, and all that it has said. */
struct watching {
	pid_t  pid;
	int    fd;
	char   said[1 << 18];
	size_t len;
};

static struct watching w;

static void
read_some(int timeout_ms)
{
	struct pollfd p = { .fd = w.fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, timeout_ms) <= 0)
		return;
	n = read(w.fd, w.said + w.len, sizeof w.said - 1 - w.len);
	w.len += n > 0 ? (size_t)n : 0;
	w.said[w.len] = '\0';
}

/* It looks from when it tells of a socket that comes and goes. */
static void
start(const char *const options[])
{
	const char *argv[16] = { "lotop", "events" };
	int64_t end = run_now_ms() + RUN_DEADLINE_MS;
	char probe[32];
	int fds[2];

	for (size_t i = 0; options[i]; i++)
		argv[i + 2] = options[i];
	memset(&w, 0, sizeof w);
	cr_assert_eq(pipe(fds), 0);
	w.pid = fork();
	if (w.pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execve(run_lotop_path(), (char *const *)argv, run_environment(NULL));
		_exit(127);
	}
	close(fds[1]);
	w.fd = fds[0];
	snprintf(probe, sizeof probe, "%d", PROBE);
	while (!strstr(w.said, probe)) {
		int fd = cli_listen(PROBE);

		cr_assert_lt(run_now_ms(), end, "%s", w.said);
		read_some(300);
		close(fd);
	}
}

static void
stop(void)
{
	kill(w.pid, SIGTERM);
	waitpid(w.pid, NULL, 0);
	close(w.fd);
}

/* A whole line of ndjson with this event and local port: a reference, or NULL. */
static json_t *
find_event(const char *event, int port)
{
	const char *at = w.said;

	for (const char *nl; (nl = strchr(at, '\n')); at = nl + 1) {
		json_t *o = json_loadb(at, (size_t)(nl - at), JSON_REJECT_DUPLICATES, NULL);

		cr_assert_not_null(o, "no JSON: %.200s", at);
		if (strcmp(cli_text(o, "event"), event) == 0 && cli_number(o, "lport") == port)
			return o;
		json_decref(o);
	}
	return NULL;
}

static json_t *
await_event(const char *event, int port)
{
	int64_t end = run_now_ms() + RUN_DEADLINE_MS;
	json_t *o;

	while (!(o = find_event(event, port))) {
		cr_assert_lt(run_now_ms(), end, "no %s of %d in\n%s", event, port, w.said);
		read_some(100);
	}
	return o;
}

static size_t
count_events(const char *event, int port)
{
	char what[64], where[64];
	size_t n = 0;

	snprintf(what, sizeof what, "\"event\": \"%s\"", event);
	snprintf(where, sizeof where, "\"lport\": %d,", port);
	for (char *at = w.said, *nl; (nl = strchr(at, '\n')); at = nl + 1) {
		*nl = '\0';
		n += strstr(at, what) && strstr(at, where);
		*nl = '\n';
	}
	return n;
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

Test(events, a_life_is_told_with_owner_and_totals)
{
	char buf[2000] = "";
	int listener, client, server, port;
	json_t *o;

	start(ARGS("-o", "ndjson", "-d", "0.1"));
	listener = cli_listen(20001);
	o = await_event("open", 20001);
	cr_expect_eq(cli_number(o, "pid"), getpid());
	cr_expect_str_eq(cli_text(o, "state"), "LISTEN");
	json_decref(o);

	client = connect_to(20001);
	server = accept(listener, NULL, NULL);
	port = port_of(client);
	o = await_event("open", port);
	cr_expect_str_eq(cli_text(o, "raddr"), "127.0.0.1");
	cr_expect_eq(cli_number(o, "rport"), 20001);
	json_decref(o);

	cr_assert_eq(write(client, buf, sizeof buf), (ssize_t)sizeof buf);
	cr_assert_eq(recv(server, buf, sizeof buf, MSG_WAITALL), (ssize_t)sizeof buf);
	shutdown(client, SHUT_WR);
	json_decref(await_event("state", port));
	close(client);
	close(server);
	o = await_event("close", port);
	cr_expect_eq(cli_number(o, "tx_total"), (json_int_t)sizeof buf);
	cr_expect_eq(cli_number(o, "pid"), getpid(), "the last owner is remembered");
	cr_expect(json_number_value(json_object_get(o, "age")) > 0);
	json_decref(o);

	close(listener);
	for (int64_t end = run_now_ms() + RUN_DEADLINE_MS; count_events("close", 20001) < 2;) {
		cr_assert_lt(run_now_ms(), end, "%s", w.said);
		read_some(100);
	}
	cr_expect_eq(count_events("open", port), 1);
	cr_expect_eq(count_events("close", port), 1);
	cr_expect_eq(count_events("close", 20001), 2, "server and listener, no TIME_WAIT");
	stop();
}

/* No snapshot falls into its life; the kernel announces it, where it may. */
Test(events, what_lives_between_two_looks_is_seen)
{
	int listener = cli_listen(20002), client, server, port;
	json_t *o;

	start(ARGS("-o", "ndjson", "-d", "3600"));
	client = connect_to(20002);
	server = accept(listener, NULL, NULL);
	port = port_of(client);
	close(client);
	close(server);
	json_decref(await_event("open", port));
	o = await_event("close", port);
	cr_expect_eq(json_object_get(o, "pid"), json_null(), "nobody is guessed");
	json_decref(o);
	close(listener);
	stop();
}

Test(events, what_was_there_is_no_event_and_time_wait_ends_in_silence)
{
	int listener = cli_listen(20003), client = connect_to(20003);
	int server = accept(listener, NULL, NULL), port = port_of(client), probe;

	start(ARGS("-o", "ndjson", "-d", "0.1"));
	cr_expect_eq(count_events("open", 20003), 0, "%s", w.said);
	cr_expect_eq(count_events("open", port), 0);
	close(client);
	close(server);
	json_decref(await_event("close", port));
	/* Now the client's end is in TIME_WAIT: two more looks say nothing of it. */
	for (int i = 0; i < 2; i++) {
		probe = cli_listen((uint16_t)(20004 + i));
		json_decref(await_event("open", 20004 + i));
		close(probe);
	}
	cr_expect_eq(count_events("close", port), 1);
	cr_expect_eq(count_events("open", port), 0);
	cr_expect_eq(count_events("state", port), 0);
	close(listener);
	stop();
}

/* Hundreds of others come and go: a dump may pass over one that stays. */
Test(events, what_stays_is_never_said_to_close)
{
	enum { STAY = 200, CHURN = 2000 };
	int listener = cli_listen(20006), stay[STAY];
	json_t *o;

	for (int i = 0; i < STAY; i++) {
		stay[i] = connect_to(20006);
		close(accept(listener, NULL, NULL) < 0 ? -1 : dup(stay[i]));
	}
	start(ARGS("-o", "ndjson", "-d", "0.1", "-p", "20006,20999"));
	for (int i = 0; i < CHURN; i++) {
		int client = connect_to(20006), server = accept(listener, NULL, NULL);

		close(server);
		close(client);
		if (i % 50 == 0)
			read_some(0);
	}
	close(listener);
	o = await_event("close", 20006);
	json_decref(o);
	for (int i = 0; i < STAY; i++)
		cr_expect_eq(count_events("close", port_of(stay[i])), 0);
	stop();
}

Test(events, filters_and_options_choose)
{
	int fds[2];

	start(ARGS("-o", "ndjson", "-d", "0.1", "-l", "lport:20007,20999"));
	fds[0] = cli_listen(20008);
	fds[1] = cli_listen(20007);
	json_decref(await_event("open", 20007));
	cr_expect_eq(count_events("open", 20008), 0);
	close(fds[0]);
	close(fds[1]);
	stop();
}

Test(events, a_table_and_csv_have_a_header)
{
	struct run r;
	struct csv csv;

	run_lotop(NULL, ARGS("events", "-d", "0.1", "-n", "1"), &r);
	cr_expect_eq(r.status, 1, "nothing happened");
	cr_expect_eq(strncmp(r.out, "TIME ", 5), 0, "%s", r.out);
	run_done(&r);
	run_lotop(NULL, ARGS("events", "-d", "0.1", "-n", "1", "-H"), &r);
	cr_expect_eq(r.out_len, 0);
	run_done(&r);
	run_lotop(NULL, ARGS("events", "-d", "0.1", "-n", "1", "-o", "csv", "-c", "lport,pid"), &r);
	cr_assert(csv_parse(r.out, r.out_len, &csv));
	cr_expect_str_eq(csv_field(&csv, 0, 0), "time");
	cr_expect_str_eq(csv_field(&csv, 0, 1), "event");
	cr_expect_str_eq(csv_field(&csv, 0, 3), "lport");
	csv_done(&csv);
	run_done(&r);
	run_lotop(NULL, ARGS("events", "-o", "json"), &r);
	cr_expect_eq(r.status, 2);
	run_done(&r);
}

static size_t
count_in(const char *line, const char *word)
{
	size_t n = 0;

	for (; (line = strstr(line, word)); line += strlen(word))
		n++;
	return n;
}

/* A name twice would be one value of two to whoever reads records by their names. */
Test(events, csv_has_the_age_once_where_the_user_names_it)
{
	struct run r;

	run_lotop(NULL, ARGS("events", "-d", "0.1", "-n", "1", "-o", "csv"), &r);
	cr_expect_eq(strncmp(r.out, "time,event,age,proto,", 21), 0, "%s", r.out);
	cr_expect_eq(count_in(r.out, ",age,"), 1, "%s", r.out);
	run_done(&r);
	run_lotop(NULL, ARGS("events", "-d", "0.1", "-n", "1", "-o", "csv", "-c", "lport,age,pid"), &r);
	cr_expect_str_eq(r.out, "time,event,lport,age,pid\r\n");
	run_done(&r);
}

static const char *
await_text(const char *text)
{
	int64_t end = run_now_ms() + RUN_DEADLINE_MS;
	const char *at;

	while (!(at = strstr(w.said, text))) {
		cr_assert_lt(run_now_ms(), end, "no %s in\n%s", text, w.said);
		read_some(100);
	}
	return at + strlen(text);
}

Test(events, csv_tells_the_age_of_a_close_in_milliseconds_wherever_it_is)
{
	const char *age;
	int fd;

	start(ARGS("-d", "0.1", "-o", "csv", "-c", "lport,age"));
	fd = cli_listen(20017);
	await_text(",open,20017,0\r\n");
	close(fd);
	age = await_text(",close,20017,");
	cr_expect_eq(age[strspn(age, "0123456789")], '.', "%s", age);
	cr_expect_eq(strcspn(strchr(age, '.'), "\r"), 4, "%s", age);
	stop();
}

/* Sends 100 bytes one way and 500 the other. */
static void
talk(int client, int server)
{
	char buf[500] = "";

	cr_assert_eq(send(client, buf, 100, 0), 100);
	cr_assert_eq(recv(server, buf, 100, MSG_WAITALL), 100);
	cr_assert_eq(send(server, buf, 500, 0), 500);
	cr_assert_eq(recv(client, buf, 500, MSG_WAITALL), 500);
}

static void
expect_totals(const char *what, int port, json_int_t rx, json_int_t tx)
{
	json_t *o = await_event("close", port);

	cr_expect_eq(cli_number(o, "rx_total"), rx, "%s: received %d", what,
	    (int)cli_number(o, "rx_total"));
	cr_expect_eq(cli_number(o, "tx_total"), tx, "%s: sent %d", what,
	    (int)cli_number(o, "tx_total"));
	json_decref(o);
}

/* The kernel counts a FIN that came as a byte received, and says not whether one came. */
Test(events, a_fin_is_no_byte_of_the_totals)
{
	int listener = cli_listen(20010), client, server, port;

	start(ARGS("-o", "ndjson", "-d", "3600"));
	client = connect_to(20010);
	server = accept(listener, NULL, NULL);
	port = port_of(client);
	talk(client, server);
	close(client);			/* it ends before a FIN comes */
	expect_totals("the first to close", port, 500, 100);
	close(server);
	expect_totals("the second", 20010, 100, 500);
	close(listener);
	stop();
}

/* What is wiped at a reset is not known: neither 0 nor an address of everybody. */
Test(events, of_a_reset_only_facts_are_told)
{
	const struct linger reset = { .l_onoff = 1 };
	int listener = cli_listen(20011), client, server, port;
	json_t *o;

	start(ARGS("-o", "ndjson", "-d", "3600"));
	client = connect_to(20011);
	server = accept(listener, NULL, NULL);
	port = port_of(client);
	talk(client, server);
	setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(client);
	o = await_event("close", port);
	cr_expect(json_is_null(json_object_get(o, "rx_total")));
	cr_expect(json_is_null(json_object_get(o, "laddr")));
	cr_expect(json_is_null(json_object_get(o, "rport")));
	cr_expect_str_eq(cli_text(o, "raddr"), "127.0.0.1");
	cr_expect(json_is_null(json_object_get(o, "state")));
	json_decref(o);
	close(server);
	close(listener);
	stop();
}

/* On a wildcard address, with a narrow choice: it held a port all the same. */
Test(events, a_short_lived_listener_is_one)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(20012) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	start(ARGS("-o", "ndjson", "-d", "3600", "-l"));
	cr_assert_eq(bind(fd, (const struct sockaddr *)&any, sizeof any), 0);
	cr_assert_eq(listen(fd, 1), 0);
	close(fd);
	json_decref(await_event("open", 20012));
	json_decref(await_event("close", 20012));
	stop();
}

/* Has the kernel dropped a message for who listens to the destroyed (group 1 and others)? */
static bool
has_dropped(void)
{
	FILE *fp = fopen("/proc/net/netlink", "re");
	unsigned long groups, drops;
	char line[256];
	bool ret = false;

	cr_assert_not_null(fp);
	while (fgets(line, sizeof line, fp))
		ret |= sscanf(line, "%*s 4 %*s %lx %*s %*s %*s %*s %lu", &groups, &drops) == 2 &&
		    groups & 1 && drops > 0;
	fclose(fp);
	return ret;
}

static void
come_and_go(int times)
{
	struct sockaddr_in any = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	while (times-- > 0) {
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		cr_assert_eq(bind(fd, (const struct sockaddr *)&any, sizeof any), 0);
		close(fd);
	}
}

/* More ends than the kernel keeps for a reader that does not read. */
Test(events, what_the_kernel_lost_is_said_and_looked_at_anew)
{
	int64_t end;
	int kept;

	start(ARGS("-o", "ndjson", "-d", "3600", "-p", "20013,20999"));
	kept = cli_listen(20013);
	kill(w.pid, SIGSTOP);
	for (end = run_now_ms() + RUN_DEADLINE_MS; !has_dropped();) {
		cr_assert_lt(run_now_ms(), end, "the kernel keeps everything");
		come_and_go(1000);
	}
	kill(w.pid, SIGCONT);
	json_decref(await_event("open", 20013));	/* an hour before its time */
	cr_expect_not_null(strstr(w.said, "\"event\": \"lost\""), "%s", w.said);
	close(kept);
	stop();
}

/* Anybody may hear what is destroyed; whose it is, is another matter. */
Test(events, an_ordinary_user_hears_the_kernel_too)
{
	const struct run_how how = { .uid = RUN_NOBODY };
	struct run r;

	if (!run_may_be(RUN_NOBODY))
		CLI_SKIP("no second user here");
	run_lotop(&how, ARGS("events", "-d", "0.1", "-n", "1"), &r);
	cr_expect_eq(r.status, 1, "%d", r.status);
	cr_expect_null(strstr(r.err, "does not announce"), "%s", r.err);
	run_done(&r);
}

/* Nothing happens, so nothing is written: it goes all the same. */
Test(events, a_reader_that_leaves_a_quiet_one_ends_it)
{
	int64_t end = run_now_ms() + RUN_DEADLINE_MS;
	int status;

	start(ARGS("-d", "3600", "-t", "lport:20999"));
	close(w.fd);
	while (waitpid(w.pid, &status, WNOHANG) == 0) {
		cr_assert_lt(run_now_ms(), end);
		poll(NULL, 0, 10);
	}
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%d", status);
}

Test(events, a_reader_that_leaves_ends_it)
{
	int64_t end;
	int status;

	start(ARGS("-d", "0.1"));
	close(w.fd);
	end = run_now_ms() + RUN_DEADLINE_MS;
	while (waitpid(w.pid, &status, WNOHANG) == 0) {
		cr_assert_lt(run_now_ms(), end);
		close(cli_listen(20009));
	}
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%d", status);
}
