/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Do processes belong together, so that to end one for its port means to end all? */

#ifndef LOTOP_MODEL_FAMILY_H
#define LOTOP_MODEL_FAMILY_H

#include "model/task.h"

/*
 * The same program: one program file, and where that is an interpreter, which is the
 * same for any script, also one command line. What cannot be read is compared by
 * name and user.
 */
bool family_same_program(const struct task *a, const struct task *b);

/*
 * Is each of them tied to each other by ties of parent and child, or of the same
 * program, perhaps over others among them? One process is a family, and so is none.
 */
bool family_is_one(const struct task *const *tasks, size_t count);

#endif
