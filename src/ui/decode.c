/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the state between two bytes from the terminal: which sequence is under way, and how much of it. */

#include "ui/decode.h"

#include <string.h>

#include "base/text.h"

#define ESC 0x1bu
#define BEL 0x07u
#define CAN 0x18u	/* either of the two ends a sequence (ECMA-48, 8.3.6 and VT100 manual) */
#define SUB 0x1au

#define LONE_ESC_MS 25		/* terminals send a sequence in one piece */
#define BROKEN_MS   500		/* more than a slow line needs to bring the rest of one */

enum state {
	AT_GROUND,
	AT_UTF8,	/* need continuation bytes */
	AT_ESC,
	AT_CSI,
	AT_SS3,
	AT_RAW,		/* need bytes of any value */
	AT_STRING,	/* of OSC, DCS, APC, PM, SOS, until BEL or ST */
	AT_STRING_ESC,
	STATES
};

/* Where keys go. */
struct sink {
	input_fn fn;
	void    *arg;
};

/*
 * What xterm and its kin, the Linux console (F1 to F5), rxvt and VT220 send. With a
 * modifier they send another parameter and are not in the table: swallowed.
 */
static const struct key_string known[] = {
	{ "\033[A", K_UP },	{ "\033OA", K_UP },
	{ "\033[B", K_DOWN },	{ "\033OB", K_DOWN },
	{ "\033[C", K_RIGHT },	{ "\033OC", K_RIGHT },
	{ "\033[D", K_LEFT },	{ "\033OD", K_LEFT },
	{ "\033[H", K_HOME },	{ "\033OH", K_HOME },
	{ "\033[F", K_END },	{ "\033OF", K_END },
	{ "\033[1~", K_HOME },	{ "\033[7~", K_HOME },
	{ "\033[4~", K_END },	{ "\033[8~", K_END },
	{ "\033[3~", K_DELETE },
	{ "\033[Z", K_BTAB },
	{ "\033[5~", K_PGUP },	{ "\033[6~", K_PGDN },
	{ "\033OM", K_ENTER },
	{ "\033OP", K_F1 },	{ "\033[11~", K_F1 },	{ "\033[[A", K_F1 },
	{ "\033OQ", K_F2 },	{ "\033[12~", K_F2 },	{ "\033[[B", K_F2 },
	{ "\033OR", K_F3 },	{ "\033[13~", K_F3 },	{ "\033[[C", K_F3 },
	{ "\033OS", K_F4 },	{ "\033[14~", K_F4 },	{ "\033[[D", K_F4 },
	{ "\033[15~", K_F5 },	{ "\033[[E", K_F5 },
	{ "\033[17~", K_F6 },
	{ "\033[18~", K_F7 },
	{ "\033[19~", K_F8 },
	{ "\033[20~", K_F9 },
	{ "\033[21~", K_F10 },
	{ NULL, K_NONE },
};

static const char paste_begin[] = "\033[200~";
static const char paste_end[] = "\033[201~";

/* Mouse buttons as xterm encodes them (ctlseqs, "Extended coordinates"). */
#define MOUSE_LEFT       0u
#define MOUSE_WHEEL_UP   64u
#define MOUSE_WHEEL_DOWN 65u

void
decoder_init(struct decoder *d, const struct key_string *strings)
{
	*d = (struct decoder){ .strings = strings };
}

static void
restart(struct decoder *d, enum state state)
{
	d->state = state;
	d->len = 0;
}

static void
keep(struct decoder *d, unsigned char b)
{
	if (d->len < DECODE_MAX)
		d->seq[d->len] = (char)b;
	d->len++;
}

static void
emit(const struct decoder *d, const struct sink *to, uint32_t key)
{
	struct input in = { .key = key, .pasted = d->pasting };

	if (key != K_NONE)
		to->fn(to->arg, &in);
}

/* A whole sequence. */

static bool
seq_is(const struct decoder *d, const char *s)
{
	return strlen(s) == d->len && memcmp(s, d->seq, d->len) == 0;
}

static uint32_t
find_string(const struct decoder *d, const struct key_string *list)
{
	for (; list && list->s; list++)
		if (seq_is(d, list->s))
			return list->key;
	return K_NONE;
}

static void
emit_mouse(const struct decoder *d, const struct sink *to, const unsigned at[3], bool pressed)
{
	static const struct { unsigned button; uint32_t key; } buttons[] = {
		{ MOUSE_LEFT, K_CLICK },
		{ MOUSE_WHEEL_UP, K_WHEEL_UP },
		{ MOUSE_WHEEL_DOWN, K_WHEEL_DOWN },
	};
	struct input in = { .pasted = d->pasting };

	if (!pressed || at[1] == 0 || at[2] == 0)
		return;
	in.col = at[1] - 1;
	in.row = at[2] - 1;
	for (size_t i = 0; i < ARRAY_SIZE(buttons); i++)
		if (buttons[i].button == at[0])
			in.key = buttons[i].key;
	if (in.key != K_NONE)
		to->fn(to->arg, &in);
}

/* "ESC [ < button ; column ; row M", with m for a release. */
static void
finish_mouse(const struct decoder *d, const struct sink *to)
{
	unsigned at[3] = { 0 };
	size_t n = 0;

	for (size_t i = 3; i + 1 < d->len; i++) {
		char c = d->seq[i];

		if (c == ';' && n < 2)
			n++;
		else if (c >= '0' && c <= '9' && at[n] < 10000)
			at[n] = at[n] * 10 + (unsigned)(c - '0');
		else
			return;
	}
	if (n == 2)
		emit_mouse(d, to, at, d->seq[d->len - 1] == 'M');
}

/* "ESC [ M" and three bytes, each 32 more than it means: terminals that lack mode 1006. */
static void
finish_old_mouse(const struct decoder *d, const struct sink *to)
{
	unsigned at[3];

	for (size_t i = 0; i < 3; i++)
		at[i] = ((unsigned)(unsigned char)d->seq[3 + i] - 32u) & 0xffu;
	emit_mouse(d, to, at, true);
}

static void
finish(struct decoder *d, const struct sink *to)
{
	uint32_t key = find_string(d, d->strings);

	d->state = AT_GROUND;
	if (d->len > DECODE_MAX)
		return;
	if (key == K_NONE)
		key = find_string(d, known);
	if (key != K_NONE)
		emit(d, to, key);
	else if (seq_is(d, paste_begin))
		d->pasting = true;
	else if (seq_is(d, paste_end))
		d->pasting = false;
	else if (d->len > 3 && memcmp(d->seq, "\033[<", 3) == 0)
		finish_mouse(d, to);
	else if (d->len == 6 && memcmp(d->seq, "\033[M", 3) == 0)
		finish_old_mouse(d, to);
}

/* One byte in each state. */

static size_t
utf8_rest(unsigned char lead)
{
	if (lead >= 0xc2 && lead <= 0xdf)
		return 1;
	if (lead >= 0xe0 && lead <= 0xef)
		return 2;
	return lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
}

static void
step_ground(struct decoder *d, unsigned char b, const struct sink *to)
{
	d->len = 0;
	if (b == ESC) {
		keep(d, b);
		d->state = AT_ESC;
	} else if (b == 0x08) {
		emit(d, to, K_BACKSPACE);
	} else if (b == '\n') {
		emit(d, to, K_ENTER);
	} else if (b < 0x80) {
		emit(d, to, b);
	} else if (utf8_rest(b) > 0) {
		keep(d, b);
		d->need = utf8_rest(b);
		d->state = AT_UTF8;
	}
}

static void
step_utf8(struct decoder *d, unsigned char b, const struct sink *to)
{
	uint32_t cp;

	if ((b & 0xc0) != 0x80) {
		restart(d, AT_GROUND);
		step_ground(d, b, to);
		return;
	}
	keep(d, b);
	if (--d->need > 0)
		return;
	d->state = AT_GROUND;
	if (text_decode(d->seq, d->len, &cp) == d->len)
		emit(d, to, cp);
}

static void
step_esc(struct decoder *d, unsigned char b, const struct sink *to)
{
	if (b == ESC) {
		emit(d, to, K_ESC);	/* Esc twice; the second may still begin something */
		return;
	}
	keep(d, b);
	if (b == '[')
		d->state = AT_CSI;
	else if (b == 'O')
		d->state = AT_SS3;
	else if (b != '\0' && strchr("]PX^_", b))
		d->state = AT_STRING;
	else
		finish(d, to);	/* with Alt, or of a VT52 */
}

/* What ends a sequence early. Returns whether b did. */
static bool
gives_up(struct decoder *d, unsigned char b)
{
	if (b == ESC) {
		restart(d, AT_ESC);
		keep(d, b);
		return true;
	}
	if (b == CAN || b == SUB)
		restart(d, AT_GROUND);
	return b < 0x20;
}

static void
step_csi(struct decoder *d, unsigned char b, const struct sink *to)
{
	if (gives_up(d, b))
		return;
	keep(d, b);
	if (d->len == 3 && (b == 'M' || b == '[')) {
		d->need = b == 'M' ? 3 : 1;
		d->state = AT_RAW;
	} else if (b >= 0x40) {
		finish(d, to);
	}
}

/* "ESC O letter"; old xterms put the modifier between. */
static void
step_ss3(struct decoder *d, unsigned char b, const struct sink *to)
{
	if (gives_up(d, b))
		return;
	keep(d, b);
	if (b >= 0x40)
		finish(d, to);
}

static void
step_raw(struct decoder *d, unsigned char b, const struct sink *to)
{
	keep(d, b);
	if (--d->need == 0)
		finish(d, to);
}

static void
step_string(struct decoder *d, unsigned char b, const struct sink *to)
{
	(void)to;
	if (b == BEL || b == CAN || b == SUB)
		restart(d, AT_GROUND);
	else if (b == ESC)
		d->state = AT_STRING_ESC;
}

static void
step_string_esc(struct decoder *d, unsigned char b, const struct sink *to)
{
	restart(d, AT_GROUND);
	if (b == '\\')
		return;
	keep(d, ESC);
	d->state = AT_ESC;
	step_esc(d, b, to);
}

static void (*const steps[STATES])(struct decoder *, unsigned char, const struct sink *) = {
	[AT_GROUND]     = step_ground,
	[AT_UTF8]       = step_utf8,
	[AT_ESC]        = step_esc,
	[AT_CSI]        = step_csi,
	[AT_SS3]        = step_ss3,
	[AT_RAW]        = step_raw,
	[AT_STRING]     = step_string,
	[AT_STRING_ESC] = step_string_esc,
};

void
decoder_feed(struct decoder *d, const char *bytes, size_t len, input_fn fn, void *arg)
{
	const struct sink to = { fn, arg };

	for (size_t i = 0; i < len; i++)
		steps[d->state](d, (unsigned char)bytes[i], &to);
}

int
decoder_timeout(const struct decoder *d)
{
	if (d->state == AT_GROUND)
		return -1;
	return d->state == AT_ESC ? LONE_ESC_MS : BROKEN_MS;
}

void
decoder_expire(struct decoder *d, input_fn fn, void *arg)
{
	const struct sink to = { fn, arg };

	if (d->state == AT_ESC)
		emit(d, &to, K_ESC);
	restart(d, AT_GROUND);
}
