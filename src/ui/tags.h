/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What is tagged: sockets, by their sock_id(). Tags stay wherever the rows move, and
 * in every view; a row is tagged when all that it stands for is.
 */

#ifndef LOTOP_UI_TAGS_H
#define LOTOP_UI_TAGS_H

#include "base/map.h"
#include "view/row.h"

struct tag_target {
	const struct sock *sock;
	bool               both;	/* either end may be meant: the row shows both, or not the one it is */
};

/*
 * The socket that a row of one connection is about: below its listener that of the client, which is
 * the one that it names.
 */
struct tag_target tags_target(const struct row *r);

struct tags {
	struct map ids;		/* sock_id() -> TAG_* and how often it was missed (tags.c) */
	struct map spare;	/* empty; ids is built anew in it */
};

void tags_init(struct tags *t);
void tags_done(struct tags *t);

size_t tags_count(const struct tags *t);
bool   tags_has(const struct tags *t, const struct row *r);

bool tags_has_sock(const struct tags *t, const struct sock *s);

/* Was it tagged by a row that shows both ends of a connection, so that either may be meant? */
bool tags_means_both(const struct tags *t, const struct sock *s);

/* Tags a row, or untags one that is tagged. What has closed cannot be tagged. */
void tags_turn(struct tags *t, const struct row *r);
void tags_clear(struct tags *t);

/*
 * Looks at a complete snapshot, and forgets what three in a row did not have: one may
 * pass over a socket that lives.
 */
void tags_clean(struct tags *t, const struct snapshot *snap);

#endif
