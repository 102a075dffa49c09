/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What a row of any kind tells, and who is at either end of it. */

#ifndef LOTOP_VIEW_ROW_H
#define LOTOP_VIEW_ROW_H

#include "view/field.h"

/*
 * What stands in a cell, and what a view sorts by; f is of any of the tables. It is
 * field_get() but for two kinds of rows. One that is `far` names the client: its port, address,
 * process and user (nothing where it is not in sight), with the state, queues and bytes of
 * the server's end. ROW_TIME_WAIT has only what all of its sockets have in common.
 */
struct value row_value(const struct field *f, const struct row *r);

/* The other end of the row's socket, itself where it is connected to itself, or NULL. */
const struct sock *row_peer(const struct row *r);

/*
 * Is the row's socket the client's end? A pair's is, where both are in sight. One whose role is
 * not known went elsewhere, since nothing listens where it is.
 */
bool row_is_client(const struct row *r);

/*
 * Is anything wrong with a connection of the row's listener that is not shown? No field tells it: nothing
 * is wrong with the listener.
 */
bool row_hides_alarm(const struct row *r);

/* LIFE_NEW and LIFE_GONE only where everything that the row stands for is so. */
enum sock_life row_life(const struct row *r);

/*
 * A number that names what a row stands for as long as that is there: sock_id() of a
 * socket, that of the end of a connection that lasts, and others of a process and a count.
 */
uint64_t row_id(const struct row *r);

/* Is it that row_id(), or sock_id() of either end of it? */
bool row_is(const struct row *r, uint64_t id);

/* How long the socket, the oldest of a count, is in TIME_WAIT. False where it is not known. */
bool row_time_wait_ms(const struct row *r, uint32_t *ms);

enum party_side { PARTY_CLIENT, PARTY_SERVER };

/* One end of a connection, as far as it is known. */
struct party {
	/*
	 * Whose holder it is: that end, or where that has ended and left something, what takes
	 * connections at its port. NULL: not in sight, or many (ROW_TIME_WAIT).
	 */
	const struct sock     *sock;
	const struct task     *task;	/* NULL: not known */
	const struct endpoint *at;	/* NULL: many, or it has no such end */
	bool                   gone;	/* the end is one of this machine, and is there no more */
};

struct party row_party(const struct row *r, enum party_side side);

#endif
