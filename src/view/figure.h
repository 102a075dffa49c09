/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* THE table of figures (model/detail.h): what each is called on a page, and how it is written. */

#ifndef LOTOP_VIEW_FIGURE_H
#define LOTOP_VIEW_FIGURE_H

#include "model/detail.h"

enum figure_group {
	FIGURES_TIMER,
	FIGURES_TIMES,
	FIGURES_WINDOW,
	FIGURES_FLOW,
	FIGURES_LOSS,
	FIGURES_MEMORY,
	FIGURES_SOCKET,
	FIGURES_GROUPS
};

/* Titles of the groups, N_(). */
extern const char *const figure_groups[FIGURES_GROUPS];

struct figure_row {
	const char *id;		/* the kernel's own word for it; NULL: part of another's text */
	uint8_t     group;	/* enum figure_group */
	/* Adds the value of this figure of d, which is known. */
	void      (*add)(struct text *t, const struct sock_detail *d, enum figure f);
};

/* By enum figure, which is the order in each group. */
extern const struct figure_row figures[FIGURE_COUNT];

#endif
