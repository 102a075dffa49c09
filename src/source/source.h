/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Where snapshots come from: the kernel's sock_diag (or /proc/net where there is
 * none) and the owners from /proc. A sample is a conversation in turns, so that
 * a loop can answer keys between two of them; source_sample() is the same for
 * a caller that has nothing else to do.
 */

#ifndef LOTOP_SOURCE_SOURCE_H
#define LOTOP_SOURCE_SOURCE_H

#include <poll.h>

#include "model/snapshot.h"

/* What a sample must hold. What nobody shows is not asked for. */
#define SOURCE_TCP        0x01u
#define SOURCE_UDP        0x02u
#define SOURCE_IPV4       0x04u
#define SOURCE_IPV6       0x08u
#define SOURCE_INFO       0x10u	/* tcp_info: bytes, rtt, retransmits; skmeminfo: drops */
#define SOURCE_OWNERS     0x20u
#define SOURCE_HOST_ADDRS 0x40u
#define SOURCE_ALL        0x7fu
#define SOURCE_PLAIN      0x80u	/* of processes their names and arguments will do */
#define SOURCE_RESTS      0x100u	/* from SOURCE_INFO of TCP; source_start() decides on it */
#define SOURCE_BARE       0x200u	/* without SOURCE_OWNERS: nor roles, listeners and findings */

/*
 * What a sample may leave in the kernel. It is a saving and no promise: rows that
 * were not wanted may come all the same, and from /proc/net do.
 */
struct source_narrow {
	uint32_t    states[PROTO_COUNT];	/* wanted ones, 1u << enum sock_state */
	/*
	 * INET_DIAG_REQ_BYTECODE for sockets with a peer (view/filter_kernel.h); those that
	 * hold a port come by a dump of their own. NULL: none. Borrowed.
	 */
	const void *code;
	size_t      code_len;
	/*
	 * What has no port of a peer may pass the program unseen, in the same dump, which
	 * saves a walk of the hash table. One that was reset can hold its port and have the peer's
	 * still; where the program is the scope's alone, the choice from its own address is right.
	 */
	bool        holders_pass;
};

struct source;

/*
 * Opens the conversation. proc_root is "/proc", or a tree that looks like it.
 * Returns 0 and hands over *ret, or -errno: neither sock_diag nor /proc/net.
 */
int  source_open(struct source **ret, const char *proc_root);
void source_close(struct source *s);

/* For the samples from the next one on. NULL: everything, as in the beginning. */
void source_narrow(struct source *s, const struct source_narrow *narrow);

/* What source_turn() says besides -errno. */
#define SOURCE_MORE 0	/* poll and come again */
#define SOURCE_ROWS 1	/* all sockets are there, said once; holders are HOLDER_UNKNOWN still */
#define SOURCE_DONE 2	/* complete, joined */

#define SOURCE_MAX_FDS 2

/*
 * At every how many samples SOURCE_INFO of TCP is asked for where there are so many
 * connections: always up to 5000, and at every fifth one at most. source_sample()
 * does not rest.
 */
unsigned source_info_every(size_t connections);

/*
 * Begins a sample into a cleared snapshot, which it borrows until SOURCE_DONE or
 * an error; one that was under way is given up. Returns 0 or -errno.
 */
int source_start(struct source *s, unsigned want, struct snapshot *into);

/*
 * Fills in what to poll; returns how many, which may be 0 during a sample too.
 * *timeout_ms is when source_turn() must be called even if nothing came; -1,
 * never, only when no sample is under way.
 */
int source_fds(const struct source *s, struct pollfd fds[SOURCE_MAX_FDS], int *timeout_ms);

/* Does what can be done without waiting: some datagrams, 1 ms of them, or the records that came. */
int source_turn(struct source *s);

/*
 * A whole sample. Returns 0 or -errno; waits at most ten seconds, and then for
 * owners no longer (SHORT_PENDING).
 */
int source_sample(struct source *s, unsigned want, struct snapshot *into);

#endif
