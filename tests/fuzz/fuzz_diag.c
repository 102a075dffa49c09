/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Fuzz target: a datagram of sock_diag, walked and parsed. The walk takes its
 * sequence number and port from the first message, so that others match it.
 */

#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/target.h"
#include "model/sock.h"
#include "source/detail_parse.h"
#include "source/diag.h"
#include "source/diag_parse.h"

/* A name that is not ended, and a figure that was not there, must not come out of it. */
static void
parse_detail(const struct nlmsghdr *nlh, enum sock_proto proto)
{
	struct sock_detail d;

	if (detail_parse(nlh, proto, &d) < 0)
		return;
	if (!memchr(d.congestion, '\0', sizeof d.congestion))
		abort();
	for (enum figure f = 0; f < FIGURE_COUNT; f++)
		if (!d.known[f] && f != FIG_RTTVAR && d.figure[f] != 0 && f != FIG_LAST_SENT &&
		    f != FIG_LAST_RCVD && f != FIG_V6ONLY)
			abort();
}

static int
parse_row(const struct nlmsghdr *nlh, void *arg)
{
	(void)arg;
	for (int proto = 0; proto < PROTO_COUNT; proto++) {
		struct sock_alone s;

		parse_detail(nlh, (enum sock_proto)proto);
		if (diag_parse_inet(nlh, (enum sock_proto)proto, &s) < 0)
			continue;
		if (s.sock.family != 4 && s.sock.family != 6)
			abort();
		if (s.sock.state >= STATE_COUNT || !sock_state_names[s.sock.state])
			abort();
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *copy = malloc(size + sizeof *copy);
	struct diag_walk w = { 0 };
	int r;

	memset(copy, 0, sizeof *copy);
	if (size > 0)
		memcpy(copy, data, size);
	w.seq = copy->nlmsg_seq;
	w.portid = copy->nlmsg_pid;
	if (size > 0)		/* of the true size, so that a sanitizer sees its end */
		copy = realloc(copy, size);
	r = diag_walk(&w, copy, size, parse_row, NULL);
	if (r != WALK_MORE && r != WALK_DONE && r >= 0)
		abort();
	free(copy);
	return 0;
}
