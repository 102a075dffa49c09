/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What makes it of no use to end a process: somebody starts it again, or it holds the port for something else. */

#ifndef LOTOP_UI_AGAIN_H
#define LOTOP_UI_AGAIN_H

#include "base/text.h"
#include "model/sock.h"
#include "model/task.h"

/*
 * The parent that may start a process again, or NULL: it is not known, or is of a kind that
 * does not. A shell that only stands between is passed over; one that runs a file is not.
 */
const struct task *again_parent(const struct task *task);

/*
 * Each adds a line without its full stop and returns true, or false where there is nothing
 * to say. name: the process, sanitized; alone: it is the only one that could be meant.
 */
bool again_add_parent(struct text *t, const struct task *task, const char *name, bool alone,
                      enum text_charset cs);
bool again_add_unit(struct text *t, const struct task *task, const char *name, bool alone,
                    enum text_charset cs);

/* What to stop in the stead of a process that holds the socket for something else (act/keeper.h). */
bool again_add_keeper(struct text *t, const struct task *task, const char *name,
                      const struct sock *s, enum text_charset cs);

#endif
