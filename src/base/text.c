/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns how text is put together, measured, cleaned, searched, and turned from
 * and into numbers. UTF-8 is decoded here and not by mbrtowc(3): names come as
 * UTF-8 in every locale, and one bad byte must cost one replacement.
 */

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "base/clock.h"
#include "base/codepoint.h"
#include "base/mem.h"

#define CAP_MIN   32
#define MARKS_MAX 2	/* combining marks that one base may carry */

static const char *const replacement[] = { [TEXT_ASCII] = "?", [TEXT_UTF8] = "\xef\xbf\xbd" };
static const char *const ellipsis[] = { [TEXT_ASCII] = "~", [TEXT_UTF8] = "\xe2\x80\xa6" };

/* The growing string. */

void
text_grow(struct text *t, size_t more)
{
	size_t need;

	if (__builtin_add_overflow(t->len, more, &need) || need >= SIZE_MAX / 2)
		need = SIZE_MAX / 2;	/* mem_resize says that there is not so much */
	t->cap = MAX(MAX(need + 1, t->cap * 2), CAP_MIN);
	t->s = mem_resize(t->s, t->cap, 1);
}

void
text_init(struct text *t)
{
	*t = (struct text){ .s = NULL };
}

void
text_done(struct text *t)
{
	free(t->s);
	text_init(t);
}

void
text_clear(struct text *t)
{
	text_cut(t, 0);
}

void
text_cut(struct text *t, size_t len)
{
	if (t->s && len <= t->len) {
		t->len = len;
		t->s[len] = '\0';
	}
}

const char *
text_str(const struct text *t)
{
	return t->s ? t->s : "";
}

void
text_add(struct text *t, const char *s)
{
	text_addn(t, s, strlen(s));
}

void
text_addn(struct text *t, const char *s, size_t len)
{
	char *to = text_room(t, len);

	if (len > 0)
		memcpy(to, s, len);
	text_took(t, len);
}

void
text_addc(struct text *t, char c)
{
	*text_room(t, 1) = c;
	text_took(t, 1);
}

void
text_addf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int len;

	text_room(t, 0);
	va_start(ap, fmt);
	len = vsnprintf(t->s + t->len, t->cap - t->len, fmt, ap);
	va_end(ap);
	if (len > 0 && (size_t)len >= t->cap - t->len) {
		text_room(t, (size_t)len);
		va_start(ap, fmt);
		len = vsnprintf(t->s + t->len, t->cap - t->len, fmt, ap);
		va_end(ap);
	}
	t->len += len > 0 ? (size_t)len : 0;
	t->s[t->len] = '\0';
}

void
text_fill(struct text *t, char c, size_t count)
{
	memset(text_room(t, count), c, count);
	text_took(t, count);
}

void
text_indent(struct text *t, size_t from, size_t count)
{
	size_t len = t->len - from;
	char *end = text_room(t, count);

	if (count == 0)
		return;
	memmove(end - len + count, end - len, len);
	memset(end - len, ' ', count);
	text_took(t, count);
}

/* Code points. */

enum text_charset
text_charset_of_locale(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? TEXT_UTF8 : TEXT_ASCII;
}

/* What a sequence that starts with a byte up to `last` looks like; the rows are in order. */
static const struct {
	uint8_t  last;
	uint8_t  len;	/* 0: no sequence starts so */
	uint8_t  bits;	/* mask of the first byte's share */
	uint32_t least;	/* less would be an overlong form */
} leads[] = {
	{ 0x7f, 1, 0x7f, 0 },
	{ 0xc1, 0, 0,    0 },
	{ 0xdf, 2, 0x1f, 0x80 },
	{ 0xef, 3, 0x0f, 0x800 },
	{ 0xf4, 4, 0x07, 0x10000 },
	{ 0xff, 0, 0,    0 },
};

static bool
is_surrogate(uint32_t cp)
{
	return cp >= 0xd800 && cp <= 0xdfff;
}

size_t
text_decode(const char *s, size_t len, uint32_t *ret)
{
	const uint8_t *b = (const uint8_t *)s;
	size_t row = 0;
	uint32_t cp;

	*ret = UINT32_MAX;
	if (len == 0)
		return 0;
	while (b[0] > leads[row].last)
		row++;
	if (leads[row].len == 0 || leads[row].len > len)
		return 1;
	cp = b[0] & leads[row].bits;
	for (size_t i = 1; i < leads[row].len; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 1;
		cp = cp << 6 | (b[i] & 0x3f);
	}
	if (cp < leads[row].least || cp > 0x10ffff || is_surrogate(cp))
		return 1;
	*ret = cp;
	return leads[row].len;
}

/*
 * Cells as the terminal library counts them, or -1 where it has no cell for it.
 * wcwidth(3) knows only the characters of its locale, and wchar_t is Unicode.
 */
static int
cells_of(uint32_t cp, enum text_charset locale)
{
	if (locale == TEXT_UTF8)
		return wcwidth((wchar_t)cp);
	return codepoint_mark(cp) ? 0 : 1;
}

unsigned
text_cp_width(uint32_t cp)
{
	int cells;

	if (cp < 0x80)
		return 1;
	cells = cells_of(cp, text_charset_of_locale());
	return cells < 0 ? 1 : (unsigned)cells;
}

/* The bytes of the first code point of a sanitized string that is not empty, and its cells. */
static size_t
step(const char *s, unsigned *width)
{
	uint32_t cp;
	size_t used;

	*width = 1;
	if (!(*s & 0x80))
		return 1;
	used = text_decode(s, strnlen(s, 4), &cp);
	*width = text_cp_width(cp);
	return used;
}

/* Bytes at the start that are a cell each. */
static size_t
ascii_run(const char *s)
{
	size_t i = 0;

	while (s[i] && !(s[i] & 0x80))
		i++;
	return i;
}

size_t
text_width(const char *s)
{
	size_t sum = ascii_run(s);
	unsigned width;

	s += sum;
	while (*s) {
		s += step(s, &width);
		sum += width;
	}
	return sum;
}

size_t
text_break(const char *s, size_t cells)
{
	size_t at = 0, used = 0, blank = 0, len = strlen(s);

	while (at < len) {
		uint32_t cp;
		size_t n = text_decode(s + at, len - at, &cp);

		used += text_cp_width(cp);
		if (used > cells)
			return blank > 0 ? blank : MAX(at, n);
		at += n;
		if (cp == ' ')
			blank = at;
	}
	return len;
}

/* What of a string fits: so many bytes and cells, with an ellipsis behind them where `cut`. */
struct fit {
	size_t len;
	size_t cells;	/* the ellipsis is one of them */
	bool   cut;
};

static struct fit
fit(const char *s, size_t cells)
{
	struct fit whole = { .len = 0 }, part = { .cells = 1, .cut = true };
	unsigned width;

	while (s[whole.len]) {
		size_t used = step(s + whole.len, &width);

		if (whole.cells + width > cells)
			return cells > 0 ? part : (struct fit){ .len = 0 };
		whole.len += used;
		whole.cells += width;
		if (whole.cells < cells) {
			part.len = whole.len;
			part.cells = whole.cells + 1;
		}
	}
	return whole;
}

size_t
text_add_fit(struct text *t, const char *s, size_t cells, enum text_charset cs)
{
	size_t run = ascii_run(s);
	struct fit f;

	if (s[run] == '\0' && run <= cells) {
		text_addn(t, s, run);
		return run;
	}
	f = fit(s, cells);
	text_addn(t, s, f.len);
	if (f.cut)
		text_add(t, ellipsis[cs]);
	return f.cells;
}

size_t
text_fit(struct text *t, size_t from, size_t cells, enum text_charset cs)
{
	struct fit f = fit(text_str(t) + from, cells);

	text_cut(t, from + f.len);
	if (f.cut)
		text_add(t, ellipsis[cs]);
	return f.cells;
}

#define HIGH_BITS UINT64_C(0x8080808080808080)

bool
text_is_plain(const struct text *t, size_t from)
{
	uint64_t high = 0, eight;

	for (; t->len - from >= sizeof eight; from += sizeof eight) {
		memcpy(&eight, t->s + from, sizeof eight);
		high |= eight;
	}
	for (; from < t->len; from++)
		high |= (uint8_t)t->s[from];
	return !(high & HIGH_BITS);
}

size_t
text_add_fit_words(struct text *t, const char *s, size_t cells, enum text_charset cs)
{
	size_t len = cells > 1 ? text_break(s, cells - 1) : 0, start = t->len;

	while (len > 0 && s[len - 1] == ' ')
		len--;
	if (len == 0 || s[len] != ' ' || text_width(s) <= cells)
		return text_add_fit(t, s, cells, cs);
	text_addn(t, s, len);
	text_add(t, ellipsis[cs]);
	return text_width(text_str(t) + start);
}

/* The sanitizer. */

enum glyph { GLYPH_BASE, GLYPH_MARK, GLYPH_BAD };

static enum glyph
glyph_of(uint32_t cp, enum text_charset locale)
{
	int cells;

	if (codepoint_hidden(cp))	/* so is what text_decode says of an invalid byte */
		return GLYPH_BAD;
	cells = cells_of(cp, locale);
	if (cells < 0)
		return GLYPH_BAD;
	return cells == 0 || codepoint_mark(cp) ? GLYPH_MARK : GLYPH_BASE;
}

/* Bytes at the start that need no look: ASCII but its controls. */
static size_t
plain_run(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && s[i] >= 0x20 && s[i] < 0x7f)
		i++;
	return i;
}

/*
 * Adds one code point of s and returns its bytes. *marks is how many marks its
 * base carries so far, -1 before the first base.
 */
static size_t
add_safe_cp(struct text *t, const char *s, size_t len, enum text_charset cs, int *marks)
{
	uint32_t cp;
	size_t used = text_decode(s, len, &cp);
	enum glyph glyph = glyph_of(cp, text_charset_of_locale());
	bool is_mark = glyph == GLYPH_MARK && *marks >= 0;

	if (is_mark && *marks == MARKS_MAX)
		return used;
	*marks = is_mark ? *marks + 1 : 0;
	if ((glyph == GLYPH_BASE || is_mark) && (cp <= 0x7e || cs == TEXT_UTF8))
		text_addn(t, s, used);
	else
		text_add(t, replacement[cs]);
	return used;
}

void
text_add_safe(struct text *t, const char *bytes, size_t len, enum text_charset cs)
{
	int marks = -1;

	while (len > 0) {
		size_t used = plain_run(bytes, len);

		if (used > 0) {
			text_addn(t, bytes, used);
			marks = 0;
		} else {
			used = add_safe_cp(t, bytes, len, cs, &marks);
		}
		bytes += used;
		len -= used;
	}
}

/* Numbers. */

const char text_pairs[] =
	"00010203040506070809" "10111213141516171819" "20212223242526272829" "30313233343536373839"
	"40414243444546474849" "50515253545556575859" "60616263646566676869" "70717273747576777879"
	"80818283848586878889" "90919293949596979899";

size_t
text_digits(uint64_t n)
{
	size_t count = 1;

	for (uint64_t power = 10; n >= power && count < TEXT_DIGITS; power *= 10)
		count++;
	return count;
}

static char *
put_pair(char *to, uint64_t n)
{
	memcpy(to, text_pairs + n * 2, 2);
	return to + 2;
}

/* Below 100. */
static char *
put_one_or_two(char *to, uint64_t n)
{
	if (n >= 10)
		return put_pair(to, n);
	*to = (char)('0' + n);
	return to + 1;
}

/* By hand: a table of many sockets is mostly numbers. */
char *
text_put_number(char *to, uint64_t n)
{
	if (n < 100)
		return put_one_or_two(to, n);
	to = n < 10000 ? put_one_or_two(to, n / 100) : put_pair(text_put_number(to, n / 10000), n / 100 % 100);
	return put_pair(to, n % 100);
}

void
text_add_number(struct text *t, uint64_t n)
{
	char *to = text_room(t, TEXT_DIGITS);

	text_took(t, (size_t)(text_put_number(to, n) - to));
}

/*
 * Adds bytes in units of 1 << shift, rounded to nearest. Returns false and adds
 * nothing where that would be 1024 of them: it is one of the next unit.
 */
static bool
add_scaled(struct text *t, uint64_t bytes, unsigned shift, char unit)
{
	uint64_t half = UINT64_C(1) << (shift - 1);
	uint64_t rest = bytes & (half * 2 - 1);
	uint64_t whole = bytes >> shift;
	uint64_t tenths = whole * 10 + ((rest * 10 + half) >> shift);

	if (tenths < 100) {
		text_addf(t, "%u.%u%c", (unsigned)tenths / 10, (unsigned)tenths % 10, unit);
		return true;
	}
	whole += rest >= half;
	if (whole >= 1024)
		return false;
	text_addf(t, "%u%c", (unsigned)whole, unit);
	return true;
}

void
text_add_size(struct text *t, uint64_t bytes)
{
	static const char units[] = "KMGTPE";	/* 2^64 is 16E: the last one always fits */
	unsigned i = 0;

	if (bytes < 1024) {
		text_add_number(t, bytes);
		return;
	}
	while (!add_scaled(t, bytes, 10 * (i + 1), units[i]))
		i++;
}

void
text_add_duration(struct text *t, uint64_t seconds)
{
	static const struct { char name; uint64_t seconds; } units[] = {
		{ 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 },
	};
	size_t i = 0;
	uint64_t rest;

	while (i + 1 < ARRAY_SIZE(units) && seconds < units[i].seconds)
		i++;
	text_addf(t, "%" PRIu64 "%c", seconds / units[i].seconds, units[i].name);
	if (i + 1 == ARRAY_SIZE(units))
		return;
	rest = seconds % units[i].seconds / units[i + 1].seconds;
	if (rest > 0)
		text_addf(t, " %" PRIu64 "%c", rest, units[i + 1].name);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int
text_to_uint(const char *s, size_t len, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;
	bool over = false;

	if (len == 0)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(s[i]))
			return -EINVAL;
		over |= __builtin_mul_overflow(n, UINT64_C(10), &n);
		over |= __builtin_add_overflow(n, (uint64_t)(s[i] - '0'), &n);
	}
	if (over || n > max)
		return -ERANGE;
	*ret = n;
	return 0;
}

/* strtod(3) is not used: it takes the point from the locale, and reads nan, inf and hexadecimal. */
int
text_to_seconds(const char *s, double *ret)
{
	double n = 0, scale = 1;
	bool any = false;

	for (; is_digit(*s); s++, any = true)
		n = n * 10 + (*s - '0');
	if (*s == '.')
		s++;
	else if (*s)
		return -EINVAL;
	for (; is_digit(*s); s++, any = true) {
		if (scale < NS_PER_SEC) {	/* what is finer than a nanosecond changes nothing */
			n = n * 10 + (*s - '0');
			scale *= 10;
		}
	}
	if (!any || *s || !isfinite(n))
		return -EINVAL;
	*ret = n / scale;
	return 0;
}

/* The search. */

/* tolower(3) would ask the locale, and take a byte of UTF-8 for a letter of Latin-1. */
static uint8_t
ascii_lower(char c)
{
	uint8_t b = (uint8_t)c;

	return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
}

static bool
contains_bytes(const char *hay, size_t hay_len, const char *needle, size_t len)
{
	uint8_t first = ascii_lower(needle[0]);

	for (size_t i = 0; i + len <= hay_len; i++) {
		size_t same = 1;

		if (ascii_lower(hay[i]) != first)
			continue;
		while (same < len && ascii_lower(hay[i + same]) == ascii_lower(needle[same]))
			same++;
		if (same == len)
			return true;
	}
	return false;
}

/*
 * Decodes one code point and folds its case. By way of the upper case, for two
 * lower ones may share it (the two Greek sigmas). An invalid byte equals itself.
 */
static size_t
fold_next(const char *s, size_t len, uint32_t *ret)
{
	uint32_t cp;
	size_t used = text_decode(s, len, &cp);

	if (cp < 0x80)
		*ret = ascii_lower((char)cp);
	else if (cp == UINT32_MAX)
		*ret = 0x110000 + (uint8_t)s[0];
	else
		*ret = (uint32_t)towlower((wint_t)towupper((wint_t)cp));
	return used;
}

static bool
starts_folded(const char *hay, size_t hay_len, const char *needle, size_t len)
{
	uint32_t a, b;

	while (len > 0) {
		size_t hay_used, used;

		if (hay_len == 0)
			return false;
		hay_used = fold_next(hay, hay_len, &a);
		used = fold_next(needle, len, &b);
		if (a != b)
			return false;
		hay += hay_used;
		hay_len -= hay_used;
		needle += used;
		len -= used;
	}
	return true;
}

static bool
contains_folded(const char *hay, size_t hay_len, const char *needle, size_t len)
{
	uint32_t first, cp;
	size_t used;

	fold_next(needle, len, &first);
	for (size_t i = 0; i < hay_len; i += used) {
		used = fold_next(hay + i, hay_len - i, &cp);
		if (cp == first && starts_folded(hay + i, hay_len - i, needle, len))
			return true;
	}
	return false;
}

static bool
is_ascii(const char *s, size_t len)
{
	uint8_t seen = 0;

	for (size_t i = 0; i < len; i++)
		seen |= (uint8_t)s[i];
	return seen < 0x80;
}

bool
text_contains(const char *hay, size_t hay_len, const char *needle)
{
	size_t len = strlen(needle);

	if (len == 0 || contains_bytes(hay, hay_len, needle, len))
		return true;
	return !(is_ascii(hay, hay_len) && is_ascii(needle, len)) &&
	       text_charset_of_locale() == TEXT_UTF8 &&
	       contains_folded(hay, hay_len, needle, len);
}
