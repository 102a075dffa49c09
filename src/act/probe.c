/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the conversation: connect, listen for a greeting, ask, take one line. On the loopback a
 * handshake is over before connect(2) returns, or never comes: the kernel drops a SYN
 * for a full accept queue without a word.
 */

#include "act/probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"

#define LIMIT_NS    (2 * NS_PER_SEC)
#define GREETING_NS (200 * NS_PER_MS)	/* who speaks first does so within that */
#define WORD_LEAST  4	/* letters in a row among bytes that are none, as strings(1) has it */

static const char request[] = "HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n";

static uint64_t
since(uint64_t begin)
{
	return MAX(clock_mono_ns() - begin, 1);
}

static void
end(struct probe *p, enum probe_outcome outcome, int err)
{
	p->outcome = outcome;
	p->err = err;
	probe_close(p);
}

void
probe_close(struct probe *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

/* ---- connecting ---- */

static socklen_t
fill_address(struct sockaddr_storage *ss, const struct sock *s)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

	memset(ss, 0, sizeof *ss);
	if (addr_is_v4(s->local.addr)) {
		in->sin_family = AF_INET;
		in->sin_port = htons(s->local.port);
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		if (!addr_is_any(s->local.addr))
			memcpy(&in->sin_addr, s->local.addr + 12, sizeof in->sin_addr);
		return sizeof *in;
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(s->local.port);
	in6->sin6_scope_id = s->ifindex;
	in6->sin6_addr = in6addr_loopback;
	if (!addr_is_any(s->local.addr))
		memcpy(&in6->sin6_addr, s->local.addr, sizeof in6->sin6_addr);
	return sizeof *in6;
}

void
probe_start(struct probe *p, const struct sock *listener, bool head)
{
	struct sockaddr_storage ss;
	socklen_t len = fill_address(&ss, listener);

	*p = (struct probe){ .head = head };
	p->fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	p->began_ns = clock_mono_ns();
	if (p->fd < 0) {
		end(p, PROBE_FAILED, errno);
		return;
	}
	if (connect(p->fd, (struct sockaddr *)&ss, len) < 0 && errno != EINPROGRESS) {
		end(p, PROBE_FAILED, errno);
		return;
	}
	probe_turn(p);
}

static bool
is_ready(const struct probe *p, short events)
{
	struct pollfd fd = { .fd = p->fd, .events = events };

	return poll(&fd, 1, 0) > 0;
}

static uint16_t
own_port(int fd)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof ss;

	getsockname(fd, (struct sockaddr *)&ss, &len);
	if (ss.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&ss)->sin_port);
	return ss.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&ss)->sin6_port) : 0;
}

static void
finish_connecting(struct probe *p)
{
	int err = 0;
	socklen_t len = sizeof err;

	if (!is_ready(p, POLLOUT)) {
		if (since(p->began_ns) >= LIMIT_NS)
			end(p, PROBE_LATE, 0);
		return;
	}
	if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		err = errno;
	if (err != 0) {
		end(p, PROBE_FAILED, err);
		return;
	}
	p->connected_ns = since(p->began_ns);
	p->port = own_port(p->fd);
}

/* ---- talking ---- */

/*
 * The first line. A greeting in binary, as MySQL's is, has no lines, but may have
 * words in it: the longest run of letters. It is empty where there are none.
 */
static void
cut_line(struct probe *p)
{
	char *eol = memchr(p->line, '\n', p->len);
	size_t best = 0, best_len = 0, run = 0;

	if (!memchr(p->line, '\0', p->len)) {
		p->len = eol ? (size_t)(eol - p->line) : p->len;
		if (p->len > 0 && p->line[p->len - 1] == '\r')
			p->len--;
		return;
	}
	for (size_t i = 0; i < p->len; i++) {
		run = p->line[i] >= ' ' && p->line[i] <= '~' ? run + 1 : 0;
		if (run <= best_len)
			continue;
		best_len = run;
		best = i + 1 - run;
	}
	memmove(p->line, p->line + best, best_len);
	p->len = best_len >= WORD_LEAST ? best_len : 0;
}

static void
end_line(struct probe *p)
{
	cut_line(p);
	end(p, PROBE_SPOKE, 0);
}

/* Takes what came. A line is over at its end, at the end of the room, or with the connection. */
static void
take_bytes(struct probe *p)
{
	ssize_t n = recv(p->fd, p->line + p->len, sizeof p->line - p->len, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 && p->len > 0) {
		end_line(p);
		return;
	}
	if (n <= 0) {
		end(p, PROBE_CLOSED, n < 0 ? errno : 0);
		return;
	}
	if (p->len == 0)
		p->spoke_ns = since(p->began_ns) - (p->asked ? p->asked_ns : p->connected_ns);
	p->len += (size_t)n;
	if (p->len == sizeof p->line || memchr(p->line, '\n', p->len))
		end_line(p);
}

static void
ask(struct probe *p)
{
	p->asked_ns = since(p->began_ns);
	if (send(p->fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0)
		end(p, PROBE_CLOSED, errno);
	else
		p->asked = true;
}

/* Nothing came by the time that there was for it. */
static void
end_waiting(struct probe *p)
{
	if (p->len > 0)
		end_line(p);
	else if (p->head && !p->asked)
		ask(p);
	else
		end(p, PROBE_SILENT, 0);
}

/* After the beginning. */
static uint64_t
patience(const struct probe *p)
{
	return p->connected_ns == 0 || p->asked ? LIMIT_NS : p->connected_ns + GREETING_NS;
}

bool
probe_turn(struct probe *p)
{
	if (p->outcome == PROBE_RUNS && p->connected_ns == 0)
		finish_connecting(p);
	if (p->outcome == PROBE_RUNS && p->connected_ns != 0)
		take_bytes(p);
	if (p->outcome == PROBE_RUNS && p->connected_ns != 0 && since(p->began_ns) >= patience(p))
		end_waiting(p);
	return p->outcome != PROBE_RUNS;
}

struct pollfd
probe_pollfd(const struct probe *p)
{
	return (struct pollfd){ .fd = p->fd, .events = p->connected_ns == 0 ? POLLOUT : POLLIN };
}

uint64_t
probe_deadline(const struct probe *p)
{
	return p->outcome == PROBE_RUNS ? p->began_ns + patience(p) : 0;
}
