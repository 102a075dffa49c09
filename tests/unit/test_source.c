/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Whole samples: of the real kernel in a private network namespace, and of
 * trees that look like /proc where there is no sock_diag.
 */

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/util.h"
#include "helpers/netns.h"
#include "model/task.h"
#include "source/source.h"
#include "unit/tree.h"

/* ------------------------------------------------ a kernel without sock_diag */

static int no_socket;	/* errno that a netlink socket is refused with */
static int no_dump;	/* errno that a request is refused with */
static unsigned lookups;	/* requests for one socket alone */

struct mnl_socket *
mnl_socket_open2(int bus, int flags)
{
	struct mnl_socket *nl;

	if (no_socket) {
		errno = no_socket;
		return NULL;
	}
	nl = mnl_socket_open(bus);
	if (nl && flags & SOCK_CLOEXEC)
		fcntl(mnl_socket_get_fd(nl), F_SETFD, FD_CLOEXEC);
	return nl;
}

ssize_t
mnl_socket_sendto(const struct mnl_socket *nl, const void *buf, size_t len)
{
	static const struct sockaddr_nl to_kernel = { .nl_family = AF_NETLINK };

	if (no_dump) {
		errno = no_dump;
		return -1;
	}
	lookups += !(((const struct nlmsghdr *)buf)->nlmsg_flags & NLM_F_DUMP);
	return sendto(mnl_socket_get_fd(nl), buf, len, 0, (const struct sockaddr *)&to_kernel,
		      sizeof to_kernel);
}

/* A listener that process 42 holds. */
static void
make_tree(struct tree *t)
{
	static const char line[] = "0: 00000000:1F90 00000000:0000 0A 00000000:00000000 "
				   "00:00000000 00000000 7 0 1001 1 0\n";

	tree_init(t);
	tree_text(t, "net/tcp", line);
	tree_task(t, &(struct tree_task){ .pid = 1, .comm = "init", .start = 1 });
	tree_task(t, &(struct tree_task){ .pid = 42, .comm = "srv", .start = 5 });
	tree_fd(t, "42", 3, "socket:[1001]");
}

/* Turns until the end. Returns what was said last, and how often SOURCE_ROWS was. */
static int
turn_to_end(struct source *src, unsigned *rows)
{
	int r;

	*rows = 0;
	while ((r = source_turn(src)) == SOURCE_MORE || r == SOURCE_ROWS) {
		struct pollfd fds[SOURCE_MAX_FDS];
		int timeout, n = source_fds(src, fds, &timeout);

		*rows += r == SOURCE_ROWS;
		cr_assert_geq(timeout, 0, "a sample is under way");
		poll(fds, (nfds_t)n, timeout);
	}
	return r;
}

Test(source, reads_proc_net_where_there_is_no_sock_diag, .timeout = 30)
{
	static const struct { int socket, dump; } refusals[] = {
		{ EPERM, 0 }, { EACCES, 0 }, { EAFNOSUPPORT, 0 }, { ENOSYS, 0 },
		{ EPROTONOSUPPORT, 0 }, { 0, ECONNREFUSED },
	};
	struct tree t;

	make_tree(&t);
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		int err = refusals[i].socket + refusals[i].dump;
		struct snapshot s;
		struct source *src;
		unsigned rows;

		no_socket = refusals[i].socket;
		no_dump = refusals[i].dump;
		snapshot_init(&s);
		cr_assert_eq(source_open(&src, t.path), 0, "%s", strerror(err));
		cr_assert_eq(source_start(src, SOURCE_ALL, &s), 0);
		cr_expect_eq(turn_to_end(src, &rows), SOURCE_DONE, "%s", strerror(err));
		cr_expect_eq(rows, 1);
		cr_expect_eq(s.source, FROM_PROCFS);
		cr_assert_eq(s.count, 1);
		cr_expect_eq(s.socks[0].state, STATE_LISTEN);
		cr_expect_eq(s.socks[0].holder, HOLDER_KNOWN);
		cr_assert_eq(s.nshortfalls, 1, "%s: %zu shortfalls", strerror(err), s.nshortfalls);
		cr_expect_eq(s.shortfalls[0].kind, SHORT_PROCFS);
		cr_expect_eq(s.shortfalls[0].err, err);
		source_close(src);
		snapshot_done(&s);
	}
	tree_done(&t);
}

Test(source, fails_when_there_is_neither, .timeout = 30)
{
	struct snapshot s;
	struct source *src = NULL;
	struct tree t;

	no_socket = EPERM;
	tree_init(&t);
	cr_expect_eq(source_open(&src, t.path), -EPERM);
	cr_expect_eq(source_open(&src, "/nonexistent"), -EPERM);
	cr_expect_null(src);
	source_close(NULL);

	no_socket = 0;
	no_dump = EPERM;
	snapshot_init(&s);
	cr_assert_eq(source_open(&src, t.path), 0);
	cr_expect_eq(source_sample(src, SOURCE_ALL, &s), -ENOENT);
	cr_expect_eq(source_turn(src), SOURCE_DONE, "no sample is under way");
	source_close(src);
	snapshot_done(&s);
	tree_done(&t);
}

Test(source, asks_for_totals_less_often_where_there_are_many_connections)
{
	static const struct { size_t connections; unsigned every; } cases[] = {
		{ 0, 1 }, { 5000, 1 }, { 5001, 3 }, { 7501, 4 }, { 10000, 4 }, { 10001, 5 }, { 1000000, 5 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(source_info_every(cases[i].connections), cases[i].every, "case %zu", i);
}

/* ------------------------------------------------------------- the real kernel */

static void
enter_private_network(void)
{
	int r = netns_enter();

	if (r < 0)
		cr_skip_test("no network namespace of its own: %s", strerror(-r));
}

static int
make_socket(int family, int type)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0), one = 1;

	cr_assert_geq(fd, 0, "socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	return fd;
}

static struct sockaddr_in
on_loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int
bind_port(int type, uint16_t port)
{
	struct sockaddr_in a = on_loopback(port);
	int fd = make_socket(AF_INET, type);

	cr_assert_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0, "bind: %s", strerror(errno));
	return fd;
}

static int
connect_port(int type, uint16_t port)
{
	struct sockaddr_in a = on_loopback(port);
	int fd = make_socket(AF_INET, type);

	cr_assert_eq(connect(fd, (struct sockaddr *)&a, sizeof a), 0, "%s", strerror(errno));
	return fd;
}

/* A connection; port is that of the client. */
struct pair {
	int      listener, client, server;
	uint16_t port;
};

static struct pair
make_pair(uint16_t port)
{
	struct pair p = { .listener = bind_port(SOCK_STREAM, port) };
	struct sockaddr_in a;
	socklen_t len = sizeof a;

	cr_assert_eq(listen(p.listener, 5), 0);
	p.client = connect_port(SOCK_STREAM, port);
	p.server = accept4(p.listener, (struct sockaddr *)&a, &len, SOCK_CLOEXEC);
	cr_assert_geq(p.server, 0);
	p.port = ntohs(a.sin_port);
	return p;
}

/* The socket of these ports (0: any local port, no remote one) in this state, or NULL. */
static const struct sock *
find(const struct snapshot *s, enum sock_proto proto, uint16_t lport, uint16_t rport,
     enum sock_state state)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct sock *k = &s->socks[i];

		if (k->proto == proto && k->state == state && (!lport || k->local.port == lport) &&
		    k->remote.port == rport)
			return k;
	}
	return NULL;
}

static void
expect_mine(const struct sock *k, int fd)
{
	cr_assert_not_null(k);
	cr_expect_eq(k->holder, HOLDER_KNOWN);
	cr_assert_eq(k->nowners, 1);
	cr_expect_eq(k->owners[0].task->pid, getpid());
	cr_expect_eq(k->owners[0].fd, fd);
	cr_expect(k->has & SOCK_HAS_UID);
}

static void
sample(struct source *src, unsigned want, struct snapshot *s)
{
	snapshot_clear(s);
	cr_assert_eq(source_sample(src, want, s), 0);
	cr_expect_eq(s->nshortfalls, 0);
}

/*
 * Samples until there is such a TCP socket and it has sent and received so many
 * bytes: what acknowledges them may still be on its way when send(2) returns.
 * That it ever comes is Criterion's time limit to say.
 */
static const struct sock *
await(struct source *src, struct snapshot *s, uint16_t lport, uint16_t rport, enum sock_state state,
      uint64_t tx, uint64_t rx)
{
	const struct sock *k;

	do {
		sample(src, SOURCE_TCP | SOURCE_IPV4 | SOURCE_INFO, s);
		k = find(s, PROTO_TCP, lport, rport, state);
		cr_assert(!k || (k->has & SOCK_HAS_BYTES), "its bytes are not known");
		cr_assert(!k || (sock_info(k)->tx_bytes <= tx && sock_info(k)->rx_bytes <= rx),
			  "%" PRIu64 " and %" PRIu64 " are too many", sock_info(k)->tx_bytes, sock_info(k)->rx_bytes);
	} while (!k || sock_info(k)->tx_bytes < tx || sock_info(k)->rx_bytes < rx);
	return k;
}

Test(source, tells_every_kind_of_socket, .timeout = 30)
{
	const struct sock *k;
	struct source *src;
	struct snapshot s;
	struct pair p;
	int bound, udp, peer, waiting;
	size_t queued = 0;

	enter_private_network();
	p = make_pair(7001);
	bound = bind_port(SOCK_STREAM, 7002);
	udp = bind_port(SOCK_DGRAM, 7003);
	peer = connect_port(SOCK_DGRAM, 7003);
	waiting = connect_port(SOCK_STREAM, 7001);

	snapshot_init(&s);
	cr_assert_eq(source_open(&src, "/proc"), 0);
	sample(src, SOURCE_ALL, &s);
	cr_expect_eq(s.source, FROM_NETLINK);
	cr_expect_eq(s.lo_ifindex, 1);
	cr_expect_gt(s.eph_hi, s.eph_lo);
	cr_expect_gt(s.nhost_addrs, 0);
	cr_expect_eq(s.count, 8, "%zu sockets", s.count);
	k = find(&s, PROTO_TCP, 7001, 0, STATE_LISTEN);
	expect_mine(k, p.listener);
	cr_expect_eq(k->rqueue, 1, "one is not accepted");
	cr_expect_eq(k->wqueue, 5);
	k = find(&s, PROTO_TCP, 7002, 0, STATE_BOUND);
	expect_mine(k, bound);
	cr_expect_not(k->has & SOCK_HAS_QUEUE);
	k = find(&s, PROTO_UDP, 7003, 0, STATE_UNCONN);
	expect_mine(k, udp);
	cr_expect(k->has & SOCK_HAS_DROPS);
	cr_expect_eq(sock_info(k)->drops, 0);
	expect_mine(find(&s, PROTO_UDP, 0, 7003, STATE_ESTABLISHED), peer);
	expect_mine(find(&s, PROTO_TCP, p.port, 7001, STATE_ESTABLISHED), p.client);
	expect_mine(find(&s, PROTO_TCP, 7001, p.port, STATE_ESTABLISHED), p.server);
	for (size_t i = 0; i < s.count; i++)
		queued += s.socks[i].holder == HOLDER_QUEUE;
	cr_expect_eq(queued, 1, "the server end of %d, which nobody accepted", waiting);
	source_close(src);
	snapshot_done(&s);
}

/* ------------------------------------------------------- the second look */

/* Dumps have connections whose own port is 7001 alone, as if they passed over the others. */
static void
pass_over_clients(struct source *src)
{
	static const struct inet_diag_bc_op code[] = {
		{ INET_DIAG_BC_S_GE, 8, 20 }, { 0, 0, 7001 },
		{ INET_DIAG_BC_S_LE, 8, 12 }, { 0, 0, 7001 },
	};
	struct source_narrow n = { .states = { UINT32_MAX, UINT32_MAX }, .code = code,
				   .code_len = sizeof code };

	source_narrow(src, &n);
}

Test(source, looks_again_for_an_end_that_is_missing, .timeout = 30)
{
	static const unsigned wants[] = { SOURCE_ALL, SOURCE_ALL & ~SOURCE_OWNERS };
	const struct sock *client, *server;
	struct source *src;
	struct snapshot s;
	struct pair p;

	enter_private_network();
	p = make_pair(7001);
	snapshot_init(&s);
	cr_assert_eq(source_open(&src, "/proc"), 0);
	sample(src, SOURCE_ALL, &s);
	cr_expect_eq(s.count, 3);
	cr_expect_eq(lookups, 0, "both ends are there");

	pass_over_clients(src);
	for (size_t i = 0; i < ARRAY_SIZE(wants); i++) {
		sample(src, wants[i], &s);
		cr_expect_eq(s.count, 3, "%zu", s.count);
		client = find(&s, PROTO_TCP, p.port, 7001, STATE_ESTABLISHED);
		server = find(&s, PROTO_TCP, 7001, p.port, STATE_ESTABLISHED);
		cr_assert(client && server);
		cr_expect_eq(client->peer, server - s.socks + 1);
		cr_expect_eq(server->peer, client - s.socks + 1);
		cr_expect_eq(client->role, SOCK_CLIENT);
		if (wants[i] & SOURCE_OWNERS)
			expect_mine(client, p.client);
	}
	cr_expect_eq(lookups, 2);
	source_close(src);
	snapshot_done(&s);
}

/* A process with a listener on the port and a UDP socket; it ends when the pipe is closed. */
static pid_t
start_server(uint16_t port, int *leash)
{
	int fds[2];
	char c;
	pid_t pid;

	cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		if (listen(bind_port(SOCK_STREAM, port), 5) == 0 && bind_port(SOCK_DGRAM, port) >= 0)
			(void)!read(fds[0], &c, 1);
		_exit(0);
	}
	close(fds[0]);
	*leash = fds[1];
	return pid;
}

static bool
has_server(const struct snapshot *s, uint16_t port)
{
	return find(s, PROTO_TCP, port, 0, STATE_LISTEN) && find(s, PROTO_UDP, port, 0, STATE_UNCONN);
}

/* Then nobody has what the dump has: not because somebody hides it, for it is gone. */
Test(source, what_ends_between_the_dump_and_the_look_at_its_process_is_gone, .timeout = 30)
{
	struct source *src;
	struct snapshot s;
	int leash, r;
	pid_t pid;

	enter_private_network();
	pid = start_server(7001, &leash);
	snapshot_init(&s);
	cr_assert_eq(source_open(&src, "/proc"), 0);
	do
		sample(src, SOURCE_ALL, &s);
	while (!has_server(&s, 7001));
	cr_expect_eq(find(&s, PROTO_TCP, 7001, 0, STATE_LISTEN)->owners[0].task->pid, pid);

	snapshot_clear(&s);
	cr_assert_eq(source_start(src, SOURCE_ALL, &s), 0);
	while ((r = source_turn(src)) == SOURCE_MORE) {
		struct pollfd fds[SOURCE_MAX_FDS];
		int timeout, n = source_fds(src, fds, &timeout);

		poll(fds, (nfds_t)n, timeout);
	}
	cr_assert_eq(r, SOURCE_ROWS, "the dump ended");
	cr_expect(has_server(&s, 7001));
	close(leash);
	cr_assert_eq(waitpid(pid, NULL, 0), pid);
	cr_expect_eq(turn_to_end(src, &(unsigned){ 0 }), SOURCE_DONE);
	cr_expect_null(find(&s, PROTO_TCP, 7001, 0, STATE_LISTEN));
	cr_expect_null(find(&s, PROTO_UDP, 7001, 0, STATE_UNCONN));
	source_close(src);
	snapshot_done(&s);
}

/* To nobody, as long as nobody receives it. */
static void
send_away(int to, int fd)
{
	char control[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec data = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof control };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	cr_assert_eq(sendmsg(to, &msg, 0), 1);
	close(fd);
}

Test(source, what_nobody_has_and_is_there_stays, .timeout = 30)
{
	struct source *src;
	struct snapshot s;
	int held[2], fd;

	enter_private_network();
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, held), 0);
	fd = bind_port(SOCK_STREAM, 7001);
	cr_assert_eq(listen(fd, 5), 0);
	send_away(held[0], fd);
	fd = bind_port(SOCK_DGRAM, 7001);
	send_away(held[0], fd);
	snapshot_init(&s);
	cr_assert_eq(source_open(&src, "/proc"), 0);
	sample(src, SOURCE_ALL, &s);
	cr_assert(has_server(&s, 7001));
	cr_expect_eq(find(&s, PROTO_TCP, 7001, 0, STATE_LISTEN)->nowners, 0);
	cr_expect_eq(find(&s, PROTO_UDP, 7001, 0, STATE_UNCONN)->nowners, 0);
	source_close(src);
	snapshot_done(&s);
}

/* Leaves without a word: the other end does not hear of it. */
static void
vanish(int fd)
{
	int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) < 0)
		cr_skip_test("TCP_REPAIR: %s", strerror(errno));
	close(fd);
}

/* The port has a listener, which the kernel offers instead: that is not the other end. */
Test(source, an_end_that_is_not_there_is_asked_for_once, .timeout = 30)
{
	const struct sock *client;
	struct source *src;
	struct snapshot s;
	struct pair p;

	enter_private_network();
	p = make_pair(7001);
	vanish(p.server);
	snapshot_init(&s);
	cr_assert_eq(source_open(&src, "/proc"), 0);
	for (int again = 0; again < 3; again++) {
		sample(src, SOURCE_ALL, &s);
		cr_expect_eq(s.count, 2, "%zu", s.count);
		client = find(&s, PROTO_TCP, p.port, 7001, STATE_ESTABLISHED);
		cr_assert_not_null(client);
		cr_expect_eq(client->peer, 0);
		cr_expect_eq(lookups, 1);
	}
	source_close(src);
	snapshot_done(&s);
}

/* Who asks for some states alone gets those alone. */
Test(source, does_not_look_for_ends_that_were_not_wanted, .timeout = 30)
{
	struct source_narrow n = { .states = { 1u << STATE_CLOSE_WAIT, 0 } };
	struct source *src;
	struct snapshot s;
	struct pair p;

	enter_private_network();
	p = make_pair(7001);
	shutdown(p.client, SHUT_WR);
	snapshot_init(&s);
	cr_assert_eq(source_open(&src, "/proc"), 0);
	await(src, &s, 7001, p.port, STATE_CLOSE_WAIT, 0, 0);
	source_narrow(src, &n);
	sample(src, SOURCE_ALL, &s);
	cr_expect_null(find(&s, PROTO_TCP, p.port, 7001, STATE_FIN_WAIT2));
	cr_expect_eq(lookups, 0);
	source_close(src);
	snapshot_done(&s);
}

static int
bind_v6(uint16_t port, bool listens)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int fd = make_socket(AF_INET6, SOCK_STREAM);

	cr_assert_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0, "bind: %s", strerror(errno));
	if (listens)
		cr_assert_eq(listen(fd, 5), 0);
	return fd;
}

static size_t
count_family(const struct snapshot *s, uint8_t family)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->socks[i].family == family;
	return n;
}

/* The dump for both is another request: what it says of a socket must be the same. */
Test(source, both_families_at_once_are_those_of_each, .timeout = 30)
{
	struct snapshot both, one[2];
	struct source *src;

	enter_private_network();
	make_pair(7001);
	bind_port(SOCK_STREAM, 7002);
	bind_v6(7003, true);
	bind_v6(7004, false);
	connect_port(SOCK_STREAM, 7003);

	snapshot_init(&both);
	snapshot_init(&one[0]);
	snapshot_init(&one[1]);
	cr_assert_eq(source_open(&src, "/proc"), 0);
	sample(src, SOURCE_TCP | SOURCE_IPV4 | SOURCE_IPV6 | SOURCE_INFO, &both);
	sample(src, SOURCE_TCP | SOURCE_IPV4 | SOURCE_INFO, &one[0]);
	sample(src, SOURCE_TCP | SOURCE_IPV6 | SOURCE_INFO, &one[1]);
	cr_expect_eq(both.count, 8, "%zu sockets", both.count);
	/* Of a connection over both families each brings the other end along. */
	cr_expect_eq(both.count, count_family(&one[0], 4) + count_family(&one[1], 6));
	for (size_t i = 0; i < both.count; i++) {
		const struct sock *a = &both.socks[i];
		const struct sock *b = snapshot_find(&one[a->family == 6], sock_id(a));

		cr_assert_not_null((void *)b, "socket %zu of both is in neither", i);
		cr_expect_eq(a->state, b->state);
		cr_expect_eq(a->has, b->has);
		cr_expect_eq(a->inode, b->inode);
		cr_expect_eq(a->v6only, b->v6only);
		cr_expect_eq(memcmp(&a->local, &b->local, sizeof a->local), 0);
		cr_expect_eq(memcmp(&a->remote, &b->remote, sizeof a->remote), 0);
	}
	source_close(src);
	snapshot_done(&both);
	snapshot_done(&one[0]);
	snapshot_done(&one[1]);
}

/* A SYN and a FIN are no bytes, whichever end sent them. */
Test(source, counts_bytes_exactly_at_both_ends, .timeout = 30)
{
	char bytes[1000] = "";
	const struct sock *k;
	struct source *src;
	struct snapshot s;
	struct pair p;

	enter_private_network();
	p = make_pair(7001);
	snapshot_init(&s);
	cr_assert_eq(source_open(&src, "/proc"), 0);
	await(src, &s, 7001, p.port, STATE_ESTABLISHED, 0, 0);
	await(src, &s, p.port, 7001, STATE_ESTABLISHED, 0, 0);

	cr_assert_eq(send(p.client, bytes, 1000, 0), 1000);
	cr_assert_eq(send(p.server, bytes, 77, 0), 77);
	k = await(src, &s, p.port, 7001, STATE_ESTABLISHED, 1000, 77);
	cr_expect_eq(k->rqueue, 77);
	cr_expect(k->has & SOCK_HAS_RTT);
	k = await(src, &s, 7001, p.port, STATE_ESTABLISHED, 77, 1000);
	cr_expect_eq(k->rqueue, 1000);

	shutdown(p.client, SHUT_WR);
	await(src, &s, p.port, 7001, STATE_FIN_WAIT2, 1000, 77);
	k = await(src, &s, 7001, p.port, STATE_CLOSE_WAIT, 77, 1000);
	cr_expect_eq(k->rqueue, 1000, "%u bytes wait, and no FIN", k->rqueue);

	cr_assert_eq(recv(p.client, bytes, sizeof bytes, 0), 77, "closing unread data would reset");
	close(p.client);
	shutdown(p.server, SHUT_WR);
	do
		sample(src, SOURCE_ALL, &s);
	while (!(k = find(&s, PROTO_TCP, p.port, 7001, STATE_TIME_WAIT)));
	cr_expect_eq(k->has, SOCK_HAS_COOKIE | SOCK_HAS_TIMER | SOCK_HAS_WARN, "has=%#x", k->has);
	cr_expect_eq(k->holder, HOLDER_NONE);
	source_close(src);
	snapshot_done(&s);
}

/* Two ways to the same sockets: what both tell must agree. */
Test(source, proc_net_tells_the_same, .timeout = 30)
{
	static const uint32_t both = SOCK_HAS_UID | SOCK_HAS_DROPS;
	struct source *netlink, *procfs;
	struct snapshot a, b;
	struct pair p;

	enter_private_network();
	p = make_pair(7001);
	bind_port(SOCK_DGRAM, 7003);
	connect_port(SOCK_DGRAM, 7003);
	cr_assert_eq(send(p.client, "12345", 5, 0), 5);
	shutdown(p.client, SHUT_WR);
	snapshot_init(&a);
	snapshot_init(&b);
	cr_assert_eq(source_open(&netlink, "/proc"), 0);
	await(netlink, &a, p.port, 7001, STATE_FIN_WAIT2, 5, 0);
	sample(netlink, SOURCE_ALL, &a);
	no_socket = EPERM;
	cr_assert_eq(source_open(&procfs, "/proc"), 0);
	cr_assert_eq(source_sample(procfs, SOURCE_ALL, &b), 0);
	if (b.count == 0)
		cr_skip_test("/proc/net is that of another network namespace");

	cr_expect_eq(b.source, FROM_PROCFS);
	cr_expect_eq(a.count, b.count);
	for (size_t i = 0; i < b.count; i++) {
		const struct sock *y = &b.socks[i];
		const struct sock *x = find(&a, y->proto, y->local.port, y->remote.port, y->state);

		cr_assert_not_null(x, "socket %zu of /proc/net", i);
		cr_expect_eq(memcmp(&x->local, &y->local, sizeof x->local), 0);
		cr_expect_eq(memcmp(&x->remote, &y->remote, sizeof x->remote), 0);
		cr_expect_eq(x->inode, y->inode);
		cr_expect_eq(x->uid, y->uid);
		cr_expect_eq(x->has & both, y->has & both);
		cr_expect_eq(x->holder, y->holder);
		if (y->has & SOCK_HAS_QUEUE)
			cr_expect_eq(x->rqueue, y->rqueue, "port %u", y->local.port);
	}
	source_close(netlink);
	source_close(procfs);
	snapshot_done(&a);
	snapshot_done(&b);
}

/* By kernel states: UNCONN of UDP must not bring TCP sockets, nor BOUND lose UDP ones. */
Test(source, narrow_leaves_other_states_in_the_kernel, .timeout = 30)
{
	static const struct { uint32_t states; size_t listen, bound, unconn, rest; } cases[] = {
		{ UINT32_MAX, 1, 1, 1, 4 },
		{ 0, 0, 0, 0, 0 },
		{ 1u << STATE_LISTEN, 1, 0, 0, 0 },
		{ 1u << STATE_UNCONN, 0, 0, 1, 0 },
		{ 1u << STATE_LISTEN | 1u << STATE_UNCONN, 1, 0, 1, 0 },
		{ 1u << STATE_LISTEN | 1u << STATE_BOUND | 1u << STATE_UNCONN, 1, 1, 1, 0 },
		{ 1u << STATE_ESTABLISHED, 1, 0, 0, 4 }	/* for who waits for accept */,
	};
	struct source *src;
	struct snapshot s;

	enter_private_network();
	make_pair(7001);
	bind_port(SOCK_STREAM, 7002);
	bind_port(SOCK_DGRAM, 7003);
	connect_port(SOCK_DGRAM, 7003);
	connect_port(SOCK_DGRAM, 7003);
	snapshot_init(&s);
	cr_assert_eq(source_open(&src, "/proc"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct source_narrow narrow = {
			.states = { cases[i].states, cases[i].states } };
		size_t n[STATE_COUNT] = { 0 };

		source_narrow(src, &narrow);
		sample(src, SOURCE_TCP | SOURCE_UDP | SOURCE_IPV4 | SOURCE_IPV6, &s);
		for (size_t k = 0; k < s.count; k++)
			n[s.socks[k].state]++;
		cr_expect_eq(n[STATE_LISTEN], cases[i].listen, "%zu", i);
		cr_expect_eq(n[STATE_BOUND], cases[i].bound, "%zu", i);
		cr_expect_eq(n[STATE_UNCONN], cases[i].unconn, "%zu", i);
		cr_expect_eq(n[STATE_ESTABLISHED], cases[i].rest, "%zu", i);
	}
	source_narrow(src, NULL);
	sample(src, SOURCE_TCP | SOURCE_UDP | SOURCE_IPV4 | SOURCE_IPV6, &s);
	cr_expect_eq(s.count, 7);
	source_close(src);
	snapshot_done(&s);
}

Test(source, asks_nobody_about_owners_that_are_not_wanted, .timeout = 30)
{
	struct source *src;
	struct snapshot s;
	unsigned rows;

	enter_private_network();
	bind_port(SOCK_STREAM, 7002);
	snapshot_init(&s);
	cr_assert_eq(source_open(&src, "/nonexistent"), 0);
	cr_assert_eq(source_start(src, SOURCE_ALL & ~SOURCE_OWNERS, &s), 0);
	cr_expect_eq(turn_to_end(src, &rows), SOURCE_DONE);
	cr_expect_eq(rows, 0);
	cr_assert_eq(s.count, 1);
	cr_expect_eq(s.socks[0].holder, HOLDER_UNKNOWN);
	cr_expect_eq(s.nshortfalls, 0);

	/* Wanted, and not to be had: then they are hidden, and not absent. */
	snapshot_clear(&s);
	cr_assert_eq(source_start(src, SOURCE_ALL, &s), 0);
	cr_expect_eq(turn_to_end(src, &rows), SOURCE_DONE);
	cr_expect_eq(rows, 1);
	cr_expect_eq(s.socks[0].holder, HOLDER_HIDDEN);
	cr_assert_eq(s.nshortfalls, 1);
	cr_expect_eq(s.shortfalls[0].kind, SHORT_OWNERS);
	cr_expect_eq(s.shortfalls[0].err, ENOENT);
	source_close(src);
	snapshot_done(&s);
}

Test(source, a_new_start_gives_the_old_sample_up, .timeout = 30)
{
	struct source *src;
	struct snapshot s;
	struct pollfd fds[SOURCE_MAX_FDS];
	int timeout;

	enter_private_network();
	bind_port(SOCK_STREAM, 7002);
	snapshot_init(&s);
	cr_assert_eq(source_open(&src, "/proc"), 0);
	cr_expect_eq(source_fds(src, fds, &timeout), 0);
	cr_expect_eq(timeout, -1, "nothing is under way");
	for (unsigned turns = 0; turns < 8; turns++) {
		snapshot_clear(&s);
		cr_assert_eq(source_start(src, SOURCE_ALL, &s), 0);
		for (unsigned i = 0; i < turns; i++)
			cr_assert_geq(source_turn(src), 0);
	}
	sample(src, SOURCE_ALL, &s);
	cr_expect_eq(s.count, 1);
	cr_expect_eq(source_fds(src, fds, &timeout), 0);
	cr_expect_eq(timeout, -1);
	source_close(src);
	snapshot_done(&s);
}
