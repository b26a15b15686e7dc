/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-fixture.h"

#include <string.h>

void
job_play (const char *prompt, Script *script, gpointer data)
{
  JobPlay *self = data;

  *script = (Script) { .text = "", .piece = 16, .ms = self->ms };
  if (strstr (prompt, "The person asks:") != NULL) {
    script->text = self->plans[1] != NULL && self->n_planned > 0 ? self->plans[1] : self->plans[0];
    self->n_planned++;
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (self->words) && self->words[i] != NULL; i++)
    if (strstr (prompt, self->words[i]) != NULL) {
      g_auto (GStrv) answers = g_strsplit (self->texts[i], "||", -1);
      static char *held[8];
      guint n = MIN (self->n_asked[i], g_strv_length (answers) - 1);

      /* One after the other, where there are several; the script keeps no copy. */
      g_free (held[i]);
      held[i] = g_strdup (answers[n]);
      script->text = held[i];
      script->hold = self->hold[i];
      self->n_asked[i]++;
      g_free (self->seen[i]);
      self->seen[i] = g_strdup (prompt);
      if (self->order != NULL)
        g_ptr_array_add (self->order, (gpointer) self->words[i]);
      return;
    }
}

void
job_play_clear (JobPlay *play)
{
  for (guint i = 0; i < G_N_ELEMENTS (play->seen); i++)
    g_clear_pointer (&play->seen[i], g_free);
  g_clear_pointer (&play->order, g_ptr_array_unref);
}

void
job_send (AppConversation *conversation, const char *request)
{
  g_autoptr (AppTurn) plain = fixture_turn (request, fixture_attachment ("minutes.txt", "Anna paints the fence by Friday. Ben buys nails.")), turn = app_turn_new_wish (plain, APP_JOB_WISH, NULL);
  g_autoptr (GError) error = NULL;

  try_send (conversation, turn, &error);
  g_assert_no_error (error);
}

void
job_continue (AppConversation *conversation)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_conversation_continue_async (conversation, message_at (conversation, n_messages (conversation) - 1), keep_result, &result);
  app_conversation_continue_finish (conversation, wait_result (&result), &error);
  g_assert_no_error (error);
}

AppJobRow *
job_read (AppConversation *conversation)
{
  gint64 message = app_message_get_id (message_at (conversation, n_messages (conversation) - 1));
  AppDatabase *database = app_toolbox_get_database (app_conversation_get_toolbox (conversation));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AppJobRow *row;

  app_database_run_async (database, app_store_job_find, g_memdup2 (&message, sizeof message), g_free, (GDestroyNotify) app_job_row_free, NULL, keep_result, &result);
  row = app_database_run_finish (database, wait_result (&result), &error);
  g_assert_no_error (error);
  return row;
}

char *
job_read_file (AppConversation *conversation, const char *path)
{
  AppWorkspace *workspace = app_toolbox_get_workspace (app_conversation_get_toolbox (conversation));
  g_autoptr (GBytes) bytes = app_workspace_read (workspace, path, NULL);

  return bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;
}
