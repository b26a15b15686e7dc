/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of a job: its inputs, the work, the review, and what it made into its place. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-artifact.h"
#include "app-error.h"
#include "app-job-private.h"
#include "artifacts/artifact-kind.h"
#include "jobs/job-check.h"

/* How long somebody may take to stop; then nobody waits any more. In milliseconds. */
#define GRACE_MS 10000
/* Bytes of what a step wrote that are kept. */
#define MAX_TEXT 65536

/* One try of a step, held by whatever is under way for it. */
typedef struct {
  AppJob *job;
  JobRun *run; /* lives as long as the job */
  guint serial;
  JobTask of;
  JobMade *made;      /* that is looked at */
  GPtrArray *findings;
  guint next_need;    /* of the earlier steps' files, which is read */
  char *name;         /* of that */
} Try;

static Try *
try_new (JobRun *run)
{
  Try *try = g_new0 (Try, 1);

  try->job = g_object_ref (run->job);
  try->run = run;
  try->serial = run->serial;
  try->of.inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) job_input_free);
  try->of.datasets = g_ptr_array_new_with_free_func (g_object_unref);
  try->findings = g_ptr_array_new_with_free_func (g_free);
  return try;
}

static void
try_free (Try *try)
{
  g_ptr_array_unref (try->of.inputs);
  g_ptr_array_unref (try->of.datasets);
  g_strfreev (try->of.columns);
  g_strfreev ((char **) try->of.findings);
  g_clear_object (&try->of.engine);
  job_made_free (try->made);
  g_ptr_array_unref (try->findings);
  g_free (try->name);
  g_object_unref (try->job);
  g_free (try);
}

/* Whether nobody waits for it any more. */
static gboolean
is_stale (const Try *try)
{
  return try->serial != try->run->serial || !try->run->running;
}

/* ---- the journal ---- */

void
job_run_count (JobRun *run)
{
  if (run->gate != NULL) {
    run->row->tokens = job_gate_get_tokens (run->gate);
    run->row->calls = job_gate_get_calls (run->gate);
  }
  if (run->running)
    run->row->ms = job_run_get_ms (run);
}

static void
save (JobRun *run, GAsyncReadyCallback callback, gpointer data)
{
  const char *text = app_lane_get_text (run->lane);
  gsize length = strlen (text);
  const char *from = text + (length > MAX_TEXT ? length - MAX_TEXT : 0);

  while ((*from & 0xc0) == 0x80)
    from++;
  g_free (run->row->text);
  run->row->text = g_strdup (from);
  job_run_count (run);
  app_database_run_async (run->job->database, app_store_job_step_save, app_job_step_row_copy (run->row), (GDestroyNotify) app_job_step_row_free, NULL, NULL, callback, data);
}

/* ---- the end ---- */

gboolean
job_run_has_ended (const JobRun *run)
{
  return run->row->state >= APP_STEP_DONE;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppJob) job = data;
  g_autoptr (GError) error = NULL;

  /* A journal that cannot be written is told with the next step that has to be. */
  app_database_run_finish (APP_DATABASE (source), result, &error);
  app_job_go_on (job);
}

static void
end (JobRun *run, AppStepState state, const char *why)
{
  g_clear_handle_id (&run->timer, g_source_remove);
  job_run_count (run);
  run->running = FALSE;
  run->serial++;
  run->row->state = state;
  run->row->ended = g_get_real_time () / 1000;
  if (why != NULL && *why != '\0') {
    g_free (run->row->findings);
    run->row->findings = g_strdup (why);
    g_strdelimit (run->row->findings, "\n", ' ');
  }
  job_run_show (run);
  if (why != NULL && *why != '\0')
    app_lane_set_answer (run->lane, why);
  app_lane_end (run->lane, job_run_lane_state (state));
  save (run, on_ended, g_object_ref (run->job));
}

void
job_run_give_up (JobRun *run, AppStepState state, const char *why)
{
  g_return_if_fail (!run->running);
  end (run, state, why);
}

/* ---- into its place ---- */

static void
placed (JobRun *run)
{
  g_autoptr (JobMade) made = job_made_parse (run->row->made);

  /* What is in its place needs not be in the journal any more. */
  for (guint i = 0; made != NULL && i < made->files->len; i++) {
    JobFile *file = made->files->pdata[i];
    g_free (file->content);
    file->content = g_strdup ("");
  }
  if (made != NULL) {
    g_free (made->source);
    made->source = NULL;
    g_free (run->row->made);
    run->row->made = job_made_print (made);
  }
  end (run, APP_STEP_DONE, NULL);
}

/* Beside the chat, unless a program that ended had brought it there already. */
static void
place_artifact (JobRun *run, const JobMade *made)
{
  AppArtifacts *artifacts = run->job->artifacts;
  const AppArtifactKind *kind = app_artifact_kind_find (made->kind);
  AppVersion *version;

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (artifacts)); i-- > 0;) {
    g_autoptr (AppArtifact) artifact = g_list_model_get_item (G_LIST_MODEL (artifacts), i);
    AppVersion *current = app_artifact_get_current (artifact);

    if (current == NULL || app_version_get_message_id (current) != run->job->row->message)
      continue;
    if (g_str_equal (app_version_get_source (current), made->source) && app_artifact_get_kind (artifact) == kind)
      return;
    /* Begun, and not whole. */
    if (*app_version_get_source (current) == '\0')
      app_artifacts_discard (artifacts, current);
  }
  version = app_artifacts_begin (artifacts, NULL, kind, made->title != NULL ? made->title : "", run->job->row->message, APP_ORIGIN_MODEL);
  app_artifacts_write (artifacts, version, made->source, (const char *const *) made->data);
  app_artifacts_end (artifacts, version, made->title);
  if (run->best_findings != NULL && run->job->checker != NULL && kind->is_page) {
    g_ptr_array_add (run->best_findings, NULL);
    app_artifacts_set_seen (artifacts, version, run->best_findings->len > 1 ? APP_VERSION_FAILS : APP_VERSION_WORKS, (const char *const *) run->best_findings->pdata, NULL);
    g_ptr_array_set_size (run->best_findings, (gint) run->best_findings->len - 1);
  }
}

typedef struct {
  AppWorkspace *workspace;
  JobMade *made;
} Placing;

static void
placing_free (gpointer data)
{
  Placing *placing = data;

  app_workspace_unref (placing->workspace);
  job_made_free (placing->made);
  g_free (placing);
}

/* Each is written beside its place and renamed; one that is there already is left. */
static void
place_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Placing *placing = data;
  GError *error = NULL;

  for (guint i = 0; i < placing->made->files->len; i++) {
    const JobFile *file = placing->made->files->pdata[i];
    g_autoptr (GBytes) there = app_workspace_read (placing->workspace, file->path, NULL);
    gsize n_bytes = strlen (file->content);

    if (there != NULL && g_bytes_get_size (there) == n_bytes && memcmp (g_bytes_get_data (there, NULL), file->content, n_bytes) == 0)
      continue;
    if (!app_workspace_write (placing->workspace, file->path, file->content, n_bytes, &error)) {
      g_task_return_error (task, error);
      return;
    }
  }
  g_task_return_boolean (task, TRUE);
}

static void
on_given (JobRun *run, const char *why)
{
  if (why == NULL)
    placed (run);
  else
    end (run, run->stopped ? APP_STEP_STOPPED : APP_STEP_FAILED, why);
}

static void
on_files_placed (GObject *source, GAsyncResult *result, gpointer data)
{
  Try *try = data;
  Placing *placing = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    if (!is_stale (try))
      end (try->run, APP_STEP_FAILED, error->message);
  } else if (!is_stale (try)) {
    if (placing->made->kind != NULL && placing->made->source != NULL)
      place_artifact (try->run, placing->made);
    if (placing->made->give != NULL)
      job_run_give_out (try->run, placing->made->give, on_given);
    else
      placed (try->run);
  }
  try_free (try);
}

/* `row->made` is in the journal. */
static void
place (JobRun *run)
{
  JobMade *made = job_made_parse (run->row->made);
  Try *try = try_new (run);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_files_placed, try);
  Placing *placing = g_new0 (Placing, 1);

  app_lane_begin (run->lane, _("puts it in its place"));
  *placing = (Placing) { app_workspace_ref (run->job->workspace), made != NULL ? made : job_made_new () };
  g_task_set_task_data (task, placing, placing_free);
  g_task_run_in_thread (task, place_thread);
}

static void
on_made_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  Try *try = data;
  g_autoptr (GError) error = NULL;
  gboolean ok = app_database_run_finish (APP_DATABASE (source), result, &error) != NULL;

  if (!is_stale (try)) {
    if (ok)
      place (try->run);
    else
      end (try->run, APP_STEP_FAILED, error->message);
  }
  try_free (try);
}

static void
keep_best (JobRun *run)
{
  g_autoptr (GString) findings = g_string_new (NULL);

  for (guint i = 0; run->best_findings != NULL && i < run->best_findings->len; i++) {
    g_autofree char *line = g_strdelimit (g_strdup (run->best_findings->pdata[i]), "\n", ' ');
    g_string_append_printf (findings, "%s%s", i > 0 ? "\n" : "", line);
  }
  g_free (run->row->findings);
  run->row->findings = g_strdup (findings->str);
  g_free (run->row->made);
  run->row->made = job_made_print (run->best);
  run->row->state = APP_STEP_MADE;
  save (run, on_made_saved, try_new (run));
}

/* A table that is a file can be looked at beside the chat, too. */
static void
on_table (GObject *source, GAsyncResult *result, gpointer data)
{
  Try *try = data;
  g_autoptr (AppDataset) dataset = app_datasets_import_finish (APP_DATASETS (source), result, NULL);
  const AppTable *table = dataset != NULL && app_dataset_get_tables (dataset)->len == 1 ? app_dataset_get_tables (dataset)->pdata[0] : NULL;

  if (!is_stale (try)) {
    JobMade *best = try->run->best;
    if (table != NULL) {
      const char *ids[] = { app_dataset_get_id (dataset), NULL };
      best->kind = g_strdup ("table");
      best->title = g_strdup (try->run->plan->title);
      best->source = g_strdup_printf ("SELECT * FROM %s", table->sql_name);
      g_strfreev (best->data);
      best->data = g_strdupv ((char **) ids);
    }
    keep_best (try->run);
  }
  try_free (try);
}

/* The best of all tries is taken, with what is wrong with it. */
static void
take_best (JobRun *run)
{
  const JobFile *file = run->best->files->len > 0 ? run->best->files->pdata[0] : NULL;

  if (file != NULL && run->best->kind == NULL && run->best->n_rows > 0 && run->job->datasets != NULL && g_str_has_suffix (file->path, ".csv")) {
    g_autoptr (GBytes) bytes = g_bytes_new (file->content, strlen (file->content));
    app_datasets_import_async (run->job->datasets, bytes, NULL, file->path, NULL, NULL, run->cancellable, NULL, NULL, on_table, try_new (run));
  } else {
    keep_best (run);
  }
}

/* ---- review ---- */

static void work (JobRun *run);

/* Somebody has looked at what a try made, or it came to nothing. */
static void
judge (Try *try)
{
  JobRun *run = try->run;
  gboolean good = try->made != NULL && try->findings->len == 0;

  run->row->tries++;
  if (try->made != NULL && (run->best == NULL || try->findings->len < run->best_findings->len)) {
    job_made_free (run->best);
    run->best = g_steal_pointer (&try->made);
    g_clear_pointer (&run->best_findings, g_ptr_array_unref);
    run->best_findings = g_ptr_array_ref (try->findings);
  }
  g_clear_pointer (&run->findings, g_ptr_array_unref);
  run->findings = g_ptr_array_ref (try->findings);
  if (good) {
    take_best (run);
  } else if (run->row->tries < JOB_MAX_TRIES && !job_gate_is_spent (run->gate) && !run->late) {
    g_ptr_array_add (try->findings, NULL);
    app_lane_set_findings (run->lane, (const char *const *) try->findings->pdata);
    g_ptr_array_set_size (try->findings, (gint) try->findings->len - 1);
    work (run);
  } else if (run->best != NULL) {
    take_best (run);
  } else {
    end (run, job_gate_is_spent (run->gate) || run->late ? APP_STEP_SPENT : APP_STEP_FAILED, try->findings->len > 0 ? try->findings->pdata[0] : _("Nothing came of it."));
  }
}

static void
on_seen (GObject *source, GAsyncResult *result, gpointer data)
{
  Try *try = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppSeen) seen = app_checker_look_finish (APP_CHECKER (source), result, &error);

  if (!is_stale (try)) {
    for (guint i = 0; seen != NULL && !seen->works && seen->details[i] != NULL; i++)
      g_ptr_array_add (try->findings, g_strdup (seen->details[i]));
    judge (try); /* what nobody could see is unseen */
  }
  try_free (try);
}

static void
on_bundle (GObject *source, GAsyncResult *result, gpointer data)
{
  Try *try = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = g_task_propagate_pointer (G_TASK (result), &error);

  if (is_stale (try)) {
    try_free (try);
  } else if (bundle != NULL) {
    app_checker_look_async (try->job->checker, bundle, try->run->cancellable, on_seen, try);
  } else {
    g_ptr_array_add (try->findings, g_strdup (error->message));
    judge (try);
    try_free (try);
  }
}

/* Takes `try`. */
static void
review (Try *try)
{
  const AppArtifactKind *kind = try->made->kind != NULL ? app_artifact_kind_find (try->made->kind) : NULL;

  app_lane_begin (try->run->lane, _("is checked"));
  job_check (&try->of, try->made, try->findings);
  if (kind != NULL && kind->is_page && try->job->checker != NULL && !g_str_equal (kind->id, "table") && try->findings->len == 0) {
    kind->make_bundle (try->made->source, try->made->title != NULL ? try->made->title : "", try->of.datasets, g_task_new (NULL, try->run->cancellable, on_bundle, try));
  } else {
    judge (try);
    try_free (try);
  }
}

/* ---- work ---- */

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Try *try = data;
  JobRun *run = try->run;
  g_autoptr (GError) error = NULL;

  try->made = g_task_propagate_pointer (G_TASK (result), &error);
  if (is_stale (try)) {
    try_free (try);
  } else if (run->stopped) {
    end (run, APP_STEP_STOPPED, NULL);
    try_free (try);
  } else if (run->late && try->made == NULL) {
    if (run->best != NULL)
      take_best (run);
    else
      end (run, APP_STEP_SPENT, _("The time of this step has ended."));
    try_free (try);
  } else if (try->made != NULL) {
    review (try);
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || g_error_matches (error, APP_ERROR, APP_ERROR_NO_MODEL)) {
    end (run, APP_STEP_STOPPED, error->message);
    try_free (try);
  } else {
    g_ptr_array_add (try->findings, g_strdup (error->message));
    judge (try);
    try_free (try);
  }
}

/* Its inputs are there. Takes `try`. */
static void
begin (Try *try)
{
  JobRun *run = try->run;
  AppJob *job = try->job;
  JobTask *of = &try->of;
  const JobWorker *worker = run->plan->worker, *other = worker->instead != NULL && run->row->tries >= worker->after ? job_worker_find (worker->instead) : NULL;
  JobPlanCase what;

  app_job_describe (job, &what);
  for (guint i = 0; i < of->inputs->len; i++) {
    JobInput *input = of->inputs->pdata[i];
    if (input->dataset != NULL)
      g_ptr_array_add (of->datasets, g_object_ref (input->dataset));
  }
  of->step = run->plan;
  of->request = job->row->request;
  of->engine = g_object_ref (APP_ENGINE (run->gate));
  of->columns = job_plan_find_columns (job->row->request, run->plan->file);
  of->alone = job->plan->steps->len == 1 || (*run->plan->file != '\0' && strstr (job->row->request, run->plan->file) != NULL);
  of->written = &run->written;
  of->runner = job->runner;
  of->before = run->best;
  if (run->findings != NULL && run->findings->len > 0) {
    g_autoptr (GPtrArray) list = g_ptr_array_copy (run->findings, NULL, NULL);
    g_ptr_array_set_free_func (list, NULL);
    g_ptr_array_add (list, NULL);
    of->findings = (const char *const *) g_strdupv ((char **) list->pdata);
  }
  app_lane_begin (run->lane, run->row->tries > 0 ? _("makes it again") : run->plan->title);
  if (other != NULL && job_worker_is_able (other, &what))
    worker = other;
  worker->run (of, g_task_new (NULL, run->cancellable, on_done, try));
}

static void read_next (Try *try);

static void
on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  Try *try = data;
  g_autoptr (AppDataset) dataset = app_datasets_import_finish (APP_DATASETS (source), result, NULL);
  JobInput *input = try->of.inputs->pdata[try->of.inputs->len - 1];

  input->dataset = g_steal_pointer (&dataset);
  read_next (try);
}

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Try *try = data;
  GError *error = NULL;
  GBytes *bytes = app_workspace_read (try->job->workspace, try->name, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Try *try = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *text = NULL;

  if (is_stale (try)) {
    try_free (try);
    return;
  }
  if (bytes == NULL) {
    end (try->run, APP_STEP_FAILED, error->message);
    try_free (try);
    return;
  }
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  JobInput *input = job_input_new (try->name, text, NULL);
  input->made = *((JobRun *) try->job->runs->pdata[g_array_index (try->run->plan->needs, guint, try->next_need - 1) - 1])->row->findings == '\0';
  g_ptr_array_add (try->of.inputs, input);
  if (try->job->datasets != NULL && app_datasets_can_import (try->name, NULL, NULL))
    app_datasets_import_async (try->job->datasets, bytes, NULL, try->name, NULL, NULL, try->run->cancellable, NULL, NULL, on_imported, try);
  else
    read_next (try);
}

/* The next file of an earlier step; after the last the work begins. Takes `try`. */
static void
read_next (Try *try)
{
  const GArray *needs = try->run->plan->needs;

  while (try->next_need < needs->len) {
    guint number = g_array_index (needs, guint, try->next_need++);
    JobRun *need = try->job->runs->pdata[number - 1];

    if (*need->plan->file == '\0')
      continue;
    g_free (try->name);
    try->name = g_strdup (need->plan->file);
    g_autoptr (GTask) task = g_task_new (NULL, NULL, on_read, try);
    g_task_set_task_data (task, try, NULL);
    g_task_run_in_thread (task, read_thread);
    return;
  }
  if (is_stale (try))
    try_free (try);
  else
    begin (try);
}

/* Once more, or for the first time. */
static void
work (JobRun *run)
{
  Try *try = try_new (run);
  AppJob *job = run->job;
  gboolean all = run->plan->uses[0] == NULL && run->plan->needs->len == 0;

  /* What it is to be made of did not come out well: it gets what that was made of, too. */
  for (guint i = 0; i < run->plan->needs->len; i++)
    all |= *((JobRun *) job->runs->pdata[g_array_index (run->plan->needs, guint, i) - 1])->row->findings != '\0';

  for (guint i = 0; i < job->inputs->len; i++) {
    const JobInput *input = job->inputs->pdata[i];
    if (all || g_strv_contains ((const char *const *) run->plan->uses, input->name))
      g_ptr_array_add (try->of.inputs, job_input_new (input->name, input->text, input->dataset));
  }
  read_next (try);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer data)
{
  Try *try = data;
  JobRun *run = try->run;
  g_autoptr (GError) error = NULL;
  gboolean ok = app_database_run_finish (APP_DATABASE (source), result, &error) != NULL;

  if (!is_stale (try)) {
    if (!ok)
      end (run, APP_STEP_FAILED, error->message);
    else if (run->row->state == APP_STEP_MADE)
      place (run);
    else
      work (run);
  }
  try_free (try);
}

/* ---- time ---- */

/* Whoever was told to stop has not: nobody waits any more. */
static gboolean
on_grace (gpointer data)
{
  JobRun *run = data;

  run->timer = 0;
  end (run, run->late ? APP_STEP_SPENT : APP_STEP_STOPPED, run->late ? _("The time of this step has ended.") : NULL);
  return G_SOURCE_REMOVE;
}

void
job_run_stop (JobRun *run, gboolean by_person)
{
  g_return_if_fail (run->running);
  if (!run->late)
    run->stopped = TRUE;
  /* What is in the journal as made is put in its place in any case. */
  if (run->row->state == APP_STEP_MADE) {
    if (run->giving != NULL)
      g_cancellable_cancel (run->giving);
    return;
  }
  g_clear_handle_id (&run->timer, g_source_remove);
  run->timer = g_timeout_add (GRACE_MS, on_grace, run);
  job_gate_set_paused (run->gate, FALSE);
  g_cancellable_cancel (run->cancellable);
}

static gboolean
on_late (gpointer data)
{
  JobRun *run = data;

  run->timer = 0;
  run->late = TRUE;
  job_run_stop (run, FALSE);
  return G_SOURCE_REMOVE;
}

void
job_run_begin_timer (JobRun *run)
{
  run->timer = g_timeout_add ((guint) CLAMP (run->budget_ms + run->ms_before - job_run_get_ms (run), 1, G_MAXINT), on_late, run);
}

void
job_run_begin (JobRun *run)
{
  gint64 tokens, calls;

  g_return_if_fail (!run->running && !job_run_has_ended (run));
  app_job_share (run->job, run, &tokens, &calls, &run->budget_ms);
  run->gate = job_gate_new (run->job->engine, run->lane);
  job_gate_set_taken (run->gate, run->row->tokens, run->row->calls);
  job_gate_set_budget (run->gate, tokens, calls);
  job_gate_set_paused (run->gate, run->paused);
  job_gate_steer (run->gate, run->steer);
  run->cancellable = g_cancellable_new ();
  run->running = TRUE;
  run->since = g_get_monotonic_time ();
  run->ms_before = run->row->ms;
  job_run_begin_timer (run);
  app_lane_set_budget (run->lane, tokens, run->budget_ms / 1000.0);
  app_lane_begin (run->lane, run->plan->title);
  if (run->row->state != APP_STEP_MADE) {
    run->row->state = APP_STEP_WORKING;
    run->row->tries = 0; /* what came of tries of an earlier run is gone */
  }
  if (run->row->began == 0)
    run->row->began = g_get_real_time () / 1000;
  /* Before anything of it happens. */
  save (run, on_begun, try_new (run));
}
