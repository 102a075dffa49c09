#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The lotop authors

# bootstrap on machines that have nothing: a PATH of a few harmless tools and a
# package manager that only writes down what it was asked for. It must ask for
# every package once, without a question, and say how it ended.

bootstrap=${srcdir:-$(dirname "$0")/..}/bootstrap
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lotop-test.XXXXXX") || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM
# The blank is on purpose.
mkdir -p "$scratch/check out" "$scratch/bin" || exit 99
cp "$bootstrap" "$scratch/check out/bootstrap" || exit 99
for tool in cat cut dirname env grep mkdir nproc sed sort tail tr; do
	ln -s "$(command -v $tool)" "$scratch/bin/$tool" || exit 99
done
failures=0

# fake NAME TEXT: a program for that machine.
fake() {
	printf '#!/bin/sh\n%s\n' "$2" >"$scratch/bin/$1"
	chmod +x "$scratch/bin/$1"
}

# bootstrap_there ARGUMENT...: what it says is in out and err, what it asked
# for in asked.
bootstrap_there() {
	: >"$scratch/asked"
	PATH=$scratch/bin SCRATCH=$scratch CC='' "$shell" "$scratch/check out/bootstrap" "$@" \
		</dev/null >"$scratch/out" 2>"$scratch/err"
	status=$?
}

# expect WHAT FILE PATTERN
expect() {
	grep -qE -e "$3" "$scratch/$2" && return
	echo "FAILED: $1: $2 has no line like: $3"
	sed 's/^/  | /' "$scratch/out" "$scratch/err" "$scratch/asked"
	failures=$((failures + 1))
}

shell=$(command -v sh)
# shellcheck disable=SC2016
{
	write='echo "${0##*/} $*" >>"$SCRATCH/asked"'
	through='"$@"'
}
fake id 'echo 0'

bootstrap_there check
expect "no package manager" err 'lacks: gcc .*libmnl.*vterm.*by hand'
expect "no package manager" out '^0 passed, 1 failed$'

# manager, how it is called, some packages that it must get
while read -r manager call packages; do
	fake "$manager" "$write"
	bootstrap_there check
	expect "$manager" asked "^$manager .*$call"
	for package in gcc make autoconf automake $packages; do
		expect "$manager" asked " $package( |\$)"
	done
	[ "$(tail -n 1 "$scratch/asked" | tr ' ' '\n' | sort | uniq -d)" = "" ] ||
		expect "$manager asks twice for a package" asked '^$'
	expect "$manager" err "installing with $manager: autoconf "
	# It brought nothing, which must not pass for success.
	expect "$manager" err 'still missing after the installation: gcc '
	expect "$manager" out '^0 passed, 1 failed$'
	rm "$scratch/bin/$manager"
done <<'END'
apt-get -y     libc6-dev autopoint gettext pkg-config libncurses-dev libmnl-dev libjansson-dev libcriterion-dev libvterm-dev
dnf     -y     glibc-devel gettext-devel pkgconf-pkg-config ncurses-devel libmnl-devel jansson-devel criterion-devel libvterm-devel
pacman  --noconfirm gettext pkgconf ncurses libmnl jansson criterion libvterm
zypper  --non-interactive glibc-devel gettext-tools pkg-config ncurses-devel libmnl-devel libjansson-devel criterion-devel libvterm-devel
apk     add    musl-dev linux-headers gettext-dev pkgconf ncurses-dev libmnl-dev jansson-dev criterion-dev libvterm-dev
END

fake apt-get "$write"
bootstrap_there run
expect "run installs nothing for the tests" asked 'install .*libmnl-dev'
if grep -q criterion "$scratch/asked"; then
	expect "run installs nothing for the tests" asked '^$'
fi

fake apt-get 'echo "no route to the mirror"; exit 100'
bootstrap_there run
expect "the manager's own words are shown" err '^no route to the mirror$'
expect "a failed installation is said" err 'apt-get could not install'
[ "$status" -eq 3 ] && [ ! -s "$scratch/out" ] ||
	expect "run leaves standard output to lotop, and fails" out '^ $'

fake id 'echo 1000'
fake apt-get "$write"
bootstrap_there run
expect "not root, no sudo" err 'no sudo: please install as root: .*libmnl-dev'
fake sudo "$write; $through"
bootstrap_there run
expect "not root" asked '^sudo apt-get .*update'
expect "not root" asked '^sudo env DEBIAN_FRONTEND=noninteractive apt-get .*install -y .*libmnl-dev'

bootstrap_there
expect "no command" err '^usage: '
bootstrap_there check more
expect "check takes no arguments" err '^usage: '

[ $failures -eq 0 ]
