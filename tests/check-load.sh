#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The lotop authors

# The load that tests/bench measures with makes what it is asked for, in small, and says
# with its exit status how the program beside it ended.

load=${BENCH_BUILD:?}/load
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lotop-test.XXXXXX") || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM
failures=0

# count WHAT EXPECTED ARGUMENT...: of `lotop list` beside the load.
count() {
	what=$1 expected=$2
	shift 2
	# shellcheck disable=SC2086	# words
	"$load" $options -t 60 -- "$LOTOP" list -a -t -H -c local,peer,state,holder "$@" >"$scratch/out"
	status=$?
	[ $status -eq 77 ] && exit 77
	n=$(wc -l <"$scratch/out")
	if [ $status -ne 0 ] || [ "$n" -ne "$expected" ]; then
		echo "load $options: $n $what, not $expected; status $status"
		failures=$((failures + 1))
	fi
}

options='-n 50 -p 4 -6 20 -f 6 -l 3 -x 10'
count 'ends of connections' 120 state:ESTABLISHED
count 'ends over IPv6' 20 state:ESTABLISHED family:6
count 'ends elsewhere' 20 state:ESTABLISHED laddr:10.0.0.0/8
count 'ends with a holder' 120 state:ESTABLISHED holder:known
count listeners 15 state:LISTEN

# The first connections of 100 a second are there after a hundredth of a second at most.
options='-n 10 -p 2 -c 100 -k 5000 -b 100'
"$load" $options -t 60 -- "$LOTOP" list -t -d 0.2 -n 3 -H -c local state:ESTABLISHED >"$scratch/out"
if [ "$(wc -l <"$scratch/out")" -le 60 ]; then
	echo "load $options: no connection comes"
	failures=$((failures + 1))
fi

"$load" -n 4 -p 2 -t 60 -- sh -c 'exit 7'
status=$?
if [ $status -ne 7 ]; then
	echo "load: exit status $status, not 7"
	failures=$((failures + 1))
fi
"$load" -n 200001 -- true 2>/dev/null && { echo 'load: no limit'; failures=$((failures + 1)); }
exit $((failures > 0))
