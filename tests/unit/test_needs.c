/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What a sample must hold for what is shown, filtered and sorted by. */

#include <criterion/criterion.h>
#include <string.h>

#include "app/needs.h"
#include "base/util.h"
#include "source/source.h"
#include "view/columns.h"

static const struct field *
field_of(const char *id)
{
	const struct field *f = field_find(id, strlen(id));

	cr_assert_not_null(f, "%s", id);
	return f;
}

#define DEAR (SOURCE_OWNERS | SOURCE_INFO | SOURCE_PLAIN | SOURCE_BARE)

Test(needs, a_sample_holds_what_is_shown_or_sorted_by_and_no_more)
{
	static const struct { const char *field; unsigned dear; } cases[] = {
		{ "local",       SOURCE_PLAIN | SOURCE_BARE },
		{ "recvq",       SOURCE_PLAIN | SOURCE_BARE },
		{ "rtt",         SOURCE_PLAIN | SOURCE_BARE | SOURCE_INFO },
		{ "role",        SOURCE_PLAIN },
		{ "clients",     SOURCE_PLAIN },
		{ "rx",          SOURCE_PLAIN | SOURCE_INFO },
		{ "pid",         SOURCE_PLAIN | SOURCE_OWNERS },
		{ "holder",      SOURCE_PLAIN | SOURCE_OWNERS },
		{ "app",         SOURCE_OWNERS },
		{ "peer_process", SOURCE_PLAIN | SOURCE_OWNERS },
		{ "warn",        SOURCE_OWNERS | SOURCE_INFO },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct field *f = field_of(cases[i].field);
		struct view_spec plain = { .sort = NULL }, sorted = { .sort = f };

		cr_expect_eq(needs_of(&plain, f->flags & FIELD_NEEDS) & DEAR, cases[i].dear, "%s shown: %#x",
		             f->id, needs_of(&plain, f->flags & FIELD_NEEDS) & DEAR);
		cr_expect_eq(needs_of(&sorted, 0) & DEAR, cases[i].dear, "by %s: %#x", f->id,
		             needs_of(&sorted, 0) & DEAR);
	}
}
