/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Text: a string that grows, its width in terminal cells, THE sanitizer for
 * bytes that other processes chose, and how numbers are written and read.
 */

#ifndef LOTOP_BASE_TEXT_H
#define LOTOP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"

/* What the reader of a text can show. */
enum text_charset { TEXT_ASCII, TEXT_UTF8 };

struct text {
	char  *s;		/* NUL-terminated; NULL while nothing was ever added */
	size_t len;
	size_t cap;
};

void        text_init(struct text *t);
void        text_done(struct text *t);
void        text_clear(struct text *t);		/* empty, memory kept */
void        text_cut(struct text *t, size_t len);	/* shortens it to len bytes */
const char *text_str(const struct text *t);	/* never NULL; valid until the next change */

void text_add(struct text *t, const char *s);
void text_addn(struct text *t, const char *s, size_t len);
void text_addc(struct text *t, char c);
void text_addf(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void text_fill(struct text *t, char c, size_t count);

/*
 * Room for `more` bytes and a NUL behind what is there, for whoever writes them in place;
 * text_took() then says how many they are. The room is good until the next change.
 */
void text_grow(struct text *t, size_t more);	/* text_room()'s, where there is too little */

static inline char *
text_room(struct text *t, size_t more)
{
	if (t->cap - t->len <= more)
		text_grow(t, more);
	return t->s + t->len;
}

static inline void
text_took(struct text *t, size_t len)
{
	t->len += len;
	t->s[t->len] = '\0';
}

#define TEXT_BLANKS 32	/* so many are as quick as one */

/* text_fill() of blanks, of which there are few as a rule. */
static inline void
text_blanks(struct text *t, size_t count)
{
	char *to = text_room(t, MAX(count, TEXT_BLANKS));

	memset(to, ' ', TEXT_BLANKS);
	if (count > TEXT_BLANKS)
		memset(to, ' ', count);
	text_took(t, count);
}

/*
 * THE sanitizer: bytes from another process, a file or the services database go
 * through here before a terminal, a file or JSON sees them. Each invalid byte,
 * control (C0, DEL, C1), bidi control, zero-width or unassigned-width code point becomes
 * U+FFFD, or '?' in ASCII, where every other code point above 0x7e becomes '?'
 * as well; of combining marks behind one base, those after the second are
 * dropped, and one without a base becomes U+FFFD. The result is always valid
 * UTF-8 and never has a newline.
 */
void text_add_safe(struct text *t, const char *bytes, size_t len, enum text_charset cs);

/* What the locale of the process can show (nl_langinfo(CODESET)). */
enum text_charset text_charset_of_locale(void);

/*
 * Decodes one code point of valid or invalid UTF-8 of at most len bytes. Returns
 * the bytes used (1 for an invalid one, 0 only for len 0); *ret is then the code
 * point, or UINT32_MAX for an invalid byte.
 */
size_t text_decode(const char *s, size_t len, uint32_t *ret);

/* Cells of one code point: 0 combining, 1, or 2; never negative. */
unsigned text_cp_width(uint32_t cp);

/* Cells of a sanitized string. */
size_t text_width(const char *s);

/*
 * Adds sanitized s cut to at most cells cells; where it was cut its last cell is
 * an ellipsis ('~' in ASCII). A wide character is never split. Returns the cells that
 * were filled.
 */
size_t text_add_fit(struct text *t, const char *s, size_t cells, enum text_charset cs);

/* Makes what stands from byte `from` on what text_add_fit() would have added of it. */
size_t text_fit(struct text *t, size_t from, size_t cells, enum text_charset cs);

/* Does the sanitized text from byte `from` on take one cell a byte? */
bool text_is_plain(const struct text *t, size_t from);

/* Moves what stands from byte `from` on to the right, behind so many blanks. */
void text_indent(struct text *t, size_t from, size_t count);

/* The same, cut behind a whole word, if there is room for one. */
size_t text_add_fit_words(struct text *t, const char *s, size_t cells, enum text_charset cs);

/* Decimal digits. */
void text_add_number(struct text *t, uint64_t n);

#define TEXT_DIGITS 20	/* of any 64-bit number, at most */

size_t text_digits(uint64_t n);

/* The two digits of each number below 100, one after the other. */
extern const char text_pairs[];

/* Writes the digits, and no NUL; returns their end. */
char *text_put_number(char *to, uint64_t n);

/*
 * How many bytes of a sanitized string go on a line of so many cells: whole words, with the
 * blank behind the last one, if it has any. At least one character, unless it is empty.
 */
size_t text_break(const char *s, size_t cells);

/*
 * Bytes for people: 0, 999, 1.2K, 34M, 5.0G: powers of 1024, rounded to nearest,
 * at most five cells, same in every locale.
 */
void text_add_size(struct text *t, uint64_t bytes);

/*
 * A time for people: 41s, 9m, 9m 5s, 2h 4m, 3d 2h: two units at most, the second
 * left out where it is 0; same in every locale.
 */
void text_add_duration(struct text *t, uint64_t seconds);

/*
 * Reads exactly len bytes as a decimal number of digits alone. Returns 0,
 * -EINVAL (not a number) or -ERANGE (over max); *ret is written only for 0.
 */
int text_to_uint(const char *s, size_t len, uint64_t max, uint64_t *ret);

/*
 * Reads a decimal fraction such as "0.1" or "2" with '.' in every locale. Returns
 * 0 or -EINVAL; signs, exponents, nan and inf are errors.
 */
int text_to_seconds(const char *s, double *ret);

/* Is needle in hay, case ignored (ASCII and, in a UTF-8 locale, beyond)? An empty needle is. */
bool text_contains(const char *hay, size_t hay_len, const char *needle);

#endif
