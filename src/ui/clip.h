/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Copies to the clipboard of the terminal by OSC 52, which works over ssh and needs no
 * other program; the terminal may ignore it, and does not say so. tmux and screen pass it on
 * where their settings let them (set-clipboard).
 */

#ifndef LOTOP_UI_CLIP_H
#define LOTOP_UI_CLIP_H

#include "base/text.h"
#include "view/field.h"

/* Bytes; some terminals drop what is longer than 75,000 bytes of base64. */
#define CLIP_MAX 56000

/* Adds the sequence that puts sanitized bytes, CLIP_MAX at most, onto the clipboard. */
void clip_add_sequence(struct text *out, const char *bytes, size_t len);

/*
 * Adds the address that a person would connect to: of a connection that of its server, of a
 * row with several sockets that of the first that holds a port; for a wildcard the loopback address.
 */
void clip_add_address(struct text *t, const struct row *r);

#endif
