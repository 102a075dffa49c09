/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "model/detail.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static char *
copy_bytes(const char *bytes, size_t len)
{
	return bytes ? mem_copy(bytes, len) : NULL;
}

struct task_detail *
task_detail_copy(const struct task_detail *d)
{
	struct task_detail *copy;

	if (!d)
		return NULL;
	copy = mem_new(sizeof *copy);
	*copy = *d;
	copy->argv = copy_bytes(d->argv, d->argv_len);
	for (size_t i = 0; i < d->nlogs; i++) {
		copy->logs[i].path = copy_bytes(d->logs[i].path, strlen(d->logs[i].path));
		copy->logs[i].tail = copy_bytes(d->logs[i].tail, d->logs[i].tail_len);
	}
	return copy;
}

void
task_detail_free(struct task_detail *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->nlogs; i++) {
		free(d->logs[i].path);
		free(d->logs[i].tail);
	}
	free(d->argv);
	free(d);
}

void
detail_free(struct detail *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < DETAIL_ENDS; i++)
		task_detail_free(d->tasks[i]);
	free(d);
}
