/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The info of sockets that tests make, which are copied about. */

#ifndef LOTOP_TESTS_INFO_H
#define LOTOP_TESTS_INFO_H

#include <stdlib.h>

#include "model/sock.h"

#define INFOS_MAX 20000

/* To be written; of a socket that has none it is made, and there until the test ends. */
static inline struct sock_info *
info_of(struct sock *s)
{
	static struct sock_info made[INFOS_MAX];
	static size_t count;

	if (!s->info && count == INFOS_MAX)
		abort();
	if (!s->info)
		s->info = &made[count++];
	return s->info;
}

#endif
