/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiNote: the row of a message of the person: a light card at the end side, at most 80 % wide, its attachments under the words.
 *
 * It asks for things with the actions of UiTranscript ("transcript.edit" and "transcript.branch"). */
#pragma once

#include <gtk/gtk.h>

#include "app-message.h"

G_BEGIN_DECLS

#define UI_TYPE_NOTE (ui_note_get_type ())
G_DECLARE_FINAL_TYPE (UiNote, ui_note, UI, NOTE, GtkWidget)

GtkWidget *ui_note_new (void);

/* (nullable) */
void ui_note_set_message (UiNote *self, AppMessage *message);
/* Marks it as the one that is in the composer. */
void ui_note_set_edited (UiNote *self, gboolean edited);

G_END_DECLS
