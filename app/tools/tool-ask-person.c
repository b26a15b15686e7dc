/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question to the person. Its answer is words for the model, and no consent to anything. */
#include <glib/gi18n.h>

#include "app-tool-call-private.h"
#include "tool.h"

typedef struct {
  AppToolCall *call;
  gulong replied, cancelled;
  GCancellable *cancellable;
} Question;

static void
question_free (Question *question)
{
  g_clear_signal_handler (&question->replied, question->call);
  g_object_unref (question->call);
  g_object_unref (question->cancellable);
  g_free (question);
}

static gboolean
on_stopped (gpointer data)
{
  GTask *task = data;
  Question *question = g_task_get_task_data (task);

  if (question->replied != 0) {
    g_clear_signal_handler (&question->replied, question->call);
    app_tool_call_ask (question->call, NULL, NULL);
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
    g_object_unref (task); /* as `run` got it */
  }
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_stopped, g_object_ref (task), g_object_unref);
}

static void
on_replied (AppToolCall *call, const char *text, GTask *task)
{
  Question *question = g_task_get_task_data (task);

  g_clear_signal_handler (&question->replied, question->call);
  g_cancellable_disconnect (question->cancellable, question->cancelled);
  g_task_return_pointer (task, app_tool_result_new (g_strdup (text), NULL), (GDestroyNotify) app_tool_result_free);
  g_object_unref (task);
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  Question *question = g_new0 (Question, 1);
  JsonArray *array = json_object_has_member (arguments, "choices") ? json_object_get_array_member (arguments, "choices") : NULL;
  g_autoptr (GPtrArray) choices = g_ptr_array_new ();

  question->call = g_object_ref (scope->call);
  question->cancellable = g_object_ref (g_task_get_cancellable (task));
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  question->replied = g_signal_connect (question->call, "replied", G_CALLBACK (on_replied), task);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    g_ptr_array_add (choices, (gpointer) json_array_get_string_element (array, i));
  g_ptr_array_add (choices, NULL);
  app_tool_call_ask (scope->call, app_tool_get_string (arguments, "question", ""), choices->len > 1 ? (const char *const *) choices->pdata : NULL);
  question->cancelled = g_cancellable_connect (question->cancellable, G_CALLBACK (on_cancelled), task, NULL);
}

const AppTool ask_person_tool = {
  .name = "ask_person",
  .title = N_("Ask you"),
  .icon_name = "dialog-question-symbolic",
  .description = "Asks the person one short question, when the answers would lead to really different results. First look at what is attached.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":400},"
                "\"choices\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":80},\"maxItems\":6}},\"required\":[\"question\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .object = "question",
  .seconds = G_MAXUINT,
  .run = run,
};
