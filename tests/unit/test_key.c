/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Keys have names. */

#include <criterion/criterion.h>

#include <string.h>

#include "ui/key.h"

Test(key, is_called_by_its_name)
{
	static const struct { const char *name; uint32_t key; } cases[] = {
		{ "k", 'k' }, { "K", 'K' }, { "/", '/' }, { "ä", 0xe4 },
		{ "Up", K_UP }, { "PgDn", K_PGDN }, { "F1", K_F1 }, { "F10", K_F10 },
		{ "Ctrl-L", 0x0c }, { "Ctrl-C", 0x03 }, { "Esc", K_ESC }, { "Click", K_CLICK },
		{ "", K_NONE }, { "up", K_NONE }, { "F0", K_NONE }, { "F11", K_NONE }, { "kk", K_NONE },
		{ "Ctrl-", K_NONE }, { "Ctrl-LL", K_NONE }, { "\x01", K_NONE }, { "\xff", K_NONE },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(key_parse(cases[i].name, strlen(cases[i].name)), cases[i].key, "%s",
		             cases[i].name);
}

Test(key, is_found_in_a_list)
{
	cr_expect(key_in('/', "/ F4"));
	cr_expect(key_in(K_F4, "/ F4"));
	cr_expect(key_in(3, "q F10 Ctrl-C"));
	cr_expect_not(key_in('F', "/ F4"));
	cr_expect_not(key_in('4', "/ F4"));
	cr_expect_not(key_in('a', ""));
	cr_expect_not(key_in(K_NONE, "Nothing Else"), "what is no key is found");
}

Test(key, types_text_or_does_not)
{
	static const uint32_t text[] = { ' ', 'a', '~', 0xa0, 0xe4, 0x65e5, 0x10ffff };
	static const uint32_t other[] = { 0, 3, K_TAB, K_ENTER, K_ESC, K_BACKSPACE, 0x80, 0x9b, K_UP, K_CLICK };

	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		cr_expect(key_is_text(text[i]), "U+%04X", (unsigned)text[i]);
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		cr_expect_not(key_is_text(other[i]), "%#x", (unsigned)other[i]);
}
