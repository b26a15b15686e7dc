/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiConsentRow: what waits for a word of the person, below the words of an answer: whether a call may run, with its exact arguments; a question that the model asks; or whether something
 * happened that nobody knows. It never covers anything, takes no focus, and is hidden when nothing waits. */
#pragma once

#include <gtk/gtk.h>

#include "app-tool-call.h"

G_BEGIN_DECLS

#define UI_TYPE_CONSENT_ROW (ui_consent_row_get_type ())
G_DECLARE_FINAL_TYPE (UiConsentRow, ui_consent_row, UI, CONSENT_ROW, GtkWidget)

GtkWidget *ui_consent_row_new (AppToolCall *call);
/* Whether a call waits for the person. */
gboolean ui_consent_row_is_needed (AppToolCall *call);

G_END_DECLS
