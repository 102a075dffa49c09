/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Does a TCP service answer? A connection is made and closed again, as any client could.
 * A service that speaks first is only listened to; one HEAD request is sent to a silent one,
 * and only where the caller says so. Nothing waits: the caller polls.
 */

#ifndef LOTOP_ACT_PROBE_H
#define LOTOP_ACT_PROBE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/sock.h"

#define PROBE_LINE 160

enum probe_outcome {
	PROBE_RUNS,
	PROBE_FAILED,	/* no connection: err */
	PROBE_LATE,	/* no connection within the time */
	PROBE_CLOSED,	/* connected, and closed without a byte */
	PROBE_SILENT,	/* connected, and nothing came; not even for HEAD, if `asked` */
	PROBE_SPOKE	/* `line` came: unasked, or for HEAD if `asked` */
};

struct probe {
	enum probe_outcome outcome;
	int      fd;		/* -1: none */
	int      err;		/* positive errno */
	bool     head;		/* may be asked */
	bool     asked;		/* was */
	uint16_t port;		/* of this end, while there is a connection and after; 0: none */
	uint64_t began_ns;
	uint64_t connected_ns;	/* 0: not yet; after began_ns, as the next two */
	uint64_t asked_ns;
	uint64_t spoke_ns;	/* after the request where it was sent, else after the connection */
	char     line[PROBE_LINE];	/* the first line, raw: bytes of a stranger; may be empty */
	size_t   len;
};

/*
 * Begins to connect to a TCP listener: to its address, or where that is a wildcard to the
 * loopback of its family. May be over at once. head: send a HEAD request if the service
 * does not speak first.
 */
void probe_start(struct probe *p, const struct sock *listener, bool head);

/* Ends it; nothing of it is left but the result. */
void probe_close(struct probe *p);

/* What to poll while it runs. */
struct pollfd probe_pollfd(const struct probe *p);

/* When probe_turn() must be called even if nothing came (clock_mono_ns()); 0: never. */
uint64_t probe_deadline(const struct probe *p);

/* Does what can be done without waiting. Returns whether it is over now. */
bool probe_turn(struct probe *p);

#endif
