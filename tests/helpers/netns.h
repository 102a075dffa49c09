/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A private network for a test process: no sockets in it but the test's own,
 * every port free, and nothing that leaves the machine.
 */

#ifndef TESTS_HELPERS_NETNS_H
#define TESTS_HELPERS_NETNS_H

/* An address of "this host" outside 127.0.0.0/8, and one of nobody (RFC 5737). */
#define NETNS_HOST_ADDRESS	"10.77.0.1"
#define NETNS_AWAY_ADDRESS	"192.0.2.1"

/*
 * Move this process, for good, into a new network namespace whose loopback
 * device is up. A program that is linked with this and not run by root enters
 * a user namespace, where it is root, already before main(); see netns.c.
 * Returns 0, or -errno where the machine forbids it: then skip, and say so.
 */
int	netns_enter(void);

/*
 * Give the loopback device of this namespace NETNS_HOST_ADDRESS, and a default
 * route, so that NETNS_AWAY_ADDRESS can be bound for (what is sent there is
 * dropped on the way). Call it after netns_enter(). Returns 0 or -errno.
 */
int	netns_add_host(void);

#endif
