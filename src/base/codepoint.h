/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What a code point does to the line it stands in, the same in every locale:
 * JSON is UTF-8 where the terminal is not. Only base/text.c asks.
 */

#ifndef LOTOP_BASE_CODEPOINT_H
#define LOTOP_BASE_CODEPOINT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Nothing to see, though it may move, turn or cut what stands around it: controls, bidi
 * controls, zero width that is no mark, blank fillers, and what is no character at all.
 */
bool codepoint_hidden(uint32_t cp);

/* A combining mark: it is drawn onto the character before it. */
bool codepoint_mark(uint32_t cp);

#endif
