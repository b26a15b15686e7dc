/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job's entry in the journal, and its end: what is said of what there is. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-job-private.h"

/* ---- the journal ---- */

void
app_job_count (AppJob *self)
{
  gint64 tokens = self->tokens_before, calls = self->calls_before;

  if (self->planning != NULL) {
    tokens += job_gate_get_tokens (self->planning);
    calls += job_gate_get_calls (self->planning);
  }
  for (guint i = 0; i < self->runs->len; i++) {
    JobRun *run = self->runs->pdata[i];
    job_run_count (run);
    tokens += run->row->tokens;
    calls += run->row->calls;
  }
  self->row->tokens = tokens;
  self->row->calls = calls;
  self->row->ms = app_job_get_ms (self);
}

void
app_job_save (AppJob *self, GPtrArray *steps, GAsyncReadyCallback callback)
{
  AppJobRow *copy;

  app_job_count (self);
  copy = app_job_row_copy (self->row);
  copy->steps = steps != NULL ? g_ptr_array_ref (steps) : NULL;
  app_database_run_async (self->database, app_store_job_save, copy, (GDestroyNotify) app_job_row_free, NULL, NULL, callback, callback != NULL ? g_object_ref (self) : NULL);
}

/* ---- the end ---- */

static void
say (AppJob *self, const char *text)
{
  app_completion_push_text (APP_COMPLETION (self), text, strlen (text));
}

/* What there is now, and what is wrong with it. */
static void
tell (AppJob *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_done = 0;

  /* Behind what was said when it ended before. */
  if (self->resumed && self->ended_before)
    g_string_append (text, "\n\n");
  for (guint i = 0; i < self->runs->len; i++)
    n_done += ((JobRun *) self->runs->pdata[i])->row->state == APP_STEP_DONE && *((JobRun *) self->runs->pdata[i])->row->findings == '\0';
  if (self->row->state == APP_JOB_DONE)
    g_string_append_printf (text, g_dngettext (NULL, "Done in %u step.", "Done in %u steps.", self->runs->len), self->runs->len);
  else if (self->row->state == APP_JOB_SPENT)
    g_string_append_printf (text, _("The budget has ended: %u of %u steps are done. “Continue” goes on with half as much again."), n_done, self->runs->len);
  else
    g_string_append_printf (text, _("%u of %u steps came out well."), n_done, self->runs->len);
  /* Answers to questions stand first. */
  for (guint i = 0; i < self->runs->len; i++) {
    JobRun *run = self->runs->pdata[i];
    g_autoptr (JobMade) made = run->row->state == APP_STEP_DONE && run->plan->worker == job_worker_find ("answer") ? job_made_parse (run->row->made) : NULL;
    if (made != NULL && *made->said != '\0')
      g_string_append_printf (text, "\n\n%s", made->said);
  }
  for (guint i = 0; i < self->runs->len; i++) {
    JobRun *run = self->runs->pdata[i];
    g_autoptr (JobMade) made = job_made_parse (run->row->made);
    gboolean told = run->plan->worker == job_worker_find ("answer");
    g_auto (GStrv) findings = g_strsplit (run->row->findings, "\n", -1);

    g_string_append_printf (text, "\n\n**%u. %s**", i + 1, run->plan->title);
    if (run->row->state == APP_STEP_DONE && made != NULL) {
      for (guint k = 0; k < made->files->len; k++)
        g_string_append_printf (text, " · `%s`", ((JobFile *) made->files->pdata[k])->path);
      if (made->title != NULL && *made->title != '\0' && !g_str_equal (made->title, run->plan->title))
        g_string_append_printf (text, " · “%s”", made->title);
      if (made->n_rows > 0)
        g_string_append_printf (text, g_dngettext (NULL, " · %'u row", " · %'u rows", made->n_rows), made->n_rows);
      if (*made->said != '\0' && !told)
        g_string_append_printf (text, "\n\n%s", made->said);
    }
    for (guint k = 0; findings[k] != NULL; k++)
      if (*findings[k] != '\0')
        g_string_append_printf (text, "\n\n%s %s", run->row->state == APP_STEP_DONE ? _("Its check found:") : "", findings[k]);
  }
  say (self, text->str);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppJob) self = data;
  GError *error = NULL;

  app_database_run_finish (APP_DATABASE (source), result, &error);
  /* How it ended in time is told even where it could not be stored. */
  app_completion_push_finished (APP_COMPLETION (self), &self->stats, self->cancelled, error);
}

void
app_job_end (AppJob *self, AppJobState state, GError *error)
{
  if (self->ending) {
    g_clear_error (&error);
    return;
  }
  self->ending = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->row->state = state;
  self->row->ended = g_get_real_time () / 1000;
  app_job_count (self);
  self->stats.tokens = self->row->tokens - self->tokens_at_start;
  self->stats.finish = state == APP_JOB_SPENT ? APP_FINISH_LENGTH : self->cancelled ? APP_FINISH_NONE : APP_FINISH_STOP;
  if (app_lane_get_state (self->planner) <= APP_LANE_WORKING)
    app_lane_end (self->planner, error != NULL ? APP_LANE_FAILED : self->cancelled ? APP_LANE_STOPPED : APP_LANE_DONE);
  if (error != NULL) {
    app_lane_set_answer (self->planner, error->message);
    app_completion_push_finished (APP_COMPLETION (self), &self->stats, FALSE, error);
    if (self->row->id != 0)
      app_job_save (self, NULL, NULL);
    return;
  }
  if (self->plan != NULL)
    tell (self);
  app_job_save (self, NULL, on_ended);
}
