/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the one place where lotop gives up for lack of memory. */

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

#define EXIT_REFUSED 3	/* the status of everything that the system refused */
#define ROOM_FIRST   16	/* elements that an array starts with */

_Noreturn static void
give_up(void)
{
	fputs(_("lotop: the system gives no more memory. End something else, or narrow what lotop "
		"looks at with a filter.\n"), stderr);
	exit(EXIT_REFUSED);
}

/* malloc(0) and realloc(p, 0) may answer NULL, which would look like a failure. */
static size_t
at_least_one(size_t size)
{
	return size > 0 ? size : 1;
}

void *
mem_new(size_t size)
{
	void *p = calloc(1, at_least_one(size));

	if (!p)
		give_up();
	return p;
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	size_t bytes;
	void *p;

	if (__builtin_mul_overflow(count, size, &bytes))
		give_up();
	p = realloc(old, at_least_one(bytes));
	if (!p)
		give_up();
	return p;
}

void *
mem_room(void *array, size_t count, size_t *cap, size_t size)
{
	size_t more;

	if (count < *cap)
		return array;
	if (__builtin_mul_overflow(*cap, (size_t)2, &more))
		give_up();
	if (more < ROOM_FIRST)
		more = ROOM_FIRST;
	array = mem_resize(array, more, size);
	*cap = more;
	return array;
}

char *
mem_copy(const char *s, size_t len)
{
	size_t size;
	char *copy;

	if (__builtin_add_overflow(len, (size_t)1, &size))
		give_up();
	copy = mem_resize(NULL, size, 1);
	if (len > 0)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}
