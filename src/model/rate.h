/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Bytes a second. */

#ifndef LOTOP_MODEL_RATE_H
#define LOTOP_MODEL_RATE_H

#include <stdint.h>

#include "base/clock.h"

/* Rounded to nearest. The interval is not 0. Past 2^53 bytes the last digits go. */
static inline uint64_t
rate_of(uint64_t bytes, uint64_t interval_ns)
{
	return (uint64_t)((double)bytes * (double)NS_PER_SEC / (double)interval_ns + 0.5);
}

#endif
