/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Sockets from /proc/net/{tcp,tcp6,udp,udp6}, for kernels and containers without
 * sock_diag. They know no cookie, no device, no tcp_info and no backlog: what
 * they do not say stays unknown.
 */

#ifndef LOTOP_SOURCE_PROCNET_H
#define LOTOP_SOURCE_PROCNET_H

#include <stddef.h>

#include "model/snapshot.h"

/*
 * Parses one line behind the header of such a file. Returns 0 or -EBADMSG; *ret
 * is written only for 0. Pure.
 */
int procnet_parse_line(const char *line, size_t len, enum sock_proto proto, unsigned family,
                       struct sock_alone *ret);

/*
 * Reads what `want` names (SOURCE_TCP …) below the directory proc_fd. Returns 0,
 * or -errno when not one of the files could be read.
 */
int procnet_read(int proc_fd, unsigned want, struct snapshot *into);

#endif
