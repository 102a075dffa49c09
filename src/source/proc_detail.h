/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What one process tells a page about it (model/detail.h). Like proc.h: any call may
 * block for ever, so only a worker makes it, in two steps: should the second one hang
 * what the first one found is good.
 */

#ifndef LOTOP_SOURCE_PROC_DETAIL_H
#define LOTOP_SOURCE_PROC_DETAIL_H

#include <stdatomic.h>

#include "model/detail.h"

/* Numbers, and which log files it has. dir is a descriptor of /proc/PID. task_detail_free() it. */
struct task_detail *proc_detail_begin(int dir, pid_t pid, const struct task_stat *st,
				      atomic_uint *beat);

/*
 * Adds what is in the memory of the process, its command line, and with `lines` what is
 * on a disk, the end of each log file.
 */
void proc_detail_finish(int dir, struct task_detail *d, bool lines, atomic_uint *beat);

#endif
