/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the names of keys. */

#include "ui/key.h"

#include <string.h>

#include "base/text.h"

static const struct { const char *name; uint32_t key; } names[] = {
	{ "Tab", K_TAB },
	{ "Shift-Tab", K_BTAB },
	{ "Enter", K_ENTER },
	{ "Space", ' ' },
	{ "Esc", K_ESC },
	{ "Backspace", K_BACKSPACE },
	{ "Up", K_UP },
	{ "Down", K_DOWN },
	{ "Left", K_LEFT },
	{ "Right", K_RIGHT },
	{ "PgUp", K_PGUP },
	{ "PgDn", K_PGDN },
	{ "Home", K_HOME },
	{ "End", K_END },
	{ "Delete", K_DELETE },
	{ "F1", K_F1 },
	{ "F2", K_F2 },
	{ "F3", K_F3 },
	{ "F4", K_F4 },
	{ "F5", K_F5 },
	{ "F6", K_F6 },
	{ "F7", K_F7 },
	{ "F8", K_F8 },
	{ "F9", K_F9 },
	{ "F10", K_F10 },
	{ "Click", K_CLICK },
	{ "WheelUp", K_WHEEL_UP },
	{ "WheelDown", K_WHEEL_DOWN },
};

static const char ctrl[] = "Ctrl-";

bool
key_is_text(uint32_t key)
{
	return key >= 0x20 && key != K_BACKSPACE && key < K_UP && !(key >= 0x80 && key < 0xa0);
}

uint32_t
key_parse(const char *name, size_t len)
{
	const size_t prefix = sizeof ctrl - 1;
	uint32_t cp;

	if (len > 0 && text_decode(name, len, &cp) == len && key_is_text(cp))
		return cp;
	if (len == prefix + 1 && memcmp(name, ctrl, prefix) == 0)
		return K_CTRL(name[prefix]);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i].name) == len && memcmp(names[i].name, name, len) == 0)
			return names[i].key;
	return K_NONE;
}

bool
key_in(uint32_t key, const char *list)
{
	while (*list != '\0') {
		size_t len = strcspn(list, " ");

		if (key != K_NONE && key_parse(list, len) == key)
			return true;
		list += len + (list[len] == ' ');
	}
	return false;
}
