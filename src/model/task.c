/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the reading of the two texts of /proc that a process's name can forge. */

#include "model/task.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/util.h"

/* Numbers of fields as proc(5) counts them. */
enum {
	STAT_PPID      = 4,
	STAT_FLAGS     = 9,
	STAT_THREADS   = 20,
	STAT_START     = 22,
	STAT_ARG_START = 48,	/* Linux 3.5 */
	STAT_COUNT,
};

/* What we use: the others are passed over as they are. */
#define STAT_WANTED (UINT64_C(1) << STAT_PPID | UINT64_C(1) << STAT_FLAGS | UINT64_C(1) << STAT_THREADS | \
                     UINT64_C(1) << STAT_START | UINT64_C(1) << STAT_ARG_START)

/* The next word of a text that shrinks; its length is 0 at the end. */
static const char *
next_word(const char **s, size_t *len, size_t *word_len)
{
	const char *word;
	size_t n = 0;

	while (*len > 0 && (**s == ' ' || **s == '\n')) {
		++*s;
		--*len;
	}
	word = *s;
	while (n < *len && word[n] != ' ' && word[n] != '\n')
		n++;
	*s += n;
	*len -= n;
	*word_len = n;
	return word;
}

/* Reads the numbers that are wanted. A negative one counts as 0: none of them is. */
static int
read_numbers(const char *s, size_t len, uint64_t fields[STAT_COUNT])
{
	for (size_t i = STAT_PPID; i < STAT_COUNT; i++) {
		size_t word_len;
		const char *word = next_word(&s, &len, &word_len);
		bool negative = word_len > 0 && word[0] == '-';

		if (word_len == 0)
			return i > STAT_START ? 0 : -EBADMSG;
		if (!(STAT_WANTED >> i & 1))
			continue;
		if (text_to_uint(word + negative, word_len - negative, UINT64_MAX, &fields[i]) < 0)
			return -EBADMSG;
		if (negative)
			fields[i] = 0;
	}
	return 0;
}

int
task_parse_stat(const char *buf, size_t len, struct task_stat *ret)
{
	const char *open = memchr(buf, '(', len);
	const char *close = memrchr(buf, ')', len);
	uint64_t fields[STAT_COUNT] = { 0 };
	struct task_stat st = { .state = 0 };
	size_t word_len;
	const char *word;

	if (!open || !close || close < open)
		return -EBADMSG;
	memcpy(st.comm, open + 1, MIN((size_t)(close - open - 1), sizeof st.comm - 1));

	len -= (size_t)(close + 1 - buf);
	buf = close + 1;
	word = next_word(&buf, &len, &word_len);
	if (word_len != 1 || read_numbers(buf, len, fields) < 0)
		return -EBADMSG;
	if (fields[STAT_PPID] > INT32_MAX || fields[STAT_FLAGS] > UINT32_MAX ||
	    fields[STAT_THREADS] > UINT32_MAX)
		return -EBADMSG;

	st.state = word[0];
	st.ppid = (pid_t)fields[STAT_PPID];
	st.flags = (uint32_t)fields[STAT_FLAGS];
	st.threads = (uint32_t)fields[STAT_THREADS];
	st.start = fields[STAT_START];
	st.arg_start = fields[STAT_ARG_START];
	*ret = st;
	return 0;
}

char
task_state(const struct task_stat *st)
{
	return st->state == 'Z' && st->threads > 1 ? 0 : st->state;
}

bool
task_is_stopped(const struct task *t)
{
	return t->state == 'T' || t->state == 't';
}

bool
task_parse_link(const char *target, size_t len, uint64_t *inode)
{
	static const char before[] = "socket:[";
	const size_t skip = sizeof before - 1;

	if (len <= skip || memcmp(target, before, skip) != 0 || target[len - 1] != ']')
		return false;
	return text_to_uint(target + skip, len - skip - 1, UINT64_MAX, inode) == 0;
}

bool
task_same(const struct task *a, const struct task *b)
{
	return a->pid == b->pid && a->start == b->start;
}

const char *
task_app(const struct task *t)
{
	return t->app ? t->app : t->comm;
}

static const char *
copy_string(struct arena *a, const char *s)
{
	return s ? arena_copy(a, s, strlen(s)) : NULL;
}

struct task *
task_copy(struct arena *a, const struct task *from)
{
	struct task *t = arena_alloc(a, sizeof *t);

	*t = *from;
	t->comm = copy_string(a, from->comm);
	t->argv = arena_copy(a, from->argv, from->argv_len);
	t->exe  = copy_string(a, from->exe);
	t->cwd  = copy_string(a, from->cwd);
	t->app  = copy_string(a, from->app);
	t->project   = copy_string(a, from->project);
	t->cgroup    = copy_string(a, from->cgroup);
	t->unit      = copy_string(a, from->unit);
	t->container = copy_string(a, from->container);
	t->parent    = NULL;
	return t;
}
