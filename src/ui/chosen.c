/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the way from rows and tags to sockets. */

#include "ui/chosen.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ui/ui_priv.h"

static void
add(struct chosen *c, const struct sock *s, bool unsure, bool second)
{
	c->socks = mem_room(c->socks, c->count, &c->cap, sizeof *c->socks);
	c->socks[c->count++] = (struct chosen_sock){ s, unsure, second };
}

/* Both ends of a connection that a row shows as one. */
static void
add_ends(struct chosen *c, const struct sock *s, const struct sock *other)
{
	add(c, s, true, false);
	if (other && other != s && other->life != LIFE_GONE)
		add(c, other, true, true);
}

static void
add_row(struct chosen *c, const struct row *r)
{
	struct tag_target target = tags_target(r);

	c->blind = r->far && target.both;
	if (r->kind == ROW_PROCESS)
		c->task = r->sum->task;
	for (uint32_t i = 0; r->sum && i < r->sum->count; i++)
		add(c, r->sum->socks[i], false, false);
	if (r->sum)
		return;
	if (target.both)
		add_ends(c, target.sock, row_peer(r));
	else
		add(c, target.sock, false, false);
}

static void
add_tagged(struct chosen *c, const struct ui *ui)
{
	const struct snapshot *snap = ui->snap;

	for (size_t i = 0; snap && i < snap->count; i++) {
		const struct sock *s = &snap->socks[i];

		if (!tags_has_sock(&ui->tags, s))
			continue;
		if (tags_means_both(&ui->tags, s))
			add_ends(c, s, s->peer ? &snap->socks[s->peer - 1] : NULL);
		else
			add(c, s, false, false);
	}
}

bool
chosen_by_tags(const struct ui *ui)
{
	return !ui->detail && tags_count(&ui->tags) > 0;
}

void
chosen_init(struct chosen *c, const struct ui *ui)
{
	*c = (struct chosen){ .tagged = chosen_by_tags(ui) };
	if (c->tagged)
		add_tagged(c, ui);
	else
		add_row(c, ui_row(ui));
}

void
chosen_done(struct chosen *c)
{
	free(c->socks);
}
