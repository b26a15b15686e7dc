/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: one job (AppJob) from files to files, as the window would have it done. For ./dev bench orchestra.
 *
 *   orchestra-tool MODEL --folder IN --out OUT --request TEXT [--seed N] [--history DB] [--tokens N] [--calls N] [--seconds N] [--threads N] [--context N]
 *
 * Every file of IN is attached to the note TEXT. What came of it is in OUT: the files of the workspace, what was made beside the chat under artifacts/NAME/ (its page, and its source), tables of it as CSV under
 * tables/, answer.md, and job.json. With a screen, pages are looked at and scripts run; without one neither is. Nobody is there to ask: what wants consent is refused. With --history, a job that is in that
 * file and has not ended goes on. Exits with 0 when the job is done, 1 when it failed, 2 when its budget ended. */
#include <adwaita.h>
#include <stdlib.h>
#include <string.h>

#include "app-job.h"
#include "app-message-private.h"
#include "app-table-export.h"
#include "artifacts/artifact-kind.h"
#include "fixture.h"
#include "jobs/job-csv.h"
#include "jobs/job-plan.h"
#include "jobs/job-worker.h"
#include "tables/table-tool.h"
#include "ui-checker.h"
#include "ui-resources.h"
#include "ui-script-runner.h"

typedef struct {
  const char *model, *folder, *out, *request, *history;
  int threads, context;
  AppJobBudget budget;
  guint64 seed;
} Options;

static _Noreturn void
fail (const char *what, const GError *error)
{
  g_printerr ("%s: %s\n", what, error != NULL ? error->message : "failed");
  exit (1);
}

static gboolean
read_options (int argc, char *argv[], Options *options)
{
  *options = (Options) { .threads = 2, .context = 8192, .model = argc > 1 ? argv[1] : NULL };
  for (int i = 2; i + 1 < argc; i += 2) {
    const char *value = argv[i + 1];

    if (strcmp (argv[i], "--folder") == 0)
      options->folder = value;
    else if (strcmp (argv[i], "--out") == 0)
      options->out = value;
    else if (strcmp (argv[i], "--request") == 0)
      options->request = value;
    else if (strcmp (argv[i], "--history") == 0)
      options->history = value;
    else if (strcmp (argv[i], "--seed") == 0)
      options->seed = g_ascii_strtoull (value, NULL, 10);
    else if (strcmp (argv[i], "--tokens") == 0)
      options->budget.tokens = g_ascii_strtoll (value, NULL, 10);
    else if (strcmp (argv[i], "--calls") == 0)
      options->budget.calls = g_ascii_strtoll (value, NULL, 10);
    else if (strcmp (argv[i], "--seconds") == 0)
      options->budget.seconds = g_ascii_strtoll (value, NULL, 10);
    else if (strcmp (argv[i], "--threads") == 0)
      options->threads = atoi (value);
    else if (strcmp (argv[i], "--context") == 0)
      options->context = atoi (value);
    else
      return FALSE;
  }
  return options->model != NULL && options->out != NULL && options->request != NULL;
}

/* ---- the files ---- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
wait_for (AppAttachment *attachment)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_attachment_load_async (attachment, FALSE, NULL, keep_result, &result);
  if (!app_attachment_load_finish (attachment, table_tool_wait (&result), &error))
    fail (app_attachment_get_name (attachment), error);
}

static GListModel *
attach_all (const char *folder, AppDatasets *datasets)
{
  GListStore *attachments = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (name[0] != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
    g_autoptr (GFile) file = g_file_new_for_path (path);
    g_autoptr (AppAttachment) attachment = NULL;

    if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
      continue;
    attachment = app_attachment_new_for_file (file);
    if (datasets != NULL)
      app_attachment_set_datasets (attachment, datasets);
    wait_for (attachment);
    g_list_store_append (attachments, attachment);
  }
  return G_LIST_MODEL (attachments);
}

/* ---- the screen ---- */

/* A window that nobody sees, for those who look at pages and run scripts; nothing without a screen. */
static void
set_screen (AppConversation *conversation)
{
  GtkWidget *window, *overlay;

  if (!gtk_init_check ())
    return;
  adw_init ();
  ui_register_resource ();
  window = gtk_window_new ();
  overlay = gtk_overlay_new ();
  gtk_overlay_set_child (GTK_OVERLAY (overlay), gtk_label_new ("orchestra"));
  gtk_window_set_child (GTK_WINDOW (window), overlay);
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 300);
  gtk_window_present (GTK_WINDOW (window));
  app_artifacts_set_checker (app_conversation_get_artifacts (conversation), APP_CHECKER (ui_checker_new (GTK_OVERLAY (overlay))));
  app_toolbox_set_runner (app_conversation_get_toolbox (conversation), APP_SCRIPT_RUNNER (ui_script_runner_new (GTK_OVERLAY (overlay))));
}

/* ---- what came of it ---- */

static void
write_file (const char *folder, const char *name, const char *content, gssize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (parent, 0700);
  if (!g_file_set_contents (path, content, length, &error))
    fail (path, error);
}

static void
write_workspace (AppWorkspace *workspace, const char *out)
{
  g_autoptr (GPtrArray) files = workspace != NULL ? app_workspace_list (workspace, NULL) : NULL;

  for (guint i = 0; files != NULL && i < files->len; i++) {
    const AppWorkspaceFile *file = files->pdata[i];
    g_autoptr (GBytes) bytes = app_workspace_read (workspace, file->path, NULL);

    if (bytes != NULL)
      write_file (out, file->path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  }
}

/* A title as the name of a file. */
static char *
dup_file_name (const char *title)
{
  char *name = g_strdup (*title != '\0' ? title : "untitled");

  for (char *c = name; *c != '\0'; c++)
    if (*c == '/' || *c == '\\' || (guchar) *c < ' ' || *c == '.')
      *c = '_';
  return name;
}

static void
write_artifact (AppArtifacts *artifacts, AppArtifact *artifact, const char *out)
{
  AppVersion *version = app_artifact_get_current (artifact);
  const AppArtifactKind *kind = app_artifact_get_kind (artifact);
  g_autofree char *name = dup_file_name (app_artifact_get_title (artifact)), *folder = g_build_filename (out, "artifacts", name, NULL);
  g_autofree char *source_name = g_strconcat ("source.", app_artifact_kind_get_suffix (kind, app_version_get_source (version)), NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  write_file (folder, source_name, app_version_get_source (version), -1);
  write_file (folder, "kind", kind->id, -1);
  app_artifacts_make_bundle_async (artifacts, version, NULL, NULL, keep_result, &result);
  g_autoptr (AppBundle) bundle = app_artifacts_make_bundle_finish (artifacts, table_tool_wait (&result), &error);
  for (guint i = 0; bundle != NULL && i < app_bundle_get_n_files (bundle); i++) {
    GBytes *bytes = app_bundle_find (bundle, app_bundle_get_path (bundle, i), NULL);
    write_file (folder, app_bundle_get_path (bundle, i), g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  }
  g_autofree char *page = bundle != NULL ? app_bundle_dup_single_page (bundle, NULL) : NULL;
  if (page != NULL)
    write_file (folder, "single.html", page, -1);
  if (kind->is_table) {
    g_autoptr (GPtrArray) datasets = app_artifacts_open_datasets (artifacts, version);
    g_autoptr (AppResult) rows = app_query_run (datasets, app_version_get_source (version), NULL, NULL, NULL);
    g_autofree char *csv = rows != NULL ? job_csv_print (rows, NULL) : NULL, *table = g_strconcat (name, ".csv", NULL), *tables = g_build_filename (out, "tables", NULL);
    if (csv != NULL)
      write_file (tables, table, csv, -1);
  }
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
write_job (const AppJobRow *row, const char *out)
{
  static const char *const job_states[] = { "planning", "working", "done", "failed", "stopped", "spent" }, *const step_states[] = { "waiting", "working", "made", "done", "failed", "stopped", "spent" };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  table_tool_add_string (builder, "request", row->request);
  table_tool_add_string (builder, "state", job_states[row->state]);
  add_int (builder, "tokens", row->tokens);
  add_int (builder, "calls", row->calls);
  add_int (builder, "milliseconds", row->ms);
  add_int (builder, "budget_tokens", row->budget_tokens);
  add_int (builder, "budget_calls", row->budget_calls);
  add_int (builder, "budget_milliseconds", row->budget_ms);
  json_builder_set_member_name (builder, "held");
  json_builder_add_boolean_value (builder, row->tokens <= row->budget_tokens && row->calls <= row->budget_calls && row->ms <= row->budget_ms + 20000);
  json_builder_set_member_name (builder, "steps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < row->steps->len; i++) {
    const AppJobStepRow *step = row->steps->pdata[i];
    g_autoptr (JsonNode) plan = json_from_string (step->plan, NULL), made = step->made != NULL ? json_from_string (step->made, NULL) : NULL;

    json_builder_begin_object (builder);
    add_int (builder, "number", step->number);
    table_tool_add_string (builder, "state", step_states[step->state]);
    add_int (builder, "tries", step->tries);
    add_int (builder, "tokens", step->tokens);
    add_int (builder, "calls", step->calls);
    add_int (builder, "milliseconds", step->ms);
    table_tool_add_string (builder, "findings", step->findings);
    table_tool_add_string (builder, "wrote", step->text);
    json_builder_set_member_name (builder, "plan");
    json_builder_add_value (builder, plan != NULL ? g_steal_pointer (&plan) : json_node_new (JSON_NODE_NULL));
    json_builder_set_member_name (builder, "made");
    json_builder_add_value (builder, made != NULL ? g_steal_pointer (&made) : json_node_new (JSON_NODE_NULL));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  write_file (out, "job.json", text, -1);
}

/* ---- the job ---- */

static gboolean
is_resting (AppConversation *conversation)
{
  return !app_conversation_get_busy (conversation);
}

/* A job of this history that has not ended; NULL: none. */
static AppConversation *
find_job (AppHistory *history)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (history)); i++) {
    AppConversation *conversation = g_list_model_get_item (G_LIST_MODEL (history), i);
    GListModel *messages = app_conversation_get_messages (conversation);
    g_autoptr (GAsyncResult) result = NULL;

    app_conversation_load_async (conversation, NULL, keep_result, &result);
    app_conversation_load_finish (conversation, table_tool_wait (&result), NULL);
    if (g_list_model_get_n_items (messages) >= 2) {
      g_autoptr (AppMessage) last = g_list_model_get_item (messages, g_list_model_get_n_items (messages) - 1);
      if (app_message_get_can_continue (last))
        return conversation;
    }
    g_object_unref (conversation);
  }
  return NULL;
}

static void
send (AppConversation *conversation, const Options *options, AppDatasets *datasets)
{
  g_autoptr (GListModel) attachments = attach_all (options->folder, datasets);
  g_autoptr (AppTurn) plain = app_turn_new (options->request, attachments), turn = app_turn_new_wish (plain, APP_JOB_WISH, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_conversation_send_async (conversation, turn, keep_result, &result);
  if (!app_conversation_send_finish (conversation, table_tool_wait (&result), &error))
    fail ("send", error);
}

static void
go_on (AppConversation *conversation)
{
  GListModel *messages = app_conversation_get_messages (conversation);
  g_autoptr (AppMessage) last = g_list_model_get_item (messages, g_list_model_get_n_items (messages) - 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_conversation_continue_async (conversation, last, keep_result, &result);
  if (!app_conversation_continue_finish (conversation, table_tool_wait (&result), &error))
    fail ("continue", error);
}

static AppJobRow *
read_row (AppToolbox *toolbox, gint64 message)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_database_run_async (app_toolbox_get_database (toolbox), app_store_job_find, g_memdup2 (&message, sizeof message), g_free, (GDestroyNotify) app_job_row_free, NULL, keep_result, &result);
  return app_database_run_finish (app_toolbox_get_database (toolbox), table_tool_wait (&result), NULL);
}

int
main (int argc, char *argv[])
{
  Options options;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) opened = NULL, closed = NULL;
  g_autofree char *temporary = NULL, *path = NULL;

  g_setenv ("MELETE_PREVIEW", ORCHESTRA_PREVIEW, FALSE);
  table_tool_speak ();
  if (!read_options (argc, argv, &options)) {
    g_printerr ("orchestra-tool MODEL --folder IN --out OUT --request TEXT [--history DB] [--tokens N] [--calls N] [--seconds N] [--threads N] [--context N]\n");
    return 1;
  }
  if (options.history == NULL)
    temporary = g_dir_make_tmp ("orchestra-XXXXXX", NULL);
  path = options.history != NULL ? g_strdup (options.history) : g_build_filename (temporary, "history.db", NULL);
  g_autoptr (AppEngine) engine = table_tool_load_model (options.model, options.threads, options.context, &error);
  if (engine == NULL)
    fail (options.model, error);
  app_history_open_async (path, engine, NULL, NULL, keep_result, &opened);
  AppHistory *history = app_history_open_finish (table_tool_wait (&opened), &error);
  if (history == NULL)
    fail (path, error);
  AppConversation *conversation = find_job (history);
  gboolean resumed = conversation != NULL;
  if (conversation == NULL)
    conversation = app_history_new_conversation (history);
  set_screen (conversation);
  app_conversation_set_job_budget (conversation, &options.budget);
  if (resumed)
    go_on (conversation);
  else
    send (conversation, &options, app_conversation_get_datasets (conversation));
  while (!is_resting (conversation))
    g_main_context_iteration (NULL, TRUE);

  GListModel *messages = app_conversation_get_messages (conversation);
  g_autoptr (AppMessage) answer = g_list_model_get_item (messages, g_list_model_get_n_items (messages) - 1);
  AppArtifacts *artifacts = app_conversation_get_artifacts (conversation);
  g_autoptr (AppJobRow) row = read_row (app_conversation_get_toolbox (conversation), app_message_get_id (answer));
  write_workspace (app_toolbox_get_workspace (app_conversation_get_toolbox (conversation)), options.out);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (artifacts)); i++) {
    g_autoptr (AppArtifact) artifact = g_list_model_get_item (G_LIST_MODEL (artifacts), i);
    write_artifact (artifacts, artifact, options.out);
  }
  g_autofree char *text = g_strdup_printf ("%s%s%s\n", app_message_get_text (answer), app_message_get_error (answer) != NULL ? "\n\n" : "", app_message_get_error (answer) != NULL ? app_message_get_error (answer) : "");
  write_file (options.out, "answer.md", text, -1);
  if (row != NULL && row->id != 0)
    write_job (row, options.out);
  int code = row == NULL || row->id == 0 ? 1 : row->state == APP_JOB_DONE ? 0 : row->state == APP_JOB_SPENT ? 2 : 1;
  app_history_close_async (history, keep_result, &closed);
  app_history_close_finish (history, table_tool_wait (&closed), NULL);
  app_engine_unload (engine);
  if (temporary != NULL)
    fixture_delete_folder (temporary);
  return code;
}
