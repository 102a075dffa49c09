/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "app/port_word.h"

#include <errno.h>
#include <string.h>

#include "app/refuse.h"
#include "base/i18n.h"

#define PORT_MAX 65535

static bool
read_port(const char *s, size_t len, uint16_t *ret)
{
	uint64_t n;

	if (text_to_uint(s, len, PORT_MAX, &n) < 0 || n == 0)
		return false;
	*ret = (uint16_t)n;
	return true;
}

/* The address alone, without the brackets that an IPv6 one must have before a port. */
static bool
read_address(const char *s, size_t len, uint8_t ret[16])
{
	bool brackets = len > 2 && s[0] == '[' && s[len - 1] == ']';

	if (!brackets && memchr(s, ':', len))
		return false;
	return brackets ? addr_parse(s + 1, len - 2, ret) == 0 && memchr(s, ':', len)
	                : addr_parse(s, len, ret) == 0;
}

int
port_word_parse(const char *word, struct port_word *ret, struct text *why)
{
	const char *colon = strrchr(word, ':');
	const char *digits = colon ? colon + 1 : word;
	struct port_word w = { .has_addr = colon != NULL };

	if (!read_port(digits, strlen(digits), &w.end.port) ||
	    (colon && !read_address(word, (size_t)(colon - word), w.end.addr)))
		return refuse(why, _("\"%s\" is no port: give 1 to 65535, or an address and a port "
		                     "as in 127.0.0.1:8080 and [::1]:8080."), word, strlen(word));
	*ret = w;
	return 0;
}

void
port_word_add(struct text *t, const struct port_word *w)
{
	if (w->has_addr)
		endpoint_add_text(t, &w->end);
	else
		text_addf(t, "%u", w->end.port);
}

int
port_range_parse(const char *word, uint16_t *lo, uint16_t *hi, struct text *why)
{
	const char *dash = strchr(word, '-');
	size_t len = dash ? (size_t)(dash - word) : strlen(word);
	uint16_t from, to;

	if (!read_port(word, len, &from))
		goto wrong;
	to = dash ? PORT_MAX : from;
	if (dash && dash[1] && !read_port(dash + 1, strlen(dash + 1), &to))
		goto wrong;
	if (from > to)
		return refuse(why, _("The range %s is the wrong way round: give the lower port first."),
		              word, strlen(word));
	*lo = from;
	*hi = to;
	return 0;
wrong:
	return refuse(why, _("\"%s\" is no range of ports: give one as in 3000-3999, 8000- or 8080."),
	              word, strlen(word));
}
