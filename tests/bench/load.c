/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * load: so many sockets in a private network, and a program that runs beside them.
 *
 *	load [OPTION]... -- PROGRAM [ARGUMENT]...
 *
 * Children in a ring hold the sockets: each listens, and connects to the next one, so that
 * the two ends of a connection are in different processes. When all is in place PROGRAM is
 * run in the same network; when it ends so does all else, and its exit status is ours.
 *
 * All of it is on 127.0.0.0/8, ::1 and, for -x, the address that the private network calls
 * its own; nothing is sent elsewhere. Counts have limits (the table below), and -t is one of time.
 * Exit status 77: this machine allows no private network; 125: the load could not be made.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "helpers/netns.h"

#define EXIT_SKIPPED 77
#define EXIT_FAILED  125

#define PORT      20000		/* of child k, on 127.1.x.y; + k on the addresses that all share */
#define CHUNK     256		/* connections that may wait for their accept at once */
#define BEAT_MS   10		/* of churn and traffic */
#define MESSAGE   1000		/* bytes */
#define PER_PORT  20000		/* connections to one address and port: ephemeral ports are 28k */

/* What is wanted; by letter of the option. */
struct wanted {
	long connections;
	long processes;
	long descriptors;	/* more, that are no sockets, in each process */
	long listeners;		/* more, over all processes */
	long percent6;		/* of the connections, over ::1 */
	long elsewhere;		/* connections over an address that is not the loopback's */
	long churn;		/* connections opened and closed a second, by one process more */
	long churn_ms;		/* that each of them lives */
	long messages;		/* sent a second over the connections */
	long stuck;		/* processes of which reading /proc/PID/stat never ends */
	long seconds;		/* that all of it may take */
};

static const struct option_row {
	char   letter;
	size_t offset;
	long   most;
} option_rows[] = {
	{ 'n', offsetof(struct wanted, connections), 200000 },
	{ 'p', offsetof(struct wanted, processes), 4000 },
	{ 'f', offsetof(struct wanted, descriptors), 10000 },
	{ 'l', offsetof(struct wanted, listeners), 20000 },
	{ '6', offsetof(struct wanted, percent6), 100 },
	{ 'x', offsetof(struct wanted, elsewhere), 100000 },
	{ 'c', offsetof(struct wanted, churn), 5000 },
	{ 'k', offsetof(struct wanted, churn_ms), 10000 },
	{ 'b', offsetof(struct wanted, messages), 100000 },
	{ 's', offsetof(struct wanted, stuck), 100 },
	{ 't', offsetof(struct wanted, seconds), 7200 },
};

enum kind { KIND_V4, KIND_V6, KIND_ELSEWHERE, KINDS };

/* In memory that all children share. */
struct shared {
	pthread_barrier_t listening;
	pthread_barrier_t connected;	/* the parent waits too */
};

/* One child. */
struct child {
	const struct wanted *w;
	long                 number;
	int                  listener[KINDS];
	int                 *out;	/* of the V4 and V6 connections; and their other ends below */
	int                 *in;
	size_t               nout, nin;
};

static _Noreturn void __attribute__((format(printf, 1, 2)))
fail(const char *format, ...)
{
	int err = errno;
	va_list ap;

	fputs("load: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, ": %s\n", strerror(err));
	_exit(EXIT_FAILED);
}

static void *
need(void *p)
{
	if (!p)
		fail("no memory");
	return p;
}

/* ---- where ---- */

/* What of `total` falls to child k. */
static long
share(const struct wanted *w, long total, long k)
{
	return total / w->processes + (k % w->processes < total % w->processes);
}

static long
total_of(const struct wanted *w, enum kind kind)
{
	long v6 = w->connections * w->percent6 / 100;

	if (kind == KIND_ELSEWHERE)
		return w->elsewhere;
	return kind == KIND_V6 ? v6 : w->connections - v6;
}

static socklen_t
address_of(enum kind kind, long k, struct sockaddr_storage *ret)
{
	struct sockaddr_in *v4 = (void *)ret;
	struct sockaddr_in6 *v6 = (void *)ret;

	memset(ret, 0, sizeof *ret);
	if (kind == KIND_V6) {
		v6->sin6_family = AF_INET6;
		v6->sin6_addr = in6addr_loopback;
		v6->sin6_port = htons((in_port_t)(PORT + k));
		return sizeof *v6;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons(kind == KIND_V4 ? PORT : (in_port_t)(PORT + k));
	v4->sin_addr.s_addr = kind == KIND_V4 ? htonl(127u << 24 | 1u << 16 | (uint32_t)k)
	                                      : inet_addr(NETNS_HOST_ADDRESS);
	return sizeof *v4;
}

static int
socket_of(const struct sockaddr_storage *ss)
{
	int fd = socket(ss->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fail("socket");
	return fd;
}

static int
listen_on(const struct sockaddr_storage *ss, socklen_t len)
{
	int fd = socket_of(ss), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (const struct sockaddr *)ss, len) < 0 || listen(fd, 2 * CHUNK) < 0)
		fail("a listener");
	return fd;
}

static int
connect_to(const struct sockaddr_storage *ss, socklen_t len)
{
	int fd = socket_of(ss);

	if (connect(fd, (const struct sockaddr *)ss, len) < 0)
		fail("connect");
	return fd;
}

static int
accept_one(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		fail("accept");
	return fd;
}

/* ---- a child of the ring ---- */

static void
make_listeners(struct child *c)
{
	struct sockaddr_storage ss;
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long more = share(c->w, c->w->listeners, c->number);

	for (enum kind k = 0; k < KINDS; k++) {
		if (total_of(c->w, k) > 0) {
			socklen_t len = address_of(k, c->number, &ss);

			c->listener[k] = listen_on(&ss, len);
		}
	}
	memset(&ss, 0, sizeof ss);
	memcpy(&ss, &any, sizeof any);
	while (more-- > 0)
		listen_on(&ss, sizeof any);
}

static void
make_descriptors(const struct child *c)
{
	for (long i = 0; i < c->w->descriptors; i++)
		if ((i % 2 ? eventfd(0, EFD_CLOEXEC) : open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
			fail("a descriptor");
}

/*
 * A chunk is connected before it is accepted, and accepted before the next is connected: so
 * no queue of waiting connections is ever full, and no child waits for one that waits for it.
 */
static void
make_connections(struct child *c, enum kind kind)
{
	long next = (c->number + 1) % c->w->processes;
	long before = (c->number + c->w->processes - 1) % c->w->processes;
	long out = share(c->w, total_of(c->w, kind), c->number);
	long in = share(c->w, total_of(c->w, kind), before);
	struct sockaddr_storage ss;
	socklen_t len = address_of(kind, next, &ss);

	while (out > 0 || in > 0) {
		for (int i = 0; i < CHUNK && out > 0; i++, out--)
			c->out[c->nout++] = connect_to(&ss, len);
		for (int i = 0; i < CHUNK && in > 0; i++, in--)
			c->in[c->nin++] = accept_one(c->listener[kind]);
	}
}

static void
next_beat(struct timespec *t)
{
	t->tv_nsec += BEAT_MS * 1000000L;
	if (t->tv_nsec >= 1000000000) {
		t->tv_nsec -= 1000000000;
		t->tv_sec++;
	}
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, t, NULL);
}

/* So many of `rate` a second are due at this beat. */
static long
due(long rate, uint64_t beat)
{
	const long beats = 1000 / BEAT_MS;
	long at = (long)(beat % (uint64_t)beats);

	return rate * (at + 1) / beats - rate * at / beats;
}

/* Sends over each connection in turn, and reads at the other ends as far behind. */
static _Noreturn void
talk(struct child *c)
{
	static const char message[MESSAGE];
	static char sink[16 * MESSAGE];
	long rate = share(c->w, c->w->messages, c->number);
	struct timespec t;
	size_t at = 0;

	clock_gettime(CLOCK_MONOTONIC, &t);
	for (uint64_t beat = 0;; beat++) {
		for (long i = due(rate, beat); i > 0 && c->nout > 0; i--, at++) {
			send(c->out[at % c->nout], message, sizeof message, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (c->nin > 0)
				recv(c->in[at % c->nin], sink, sizeof sink, MSG_DONTWAIT);
		}
		next_beat(&t);
	}
}

/*
 * As of a process whose memory map is locked, or that runs from a dead mount: a FIFO that
 * nobody writes to lies over the file, for who is in this mount namespace.
 */
static void
get_stuck(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[128];

	snprintf(path, sizeof path, "%.100s/lotop-load.%d", tmp && *tmp ? tmp : "/tmp", (int)getpid());
	if (mkfifo(path, 0600) < 0 || mount(path, "/proc/self/stat", NULL, MS_BIND, NULL) < 0)
		fail("a file of /proc that stalls");
	unlink(path);
}

static _Noreturn void
child_main(const struct wanted *w, long number, struct shared *shared)
{
	struct child c = { .w = w, .number = number };
	size_t room = (size_t)((w->connections + w->elsewhere) / w->processes + KINDS);

	c.out = need(calloc(room, sizeof *c.out));
	c.in = need(calloc(room, sizeof *c.in));
	if (number < w->stuck)
		get_stuck();
	make_listeners(&c);
	make_descriptors(&c);
	pthread_barrier_wait(&shared->listening);
	for (enum kind k = 0; k < KINDS; k++)
		if (total_of(w, k) > 0)
			make_connections(&c, k);
	pthread_barrier_wait(&shared->connected);
	if (w->messages > 0)
		talk(&c);
	for (;;)
		pause();
}

/* ---- the child whose connections come and go ---- */

struct guest {
	int ends[2];
};

/* Without TIME_WAIT: those would be more with each second that a measurement takes. */
static void
close_hard(int fd)
{
	struct linger none = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	close(fd);
}

static _Noreturn void
churn_main(const struct wanted *w, struct shared *shared)
{
	uint64_t beats = (uint64_t)w->churn_ms / BEAT_MS + 1;
	size_t room = (size_t)w->churn * (size_t)(w->churn_ms + 1000) / 1000 + 1000;
	struct guest *ring = need(calloc(room, sizeof *ring));
	struct sockaddr_storage ss;
	socklen_t len = address_of(KIND_V4, 0xffff, &ss);
	int listener = listen_on(&ss, len);
	size_t first = 0, last = 0;
	struct timespec t;

	pthread_barrier_wait(&shared->listening);
	pthread_barrier_wait(&shared->connected);
	clock_gettime(CLOCK_MONOTONIC, &t);
	for (uint64_t beat = 0;; beat++) {
		for (long i = beat >= beats ? due(w->churn, beat - beats) : 0; i > 0; i--, first++) {
			close_hard(ring[first % room].ends[0]);
			close_hard(ring[first % room].ends[1]);
		}
		for (long i = due(w->churn, beat); i > 0; i--, last++) {
			ring[last % room].ends[0] = connect_to(&ss, len);
			ring[last % room].ends[1] = accept_one(listener);
		}
		next_beat(&t);
	}
}

/* ---- all of it ---- */

static void
init_barrier(pthread_barrier_t *b, long count)
{
	pthread_barrierattr_t attr;

	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(b, &attr, (unsigned)count);
	pthread_barrierattr_destroy(&attr);
}

static struct shared *
share_memory(const struct wanted *w)
{
	struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
	                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long children = w->processes + (w->churn > 0);

	if (s == MAP_FAILED)
		fail("shared memory");
	init_barrier(&s->listening, children);
	init_barrier(&s->connected, children + 1);
	return s;
}

/* What holds sockets ends with us, and with nobody's terminal. */
static bool
forked(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid > 0)
		return false;
	signal(SIGALRM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILED);
	signal(SIGINT, SIG_IGN);
	return true;
}

static void
raise_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

static int
run(char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		execvp(argv[0], argv);
		fail("%s", argv[0]);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A child that ends before all is in place leaves the others waiting. */
static void
on_child(int sig)
{
	(void)sig;
	_exit(EXIT_FAILED);
}

static int
play(const struct wanted *w, char **argv)
{
	struct shared *s = share_memory(w);

	if (w->stuck > 0 && (unshare(CLONE_NEWNS) < 0 ||
	                     mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0))
		fail("a mount namespace");
	signal(SIGCHLD, on_child);
	for (long k = 0; k < w->processes; k++)
		if (forked())
			child_main(w, k, s);
	if (w->churn > 0 && forked())
		churn_main(w, s);
	pthread_barrier_wait(&s->connected);
	signal(SIGCHLD, SIG_DFL);
	return run(argv);
}

static bool
take_option(struct wanted *w, int letter, const char *text)
{
	for (size_t i = 0; i < sizeof option_rows / sizeof *option_rows; i++) {
		const struct option_row *o = &option_rows[i];
		char *end;
		long n = strtol(text, &end, 10);

		if (o->letter != letter)
			continue;
		memcpy((char *)w + o->offset, &n, sizeof n);
		return *text != '\0' && *end == '\0' && n >= 0 && n <= o->most;
	}
	return false;
}

/* Enough ephemeral ports, and a process at least. */
static bool
is_possible(const struct wanted *w)
{
	if (w->processes < 1 || w->seconds < 1)
		return false;
	for (enum kind k = 0; k < KINDS; k++)
		if (share(w, total_of(w, k), 0) > PER_PORT)
			return false;
	return true;
}

int
main(int argc, char **argv)
{
	struct wanted w = { .processes = 10, .churn_ms = 1500, .seconds = 600 };
	int letter, r;

	while ((letter = getopt(argc, argv, "+n:p:f:l:6:x:c:k:b:s:t:")) != -1) {
		if (letter == '?' || !take_option(&w, letter, optarg)) {
			fprintf(stderr, "load: -%c takes a number, and has a limit; see load.c.\n",
			        letter == '?' ? optopt : letter);
			return 2;
		}
	}
	if (optind == argc || !is_possible(&w)) {
		fprintf(stderr, "load: What is to be made, or run, cannot be; see load.c.\n");
		return 2;
	}
	r = netns_enter();
	if (r == 0)
		r = netns_add_host();
	if (r < 0) {
		fprintf(stderr, "load: No private network here: %s\n", strerror(-r));
		return EXIT_SKIPPED;
	}
	alarm((unsigned)w.seconds);
	raise_limit();
	return play(&w, argv + optind);
}
