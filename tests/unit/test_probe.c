/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Services of every temper, on real sockets: what a probe says of each, and what it sends
 * to none of them. Each is a listener of the test itself, served between two turns.
 */

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "act/probe.h"
#include "base/clock.h"

#define MS NS_PER_MS

/* Added to the clock: nobody waits for a deadline. */
static uint64_t skew_ns;

uint64_t
clock_mono_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_SEC + (uint64_t)t.tv_nsec + skew_ns;
}

struct service {
	int         fd;
	int         conn;	/* -1: not accepted yet */
	struct sock sock;
};

static void
serve(struct service *s, int backlog)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof in;

	*s = (struct service){ .conn = -1 };
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(bind(s->fd, (struct sockaddr *)&in, sizeof in), 0);
	cr_assert_eq(listen(s->fd, backlog), 0);
	cr_assert_eq(getsockname(s->fd, (struct sockaddr *)&in, &len), 0);
	s->sock = (struct sock){ .proto = PROTO_TCP, .family = 4, .state = STATE_LISTEN };
	addr_from_v4(s->sock.local.addr, &in.sin_addr);
	s->sock.local.port = ntohs(in.sin_port);
}

static void
stop(struct service *s, struct probe *p)
{
	probe_close(p);
	if (s->conn >= 0)
		close(s->conn);
	if (s->fd >= 0)
		close(s->fd);
}

static void
accept_one(struct service *s)
{
	s->conn = accept(s->fd, NULL, NULL);
	cr_assert_geq(s->conn, 0);
}

/* What came to the service so far. */
static const char *
heard(const struct service *s)
{
	static char buf[512];
	ssize_t n = recv(s->conn, buf, sizeof buf - 1, MSG_DONTWAIT);

	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

/* Turns until it is over; what is awaited comes without a delay, for it was sent. */
static void
finish(struct probe *p)
{
	while (!probe_turn(p)) {
		struct pollfd fd = probe_pollfd(p);

		cr_assert_eq(poll(&fd, 1, 5000), 1, "nothing comes");
	}
}

static void
pass(uint64_t ns)
{
	skew_ns += ns;
}

#define expect_line(p, text) do { \
	cr_expect_eq((p)->outcome, PROBE_SPOKE); \
	cr_expect_eq((p)->len, strlen(text)); \
	cr_expect_eq(memcmp((p)->line, text, strlen(text)), 0, "%.*s", (int)(p)->len, (p)->line); \
} while (0)

Test(probe, listens_to_a_service_that_speaks_first)
{
	struct service s;
	struct probe p;

	serve(&s, 5);
	probe_start(&p, &s.sock, true);
	cr_expect_gt(p.connected_ns, 0, "on the loopback the kernel connects at once");
	accept_one(&s);
	pass(100 * MS);
	cr_expect_not(probe_turn(&p));
	cr_assert_eq(send(s.conn, "SSH-2.0-made\r\nmore", 18, 0), 18);
	finish(&p);
	expect_line(&p, "SSH-2.0-made");
	cr_expect_not(p.asked, "and sends it nothing");
	cr_expect_str_empty(heard(&s));
	cr_expect_geq(p.spoke_ns, 100 * MS);
	cr_expect_eq(p.fd, -1);
	stop(&s, &p);
}

Test(probe, asks_a_silent_one_once_where_it_may)
{
	static const char reply[] = "HTTP/1.0 200 OK\r\nServer: made\r\n\r\n";
	struct service s;
	struct probe p;

	serve(&s, 5);
	probe_start(&p, &s.sock, true);
	accept_one(&s);
	cr_expect_not(probe_turn(&p));
	cr_expect_str_empty(heard(&s), "not before it had time to speak");
	pass(201 * MS);
	cr_expect_not(probe_turn(&p));
	cr_expect(p.asked);
	cr_expect_str_eq(heard(&s), "HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n");
	cr_assert_eq(send(s.conn, reply, sizeof reply - 1, 0), sizeof reply - 1);
	finish(&p);
	expect_line(&p, "HTTP/1.0 200 OK");
	cr_expect_str_empty(heard(&s), "once");
	stop(&s, &p);
}

Test(probe, sends_nothing_where_it_may_not)
{
	struct service s;
	struct probe p;

	serve(&s, 5);
	probe_start(&p, &s.sock, false);
	accept_one(&s);
	cr_expect_not(probe_turn(&p));
	pass(201 * MS);
	cr_expect(probe_turn(&p));
	cr_expect_eq(p.outcome, PROBE_SILENT);
	cr_expect_not(p.asked);
	cr_expect_str_empty(heard(&s));
	stop(&s, &p);
}

Test(probe, gives_up_on_one_that_never_answers)
{
	struct service s;
	struct probe p;

	serve(&s, 5);
	probe_start(&p, &s.sock, true);
	pass(201 * MS);
	cr_expect_not(probe_turn(&p));
	cr_expect(p.asked);
	cr_expect_eq(probe_deadline(&p), p.began_ns + 2000 * MS);
	pass(1700 * MS);
	cr_expect_not(probe_turn(&p));
	pass(100 * MS);
	cr_expect(probe_turn(&p));
	cr_expect_eq(p.outcome, PROBE_SILENT);
	cr_expect_eq(probe_deadline(&p), 0);
	stop(&s, &p);
}

Test(probe, says_when_it_is_closed_without_a_word)
{
	struct service s;
	struct probe p;

	serve(&s, 5);
	probe_start(&p, &s.sock, true);
	accept_one(&s);
	close(s.conn);
	s.conn = -1;
	finish(&p);
	cr_expect_eq(p.outcome, PROBE_CLOSED);
	stop(&s, &p);
}

Test(probe, says_when_it_is_refused)
{
	struct service s;
	struct probe p;

	serve(&s, 5);
	close(s.fd);
	s.fd = -1;
	probe_start(&p, &s.sock, true);
	finish(&p);
	cr_expect_eq(p.outcome, PROBE_FAILED);
	cr_expect_eq(p.err, ECONNREFUSED);
	stop(&s, &p);
}

/* The kernel drops the SYN: only time tells. */
Test(probe, is_late_where_the_queue_is_full)
{
	struct probe fill[2], p;
	struct service s;

	serve(&s, 0);
	probe_start(&fill[0], &s.sock, false);
	probe_start(&fill[1], &s.sock, false);
	probe_start(&p, &s.sock, true);
	cr_expect_eq(p.connected_ns, 0);
	cr_expect_eq(probe_pollfd(&p).events, POLLOUT);
	pass(1900 * MS);
	cr_expect_not(probe_turn(&p));
	pass(100 * MS);
	cr_expect(probe_turn(&p));
	cr_expect_eq(p.outcome, PROBE_LATE);
	probe_close(&fill[0]);
	probe_close(&fill[1]);
	stop(&s, &p);
}

Test(probe, takes_what_is_a_line_whatever_it_is)
{
	static const struct { const char *sent; size_t len; bool more; const char *line; } cases[] = {
		{ "220 ready\r\n", 11, true, "220 ready" },
		{ "\033]0;evil\007\n", 10, true, "\033]0;evil\007" },	/* the screen makes it harmless */
		{ "no end", 6, false, "no end" },
		{ "\n", 1, true, "" },
		{ "J\0\0\0\n8.0.35\0\x08\0\0\0x", 18, false, "8.0.35" },	/* MySQL's greeting */
		{ "\0\0\0\0", 4, false, "" },
		{ "\25\3\3\0\2\2(", 7, false, "" },	/* an alert of TLS has no words */
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct service s;
		struct probe p;

		serve(&s, 5);
		probe_start(&p, &s.sock, false);
		accept_one(&s);
		cr_assert_eq(send(s.conn, cases[i].sent, cases[i].len, 0), (ssize_t)cases[i].len);
		if (!cases[i].more)
			shutdown(s.conn, SHUT_WR);
		finish(&p);
		cr_expect_eq(p.len, strlen(cases[i].line), "case %zu: %zu", i, p.len);
		cr_expect_eq(memcmp(p.line, cases[i].line, p.len), 0, "case %zu", i);
		stop(&s, &p);
	}
}

/* More than there is room for, in pieces, without an end. */
Test(probe, reads_no_more_than_a_line)
{
	static char much[4096];
	struct service s;
	struct probe p;

	memset(much, 'x', sizeof much);
	serve(&s, 5);
	probe_start(&p, &s.sock, false);
	accept_one(&s);
	cr_assert_eq(send(s.conn, "ab", 2, 0), 2);
	while (p.len < 2)
		cr_assert_not(probe_turn(&p));
	cr_assert_eq(send(s.conn, much, sizeof much, 0), (ssize_t)sizeof much);
	finish(&p);
	cr_expect_eq(p.outcome, PROBE_SPOKE);
	cr_expect_eq(p.len, PROBE_LINE);
	stop(&s, &p);
}

Test(probe, goes_to_the_loopback_for_a_wildcard)
{
	struct service s;
	struct probe p;

	serve(&s, 5);
	cr_assert_eq(addr_parse("0.0.0.0", 7, s.sock.local.addr), 0);
	probe_start(&p, &s.sock, false);
	cr_expect_gt(p.connected_ns, 0);
	stop(&s, &p);
}
