/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the sequence, and which address of a row is copied. */

#include "ui/clip.h"

#include <string.h>

#include "base/util.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* RFC 4648: three bytes are four digits, and what is missing of them is '='. */
static void
add_base64(struct text *t, const unsigned char *s, size_t len)
{
	for (size_t i = 0; i < len; i += 3) {
		size_t have = MIN(len - i, 3);
		uint32_t bits = (uint32_t)s[i] << 16;

		if (have > 1)
			bits |= (uint32_t)s[i + 1] << 8;
		if (have > 2)
			bits |= s[i + 2];
		text_addc(t, digits[bits >> 18]);
		text_addc(t, digits[bits >> 12 & 0x3f]);
		text_addc(t, have > 1 ? digits[bits >> 6 & 0x3f] : '=');
		text_addc(t, have > 2 ? digits[bits & 0x3f] : '=');
	}
}

void
clip_add_sequence(struct text *out, const char *bytes, size_t len)
{
	text_add(out, "\033]52;c;");
	add_base64(out, (const unsigned char *)bytes, MIN(len, CLIP_MAX));
	text_add(out, "\033\\");
}

/* ---- the address ---- */

static const struct sock *
sock_of(const struct row *r)
{
	for (uint32_t i = 0; r->sum && i < r->sum->count; i++)
		if (sock_holds_port(r->sum->socks[i]))
			return r->sum->socks[i];
	return r->sock;
}

void
clip_add_address(struct text *t, const struct row *r)
{
	static const struct { uint8_t v4[4], v6[16]; } loopback = { { 127, 0, 0, 1 }, { [15] = 1 } };
	const struct sock *s = sock_of(r);
	struct endpoint e = s->role == SOCK_CLIENT ? s->remote : s->local;

	if (addr_is_any(e.addr) && addr_is_v4(e.addr))
		addr_from_v4(e.addr, loopback.v4);
	else if (addr_is_any(e.addr))
		memcpy(e.addr, loopback.v6, sizeof e.addr);
	endpoint_add_text(t, &e);
}
