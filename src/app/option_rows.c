/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/* Owns options[]: what each option takes, and what it does to struct options. */

#include "app/options.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "act/signal.h"
#include "app/refuse.h"
#include "base/i18n.h"
#include "base/util.h"

#define DELAY_MIN   0.1
#define DELAY_MAX   3600.0
#define TIMEOUT_MAX 1e9
#define COUNT_MAX   1000000000u
#define PID_MAX     4194304u	/* PID_MAX_LIMIT of include/linux/threads.h */
#define PORT_COUNT  65535u

static int
find_name(const char *const *names, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], word) == 0)
			return (int)i;
	return -1;
}

static int
take_help(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->help = true;
	return 0;
}

static int
take_version(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->version = true;
	return 0;
}

static int
take_tcp(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->protos |= 1u << PROTO_TCP;
	return 0;
}

static int
take_udp(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->protos |= 1u << PROTO_UDP;
	return 0;
}

static int
take_listening(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->holding = true;
	return 0;
}

static int
take_ipv4(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->families |= VIEW_IPV4;
	return 0;
}

static int
take_ipv6(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->families |= VIEW_IPV6;
	return 0;
}

/* `ss -tulpn` is in many fingers: its p and n arrive here as "-p n", or "-n p". */
static bool
is_ss_habit(const char *arg)
{
	return *arg && arg[strspn(arg, "HOapnetulimosw460")] == '\0' && !isdigit((unsigned char)*arg);
}

static int
say_ss_habit(struct text *why)
{
	text_add(why, _("Owners are always shown: leave out p and n, or give -p the ports to show, "
	                "as in -p 3000-3999."));
	return -EINVAL;
}

static int
take_port(struct options *o, const char *arg, struct text *why)
{
	if (is_ss_habit(arg))
		return say_ss_habit(why);
	if (!*arg) {
		text_add(why, _("The option --port needs ports, as in -p 80,3000-3999,8000-."));
		return -EINVAL;
	}
	if (o->ports_text.len > 0)
		text_addc(&o->ports_text, ',');
	text_add(&o->ports_text, arg);
	return 0;
}

static int
take_scope(struct options *o, const char *arg, struct text *why)
{
	int i = find_name(scope_names, SCOPE_COUNT, arg);

	if (i < 0)
		return refuse_name(why, _("There is no scope \"%s\"; the scopes are:"), arg,
		                   scope_names, SCOPE_COUNT);
	o->scope = (enum scope)i;
	return 0;
}

static int
take_all(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->scope = SCOPE_ALL;
	return 0;
}

static int
take_numeric(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->numeric = true;
	return 0;
}

static int
take_columns(struct options *o, const char *arg, struct text *why)
{
	struct columns c;
	const char *bad;
	size_t len;

	if (columns_parse(&c, arg, &bad, &len) < 0)
		return refuse_field(why, _("There is no column \"%s\"."), bad, len);
	o->columns = arg;
	return 0;
}

static int
take_sort(struct options *o, const char *arg, struct text *why)
{
	struct view_spec spec = { 0 };
	const char *id = arg + (*arg == '-');

	if (view_parse_sort(arg, &spec) < 0)
		return refuse_field(why, _("There is no field \"%s\" to sort by."), id, strlen(id));
	o->sort = spec.sort;
	o->reverse = spec.reverse;
	return 0;
}

static int
take_delay(struct options *o, const char *arg, struct text *why)
{
	double seconds;

	if (text_to_seconds(arg, &seconds) < 0 || seconds < DELAY_MIN || seconds > DELAY_MAX)
		return refuse(why, _("\"%s\" is no delay: give seconds from 0.1 to 3600."), arg,
		              strlen(arg));
	o->delay = seconds;
	return 0;
}

static int
take_iterations(struct options *o, const char *arg, struct text *why)
{
	uint64_t n;

	if (is_ss_habit(arg))
		return say_ss_habit(why);
	if (text_to_uint(arg, strlen(arg), COUNT_MAX, &n) < 0 || n == 0)
		return refuse(why, _("\"%s\" is no number of refreshes: give a number from 1 on."),
		              arg, strlen(arg));
	o->iterations = n;
	o->print = true;
	return 0;
}

static int
take_output(struct options *o, const char *arg, struct text *why)
{
	const char *names[16];

	o->format = format_find(arg);
	o->print = true;
	if (o->format)
		return 0;
	for (size_t i = 0; i < nformats && i < ARRAY_SIZE(names); i++)
		names[i] = formats[i].id;
	return refuse_name(why, _("There is no output format \"%s\"; the formats are:"), arg, names,
	                   MIN(nformats, ARRAY_SIZE(names)));
}

static int
take_no_header(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->no_header = true;
	o->print = true;
	return 0;
}

static int
take_batch(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->print = true;
	return 0;
}

static int
take_readonly(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->readonly = true;
	return 0;
}

static const char *const color_names[COLOR_COUNT] = {
	[COLOR_AUTO] = "auto",
	[COLOR_ALWAYS] = "always",
	[COLOR_NEVER] = "never",
};

static int
take_color(struct options *o, const char *arg, struct text *why)
{
	int i = find_name(color_names, COLOR_COUNT, arg);

	if (i < 0)
		return refuse_name(why, _("\"%s\" is no choice of colour; the choices are:"), arg,
		                   color_names, COLOR_COUNT);
	o->color = (enum color_mode)i;
	return 0;
}

static int
take_signal(struct options *o, const char *arg, struct text *why)
{
	o->signal = signal_parse(arg);
	if (o->signal > 0)
		return 0;
	return refuse(why, _("There is no signal \"%s\": give a name as in TERM, or a number; "
	                     "kill -l lists them."), arg, strlen(arg));
}

static int
take_yes(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->yes = true;
	return 0;
}

static int
take_force(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->force = true;
	return 0;
}

static int
take_dry_run(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->dry_run = true;
	return 0;
}

static int
take_all_holders(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->all_holders = true;
	return 0;
}

static int
take_free(struct options *o, const char *arg, struct text *why)
{
	(void)arg, (void)why;
	o->until_free = true;
	return 0;
}

static int
take_timeout(struct options *o, const char *arg, struct text *why)
{
	double seconds;

	if (text_to_seconds(arg, &seconds) < 0 || seconds > TIMEOUT_MAX)
		return refuse(why, _("\"%s\" is no time: give seconds, as in 5 or 0.5."), arg,
		              strlen(arg));
	o->timeout = seconds;
	return 0;
}

static int
take_pid(struct options *o, const char *arg, struct text *why)
{
	uint64_t n;

	if (text_to_uint(arg, strlen(arg), PID_MAX, &n) < 0 || n == 0)
		return refuse(why, _("\"%s\" is no process id: give a number, as ps shows it."), arg,
		              strlen(arg));
	o->pid = (pid_t)n;
	return 0;
}

static int
take_process(struct options *o, const char *arg, struct text *why)
{
	if (!*arg) {
		text_add(why, _("The option --process needs the name of a process, as ps shows it."));
		return -EINVAL;
	}
	o->process = arg;
	return 0;
}

static int
take_count(struct options *o, const char *arg, struct text *why)
{
	uint64_t n;

	if (text_to_uint(arg, strlen(arg), PORT_COUNT, &n) < 0 || n == 0)
		return refuse(why, _("\"%s\" is no number of ports: give 1 to 65535."), arg,
		              strlen(arg));
	o->count = (unsigned)n;
	return 0;
}

const struct option_row options[] = {
	{ "tcp", 't', NULL, N_("look at TCP sockets"), CMD_SOCKETS, take_tcp },
	{ "udp", 'u', NULL, N_("look at UDP sockets"), CMD_SOCKETS, take_udp },
	{ "listening", 'l', NULL, N_("show only what holds a port: listening, unconnected, bound"),
	  CMD_ROWS, take_listening },
	{ "ipv4", '4', NULL, N_("look at IPv4 sockets"), CMD_SOCKETS, take_ipv4 },
	{ "ipv6", '6', NULL, N_("look at IPv6 sockets"), CMD_SOCKETS, take_ipv6 },
	{ "port", 'p', N_("RANGES"), N_("show these ports of either end: 80,3000-3999,8000-"), CMD_ROWS,
	  take_port },
	{ "scope", 0, N_("NAME"), N_("look at loopback (the default), host or all sockets"), CMD_ROWS,
	  take_scope },
	{ "all", 'a', NULL, N_("look at all sockets, as --scope all"), CMD_ROWS, take_all },
	{ "numeric", 'N', NULL, N_("show numbers instead of service and user names"),
	  CMD_ROWS | CMD_PORTS, take_numeric },
	{ "columns", 'c', N_("LIST"), N_("show these columns: fields separated by commas"), CMD_ROWS,
	  take_columns },
	{ "sort", 's', N_("[-]FIELD"), N_("sort by this field; a minus reverses"),
	  CMD_LIVE | CMD_LIST, take_sort },
	{ "delay", 'd', N_("SECONDS"), N_("refresh every so many seconds, 0.1 to 3600; the default is 1"),
	  CMD_ROWS, take_delay },
	{ "iterations", 'n', N_("COUNT"), N_("refresh so often, then exit"), CMD_ROWS,
	  take_iterations },
	{ "output", 'o', N_("FORMAT"), N_("print in this format; lotop help formats lists them"),
	  CMD_ROWS | CMD_WHO, take_output },
	{ "no-header", 'H', NULL, N_("print no header line"), CMD_ROWS, take_no_header },
	{ "batch", 'b', NULL, N_("print instead of opening the live screen, as lotop list"),
	  CMD_LIVE | CMD_LIST, take_batch },
	{ "signal", 's', N_("SIGNAL"), N_("send this signal, by name or number; also -9, -KILL"),
	  CMD_KILL, take_signal },
	{ "yes", 'y', NULL, N_("do not ask"), CMD_KILL, take_yes },
	{ "timeout", 0, N_("SECONDS"), N_("wait no longer than so many seconds"), CMD_KILL | CMD_WAIT,
	  take_timeout },
	{ "force", 0, NULL, N_("send SIGKILL to what holds the port when the time is out"), CMD_KILL,
	  take_force },
	{ "all-holders", 0, NULL, N_("end the holders even where they are different programs"),
	  CMD_KILL, take_all_holders },
	{ "dry-run", 0, NULL, N_("say what would be done, and do nothing"), CMD_KILL, take_dry_run },
	{ "free", 0, NULL, N_("wait until every port is free"), CMD_WAIT, take_free },
	{ "pid", 0, N_("PID"), N_("wait for this process to hold the port"), CMD_WAIT, take_pid },
	{ "process", 0, N_("NAME"), N_("wait for a process of this name to hold the port"), CMD_WAIT,
	  take_process },
	{ "count", 'n', N_("COUNT"), N_("print so many ports"), CMD_FREE, take_count },
	{ "readonly", 'r', NULL, N_("end no process, whatever key is pressed"),
	  CMD_LIVE | CMD_LIST | CMD_KILL, take_readonly },
	{ "color", 0, N_("WHEN"), N_("use colour on the live screen: auto, always or never"),
	  CMD_LIVE | CMD_LIST, take_color },
	{ "help", 'h', NULL, N_("show this help and exit"), CMD_ALL, take_help },
	{ "version", 'V', NULL, N_("show the version and exit"), CMD_ALL, take_version },
};
const size_t noptions = ARRAY_SIZE(options);
