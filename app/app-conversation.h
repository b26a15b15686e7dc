/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppConversation: a tree of messages of which one path is visible, and the answer that is being written.
 *
 * The object is a GListModel-carrying row of AppHistory; its messages are read from the database by
 * app_conversation_load_async (). A new one (app_history_new_conversation ()) is not stored, and not in the history's list, before its first turn.
 *
 * send, regenerate and edit finish as soon as the turn is stored safely (person's row and empty answer, one transaction) and the
 * answer is under way; until then nothing changes on the screen, and on error nothing was changed (keep what the person typed).
 * How the answer goes on shows in its AppMessage and in `busy`. One answer at a time per conversation: while busy they fail
 * with APP_ERROR_INVALID. Several conversations may be busy at once. Main thread only. */
#pragma once

#include "app-artifacts.h"
#include "app-conversation-settings.h"
#include "app-datasets.h"
#include "app-message.h"
#include "app-model.h"
#include "app-queue.h"
#include "app-toolbox.h"
#include "app-turn.h"

G_BEGIN_DECLS

#define APP_TYPE_CONVERSATION (app_conversation_get_type ())
G_DECLARE_FINAL_TYPE (AppConversation, app_conversation, APP, CONVERSATION, GObject)

gint64 app_conversation_get_id (AppConversation *self);             /* "id": 0 until stored */
const char *app_conversation_get_title (AppConversation *self);     /* "title": never NULL; "" for a new one without a turn */
GDateTime *app_conversation_get_time (AppConversation *self);       /* "time": of the last turn, local; (transfer none) */
gboolean app_conversation_get_pinned (AppConversation *self);       /* "pinned" */
gint64 app_conversation_get_folder (AppConversation *self);         /* "folder": the id of the folder that it is in; 0 for none */
const char *app_conversation_get_model_id (AppConversation *self);  /* "model-id": that wrote the last answer; "" for none */
gboolean app_conversation_get_temporary (AppConversation *self);    /* never on the disk: app_history_new_temporary () */
gboolean app_conversation_get_busy (AppConversation *self);         /* "busy": an answer is waited for or written */
/* What runs the tools that answers call; whether they do is APP_SETTING_TOOLS. (transfer none) */
AppToolbox *app_conversation_get_toolbox (AppConversation *self);
gboolean app_conversation_get_loaded (AppConversation *self);       /* "loaded": the messages are there */

/* The messages (AppMessage) of the visible path, oldest first. Returns: (transfer none) the same list always */
GListModel *app_conversation_get_messages (AppConversation *self);
/* The position of a message in the list, or -1. */
int app_conversation_find_message (AppConversation *self, gint64 message_id);

/* Reads the messages; done at once when they are there. */
void app_conversation_load_async (AppConversation *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_load_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* Sends a turn at the end of the visible path. */
void app_conversation_send_async (AppConversation *self, AppTurn *turn, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_send_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* Stops the answer that is written; what is there is kept and marked STOPPED. */
void app_conversation_stop (AppConversation *self);
/* The answer that is thought about is written now, where what writes it can do so (app_message_get_can_answer_now ()). */
void app_conversation_answer_now (AppConversation *self);

/* How deep an answer is thought about here: at `depth` (an id; NULL or "" for none), else as this conversation says, else as the preferences do. */
AppThinking app_conversation_choose_thinking (AppConversation *self, const char *depth);

/* What jobs that begin here may take; zero is the usual. */
struct _AppJobBudget;
void app_conversation_set_job_budget (AppConversation *self, const struct _AppJobBudget *budget);

/* Another answer beside `answer` (a new branch); also "Retry" for one that FAILED. */
void app_conversation_regenerate_async (AppConversation *self, AppMessage *answer, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_regenerate_finish (AppConversation *self, GAsyncResult *result, GError **error);
/* The same with more thought: app_conversation_regenerate_finish (). */
void app_conversation_think_more_async (AppConversation *self, AppMessage *answer, GAsyncReadyCallback callback, gpointer user_data);
/* Whether that would be more than `answer` had. */
gboolean app_conversation_can_think_more (AppMessage *answer);

/* Has another model, which is installed or a server's, answer what `answer` answers, beside it: a version that is not chosen, so that the visible path
 * stays as it is, also after a crash. It is loaded for this answer alone; afterwards the model that was there before is loaded again. Errors of the callback:
 * APP_ERROR_NO_MODEL when it can no longer be used, APP_ERROR_BUSY when the engine is at work elsewhere. Else as for regenerate. */
void app_conversation_compare_async (AppConversation *self, AppMessage *answer, AppModel *model, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_compare_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* All versions of a message on the visible path, oldest first: that itself, the one that is written now, and the others as they are stored. To choose one:
 * app_conversation_select_branch_async (). */
void app_conversation_load_versions_async (AppConversation *self, AppMessage *message, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): a list of AppMessage that does not change */
GListModel *app_conversation_load_versions_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* Lengthens the last answer, which ended by its length, was stopped or interrupted: the model goes on from its own words. */
void app_conversation_continue_async (AppConversation *self, AppMessage *answer, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_continue_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* Sends `turn` in the place of the person's message `note`, as a new branch beside it. To keep its attachments, put them into the turn. */
void app_conversation_edit_async (AppConversation *self, AppMessage *note, AppTurn *turn, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_edit_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* Shows version `index` (0 … branch-count - 1) of `message` and what follows it. Not while busy. */
void app_conversation_select_branch_async (AppConversation *self, AppMessage *message, guint index, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_select_branch_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* Loads if need be, and chooses the branches so that the message (of a search hit) is visible. Not while busy, unless it is visible already. */
void app_conversation_show_message_async (AppConversation *self, gint64 message_id, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_show_message_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* Names it; a name by the person is never replaced by an automatic one. Empty: back to the automatic title. A conversation without a
 * turn takes the name along into its first. */
void app_conversation_rename_async (AppConversation *self, const char *title, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_rename_finish (AppConversation *self, GAsyncResult *result, GError **error);

void app_conversation_set_pinned_async (AppConversation *self, gboolean pinned, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_set_pinned_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* Moves it into a folder, or out of every one with 0. */
void app_conversation_set_folder_async (AppConversation *self, gint64 folder, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_conversation_set_folder_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* What was typed and not sent yet, "" for nothing. It is stored on the database's thread, so call it at pauses; sending a turn ends it, editing
 * a note does not. While it is stored as a turn nothing is taken: what is typed then is on its way already.
 * `attachments`: AppAttachment, of which those that are READY are kept; (nullable): they stay as they are. So they do, too, as long as the history has
 * some that were not read yet. */
const char *app_conversation_get_draft (AppConversation *self);
void app_conversation_set_draft (AppConversation *self, const char *text, GListModel *attachments);
/* …with what it is to become, and at which depth it is to be thought about, as AppTurn has them; "" where the model decides, or the conversation, as the one above leaves it. */
const char *app_conversation_get_draft_wish (AppConversation *self);
const char *app_conversation_get_draft_depth (AppConversation *self);
void app_conversation_set_draft_wish (AppConversation *self, const char *text, const char *wish, const char *depth, GListModel *attachments);

/* The attachments of the draft: how many the history has, and themselves, READY; their thumbnails come later. */
guint app_conversation_get_n_draft_attachments (AppConversation *self);
void app_conversation_read_draft_async (AppConversation *self, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) (nullable) */
GListModel *app_conversation_read_draft_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* What waits for the end of the answer. Always the same object. (transfer none) */
AppQueue *app_conversation_get_queue (AppConversation *self);

/* What differs from the preferences here; it may be changed at any time, is stored with each change (or with the first turn), and counts from the
 * next answer on. Always the same object. (transfer none) */
AppConversationSettings *app_conversation_get_settings (AppConversation *self);

/* What the model would be asked if `turn` were sent now, in the place of the person's message `edited` (nullable) or at the end. */
void app_conversation_make_prompt_async (AppConversation *self, AppMessage *edited, AppTurn *turn, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) (nullable) */
struct _AppPrompt *app_conversation_make_prompt_finish (AppConversation *self, GAsyncResult *result, GError **error);

/* What was made in it, and lies on the visible path. Always the same object. (transfer none) */
AppArtifacts *app_conversation_get_artifacts (AppConversation *self);

/* Where the tables of what is attached to it are kept: as long as the history needs them, or in memory. (transfer none) (nullable) */
AppDatasets *app_conversation_get_datasets (AppConversation *self);

/* Signal "save-failed" (const char *sentence): an answer or a draft could not be stored while it was written (disk full…); it is tried again with
 * the next piece and at the end, and the text stays on the screen. Emitted once per trouble. Also when what is attached to a draft could not be read. */

G_END_DECLS
