# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The lotop authors

# The compiler's switches. They go to AM_CFLAGS and AM_LDFLAGS: CFLAGS and
# LDFLAGS are the user's, and come last on each command line.

# LOTOP_TRY_FLAGS(VARIABLE, FLAGS, [WHAT IF NOT])
# Adds FLAGS to VARIABLE if a program compiles and links with them and without
# a warning; clang only warns of a flag that it does not know or does not use.
AC_DEFUN([LOTOP_TRY_FLAGS], [
AC_MSG_CHECKING([whether $CC takes $2])
lotop_save_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -Werror $2"
AC_LINK_IFELSE([AC_LANG_PROGRAM],
	[CFLAGS=$lotop_save_CFLAGS
	AC_MSG_RESULT([yes])
	$1="$$1 $2"],
	[CFLAGS=$lotop_save_CFLAGS
	AC_MSG_RESULT([no])
	$3])
])

AC_DEFUN([LOTOP_WARNINGS], [
AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [treat warnings as errors])],
	[], [enable_werror=no])
WARN_CFLAGS=
m4_foreach_w([lotop_flag], [
	-std=gnu11
	-Wall
	-Wextra
	-Walloca
	-Wdate-time
	-Wduplicated-branches
	-Wduplicated-cond
	-Wimplicit-fallthrough
	-Winit-self
	-Wlogical-op
	-Wmissing-declarations
	-Wmissing-prototypes
	-Wnested-externs
	-Wold-style-definition
	-Wpointer-arith
	-Wredundant-decls
	-Wshadow
	-Wstrict-prototypes
	-Wundef
	-Wunused-but-set-parameter
	-Wvla
	-Wwrite-strings
	-Werror=implicit-function-declaration
	-Werror=implicit-int
	-Werror=incompatible-pointer-types
	-Werror=int-conversion
	-Werror=return-type
], [LOTOP_TRY_FLAGS([WARN_CFLAGS], lotop_flag)])
LOTOP_TRY_FLAGS([WARN_CFLAGS], [-Wformat=2 -Werror=format-security])
AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
AC_SUBST([WARN_CFLAGS])
])

AC_DEFUN([LOTOP_SANITIZERS], [
AC_ARG_ENABLE([sanitizers],
	[AS_HELP_STRING([--enable-sanitizers=LIST],
		[build with -fsanitize=LIST, for example address,undefined])],
	[], [enable_sanitizers=no])
sanitizers=
SANITIZE_CFLAGS=
AS_CASE([$enable_sanitizers],
	[no], [],
	[yes], [sanitizers=address,undefined],
	[sanitizers=$enable_sanitizers])
AS_IF([test -n "$sanitizers"],
	[LOTOP_TRY_FLAGS([SANITIZE_CFLAGS],
		[-fsanitize=$sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer],
		[AC_MSG_ERROR([$CC cannot build with -fsanitize=$sanitizers; is its runtime library installed?])])])
AC_SUBST([SANITIZE_CFLAGS])
])

AC_DEFUN([LOTOP_HARDENING], [
AC_ARG_ENABLE([hardening],
	[AS_HELP_STRING([--disable-hardening],
		[leave out what makes an exploit harder: PIE, RELRO, FORTIFY, stack protector ...])],
	[], [enable_hardening=yes])
HARDEN_CFLAGS=
HARDEN_LDFLAGS=
hardening=$enable_hardening
AS_IF([test "x$enable_hardening" != xno], [
	LOTOP_TRY_FLAGS([HARDEN_CFLAGS], [-fPIE -pie],
		[hardening="$hardening, no PIE"])
	# -pie is the linker's; the compiler may warn that it is not used.
	AS_CASE([$HARDEN_CFLAGS], [*-pie*],
		[HARDEN_CFLAGS=-fPIE; HARDEN_LDFLAGS=-pie])
	LOTOP_TRY_FLAGS([HARDEN_LDFLAGS], [[-Wl,-z,relro]])
	LOTOP_TRY_FLAGS([HARDEN_LDFLAGS], [[-Wl,-z,now]])
	LOTOP_TRY_FLAGS([HARDEN_LDFLAGS], [[-Wl,-z,noexecstack]])
	LOTOP_TRY_FLAGS([HARDEN_CFLAGS], [-fstack-protector-strong])
	LOTOP_TRY_FLAGS([HARDEN_CFLAGS], [-fstack-clash-protection])
	LOTOP_TRY_FLAGS([HARDEN_CFLAGS], [-fcf-protection])
	LOTOP_TRY_FLAGS([HARDEN_CFLAGS], [-mbranch-protection=standard])
	# Zeroed variables and FORTIFY hide from a sanitizer what it is to find.
	# (From valgrind too: --disable-hardening for a search with memcheck.)
	AS_IF([test -z "$sanitizers"], [
		# clang before 16 wants to be told in full.
		LOTOP_TRY_FLAGS([HARDEN_CFLAGS], [-ftrivial-auto-var-init=zero],
			[LOTOP_TRY_FLAGS([HARDEN_CFLAGS],
				[-ftrivial-auto-var-init=zero -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang])])
		LOTOP_FORTIFY_LEVEL
	])
])
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])
])

# The highest _FORTIFY_SOURCE that the C library takes without complaint. The
# macro itself is set at the end of config.h, which is read before any header,
# and only where that compilation optimises: `make CFLAGS=-O0` stays silent.
AC_DEFUN([LOTOP_FORTIFY_LEVEL], [
AC_MSG_CHECKING([for the level of _FORTIFY_SOURCE])
lotop_fortify=
lotop_save_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -O2 -Werror"
for lotop_level in 3 2; do
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[
#undef _FORTIFY_SOURCE
#define _FORTIFY_SOURCE $lotop_level
#include <stdio.h>
#include <string.h>]])], [lotop_fortify=$lotop_level; break])
done
CFLAGS=$lotop_save_CFLAGS
AC_MSG_RESULT([${lotop_fortify:-none}])
AS_IF([test -n "$lotop_fortify"],
	[AC_DEFINE_UNQUOTED([LOTOP_FORTIFY], [$lotop_fortify],
		[Level of _FORTIFY_SOURCE that the C library knows.])])
AH_BOTTOM([#if defined LOTOP_FORTIFY && defined __OPTIMIZE__ && !defined _FORTIFY_SOURCE
# define _FORTIFY_SOURCE LOTOP_FORTIFY
#endif])
])
