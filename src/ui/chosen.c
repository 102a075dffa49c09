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

static int
by_ends(const void *x, const void *y)
{
	const struct sock *a = *(const struct sock *const *)x, *b = *(const struct sock *const *)y;
	struct value va = value_endpoint(&a->local), vb = value_endpoint(&b->local);
	int r = (a->local.port > b->local.port) - (a->local.port < b->local.port);

	if (r == 0)
		r = value_compare(&va, &vb);
	return r ? r : (a->remote.port > b->remote.port) - (a->remote.port < b->remote.port);
}

static void
add_tag(struct chosen *c, const struct ui *ui, const struct sock *s)
{
	if (tags_means_both(&ui->tags, s))
		add_ends(c, s, s->peer ? &ui->snap->socks[s->peer - 1] : NULL);
	else
		add(c, s, false, false);
}

/* By their ports, as a person looks for them: the kernel gives them in no order. */
static void
add_tagged(struct chosen *c, const struct ui *ui)
{
	size_t n = 0, cap = 0;
	const struct sock **tagged = NULL;

	for (size_t i = 0; ui->snap && i < ui->snap->count; i++) {
		if (!tags_has_sock(&ui->tags, &ui->snap->socks[i]))
			continue;
		tagged = mem_room(tagged, n, &cap, sizeof *tagged);
		tagged[n++] = &ui->snap->socks[i];
	}
	if (n > 1)
		qsort(tagged, n, sizeof *tagged, by_ends);
	for (size_t i = 0; i < n; i++)
		add_tag(c, ui, tagged[i]);
	free(tagged);
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
