/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiCompareView: two versions of an answer beside each other, or where there is little room one at a time: on the left the one that the conversation shows, on the right
 * one that another model writes now or wrote, or that came of "Answer again". It asks which model, follows what is written, and keeps what the person chooses.
 *
 * Whatever changes the conversation's visible path, be it the answer that is kept or a question further, ends the comparison. Property "active" (boolean,
 * read-only, notifies): there is one to be seen. Actions: "compare.close" (), and those of UiTranscript that make sense in it. */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_COMPARE_VIEW (ui_compare_view_get_type ())
G_DECLARE_FINAL_TYPE (UiCompareView, ui_compare_view, UI, COMPARE_VIEW, GtkWidget)

/* Asks for one of `models`, has it answer beside `answer`, and shows both. */
void ui_compare_view_ask (UiCompareView *self, AppConversation *conversation, AppMessage *answer, AppModels *models);
/* Shows `answer` and the version before it, or after it. */
void ui_compare_view_show (UiCompareView *self, AppConversation *conversation, AppMessage *answer);
/* What is written goes on; "Compare answers" shows it again. */
void ui_compare_view_close (UiCompareView *self);

gboolean ui_compare_view_get_active (UiCompareView *self);

G_END_DECLS
