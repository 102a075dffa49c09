/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What the parts of the filter share, and nobody else includes: the words and
 * values that filter_lex.c finds, and the tree that filter_parse.c builds and
 * filter_eval.c walks.
 */

#ifndef LOTOP_VIEW_FILTER_PRIV_H
#define LOTOP_VIEW_FILTER_PRIV_H

#include "base/arena.h"
#include "view/filter.h"

/* ---- input and errors (filter_parse.c) ---- */

/* The text under way, and where what is made of it goes. */
struct filter_input {
	const char          *text;
	size_t               len;
	struct arena        *arena;
	struct filter_error *err;
};

/* Bytes of the text, or of a word of it without its quotes. */
struct filter_slice {
	const char *s;
	size_t      len;
	bool        quoted;	/* "none" in quotes is a text */
};

/* Notes an error at a place in the text. Returns -EINVAL. */
int filter_fail(struct filter_input *in, const char *at, const char *format, ...) PRINTF_LIKE(3, 4);

struct filter_word {
	char s[128];
};

/* A word of the text as a message may repeat it, sanitized and shortened. Returns w->s. */
const char *filter_word(struct filter_word *w, const struct filter_slice *word);

/* ---- tokens (filter_lex.c) ---- */

enum filter_op { OP_IS, OP_IS_NOT, OP_LIKE, OP_UNLIKE, OP_LT, OP_LE, OP_GT, OP_GE };

enum token_kind {
	TOKEN_END,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_NOT,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_WORD,
	TOKEN_TEST	/* FIELD op VALUES, or what looks like it: http://x, fe80::1 */
};

struct token {
	enum token_kind     kind;
	struct filter_slice word;	/* all of it, without quotes around it */
	/* Of TOKEN_TEST alone: */
	struct filter_slice name;
	struct filter_slice op_text;
	struct filter_slice values;	/* as written: separated by commas, with their quotes */
	enum filter_op      op;
};

struct lexer {
	struct filter_input *in;
	const char          *at;
	size_t               tokens;	/* each value of a list counts as one more */
};

/* The next token. Returns 0, or -EINVAL with the error noted. */
int lex_next(struct lexer *l, struct token *ret);

/*
 * Walks the values of a TOKEN_TEST: start with *at = NULL. Returns 1 with the next
 * one, 0 behind the last, or -EINVAL with the error noted.
 */
int lex_value(struct lexer *l, const struct token *t, const char **at, struct filter_slice *ret);

/* ---- values (filter_lex.c) ---- */

struct filter_range {
	uint64_t lo, hi;	/* both inside; lo > hi holds nothing */
};

/* Addresses with one prefix, on some ports. */
struct filter_place {
	bool     has_addr;
	bool     has_port;
	bool     v4;		/* mapped addresses, and no others */
	uint8_t  bits;		/* 0 to 128: a v4 prefix is 96 + its length */
	uint8_t  addr[16];
	uint16_t lo, hi;	/* 0 to 65535 where !has_port */
};

/* One VALUE; which member it is goes by the kind of the field. */
union filter_operand {
	struct filter_range range;	/* of all kinds of numbers; owners are their count */
	struct filter_place place;	/* VAL_ADDR, VAL_ENDPOINT */
	const char         *name;	/* VAL_ENUM, VAL_WORDS: one of the field's words */
	const char         *needle;	/* VAL_TEXT, VAL_ARGV */
};

/* How the values of a kind are read; how they are compared is in filter_eval.c. */
struct filter_kind {
	int  (*read)(struct filter_input *in, const struct field *f, const struct filter_slice *v,
	             union filter_operand *ret);
	bool ordered;	/* <, <=, > and >= go with it */
};

extern const struct filter_kind filter_kinds[VAL_KINDS];

/* Reads N of FIELD<N. Returns 0, or -EINVAL with the error noted. */
int filter_read_number(struct filter_input *in, const struct field *f, const struct filter_slice *v,
                       uint64_t *ret);

/*
 * Reads a bare word as a port, range, address, prefix or address and port.
 * Returns 1, 0 where it is nothing of the kind, or -EINVAL with the error noted
 * where it looks like one that is wrong and `strict` is set.
 */
int filter_read_place(struct filter_input *in, const struct filter_slice *word, bool strict,
                      struct filter_place *ret);

/* ---- patterns (filter_eval.c) ---- */

struct filter_pattern;

/*
 * Compiles a regular expression into the arena of the input. It borrows scratch for
 * as long as it is matched. Returns 0, or -EINVAL with the error noted.
 */
int filter_pattern_new(struct filter_input *in, const struct filter_slice *v, struct text *scratch,
                       struct filter_pattern **ret);

/* ---- the tree ---- */

enum node_kind { NODE_AND, NODE_OR, NODE_WORD, NODE_VALUES, NODE_STATES, NODE_PATTERN, NODE_KINDS };

/* `port:` and `addr:` look at two fields, one of either end; of all others field[1] is NULL. */
#define NODE_FIELDS 2

/*
 * AND and OR have any number of children, so that a long filter is wide and not
 * deep: eval recurses as often as parentheses nest. A test for ports, addresses or
 * endpoints is NODE_VALUES with field[0]->kind of VAL_PORT, VAL_ADDR, VAL_ENDPOINT.
 */
struct filter_node {
	enum node_kind      kind;
	bool                negated;
	struct filter_node *next;	/* among the children of its parent */
	const struct field *field[NODE_FIELDS];	/* VALUES, PATTERN */
	union {
		struct filter_node *children;		/* AND, OR: two or more */
		const char         *needle;		/* WORD */
		struct {				/* VALUES: any one is enough */
			const union filter_operand *operand;
			size_t                      count;
			bool                        none;	/* a value that is not known, too */
		} values;
		uint32_t               states[PROTO_COUNT];	/* STATES: 1u << enum sock_state */
		struct filter_pattern *pattern;			/* PATTERN */
	};
};

struct filter {
	struct arena        arena;	/* the nodes and all that they point to */
	struct filter_node *root;	/* NULL matches everything */
	unsigned            needs;
	uint32_t            states;	/* 1u << enum sock_state: those that it names */
	struct text         scratch;	/* for patterns: the text of a value */
};

#endif
