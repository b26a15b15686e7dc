/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs among the answers of a conversation: which they are, what they and other work of several agents were in an earlier run, and going on with one. */
#include "app-conversation-private.h"

#include "app-history-private.h"
#include "app-lane-private.h"
#include "app-message-private.h"

gboolean
app_conversation_is_job (AppConversation *self, guint position)
{
  g_autoptr (AppMessage) note = position > 0 ? g_list_model_get_item (G_LIST_MODEL (self->messages), position - 1) : NULL;

  return note && app_message_get_role (note) == APP_ROLE_USER && g_str_equal (app_message_get_wish (note), APP_JOB_WISH);
}

void
app_conversation_set_job_budget (AppConversation *self, const AppJobBudget *budget)
{
  self->job_budget = *budget;
}

void
app_conversation_take_job (AppConversation *self, guint position)
{
  g_autoptr (AppMessage) note = g_list_model_get_item (G_LIST_MODEL (self->messages), position - 1), answer = g_list_model_get_item (G_LIST_MODEL (self->messages), position);
  AppArtifacts *artifacts = app_conversation_get_artifacts (self);
  AppMakeOrder order = { .artifacts = artifacts,
                         .datasets = app_history_datasets_of (self->database),
                         .checker = app_artifacts_get_checker (artifacts),
                         .messages = G_LIST_MODEL (self->messages),
                         .n_messages = position,
                         .answer = app_message_get_id (answer),
                         .note = app_message_get_text (note),
                         .toolbox = app_conversation_get_toolbox (self),
                         .calls = app_message_get_calls_store (answer) };

  app_answer_set_job (self->answer, &order, &self->job_budget);
}

/* ---- of an earlier run ---- */

static void
on_jobs (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppConversation) self = data;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, NULL);

  for (guint i = 0; rows && i < rows->len; i++) {
    const AppJobRow *row = rows->pdata[i];
    int position = app_conversation_find_message (self, row->message);
    g_autoptr (AppMessage) message = position < 0 ? NULL : g_list_model_get_item (G_LIST_MODEL (self->messages), position);
    g_autoptr (GListModel) lanes = message && !app_message_get_lanes (message) ? app_job_restore_lanes (row) : NULL;
    if (lanes)
      app_message_set_lanes (message, lanes);
  }
}

static void
on_lanes (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppConversation) self = data;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, NULL);

  for (guint i = 0; rows && i < rows->len; i++) {
    const AppLanesRow *row = rows->pdata[i];
    int position = app_conversation_find_message (self, row->message);
    g_autoptr (AppMessage) message = position < 0 ? NULL : g_list_model_get_item (G_LIST_MODEL (self->messages), position);
    g_autoptr (GListModel) lanes = message && !app_message_get_lanes (message) ? app_lanes_restore (row) : NULL;
    if (lanes)
      app_message_set_lanes (message, lanes);
  }
}

void
app_conversation_load_lanes (AppConversation *self)
{
  gboolean any = FALSE;

  app_database_run_async (self->database, app_store_lanes, g_memdup2 (&self->id, sizeof self->id), g_free, (GDestroyNotify) g_ptr_array_unref, NULL, on_lanes, g_object_ref (self));

  for (guint i = 1; i < g_list_model_get_n_items (G_LIST_MODEL (self->messages)) && !any; i++)
    any = app_conversation_is_job (self, i);
  if (any)
    app_database_run_async (self->database, app_store_jobs, g_memdup2 (&self->id, sizeof self->id), g_free, (GDestroyNotify) g_ptr_array_unref, NULL, on_jobs, g_object_ref (self));
}
