/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * lotop kill: all is planned and looked at before the first signal; then it waits
 * for the ports, and tells what became of them. Every signal goes through act/.
 */

#include "cmd/subcommand.h"

#include <errno.h>
#include <langinfo.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "act/keeper.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/util.h"
#include "cmd/describe.h"
#include "cmd/kill_priv.h"
#include "cmd/sample.h"
#include "view/lingering.h"

#define TIMEOUT_DEFAULT 5.0
#define LOOK_NS    (20 * NS_PER_MS)
#define SETTLE_NS  (60 * NS_PER_MS)	/* a port must stay free so long: it may be taken again */
#define RESTART_NS (500 * NS_PER_MS)	/* holders that outlive all victims so long are new ones */

#define HOLDING (1u << STATE_LISTEN | 1u << STATE_UNCONN | 1u << STATE_BOUND)

struct killing {
	const struct options *o;
	struct source        *source;
	struct names         *names;
	struct snapshot       snap;
	struct kill_port     *ports;
	size_t                count;
	int                   sig;
	uint64_t              sent_ns;
};

static const unsigned everything = SOURCE_TCP | SOURCE_UDP | SOURCE_IPV4 | SOURCE_IPV6;

static char *
word_of(const struct port_word *w)
{
	struct text t;
	char *ret;

	text_init(&t);
	port_word_add(&t, w);
	ret = mem_copy(text_str(&t), t.len);
	text_done(&t);
	return ret;
}

static void
killing_init(struct killing *k, const struct options *o)
{
	*k = (struct killing){ .o = o, .count = o->nwanted,
	                       .sig = o->signal ? o->signal : SIGTERM };
	k->names = names_new(o->numeric);
	k->ports = mem_new((k->count + 1) * sizeof *k->ports);
	snapshot_init(&k->snap);
	for (size_t i = 0; i < k->count; i++) {
		k->ports[i].query = options_port_query(o, i);
		k->ports[i].word = word_of(&o->wanted[i]);
	}
}

static void
killing_done(struct killing *k)
{
	for (size_t i = 0; i < k->count; i++)
		kill_port_done(&k->ports[i]);
	free(k->ports);
	snapshot_done(&k->snap);
	names_free(k->names);
	source_close(k->source);
}

static int
sample(struct killing *k, uint32_t states, unsigned more)
{
	const struct source_narrow narrow = { .states = { states, states } };

	source_narrow(k->source, &narrow);
	return sample_take(k->source, everything | more, &k->snap);
}

static const char *
name_of_signal(const struct killing *k, char buf[16])
{
	const char *name = signal_name(k->sig);

	if (name)
		return name;
	snprintf(buf, 16, "%d", k->sig);
	return buf;
}

/* "python3 (pid 4711, user www), …": the victims of a port. */
static void
add_victims(struct text *t, const struct kill_port *p)
{
	for (size_t i = 0; i < p->count; i++)
		text_addf(t, "%s%s", i ? ", " : "", p->victims[i].name);
}

/* format takes port, place, victims and, if it wants it, the signal. */
static void
print_victims(FILE *out, const struct killing *k, const char *format)
{
	char signal[16];

	for (size_t i = 0; i < k->count; i++) {
		struct text names;

		if (k->ports[i].mode == PORT_NO)
			continue;
		text_init(&names);
		add_victims(&names, &k->ports[i]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		fprintf(out, format, k->ports[i].word, k->ports[i].place,
		        text_str(&names), name_of_signal(k, signal));
#pragma GCC diagnostic pop
		text_done(&names);
	}
}

/* ---- before ---- */

static int
check_usage(const struct options *o)
{
	const char *why = NULL;

	if (o->readonly && !o->dry_run)
		why = _("--readonly and kill exclude each other; --dry-run says what kill would do.");
	else if (!o->yes && !o->dry_run && !isatty(STDIN_FILENO))
		why = _("There is no terminal to ask on: give -y to end the holders without a question.");
	if (!why)
		return EXIT_DONE;
	fprintf(stderr, "lotop: %s\n", why);
	return EXIT_USAGE;
}

static void
say_unheld(const struct killing *k, const struct kill_port *p)
{
	printf(snapshot_has_all_rows(&k->snap)
	       ? _("Port %s is free: nothing listens on it, and nothing is bound to it.\n")
	       : _("Nothing that can be seen holds port %s.\n"), p->word);
}

/* Returns EXIT_DONE to go on, EXIT_NO_MATCH where nothing is held, or EXIT_REFUSED. */
static int
plan(struct killing *k)
{
	int status = sample(k, HOLDING, SOURCE_OWNERS);
	bool held = false;

	if (status != EXIT_DONE)
		return status;
	for (size_t i = 0; i < k->count; i++) {
		struct kill_port *p = &k->ports[i];

		kill_plan(p, k->o, &k->snap, k->names);
		held = held || p->mode != PORT_NO;
		if (p->refused)
			status = EXIT_REFUSED;
		else if (p->mode == PORT_NO)
			say_unheld(k, p);
	}
	sample_say_partial(&k->snap);
	return status == EXIT_DONE && !held ? EXIT_NO_MATCH : status;
}

/* Yes in the language of the user, and in English. */
static bool
means_yes(const char *line)
{
	regex_t yes;
	bool ret = line[0] == 'y' || line[0] == 'Y';

	if (ret || regcomp(&yes, nl_langinfo(YESEXPR), REG_EXTENDED | REG_NOSUB) != 0)
		return ret;
	ret = regexec(&yes, line, 0, NULL, 0) == 0;
	regfree(&yes);
	return ret;
}

/* What was typed before the question was there does not answer it. */
static bool
ask(const struct killing *k)
{
	char line[64];
	char signal[16];

	print_victims(stderr, k, _("Port %1$s (%2$s) is held by %3$s.\n"));
	tcflush(STDIN_FILENO, TCIFLUSH);
	fprintf(stderr, _("Send %s? [y/N] "), name_of_signal(k, signal));
	fflush(stderr);
	return fgets(line, sizeof line, stdin) && means_yes(line);
}

/* ---- signals ---- */

static void
say_not_signalled(const struct victim *v, int err)
{
	fprintf(stderr, _("lotop: %1$s could not be signalled: %2$s.\n"), v->name, strerror(err));
}

/* One process may hold several of the ports; a second SIGTERM says more than one to many servers. */
static bool
got_it_before(const struct killing *k, size_t port, const struct target *t)
{
	for (size_t i = 0; i < port; i++)
		for (size_t n = 0; n < k->ports[i].count; n++)
			if (k->ports[i].victims[n].sent &&
			    k->ports[i].victims[n].target.pid == t->pid)
				return true;
	return false;
}

static void
signal_one(struct victim *v, int sig)
{
	int r = target_signal(&v->target, KILL_PROC_ROOT, sig);

	v->sent = r == TARGET_OK;
	if (r < 0)
		say_not_signalled(v, -r);
}

static void
signal_all(struct killing *k, int sig)
{
	for (size_t i = 0; i < k->count; i++) {
		for (size_t n = 0; n < k->ports[i].count; n++)
			k->ports[i].victims[n].sent = false;
	}
	for (size_t i = 0; i < k->count; i++) {
		struct kill_port *p = &k->ports[i];

		for (size_t n = 0; n < p->count; n++)
			if (p->victims[n].target.pidfd >= 0 &&
			    !got_it_before(k, i, &p->victims[n].target))
				signal_one(&p->victims[n], sig);
	}
	k->sent_ns = clock_mono_ns();
}

/* ---- waiting ---- */

static bool
is_held(const struct killing *k, const struct kill_port *p)
{
	for (size_t i = 0; i < k->snap.count; i++)
		if (kill_port_has(p, &k->snap.socks[i]))
			return true;
	return false;
}

static bool
all_ended(const struct kill_port *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->victims[i].target.pidfd >= 0 && !target_ended(&p->victims[i].target))
			return false;
	return true;
}

/* Is nothing to be expected of the port any more? */
static bool
note_port(const struct killing *k, struct kill_port *p, uint64_t now)
{
	if (p->mode == PORT_NO)
		return true;
	if (is_held(k, p))
		p->free_since = 0;
	else if (p->free_since == 0)
		p->free_since = now;
	if (!all_ended(p))
		p->ended_since = 0;
	else if (p->ended_since == 0)
		p->ended_since = now;
	if (p->free_since > 0)
		return now - p->free_since >= SETTLE_NS;
	return p->ended_since > 0 && now - p->ended_since >= RESTART_NS;
}

static bool
all_settled(struct killing *k, uint64_t now)
{
	bool settled = true;

	for (size_t i = 0; i < k->count; i++)
		settled &= note_port(k, &k->ports[i], now);
	return settled;
}

static void
nap(void)
{
	const struct timespec t = { .tv_nsec = LOOK_NS };

	nanosleep(&t, NULL);
}

static int
wait_for_ports(struct killing *k)
{
	double timeout = k->o->timeout < 0 ? TIMEOUT_DEFAULT : k->o->timeout;
	uint64_t end = clock_mono_ns() + (uint64_t)(timeout * (double)NS_PER_SEC);

	for (;;) {
		int status = sample(k, HOLDING, 0);
		uint64_t now = clock_mono_ns();

		if (status != EXIT_DONE)
			return status;
		if (all_settled(k, now) || now >= end)
			return EXIT_DONE;
		nap();
	}
}

static bool
any_held(const struct killing *k)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->ports[i].mode != PORT_NO && k->ports[i].free_since == 0)
			return true;
	return false;
}

/* ---- what became of it ---- */

static void
say_free(const struct killing *k, const struct kill_port *p)
{
	struct text names, after;

	text_init(&names);
	text_init(&after);
	add_victims(&names, p);
	text_addf(&after, "%.1f", (double)(p->free_since - MIN(p->free_since, k->sent_ns)) / NS_PER_SEC);
	printf(all_ended(p) ? _("Port %1$s is free: %2$s ended after %3$s s.")
	                    : _("Port %1$s is free after %3$s s: %2$s closed it, and still runs."),
	       p->word, text_str(&names), text_str(&after));
	text_clear(&names);
	lingering_add_text(&names, &k->snap, p->query.end.port);
	printf("%s\n", text_str(&names));
	text_done(&after);
	text_done(&names);
}

static bool
is_victim(const struct kill_port *p, const struct task *task)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->victims[i].target.pid == task->pid && p->victims[i].target.start == task->start)
			return true;
	return false;
}

/* What a socket that still holds the port says of its holders. */
struct left {
	struct text names;
	bool        ours;	/* a victim is among them */
	bool        stopped;
	const struct sock *hidden;	/* the very one that victims held; who else does cannot be seen */
	bool        serviced;	/* starter: the service that started it */
	struct restarter starter;
};

static void
note_left(const struct killing *k, const struct kill_port *p, struct left *left)
{
	for (size_t i = 0; i < k->snap.count; i++) {
		const struct sock *s = &k->snap.socks[i];

		if (!kill_port_has(p, s))
			continue;
		for (uint32_t n = 0; n < s->nowners; n++) {
			left->ours    |= is_victim(p, s->owners[n].task);
			left->stopped |= task_is_stopped(s->owners[n].task);
			if (!left->serviced)
				left->serviced = restarter_find(KEEPER_ROOT, s->owners[n].task,
				                                &left->starter);
		}
		if (s->nowners == 0 && !left->hidden && kill_port_had(p, s))
			left->hidden = s;
		if (left->names.len > 0)
			continue;
		describe_owners(&left->names, k->names, s);
		if (left->names.len == 0)
			describe_unseen(&left->names, k->names, s);
	}
}

static void
say_started(const struct kill_port *p, const struct left *left)
{
	struct text command;

	text_init(&command);
	restarter_add_command(&command, &left->starter);
	fprintf(stderr, _("lotop: Port %1$s is held again: %2$s (Restart=%3$s) started %4$s; %5$s ends that.\n"),
	        p->word, left->starter.unit, left->starter.how, text_str(&left->names),
	        text_str(&command));
	text_done(&command);
}

/* With the port and what stands for the holder. */
static const char *const hidden_words[UNSEEN_KINDS] = {
	[UNSEEN_ELSEWHERE]     = N_("lotop: Port %1$s is still held by %2$s; look for it in another container.\n"),
	[UNSEEN_OTHER_USER]    = N_("lotop: Port %1$s is still held by %2$s; use sudo.\n"),
	[UNSEEN_NO_CAPABILITY] = N_("lotop: Port %1$s is still held by %2$s; run lotop with that.\n"),
	[UNSEEN_NO_PROC]       = N_("lotop: Port %1$s is still held by %2$s; mount that first.\n"),
};

static void
say_hidden(const struct killing *k, const struct kill_port *p, const struct sock *s)
{
	struct text who;

	text_init(&who);
	describe_unseen(&who, k->names, s);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fprintf(stderr, _(hidden_words[describe_why_unseen(s)]), p->word, text_str(&who));
#pragma GCC diagnostic pop
	text_done(&who);
}

static void
say_held(const struct killing *k, const struct kill_port *p)
{
	struct left left = { .ours = false };
	char signal[16];

	text_init(&left.names);
	note_left(k, p, &left);
	if (!left.ours && left.hidden)
		say_hidden(k, p, left.hidden);
	else if (!left.ours && left.serviced)
		say_started(p, &left);
	else if (!left.ours)
		fprintf(stderr, _("lotop: Port %1$s is held again: it was started again as %2$s; stop what "
		                  "starts it.\n"), p->word, text_str(&left.names));
	else if (left.stopped)
		fprintf(stderr, _("lotop: Port %1$s is still held by %2$s, which is stopped and cannot act "
		                  "on %3$s; --force ends it.\n"), p->word, text_str(&left.names),
		        name_of_signal(k, signal));
	else
		fprintf(stderr, _("lotop: Port %1$s is still held by %2$s; give it more time with --timeout, "
		                  "or end it with --force.\n"), p->word, text_str(&left.names));
	text_done(&left.names);
}

static int
report(struct killing *k)
{
	int status = sample(k, HOLDING | PORT_LINGERING, any_held(k) ? SOURCE_OWNERS : 0);

	if (status != EXIT_DONE)
		return status;
	for (size_t i = 0; i < k->count; i++) {
		struct kill_port *p = &k->ports[i];

		if (p->mode == PORT_NO)
			continue;
		if (p->free_since > 0 && !is_held(k, p)) {
			say_free(k, p);
		} else {
			say_held(k, p);
			status = EXIT_REFUSED;
		}
	}
	return status;
}

static int
act(struct killing *k)
{
	int status;

	signal_all(k, k->sig);
	status = wait_for_ports(k);
	if (status == EXIT_DONE && k->o->force && any_held(k)) {
		signal_all(k, SIGKILL);
		status = wait_for_ports(k);
	}
	return status == EXIT_DONE ? report(k) : status;
}

static int
run(struct killing *k)
{
	int status = plan(k);

	if (status != EXIT_DONE)
		return status;
	if (k->o->dry_run) {
		print_victims(stdout, k, _("Port %1$s (%2$s): %4$s would be sent to %3$s.\n"));
		return EXIT_DONE;
	}
	if (!k->o->yes && !ask(k)) {
		fputs(_("Nothing was sent.\n"), stderr);
		return EXIT_REFUSED;
	}
	return act(k);
}

int
kill_run(const struct options *o)
{
	struct killing k;
	int status = check_usage(o);
	int written;

	if (status != EXIT_DONE)
		return status;
	killing_init(&k, o);
	status = sample_open(&k.source);
	if (status == EXIT_DONE)
		status = run(&k);
	killing_done(&k);
	written = output_finish();
	return written != EXIT_DONE ? written : status;
}
