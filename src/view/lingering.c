/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "view/lingering.h"

#include "base/i18n.h"
#include "model/port.h"

void
lingering_add_text(struct text *t, const struct snapshot *snap, uint16_t port)
{
	uint32_t longest_ms;

	if (port_lingering(snap, port, &longest_ms) == 0)
		return;
	text_addc(t, ' ');
	text_addf(t, _("A server without SO_REUSEADDR cannot bind it for %u s yet: connections of it "
	               "linger."), (longest_ms + 999) / 1000);
}
