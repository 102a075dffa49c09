/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Decides on a row. Fields were looked up when the text was parsed; ports,
 * addresses and numbers are compared as the typed values that the getters take
 * from struct sock, never as text.
 *
 * FIELD~REGEX is a matcher of our own. glibc's is no choice for a text that is
 * typed or pasted: regcomp(3) takes minutes and gigabytes for (a|)*(a|)*(a|)* and
 * more of it (seen on 2.36), regexec(3) tries each place in the text anew, and its
 * automaton grows with the names that other processes choose. This one compiles to
 * at most PATTERN_CODE instructions and runs them all at once (Thompson 1968): each
 * character of the text is looked at once, and costs no more than each instruction
 * once. Only yes or no is asked, so there are no groups to remember.
 */

#include "view/filter_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "base/i18n.h"
#include "base/mem.h"

#define PATTERN_CODE   1000	/* instructions, once all counts are unrolled */
#define PATTERN_ITEMS  1000	/* in all brackets */
#define PATTERN_DEPTH  32	/* of parentheses: the compiler recurses */
#define PATTERN_COUNT  255	/* in braces; RE_DUP_MAX of POSIX */

/* ---- comparing ---- */

static bool
in_range(uint64_t n, const struct filter_range *r)
{
	return n >= r->lo && n <= r->hi;
}

static bool
match_number(const struct value *v, const union filter_operand *o)
{
	return in_range(v->number, &o->range);
}

static bool
match_owners(const struct value *v, const union filter_operand *o)
{
	return in_range(v->owners->nowners, &o->range);
}

static bool
match_name(const struct value *v, const union filter_operand *o)
{
	return strcmp(v->name, o->name) == 0;
}

static bool
match_words(const struct value *v, const union filter_operand *o)
{
	const char *word;
	unsigned at = 0;

	while ((word = value_next_word(v, &at)))
		if (strcmp(word, o->name) == 0)
			return true;
	return false;
}

static bool
has_addr(const struct filter_place *p, const uint8_t addr[16])
{
	if (!p->has_addr)
		return true;
	return addr_is_v4(addr) == p->v4 && addr_in_prefix(addr, p->addr, p->bits);
}

static bool
match_addr(const struct value *v, const union filter_operand *o)
{
	return has_addr(&o->place, v->endpoint->addr);
}

static bool
match_endpoint(const struct value *v, const union filter_operand *o)
{
	uint16_t port = v->endpoint->port;

	return port >= o->place.lo && port <= o->place.hi && has_addr(&o->place, v->endpoint->addr);
}

static bool
contains_name(const struct value *v, const char *needle)
{
	return text_contains(v->name, strlen(v->name), needle);
}

static bool
contains_text(const struct value *v, const char *needle)
{
	return text_contains(v->text.s, v->text.len, needle);
}

/* struct task keeps 4 KiB of arguments; a blank takes the place of each NUL between them. */
static bool
contains_argv(const struct value *v, const char *needle)
{
	char line[4096];
	size_t len = MIN(v->task->argv_len, sizeof line);

	memcpy(line, v->task->argv, len);
	if (len > 0 && line[len - 1] == '\0')
		len--;
	for (char *nul = line; (nul = memchr(nul, '\0', len - (size_t)(nul - line)));)
		*nul = ' ';
	return text_contains(line, len, needle);
}

static bool
match_text(const struct value *v, const union filter_operand *o)
{
	return contains_text(v, o->needle);
}

static bool
match_argv(const struct value *v, const union filter_operand *o)
{
	return contains_argv(v, o->needle);
}

/* How the values of a kind are compared. A new kind is one row here and one in filter_kinds[]. */
static const struct {
	bool (*match)(const struct value *v, const union filter_operand *o);
	/* Of the kinds that a bare word looks into. */
	bool (*contains)(const struct value *v, const char *needle);
} matchers[VAL_KINDS] = {
	[VAL_NUMBER] = { match_number, NULL },
	[VAL_PORT] = { match_number, NULL },
	[VAL_BYTES] = { match_number, NULL },
	[VAL_RATE] = { match_number, NULL },
	[VAL_USEC] = { match_number, NULL },
	[VAL_SECONDS] = { match_number, NULL },
	[VAL_COOKIE] = { match_number, NULL },
	[VAL_ENUM] = { match_name, contains_name },
	[VAL_WORDS] = { match_words, NULL },
	[VAL_TEXT] = { match_text, contains_text },
	[VAL_ADDR] = { match_addr, NULL },
	[VAL_ENDPOINT] = { match_endpoint, NULL },
	[VAL_ARGV] = { match_argv, contains_argv },
	[VAL_OWNERS] = { match_owners, NULL },
};

/* ---- patterns: the program ---- */

enum opcode {
	CODE_CHAR,
	CODE_ANY,
	CODE_SET,
	/* Those from here on take no character. */
	CODE_START,	/* ^ */
	CODE_END,	/* $ */
	CODE_JUMP,
	CODE_SPLIT,	/* goes on at both */
	CODE_MATCH
};

/* Jumps are relative, so that a part can be moved and copied as it is. */
struct instruction {
	uint8_t  op;		/* enum opcode */
	bool     negated;	/* SET */
	int16_t  x, y;		/* JUMP, SPLIT: where to; SET: first item, and how many */
	uint32_t cp;		/* CHAR: folded */
};

/* A member of a bracket expression: a class, or where that is 0 a range. */
struct item {
	wctype_t class;
	uint32_t lo, hi;
};

/* The instructions that wait for the next character. */
struct threads {
	uint16_t *at;
	size_t    count;
};

struct filter_pattern {
	const struct instruction *code;
	const struct item        *items;
	struct text              *scratch;
	struct threads            threads[2];
	uint64_t                 *seen;		/* by instruction: the last round that came by */
	uint64_t                  round;	/* one a character, over all texts */
	uint16_t                 *stack;
};

struct compiler {
	struct filter_input *in;
	const char          *s, *end;
	struct instruction   code[PATTERN_CODE];
	size_t               count;
	struct item          items[PATTERN_ITEMS];
	size_t               nitems;
	unsigned             depth;
};

/* By way of the upper case, for two lower ones may share it (the two Greek sigmas). */
static uint32_t
fold(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp;
	return cp > 0x10ffff ? cp : (uint32_t)towlower(towupper((wint_t)cp));
}

static int
emit(struct compiler *c, struct instruction i)
{
	if (c->count == PATTERN_CODE)
		return filter_fail(c->in, c->s,
		                   _("this pattern is too large: use smaller counts, or split it"));
	c->code[c->count++] = i;
	return 0;
}

static int
emit_jump(struct compiler *c, enum opcode op, int x, int y)
{
	return emit(c, (struct instruction){ .op = (uint8_t)op, .x = (int16_t)x, .y = (int16_t)y });
}

/* Puts a jump before what was compiled since `start`. */
static int
insert_jump(struct compiler *c, size_t start, enum opcode op, int x, int y)
{
	struct instruction *at = c->code + start, last;

	if (emit_jump(c, op, x, y) < 0)
		return -EINVAL;
	last = c->code[c->count - 1];
	memmove(at + 1, at, (c->count - start - 1) * sizeof *at);
	*at = last;
	return 0;
}

static int
emit_part(struct compiler *c, const struct instruction *part, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (emit(c, part[i]) < 0)
			return -EINVAL;
	return 0;
}

/* ---- patterns: brackets ---- */

static int
add_item(struct compiler *c, struct item item)
{
	if (c->nitems == PATTERN_ITEMS)
		return filter_fail(c->in, c->s,
		                   _("there is too much in the brackets of this pattern"));
	c->items[c->nitems++] = item;
	return 0;
}

static int
fail_bracket(struct compiler *c, const char *at)
{
	return filter_fail(c->in, at, _("this is wrong in brackets: write [a-z_] or [[:digit:]]"));
}

/* The end of [:alpha:], [.-.] or [=a=], or NULL. */
static const char *
named_end(const struct compiler *c)
{
	for (const char *s = c->s + 2; s + 1 < c->end; s++)
		if (s[0] == c->s[1] && s[1] == ']')
			return s;
	return NULL;
}

static bool
begins_named(const struct compiler *c)
{
	return c->end - c->s > 1 && c->s[0] == '[' && strchr(":.=", c->s[1]);
}

static int
parse_class(struct compiler *c)
{
	const char *at = c->s, *end = named_end(c);
	char name[16];
	size_t len;
	wctype_t class;

	len = end ? (size_t)(end - at - 2) : sizeof name;
	if (len >= sizeof name)
		return fail_bracket(c, at);
	memcpy(name, at + 2, len);
	name[len] = '\0';
	class = wctype(name);
	if (!class)
		return fail_bracket(c, at);
	c->s = end + 2;
	return add_item(c, (struct item){ .class = class });
}

/* One character in brackets, which may be spelled [.x.] or [=x=]. */
static int
parse_member(struct compiler *c, uint32_t *ret)
{
	const char *at = c->s, *end;

	if (!begins_named(c)) {
		c->s += text_decode(c->s, (size_t)(c->end - c->s), ret);
		return 0;
	}
	end = named_end(c);
	if (!end || end == at + 2)
		return fail_bracket(c, at);
	if (at + 2 + text_decode(at + 2, (size_t)(end - at - 2), ret) != end)
		return fail_bracket(c, at);
	c->s = end + 2;
	return 0;
}

static int
parse_item(struct compiler *c)
{
	const char *at = c->s;
	struct item item = { 0 };

	if (begins_named(c) && c->s[1] == ':')
		return parse_class(c);
	if (parse_member(c, &item.lo) < 0)
		return -EINVAL;
	item.hi = item.lo;
	if (c->end - c->s > 1 && c->s[0] == '-' && c->s[1] != ']') {
		c->s++;
		if (parse_member(c, &item.hi) < 0)
			return -EINVAL;
	}
	return item.lo > item.hi ? fail_bracket(c, at) : add_item(c, item);
}

/* [...]; a ] that comes first is a member. */
static int
parse_set(struct compiler *c)
{
	const char *open = c->s++, *first;
	struct instruction i = { .op = CODE_SET, .x = (int16_t)c->nitems };

	i.negated = c->s < c->end && *c->s == '^';
	c->s += i.negated;
	for (first = c->s; c->s < c->end && (*c->s != ']' || c->s == first);)
		if (parse_item(c) < 0)
			return -EINVAL;
	if (c->s == c->end)
		return filter_fail(c->in, open,
		                   _("this bracket is not closed; as a character it is \\["));
	c->s++;
	i.y = (int16_t)(c->nitems - (size_t)i.x);
	return emit(c, i);
}

/* ---- patterns: repetition ---- */

#define UNLIMITED SIZE_MAX

/* The number at c->s, or `other` where there is none. */
static size_t
parse_count(struct compiler *c, size_t other)
{
	size_t n = 0;

	if (c->s == c->end || *c->s < '0' || *c->s > '9')
		return other;
	for (; c->s < c->end && *c->s >= '0' && *c->s <= '9'; c->s++)
		n = MIN(n * 10 + (size_t)(*c->s - '0'), PATTERN_COUNT + 1);
	return n;
}

/* {3}, {3,}, {,5}, {3,5} */
static int
parse_braces(struct compiler *c, size_t *lo, size_t *hi)
{
	const char *open = c->s++;

	*lo = *hi = parse_count(c, UNLIMITED);
	if (c->s < c->end && *c->s == ',') {
		c->s++;
		*hi = parse_count(c, UNLIMITED);
		if (*lo == UNLIMITED && *hi != UNLIMITED)
			*lo = 0;
	}
	if (c->s == c->end || *c->s != '}' || *lo > *hi || *lo > PATTERN_COUNT ||
	    (*hi > PATTERN_COUNT && *hi != UNLIMITED))
		return filter_fail(c->in, open,
		                   _("counts are written {3}, {3,} or {3,5}, up to %d; as a "
		                     "character a brace is \\{"),
		                   PATTERN_COUNT);
	c->s++;
	return 0;
}

static bool
begins_repetition(char ch)
{
	return ch == '*' || ch == '+' || ch == '?' || ch == '{';
}

static int
parse_repetition(struct compiler *c, size_t *lo, size_t *hi)
{
	if (*c->s == '{')
		return parse_braces(c, lo, hi);
	*lo = *c->s == '+';
	*hi = *c->s == '?' ? 1 : UNLIMITED;
	c->s++;
	return 0;
}

/* The copies that need not be there: each may be left out, and all behind it with it. */
static int
emit_optional(struct compiler *c, const struct instruction *part, size_t len, size_t times)
{
	for (; times > 0; times--)
		if (emit_jump(c, CODE_SPLIT, 1, (int)(times * (len + 1))) < 0 ||
		    emit_part(c, part, len) < 0)
			return -EINVAL;
	return 0;
}

static int
emit_star(struct compiler *c, const struct instruction *part, size_t len)
{
	if (emit_jump(c, CODE_SPLIT, 1, (int)len + 2) < 0 || emit_part(c, part, len) < 0)
		return -EINVAL;
	return emit_jump(c, CODE_JUMP, -((int)len + 1), 0);
}

/* Replaces what was compiled since `start` by lo to hi copies of it. */
static int
unroll(struct compiler *c, size_t start, size_t lo, size_t hi)
{
	struct instruction part[PATTERN_CODE];
	size_t len = c->count - start;

	memcpy(part, c->code + start, len * sizeof *part);
	c->count = start;
	if (len == 0)
		return 0;
	for (size_t i = 0; i < lo; i++)
		if (emit_part(c, part, len) < 0)
			return -EINVAL;
	if (hi != UNLIMITED)
		return emit_optional(c, part, len, hi - lo);
	if (lo == 0)
		return emit_star(c, part, len);
	return emit_jump(c, CODE_SPLIT, -(int)len, 1);
}

/* ---- patterns: grammar ---- */

static int parse_branches(struct compiler *c);

static int
parse_pattern_group(struct compiler *c)
{
	const char *open = c->s++;

	if (++c->depth > PATTERN_DEPTH)
		return filter_fail(c->in, open,
		                   _("the parentheses of a pattern nest %d deep at most"),
		                   PATTERN_DEPTH);
	if (parse_branches(c) < 0)
		return -EINVAL;
	if (c->s == c->end)
		return filter_fail(c->in, open,
		                   _("this parenthesis is not closed; as a character it is \\("));
	c->depth--;
	c->s++;
	return 0;
}

static bool
is_word_char(char ch)
{
	return (ch >= '0' && ch <= '9') || (fold((uint8_t)ch) >= 'a' && fold((uint8_t)ch) <= 'z');
}

/* \d, \w, \b and \1 mean something elsewhere; to take them for d, w, b and 1 would surprise. */
static int
skip_backslash(struct compiler *c)
{
	const char *at = c->s;

	if (*at != '\\')
		return 0;
	if (at + 1 == c->end || is_word_char(at[1]))
		return filter_fail(c->in, at,
		                   _("a backslash must stand before a sign such as . or (; a digit "
		                     "is [0-9]"));
	c->s++;
	return 0;
}

static int
parse_char(struct compiler *c)
{
	struct instruction i = { .op = CODE_CHAR };

	if (skip_backslash(c) < 0)
		return -EINVAL;
	c->s += text_decode(c->s, (size_t)(c->end - c->s), &i.cp);
	i.cp = fold(i.cp);
	return emit(c, i);
}

static int
parse_sign(struct compiler *c, enum opcode op)
{
	c->s++;
	return emit(c, (struct instruction){ .op = (uint8_t)op });
}

static int
parse_atom(struct compiler *c)
{
	switch (*c->s) {
	case '(':
		return parse_pattern_group(c);
	case '[':
		return parse_set(c);
	case '.':
		return parse_sign(c, CODE_ANY);
	case '^':
		return parse_sign(c, CODE_START);
	case '$':
		return parse_sign(c, CODE_END);
	default:
		return parse_char(c);
	}
}

/* An atom and its repetitions. */
static int
parse_piece(struct compiler *c)
{
	size_t start = c->count, lo, hi;

	if (begins_repetition(*c->s))
		return filter_fail(c->in, c->s,
		                   _("there is nothing to repeat here; as a character it is \\%c"),
		                   *c->s);
	if (parse_atom(c) < 0)
		return -EINVAL;
	while (c->s < c->end && begins_repetition(*c->s))
		if (parse_repetition(c, &lo, &hi) < 0 || unroll(c, start, lo, hi) < 0)
			return -EINVAL;
	return 0;
}

static int
parse_sequence(struct compiler *c)
{
	while (c->s < c->end && *c->s != '|') {
		if (*c->s == ')') {
			if (c->depth > 0)
				break;
			return filter_fail(c->in, c->s,
			                   _("there is no ( for this ); as a character it is \\)"));
		}
		if (parse_piece(c) < 0)
			return -EINVAL;
	}
	return 0;
}

static int
parse_branches(struct compiler *c)
{
	size_t start = c->count, jump;

	if (parse_sequence(c) < 0)
		return -EINVAL;
	while (c->s < c->end && *c->s == '|') {
		c->s++;
		if (insert_jump(c, start, CODE_SPLIT, 1, (int)(c->count - start) + 2) < 0)
			return -EINVAL;
		jump = c->count;
		if (emit_jump(c, CODE_JUMP, 0, 0) < 0 || parse_sequence(c) < 0)
			return -EINVAL;
		c->code[jump].x = (int16_t)(c->count - jump);
	}
	return 0;
}

/* Hands over to the arena of the filter what the matcher needs. */
static struct filter_pattern *
finish(const struct compiler *c, struct text *scratch)
{
	struct arena *a = c->in->arena;
	struct filter_pattern *p = arena_alloc(a, sizeof *p);
	struct instruction *code = arena_alloc(a, c->count * sizeof *code);
	struct item *items = arena_alloc(a, (c->nitems + 1) * sizeof *items);

	memcpy(code, c->code, c->count * sizeof *code);
	memcpy(items, c->items, c->nitems * sizeof *items);
	p->code = code;
	p->items = items;
	p->scratch = scratch;
	p->seen = arena_alloc(a, c->count * sizeof *p->seen);
	p->threads[0].at = arena_alloc(a, c->count * sizeof *p->threads[0].at);
	p->threads[1].at = arena_alloc(a, c->count * sizeof *p->threads[1].at);
	/* Each instruction is seen once a round and leads to two others at most. */
	p->stack = arena_alloc(a, (2 * c->count + 2) * sizeof *p->stack);
	return p;
}

int
filter_pattern_new(struct filter_input *in, const struct filter_slice *v, struct text *scratch,
                   struct filter_pattern **ret)
{
	struct compiler *c = mem_new(sizeof *c);
	int r;

	c->in = in;
	c->s = v->s;
	c->end = v->s + v->len;
	r = parse_branches(c);
	if (r == 0)
		r = emit(c, (struct instruction){ .op = CODE_MATCH });
	if (r == 0)
		*ret = finish(c, scratch);
	free(c);
	return r;
}

/* ---- patterns: matching ---- */

static bool
item_has(const struct item *item, uint32_t cp)
{
	if (item->class)
		return iswctype((wint_t)cp, item->class);
	return cp >= item->lo && cp <= item->hi;
}

/* Case is ignored, so either case of the character may be the member. */
static bool
set_has(const struct filter_pattern *p, const struct instruction *i, uint32_t cp)
{
	uint32_t lower = cp > 0x10ffff ? cp : (uint32_t)towlower((wint_t)cp);
	uint32_t upper = cp > 0x10ffff ? cp : (uint32_t)towupper((wint_t)cp);

	for (size_t k = 0; k < (size_t)i->y; k++) {
		const struct item *item = &p->items[(size_t)i->x + k];

		if (item_has(item, cp) || item_has(item, lower) || item_has(item, upper))
			return true;
	}
	return false;
}

static bool
takes(const struct filter_pattern *p, const struct instruction *i, uint32_t cp, uint32_t folded)
{
	if (i->op == CODE_SET)
		return set_has(p, i, cp) != i->negated;
	return i->op == CODE_ANY || i->cp == folded;
}

/* Where in the text a thread is. */
struct edge {
	bool start, end;
};

/* Notes where an instruction leads without taking a character. Returns how many. */
static size_t
follow(const struct instruction *i, size_t at, struct edge edge, uint16_t *to)
{
	switch (i->op) {
	case CODE_START:
		*to = (uint16_t)(at + 1);
		return edge.start;
	case CODE_END:
		*to = (uint16_t)(at + 1);
		return edge.end;
	case CODE_JUMP:
		*to = (uint16_t)((int)at + i->x);
		return 1;
	default:
		to[0] = (uint16_t)((int)at + i->x);
		to[1] = (uint16_t)((int)at + i->y);
		return 2;
	}
}

/* Follows all jumps from an instruction on. Returns true where they lead to the match. */
static bool
add_thread(struct filter_pattern *p, struct threads *to, size_t pc, struct edge edge)
{
	size_t depth = 0;

	p->stack[depth++] = (uint16_t)pc;
	while (depth > 0) {
		size_t at = p->stack[--depth];
		const struct instruction *i = &p->code[at];

		if (p->seen[at] == p->round)
			continue;
		p->seen[at] = p->round;
		if (i->op == CODE_MATCH)
			return true;
		if (i->op < CODE_START)
			to->at[to->count++] = (uint16_t)at;
		else
			depth += follow(i, at, edge, p->stack + depth);
	}
	return false;
}

/* All threads take one character, and a new one starts behind it. */
static bool
step(struct filter_pattern *p, const struct threads *from, struct threads *to, uint32_t cp,
     struct edge edge)
{
	uint32_t folded = fold(cp);

	p->round++;
	to->count = 0;
	for (size_t k = 0; k < from->count; k++)
		if (takes(p, &p->code[from->at[k]], cp, folded) &&
		    add_thread(p, to, from->at[k] + 1u, edge))
			return true;
	return add_thread(p, to, 0, edge);
}

static bool
pattern_matches(struct filter_pattern *p, const char *s, size_t len)
{
	struct threads *from = &p->threads[0], *to = &p->threads[1], *last;
	size_t at = 0;
	uint32_t cp;

	p->round++;
	from->count = 0;
	if (add_thread(p, from, 0, (struct edge){ .start = true, .end = len == 0 }))
		return true;
	while (at < len) {
		at += text_decode(s + at, len - at, &cp);
		if (step(p, from, to, cp, (struct edge){ .end = at == len }))
			return true;
		last = from;
		from = to;
		to = last;
	}
	return false;
}

static bool
pattern_match(struct filter_pattern *p, const struct value *v)
{
	text_clear(p->scratch);
	value_add(p->scratch, v, VALUE_EXACT, text_charset_of_locale());
	return pattern_matches(p, text_str(p->scratch), p->scratch->len);
}

/* ---- the tree ---- */

static bool eval_node(const struct filter_node *n, const struct row *r);

static bool
eval_and(const struct filter_node *n, const struct row *r)
{
	for (const struct filter_node *c = n->children; c; c = c->next)
		if (!eval_node(c, r))
			return false;
	return true;
}

static bool
eval_or(const struct filter_node *n, const struct row *r)
{
	for (const struct filter_node *c = n->children; c; c = c->next)
		if (eval_node(c, r))
			return true;
	return false;
}

static bool
eval_word(const struct filter_node *n, const struct row *r)
{
	for (size_t i = 0; i < nfields; i++) {
		struct value v;

		if (!(fields[i].flags & FIELD_WORD))
			continue;
		v = field_get(&fields[i], r);
		if (v.kind != VAL_NONE && matchers[v.kind].contains(&v, n->needle))
			return true;
	}
	return false;
}

static bool
matches_any(const struct filter_node *n, const struct value *v)
{
	bool (*match)(const struct value *, const union filter_operand *) = matchers[v->kind].match;

	for (size_t i = 0; i < n->values.count; i++)
		if (match(v, &n->values.operand[i]))
			return true;
	return false;
}

/* FIELD:none: what is not known, and a set in which nothing is. */
static bool
is_nothing(const struct value *v)
{
	return v->kind == VAL_NONE || (v->kind == VAL_WORDS && v->words.set == 0);
}

static bool
eval_values(const struct filter_node *n, const struct row *r)
{
	for (size_t i = 0; i < NODE_FIELDS && n->field[i]; i++) {
		struct value v = field_get(n->field[i], r);

		if (is_nothing(&v) ? n->values.none : matches_any(n, &v))
			return true;
	}
	return false;
}

static bool
eval_states(const struct filter_node *n, const struct row *r)
{
	return n->states[r->sock->proto] >> r->sock->state & 1u;
}

static bool
eval_pattern(const struct filter_node *n, const struct row *r)
{
	for (size_t i = 0; i < NODE_FIELDS && n->field[i]; i++) {
		struct value v = field_get(n->field[i], r);

		if (v.kind != VAL_NONE && pattern_match(n->pattern, &v))
			return true;
	}
	return false;
}

static bool (*const evals[NODE_KINDS])(const struct filter_node *n, const struct row *r) = {
	[NODE_AND] = eval_and,
	[NODE_OR] = eval_or,
	[NODE_WORD] = eval_word,
	[NODE_VALUES] = eval_values,
	[NODE_STATES] = eval_states,
	[NODE_PATTERN] = eval_pattern,
};

static bool
eval_node(const struct filter_node *n, const struct row *r)
{
	return evals[n->kind](n, r) != n->negated;
}

bool
filter_eval(const struct filter *f, const struct row *r)
{
	return !f || !f->root || eval_node(f->root, r);
}
