/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-job-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-attached-tables.h"
#include "app-error.h"
#include "app-message-private.h"
#include "jobs/job-ground.h"

#define USUAL_TOKENS 24000
#define USUAL_CALLS 80
#define USUAL_SECONDS 3600
/* Documents of which there are so many, or characters of one, that a program reads them better than a model. */
#define MANY_DOCUMENTS 3
#define LONG_DOCUMENT 4000
/* So many are read one by one, where a program would not understand them. */
#define MOST_READ 20
#define MOST_READ_BYTES 60000
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
  return self->ms_before + (self->since > 0 ? (g_get_monotonic_time () - self->since) / 1000 : 0);
}

/* ---- the journal ---- */

static void
count (AppJob *self)
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

  count (self);
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
  count (self);
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

/* ---- budgets ---- */

void
app_job_share (AppJob *self, JobRun *run, gint64 *tokens, gint64 *calls, gint64 *ms)
{
  gint64 left_tokens, left_calls, left_ms = self->row->budget_ms - app_job_get_ms (self);
  guint all = 0, own = MAX (run->plan->worker->share, 1);

  count (self);
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

static void
stop_all (AppJob *self)
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
  stop_all (self);
  app_job_go_on (self);
  return G_SOURCE_REMOVE;
}

static void
begin_timer (AppJob *self)
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
    begin_timer (self);
  if (self->row->id != 0)
    app_job_save (self, NULL, NULL);
}

void
app_job_set_paused (AppJob *self, gboolean paused)
{
  self->paused = paused;
  for (guint i = 0; i < self->runs->len; i++) {
    JobRun *run = self->runs->pdata[i];
    if (!job_run_has_ended (run))
      app_lane_ask_pause (run->lane, paused);
  }
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
  if (n_running == 0 && n_left == 0)
    app_job_end (self, find_state (self), NULL);
  /* Steps wait for steps that come before them, so one of those that are left is due once nothing runs. */
}

/* ---- what there is ---- */

void
app_job_describe (AppJob *self, JobPlanCase *of)
{
  guint n_documents = 0, n_prose = 0;
  gsize n_bytes = 0;

  *of = (JobPlanCase) { .request = self->row->request, .inputs = (const char *const *) self->names, .scripts = self->runner != NULL };
  for (guint i = 0; i < self->inputs->len; i++) {
    const JobInput *input = self->inputs->pdata[i];
    of->tables |= input->dataset != NULL;
    of->n_tables += input->dataset != NULL;
    if (input->dataset != NULL || input->text == NULL)
      continue;
    n_documents++;
    of->documents = TRUE;
    of->many |= n_documents >= MANY_DOCUMENTS || strlen (input->text) > LONG_DOCUMENT;
    n_prose += job_ground_is_prose (input->text);
    n_bytes += strlen (input->text);
  }
  of->prose = n_documents > 0 && n_prose > n_documents / 2 && n_documents <= MOST_READ && n_bytes <= MOST_READ_BYTES;
}

void
app_job_add_run (AppJob *self, JobStep *step, const AppJobStepRow *row)
{
  JobRun *run = job_run_new (self, step, row);

  g_ptr_array_add (self->runs, run);
  g_list_store_append (self->lanes, run->lane);
}

/* A job of an earlier run. FALSE where its plan is not one of this version of the program. */
static gboolean
restore_plan (AppJob *self, GPtrArray *steps)
{
  g_autoptr (JobPlan) plan = job_plan_new ();

  for (guint i = 0; i < steps->len; i++) {
    const AppJobStepRow *row = steps->pdata[i];
    JobStep *step = job_step_parse (row->plan, i + 1);

    if (step == NULL)
      return FALSE;
    g_ptr_array_add (plan->steps, step);
  }
  self->plan = g_steal_pointer (&plan);
  for (guint i = 0; i < steps->len; i++)
    app_job_add_run (self, self->plan->steps->pdata[i], steps->pdata[i]);
  return TRUE;
}

static void
collect_documents (AppJob *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < self->n_messages; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (self->messages, i);
    GPtrArray *documents = message != NULL ? app_message_get_documents (message) : NULL;

    for (guint k = 0; documents != NULL && k < documents->len; k++) {
      const AppDocument *document = documents->pdata[k];
      gboolean known = FALSE;
      for (guint n = 0; n < self->inputs->len && !known; n++) {
        JobInput *input = self->inputs->pdata[n];
        known = g_str_equal (input->name, document->name);
        if (known && input->text == NULL)
          input->text = app_document_dup_own_text (document->text);
      }
      if (!known) {
        g_autofree char *own = app_document_dup_own_text (document->text);
        g_ptr_array_add (self->inputs, job_input_new (document->name, own, NULL));
      }
    }
  }
  for (guint i = 0; i < self->inputs->len; i++)
    g_ptr_array_add (names, ((JobInput *) self->inputs->pdata[i])->name);
  g_ptr_array_add (names, NULL);
  g_strfreev (self->names);
  self->names = g_strdupv ((char **) names->pdata);
}

static void
begin_work (AppJob *self)
{
  collect_documents (self);
  if (self->cancelled)
    app_job_end (self, APP_JOB_STOPPED, NULL);
  else if (self->plan != NULL)
    app_job_go_on (self);
  else
    app_job_plan (self);
}

static void
on_tables (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppJob) self = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) tables = app_attached_tables_finish (result, &error);

  if (tables == NULL && !self->cancelled) {
    app_job_end (self, APP_JOB_FAILED, error);
    return;
  }
  g_clear_error (&error);
  for (guint i = 0; tables != NULL && i < tables->len; i++) {
    const AppAttachedTable *table = tables->pdata[i];
    g_ptr_array_add (self->inputs, job_input_new (table->name, NULL, table->dataset));
  }
  begin_work (self);
}

static void
collect (AppJob *self)
{
  self->since = g_get_monotonic_time ();
  begin_timer (self);
  if (self->datasets != NULL && app_attached_tables_may_be (self->messages, self->n_messages))
    app_attached_tables_async (self->messages, self->n_messages, self->datasets, self->cancellable, on_tables, g_object_ref (self));
  else
    begin_work (self);
}

/* ---- the beginning ---- */

static void
on_begun (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppJob) self = data;
  GError *error = NULL;
  g_autofree gint64 *id = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (id == NULL) {
    app_job_end (self, APP_JOB_FAILED, error);
    return;
  }
  self->row->id = *id;
  collect (self);
}

/* What it may take more, when it ended by that before and is to go on. */
static void
raise_ended (AppJob *self)
{
  if (self->row->state == APP_JOB_SPENT) {
    self->row->budget_tokens += self->row->budget_tokens / 2;
    self->row->budget_calls += self->row->budget_calls / 2;
    self->row->budget_ms += self->row->budget_ms / 2;
  }
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppJob) self = data;
  GError *error = NULL;
  g_autoptr (AppJobRow) found = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (found != NULL && self->workspace == NULL)
    error = g_error_new_literal (APP_ERROR, APP_ERROR_INVALID, _("A job keeps files and a journal, and this conversation is one of which nothing is kept. Ask for it in another one."));
  if (error != NULL) {
    app_job_end (self, APP_JOB_FAILED, error);
    return;
  }
  if (found->id == 0) {
    app_database_run_async (self->database, app_store_job_begin, app_job_row_copy (self->row), (GDestroyNotify) app_job_row_free, g_free, NULL, on_begun, g_object_ref (self));
    return;
  }
  app_job_row_free (self->row);
  self->row = app_job_row_copy (found);
  self->resumed = TRUE;
  app_workspace_clear (self->workspace);
  self->ended_before = found->ended != 0;
  raise_ended (self);
  self->ms_before = found->ms;
  self->tokens_at_start = found->tokens;
  self->tokens_before = found->tokens;
  self->calls_before = found->calls;
  if (found->steps->len > 0 && !restore_plan (self, found->steps)) {
    app_job_end (self, APP_JOB_FAILED, g_error_new_literal (APP_ERROR, APP_ERROR_INVALID, _("This job was begun by another version of the program, which planned in another way. Ask for it again.")));
    return;
  }
  /* What its steps took is counted with them. */
  for (guint i = 0; i < found->steps->len; i++) {
    const AppJobStepRow *step = found->steps->pdata[i];
    self->tokens_before -= MIN (step->tokens, self->tokens_before);
    self->calls_before -= MIN (step->calls, self->calls_before);
  }
  if (self->plan != NULL)
    app_lane_restore (self->planner, APP_LANE_DONE, "", "", self->tokens_before, 0, found->created, found->created);
  self->row->state = self->plan != NULL ? APP_JOB_WORKING : APP_JOB_PLANNING;
  self->row->ended = 0;
  app_job_save (self, NULL, NULL);
  collect (self);
}

static void
start (AppCompletion *completion)
{
  AppJob *self = APP_JOB (completion);

  app_database_run_async (self->database, app_store_job_find, g_memdup2 (&self->row->message, sizeof (gint64)), g_free, (GDestroyNotify) app_job_row_free, NULL, on_found, g_object_ref (self));
}

static void
cancel (AppCompletion *completion)
{
  AppJob *self = APP_JOB (completion);

  self->cancelled = TRUE;
  g_cancellable_cancel (self->cancellable);
  stop_all (self);
  app_job_go_on (self);
}

/* ---- lanes of an earlier run ---- */

GListModel *
app_job_restore_lanes (const AppJobRow *row)
{
  GListStore *lanes = g_list_store_new (APP_TYPE_LANE);
  g_autoptr (AppLane) planner = app_lane_new (_("Planner"));
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
app_job_init (AppJob *self)
{
  self->cancellable = g_cancellable_new ();
  self->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) job_input_free);
  self->names = g_new0 (char *, 1);
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) job_run_free);
  self->lanes = g_list_store_new (APP_TYPE_LANE);
  self->planner = app_lane_new (_("Planner"));
  g_list_store_append (self->lanes, self->planner);
  g_signal_connect_swapped (self->planner, "stop", G_CALLBACK (on_planner_stop), self);
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
