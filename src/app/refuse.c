/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "app/refuse.h"

#include <errno.h>
#include <string.h>

#include "base/i18n.h"
#include "view/field.h"

#define QUOTE_MAX 60	/* cells of a wrong word that a message repeats */

static void
add_word(struct text *t, const char *s, size_t len)
{
	struct text safe;
	enum text_charset cs = text_charset_of_locale();

	text_init(&safe);
	text_add_safe(&safe, s, len, cs);
	text_add_fit(t, text_str(&safe), QUOTE_MAX, cs);
	text_done(&safe);
}

int
refuse(struct text *why, const char *format, const char *word, size_t len)
{
	struct text quoted;

	text_init(&quoted);
	add_word(&quoted, word, len);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	text_addf(why, format, text_str(&quoted));
#pragma GCC diagnostic pop
	text_done(&quoted);
	return -EINVAL;
}

int
refuse_name(struct text *why, const char *format, const char *word,
            const char *const *names, size_t count)
{
	const char *between = " ";

	refuse(why, format, word, strlen(word));
	for (size_t i = 0; i < count; i++) {
		if (!names[i])
			continue;
		text_addf(why, "%s%s", between, names[i]);
		between = ", ";
	}
	text_addc(why, '.');
	return -EINVAL;
}

int
refuse_field(struct text *why, const char *format, const char *word, size_t len)
{
	const struct field *near = field_nearest(word, len);

	refuse(why, format, word, len);
	text_addc(why, ' ');
	if (near)
		text_addf(why, _("Did you mean %s?"), near->id);
	else
		text_add(why, _("The manual, lotop(1), lists all fields."));
	return -EINVAL;
}
