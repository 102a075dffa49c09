/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The walk over a datagram, and the conversation with a kernel that does what
 * it is told: this program has libmnl's socket calls, recvmsg() and the clock
 * itself, so that those of the libraries are not used.
 */

#include <criterion/criterion.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"
#include "source/diag.h"
#include "source/source.h"
#include "unit/answer.h"
#include "unit/bytecode.h"

/* ------------------------------------------------------------------- the walk */

struct rows {
	size_t count;
	int    answer;		/* what the callback says */
};

static int
count_row(const struct nlmsghdr *nlh, void *arg)
{
	struct rows *r = arg;

	(void)nlh;
	r->count++;
	return r->answer;
}

static int
walk(struct answer *a, struct rows *rows, bool *interrupted)
{
	struct diag_walk w = { .seq = ANSWER_SEQ, .portid = ANSWER_PORT };
	int r = diag_walk(&w, a->buf, a->len, count_row, rows);

	if (interrupted)
		*interrupted = w.interrupted;
	return r;
}

static void
add_rows(struct answer *a, unsigned count)
{
	struct inet_diag_msg m = answer_v4(STATE_LISTEN);

	while (count-- > 0)
		answer_row(a, &m);
}

/* Two rows, then one message of a type, with a payload. */
Test(diag_walk, reads_the_end_of_a_dump)
{
	static const struct {
		const char *what;
		uint16_t    type;
		int         err;
		size_t      len;
		int         ret;
	} cases[] = {
		{ "nothing",             0,             0,          0, WALK_MORE },
		{ "done, empty",         NLMSG_DONE,    0,          0, WALK_DONE },
		{ "done",                NLMSG_DONE,    0,          4, WALK_DONE },
		{ "done, no protocol",   NLMSG_DONE,    -ENOENT,    4, -ENOENT },
		{ "done, half a number", NLMSG_DONE,    -ENOENT,    2, -EBADMSG },
		{ "done, positive",      NLMSG_DONE,    5,          4, -EBADMSG },
		{ "error, busy",         NLMSG_ERROR,   -EBUSY,     4, -EBUSY },
		{ "error, none",         NLMSG_ERROR,   0,          4, WALK_DONE },
		{ "overrun",             NLMSG_OVERRUN, 0,          0, -EOVERFLOW },
		{ "no operation",        NLMSG_NOOP,    0,          0, WALK_MORE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rows rows = { 0 };
		struct answer a;

		answer_init(&a);
		add_rows(&a, 2);
		if (cases[i].type)
			answer_message(&a, cases[i].type, &cases[i].err, cases[i].len);
		cr_expect_eq(walk(&a, &rows, NULL), cases[i].ret, "%s", cases[i].what);
		cr_expect_eq(rows.count, 2, "%s: %zu rows", cases[i].what, rows.count);
	}
}

Test(diag_walk, goes_on_behind_a_no_operation)
{
	struct rows rows = { 0 };
	struct answer a;

	answer_init(&a);
	answer_message(&a, NLMSG_NOOP, NULL, 0);
	add_rows(&a, 1);
	cr_expect_eq(walk(&a, &rows, NULL), WALK_MORE);
	cr_expect_eq(rows.count, 1);
}

Test(diag_walk, passes_over_messages_for_others)
{
	static const struct { uint32_t seq, port; } others[] = {
		{ ANSWER_SEQ - 1, ANSWER_PORT }, { ANSWER_SEQ, ANSWER_PORT + 1 }, { 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct rows rows = { 0 };
		bool interrupted;
		struct answer a;

		answer_init(&a);
		a.seq = others[i].seq;
		a.port = others[i].port;
		a.flags = NLM_F_DUMP_INTR;
		add_rows(&a, 3);
		answer_end(&a, NLMSG_DONE, -EBUSY);
		a.seq = ANSWER_SEQ;
		a.port = ANSWER_PORT;
		a.flags = 0;
		add_rows(&a, 1);
		cr_expect_eq(walk(&a, &rows, &interrupted), WALK_MORE, "case %zu", i);
		cr_expect_eq(rows.count, 1, "case %zu", i);
		cr_expect_not(interrupted, "case %zu", i);
	}
}

Test(diag_walk, reads_on_behind_a_flagged_message)
{
	struct rows rows = { 0 };
	bool interrupted;
	struct answer a;

	answer_init(&a);
	add_rows(&a, 1);
	a.flags = NLM_F_DUMP_INTR;
	add_rows(&a, 1);
	a.flags = 0;
	add_rows(&a, 2);
	cr_expect_eq(walk(&a, &rows, &interrupted), WALK_MORE);
	cr_expect_eq(rows.count, 4);
	cr_expect(interrupted);
}

Test(diag_walk, a_wrong_length_is_an_error_and_not_the_end)
{
	static const uint32_t lengths[] = { 0, 1, 15, 4096, 0x7fffffff, 0xffffffff };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct inet_diag_msg m = answer_v4(STATE_LISTEN);
		struct rows rows = { 0 };
		struct answer a;

		answer_init(&a);
		add_rows(&a, 1);
		answer_row(&a, &m)->nlmsg_len = lengths[i];
		cr_expect_eq(walk(&a, &rows, NULL), -EBADMSG, "length %u", lengths[i]);
		cr_expect_eq(rows.count, 1, "length %u", lengths[i]);
	}
}

Test(diag_walk, a_rest_too_small_for_a_message_is_an_error)
{
	for (size_t cut = 1; cut < sizeof(struct nlmsghdr); cut++) {
		struct rows rows = { 0 };
		struct answer a;

		answer_init(&a);
		add_rows(&a, 1);
		answer_message(&a, NLMSG_NOOP, NULL, 0);
		a.len -= cut;
		cr_expect_eq(walk(&a, &rows, NULL), -EBADMSG, "%zu bytes less", cut);
	}
}

Test(diag_walk, stops_where_the_callback_fails)
{
	struct rows rows = { .answer = -EBADMSG };
	struct answer a;

	answer_init(&a);
	add_rows(&a, 3);
	cr_expect_eq(walk(&a, &rows, NULL), -EBADMSG);
	cr_expect_eq(rows.count, 1);
}

/* ----------------------------------------------------------- a kernel to order */

#define FAKE_FD   12345
#define MAX_STEPS 64
#define MAX_ASKED 32

/* What one recvmsg() gives. */
struct step {
	int      err;		/* it fails */
	uint16_t flags;		/* of its messages */
	unsigned rows;		/* so many sockets, with cookies of their own */
	bool     done;		/* then DONE, with … */
	int      done_err;
	bool     stale;		/* all of it belongs to the request before */
	bool     forged;	/* another process sent it */
	bool     larger;	/* than any buffer below twice the first */
	bool     torn;		/* the last message is longer than the datagram */
};

static struct kernel {
	struct step  steps[MAX_STEPS];
	size_t       count;
	size_t       at;
	struct {
		struct nlmsghdr         h;
		union {
			struct inet_diag_req_v2 r;
			struct inet_diag_req    both;
		};
		char                    more[64];	/* attributes */
		unsigned                socket;
	} asked[MAX_ASKED];
	size_t       nasked;
	unsigned     sockets;	/* opened so far */
	unsigned     open;	/* of them not closed */
	int          open_err;	/* no more sockets */
	int          send_err;
	size_t       first_size;
	uint32_t     cookie;
	uint64_t     clock_ns;	/* added to the real one */
	bool         both;	/* it takes the old request, for both families; else it says so at once */
	uint32_t     refused;	/* seq of such a request that is not answered yet */
} kernel;

struct mnl_socket *
mnl_socket_open2(int bus, int flags)
{
	cr_assert_eq(bus, NETLINK_SOCK_DIAG);
	cr_assert_eq(flags, SOCK_CLOEXEC);
	if (kernel.open_err) {
		errno = kernel.open_err;
		return NULL;
	}
	kernel.sockets++;
	kernel.open++;
	return (struct mnl_socket *)&kernel;
}

int
mnl_socket_bind(struct mnl_socket *nl, unsigned groups, pid_t pid)
{
	(void)nl;
	(void)groups;
	(void)pid;
	return 0;
}

unsigned
mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return ANSWER_PORT + kernel.sockets;
}

int
mnl_socket_get_fd(const struct mnl_socket *nl)
{
	(void)nl;
	return FAKE_FD;
}

int
mnl_socket_close(struct mnl_socket *nl)
{
	(void)nl;
	kernel.open--;
	return 0;
}

ssize_t
mnl_socket_sendto(const struct mnl_socket *nl, const void *buf, size_t len)
{
	(void)nl;
	cr_assert_geq(len, NLMSG_HDRLEN + sizeof(struct inet_diag_req_v2));
	cr_assert_leq(len, offsetof(typeof(kernel.asked[0]), socket));
	if (kernel.send_err) {
		errno = kernel.send_err;
		return -1;
	}
	if (((const struct nlmsghdr *)buf)->nlmsg_type == TCPDIAG_GETSOCK && !kernel.both) {
		kernel.refused = ((const struct nlmsghdr *)buf)->nlmsg_seq;
		return (ssize_t)len;
	}
	cr_assert_lt(kernel.nasked, MAX_ASKED, "it asks without end");
	memcpy(&kernel.asked[kernel.nasked], buf, len);
	kernel.asked[kernel.nasked++].socket = kernel.sockets;
	return (ssize_t)len;
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, id, ts);

	ts->tv_sec += (time_t)(kernel.clock_ns / NS_PER_SEC);
	return r;
}

static ssize_t
refuse(struct msghdr *msg)
{
	struct sockaddr_nl *from = msg->msg_name;
	struct answer a;

	answer_init(&a);
	a.port = mnl_socket_get_portid(NULL);
	a.seq = kernel.refused;
	kernel.refused = 0;
	answer_end(&a, NLMSG_ERROR, -EINVAL);
	*from = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
	msg->msg_namelen = sizeof *from;
	msg->msg_flags = 0;
	memcpy(msg->msg_iov->iov_base, a.buf, a.len);
	return (ssize_t)a.len;
}

static void
fill(struct answer *a, const struct step *s)
{
	answer_init(a);
	a->port  = mnl_socket_get_portid(NULL);
	a->seq   = kernel.asked[kernel.nasked - 1].h.nlmsg_seq - s->stale;
	a->flags = s->flags;
	for (unsigned i = 0; i < s->rows; i++) {
		struct inet_diag_msg m = answer_v4(STATE_ESTABLISHED);

		m.id.idiag_cookie[0] = ++kernel.cookie;
		answer_row(a, &m);
	}
	if (s->done)
		answer_end(a, NLMSG_DONE, s->done_err);
	if (s->torn)
		answer_message(a, NLMSG_NOOP, NULL, 0)->nlmsg_len = 100;
}

ssize_t
recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct sockaddr_nl *from = msg->msg_name;
	const struct step *s = &kernel.steps[kernel.at];
	struct answer a;

	if (fd != FAKE_FD)
		return syscall(SYS_recvmsg, fd, msg, flags);
	cr_assert(flags & MSG_DONTWAIT, "it would wait");
	if (kernel.refused)
		return refuse(msg);
	if (kernel.at == kernel.count || s->err) {
		errno = kernel.at == kernel.count ? EAGAIN : s->err;
		kernel.at += kernel.at < kernel.count;
		return -1;
	}
	kernel.at++;
	fill(&a, s);
	if (kernel.first_size == 0)
		kernel.first_size = msg->msg_iov->iov_len;
	from->nl_family = AF_NETLINK;
	from->nl_pid = s->forged ? 999 : 0;
	msg->msg_namelen = sizeof *from;
	msg->msg_flags = s->larger && msg->msg_iov->iov_len < 2 * kernel.first_size ? MSG_TRUNC : 0;
	memcpy(msg->msg_iov->iov_base, a.buf, a.len);
	return (ssize_t)a.len;
}

static void
script(const struct step *steps, size_t count)
{
	kernel = (struct kernel){ .count = count };
	memcpy(kernel.steps, steps, count * sizeof *steps);
}

/* Turns until it is done; a kernel that has no more to say is waited for in made-up time. */
static int
converse(struct diag *d)
{
	int r;

	while ((r = diag_turn(d)) == SOURCE_MORE)
		if (kernel.at == kernel.count)
			kernel.clock_ns += NS_PER_SEC;
	return r;
}

/* A whole conversation about `want`. */
static int
dump(unsigned want, struct snapshot *into)
{
	struct diag *d;
	int r;

	snapshot_init(into);
	cr_assert_eq(diag_open(&d), 0);
	diag_start(d, want, into);
	r = converse(d);
	diag_close(d);
	cr_expect_eq(kernel.open, 0, "%u sockets are left open", kernel.open);
	return r;
}

#define DUMP(want, into, ...) \
	(script((const struct step[]){ __VA_ARGS__ }, \
		ARRAY_SIZE(((const struct step[]){ __VA_ARGS__ }))), dump(want, into))

#define TCP4 (SOURCE_TCP | SOURCE_IPV4)
#define BOTH (SOURCE_TCP | SOURCE_IPV4 | SOURCE_IPV6)
#define FOUR (BOTH | SOURCE_UDP)
#define END  { .done = true }

/* The one shortfall there is. */
static void
expect_short(const struct snapshot *s, enum shortfall_kind kind, unsigned family, int err)
{
	cr_assert_eq(s->nshortfalls, 1, "%zu shortfalls", s->nshortfalls);
	cr_expect_eq(s->shortfalls[0].kind, kind);
	cr_expect_eq(s->shortfalls[0].proto, PROTO_TCP);
	cr_expect_eq(s->shortfalls[0].family, family);
	cr_expect_eq(s->shortfalls[0].err, err);
}

Test(diag, asks_for_each_protocol_and_family_in_turn)
{
	static const struct { uint8_t af, proto, ext; } wanted[] = {
		{ AF_INET,  IPPROTO_TCP, 1 << (INET_DIAG_INFO - 1) },
		{ AF_INET6, IPPROTO_TCP, 1 << (INET_DIAG_INFO - 1) },
		{ AF_INET,  IPPROTO_UDP, 1 << (INET_DIAG_SKMEMINFO - 1) },
		{ AF_INET6, IPPROTO_UDP, 1 << (INET_DIAG_SKMEMINFO - 1) },
	};
	struct snapshot s;

	cr_assert_eq(DUMP(FOUR | SOURCE_INFO, &s, END, END, END, END), SOURCE_DONE);
	cr_assert_eq(kernel.nasked, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const struct inet_diag_req_v2 *r = &kernel.asked[i].r;

		cr_expect_eq(r->sdiag_family, wanted[i].af, "request %zu", i);
		cr_expect_eq(r->sdiag_protocol, wanted[i].proto, "request %zu", i);
		cr_expect_eq(r->idiag_ext, wanted[i].ext, "request %zu", i);
		cr_expect_eq(r->idiag_states & 0x3ffe, 0x3ffe, "request %zu", i);
		cr_expect_eq(kernel.asked[i].h.nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
		cr_expect_eq(kernel.asked[i].socket, 1);
		for (size_t k = 0; k < i; k++)
			cr_expect_neq(kernel.asked[k].h.nlmsg_seq, kernel.asked[i].h.nlmsg_seq);
	}
	snapshot_done(&s);
}

Test(diag, asks_for_no_more_than_is_wanted)
{
	static const struct { unsigned want; size_t asked; } cases[] = {
		{ 0, 0 },
		{ SOURCE_TCP, 0 },
		{ TCP4, 1 },
		{ SOURCE_UDP | SOURCE_IPV6, 1 },
		{ BOTH, 2 },
		{ SOURCE_TCP | SOURCE_UDP | SOURCE_IPV4, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot s;

		cr_expect_eq(DUMP(cases[i].want, &s, END, END), SOURCE_DONE, "case %zu", i);
		cr_expect_eq(kernel.nasked, cases[i].asked, "case %zu", i);
		for (size_t k = 0; k < kernel.nasked; k++)
			cr_expect_eq(kernel.asked[k].r.idiag_ext, 0, "nobody wants them");
		snapshot_done(&s);
	}
}

Test(diag, gathers_rows_of_many_datagrams)
{
	struct snapshot s;

	cr_assert_eq(DUMP(BOTH, &s, { .rows = 5 }, { .rows = 7 }, END, { .rows = 3, .done = true }),
		     SOURCE_DONE);
	cr_expect_eq(s.count, 15);
	cr_expect_eq(s.nshortfalls, 0);
	snapshot_done(&s);
}

Test(diag, one_refused_family_does_not_hide_the_other)
{
	struct snapshot s;

	cr_assert_eq(DUMP(BOTH, &s, { .done = true, .done_err = -ENOENT },
			  { .rows = 3, .done = true }), SOURCE_DONE);
	cr_expect_eq(s.count, 3);
	expect_short(&s, SHORT_DUMP, 4, ENOENT);
	snapshot_done(&s);
}

Test(diag, fails_when_all_are_refused)
{
	struct snapshot s;

	cr_expect_eq(DUMP(BOTH, &s, { .done = true, .done_err = -ENOENT },
			  { .done = true, .done_err = -EPERM }), -EPERM);
	snapshot_done(&s);
}

/* Each fault comes after rows, which must not be there twice; then all is well. */
Test(diag, makes_a_spoilt_dump_again)
{
	static const struct { const char *what; struct step fault; } cases[] = {
		{ "truncated",   { .rows = 2, .larger = true } },
		{ "interrupted", { .rows = 2, .flags = NLM_F_DUMP_INTR, .done = true } },
		{ "no buffers",  { .err = ENOBUFS } },
		{ "busy",        { .rows = 2, .done = true, .done_err = -EBUSY } },
		{ "overflow",    { .rows = 2, .done = true, .done_err = -EOVERFLOW } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot s;

		cr_expect_eq(DUMP(BOTH, &s, { .rows = 1, .done = true }, { .rows = 4 },
				  cases[i].fault, { .rows = 3 }, { .rows = 3, .done = true }),
			     SOURCE_DONE, "%s", cases[i].what);
		cr_expect_eq(s.count, 7, "%s: %zu rows", cases[i].what, s.count);
		cr_expect_eq(s.nshortfalls, 0, "%s", cases[i].what);
		cr_expect_eq(kernel.nasked, 3, "%s", cases[i].what);
		cr_expect_neq(kernel.asked[1].h.nlmsg_seq, kernel.asked[2].h.nlmsg_seq);
		snapshot_done(&s);
	}
}

Test(diag, keeps_and_names_what_is_interrupted_again_and_again)
{
	const struct step torn = { .rows = 2, .flags = NLM_F_DUMP_INTR, .done = true };
	struct snapshot s;

	cr_assert_eq(DUMP(BOTH, &s, torn, torn, torn, torn, { .rows = 1, .done = true }),
		     SOURCE_DONE);
	cr_expect_eq(s.count, 3);
	cr_expect_eq(kernel.nasked, 5);
	cr_expect_eq(kernel.sockets, 1, "a dump that came to its end leaves nothing behind");
	expect_short(&s, SHORT_INTERRUPTED, 4, 0);
	snapshot_done(&s);
}

Test(diag, tries_a_failing_dump_no_more_than_four_times)
{
	const struct step busy = { .done = true, .done_err = -EBUSY };
	struct snapshot s;

	cr_assert_eq(DUMP(BOTH, &s, busy, busy, busy, busy, { .rows = 1, .done = true }),
		     SOURCE_DONE);
	cr_expect_eq(s.count, 1);
	expect_short(&s, SHORT_DUMP, 4, EBUSY);
	snapshot_done(&s);
}

Test(diag, does_not_try_again_what_cannot_succeed)
{
	struct snapshot s;

	cr_assert_eq(DUMP(BOTH, &s, { .rows = 2, .torn = true }, { .rows = 1, .done = true }),
		     SOURCE_DONE);
	cr_expect_eq(kernel.nasked, 2);
	expect_short(&s, SHORT_DUMP, 4, EBADMSG);
	cr_expect_eq(kernel.asked[1].socket, 2, "what was left of the first dump stays behind");
	snapshot_done(&s);
}

Test(diag, believes_the_kernel_alone_and_only_about_this_dump)
{
	struct snapshot s;

	cr_assert_eq(DUMP(BOTH, &s, { .rows = 9, .done = true, .forged = true },
			  { .rows = 9, .done = true, .stale = true }, { .err = EINTR },
			  { .rows = 2, .done = true }, END), SOURCE_DONE);
	cr_expect_eq(s.count, 2);
	cr_expect_eq(s.nshortfalls, 0);
	snapshot_done(&s);
}

Test(diag, does_not_wait_for_ever)
{
	struct snapshot s;
	struct diag *d;

	script((const struct step[]){ { .rows = 2 } }, 1);
	snapshot_init(&s);
	cr_assert_eq(diag_open(&d), 0);
	diag_start(d, BOTH, &s);
	cr_expect_eq(diag_turn(d), SOURCE_MORE);
	cr_expect_eq(diag_turn(d), SOURCE_MORE, "nothing came, but there is time");
	cr_expect_leq(diag_timeout(d), 1000);
	cr_expect_gt(diag_timeout(d), 0);
	kernel.clock_ns += 2 * NS_PER_SEC;
	cr_expect_eq(diag_timeout(d), 0);
	cr_expect_eq(diag_turn(d), SOURCE_MORE, "the second dump is asked for");
	expect_short(&s, SHORT_DUMP, 4, ETIMEDOUT);
	cr_expect_eq(kernel.asked[1].socket, 2);
	cr_expect_eq(converse(d), -ETIMEDOUT);
	diag_close(d);
	snapshot_done(&s);
}

Test(diag, a_new_start_leaves_the_old_dump_behind)
{
	struct snapshot s;
	struct diag *d;

	script((const struct step[]){ { .rows = 2 }, { .rows = 1, .done = true } }, 2);
	snapshot_init(&s);
	cr_assert_eq(diag_open(&d), 0);
	diag_start(d, TCP4, &s);
	cr_expect_eq(diag_turn(d), SOURCE_MORE);
	snapshot_clear(&s);
	diag_start(d, TCP4, &s);
	cr_expect_eq(converse(d), SOURCE_DONE);
	cr_expect_eq(s.count, 1);
	cr_expect_eq(kernel.asked[1].socket, 2);
	cr_expect_eq(kernel.open, 1);
	diag_close(d);
	snapshot_done(&s);
}

Test(diag, a_refused_socket_is_an_error)
{
	struct snapshot s;
	struct diag *d = NULL;

	kernel = (struct kernel){ .open_err = EPERM };
	cr_expect_eq(diag_open(&d), -EPERM);
	cr_expect_null(d);

	kernel = (struct kernel){ .send_err = ECONNREFUSED };
	cr_expect_eq(dump(BOTH, &s), -ECONNREFUSED);
	cr_expect_eq(s.nshortfalls, 2);
	snapshot_done(&s);
}

Test(diag, lives_on_when_its_socket_cannot_be_opened_again)
{
	struct snapshot s;
	struct diag *d;

	script((const struct step[]){ { .done = true, .done_err = -EBUSY } }, 1);
	snapshot_init(&s);
	cr_assert_eq(diag_open(&d), 0);
	diag_start(d, BOTH, &s);
	kernel.open_err = EMFILE;
	cr_expect_eq(converse(d), -EMFILE);
	cr_expect_eq(diag_fd(d), -1);
	kernel.open_err = 0;
	script((const struct step[]){ { .rows = 1, .done = true } }, 1);
	snapshot_clear(&s);
	diag_start(d, TCP4, &s);
	cr_expect_eq(converse(d), SOURCE_DONE);
	cr_expect_eq(s.count, 1);
	diag_close(d);
	snapshot_done(&s);
}

/* ---- of both families at once ---- */

static int
dump_both(const struct step *steps, size_t count, unsigned want, struct snapshot *into)
{
	script(steps, count);
	kernel.both = true;
	return dump(want, into);
}

#define DUMP_BOTH(want, into, ...) \
	dump_both((const struct step[]){ __VA_ARGS__ }, \
		ARRAY_SIZE(((const struct step[]){ __VA_ARGS__ })), want, into)

Test(diag, asks_for_both_families_of_tcp_at_once)
{
	struct snapshot s;

	cr_assert_eq(DUMP_BOTH(FOUR | SOURCE_INFO, &s, { .rows = 3, .done = true }, END, END),
	             SOURCE_DONE);
	cr_assert_eq(kernel.nasked, 3);
	cr_expect_eq(kernel.asked[0].h.nlmsg_type, TCPDIAG_GETSOCK);
	cr_expect_eq(kernel.asked[0].h.nlmsg_len, NLMSG_HDRLEN + sizeof(struct inet_diag_req));
	cr_expect_eq(kernel.asked[0].both.idiag_ext, 1 << (INET_DIAG_INFO - 1));
	cr_expect_eq(kernel.asked[0].both.idiag_states & 0x3ffe, 0x3ffe);
	cr_expect_eq(kernel.asked[1].r.sdiag_protocol, IPPROTO_UDP);
	cr_expect_eq(kernel.asked[2].r.sdiag_protocol, IPPROTO_UDP);
	cr_expect_eq(s.count, 3);
	snapshot_done(&s);
}

Test(diag, rests_from_what_moved_over_tcp_alone)
{
	struct snapshot s;

	cr_assert_eq(DUMP_BOTH(FOUR | SOURCE_INFO | SOURCE_RESTS, &s, END, END, END), SOURCE_DONE);
	cr_assert_eq(kernel.nasked, 3);
	cr_expect_eq(kernel.asked[0].both.idiag_ext, 0);
	cr_expect_eq(kernel.asked[1].r.idiag_ext, 1 << (INET_DIAG_SKMEMINFO - 1));
	snapshot_done(&s);
}

Test(diag, asks_for_one_family_where_one_is_wanted)
{
	struct snapshot s;

	cr_assert_eq(DUMP_BOTH(TCP4, &s, END), SOURCE_DONE);
	cr_assert_eq(kernel.nasked, 1);
	cr_expect_eq(kernel.asked[0].r.sdiag_family, AF_INET);
	snapshot_done(&s);
}

/* By itself the failure takes no row away, so nobody is told of it. */
Test(diag, what_fails_for_both_is_asked_of_each)
{
	static const struct step faults[] = {
		{ .rows = 2, .done = true, .done_err = -EPERM },
		{ .rows = 2, .torn = true },
		{ .rows = 2, .err = EIO },
	};

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		struct snapshot s;

		cr_assert_eq(DUMP_BOTH(BOTH, &s, faults[i], { .rows = 3, .done = true },
		                       { .rows = 4, .done = true }), SOURCE_DONE, "case %zu", i);
		cr_assert_eq(kernel.nasked, 3, "case %zu", i);
		cr_expect_eq(kernel.asked[1].r.sdiag_family, AF_INET);
		cr_expect_eq(kernel.asked[2].r.sdiag_family, AF_INET6);
		cr_expect_geq(s.count, 7, "case %zu: %zu", i, s.count);
		cr_expect_eq(s.nshortfalls, 0);
		snapshot_done(&s);
	}
}

Test(diag, an_interrupted_dump_of_both_is_noted_for_each)
{
	const struct step torn = { .rows = 2, .flags = NLM_F_DUMP_INTR, .done = true };
	struct snapshot s;

	cr_assert_eq(DUMP_BOTH(BOTH, &s, torn, torn, torn, torn), SOURCE_DONE);
	cr_expect_eq(kernel.nasked, 4);
	cr_assert_eq(s.nshortfalls, 2);
	cr_expect_eq(s.shortfalls[0].family, 4);
	cr_expect_eq(s.shortfalls[1].family, 6);
	snapshot_done(&s);
}

/* ---- with a program ---- */

static const uint32_t program[] = { 0x00080404, 0x11223344 };

static const struct source_narrow narrowed = {
	.states = { UINT32_MAX, UINT32_MAX }, .code = program, .code_len = sizeof program,
};

static int
dump_narrowed(unsigned want, const struct source_narrow *narrow, struct snapshot *into)
{
	struct diag *d;
	int r;

	snapshot_init(into);
	cr_assert_eq(diag_open(&d), 0);
	diag_narrow(d, narrow);
	diag_start(d, want, into);
	r = converse(d);
	diag_close(d);
	return r;
}

/* The program that a request carries; NULL: none. */
static const struct nlattr *
program_of(size_t i)
{
	size_t without = NLMSG_HDRLEN + sizeof(struct inet_diag_req_v2);

	if (kernel.asked[i].h.nlmsg_len == without)
		return NULL;
	cr_assert_eq(kernel.asked[i].h.nlmsg_len, without + NLA_HDRLEN + sizeof program);
	return (const void *)((const char *)&kernel.asked[i].h + without);
}

#define HOLDERS (1u << STATE_LISTEN | 1u << STATE_BOUND)

Test(diag, a_program_is_for_those_that_have_a_peer)
{
	static const struct step steps[] = { END, END };
	const struct nlattr *a;
	struct snapshot s;

	script(steps, ARRAY_SIZE(steps));
	cr_assert_eq(dump_narrowed(TCP4, &narrowed, &s), SOURCE_DONE);
	cr_assert_eq(kernel.nasked, 2);
	cr_expect_eq(kernel.asked[0].r.idiag_states, HOLDERS);
	cr_expect_null((void *)program_of(0), "a wildcard is no address of the loopback");
	cr_expect_eq(kernel.asked[1].r.idiag_states & HOLDERS, 0);
	a = program_of(1);
	cr_assert_not_null((void *)a);
	cr_expect_eq(a->nla_type, INET_DIAG_REQ_BYTECODE);
	cr_expect_eq(a->nla_len, NLA_HDRLEN + sizeof program);
	cr_expect_eq(memcmp(a + 1, program, sizeof program), 0);
	snapshot_done(&s);
}

Test(diag, a_program_goes_with_the_question_for_both)
{
	static const struct step steps[] = { END, END };
	size_t without = NLMSG_HDRLEN + sizeof(struct inet_diag_req);
	struct nlattr a;
	struct snapshot s;

	script(steps, ARRAY_SIZE(steps));
	kernel.both = true;
	cr_assert_eq(dump_narrowed(BOTH, &narrowed, &s), SOURCE_DONE);
	cr_assert_eq(kernel.nasked, 2);
	cr_expect_eq(kernel.asked[0].both.idiag_states, HOLDERS);
	cr_expect_eq(kernel.asked[0].h.nlmsg_len, without);
	cr_expect_eq(kernel.asked[1].both.idiag_states & HOLDERS, 0);
	cr_assert_eq(kernel.asked[1].h.nlmsg_len, without + NLA_HDRLEN + sizeof program);
	memcpy(&a, (const char *)&kernel.asked[1].h + without, sizeof a);
	cr_expect_eq(a.nla_type, INET_DIAG_REQ_BYTECODE);
	cr_expect_eq(a.nla_len, NLA_HDRLEN + sizeof program);
	cr_expect_eq(memcmp((const char *)&kernel.asked[1].h + without + NLA_HDRLEN, program,
	                    sizeof program), 0);
	snapshot_done(&s);
}

/* In one dump: what has no port of a peer goes to the end of the program, the rest through it. */
Test(diag, a_program_may_be_passed_by_what_holds_a_port)
{
	static const struct inet_diag_bc_op high[] = { { INET_DIAG_BC_D_GE, 8, 12 }, { 0, 0, 9000 } };
	static const struct { uint16_t rport; bool passes; } cases[] = { { 0, true }, { 80, false }, { 9000, true } };
	static const struct step steps[] = { END };
	const size_t without = NLMSG_HDRLEN + sizeof(struct inet_diag_req_v2) + NLA_HDRLEN;
	struct source_narrow narrow = { .states = { UINT32_MAX, UINT32_MAX }, .code = high,
	                                .code_len = sizeof high, .holders_pass = true };
	const uint8_t *code = (const uint8_t *)&kernel.asked[0].h + without;
	struct snapshot s;

	script(steps, ARRAY_SIZE(steps));
	cr_assert_eq(dump_narrowed(TCP4, &narrow, &s), SOURCE_DONE);
	cr_assert_eq(kernel.nasked, 1);
	cr_expect_eq(kernel.asked[0].r.idiag_states & HOLDERS, HOLDERS);
	cr_assert_eq(kernel.asked[0].h.nlmsg_len, without + 8 + sizeof high);
	cr_expect(bytecode_audit(code, 8 + sizeof high));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock k = { .family = 4, .local.port = 80, .remote.port = cases[i].rport };

		cr_expect_eq(bytecode_run(code, 8 + sizeof high, &k), cases[i].passes, "case %zu", i);
	}
	snapshot_done(&s);
}

/* All at once, without it; and it is not tried again for the other family. */
Test(diag, a_kernel_that_takes_no_program_is_asked_without)
{
	static const struct step steps[] = {
		{ .rows = 1, .done = true }, { .done = true, .done_err = -EINVAL },
		{ .rows = 3, .done = true }, { .rows = 2, .done = true },
	};
	struct snapshot s;

	script(steps, ARRAY_SIZE(steps));
	cr_assert_eq(dump_narrowed(BOTH, &narrowed, &s), SOURCE_DONE);
	cr_assert_eq(kernel.nasked, 4);
	cr_expect_null((void *)program_of(2));
	cr_expect_eq(kernel.asked[2].r.idiag_states & HOLDERS, HOLDERS);
	cr_expect_eq(kernel.asked[3].r.sdiag_family, AF_INET6);
	cr_expect_null((void *)program_of(3));
	cr_expect_eq(s.count, 6);
	cr_expect_eq(s.nshortfalls, 0, "nothing is missing");
	snapshot_done(&s);
}

Test(diag, states_that_nobody_wants_are_not_asked_for)
{
	static const struct {
		uint32_t tcp, udp;	/* wanted */
		size_t   asked;
		uint32_t first;		/* states of the first request */
	} cases[] = {
		{ UINT32_MAX, 0, 1, ((2u << STATE_BOUND) - 1) & ~(1u << STATE_CLOSE) },
		{ 1u << STATE_LISTEN, 0, 1, 1u << STATE_LISTEN },
		{ 1u << STATE_LISTEN | 1u << STATE_UNCONN, 0, 1, 1u << STATE_LISTEN },
		{ 1u << STATE_ESTABLISHED, 0, 1, 1u << STATE_ESTABLISHED | 1u << STATE_LISTEN },
		{ 1u << STATE_SYN_RECV, 0, 1, 1u << STATE_SYN_RECV | 1u << STATE_NEW_SYN_RECV },
		{ 1u << STATE_BOUND, 0, 1, 1u << STATE_BOUND },
		{ 0, 1u << STATE_UNCONN, 1, 1u << STATE_CLOSE },
		{ 0, 0, 0, 0 },
	};
	static const struct step steps[] = { END, END };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct source_narrow narrow = { .states = { cases[i].tcp, cases[i].udp } };
		struct snapshot s;

		script(steps, ARRAY_SIZE(steps));
		cr_expect_eq(dump_narrowed(SOURCE_TCP | SOURCE_UDP | SOURCE_IPV4, &narrow, &s), SOURCE_DONE);
		cr_expect_eq(kernel.nasked, cases[i].asked, "case %zu: %zu", i, kernel.nasked);
		cr_expect_eq(kernel.asked[0].r.idiag_states, cases[i].first, "case %zu", i);
		snapshot_done(&s);
	}
}
