/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the parts of lotop kill share: kill_plan.c says whom, kill.c does it and tells. */

#ifndef LOTOP_CMD_KILL_PRIV_H
#define LOTOP_CMD_KILL_PRIV_H

#include "act/signal.h"
#include "app/options.h"
#include "model/port.h"
#include "source/source.h"
#include "view/names.h"

#define KILL_PROC_ROOT "/proc"

/* A process that is to be signalled, fixed. */
struct victim {
	const struct task *task;	/* while the plan's snapshot lasts; so does sock */
	const struct sock *sock;	/* one that it holds the port with */
	struct target      target;
	bool               sent;	/* the last signal went out to it */
	char              *name;	/* "python3 (pid 4711, user www)"; owned */
};

/* One PORT of the command line. */
struct kill_port {
	struct port_query query;
	enum port_match   mode;		/* what of it counts; PORT_NO: nothing holds it */
	char             *word;		/* as lotop writes it; owned */
	char             *place;	/* its first socket: "tcp 127.0.0.1:8080"; owned */
	struct victim    *victims;
	size_t            count;
	uint64_t         *sockets;	/* sock_id() of each that held it; owned */
	size_t            nsockets;
	bool              refused;	/* and the reason was said */
	uint64_t          free_since;	/* 0: held when last seen */
	uint64_t          ended_since;	/* all victims; 0: not yet */
};

/*
 * Finds whom to signal for one port in a sample with owners, fixes them, and makes
 * sure that this user may. Says on standard error what stands against it.
 */
void kill_plan(struct kill_port *p, const struct options *o, const struct snapshot *snap,
               struct names *names);
void kill_port_done(struct kill_port *p);

/* Does the socket hold the port, in the sense that its plan found? */
bool kill_port_has(const struct kill_port *p, const struct sock *s);

/* Did this very socket hold it when it was planned? */
bool kill_port_had(const struct kill_port *p, const struct sock *s);

#endif
