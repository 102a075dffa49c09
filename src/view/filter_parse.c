/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Tokens to tree, by recursive descent:
 *
 *	or      = and { "or" and }
 *	and     = operand { [ "and" ] operand }
 *	operand = { "not" } ( "(" or ")" | word | test )
 *
 * It recurses once a parenthesis and no deeper than FILTER_MAX_DEPTH; a chain of
 * `not` is a loop. Knows no field but by name, from fields[], with the few names
 * of names[] besides.
 */

#include "view/filter_priv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/mem.h"

#define WORD_CELLS 24	/* of a word that a message repeats */
#define SHOW_CELLS 72	/* of the text around an error */
#define SHOW_BYTES 1024	/* looked at on each side: more than any SHOW_CELLS cells take */

/* ---- errors ---- */

/* Copies what fits of a valid UTF-8 string, whole code points alone. */
static void
copy_fit(char *to, size_t size, const char *s)
{
	size_t len = strlen(s), at = 0, used;
	uint32_t cp;

	while ((used = text_decode(s + at, len - at, &cp)) > 0 && at + used < size)
		at += used;
	memcpy(to, s, at);
	to[at] = '\0';
}

int
filter_fail(struct filter_input *in, const char *at, const char *format, ...)
{
	char message[2 * sizeof in->err->message];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	in->err->at = (size_t)(at - in->text);
	copy_fit(in->err->message, sizeof in->err->message, message);
	return -EINVAL;
}

const char *
filter_word(struct filter_word *w, const struct filter_slice *word)
{
	enum text_charset cs = text_charset_of_locale();
	struct text safe, fit;

	text_init(&safe);
	text_init(&fit);
	text_add_safe(&safe, word->s, MIN(word->len, SHOW_BYTES), cs);
	text_add_fit(&fit, text_str(&safe), WORD_CELLS, cs);
	copy_fit(w->s, sizeof w->s, text_str(&fit));
	text_done(&safe);
	text_done(&fit);
	return w->s;
}

/* ---- the place ---- */

static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Adds the last bytes of text before `at`, sanitized. Returns whether something was left out. */
static bool
add_before(struct text *t, const char *text, size_t at, enum text_charset cs)
{
	size_t from = at > SHOW_BYTES ? at - SHOW_BYTES : 0;

	while (from > 0 && from < at && continues(text[from]))
		from++;
	text_add_safe(t, text + from, at - from, cs);
	return from > 0;
}

/* Adds the end of s that fits, an ellipsis before it. Returns the cells filled. */
static size_t
add_tail(struct text *t, const char *s, size_t cells, enum text_charset cs)
{
	size_t width = text_width(s) + 1, used;
	uint32_t cp;

	while (width > cells && (used = text_decode(s, strlen(s), &cp)) > 0) {
		width -= text_cp_width(cp);
		s += used;
	}
	while ((used = text_decode(s, strlen(s), &cp)) > 0 && text_cp_width(cp) == 0)
		s += used;	/* marks that stood on what was cut */
	text_add(t, cs == TEXT_UTF8 ? "\u2026" : "~");
	text_add(t, s);
	return width;
}

/* Adds the line. Returns the cells before the place. */
static size_t
add_line(struct text *out, const char *before, bool cut, const char *after, enum text_charset cs)
{
	size_t left = text_width(before), right = text_width(after);
	size_t room = MAX(SHOW_CELLS - MIN(right, SHOW_CELLS), SHOW_CELLS / 2);

	if (cut || left > room)
		left = add_tail(out, before, room, cs);
	else
		text_add(out, before);
	text_add_fit(out, after, SHOW_CELLS - left, cs);
	return left;
}

void
filter_error_show(struct text *out, const char *text, const struct filter_error *err, size_t indent,
                  enum text_charset cs)
{
	size_t len = strlen(text), at = MIN(err->at, len), cells;
	struct text before, after;
	bool cut;

	text_init(&before);
	text_init(&after);
	cut = add_before(&before, text, at, cs);
	text_add_safe(&after, text + at, MIN(len - at, SHOW_BYTES), cs);
	text_fill(out, ' ', indent);
	cells = add_line(out, text_str(&before), cut, text_str(&after), cs);
	text_addc(out, '\n');
	text_fill(out, ' ', indent + cells);
	text_addc(out, '^');
	text_done(&before);
	text_done(&after);
}

/* ---- the parser ---- */

struct parser {
	struct filter_input in;
	struct lexer        lex;
	struct token        token;	/* the next one, not yet taken */
	struct filter      *filter;
	unsigned            depth;
};

static int
advance(struct parser *p)
{
	return lex_next(&p->lex, &p->token);
}

static struct filter_node *
new_node(struct parser *p, enum node_kind kind)
{
	struct filter_node *n = arena_alloc(&p->filter->arena, sizeof *n);

	n->kind = kind;
	return n;
}

/* ---- fields by name ---- */

/* Names that are no field: of either end, and the habits of ss and lsof. */
static const struct {
	const char *name;
	const char *field[NODE_FIELDS];
} names[] = {
	{ "port", { "lport", "rport" } },
	{ "addr", { "laddr", "raddr" } },
	{ "sport", { "lport", NULL } },
	{ "dport", { "rport", NULL } },
};

static bool
slice_is(const struct filter_slice *s, const char *word)
{
	return strlen(word) == s->len && strncasecmp(word, s->s, s->len) == 0;
}

static void
set_field(struct parser *p, struct filter_node *n, size_t i, const struct field *f)
{
	n->field[i] = f;
	p->filter->needs |= f->flags & FIELD_NEEDS;
}

static void
set_fields(struct parser *p, struct filter_node *n, const char *const ids[NODE_FIELDS])
{
	for (size_t i = 0; i < NODE_FIELDS && ids[i]; i++)
		set_field(p, n, i, field_find(ids[i], strlen(ids[i])));
}

/* Returns whether there is a field, or one of names[], of that name. */
static bool
find_fields(struct parser *p, const struct filter_slice *name, struct filter_node *n)
{
	const struct field *f = field_find(name->s, name->len);

	if (f) {
		set_field(p, n, 0, f);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i].name) != name->len ||
		    memcmp(names[i].name, name->s, name->len) != 0)
			continue;
		set_fields(p, n, names[i].field);
		return true;
	}
	return false;
}

/* Is the word this name with more behind it, or with one letter changed, left out or added? */
static bool
is_near(const char *name, const struct filter_slice *w)
{
	size_t len = strlen(name), same = 0, tail = 0;
	size_t shorter = MIN(len, w->len), longer = MAX(len, w->len);

	if (w->len > len && strncasecmp(name, w->s, len) == 0)
		return true;
	if (longer - shorter > 1)
		return false;
	while (same < shorter && strncasecmp(name + same, w->s + same, 1) == 0)
		same++;
	while (tail < shorter - same &&
	       strncasecmp(name + len - tail - 1, w->s + w->len - tail - 1, 1) == 0)
		tail++;
	return longer - same - tail <= 1;
}

static const char *
nearest_name(const struct filter_slice *w)
{
	const struct field *f = field_nearest(w->s, w->len);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (slice_is(w, names[i].name) ||
		    (is_near(names[i].name, w) && !(f && is_near(f->id, w))))
			return names[i].name;
	return f ? f->id : NULL;
}

static int
fail_field(struct parser *p, const struct filter_slice *name)
{
	const char *near = nearest_name(name);
	struct filter_word w;

	if (near)
		return filter_fail(&p->in, name->s, _("there is no field \"%s\"; did you mean %s?"),
		                   filter_word(&w, name), near);
	return filter_fail(&p->in, name->s,
	                   _("there is no field \"%s\"; in quotes it is looked for as a text"),
	                   filter_word(&w, name));
}

/* ---- FIELD op VALUES ---- */

struct state_group {
	const char *name;
	uint32_t    states[PROTO_COUNT];
};

#define BIT(state) (UINT32_C(1) << (state))

/* TCP other than LISTEN, CLOSE and BOUND. */
#define TCP_CONNECTED                                                                    \
	(BIT(STATE_ESTABLISHED) | BIT(STATE_SYN_SENT) | BIT(STATE_SYN_RECV) |            \
	 BIT(STATE_FIN_WAIT1) | BIT(STATE_FIN_WAIT2) | BIT(STATE_TIME_WAIT) |            \
	 BIT(STATE_CLOSE_WAIT) | BIT(STATE_LAST_ACK) | BIT(STATE_CLOSING))

static const struct state_group state_groups[] = {
	{ "estab",
	  { [PROTO_TCP] = BIT(STATE_ESTABLISHED), [PROTO_UDP] = BIT(STATE_ESTABLISHED) } },
	{ "listening", { [PROTO_TCP] = BIT(STATE_LISTEN) } },
	{ "connected", { [PROTO_TCP] = TCP_CONNECTED, [PROTO_UDP] = BIT(STATE_ESTABLISHED) } },
};

static bool
is_none(const struct filter_slice *v)
{
	return !v->quoted && slice_is(v, "none");
}

/* `holder` has a value of that name, and means it. */
static bool
has_word(const struct field *f, const char *word)
{
	for (size_t i = 0; i < f->nwords; i++)
		if (f->words[i] && strcasecmp(f->words[i], word) == 0)
			return true;
	return false;
}

static bool
add_state_group(struct filter_node *n, const struct filter_slice *v)
{
	for (size_t i = 0; i < ARRAY_SIZE(state_groups); i++) {
		if (!slice_is(v, state_groups[i].name))
			continue;
		for (size_t j = 0; j < PROTO_COUNT; j++)
			n->states[j] |= state_groups[i].states[j];
		return true;
	}
	return false;
}

static void
note_states(struct parser *p, const struct filter_slice *v)
{
	for (size_t i = 0; i < STATE_COUNT; i++)
		if (sock_state_names[i] && slice_is(v, sock_state_names[i]))
			p->filter->states |= BIT(i);
}

static int
add_state(struct parser *p, struct filter_node *n, const struct filter_slice *v)
{
	const struct field *f = n->field[0];
	union filter_operand o;

	if (is_none(v) || add_state_group(n, v))
		return 0;	/* a state is always known */
	if (filter_kinds[VAL_ENUM].read(&p->in, f, v, &o) < 0)
		return -EINVAL;
	for (size_t i = 0; i < f->nwords; i++)
		for (size_t j = 0; f->words[i] == o.name && j < PROTO_COUNT; j++)
			n->states[j] |= BIT(i);
	note_states(p, v);
	return 0;
}

static int
parse_states(struct parser *p, const struct token *t, struct filter_node *n)
{
	struct filter_slice v;
	const char *at = NULL;
	int r;

	n->kind = NODE_STATES;
	while ((r = lex_value(&p->lex, t, &at, &v)) > 0)
		if (add_state(p, n, &v) < 0)
			return -EINVAL;
	return r;
}

static size_t
count_commas(const struct filter_slice *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->len; i++)
		n += s->s[i] == ',';
	return n;
}

static int
parse_values(struct parser *p, const struct token *t, struct filter_node *n)
{
	const struct field *f = n->field[0];
	size_t most = MIN(count_commas(&t->values) + 1, FILTER_MAX_TOKENS);
	union filter_operand *o = arena_alloc(&p->filter->arena, most * sizeof *o);
	struct filter_slice v;
	const char *at = NULL;
	int r;

	n->kind = NODE_VALUES;
	n->values.operand = o;
	while ((r = lex_value(&p->lex, t, &at, &v)) > 0) {
		if (is_none(&v) && !has_word(f, "none"))
			n->values.none = true;
		else if (filter_kinds[f->kind].read(&p->in, f, &v, &o[n->values.count]) < 0)
			return -EINVAL;
		else
			n->values.count++;
	}
	return r;
}

static struct filter_range
range_of(enum filter_op op, uint64_t n)
{
	static const struct filter_range nothing = { 1, 0 };

	switch (op) {
	case OP_LT:
		return n > 0 ? (struct filter_range){ 0, n - 1 } : nothing;
	case OP_LE:
		return (struct filter_range){ 0, n };
	case OP_GT:
		return n < UINT64_MAX ? (struct filter_range){ n + 1, UINT64_MAX } : nothing;
	default:
		return (struct filter_range){ n, UINT64_MAX };
	}
}

static int
parse_order(struct parser *p, const struct token *t, struct filter_node *n)
{
	const struct field *f = n->field[0];
	union filter_operand *o = arena_alloc(&p->filter->arena, sizeof *o);
	struct filter_slice v;
	const char *at = NULL;
	uint64_t number;

	if (!filter_kinds[f->kind].ordered)
		return filter_fail(&p->in, t->op_text.s,
		                   _("%s is no number: only : = != and ~ can stand behind it"),
		                   f->id);
	if (lex_value(&p->lex, t, &at, &v) < 0 || filter_read_number(&p->in, f, &v, &number) < 0)
		return -EINVAL;
	if (at < t->values.s + t->values.len)
		return filter_fail(&p->in, at, _("one number is wanted here, such as 100 or 1K"));
	n->kind = NODE_VALUES;
	o->range = range_of(t->op, number);
	n->values.operand = o;
	n->values.count = 1;
	return 0;
}

static int
parse_pattern(struct parser *p, const struct token *t, struct filter_node *n)
{
	struct filter_slice v;
	const char *at = NULL;

	n->kind = NODE_PATTERN;
	if (lex_value(&p->lex, t, &at, &v) < 0)
		return -EINVAL;
	return filter_pattern_new(&p->in, &v, &p->filter->scratch, &n->pattern);
}

typedef int (*test_fn)(struct parser *p, const struct token *t, struct filter_node *n);

static int
parse_equal(struct parser *p, const struct token *t, struct filter_node *n)
{
	if (n->field[0]->words == sock_state_names)
		return parse_states(p, t, n);
	return parse_values(p, t, n);
}

static int
parse_test(struct parser *p, const struct token *t, struct filter_node *n)
{
	static const struct {
		test_fn parse;
		bool    negated;
	} ops[] = {
		[OP_IS] = { parse_equal, false },     [OP_IS_NOT] = { parse_equal, true },
		[OP_LIKE] = { parse_pattern, false }, [OP_UNLIKE] = { parse_pattern, true },
		[OP_LT] = { parse_order, false },     [OP_LE] = { parse_order, false },
		[OP_GT] = { parse_order, false },     [OP_GE] = { parse_order, false },
	};

	n->negated = ops[t->op].negated;
	return ops[t->op].parse(p, t, n);
}

/* ---- words ---- */

static void
make_word(struct parser *p, const struct filter_slice *w, struct filter_node *n)
{
	n->kind = NODE_WORD;
	n->needle = arena_copy(&p->filter->arena, w->s, w->len);
	note_states(p, w);
	for (size_t i = 0; i < nfields; i++)
		if (fields[i].flags & FIELD_WORD)
			p->filter->needs |= fields[i].flags & FIELD_NEEDS;
}

/* A port, an address or both is looked for at either end. */
static void
make_place(struct parser *p, const struct filter_place *place, struct filter_node *n)
{
	static const char *const ports[] = { "lport", "rport" };
	static const char *const addrs[] = { "laddr", "raddr" };
	static const char *const both[] = { "local", "peer" };
	union filter_operand *o = arena_alloc(&p->filter->arena, sizeof *o);

	n->kind = NODE_VALUES;
	n->values.operand = o;
	n->values.count = 1;
	if (place->has_addr)
		o->place = *place;
	else
		o->range = (struct filter_range){ place->lo, place->hi };
	set_fields(p, n, !place->has_addr ? ports : place->has_port ? both : addrs);
}

/* http://host and std::string are texts; but ladr:::1 and lprt::80 are fields mistyped. */
static bool
is_text_with_colon(struct parser *p, const struct token *t)
{
	struct filter_place place;

	if (*t->op_text.s != ':' || t->values.len == 0 || !strchr(":/", *t->values.s))
		return false;
	return filter_read_place(&p->in, &t->values, false, &place) == 0;
}

static int
parse_plain(struct parser *p, const struct token *t, struct filter_node *n)
{
	struct filter_place place;
	bool field = t->kind == TOKEN_TEST && find_fields(p, &t->name, n);
	int r = filter_read_place(&p->in, &t->word, !field, &place);

	if (r < 0)
		return r;
	if (r > 0)
		make_place(p, &place, n);
	else if (field)
		return parse_test(p, t, n);
	else if (t->kind == TOKEN_TEST && !is_text_with_colon(p, t))
		return fail_field(p, &t->name);
	else if (strchr("<>=", *t->word.s))
		return filter_fail(&p->in, t->word.s,
		                   _("a field must stand before this, without a blank: pid>100"));
	else
		make_word(p, &t->word, n);
	return 0;
}

static int
parse_word(struct parser *p, struct filter_node **ret)
{
	struct token t = p->token;

	*ret = new_node(p, NODE_WORD);
	if (t.word.quoted)
		make_word(p, &t.word, *ret);
	else if (parse_plain(p, &t, *ret) < 0)
		return -EINVAL;
	return advance(p);
}

/* ---- and, or, not, parentheses ---- */

static int parse_or(struct parser *p, struct filter_node **ret);

static int
fail_operand(struct parser *p)
{
	const struct token *t = &p->token;
	struct filter_word w;

	if (t->kind == TOKEN_END)
		return filter_fail(&p->in, t->word.s,
		                   _("the filter ends where a condition must follow"));
	if (t->kind == TOKEN_CLOSE && p->depth == 0)
		return filter_fail(&p->in, t->word.s, _("there is no ( for this )"));
	return filter_fail(&p->in, t->word.s, _("a condition must stand before \"%s\""),
	                   filter_word(&w, &t->word));
}

static int
parse_group(struct parser *p, struct filter_node **ret)
{
	const char *open = p->token.word.s;

	if (++p->depth > FILTER_MAX_DEPTH)
		return filter_fail(&p->in, open, _("parentheses nest %d deep at most"),
		                   FILTER_MAX_DEPTH);
	if (advance(p) < 0)
		return -EINVAL;
	if (p->token.kind == TOKEN_CLOSE)
		return filter_fail(&p->in, open, _("there is nothing between these parentheses"));
	if (p->token.kind == TOKEN_END)
		return filter_fail(&p->in, open, _("this parenthesis is not closed"));
	if (parse_or(p, ret) < 0)
		return -EINVAL;
	if (p->token.kind != TOKEN_CLOSE)
		return filter_fail(&p->in, open, _("this parenthesis is not closed"));
	p->depth--;
	return advance(p);
}

static bool
begins_operand(enum token_kind kind)
{
	return kind == TOKEN_OPEN || kind == TOKEN_NOT || kind == TOKEN_WORD || kind == TOKEN_TEST;
}

static int
parse_operand(struct parser *p, struct filter_node **ret)
{
	bool negated = false;
	int r;

	for (; p->token.kind == TOKEN_NOT; negated = !negated)
		if (advance(p) < 0)
			return -EINVAL;
	if (!begins_operand(p->token.kind))
		return fail_operand(p);
	r = p->token.kind == TOKEN_OPEN ? parse_group(p, ret) : parse_word(p, ret);
	if (r == 0 && negated)
		(*ret)->negated = !(*ret)->negated;
	return r;
}

/* The children of a node under way. One child alone needs no parent. */
struct children {
	struct filter_node  *first;
	struct filter_node **end;
};

static void
append(struct children *c, struct filter_node *n)
{
	*c->end = n;
	c->end = &n->next;
}

static struct filter_node *
join(struct parser *p, const struct children *c, enum node_kind kind)
{
	struct filter_node *n;

	if (!c->first->next)
		return c->first;
	n = new_node(p, kind);
	n->children = c->first;
	return n;
}

static int
parse_and(struct parser *p, struct filter_node **ret)
{
	struct children c = { NULL, &c.first };
	struct filter_node *n;

	for (;;) {
		if (parse_operand(p, &n) < 0)
			return -EINVAL;
		append(&c, n);
		if (p->token.kind == TOKEN_AND) {
			if (advance(p) < 0)
				return -EINVAL;
		} else if (!begins_operand(p->token.kind)) {
			break;
		}
	}
	*ret = join(p, &c, NODE_AND);
	return 0;
}

static int
parse_or(struct parser *p, struct filter_node **ret)
{
	struct children c = { NULL, &c.first };
	struct filter_node *n;

	for (;;) {
		if (parse_and(p, &n) < 0)
			return -EINVAL;
		append(&c, n);
		if (p->token.kind != TOKEN_OR)
			break;
		if (advance(p) < 0)
			return -EINVAL;
	}
	*ret = join(p, &c, NODE_OR);
	return 0;
}

static int
parse_all(struct parser *p)
{
	if (p->in.len > FILTER_MAX_TEXT)
		return filter_fail(&p->in, p->in.text + FILTER_MAX_TEXT,
		                   _("the filter is too long; %d bytes are allowed"),
		                   FILTER_MAX_TEXT);
	if (advance(p) < 0)
		return -EINVAL;
	if (p->token.kind == TOKEN_END)
		return 0;
	if (parse_or(p, &p->filter->root) < 0)
		return -EINVAL;
	if (p->token.kind == TOKEN_CLOSE)
		return filter_fail(&p->in, p->token.word.s, _("there is no ( for this )"));
	return 0;
}

int
filter_parse(const char *text, struct filter **ret, struct filter_error *err)
{
	struct filter *f = mem_new(sizeof *f);
	struct parser p = { .filter = f };

	arena_init(&f->arena);
	text_init(&f->scratch);
	p.in = (struct filter_input){ text, strlen(text), &f->arena, err };
	p.lex = (struct lexer){ .in = &p.in, .at = text };
	if (parse_all(&p) < 0) {
		filter_free(f);
		return -EINVAL;
	}
	*ret = f;
	return 0;
}

void
filter_free(struct filter *f)
{
	if (!f)
		return;
	text_done(&f->scratch);
	arena_done(&f->arena);
	free(f);
}

bool
filter_names_state(const struct filter *f, enum sock_state state)
{
	return f && f->states & BIT(state);
}

unsigned
filter_needs(const struct filter *f)
{
	return f ? f->needs : 0;
}
