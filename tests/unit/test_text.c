/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Text: growth, widths, THE sanitizer, numbers in both directions, and the search. */

#include <criterion/criterion.h>

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/codepoint.h"
#include "base/text.h"
#include "base/util.h"

#define BAD    "\xef\xbf\xbd"	/* U+FFFD */
#define DOTS   "\xe2\x80\xa6"	/* U+2026 */
#define ACUTE  "\xcc\x81"	/* U+0301, combining */
#define WIDE   "\xe4\xb8\xad"	/* U+4E2D, two cells */
#define STR(s) s, sizeof s - 1

static void
use_locale(const char *name)
{
	cr_assert_not_null(setlocale(LC_ALL, name), "there is no locale %s", name);
}

static void
utf8(void)
{
	use_locale("C.UTF-8");
}

/* The UTF-8 of a code point; returns its length. */
static size_t
encode(uint32_t cp, char out[5])
{
	static const struct { uint32_t end; unsigned char lead; } sizes[] = {
		{ 0x80, 0 }, { 0x800, 0xc0 }, { 0x10000, 0xe0 }, { UINT32_MAX, 0xf0 },
	};
	size_t more = 0;

	while (cp >= sizes[more].end)
		more++;
	out[0] = (char)(sizes[more].lead | cp >> (6 * more));
	for (size_t i = 1; i <= more; i++)
		out[i] = (char)(0x80 | (cp >> (6 * (more - i)) & 0x3f));
	out[more + 1] = '\0';
	return more + 1;
}

/* ------------------------------------------------------------------ growth */

Test(text, grows_and_stays_terminated)
{
	struct text t;

	text_init(&t);
	cr_expect_str_eq(text_str(&t), "");
	for (size_t i = 0; i < 10000; i++) {
		text_addc(&t, 'x');
		cr_assert_eq(t.len, i + 1);
		cr_assert_eq(t.s[t.len], '\0');
	}
	text_cut(&t, 20000);
	cr_expect_eq(t.len, 10000, "a cut never lengthens");
	text_cut(&t, 3);
	cr_expect_str_eq(text_str(&t), "xxx");
	text_clear(&t);
	cr_expect_str_eq(text_str(&t), "");
	text_done(&t);
	text_done(&t);
	cr_expect_str_eq(text_str(&t), "");
}

Test(text, an_untouched_one_can_be_cut)
{
	struct text t;

	text_init(&t);
	text_cut(&t, 0);
	text_clear(&t);
	text_done(&t);
}

Test(text, adds_in_every_way)
{
	struct text t;

	text_init(&t);
	text_add(&t, "a");
	text_add(&t, "");
	text_addn(&t, NULL, 0);
	text_addn(&t, "bcd", 2);
	text_fill(&t, '.', 3);
	text_fill(&t, '!', 0);
	text_addf(&t, "%s-%d", "e", 5);
	text_addf(&t, "%s", "");
	cr_expect_str_eq(text_str(&t), "abc...e-5");
	cr_expect_eq(t.len, 9);
	text_done(&t);
}

/* Each length around each size of the buffer: the one that just fits, and the one that does not. */
Test(text, formats_any_length)
{
	char word[200];

	for (size_t len = 0; len < sizeof word; len++) {
		struct text t;

		memset(word, 'w', len);
		word[len] = '\0';
		text_init(&t);
		text_addf(&t, "%s", word);
		text_addf(&t, "%s", word);
		cr_expect_eq(t.len, 2 * len);
		cr_expect_eq(strlen(text_str(&t)), 2 * len);
		text_done(&t);
	}
}

/* ----------------------------------------------------------------- decoding */

Test(text, decodes_every_scalar_value)
{
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		char s[5];
		uint32_t got;
		size_t len;

		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		len = encode(cp, s);
		cr_assert_eq(text_decode(s, len, &got), len, "U+%04X", cp);
		cr_assert_eq(got, cp, "U+%04X became U+%04X", cp, got);
	}
}

Test(text, refuses_what_is_no_utf8)
{
	static const struct { const char *what, *s; size_t len; } cases[] = {
		{ "a lone continuation", STR("\x80") },
		{ "C1 as a byte", STR("\x9b") },
		{ "overlong in two", STR("\xc0\x80") },
		{ "overlong in two, the last", STR("\xc1\xbf") },
		{ "overlong in three", STR("\xe0\x9f\xbf") },
		{ "overlong in four", STR("\xf0\x8f\xbf\xbf") },
		{ "the first surrogate", STR("\xed\xa0\x80") },
		{ "the last surrogate", STR("\xed\xbf\xbf") },
		{ "over U+10FFFF", STR("\xf4\x90\x80\x80") },
		{ "five bytes", STR("\xf8\x88\x80\x80\x80") },
		{ "0xfe", STR("\xfe") },
		{ "0xff", STR("\xff") },
		{ "cut after one of two", STR("\xc3") },
		{ "cut after two of three", STR("\xe2\x82") },
		{ "cut after three of four", STR("\xf0\x9f\x98") },
		{ "two, then a letter", STR("\xc3" "A") },
		{ "three, then a letter", STR("\xe2\x82" "A") },
		{ "a NUL inside", STR("\xc3\0") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t got = 0;

		cr_expect_eq(text_decode(cases[i].s, cases[i].len, &got), 1, "%s", cases[i].what);
		cr_expect_eq(got, UINT32_MAX, "%s", cases[i].what);
	}
}

Test(text, decodes_nothing_from_nothing)
{
	uint32_t got = 0;

	cr_expect_eq(text_decode("", 0, &got), 0);
	cr_expect_eq(got, UINT32_MAX);
}

/* -------------------------------------------------------------------- width */

Test(text, width_counts_cells, .init = utf8)
{
	static const struct { const char *s; size_t width; } cases[] = {
		{ "", 0 }, { "abc", 3 }, { "e" ACUTE, 1 }, { WIDE, 2 }, { "a" WIDE "b", 4 },
		{ BAD, 1 }, { DOTS, 1 }, { "\xf0\x9f\x98\x80", 2 }, { "\xe1\x84\x80\xe1\x85\xa1", 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(text_width(cases[i].s), cases[i].width, "case %zu: %zu", i,
			     text_width(cases[i].s));
}

Test(text, width_is_never_negative, .init = utf8)
{
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++)
		cr_assert_leq(text_cp_width(cp), 2, "U+%04X", cp);
	cr_expect_eq(text_cp_width(UINT32_MAX), 1);
}

Test(text, charset_is_that_of_the_locale)
{
	use_locale("C");
	cr_expect_eq(text_charset_of_locale(), TEXT_ASCII);
	use_locale("C.UTF-8");
	cr_expect_eq(text_charset_of_locale(), TEXT_UTF8);
}

Test(text, fit_cuts_with_an_ellipsis_and_splits_no_character, .init = utf8)
{
	static const struct {
		const char *s;
		size_t cells;
		enum text_charset cs;
		const char *want;
		size_t filled;
	} cases[] = {
		{ "abc", 3, TEXT_UTF8, "abc", 3 },
		{ "abc", 9, TEXT_UTF8, "abc", 3 },
		{ "abc", 2, TEXT_UTF8, "a" DOTS, 2 },
		{ "abc", 2, TEXT_ASCII, "a~", 2 },
		{ "abc", 1, TEXT_UTF8, DOTS, 1 },
		{ "abc", 0, TEXT_UTF8, "", 0 },
		{ "", 0, TEXT_UTF8, "", 0 },
		{ "", 5, TEXT_UTF8, "", 0 },
		{ WIDE WIDE, 4, TEXT_UTF8, WIDE WIDE, 4 },
		{ WIDE WIDE, 3, TEXT_UTF8, WIDE DOTS, 3 },
		{ WIDE WIDE, 2, TEXT_UTF8, DOTS, 1 },
		{ WIDE, 1, TEXT_UTF8, DOTS, 1 },
		{ "e" ACUTE "fg", 2, TEXT_UTF8, "e" ACUTE DOTS, 2 },
		{ "ae" ACUTE, 2, TEXT_UTF8, "ae" ACUTE, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct text t;
		size_t filled;

		text_init(&t);
		filled = text_add_fit(&t, cases[i].s, cases[i].cells, cases[i].cs);
		cr_expect_str_eq(text_str(&t), cases[i].want, "case %zu: \"%s\"", i, text_str(&t));
		cr_expect_eq(filled, cases[i].filled, "case %zu: %zu cells", i, filled);
		cr_expect_eq(text_width(text_str(&t)), filled, "case %zu", i);
		text_done(&t);
	}
}

Test(text, is_cut_behind_a_word_if_there_is_room_for_one)
{
	static const struct { const char *s; size_t cells; enum text_charset cs; const char *cut; } cases[] = {
		{ "some words here", 15, TEXT_UTF8, "some words here" },
		{ "some words here", 14, TEXT_UTF8, "some words…" },
		{ "some words here", 14, TEXT_ASCII, "some words~" },
		{ "some words here", 11, TEXT_UTF8, "some…" },
		{ "some words here", 4, TEXT_UTF8, "som…" },
		{ "some words here", 1, TEXT_UTF8, "…" },
		{ "some words here", 0, TEXT_UTF8, "" },
		{ "", 4, TEXT_UTF8, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct text t;
		size_t filled;

		text_init(&t);
		text_add(&t, "x");
		filled = text_add_fit_words(&t, cases[i].s, cases[i].cells, cases[i].cs);
		cr_expect_str_eq(text_str(&t) + 1, cases[i].cut, "%zu cells: %s", cases[i].cells, text_str(&t));
		cr_expect_eq(filled, text_width(cases[i].cut), "%zu cells", cases[i].cells);
		text_done(&t);
	}
}

Test(text, fit_in_place_is_the_same_as_adding_what_fits, .init = utf8)
{
	static const char *const strings[] = { "", "abc", WIDE WIDE, "e" ACUTE "fg", "a" WIDE "b" };

	for (size_t i = 0; i < ARRAY_SIZE(strings) * 8; i++) {
		const char *s = strings[i / 8];
		size_t cells = i % 8, added, fitted;
		struct text a, b;

		text_init(&a);
		text_init(&b);
		text_add(&a, "before");
		text_add(&b, "before");
		added = text_add_fit(&a, s, cells, TEXT_UTF8);
		text_add(&b, s);
		fitted = text_fit(&b, strlen("before"), cells, TEXT_UTF8);
		cr_expect_str_eq(text_str(&b), text_str(&a), "\"%s\" in %zu", s, cells);
		cr_expect_eq(fitted, added, "\"%s\" in %zu", s, cells);
		text_done(&a);
		text_done(&b);
	}
}

/* Each place of the byte, and each length, around what is looked at together. */
Test(text, is_plain_where_no_byte_is_of_a_longer_character)
{
	for (size_t len = 0; len < 20; len++) {
		struct text t;

		text_init(&t);
		text_add(&t, "\xc3\xa9");
		text_fill(&t, 'x', len);
		cr_expect(text_is_plain(&t, 2), "%zu", len);
		cr_expect_not(text_is_plain(&t, 0), "%zu", len);
		for (size_t i = 0; i < len; i++) {
			t.s[2 + i] = (char)0xc3;
			cr_expect_not(text_is_plain(&t, 2), "%zu of %zu", i, len);
			t.s[2 + i] = 'x';
		}
		text_done(&t);
	}
}

Test(text, indent_moves_the_rest_alone)
{
	struct text t;

	text_init(&t);
	text_add(&t, "abcd");
	text_indent(&t, 2, 3);
	cr_expect_str_eq(text_str(&t), "ab   cd");
	text_indent(&t, 7, 1);
	text_indent(&t, 0, 0);
	cr_expect_str_eq(text_str(&t), "ab   cd ");
	cr_expect_eq(t.len, 8);
	text_done(&t);
}

/* ---------------------------------------------------------------- sanitizer */

struct safe_case {
	const char *what;
	const char *s;
	size_t      len;
	const char *utf8;
	const char *ascii;
};

static const struct safe_case safe_cases[] = {
	{ "nothing", STR(""), "", "" },
	{ "nothing at all", NULL, 0, "", "" },
	{ "plain", STR("node server.js ~!"), "node server.js ~!", "node server.js ~!" },
	{ "letters", STR("caf\xc3\xa9"), "caf\xc3\xa9", "caf?" },
	{ "wide", STR(WIDE), WIDE, "?" },
	{ "escape", STR("a\x1b[2Jb"), "a" BAD "[2Jb", "a?[2Jb" },
	{ "newline, tab, return", STR("a\nb\tc\rd"), "a" BAD "b" BAD "c" BAD "d", "a?b?c?d" },
	{ "a NUL", STR("a\0b"), "a" BAD "b", "a?b" },
	{ "DEL", STR("\x7f"), BAD, "?" },
	{ "C1 as a byte", STR("\x9b" "31m"), BAD "31m", "?31m" },
	{ "C1 in UTF-8", STR("\xc2\x9b" "31m"), BAD "31m", "?31m" },
	{ "Latin-1", STR("caf\xe9!"), "caf" BAD "!", "caf?!" },
	{ "each bad byte by itself", STR("\xff\xfe\xc3"), BAD BAD BAD, "???" },
	{ "overlong slash", STR("\xc0\xaf"), BAD BAD, "??" },
	{ "a surrogate", STR("\xed\xa0\x80"), BAD BAD BAD, "???" },
	{ "a cut sequence", STR("\xe2\x82"), BAD BAD, "??" },
	{ "right-to-left override", STR("\xe2\x80\xae" "gpj.exe"), BAD "gpj.exe", "?gpj.exe" },
	{ "isolate", STR("\xe2\x81\xa6"), BAD, "?" },
	{ "Arabic letter mark", STR("\xd8\x9c"), BAD, "?" },
	{ "zero width space", STR("no\xe2\x80\x8b" "de"), "no" BAD "de", "no?de" },
	{ "zero width joiner", STR("a\xe2\x80\x8d" "b"), "a" BAD "b", "a?b" },
	{ "byte order mark", STR("\xef\xbb\xbfnode"), BAD "node", "?node" },
	{ "soft hyphen", STR("no\xc2\xad" "de"), "no" BAD "de", "no?de" },
	{ "blank filler", STR("\xe3\x85\xa4"), BAD, "?" },
	{ "tag", STR("a\xf3\xa0\x81\xa1"), "a" BAD, "a?" },
	{ "variation selector", STR("\xe2\x9d\xa4\xef\xb8\x8f"), "\xe2\x9d\xa4" BAD, "??" },
	{ "line separator", STR("a\xe2\x80\xa8" "b"), "a" BAD "b", "a?b" },
	{ "no character", STR("\xef\xbf\xbf"), BAD, "?" },
	{ "one mark", STR("e" ACUTE), "e" ACUTE, "e?" },
	{ "two marks", STR("e" ACUTE ACUTE), "e" ACUTE ACUTE, "e??" },
	{ "many marks", STR("e" ACUTE ACUTE ACUTE ACUTE "f"), "e" ACUTE ACUTE "f", "e??f" },
	{ "marks start anew", STR("e" ACUTE ACUTE ACUTE "f" ACUTE), "e" ACUTE ACUTE "f" ACUTE, "e??f?" },
	{ "a mark without a base", STR(ACUTE "a"), BAD "a", "?a" },
	{ "the lost mark is a base", STR(ACUTE ACUTE), BAD ACUTE, "??" },
	{ "a mark on what was bad", STR("\x01" ACUTE), BAD ACUTE, "??" },
	{ "a mark on a letter that is not ASCII", STR("\xc3\xa9" ACUTE), "\xc3\xa9" ACUTE, "??" },
};

static void
expect_safe(const struct safe_case *c, enum text_charset cs, const char *want)
{
	struct text t;

	text_init(&t);
	text_add(&t, "=");	/* what stands there before is no base */
	text_add_safe(&t, c->s, c->len, cs);
	cr_expect_str_eq(text_str(&t) + 1, want, "%s: \"%s\"", c->what, text_str(&t) + 1);
	text_done(&t);
}

Test(text, safe_replaces_what_could_mislead, .init = utf8)
{
	for (size_t i = 0; i < ARRAY_SIZE(safe_cases); i++) {
		expect_safe(&safe_cases[i], TEXT_UTF8, safe_cases[i].utf8);
		expect_safe(&safe_cases[i], TEXT_ASCII, safe_cases[i].ascii);
	}
}

/* JSON is UTF-8 where the terminal is not. */
Test(text, safe_is_the_same_in_the_c_locale)
{
	use_locale("C");
	for (size_t i = 0; i < ARRAY_SIZE(safe_cases); i++) {
		expect_safe(&safe_cases[i], TEXT_UTF8, safe_cases[i].utf8);
		expect_safe(&safe_cases[i], TEXT_ASCII, safe_cases[i].ascii);
	}
}

Test(text, safe_leaves_nothing_that_the_terminal_has_no_cell_for, .init = utf8)
{
	struct text t;

	text_init(&t);
	text_add_safe(&t, STR("\xcd\xb8"), TEXT_UTF8);	/* U+0378 is not assigned */
	cr_expect_str_eq(text_str(&t), BAD);
	text_done(&t);
}

/* What the result must be, whatever went in. */
static void
expect_sound(const struct text *t, enum text_charset cs)
{
	uint32_t cp;
	size_t used;

	cr_assert_eq(strlen(text_str(t)), t->len, "a NUL went through");
	for (size_t i = 0; i < t->len; i += used) {
		used = text_decode(t->s + i, t->len - i, &cp);
		cr_assert_neq(cp, UINT32_MAX, "invalid at %zu", i);
		cr_assert_not(codepoint_hidden(cp), "U+%04X at %zu", cp, i);
		cr_assert(cs == TEXT_UTF8 || (cp >= 0x20 && cp < 0x7f), "U+%04X", cp);
	}
}

static void
expect_sound_from_noise(void)
{
	/* Bytes that make sequences likely. */
	static const unsigned char likely[] = {
		'a', ' ', 0x1b, 0x80, 0x8b, 0x9b, 0xa0, 0xae, 0xbf, 0xc2, 0xcc, 0xcd, 0xe0, 0xe2,
		0xed, 0xef, 0xf0, 0xf3, 0xf4, 0xff, 0x81, 0x90, 0x00, 0x0a,
	};
	uint32_t seed = 20261123;
	char noise[64];
	struct text t;

	text_init(&t);
	for (size_t turn = 0; turn < 50000; turn++) {
		for (size_t i = 0; i < sizeof noise; i++) {
			seed = seed * 1664525 + 1013904223;
			noise[i] = seed >> 31 ? (char)(seed >> 16)
					      : (char)likely[(seed >> 16) % sizeof likely];
		}
		for (int cs = TEXT_ASCII; cs <= TEXT_UTF8; cs++) {
			text_clear(&t);
			text_add_safe(&t, noise, turn % sizeof noise, (enum text_charset)cs);
			expect_sound(&t, (enum text_charset)cs);
		}
	}
	text_done(&t);
}

Test(text, safe_makes_any_bytes_sound)
{
	use_locale("C");
	expect_sound_from_noise();
	use_locale("C.UTF-8");
	expect_sound_from_noise();
}

Test(text, safe_twice_is_safe_once, .init = utf8)
{
	for (size_t i = 0; i < ARRAY_SIZE(safe_cases); i++) {
		struct text once, twice;

		text_init(&once);
		text_init(&twice);
		text_add_safe(&once, safe_cases[i].s, safe_cases[i].len, TEXT_UTF8);
		text_add_safe(&twice, text_str(&once), once.len, TEXT_UTF8);
		cr_expect_str_eq(text_str(&twice), text_str(&once), "%s", safe_cases[i].what);
		text_done(&once);
		text_done(&twice);
	}
}

/* ------------------------------------------------------------------ numbers */

/* Each power of ten, and what is one less. */
Test(text, numbers_are_all_their_digits)
{
	uint64_t n = 1;
	struct text t;

	text_init(&t);
	for (size_t digits = 1; digits <= TEXT_DIGITS; digits++, n *= 10) {
		for (uint64_t off = 0; off < 2; off++) {
			char want[TEXT_DIGITS + 1];
			size_t len = (size_t)snprintf(want, sizeof want, "%" PRIu64, n - off);

			text_clear(&t);
			text_add_number(&t, n - off);
			cr_expect_str_eq(text_str(&t), want);
			cr_expect_eq(text_digits(n - off), len, "%s", want);
		}
	}
	text_clear(&t);
	text_add_number(&t, UINT64_MAX);
	cr_expect_str_eq(text_str(&t), "18446744073709551615");
	cr_expect_eq(text_digits(UINT64_MAX), TEXT_DIGITS);
	text_done(&t);
}

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)
#define GIB (MIB * KIB)
#define EIB (GIB * GIB)

Test(text, sizes_are_rounded_and_have_five_cells_at_most)
{
	static const struct { uint64_t bytes; const char *want; } cases[] = {
		{ 0, "0" }, { 1, "1" }, { 999, "999" }, { 1000, "1000" }, { 1023, "1023" },
		{ 1024, "1.0K" }, { 1075, "1.0K" }, { 1076, "1.1K" }, { 1229, "1.2K" },
		{ 10188, "9.9K" }, { 10189, "10K" }, { 10240, "10K" }, { 10751, "10K" },
		{ 10752, "11K" }, { 34 * KIB, "34K" }, { 1023 * KIB, "1023K" },
		{ 1023 * KIB + 511, "1023K" }, { 1023 * KIB + 512, "1.0M" }, { MIB - 1, "1.0M" },
		{ MIB, "1.0M" }, { 5 * GIB, "5.0G" }, { GIB - 1, "1.0G" }, { GIB * KIB, "1.0T" },
		{ 1023 * GIB * KIB, "1023T" }, { GIB * MIB, "1.0P" }, { EIB - 1, "1.0E" },
		{ EIB, "1.0E" }, { UINT64_MAX, "16E" },
	};
	struct text t;

	text_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		text_clear(&t);
		text_add_size(&t, cases[i].bytes);
		cr_expect_str_eq(text_str(&t), cases[i].want, "%zu: %s, not %s",
				 (size_t)cases[i].bytes, text_str(&t), cases[i].want);
	}
	for (unsigned shift = 0; shift < 64; shift++) {
		for (uint64_t by = 0; by < 2000; by++) {
			text_clear(&t);
			text_add_size(&t, (UINT64_MAX >> shift) / 2001 * by);
			cr_assert_leq(t.len, 5, "%s", text_str(&t));
		}
	}
	text_done(&t);
}

Test(text, a_duration_has_two_units_at_most)
{
	static const struct { uint64_t seconds; const char *want; } cases[] = {
		{ 0, "0s" }, { 41, "41s" }, { 59, "59s" }, { 60, "1m" }, { 61, "1m 1s" },
		{ 540, "9m" }, { 3599, "59m 59s" }, { 3600, "1h" }, { 3659, "1h" }, { 3660, "1h 1m" },
		{ 7440, "2h 4m" }, { 86399, "23h 59m" }, { 86400, "1d" }, { 90000, "1d 1h" },
		{ 266400, "3d 2h" }, { 40000000, "462d 23h" },
	};
	struct text t;

	text_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		text_clear(&t);
		text_add_duration(&t, cases[i].seconds);
		cr_expect_str_eq(text_str(&t), cases[i].want, "%s", text_str(&t));
	}
	text_done(&t);
}

Test(text, uint_is_digits_alone)
{
	static const struct { const char *s; size_t len; uint64_t max; int r; uint64_t want; } cases[] = {
		{ STR("0"), 65535, 0, 0 },
		{ STR("007"), 65535, 0, 7 },
		{ STR("65535"), 65535, 0, 65535 },
		{ STR("65536"), 65535, -ERANGE, 0 },
		{ STR("18446744073709551615"), UINT64_MAX, 0, UINT64_MAX },
		{ STR("18446744073709551616"), UINT64_MAX, -ERANGE, 0 },
		{ STR("99999999999999999999999"), UINT64_MAX, -ERANGE, 0 },
		{ STR("99999999999999999999999x"), UINT64_MAX, -EINVAL, 0 },
		{ STR(""), 9, -EINVAL, 0 },
		{ STR("-1"), 9, -EINVAL, 0 },
		{ STR("+1"), 9, -EINVAL, 0 },
		{ STR(" 1"), 9, -EINVAL, 0 },
		{ STR("1 "), 9, -EINVAL, 0 },
		{ STR("0x1"), 9, -EINVAL, 0 },
		{ STR("1\0"), 9, -EINVAL, 0 },
		{ "12345", 2, 99, 0, 12 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t got = 4711;
		int r = text_to_uint(cases[i].s, cases[i].len, cases[i].max, &got);

		cr_expect_eq(r, cases[i].r, "case %zu: %d", i, r);
		cr_expect_eq(got, r == 0 ? cases[i].want : 4711, "case %zu", i);
	}
}

Test(text, seconds_have_a_point_in_every_locale)
{
	static const struct { const char *s; int r; double want; } cases[] = {
		{ "2", 0, 2 }, { "0.1", 0, 0.1 }, { ".5", 0, 0.5 }, { "3.", 0, 3 }, { "0", 0, 0 },
		{ "0.25", 0, 0.25 }, { "3600", 0, 3600 }, { "0.123456789999", 0, 0.123456789 },
		{ "", -EINVAL, 0 }, { ".", -EINVAL, 0 }, { "-1", -EINVAL, 0 }, { "+1", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 }, { "0x1", -EINVAL, 0 }, { "nan", -EINVAL, 0 },
		{ "inf", -EINVAL, 0 }, { "1,5", -EINVAL, 0 }, { " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 }, { "1.2.3", -EINVAL, 0 }, { "1..2", -EINVAL, 0 },
	};
	char huge[400];
	double got;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int r;

		got = 4711;
		r = text_to_seconds(cases[i].s, &got);
		cr_expect_eq(r, cases[i].r, "\"%s\": %d", cases[i].s, r);
		cr_expect_float_eq(got, r == 0 ? cases[i].want : 4711, 1e-12, "\"%s\"", cases[i].s);
	}
	memset(huge, '9', sizeof huge - 1);
	huge[sizeof huge - 1] = '\0';
	cr_expect_eq(text_to_seconds(huge, &got), -EINVAL);
}

/* ------------------------------------------------------------------- search */

Test(text, contains_ignores_case, .init = utf8)
{
	static const struct { const char *hay; size_t len; const char *needle; bool want; } cases[] = {
		{ STR("node server.js"), "NODE", true },
		{ STR("Node"), "node", true },
		{ STR("node"), "", true },
		{ STR(""), "", true },
		{ STR(""), "a", false },
		{ STR("nod"), "node", false },
		{ STR("nonode"), "node", true },
		{ STR("aab"), "ab", true },
		{ STR("ababac"), "abac", true },
		{ STR("x_node"), "NODE", true },
		{ "node", 3, "node", false },
		{ STR("a[b"), "a{b", false },
		{ STR("a@b"), "a`b", false },
		{ STR("a\0node"), "node", true },
		{ STR("Caf\xc3\xa9"), "CAF\xc3\x89", true },
		{ STR("\xc3\x84pfel"), "\xc3\xa4PFEL", true },
		{ STR("\xce\xa3\xce\x91\xce\xa3"), "\xcf\x83\xce\xb1\xcf\x82", true },
		{ STR("\xd0\x96"), "\xd0\xb6", true },
		{ STR("\xe2\x84\xaa"), "k", true },
		{ STR("k"), "\xe2\x84\xaa", true },
		{ STR("\xc3\xa9"), "e", false },
		{ STR("\xff" "a"), "\xff" "A", true },
		{ STR("\xfe"), "\xff", false },
		{ STR("\xc3\xa9"), "\xc3", true },
		{ STR("a\xc3\xa9"), "\xc3\x89x", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(text_contains(cases[i].hay, cases[i].len, cases[i].needle), cases[i].want,
			     "case %zu: \"%s\" in \"%s\"", i, cases[i].needle, cases[i].hay);
}

Test(text, contains_works_in_the_c_locale)
{
	use_locale("C");
	cr_expect(text_contains(STR("Caf\xc3\xa9"), "caf\xc3\xa9"));
	cr_expect(text_contains(STR("NODE"), "node"));
	cr_expect_not(text_contains(STR("\xc3\x89"), "\xc3\xa9"), "it knows ASCII alone");
}
