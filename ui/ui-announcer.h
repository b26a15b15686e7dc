/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiAnnouncer: says the answer of a conversation to a screen reader while it is written, each sentence when it is whole and once, whether its row is in sight or not; of a
 * thought before it, that it begins and how it ended. It shows nothing and moves nothing.
 *
 * From GTK 4.14 on a window can announce a sentence. GTK before that has no word for it, and of most widgets it tells nothing at all: a widget is on the bus of
 * accessibility only after a screen reader asked for it, and a screen reader is not told that there is a new one to ask for. What is always there is the
 * window and what has had the focus, and what a screen reader speaks by itself are changes of the widget that has the focus. So each sentence becomes, for
 * a moment, the description of that widget: Orca speaks a description that changes, queues it behind what it says, and the empty one that follows is silent. */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation.h"

G_BEGIN_DECLS

#define UI_TYPE_ANNOUNCER (ui_announcer_get_type ())
G_DECLARE_FINAL_TYPE (UiAnnouncer, ui_announcer, UI, ANNOUNCER, GObject)

/* Announces in the window of `widget`, which must live as long. What comes while that is in no window is passed over. */
UiAnnouncer *ui_announcer_new (GtkWidget *widget);

/* (nullable) Of an answer that is half written already only the rest is announced. */
void ui_announcer_set_conversation (UiAnnouncer *self, AppConversation *conversation);

/* How many sentences were announced: for tests. */
guint ui_announcer_get_n_said (UiAnnouncer *self);

/* Announces one sentence in the window of `widget`. */
void ui_announcer_say (GtkWidget *widget, const char *sentence);

G_END_DECLS
