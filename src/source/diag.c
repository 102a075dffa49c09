/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The sock_diag conversation: the socket, its buffer, and which of the dumps
 * is under way. What a row means is diag_parse's affair.
 */

#include "source/diag.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/util.h"
#include "source/diag_parse.h"
#include "source/source.h"

/*
 * The kernel fills at most this much into one datagram of a dump, and less
 * where our buffer was smaller the time before (netlink_dump()).
 */
#define DATAGRAM_SIZE 32768

#define TRIES        3u		/* again after the first time */
#define DEADLINE_NS  (1 * NS_PER_SEC)

/*
 * BOUND has a bit and no number of its own: such rows say CLOSE. Without the
 * bit they are not in a dump at all (Linux 6.8).
 */
#define ALL_STATES ((2u << STATE_BOUND) - 1)

#define EXT(name) (1u << ((name) - 1))

/*
 * States of sockets that hold a port, in the kernel's words. They are few, and
 * programs are not for them (see view/filter_kernel.h): where there is a program
 * they come by a dump of their own, which is cheap (LISTEN alone: 0.03 ms).
 */
#define HOLD_STATES (1u << STATE_LISTEN | 1u << STATE_CLOSE | 1u << STATE_BOUND)

enum part { PART_HOLD, PART_REST };

/*
 * What is asked for, in this order. ext only with SOURCE_INFO. Of TCP the old request
 * gives both families in one walk of the hash table (inet_diag_dump_compat() looks at
 * neither), which saves a fifth; where it is refused each family has its own. UDP has none such.
 */
static const struct dump {
	unsigned  want;
	enum part part;
	uint8_t   proto;
	uint8_t   family;	/* 0: both */
	uint8_t   af;
	uint8_t   ipproto;
	uint8_t   ext;
} dumps[] = {
#define DUMPS(PROTO, FAMILIES, FAMILY, AF, EXT_NAME) \
	{ SOURCE_##PROTO | (FAMILIES), PART_HOLD, PROTO_##PROTO, FAMILY, AF, IPPROTO_##PROTO, EXT_NAME }, \
	{ SOURCE_##PROTO | (FAMILIES), PART_REST, PROTO_##PROTO, FAMILY, AF, IPPROTO_##PROTO, EXT_NAME }
	DUMPS(TCP, SOURCE_IPV4 | SOURCE_IPV6, 0, AF_UNSPEC, EXT(INET_DIAG_INFO)),
	DUMPS(TCP, SOURCE_IPV4, 4, AF_INET,  EXT(INET_DIAG_INFO)),
	DUMPS(TCP, SOURCE_IPV6, 6, AF_INET6, EXT(INET_DIAG_INFO)),
	DUMPS(UDP, SOURCE_IPV4, 4, AF_INET,  EXT(INET_DIAG_SKMEMINFO)),
	DUMPS(UDP, SOURCE_IPV6, 6, AF_INET6, EXT(INET_DIAG_SKMEMINFO)),
};

struct diag {
	struct mnl_socket *nl;		/* NULL: to be opened again */
	char              *buf;
	size_t             size;
	size_t             received;	/* bytes of the last datagram */
	unsigned           want;
	uint32_t           states[PROTO_COUNT];	/* the kernel's bits: what to ask for */
	const void        *code;	/* NULL: no program */
	size_t             code_len;
	bool               holders_pass;	/* in the same dump as the others */
	bool               code_refused;	/* by this kernel, once and for all */
	bool               both_refused;	/* the same of the dump of both families */
	bool               by_family;	/* this time, since that dump failed */
	struct snapshot   *into;
	bool               dry;		/* there was nothing to read */
	size_t             at;		/* the dump under way; ARRAY_SIZE(dumps): none */
	struct diag_walk   walk;
	size_t             mark;	/* sockets that earlier dumps gave */
	unsigned           tries;
	uint64_t           deadline;
	unsigned           made;	/* dumps that came to their end */
	int                err;		/* of the last one that did not */
};

/* The errno that a DONE or ERROR message carries; 0 where it carries none. */
static int
carried_errno(const struct nlmsghdr *nlh)
{
	int err = 0;
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (len > 0 && len < sizeof err)
		return -EBADMSG;
	if (len >= sizeof err)
		memcpy(&err, mnl_nlmsg_get_payload(nlh), sizeof err);
	return err > 0 ? -EBADMSG : err;
}

/* One message of our dump: WALK_MORE, WALK_DONE or -errno. */
static int
walk_message(const struct nlmsghdr *nlh, diag_row_fn fn, void *arg)
{
	int r;

	switch (nlh->nlmsg_type) {
	case NLMSG_NOOP:
		return WALK_MORE;
	case NLMSG_OVERRUN:
		return -EOVERFLOW;
	case NLMSG_ERROR:
	case NLMSG_DONE:
		r = carried_errno(nlh);
		return r < 0 ? r : WALK_DONE;
	default:
		return fn(nlh, arg);
	}
}

/* mnl_nlmsg_ok() takes a length over INT_MAX for a negative one, and with that for a good one. */
static bool
message_ok(const struct nlmsghdr *nlh, int left)
{
	return mnl_nlmsg_ok(nlh, left) && nlh->nlmsg_len <= (uint32_t)left;
}

/*
 * mnl_cb_run2() is not used: at the first flagged or stale message it drops the
 * rest of the buffer, it ignores OVERRUN, and takes a bad length for the end.
 * Whether DONE carries an errno is left to us as well: a dump for a protocol
 * that the kernel lacks ends in DONE with -ENOENT.
 */
int
diag_walk(struct diag_walk *w, const void *buf, size_t len, diag_row_fn fn, void *arg)
{
	const struct nlmsghdr *nlh = buf;
	int left = (int)len;

	for (; message_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		int r;

		if (nlh->nlmsg_seq != w->seq || nlh->nlmsg_pid != w->portid)
			continue;	/* the rest of a dump that was given up */
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			w->interrupted = true;
		r = walk_message(nlh, fn, arg);
		if (r != WALK_MORE)
			return r;
	}
	return left <= 0 ? WALK_MORE : -EBADMSG;	/* the padding of the last may be missing */
}

static int
open_socket(struct diag *d)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	int r;

	if (!nl)
		return -errno;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		r = -errno;
		mnl_socket_close(nl);
		return r;
	}
	d->nl = nl;
	d->walk.portid = mnl_socket_get_portid(nl);
	return 0;
}

/* With the socket goes what the kernel still has to say about an earlier dump. */
static void
drop_socket(struct diag *d)
{
	if (d->nl)
		mnl_socket_close(d->nl);
	d->nl = NULL;
}

int
diag_open(struct diag **ret)
{
	struct diag *d = mem_new(sizeof *d);
	int r = open_socket(d);

	if (r < 0) {
		free(d);
		return r;
	}
	d->at   = ARRAY_SIZE(dumps);
	d->size = DATAGRAM_SIZE;
	diag_narrow(d, NULL);
	d->buf  = mem_new(d->size);
	*ret = d;
	return 0;
}

void
diag_close(struct diag *d)
{
	if (!d)
		return;
	drop_socket(d);
	free(d->buf);
	free(d);
}

/*
 * Ours to the kernel's, which has one more for SYN_RECV and calls UNCONN CLOSE. Of TCP
 * that is another state, which no dump has: asking for it has the whole hash table walked in
 * vain, and bound sockets come by their own bit alone.
 */
static uint32_t
kernel_states(uint32_t states, enum sock_proto proto)
{
	if (states & 1u << STATE_SYN_RECV)
		states |= 1u << STATE_NEW_SYN_RECV;
	states &= ~(1u << STATE_CLOSE);
	if (proto == PROTO_UDP && states & 1u << STATE_UNCONN)
		states |= 1u << STATE_CLOSE;
	return states & ALL_STATES;
}

void
diag_narrow(struct diag *d, const struct source_narrow *narrow)
{
	for (enum sock_proto p = 0; p < PROTO_COUNT; p++)
		d->states[p] = narrow ? kernel_states(narrow->states[p], p) : ALL_STATES;
	d->code     = narrow && !d->code_refused ? narrow->code : NULL;
	d->code_len = d->code ? narrow->code_len : 0;
	d->holders_pass = d->code && narrow->holders_pass;
}

/*
 * The states that a dump asks for; 0: it is not made. Without a program one dump does
 * for both parts. What connections wait for their accept nobody knows without listeners.
 */
static uint32_t
states_of(const struct diag *d, const struct dump *dump)
{
	uint32_t states = d->states[dump->proto];

	if (states & (1u << STATE_ESTABLISHED | 1u << STATE_CLOSE_WAIT))
		states |= 1u << STATE_LISTEN;
	if (!d->code || d->holders_pass)
		return dump->part == PART_REST ? states : 0;
	return dump->part == PART_HOLD ? states & HOLD_STATES : states & ~HOLD_STATES;
}

struct request {
	struct nlmsghdr h;
	union {
		struct inet_diag_req_v2 one;	/* SOCK_DIAG_BY_FAMILY */
		struct inet_diag_req    both;	/* TCPDIAG_GETSOCK */
	} r;
};

/* Returns the length of the head and what it asks for. */
static size_t
fill_question(struct diag *d, const struct dump *dump, struct request *q)
{
	bool rests = dump->proto == PROTO_TCP && d->want & SOURCE_RESTS;
	uint8_t ext = d->want & SOURCE_INFO && !rests ? dump->ext : 0;

	q->h.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	q->h.nlmsg_seq = ++d->walk.seq;
	if (dump->family == 0) {
		q->h.nlmsg_type = TCPDIAG_GETSOCK;
		q->r.both = (struct inet_diag_req){ .idiag_ext = ext,
			.idiag_states = states_of(d, dump) };
		return offsetof(struct request, r) + sizeof q->r.both;
	}
	q->h.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	q->r.one = (struct inet_diag_req_v2){ .sdiag_family = dump->af,
		.sdiag_protocol = dump->ipproto, .idiag_ext = ext, .idiag_states = states_of(d, dump) };
	return offsetof(struct request, r) + sizeof q->r.one;
}

/* "Has it a peer's port? Else it passes": the end of a program is what passes. */
#define PASS_OPS 2

static size_t
fill_pass(const struct diag *d, char *to)
{
	struct inet_diag_bc_op ops[PASS_OPS] = {
		{ .code = INET_DIAG_BC_D_GE, .yes = sizeof ops, .no = (uint16_t)(sizeof ops + d->code_len) },
		{ .no = 1 },	/* the port */
	};

	if (!d->holders_pass)
		return 0;
	memcpy(to, ops, sizeof ops);
	return sizeof ops;
}

#define PROGRAM_ROOM (sizeof(struct nlattr) + PASS_OPS * sizeof(struct inet_diag_bc_op))

/* The program goes behind the question, in an attribute; all sizes are multiples of 4. */
static size_t
fill_request(struct diag *d, const struct dump *dump, struct request *q)
{
	size_t len = fill_question(d, dump, q);
	char *at = (char *)q + len;
	struct nlattr a = { .nla_type = INET_DIAG_REQ_BYTECODE };

	if (d->code && dump->part == PART_REST) {
		size_t pass = fill_pass(d, at + sizeof a);

		a.nla_len = (uint16_t)(sizeof a + pass + d->code_len);
		memcpy(at, &a, sizeof a);
		memcpy(at + sizeof a + pass, d->code, d->code_len);
		len += a.nla_len;
	}
	q->h.nlmsg_len = (uint32_t)len;
	return len;
}

static int
send_request(struct diag *d)
{
	struct request *q = mem_new(sizeof *q + PROGRAM_ROOM + d->code_len);
	size_t len = fill_request(d, &dumps[d->at], q);
	ssize_t n;

	do
		n = mnl_socket_sendto(d->nl, q, len);
	while (n < 0 && errno == EINTR);
	n = n < 0 ? -errno : 0;
	free(q);
	return (int)n;
}

static int
begin_dump(struct diag *d)
{
	int r = d->nl ? 0 : open_socket(d);

	if (r < 0)
		return r;
	d->mark             = d->into->count;
	d->walk.interrupted = false;
	d->deadline         = clock_mono_ns() + DEADLINE_NS;
	return send_request(d);
}

static void
note_family(struct diag *d, enum shortfall_kind kind, uint8_t family, int err)
{
	snapshot_short(d->into, &(struct shortfall){
		.kind = kind, .proto = dumps[d->at].proto, .family = family, .err = err });
}

static void
note(struct diag *d, enum shortfall_kind kind, int err)
{
	uint8_t family = dumps[d->at].family;

	note_family(d, kind, family ? family : 4, err);
	if (family == 0)
		note_family(d, kind, 6, err);
}

/* One that does not take the old request answers so, and has nothing more to say. */
static bool
is_refusal(int r)
{
	return r == -EINVAL || r == -ENOENT || r == -EOPNOTSUPP;
}

/*
 * Rows that came before a dump failed are true all the same: they stay. What failed for
 * both families at once is asked of each, which says by itself what is missing.
 */
static void
give_up(struct diag *d, int r)
{
	bool both = dumps[d->at].family == 0;

	if (!both || !is_refusal(r))
		drop_socket(d);
	d->both_refused |= both && is_refusal(r);
	d->by_family |= both;
	if (both)
		return;
	d->err = r;
	note(d, SHORT_DUMP, -r);
}

/* Each family is in one dump: that of both, or one of its own. */
static bool
is_due(const struct diag *d, const struct dump *dump)
{
	const unsigned families = SOURCE_IPV4 | SOURCE_IPV6;
	bool both = dump->proto == PROTO_TCP && (d->want & families) == families && !d->by_family;

	return (d->want & dump->want) == dump->want && both == (dump->family == 0) &&
	       states_of(d, dump) != 0;
}

/* Begins the first wanted dump from d->at on that can be begun. */
static void
next_dump(struct diag *d)
{
	for (; d->at < ARRAY_SIZE(dumps); d->at++) {
		int r;

		if (!is_due(d, &dumps[d->at]))
			continue;
		d->tries = 0;
		r = begin_dump(d);
		if (r == 0)
			return;
		give_up(d, r);
	}
}

void
diag_start(struct diag *d, unsigned want, struct snapshot *into)
{
	if (d->at < ARRAY_SIZE(dumps))
		drop_socket(d);
	d->want = want;
	d->into = into;
	d->made = 0;
	d->by_family = d->both_refused;
	d->err  = 0;
	d->at   = 0;
	next_dump(d);
}

int
diag_fd(const struct diag *d)
{
	return d->nl ? mnl_socket_get_fd(d->nl) : -1;
}

int
diag_timeout(const struct diag *d)
{
	uint64_t now = clock_mono_ns();

	if (d->at == ARRAY_SIZE(dumps) || now >= d->deadline)
		return 0;
	return (int)((d->deadline - now + NS_PER_MS - 1) / NS_PER_MS);
}

/*
 * The cookie is looked for in a map that is in no cache. Rows are of one length as a rule;
 * where they are not this is a wrong hint, which costs little.
 */
static void
hint_at_row_ahead(const struct diag *d, const struct nlmsghdr *nlh)
{
	const size_t place = NLMSG_HDRLEN + offsetof(struct inet_diag_msg, id.idiag_cookie);
	size_t at = (size_t)((const char *)nlh - d->buf) + (size_t)MAP_AHEAD * nlh->nlmsg_len + place;
	uint32_t cookie[2];

	if (at > d->received - MIN(sizeof cookie, d->received))
		return;
	memcpy(cookie, d->buf + at, sizeof cookie);
	index_prefetch(&d->into->by_cookie, (uint64_t)cookie[1] << 32 | cookie[0]);
}

/* The number of a control group comes unasked: as the only thing in it, it is not worth an info. */
static void
forget_unwanted(const struct diag *d, struct sock *s)
{
	if (d->want & SOURCE_OWNERS && !(d->want & SOURCE_PLAIN))
		return;
	s->has &= ~SOCK_HAS_CGROUP_ID;
	if (!(s->has & SOCK_HAS_INFO))
		s->info = NULL;
}

static int
take_row(const struct nlmsghdr *nlh, void *arg)
{
	struct diag *d = arg;
	struct sock_alone s;
	int r;

	hint_at_row_ahead(d, nlh);
	if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY && nlh->nlmsg_type != TCPDIAG_GETSOCK)
		return 0;
	r = diag_parse_inet(nlh, dumps[d->at].proto, &s);
	if (r == 0) {
		forget_unwanted(d, &s.sock);
		snapshot_add(d->into, &s.sock);
	}
	return r == -EBADMSG ? r : 0;	/* what only a newer kernel knows is passed over */
}

/*
 * mnl_socket_recvfrom() would hide the sender and the truncation. Any process
 * may send to our port; only port 0, the kernel, is believed.
 */
static int
read_datagram(struct diag *d)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { d->buf, d->size };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof from,
			      .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	do
		n = recvmsg(mnl_socket_get_fd(d->nl), &msg, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (msg.msg_namelen != sizeof from || from.nl_pid != 0)
		return -EAGAIN;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	d->deadline = clock_mono_ns() + DEADLINE_NS;
	d->received = (size_t)n;
	return diag_walk(&d->walk, d->buf, (size_t)n, take_row, d);
}

static bool
worth_another_try(const struct diag *d, int r)
{
	if (d->tries >= TRIES)
		return false;
	if (r == WALK_DONE)
		return d->walk.interrupted;
	if (r == -EINVAL)	/* a kernel that does not take the program, or not here */
		return d->code && dumps[d->at].part == PART_REST && dumps[d->at].family != 0;
	return r == -EMSGSIZE || r == -ENOBUFS || r == -EBUSY || r == -EOVERFLOW;
}

/*
 * Without the program this dump asks for all states. Those that hold a port came by
 * their own already: their cookies keep them from coming twice.
 */
static void
drop_code(struct diag *d)
{
	d->code_refused = true;
	d->code = NULL;
	d->code_len = 0;
	d->holders_pass = false;
}

static int
dump_again(struct diag *d, int r)
{
	if (r < 0)
		drop_socket(d);
	if (r == -EMSGSIZE) {
		d->size *= 2;
		d->buf = mem_resize(d->buf, d->size, 1);
	}
	if (r == -EINVAL)
		drop_code(d);
	d->tries++;
	snapshot_cut(d->into, d->mark);
	return begin_dump(d);
}

/* The dump under way ended: r is WALK_DONE or -errno. */
static void
end_dump(struct diag *d, int r)
{
	if (worth_another_try(d, r)) {
		r = dump_again(d, r);
		if (r == 0)
			return;
	}
	if (r < 0) {
		give_up(d, r);
	} else {
		d->made++;
		if (d->walk.interrupted)
			note(d, SHORT_INTERRUPTED, 0);
	}
	d->at++;
	next_dump(d);
}

bool
diag_dry(const struct diag *d)
{
	return d->dry;
}

int
diag_turn(struct diag *d)
{
	int r;

	if (d->at < ARRAY_SIZE(dumps)) {
		r = read_datagram(d);
		d->dry = r == -EAGAIN;
		if (r == -EAGAIN)
			r = clock_mono_ns() < d->deadline ? WALK_MORE : -ETIMEDOUT;
		if (r != WALK_MORE)
			end_dump(d, r);
	}
	if (d->at < ARRAY_SIZE(dumps))
		return SOURCE_MORE;
	return d->made == 0 && d->err < 0 ? d->err : SOURCE_DONE;
}
