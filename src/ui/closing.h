/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What it means to close a socket in the kernel: whether that can be, and what each side sees of it, in words. */

#ifndef LOTOP_UI_CLOSING_H
#define LOTOP_UI_CLOSING_H

#include "model/snapshot.h"

/* What there is to close. */
enum closing_kind {
	CLOSING_CONNECTION,
	CLOSING_SELF,		/* connected to itself */
	CLOSING_QUEUED,		/* not accepted yet */
	CLOSING_CONNECTING,
	CLOSING_KERNEL,		/* no process has it, and the other end is over as well */
	CLOSING_ORPHAN,		/* no process has it, and the other end is open */
	CLOSING_LISTENER,
	CLOSING_UDP,
	CLOSING_UDP_PEER,	/* connected */
	CLOSING_BOUND,		/* cannot be */
	CLOSING_GONE,		/* closed already */
	CLOSING_KINDS
};

enum closing_kind closing_kind(const struct sock *s);

bool closing_can(const struct sock *s);

/* "127.0.0.1:51322 → 127.0.0.1:3000", or the local end alone where there is no other. */
void closing_add_place(struct text *t, const struct sock *s, enum text_charset cs);

/* "chrome 3302 :51322 → next dev 4211 :3000": who is at either end. */
void closing_add_ends(struct text *t, const struct snapshot *snap, const struct sock *s,
                      enum text_charset cs);

/* Adds what it takes to be permitted to. */
void closing_add_needs(struct text *t, bool root);

/* Adds sentences: what each side will see, or why it cannot be closed. */
void closing_add_effect(struct text *t, const struct snapshot *snap, const struct sock *s,
                        enum text_charset cs);

#endif
