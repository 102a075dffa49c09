/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The processes that hold some sockets, fixed as targets (act/signal.h): each once,
 * with what must still be true of it when it is signalled.
 */

#ifndef LOTOP_UI_VICTIMS_H
#define LOTOP_UI_VICTIMS_H

#include "ui/chosen.h"
#include "ui/follow.h"

struct victim {
	struct follow_task task;
	uint64_t          *inodes;	/* of the chosen sockets that it holds; one is enough */
	size_t             ninodes;
	size_t             inodes_cap;
	char              *user;	/* sanitized; empty: not known */
	struct text        facts;	/* what else ends with it */
	int                result;	/* of target_open(), then of target_signal() */
	bool               keeps;	/* it holds the port for something else, which is to be stopped instead */
	size_t             parent;	/* who may start it again, if that is one of the victims: its index + 1 */
	bool               chosen;	/* is to get the signal; only where result is TARGET_OK */
};

struct victims {
	struct victim *list;
	size_t         count;
	size_t         cap;
	size_t         ready;		/* of them: can be signalled */
	size_t         hidden;		/* chosen sockets whose process is not known */
	struct text   *notes;		/* lines: who may start them again, and what to stop instead */
	size_t         nnotes;
	size_t         notes_cap;
	struct text    instead;		/* " X holds port 80 for Y; to free it: Z." for each that keeps */
};

/* Finds and fixes them, with all that is told of them. victims_done() it. */
void victims_init(struct victims *v, struct ui *ui, const struct chosen *c);
void victims_done(struct victims *v);

size_t victims_chosen(const struct victims *v);

/*
 * Adds a line without its full stop for a victim that is spared, if it may start others again that
 * are chosen, and returns whether it did.
 */
bool victims_add_spared(struct text *t, const struct victims *v, size_t i);
size_t victims_spared(const struct victims *v);	/* how many are such */

/* Signals those that are chosen; each has its result then. */
void victims_signal(struct victims *v, const char *proc_root, int sig);

/* Moves the tasks that got the signal to `to`, which has room for all. Returns how many. */
size_t victims_take_sent(struct victims *v, struct follow_task *to);

/* Adds why one gets no signal. root: lotop runs as root. */
void victim_add_why_not(struct text *t, const struct victim *v, bool root);

/* Adds why the first of those that were chosen and got none got none, and how many more there are. */
void victims_add_refused(struct text *t, const struct victims *v, bool root);

#endif
