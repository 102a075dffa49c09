/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* When the list of processes need not be read again. */

#include <criterion/criterion.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "source/listing.h"
#include "unit/tree.h"

/* A /proc whose reader is in the namespace that is given. */
static void
make_proc(struct tree *t, const char *namespace, const char *load)
{
	tree_init(t);
	tree_link(t, "self/ns/pid", namespace);
	tree_text(t, "loadavg", load);
}

Test(listing, holds_while_nobody_comes_or_goes)
{
	static const struct { const char *load; bool holds; } steps[] = {
		{ "0.00 0.01 0.05 1/100 4711\n", false },	/* none was read yet */
		{ "0.00 0.01 0.05 1/100 4711\n", true },
		{ "0.90 0.30 0.10 3/100 4711\n", true },	/* the load alone */
		{ "0.00 0.01 0.05 1/101 4712\n", false },	/* one came */
		{ "0.00 0.01 0.05 1/101 4712\n", true },
		{ "0.00 0.01 0.05 1/100 4712\n", false },	/* one went */
		{ "0.00 0.01 0.05 1/100 4713\n", false },	/* one came, and one went */
		{ "0.00 0.01 0.05 1/100 471\n", false },
		{ "0.00 0.01 0.05\n", false },
		{ "0.00 0.01 0.05\n", false },
		{ "", false },
		{ "", false },
		{ "0.00 0.01 0.05 1/100 471\n", false },
		{ "0.00 0.01 0.05 1/100 471\n", true },
	};
	struct listing l;
	struct tree t;

	make_proc(&t, "pid:[4026531836]", "");
	listing_init(&l, t.fd);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		tree_text(&t, "loadavg", steps[i].load);
		cr_expect_eq(listing_holds(&l), steps[i].holds, "step %zu", i);
	}
	listing_done(&l);
	tree_done(&t);
}

Test(listing, is_read_again_now_and_then_all_the_same)
{
	unsigned held = 0;
	struct listing l;
	struct tree t;

	make_proc(&t, "pid:[4026531836]", "0.00 0.01 0.05 1/100 4711\n");
	listing_init(&l, t.fd);
	for (int i = 0; i < 20; i++)
		held += listing_holds(&l);
	cr_expect_eq(held, 16, "%u of 20", held);
	listing_done(&l);
	tree_done(&t);
}

Test(listing, does_not_hold_where_it_could_not_be_read)
{
	struct listing l;
	struct tree t;

	make_proc(&t, "pid:[4026531836]", "0.00 0.01 0.05 1/100 4711\n");
	listing_init(&l, t.fd);
	cr_expect_not(listing_holds(&l));
	listing_forget(&l);
	cr_expect_not(listing_holds(&l));
	cr_expect(listing_holds(&l));
	listing_done(&l);
	tree_done(&t);
}

Test(listing, of_another_namespace_nothing_is_known)
{
	static const char *const others[] = { "pid:[4026532208]", "pid:[40265318361]", "pid:[402653183]", "" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct listing l;
		struct tree t;

		make_proc(&t, *others[i] ? others[i] : "nowhere", "0.00 0.01 0.05 1/100 4711\n");
		listing_init(&l, t.fd);
		cr_expect_not(listing_holds(&l));
		cr_expect_not(listing_holds(&l), "%s", others[i]);
		listing_done(&l);
		tree_done(&t);
	}
}
