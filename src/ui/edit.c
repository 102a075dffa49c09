/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the editing of one line. Offsets are bytes, and always at the start of a character. */

#include "ui/edit.h"

#include <string.h>

void
edit_init(struct edit *e)
{
	text_init(&e->text);
	e->at = e->left = 0;
}

void
edit_done(struct edit *e)
{
	text_done(&e->text);
}

void
edit_set(struct edit *e, const char *s)
{
	text_clear(&e->text);
	text_add(&e->text, s);
	e->at = e->text.len;
	e->left = 0;
}

/* ---- characters ---- */

static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t
before(const struct edit *e, size_t at)
{
	const char *s = text_str(&e->text);

	while (at > 0 && continues(s[--at]))
		;
	return at;
}

static size_t
behind(const struct edit *e, size_t at)
{
	const char *s = text_str(&e->text);

	if (at < e->text.len)
		at++;
	while (at < e->text.len && continues(s[at]))
		at++;
	return at;
}

static size_t
encode(uint32_t cp, char s[4])
{
	static const struct { uint32_t below; unsigned char lead; size_t len; } forms[] = {
		{ 0x80, 0x00, 1 }, { 0x800, 0xc0, 2 }, { 0x10000, 0xe0, 3 }, { 0x110000, 0xf0, 4 },
	};
	size_t f = 0;

	while (cp >= forms[f].below)
		f++;
	for (size_t i = forms[f].len; i-- > 1; cp >>= 6)
		s[i] = (char)(0x80 | (cp & 0x3f));
	s[0] = (char)(forms[f].lead | cp);
	return forms[f].len;
}

/* ---- changes ---- */

/* Puts n bytes in the place of those from `from` to before `to`; the cursor is behind them. */
static bool
replace(struct edit *e, size_t from, size_t to, const char *s, size_t n)
{
	struct text new;

	if ((n == 0 && from == to) || e->text.len - (to - from) + n > EDIT_MAX)
		return false;
	text_init(&new);
	text_addn(&new, text_str(&e->text), from);
	text_addn(&new, s, n);
	text_add(&new, text_str(&e->text) + to);
	text_done(&e->text);
	e->text = new;
	e->at = from + n;
	return true;
}

static bool
insert(struct edit *e, uint32_t cp)
{
	char s[4];

	return replace(e, e->at, e->at, s, encode(cp, s));
}

static bool
do_backspace(struct edit *e)
{
	return replace(e, before(e, e->at), e->at, "", 0);
}

static bool
do_delete(struct edit *e)
{
	return replace(e, e->at, behind(e, e->at), "", 0);
}

static bool
do_erase_line(struct edit *e)
{
	return replace(e, 0, e->at, "", 0);
}

static bool
do_erase_word(struct edit *e)
{
	const char *s = text_str(&e->text);
	size_t from = e->at;

	while (from > 0 && s[from - 1] == ' ')
		from--;
	while (from > 0 && s[from - 1] != ' ')
		from--;
	return replace(e, from, e->at, "", 0);
}

static bool
do_left(struct edit *e)
{
	e->at = before(e, e->at);
	return false;
}

static bool
do_right(struct edit *e)
{
	e->at = behind(e, e->at);
	return false;
}

static bool
do_home(struct edit *e)
{
	e->at = 0;
	return false;
}

static bool
do_end(struct edit *e)
{
	e->at = e->text.len;
	return false;
}

static const struct { uint32_t key; bool (*run)(struct edit *); } actions[] = {
	{ K_BACKSPACE, do_backspace },
	{ K_DELETE, do_delete },
	{ K_CTRL('U'), do_erase_line },
	{ K_CTRL('W'), do_erase_word },
	{ K_LEFT, do_left },
	{ K_RIGHT, do_right },
	{ K_HOME, do_home },
	{ K_END, do_end },
};

bool
edit_key(struct edit *e, const struct input *in)
{
	if (key_is_text(in->key))
		return insert(e, in->key);
	if (in->pasted)
		return (in->key == K_ENTER || in->key == K_TAB) && insert(e, ' ');
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (actions[i].key == in->key)
			return actions[i].run(e);
	return false;
}

/* ---- drawing ---- */

size_t
edit_column(const struct edit *e, size_t at, enum text_charset cs)
{
	struct text safe;
	size_t width, end = MIN(at, e->text.len);

	if (end <= e->left)
		return 0;
	text_init(&safe);
	text_add_safe(&safe, text_str(&e->text) + e->left, end - e->left, cs);
	width = text_width(text_str(&safe));
	text_done(&safe);
	return width;
}

void
edit_scroll(struct edit *e, size_t room, enum text_charset cs)
{
	e->left = MIN(e->left, e->at);
	while (e->left < e->at && edit_column(e, e->at, cs) >= room)
		e->left = behind(e, e->left);
}

void
edit_draw(struct edit *e, struct cells *c, size_t row, size_t col, size_t end,
          enum text_charset cs)
{
	struct text safe;

	edit_scroll(e, end > col ? end - col : 1, cs);
	text_init(&safe);
	text_add_safe(&safe, text_str(&e->text) + e->left, e->text.len - e->left, cs);
	cells_put(c, row, col, end, ROLE_TEXT, text_str(&safe));
	cells_set_cursor(c, row, col + edit_column(e, e->at, cs));
	text_done(&safe);
}
