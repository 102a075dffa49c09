/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What a port that is free still has against being bound. */

#ifndef LOTOP_VIEW_LINGERING_H
#define LOTOP_VIEW_LINGERING_H

#include "base/text.h"
#include "model/snapshot.h"

/* Adds a blank and a sentence, where there is something (model/port.h). */
void lingering_add_text(struct text *t, const struct snapshot *snap, uint16_t port);

#endif
