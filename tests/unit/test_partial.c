/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The sentences about what may be missing. */

#include <errno.h>

#include "made.h"
#include "view/partial.h"

struct fixture {
	struct snapshot snap;
	struct text     text;
};

static void
set_up(struct fixture *x)
{
	made_snapshot(&x->snap);
	text_init(&x->text);
}

static void
tear_down(struct fixture *x)
{
	text_done(&x->text);
	snapshot_done(&x->snap);
}

static void
expect_words(const struct text *t, const char *const *words)
{
	for (; *words; words++)
		cr_expect_not_null(strstr(text_str(t), *words), "no \"%s\" in: %s", *words,
		                   text_str(t));
}

Test(partial, a_whole_snapshot_needs_no_words)
{
	struct fixture x;

	set_up(&x);
	cr_expect_not(partial_add(&x.text, &x.snap));
	cr_expect_str_eq(text_str(&x.text), "");
	x.snap.hidden_tasks = 12;
	cr_expect_not(partial_add(&x.text, &x.snap), "hidden owners are said by each row");
	tear_down(&x);
}

Test(partial, every_shortfall_has_its_sentence)
{
	static const struct { struct shortfall why; const char *words[4]; } cases[] = {
		{ { SHORT_DUMP, PROTO_UDP, 6, EACCES, 0 }, { "IPv6", "UDP", "Permission denied" } },
		{ { SHORT_DUMP, PROTO_TCP, 4, ENOENT, 0 }, { "IPv4", "TCP", "No such file" } },
		{ { SHORT_INTERRUPTED, PROTO_TCP, 4, 0, 0 }, { "IPv4", "TCP", "may be missing" } },
		{ { SHORT_PROCFS, 0, 0, EPROTONOSUPPORT, 0 }, { "/proc/net", "not supported" } },
		{ { SHORT_UNREADABLE, 0, 0, 0, 1 }, { "1 process did" } },
		{ { SHORT_UNREADABLE, 0, 0, 0, 30 }, { "30 processes did" } },
		{ { SHORT_OWNERS, 0, 0, EACCES, 0 }, { "/proc", "Permission denied" } },
		{ { SHORT_PENDING, 0, 0, 0, 0 }, { "being read" } },
	};
	bool seen[SHORT_COUNT] = { false };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture x;

		set_up(&x);
		snapshot_short(&x.snap, &cases[i].why);
		cr_expect(partial_add(&x.text, &x.snap));
		expect_words(&x.text, cases[i].words);
		cr_expect_eq(x.text.s[x.text.len - 1], '.', "%s", text_str(&x.text));
		seen[cases[i].why.kind] = true;
		tear_down(&x);
	}
	for (size_t kind = 0; kind < SHORT_COUNT; kind++)
		cr_expect(seen[kind], "kind %zu is not tested", kind);
}

Test(partial, several_are_separated_by_blanks)
{
	static const struct shortfall dump = { SHORT_DUMP, PROTO_UDP, 6, EACCES, 0 };
	static const struct shortfall pending = { .kind = SHORT_PENDING };
	static const char *const words[] = { "IPv6", "). Processes are", NULL };
	struct fixture x;

	set_up(&x);
	snapshot_short(&x.snap, &dump);
	snapshot_short(&x.snap, &pending);
	cr_expect(partial_add(&x.text, &x.snap));
	expect_words(&x.text, words);
	tear_down(&x);
}
