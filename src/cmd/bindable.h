/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Can a port be bound now? Found out by binding it, without SO_REUSEADDR, which is
 * the one proof: tables do not show what the kernel thinks of a bind. The sockets
 * never listen and are closed at once.
 */

#ifndef LOTOP_CMD_BINDABLE_H
#define LOTOP_CMD_BINDABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/sock.h"

/* Where a server on the loopback binds: each loopback address, and each wildcard. */
enum bind_place { BIND_LOOPBACK4, BIND_LOOPBACK6, BIND_ANY4, BIND_ANY6, BIND_PLACES };

/* "127.0.0.1", "::1", "0.0.0.0", "::". */
extern const char *const bind_place_names[BIND_PLACES];

/* Places of a family, as bits 1u << enum bind_place. */
#define BIND_IPV4 (1u << BIND_LOOPBACK4 | 1u << BIND_ANY4)
#define BIND_IPV6 (1u << BIND_LOOPBACK6 | 1u << BIND_ANY6)
#define BIND_ALL  (BIND_IPV4 | BIND_IPV6)

/*
 * The places of those wanted whose family is there: one whose loopback address
 * cannot be bound at all (IPv6 is off) is left out.
 */
unsigned bindable_places(unsigned wanted);

/* Binds one place. Returns 0 or -errno. */
int bindable_at(enum bind_place place, enum sock_proto proto, uint16_t port);

/* The places of those wanted that can be bound, each by itself, as bits. */
unsigned bindable(unsigned wanted, enum sock_proto proto, uint16_t port);

#endif
