/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the sentence of each kind of shortfall. */

#include "view/partial.h"

#include <string.h>

#include "base/i18n.h"

/* For people; sock_proto_names are words for machines. */
static const char *const proto_titles[PROTO_COUNT] = {
	[PROTO_TCP] = "TCP",
	[PROTO_UDP] = "UDP",
};

static void
say_dump(struct text *t, const struct shortfall *why)
{
	/* TRANSLATORS: 4 or 6; TCP or UDP; the reason, such as "Permission denied". */
	text_addf(t, _("IPv%d %s sockets are missing: the kernel refused to list them (%s)."),
	          why->family, proto_titles[why->proto], strerror(why->err));
}

static void
say_interrupted(struct text *t, const struct shortfall *why)
{
	/* TRANSLATORS: 4 or 6; TCP or UDP. */
	text_addf(t, _("IPv%d %s sockets may be missing: "
	               "they changed while the kernel listed them."),
	          why->family, proto_titles[why->proto]);
}

static void
say_procfs(struct text *t, const struct shortfall *why)
{
	text_addf(t, _("The kernel offers no sock_diag (%s): sockets are read from /proc/net, "
	               "without bound ones, backlogs and byte counts."),
	          strerror(why->err));
}

static void
say_unreadable(struct text *t, const struct shortfall *why)
{
	text_addf(t, P_("%u process did not answer in time: "
	                "what it holds may be shown without its name.",
	                "%u processes did not answer in time: "
	                "what they hold may be shown without their names.",
	                why->count),
	          why->count);
}

static void
say_owners(struct text *t, const struct shortfall *why)
{
	text_addf(t, _("Processes are missing: /proc cannot be read (%s)."), strerror(why->err));
}

static void
say_pending(struct text *t, const struct shortfall *why)
{
	(void)why;
	text_add(t, _("Processes are still being read."));
}

static void (*const sayers[SHORT_COUNT])(struct text *t, const struct shortfall *why) = {
	[SHORT_DUMP]        = say_dump,
	[SHORT_INTERRUPTED] = say_interrupted,
	[SHORT_PROCFS]      = say_procfs,
	[SHORT_UNREADABLE]  = say_unreadable,
	[SHORT_OWNERS]      = say_owners,
	[SHORT_PENDING]     = say_pending,
};

bool
partial_add(struct text *t, const struct snapshot *s)
{
	for (size_t i = 0; i < s->nshortfalls; i++) {
		if (i > 0)
			text_addc(t, ' ');
		sayers[s->shortfalls[i].kind](t, &s->shortfalls[i]);
	}
	return s->nshortfalls > 0;
}
