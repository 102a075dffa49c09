/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns the layout of pages: where lines break, and how wide the columns are. */

#include "ui/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MARGIN     1
#define GAP        2		/* between columns */
#define HANG       2		/* further lines of a wide paragraph */
#define CELL_MAX   21		/* wider figures take two columns or more */

enum entry_kind { ENTRY_FACTS, ENTRY_WORDS, ENTRY_WIDE, ENTRY_FIGURE };

struct page_entry {
	size_t   label;		/* in the pool, as the next two */
	size_t   text;
	size_t   value;		/* of a figure */
	size_t   indent;
	uint8_t  kind;
	uint8_t  role;
};

/* What is in one row: a piece of a paragraph, or so many figures. */
struct page_line {
	const struct page_entry *entry;
	size_t at;		/* in the text */
	size_t len;		/* of a paragraph: bytes */
	size_t figures;		/* how many; 0: it is a paragraph */
	size_t col;
	bool   first;		/* of its entry: has the label */
};

void
page_init(struct page *p, size_t label_min)
{
	*p = (struct page){ .dot = " · ", .label_min = label_min };
	text_init(&p->pool);
}

void
page_done(struct page *p)
{
	text_done(&p->pool);
	free(p->entries);
	free(p->lines);
}

void
page_clear(struct page *p)
{
	text_clear(&p->pool);
	p->count = 0;
	p->nlines = 0;
}

/* ---- writing ---- */

static size_t
keep(struct page *p, const char *s)
{
	size_t at = p->pool.len;

	text_addn(&p->pool, s, strlen(s) + 1);
	return at;
}

static struct page_entry *
add_entry(struct page *p, enum entry_kind kind, enum role role)
{
	struct page_entry *e;

	p->entries = mem_room(p->entries, p->count, &p->cap, sizeof *p->entries);
	e = &p->entries[p->count++];
	*e = (struct page_entry){ .kind = (uint8_t)kind, .role = (uint8_t)role };
	return e;
}

static void
add_beside(struct page *p, enum entry_kind kind, const char *label, enum role role, const char *text)
{
	struct page_entry *e = add_entry(p, kind, role);

	e->label = keep(p, label);
	e->text = keep(p, text);
}

void
page_add(struct page *p, const char *label, enum role role, const char *text)
{
	add_beside(p, ENTRY_FACTS, label, role, text);
}

void
page_add_words(struct page *p, const char *label, enum role role, const char *text)
{
	add_beside(p, ENTRY_WORDS, label, role, text);
}

void
page_add_wide(struct page *p, size_t indent, enum role role, const char *text)
{
	struct page_entry *e = add_entry(p, ENTRY_WIDE, role);

	e->label = keep(p, "");
	e->text = keep(p, text);
	e->indent = indent;
}

void
page_add_figure(struct page *p, const char *label, const char *name, const char *value)
{
	struct page_entry *e = add_entry(p, ENTRY_FIGURE, ROLE_TEXT);

	e->label = keep(p, label);
	e->text = keep(p, name);
	e->value = keep(p, value);
}

static const char *
in_pool(const struct page *p, size_t at)
{
	return text_str(&p->pool) + at;
}

/* ---- layout ---- */

static size_t
figure_width(const struct page *p, const struct page_entry *e)
{
	return text_width(in_pool(p, e->text)) + 1 + text_width(in_pool(p, e->value));
}

static void
measure(struct page *p, size_t cols)
{
	p->label_width = p->label_min;
	p->cell_width = 0;
	for (size_t i = 0; i < p->count; i++) {
		const struct page_entry *e = &p->entries[i];

		p->label_width = MAX(p->label_width, text_width(in_pool(p, e->label)));
		if (e->kind == ENTRY_FIGURE)
			p->cell_width = MAX(p->cell_width, MIN(figure_width(p, e), CELL_MAX));
	}
	p->label_width = MIN(p->label_width, cols / 3);
	p->cell_width += GAP;
}

static size_t
text_col(const struct page *p)
{
	return MARGIN + p->label_width + 1;
}

static void
add_line(struct page *p, struct page_line line)
{
	p->lines = mem_room(p->lines, p->nlines, &p->lines_cap, sizeof *p->lines);
	p->lines[p->nlines++] = line;
}

/* A narrow window must not stop it: a line has one cell at least. */
static size_t
room_from(size_t col, size_t cols)
{
	return cols > col + 1 ? cols - col - 1 : 1;
}

/* Facts are rather kept whole than lines filled. */
static size_t
break_facts(const char *s, size_t cells, const char *dot)
{
	size_t n = text_break(s, cells), len = strlen(dot), last = 0;

	if (s[n] == '\0')
		return n;
	for (const char *at = s; (at = strstr(at, dot)) && (size_t)(at - s) + len <= n; at += len)
		last = (size_t)(at - s) + len;
	return last > 0 ? last : n;
}

/* How many bytes from s on go on a line. */
static size_t
break_of(const struct page *p, const struct page_entry *e, const char *s, size_t cells)
{
	return e->kind == ENTRY_FACTS ? break_facts(s, cells, p->dot) : text_break(s, cells);
}

static void
lay_out_text(struct page *p, const struct page_entry *e, size_t cols)
{
	const char *s = in_pool(p, e->text);
	size_t col = e->kind == ENTRY_WIDE ? e->indent : text_col(p), at = 0;
	bool first = true;

	do {
		size_t n = break_of(p, e, s + at, room_from(col, cols));

		add_line(p, (struct page_line){ .entry = e, .at = at, .len = n, .col = col, .first = first });
		at += n;
		if (first && e->kind == ENTRY_WIDE)
			col += HANG;
		first = false;
	} while (s[at] != '\0');
}

/* How many columns a figure takes. */
static size_t
slots_of(const struct page *p, const struct page_entry *e)
{
	return (figure_width(p, e) + GAP + p->cell_width - 1) / p->cell_width;
}

/* As many figures as fit into one line, one at least. Returns how many. */
static size_t
lay_out_figures(struct page *p, const struct page_entry *e, size_t cols)
{
	size_t room = MAX((room_from(text_col(p), cols) + GAP) / p->cell_width, 1);
	size_t used = slots_of(p, e), n = 1, left = p->count - (size_t)(e - p->entries);

	while (n < left && e[n].kind == ENTRY_FIGURE && *in_pool(p, e[n].label) == '\0' &&
	       used + slots_of(p, &e[n]) <= room)
		used += slots_of(p, &e[n++]);
	add_line(p, (struct page_line){ .entry = e, .figures = n, .col = text_col(p), .first = true });
	return n;
}

size_t
page_layout(struct page *p, size_t cols)
{
	size_t i = 0;

	measure(p, cols);
	p->nlines = 0;
	while (i < p->count) {
		const struct page_entry *e = &p->entries[i];

		if (e->kind == ENTRY_FIGURE) {
			i += lay_out_figures(p, e, cols);
			continue;
		}
		lay_out_text(p, e, cols);
		i++;
	}
	return p->nlines;
}

size_t
page_find(const struct page *p, const char *label)
{
	for (size_t i = 0; i < p->nlines; i++)
		if (p->lines[i].first && strcmp(in_pool(p, p->lines[i].entry->label), label) == 0)
			return i;
	return p->nlines;
}

/* ---- drawing ---- */

static void
draw_figures(const struct page *p, const struct page_line *line, struct cells *c, size_t row)
{
	size_t col = line->col;

	for (size_t i = 0; i < line->figures; i++) {
		const struct page_entry *e = &line->entry[i];
		size_t at = cells_put(c, row, col, c->cols, ROLE_DIM, in_pool(p, e->text));

		cells_put(c, row, at + 1, c->cols, ROLE_TEXT, in_pool(p, e->value));
		col += slots_of(p, e) * p->cell_width;
	}
}

static void
draw_text(const struct page *p, const struct page_line *line, struct cells *c, size_t row)
{
	struct text piece;

	text_init(&piece);
	text_addn(&piece, in_pool(p, line->entry->text) + line->at, line->len);
	cells_put(c, row, line->col, c->cols, (enum role)line->entry->role, text_str(&piece));
	text_done(&piece);
}

void
page_draw(const struct page *p, struct cells *c, size_t first, size_t row, size_t rows)
{
	for (size_t i = first; i < p->nlines && i - first < rows; i++) {
		const struct page_line *line = &p->lines[i];
		size_t at = row + (i - first);

		if (line->first)
			cells_put(c, at, MARGIN, text_col(p), ROLE_TITLE, in_pool(p, line->entry->label));
		if (line->figures > 0)
			draw_figures(p, line, c, at);
		else
			draw_text(p, line, c, at);
	}
}
