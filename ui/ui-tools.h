/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls of an answer, in its row: a UiToolRow for each above its words, and below them what waits for the person. */
#pragma once

#include <gtk/gtk.h>

#include "app-message.h"

G_BEGIN_DECLS

/* Fills both boxes with what `message` (nullable) called, and keeps them so. `changed` (nullable) is called with `owner` whenever a call is another or stands otherwise, as long as `owner` lives. */
void ui_tools_bind (GtkBox *rows, GtkBox *asking, AppMessage *message, void (*changed) (gpointer owner), GObject *owner);
/* Whether a call of the message waits for the person. */
gboolean ui_tools_ask (AppMessage *message);

/* Shows what was written before the calls between the rows of `rows`, where it stands; returns what was written behind the last, as ui_sources_dup_cited (). (transfer full) */
char *ui_tools_draw (GtkBox *rows, AppMessage *message);

/* Marks ranges (of UiSpokenRange; nullable: none) in all words of an answer under `root`. */
void ui_tools_mark (GtkWidget *root, GArray *ranges);

G_END_DECLS
