/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Text for people. _() translates where it stands; N_() marks a text in a table
 * that is translated where it is shown. Identifiers, JSON keys and numbers are
 * never translated.
 */

#ifndef LOTOP_BASE_I18N_H
#define LOTOP_BASE_I18N_H

#include <libintl.h>

#define _(s)             gettext(s)
#define N_(s)            s
#define P_(one, many, n) ngettext(one, many, n)

#endif
