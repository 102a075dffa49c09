/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns what the page says of a socket: in short at its head, in full at its end. */

#include <string.h>

#include "base/i18n.h"
#include "ui/detail.h"
#include "ui/ui_priv.h"
#include "view/figure.h"
#include "view/finding_text.h"

#define ADDRS_SHOWN 4
#define FIGURE_MAX  40	/* a longer value is a paragraph, which wraps */

/* ---- the head line ---- */

static void
add_arrow(struct detail_writer *w)
{
	text_add(&w->t, w->ui->charset == TEXT_UTF8 ? " → " : " -> ");
}

static void
add_word(struct detail_writer *w, const char *word)
{
	if (word)
		text_addf(&w->t, "  %s", word);
}

/* Where it is gone, of the socket as it was. */
void
detail_write_head(struct detail_writer *w)
{
	const struct sock *s = w->row->sock ? w->row->sock : &w->d->sock;

	if (w->d->kind == ROW_PROCESS) {
		text_add(&w->t, text_str(&w->d->name));
		return;
	}
	endpoint_add_text(&w->t, &s->local);
	if (sock_has_peer(s)) {
		add_arrow(w);
		endpoint_add_text(&w->t, &s->remote);
	}
	add_word(w, w->d->closed ? NULL : sock_state_names[s->state]);
	add_word(w, sock_proto_names[s->proto]);
	if (w->row->env->snap)
		add_word(w, sock_reach_names[sock_reach_of(s, w->row->env->snap->lo_ifindex)]);
	add_word(w, s->role == SOCK_LISTENER ? NULL : sock_role_names[s->role]);
}

/* ---- what is wrong ---- */

void
detail_write_warnings(struct detail_writer *w)
{
	const struct sock *s = w->row->sock;

	if (!(s->has & SOCK_HAS_WARN) || w->row->kind == ROW_PROCESS)
		return;
	for (enum finding f = 0; f < FINDING_COUNT; f++) {
		bool note = FINDING_NOTES & 1u << f;

		if (!(s->warn & 1u << f))
			continue;
		text_add(&w->t, note ? "  " : "! ");
		finding_add_why(&w->t, f, s);
		page_add_wide(w->page, 1, note ? ROLE_TEXT : ROLE_WARNING, text_str(&w->t));
		text_clear(&w->t);
	}
}

/* ---- in short ---- */

static void
add_queue(struct detail_writer *w)
{
	const struct sock *s = w->row->sock;

	if (s->state != STATE_LISTEN || !(s->has & SOCK_HAS_QUEUE))
		return;
	detail_fact(w);
	text_addf(&w->t, _("queue %1$u of %2$u"), s->rqueue, s->wqueue);
}

static void
add_clients(struct detail_writer *w)
{
	const struct field *f = field_find("clients", strlen("clients"));
	struct value v = field_get(f, w->row);

	if (v.kind == VAL_NONE)
		return;
	detail_fact(w);
	text_addf(&w->t, P_("%llu client", "%llu clients", (unsigned long)v.number),
	          (unsigned long long)v.number);
}

/* By which addresses others reach it. */
static void
add_addrs(struct detail_writer *w)
{
	const struct detail *found = w->d->found;
	const struct sock *s = w->row->sock;
	size_t shown = 0;

	if (w->end > 0 || !found || sock_reach_of(s, w->row->env->snap->lo_ifindex) != REACH_EXPOSED)
		return;
	for (size_t i = 0; i < found->naddrs && shown < ADDRS_SHOWN; i++) {
		const struct host_addr *a = &found->addrs[i];

		if (s->family == 4 && !addr_is_v4(a->addr))
			continue;
		if (!addr_is_any(s->local.addr) && memcmp(a->addr, s->local.addr, sizeof a->addr) != 0)
			continue;
		detail_fact(w);
		detail_add_safe(w, a->iface);
		text_addc(&w->t, ' ');
		addr_add_text(&w->t, a->addr);
		shown++;
	}
}

void
detail_write_sock(struct detail_writer *w)
{
	if (w->row->kind == ROW_PROCESS)
		return;
	add_queue(w);
	add_clients(w);
	detail_named_field(w, "recvq", "recvq", "");
	detail_named_field(w, "sendq", "sendq", "");
	detail_named_field(w, "rx", "rx", "/s");
	detail_named_field(w, "tx", "tx", "/s");
	detail_named_field(w, "rtt", "rtt", "");
	detail_named_field(w, _("seen for"), "age", "");
	detail_named_field(w, "inode", "inode", "");
	add_addrs(w);
	detail_line(w, _("Socket"), ROLE_TEXT);
}

/* ---- in full ---- */

/* Those that are told above in full, where there is more room for them. */
static bool
is_told_above(const struct field *f)
{
	static const char *const ids[] = { "local", "peer", "command", "exe", "cwd" };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (strcmp(f->id, ids[i]) == 0)
			return true;
	return false;
}

static void
add_figure(struct detail_writer *w, bool *first, const char *label, const char *id)
{
	struct text whole;

	if (text_width(text_str(&w->t)) <= FIGURE_MAX) {
		page_add_figure(w->page, *first ? label : "", id, text_str(&w->t));
	} else {
		text_init(&whole);
		text_addf(&whole, "%s %s", id, text_str(&w->t));
		page_add_words(w->page, *first ? label : "", ROLE_TEXT, text_str(&whole));
		text_done(&whole);
	}
	text_clear(&w->t);
	*first = false;
}

static void
write_known_fields(struct detail_writer *w)
{
	bool first = true;

	for (size_t i = 0; i < nfields; i++) {
		struct value v = field_get(&fields[i], w->row);

		if (v.kind == VAL_NONE || is_told_above(&fields[i]))
			continue;
		value_add(&w->t, &v, VALUE_TABLE, w->ui->charset);
		add_figure(w, &first, _("Fields"), fields[i].id);
	}
}

static void
write_group(struct detail_writer *w, const struct sock_detail *sd, unsigned group)
{
	const char *label = _(figure_groups[group]);
	bool first = true;

	if (group == FIGURES_WINDOW && sd->congestion[0] != '\0') {
		detail_add_safe(w, sd->congestion);
		add_figure(w, &first, label, "congestion");
	}
	for (enum figure f = 0; f < FIGURE_COUNT; f++) {
		if (!sd->known[f] || figures[f].group != group || !figures[f].id)
			continue;
		figures[f].add(&w->t, sd, f);
		add_figure(w, &first, label, figures[f].id);
	}
}

static void
write_figures(struct detail_writer *w)
{
	const struct detail *found = w->d->found;
	const struct sock_detail *sd;

	if (!found || w->end >= w->d->want.nsocks || found->sock_err[w->end] != 0)
		return;
	sd = &found->socks[w->end];
	if (sd->sock.cookie != w->row->sock->cookie)
		return;		/* the answer is about the other end of before */
	for (unsigned group = 0; group < FIGURES_GROUPS; group++)
		write_group(w, sd, group);
}

void
detail_write_fields(struct detail_writer *w)
{
	if (w->row->kind == ROW_PROCESS)
		return;
	page_add_wide(w->page, 0, ROLE_TEXT, "");
	write_known_fields(w);
	write_figures(w);
}
