/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* What the kernel has set about ports in this network namespace (ip(7), ip-sysctl). */

#ifndef LOTOP_SOURCE_PORT_FACTS_H
#define LOTOP_SOURCE_PORT_FACTS_H

#include <stdbool.h>
#include <stdint.h>

struct port_facts {
	uint16_t eph_lo, eph_hi;	/* ip_local_port_range, both inside; 0, 0 if unknown */
	uint32_t unprivileged_start;	/* ip_unprivileged_port_start; 0 if unknown: none is privileged */
	uint8_t  reserved[65536 / 8];	/* ip_local_reserved_ports, a bit each */
};

/* Reads all from an open /proc; what cannot be read stays unknown. */
void port_facts_read(struct port_facts *f, int proc_fd);

bool port_facts_ephemeral(const struct port_facts *f, uint16_t port);
bool port_facts_reserved(const struct port_facts *f, uint16_t port);

/*
 * Sets the bits of a list as the kernel writes it, "80,100-200\n". What is none
 * is passed over. Pure.
 */
void port_facts_parse_reserved(struct port_facts *f, const char *list);

#endif
