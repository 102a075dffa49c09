/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* y and Y: what is handed to the loop, when, and what is said. */

#include "ui/clip.h"
#include "ui_made.h"

TestSuite(copy, .init = made_ui_use_utf8);

Test(copy, hands_over_the_address)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "0.0.0.0", 3000, 1);
	made_ui_take(&x);
	made_ui_keys(&x, "y");
	cr_expect(x.fx & FX_COPY);
	cr_expect_str_eq(text_str(ui_copied(x.ui)), "127.0.0.1:3000");
	expect_shown(&x, "Copied 127.0.0.1:3000, if the terminal lets programs copy (OSC 52).");
	made_ui_close(&x);
}

/* Of what no column shows the last sample may know nothing. */
Test(copy, waits_for_a_sample_that_has_all_fields)
{
	struct made_ui x;
	const struct row *row;
	unsigned needs;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	made_ui_listen(&x, "127.0.0.1", 3001, 2);
	made_ui_take(&x);
	needs = ui_needs(x.ui);
	made_ui_keys(&x, "Down Y");
	cr_expect(x.fx & FX_RESAMPLE);
	cr_expect_not(x.fx & FX_COPY_ROW);
	cr_expect_eq(ui_needs(x.ui) & FIELD_NEEDS, FIELD_NEEDS);
	made_ui_keys(&x, "Up");
	made_ui_take(&x);
	cr_expect(x.fx & FX_COPY_ROW);
	cr_expect_eq(ui_needs(x.ui), needs);
	row = ui_row_to_copy(x.ui);
	cr_assert_not_null(row);
	cr_expect_eq(row->sock->local.port, 3001, "it is the row that was selected then");
	made_ui_apply(&x, ui_copy(x.ui, "{}", 2));
	cr_expect(x.fx & FX_COPY);
	cr_expect_str_eq(text_str(ui_copied(x.ui)), "{}");
	expect_shown(&x, "Copied 2 bytes of JSON");
	made_ui_close(&x);
}

Test(copy, says_when_the_row_has_closed_meanwhile)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	made_ui_take(&x);
	made_ui_keys(&x, "Y");
	snapshot_clear(&x.snap);
	made_ui_take(&x);
	cr_expect(x.fx & FX_COPY_ROW);
	cr_expect_null(ui_row_to_copy(x.ui));
	made_ui_apply(&x, FX_REPAINT);
	expect_shown(&x, "It was not copied: it has closed meanwhile.");
	made_ui_close(&x);
}

Test(copy, takes_what_a_frozen_list_shows)
{
	struct made_ui x;

	made_ui_open(&x, NULL);
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	made_ui_take(&x);
	made_ui_keys(&x, "Z Y");
	cr_expect(x.fx & FX_COPY_ROW);
	cr_expect_not(x.fx & FX_RESAMPLE);
	cr_expect_not_null(ui_row_to_copy(x.ui));
	made_ui_close(&x);
}

Test(copy, refuses_what_no_terminal_takes)
{
	static char much[CLIP_MAX + 1];
	struct made_ui x;

	made_ui_open(&x, NULL);
	memset(much, 'x', sizeof much);
	made_ui_apply(&x, ui_copy(x.ui, much, sizeof much));
	cr_expect_not(x.fx & FX_COPY);
	expect_shown(&x, "It was not copied: it has 56001 bytes");
	made_ui_close(&x);
}

Test(copy, knows_a_terminal_without_a_clipboard)
{
	struct made_ui x;

	made_ui_open(&x, &(struct ui_options){ .delay = 1, .no_clipboard = true, .charset = TEXT_UTF8 });
	made_ui_listen(&x, "127.0.0.1", 3000, 1);
	made_ui_take(&x);
	made_ui_keys(&x, "y");
	cr_expect_not(x.fx & FX_COPY);
	expect_shown(&x, "This terminal has no clipboard");
	made_ui_keys(&x, "Y");
	cr_expect_not(x.fx & (FX_COPY_ROW | FX_RESAMPLE));
	made_ui_close(&x);
}
