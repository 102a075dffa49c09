/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* One message of sock_diag(7) to one struct sock_detail. Pure: no I/O, no allocation, no state. */

#ifndef LOTOP_SOURCE_DETAIL_PARSE_H
#define LOTOP_SOURCE_DETAIL_PARSE_H

#include "model/detail.h"

struct nlmsghdr;

/*
 * Returns what diag_parse_inet() returns; *ret is written only for 0. What the
 * message does not hold, or holds as a mere "none", is not known.
 */
int detail_parse(const struct nlmsghdr *nlh, enum sock_proto proto, struct sock_detail *ret);

#endif
