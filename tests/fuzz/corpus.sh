#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The lotop authors

# Every input that once was worth keeping is read again: a crash or a finding of
# a sanitizer fails.

status=0
for name in diag proc; do
	./tests/fuzz/replay_$name "${srcdir:-.}/tests/fuzz/corpus/$name" || status=1
done
exit $status
