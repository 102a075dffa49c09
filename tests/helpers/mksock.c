/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * mksock makes sockets of known kinds, says what it made (fact.h has the
 * format), prints "ready", and keeps them until the end of its input:
 *
 *	mksock listener4 pair timewait		these three
 *	mksock listener4:8080			on that port
 *	mksock all				each kind that this machine allows
 *	mksock --list				the kinds
 *
 * To add a kind, write make_<kind>() and a row of makers[].
 *
 * Each kind has a process of its own, its host, that is forked from the
 * supervisor (main) and runs make(); what make() spawns are further holders.
 * So a test may kill any holder and the other kinds stay. A kind that the
 * machine forbids (no IPv6, no privilege) is a line "skip KIND reason".
 *
 * Every holder waits for the end of the lifeline, a pipe whose other end only
 * the supervisor has: they all leave when it does, however it ends.
 */

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fact.h"
#include "netns.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define EXIT_SKIP	77	/* of a host: this machine cannot have the kind */
#define SETTLE_MS	2000	/* for a state to be what it was made to be */
#define BACKLOG		16
#define NOBODY		65534
#define PREFORK_WORKERS	4

/* How a socket is bound. */
enum {
	DUAL	  = 1 << 0,	/* an IPv6 socket takes IPv4 too */
	REUSEPORT = 1 << 1,
};

/* Every holder there is, for the supervisor to end. In shared memory. */
struct roster {
	_Atomic unsigned n;
	pid_t		 pid[1024];
};

/* What a process of a kind was forked with. */
static struct {
	const char	*kind;
	in_port_t	 port;		/* asked for; 0: the kernel's choice */
	int		 lifeline;
	int		 done;		/* a byte here: all is made */
	struct roster	*roster;
} host;

/* Tell why, and end this process; the supervisor sees that it has ended. */
static _Noreturn void
fail(const char *what, int error)
{
	static const int not_here[] = {
		EAFNOSUPPORT, EADDRNOTAVAIL, ENETUNREACH, EPERM,
	};

	for (size_t i = 0; i < ARRAY_SIZE(not_here); i++) {
		if (error != not_here[i])
			continue;
		dprintf(STDOUT_FILENO, "skip %s %s: %s\n", host.kind, what,
		    strerror(error));
		_exit(EXIT_SKIP);
	}
	dprintf(STDERR_FILENO, "mksock: %s: %s: %s\n", host.kind, what,
	    strerror(error));
	_exit(1);
}

/* The result of a system call, which must not have failed. */
static int
must(int result, const char *what)
{
	if (result < 0)
		fail(what, errno);
	return result;
}

/* A byte of one process for another; false where the other end is closed. */
static bool
pipe_wait(int fd)
{
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

static void
pipe_tell(int fd)
{
	if (write(fd, "", 1) != 1)
		_exit(1);
	close(fd);
}

/* Keep what is open until the supervisor leaves. From any thread. */
static _Noreturn void
hold(void)
{
	pipe_wait(host.lifeline);
	_exit(0);
}

static bool
supervisor_is_gone(void)
{
	struct pollfd pfd = { .fd = host.lifeline };

	return poll(&pfd, 1, 0) > 0;
}

/* All lines are out: the supervisor may make the next kind. */
static void
ready(void)
{
	pipe_tell(host.done);
}

static void
enlist(pid_t pid)
{
	unsigned n = host.roster->n++;

	if (n >= ARRAY_SIZE(host.roster->pid)) {
		kill(pid, SIGKILL);
		fail("roster", ENOSPC);
	}
	host.roster->pid[n] = pid;
}

/*
 * Fork a process that calls be(arg) and then holds what it has. Returns when
 * be() is through.
 */
static pid_t
spawn(void (*be)(void *arg), void *arg)
{
	int step[2];
	int status = 0;
	pid_t pid;

	must(pipe2(step, O_CLOEXEC), "pipe2");
	pid = must(fork(), "fork");
	if (pid == 0) {
		close(step[0]);
		be(arg);
		pipe_tell(step[1]);
		hold();
	}
	enlist(pid);
	close(step[1]);
	if (!pipe_wait(step[0])) {	/* it has said why */
		waitpid(pid, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	close(step[0]);
	return pid;
}

static void
be_idle(void *arg)
{
	(void)arg;
}

static bool
is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* A fork inherits every socket; close those that another process is to have. */
static void
drop_sockets_but(int kept)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *de;

	if (dir == NULL)
		fail("/proc/self/fd", errno);
	while ((de = readdir(dir)) != NULL) {
		int fd = atoi(de->d_name);

		if (fd > STDERR_FILENO && fd != kept && is_socket(fd))
			close(fd);
	}
	closedir(dir);
}

/*
 * Lines
 */

/* Print it, once the kernel agrees. */
static void
report(const struct fact *f)
{
	char line[FACT_LINE];
	size_t len = fact_print(f, line);

	if (fact_await(f, SETTLE_MS) < 0) {
		dprintf(STDERR_FILENO, "mksock: the kernel does not list: %s",
		    line);
		_exit(1);
	}
	/* One write of less than PIPE_BUF: lines of two processes don't mix. */
	if (write(STDOUT_FILENO, line, len) != (ssize_t)len)
		_exit(1);
}

static void
set_text(char *to, size_t size, const char *text)
{
	if (text != NULL)
		snprintf(to, size, "%s", text);
}

/* What fd is; role and state where they are more than fact_describe knows. */
static struct fact
fact_of(int fd, const char *role, const char *state)
{
	struct fact f;

	fact_describe(&f, host.kind, fd);
	set_text(f.role, sizeof f.role, role);
	set_text(f.state, sizeof f.state, state);
	return f;
}

static void
report_socket(int fd, const char *role, const char *state)
{
	struct fact f = fact_of(fd, role, state);

	report(&f);
}

/* Bytes alone count: no SYN, no FIN, which the kernel has in its numbers. */
static void
report_queues(int fd, const char *role, const char *state, int recvq, int sendq)
{
	struct fact f = fact_of(fd, role, state);

	f.recvq = recvq;
	f.sendq = sendq;
	report(&f);
}

static void
report_listener(int fd, int waiting, int limit)
{
	struct fact f = fact_of(fd, NULL, NULL);

	f.backlog = waiting;
	f.backlog_max = limit;
	report(&f);
}

/* A connection that is quiet, or had this traffic. */
static void
report_traffic(int fd, const char *role, int recvq, int received, int sent)
{
	struct fact f = fact_of(fd, role, NULL);

	f.recvq = recvq;
	f.sendq = 0;
	f.rx_total = received;
	f.tx_total = sent;
	report(&f);
}

/*
 * The other end of a connection, as the kernel has it while no process does:
 * no inode, no holder.
 */
static struct fact
other_end(const struct fact *f, int64_t family, const char *role,
    const char *state, const char *holder)
{
	struct fact o = *f;

	memcpy(o.laddr, f->raddr, sizeof o.laddr);
	memcpy(o.raddr, f->laddr, sizeof o.raddr);
	o.lport = f->rport;
	o.rport = f->lport;
	o.family = family;
	o.inode = 0;
	set_text(o.role, sizeof o.role, role);
	set_text(o.state, sizeof o.state, state);
	fact_drop_holders(&o, holder);
	return o;
}

/*
 * What is left of a socket after close(2). A small stand-in (TIME_WAIT, and
 * FIN_WAIT2 of an orphan) has forgotten whose it was; a whole one has not.
 */
static void
report_closed(struct fact *f, const char *state, bool stand_in)
{
	set_text(f->state, sizeof f->state, state);
	f->inode = 0;
	if (stand_in)
		f->uid = FACT_UNKNOWN;
	fact_drop_holders(f, "none");
	report(f);
}

struct handed {
	int		 fd;
	const char	*role;
	const char	*state;
};

static void
be_heir(void *arg)
{
	const struct handed *h = arg;

	drop_sockets_but(h->fd);
	report_socket(h->fd, h->role, h->state);
}

/* Give the socket to a process of its own, which reports it. */
static pid_t
hand_over(int fd, const char *role, const char *state)
{
	struct handed h = { fd, role, state };
	pid_t pid = spawn(be_heir, &h);

	close(fd);
	return pid;
}

/*
 * Sockets
 */

static socklen_t
address(struct sockaddr_storage *ss, const char *text, in_port_t port)
{
	struct sockaddr_in *in = (void *)ss;
	struct sockaddr_in6 *in6 = (void *)ss;

	memset(ss, 0, sizeof *ss);
	if (strchr(text, ':') != NULL) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		inet_pton(AF_INET6, text, &in6->sin6_addr);
		return sizeof *in6;
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	inet_pton(AF_INET, text, &in->sin_addr);
	return sizeof *in;
}

static void
set_option(int fd, int level, int name, int value)
{
	must(setsockopt(fd, level, name, &value, sizeof value), "setsockopt");
}

static int
bind_socket(int type, const char *addr, in_port_t port, unsigned flags)
{
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, addr, port);
	int fd = must(socket(ss.ss_family, type, 0), "socket");

	if (ss.ss_family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !(flags & DUAL));
	if (flags & REUSEPORT)
		set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	/* As servers do, so that a demo on a fixed port can be started anew.
	 * Not on a port of the kernel's choice: it might be a shared one. */
	if (port != 0 && type == SOCK_STREAM)
		set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	must(bind(fd, (struct sockaddr *)&ss, len), "bind");
	return fd;
}

static int
listen_socket(const char *addr, unsigned flags, int backlog)
{
	int fd = bind_socket(SOCK_STREAM, addr, host.port, flags);

	must(listen(fd, backlog), "listen");
	return fd;
}

static in_port_t
local_port(int fd)
{
	struct fact f;

	fact_describe(&f, host.kind, fd);
	return (in_port_t)f.lport;
}

/* Connect to what fd is bound to, by that address. */
static int
connect_socket(int type, const char *addr, int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, addr, local_port(fd));
	int c = must(socket(ss.ss_family, type, 0), "socket");

	must(connect(c, (struct sockaddr *)&ss, len), "connect");
	return c;
}

struct pair {
	int	listener;
	int	server;
	int	client;
	int	unread;		/* bytes that the server has and does not read */
	int	unsent;		/* bytes that the client could not pass on */
};

static struct pair
make_ends(const char *listen_addr, unsigned flags, const char *connect_addr)
{
	struct pair p = { 0 };

	p.listener = listen_socket(listen_addr, flags, BACKLOG);
	p.client = connect_socket(SOCK_STREAM, connect_addr, p.listener);
	p.server = must(accept(p.listener, NULL, NULL), "accept");
	return p;
}

static int
queue_length(int fd, unsigned long which)
{
	int bytes = 0;

	must(ioctl(fd, which, &bytes), "ioctl");
	return bytes;
}

/*
 * Wait until all that has arrived is acknowledged, and note what is where. An
 * acknowledgement may be delayed by 200 ms (tcp(7), TCP_QUICKACK).
 */
static void
await_settled(struct pair *p, int sent)
{
	for (int i = 0; i < SETTLE_MS; i++) {
		p->unread = queue_length(p->server, FIONREAD);
		p->unsent = queue_length(p->client, TIOCOUTQ);
		if (p->unread + p->unsent == sent)
			return;
		poll(NULL, 0, 1);
	}
	fail("acknowledgement", ETIMEDOUT);
}

/*
 * The same, and the client has sent more than the server will ever take while
 * nobody reads: the window is closed, so what the client does next (a FIN)
 * stays behind the data. The receive buffer is the smallest there is and the
 * send buffer far larger, so that a full send buffer cannot drain again.
 */
static struct pair
make_choked_ends(bool server_shuts_first)
{
	static const char data[65536];
	struct pair p = { 0 };
	ssize_t n;
	int sent = 0;
	int l = listen_socket("127.0.0.1", 0, BACKLOG);

	set_option(l, SOL_SOCKET, SO_RCVBUF, 1);	/* the server inherits it */
	p.listener = l;
	p.client = connect_socket(SOCK_STREAM, "127.0.0.1", l);
	p.server = must(accept(l, NULL, NULL), "accept");
	if (server_shuts_first)
		must(shutdown(p.server, SHUT_WR), "shutdown");
	set_option(p.client, SOL_SOCKET, SO_SNDBUF, 1 << 20);
	while ((n = send(p.client, data, sizeof data, MSG_DONTWAIT)) > 0)
		sent += (int)n;
	if (errno != EAGAIN)
		fail("send", errno);
	await_settled(&p, sent);
	return p;
}

/* A port that was free a moment ago, to be bound by number. */
static in_port_t
some_port(const char *addr)
{
	int fd = bind_socket(SOCK_STREAM, addr, 0, 0);
	in_port_t port = local_port(fd);

	close(fd);
	return port;
}

/*
 * Kinds: listeners
 */

static void
make_listener4(void)
{
	report_listener(listen_socket("127.0.0.1", 0, BACKLOG), 0, BACKLOG);
}

static void
make_listener6(void)
{
	report_listener(listen_socket("::1", 0, BACKLOG), 0, BACKLOG);
}

static void
make_wildcard4(void)
{
	report_listener(listen_socket("0.0.0.0", 0, BACKLOG), 0, BACKLOG);
}

static void
make_wildcard6(void)
{
	report_listener(listen_socket("::", 0, BACKLOG), 0, BACKLOG);
}

static void
make_dual(void)
{
	report_listener(listen_socket("::", DUAL, BACKLOG), 0, BACKLOG);
}

static void
make_listener_mapped(void)
{
	report_listener(listen_socket("::ffff:127.0.0.1", DUAL, BACKLOG), 0,
	    BACKLOG);
}

static void
make_listener9(void)
{
	report_listener(listen_socket("127.9.9.9", 0, BACKLOG), 0, BACKLOG);
}

/* A wildcard that nobody outside reaches. */
static void
make_device(void)
{
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, "0.0.0.0", host.port);

	must(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2),
	    "SO_BINDTODEVICE");
	must(bind(fd, (struct sockaddr *)&ss, len), "bind");
	must(listen(fd, BACKLOG), "listen");
	report_listener(fd, 0, BACKLOG);
}

static void
be_reuseport(void *arg)
{
	const in_port_t *port = arg;

	drop_sockets_but(-1);
	host.port = *port;
	report_listener(listen_socket("127.0.0.1", REUSEPORT, BACKLOG), 0,
	    BACKLOG);
}

static void
make_reuseport(void)
{
	int fd = listen_socket("127.0.0.1", REUSEPORT, BACKLOG);
	in_port_t port = local_port(fd);

	report_listener(fd, 0, BACKLOG);
	spawn(be_reuseport, &port);
	spawn(be_reuseport, &port);
}

static void
make_host(void)
{
	report_listener(listen_socket(NETNS_HOST_ADDRESS, 0, BACKLOG), 0,
	    BACKLOG);
}

/*
 * Kinds: who holds it
 */

static void
make_prefork(void)
{
	int fd = listen_socket("127.0.0.1", 0, BACKLOG);
	struct fact f = fact_of(fd, NULL, NULL);

	for (int i = 0; i < PREFORK_WORKERS; i++)
		fact_add_holder(&f, spawn(be_idle, NULL), fd);
	report(&f);
}

static void
make_inherited(void)
{
	hand_over(listen_socket("127.0.0.1", 0, BACKLOG), NULL, NULL);
}

/* Twice in one process is still one holder. */
static void
make_dup(void)
{
	int fd = listen_socket("127.0.0.1", 0, BACKLOG);

	report_listener(fd, 0, BACKLOG);
	must(dup(fd), "dup");
}

static void
report_of_thread(int fd)
{
	struct fact f = fact_of(fd, NULL, NULL);

	f.tid = gettid();
	report(&f);
}

/* In /proc/PID/task/TID/fd alone: /proc/PID/fd is the table of the leader. */
static void *
own_table(void *arg)
{
	(void)arg;
	must(unshare(CLONE_FILES), "unshare");
	report_of_thread(listen_socket("127.0.0.1", 0, BACKLOG));
	ready();
	hold();
}

static void
start_thread(void *(*run)(void *))
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, run, NULL);

	if (error != 0)
		fail("pthread_create", error);
}

static void
make_thread(void)
{
	start_thread(own_table);
	hold();
}

/* A leader that has exited while a thread lives looks like a zombie. */
static bool
leader_is_dead(void)
{
	char stat[512];
	char *end;
	FILE *fp = fopen("/proc/self/stat", "re");
	size_t n;

	if (fp == NULL)
		fail("/proc/self/stat", errno);
	n = fread(stat, 1, sizeof stat - 1, fp);
	fclose(fp);
	stat[n] = '\0';
	end = strrchr(stat, ')');
	return end != NULL && strncmp(end, ") Z", 3) == 0;
}

static void *
outlive_leader(void *arg)
{
	int fd = listen_socket("127.0.0.1", 0, BACKLOG);

	(void)arg;
	for (int i = 0; !leader_is_dead(); i++) {
		if (i == SETTLE_MS)
			fail("leader", ETIMEDOUT);
		poll(NULL, 0, 1);
	}
	report_of_thread(fd);
	ready();
	hold();
}

static void
make_dead_leader(void)
{
	start_thread(outlive_leader);
	pthread_exit(NULL);
}

static void
send_socket(int through, int fd)
{
	union {
		struct cmsghdr	align;
		char		buf[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof control.buf,
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	must((int)sendmsg(through, &msg, 0), "sendmsg");
}

static int
receive_socket(int through)
{
	union {
		struct cmsghdr	align;
		char		buf[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof control.buf,
	};
	struct cmsghdr *c;
	int fd;

	must((int)recvmsg(through, &msg, 0), "recvmsg");
	c = CMSG_FIRSTHDR(&msg);
	if (c == NULL || c->cmsg_type != SCM_RIGHTS)
		fail("recvmsg", EBADMSG);
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

static void
make_in_flight(void)
{
	int fd = listen_socket("127.0.0.1", 0, BACKLOG);
	struct fact f = fact_of(fd, NULL, NULL);
	int ends[2];

	must(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), "socketpair");
	send_socket(ends[0], fd);
	close(fd);
	fact_drop_holders(&f, "unseen");
	report(&f);
}

static void
be_receiver(void *arg)
{
	const int *through = arg;

	report_listener(receive_socket(*through), 0, BACKLOG);
}

static void
make_received(void)
{
	int fd = listen_socket("127.0.0.1", 0, BACKLOG);
	int ends[2];

	must(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), "socketpair");
	send_socket(ends[0], fd);
	close(fd);
	spawn(be_receiver, &ends[1]);
}

/* The socket stays in the network it was made in; its holder moves on. */
static void
make_moved(void)
{
	int here = must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC),
	    "/proc/self/ns/net");
	int there;

	must(unshare(CLONE_NEWNET), "unshare");
	there = must(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC),
	    "/proc/self/ns/net");
	must(setns(here, CLONE_NEWNET), "setns");
	report_listener(listen_socket("127.0.0.1", 0, BACKLOG), 0, BACKLOG);
	must(setns(there, CLONE_NEWNET), "setns");
	close(here);
	close(there);
}

/* EINVAL: a user namespace that maps one user has no other to become. */
static void
become_nobody(void)
{
	if (setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0)
		fail("setresuid", errno == EINVAL ? EPERM : errno);
}

/* The socket's uid is its maker's, whoever the process has become since. */
static void
make_setuid(void)
{
	int fd = listen_socket("127.0.0.1", 0, BACKLOG);

	become_nobody();
	report_listener(fd, 0, BACKLOG);
}

static void
make_nobody(void)
{
	become_nobody();
	report_listener(listen_socket("127.0.0.1", 0, BACKLOG), 0, BACKLOG);
}

/* Room for every number there is: arguments of the program that is executed. */
struct numbers {
	char	fd[12];
	char	lifeline[12];
	char	done[12];
};

static int
open_self(void)
{
	return must(open("/proc/self/exe", O_PATH | O_CLOEXEC),
	    "/proc/self/exe");
}

/*
 * Execute this program again, on the socket; see main_exec(). By descriptor:
 * nobody may have no way to the build tree.
 */
static _Noreturn void
exec_on(int fd, int program, char *extra)
{
	char name[] = "mksock";
	char option[] = "--hold";
	char kind[24];
	struct numbers n;
	char *argv[] = { name, option, n.fd, n.lifeline, n.done, kind, extra,
	    NULL };

	snprintf(kind, sizeof kind, "%s", host.kind);
	snprintf(n.fd, sizeof n.fd, "%d", fd);
	snprintf(n.lifeline, sizeof n.lifeline, "%d", host.lifeline);
	snprintf(n.done, sizeof n.done, "%d", host.done);
	execveat(program, "", argv, environ, AT_EMPTY_PATH);
	fail("execveat", errno);
}

static void
make_exec(void)
{
	exec_on(listen_socket("127.0.0.1", 0, BACKLOG), open_self(), NULL);
}

/*
 * A process that has changed its user is closed to that user too (see
 * PR_SET_DUMPABLE in prctl(2)) until it executes a program.
 */
static void
make_nobody_exec(void)
{
	int program = open_self();

	become_nobody();
	exec_on(listen_socket("127.0.0.1", 0, BACKLOG), program, NULL);
}

static void
make_hostile_argv(void)
{
	char extra[] = "\033]0;owned\007\n\"'\\,\t\x9b" "2J\xff\xc3"
	    "\xe2\x80\xae" "gpj.exe\xe2\x80\x8b\xc2\x9b\x7f";

	exec_on(listen_socket("127.0.0.1", 0, BACKLOG), open_self(), extra);
}

/* A comm is any 15 bytes that the process likes. */
static void
listen_as(const char *comm)
{
	must(prctl(PR_SET_NAME, comm), "PR_SET_NAME");
	report_listener(listen_socket("127.0.0.1", 0, BACKLOG), 0, BACKLOG);
}

static void
make_hostile(void)
{
	listen_as("\033[2J\n) S\x9b\xff\xe2\x80\xaex");
}

static void
make_hostile_quote(void)
{
	listen_as("\",\"pid\":1,\r\n';");
}

/* Zero width, a C1 control in UTF-8, five combining marks, half a character. */
static void
make_hostile_width(void)
{
	listen_as("\xe2\x80\x8b\xc2\x9b" "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xe2");
}

static void
make_stubborn(void)
{
	signal(SIGTERM, SIG_IGN);
	make_listener4();
}

static void
make_stopped(void)
{
	pid_t pid = hand_over(listen_socket("127.0.0.1", 0, BACKLOG), NULL,
	    NULL);

	must(kill(pid, SIGSTOP), "kill");
	must(waitpid(pid, NULL, WUNTRACED), "waitpid");
}

static void
be_respawned(void *arg)
{
	const pid_t *parent = arg;
	int fd = listen_socket("127.0.0.1", 0, BACKLOG);
	struct fact f = fact_of(fd, NULL, NULL);

	f.parent = *parent;
	report(&f);
}

/*
 * Reports its child, and whatever it starts in place of that, even after
 * "ready". The port is chosen before the first: all have the same.
 */
static void
make_respawner(void)
{
	pid_t self = getpid();
	bool told = false;

	if (host.port == 0)
		host.port = some_port("127.0.0.1");
	for (;;) {
		pid_t pid = spawn(be_respawned, &self);

		if (!told)
			ready();
		told = true;
		waitpid(pid, NULL, 0);
		if (supervisor_is_gone())
			_exit(0);
	}
}

/*
 * Kinds: connections
 */

static void
report_quiet_pair(struct pair p)
{
	report_listener(p.listener, 0, BACKLOG);
	report_traffic(p.server, "server", 0, 0, 0);
	hand_over(p.client, "client", NULL);
}

static void
make_pair(void)
{
	report_quiet_pair(make_ends("127.0.0.1", 0, "127.0.0.1"));
}

static void
make_pair6(void)
{
	report_quiet_pair(make_ends("::1", 0, "::1"));
}

static void
make_mapped(void)
{
	report_quiet_pair(make_ends("::", DUAL, "127.0.0.1"));
}

static void
make_unread(void)
{
	static const char data[100];
	struct pair p = make_ends("127.0.0.1", 0, "127.0.0.1");

	must((int)send(p.client, data, sizeof data, 0), "send");
	await_settled(&p, sizeof data);
	report_listener(p.listener, 0, BACKLOG);
	report_traffic(p.server, "server", sizeof data, sizeof data, 0);
	report_traffic(p.client, "client", 0, 0, sizeof data);
}

/* Connect to itself: one socket that is both ends. */
static void
make_self(void)
{
	int fd = bind_socket(SOCK_STREAM, "127.0.0.1", host.port, 0);
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, "127.0.0.1", local_port(fd));

	must(connect(fd, (struct sockaddr *)&ss, len), "connect");
	report_socket(fd, NULL, NULL);
}

/* The end that waits in the accept queue is the maker's, and has no inode. */
static void
report_queued(int client, const char *state)
{
	struct fact f = fact_of(client, NULL, NULL);
	struct fact queued = other_end(&f, f.family, "server", state, "queue");

	report(&queued);
}

static void
make_unaccepted(void)
{
	int l = listen_socket("127.0.0.1", 0, BACKLOG);

	for (int i = 0; i < 2; i++) {
		int c = connect_socket(SOCK_STREAM, "127.0.0.1", l);

		report_queued(c, "ESTABLISHED");
		hand_over(c, "client", NULL);
	}
	report_listener(l, 2, BACKLOG);
}

static void
make_unaccepted_closed(void)
{
	int l = listen_socket("127.0.0.1", 0, BACKLOG);
	int c = connect_socket(SOCK_STREAM, "127.0.0.1", l);
	struct fact client = fact_of(c, "client", NULL);
	struct fact queued = other_end(&client, client.family, "server",
	    "CLOSE_WAIT", "queue");

	close(c);
	report_listener(l, 1, BACKLOG);
	report(&queued);
	report_closed(&client, "FIN_WAIT2", true);
}

/*
 * The queue takes one more than its limit; then the listener answers no
 * more, and who connects stays in SYN_SENT.
 */
static void
make_backlog_full(void)
{
	int l = listen_socket("127.0.0.1", 0, 1);
	in_port_t port = local_port(l);
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, "127.0.0.1", port);
	struct fact f;
	int c;

	for (int i = 0; i < 2; i++) {
		c = connect_socket(SOCK_STREAM, "127.0.0.1", l);
		report_queued(c, "ESTABLISHED");
		report_socket(c, "client", NULL);
	}
	report_listener(l, 2, 1);
	c = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
	if (connect(c, (struct sockaddr *)&ss, len) == 0 || errno != EINPROGRESS)
		fail("connect to a full queue", errno);
	/* getpeername(2) has no peer yet. */
	f = fact_of(c, "client", "SYN_SENT");
	memcpy(f.raddr, f.laddr, sizeof f.raddr);
	f.rport = port;
	f.reach[0] = '\0';
	f.sendq = 0;
	report(&f);
}

/* With TCP_DEFER_ACCEPT a handshake is not over until there are data. */
static void
make_synrecv(void)
{
	int l = listen_socket("127.0.0.1", 0, BACKLOG);
	struct fact client;
	struct fact request;
	int c;

	set_option(l, IPPROTO_TCP, TCP_DEFER_ACCEPT, 60);
	c = connect_socket(SOCK_STREAM, "127.0.0.1", l);
	client = fact_of(c, "client", NULL);
	request = other_end(&client, client.family, "server", "SYN_RECV", "none");
	request.uid = FACT_UNKNOWN;
	report_listener(l, 0, BACKLOG);
	report(&request);
	report(&client);
}

static void
make_half_closed(void)
{
	struct pair p = make_ends("127.0.0.1", 0, "127.0.0.1");

	must(shutdown(p.client, SHUT_WR), "shutdown");
	report_listener(p.listener, 0, BACKLOG);
	report_queues(p.server, "server", "CLOSE_WAIT", 0, 0);
	hand_over(p.client, "client", "FIN_WAIT2");
}

/* Who closes first waits: here the server, on its own port, all alone. */
static void
make_timewait(void)
{
	struct pair p = make_ends("127.0.0.1", 0, "127.0.0.1");
	struct fact server = fact_of(p.server, "server", NULL);
	char byte;

	close(p.listener);
	close(p.server);
	must((int)read(p.client, &byte, 1), "read");	/* the end of file */
	close(p.client);
	report_closed(&server, "TIME_WAIT", true);
}

static void
make_finwait2(void)
{
	struct pair p = make_ends("127.0.0.1", 0, "127.0.0.1");
	struct fact client = fact_of(p.client, "client", NULL);

	close(p.client);
	report_listener(p.listener, 0, BACKLOG);
	report_queues(p.server, "server", "CLOSE_WAIT", 0, 0);
	report_closed(&client, "FIN_WAIT2", true);
}

static void
make_finwait1(void)
{
	struct pair p = make_choked_ends(false);

	must(shutdown(p.client, SHUT_WR), "shutdown");
	report_listener(p.listener, 0, BACKLOG);
	report_queues(p.server, "server", NULL, p.unread, 0);
	report_queues(p.client, "client", "FIN_WAIT1", 0, p.unsent);
}

static void
make_orphan(void)
{
	struct pair p = make_choked_ends(false);
	struct fact client = fact_of(p.client, "client", NULL);

	client.sendq = p.unsent;
	close(p.client);
	report_listener(p.listener, 0, BACKLOG);
	report_queues(p.server, "server", NULL, p.unread, 0);
	report_closed(&client, "FIN_WAIT1", false);
}

static void
make_closing(void)
{
	struct pair p = make_choked_ends(false);

	must(shutdown(p.client, SHUT_WR), "shutdown");
	must(shutdown(p.server, SHUT_WR), "shutdown");
	report_listener(p.listener, 0, BACKLOG);
	report_queues(p.server, "server", "FIN_WAIT2", p.unread, 0);
	report_queues(p.client, "client", "CLOSING", 0, p.unsent);
}

static void
make_lastack(void)
{
	struct pair p = make_choked_ends(true);
	struct fact client = fact_of(p.client, "client", NULL);

	client.sendq = p.unsent;
	close(p.client);
	report_listener(p.listener, 0, BACKLOG);
	report_queues(p.server, "server", "FIN_WAIT2", p.unread, 0);
	report_closed(&client, "LAST_ACK", false);
}

/*
 * Kinds: neither
 */

/* Holds its port, and neither /proc/net/tcp nor an older ss(8) shows it. */
static void
make_bound(void)
{
	report_socket(bind_socket(SOCK_STREAM, "127.0.0.1", host.port, 0),
	    NULL, NULL);
}

/*
 * A listener after shutdown(2) is bound still, where it had asked for its port
 * by number; one of the kernel's choice is given back.
 */
static void
make_shut(void)
{
	int fd;

	if (host.port == 0)
		host.port = some_port("127.0.0.1");
	fd = listen_socket("127.0.0.1", 0, BACKLOG);
	must(shutdown(fd, SHUT_RDWR), "shutdown");
	report_socket(fd, NULL, NULL);
}

static void
make_udp(void)
{
	report_socket(bind_socket(SOCK_DGRAM, "127.0.0.1", host.port, 0),
	    NULL, NULL);
}

static void
make_udp6(void)
{
	report_socket(bind_socket(SOCK_DGRAM, "::1", host.port, 0), NULL, NULL);
}

static void
make_udp_wildcard(void)
{
	report_socket(bind_socket(SOCK_DGRAM, "0.0.0.0", host.port, 0), NULL,
	    NULL);
}

static void
make_udp_dual(void)
{
	report_socket(bind_socket(SOCK_DGRAM, "::", host.port, DUAL), NULL,
	    NULL);
}

static void
connect_to_socket(int fd, int to)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof ss;

	must(getsockname(to, (struct sockaddr *)&ss, &len), "getsockname");
	must(connect(fd, (struct sockaddr *)&ss, len), "connect");
}

static void
make_udp_pair(void)
{
	int a = bind_socket(SOCK_DGRAM, "127.0.0.1", host.port, 0);
	int b = bind_socket(SOCK_DGRAM, "127.0.0.1", 0, 0);

	connect_to_socket(a, b);
	connect_to_socket(b, a);
	report_socket(a, NULL, NULL);
	hand_over(b, NULL, NULL);
}

/* An end that is not this host's. A UDP socket connects without a packet. */
static void
make_away(void)
{
	int fd = bind_socket(SOCK_DGRAM, NETNS_HOST_ADDRESS, host.port, 0);
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, NETNS_AWAY_ADDRESS, 9);

	must(connect(fd, (struct sockaddr *)&ss, len), "connect");
	report_socket(fd, NULL, NULL);
}

/*
 * The table
 */

struct maker {
	const char	*name;
	const char	*help;
	void		(*make)(void);	/* in the host; reports all it makes */
};

static const struct maker makers[] = {
	{ "listener4", "TCP on 127.0.0.1", make_listener4 },
	{ "listener6", "TCP on ::1", make_listener6 },
	{ "listener9", "TCP on 127.9.9.9", make_listener9 },
	{ "listener-mapped", "TCP on ::ffff:127.0.0.1", make_listener_mapped },
	{ "wildcard4", "TCP on 0.0.0.0", make_wildcard4 },
	{ "wildcard6", "TCP on ::, IPv6 only", make_wildcard6 },
	{ "dual", "TCP on :: that takes IPv4 too", make_dual },
	{ "device", "TCP on 0.0.0.0, bound to lo", make_device },
	{ "host", "TCP on " NETNS_HOST_ADDRESS, make_host },
	{ "reuseport", "three TCP listeners on one port", make_reuseport },
	{ "prefork", "a listener with five holders", make_prefork },
	{ "inherited", "a listener whose maker has closed it", make_inherited },
	{ "received", "a listener that came in a message", make_received },
	{ "dup", "a listener with two descriptors in one process", make_dup },
	{ "thread", "a listener in a thread's own table", make_thread },
	{ "dead-leader", "a listener whose main thread has ended",
	  make_dead_leader },
	{ "in-flight", "a listener that is only in a message", make_in_flight },
	{ "moved", "a listener whose holder went to another network",
	  make_moved },
	{ "setuid", "made as this user, held as nobody", make_setuid },
	{ "nobody", "made and held as nobody", make_nobody },
	{ "nobody-exec", "the same, open to the eyes of nobody",
	  make_nobody_exec },
	{ "exec", "a listener kept over an exec", make_exec },
	{ "hostile", "held by a name with controls and bad UTF-8",
	  make_hostile },
	{ "hostile-quote", "held by a name with quotes and a line end",
	  make_hostile_quote },
	{ "hostile-width", "held by a name of odd widths", make_hostile_width },
	{ "hostile-argv", "held by a command line with all of that",
	  make_hostile_argv },
	{ "stubborn", "a listener that ignores SIGTERM", make_stubborn },
	{ "stopped", "a listener whose holder is stopped", make_stopped },
	{ "respawner", "a listener that is started again", make_respawner },
	{ "pair", "a connection on 127.0.0.1", make_pair },
	{ "pair6", "a connection on ::1", make_pair6 },
	{ "mapped", "an IPv4 client of a dual-stack listener", make_mapped },
	{ "unread", "a connection with 100 bytes unread", make_unread },
	{ "self", "a socket connected to itself", make_self },
	{ "unaccepted", "two connections that wait for accept",
	  make_unaccepted },
	{ "unaccepted-closed", "one that waits, its client gone",
	  make_unaccepted_closed },
	{ "backlog-full", "a full queue, and one in SYN_SENT",
	  make_backlog_full },
	{ "synrecv", "a handshake that is not over", make_synrecv },
	{ "half-closed", "CLOSE_WAIT and FIN_WAIT2, both held",
	  make_half_closed },
	{ "timewait", "TIME_WAIT on a server's port", make_timewait },
	{ "finwait2", "CLOSE_WAIT, and FIN_WAIT2 that nobody holds",
	  make_finwait2 },
	{ "finwait1", "FIN_WAIT1, held", make_finwait1 },
	{ "orphan", "FIN_WAIT1 that nobody holds", make_orphan },
	{ "closing", "CLOSING and FIN_WAIT2, held", make_closing },
	{ "lastack", "LAST_ACK that nobody holds", make_lastack },
	{ "bound", "TCP, bound and silent", make_bound },
	{ "shut", "TCP, a listener that was shut down", make_shut },
	{ "udp", "UDP on 127.0.0.1", make_udp },
	{ "udp6", "UDP on ::1", make_udp6 },
	{ "udp-wildcard", "UDP on 0.0.0.0", make_udp_wildcard },
	{ "udp-dual", "UDP on :: that takes IPv4 too", make_udp_dual },
	{ "udp-pair", "two UDP sockets, connected", make_udp_pair },
	{ "away", "UDP connected to " NETNS_AWAY_ADDRESS, make_away },
};

/*
 * The supervisor
 */

static const struct maker *
maker_find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		if (strlen(makers[i].name) == len &&
		    memcmp(makers[i].name, name, len) == 0)
			return &makers[i];
	return NULL;
}

/* "KIND" or "KIND:PORT"; NULL, and a message, where it is neither. */
static const struct maker *
parse_request(const char *word, in_port_t *port)
{
	const char *colon = strchr(word, ':');
	size_t len = colon != NULL ? (size_t)(colon - word) : strlen(word);
	const struct maker *m = maker_find(word, len);
	unsigned long number = 0;
	char *end;

	if (m == NULL) {
		fprintf(stderr, "mksock: no kind is called %s\n", word);
		return NULL;
	}
	if (colon != NULL) {
		number = strtoul(colon + 1, &end, 10);
		if (number == 0 || number > 65535 || *end != '\0') {
			fprintf(stderr, "mksock: no port: %s\n", word);
			return NULL;
		}
	}
	*port = (in_port_t)number;
	return m;
}

static _Noreturn void
be_host(const struct maker *m)
{
	/* Who read our lines may be gone when the respawner prints one more. */
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, m->name);
	m->make();
	ready();
	hold();
}

/* Fork the host of a kind, and wait until all is made. 0, or an exit status. */
static int
host_start(const struct maker *m, in_port_t port, const int lifeline[2])
{
	int done[2];
	int status = 0;
	pid_t pid;

	host.kind = m->name;
	host.port = port;
	must(pipe(done), "pipe");
	pid = must(fork(), "fork");
	if (pid == 0) {
		close(lifeline[1]);
		close(done[0]);
		host.lifeline = lifeline[0];
		host.done = done[1];
		be_host(m);
	}
	close(done[1]);
	enlist(pid);
	if (!pipe_wait(done[0])) {
		waitpid(pid, &status, 0);
		if (!WIFEXITED(status))
			return 1;
		status = WEXITSTATUS(status) == EXIT_SKIP ? 0 : 1;
	}
	close(done[0]);
	return status;
}

static int
make_all(const int lifeline[2])
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < ARRAY_SIZE(makers); i++)
		status = host_start(&makers[i], 0, lifeline);
	return status;
}

static int
make_requested(char *const words[], const int lifeline[2])
{
	int status = 0;

	for (; status == 0 && *words != NULL; words++) {
		in_port_t port = 0;
		const struct maker *m;

		if (strcmp(*words, "all") == 0) {
			status = make_all(lifeline);
			continue;
		}
		m = parse_request(*words, &port);
		status = m != NULL ? host_start(m, port, lifeline) : 2;
	}
	return status;
}

static void
reap_ended(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* Until the end of input. What a test kills must not stay as a zombie. */
static void
wait_for_end(void)
{
	struct pollfd pfd[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .events = POLLIN },
	};
	struct signalfd_siginfo info;
	sigset_t mask;
	char buf[256];

	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	pfd[1].fd = must(signalfd(-1, &mask, SFD_CLOEXEC), "signalfd");
	reap_ended();
	for (;;) {
		if (poll(pfd, 2, -1) < 0 && errno != EINTR)
			return;
		if (pfd[1].revents & POLLIN) {
			if (read(pfd[1].fd, &info, sizeof info) < 0)
				return;
			reap_ended();
		}
		if (pfd[0].revents != 0 &&
		    read(STDIN_FILENO, buf, sizeof buf) <= 0)
			return;
	}
}

/*
 * End every holder, also those that are stopped. Only children of ours are
 * signalled: as long as they are not waited for, nobody else has their pid.
 */
static void
end_all(void)
{
	unsigned n = host.roster->n;

	if (n > ARRAY_SIZE(host.roster->pid))
		n = ARRAY_SIZE(host.roster->pid);
	do {
		for (unsigned i = 0; i < n; i++)
			if (waitpid(host.roster->pid[i], NULL, WNOHANG) == 0)
				kill(host.roster->pid[i], SIGKILL);
	} while (waitpid(-1, NULL, 0) > 0);
}

static void
print_kinds(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		printf("%-18s %s\n", makers[i].name, makers[i].help);
}

/* mksock --hold FD LIFELINE DONE KIND [ANYTHING]: after exec_on(). */
static _Noreturn void
main_exec(int argc, char *argv[])
{
	if (argc < 6)
		exit(2);
	host.lifeline = atoi(argv[3]);
	host.done = atoi(argv[4]);
	host.kind = argv[5];
	prctl(PR_SET_NAME, host.kind);	/* the kernel took another for it */
	report_listener(atoi(argv[2]), 0, BACKLOG);
	ready();
	hold();
}

int
main(int argc, char *argv[])
{
	int lifeline[2];
	int status;

	if (argc > 1 && strcmp(argv[1], "--hold") == 0)
		main_exec(argc, argv);
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		print_kinds();
		return 0;
	}
	if (argc < 2 || argv[1][0] == '-') {
		fputs("usage: mksock KIND[:PORT]... | all | --list\n", stderr);
		return 2;
	}
	host.kind = "supervisor";
	host.roster = mmap(NULL, sizeof *host.roster, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (host.roster == MAP_FAILED)
		fail("mmap", errno);
	/* Grandchildren become children when their parent is killed. */
	must(prctl(PR_SET_CHILD_SUBREAPER, 1), "PR_SET_CHILD_SUBREAPER");
	must(pipe(lifeline), "pipe");
	status = make_requested(argv + 1, lifeline);
	if (status == 0) {
		puts("ready");
		fflush(stdout);
		wait_for_end();
	}
	close(lifeline[1]);
	end_all();
	return status;
}
