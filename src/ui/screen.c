/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns the stack and its guard. The guard does not go by the time at which a
 * key is read: it may have been typed long before, while lotop was stopped or the
 * line was slow. It opens at a moment, SEEN_NS after the screen was written, at
 * which no input waits and none came for CALM_NS (so that the middle of something that is
 * being pasted does not look like a person): what comes after that was typed after that.
 */

#include "ui/screen.h"

#include <assert.h>

#include "base/clock.h"
#include "base/util.h"

#define SEEN_NS (300 * NS_PER_MS)
#define CALM_NS (100 * NS_PER_MS)

void
screens_push(struct screens *s, const struct screen_ops *ops, void *self)
{
	assert(s->count < SCREENS_MAX);
	s->stack[s->count++] = (struct screen){
		.ops = ops, .self = self, .open = !(ops->flags & SCREEN_GUARDED),
	};
}

void
screens_pop(struct screens *s)
{
	struct screen *top = screens_top(s);

	if (top->ops->free)
		top->ops->free(top->self);
	s->count--;
}

void
screens_done(struct screens *s)
{
	while (s->count > 0)
		screens_pop(s);
}

void
screens_guard(struct screens *s)
{
	struct screen *top = screens_top(s);

	*top = (struct screen){ .ops = top->ops, .self = top->self };
}

struct screen *
screens_top(struct screens *s)
{
	return &s->stack[s->count - 1];
}

void
screens_draw(struct screens *s, struct ui *ui, struct cells *c)
{
	size_t i = s->count - 1;

	while (i > 0 && (s->stack[i].ops->flags & SCREEN_OVER))
		i--;
	for (; i < s->count; i++) {
		s->stack[i].ops->draw(ui, s->stack[i].self, c);
		s->stack[i].drawn = true;
	}
}

void
screens_written(struct screens *s, uint64_t now_ns)
{
	struct screen *top = screens_top(s);

	if (top->drawn && top->written_ns == 0)
		top->written_ns = now_ns;
}

static uint64_t
opens_at(const struct screen *top)
{
	return MAX(top->written_ns + SEEN_NS, top->noise_ns + CALM_NS);
}

void
screens_quiet(struct screens *s, uint64_t now_ns)
{
	struct screen *top = screens_top(s);

	if (!top->open && top->written_ns != 0 && now_ns >= opens_at(top))
		top->open = true;
}

bool
screens_drops_input(struct screens *s, uint64_t now_ns)
{
	struct screen *top = screens_top(s);

	if (!top->open)
		top->noise_ns = now_ns;
	return !top->open;
}

uint64_t
screens_deadline(const struct screens *s)
{
	const struct screen *top = &s->stack[s->count - 1];

	return top->open || top->written_ns == 0 ? 0 : opens_at(top);
}
