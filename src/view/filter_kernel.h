/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What of a choice of rows the kernel can decide: a mask of states, and a program of
 * struct inet_diag_bc_op (linux/inet_diag.h) for the ends of connections. Both are
 * exact or wider, never narrower; the choice is made again in user space.
 */

#ifndef LOTOP_VIEW_FILTER_KERNEL_H
#define LOTOP_VIEW_FILTER_KERNEL_H

#include "view/view.h"

struct filter_kernel {
	uint32_t states[PROTO_COUNT];	/* 1u << enum sock_state; all bits: all */
	/*
	 * For sockets that have a peer, and for no others: those that hold a port are few,
	 * and the program does not know what of theirs is unknown. NULL: all of them.
	 */
	void  *code;
	size_t len;
	bool   scope_alone;	/* it is the scope's: see source_narrow.holders_pass */
};

/*
 * Lowers the scope, and of the filters and `holding` what the needs (FIELD_NEEDS bits of
 * all that is shown) allow: with FIELD_SCOPE nothing, with FIELD_PEERS no states, since
 * the other end may be in another. Where the ends of a connection decide, its other
 * half is in, too. filter_kernel_done() it.
 */
void filter_kernel_lower(struct filter_kernel *k, const struct view_spec *spec, unsigned needs);
void filter_kernel_done(struct filter_kernel *k);

#endif
