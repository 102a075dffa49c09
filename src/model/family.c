/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "model/family.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/util.h"

/* Beginnings of their names: python3.11, node20, ruby3.1. */
static const char *const interpreters[] = {
	"python", "pypy", "node", "bun", "deno", "ruby", "perl", "php", "java", "dotnet", "lua",
	"tclsh", "guile", "mono", "sh", "bash", "dash", "zsh", "ksh", "busybox", "socat", "nc",
};

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool
is_interpreter(const char *exe)
{
	const char *name = base_name(exe);

	for (size_t i = 0; i < ARRAY_SIZE(interpreters); i++) {
		size_t len = strlen(interpreters[i]);

		if (strncmp(name, interpreters[i], len) == 0 &&
		    name[len + strspn(name + len, "0123456789.-")] == '\0')
			return true;
	}
	return false;
}

static bool
same_command(const struct task *a, const struct task *b)
{
	return a->argv_len == b->argv_len &&
	       (a->argv_len == 0 || memcmp(a->argv, b->argv, a->argv_len) == 0);
}

static bool
same_name_and_user(const struct task *a, const struct task *b)
{
	return strcmp(a->comm, b->comm) == 0 && a->has == b->has && a->uid == b->uid &&
	       same_command(a, b);
}

bool
family_same_program(const struct task *a, const struct task *b)
{
	if (!a->exe || !b->exe)
		return same_name_and_user(a, b);
	return strcmp(a->exe, b->exe) == 0 && (!is_interpreter(a->exe) || same_command(a, b));
}

static bool
are_tied(const struct task *a, const struct task *b)
{
	return a->ppid == b->pid || b->ppid == a->pid || family_same_program(a, b);
}

/* Spreads from the first over ties: a family is whatever it reaches. */
bool
family_is_one(const struct task *const *tasks, size_t count)
{
	size_t *reached = mem_resize(NULL, count + 1, sizeof *reached);
	bool *in = mem_new(count + 1);
	size_t n = 0;

	if (count > 0) {
		reached[n++] = 0;
		in[0] = true;
	}
	for (size_t at = 0; at < n; at++) {
		for (size_t i = 0; i < count; i++) {
			if (in[i] || !are_tied(tasks[reached[at]], tasks[i]))
				continue;
			in[i] = true;
			reached[n++] = i;
		}
	}
	free(in);
	free(reached);
	return n == count;
}
