/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the ring of seconds, and how high a bar is. */

#include "ui/spark.h"

#include "base/clock.h"

static const char *const bars[2][8] = {
	[TEXT_ASCII] = { "_", ".", ":", "-", "=", "+", "*", "#" },
	[TEXT_UTF8]  = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
};

#define LEVELS (sizeof bars[0] / sizeof *bars[0])

static void
set_second(struct spark *s, uint64_t second, uint64_t value, bool known)
{
	s->value[second % SPARK_SECONDS] = known ? value : 0;
	s->known[second % SPARK_SECONDS] = known;
}

void
spark_clear(struct spark *s)
{
	*s = (struct spark){ .count = 0 };
}

/* After a pause, of a process that was stopped or a list that was frozen, there is a gap. */
void
spark_add(struct spark *s, uint64_t now_ns, uint64_t longest_ns, uint64_t value)
{
	uint64_t now_s = now_ns / NS_PER_SEC;
	uint64_t passed = s->count == 0 || now_s < s->last_s ? 1 : now_s - s->last_s;
	bool gap = passed > 1 && passed > longest_ns / NS_PER_SEC;

	if (passed == 0) {
		set_second(s, now_s, MAX(s->value[now_s % SPARK_SECONDS], value), true);
		return;
	}
	passed = MIN(passed, SPARK_SECONDS);
	for (uint64_t i = 0; i < passed; i++)
		set_second(s, now_s - i, value, i == 0 || !gap);
	s->count = MIN(s->count + passed, SPARK_SECONDS);
	s->last_s = now_s;
}

/* The largest of the seconds from `from` to before `to`, counted backwards from the latest. */
static uint64_t
largest(const struct spark *s, size_t from, size_t to)
{
	uint64_t most = 0;

	for (size_t i = from; i < MIN(to, s->count); i++)
		most = MAX(most, s->value[(s->last_s - i) % SPARK_SECONDS]);
	return most;
}

/* Is one of them? */
static bool
is_known(const struct spark *s, size_t from, size_t to)
{
	for (size_t i = from; i < MIN(to, s->count); i++)
		if (s->known[(s->last_s - i) % SPARK_SECONDS])
			return true;
	return false;
}

/* 0 has the lowest bar for itself: anything at all is higher. */
static size_t
level(uint64_t value, uint64_t most)
{
	if (value == 0)
		return 0;
	return 1 + (size_t)((double)value / (double)most * (double)(LEVELS - 2) + 0.5);
}

void
spark_add_text(struct text *t, const struct spark *s, size_t cells, enum text_charset cs)
{
	uint64_t most = largest(s, 0, SPARK_SECONDS);

	for (size_t i = cells; i-- > 0; ) {
		size_t from = i * SPARK_SECONDS / cells, to = (i + 1) * SPARK_SECONDS / cells;

		to = MAX(to, from + 1);
		if (is_known(s, from, to))
			text_add(t, bars[cs][level(largest(s, from, to), most)]);
		else
			text_addc(t, ' ');
	}
}
