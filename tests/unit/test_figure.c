/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The table of figures is sound, and each value is written as people read it. */

#include <criterion/criterion.h>

#include <string.h>

#include "base/util.h"
#include "view/figure.h"

static const char *
written(enum figure f, uint64_t value)
{
	static struct text t;
	struct sock_detail d = { .congestion = "" };

	d.figure[f] = value;
	d.known[f] = true;
	text_clear(&t);
	figures[f].add(&t, &d, f);
	return text_str(&t);
}

/* Holds for every figure there is, and for the one you add tomorrow. */
Test(figure, table_is_sound)
{
	static const uint64_t values[] = { 0, 1, 255, UINT32_MAX, UINT64_MAX };

	for (enum figure f = 0; f < FIGURE_COUNT; f++) {
		const struct figure_row *r = &figures[f];

		if (f == FIG_RCV_WSCALE)
			continue;	/* told with the other one */
		cr_assert(r->id && r->add, "figure %d", f);
		cr_expect_lt(r->group, FIGURES_GROUPS);
		cr_expect_not_null(figure_groups[r->group]);
		for (enum figure g = 0; g < f; g++)
			cr_expect(!figures[g].id || figures[g].group != r->group ||
			          strcmp(figures[g].id, r->id) != 0, "two are called %s", r->id);
		for (size_t i = 0; i < ARRAY_SIZE(values); i++)
			cr_expect_str_not_empty(written(f, values[i]), "%s", r->id);
	}
}

Test(figure, is_written_by_its_kind)
{
	static const struct { enum figure f; uint64_t value; const char *text; } cases[] = {
		{ FIG_RTT, 31, "31us" }, { FIG_RTO, 204000, "204ms" }, { FIG_CWND, 10, "10" },
		{ FIG_RCVBUF, 131072, "128K" }, { FIG_PACING, 2048, "2.0K/s" }, { FIG_CA_STATE, 3, "recovery" },
		{ FIG_CA_STATE, 9, "9" }, { FIG_OPTIONS, 0x0b, "ts sack ecn" }, { FIG_OPTIONS, 0, "-" },
		{ FIG_SHUTDOWN, 3, "recv send" }, { FIG_TOS, 16, "0x10" }, { FIG_TIMER, TIMER_PROBE, "persist" },
		{ FIG_V6ONLY, 1, "yes" }, { FIG_SND_WSCALE, 7, "7,0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(written(cases[i].f, cases[i].value), cases[i].text, "%s",
		                 written(cases[i].f, cases[i].value));
}
