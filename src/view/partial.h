/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Says in words why a snapshot may miss rows or owners. */

#ifndef LOTOP_VIEW_PARTIAL_H
#define LOTOP_VIEW_PARTIAL_H

#include "model/snapshot.h"

/*
 * Adds one translated sentence a shortfall, separated by blanks. Returns whether
 * there was any. Owners that this user may not see are no shortfall: each row
 * says `hidden` itself.
 */
bool partial_add(struct text *t, const struct snapshot *s);

#endif
