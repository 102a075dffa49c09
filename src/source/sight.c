/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "source/sight.h"

#include <linux/capability.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(cap) (1u << (cap))	/* all that count here are in the first word */

/*
 * /proc/PID/fd is a folder of the process's user, for which either capability will
 * do; what its links say the kernel tells whoever may trace it (proc_pid_fd(5)).
 */
const char *
sight_lacks(void)
{
	static const char *const names[2][2] = {
		{ NULL, "CAP_DAC_READ_SEARCH" },
		{ "CAP_SYS_PTRACE", "CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH" },
	};
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
	bool trace, search;

	if (syscall(SYS_capget, &head, data) < 0)
		return NULL;
	trace = data[0].effective & BIT(CAP_SYS_PTRACE);
	search = data[0].effective & (BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_DAC_OVERRIDE));
	return names[!trace][!search];
}
