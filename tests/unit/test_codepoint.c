/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The two tables of code points. That they are sorted is seen by every range being found. */

#include <criterion/criterion.h>

#include "base/codepoint.h"
#include "base/util.h"

/* Each range of CONTRACT and of the sanitizer's promise, with what stands before and behind it. */
Test(codepoint, what_cannot_be_seen_is_hidden)
{
	static const struct { uint32_t before, first, last, behind; const char *what; } cases[] = {
		{ 0x20, 0x00, 0x1f, 0x20, "C0" },
		{ 0x7e, 0x7f, 0x9f, 0xa0, "DEL, C1" },
		{ 0xac, 0xad, 0xad, 0xae, "soft hyphen" },
		{ 0x34e, 0x34f, 0x34f, 0x350, "grapheme joiner" },
		{ 0x61b, 0x61c, 0x61c, 0x61d, "Arabic letter mark" },
		{ 0x115e, 0x115f, 0x1160, 0x1161, "Hangul fillers" },
		{ 0x17b3, 0x17b4, 0x17b5, 0x17b6, "Khmer inherent vowels" },
		{ 0x180a, 0x180b, 0x180f, 0x1810, "Mongolian separators" },
		{ 0x200a, 0x200b, 0x200f, 0x2010, "zero width, joiners, marks" },
		{ 0x2027, 0x2028, 0x202e, 0x202f, "separators, embeddings, overrides" },
		{ 0x205f, 0x2060, 0x206f, 0x2070, "invisible operators, isolates" },
		{ 0x3163, 0x3164, 0x3164, 0x3165, "Hangul filler" },
		{ 0xd7ff, 0xd800, 0xdfff, 0xe000, "surrogates" },
		{ 0xfdcf, 0xfdd0, 0xfdef, 0xfdf0, "no characters" },
		{ 0xfdff, 0xfe00, 0xfe0f, 0xfe10, "variation selectors" },
		{ 0xfefe, 0xfeff, 0xfeff, 0xff00, "byte order mark" },
		{ 0xff9f, 0xffa0, 0xffa0, 0xffa1, "halfwidth filler" },
		{ 0xffef, 0xfff0, 0xfffb, 0xfffc, "annotation" },
		{ 0xfffd, 0xfffe, 0xffff, 0x10000, "no characters" },
		{ 0x1342f, 0x13430, 0x1343f, 0x13440, "Egyptian controls" },
		{ 0x1bc9f, 0x1bca0, 0x1bca3, 0x1bca4, "shorthand controls" },
		{ 0x1d172, 0x1d173, 0x1d17a, 0x1d17b, "musical controls" },
		{ 0xdfffd, 0xdfffe, 0xe0fff, 0xe1000, "tags, and no characters before them" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_expect_not(codepoint_hidden(cases[i].before), "before %s", cases[i].what);
		cr_expect_not(codepoint_hidden(cases[i].behind), "behind %s", cases[i].what);
		for (uint32_t cp = cases[i].first; cp <= cases[i].last; cp++)
			cr_expect(codepoint_hidden(cp), "U+%04X (%s)", cp, cases[i].what);
	}
}

Test(codepoint, the_last_two_of_every_plane_are_no_characters)
{
	for (uint32_t plane = 0; plane <= 16; plane++) {
		cr_expect(codepoint_hidden(plane << 16 | 0xfffe), "plane %u", plane);
		cr_expect(codepoint_hidden(plane << 16 | 0xffff), "plane %u", plane);
	}
	cr_expect(codepoint_hidden(0x110000));
	cr_expect(codepoint_hidden(UINT32_MAX));
}

Test(codepoint, what_can_be_read_is_not_hidden)
{
	static const uint32_t plain[] = {
		' ', '~', 0xa0, 0xe9, 0x3b1, 0x430, 0x5d0, 0x627, 0x905, 0xe01, 0x1100, 0x1161,
		0x2014, 0x2026, 0x2192, 0x2500, 0x2581, 0x3042, 0x4e2d, 0xac00, 0xe0a0, 0xfffc,
		0xfffd, 0x1f600, 0x20000,
	};

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		cr_expect_not(codepoint_hidden(plain[i]), "U+%04X", plain[i]);
		cr_expect_not(codepoint_mark(plain[i]), "U+%04X", plain[i]);
	}
}

/* One in each part of the table, with both of its ends. */
Test(codepoint, marks_are_known)
{
	static const uint32_t marks[] = {
		0x300, 0x308, 0x36f, 0x483, 0x489, 0x591, 0x64b, 0x670, 0x93c, 0xe31, 0xe4e,
		0x135d, 0x1ab0, 0x1dc0, 0x1dff, 0x20d0, 0x20dd, 0x20f0, 0x302a, 0x3099, 0xa66f,
		0xfb1e, 0xfe20, 0xfe2f, 0x101fd, 0x16af0, 0x1d165 + 2, 0x1e8d0, 0x1e944, 0x1e94a,
	};
	static const uint32_t none[] = { 0x2ff, 0x370, 0x482, 0x48a, 0x1e943, 0x1e94b, 0xfe1f, 0xfe30 };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		cr_expect(codepoint_mark(marks[i]), "U+%04X", marks[i]);
		cr_expect_not(codepoint_hidden(marks[i]), "U+%04X", marks[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		cr_expect_not(codepoint_mark(none[i]), "U+%04X", none[i]);
}
