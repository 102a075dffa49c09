#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The lotop authors

# The inputs of the filter language that once were worth keeping are read again.

exec ./tests/fuzz/replay_filter "${srcdir:-.}/tests/fuzz/corpus/filter"
