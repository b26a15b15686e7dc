/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step of a job as an object: made of its plan and its row in the journal, shown as a lane, and what a person does to it there. */
#include "app-job-private.h"

#include <glib/gi18n.h>

AppLaneState
job_run_lane_state (AppStepState state)
{
  switch (state) {
  case APP_STEP_DONE:
    return APP_LANE_DONE;
  case APP_STEP_STOPPED:
    return APP_LANE_STOPPED;
  case APP_STEP_FAILED:
  case APP_STEP_SPENT:
    return APP_LANE_FAILED;
  default:
    return APP_LANE_WAITING;
  }
}

void
job_run_show (JobRun *run)
{
  g_autoptr (JobMade) made = job_made_parse (run->row->made);
  g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
  g_auto (GStrv) findings = *run->row->findings != '\0' ? g_strsplit (run->row->findings, "\n", -1) : g_new0 (char *, 1), names = NULL;

  for (guint i = 0; made != NULL && i < made->files->len; i++)
    g_strv_builder_add (files, ((JobFile *) made->files->pdata[i])->path);
  if (made != NULL && made->title != NULL && *made->title != '\0')
    g_strv_builder_add (files, made->title);
  names = g_strv_builder_end (files);
  app_lane_set_files (run->lane, (const char *const *) names);
  app_lane_set_findings (run->lane, (const char *const *) findings);
}

/* ---- what the person does ---- */

static void
on_lane_stop (AppLane *lane, JobRun *run)
{
  run->stopped = TRUE;
  if (run->running)
    job_run_stop (run, TRUE);
  else
    app_job_go_on (run->job);
}

gint64
job_run_get_ms (const JobRun *run)
{
  return run->ms_before + ((run->held > 0 ? run->held : g_get_monotonic_time ()) - run->since) / 1000;
}

/* Its time stands still while it is held. */
static void
hold (JobRun *run, gboolean held)
{
  if (held) {
    run->held = g_get_monotonic_time ();
    g_clear_handle_id (&run->timer, g_source_remove);
  } else {
    run->since += g_get_monotonic_time () - run->held;
    run->held = 0;
    if (!run->stopped && !run->late) /* else how long it may take to end counts */
      job_run_begin_timer (run);
  }
}

static void
on_lane_pause (AppLane *lane, gboolean pause, JobRun *run)
{
  AppLanePause now = APP_LANE_GOES;

  run->paused = pause;
  if (run->gate != NULL)
    job_gate_set_paused (run->gate, pause);
  if (pause)
    now = !run->running || job_gate_is_waiting (run->gate) ? APP_LANE_PAUSED : APP_LANE_WILL_PAUSE;
  app_lane_set_pause (lane, now);
}

/* It is held now, or not any more, whoever said so. */
static void
on_lane_changed (AppLane *lane, JobRun *run)
{
  gboolean held = app_lane_get_pause (lane) == APP_LANE_PAUSED && !run->stopped && !run->late;

  if (!run->running || held == (run->held > 0))
    return;
  hold (run, held);
  app_job_set_clock (run->job);
}

static void
on_lane_steer (AppLane *lane, const char *words, JobRun *run)
{
  g_free (run->steer);
  run->steer = g_strdup (words);
  if (run->gate != NULL)
    job_gate_steer (run->gate, words);
}

static void
on_lane_raise (AppLane *lane, JobRun *run)
{
  /* Half as much again for the whole, of which this step gets its share at once. */
  AppJobBudget more = { run->job->row->budget_tokens / 2, run->job->row->budget_calls / 2, run->job->row->budget_ms / 2000 };

  app_job_raise (run->job, &more);
}

/* ---- object ---- */

JobRun *
job_run_new (AppJob *job, JobStep *plan, const AppJobStepRow *row)
{
  JobRun *run = g_new0 (JobRun, 1);

  run->job = job;
  run->plan = plan;
  run->row = app_job_step_row_copy (row);
  run->lane = app_lane_new_with_role (plan->title, APP_LANE_STEP);
  app_lane_restore (run->lane, job_run_lane_state (row->state), _(plan->worker->name), run->row->text, row->tokens, row->ms / 1000.0, row->began, row->ended);
  job_run_show (run);
  if (job == NULL)
    return run;
  /* What ended without coming about is gone on with: the person wants it. */
  if (run->row->state >= APP_STEP_FAILED) {
    run->row->state = APP_STEP_WAITING;
    g_clear_pointer (&run->row->made, g_free);
    g_free (run->row->findings);
    run->row->findings = g_strdup ("");
    job_run_show (run);
    run->row->ended = 0;
    app_lane_restore (run->lane, APP_LANE_WAITING, _(plan->worker->name), run->row->text, row->tokens, row->ms / 1000.0, row->began, 0);
  }
  g_signal_connect (run->lane, "stop", G_CALLBACK (on_lane_stop), run);
  g_signal_connect (run->lane, "pause", G_CALLBACK (on_lane_pause), run);
  g_signal_connect (run->lane, "changed", G_CALLBACK (on_lane_changed), run);
  g_signal_connect (run->lane, "steer", G_CALLBACK (on_lane_steer), run);
  g_signal_connect (run->lane, "raise", G_CALLBACK (on_lane_raise), run);
  return run;
}

void
job_run_free (JobRun *run)
{
  g_clear_handle_id (&run->timer, g_source_remove);
  g_signal_handlers_disconnect_by_data (run->lane, run);
  g_object_unref (run->lane);
  app_job_step_row_free (run->row);
  g_clear_object (&run->gate);
  g_clear_object (&run->cancellable);
  g_free (run->steer);
  g_free (run->written);
  job_made_free (run->best);
  g_clear_pointer (&run->best_findings, g_ptr_array_unref);
  g_clear_pointer (&run->findings, g_ptr_array_unref);
  g_free (run);
}
