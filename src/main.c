/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Start-up order, nothing else. */

#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/util.h"
#include "cmd/subcommand.h"

/*
 * A descriptor 0, 1 or 2 that the caller closed would be given to the first file
 * or socket that we open, and our output would go there. Not for writing: output
 * that has nowhere to go is an error.
 */
static void
fill_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/*
 * With privileges that our caller does not have (set-user-id, file capabilities)
 * the environment is the caller's weapon: glibc drops most such variables itself,
 * but not these (secure_getenv(3) is what a library must remember to use).
 */
static void
distrust_environment(void)
{
	static const char *const names[] = {
		"TERMINFO", "TERMINFO_DIRS", "TERMCAP",  "TERMPATH",     "HOME",
		"LANGUAGE", "NLSPATH",       "LOCPATH",  "TEXTDOMAINDIR", "XDG_CONFIG_HOME",
		"NCURSES_TRACE", "NCURSES_NO_SETBUF", "NCURSES_GPM_TERMS", "NCURSES_NO_PADDING",
	};

	if (!getauxval(AT_SECURE) && geteuid() == getuid())
		return;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
}

/* Numbers are the same bytes in every locale. */
static void
set_locale(void)
{
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);
}

#define LARGE (128 * 1024)	/* bytes: what malloc(3) begins with */

/*
 * Large pieces stay apart, and go back to the system as they are freed. Else malloc(3) takes them
 * from its heap after the first one that was freed, and what is below others there stays: up to a
 * tenth of all memory. What is taken anew at each refresh is too little to cost anything.
 */
static void
give_memory_back(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE);
}

int
main(int argc, char **argv)
{
	give_memory_back();
	fill_standard_fds();
	distrust_environment();
	set_locale();
	return subcommand_main(argc, argv);
}
