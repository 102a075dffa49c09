/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* The name of a Docker container from what Docker keeps on disk, which root alone may read. */

#ifndef LOTOP_ACT_CONTAINER_H
#define LOTOP_ACT_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The name of the container with that address in one of its networks, in ret. root is put
 * before every path, "" outside of tests. False where none has it or it cannot be read.
 */
bool container_name_of_ip(const char *root, const char *ip, char *ret, size_t size);

/* Reads the text of one config.v2.json: has the container the address, and what is its name? Pure. */
bool container_scan(const char *json, size_t len, const char *ip, char *ret, size_t size);

#endif
