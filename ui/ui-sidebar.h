/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiSidebar: the conversations by day, a search over all of them, and what can be done with one (rename, pin, delete with undo).
 *
 * Signals: "open" (AppConversation *conversation, gint64 message_id): the person chose one (message_id: the search hit, or 0);
 * "deleted" (AppConversation *conversation): it is no longer there. */
#pragma once

#include <gtk/gtk.h>

#include "app-history.h"

G_BEGIN_DECLS

#define UI_TYPE_SIDEBAR (ui_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (UiSidebar, ui_sidebar, UI, SIDEBAR, GtkWidget)

void ui_sidebar_set_history (UiSidebar *self, AppHistory *history);

/* (nullable) Marks the conversation that is shown, without opening it. */
void ui_sidebar_set_current (UiSidebar *self, AppConversation *conversation);

/* The header bar, for the window to make it as high as its own. (transfer none) */
GtkWidget *ui_sidebar_get_header (UiSidebar *self);

/* Marks that the page of models is shown, and no conversation. */
void ui_sidebar_set_models_shown (UiSidebar *self, gboolean shown);

/* Whether the sidebar lies over the page, and over the button that shows it: then it has a button of its own that hides it. `whole`: it covers all
 * of a narrow window, and closes it too. */
void ui_sidebar_set_over (UiSidebar *self, gboolean over, gboolean whole);

/* Gives the focus to the search entry while it is open, else to the list. */
void ui_sidebar_focus (UiSidebar *self);

/* Opens the search entry and gives it the focus. */
void ui_sidebar_begin_search (UiSidebar *self);
/* Returns: whether it was open */
gboolean ui_sidebar_end_search (UiSidebar *self);

/* Asks for a new name in a dialog. */
void ui_sidebar_rename (UiSidebar *self, AppConversation *conversation);
/* Deletes at once, with a toast that can undo it. */
void ui_sidebar_delete (UiSidebar *self, AppConversation *conversation);

G_END_DECLS
