/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owners that are kept from sample to sample against owners that are read anew, on the
 * real /proc, while processes open, close, share, pass and inherit descriptors at random.
 * And what a quiet sample costs: this program has fstatat() and readlinkat() itself.
 */

#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "helpers/netns.h"
#include "model/join.h"
#include "model/task.h"
#include "source/owners.h"
#include "source/source.h"
#include "source/suspects.h"

/* ---- calls that are counted ---- */

static unsigned long stats, links;

int
fstatat(int dir, const char *path, struct stat *st, int flags)
{
	stats++;
	return (int)syscall(SYS_newfstatat, dir, path, st, flags);
}

ssize_t
readlinkat(int dir, const char *path, char *buf, size_t size)
{
	links++;
	return syscall(SYS_readlinkat, dir, path, buf, size);
}

/* ---- players: processes that do what they are told ---- */

#define PLAYERS  6
#define CONTROL  100	/* descriptor of a player's own socket, which is none of the game */
#define REPLY    101	/* and of the pipe where it says that it is done */
#define HELD_MAX 40

enum order { LISTEN, CLOSE, SHARE, PASS, COPY, OPEN_FILE, CLOSE_FILE, FORK, EXEC, LEAVE, TAKE, MOVE, ORDERS };

struct command {
	enum order order;
	unsigned   choice;	/* which of its descriptors */
	int        other;	/* the player that it has to do with */
};

static socklen_t
address_of(int player, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	                   (size_t)snprintf(ret->sun_path + 1, 32, "player %d", player));
}

/* Its descriptors of a kind, but for the two above and the first three. Returns how many. */
static int
list_held(bool sockets, int fds[HELD_MAX])
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	struct stat st;
	int n = 0;

	while (d && (e = readdir(d)) && n < HELD_MAX) {
		int fd = atoi(e->d_name);

		if (fd > 2 && fd < CONTROL && fd != dirfd(d) && fstat(fd, &st) == 0 &&
		    S_ISSOCK(st.st_mode) == sockets)
			fds[n++] = fd;
	}
	if (d)
		closedir(d);
	return n;
}

static int
choose(bool sockets, unsigned choice)
{
	int fds[HELD_MAX], n = list_held(sockets, fds);

	return n > 0 ? fds[choice % (unsigned)n] : -1;
}

static void
say_done(void)
{
	if (write(REPLY, "", 1) != 1)
		_exit(1);
}

static void
send_to(int player, const struct command *c, int fd)
{
	union { struct cmsghdr h; char space[CMSG_SPACE(sizeof(int))]; } u = { .space = "" };
	struct iovec iov = { (void *)(uintptr_t)c, sizeof *c };
	struct sockaddr_un to;
	struct msghdr m = { .msg_name = &to, .msg_namelen = address_of(player, &to),
	                    .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		m.msg_control = u.space;
		m.msg_controllen = sizeof u.space;
		u.h.cmsg_level = SOL_SOCKET;
		u.h.cmsg_type = SCM_RIGHTS;
		u.h.cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(&u.h), &fd, sizeof fd);
	}
	if (sendmsg(CONTROL, &m, 0) < 0)
		_exit(2);
}

static void player_run(void) __attribute__((noreturn));

static void
be_player(int number)
{
	struct sockaddr_un me;
	socklen_t len = address_of(number, &me);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd < 0 || dup2(fd, CONTROL) < 0 || bind(CONTROL, (struct sockaddr *)&me, len) < 0)
		_exit(3);
	close(fd);
	signal(SIGCHLD, SIG_IGN);	/* who leaves is gone at once */
}

static void
do_listen(const struct command *c)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	(void)c;
	if (bind(fd, (struct sockaddr *)&any, sizeof any) < 0 || listen(fd, 1) < 0)
		_exit(4);
}

static void
do_close(const struct command *c)
{
	close(choose(true, c->choice));
}

/* The one who takes it says that it is done. */
static void
do_share(const struct command *c)
{
	int fd = choose(true, c->choice);

	if (fd >= 0)
		send_to(c->other, &(struct command){ .order = TAKE }, fd);
	else
		say_done();
}

/* So do both: it may be taken before it is closed here. */
static void
do_pass(const struct command *c)
{
	int fd = choose(true, c->choice);

	do_share(c);
	if (fd >= 0)
		close(fd);
	say_done();
}

static void
do_copy(const struct command *c)
{
	int fd = dup(choose(true, c->choice));

	(void)fd;
}

static void
do_open_file(const struct command *c)
{
	int fd = open("/dev/null", O_RDONLY);

	(void)c;
	(void)fd;
}

static void
do_close_file(const struct command *c)
{
	close(choose(false, c->choice));
}

static void
do_fork(const struct command *c)
{
	if (fork() != 0)
		return;
	be_player(c->other);
	say_done();
	player_run();
}

/* What it becomes says that it is done. */
static void
do_exec(const struct command *c)
{
	(void)c;
	execl("/proc/self/exe", "player", (char *)NULL);
	_exit(5);
}

static void
do_leave(const struct command *c)
{
	(void)c;
	for (int fd = 3; fd <= CONTROL; fd++)
		close(fd);
	say_done();
	_exit(0);
}

static void
do_take(const struct command *c)
{
	(void)c;
}

static void
do_move(const struct command *c)
{
	(void)c;
	if (chdir("/") < 0)
		_exit(7);
}

/* silent: somebody else says that it is done, or it was said. */
static const struct { void (*run)(const struct command *); bool silent; } acts[ORDERS] = {
	[LISTEN] = { do_listen, false }, [CLOSE] = { do_close, false },
	[SHARE] = { do_share, true }, [PASS] = { do_pass, true }, [COPY] = { do_copy, false },
	[OPEN_FILE] = { do_open_file, false }, [CLOSE_FILE] = { do_close_file, false },
	[FORK] = { do_fork, true }, [EXEC] = { do_exec, true }, [LEAVE] = { do_leave, true },
	[TAKE] = { do_take, false }, [MOVE] = { do_move, false },
};

/* Until the test ends, however that comes: then nobody reads what a player says. */
static bool
next_command(void)
{
	struct pollfd fds[] = { { .fd = CONTROL, .events = POLLIN }, { .fd = REPLY } };

	while (poll(fds, ARRAY_SIZE(fds), -1) < 0)
		if (errno != EINTR)
			return false;
	return fds[0].revents & POLLIN && !(fds[1].revents & POLLERR);
}

static void
player_run(void)
{
	while (next_command()) {
		union { struct cmsghdr h; char space[CMSG_SPACE(sizeof(int))]; } u;
		struct command c;
		struct iovec iov = { &c, sizeof c };
		struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = u.space,
		                    .msg_controllen = sizeof u.space };

		if (recvmsg(CONTROL, &m, 0) != sizeof c)
			_exit(6);
		acts[c.order].run(&c);
		if (!acts[c.order].silent)
			say_done();
	}
	_exit(0);
}

/* What was exec'd is this program again, before it has a main(). */
static void __attribute__((constructor))
go_on_playing(void)
{
	char name[16] = "";
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, name, sizeof name - 1);

	close(fd);
	if (n <= 0 || strcmp(name, "player") != 0)
		return;
	signal(SIGCHLD, SIG_IGN);
	say_done();
	player_run();
}

/* ---- the game ---- */

struct game {
	bool             plays[PLAYERS];
	int              control;	/* what orders are sent from */
	int              replies[2];
	unsigned         seed;
	const char      *proc;
	struct source   *kept;
	struct snapshot  ours;
};

static unsigned
draw(struct game *g, unsigned below)
{
	g->seed = g->seed * 1103515245u + 12345u;
	return (g->seed >> 16) % below;
}

static void
wait_done(struct game *g)
{
	struct pollfd p = { .fd = g->replies[0], .events = POLLIN };
	char byte;

	cr_assert_eq(poll(&p, 1, 10000), 1, "a player does not do what it is told");
	cr_assert_eq(read(g->replies[0], &byte, 1), 1);
}

static void
tell(struct game *g, int player, const struct command *c)
{
	struct sockaddr_un to;
	socklen_t len = address_of(player, &to);

	cr_assert_eq(sendto(g->control, c, sizeof *c, 0, (struct sockaddr *)&to, len), sizeof *c);
}

static void
start_player(struct game *g, int player)
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		dup2(g->replies[1], REPLY);
		for (int fd = 3; fd < CONTROL; fd++)
			close(fd);
		be_player(player);
		say_done();
		player_run();
	}
	g->plays[player] = true;
	wait_done(g);
}

static int
count_players(const struct game *g, int except)
{
	int n = 0;

	for (int i = 0; i < PLAYERS; i++)
		n += g->plays[i] && i != except;
	return n;
}

/* A player but that one; -1: any. */
static int
draw_player(struct game *g, int except, bool plays)
{
	int player;

	do
		player = (int)draw(g, PLAYERS);
	while (player == except || g->plays[player] != plays);
	return player;
}

static void
order(struct game *g)
{
	static const enum order usual[] = { LISTEN, LISTEN, LISTEN, CLOSE, CLOSE, SHARE, SHARE, PASS,
		PASS, COPY, OPEN_FILE, CLOSE_FILE, FORK, EXEC, LEAVE };
	int player = draw_player(g, -1, true);
	struct command c = { .order = usual[draw(g, ARRAY_SIZE(usual))], .choice = draw(g, 1000) };

	if ((c.order == FORK && count_players(g, -1) == PLAYERS) ||
	    (c.order == LEAVE && count_players(g, -1) < 3))
		c.order = LISTEN;
	c.other = draw_player(g, player, c.order != FORK);
	tell(g, player, &c);
	wait_done(g);
	if (c.order == PASS)
		wait_done(g);
	if (c.order == FORK)
		g->plays[c.other] = true;
	if (c.order == LEAVE)
		g->plays[player] = false;
}

static void
sample_of(struct source *src, unsigned want, struct snapshot *s)
{
	int r = 0;

	snapshot_clear(s);
	cr_assert_eq(source_start(src, want, s), 0);
	while (r != SOURCE_DONE) {
		struct pollfd fds[SOURCE_MAX_FDS];
		int timeout, n = source_fds(src, fds, &timeout);

		poll(fds, (nfds_t)n, timeout);
		r = source_turn(src);
		cr_assert_geq(r, 0);
	}
}

static void
sample(struct source *src, struct snapshot *s)
{
	sample_of(src, SOURCE_TCP | SOURCE_IPV4 | SOURCE_OWNERS, s);
}

/* As text, to be compared and to be shown. */
static void
write_owners(const struct snapshot *s, char *to, size_t size)
{
	size_t len = 0;

	to[0] = '\0';
	for (size_t i = 0; i < s->count; i++) {
		const struct sock *k = &s->socks[i];

		len += (size_t)snprintf(to + len, size - len, "%llu:", (unsigned long long)k->inode);
		for (uint32_t n = 0; n < k->nowners; n++)
			len += (size_t)snprintf(to + len, size - len, " %d/%d/%s",
			                        (int)k->owners[n].task->pid, k->owners[n].fd,
			                        k->owners[n].task->comm);
		len += (size_t)snprintf(to + len, size - len, " %s\n",
		                        sock_holder_names[k->holder] ? sock_holder_names[k->holder] : "-");
		cr_assert_lt(len, size);
	}
}

/* What someone sees who reads all of it now. */
static void
read_anew(const struct game *g, char *to, size_t size)
{
	struct snapshot theirs;
	struct source *src;

	snapshot_init(&theirs);
	cr_assert_eq(source_open(&src, g->proc), 0);
	sample(src, &theirs);
	write_owners(&theirs, to, size);
	source_close(src);
	snapshot_done(&theirs);
}

/* How many samples it takes until each process of this machine has been asked for its number. */
static unsigned
count_rounds(const struct game *g)
{
	int proc = open(g->proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n;
	pid_t *pids = NULL;

	n = proc_list(proc, &pids);
	cr_assert_gt(n, 0);
	free(pids);
	close(proc);
	return ((unsigned)n + SUSPECTS_QUIET - 1) / SUSPECTS_QUIET;
}

/* Compares the kept owners with new ones. Returns whether they are the same. */
static bool
is_right(struct game *g, char *kept, char *anew, size_t size)
{
	sample(g->kept, &g->ours);
	write_owners(&g->ours, kept, size);
	read_anew(g, anew, size);
	return strcmp(kept, anew) == 0;
}

#define STILL_TRIES 50

/*
 * The same, with the kept ones read while nothing moves: what a process does for an order, or
 * the kernel for a descriptor that it let go of, may not be over at once on a busy machine.
 */
static bool
is_right_when_still(struct game *g, char *kept, char *anew, size_t size)
{
	static char before[65536];

	for (unsigned i = 0; i < STILL_TRIES; i++) {
		bool right;

		for (unsigned n = count_rounds(g); n > 1; n--)
			sample(g->kept, &g->ours);
		read_anew(g, before, sizeof before);
		right = is_right(g, kept, anew, size);
		if (strcmp(before, anew) == 0)
			return right;
	}
	return false;
}

#define OWN_PROC "/mnt"

/* Process 1 of the namespace: mounts its /proc, says whether it could, and stays until the test ends. */
static void run_init(int told) __attribute__((noreturn));

static void
run_init(int told)
{
	char could = mount("proc", OWN_PROC, "proc", 0, NULL) == 0;

	signal(SIGCHLD, SIG_IGN);
	if (write(told, &could, 1) != 1)
		_exit(1);
	while (poll(&(struct pollfd){ .fd = told }, 1, -1) < 0)	/* until nobody reads it */
		;
	_exit(0);
}

/*
 * Where this process is itself. Between two it can start no thread, and only root of the
 * machine gets back.
 */
static bool
stay_in_pid_namespace(void)
{
	int fd = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	bool could = setns(fd, CLONE_NEWPID) == 0;

	close(fd);
	return could;
}

/*
 * Players among themselves: that a process has more descriptors than before is seen at once
 * only as long as there are not too many of them (COUNT_QUIET), which other programs of this
 * machine must not decide. Whoever is forked from now on is in a namespace of its own. Returns
 * where the /proc is that shows it: the machine's own where it forbids that.
 */
static const char *
enter_pid_namespace(void)
{
	int told[2];
	char could = 0;
	pid_t pid;

	if (!stay_in_pid_namespace() || unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    unshare(CLONE_NEWPID) < 0)
		return "/proc";
	cr_assert_eq(pipe2(told, O_CLOEXEC), 0);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		close(told[0]);
		run_init(told[1]);
	}
	close(told[1]);
	cr_assert_eq(read(told[0], &could, 1), 1);
	return could ? OWN_PROC : "/proc";
}

static void
game_init(struct game *g, unsigned seed, bool alone)
{
	int r = netns_enter();

	if (r < 0)
		cr_skip_test("no network namespace of its own: %s", strerror(-r));
	*g = (struct game){ .seed = seed, .proc = "/proc" };
	if (alone)
		g->proc = enter_pid_namespace();
	g->control = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(pipe2(g->replies, O_CLOEXEC), 0);
	snapshot_init(&g->ours);
	for (int i = 0; i < 3; i++)
		start_player(g, i);
	if (alone)
		stay_in_pid_namespace();
	cr_assert_eq(source_open(&g->kept, g->proc), 0);
}

static void
game_done(struct game *g)
{
	for (int i = 0; i < PLAYERS; i++)
		if (g->plays[i])
			tell(g, i, &(struct command){ .order = LEAVE });
	source_close(g->kept);
	snapshot_done(&g->ours);
	close(g->control);
}

static unsigned
steps(void)
{
	const char *s = getenv("LOTOP_CHURN_STEPS");

	return s ? (unsigned)atoi(s) : 120;
}

#define TEXT 65536

/* One thing at a time: whatever it is, a number changes or a socket comes or goes. */
Test(suspects, owners_are_right_after_each_change, .timeout = 300)
{
	static char kept[TEXT], anew[TEXT];
	struct game g;

	game_init(&g, 1, true);
	for (unsigned i = 0; i < steps(); i++) {
		order(&g);
		cr_assert(is_right_when_still(&g, kept, anew, TEXT), "step %u: kept\n%sread\n%s", i, kept, anew);
	}
	game_done(&g);
}

/*
 * Several at a time may leave all numbers as they were; then they are right after some more
 * samples, which read all processes in turn.
 */
Test(suspects, owners_are_right_after_many_changes, .timeout = 300)
{
	static char kept[TEXT], anew[TEXT];
	struct game g;

	game_init(&g, 2, true);
	for (unsigned i = 0; i < steps(); i++) {
		unsigned left = 200;

		for (unsigned n = 1 + draw(&g, 8); n > 0; n--)
			order(&g);
		while (!is_right(&g, kept, anew, TEXT) && --left > 0)
			;
		cr_assert_gt(left, 0, "step %u: kept\n%sread\n%s", i, kept, anew);
	}
	game_done(&g);
}

/* ---- what happens while the dump is under way ---- */

/* What happens after all processes were read, and before the sockets are dumped. */
static const struct meanwhile {
	const char    *what;
	struct command orders[2];
	int            players[2];
	bool           no_second;
	bool           starts;		/* the first starts player 3 */
} meanwhiles[] = {
	{ "nothing changes", { { .order = TAKE }, { .order = TAKE } }, { 0, 1 }, false, false },
	{ "one opens a socket", { { .order = LISTEN } }, { 0 }, true, false },
	{ "one has another in place of one", { { .order = CLOSE }, { .order = LISTEN } }, { 0, 0 }, false, false },
	{ "one is passed on", { { .order = PASS, .other = 1 } }, { 0 }, true, false },
	{ "one is passed on twice", { { .order = PASS, .other = 1 }, { .order = PASS, .other = 2 } }, { 0, 1 }, false, false },
	{ "one is shared, and another opened", { { .order = SHARE, .other = 2 }, { .order = LISTEN } }, { 1, 2 }, false, false },
	{ "one is shared, and its holder ends", { { .order = SHARE, .other = 2 }, { .order = LEAVE } }, { 1, 1 }, false, false },
	{ "one starts another, which opens one", { { .order = FORK, .other = 3 }, { .order = LISTEN } }, { 0, 3 }, false, true },
};

static void
do_meanwhile(struct game *g, const struct meanwhile *m)
{
	for (int i = 0; i < 2 - m->no_second; i++) {
		tell(g, m->players[i], &m->orders[i]);
		wait_done(g);
		if (m->orders[i].order == PASS)
			wait_done(g);
		if (m->orders[i].order == LEAVE)
			g->plays[m->players[i]] = false;
	}
	g->plays[3] = m->starts;
}

static void
wait_for_owners(const struct owners *o)
{
	struct pollfd fds[OWNERS_MAX_FDS];
	int n = owners_fds(o, fds);

	poll(fds, (nfds_t)n, owners_timeout(o));
}

/* A first sample in a hurry, whose processes are all read before the sockets are known. */
static void
read_ahead(struct game *g, const struct meanwhile *m, char *to, size_t size)
{
	int proc = open(g->proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct snapshot s;
	struct owners *o;

	snapshot_init(&s);
	cr_assert_eq(owners_new(&o, proc), 0);
	owners_hurry(o);
	owners_ahead(o);
	while (owners_gather(o))
		wait_for_owners(o);
	do_meanwhile(g, m);
	sample_of(g->kept, SOURCE_TCP | SOURCE_IPV4, &s);
	cr_assert_eq(owners_start(o, &s), 0);
	while (owners_turn(o) == SOURCE_MORE)
		wait_for_owners(o);
	owners_attach(o, &s);
	owners_end(o, &s);
	join_ends(&s);
	join_holders(&s);
	write_owners(&s, to, size);
	owners_free(o);
	snapshot_done(&s);
	close(proc);
}

Test(suspects, what_changes_before_the_dump_ends_is_seen, .timeout = 60)
{
	static char ahead[TEXT], anew[TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(meanwhiles); i++) {
		struct game g;

		game_init(&g, 6, false);
		for (int n = 0; n < 6; n++) {
			tell(&g, n % 3, &(struct command){ .order = LISTEN });
			wait_done(&g);
		}
		read_ahead(&g, &meanwhiles[i], ahead, TEXT);
		read_anew(&g, anew, TEXT);
		cr_expect_str_eq(ahead, anew, "%s: ahead\n%sread\n%s", meanwhiles[i].what, ahead, anew);
		game_done(&g);
	}
}

/* ---- what no number gives away ---- */

static void
do_order(struct game *g, int player, enum order order, int other)
{
	tell(g, player, &(struct command){ .order = order, .other = other });
	wait_done(g);
}

/*
 * No socket comes or goes, nor does any process have another number of descriptors than before:
 * of those that hold a socket, one closes it and opens a file.
 */
Test(suspects, who_lets_go_of_a_shared_socket_is_seen_at_the_next_sample, .timeout = 60)
{
	struct game g;

	game_init(&g, 7, true);
	do_order(&g, 0, LISTEN, 0);
	for (int i = 0; i < 60; i++)	/* whoever would have to read all of them has much to read */
		do_order(&g, 0, OPEN_FILE, 0);
	for (int i = 3; i < PLAYERS; i++) {
		do_order(&g, 0, FORK, i);
		g.plays[i] = true;
	}
	do_order(&g, 0, SHARE, 1);
	do_order(&g, 0, SHARE, 2);
	sample(g.kept, &g.ours);
	for (int i = PLAYERS - 1; i > 0; i--) {
		uint32_t wanted = (uint32_t)i + 1;

		cr_assert_eq(g.ours.count, 1);
		cr_expect_eq(g.ours.socks[0].nowners, wanted, "%u hold it, not %u",
		             g.ours.socks[0].nowners, wanted);
		do_order(&g, i, CLOSE, 0);
		do_order(&g, i, OPEN_FILE, 0);
		sample(g.kept, &g.ours);
	}
	cr_expect_eq(g.ours.socks[0].nowners, 1);
	game_done(&g);
}

/* ---- what is read without a reason ---- */

/* The task of the only socket that there is. */
static const struct task *
only_holder(struct game *g)
{
	sample(g->kept, &g->ours);
	cr_assert_eq(g->ours.count, 1);
	cr_assert_eq(g->ours.socks[0].nowners, 1);
	return g->ours.socks[0].owners[0].task;
}

/* Nothing gives that away; whose sockets are in sight is read anew in turn. */
Test(suspects, facts_that_change_alone_are_read_anew, .timeout = 60)
{
	unsigned left = 20;
	struct game g;

	game_init(&g, 4, true);
	tell(&g, 0, &(struct command){ .order = LISTEN });
	wait_done(&g);
	cr_assert_str_neq(only_holder(&g)->cwd, "/");
	tell(&g, 0, &(struct command){ .order = MOVE });
	wait_done(&g);
	while (strcmp(only_holder(&g)->cwd, "/") != 0 && --left > 0)
		;
	cr_expect_gt(left, 0);
	game_done(&g);
}

/* Processes that hold a socket that is in no dump, until the pipe is closed. */
static void
fork_others(int until[2], int count)
{
	char byte;

	cr_assert_eq(pipe2(until, O_CLOEXEC), 0);
	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		cr_assert_geq(pid, 0);
		if (pid > 0)
			continue;
		close(until[1]);
		(void)socket(AF_UNIX, SOCK_DGRAM, 0);
		_exit(read(until[0], &byte, 1) != 0);
	}
}

Test(suspects, a_holder_that_stops_is_seen_at_the_next_sample, .timeout = 60)
{
	struct game g;
	int until[2];
	pid_t pid;

	game_init(&g, 5, false);
	tell(&g, 0, &(struct command){ .order = LISTEN });
	wait_done(&g);
	fork_others(until, 150);
	pid = only_holder(&g)->pid;
	for (int i = 0; i < 5; i++) {
		cr_assert_eq(kill(pid, SIGSTOP), 0);
		cr_assert_eq(waitpid(pid, NULL, WUNTRACED), pid);
		cr_expect_eq(only_holder(&g)->state, 'T', "%d", i);
		cr_assert_eq(kill(pid, SIGCONT), 0);
		cr_assert_eq(waitpid(pid, NULL, WCONTINUED), pid);
		cr_expect_neq(only_holder(&g)->state, 'T', "%d", i);
	}
	close(until[1]);
	game_done(&g);
}

/* Takes a sample, of as many sockets as there are players, each of which has one process. */
static void
sample_single_holders(struct game *g)
{
	sample(g->kept, &g->ours);
	cr_assert_eq(g->ours.count, 4);
	for (size_t i = 0; i < g->ours.count; i++)
		cr_expect_eq(g->ours.socks[i].nowners, 1, "%u hold it", g->ours.socks[i].nowners);
}

/*
 * No socket comes or goes, so not all of so many processes are asked for their number at
 * each sample. Whoever of two was asked, nobody and both are never right, and in as many samples
 * as it takes to ask all of them it is the one who has it.
 */
Test(suspects, a_socket_that_passes_on_among_many_has_one_holder, .timeout = 60)
{
	static char kept[TEXT], anew[TEXT];
	struct game g;
	int some[2], more[2];

	game_init(&g, 8, false);
	fork_others(some, SUSPECTS_QUIET / 2 + 50);
	do_order(&g, 0, FORK, 3);	/* half of all are between the two */
	fork_others(more, SUSPECTS_QUIET / 2 + 50);
	g.plays[3] = true;
	for (int i = 0; i < 4; i++)
		do_order(&g, i, LISTEN, 0);
	for (int i = 0; i < 20; i++) {
		sample_single_holders(&g);
		do_order(&g, i % 2 * 3, PASS, (i + 1) % 2 * 3);
		wait_done(&g);
		for (unsigned n = count_rounds(&g); n > 1; n--)
			sample_single_holders(&g);
		cr_expect(is_right(&g, kept, anew, TEXT), "%d: kept\n%sread\n%s", i, kept, anew);
	}
	close(some[1]);
	close(more[1]);
	game_done(&g);
}

/* One number for each process, and a few that are read in turn. */
Test(suspects, a_quiet_sample_reads_little, .timeout = 60)
{
	unsigned long listeners = 300, least = ULONG_MAX;
	struct game g;

	game_init(&g, 3, true);
	for (unsigned long i = 0; i < listeners; i++) {
		tell(&g, (int)i % 3, &(struct command){ .order = LISTEN });
		wait_done(&g);
	}
	sample(g.kept, &g.ours);
	cr_assert_eq(g.ours.count, listeners);
	for (int i = 0; i < 10; i++) {	/* the machine may have been busy with something new */
		links = 0;
		sample(g.kept, &g.ours);
		least = MIN(least, links);
	}
	cr_expect_lt(least, 600, "%lu links are read where nothing changed", least);
	game_done(&g);
}
