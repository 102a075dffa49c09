/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Is a listener likely a web server? Nothing says so for certain but an answer, and to ask
 * for one is to send bytes that another service may not like.
 */

#ifndef LOTOP_MODEL_WEB_H
#define LOTOP_MODEL_WEB_H

#include <stdbool.h>

#include "model/sock.h"
#include "model/task.h"

/*
 * By its port, the name of that in the services database (NULL: it has none), and the
 * program that holds it (NULL: not known). Never where the name says TLS.
 */
bool web_is_likely(const struct sock *listener, const char *service, const struct task *task);

#endif
