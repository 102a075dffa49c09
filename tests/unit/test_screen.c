/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The guard of a screen that does harm lets nothing through that was typed before it was seen. */

#include <criterion/criterion.h>

#include <stdlib.h>

#include "base/clock.h"
#include "ui/screen.h"

#define MS(n) ((uint64_t)(n) * NS_PER_MS)

static void
draw_nothing(struct ui *ui, void *self, struct cells *c)
{
	(void)ui;
	(void)self;
	(void)c;
}

static const struct screen_ops plain = { .draw = draw_nothing };
static const struct screen_ops guarded = { .flags = SCREEN_GUARDED, .draw = draw_nothing };

static void
push_guarded(struct screens *s)
{
	*s = (struct screens){ .count = 0 };
	screens_push(s, &plain, NULL);
	screens_push(s, &guarded, NULL);
}

/* What happens to a guarded screen, one letter and a time each. */
struct happening {
	char     what;	/* 'd' drawn, 'w' written, 'k' a key, 'q' a look that finds no input */
	unsigned ms;
};

static bool
drops_in_the_end(const struct happening *h)
{
	struct screens s;
	bool dropped = true;

	push_guarded(&s);
	for (; h->what; h++) {
		if (h->what == 'd')
			screens_draw(&s, NULL, NULL);
		if (h->what == 'w')
			screens_written(&s, MS(h->ms));
		if (h->what == 'k')
			dropped = screens_drops_input(&s, MS(h->ms));
		if (h->what == 'q')
			screens_quiet(&s, MS(h->ms));
	}
	screens_done(&s);
	return dropped;
}

Test(screen, guard_opens_when_a_person_has_seen_it)
{
	static const struct { const char *what; bool drops; struct happening h[8]; } cases[] = {
		{ "before it was drawn", true, { { 'k', 1000 } } },
		{ "drawn, not written: the terminal is blocked", true,
		  { { 'd', 1000 }, { 'q', 2000 }, { 'k', 2000 } } },
		{ "what was written was the frame before", true,
		  { { 'w', 1000 }, { 'd', 1001 }, { 'q', 2000 }, { 'k', 2000 } } },
		{ "within 300 ms", true,
		  { { 'd', 1000 }, { 'w', 1000 }, { 'q', 1299 }, { 'k', 1299 } } },
		{ "after 300 ms", false,
		  { { 'd', 1000 }, { 'w', 1000 }, { 'q', 1300 }, { 'k', 1301 } } },
		{ "read late, but nobody knows when it was typed", true,
		  { { 'd', 1000 }, { 'w', 1000 }, { 'k', 5000 } } },
		{ "the rest of what was typed before", true,
		  { { 'd', 1000 }, { 'w', 1000 }, { 'k', 5000 }, { 'q', 5050 }, { 'k', 5060 } } },
		{ "after a pause, once what came before is over", false,
		  { { 'd', 1000 }, { 'w', 1000 }, { 'k', 5000 }, { 'q', 5100 }, { 'k', 5101 } } },
		{ "written long after it was drawn", true,
		  { { 'd', 1000 }, { 'w', 3000 }, { 'q', 3200 }, { 'k', 3200 } } },
		{ "a later frame does not close it again", false,
		  { { 'd', 1000 }, { 'w', 1000 }, { 'q', 1300 }, { 'd', 1400 }, { 'w', 1400 }, { 'k', 1401 } } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(drops_in_the_end(cases[i].h), cases[i].drops, "%s", cases[i].what);
}

Test(screen, guard_says_when_to_look_again)
{
	struct screens s;

	push_guarded(&s);
	cr_expect_eq(screens_deadline(&s), 0, "not written yet");
	screens_draw(&s, NULL, NULL);
	screens_written(&s, MS(1000));
	cr_expect_eq(screens_deadline(&s), MS(1300));
	screens_drops_input(&s, MS(1290));
	cr_expect_eq(screens_deadline(&s), MS(1390));
	screens_quiet(&s, MS(1390));
	cr_expect_eq(screens_deadline(&s), 0, "it is open");
	screens_done(&s);
}

Test(screen, without_a_guard_takes_keys_at_once)
{
	struct screens s = { .count = 0 };

	screens_push(&s, &plain, NULL);
	cr_expect_not(screens_drops_input(&s, MS(1)));
	cr_expect_eq(screens_deadline(&s), 0);
	screens_done(&s);
}

static unsigned drawn;

static void
draw_one(struct ui *ui, void *self, struct cells *c)
{
	(void)ui;
	(void)c;
	drawn |= *(unsigned *)self;
}

Test(screen, is_drawn_with_what_it_lies_over)
{
	static const struct screen_ops whole = { .draw = draw_one, .free = free };
	static const struct screen_ops over = { .flags = SCREEN_OVER, .draw = draw_one, .free = free };
	static const struct { const struct screen_ops *ops; unsigned drawn; } steps[] = {
		{ &whole, 1 }, { &over, 3 }, { &whole, 4 }, { &over, 12 },
	};
	struct screens s = { .count = 0 };

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		unsigned *bit = malloc(sizeof *bit);

		*bit = 1u << i;
		screens_push(&s, steps[i].ops, bit);
		drawn = 0;
		screens_draw(&s, NULL, NULL);
		cr_expect_eq(drawn, steps[i].drawn, "step %zu: %#x", i, drawn);
	}
	screens_done(&s);
	cr_expect_eq(s.count, 0);
}
