/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Which sockets are looked at at all: CONTRACT section "Scope". */

#ifndef LOTOP_VIEW_SCOPE_H
#define LOTOP_VIEW_SCOPE_H

#include <stdbool.h>

#include "model/snapshot.h"

enum scope { SCOPE_LOOPBACK, SCOPE_HOST, SCOPE_ALL, SCOPE_COUNT };

extern const char *const scope_names[SCOPE_COUNT];

bool scope_has(enum scope scope, const struct snapshot *snap, const struct sock *s);

#endif
