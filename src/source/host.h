/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Facts of this host and network namespace that a snapshot carries along. */

#ifndef LOTOP_SOURCE_HOST_H
#define LOTOP_SOURCE_HOST_H

#include "model/detail.h"
#include "model/snapshot.h"

/* Sets lo_ifindex and the ephemeral range; what cannot be read stays 0. */
void host_read(int proc_fd, struct snapshot *into);

/* Sets host_addrs. Returns 0 or -errno. */
int host_read_addrs(struct snapshot *into);

/*
 * Addresses by which others may reach this host: of devices that are up, neither loopback nor
 * link-local. Returns how many, at most max.
 */
size_t host_list_addrs(struct host_addr *ret, size_t max);

#endif
