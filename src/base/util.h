/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The few macros that C lacks. */

#ifndef LOTOP_BASE_UTIL_H
#define LOTOP_BASE_UTIL_H

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof *(a))
#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))

/* Bytes from the start of a struct to the end of one of its members: what a message must hold. */
#define FIELD_END(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

#endif
