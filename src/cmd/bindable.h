/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Can a port be bound? Asked by binding it, the only proof there is: on each
 * loopback address and each wildcard, one after the other and without
 * SO_REUSEADDR, so that TIME_WAIT and outgoing connections count. Nothing listens
 * meanwhile, and nothing is left behind.
 */

#ifndef LOTOP_CMD_BINDABLE_H
#define LOTOP_CMD_BINDABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "model/port.h"

/*
 * [::] is asked for with IPV6_V6ONLY. A socket that takes both families can be
 * bound exactly where both wildcards can.
 */
enum bind_place { BIND_LOOPBACK4, BIND_ANY4, BIND_LOOPBACK6, BIND_ANY6, BIND_COUNT };

/* "127.0.0.1", "0.0.0.0", "::1", "::". */
extern const char *const bind_place_names[BIND_COUNT];

/* PORT_IPV4 or PORT_IPV6: the family of a place. */
extern const unsigned bind_place_family[BIND_COUNT];

struct bindable {
	unsigned tried;		/* 1u << enum bind_place */
	int      err[BIND_COUNT];	/* 0: was bound; else the errno of bind(2) */
};

/*
 * Can anything be bound on the loopback address of this family, PORT_IPV4 or
 * PORT_IPV6? Returns 0; or the -errno of an attempt with port 0: -EADDRNOTAVAIL
 * or -EAFNOSUPPORT where the family is off.
 */
int bindable_family(unsigned family);

/* Those of `families` (PORT_IPV4 | PORT_IPV6; 0: both) of which bindable_family() is 0. */
unsigned bindable_families(unsigned families);

/* Adds a sentence: the family is left out, and why (an errno of bindable_family()). */
void bindable_add_off(struct text *t, unsigned family, int err);

/*
 * Tries all places of these families (PORT_IPV4 | PORT_IPV6). Returns 0, or -errno
 * where a socket could not be made at all, as for -EMFILE; *ret is written only for 0.
 */
int bindable(uint16_t port, enum sock_proto proto, unsigned families, struct bindable *ret);

/* Was every place that was tried bound, and any tried? */
bool bindable_all(const struct bindable *b);

#endif
