/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Random filter expressions, over few ports and addresses, so that many of them match. */

#ifndef LOTOP_TESTS_RANDOM_FILTER_H
#define LOTOP_TESTS_RANDOM_FILTER_H

#include <stdint.h>

#include "base/text.h"
#include "base/util.h"

/* xorshift64*: the same numbers from the same seed everywhere. */
static inline uint32_t
random_next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (uint32_t)(*seed * 0x2545f4914f6cdd1dull >> 32);
}

static inline const char *
random_of(uint64_t *seed, const char *const *words, size_t count)
{
	return words[random_next(seed) % count];
}

#define RANDOM_WORD(seed, words) random_of(seed, words, ARRAY_SIZE(words))

static const char *const random_tests[] = {
	"8080", "8080-8090", "8000-", "5432", "port:80,443", "lport:8080", "rport:8080", "lport<1024",
	"rport>=8080", "lport>60000", "rport<=0", "lport!=8080", "rport!=5432,8080", "lport:none",
	"rport:none", "raddr:none", "127.0.0.1", "::1", "10.0.0.0/8", "127.0.0.0/8", "0.0.0.0/0", "::/0",
	"::/96", "::ffff:0:0/96", "fe80::/10", "laddr:127.0.0.1", "raddr:127.0.0.2,10.0.0.1",
	"addr:::1", "127.0.0.1:8080", "[::1]:8080", "local:127.0.0.1:8080", "peer:[::1]:5432",
	"10.0.0.1:80", "state:estab", "state:listen", "state:connected", "state:time_wait,fin_wait2",
	"state!=estab", "proto:tcp", "family:4", "reach:exposed", "uid:0", "tcp", "nothing", "recvq>0",
	"lport~80", "pid:none", "owners:0",
};

static inline void
random_filter(struct text *t, uint64_t *seed, unsigned depth)
{
	static const char *const nots[] = { "", "", "not ", "!" };
	static const char *const joins[] = { " ", " and ", " or ", " or " };
	unsigned terms = depth > 0 ? 1 + random_next(seed) % 3 : 1;

	for (unsigned i = 0; i < terms; i++) {
		if (i > 0)
			text_add(t, RANDOM_WORD(seed, joins));
		text_add(t, RANDOM_WORD(seed, nots));
		if (depth > 0 && random_next(seed) % 3 > 0) {
			text_addc(t, '(');
			random_filter(t, seed, depth - 1);
			text_addc(t, ')');
		} else {
			text_add(t, RANDOM_WORD(seed, random_tests));
		}
	}
}

#endif
