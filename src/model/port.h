/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Which sockets hold a port: listening, unconnected or bound ones; never the end
 * of a connection. What who, kill and wait mean by PORT and ADDRESS:PORT.
 */

#ifndef LOTOP_MODEL_PORT_H
#define LOTOP_MODEL_PORT_H

#include "model/snapshot.h"

#define PORT_IPV4 0x1u
#define PORT_IPV6 0x2u

struct port_query {
	struct endpoint end;		/* addr only if has_addr */
	bool            has_addr;
	unsigned        protos;		/* 1u << PROTO_TCP …; 0: all */
	unsigned        families;	/* of the socket: PORT_IPV4, PORT_IPV6; 0: both */
};

enum port_match {
	PORT_NO,
	PORT_COVERS,	/* bound to a wildcard that takes what comes for the address */
	PORT_EXACT	/* bound to the address; or no address was asked for */
};

/* How well a socket is what was asked for. */
enum port_match port_match(const struct port_query *q, const struct sock *s);

/* The best match there is in a snapshot: wildcards only count where no socket is exact. */
enum port_match port_best(const struct port_query *q, const struct snapshot *snap);

/* States of what its process has closed and the kernel still ends. */
#define PORT_LINGERING (1u << STATE_TIME_WAIT | 1u << STATE_FIN_WAIT2 | 1u << STATE_LAST_ACK)

/*
 * How many of these a bind of the TCP port without SO_REUSEADDR trips over; and how many
 * milliseconds the last of them takes, as far as their timers tell.
 */
size_t port_lingering(const struct snapshot *snap, uint16_t port, uint32_t *longest_ms);

#endif
