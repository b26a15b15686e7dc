/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiAnswer: the row of an answer of the model: a document over the full width, with what may be done with it and its figures beneath.
 *
 * While the model writes, a new text is drawn with the next frame, and with fewer frames when drawing is slow, so that typing never waits.
 * What was thought before it stands folded above it (UiThought).
 * It asks for things with the actions of UiTranscript ("transcript.copy", "transcript.think-more", "transcript.regenerate", "transcript.branch") and of UiConversationPage ("page.compare",
 * "page.compare-versions"). */
#pragma once

#include <gtk/gtk.h>

#include "app-message.h"

G_BEGIN_DECLS

#define UI_TYPE_ANSWER (ui_answer_get_type ())
G_DECLARE_FINAL_TYPE (UiAnswer, ui_answer, UI, ANSWER, GtkWidget)

GtkWidget *ui_answer_new (void);

/* (nullable) */
void ui_answer_set_message (UiAnswer *self, AppMessage *message);

/* It stands beside another version, under the name of its model: what leads to other versions, and who wrote it, is not shown. For good, and before a message is set. */
void ui_answer_set_beside (UiAnswer *self);

/* "1,234 tokens · 14/s · 0.4 s", or "" when nothing is known. Returns: (transfer full) */
char *ui_answer_dup_figures (const AppStats *stats);

/* How often the text was drawn: for tests of coalescing. */
guint ui_answer_get_n_drawn (UiAnswer *self);

G_END_DECLS
