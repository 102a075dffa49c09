/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Text to tokens, and the values in it to numbers, ports, addresses and names.
 *
 * A word ends at a blank or a parenthesis. A quote opens where a word or a value
 * begins and nowhere else, so that it's is a word; there is no escape: a text with
 * one kind of quote in it is put into the other kind. Behind ~ a word is a regular
 * expression, in which parentheses and commas belong to it. Numbers are strictly
 * decimal: no sign, no leading zero (which is octal to some), no 0x.
 */

#include "view/filter_priv.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_quote(char c)
{
	return c == '"' || c == '\'';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
ends_word(char c)
{
	return c == '\0' || is_blank(c) || c == '(' || c == ')';
}

/* ASCII alone, the same in every locale. */
static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t
name_len(const char *s)
{
	size_t len = 0;

	if (is_name(*s))
		while (is_name(s[len]) || s[len] == '-' || is_digit(s[len]))
			len++;
	return len;
}

struct op_row {
	const char    *text;
	enum filter_op op;
};

/* Longer ones first where one begins with another. */
static const struct op_row op_rows[] = {
	{ "!=", OP_IS_NOT }, { "!~", OP_UNLIKE }, { "<=", OP_LE }, { ">=", OP_GE }, { "<", OP_LT },
	{ ">", OP_GT },      { ":", OP_IS },      { "=", OP_IS },  { "~", OP_LIKE },
};

static const struct op_row *
find_op(const char *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(op_rows); i++)
		if (strncmp(s, op_rows[i].text, strlen(op_rows[i].text)) == 0)
			return &op_rows[i];
	return NULL;
}

static bool
takes_pattern(enum filter_op op)
{
	return op == OP_LIKE || op == OP_UNLIKE;
}

static int
count_token(struct lexer *l, const char *at)
{
	if (++l->tokens <= FILTER_MAX_TOKENS)
		return 0;
	return filter_fail(l->in, at, _("the filter has too many words and values; %d are allowed"),
	                   FILTER_MAX_TOKENS);
}

/* Steps over a quoted text. Returns what stands behind it, or NULL with the error noted. */
static const char *
skip_quoted(struct lexer *l, const char *s, bool in_list)
{
	const char *end = strchr(s + 1, *s);

	if (!end) {
		filter_fail(l->in, s, _("this quote is not closed"));
		return NULL;
	}
	end++;
	if (!ends_word(*end) && !(in_list && *end == ',')) {
		filter_fail(l->in, end, _("a blank must stand behind the closing quote"));
		return NULL;
	}
	return end;
}

static const char *
skip_bare(const char *s, bool in_list)
{
	while (!ends_word(*s) && !(in_list && *s == ','))
		s++;
	return s;
}

/* A parenthesis that the expression itself opened is part of it, and so is an escaped one. */
static const char *
skip_pattern(const char *s)
{
	size_t depth = 0;

	for (; *s && !is_blank(*s); s++) {
		if (*s == ')' && depth-- == 0)
			break;
		if (*s == '(')
			depth++;
		if (*s == '\\' && s[1] && !is_blank(s[1]))
			s++;
	}
	return s;
}

static const char *
skip_values(struct lexer *l, const char *s, enum filter_op op)
{
	bool in_list = !takes_pattern(op);

	for (;; s++) {
		if (is_quote(*s))
			s = skip_quoted(l, s, in_list);
		else
			s = in_list ? skip_bare(s, true) : skip_pattern(s);
		if (!s || *s != ',' || !in_list)
			return s;
	}
}

int
lex_value(struct lexer *l, const struct token *t, const char **at, struct filter_slice *ret)
{
	const char *end = t->values.s + t->values.len;
	const char *s = *at ? *at + 1 : t->values.s;	/* over the comma */
	const char *stop;

	if (*at == end)
		return 0;
	if (takes_pattern(t->op))
		stop = end;
	else
		stop = is_quote(*s) ? strchr(s + 1, *s) + 1 : skip_bare(s, true);
	*at = stop;
	ret->quoted = s < stop && is_quote(*s);
	ret->s = s + ret->quoted;
	ret->len = (size_t)(stop - s) - (ret->quoted ? 2 : 0);
	if (ret->len == 0)
		return filter_fail(l->in, s, _("a value is missing here"));
	return count_token(l, s) < 0 ? -EINVAL : 1;
}

static struct filter_slice
slice(const char *from, const char *to)
{
	return (struct filter_slice){ .s = from, .len = (size_t)(to - from) };
}

static int
lex_quoted(struct lexer *l, const char *s, struct token *t)
{
	const char *end = skip_quoted(l, s, false);

	if (!end)
		return -EINVAL;
	t->kind = TOKEN_WORD;
	t->word = slice(s + 1, end - 1);
	t->word.quoted = true;
	l->at = end;
	if (t->word.len == 0)
		return filter_fail(l->in, s, _("there is nothing between these quotes"));
	return 0;
}

static enum token_kind
keyword(const struct filter_slice *w)
{
	static const struct {
		const char     *name;
		enum token_kind kind;
	} keywords[] = {
		{ "and", TOKEN_AND },
		{ "or", TOKEN_OR },
		{ "not", TOKEN_NOT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (strlen(keywords[i].name) == w->len &&
		    strncasecmp(keywords[i].name, w->s, w->len) == 0)
			return keywords[i].kind;
	return TOKEN_WORD;
}

static int
lex_test(struct lexer *l, const char *s, const struct op_row *op, struct token *t)
{
	const char *op_at = s + name_len(s);
	const char *values = op_at + strlen(op->text);
	const char *end = skip_values(l, values, op->op);

	if (!end)
		return -EINVAL;
	t->kind = TOKEN_TEST;
	t->op = op->op;
	t->name = slice(s, op_at);
	t->op_text = slice(op_at, values);
	t->values = slice(values, end);
	t->word = slice(s, end);
	l->at = end;
	return 0;
}

static int
lex_word(struct lexer *l, const char *s, struct token *t)
{
	size_t name = name_len(s);
	const struct op_row *op = name > 0 ? find_op(s + name) : NULL;

	if (op)
		return lex_test(l, s, op, t);
	l->at = skip_bare(s, false);
	t->word = slice(s, l->at);
	t->kind = keyword(&t->word);
	return 0;
}

static enum token_kind
sign(char c)
{
	return c == '(' ? TOKEN_OPEN : c == ')' ? TOKEN_CLOSE : c == '!' ? TOKEN_NOT : TOKEN_WORD;
}

int
lex_next(struct lexer *l, struct token *ret)
{
	const char *s = l->at;

	while (is_blank(*s))
		s++;
	*ret = (struct token){ .kind = TOKEN_END, .word = slice(s, s) };
	l->at = s;
	if (*s == '\0')
		return 0;
	if (count_token(l, s) < 0)
		return -EINVAL;
	if (is_quote(*s))
		return lex_quoted(l, s, ret);
	ret->kind = sign(*s);
	if (ret->kind == TOKEN_WORD)
		return lex_word(l, s, ret);
	l->at = s + 1;
	ret->word = slice(s, l->at);
	return 0;
}

#define PORT_MAX 65535

/* What may be wrong with a port, a range or an address. */
enum bad {
	BAD_NOTHING,
	BAD_PORT,
	BAD_NUMBER,
	BAD_SIZE,
	BAD_RANGE,
	BAD_ADDR,
	BAD_IPV4,
	BAD_IPV6,
	BAD_PREFIX4,
	BAD_PREFIX6,
	BAD_COUNT
};

static const char *const bad_says[BAD_COUNT] = {
	[BAD_PORT] = N_("a port is a number from 1 to 65535"),
	[BAD_NUMBER] = N_("a number is written as 100 or 1K, a range as 100-200 or 1K-"),
	[BAD_SIZE] = N_("this number is too large"),
	[BAD_RANGE] = N_("this range runs backwards: the smaller number comes first"),
	[BAD_ADDR] = N_("this is no address such as 127.0.0.1, ::1 or 10.0.0.0/8; names are not "
	                "looked up"),
	[BAD_IPV4] = N_("an IPv4 address is four numbers from 0 to 255 with dots between them"),
	[BAD_IPV6] = N_("this is no IPv6 address; with a port behind it, it is written [::1]:80"),
	[BAD_PREFIX4] = N_("the length of an IPv4 prefix is a number from 0 to 32"),
	[BAD_PREFIX6] = N_("the length of an IPv6 prefix is a number from 0 to 128"),
};

static int
fail_bad(struct filter_input *in, const char *at, enum bad bad)
{
	return filter_fail(in, at, "%s", _(bad_says[bad]));
}

/* ---- numbers ---- */

/* How many characters at the start are of the set. */
static size_t
span(const char *s, size_t len, const char *set)
{
	size_t n = 0;

	while (n < len && strchr(set, s[n]))
		n++;
	return n;
}

static unsigned
unit_shift(char c)
{
	static const struct {
		char    letter;
		uint8_t shift;
	} units[] = {
		{ 'K', 10 }, { 'k', 10 }, { 'M', 20 }, { 'm', 20 }, { 'G', 30 }, { 'g', 30 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (units[i].letter == c)
			return units[i].shift;
	return 0;
}

static enum bad
read_digits(const char *s, size_t len, uint64_t *ret)
{
	int r;

	if (len > 1 && *s == '0')
		return BAD_NUMBER;
	r = text_to_uint(s, len, UINT64_MAX, ret);
	return r == -ERANGE ? BAD_SIZE : r < 0 ? BAD_NUMBER : BAD_NOTHING;
}

static enum bad
read_number(const char *s, size_t len, uint64_t *ret)
{
	unsigned shift = len > 0 ? unit_shift(s[len - 1]) : 0;
	uint64_t n;
	enum bad bad = read_digits(s, len - (shift > 0), &n);

	if (bad)
		return bad;
	if (n > UINT64_MAX >> shift)
		return BAD_SIZE;
	*ret = n << shift;
	return BAD_NOTHING;
}

static enum bad
read_port(const char *s, size_t len, uint64_t *ret)
{
	uint64_t n;

	if (read_digits(s, len, &n) || n < 1 || n > PORT_MAX)
		return BAD_PORT;
	*ret = n;
	return BAD_NOTHING;
}

static enum bad
read_port_or_unit(const char *s, size_t len, uint64_t *ret)
{
	uint64_t n;

	if (read_number(s, len, &n) || n < 1 || n > PORT_MAX)
		return BAD_PORT;
	*ret = n;
	return BAD_NOTHING;
}

typedef enum bad (*number_fn)(const char *s, size_t len, uint64_t *ret);

/* N, N-M or N-; *bad_at is set where it is none. */
static enum bad
read_range(number_fn read, uint64_t max, const char *s, size_t len, struct filter_range *ret,
           const char **bad_at)
{
	const char *dash = memchr(s, '-', len), *end = s + len;
	struct filter_range r;
	enum bad bad = read(s, (size_t)((dash ? dash : end) - s), &r.lo);

	*bad_at = s;
	if (bad)
		return bad;
	r.hi = dash ? max : r.lo;
	if (dash && dash + 1 < end) {
		*bad_at = dash + 1;
		bad = read(dash + 1, (size_t)(end - dash - 1), &r.hi);
		if (bad)
			return bad;
	}
	*bad_at = s;
	if (r.lo > r.hi)
		return BAD_RANGE;
	*ret = r;
	return BAD_NOTHING;
}

/* ---- addresses and ports ---- */

static void
set_prefix(struct filter_place *p, const uint8_t addr[16], unsigned bits)
{
	memcpy(p->addr, addr, sizeof p->addr);
	p->has_addr = true;
	p->bits = (uint8_t)bits;
	/* ::/0 is all of IPv6, though the bits of mapped addresses begin so as well. */
	p->v4 = addr_is_v4(addr) && bits >= 96;
}

static enum bad
read_prefix(const char *s, size_t len, struct filter_place *p, const char **bad_at)
{
	const char *slash = memchr(s, '/', len);
	size_t addr_len = slash ? (size_t)(slash - s) : len;
	bool dotted = !memchr(s, ':', addr_len);
	uint64_t bits = dotted ? 32 : 128;
	uint8_t addr[16];

	*bad_at = s;
	if (addr_parse(s, addr_len, addr) < 0)
		return dotted ? BAD_IPV4 : BAD_IPV6;
	if (slash) {
		*bad_at = slash + 1;
		if (read_digits(slash + 1, len - addr_len - 1, &bits) || bits > (dotted ? 32 : 128))
			return dotted ? BAD_PREFIX4 : BAD_PREFIX6;
	}
	set_prefix(p, addr, (unsigned)bits + (dotted ? 96 : 0));
	return BAD_NOTHING;
}

static enum bad
read_ports(const char *s, size_t len, struct filter_place *p, const char **bad_at)
{
	struct filter_range r;
	enum bad bad = read_range(read_port, PORT_MAX, s, len, &r, bad_at);

	if (bad)
		return bad;
	p->has_port = true;
	p->lo = (uint16_t)r.lo;
	p->hi = (uint16_t)r.hi;
	return BAD_NOTHING;
}

/* [::1] or [::1]:80; a prefix has no brackets. */
static enum bad
read_bracketed(const char *s, size_t len, struct filter_place *p, const char **bad_at)
{
	const char *close = memchr(s, ']', len), *end = s + len;
	uint8_t addr[16];

	*bad_at = s;
	if (!close || !memchr(s, ':', (size_t)(close - s)) ||
	    addr_parse(s + 1, (size_t)(close - s) - 1, addr) < 0)
		return BAD_IPV6;
	set_prefix(p, addr, 128);
	if (close + 1 == end)
		return BAD_NOTHING;
	*bad_at = close + 1;
	if (close[1] != ':')
		return BAD_IPV6;
	return read_ports(close + 2, (size_t)(end - close) - 2, p, bad_at);
}

/* An address, a prefix, or an IPv4 address with a port behind it. */
static enum bad
read_unbracketed(const char *s, size_t len, struct filter_place *p, const char **bad_at)
{
	const char *colon = memchr(s, ':', len);
	size_t addr_len = colon ? (size_t)(colon - s) : len;
	bool one = colon && !memchr(colon + 1, ':', len - addr_len - 1);
	enum bad bad;

	if (!one || memchr(s, '/', addr_len))
		return read_prefix(s, len, p, bad_at);
	bad = read_prefix(s, addr_len, p, bad_at);
	return bad ? bad : read_ports(colon + 1, len - addr_len - 1, p, bad_at);
}

static enum bad
read_place(const char *s, size_t len, struct filter_place *ret, const char **bad_at)
{
	struct filter_place p = { .hi = PORT_MAX };
	enum bad bad;

	if (span(s, len, "0123456789-") == len)
		bad = read_ports(s, len, &p, bad_at);
	else if (*s == ':' && !memchr(s + 1, ':', len - 1))
		bad = read_ports(s + 1, len - 1, &p, bad_at);
	else if (*s == '[')
		bad = read_bracketed(s, len, &p, bad_at);
	else
		bad = read_unbracketed(s, len, &p, bad_at);
	if (!bad)
		*ret = p;
	return bad;
}

/* ---- bare words ---- */

static bool
looks_like_ipv4(const char *s, size_t len)
{
	size_t head = span(s, len, "0123456789."), dots = 0;
	bool numeric;

	for (size_t i = 0; i < head; i++)
		dots += s[i] == '.';
	if (!is_digit(*s) || dots == 0)
		return false;
	if (head == len)
		return dots >= 3;
	/* 3.11/lib is a part of a path, and 10.0/16 a prefix that is too short. */
	numeric = span(s + head + 1, len - head - 1, "0123456789") == len - head - 1;
	return strchr("/:", s[head]) && (dots >= 3 || numeric);
}

static bool
looks_like_ipv6(const char *s, size_t len)
{
	size_t head = span(s, len, "0123456789abcdefABCDEF:."), colons = 0;

	for (size_t i = 0; i < head; i++)
		colons += s[i] == ':';
	return colons >= 2 && (head == len || strchr("/%", s[head]));
}

/* The sentence for a word that is no address, but that cannot be meant as a text either. */
static int
fail_place(struct filter_input *in, const struct filter_slice *w, const char *at, enum bad bad)
{
	struct filter_word word;

	if (span(w->s, w->len, "0123456789-") == w->len)
		return filter_fail(in, w->s,
		                   _("\"%s\" is no port and no range of ports (1 to 65535); write "
		                     "pid:N for a process, or put it in quotes"),
		                   filter_word(&word, w));
	return fail_bad(in, at, bad);
}

static bool
looks_like_place(const struct filter_slice *w)
{
	if (span(w->s, w->len, "0123456789-") == w->len)
		return span(w->s, w->len, "-") < w->len;	/* "-" and "--" are texts */
	if (*w->s == '[')
		return memchr(w->s, ':', w->len) != NULL;
	return *w->s == ':' || looks_like_ipv4(w->s, w->len) || looks_like_ipv6(w->s, w->len);
}

int
filter_read_place(struct filter_input *in, const struct filter_slice *word, bool strict,
                  struct filter_place *ret)
{
	const char *bad_at = word->s;
	enum bad bad = read_place(word->s, word->len, ret, &bad_at);

	if (!bad)
		return 1;
	return strict && looks_like_place(word) ? fail_place(in, word, bad_at, bad) : 0;
}

/* ---- reading, one function for several kinds ---- */

static int
read_range_operand(struct filter_input *in, number_fn read, uint64_t max,
                   const struct filter_slice *v, union filter_operand *ret)
{
	const char *bad_at;
	enum bad bad = read_range(read, max, v->s, v->len, &ret->range, &bad_at);

	return bad ? fail_bad(in, bad_at, bad) : 0;
}

static int
read_numbers(struct filter_input *in, const struct field *f, const struct filter_slice *v,
             union filter_operand *ret)
{
	(void)f;
	return read_range_operand(in, read_number, UINT64_MAX, v, ret);
}

static int
read_port_numbers(struct filter_input *in, const struct field *f, const struct filter_slice *v,
                  union filter_operand *ret)
{
	(void)f;
	return read_range_operand(in, read_port_or_unit, PORT_MAX, v, ret);
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

static int
read_cookie(struct filter_input *in, const struct field *f, const struct filter_slice *v,
            union filter_operand *ret)
{
	uint64_t n = 0;
	size_t i = 0;

	for (int digit; i < v->len && (digit = hex_digit(v->s[i])) >= 0; i++)
		n = n << 4 | (uint64_t)digit;
	if (i < v->len || v->len != 16)
		return filter_fail(in, v->s, _("%s takes 16 hexadecimal digits"), f->id);
	ret->range = (struct filter_range){ n, n };
	return 0;
}

/* Case is ignored, and time-wait is TIME_WAIT: ss writes it so. */
static bool
same_name(const char *name, const struct filter_slice *v)
{
	for (size_t i = 0; i < v->len; i++)
		if (strncasecmp(name + i, v->s + i, 1) != 0 && !(name[i] == '_' && v->s[i] == '-'))
			return false;
	return name[v->len] == '\0';
}

static int
fail_name(struct filter_input *in, const struct field *f, const struct filter_slice *v)
{
	struct filter_word word;
	struct text names;
	int r;

	text_init(&names);
	for (size_t i = 0; i < f->nwords; i++)
		if (f->words[i])
			text_addf(&names, "%s%s", names.len ? ", " : "", f->words[i]);
	r = filter_fail(in, v->s, _("%s is never \"%s\"; it can be %s"), f->id,
	                filter_word(&word, v), text_str(&names));
	text_done(&names);
	return r;
}

static int
read_name(struct filter_input *in, const struct field *f, const struct filter_slice *v,
          union filter_operand *ret)
{
	for (size_t i = 0; i < f->nwords; i++) {
		if (!f->words[i] || !same_name(f->words[i], v))
			continue;
		ret->name = f->words[i];
		return 0;
	}
	return fail_name(in, f, v);
}

static int
read_needle(struct filter_input *in, const struct field *f, const struct filter_slice *v,
            union filter_operand *ret)
{
	(void)f;
	ret->needle = arena_copy(in->arena, v->s, v->len);
	return 0;
}

static int
read_endpoint(struct filter_input *in, const struct field *f, const struct filter_slice *v,
              union filter_operand *ret)
{
	const char *bad_at = v->s;
	enum bad bad = read_place(v->s, v->len, &ret->place, &bad_at);

	if (!bad && f->kind == VAL_ADDR && ret->place.has_port)
		return filter_fail(in, v->s, _("%s takes an address or a prefix, and no port"),
		                   f->id);
	if (bad == BAD_IPV4 && !looks_like_ipv4(v->s, v->len))
		bad = BAD_ADDR;
	return bad ? fail_bad(in, bad_at, bad) : 0;
}

int
filter_read_number(struct filter_input *in, const struct field *f, const struct filter_slice *v,
                   uint64_t *ret)
{
	enum bad bad = read_number(v->s, v->len, ret);

	(void)f;	/* rport>0 asks for any port: what is compared need not be one itself */
	if (bad == BAD_NUMBER)
		return filter_fail(in, v->s, _("one number is wanted here, such as 100 or 1K"));
	return bad ? fail_bad(in, v->s, bad) : 0;
}

const struct filter_kind filter_kinds[VAL_KINDS] = {
	[VAL_NUMBER] = { read_numbers, true },
	[VAL_PORT] = { read_port_numbers, true },
	[VAL_BYTES] = { read_numbers, true },
	[VAL_RATE] = { read_numbers, true },
	[VAL_USEC] = { read_numbers, true },
	[VAL_SECONDS] = { read_numbers, true },
	[VAL_COOKIE] = { read_cookie, false },
	[VAL_ENUM] = { read_name, false },
	[VAL_WORDS] = { read_name, false },
	[VAL_TEXT] = { read_needle, false },
	[VAL_ADDR] = { read_endpoint, false },
	[VAL_ENDPOINT] = { read_endpoint, false },
	[VAL_ARGV] = { read_needle, false },
	[VAL_OWNERS] = { read_numbers, true },
};

/* ---- the list of -p and `p` ---- */

/* Adds one port or range without the blanks around it; behind a comma if it is not the first. */
static int
add_ports(struct filter_input *in, struct text *out, const char *s, const char *end, bool first)
{
	struct filter_place place;
	const char *bad_at;
	enum bad bad;

	while (s < end && is_blank(*s))
		s++;
	while (end > s && is_blank(end[-1]))
		end--;
	bad = read_ports(s, (size_t)(end - s), &place, &bad_at);
	if (bad)
		return fail_bad(in, bad_at, bad);
	if (!first)
		text_addc(out, ',');
	text_addn(out, s, (size_t)(end - s));
	return 0;
}

int
filter_from_ports(const char *ranges, struct text *out, struct filter_error *err)
{
	struct filter_input in = { .text = ranges, .len = strlen(ranges), .err = err };
	size_t before = out->len, count = 0;
	const char *s = ranges, *end;

	text_add(out, "port:");
	for (;; s = end + 1) {
		int r;

		end = strchrnul(s, ',');
		/* The test itself is a token as well. */
		if (++count >= FILTER_MAX_TOKENS)
			r = filter_fail(&in, s, _("these are too many ports; %d are allowed"),
			                FILTER_MAX_TOKENS - 1);
		else
			r = add_ports(&in, out, s, end, count == 1);
		if (r < 0) {
			text_cut(out, before);
			return r;
		}
		if (*end == '\0')
			return 0;
	}
}
