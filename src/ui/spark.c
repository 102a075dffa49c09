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

static uint64_t *
second_at(struct spark *s, uint64_t second)
{
	return &s->value[second % SPARK_SECONDS];
}

void
spark_clear(struct spark *s)
{
	*s = (struct spark){ .count = 0 };
}

/* After a pause of more than a minute there is a minute of what came of it. */
void
spark_add(struct spark *s, uint64_t now_ns, uint64_t value)
{
	uint64_t now_s = now_ns / NS_PER_SEC;
	uint64_t passed = s->count == 0 || now_s < s->last_s ? 1 : now_s - s->last_s;

	if (passed == 0) {
		*second_at(s, now_s) = MAX(*second_at(s, now_s), value);
		return;
	}
	passed = MIN(passed, SPARK_SECONDS);
	for (uint64_t i = 0; i < passed; i++)
		*second_at(s, now_s - i) = value;
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
		if (from >= s->count)
			text_addc(t, ' ');
		else
			text_add(t, bars[cs][level(largest(s, from, to), most)]);
	}
}
