/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-job-private.h"

#include <glib/gi18n.h>

#define USUAL_TOKENS 24000
#define USUAL_CALLS 80
#define USUAL_SECONDS 3600
/* What a step may take at least, in milliseconds: one that has less left does not begin. */
#define LEAST_MS 1000

G_DEFINE_FINAL_TYPE (AppJob, app_job, APP_TYPE_COMPLETION)

GListModel *
app_job_get_lanes (AppJob *self)
{
  return G_LIST_MODEL (self->lanes);
}

const AppJobRow *
app_job_get_row (AppJob *self)
{
  return self->row;
}

gint64
app_job_get_ms (AppJob *self)
{
  return self->ms_before + (self->since > 0 ? ((self->held > 0 ? self->held : g_get_monotonic_time ()) - self->since) / 1000 : 0);
}

/* ---- order ---- */

static JobRun *
find_run (AppJob *self, guint number)
{
  return number >= 1 && number <= self->runs->len ? self->runs->pdata[number - 1] : NULL;
}

/* What it needs is there; `*lacking`: or never will be. */
static gboolean
is_due (AppJob *self, JobRun *run, JobRun **lacking)
{
  gboolean due = TRUE;

  *lacking = NULL;
  for (guint i = 0; i < run->plan->needs->len; i++) {
    JobRun *need = find_run (self, g_array_index (run->plan->needs, guint, i));

    if (!job_run_has_ended (need))
      due = FALSE;
    else if (need->row->state != APP_STEP_DONE)
      *lacking = need;
  }
  return due;
}

static AppJobState
find_state (AppJob *self)
{
  AppJobState state = APP_JOB_DONE;

  for (guint i = 0; i < self->runs->len; i++) {
    AppStepState of = ((JobRun *) self->runs->pdata[i])->row->state;

    /* What fails its check after all tries is there, and is not what was asked for. */
    if (of == APP_STEP_DONE && *((JobRun *) self->runs->pdata[i])->row->findings != '\0')
      of = APP_STEP_FAILED;
    if (of == APP_STEP_SPENT)
      state = APP_JOB_SPENT;
    else if (of == APP_STEP_FAILED && state == APP_JOB_DONE)
      state = APP_JOB_FAILED;
    else if (of == APP_STEP_STOPPED && state != APP_JOB_SPENT)
      state = APP_JOB_STOPPED;
  }
  return self->cancelled ? APP_JOB_STOPPED : state;
}

void
app_job_go_on (AppJob *self)
{
  guint n_running = 0, n_left = 0;

  if (self->ending || self->plan == NULL)
    return;
  for (guint i = 0; i < self->runs->len; i++)
    n_running += ((JobRun *) self->runs->pdata[i])->running;
  for (guint i = 0; i < self->runs->len; i++) {
    JobRun *run = self->runs->pdata[i], *lacking;

    if (run->running || job_run_has_ended (run))
      continue;
    if (self->cancelled || run->stopped) {
      job_run_give_up (run, APP_STEP_STOPPED, "");
    } else if (self->late || app_job_get_ms (self) + LEAST_MS > self->row->budget_ms) {
      job_run_give_up (run, APP_STEP_SPENT, _("The time of this job has ended before this began."));
    } else if (is_due (self, run, &lacking)) {
      if (lacking != NULL && lacking->row->state == APP_STEP_SPENT) {
        job_run_give_up (run, APP_STEP_SPENT, _("What it needs was not made before the budget ended."));
      } else if (lacking != NULL) {
        g_autofree char *why = g_strdup_printf (_("What it needs, step %u, did not come about."), lacking->plan->number);
        job_run_give_up (run, lacking->row->state == APP_STEP_STOPPED ? APP_STEP_STOPPED : APP_STEP_FAILED, why);
      } else if (n_running < JOB_AT_ONCE) {
        n_running++;
        n_left++;
        job_run_begin (run);
      } else {
        n_left++;
      }
    } else {
      n_left++;
    }
  }
  app_job_set_clock (self);
  if (n_running == 0 && n_left == 0)
    app_job_end (self, find_state (self), NULL);
  /* Steps wait for steps that come before them, so one of those that are left is due once nothing runs. */
}

/* ---- AppCompletion ---- */

static void
start (AppCompletion *completion)
{
  app_job_find (APP_JOB (completion));
}

static void
cancel (AppCompletion *completion)
{
  AppJob *self = APP_JOB (completion);

  self->cancelled = TRUE;
  g_cancellable_cancel (self->cancellable);
  app_job_stop_all (self);
  app_job_go_on (self);
}

/* ---- lanes of an earlier run ---- */

GListModel *
app_job_restore_lanes (const AppJobRow *row)
{
  GListStore *lanes = g_list_store_new (APP_TYPE_LANE);
  g_autoptr (AppLane) planner = app_lane_new_with_role (_("Planner"), APP_LANE_PLANNER);
  gint64 tokens = row->tokens;

  for (guint i = 0; i < row->steps->len; i++)
    tokens -= ((AppJobStepRow *) row->steps->pdata[i])->tokens;
  app_lane_restore (planner, row->steps->len > 0 ? APP_LANE_DONE : APP_LANE_STOPPED, "", "", MAX (tokens, 0), 0, row->created, row->created);
  g_list_store_append (lanes, planner);
  for (guint i = 0; i < row->steps->len; i++) {
    const AppJobStepRow *step = row->steps->pdata[i];
    JobStep *plan = job_step_parse (step->plan, i + 1);
    JobRun *run;

    if (plan == NULL)
      continue;
    run = job_run_new (NULL, plan, step);
    if (app_lane_get_state (run->lane) <= APP_LANE_WORKING)
      app_lane_restore (run->lane, APP_LANE_STOPPED, plan->title, step->text, step->tokens, step->ms / 1000.0, step->began, step->ended);
    g_list_store_append (lanes, run->lane);
    job_run_free (run);
    JobPlan *hold = job_plan_new ();
    g_ptr_array_add (hold->steps, plan);
    job_plan_free (hold);
  }
  return G_LIST_MODEL (lanes);
}

/* ---- object ---- */

static void
app_job_finalize (GObject *object)
{
  AppJob *self = APP_JOB (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->planner, self);
  g_ptr_array_unref (self->runs);
  job_plan_free (self->plan);
  g_clear_object (&self->planning);
  g_object_unref (self->planner);
  g_object_unref (self->lanes);
  g_ptr_array_unref (self->inputs);
  g_strfreev (self->names);
  app_job_row_free (self->row);
  g_free (self->complaint);
  g_object_unref (self->cancellable);
  g_clear_object (&self->engine);
  g_clear_object (&self->database);
  g_clear_object (&self->artifacts);
  g_clear_object (&self->datasets);
  g_clear_object (&self->checker);
  if (self->runner != NULL)
    g_object_unref ((gpointer) self->runner);
  g_clear_object (&self->messages);
  g_clear_pointer (&self->workspace, app_workspace_unref);
  g_clear_object (&self->toolbox);
  g_clear_object (&self->calls);
  G_OBJECT_CLASS (app_job_parent_class)->finalize (object);
}

static void
app_job_class_init (AppJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_job_finalize;
  APP_COMPLETION_CLASS (klass)->start = start;
  APP_COMPLETION_CLASS (klass)->cancel = cancel;
}

static void
on_planner_stop (AppJob *self)
{
  app_completion_cancel (APP_COMPLETION (self));
}

static void
on_planner_pause (AppJob *self, gboolean pause)
{
  if (self->planning == NULL)
    return;
  job_gate_set_paused (self->planning, pause);
  app_lane_set_pause (self->planner, !pause ? APP_LANE_GOES : job_gate_is_waiting (self->planning) ? APP_LANE_PAUSED : APP_LANE_WILL_PAUSE);
  app_job_set_clock (self);
}

static void
app_job_init (AppJob *self)
{
  self->cancellable = g_cancellable_new ();
  self->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) job_input_free);
  self->names = g_new0 (char *, 1);
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) job_run_free);
  self->lanes = g_list_store_new (APP_TYPE_LANE);
  self->planner = app_lane_new_with_role (_("Planner"), APP_LANE_PLANNER);
  g_list_store_append (self->lanes, self->planner);
  g_signal_connect_swapped (self->planner, "stop", G_CALLBACK (on_planner_stop), self);
  g_signal_connect_swapped (self->planner, "pause", G_CALLBACK (on_planner_pause), self);
}

AppCompletion *
app_job_new (AppEngine *engine, AppDatabase *database, const AppMakeOrder *order, const AppJobBudget *budget)
{
  AppJob *self = g_object_new (APP_TYPE_JOB, NULL);
  AppJobBudget of = budget != NULL ? *budget : (AppJobBudget) { 0 };
  AppWorkspace *workspace = app_toolbox_get_workspace (order->toolbox);
  AppScriptRunner *runner = app_toolbox_get_runner (order->toolbox);

  self->engine = g_object_ref (engine);
  self->database = g_object_ref (database);
  self->artifacts = g_object_ref (order->artifacts);
  g_set_object (&self->datasets, order->datasets);
  g_set_object (&self->checker, order->checker);
  self->runner = runner != NULL ? g_object_ref ((gpointer) runner) : NULL;
  self->toolbox = g_object_ref (order->toolbox);
  self->calls = order->calls != NULL ? g_object_ref (order->calls) : g_list_store_new (APP_TYPE_TOOL_CALL);
  self->workspace = workspace != NULL ? app_workspace_ref (workspace) : NULL;
  self->messages = g_object_ref (order->messages);
  self->n_messages = order->n_messages;
  self->row = g_new0 (AppJobRow, 1);
  self->row->message = order->answer;
  self->row->request = g_strdup (order->note);
  self->row->budget_tokens = of.tokens > 0 ? of.tokens : USUAL_TOKENS;
  self->row->budget_calls = of.calls > 0 ? of.calls : USUAL_CALLS;
  self->row->budget_ms = (of.seconds > 0 ? of.seconds : USUAL_SECONDS) * 1000;
  self->row->created = g_get_real_time () / 1000;
  return APP_COMPLETION (self);
}
