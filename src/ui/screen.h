/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Screens, one upon the other: the list, and what lies over it for a while. The
 * top one gets the keys. A guarded one, whose answer does harm, gets none that
 * was typed before a person can have seen it.
 */

#ifndef LOTOP_UI_SCREEN_H
#define LOTOP_UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/cells.h"
#include "ui/key.h"

struct ui;

#define SCREEN_OVER    0x1u	/* covers a part only: the one below is drawn first */
#define SCREEN_GUARDED 0x2u
#define SCREEN_PASTE   0x4u	/* pasted text may be typed into it; anywhere else it is dropped */

struct screen_ops {
	unsigned flags;
	/* N_(): what the key line says while it is on top, "Key Word  Key Word". NULL: commands[]. */
	const char *keys;
	/* Returns FX_* bits. */
	unsigned (*input)(struct ui *ui, void *self, const struct input *in);
	void     (*draw)(struct ui *ui, void *self, struct cells *c);
	void     (*free)(void *self);	/* NULL: there is nothing to free */
};

struct screen {
	const struct screen_ops *ops;
	void    *self;
	bool     drawn;		/* into cells, since it came */
	bool     open;		/* its guard lets keys through */
	uint64_t written_ns;	/* when its first frame was on the terminal; 0: not yet */
	uint64_t noise_ns;	/* when the last input was dropped */
};

#define SCREENS_MAX 4

struct screens {
	struct screen stack[SCREENS_MAX];
	size_t        count;
};

/* Puts a screen on top, which now owns self. */
void screens_push(struct screens *s, const struct screen_ops *ops, void *self);
void screens_pop(struct screens *s);	/* frees it */
void screens_done(struct screens *s);	/* pops all */

/* Guards the top one as if it had just come: what its keys do is another thing from now on. */
void screens_guard(struct screens *s);

struct screen *screens_top(struct screens *s);

/* Draws the top one, and what it lies over. */
void screens_draw(struct screens *s, struct ui *ui, struct cells *c);

/* All that was drawn is on the terminal now. */
void screens_written(struct screens *s, uint64_t now_ns);

/* Nothing that was typed waits to be read. */
void screens_quiet(struct screens *s, uint64_t now_ns);

/* Does the guard of the top one drop what is typed now? */
bool screens_drops_input(struct screens *s, uint64_t now_ns);

/* When screens_quiet() should look again; 0: never. */
uint64_t screens_deadline(const struct screens *s);

#endif
