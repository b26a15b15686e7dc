/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-local-measure.h"

#include <stdlib.h>
#include <string.h>

#include "app-error.h"

typedef struct {
  AppLocalModel *local;
  AppPrompt *prompt;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  app_local_model_drop (job->local);
  app_prompt_unref (job->prompt);
  g_free (job);
}

static gint64
count (AppLocalModel *local, const char *text)
{
  int32_t *ids = NULL;
  size_t n = 0;

  if (!*text || !engine_tokenize (local->model, text, strlen (text), ENGINE_TOKENIZE_PLAIN, &ids, &n, NULL))
    return 0;
  free (ids);
  return n;
}

/* Shares out what the whole prompt has; what the parts do not explain is the form. */
static void
count_parts (const Job *job, GPtrArray *contents, AppMeasure *measure)
{
  guint n = contents->len, n_system = 0, newest = n - 1;

  while (n_system < n && app_prompt_get_role (job->prompt, n_system) == APP_ROLE_SYSTEM)
    measure->instructions += count (job->local, contents->pdata[n_system++]);
  for (guint i = n_system + measure->dropped_messages; i < n; i++) {
    if (i == newest && app_prompt_get_role (job->prompt, i) == APP_ROLE_USER) {
      measure->typed = count (job->local, app_prompt_get_text (job->prompt, i));
      measure->attached = MAX (0, count (job->local, contents->pdata[i]) - measure->typed);
    } else {
      measure->earlier += count (job->local, contents->pdata[i]);
    }
  }
  measure->form = measure->total - measure->instructions - measure->earlier - measure->attached - measure->typed;
  if (measure->form < 0) { /* the template takes white space away */
    measure->earlier = MAX (0, measure->earlier + measure->form);
    measure->form = 0;
  }
}

static void
measure_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  guint n = app_prompt_get_n_messages (job->prompt);
  g_autofree EngineMessage *messages = g_new0 (EngineMessage, n);
  g_autoptr (GPtrArray) contents = g_ptr_array_new_with_free_func (g_free);
  EngineRequestParams params = { .messages = messages, .n_messages = n };
  AppMeasure *measure = g_new0 (AppMeasure, 1);
  EngineMeasure measured;
  EngineError error = { 0 };

  measure->context = engine_runner_context (job->local->runner);
  measure->attached_share = 1;
  for (guint i = 0; i < n; i++) {
    messages[i].role = app_role_to_string (app_prompt_get_role (job->prompt, i));
    g_ptr_array_add (contents, app_local_completion_dup_content (job->local, job->prompt, i, &measure->attached_share)); /* the last one stays */
    messages[i].content = contents->pdata[i];
  }
  if (n > 0 && !engine_runner_measure (job->local->runner, &params, &measured, &error)) {
    g_free (measure);
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_ENGINE, "%s", error.message);
    return;
  }
  if (n > 0) {
    measure->total = measured.prompt_tokens;
    measure->dropped_messages = measured.dropped_messages;
    count_parts (job, contents, measure);
  }
  g_task_return_pointer (task, measure, g_free);
}

void
app_local_measure (AppLocalModel *local, AppPrompt *prompt, GTask *task)
{
  Job *job = g_new0 (Job, 1);

  job->local = app_local_model_ref (local);
  job->prompt = app_prompt_ref (prompt);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, measure_thread);
  g_object_unref (task);
}
