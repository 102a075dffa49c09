#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The lotop authors

# Every source with text for people is in po/POTFILES.in, or translators never
# see it; and every file there exists, or po/ cannot be built.

top=${srcdir:-$(dirname "$0")/..}
cd "$top" || exit 99
LC_ALL=C
export LC_ALL

failed=0
marked=$(find src -name '*.[ch]' -exec grep -lE '(^|[^[:alnum:]_])(_|N_|P_)\(("|$)' {} + | sort)
listed=$(grep -v '^#' po/POTFILES.in | sort)
[ -n "$marked" ] || { echo "no source with text at all"; failed=1; }

for file in $marked; do
	echo "$listed" | grep -qxF "$file" && continue
	echo "po/POTFILES.in lacks $file"
	failed=1
done
for file in $listed; do
	echo "$marked" | grep -qxF "$file" && continue
	echo "po/POTFILES.in lists $file, which is gone or has no text for people"
	failed=1
done
exit $failed
