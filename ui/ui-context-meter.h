/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiContextMeter: a small ring in the composer that shows how full the model's context would be with the turn that is being written. A click explains it in
 * sentences and numbers. It turns amber before something would be cut.
 *
 * Nothing is counted while one types: at a pause the signal "measure" () asks for ui_context_meter_measure (). */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation.h"
#include "app-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_CONTEXT_METER (ui_context_meter_get_type ())
G_DECLARE_FINAL_TYPE (UiContextMeter, ui_context_meter, UI, CONTEXT_METER, GtkWidget)

/* Something has changed that counts. */
void ui_context_meter_changed (UiContextMeter *self);
/* Counts `turn` at the end of the conversation, or in the place of `edited` (nullable), off the main thread, and shows it. */
void ui_context_meter_measure (UiContextMeter *self, AppEngine *engine, AppConversation *conversation, AppMessage *edited, AppTurn *turn);

/* What is shown, in the order of importance: the first sentence is the accessible name. (transfer full) */
char **ui_context_meter_dup_sentences (const AppMeasure *measure, gboolean local);
/* Whether something would be cut, now or soon. */
gboolean ui_context_meter_is_tight (const AppMeasure *measure);

G_END_DECLS
