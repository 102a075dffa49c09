/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The door through which sockets are closed, on real ones: what the kernel does, and what
 * of it the door tells. A test that leaves a socket alone looks whether it still works.
 */

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act/close.h"
#include "helpers/netns.h"

static struct closer *door;

static void
enter(void)
{
	int r = netns_enter();

	if (r < 0)
		cr_skip_test("no private network here: %s", strerror(-r));
	cr_assert_eq(closer_open(&door), 0);
}

static void
leave(void)
{
	closer_close(door);
}

TestSuite(close, .init = enter, .fini = leave, .timeout = 60);

#define PORT 3000

static struct sockaddr_in6
mapped(void)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };

	sin6.sin6_addr.s6_addr[10] = sin6.sin6_addr.s6_addr[11] = 0xff;
	sin6.sin6_addr.s6_addr[12] = 127;
	sin6.sin6_addr.s6_addr[15] = 1;
	return sin6;
}

static struct sockaddr_in
plain(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int
bound(int type, uint16_t port)
{
	struct sockaddr_in sin = plain(port);
	int fd = socket(AF_INET, type, 0), one = 1;

	cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one), 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&sin, sizeof sin), 0);
	return fd;
}

static int
listening(void)
{
	int fd = bound(SOCK_STREAM, PORT);

	cr_assert_eq(listen(fd, 5), 0);
	return fd;
}

static int
connected(int type)
{
	struct sockaddr_in sin = plain(PORT);
	int fd = socket(AF_INET, type, 0);

	cr_assert_eq(connect(fd, (struct sockaddr *)&sin, sizeof sin), 0);
	return fd;
}

static void
take_end(struct endpoint *e, const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET) {
		const struct sockaddr_in *sin = (const void *)ss;

		addr_from_v4(e->addr, &sin->sin_addr);
		e->port = ntohs(sin->sin_port);
	} else {
		const struct sockaddr_in6 *sin6 = (const void *)ss;

		memcpy(e->addr, &sin6->sin6_addr, 16);
		e->port = ntohs(sin6->sin6_port);
	}
}

/* What a dump says of a socket of ours. */
static struct sock
named(int fd, enum sock_proto proto, enum sock_state state)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof ss;
	struct sock s = { .proto = proto, .state = state, .has = SOCK_HAS_COOKIE };

	cr_assert_eq(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	take_end(&s.local, &ss);
	s.family = ss.ss_family == AF_INET ? 4 : 6;
	if (s.family == 4)
		addr_from_v4(s.remote.addr, &(struct in_addr){ 0 });
	len = sizeof ss;
	if (getpeername(fd, (struct sockaddr *)&ss, &len) == 0)
		take_end(&s.remote, &ss);
	len = sizeof s.cookie;
	cr_assert_eq(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &s.cookie, &len), 0);
	return s;
}

/* What a program gets that reads; 0: data, or the end. */
static int
read_error(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) < 0 ? errno : 0;
}

static int
shut(const struct sock *s)
{
	int r = closer_shut(door, s);

	if (r == -EOPNOTSUPP)
		cr_skip_test("this kernel closes no sockets");
	return r;
}

Test(close, tells_both_ends)
{
	int l = listening(), c = connected(SOCK_STREAM), s = accept(l, NULL, NULL);
	struct sock end = named(c, PROTO_TCP, STATE_ESTABLISHED);

	cr_expect_eq(shut(&end), CLOSE_DONE);
	cr_expect_eq(read_error(c), ECONNABORTED);
	cr_expect_eq(read_error(s), ECONNRESET);
	cr_expect_eq(shut(&end), CLOSE_NOT_FOUND, "it is closed twice");
}

Test(close, finds_an_ipv4_connection_of_an_ipv6_socket)
{
	struct sockaddr_in6 sin6 = mapped();
	int l = listening(), c = socket(AF_INET6, SOCK_STREAM, 0), s;
	struct sock end;

	cr_assert_eq(connect(c, (struct sockaddr *)&sin6, sizeof sin6), 0);
	s = accept(l, NULL, NULL);
	end = named(c, PROTO_TCP, STATE_ESTABLISHED);
	cr_assert_eq(end.family, 6);
	cr_expect_eq(shut(&end), CLOSE_DONE);
	cr_expect_eq(read_error(s), ECONNRESET);
}

Test(close, spares_a_socket_with_another_cookie)
{
	int l = listening(), c = connected(SOCK_STREAM), s = accept(l, NULL, NULL);
	struct sock end = named(c, PROTO_TCP, STATE_ESTABLISHED);

	end.cookie++;
	cr_expect_eq(shut(&end), CLOSE_NOT_FOUND);
	end.cookie = UINT64_MAX;
	cr_expect_eq(shut(&end), CLOSE_NO_COOKIE, "that names any socket");
	end.has = 0;
	cr_expect_eq(shut(&end), CLOSE_NO_COOKIE);
	cr_expect_eq(read_error(c), EAGAIN);
	cr_expect_eq(read_error(s), EAGAIN);
}

/* The question that was answered was another one. */
Test(close, spares_what_listens_by_now)
{
	int l = listening();
	struct sock s = named(l, PROTO_TCP, STATE_ESTABLISHED);

	cr_expect_eq(shut(&s), CLOSE_OTHER);
	close(connected(SOCK_STREAM));
}

Test(close, shuts_a_listener_that_keeps_its_port)
{
	int l = listening(), c = socket(AF_INET, SOCK_STREAM, 0);
	struct sock s = named(l, PROTO_TCP, STATE_LISTEN);
	struct sockaddr_in sin = plain(PORT);

	cr_expect_eq(shut(&s), CLOSE_DONE);
	cr_expect_lt(connect(c, (struct sockaddr *)&sin, sizeof sin), 0);
	cr_expect_eq(errno, ECONNREFUSED);
	cr_expect_eq(listen(l, 5), 0, "it may listen again");
	close(connected(SOCK_STREAM));
}

/* One alone of those that share a port is found, and the others are told to be out of reach. */
Test(close, says_what_it_does_not_reach)
{
	int l[3];
	size_t done = 0, missed = 0;

	for (int i = 0; i < 3; i++)
		l[i] = listening();
	for (int i = 0; i < 3; i++) {
		struct sock s = named(l[i], PROTO_TCP, STATE_LISTEN);
		int r = shut(&s);

		done += r == CLOSE_DONE;
		missed += r == CLOSE_NOT_FOUND;
	}
	cr_expect_geq(done, 1);
	cr_expect_eq(done + missed, 3);
	for (int i = 0; i < 3; i++)
		close(l[i]);
}

Test(close, tells_that_udp_stays)
{
	int u = bound(SOCK_DGRAM, PORT), c = connected(SOCK_DGRAM);
	struct sock s = named(u, PROTO_UDP, STATE_UNCONN);

	cr_expect_eq(shut(&s), CLOSE_STAYS);
	cr_expect_eq(read_error(u), ECONNABORTED);
	s = named(c, PROTO_UDP, STATE_ESTABLISHED);
	cr_expect_eq(shut(&s), CLOSE_DONE, "nobody bound its port by hand");
	cr_expect_eq(read_error(c), ECONNABORTED);
}

/* Drops the capability alone, in a child: the test itself goes on as it was. */
static void
drop_net_admin(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d) < 0)
		_exit(100);
	d[0].effective &= ~(1u << CAP_NET_ADMIN);
	d[0].permitted &= ~(1u << CAP_NET_ADMIN);
	if (syscall(SYS_capset, &h, d) < 0)
		_exit(100);
}

Test(close, is_not_permitted_without_the_capability)
{
	int l = listening(), c = connected(SOCK_STREAM), status;
	struct sock end = named(c, PROTO_TCP, STATE_ESTABLISHED);
	pid_t pid = fork();

	if (pid == 0) {
		struct closer *own;

		drop_net_admin();
		_exit(closer_open(&own) == 0 ? -closer_shut(own, &end) : 101);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFEXITED(status));
	cr_expect_eq(WEXITSTATUS(status), EPERM);
	cr_expect_eq(read_error(c), EAGAIN);
	close(l);
}

/* What is said before anybody is asked agrees with what the kernel does. */
Test(close, says_before_whether_it_is_permitted)
{
	int status;
	pid_t pid;

	cr_expect_eq(close_permitted(), 0, "in a network namespace of one's own");
	pid = fork();
	if (pid == 0) {
		drop_net_admin();
		_exit(-close_permitted());
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFEXITED(status));
	cr_expect_eq(WEXITSTATUS(status), EPERM);
	pid = fork();
	if (pid == 0) {		/* all capabilities, but in a user namespace that owns no network */
		if (unshare(CLONE_NEWUSER) < 0)
			_exit(EPERM);
		_exit(-close_permitted());
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect_eq(WEXITSTATUS(status), EPERM);
}
