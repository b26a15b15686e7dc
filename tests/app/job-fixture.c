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
      guint n = MIN (self->n_asked[i], g_strv_length (answers) - 1);

      /* One after the other, where there are several; the script keeps no copy. */
      script->text = g_intern_string (answers[n]);
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

/* ---- scripts ---- */

#define TEST_TYPE_RUNNER (test_runner_get_type ())
G_DECLARE_FINAL_TYPE (TestRunner, test_runner, TEST, RUNNER, GObject)

struct _TestRunner {
  GObject parent;
};

static void
run_script (AppScriptRunner *runner, const char *code, GTask *task)
{
  g_auto (GStrv) parts = g_strsplit (code, "@@", 3);

  if (g_strv_length (parts) == 3)
    g_task_return_pointer (task, g_strconcat ("printed\n\001job:", parts[1], NULL), g_free);
  else
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, "The script failed.");
  g_object_unref (task);
}

static void
runner_init (AppScriptRunnerInterface *iface)
{
  iface->run = run_script;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestRunner, test_runner, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (APP_TYPE_SCRIPT_RUNNER, runner_init))

static void
test_runner_class_init (TestRunnerClass *klass)
{
}

static void
test_runner_init (TestRunner *self)
{
}

AppScriptRunner *
job_runner_new (void)
{
  return g_object_new (TEST_TYPE_RUNNER, NULL);
}
