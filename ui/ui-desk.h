/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiDesk: what was made lies here, beside the conversation: its page, its source, its console, its versions.
 *
 * It shows one artifact of a conversation, in one version: the newest, which it follows while it is written, or an older one that was chosen.
 *
 * Signals: "close" (): the person is done with it. "full" (): it is to have the whole window, or no longer.
 * "change" (const char *words, gpointer pick): the person asks for a change; `pick`: const AppPick *, nullable: about this element. */
#pragma once

#include <gtk/gtk.h>

#include "app-history.h"
#include "app-pick.h"

G_BEGIN_DECLS

#define UI_TYPE_DESK (ui_desk_get_type ())
G_DECLARE_FINAL_TYPE (UiDesk, ui_desk, UI, DESK, GtkWidget)

/* Whose entries among the applications are kept. (nullable) */
void ui_desk_set_history (UiDesk *self, AppHistory *history);
/* Empty; (nullable). */
void ui_desk_set_conversation (UiDesk *self, AppConversation *conversation);
/* `version`: of the conversation; NULL: nothing. */
void ui_desk_show (UiDesk *self, AppVersion *version);
AppVersion *ui_desk_get_version (UiDesk *self); /* (nullable) */
/* The page ends, and comes again with the next ui_desk_show (): nobody sees it. */
void ui_desk_rest (UiDesk *self);
/* Back instead of a cross: the desk covers the conversation. */
void ui_desk_set_covering (UiDesk *self, gboolean covering);

G_END_DECLS
