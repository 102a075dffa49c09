/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns what can be said of a value's width without its text: to lay out a table of many
 * sockets is to find the few values that make a column wider.
 */

#include "view/value.h"

#include <stdint.h>
#include <string.h>

static size_t
octet_digits(uint8_t n)
{
	return 1 + (n > 9) + (n > 99);
}

static size_t
port_digits(uint16_t n)
{
	return 1 + (n > 9) + (n > 99) + (n > 999) + (n > 9999);
}

static size_t
most_none(const struct value *v)
{
	(void)v;
	return 0;
}

static size_t
most_number(const struct value *v)
{
	return text_digits(v->number);
}

static size_t
most_enum(const struct value *v)
{
	return strlen(v->name);
}

/* No character takes more cells than bytes, nor does what stands for a bad byte. */
static size_t
most_text(const struct value *v)
{
	return v->text.len;
}

/* A blank, or nothing, takes the place of each NUL. */
static size_t
most_argv(const struct value *v)
{
	const struct task *task = v->task;

	return task->argv_len - (task->argv_len > 0 && task->argv[task->argv_len - 1] == '\0');
}

static size_t
most_addr(const struct value *v)
{
	const uint8_t *addr = v->endpoint->addr;

	if (!addr_is_v4(addr))
		return SIZE_MAX;
	return octet_digits(addr[12]) + octet_digits(addr[13]) + octet_digits(addr[14]) +
	       octet_digits(addr[15]) + 3;
}

static size_t
most_endpoint(const struct value *v)
{
	size_t addr = most_addr(v);

	return addr == SIZE_MAX ? addr : addr + 1 + port_digits(v->endpoint->port);
}

/* Of the other kinds few are shown, or it takes writing them to know. */
static size_t (*const mosts[VAL_KINDS])(const struct value *v) = {
	[VAL_NONE]     = most_none,
	[VAL_NUMBER]   = most_number,
	[VAL_PORT]     = most_number,
	[VAL_ENUM]     = most_enum,
	[VAL_TEXT]     = most_text,
	[VAL_ADDR]     = most_addr,
	[VAL_ENDPOINT] = most_endpoint,
	[VAL_ARGV]     = most_argv,
};

#define NO_LIMIT SIZE_MAX

static const size_t limits[VAL_KINDS] = {
	[VAL_NONE]     = 0,
	[VAL_NUMBER]   = TEXT_DIGITS,
	[VAL_PORT]     = 5,
	[VAL_BYTES]    = 5,	/* text_add_size() */
	[VAL_RATE]     = 5,
	[VAL_USEC]     = NO_LIMIT,
	[VAL_SECONDS]  = NO_LIMIT,
	[VAL_COOKIE]   = 16,
	[VAL_ENUM]     = NO_LIMIT,	/* the field knows its words */
	[VAL_WORDS]    = NO_LIMIT,
	[VAL_TEXT]     = NO_LIMIT,
	[VAL_ADDR]     = NO_LIMIT,
	[VAL_ENDPOINT] = NO_LIMIT,
	[VAL_ARGV]     = NO_LIMIT,
	[VAL_OWNERS]   = 10,
	[VAL_PARTY]    = NO_LIMIT,
	[VAL_STATES]   = NO_LIMIT,
	[VAL_PORTS]    = NO_LIMIT,
};

size_t
value_kind_limit(enum value_kind kind)
{
	return limits[kind];
}

size_t
value_most(const struct value *v)
{
	return mosts[v->kind] ? mosts[v->kind](v) : SIZE_MAX;
}
