/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-local-measure.h"

#include <string.h>

#include "app-error.h"
#include "app-local-tell.h"
#include "app-prompt-write.h"

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
  return (gint64) app_local_count_tokens (text, strlen (text), local->model);
}

/* Of everything that is attached, how much the model is given. */
static double
find_share (AppPrompt *prompt, GPtrArray *sources)
{
  gsize all = 0, given = 0;

  for (guint i = 0; i < app_prompt_get_n_messages (prompt); i++)
    all += strlen (app_prompt_get_attached (prompt, i));
  for (guint i = 0; i < sources->len; i++)
    given += ((AppSource *) sources->pdata[i])->length;
  return all > 0 ? MIN (1, (double) given / all) : 1;
}

/* Shares out what the whole prompt has; what the parts do not explain is the form. */
static void
count_parts (const Job *job, GPtrArray *contents, const AppLocalTold *told, AppMeasure *measure)
{
  guint n = contents->len, n_system = 0, newest = n - 1;

  while (n_system < n && app_prompt_get_role (job->prompt, n_system) == APP_ROLE_SYSTEM)
    measure->instructions += count (job->local, contents->pdata[n_system++]);
  for (guint i = n_system + measure->dropped_messages; i < n; i++) {
    gint64 columns = app_local_told_columns (told, i);

    if (i == newest && app_prompt_get_role (job->prompt, i) == APP_ROLE_USER) {
      measure->typed = count (job->local, app_prompt_get_text (job->prompt, i));
      measure->attached = MAX (0, count (job->local, contents->pdata[i]) - measure->typed) + columns;
    } else {
      measure->earlier += count (job->local, contents->pdata[i]) + columns;
    }
  }
  measure->form = measure->total - measure->tools - measure->instructions - measure->earlier - measure->attached - measure->typed;
  if (measure->form < 0) { /* the template takes white space away */
    measure->earlier = MAX (0, measure->earlier + measure->form);
    measure->form = 0;
  }
}

/* What the whole would be; of tools also what they add to it. */
static gboolean
count_whole (const Job *job, EngineRequestParams *params, AppMeasure *measure, GError **failure)
{
  g_autoptr (GArray) tools = app_local_tell_tools (job->prompt);
  EngineMeasure measured, bare;
  EngineError error = { 0 };
  gboolean ok = tools->len == 0 || engine_runner_measure (job->local->runner, params, &bare, &error);

  params->tools = (EngineTool *) (void *) tools->data;
  params->n_tools = tools->len;
  ok = ok && engine_runner_measure (job->local->runner, params, &measured, &error);
  params->tools = NULL;
  params->n_tools = 0;
  if (!ok) {
    g_set_error_literal (failure, APP_ERROR, APP_ERROR_ENGINE, error.message);
    return FALSE;
  }
  measure->total = measured.prompt_tokens;
  measure->dropped_messages = measured.dropped_messages;
  /* Where more is left out because of them, the difference is not theirs alone. */
  if (tools->len > 0 && bare.dropped_messages == measured.dropped_messages)
    measure->tools = MAX (0, measured.prompt_tokens - bare.prompt_tokens);
  return TRUE;
}

/* NULL with an error. */
static AppMeasure *
measure_prompt (const Job *job, GError **failure)
{
  guint n = app_prompt_get_n_messages (job->prompt);
  const AppReader reader = { engine_runner_context (job->local->runner), app_local_count_tokens, job->local->model, NULL };
  g_autoptr (GPtrArray) sources = NULL, contents = NULL;
  g_autofree AppMeasure *measure = g_new0 (AppMeasure, 1);
  AppLocalTold told = { 0 };
  EngineRequestParams params = { .n_messages = n };
  gboolean ok;

  measure->context = engine_runner_context (job->local->runner);
  /* By words alone: the meaning is looked for when it is sent. */
  contents = app_prompt_write (job->prompt, &reader, &sources, failure);
  if (!contents)
    return NULL;
  measure->attached_share = sources ? find_share (job->prompt, sources) : 1;
  ok = app_local_tell_measured (job->prompt, contents, job->local->towers, (guint) measure->context, &told, failure);
  params.messages = told.messages;
  app_local_thinking (app_prompt_get_thinking (job->prompt), app_local_thinks (job->local->model), app_prompt_get_question (job->prompt), &params.thinking);
  ok = ok && (n == 0 || count_whole (job, &params, measure, failure));
  if (ok && n > 0)
    count_parts (job, contents, &told, measure);
  app_local_told_clear (&told);
  return ok ? g_steal_pointer (&measure) : NULL;
}

static void
measure_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  AppMeasure *measure = measure_prompt (data, &error);

  if (measure)
    g_task_return_pointer (task, measure, g_free);
  else
    g_task_return_error (task, error);
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
