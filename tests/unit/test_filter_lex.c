/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Text to tokens, bare words to ports and addresses, and the list of -p. */

#include <errno.h>

#include "made.h"
#include "view/filter_priv.h"

/* A token in one letter: ( ) ! & | w(ord) q(uoted) t(est) */
static char
letter(const struct token *t)
{
	static const char letters[] = {
		[TOKEN_END] = '\0', [TOKEN_OPEN] = '(', [TOKEN_CLOSE] = ')', [TOKEN_NOT] = '!',
		[TOKEN_AND] = '&',  [TOKEN_OR] = '|',   [TOKEN_WORD] = 'w',  [TOKEN_TEST] = 't',
	};

	return t->word.quoted ? 'q' : letters[t->kind];
}

struct lexing {
	struct filter_error err;
	struct filter_input in;
	struct lexer        lex;
};

static void
start(struct lexing *l, const char *text)
{
	l->in = (struct filter_input){ .text = text, .len = strlen(text), .err = &l->err };
	l->lex = (struct lexer){ .in = &l->in, .at = text };
}

static void
add_slice(struct text *t, const struct filter_slice *s)
{
	text_addn(t, s->s, s->len);
}

Test(filter_lex, finds_the_tokens)
{
	static const struct {
		const char *text;
		const char *letters;
	} cases[] = {
		{ "", "" },
		{ " \t\r\n\v\f ", "" },
		{ "a b", "ww" },
		{ "and or not", "&|!" },
		{ "AND Or nOt", "&|!" },
		{ "android order nothing", "www" },
		{ "'and' \"or\"", "qq" },
		{ "!a!b !!c", "!w!!w" },
		{ "(a)(b)", "(w)(w)" },
		{ "not(a)or(b)", "!(w)|(w)" },
		{ "a=b a:b a!=b a<b a<=b a>b a>=b a~b a!~b", "ttttttttt" },
		{ ":80 =80 <80 ~x [::1]:80 127.0.0.1:80", "wwwwww" },
		{ "a:'x y',\"(z)\",w b", "tw" },
		{ "(a:x,y)", "(t)" },
		{ "a~(x|y) b", "tw" },
		{ "(a~(x|y))", "(t)" },
		{ "(a~x)", "(t)" },
		{ "a~\\(x b", "tw" },
		{ "a~'x (y' b", "tw" },
		{ "it's o'clock", "ww" },
		{ "a:it's", "t" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lexing l;
		struct token t;
		struct text got;

		start(&l, cases[i].text);
		text_init(&got);
		do {
			cr_assert_eq(lex_next(&l.lex, &t), 0, "%s: %s", cases[i].text,
			             l.err.message);
			if (t.kind != TOKEN_END)
				text_addc(&got, letter(&t));
		} while (t.kind != TOKEN_END);
		cr_expect_str_eq(text_str(&got), cases[i].letters, "%s: %s", cases[i].text,
		                 text_str(&got));
		text_done(&got);
	}
}

Test(filter_lex, takes_a_test_apart)
{
	static const struct {
		const char *text;
		const char *parts;	/* name, op, values, each in brackets */
	} cases[] = {
		{ "pid:5", "[pid][:][5]" },
		{ "pid=5,6", "[pid][=][5][6]" },
		{ "x_1-y!='a,b',c,\"d e\"", "[x_1-y][!=][a,b][c][d e]" },
		{ "a<=5", "[a][<=][5]" },
		{ "a~x,y{1,2}", "[a][~][x,y{1,2}]" },
		{ "a!~'(b c)'", "[a][!~][(b c)]" },
		{ "a:x:y=z", "[a][:][x:y=z]" },
		{ "local:[::1]:80,127.0.0.1", "[local][:][[::1]:80][127.0.0.1]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lexing l;
		struct token t;
		struct filter_slice v;
		struct text got;
		const char *at = NULL;

		start(&l, cases[i].text);
		text_init(&got);
		cr_assert_eq(lex_next(&l.lex, &t), 0, "%s: %s", cases[i].text, l.err.message);
		cr_assert_eq(t.kind, TOKEN_TEST, "%s", cases[i].text);
		text_addc(&got, '[');
		add_slice(&got, &t.name);
		text_add(&got, "][");
		add_slice(&got, &t.op_text);
		while (lex_value(&l.lex, &t, &at, &v) > 0) {
			text_add(&got, "][");
			add_slice(&got, &v);
		}
		text_addc(&got, ']');
		cr_expect_str_eq(text_str(&got), cases[i].parts, "%s: %s", cases[i].text,
		                 text_str(&got));
		text_done(&got);
	}
}

Test(filter_lex, tells_ports_and_addresses_from_other_words)
{
	static const struct {
		const char *word;
		int         r;		/* of a strict reading */
		bool        addr, v4;
		unsigned    bits, lo, hi;
	} cases[] = {
		{ "1", 1, false, false, 0, 1, 1 },
		{ "65535", 1, false, false, 0, 65535, 65535 },
		{ "1-65535", 1, false, false, 0, 1, 65535 },
		{ "8000-", 1, false, false, 0, 8000, 65535 },
		{ ":80", 1, false, false, 0, 80, 80 },
		{ ":80-90", 1, false, false, 0, 80, 90 },
		{ "127.0.0.1", 1, true, true, 128, 0, 65535 },
		{ "127.0.0.1:80", 1, true, true, 128, 80, 80 },
		{ "127.0.0.1:80-", 1, true, true, 128, 80, 65535 },
		{ "10.0.0.0/8", 1, true, true, 104, 0, 65535 },
		{ "0.0.0.0/0", 1, true, true, 96, 0, 65535 },
		{ "::", 1, true, false, 128, 0, 65535 },
		{ "::/0", 1, true, false, 0, 0, 65535 },
		{ "a::b", 1, true, false, 128, 0, 65535 },
		{ "FE80::1/64", 1, true, false, 64, 0, 65535 },
		{ "::ffff:1.2.3.4", 1, true, true, 128, 0, 65535 },
		{ "::ffff:0:0/95", 1, true, false, 95, 0, 65535 },
		{ "[::1]", 1, true, false, 128, 0, 65535 },
		{ "[::1]:80", 1, true, false, 128, 80, 80 },
		{ "[::ffff:1.2.3.4]:80", 1, true, true, 128, 80, 80 },
		{ "node", 0, 0, 0, 0, 0, 0 },
		{ "-", 0, 0, 0, 0, 0, 0 },
		{ "---", 0, 0, 0, 0, 0, 0 },
		{ "8k", 0, 0, 0, 0, 0, 0 },
		{ "0x50", 0, 0, 0, 0, 0, 0 },
		{ "8e1", 0, 0, 0, 0, 0, 0 },
		{ "80:", 0, 0, 0, 0, 0, 0 },
		{ "12:30", 0, 0, 0, 0, 0, 0 },
		{ "3.11", 0, 0, 0, 0, 0, 0 },
		{ "1.2.3", 0, 0, 0, 0, 0, 0 },
		{ "1.2.3.x", 0, 0, 0, 0, 0, 0 },
		{ "3.11/lib", 0, 0, 0, 0, 0, 0 },
		{ "2024/11", 0, 0, 0, 0, 0, 0 },
		{ "[kworker]", 0, 0, 0, 0, 0, 0 },
		{ "std::map", 0, 0, 0, 0, 0, 0 },
		{ "ab:cd", 0, 0, 0, 0, 0, 0 },
		{ "0", -EINVAL, 0, 0, 0, 0, 0 },
		{ "00", -EINVAL, 0, 0, 0, 0, 0 },
		{ "080", -EINVAL, 0, 0, 0, 0, 0 },
		{ "65536", -EINVAL, 0, 0, 0, 0, 0 },
		{ "18446744073709551696", -EINVAL, 0, 0, 0, 0, 0 },	/* 2^64 + 80 */
		{ "9-1", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1-2-3", -EINVAL, 0, 0, 0, 0, 0 },
		{ "-1", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1--2", -EINVAL, 0, 0, 0, 0, 0 },
		{ "0-5", -EINVAL, 0, 0, 0, 0, 0 },
		{ ":", -EINVAL, 0, 0, 0, 0, 0 },
		{ ":0", -EINVAL, 0, 0, 0, 0, 0 },
		{ ":http", -EINVAL, 0, 0, 0, 0, 0 },
		{ "256.1.1.1", -EINVAL, 0, 0, 0, 0, 0 },
		{ "01.2.3.4", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1.2.3.4.5", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1.2.3.4/33", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1.2.3.4/", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1.2.3.4/08", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1.2.3.4/x", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1.2.3.4/8:80", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1.2.3.4:", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1.2.3.4:http", -EINVAL, 0, 0, 0, 0, 0 },
		{ "10.0/16", -EINVAL, 0, 0, 0, 0, 0 },
		{ "10.0:80", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1::2::3", -EINVAL, 0, 0, 0, 0, 0 },
		{ "::/129", -EINVAL, 0, 0, 0, 0, 0 },
		{ "fe80::1%lo", -EINVAL, 0, 0, 0, 0, 0 },
		{ "1:2:3", -EINVAL, 0, 0, 0, 0, 0 },
		{ "[::1", -EINVAL, 0, 0, 0, 0, 0 },
		{ "[::1]80", -EINVAL, 0, 0, 0, 0, 0 },
		{ "[::1]:", -EINVAL, 0, 0, 0, 0, 0 },
		{ "[::1]:65536", -EINVAL, 0, 0, 0, 0, 0 },
		{ "[::1]/64", -EINVAL, 0, 0, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter_slice w = { .s = cases[i].word, .len = strlen(cases[i].word) };
		struct filter_place p = { .bits = 0 };
		struct lexing l;

		start(&l, cases[i].word);
		cr_expect_eq(filter_read_place(&l.in, &w, true, &p), cases[i].r, "%s",
		             cases[i].word);
		cr_expect_eq(filter_read_place(&l.in, &w, false, &p), cases[i].r > 0,
		             "%s: not strict", cases[i].word);
		if (cases[i].r <= 0)
			continue;
		cr_expect_eq(p.has_addr, cases[i].addr, "%s", cases[i].word);
		cr_expect_eq(p.v4, cases[i].v4, "%s: v4 %d", cases[i].word, p.v4);
		cr_expect_eq(p.bits, cases[i].bits, "%s: %u bits", cases[i].word, p.bits);
		cr_expect_eq(p.lo, cases[i].lo, "%s: from %u", cases[i].word, p.lo);
		cr_expect_eq(p.hi, cases[i].hi, "%s: to %u", cases[i].word, p.hi);
	}
}

Test(filter_lex, makes_a_filter_of_a_list_of_ports)
{
	static const struct {
		const char *ranges;
		const char *filter;
	} cases[] = {
		{ "80", "port:80" },
		{ "80,3000-3999,8000-", "port:80,3000-3999,8000-" },
		{ "  80 , 443\t,1-2  ", "port:80,443,1-2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter_error err;
		struct filter *f;
		struct text out;

		text_init(&out);
		text_add(&out, "x ");
		cr_assert_eq(filter_from_ports(cases[i].ranges, &out, &err), 0, "%s: %s",
		             cases[i].ranges, err.message);
		cr_expect_str_eq(text_str(&out) + 2, cases[i].filter);
		cr_assert_eq(filter_parse(text_str(&out) + 2, &f, &err), 0, "%s", text_str(&out));
		filter_free(f);
		text_done(&out);
	}
}

Test(filter_lex, says_where_a_list_of_ports_is_wrong)
{
	static const struct {
		const char *ranges;
		size_t      at;
	} cases[] = {
		{ "", 0 },      { " ", 1 },       { ",80", 0 },     { "80,", 3 },
		{ "80,,81", 3 }, { "80, x", 4 },   { "n", 0 },       { "0", 0 },
		{ "65536", 0 }, { "80,9-1", 3 },  { "80-x", 3 },    { "1-65536", 2 },
		{ ":80", 0 },   { "-80", 0 },     { "080", 0 },     { "80 81", 0 },
		{ "80;81", 0 }, { "80 - 90", 0 }, { "1-2-3", 2 },   { "1K", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter_error err = { .message = "" };
		struct text out;

		text_init(&out);
		text_add(&out, "kept");
		cr_expect_eq(filter_from_ports(cases[i].ranges, &out, &err), -EINVAL, "%s",
		             cases[i].ranges);
		cr_expect_eq(err.at, cases[i].at, "%s: at %zu", cases[i].ranges, err.at);
		cr_expect(*err.message, "%s", cases[i].ranges);
		cr_expect_str_eq(text_str(&out), "kept");
		text_done(&out);
	}
}

Test(filter_lex, makes_no_list_of_ports_that_is_too_long_for_a_filter)
{
	struct filter_error err = { .message = "" };
	struct text ranges, out;
	struct filter *f;

	text_init(&ranges);
	text_init(&out);
	text_add(&ranges, "10000-20000");
	for (size_t i = 2; i < FILTER_MAX_TOKENS; i++)
		text_add(&ranges, ",10000-20000");
	cr_assert_eq(filter_from_ports(text_str(&ranges), &out, &err), 0, "%s", err.message);
	cr_assert_eq(filter_parse(text_str(&out), &f, &err), 0, "%s", err.message);
	filter_free(f);
	text_add(&ranges, ",1");
	cr_expect_eq(filter_from_ports(text_str(&ranges), &out, &err), -EINVAL);
	text_done(&ranges);
	text_done(&out);
}
