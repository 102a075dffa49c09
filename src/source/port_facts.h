/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * What the kernel has decided about ports in this network namespace: which are
 * ephemeral, which are reserved, and which only a privileged process may bind.
 * These sysctls hold for IPv6 as well (ip(7), Documentation/networking/ip-sysctl.rst).
 */

#ifndef LOTOP_SOURCE_PORT_FACTS_H
#define LOTOP_SOURCE_PORT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PORT_SET_SIZE (65536 / 8)

/* struct port_facts.has: what could be read. */
#define PORT_HAS_EPHEMERAL  0x1u
#define PORT_HAS_PRIVILEGED 0x2u
#define PORT_HAS_RESERVED   0x4u

struct port_facts {
	unsigned has;
	uint16_t eph_lo, eph_hi;		/* ip_local_port_range, both inclusive */
	uint32_t unprivileged_start;		/* ip_unprivileged_port_start: 0 to 65536 */
	uint8_t  reserved[PORT_SET_SIZE];	/* ip_local_reserved_ports, a bit each */
};

/* Reads all of it below proc_root, "/proc". What cannot be read is not in has. */
void port_facts_read(const char *proc_root, struct port_facts *ret);

/* The ephemeral range alone. Returns false, and leaves both alone, where it is unknown. */
bool port_facts_read_ephemeral(int proc_fd, uint16_t *lo, uint16_t *hi);

/* All false for what is not known. */
bool port_facts_ephemeral(const struct port_facts *f, uint16_t port);
bool port_facts_privileged(const struct port_facts *f, uint16_t port);
bool port_facts_reserved(const struct port_facts *f, uint16_t port);

/*
 * Reads "80,100-200\n", as the kernel writes a set of ports; an empty text is an
 * empty set. Returns 0 or -EBADMSG; set is changed only for 0. Pure.
 */
int port_set_parse(const char *s, size_t len, uint8_t set[PORT_SET_SIZE]);

#endif
