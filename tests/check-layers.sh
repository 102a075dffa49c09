#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The lotop authors

# Every include line of src/ against the rule who may include whom. A line that
# breaks it is printed as file:line: text: reason.

top=${srcdir:-$(dirname "$0")/..}
cd "$top/src" || exit 99

# The files in a fixed order, so that the output is too.
LC_ALL=C
export LC_ALL

find . -name '*.[ch]' | sed 's|^\./||' | sort | xargs awk '
BEGIN {
	# folder -> folders; cmd, app and main.c may include all of them
	may["base"]   = "base"
	may["model"]  = "model base"
	may["source"] = "source model base"
	may["view"]   = "view model base"
	may["act"]    = "act model base"
	may["out"]    = "out view model base"
	may["ui"]     = "ui view act model base"
	may["app"]    = "app cmd ui out act view source model base"
	may["cmd"]    = may["app"]
	may["main.c"] = may["app"]

	# what is not ours -> the files that may include it, as a pattern
	only["^(n?curses|ncursesw/.*|term|termcap)\\.h$"] = "^ui/term\\.c$"
	only["^libmnl/"]           = "^(source|act)/"
	only["^(linux|asm)/"]      = "^((source|act|app|cmd)/|main\\.c$)"
	only["^linux/inet_diag\\.h$"] = "^((source|act|app|cmd)/|main\\.c$|view/filter_kernel\\.[ch]$)"
	only["^jansson\\.h$"]      = "^out/"
}

function bad(why)
{
	printf "src/%s:%d: %s: %s\n", FILENAME, FNR, $0, why
	failed = 1
}

/^[ \t]*#[ \t]*include[ \t]*["<]/ {
	seen++
	name = $0
	sub(/^[^"<]*["<]/, "", name)
	sub(/[">].*/, "", name)
	folder = FILENAME
	sub(/\/.*/, "", folder)

	if (!(folder in may)) {
		bad("this folder is not in the table of tests/check-layers.sh")
		next
	}
	if ($0 ~ /"/) {
		to = name
		sub(/\/.*/, "", to)
		if (name !~ /^[a-z]+\/[^\/]+\.h$/ || !(to in may))
			bad("spelled from src/, so that the line shows its layer")
		else if (index(" " may[folder] " ", " " to " ") == 0)
			bad(folder " may not include " to)
		next
	}
	best = ""
	for (pattern in only)	# the longest is the most exact
		if (name ~ pattern && length(pattern) > length(best))
			best = pattern
	if (best != "" && FILENAME !~ only[best])
		bad(name " is not for this file")
}

END {
	# A find that found nothing must not pass.
	if (!seen) {
		print "no include line in src/ at all"
		failed = 1
	}
	exit failed
}'
