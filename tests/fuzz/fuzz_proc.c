/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Fuzz target: the texts of /proc, each parser on the whole input. */

#include <stdlib.h>
#include <string.h>

#include "fuzz/target.h"
#include "model/task.h"
#include "source/procnet.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct { enum sock_proto proto; unsigned family; } tables[] = {
		{ PROTO_TCP, 4 }, { PROTO_TCP, 6 }, { PROTO_UDP, 4 }, { PROTO_UDP, 6 },
	};
	char *text = malloc(size + 1);	/* no byte is read behind size: none has to be there */
	struct task_stat st;
	uint64_t inode;

	if (size > 0)
		memcpy(text, data, size);
	if (size > 0)
		text = realloc(text, size);
	if (task_parse_stat(text, size, &st) == 0 && !memchr(st.comm, '\0', sizeof st.comm))
		abort();
	task_parse_link(text, size, &inode);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		struct sock_alone s;

		if (procnet_parse_line(text, size, tables[i].proto, tables[i].family, &s) == 0 &&
		    (s.sock.state >= STATE_COUNT || !sock_state_names[s.sock.state]))
			abort();
	}
	free(text);
	return 0;
}
