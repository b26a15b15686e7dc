/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the history makes its conversations, and what the files of the class share: app-conversation.c (the object, loading, branches, title)
 * app-conversation-turn.c (sending), app-conversation-compare.c, app-conversation-draft.c and app-conversation-own.c (its settings). Internal to app/. */
#pragma once

#include "app-answer.h"
#include "app-artifacts-private.h"
#include "app-conversation.h"
#include "app-queue-private.h"
#include "app-settings.h"
#include "app-store.h"

G_BEGIN_DECLS

/* `row` NULL: a new one. `settings` nullable. (transfer full) */
AppConversation *app_conversation_new (AppDatabase *database, AppEngine *engine, AppSettings *settings, const AppConversationRow *row);

gint64 app_conversation_get_updated (AppConversation *self); /* milliseconds since 1970 */

/* Which message can be continued: the last one, or none. Call it when the list or the last state has changed. */
void app_conversation_update_continue (AppConversation *self);
/* What the folder has stored already. */
void app_conversation_take_folder (AppConversation *self, gint64 folder);

/* A title out of what the person wrote first, or out of the names of what they sent. (transfer full) */
char *app_title_for_turn (AppTurn *turn);

/* What a model is asked: system prompt, the visible path as far as `n_messages`, each note with its attachments' texts before its words, so that the question stands last. An answer without text is left out, and notes
 * that then follow each other become one, for many templates want the roles to take turns.
 * `settings`, `own`: (nullable) the preferences, and what differs from them here. `host`: (nullable) the server that gets it. `senses`: of the model, which is given
 * the files themselves that they are for, in the place of what was read from them. `shown`: (nullable) gint64 * id → GPtrArray of AppAttachmentRow, of the notes that have any. (transfer full) */
AppPrompt *app_prompt_for_path (AppSettings *settings, AppConversationSettings *own, GListModel *messages, guint n_messages, const char *host, AppSenses senses, GHashTable *shown);

struct _AppConversation {
  GObject parent;
  AppDatabase *database;
  AppEngine *engine;
  AppSettings *settings; /* nullable */
  AppConversationSettings *own; /* what differs from them */
  gboolean own_changed;         /* and there was no row yet to store it in */

  gint64 id; /* 0: not stored yet */
  char *title, *model_id;
  char *draft;            /* NULL for none */
  char *draft_wish;       /* what it is to become; NULL for nothing */
  char *draft_depth;      /* at which it is to be thought about; NULL for that of the conversation */
  GPtrArray *draft_files; /* AppAttachment: those of the draft that are stored; NULL for none */
  guint n_draft_unread;   /* that the history has, and nobody has read yet */
  gboolean draft_failed;  /* the last one could not be stored */
  gboolean draft_leaves;  /* it is being stored as a turn */
  AppQueue *queue;        /* NULL until somebody asks */
  gint64 queued;          /* the last place of the queue in the history, until then */
  gboolean named; /* by the person */
  gboolean pinned, loaded;
  gboolean temporary; /* `database` is its own, in memory */
  gboolean storing;     /* the database is at work on the tree */
  gboolean stop_wanted; /* stop was asked for before the answer began */
  gint64 updated; /* milliseconds since 1970 */
  gint64 folder;  /* 0: none */
  GDateTime *time;
  GListStore *messages;
  AppArtifacts *artifacts; /* NULL until somebody asks */
  AppToolbox *toolbox;     /* NULL until an answer may call tools */
  AppJobBudget job_budget; /* of jobs that begin; zero for the usual one */
  AppAnswer *answer; /* the one under way, NULL when not busy */

  AppMessage *beside;     /* what it writes, when that is not on the visible path: another model's version; NULL otherwise */
  AppModel *beside_model; /* that was lent for it; NULL for none */
  gboolean beside_alone;  /* no model was loaded before it */
};

typedef enum {
  APP_CONVERSATION_PROP_0,
  APP_CONVERSATION_ID,
  APP_CONVERSATION_TITLE,
  APP_CONVERSATION_TIME,
  APP_CONVERSATION_PINNED,
  APP_CONVERSATION_FOLDER,
  APP_CONVERSATION_MODEL_ID,
  APP_CONVERSATION_BUSY,
  APP_CONVERSATION_LOADED,
  APP_CONVERSATION_N_PROPS,
} AppConversationProp;

void app_conversation_notify (AppConversation *self, AppConversationProp prop);
/* Notifies when it changes. */
void app_conversation_set_string (AppConversation *self, char **field, const char *value, AppConversationProp prop);
/* 0 beyond the end. */
gint64 app_conversation_message_id_at (AppConversation *self, guint position);
/* Replaces everything from `position` on, in one change of the list. */
void app_conversation_replace_tail (AppConversation *self, guint position, GPtrArray *messages);
/* Answers the task with an error, and takes it, when nothing can be begun now. */
gboolean app_conversation_refuse_when_busy (AppConversation *self, GTask *task);
gboolean app_conversation_finish_task (AppConversation *self, GAsyncResult *result, GError **error);
void app_conversation_save_failed (AppConversation *self, const char *sentence);
/* It was sent, and the database knows. */
void app_conversation_draft_ended (AppConversation *self);
/* What the database has. `draft`, `wish`, `depth`: (transfer full) */
void app_conversation_take_draft (AppConversation *self, char *draft, char *wish, char *depth, guint n_attachments);
/* The attachments of a draft that was read, which begin to make their thumbnails. GPtrArray of AppAttachment. (transfer full) */
GPtrArray *app_conversation_restore_attachments (AppConversation *self, GPtrArray *rows);
/* GPtrArray of AppAttachmentRow of those that are read. (transfer full) */
GPtrArray *app_attachment_rows_for (GPtrArray *attachments);
AppAttachmentRow *app_attachment_row_for (AppAttachment *attachment);
/* Nothing is under way any more: tells everybody, and then the queue. */
void app_conversation_rests (AppConversation *self);
/* Sends what waited at this place of the queue, and takes it out there in the same transaction. app_conversation_send_finish () */
void app_conversation_send_queued_async (AppConversation *self, AppTurn *turn, gint64 place, GAsyncReadyCallback callback, gpointer user_data);

/* The same as it would be if `next` were sent after them: (nullable). An empty one counts as an empty note. Such a prompt is to be measured: rows without their bytes do. */
AppPrompt *app_prompt_for_turn (AppSettings *settings, AppConversationSettings *own, GListModel *messages, guint n_messages, AppTurn *next, const char *host,
                                AppSenses senses, GHashTable *shown);

/* Gives the messages what was read of their attachments. */
void app_conversation_take_contents (AppConversation *self, const AppStoreContents *contents);

/* What the prompt of the first `keep` messages needs and is not in memory, for a model with `senses`: into `wants`. */
void app_conversation_want_contents (AppConversation *self, guint keep, AppSenses senses, AppStoreWants *wants);
/* The answer that `message` becomes; app_answer_start () begins it. The engine is held until it has ended. */
void app_conversation_take_answer (AppConversation *self, AppMessage *message, AppPrompt *prompt);

/* ---- app-conversation-compare.c ---- */

/* An answer has ended, or did not begin, and the engine is released: the model that was lent for a version beside is given back. */
void app_conversation_end_beside (AppConversation *self);

/* ---- app-conversation-tools.c ---- */

/* Whether answers may call tools: the person's word, in the preferences (nullable) or here (nullable). `host`: (nullable) the server that answers. */
gboolean app_tools_are_wanted (AppSettings *settings, AppConversationSettings *own, const char *host);
/* Of calls that a crash ended: what the conversation's own files show is not asked of the person. */
void app_conversation_settle_calls (AppConversation *self);
/* The conversation has an id now. */
void app_conversation_tools_stored (AppConversation *self);

/* ---- app-conversation-job.c ---- */

/* Whether the answer at this position is one to a note that asks for a job. */
gboolean app_conversation_is_job (AppConversation *self, guint position);
/* The answer under way, which is the one at this position, is a job; one that it was already goes on. */
void app_conversation_take_job (AppConversation *self, guint position);
/* Messages are there: those that several worked at get their lanes. */
void app_conversation_load_lanes (AppConversation *self);

/* ---- app-conversation-own.c ---- */

/* `json`: (nullable) what the database has. */
void app_conversation_init_own (AppConversation *self, const char *json);
/* The conversation has a row now. */
void app_conversation_own_stored (AppConversation *self);
/* Has the engine load the model that this conversation asks for, if it is another one. */
gboolean app_conversation_choose_model (AppConversation *self, GError **error);
/* The adapter that this conversation asks for, when the engine's model is one of this machine: `*adapter` (transfer full), NULL for none. FALSE with
 * APP_ERROR_NO_MODEL when it is not installed, or is for other models. */
gboolean app_conversation_choose_adapter (AppConversation *self, AppPromptAdapter **adapter, GError **error);
/* What an answer says of it; NULL: nothing. `adapter`: as chosen. (transfer full) */
char *app_conversation_dup_adapter_notice (AppConversation *self, const AppPromptAdapter *adapter);

G_END_DECLS
