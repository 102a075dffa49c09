/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * The interface of libFuzzer. Each fuzz_*.c is such a target: linked with
 * replay.c it runs the inputs of its corpus in `make check`; with
 * `clang -fsanitize=fuzzer,address,undefined` instead it looks for new ones.
 */

#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
