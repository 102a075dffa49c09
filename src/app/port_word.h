/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* PORT of the command line: "8080", "127.0.0.1:8080", "[::1]:8080". */

#ifndef LOTOP_APP_PORT_WORD_H
#define LOTOP_APP_PORT_WORD_H

#include <stdbool.h>

#include "model/sock.h"

struct port_word {
	bool            has_addr;
	struct endpoint end;	/* addr only if has_addr; as in struct sock, mapped */
};

/* Reads one word. Returns 0, or -EINVAL and adds a sentence to why. */
int port_word_parse(const char *word, struct port_word *ret, struct text *why);

/* Adds it as lotop writes it: "8080", "[::1]:8080". */
void port_word_add(struct text *t, const struct port_word *w);

/*
 * Reads a range of ports, "3000-3999", "8000-", "80". Returns 0, or -EINVAL and
 * adds a sentence to why.
 */
int port_range_parse(const char *word, uint16_t *lo, uint16_t *hi, struct text *why);

#endif
