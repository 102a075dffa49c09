/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Sockets and processes in words, the same in every command that speaks of them. */

#ifndef LOTOP_CMD_DESCRIBE_H
#define LOTOP_CMD_DESCRIBE_H

#include "act/keeper.h"
#include "model/sock.h"
#include "model/task.h"
#include "view/names.h"

/* Adds "python3 (pid 4711, user www)", sanitized for the locale. */
void describe_task(struct text *t, struct names *names, const struct task *task);

/* Adds the holder with the lowest pid, and how many more there are. */
void describe_holder(struct text *t, struct names *names, const struct sock *s);

/* Why the holder of a socket that has no owner cannot be named. */
enum unseen {
	UNSEEN_ELSEWHERE,	/* it is in another namespace */
	UNSEEN_OTHER_USER,	/* root would see it */
	UNSEEN_NO_CAPABILITY,	/* root, but not with all of root's rights: sight_lacks() */
	UNSEEN_NO_PROC,
	UNSEEN_KINDS
};

enum unseen describe_why_unseen(const struct sock *s);

/*
 * Adds what stands for a holder that cannot be seen: "a process of root, which this
 * user may not see".
 */
void describe_unseen(struct text *t, struct names *names, const struct sock *s);

/* Adds all holders of a socket, lowest pid first, separated by commas. */
void describe_owners(struct text *t, struct names *names, const struct sock *s);

/* Adds "tcp 127.0.0.1:8080", "udp *:53", "tcp [::]:80". */
void describe_socket(struct text *t, const struct sock *s);

/*
 * Adds the sentence that a keeper holds a port for something else, and how to stop that. holder
 * and port are words for people.
 */
void describe_keeper(struct text *t, const struct keeper *k, const char *holder, const char *port);

#endif
