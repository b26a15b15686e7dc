/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a turn would be for the model, before it is sent. */
#include "app-conversation-private.h"
#include "app-message-private.h"

/* While the texts of attachments on the path are read. */
typedef struct {
  guint keep; /* messages of the path before the turn */
  AppTurn *turn;
  AppSenses senses; /* of the model */
} Making;

static void
making_free (Making *making)
{
  app_turn_unref (making->turn);
  g_free (making);
}

static void
finish (AppConversation *self, GTask *task, GHashTable *shown)
{
  Making *making = g_task_get_task_data (task);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));
  AppPrompt *prompt = app_prompt_for_turn (self->settings, self->own, G_LIST_MODEL (self->messages), MIN (making->keep, n), making->turn,
                                           app_engine_get_host (self->engine), making->senses, shown);
  AppThinking thinking = app_conversation_choose_thinking (self, app_turn_get_depth (making->turn));

  app_prompt_set_thinking (prompt, &thinking);
  if (app_tools_are_wanted (self->settings, self->own, app_engine_get_host (self->engine)))
    app_toolbox_describe (app_conversation_get_toolbox (self), prompt);
  g_task_return_pointer (task, prompt, (GDestroyNotify) app_prompt_unref);
}

static void
on_contents (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppConversation *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  AppStoreContents *contents = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!contents) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  app_conversation_take_contents (self, contents);
  finish (self, task, contents->shown);
  app_store_contents_free (contents);
}

void
app_conversation_make_prompt_async (AppConversation *self, AppMessage *edited, AppTurn *turn, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  AppModel *model = app_engine_get_model (self->engine);
  AppStoreWants *wants = app_store_wants_new ();
  Making *making = g_new0 (Making, 1);
  int position = edited ? app_conversation_find_message (self, app_message_get_id (edited)) : -1;
  gboolean any = FALSE;

  making->keep = position >= 0 ? (guint) position : g_list_model_get_n_items (G_LIST_MODEL (self->messages));
  making->turn = app_turn_ref (turn);
  /* What a server is sent is not measured. */
  making->senses = model && !app_model_get_server (model) ? app_model_get_senses (model) : APP_SENSE_NONE;
  g_task_set_task_data (task, making, (GDestroyNotify) making_free);
  for (guint i = 0; i < making->keep && !any; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (G_LIST_MODEL (self->messages), i);
    any = app_message_get_n_attachments (message) > 0 && (making->senses || !app_message_get_documents (message));
  }
  wants->measured = TRUE;
  app_conversation_want_contents (self, making->keep, making->senses, wants);
  if (any) {
    app_database_run_async (self->database, app_store_contents, wants, (GDestroyNotify) app_store_wants_free, (GDestroyNotify) app_store_contents_free, NULL, on_contents,
                            g_steal_pointer (&task));
  } else {
    app_store_wants_free (wants);
    finish (self, task, NULL);
  }
}

AppPrompt *
app_conversation_make_prompt_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
