/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparing: another model's version of an answer, beside the visible path, and all versions there are.
 *
 * What is compared is nothing but siblings in the tree of messages, each with its model. A version that a comparison adds is not chosen; so the
 * answer that is there stays the conversation's, until the person keeps another one. */
#include <glib/gi18n.h>

#include "app-conversation-private.h"
#include "app-message-private.h"

/* ---- the model, and its return ---- */

/* Lends the model to one answer. On failure everything is as it was. */
static gboolean
lend (AppConversation *self, AppModel *model, GError **error)
{
  gboolean alone = app_engine_get_state (self->engine) == APP_ENGINE_NONE;
  const char *reason;
  g_autoptr (GError) refused = NULL;

  if (!app_engine_lend (self->engine, app_model_get_id (model), &refused)) {
    if (g_error_matches (refused, APP_ERROR, APP_ERROR_BUSY))
      g_set_error (error, APP_ERROR, APP_ERROR_BUSY, _("%s cannot answer now: another model is at work elsewhere. Wait for its answer or stop it, then compare again."),
                   app_model_get_name (model));
    else
      g_set_error (error, APP_ERROR, APP_ERROR_NO_MODEL, _("%s can no longer be used here. Choose another model to compare with."), app_model_get_name (model));
    return FALSE;
  }
  g_set_object (&self->beside_model, model);
  self->beside_alone = alone;
  if (app_engine_get_model (self->engine) == model && app_engine_get_state (self->engine) != APP_ENGINE_FAILED)
    return TRUE;
  reason = app_engine_get_error (self->engine);
  g_set_error_literal (error, APP_ERROR, APP_ERROR_NO_MODEL, reason ? reason : _("No model is loaded. Choose one on the model page, then try again."));
  app_conversation_end_beside (self);
  return FALSE;
}

void
app_conversation_end_beside (AppConversation *self)
{
  g_autoptr (AppModel) lent = g_steal_pointer (&self->beside_model);
  g_autoptr (GError) error = NULL;
  const char *own = app_conversation_settings_get_text (self->own, APP_SETTING_MODEL);

  g_clear_object (&self->beside);
  /* Whoever chose another one meanwhile wants that. */
  if (!lent || app_engine_get_model (self->engine) != lent)
    return;
  if (self->beside_alone && !own) {
    if (!app_engine_get_busy (self->engine))
      app_engine_unload (self->engine);
    return;
  }
  /* Where it is at work for somebody else, the next turn finds out. */
  if (!app_conversation_choose_model (self, &error) && !app_engine_lend (self->engine, NULL, NULL))
    g_debug ("The model that was compared with stays: %s", error->message);
}

/* ---- asking another model ---- */

/* An answer beside another one, between its call and its row being safe. */
typedef struct {
  AppMessage *answer; /* on the visible path */
  AppMessageRow *row; /* of the version beside it, as it is stored */
  AppSenses senses;   /* of the model */
  AppPromptAdapter *adapter; /* nullable */
  AppThinking thinking;      /* as deep as that answer */
} Beside;

static void
beside_free (Beside *beside)
{
  g_object_unref (beside->answer);
  app_message_row_free (beside->row);
  app_prompt_adapter_free (beside->adapter);
  g_free (beside);
}

/* `notice`: (nullable) */
static AppMessageRow *
make_row (AppModel *model, const char *notice, AppDepth depth)
{
  AppMessageRow *row = app_message_row_new ();

  row->role = APP_ROLE_ASSISTANT;
  row->state = APP_MESSAGE_WAITING;
  row->created = g_get_real_time () / 1000;
  row->text = g_strdup ("");
  row->notices = g_strdup (notice ? notice : "");
  row->model = g_strdup (app_model_get_name (model));
  row->host = g_strdup (app_model_get_host (model));
  row->depth = g_strdup (app_depth_to_id (depth));
  return row;
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppConversation *self = g_task_get_source_object (task);
  Beside *beside = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  AppStoreTurnResult *stored = app_database_run_finish (APP_DATABASE (source), result, &error);
  g_autoptr (AppPrompt) prompt = NULL;
  int position = app_conversation_find_message (self, app_message_get_id (beside->answer));

  self->storing = FALSE;
  if (!stored) {
    app_engine_release (self->engine);
    app_conversation_end_beside (self);
    app_conversation_rests (self);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }

  app_message_set_branch (beside->answer, app_message_get_branch_index (beside->answer), stored->answer_count);
  beside->row->id = stored->answer;
  beside->row->branch_index = stored->answer_index;
  beside->row->branch_count = stored->answer_count;
  self->updated = beside->row->created;
  g_clear_pointer (&self->time, g_date_time_unref);
  self->beside = app_message_new (self->database, beside->row);
  app_conversation_take_contents (self, stored->contents);
  prompt = app_prompt_for_path (self->settings, self->own, G_LIST_MODEL (self->messages), position, app_message_get_host (self->beside),
                                beside->senses, stored->contents->shown);
  app_prompt_set_adapter (prompt, g_steal_pointer (&beside->adapter));
  app_prompt_set_thinking (prompt, &beside->thinking);
  app_store_turn_result_free (stored);
  app_conversation_take_answer (self, self->beside, prompt);
  app_conversation_notify (self, APP_CONVERSATION_TIME);
  if (app_engine_get_model (self->engine) == self->beside_model) {
    app_answer_start (self->answer);
  } else {
    /* Its row says which model wrote it: no other one does. */
    app_message_add_notice (self->beside, _("another model was chosen before this one could answer"));
    self->stop_wanted = TRUE;
  }
  if (self->stop_wanted)
    app_answer_stop (self->answer);
  g_task_return_boolean (task, TRUE);
}

void
app_conversation_compare_async (AppConversation *self, AppMessage *answer, AppModel *model, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  int position = app_conversation_find_message (self, app_message_get_id (answer));
  Beside *beside;
  AppStoreTurn *store;
  g_autofree char *notice = NULL;
  g_autoptr (GError) error = NULL;

  if (app_conversation_refuse_when_busy (self, task))
    return;
  if (position <= 0 || app_message_get_role (answer) != APP_ROLE_ASSISTANT)
    g_set_error_literal (&error, APP_ERROR, APP_ERROR_INVALID, _("This message is no longer shown."));
  if (error || !lend (self, model, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    g_object_unref (task);
    return;
  }

  beside = g_new0 (Beside, 1);
  beside->answer = g_object_ref (answer);
  /* An adapter that is for other models is no reason not to ask this one. */
  app_conversation_choose_adapter (self, &beside->adapter, NULL);
  notice = app_conversation_dup_adapter_notice (self, beside->adapter);
  beside->thinking = app_conversation_choose_thinking (self, app_message_get_depth (answer));
  beside->row = make_row (model, notice, beside->thinking.depth);
  beside->senses = app_model_get_senses (model);
  g_task_set_task_data (task, beside, (GDestroyNotify) beside_free);

  store = g_new0 (AppStoreTurn, 1);
  store->beside = TRUE;
  store->conversation = app_conversation_row_new ();
  store->conversation->id = self->id;
  store->conversation->title = g_strdup (self->title);
  store->conversation->model = g_strdup (self->model_id);
  store->conversation->updated = beside->row->created;
  store->parent = app_conversation_message_id_at (self, position - 1);
  store->answer = make_row (model, notice, beside->thinking.depth);
  store->answer->created = beside->row->created;
  store->wants = app_store_wants_new ();
  app_conversation_want_contents (self, position, beside->senses, store->wants);

  self->storing = TRUE;
  self->stop_wanted = FALSE;
  app_engine_hold (self->engine);
  app_conversation_notify (self, APP_CONVERSATION_BUSY);
  app_database_run_async (self->database, app_store_turn, store, (GDestroyNotify) app_store_turn_free, (GDestroyNotify) app_store_turn_result_free, NULL,
                          on_stored, task);
}

gboolean
app_conversation_compare_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
}

/* ---- all versions ---- */

/* The object of a row that has one already: what is shown, and what is written now, goes on changing. (transfer full) */
static AppMessage *
find_object (AppConversation *self, gint64 id)
{
  int position = app_conversation_find_message (self, id);

  if (position >= 0)
    return g_list_model_get_item (G_LIST_MODEL (self->messages), position);
  return self->beside && app_message_get_id (self->beside) == id ? g_object_ref (self->beside) : NULL;
}

static void
on_versions (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppConversation *self = g_task_get_source_object (task);
  g_autoptr (GListStore) versions = g_list_store_new (APP_TYPE_MESSAGE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!rows) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  for (guint i = 0; i < rows->len; i++) {
    AppMessageRow *row = rows->pdata[i];
    g_autoptr (AppMessage) version = find_object (self, row->id);

    if (!version)
      version = app_message_new (self->database, row);
    g_list_store_append (versions, version);
  }
  g_task_return_pointer (task, g_steal_pointer (&versions), g_object_unref);
}

void
app_conversation_load_versions_async (AppConversation *self, AppMessage *message, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  AppStoreVersions *versions = g_new0 (AppStoreVersions, 1);

  versions->conversation = self->id;
  versions->message = app_message_get_id (message);
  app_database_run_async (self->database, app_store_versions, versions, g_free, (GDestroyNotify) g_ptr_array_unref, NULL, on_versions, task);
}

GListModel *
app_conversation_load_versions_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
