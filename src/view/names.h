/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Names for numbers: users, services, devices. Each number is looked up once and
 * kept, for the databases behind getpwuid(3) and getservbyport(3) may be slow.
 * DNS is never asked.
 */

#ifndef LOTOP_VIEW_NAMES_H
#define LOTOP_VIEW_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/sock.h"

struct names;

struct names *names_new(bool numeric);
void          names_free(struct names *n);

/* With numeric on, users are their number and services have no name. */
void names_set_numeric(struct names *n, bool numeric);
bool names_numeric(const struct names *n);

/*
 * Strings live as long as n. A user without an entry is its number as text; a
 * port without a name, or a device that is gone, is NULL.
 */
const char *names_user(struct names *n, uint32_t uid);
const char *names_service(struct names *n, enum sock_proto proto, uint16_t port);
const char *names_iface(struct names *n, uint32_t ifindex);

#endif
