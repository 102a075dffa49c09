/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The choice of columns and their widths. */

#include <locale.h>

#include "made.h"
#include "view/columns.h"

static struct columns
parsed(const char *list)
{
	struct columns c;
	const char *bad;
	size_t len;

	cr_assert_eq(columns_parse(&c, list, &bad, &len), 0, "%s", list);
	return c;
}

Test(columns, are_parsed_in_the_order_given)
{
	struct columns c = parsed("process,lport,process");

	cr_assert_eq(c.count, 3);
	cr_expect_str_eq(c.field[0]->id, "process");
	cr_expect_str_eq(c.field[1]->id, "lport");
	cr_expect_str_eq(c.field[2]->id, "process");
}

Test(columns, errors_name_the_word)
{
	static const struct { const char *list; size_t at, len; } cases[] = {
		{ "", 0, 0 }, { "prot", 0, 4 }, { "pid,", 4, 0 }, { ",pid", 0, 0 },
		{ "pid,,fd", 4, 0 }, { "pid,prt,fd", 4, 3 }, { "pid, fd", 4, 3 }, { "PID", 0, 3 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct columns c = { .count = 77 };
		const char *bad = NULL;
		size_t len = 99;

		cr_expect_lt(columns_parse(&c, cases[i].list, &bad, &len), 0, "%s", cases[i].list);
		cr_expect_eq(bad, cases[i].list + cases[i].at, "%s", cases[i].list);
		cr_expect_eq(len, cases[i].len, "%s", cases[i].list);
		cr_expect_eq(c.count, 77, "%s: written on failure", cases[i].list);
	}
}

Test(columns, one_too_many_is_an_error)
{
	struct columns c;
	struct text list;
	const char *bad;
	size_t len;

	text_init(&list);
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		text_add(&list, i ? ",pid" : "pid");
	cr_expect_eq(columns_parse(&c, text_str(&list), &bad, &len), 0);
	text_add(&list, ",fd");
	cr_expect_lt(columns_parse(&c, text_str(&list), &bad, &len), 0);
	cr_expect_str_eq(bad, "fd");
	text_done(&list);
}

Test(columns, say_what_the_sample_must_hold)
{
	struct columns plain = parsed("lport,state"), owners = parsed("lport,pid");
	struct columns both = parsed("rtt,exe");

	cr_expect_eq(columns_needs(&plain), 0);
	cr_expect_eq(columns_needs(&owners), FIELD_OWNERS);
	cr_expect_eq(columns_needs(&both), FIELD_OWNERS | FIELD_FACTS | FIELD_INFO);
}

Test(columns, are_as_wide_as_title_and_content)
{
	struct sock s = made_sock(PROTO_TCP, STATE_LISTEN, "127.0.0.1", 5, NULL, 0);
	struct columns c = parsed("lport,local,state");
	struct snapshot snap;
	struct view_env env = { .snap = &snap };
	struct row r = { .sock = &s, .env = &env };

	made_snapshot(&snap);
	columns_measure_begin(&c, c.field[0], 2);
	cr_expect_eq(c.width[0], strlen("PORT") + 2, "the sorted column has room for its mark");
	cr_expect_eq(c.width[1], strlen("LOCAL"));
	columns_measure(&c, &r, 1, TEXT_UTF8);
	cr_expect_eq(c.width[0], strlen("PORT") + 2);
	cr_expect_eq(c.width[1], strlen("127.0.0.1:5"));
	cr_expect_eq(c.width[2], strlen("LISTEN"));
	snapshot_done(&snap);
}

static void
set_widths(struct columns *c, const size_t *width)
{
	memcpy(c->width, width, c->count * sizeof *width);
}

Test(columns, long_text_gives_way_first_then_other_text_numbers_never)
{
	static const struct {
		const char *what;
		size_t cells, fit;
		size_t width[4];
	} cases[] = {
		{ "no limit",            0,  4, { 21, 15, 40, 7 } },
		{ "room for all",        89, 4, { 21, 15, 40, 7 } },
		{ "one cell short",      88, 4, { 21, 15, 39, 7 } },
		{ "command at its least", 57, 4, { 21, 15, 8, 7 } },
		{ "then the name",       56, 4, { 21, 14, 8, 7 } },
		{ "all at their least",  49, 4, { 21, 7, 8, 7 } },
		{ "the last one goes",   48, 3, { 21, 15, 8, 7 } },
		{ "one column left",     29, 1, { 21, 15, 40, 7 } },
		{ "no column fits",      20, 0, { 21, 15, 40, 7 } },
	};
	static const size_t natural[4] = { 21, 15, 40, 7 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct columns c = parsed("local,process,command,pid");

		set_widths(&c, natural);
		cr_expect_eq(columns_fit(&c, cases[i].cells, 2), cases[i].fit, "%s", cases[i].what);
		for (size_t w = 0; w < cases[i].fit; w++)
			cr_expect_eq(c.width[w], cases[i].width[w], "%s: column %zu is %zu",
			             cases[i].what, w, c.width[w]);
	}
}

Test(columns, the_widest_long_text_gives_way_first)
{
	struct columns c = parsed("exe,command,cwd");
	static const size_t natural[3] = { 10, 60, 30 };

	set_widths(&c, natural);
	cr_expect_eq(columns_fit(&c, 54, 2), 3);
	cr_expect_eq(c.width[0], 10);
	cr_expect_eq(c.width[1] + c.width[2], 40);
	cr_expect(c.width[1] == 20 && c.width[2] == 20, "%zu and %zu", c.width[1], c.width[2]);
}

Test(columns, short_long_text_is_left_alone)
{
	struct columns c = parsed("command,pid");
	static const size_t natural[2] = { 7, 5 };

	set_widths(&c, natural);
	cr_expect_eq(columns_fit(&c, 14, 2), 2);
	cr_expect_eq(c.width[0], 7);
	cr_expect_eq(columns_fit(&c, 13, 2), 1);
	cr_expect_eq(c.width[0], 7);
}

Test(columns, every_result_of_fit_fits)
{
	for (size_t cells = 1; cells < 300; cells++) {
		struct columns c = parsed("proto,state,local,peer,pid,process,user,command,exe");
		static const size_t natural[9] = { 5, 11, 21, 47, 7, 15, 32, 90, 33 };
		size_t n, total = 0;

		set_widths(&c, natural);
		n = columns_fit(&c, cells, 2);
		for (size_t i = 0; i < n; i++)
			total += c.width[i] + (i > 0 ? 2 : 0);
		cr_expect_leq(total, cells, "%zu columns in %zu cells", n, cells);
		for (size_t i = 0; i < 5; i++)
			cr_expect_eq(c.width[i], natural[i], "column %zu in %zu cells", i, cells);
	}
}

static void
expect_cell(const char *field, const char *value, bool last, const char *want)
{
	struct columns c = parsed(field);
	struct text t;

	c.width[0] = 8;
	text_init(&t);
	columns_add_cell(&t, &c, 0, value, last, TEXT_UTF8);
	cr_expect_str_eq(text_str(&t), want, "%s: '%s'", field, value);
	text_done(&t);
}

Test(columns, cells_are_aligned_and_cut)
{
	expect_cell("process", "node", false, "node    ");
	expect_cell("process", "node", true, "node");
	expect_cell("pid", "42", false, "      42");
	expect_cell("pid", "42", true, "      42");
	expect_cell("pid", "", false, "        ");
	expect_cell("command", "server.js", false, "server.\xe2\x80\xa6");
}

#define WIDE "\xe5\xad\x97"	/* U+5B57 takes two cells */

Test(columns, wide_letters_are_not_split)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		cr_skip_test("there is no locale C.UTF-8");
	expect_cell("command", WIDE WIDE WIDE WIDE, false, WIDE WIDE WIDE WIDE);
	expect_cell("command", WIDE WIDE WIDE WIDE WIDE, false, WIDE WIDE WIDE "\xe2\x80\xa6 ");
}
