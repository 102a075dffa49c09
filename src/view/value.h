/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * A typed value, what a field's getter yields. How it looks, how it sorts and
 * what it is for a machine are properties of its kind, written once, here.
 * VAL_NONE is "not known": blank, last in a sort in either direction, null in
 * JSON, matching no comparison.
 */

#ifndef LOTOP_VIEW_VALUE_H
#define LOTOP_VIEW_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "model/sock.h"
#include "model/task.h"

enum value_kind {
	VAL_NONE,
	VAL_NUMBER,	/* number: a count or an id */
	VAL_PORT,	/* number */
	VAL_BYTES,	/* number: bytes; 1.2M in a table */
	VAL_RATE,	/* number: bytes a second */
	VAL_USEC,	/* number: microseconds */
	VAL_SECONDS,	/* number: whole seconds; 2h 4m in a table */
	VAL_COOKIE,	/* number: 16 hexadecimal digits, a string for machines */
	VAL_ENUM,	/* name: one word of a fixed list, ours */
	VAL_WORDS,	/* words: any of such a list; an empty set is known, and nothing */
	VAL_TEXT,	/* text: raw bytes of another process or database */
	VAL_ADDR,	/* endpoint: its address alone */
	VAL_ENDPOINT,	/* endpoint: address and port as one word */
	VAL_ARGV,	/* task: its argument vector */
	VAL_OWNERS,	/* owners: all that hold a socket; a count where one cell is wanted */
	/* In no field of a socket, so neither filtered nor in JSON: */
	VAL_PARTY,	/* party: one end of a connection, "chrome 3302 :51322" */
	VAL_STATES,	/* states: of both ends, one word where they agree */
	VAL_PORTS,	/* ports: ascending, separated by blanks */
	VAL_KINDS
};

struct value {
	enum value_kind kind;
	union {
		uint64_t               number;
		const char            *name;
		struct { const char *const *names; uint32_t set; } words;	/* 1u << index */
		struct { const char *s; size_t len; } text;
		const struct endpoint *endpoint;
		const struct task     *task;
		const struct sock     *owners;
		struct { const struct task *task; const struct endpoint *at; } party;	/* each may be NULL */
		struct { const char *client, *server; } states;	/* each may be NULL */
		struct { const uint16_t *list; size_t count; } ports;	/* one at least */
	};
};

/* How a value is to be written. */
enum value_style {
	VALUE_TABLE,	/* for people: sizes rounded, wildcard addresses as '*' */
	VALUE_EXACT,	/* for machines: numbers whole, 0.0.0.0 and :: spelled */
};

static inline struct value
value_number(enum value_kind kind, uint64_t n)
{
	return (struct value){ .kind = kind, .number = n };
}

/* NULL gives VAL_NONE. */
static inline struct value
value_name(const char *name)
{
	return (struct value){ .kind = name ? VAL_ENUM : VAL_NONE, .name = name };
}

static inline struct value
value_addr(const struct endpoint *e)
{
	return (struct value){ .kind = VAL_ADDR, .endpoint = e };
}

static inline struct value
value_endpoint(const struct endpoint *e)
{
	return (struct value){ .kind = VAL_ENDPOINT, .endpoint = e };
}

struct value value_words(const char *const *names, uint32_t set);
struct value value_text(const char *s);		/* NULL gives VAL_NONE */
struct value value_party(const struct task *task, const struct endpoint *at);	/* both NULL give VAL_NONE */

/* Adds the value as sanitized text in one line; nothing for VAL_NONE. */
void value_add(struct text *t, const struct value *v, enum value_style style, enum text_charset cs);

/*
 * Have they certainly one text, in either style? false says nothing. It is cheap: texts and
 * processes are one where they are at one place.
 */
bool value_same(const struct value *a, const struct value *b);

/* Where its text is: values of one kind and place are the same one. 0: that is not known. */
uint64_t value_place(const struct value *v);

/* Is the text of such values always ASCII? */
bool value_is_plain(enum value_kind kind);

/*
 * So many cells it takes in a table, or fewer; SIZE_MAX where only its text tells. This
 * is cheap, and the text is not.
 */
size_t value_most(const struct value *v);

/* The cells in a table that no value of the kind exceeds; SIZE_MAX where there is no such limit. */
size_t value_kind_limit(enum value_kind kind);

/*
 * Order: <0, 0, >0. Numbers by size, text by bytes with case ignored first, addresses by
 * family and bits, endpoints by address then port, sets by their first words: one that
 * has an earlier word of the list is larger. VAL_NONE is after everything.
 */
int value_compare(const struct value *a, const struct value *b);

/*
 * The order of two values of one kind as far as one number can tell it: if a comes
 * before b, the rank of a is not above that of b. Equal ranks mean equal values
 * only where the kind's rank is whole. That of VAL_NONE is UINT64_MAX.
 */
uint64_t value_rank(const struct value *v);
bool     value_rank_is_whole(enum value_kind kind);

/* Walks the words of a VAL_WORDS: start with *at = 0; NULL after the last. */
const char *value_next_word(const struct value *v, unsigned *at);

/*
 * Walks the arguments of a VAL_ARGV: start with *at = 0; each call gives the next
 * one, which is NUL-terminated, and its length; NULL after the last.
 */
const char *value_next_arg(const struct value *v, size_t *at, size_t *len);

#endif
