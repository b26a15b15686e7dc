/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning of a job, or where it goes on: its row in the journal, what is attached, and its plan if it has one. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-attached-tables.h"
#include "app-error.h"
#include "app-job-private.h"
#include "app-message-private.h"
#include "jobs/job-ground.h"

/* Documents of which there are so many, or characters of one, that a program reads them better than a model. */
#define MANY_DOCUMENTS 3
#define LONG_DOCUMENT 4000
/* So many are read one by one, where a program would not understand them. */
#define MOST_READ 20
#define MOST_READ_BYTES 60000

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
  app_job_begin_timer (self);
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

void
app_job_find (AppJob *self)
{
  app_database_run_async (self->database, app_store_job_find, g_memdup2 (&self->row->message, sizeof (gint64)), g_free, (GDestroyNotify) app_job_row_free, NULL, on_found, g_object_ref (self));
}
