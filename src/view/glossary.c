/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

#include "view/glossary.h"

#include "base/i18n.h"
#include "base/util.h"

const struct glossary_entry glossary[] = {
	{ NULL, N_("Signs") },
	{ "+ -", N_("opened, closed a few seconds ago") },
	{ "!", N_("something is wrong with it: see the field warn") },
	{ "~", N_("the port is in the range that the kernel gives out by itself") },
	{ "*", N_("at the beginning of a row: it is tagged") },
	{ "*", N_("as an address: every address of this machine") },
	{ NULL, N_("Reach") },
	{ "loopback", N_("only programs on this machine can connect") },
	{ "exposed", N_("others can connect too, if no firewall is between") },
	{ NULL, N_("Warnings") },
	{ "stopped", N_("its process is stopped, or a zombie: nobody is served") },
	{ "backlog", N_("the accept queue is full, or nearly: nobody accepts") },
	{ "close-wait", N_("the other end closed 10 s ago or more, this one has not") },
	{ "split", N_("different programs have the port, on different addresses") },
	{ "exposed", N_("others can connect, or send to it") },
	{ "one-family", N_("on ::1 alone, so 127.0.0.1 does not find it: a note") },
	{ NULL, N_("Holders that are no process") },
	{ N_("(another user: ...)"), N_("only root may see who it is: sudo lotop") },
	{ N_("(in accept queue)"), N_("the listener has not accepted the connection yet") },
	{ N_("(gone)"), N_("no socket has this end of the connection any more") },
	{ N_("(none)"), N_("the process is gone, the kernel still closes it") },
	{ N_("(time-wait)"), N_("closed; the kernel keeps the ports apart for a minute") },
	{ N_("(not visible)"), N_("in another container, or just being handed over") },
	{ NULL, N_("States") },
	{ "LISTEN", N_("waits for connections") },
	{ "UNCONN", N_("UDP, takes datagrams from anyone") },
	{ "BOUND", N_("has the port, but neither listens nor connects") },
	{ "ESTABLISHED", N_("connected") },
	{ "SYN_SENT SYN_RECV", N_("the connection is being made") },
	{ "CLOSE_WAIT", N_("the other end closed, this one has not yet") },
	{ "FIN_WAIT1 FIN_WAIT2", N_("this end closed, the other has not yet") },
	{ "LAST_ACK CLOSING", N_("both ends closed, the last word is under way") },
	{ "TIME_WAIT", N_("closed, kept for a minute") },
	{ "CLOSE", N_("not connected any more") },
};
const size_t nglossary = ARRAY_SIZE(glossary);

/* An id may be a word of some other text too, such as "stopped". */
const char *
glossary_term(const struct glossary_entry *e)
{
	return e->term[0] == '(' ? _(e->term) : e->term;
}
