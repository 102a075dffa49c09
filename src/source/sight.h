/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What this process lacks to see what every process holds. */

#ifndef LOTOP_SOURCE_SIGHT_H
#define LOTOP_SOURCE_SIGHT_H

/*
 * The names of the capabilities that are missing to read the descriptors of all
 * processes, separated by commas; NULL where none is, or where that cannot be told.
 */
const char *sight_lacks(void);

#endif
