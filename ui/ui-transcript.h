/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiTranscript: the messages of a conversation, notes and answers, in a list of recycled rows that stays at its end while it stands there.
 *
 * Actions for its rows (the parameter is a message's id): "transcript.copy" (x), "transcript.regenerate" (x), "transcript.edit" (x),
 * "transcript.branch" (xu), "transcript.source" (xu: a source of that answer).
 * Signal "edit" (AppMessage *note): the person wants to edit a note; the composer does that. */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation.h"

G_BEGIN_DECLS

#define UI_TYPE_TRANSCRIPT (ui_transcript_get_type ())
G_DECLARE_FINAL_TYPE (UiTranscript, ui_transcript, UI, TRANSCRIPT, GtkWidget)

/* (nullable) Shows it from its end. */
void ui_transcript_set_conversation (UiTranscript *self, AppConversation *conversation);

/* (nullable) Marks the note that is being edited. */
void ui_transcript_set_edited (UiTranscript *self, AppMessage *note);

void ui_transcript_scroll_to_end (UiTranscript *self);
/* Brings a message that is on the visible path to the top of the view and lets it flash once. */
void ui_transcript_scroll_to (UiTranscript *self, gint64 message_id);

/* The last answer of the path, or NULL. (transfer full) */
AppMessage *ui_transcript_get_last_answer (UiTranscript *self);
/* The last note of the path, or NULL. (transfer full) */
AppMessage *ui_transcript_get_last_note (UiTranscript *self);

/* How many row widgets were ever made: for tests. */
guint ui_transcript_get_n_rows_created (UiTranscript *self);

G_END_DECLS
