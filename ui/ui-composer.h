/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiComposer: where the person writes: text, chips of attachments, Send or Stop.
 *
 * Enter sends, Shift+Enter breaks the line (or Enter breaks and Ctrl+Enter sends, by the preference), also while the model is at work: what is sent then waits
 * (AppQueue). Files come by the button, by drop
 * (ui_composer_take_drop (), called by the window) and by paste; a picture from another program becomes an attachment. So does one of the camera, and what was recorded:
 * sending ends a recording, and takes it along.
 * It can say what is to be made of it ("composer.make", s: a kind of artifact), which goes along with the turn.
 * What was typed is kept per conversation until it is sent, also while a note is edited.
 *
 * Signals: "send" (): ui_composer_dup_turn () is ready to be sent; "stop" (); "changed" (): what it holds, or
 * what it edits, may be something else now; "recall" (): gboolean: Up was pressed where nothing is written: returns TRUE when there is something to change. */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation.h"
#include "app-library.h"
#include "app-settings.h"
#include "mcp/mcp-servers.h"
#include "app-turn.h"
#include "ui-context-meter.h"
#include "ui-depth-button.h"
#include "ui-microphone-button.h"

G_BEGIN_DECLS

#define UI_TYPE_COMPOSER (ui_composer_get_type ())
G_DECLARE_FINAL_TYPE (UiComposer, ui_composer, UI, COMPOSER, GtkWidget)

/* (nullable) */
void ui_composer_set_settings (UiComposer *self, AppSettings *settings);

/* What "/" at the beginning offers: prompts of the person, and those that servers of tools have ready (nullable). */
void ui_composer_set_prompts (UiComposer *self, AppLibrary *prompts);
void ui_composer_set_servers (UiComposer *self, AppMcpServers *servers);
/* Puts a prompt in where the cursor is, after its variables were asked for. */
void ui_composer_use_prompt (UiComposer *self, AppLibraryItem *prompt);

/* How full the model's context would be. (transfer none) */
UiContextMeter *ui_composer_get_meter (UiComposer *self);
/* How deeply the model thinks about it, which goes along with the turn where it is only for that. (transfer none) */
UiDepthButton *ui_composer_get_depth_button (UiComposer *self);

/* While busy, Stop stands in the place of Send, or beside it when there is something to send. */
void ui_composer_set_busy (UiComposer *self, gboolean busy);
/* What it holds is being stored as a message: it cannot be sent again. */
void ui_composer_set_sending (UiComposer *self, gboolean sending);

/* Why nothing can be sent now ("No model is loaded."), or NULL. Typing stays possible. */
void ui_composer_set_reason (UiComposer *self, const char *reason);

/* The server to which what is sent goes ("kitchen.local"), which is said beside Send as long as it is so; NULL: it stays on this machine. */
void ui_composer_set_destination (UiComposer *self, const char *host);

/* The text and the attachments as they are. (transfer full) */
AppTurn *ui_composer_dup_turn (UiComposer *self);
/* Empties it, after a turn was stored safely; ends the editing, and brings back what was there before it. */
void ui_composer_clear (UiComposer *self);

/* Whether there is anything to send, even if it cannot be sent now. */
gboolean ui_composer_has_content (UiComposer *self);

/* Puts the words and attachments of a note in, to be sent in its place. */
void ui_composer_begin_edit (UiComposer *self, AppMessage *note);
/* The note that is edited, or NULL. (transfer none) */
AppMessage *ui_composer_get_edited (UiComposer *self);
/* The same with one that waits. While it is here it counts as edited (app_queued_set_edited ()). */
void ui_composer_begin_change (UiComposer *self, AppQueued *queued);
AppQueued *ui_composer_get_changed (UiComposer *self);

/* Keeps what is typed with `from` (nullable) and brings back what was typed with `to` (nullable). */
void ui_composer_switch_draft (UiComposer *self, AppConversation *from, AppConversation *to);
/* The words to be kept in the history: not those of a note that is edited. (transfer full) */
char *ui_composer_dup_draft (UiComposer *self);
/* Likewise what it is to become; never NULL. */
const char *ui_composer_get_draft_wish (UiComposer *self);
/* Likewise the depth of this message alone. */
const char *ui_composer_get_draft_depth (UiComposer *self);
/* Likewise the attachments: (transfer none) (nullable) none, or none that were changed */
GListStore *ui_composer_get_draft_attachments (UiComposer *self);

/* Adds files; each is read at once and shows as a chip. `files`: GFile */
void ui_composer_add_files (UiComposer *self, GListModel *files);
void ui_composer_choose_files (UiComposer *self);
/* Opens the camera's window, whose picture becomes an attachment. */
void ui_composer_take_picture (UiComposer *self);
/* What writes down speech, of sounds and of what is said here (nullable); `hears`: the model needs no such help. */
void ui_composer_set_transcriber (UiComposer *self, AppTranscriber *transcriber, gboolean hears);
/* Where the tables of what is attached go (nullable). */
void ui_composer_set_datasets (UiComposer *self, AppDatasets *datasets);
/* The microphone (UiMicrophoneButton), whose sound becomes an attachment too, or words. (transfer none) */
UiMicrophoneButton *ui_composer_get_microphone (UiComposer *self);
/* In a narrow window the camera is in the menu of the button that attaches, and so is the depth. */
void ui_composer_set_narrow (UiComposer *self, gboolean narrow);
/* What was dropped anywhere over the page, of the kinds of ui_incoming_formats (). */
void ui_composer_take_drop (UiComposer *self, GdkDrop *drop);

void ui_composer_set_text (UiComposer *self, const char *text);
/* What it is to become, as AppTurn has it: a chip says so, which can be removed. `wish`: "" for nothing; `pick`: (nullable). */
void ui_composer_set_wish (UiComposer *self, const char *wish, const AppPick *pick);
void ui_composer_focus (UiComposer *self);

G_END_DECLS
