/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What a sample must hold for what is shown: fields and choices of the view, as SOURCE_* bits. */

#ifndef LOTOP_APP_NEEDS_H
#define LOTOP_APP_NEEDS_H

#include "view/view.h"

/* shown: FIELD_NEEDS bits of the columns or the format. */
unsigned needs_of(const struct view_spec *spec, unsigned shown);

/* The FIELD_NEEDS bits of what is shown, filtered and sorted by. */
unsigned needs_fields(const struct view_spec *spec, unsigned shown);

#endif
