/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The lotop authors */

/*
 * Owns what is copied. A whole row is copied from a sample that has all fields, as
 * `lotop list -o json` has them, unless the list is frozen: then it is what it shows.
 */

#include "base/i18n.h"
#include "ui/clip.h"
#include "ui/ui_priv.h"

static bool
can_copy(struct ui *ui)
{
	if (ui->no_clipboard)
		ui_say(ui, ROLE_WARNING, _("This terminal has no clipboard; lotop list -o json prints the rows."));
	return !ui->no_clipboard;
}

unsigned
copy_address(struct ui *ui)
{
	if (!can_copy(ui))
		return FX_REPAINT;
	text_clear(&ui->copy.text);
	clip_add_address(&ui->copy.text, ui_row(ui));
	ui_say(ui, ROLE_TEXT, _("Copied %s, if the terminal lets programs copy (OSC 52)."),
	       text_str(&ui->copy.text));
	return FX_COPY | FX_REPAINT;
}

unsigned
copy_row(struct ui *ui)
{
	if (!can_copy(ui))
		return FX_REPAINT;
	ui->copy.id = row_id(ui_row(ui));
	ui->copy.waits = !ui->frozen;
	return ui->copy.waits ? FX_RESAMPLE : FX_COPY_ROW;
}

unsigned
copy_look(struct ui *ui)
{
	bool waited = ui->copy.waits;

	ui->copy.waits = false;
	return waited ? FX_COPY_ROW : 0;
}

static const struct row *
find_row(const struct ui *ui)
{
	size_t at;

	if (ui->detail)
		return ui_row(ui);
	at = view_find(&ui->view, ui->copy.id, ui->list->scroll.at);
	return at < ui->view.count ? &ui->view.rows[at] : NULL;
}

const struct row *
ui_row_to_copy(struct ui *ui)
{
	const struct row *r = find_row(ui);

	if (r && row_id(r) == ui->copy.id)
		return r;
	ui_say(ui, ROLE_WARNING, "%s", _("It was not copied: it has closed meanwhile."));
	return NULL;
}

unsigned
ui_copy(struct ui *ui, const char *json, size_t len)
{
	if (len > CLIP_MAX) {
		ui_say(ui, ROLE_WARNING, _("It was not copied: it has %1$zu bytes, and a terminal takes "
		                           "%2$d. Choose a row with fewer sockets."), len, CLIP_MAX);
		return FX_REPAINT;
	}
	text_clear(&ui->copy.text);
	text_addn(&ui->copy.text, json, len);
	ui_say(ui, ROLE_TEXT, P_("Copied %zu byte of JSON, if the terminal lets programs copy (OSC 52).",
	                         "Copied %zu bytes of JSON, if the terminal lets programs copy (OSC 52).",
	                         len), len);
	return FX_COPY | FX_REPAINT;
}

const struct text *
ui_copied(const struct ui *ui)
{
	return &ui->copy.text;
}
