/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "app/needs.h"

#include "base/util.h"
#include "source/source.h"

unsigned
needs_fields(const struct view_spec *spec, unsigned shown)
{
	unsigned sorted = spec->sort ? spec->sort->flags : 0;

	return (shown | filter_needs(spec->filter) | filter_needs(spec->ports) | sorted) & FIELD_NEEDS;
}

unsigned
needs_of(const struct view_spec *spec, unsigned shown)
{
	unsigned known = needs_fields(spec, shown);
	unsigned families = known & (FIELD_SCOPE | FIELD_PEERS) ? 0 : spec->families;
	const struct {
		bool     wanted;
		unsigned source;
	} bits[] = {
		{ !spec->protos || spec->protos & 1u << PROTO_TCP, SOURCE_TCP },
		{ !spec->protos || spec->protos & 1u << PROTO_UDP, SOURCE_UDP },
		{ !families || families & VIEW_IPV4, SOURCE_IPV4 },
		{ !families || families & VIEW_IPV6, SOURCE_IPV6 },
		{ known & FIELD_OWNERS, SOURCE_OWNERS },
		{ !(known & FIELD_FACTS), SOURCE_PLAIN },
		{ !(known & (FIELD_OWNERS | FIELD_PEERS | FIELD_SCOPE)), SOURCE_BARE },
		{ known & FIELD_INFO, SOURCE_INFO },
		{ spec->scope == SCOPE_HOST, SOURCE_HOST_ADDRS },
	};
	unsigned want = 0;

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (bits[i].wanted)
			want |= bits[i].source;
	return want;
}
