/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* See actor.h. An order and its answer are a packet each. */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "actor.h"

#define BEAT_MS		10
#define FDS_MAX		64
#define PIECE		4096

enum deed {
	LISTEN, CONNECT, ACCEPT, PORT, SEND, TAKE, POUR, DRAIN, FINISH, CLOSE, RESET, DEEDS,
};

struct order {
	enum deed	 deed;
	int		 fd;
	char		 addr[INET6_ADDRSTRLEN];
	uint16_t	 port;
	int		 backlog;
	size_t		 bytes;
};

/* What it does besides, by descriptor. */
static struct {
	size_t	pour[FDS_MAX];
	bool	drain[FDS_MAX];
	char	piece[PIECE];
} self;

/* ---- in the actor: each returns what it answers, or -errno ---- */

static int
or_errno(int result)
{
	return result < 0 ? -errno : result;
}

static socklen_t
address(struct sockaddr_storage *ss, const struct order *o)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof *ss);
	if (inet_pton(AF_INET, o->addr, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(o->port);
		return sizeof *in;
	}
	inet_pton(AF_INET6, o->addr, &in6->sin6_addr);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(o->port);
	return sizeof *in6;
}

static int
open_socket(const struct order *o)
{
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, o);
	int fd = socket(ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1, r;

	if (fd < 0)
		return -errno;
	if (o->deed == CONNECT) {
		r = connect(fd, (const struct sockaddr *)&ss, len);
	} else {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
		r = bind(fd, (const struct sockaddr *)&ss, len);
		if (r == 0)
			r = listen(fd, o->backlog);
	}
	return r < 0 ? -errno : fd;
}

static int
local_port(const struct order *o)
{
	struct sockaddr_in6 sin6;	/* the port is where IPv4 has it */
	socklen_t len = sizeof sin6;

	if (getsockname(o->fd, (struct sockaddr *)&sin6, &len) < 0)
		return -errno;
	return ntohs(sin6.sin6_port);
}

static int
move(int fd, size_t bytes, bool out)
{
	while (bytes > 0) {
		size_t n = bytes < PIECE ? bytes : PIECE;
		ssize_t done = out ? send(fd, self.piece, n, MSG_NOSIGNAL) : read(fd, self.piece, n);

		if (done <= 0)
			return done < 0 ? -errno : -EPIPE;
		bytes -= (size_t)done;
	}
	return 0;
}

static int
accept_one(const struct order *o)
{
	return or_errno(accept4(o->fd, NULL, NULL, SOCK_CLOEXEC));
}

static int
move_bytes(const struct order *o)
{
	return move(o->fd, o->bytes, o->deed == SEND);
}

static int
set_pour(const struct order *o)
{
	self.pour[o->fd] = o->bytes;
	return 0;
}

static int
set_drain(const struct order *o)
{
	self.drain[o->fd] = true;
	return 0;
}

static int
finish(const struct order *o)
{
	return or_errno(shutdown(o->fd, SHUT_WR));
}

static int
close_socket(const struct order *o)
{
	const struct linger at_once = { .l_onoff = 1 };

	self.pour[o->fd] = 0;
	self.drain[o->fd] = false;
	if (o->deed == RESET)
		setsockopt(o->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	return or_errno(close(o->fd));
}

static const struct {
	const char *name;
	int       (*obey)(const struct order *o);
} deeds[DEEDS] = {
	[LISTEN]  = { "listen", open_socket },
	[CONNECT] = { "connect", open_socket },
	[ACCEPT]  = { "accept", accept_one },
	[PORT]    = { "port", local_port },
	[SEND]    = { "send", move_bytes },
	[TAKE]    = { "take", move_bytes },
	[POUR]    = { "pour", set_pour },
	[DRAIN]   = { "drain", set_drain },
	[FINISH]  = { "finish", finish },
	[CLOSE]   = { "close", close_socket },
	[RESET]   = { "reset", close_socket },
};

static int
obey(const struct order *o)
{
	return o->fd < 0 || o->fd >= FDS_MAX ? -EBADF : deeds[o->deed].obey(o);
}

/* Whoever does not take it in time gets less. */
static void
beat(void)
{
	static const char drop[65536];

	for (int fd = 0; fd < FDS_MAX; fd++) {
		if (self.pour[fd] > 0 &&
		    send(fd, drop, self.pour[fd], MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN)
			self.pour[fd] = 0;
		while (self.drain[fd] && recv(fd, self.piece, PIECE, MSG_DONTWAIT) > 0)
			;
	}
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

static _Noreturn void
act(int orders)
{
	struct pollfd p = { .fd = orders, .events = POLLIN };
	int64_t next = now_ms() + BEAT_MS;
	struct order o;

	for (;;) {
		int64_t left = next - now_ms();
		int answer;

		if (poll(&p, 1, left > 0 ? (int)left : 0) > 0) {
			if (read(orders, &o, sizeof o) != sizeof o)
				_exit(0);
			answer = obey(&o);
			if (write(orders, &answer, sizeof answer) != sizeof answer)
				_exit(0);
		}
		if (now_ms() < next)
			continue;
		next = now_ms() + BEAT_MS;
		beat();
	}
}

/* ---- in the test ---- */

static _Noreturn void
fail(const struct actor *a, const char *what, int error)
{
	fprintf(stderr, "actor %s: %s: %s\n", a->name, what, strerror(error));
	abort();
}

void
actor_start(struct actor *a, const char *name)
{
	int ends[2];

	snprintf(a->name, sizeof a->name, "%s", name);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		fail(a, "socketpair", errno);
	a->pid = fork();
	if (a->pid < 0)
		fail(a, "fork", errno);
	if (a->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, a->name);
		close(ends[0]);
		act(ends[1]);
	}
	close(ends[1]);
	a->orders = ends[0];
}

void
actor_stop(struct actor *a)
{
	kill(a->pid, SIGKILL);
	waitpid(a->pid, NULL, 0);
	close(a->orders);
}

static int
tell(struct actor *a, const struct order *o)
{
	int answer = -EPIPE;

	if (send(a->orders, o, sizeof *o, MSG_NOSIGNAL) != sizeof *o ||
	    read(a->orders, &answer, sizeof answer) != sizeof answer || answer < 0)
		fail(a, deeds[o->deed].name, -answer);
	return answer;
}

static int
open_at(struct actor *a, enum deed deed, const char *addr, uint16_t port, int backlog)
{
	struct order o = { .deed = deed, .port = port, .backlog = backlog };

	snprintf(o.addr, sizeof o.addr, "%s", addr);
	return tell(a, &o);
}

int
actor_listen(struct actor *a, const char *addr, uint16_t port, int backlog)
{
	return open_at(a, LISTEN, addr, port, backlog);
}

int
actor_connect(struct actor *a, const char *addr, uint16_t port)
{
	return open_at(a, CONNECT, addr, port, 0);
}

int
actor_accept(struct actor *a, int listener)
{
	return tell(a, &(struct order){ .deed = ACCEPT, .fd = listener });
}

uint16_t
actor_port(struct actor *a, int fd)
{
	return (uint16_t)tell(a, &(struct order){ .deed = PORT, .fd = fd });
}

void
actor_send(struct actor *a, int fd, size_t bytes)
{
	tell(a, &(struct order){ .deed = SEND, .fd = fd, .bytes = bytes });
}

void
actor_take(struct actor *a, int fd, size_t bytes)
{
	tell(a, &(struct order){ .deed = TAKE, .fd = fd, .bytes = bytes });
}

void
actor_pour(struct actor *a, int fd, size_t bytes)
{
	tell(a, &(struct order){ .deed = POUR, .fd = fd, .bytes = bytes });
}

void
actor_drain(struct actor *a, int fd)
{
	tell(a, &(struct order){ .deed = DRAIN, .fd = fd });
}

void
actor_finish(struct actor *a, int fd)
{
	tell(a, &(struct order){ .deed = FINISH, .fd = fd });
}

void
actor_close(struct actor *a, int fd)
{
	tell(a, &(struct order){ .deed = CLOSE, .fd = fd });
}

void
actor_reset(struct actor *a, int fd)
{
	tell(a, &(struct order){ .deed = RESET, .fd = fd });
}
