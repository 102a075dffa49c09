/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What lotop who found out about one port, and its JSON. */

#ifndef LOTOP_OUT_PORTS_H
#define LOTOP_OUT_PORTS_H

#include <stdio.h>

#include "view/field.h"

/* Why it cannot be bound, or what is to be known. */
struct port_reason {
	const char *kind;	/* a stable word */
	char       *message;	/* a translated sentence; owned */
	uint32_t    seconds;	/* until it is over; 0: not known */
};

/* A bind that was tried. */
struct port_bind {
	enum sock_proto proto;
	const char     *address;
	int             err;	/* 0, or a positive errno */
};

struct port_report {
	struct endpoint     end;
	bool                has_addr;	/* of end */
	bool                bindable;	/* every bind went well */
	struct row         *holders;	/* owned */
	size_t              nholders;
	size_t             *clients;	/* of each holder; owned */
	struct row         *elsewhere;	/* hold the port on other addresses than that asked for; owned */
	size_t              nelsewhere;
	struct port_reason *reasons;	/* owned */
	size_t              nreasons;
	struct port_bind   *binds;	/* owned */
	size_t              nbinds;
};

/* Frees what it owns. */
void port_report_done(struct port_report *r);

/* Writes one document for all. Errors stay in the stream. */
void ports_json_write(FILE *out, const struct port_report *reports, size_t count,
                      const struct view_env *env);

#endif
