/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the parts of lotop who share: who.c finds the facts, who_why.c the reasons in them. */

#ifndef LOTOP_CMD_WHO_PRIV_H
#define LOTOP_CMD_WHO_PRIV_H

#include "model/listeners.h"
#include "model/port.h"
#include "out/ports.h"
#include "source/port_facts.h"

/* All that is known about one port. Points into the sample. */
struct who_port {
	struct port_query        query;
	const struct snapshot   *snap;
	const struct listeners  *listeners;
	const struct port_facts *facts;
	struct names            *names;
	struct port_report       report;	/* its reasons come from who_find_reasons() */
};

/* Adds all reasons that there are, the most important first. */
void who_find_reasons(struct who_port *p);

/* Is it the end of a connection, or of what is left of one, on this port of ours? */
bool who_is_connection(const struct who_port *p, const struct sock *s);

#endif
