/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A socket as the kernel gives it, with nothing added but its holders. Addresses
 * are 16 bytes in network order; an IPv4 address lives v4-mapped
 * (::ffff:127.0.0.1), so that both halves of a connection between an AF_INET and
 * an AF_INET6 socket compare equal. Ports are in host order.
 */

#ifndef LOTOP_MODEL_SOCK_H
#define LOTOP_MODEL_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct owner;
struct cgroup;

enum sock_proto { PROTO_TCP, PROTO_UDP, PROTO_COUNT };

/* The kernel's numbers (include/net/tcp_states.h), and two of ours. */
enum sock_state {
	STATE_UNKNOWN,		/* no dump had it: see source/destroyed.h */
	STATE_ESTABLISHED,
	STATE_SYN_SENT,
	STATE_SYN_RECV,
	STATE_FIN_WAIT1,
	STATE_FIN_WAIT2,
	STATE_TIME_WAIT,
	STATE_CLOSE,
	STATE_CLOSE_WAIT,
	STATE_LAST_ACK,
	STATE_LISTEN,
	STATE_CLOSING,
	STATE_NEW_SYN_RECV,	/* never in a struct sock: diag_parse makes it STATE_SYN_RECV */
	STATE_BOUND,		/* TCP_BOUND_INACTIVE: bound, neither listens nor connects */
	STATE_UNCONN,		/* UDP without a peer; the kernel says CLOSE */
	STATE_COUNT
};

/* Who has it: see CONTRACT "holder". HOLDER_UNKNOWN: /proc has not been read (yet). */
enum sock_holder {
	HOLDER_UNKNOWN,
	HOLDER_KNOWN,
	HOLDER_HIDDEN,
	HOLDER_QUEUE,
	HOLDER_NONE,
	HOLDER_UNSEEN,
	HOLDER_COUNT
};

/* Who can reach a socket that holds a port. */
enum sock_reach { REACH_UNKNOWN, REACH_LOOPBACK, REACH_EXPOSED, REACH_COUNT };

/* Which part it has: decided by whose local port has a listener, then by which port is ephemeral. */
enum sock_role { SOCK_NEITHER, SOCK_LISTENER, SOCK_SERVER, SOCK_CLIENT, SOCK_ROLES };

/* Names by number, for fields, filters and JSON; [0] of holder, reach and role is NULL, as is any gap. */
extern const char *const sock_proto_names[PROTO_COUNT];
extern const char *const sock_state_names[STATE_COUNT];
extern const char *const sock_holder_names[HOLDER_COUNT];
extern const char *const sock_reach_names[REACH_COUNT];
extern const char *const sock_role_names[SOCK_ROLES];

struct endpoint {
	uint8_t  addr[16];
	uint16_t port;
};

/* struct sock.has: what the kernel said. */
#define SOCK_HAS_COOKIE 0x01u
#define SOCK_HAS_UID    0x02u
#define SOCK_HAS_QUEUE  0x04u	/* rqueue, wqueue */
#define SOCK_HAS_RTT    0x08u
#define SOCK_HAS_RETRANS 0x10u
#define SOCK_HAS_BYTES  0x20u
#define SOCK_HAS_DROPS  0x40u
#define SOCK_HAS_TIMER  0x80u	/* timer, timer_ms: a timer runs */
#define SOCK_HAS_V6ONLY 0x100u	/* v6only; of IPv6 sockets without a peer */
#define SOCK_HAS_AGE    0x200u	/* age_ns */
#define SOCK_HAS_RATE   0x400u	/* rx_rate, tx_rate */
#define SOCK_HAS_QUIET  0x800u	/* quiet_ms */
#define SOCK_HAS_CGROUP_ID 0x1000u	/* cgroup_id, until source/cgroup has looked it up */
#define SOCK_HAS_WARN   0x2000u	/* warn: it was looked at */
#define SOCK_HAS_CGROUP 0x4000u	/* cgroup, in place of its id */

/* Those whose values are in its info. */
#define SOCK_HAS_INFO (SOCK_HAS_RTT | SOCK_HAS_RETRANS | SOCK_HAS_BYTES | SOCK_HAS_DROPS | \
                       SOCK_HAS_AGE | SOCK_HAS_RATE | SOCK_HAS_QUIET | SOCK_HAS_CGROUP_ID | \
                       SOCK_HAS_CGROUP)

/* How long it is there; set by model/track, LIFE_THERE where nobody tracks. */
enum sock_life {
	LIFE_THERE,
	LIFE_NEW,	/* came a few seconds ago */
	LIFE_GONE	/* closed a few seconds ago: only kept to be shown (snapshot.h) */
};

/* What the timer of a socket will do (idiag_timer of net/ipv4/inet_diag.c). */
enum sock_timer { TIMER_NONE, TIMER_RETRANSMIT, TIMER_KEEPALIVE, TIMER_TIMEWAIT, TIMER_PROBE };

/*
 * What only some sockets have: what the kernel says where it is asked to (tcp_info), and what
 * follows from earlier snapshots. Much of the memory of many sockets is saved where it is not there.
 */
struct sock_info {
	uint64_t             rx_bytes;
	uint64_t             tx_bytes;
	/*
	 * Bytes a second since the snapshot before (model/track). Of a listener those of its
	 * connections that ended since then; what the others add is the view's to sum.
	 */
	float                rx_rate;	/* of seven digits: loopback moves more than 2^32 of them */
	float                tx_rate;
	uint64_t             age_ns;	/* since it was seen first (model/track) */
	union {
		uint64_t             cgroup_id;	/* of the control group it was made in */
		const struct cgroup *cgroup;	/* that one, in the snapshot's arena: sock_cgroup() */
	};
	uint32_t             rtt_us;
	uint32_t             retrans;	/* segments, over the life of the connection */
	uint32_t             drops;	/* datagrams */
	uint32_t             quiet_ms;	/* since the other end last acknowledged anything, its FIN included */
};

struct sock {
	uint64_t            cookie;	/* names the socket for its whole life */
	const struct owner *owners;	/* by pid; in the snapshot's arena */
	/*
	 * NULL: nothing of it is known. In the snapshot's arena (snapshot_info()), else of whoever
	 * made the socket: a copy has the same one. Read it by sock_info().
	 */
	struct sock_info   *info;
	uint32_t            inode;	/* 0: none (TIME_WAIT, not accepted, orphan) */
	uint32_t            nowners;
	uint32_t            has;
	uint32_t            uid;
	uint32_t            ifindex;	/* device it is bound to; 0: none */
	uint32_t            rqueue;	/* LISTEN: connections that wait for accept; else bytes */
	uint32_t            wqueue;	/* LISTEN: limit of that queue; else bytes */
	uint32_t            peer;	/* index of the other end in its snapshot, + 1; 0: not there */
	uint32_t            listener;	/* of a connection: that of its listener, + 1; 0: none */
	uint32_t            timer_ms;	/* until it fires; TIME_WAIT, FIN_WAIT2: until it is gone */
	struct endpoint     local;
	struct endpoint     remote;
	/* Of 100,000 sockets in two snapshots each byte counts. */
	unsigned            proto  : 2;	/* enum sock_proto */
	unsigned            family : 3;	/* 4 or 6 */
	unsigned            state  : 5;	/* enum sock_state */
	unsigned            holder : 3;	/* enum sock_holder */
	unsigned            timer  : 3;	/* enum sock_timer */
	unsigned            role   : 3;	/* enum sock_role */
	unsigned            life   : 2;	/* enum sock_life */
	bool                v6only : 1;	/* takes no IPv4 */
	unsigned            warn   : 10;	/* 1u << enum finding (model/findings.h) */
};

extern const struct sock_info sock_info_none;

/* What else is known of it: zeros where nothing is. */
static inline const struct sock_info *
sock_info(const struct sock *s)
{
	return s->info ? s->info : &sock_info_none;
}

/* The control group it was made in; NULL: not known, or not looked up. */
static inline const struct cgroup *
sock_cgroup(const struct sock *s)
{
	return s->has & SOCK_HAS_CGROUP ? s->info->cgroup : NULL;
}

/* Sets that, which lives as long as s; s has an info. */
static inline void
sock_set_cgroup(struct sock *s, const struct cgroup *c)
{
	s->info->cgroup = c;
	s->has = (s->has & ~SOCK_HAS_CGROUP_ID) | SOCK_HAS_CGROUP;
}

/* A socket of no snapshot, with an info of its own. */
struct sock_alone {
	struct sock      sock;
	struct sock_info info;
};

/* Makes *to a copy of s. It must stay where it is as long as the info is looked at. */
void sock_copy(struct sock_alone *to, const struct sock *s);

/* Addresses. */
bool addr_is_v4(const uint8_t addr[16]);	/* v4-mapped */
bool addr_is_any(const uint8_t addr[16]);	/* 0.0.0.0 or :: */
bool addr_is_loopback(const uint8_t addr[16]);	/* 127.0.0.0/8 or ::1 */
void addr_from_v4(uint8_t addr[16], const void *v4);	/* 4 bytes in network order */

/* Do the first bits bits (0 to 128) agree? A v4 prefix is given as 96 + its length. */
bool addr_in_prefix(const uint8_t addr[16], const uint8_t prefix[16], unsigned bits);

/* "127.0.0.1" for a mapped address, else RFC 5952 text. */
void addr_add_text(struct text *t, const uint8_t addr[16]);

/*
 * Reads a numeric IPv4 or IPv6 address (no brackets, no zone) of exactly len
 * bytes. Returns 0 or -EINVAL; *ret is written only for 0.
 */
int addr_parse(const char *s, size_t len, uint8_t ret[16]);

/* "127.0.0.1:80", "[::1]:80". */
void endpoint_add_text(struct text *t, const struct endpoint *e);

/*
 * As the kernel names it: 4 or 16 bytes by the family of the socket, and the port in network order.
 * A v4-mapped end of an IPv6 socket keeps its 16 bytes: to the kernel it is no IPv4 socket.
 */
void endpoint_put(void *addr, uint16_t *port, const struct endpoint *e, unsigned family);

/* h with the endpoint mixed in, for maps; two may have the same. */
uint64_t endpoint_hash(uint64_t h, const struct endpoint *e);

/* Takes the totals of what is known of it later, where that tells them; s has an info then. */
void sock_take_totals(struct sock *s, const struct sock *later);

/* Has it a peer? (A connected UDP socket has.) */
bool sock_has_peer(const struct sock *s);

/*
 * Does it hold its port without a peer: LISTEN, UNCONN, BOUND (or, where no state is
 * known, anything without a peer)? These are what
 * who, kill, `-l` and `l` mean.
 */
bool sock_holds_port(const struct sock *s);

/* Is it connected to its own address and port, as a server may be to tell itself something? */
bool sock_is_to_itself(const struct sock *s);

/* REACH_UNKNOWN for what does not hold a port. lo_ifindex: of the device `lo`, 0 if unknown. */
enum sock_reach sock_reach_of(const struct sock *s, uint32_t lo_ifindex);

/*
 * A number that names the socket as long as it lives, for maps and cursors: the
 * cookie, or, where the kernel gave none (procfs), a hash: of the tuple of a TCP
 * connection, whose inode comes with accept and goes with TIME_WAIT, else of the inode.
 */
uint64_t sock_id(const struct sock *s);

#endif
