/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* FIELD~REGEX: what is in the language, that it agrees with regexec(3), and what it costs. */

#include <locale.h>
#include <regex.h>
#include <stdlib.h>
#include <time.h>

#include "made.h"
#include "view/filter.h"

struct fixture {
	struct snapshot snap;
	struct view_env env;
	struct task     task;
	struct owner    owner;
	struct sock     sock;
};

static void
set_up(struct fixture *x, const char *locale)
{
	cr_assert_not_null(setlocale(LC_ALL, locale));
	made_snapshot(&x->snap);
	x->env = (struct view_env){ .snap = &x->snap, .names = names_new(true) };
	x->task = made_task(1, "", NULL, 0, 0);
	x->owner = (struct owner){ &x->task, 3 };
	x->sock = made_sock(PROTO_TCP, STATE_LISTEN, "::1", 80, NULL, 0);
	x->sock.owners = &x->owner;
	x->sock.nowners = 1;
}

static void
tear_down(struct fixture *x)
{
	names_free(x->env.names);
	snapshot_done(&x->snap);
}

/* Parses cwd~"PATTERN". Returns NULL and fills in err where it is none. */
static struct filter *
compiled(const char *pattern, struct filter_error *err)
{
	struct filter *f = NULL;
	struct text t;

	text_init(&t);
	text_addf(&t, "cwd~\"%s\"", pattern);
	if (filter_parse(text_str(&t), &f, err) < 0)
		f = NULL;
	text_done(&t);
	return f;
}

static bool
matches(struct fixture *x, const struct filter *f, const char *subject)
{
	struct row r = { .sock = &x->sock, .env = &x->env };

	x->task.cwd = subject;
	return filter_eval(f, &r);
}

struct found {
	const char *pattern;
	const char *subject;
	bool        found;
};

static void
expect_found(const char *locale, const struct found *cases, size_t n)
{
	struct fixture x;
	struct filter_error err = { .message = "" };

	set_up(&x, locale);
	for (size_t i = 0; i < n; i++) {
		struct filter *f = compiled(cases[i].pattern, &err);

		cr_assert_not_null(f, "%s: %s", cases[i].pattern, err.message);
		cr_expect_eq(matches(&x, f, cases[i].subject), cases[i].found, "%s in %s: %d",
		             cases[i].pattern, cases[i].subject, !cases[i].found);
		filter_free(f);
	}
	tear_down(&x);
}

Test(filter_pattern, is_posix_extended_and_ignores_case)
{
	static const struct found cases[] = {
		{ "node", "/opt/NODE/bin", true },
		{ "NODE", "/opt/node/bin", true },
		{ "^/opt", "/opt/x", true },
		{ "^opt", "/opt/x", false },
		{ "x$", "/opt/x", true },
		{ "opt$", "/opt/x", false },
		{ "^$", "", true },
		{ "^$", "x", false },
		{ "a.c", "abc", true },
		{ "a.c", "ac", false },
		{ "ab*c", "ac", true },
		{ "ab*c", "abbbc", true },
		{ "ab+c", "ac", false },
		{ "ab?c", "abbc", false },
		{ "^(a|bc)*$", "abcabca", true },
		{ "^(a|bc)*$", "abcabcb", false },
		{ "^a{2}$", "aaa", false },
		{ "^a{2,}$", "aaa", true },
		{ "^a{,2}$", "aaa", false },
		{ "^a{2,3}$", "aaaa", false },
		{ "^(ab){2,3}$", "ababab", true },
		{ "^a{0}b$", "b", true },
		{ "^a{2}{3}$", "aaaaaa", true },
		{ "^(a|)b$", "b", true },
		{ "^()*x$", "x", true },
		{ "a|^b|c$", "xxb", false },
		{ "a|^b|c$", "xxc", true },
		{ "a\\.b", "axb", false },
		{ "\\(a\\)", "(A)", true },
		{ "a\\|b", "a|b", true },
		{ "(^|/)x(/|$)", "a/x", true },
		{ "(^|/)x(/|$)", "a/xy", false },
	};

	expect_found("C.UTF-8", cases, ARRAY_SIZE(cases));
}

Test(filter_pattern, has_brackets_as_in_posix)
{
	static const struct found cases[] = {
		{ "^[abc]+$", "CAB", true },
		{ "^[^abc]+$", "xyz", true },
		{ "^[^abc]+$", "xAz", false },
		{ "^[a-c]$", "B", true },
		{ "^[A-C]$", "b", true },
		{ "^[]x]+$", "x]", true },
		{ "^[^]x]+$", "y]", false },
		{ "^[a-]+$", "-a", true },
		{ "^[[:digit:]]+$", "0189", true },
		{ "^[[:digit:]_]+$", "0_9", true },
		{ "^[[:digit:]]+$", "01a", false },
		{ "^[[:upper:]]$", "a", true },
		{ "^[^[:alpha:]]$", "a", false },
		{ "^[[.-.]]$", "-", true },
		{ "^[[=a=]b]$", "A", true },
		{ "^[\\.]$", "\\", true },
		{ "^[(|)]$", "|", true },
		{ "^[[.a.]-c]$", "b", true },
	};

	expect_found("C.UTF-8", cases, ARRAY_SIZE(cases));
}

Test(filter_pattern, knows_characters_beyond_ascii)
{
	static const struct found cases[] = {
		{ "^gr\xc3\x9c\xc3\x9f$", "GR\xc3\xbc\xc3\x9f", true },
		{ "^.$", "\xe2\x82\xac", true },
		{ "^[\xc3\xa4-\xc3\xb6]$", "\xc3\xa5", true },
		{ "^[\xc3\xa4]$", "\xc3\x84", true },
		{ "^[^\xc3\xa4]$", "\xc3\x84", false },
		{ "\xcf\x83$", "\xcf\x82", true },	/* both of the small sigmas */
	};

	expect_found("C.UTF-8", cases, ARRAY_SIZE(cases));
}

Test(filter_pattern, sees_hostile_bytes_as_they_are_shown)
{
	static const struct found shown[] = {
		{ "^a.b$", "a\xff" "b", true },
		{ "\x1b", "a\x1b", false },
		{ "^a\xef\xbf\xbd$", "a\x1b", true },
	};
	static const struct found ascii[] = {
		{ "^a\\?\\?$", "a\xc3\xa4", false },
		{ "^a[?]$", "a\xc3\xa4", true },
	};

	expect_found("C.UTF-8", shown, ARRAY_SIZE(shown));
	expect_found("C", ascii, ARRAY_SIZE(ascii));
}

Test(filter_pattern, says_where_it_is_wrong)
{
	static const struct {
		const char *pattern;
		size_t      at;
	} cases[] = {
		{ "(a", 0 },     { "a(b(c)", 1 }, { "a)", 1 },        { "a[b", 1 },
		{ "[[:x:]]", 1 }, { "[z-a]", 1 },  { "[[:alpha]", 1 }, { "[[.ab.]]", 1 },
		{ "*a", 0 },     { "a|+", 2 },    { "(?a)", 1 },      { "{2}", 0 },
		{ "a{", 1 },     { "a{x}", 1 },   { "a{2,1}", 1 },    { "a{256}", 1 },
		{ "a{1,256}", 1 }, { "a{}", 1 },  { "a{,}", 1 },      { "ab\\", 2 },
		{ "\\d", 0 },    { "(a)\\1", 3 }, { "a\\w", 1 },     { "a{99999999999999999}", 1 },
		{ "[[:", 1 },    { "[", 0 },      { "[]", 0 },        { "[^]", 0 },
		{ "[[==]]", 1 }, { "[[..]]", 1 }, { "[[:aaaaaaaaaaaaaaaaaaaaaa:]]", 1 },
	};
	const size_t before = strlen("cwd~\"");
	struct filter_error err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_assert_null(compiled(cases[i].pattern, &err), "%s is none", cases[i].pattern);
		cr_expect_eq(err.at, before + cases[i].at, "%s: at %zu", cases[i].pattern,
		             err.at - before);
		cr_expect(*err.message, "%s", cases[i].pattern);
	}
}

static void
repeat(struct text *t, const char *part, size_t times)
{
	for (size_t i = 0; i < times; i++)
		text_add(t, part);
}

Test(filter_pattern, is_bounded)
{
	static const struct {
		const char *head, *before, *middle, *after, *tail;
		size_t      times;
		bool        fine;
	} cases[] = {
		{ "", "(", "a", ")", "", 32, true },
		{ "", "(", "a", ")", "", 33, false },
		{ "", "(", "a", "+)", "", 9, true },
		{ "", "(", "a", "+){99}", "", 3, false },
		{ "", "a", "", "", "", 999, true },
		{ "", "a", "", "", "", 1000, false },
		{ "[", "a", "", "", "]", 1000, true },
		{ "[", "a", "", "", "]", 1001, false },
		{ "a", "*", "", "", "", 400, true },
		{ "", "()", "", "", "", 20000, true },
		{ "a", "{1}", "", "", "", 10000, true },
		{ "", "|", "", "", "", 10000, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter_error err = { .message = "" };
		struct filter *f;
		struct text t;

		text_init(&t);
		text_add(&t, cases[i].head);
		repeat(&t, cases[i].before, cases[i].times);
		text_add(&t, cases[i].middle);
		repeat(&t, cases[i].after, cases[i].times);
		text_add(&t, cases[i].tail);
		f = compiled(text_str(&t), &err);
		cr_expect_eq(f != NULL, cases[i].fine, "case %zu: %s", i, err.message);
		filter_free(f);
		text_done(&t);
	}
}

static double
cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* glibc takes from seconds to for ever for each of these. */
Test(filter_pattern, costs_a_bounded_time_whatever_it_is)
{
	static const char *const patterns[] = {
		"(a+)+$", "((a|)*){40}c", "(a|b|ab|ba|){60}c", "(a?){255}c", "((((a?)?)?)?){100}c",
		"(.*a){120}c", "(a|b)*a(a|b){200}c", "(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*c",
	};
	static char subject[4096];
	struct fixture x;
	struct filter_error err = { .message = "" };

	set_up(&x, "C.UTF-8");
	for (size_t i = 0; i + 2 < sizeof subject; i++)
		subject[i] = "ab"[i * i / 7 % 2];
	subject[sizeof subject - 2] = '!';
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		double before = cpu_seconds();
		struct filter *f = compiled(patterns[i], &err);

		cr_assert_not_null(f, "%s: %s", patterns[i], err.message);
		cr_expect_not(matches(&x, f, subject), "%s", patterns[i]);
		cr_expect_lt(cpu_seconds() - before, 2.0, "%s", patterns[i]);
		filter_free(f);
	}
	tear_down(&x);
}

/* ---- against regexec(3) ---- */

#define RANDOM_CASES 20000

static unsigned
rnd(uint64_t *state, unsigned n)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*state >> 33) % n;
}

static void add_random(struct text *t, uint64_t *state, unsigned depth);

static void
add_random_atom(struct text *t, uint64_t *state, unsigned depth)
{
	static const char *const atoms[] = { "a", "b", "c", ".", "[ab]", "[^a]", "[[:alpha:]]",
	                                     "\\.", "^", "$" };
	static const char *const repeats[] = { "",  "",  "",  "",    "*",
	                                       "+", "?", "{2}", "{0,2}", "{1,}" };
	size_t n = ARRAY_SIZE(atoms);
	unsigned which = rnd(state, (unsigned)n + 2);

	if (which >= n && depth < 3) {
		text_addc(t, '(');
		add_random(t, state, depth + 1);
		text_addc(t, ')');
	} else {
		text_add(t, atoms[which % n]);
	}
	/* A repeated anchor is undefined in POSIX, and \( * of nothing differs too. */
	if (which < n - 2)
		text_add(t, repeats[rnd(state, ARRAY_SIZE(repeats))]);
}

static void
add_random(struct text *t, uint64_t *state, unsigned depth)
{
	unsigned branches = 1 + rnd(state, 3) / 2;

	for (unsigned i = 0; i < branches; i++) {
		unsigned atoms = 1 + rnd(state, 4);

		if (i > 0)
			text_addc(t, '|');
		for (unsigned k = 0; k < atoms; k++)
			add_random_atom(t, state, depth);
	}
}

static void
fill_random(char *s, size_t size, uint64_t *state)
{
	size_t len = rnd(state, (unsigned)size);

	for (size_t i = 0; i < len; i++)
		s[i] = "aAbBc.x"[rnd(state, 7)];
	s[len] = '\0';
}

Test(filter_pattern, agrees_with_the_c_library)
{
	struct fixture x;
	struct filter_error err = { .message = "" };
	uint64_t state = 42;
	struct text t;
	char subject[12];

	set_up(&x, "C");
	text_init(&t);
	for (size_t i = 0; i < RANDOM_CASES; i++) {
		struct filter *f;
		regex_t re;
		bool want;

		text_clear(&t);
		add_random(&t, &state, 0);
		fill_random(subject, sizeof subject, &state);
		cr_assert_eq(regcomp(&re, text_str(&t), REG_EXTENDED | REG_ICASE | REG_NOSUB), 0,
		             "%s", text_str(&t));
		want = regexec(&re, subject, 0, NULL, 0) == 0;
		regfree(&re);
		f = compiled(text_str(&t), &err);
		cr_assert_not_null(f, "%s: %s", text_str(&t), err.message);
		cr_assert_eq(matches(&x, f, subject), want, "%s in %s: the library says %d",
		             text_str(&t), subject, want);
		filter_free(f);
	}
	text_done(&t);
	tear_down(&x);
}
