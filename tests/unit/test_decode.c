/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What terminals send is taken for the right keys, and nothing else for any. */

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/decode.h"

/* All that came out, as one line: "Up x Click@3,7 <a>" - pasted ones in brackets. */
static void
note(void *arg, const struct input *in)
{
	static const struct { uint32_t key; const char *name; } names[] = {
		{ K_UP, "Up" }, { K_DOWN, "Down" }, { K_LEFT, "Left" }, { K_RIGHT, "Right" },
		{ K_HOME, "Home" }, { K_END, "End" }, { K_PGUP, "PgUp" }, { K_PGDN, "PgDn" },
		{ K_DELETE, "Delete" }, { K_BACKSPACE, "Backspace" }, { K_ENTER, "Enter" },
		{ K_ESC, "Esc" }, { K_TAB, "Tab" }, { K_F1, "F1" }, { K_F4, "F4" }, { K_F5, "F5" },
		{ K_F9, "F9" }, { K_F10, "F10" }, { K_CLICK, "Click" }, { K_WHEEL_UP, "WheelUp" },
		{ K_WHEEL_DOWN, "WheelDown" },
	};
	struct text *t = arg;
	const char *name = NULL;

	if (t->len > 0)
		text_addc(t, ' ');
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].key == in->key)
			name = names[i].name;
	if (in->pasted)
		text_addc(t, '<');
	if (name)
		text_add(t, name);
	else if (in->key > 0x20 && in->key < 0x7f)
		text_addc(t, (char)in->key);
	else
		text_addf(t, "U+%04X", (unsigned)in->key);
	if (in->key >= K_CLICK)
		text_addf(t, "@%zu,%zu", in->row, in->col);
	if (in->pasted)
		text_addc(t, '>');
}

static const struct key_string vt100[] = {
	{ "\033Ow", K_F9 }, { "\033Ot", K_F5 }, { "\033A", K_UP }, { NULL, K_NONE },
};

struct sent { const char *bytes; const char *keys; };

/* In one piece, and byte by byte. */
static void
expect_keys(const struct key_string *strings, const struct sent *s)
{
	for (int pieces = 0; pieces < 2; pieces++) {
		size_t len = strlen(s->bytes);
		struct decoder d;
		struct text t;

		decoder_init(&d, strings);
		text_init(&t);
		if (!pieces)
			decoder_feed(&d, s->bytes, len, note, &t);
		for (size_t i = 0; pieces && i < len; i++)
			decoder_feed(&d, s->bytes + i, 1, note, &t);
		cr_expect_str_eq(text_str(&t), s->keys, "%s%s", s->bytes + (*s->bytes == 033),
		                 pieces ? " in pieces" : "");
		text_done(&t);
	}
}

Test(decode, knows_the_keys_of_terminals)
{
	static const struct sent cases[] = {
		{ "a/Z", "a / Z" }, { "\r", "Enter" }, { "\n", "Enter" }, { "\t", "Tab" },
		{ "\x7f", "Backspace" }, { "\b", "Backspace" }, { "\x0c", "U+000C" }, { "\x15", "U+0015" },
		{ "ä", "U+00E4" }, { "日", "U+65E5" }, { "😀", "U+1F600" },
		{ "\033[A\033OB\033[C\033OD", "Up Down Right Left" },
		{ "\033[H\033OF\033[1~\033[4~\033[7~\033[8~", "Home End Home End Home End" },
		{ "\033[5~\033[6~\033[3~", "PgUp PgDn Delete" },
		{ "\033OP\033[11~\033[[A", "F1 F1 F1" }, { "\033OS\033[14~\033[[D", "F4 F4 F4" },
		{ "\033[15~\033[[E\033[20~\033[21~", "F5 F5 F9 F10" },
		{ "\033OM", "Enter" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_keys(NULL, &cases[i]);
}

Test(decode, asks_the_description_of_the_terminal_first)
{
	static const struct sent cases[] = {
		{ "\033Ow\033Ot", "F9 F5" }, { "\033A", "Up" }, { "\033[A", "Up" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_keys(vt100, &cases[i]);
}

Test(decode, swallows_what_it_does_not_know)
{
	static const struct sent cases[] = {
		{ "\033[1;5Ax", "x" },				/* Ctrl-Up */
		{ "\033[2~\033[34~x", "x" },
		{ "\033[?1;2cx", "x" },				/* an answer of the terminal */
		{ "\033[24;80Rx", "x" },
		{ "\033[Ix\033[O", "x" },			/* focus */
		{ "\033kx", "x" },				/* Alt-k */
		{ "\033äx", "x" },
		{ "\033O5Px", "x" },
		{ "\033]0;k\rq\007x", "x" },			/* a title */
		{ "\033]0;kq\033\\x", "x" },
		{ "\033P1$r0m\033\\x", "x" },
		{ "\033[1\030x", "x" },				/* CAN */
		{ "\033[1\033[Bx", "Down x" },			/* a new one begins */
		{ "\033]0;k\033[Bx", "Down x" },
		{ "\xff\xc3xy", "x y" },			/* bad UTF-8 */
		{ "\xed\xa0\x80x", "x" },
		{ "\033[<0;4294967295;1Mx", "x" },
		{ "\033[<0;1;1;1Mx", "x" },
		{ "\033[<;;Mx", "x" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_keys(NULL, &cases[i]);
}

Test(decode, swallows_a_sequence_that_is_too_long_whole)
{
	char s[1024];
	struct sent sent = { s, "x" };

	snprintf(s, sizeof s, "\033[%0*dAx", 900, 0);
	expect_keys(NULL, &sent);
}

Test(decode, takes_the_mouse)
{
	static const struct sent cases[] = {
		{ "\033[<0;8;4M\033[<0;8;4m", "Click@3,7" },
		{ "\033[<64;1;1M\033[<65;300;200M", "WheelUp@0,0 WheelDown@199,299" },
		{ "\033[<2;1;1M\033[<32;1;1M", "" },		/* right button, motion */
		{ "\033[M ($x", "Click@3,7 x" },		/* without mode 1006 */
		{ "\033[M`!!x", "WheelUp@0,0 x" },
		{ "\033[M#!!x", "x" },				/* released */
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_keys(NULL, &cases[i]);
}

Test(decode, marks_what_is_pasted)
{
	static const struct sent cases[] = {
		{ "\033[200~ab\033[201~c", "<a> <b> c" },
		{ "\033[200~k\r\n\033[20~\033[201~\r", "<k> <Enter> <Enter> <F9> Enter" },
		{ "\033[200~\033[200~a\033[201~b", "<a> b" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_keys(NULL, &cases[i]);
}

Test(decode, tells_a_lone_esc_by_the_silence_after_it)
{
	struct decoder d;
	struct text t;

	decoder_init(&d, NULL);
	text_init(&t);
	cr_expect_eq(decoder_timeout(&d), -1);
	decoder_feed(&d, "\033", 1, note, &t);
	cr_expect(decoder_timeout(&d) > 0 && decoder_timeout(&d) < 50);
	decoder_expire(&d, note, &t);
	cr_expect_str_eq(text_str(&t), "Esc");
	cr_expect_eq(decoder_timeout(&d), -1);

	/* Twice at once is twice, the last after silence again. */
	text_clear(&t);
	decoder_feed(&d, "\033\033", 2, note, &t);
	decoder_expire(&d, note, &t);
	cr_expect_str_eq(text_str(&t), "Esc Esc");

	/* Half a sequence is no key, nor is a zero byte behind Esc. */
	text_clear(&t);
	decoder_feed(&d, "\033[1;", 4, note, &t);
	cr_expect_gt(decoder_timeout(&d), 0);
	decoder_expire(&d, note, &t);
	decoder_feed(&d, "\033\0x", 3, note, &t);
	cr_expect_str_eq(text_str(&t), "x");
	text_done(&t);
}

Test(decode, survives_any_bytes)
{
	static const char bytes[] = "\033[O<]M~;0123~\r\x9b\xc3\xa4k";
	unsigned state = 1;
	struct decoder d;
	struct text t;

	decoder_init(&d, vt100);
	text_init(&t);
	for (int i = 0; i < 200000; i++) {
		char c;

		state = state * 1103515245u + 12345u;
		c = bytes[(state >> 16) % sizeof bytes];	/* the NUL, too */
		decoder_feed(&d, &c, 1, note, &t);
		if ((state >> 8) % 97 == 0)
			decoder_expire(&d, note, &t);
		text_clear(&t);
	}
	decoder_feed(&d, "\033[201~\030", 7, note, &t);
	decoder_expire(&d, note, &t);
	text_clear(&t);
	decoder_feed(&d, "x", 1, note, &t);
	cr_expect_str_eq(text_str(&t), "x");
	text_done(&t);
}
