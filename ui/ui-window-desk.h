/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the window keeps its desk: it opens when something is made, follows the conversation that is shown, and has a page tried before it is called done. */
#pragma once

#include "ui-conversation-page.h"
#include "ui-desk-split.h"
#include "ui-desk.h"

G_BEGIN_DECLS

typedef struct _UiWindowDesk UiWindowDesk;

/* The widgets live longer. `stage`: where pages are tried, shown as long as the window is. */
UiWindowDesk *ui_window_desk_new (UiDeskSplit *split, UiDesk *desk, UiConversationPage *page, GtkOverlay *stage);
void ui_window_desk_free (UiWindowDesk *self);

/* Shows what this message made; 0: what was made last. */
void ui_window_desk_open (UiWindowDesk *self, gint64 message);
/* The same as soon as it has been read from the history, and lies on the visible path. */
void ui_window_desk_wait (UiWindowDesk *self, gint64 message);
/* Opens or closes it; FALSE when there is nothing to show. */
gboolean ui_window_desk_toggle (UiWindowDesk *self);

G_END_DECLS
