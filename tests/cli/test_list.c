/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * `lotop list` on a real kernel: each socket that mksock makes is there once,
 * as mksock says, and nothing else is.
 */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

TestSuite(list, .init = cli_enter, .timeout = 120);

static struct mksock made;

static void
expect_text(const char *name, const json_t *row, const char *key,
    const char *want)
{
	const char *text = cli_text(row, key);

	if (want == NULL || want[0] == '\0') {
		cr_expect(json_is_null(json_object_get(row, key)),
		    "%s: %s is not null but %s", name, key,
		    text != NULL ? text : "no text");
		return;
	}
	cr_expect(text != NULL && strcmp(text, want) == 0,
	    "%s: %s is %s, not %s", name, key, text != NULL ? text : "no text",
	    want);
}

static void
expect_number(const char *name, const json_t *row, const char *key,
    int64_t want)
{
	const json_t *value = json_object_get(row, key);

	if (want == FACT_UNKNOWN) {
		cr_expect(json_is_null(value), "%s: %s is not null", name, key);
		return;
	}
	cr_expect(json_is_integer(value) && json_integer_value(value) == want,
	    "%s: %s is %" JSON_INTEGER_FORMAT ", not %" PRId64, name, key,
	    json_integer_value(value), want);
}

/* Only where mksock promises a number. */
static void
expect_promised(const char *name, const json_t *row, const char *key,
    int64_t want)
{
	if (want != FACT_UNKNOWN)
		expect_number(name, row, key, want);
}

static void
expect_ends(const char *name, const json_t *row, const struct fact *f)
{
	expect_text(name, row, "proto", f->proto);
	expect_number(name, row, "family", f->family);
	expect_text(name, row, "state", f->state);
	expect_text(name, row, "laddr", f->laddr);
	expect_number(name, row, "lport", f->lport);
	expect_text(name, row, "raddr", f->raddr);
	expect_number(name, row, "rport", f->rport);
	expect_text(name, row, "reach", f->reach);
	expect_text(name, row, "iface", f->iface);
}

static void
expect_kernel_numbers(const char *name, const json_t *row, const struct fact *f)
{
	const char *cookie = cli_text(row, "cookie");

	/* No inode is no number, and never one of another socket. */
	if (f->inode > 0)
		expect_number(name, row, "inode", f->inode);
	else
		cr_expect_leq(cli_number(row, "inode"), 0, "%s: an inode", name);
	expect_number(name, row, "uid", f->uid);
	cr_expect(cookie != NULL && strlen(cookie) == 16 &&
	    strspn(cookie, "0123456789abcdef") == 16, "%s: cookie %s", name,
	    cookie != NULL ? cookie : "null");
	if (strcmp(f->state, "LISTEN") == 0) {
		expect_number(name, row, "backlog", f->backlog);
		expect_promised(name, row, "backlog_max", f->backlog_max);
		expect_number(name, row, "recvq", FACT_UNKNOWN);
		expect_number(name, row, "sendq", FACT_UNKNOWN);
		return;
	}
	expect_number(name, row, "backlog", FACT_UNKNOWN);
	expect_number(name, row, "backlog_max", FACT_UNKNOWN);
	expect_promised(name, row, "recvq", f->recvq);
	expect_promised(name, row, "sendq", f->sendq);
	expect_promised(name, row, "rx_total", f->rx_total);
	expect_promised(name, row, "tx_total", f->tx_total);
}

static const char *
user_name(uid_t uid)
{
	const struct passwd *pw = getpwuid(uid);

	return pw != NULL ? pw->pw_name : "";
}

/* The owner of /proc/PID is the user that the process runs as. */
static uid_t
user_of(pid_t pid)
{
	char path[64];
	struct stat st = { 0 };

	snprintf(path, sizeof path, "/proc/%d", (int)pid);
	cr_assert_eq(stat(path, &st), 0, "%s", path);
	return st.st_uid;
}

/* Nobody is an answer, []; out of sight is none, null. */
static void
expect_no_owners(const char *name, const json_t *row, const struct fact *f)
{
	static const char *const of_holder[] = {
		"pid", "fd", "process", "command", "exe", "cwd",
	};
	const json_t *owners = json_object_get(row, "owners");

	for (size_t i = 0; i < CLI_ARRAY_SIZE(of_holder); i++)
		cr_expect(json_is_null(json_object_get(row, of_holder[i])),
		    "%s: %s is not null", name, of_holder[i]);
	if (strcmp(f->holder, "unseen") == 0)
		cr_expect(json_is_null(owners), "%s: owners not null", name);
	else
		cr_expect(json_is_array(owners) && json_array_size(owners) == 0,
		    "%s: owners not empty", name);
}

static void
expect_owner(const char *name, const json_t *owner, const struct fact *f,
    size_t i)
{
	const char *start = cli_text(owner, "start");

	expect_number(name, owner, "pid", f->held[i].pid);
	expect_number(name, owner, "fd", f->held[i].fd);
	if (strncmp(f->kind, "hostile", 7) != 0)
		expect_text(name, owner, "process", f->comm);
	expect_text(name, owner, "user", user_name(user_of(f->held[i].pid)));
	cr_expect(start != NULL && strlen(start) >= strlen("2026-01-01T00:00:00Z")
	    && start[10] == 'T', "%s: start %s", name,
	    start != NULL ? start : "null");
}

/*
 * May this process look into every other? Root of a sandbox may not look into
 * one that has more privileges; then lotop cannot tell hidden from unseen.
 */
static bool
sees_every_process(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *de;
	bool all = true;
	char path[300];
	char target[64];

	cr_assert_not_null(proc);
	while (all && (de = readdir(proc)) != NULL) {
		snprintf(path, sizeof path, "/proc/%s/fd/0", de->d_name);
		if (isdigit((unsigned char)de->d_name[0]) &&
		    readlink(path, target, sizeof target) < 0)
			all = errno != EACCES;
	}
	closedir(proc);
	return all;
}

static void
expect_owners(const char *name, const json_t *row, const struct fact *f)
{
	const json_t *owners = json_object_get(row, "owners");

	if (strcmp(f->holder, "unseen") == 0 && !sees_every_process())
		expect_text(name, row, "holder", "hidden");
	else
		expect_text(name, row, "holder", f->holder);
	if (f->owners == 0) {
		expect_no_owners(name, row, f);
		return;
	}
	expect_number(name, row, "pid", f->held[0].pid);
	expect_number(name, row, "fd", f->held[0].fd);
	if (strncmp(f->kind, "hostile", 7) != 0)
		expect_text(name, row, "process", f->comm);
	cr_expect_eq((int64_t)json_array_size(owners), f->owners,
	    "%s: %zu owners, not %" PRId64, name, json_array_size(owners),
	    f->owners);
	for (size_t i = 0; i < json_array_size(owners) && i < FACT_HOLDERS; i++)
		expect_owner(name, json_array_get(owners, i), f, i);
}

/* Where a link of /proc/PID leads; "" where it leads nowhere. */
static const char *
proc_link(pid_t pid, const char *what, char target[PATH_MAX])
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, what);
	n = readlink(path, target, PATH_MAX - 1);
	target[n > 0 ? n : 0] = '\0';
	return target;
}

static void
expect_arguments(const char *name, const json_t *row, pid_t pid)
{
	const json_t *command = json_object_get(row, "command");
	char path[64];
	char all[4096];
	size_t len;
	size_t i = 0;
	FILE *fp;

	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
	fp = fopen(path, "re");
	cr_assert_not_null(fp, "%s", path);
	len = fread(all, 1, sizeof all - 1, fp);
	fclose(fp);
	all[len] = '\0';
	if (len == 0) {		/* a dead leader has none */
		cr_expect(json_is_null(command), "%s: command", name);
		return;
	}
	for (const char *s = all; s < all + len; s += strlen(s) + 1, i++) {
		const char *text = json_string_value(json_array_get(command, i));

		cr_expect(text != NULL && strcmp(text, s) == 0,
		    "%s: argument %zu is %s, not %s", name, i,
		    text != NULL ? text : "none", s);
	}
	cr_expect_eq(json_array_size(command), i, "%s: %zu arguments, not %zu",
	    name, json_array_size(command), i);
}

Test(list, shows_every_socket_once_and_no_other)
{
	json_t *rows;
	char name[64];

	mksock_start(&made, MKSOCK_KINDS("all"));
	rows = cli_rows(ARGS("-a"));
	for (size_t i = 0; i < made.n; i++) {
		const struct fact *f = &made.facts[i];
		json_t *row = cli_row_of(rows, f);

		cr_expect_not_null(row, "%s %s is missing", cli_name(f, name),
		    f->state);
	}
	cr_expect_eq(json_array_size(rows), made.n,
	    "%zu rows, but %zu sockets were made", json_array_size(rows),
	    made.n);
	json_decref(rows);
	mksock_stop(&made);
}

Test(list, says_of_each_what_mksock_said)
{
	json_t *rows;
	char name[64];

	mksock_start(&made, MKSOCK_KINDS("all"));
	rows = cli_rows(ARGS("-a"));
	for (size_t i = 0; i < made.n; i++) {
		const struct fact *f = &made.facts[i];
		json_t *row = cli_row_of(rows, f);

		cli_name(f, name);
		if (row == NULL) {
			cr_expect_fail("%s %s is missing", name, f->state);
			continue;
		}
		expect_ends(name, row, f);
		expect_kernel_numbers(name, row, f);
		expect_owners(name, row, f);
		expect_text(name, row, "user",
		    f->uid == FACT_UNKNOWN ? "" : user_name((uid_t)f->uid));
	}
	json_decref(rows);
	mksock_stop(&made);
}

Test(list, says_what_each_holder_runs)
{
	json_t *rows;
	char name[64];
	char target[PATH_MAX];

	mksock_start(&made, MKSOCK_KINDS("listener4", "pair", "prefork",
	    "thread", "dead-leader", "exec", "setuid", "moved", "stopped"));
	rows = cli_rows(ARGS("-a"));
	for (size_t i = 0; i < made.n; i++) {
		const struct fact *f = &made.facts[i];
		json_t *row = cli_row_of(rows, f);
		pid_t pid = f->held[0].pid;

		cr_assert_not_null(row, "%s", f->kind);
		cli_name(f, name);
		expect_arguments(name, row, pid);
		expect_text(name, row, "exe", proc_link(pid, "exe", target));
		expect_text(name, row, "cwd", proc_link(pid, "cwd", target));
	}
	json_decref(rows);
	mksock_stop(&made);
}

Test(list, gives_each_socket_its_own_cookie)
{
	json_t *rows;

	mksock_start(&made, MKSOCK_KINDS("reuseport", "unaccepted", "timewait",
	    "pair", "bound", "udp-pair"));
	rows = cli_rows(ARGS("-a"));
	for (size_t i = 0; i < json_array_size(rows); i++)
		for (size_t j = 0; j < i; j++)
			cr_expect_str_neq(
			    cli_text(json_array_get(rows, i), "cookie"),
			    cli_text(json_array_get(rows, j), "cookie"));
	json_decref(rows);
	mksock_stop(&made);
}

/* A thread that holds a socket alone is not a holder of its own: its process is. */
Test(list, finds_sockets_in_the_tables_of_threads)
{
	const struct fact *f;
	json_t *rows;

	mksock_start(&made, MKSOCK_KINDS("thread", "dead-leader"));
	rows = cli_rows(NO_ARGS);
	for (size_t i = 0; i < made.n; i++) {
		f = &made.facts[i];
		expect_text(f->kind, cli_row_of(rows, f), "holder", "known");
		expect_number(f->kind, cli_row_of(rows, f), "pid",
		    f->held[0].pid);
		expect_number(f->kind, cli_row_of(rows, f), "fd",
		    f->held[0].fd);
	}
	json_decref(rows);
	mksock_stop(&made);
}

Test(list, knows_nothing_of_a_socket_that_is_gone)
{
	json_t *rows;

	mksock_start(&made, MKSOCK_KINDS("listener4", "udp", "prefork"));
	rows = cli_rows(ARGS("-a"));
	cr_expect_eq(json_array_size(rows), made.n);
	json_decref(rows);
	mksock_stop(&made);
	rows = cli_rows(ARGS("-a"));
	cr_expect_eq(json_array_size(rows), 0);
	json_decref(rows);
}

/*
 * The same sockets by ss(8)
 */

/* Where ss is; NULL where it is not. */
static const char *
ss_path(void)
{
	static const char *const paths[] = {
		"/usr/bin/ss", "/bin/ss", "/usr/sbin/ss", "/sbin/ss",
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(paths); i++)
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	return NULL;
}

/* What ss is known not to show, or not to show right: held against mksock only.
 * (Version 6.1 does not ask for bound sockets, reads no table of a thread, and
 * prints names raw, line ends and all.) */
static bool
ss_can_tell(const char *kind)
{
	static const char *const not[] = {
		"bound", "shut", "thread", "dead-leader", "hostile",
		"hostile-quote", "hostile-width",
	};

	for (size_t i = 0; i < CLI_ARRAY_SIZE(not); i++)
		if (strcmp(kind, not[i]) == 0)
			return false;
	return true;
}

/* The kinds of `mksock --list` that ss can tell. */
static void
start_kinds_for_ss(void)
{
	const char *kinds[128] = { NULL };
	size_t n = 0;
	char *rest;
	struct run r;

	run_program(NULL, ARGS(run_mksock_path(), "--list"), &r);
	for (char *line = strtok_r(r.out, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		line[strcspn(line, " ")] = '\0';
		if (ss_can_tell(line) && n + 1 < CLI_ARRAY_SIZE(kinds))
			kinds[n++] = line;
	}
	mksock_start(&made, kinds);
	run_done(&r);
}

/* One line of `ss -H -O -tuanpe`. */
struct ss_row {
	char	 proto[8];
	char	 state[16];
	long	 recvq;
	long	 sendq;
	char	 local[64];
	char	 peer[64];
	uint64_t inode;
	uint64_t cookie;
	char	*users;		/* within the line; NULL: nobody */
};

static bool
ss_parse(char *line, struct ss_row *ret)
{
	char *word;

	memset(ret, 0, sizeof *ret);
	if (sscanf(line, "%7s %15s %ld %ld %63s %63s", ret->proto, ret->state,
	    &ret->recvq, &ret->sendq, ret->local, ret->peer) != 6)
		return false;
	word = strstr(line, " ino:");
	if (word != NULL)
		sscanf(word, " ino:%" SCNu64, &ret->inode);
	word = strstr(line, " sk:");
	if (word == NULL || sscanf(word, " sk:%" SCNx64, &ret->cookie) != 1)
		return false;
	ret->users = strstr(line, "users:((");
	return true;
}

/* How ss spells a state of a row. */
static const char *
ss_state(const json_t *row)
{
	static const char *const names[][2] = {
		{ "ESTABLISHED", "ESTAB" },	{ "SYN_SENT", "SYN-SENT" },
		{ "SYN_RECV", "SYN-RECV" },	{ "FIN_WAIT1", "FIN-WAIT-1" },
		{ "FIN_WAIT2", "FIN-WAIT-2" },	{ "TIME_WAIT", "TIME-WAIT" },
		{ "CLOSE_WAIT", "CLOSE-WAIT" },	{ "LAST_ACK", "LAST-ACK" },
	};
	const char *state = cli_text(row, "state");

	cr_assert_not_null(state);
	for (size_t i = 0; i < CLI_ARRAY_SIZE(names); i++)
		if (strcmp(state, names[i][0]) == 0)
			return names[i][1];
	return state;
}

/* Some of ss's address, read as lotop writes it: "[::ffff:127.0.0.1]:80". */
static void
expect_end(const json_t *row, const char *addr_key, const char *port_key,
    const char *text)
{
	char copy[64];
	char *addr = copy;
	char *port;
	const char *want = cli_text(row, addr_key);

	snprintf(copy, sizeof copy, "%s", text);
	port = strrchr(copy, ':');
	cr_assert_not_null(port, "ss: %s", text);
	*port++ = '\0';
	if (strcmp(port, "*") == 0) {
		cr_expect_null(want, "ss has no %s, lotop %s", addr_key, want);
		return;
	}
	cr_expect_eq(cli_number(row, port_key), strtol(port, NULL, 10),
	    "ss: %s", text);
	if (addr[0] == '[') {
		addr[strlen(addr) - 1] = '\0';
		addr++;
	}
	addr[strcspn(addr, "%")] = '\0';	/* 0.0.0.0%lo: the device */
	if (strncmp(addr, "::ffff:", 7) == 0)
		addr += 7;
	cr_assert_not_null(want);
	if (strcmp(addr, "*") == 0)		/* :: that takes IPv4 too */
		cr_expect_str_eq(want, "::");
	else
		cr_expect_str_eq(want, addr);
}

static bool
has_owner(const json_t *owners, int pid, int fd)
{
	json_t *owner;
	size_t i;

	json_array_foreach(owners, i, owner)
		if (cli_number(owner, "pid") == pid &&
		    cli_number(owner, "fd") == fd)
			return true;
	return false;
}

/*
 * users:(("name",pid=12,fd=3),("name",pid=13,fd=3)). A process may be there
 * with several descriptors; lotop counts it once, with its lowest.
 */
static void
expect_users(const json_t *row, const char *users)
{
	const json_t *owners = json_object_get(row, "owners");
	size_t n = 0;
	int pid;
	int fd;
	int lowest[32][2];
	size_t i;

	for (const char *s = users; s != NULL &&
	     (s = strstr(s, ",pid=")) != NULL; s++) {
		if (sscanf(s, ",pid=%d,fd=%d", &pid, &fd) != 2)
			continue;
		for (i = 0; i < n && lowest[i][0] != pid; i++)
			;
		cr_assert_lt(i, CLI_ARRAY_SIZE(lowest));
		if (i == n || fd < lowest[i][1])
			lowest[i][1] = fd;
		lowest[i][0] = pid;
		n += i == n;
	}
	cr_expect_eq(json_array_size(owners), n, "%s: lotop has %zu owners",
	    users != NULL ? users : "nobody", json_array_size(owners));
	for (i = 0; i < n; i++)
		cr_expect(has_owner(owners, lowest[i][0], lowest[i][1]),
		    "pid %d, fd %d is no owner", lowest[i][0], lowest[i][1]);
}

static const json_t *
row_of_cookie(const json_t *rows, uint64_t cookie)
{
	char text[17];
	json_t *row;
	size_t i;

	snprintf(text, sizeof text, "%016" PRIx64, cookie);
	json_array_foreach(rows, i, row)
		if (strcmp(cli_text(row, "cookie"), text) == 0)
			return row;
	return NULL;
}

/*
 * ss prints what the kernel counts, which are sequence numbers: a SYN or a FIN
 * takes one. lotop counts bytes. Of a handshake and of TIME_WAIT the kernel says
 * 0 and means nothing; lotop says nothing.
 */
static void
expect_queues(const json_t *row, const struct ss_row *ss)
{
	static const struct {
		const char	*state;
		long		 recvq;
		long		 sendq;
	} no_bytes[] = {
		{ "SYN-SENT", 0, 1 }, { "FIN-WAIT-1", 0, 1 },
		{ "CLOSE-WAIT", 1, 0 }, { "CLOSING", 1, 1 },
		{ "LAST-ACK", 1, 1 }, { "SYN-RECV", 1, 1 },
		{ "TIME-WAIT", 1, 1 },
	};
	long recvq = ss->recvq;
	long sendq = ss->sendq;

	for (size_t i = 0; i < CLI_ARRAY_SIZE(no_bytes); i++) {
		if (strcmp(ss->state, no_bytes[i].state) != 0)
			continue;
		recvq -= no_bytes[i].recvq;
		sendq -= no_bytes[i].sendq;
	}
	cr_expect_eq(cli_number(row, "recvq"), recvq, "%s %s: recvq %ld",
	    ss->state, ss->local, recvq);
	cr_expect_eq(cli_number(row, "sendq"), sendq, "%s %s: sendq %ld",
	    ss->state, ss->local, sendq);
}

static void
expect_as_ss(const json_t *rows, const struct ss_row *ss)
{
	const json_t *row = row_of_cookie(rows, ss->cookie);

	if (row == NULL) {
		cr_expect_fail("lotop lacks %s %s %s %s", ss->proto, ss->state,
		    ss->local, ss->peer);
		return;
	}
	cr_expect_str_eq(cli_text(row, "proto"), ss->proto);
	cr_expect_str_eq(ss_state(row), ss->state, "%s: ss %s", ss->local,
	    ss->state);
	expect_end(row, "laddr", "lport", ss->local);
	expect_end(row, "raddr", "rport", ss->peer);
	if (ss->inode != 0)
		cr_expect_eq((uint64_t)cli_number(row, "inode"), ss->inode);
	if (strcmp(ss->state, "LISTEN") == 0) {
		cr_expect_eq(cli_number(row, "backlog"), ss->recvq);
		cr_expect_eq(cli_number(row, "backlog_max"), ss->sendq);
	} else {
		expect_queues(row, ss);
	}
	expect_users(row, ss->users);
}

Test(list, agrees_with_ss)
{
	struct run r;
	struct ss_row ss;
	json_t *rows;
	char *rest;
	size_t n = 0;

	if (ss_path() == NULL)
		CLI_SKIP("no ss(8) here to compare with");
	start_kinds_for_ss();
	rows = cli_rows(ARGS("-a"));
	run_program(NULL, ARGS(ss_path(), "-H", "-O", "-tuanpe"), &r);
	cr_assert_eq(r.status, 0, "ss: %s", r.err);
	for (char *line = strtok_r(r.out, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest), n++) {
		cr_assert(ss_parse(line, &ss), "ss: %s", line);
		expect_as_ss(rows, &ss);
	}
	cr_expect_eq(json_array_size(rows), n, "lotop has %zu rows, ss %zu",
	    json_array_size(rows), n);
	run_done(&r);
	json_decref(rows);
	mksock_stop(&made);
}

/*
 * Without root
 */

Test(list, without_root_has_all_rows_and_hides_no_doubt)
{
	const struct run_how nobody = { .uid = RUN_NOBODY };
	json_t *doc;
	json_t *rows;
	char name[64];

	if (!run_may_be(RUN_NOBODY))
		CLI_SKIP("only one user here");
	mksock_start(&made, MKSOCK_KINDS("all"));
	doc = cli_document(&nobody, ARGS("-a"));
	rows = json_object_get(doc, "sockets");
	cr_expect(json_is_string(json_object_get(doc, "partial")),
	    "owners are missing, and partial does not say so");
	cr_expect_eq(json_array_size(rows), made.n, "%zu rows of %zu",
	    json_array_size(rows), made.n);
	for (size_t i = 0; i < made.n; i++) {
		const struct fact *f = &made.facts[i];
		const json_t *row = cli_row_of(rows, f);
		bool own = strcmp(f->kind, "nobody-exec") == 0;

		cli_name(f, name);
		if (row == NULL) {
			cr_expect_fail("%s is missing", name);
			continue;
		}
		expect_ends(name, row, f);
		expect_kernel_numbers(name, row, f);
		/* What it may not see may be anywhere, or in flight. */
		if (f->inode > 0 && !own) {
			expect_text(name, row, "holder", "hidden");
			expect_number(name, row, "pid", FACT_UNKNOWN);
			expect_text(name, row, "process", NULL);
			cr_expect(json_is_null(json_object_get(row, "owners")),
			    "%s: owners", name);
		}
		if (f->inode == 0)
			expect_text(name, row, "holder", f->holder);
	}
	json_decref(doc);
	mksock_stop(&made);
}

Test(list, without_root_names_the_own_processes)
{
	const struct run_how nobody = { .uid = RUN_NOBODY };
	const struct fact *f;
	json_t *doc;
	const json_t *row;

	if (!run_may_be(RUN_NOBODY))
		CLI_SKIP("only one user here");
	mksock_start(&made, MKSOCK_KINDS("nobody-exec"));
	f = mksock_fact(&made, "nobody-exec", NULL);
	doc = cli_document(&nobody, ARGS("-a"));
	row = cli_row_of(json_object_get(doc, "sockets"), f);
	expect_text("nobody-exec", row, "holder", "known");
	expect_number("nobody-exec", row, "pid", f->held[0].pid);
	expect_number("nobody-exec", row, "fd", f->held[0].fd);
	json_decref(doc);
	mksock_stop(&made);
}
