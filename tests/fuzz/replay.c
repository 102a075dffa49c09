/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Runs a fuzz target on each file of a folder, whole and cut at every length. */

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/target.h"

#define SIZE_MAX_INPUT 65536

/* Returns false where the file cannot be read. */
static bool
replay(const char *folder, const char *name)
{
	static uint8_t buf[SIZE_MAX_INPUT];
	char path[4096];
	size_t len;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (!f)
		return false;
	len = fread(buf, 1, sizeof buf, f);
	fclose(f);
	for (size_t cut = 0; cut <= len; cut++)
		LLVMFuzzerTestOneInput(buf, cut);
	return true;
}

int
main(int argc, char **argv)
{
	DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *e;
	unsigned count = 0;
	bool ok = d != NULL;

	while (ok && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		ok = replay(argv[1], e->d_name);
		count++;
	}
	if (!ok || count == 0) {
		fprintf(stderr, "usage: %s FOLDER (of readable files)\n", argv[0]);
		return 2;
	}
	closedir(d);
	printf("%s: %u inputs\n", argv[1], count);
	return 0;
}
