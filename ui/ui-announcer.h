/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiAnnouncer: says the sentences of a text that grows to a screen reader, each when it is whole and once. It shows nothing and moves nothing.
 *
 * From GTK 4.14 on a window can announce a sentence. GTK before that has no word for it, and of most widgets it tells nothing at all: a widget is on the bus of
 * accessibility only after a screen reader asked for it, and a screen reader is not told that there is a new one to ask for. What is always there is the
 * window and what has had the focus, and what a screen reader speaks by itself are changes of the widget that has the focus. So each sentence becomes, for
 * a moment, the description of that widget: Orca speaks a description that changes, queues it behind what it says, and the empty one that follows is silent. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A part of its owner, all zero at first. */
typedef struct {
  gsize said; /* bytes of the text */
} UiAnnouncer;

/* Announces the sentences of a text that grows, in the window of `widget`; a text that does not go on with what was announced before is begun anew. What is
 * whole while `widget` is in no window is passed over. `final`: nothing more comes, so that the last words are a sentence too. */
void ui_announcer_follow (UiAnnouncer *self, GtkWidget *widget, const char *markdown, gboolean final);

/* `markdown` counts as announced: what was there before. */
void ui_announcer_skip (UiAnnouncer *self, const char *markdown);

/* Announces one sentence in the window of `widget`. */
void ui_announcer_say (GtkWidget *widget, const char *sentence);

G_END_DECLS
