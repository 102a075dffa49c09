/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Who has a socket whose process is not known, in words. */

#ifndef LOTOP_UI_HOLDER_H
#define LOTOP_UI_HOLDER_H

#include "view/field.h"

/*
 * Adds what stands for the process in the table: "(another user: root)". Nothing
 * while it is not known. root: it is root whom it is hidden from.
 */
void holder_add_word(struct text *t, const struct row *r, bool root, enum text_charset cs);

/* The process that has the listener of a connection, and is to accept it; NULL: not known. */
const struct task *holder_listener(const struct snapshot *snap, const struct sock *s);

/*
 * Adds why there is no process to signal, and what to do. Nothing for a known holder. The
 * socket is one of snap.
 */
void holder_add_reason(struct text *t, const struct snapshot *snap, const struct sock *s, bool root,
                       enum text_charset cs);

#endif
