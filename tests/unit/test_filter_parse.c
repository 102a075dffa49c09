/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What is no filter: what is said, where it is shown, and how much is too much. */

#include <errno.h>
#include <locale.h>
#include <sys/resource.h>

#include "made.h"
#include "view/filter.h"

static void
expect_error(const char *text, size_t at, const char *part)
{
	struct filter_error err = { .message = "" };
	struct filter *f = NULL;

	cr_assert_eq(filter_parse(text, &f, &err), -EINVAL, "%.60s is a filter", text);
	cr_expect_null(f, "%.60s: *ret was written", text);
	cr_expect_eq(err.at, at, "%.60s: at %zu: %s", text, err.at, err.message);
	cr_expect(strstr(err.message, part), "%.60s: %s", text, err.message);
}

static void
expect_parses(const char *text)
{
	struct filter_error err = { .message = "" };
	struct filter *f = NULL;

	cr_expect_eq(filter_parse(text, &f, &err), 0, "%.60s: %s", text, err.message);
	filter_free(f);
}

struct wrong {
	const char *text;
	size_t      at;
	const char *part;	/* of the message */
};

static void
expect_errors(const struct wrong *cases, size_t n)
{
	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
	for (size_t i = 0; i < n; i++)
		expect_error(cases[i].text, cases[i].at, cases[i].part);
}

#define EXPECT_ERRORS(...)                                              \
	do {                                                            \
		static const struct wrong cases[] = { __VA_ARGS__ };    \
		expect_errors(cases, sizeof cases / sizeof *cases);     \
	} while (0)

Test(filter_parse, names_the_nearest_field)
{
	EXPECT_ERRORS({ "port:80 and proces:node_", 12, "\"proces\"; did you mean process?" },
	              { "proces:node", 0, "did you mean process?" },
	              { "not (PID:3)", 5, "did you mean pid?" },
	              { "Port:80", 0, "did you mean port?" },
	              { "prt:80", 0, "did you mean port?" },
	              { "sprt:80", 0, "did you mean sport?" },
	              { "address:::1", 0, "did you mean addr?" },
	              { "lprt::80", 0, "did you mean lport?" },
	              { "prot:tcp", 0, "did you mean proto?" },
	              { "qqqqqq~x", 0, "no field \"qqqqqq\"; in quotes" },
	              { "C:\\x", 0, "no field \"C\"" }, { "NODE_ENV=production", 0, "NODE_ENV" });
}

Test(filter_parse, says_what_is_wrong_with_a_port_or_an_address)
{
	EXPECT_ERRORS({ "node 70000", 5, "\"70000\" is no port" }, { "0", 0, "pid:N" },
	              { "9-1", 0, "in quotes" }, { "1-2-3", 0, "pid:N" },
	              { "10.0.0.0/33", 9, "0 to 32" }, { "fe80::/129", 7, "0 to 128" },
	              { "256.1.1.1", 0, "0 to 255" }, { "127.0.0.1:99999", 10, "1 to 65535" },
	              { "[::1]:0", 6, "1 to 65535" }, { "[::1", 0, "IPv6" },
	              { ":x", 1, "1 to 65535" });
}

Test(filter_parse, says_what_is_wrong_with_a_value)
{
	EXPECT_ERRORS({ "warn:splat", 5, "warn is never \"splat\"; it can be stopped" },
	              { "warn>1", 4, "is no number" },
	              { "state:LISTN", 6, "state is never \"LISTN\"; it can be ESTABLISHED" },
	              { "proto:icmp", 6, "tcp, udp" }, { "state:listen,x", 13, "\"x\"" },
	              { "state:list", 6, "never" }, { "holder:nobody", 7, "known" },
	              { "pid:x", 4, "100-200" }, { "pid:007", 4, "100-200" },
	              { "pid:-1", 4, "100-200" }, { "pid:5-3", 4, "backwards" },
	              { "pid:1,2,x", 8, "100-200" },
	              { "pid:18446744073709551616", 4, "too large" },
	              { "recvq:17179869184G", 6, "too large" }, { "recvq:1KK", 6, "100-200" },
	              { "recvq:1.5K", 6, "100-200" }, { "lport:0", 6, "1 to 65535" },
	              { "laddr:localhost", 6, "not looked up" },
	              { "laddr:80", 6, "no port" }, { "laddr:127.0.0.1:80", 6, "no port" },
	              { "peer:256.1.1.1", 5, "0 to 255" }, { "local:10.0.0.0/40", 15, "0 to 32" },
	              { "cookie:123", 7, "16 hexadecimal" },
	              { "cookie:000000000000000g", 7, "16 hexadecimal" });
}

Test(filter_parse, says_what_is_wrong_with_an_operator)
{
	EXPECT_ERRORS({ "process<3", 7, "no number" }, { "state>=x", 5, "no number" },
	              { "laddr>1", 5, "no number" },
	              { "cookie<0000000000000001", 6, "no number" },
	              { "pid<none", 4, "one number" }, { "pid<3,4", 5, "one number" },
	              { "pid<3-4", 4, "one number" }, { "pid>", 4, "value is missing" },
	              { "=80", 0, "a field must stand before" },
	              { "> 1K", 0, "a field must stand" },
	              { "sport = 80", 6, "a field must stand" });
}

Test(filter_parse, says_where_something_is_missing)
{
	EXPECT_ERRORS({ "lport:", 6, "value is missing" }, { "lport: 80", 6, "value is missing" },
	              { "lport:80,", 9, "value is missing" },
	              { "lport:,80", 6, "value is missing" },
	              { "process:''", 8, "value is missing" },
	              { "process~", 8, "value is missing" }, { "\"\"", 0, "nothing between" },
	              { "a 'b", 2, "quote is not closed" },
	              { "process:\"b", 8, "quote is not closed" },
	              { "'a'b", 3, "blank must stand" },
	              { "process:'a'b", 11, "blank must stand" },
	              { "process~'a','b'", 11, "blank must stand" }, { "(a", 0, "not closed" },
	              { "a (b or (c)", 2, "not closed" }, { "(", 0, "not closed" },
	              { "a)", 1, "there is no (" }, { ")", 0, "there is no (" },
	              { "()", 0, "nothing between" }, { "a ( )", 2, "nothing between" },
	              { "a and", 5, "ends where" }, { "a or ", 5, "ends where" },
	              { "not", 3, "ends where" }, { "!", 1, "ends where" },
	              { "and a", 0, "before \"and\"" }, { "a or or b", 5, "before \"or\"" },
	              { "a and and b", 6, "before \"and\"" }, { "(a or) b", 5, "before \")\"" },
	              { "not and", 4, "before \"and\"" });
}

/* ---- how much is too much ---- */

static void
repeat(struct text *t, const char *part, size_t times)
{
	for (size_t i = 0; i < times; i++)
		text_add(t, part);
}

/* A text of many parts that is fine with so many of them and not with one more. */
static void
expect_limit(const char *part, size_t most, const char *middle, const char *after, size_t at,
             const char *message)
{
	struct text t;

	text_init(&t);
	repeat(&t, part, most);
	text_add(&t, middle);
	repeat(&t, after, most);
	expect_parses(text_str(&t));
	text_clear(&t);
	repeat(&t, part, most + 1);
	text_add(&t, middle);
	repeat(&t, after, most + 1);
	expect_error(text_str(&t), at, message);
	text_done(&t);
}

Test(filter_parse, is_bounded)
{
	expect_limit("(", FILTER_MAX_DEPTH, "a", ")", FILTER_MAX_DEPTH, "nest");
	expect_limit("!(", FILTER_MAX_DEPTH, "a", ")", 2 * FILTER_MAX_DEPTH + 1, "nest");
	expect_limit("a ", FILTER_MAX_TOKENS, "", "", 2 * FILTER_MAX_TOKENS, "too many");
	expect_limit("!", FILTER_MAX_TOKENS - 1, "a", "", FILTER_MAX_TOKENS, "too many");
	expect_limit("a", FILTER_MAX_TEXT, "", "", FILTER_MAX_TEXT, "too long");
}

Test(filter_parse, counts_each_value_of_a_list)
{
	struct text t;

	text_init(&t);
	text_add(&t, "pid:1");
	repeat(&t, ",1", FILTER_MAX_TOKENS - 2);
	expect_parses(text_str(&t));
	expect_parses("a b c");
	text_add(&t, ",1");
	expect_error(text_str(&t), t.len - 1, "too many");
	text_done(&t);
}

/* With a stack of 128 KiB; the deepest and the widest filter, parsed, evaluated and freed. */
Test(filter_parse, needs_little_stack)
{
	static const struct rlimit small = { 128 * 1024, 128 * 1024 };
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "::1", 80, NULL, 0);
	struct row r = { .sock = &s };
	struct filter_error err = { .message = "" };
	struct filter *f;
	struct text t;

	cr_assert_eq(setrlimit(RLIMIT_STACK, &small), 0);
	text_init(&t);
	repeat(&t, "!(:80 or :81 ", FILTER_MAX_DEPTH);
	text_add(&t, ":80");
	repeat(&t, ")", FILTER_MAX_DEPTH);
	repeat(&t, " or :81", 1500);
	cr_assert_eq(filter_parse(text_str(&t), &f, &err), 0, "%s", err.message);
	cr_expect_not(filter_eval(f, &r));
	filter_free(f);
	text_done(&t);
}

Test(filter_parse, a_megabyte_is_refused_at_once)
{
	struct text t;

	text_init(&t);
	text_fill(&t, '(', 1 << 20);
	expect_error(text_str(&t), FILTER_MAX_TEXT, "too long");
	text_done(&t);
}

/* ---- hostile text in messages ---- */

Test(filter_parse, a_message_is_clean_and_short_whatever_the_text_is)
{
	static const char *const words[] = { "\x1b[31m", "\xe2\x80\xae", "\xff\xfe", "\xe4\xb8\xad",
	                                     "a\xcc\x81\xcc\x82", "\xf0\x9f\x98\x80" };

	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
	for (size_t i = 0; i < ARRAY_SIZE(words) * 60; i++) {
		struct filter_error err = { .message = "" };
		struct filter *f;
		struct text t, safe;

		text_init(&t);
		text_init(&safe);
		text_add(&t, "state:");
		repeat(&t, words[i % ARRAY_SIZE(words)], i / ARRAY_SIZE(words) + 1);
		cr_assert_eq(filter_parse(text_str(&t), &f, &err), -EINVAL);
		text_add_safe(&safe, err.message, strlen(err.message), TEXT_UTF8);
		cr_expect_str_eq(text_str(&safe), err.message);
		cr_expect_leq(text_width(err.message), 250);
		cr_expect(strstr(err.message, "LISTEN"), "%s", err.message);
		text_done(&t);
		text_done(&safe);
	}
}

/* ---- the place ---- */

static void
expect_shown(const char *text, size_t at, size_t indent, enum text_charset cs, const char *want)
{
	struct filter_error err = { .at = at };
	struct text t;

	text_init(&t);
	text_add(&t, "before\n");
	filter_error_show(&t, text, &err, indent, cs);
	cr_expect_str_eq(text_str(&t) + strlen("before\n"), want, "%s at %zu:\n%s", text, at,
	                 text_str(&t));
	text_done(&t);
}

Test(filter_parse, shows_the_place)
{
	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
	expect_shown("", 0, 0, TEXT_UTF8, "\n^");
	expect_shown("a b", 2, 0, TEXT_UTF8, "a b\n  ^");
	expect_shown("a b", 3, 2, TEXT_UTF8, "  a b\n     ^");
	expect_shown("a b", 99, 0, TEXT_UTF8, "a b\n   ^");
	expect_shown("a\tb\x1b", 2, 1, TEXT_UTF8, " a\xef\xbf\xbd" "b\xef\xbf\xbd\n   ^");
	expect_shown("a\tb", 2, 1, TEXT_ASCII, " a?b\n   ^");
	expect_shown("\xe4\xb8\xad x:1", 4, 0, TEXT_UTF8, "\xe4\xb8\xad x:1\n   ^");
	expect_shown("e\xcc\x81 x", 4, 0, TEXT_UTF8, "e\xcc\x81 x\n  ^");
}

/* Expects at most 72 cells, in which the caret stands under the character of the place. */
static void
expect_window(const char *text, size_t at)
{
	struct filter_error err = { .at = at };
	struct text t;
	const char *line, *newline, *caret;
	size_t width, before;

	text_init(&t);
	filter_error_show(&t, text, &err, 0, TEXT_ASCII);
	line = text_str(&t);
	newline = strchr(line, '\n');
	caret = strchr(line, '^');
	cr_assert(newline && caret);
	width = (size_t)(newline - line);
	before = (size_t)(caret - newline - 1);
	cr_expect_leq(width, 72, "at %zu: %zu cells", at, width);
	cr_assert_leq(before, width, "at %zu", at);
	if (before < width)
		cr_expect_eq(line[before], text[at], "at %zu:\n%s", at, line);
	cr_expect_eq(line[0] == '~', before < at, "at %zu:\n%s", at, line);
	cr_expect_eq(newline[-1] == '~', strlen(text) - at > width - before, "at %zu:\n%s", at,
	             line);
	text_done(&t);
}

Test(filter_parse, shows_a_long_text_around_the_place)
{
	struct text t;

	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
	text_init(&t);
	for (size_t i = 0; i < 4000; i++) {
		text_addc(&t, "abcdefghijklmnopqrstuvwxyz0123456789"[i * i % 35]);
		if (i % 37 == 0 || (i > 60 && i < 80))
			for (size_t at = 0; at <= t.len; at += 1 + t.len / 150)
				expect_window(text_str(&t), at);
	}
	text_done(&t);
	expect_shown("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhX",
	             72, 0, TEXT_UTF8,
	             "\xe2\x80\xa6"
	             "aaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhX\n"
	             "                                                                       ^");
}

Test(filter_parse, never_splits_a_character_that_it_cuts_at)
{
	static const char *const parts[] = { "\xe4\xb8\xad", "e\xcc\x81", "\xf0\x9f\x98\x80",
	                                     "\xff" };

	cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
	for (size_t i = 0; i < ARRAY_SIZE(parts) * 400; i++) {
		struct filter_error err = { .at = i };
		struct text t, shown, safe;

		text_init(&t);
		text_init(&shown);
		text_init(&safe);
		repeat(&t, parts[i % ARRAY_SIZE(parts)], 700);
		filter_error_show(&shown, text_str(&t), &err, 0, TEXT_UTF8);
		*strchr(shown.s, '\n') = '\0';
		text_add_safe(&safe, shown.s, strlen(shown.s), TEXT_UTF8);
		cr_expect_str_eq(text_str(&safe), shown.s, "at %zu", i);
		cr_expect_leq(text_width(shown.s), 72, "at %zu: %zu", i, text_width(shown.s));
		text_done(&t);
		text_done(&shown);
		text_done(&safe);
	}
}
