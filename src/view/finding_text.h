/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Findings in words: a few for a line that counts them, and a sentence or two that explain one. */

#ifndef LOTOP_VIEW_FINDING_TEXT_H
#define LOTOP_VIEW_FINDING_TEXT_H

#include "base/text.h"
#include "model/findings.h"

/* Adds "1 queue full", "2 split ports". n is not 0. */
void finding_add_count(struct text *t, enum finding f, size_t n);

/*
 * Adds what the finding means for this socket, with its own figures, and what to do. Plain
 * text in one line; a screen wraps it.
 */
void finding_add_why(struct text *t, enum finding f, const struct sock *s);

#endif
