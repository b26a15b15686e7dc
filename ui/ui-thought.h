/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiThought: what a model thought before its answer: one folded line above it, which unfolds to the thought.
 *
 * While the thought grows, the line has its seconds and its last whole sentence, and a button that asks for the answer now; afterwards it says how long it took and how it
 * ended, and a button asks again with more thought. It is not shown where there is no thought. It asks for things with the actions of UiTranscript
 * ("transcript.answer-now", "transcript.think-more"). */
#pragma once

#include <gtk/gtk.h>

#include "app-message.h"

G_BEGIN_DECLS

#define UI_TYPE_THOUGHT (ui_thought_get_type ())
G_DECLARE_FINAL_TYPE (UiThought, ui_thought, UI, THOUGHT, GtkWidget)

/* (nullable) */
void ui_thought_set_message (UiThought *self, AppMessage *message);
/* It stands where these actions are not. For good, and before a message is set. */
void ui_thought_set_beside (UiThought *self);

/* "Thought for 2 s · 96 tokens · settled early". (transfer full) */
char *ui_thought_dup_summary (AppMessage *message);

G_END_DECLS
