/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A developer's machine in small, for pictures and for looking at lotop: servers and
 * clients with the names and command lines that such programs have, which talk to each
 * other, in folders that are git work trees.
 *
 *	demo FOLDER
 *
 * It fills FOLDER, says "ready" on standard output when all are connected, and ends
 * all of them when its standard input does. Each actor is a copy of this program under
 * another name, told by its environment what to do.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BEAT_MS  100
#define FDS_MAX  128
#define VISIT_BEATS 40
#define STAY_BEATS  9
#define READY_FD 3		/* an actor writes a byte to it when it is set up */

/* What an actor does: addresses as LISTEN and CONNECT of its environment have them. */
struct actor {
	const char *program;
	const char *argv[6];
	const char *folder;	/* below FOLDER; has a .git */
	const char *listen;	/* "ADDRESS PORT BACKLOG", more behind a comma; NULL: none */
	const char *connect;	/* "ADDRESS PORT", more behind a comma; NULL: none */
	const char *send;	/* bytes a beat on each connection */
	const char *visit;	/* "ADDRESS PORT": connects now and then, for a moment; NULL: never */
	bool        deaf;	/* accepts no more than one connection */
};

static const struct actor actors[] = {
	{ "node", { "node", "/srv/shop-web/node_modules/.bin/next", "dev" }, "shop-web",
	  "127.0.0.1 3000 511,127.0.0.1 9229 128", NULL, "1200", NULL, false },
	{ "node", { "node", "/srv/shop-admin/node_modules/.bin/vite" }, "shop-admin",
	  "::1 5173 511", NULL, "0", NULL, false },
	{ "postgres", { "postgres", "-D", "/var/lib/postgresql/data" }, "data",
	  "0.0.0.0 5432 200", NULL, "11000", NULL, false },
	{ "java", { "java", "-jar", "app.jar" }, "billing",
	  "127.0.0.1 8080 100", NULL, "40", NULL, false },
	{ "python3", { "python3", "-m", "http.server", "8080" }, "docs",
	  "::1 8080 5", NULL, "0", NULL, false },
	{ "redis-server", { "redis-server", "127.0.0.1:6379" }, "data",
	  "127.0.0.1 6379 4", NULL, "60", NULL, true },
	{ "chrome", { "chrome", "--type=utility" }, "home",
	  NULL, "127.0.0.1 3000,127.0.0.1 3000,::1 5173", "31", NULL, false },
	{ "psql", { "psql", "-h", "localhost", "shop" }, "shop-web",
	  NULL, "127.0.0.1 5432", "3", NULL, false },
	{ "node", { "node", "worker.js" }, "shop-api",
	  "127.0.0.1 49342 128", "127.0.0.1 5432,127.0.0.1 5432,127.0.0.1 8080,127.0.0.1 3000",
	  "25", NULL, false },
	{ "curl", { "curl", "http://localhost:3000/health" }, "shop-web",
	  NULL, NULL, "80", "127.0.0.1 3000", false },
	{ "redis-cli", { "redis-cli" }, "shop-api", NULL,
	  "127.0.0.1 6379,127.0.0.1 6379,127.0.0.1 6379,127.0.0.1 6379,127.0.0.1 6379", "0", NULL, false },
};

#define NACTORS (sizeof actors / sizeof *actors)

static _Noreturn void
fail(const char *what)
{
	fprintf(stderr, "demo: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int
must(int result, const char *what)
{
	if (result < 0)
		fail(what);
	return result;
}

/* ---- an actor ---- */

struct play {
	struct pollfd fds[FDS_MAX];	/* listeners first */
	nfds_t        nlisteners;
	nfds_t        n;
	size_t        send;
	const char   *visit;
	unsigned      beats;
	bool          deaf;
};

static socklen_t
read_address(const char *word, struct sockaddr_storage *ret, int *backlog)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;
	struct sockaddr_in *in = (struct sockaddr_in *)ret;
	char addr[64];
	int port;

	*backlog = 0;
	if (sscanf(word, "%63s %d %d", addr, &port, backlog) < 2)
		fail(word);
	memset(ret, 0, sizeof *ret);
	if (inet_pton(AF_INET, addr, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((in_port_t)port);
		return sizeof *in;
	}
	must(inet_pton(AF_INET6, addr, &in6->sin6_addr) - 1, addr);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((in_port_t)port);
	return sizeof *in6;
}

static void
add_fd(struct play *p, int fd)
{
	if (p->n < FDS_MAX)
		p->fds[p->n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

static void
open_one(struct play *p, const char *word, bool listens)
{
	struct sockaddr_storage addr;
	int backlog, on = 1;
	socklen_t len = read_address(word, &addr, &backlog);
	int fd = must(socket(addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
	const struct sockaddr *sa = (const struct sockaddr *)&addr;

	if (!listens) {
		must(connect(fd, sa, len), word);
		must(fcntl(fd, F_SETFL, O_NONBLOCK), "fcntl");
	} else {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
		if (addr.ss_family == AF_INET6)
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
		must(bind(fd, sa, len), word);
		must(listen(fd, backlog), word);
	}
	add_fd(p, fd);
}

static void
open_all(struct play *p, const char *variable, bool listens)
{
	char *words = getenv(variable), *save;

	if (!words)
		return;
	words = strdup(words);
	for (char *w = strtok_r(words, ",", &save); w; w = strtok_r(NULL, ",", &save))
		open_one(p, w, listens);
	free(words);
}

static void
accept_some(struct play *p)
{
	for (nfds_t i = 0; i < p->nlisteners; i++) {
		if (p->fds[i].revents == 0 || (p->deaf && p->n > p->nlisteners))
			continue;
		add_fd(p, must(accept4(p->fds[i].fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), "accept"));
	}
	for (nfds_t i = 0; p->deaf && p->n > p->nlisteners && i < p->nlisteners; i++)
		p->fds[i].events = 0;
}

/* What comes is read and forgotten. Returns whether the other end goes on. */
static bool
read_one(int fd)
{
	static char sink[65536];
	ssize_t n;

	while ((n = read(fd, sink, sizeof sink)) > 0)
		;
	return n < 0 && errno == EAGAIN;
}

static void
drop(struct play *p, nfds_t i)
{
	close(p->fds[i].fd);
	p->fds[i] = p->fds[--p->n];
}

static void
read_some(struct play *p)
{
	for (nfds_t i = p->n; i-- > p->nlisteners;)
		if (!read_one(p->fds[i].fd))
			drop(p, i);
}

static void
send_some(struct play *p)
{
	static const char text[65536];

	for (nfds_t i = p->nlisteners; i < p->n && p->send > 0; i++)
		(void)!send(p->fds[i].fd, text, p->send, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Its connection is the last one: it has no other. */
static void
visit_some(struct play *p)
{
	p->beats++;
	if (p->visit && p->beats % VISIT_BEATS == 0)
		open_one(p, p->visit, false);
	else if (p->visit && p->beats % VISIT_BEATS == STAY_BEATS && p->n > 0)
		drop(p, p->n - 1);
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

static _Noreturn void
play(void)
{
	struct play p = { .send = (size_t)atoi(getenv("SEND")), .visit = getenv("VISIT"),
	                  .deaf = getenv("DEAF") != NULL };
	int64_t beat = now_ms();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	open_all(&p, "LISTEN", true);
	p.nlisteners = p.n;
	open_all(&p, "CONNECT", false);
	must((int)write(READY_FD, "", 1), "ready");
	close(READY_FD);
	for (;;) {
		int64_t left = beat + BEAT_MS - now_ms();

		if (poll(p.fds, p.n, left > 0 ? (int)left : 0) > 0) {
			accept_some(&p);
			read_some(&p);
		}
		if (now_ms() - beat < BEAT_MS)
			continue;
		beat += BEAT_MS;
		send_some(&p);
		visit_some(&p);
	}
}

/* ---- the stage ---- */

/* "FOLDER/a/b", of which the last part need not be there. Kept. */
static char *
path_of(const char *folder, const char *a, const char *b)
{
	char *path;

	if (asprintf(&path, "%s/%s%s%s", folder, a, *b ? "/" : "", b) < 0)
		fail("memory");
	return path;
}

static void
make_folder(const char *path)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		fail(path);
}

static const char *
copy_program(const char *folder, const char *name)
{
	const char *path = path_of(folder, "bin", name);
	int from = must(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), "open");
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	struct stat st;

	must(fstat(from, &st), "fstat");
	if (to >= 0)
		must((int)sendfile(to, from, NULL, (size_t)st.st_size), path);
	if (to >= 0)
		close(to);
	close(from);
	return path;
}

static void
set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void
start(const char *folder, const struct actor *a, int ready)
{
	const char *program = copy_program(folder, a->program);
	const char *home = path_of(folder, a->folder, "");
	char *argv[7];
	char byte;

	memcpy(argv, a->argv, sizeof a->argv);
	argv[6] = NULL;
	make_folder(home);
	make_folder(path_of(folder, a->folder, ".git"));
	set("PLAY", "1");
	set("LISTEN", a->listen);
	set("CONNECT", a->connect);
	set("SEND", a->send);
	set("VISIT", a->visit);
	set("DEAF", a->deaf ? "1" : NULL);
	if (must(fork(), "fork") == 0) {
		must(chdir(home), home);
		must(dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO), "/dev/null");
		execv(program, argv);
		fail(program);
	}
	must((int)read(ready, &byte, 1) - 1, a->program);
}

int
main(int argc, char **argv)
{
	int ready[2];
	char byte;

	if (getenv("PLAY"))
		play();
	if (argc != 2)
		return 2;
	make_folder(path_of(argv[1], "bin", ""));
	must(pipe(ready), "pipe");
	ready[0] = must(fcntl(ready[0], F_DUPFD_CLOEXEC, READY_FD + 1), "fcntl");
	must(dup2(ready[1], READY_FD), "dup2");
	for (size_t i = 0; i < NACTORS; i++)
		start(argv[1], &actors[i], ready[0]);
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
