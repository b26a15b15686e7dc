/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a job may take: shared out among its steps, raised, over; and all of its steps at once. */
#include "app-job-private.h"

void
app_job_share (AppJob *self, JobRun *run, gint64 *tokens, gint64 *calls, gint64 *ms)
{
  gint64 left_tokens, left_calls, left_ms = self->row->budget_ms - app_job_get_ms (self);
  guint all = 0, own = MAX (run->plan->worker->share, 1);

  app_job_count (self);
  left_tokens = self->row->budget_tokens - self->row->tokens;
  left_calls = self->row->budget_calls - self->row->calls;
  for (guint i = 0; i < self->runs->len; i++) {
    JobRun *other = self->runs->pdata[i];
    if (other->running && other != run) {
      left_tokens -= job_gate_get_budget_tokens (other->gate) - job_gate_get_tokens (other->gate);
      left_calls -= job_gate_get_budget_calls (other->gate) - job_gate_get_calls (other->gate);
    } else if (!job_run_has_ended (other)) {
      all += MAX (other->plan->worker->share, 1);
    }
  }
  all = MAX (all, own);
  /* What it took before was counted; its gate counts from there. */
  *tokens = MAX (left_tokens, 0) * own / all + run->row->tokens;
  *calls = MAX (MAX (left_calls, 0) * own / all, MIN (left_calls, 1)) + run->row->calls;
  /* Others are at work at the same time. */
  *ms = MIN (MAX (left_ms, 0), MAX (left_ms, 0) * own * 2 / all);
}

void
app_job_stop_all (AppJob *self)
{
  if (self->planning != NULL)
    g_cancellable_cancel (self->cancellable);
  for (guint i = 0; i < self->runs->len; i++)
    if (((JobRun *) self->runs->pdata[i])->running)
      job_run_stop (self->runs->pdata[i], FALSE);
}

static gboolean
on_late (gpointer data)
{
  AppJob *self = data;

  self->timer = 0;
  self->late = TRUE;
  for (guint i = 0; i < self->runs->len; i++)
    ((JobRun *) self->runs->pdata[i])->late = TRUE;
  app_job_stop_all (self);
  app_job_go_on (self);
  return G_SOURCE_REMOVE;
}

void
app_job_begin_timer (AppJob *self)
{
  gint64 left = self->row->budget_ms - app_job_get_ms (self);

  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add ((guint) CLAMP (left, 1, G_MAXINT), on_late, self);
}

void
app_job_raise (AppJob *self, const AppJobBudget *more)
{
  self->row->budget_tokens += more->tokens;
  self->row->budget_calls += more->calls;
  self->row->budget_ms += more->seconds * 1000;
  for (guint i = 0; i < self->runs->len; i++) {
    JobRun *run = self->runs->pdata[i];
    gint64 tokens, calls, ms;
    if (!run->running)
      continue;
    app_job_share (self, run, &tokens, &calls, &ms);
    /* What is left for it now, beside what it has. */
    job_gate_set_budget (run->gate, MAX (job_gate_get_budget_tokens (run->gate), tokens), MAX (job_gate_get_budget_calls (run->gate), calls));
    app_lane_set_budget (run->lane, job_gate_get_budget_tokens (run->gate), run->budget_ms / 1000.0);
  }
  if (self->timer != 0)
    app_job_begin_timer (self);
  if (self->row->id != 0)
    app_job_save (self, NULL, NULL);
}

void
app_job_set_clock (AppJob *self)
{
  guint n_running = self->planning != NULL, n_paused = self->planning != NULL && app_lane_get_pause (self->planner) == APP_LANE_PAUSED;

  for (guint i = 0; i < self->runs->len; i++) {
    JobRun *run = self->runs->pdata[i];
    n_running += run->running;
    n_paused += run->running && run->held > 0;
  }
  if (n_running > 0 && n_paused == n_running) {
    if (self->held == 0)
      self->held = g_get_monotonic_time ();
    g_clear_handle_id (&self->timer, g_source_remove);
  } else if (self->held > 0) {
    self->since += g_get_monotonic_time () - self->held;
    self->held = 0;
    if (!self->ending)
      app_job_begin_timer (self);
  }
}
