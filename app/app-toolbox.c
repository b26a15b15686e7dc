/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-toolbox.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-attached-tables.h"
#include "app-message-private.h"
#include "app-tool-call-private.h"

/* Of a result for programs, in bytes. */
#define MAX_DATA (256 * 1024)
/* Of arguments, in bytes: more than any model here writes. */
#define MAX_ARGUMENTS (512 * 1024)

struct _AppToolbox {
  GObject parent;
  AppDatabase *database;
  GListModel *messages;
  AppArtifacts *artifacts; /* nullable */
  AppDatasets *datasets;   /* nullable */
  gint64 conversation;
  AppWorkspace *workspace; /* nullable */
  char *outside;           /* nullable */
  AppScriptRunner *runner; /* nullable */
  AppToolProvider provider;
  gpointer provider_data;
  GPtrArray *tables; /* AppDataset, as last prepared */
  GPtrArray *held;   /* what tools from elsewhere need to live */
};

G_DEFINE_FINAL_TYPE (AppToolbox, app_toolbox, G_TYPE_OBJECT)

/* ---- what there is ---- */

static GPtrArray *
collect_documents (AppToolbox *self)
{
  GPtrArray *documents = app_documents_new ();

  for (guint i = 0; i < g_list_model_get_n_items (self->messages); i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (self->messages, i);
    GPtrArray *of_message = app_message_get_documents (message);
    for (guint j = 0; of_message != NULL && j < of_message->len; j++)
      g_ptr_array_add (documents, app_document_ref (of_message->pdata[j]));
  }
  return documents;
}

static void
scope_free (AppToolScope *scope)
{
  g_clear_pointer (&scope->workspace, app_workspace_unref);
  g_ptr_array_unref (scope->documents);
  g_ptr_array_unref (scope->datasets);
  g_clear_object (&scope->artifacts);
  g_clear_object (&scope->checker);
  g_clear_object (&scope->runner);
  g_clear_object (&scope->call);
  g_free ((char *) scope->outside);
  g_free (scope);
}

static AppToolScope *
make_scope (AppToolbox *self, AppToolCall *call, gint64 message)
{
  AppToolScope *scope = g_new0 (AppToolScope, 1);

  scope->workspace = self->workspace != NULL ? app_workspace_ref (self->workspace) : NULL;
  scope->database = self->database;
  scope->conversation = self->conversation;
  scope->message = message;
  scope->documents = collect_documents (self);
  scope->datasets = g_ptr_array_ref (self->tables);
  scope->artifacts = self->artifacts != NULL ? g_object_ref (self->artifacts) : NULL;
  scope->checker = self->artifacts != NULL ? app_artifacts_get_checker (self->artifacts) : NULL;
  if (scope->checker != NULL)
    g_object_ref (scope->checker);
  if (self->runner != NULL)
    scope->runner = g_object_ref ((gpointer) self->runner);
  scope->outside = g_strdup (self->outside != NULL ? self->outside : g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD));
  scope->call = call != NULL ? g_object_ref (call) : NULL;
  return scope;
}

static GPtrArray *
offer_tools (AppToolbox *self)
{
  AppToolScope *scope = make_scope (self, NULL, 0);
  GPtrArray *tools = g_ptr_array_new ();
  const AppTool *tool;

  for (guint i = 0; (tool = app_tool_get (i)) != NULL; i++)
    if (tool->is_offered == NULL || tool->is_offered (scope))
      g_ptr_array_add (tools, (gpointer) tool);
  scope_free (scope);
  return tools;
}

static void
prepared (GTask *task)
{
  AppToolbox *self = g_task_get_source_object (task);
  GPtrArray *tools = offer_tools (self);

  g_task_return_pointer (task, tools, (GDestroyNotify) g_ptr_array_unref);
}

static void
on_tables (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppToolbox *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) tables = app_attached_tables_finish (result, &error);

  if (tables == NULL) {
    g_task_return_error (task, error);
    return;
  }
  for (guint i = 0; i < tables->len; i++)
    g_ptr_array_add (self->tables, g_object_ref (((AppAttachedTable *) tables->pdata[i])->dataset));
  prepared (task);
}

void
app_toolbox_prepare_async (AppToolbox *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  guint n = g_list_model_get_n_items (self->messages);

  g_clear_pointer (&self->tables, g_ptr_array_unref);
  self->tables = g_ptr_array_new_with_free_func (g_object_unref);
  if (self->datasets != NULL && app_attached_tables_may_be (self->messages, n))
    app_attached_tables_async (self->messages, n, self->datasets, cancellable, on_tables, g_steal_pointer (&task));
  else
    prepared (task);
}

GPtrArray *
app_toolbox_prepare_finish (AppToolbox *self, GAsyncResult *result, GError **error)
{
  GPtrArray *tools = g_task_propagate_pointer (G_TASK (result), error);

  if (tools != NULL && self->provider != NULL) {
    g_autoptr (GPtrArray) more = g_ptr_array_new_with_free_func (g_object_unref);
    self->provider (tools, more, self->provider_data);
    for (guint i = 0; i < more->len; i++)
      if (!g_ptr_array_find (self->held, more->pdata[i], NULL))
        g_ptr_array_add (self->held, g_object_ref (more->pdata[i]));
  }
  return tools;
}

/* ---- a call ---- */

/* One call on its way. */
typedef struct {
  AppToolCall *call;
  const AppTool *tool;  /* NULL: there is none of that name */
  JsonObject *arguments; /* NULL until they were checked */
  AppToolScope *scope;
  GCancellable *cancellable; /* of the tool: also its time is over */
  gulong outer_handler, answer_handler;
  guint timer;
  gboolean too_late;
  char *pin;
  gint64 message;
  AppCallState first; /* its state in the journal, and, when that has it, of the call */
} Run;

static void
run_free (Run *run)
{
  g_clear_handle_id (&run->timer, g_source_remove);
  g_object_unref (run->call);
  g_clear_pointer (&run->arguments, json_object_unref);
  g_clear_pointer (&run->scope, scope_free);
  g_clear_object (&run->cancellable);
  g_free (run->pin);
  g_free (run);
}

static void
disconnect (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  g_clear_handle_id (&run->timer, g_source_remove);
  if (run->outer_handler != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), run->outer_handler);
  run->outer_handler = 0;
  g_clear_signal_handler (&run->answer_handler, run->call);
}

static void
store (GTask *task, GAsyncReadyCallback callback)
{
  AppToolbox *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  AppCallRow *row = app_tool_call_dup_row (run->call);

  g_free (row->pin);
  row->pin = g_strdup (run->pin);
  row->message = run->message;
  if (run->tool != NULL) {
    g_free (row->origin);
    row->origin = g_strdup (run->tool->origin != NULL ? run->tool->origin : "");
  }
  app_database_run_async (self->database, app_store_call_update, row, (GDestroyNotify) app_call_row_free, NULL, NULL, callback, task);
}

/* Takes the task. */
static void
give_answer (GTask *task, GError *error)
{
  Run *run = g_task_get_task_data (task);

  if (error != NULL)
    g_task_return_error (task, error);
  else if (app_tool_call_get_state (run->call) == APP_CALL_STOPPED)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  app_database_run_finish (APP_DATABASE (source), result, &error);
  give_answer (data, error);
}

/* It has its final state: stored before anybody goes on from it. */
static void
end (GTask *task, AppCallState state, char *text, char *data)
{
  Run *run = g_task_get_task_data (task);
  g_autofree char *result = app_tool_cut (text, APP_TOOL_MAX_RESULT), *machine = data;

  disconnect (task);
  app_tool_call_set_result (run->call, result, machine != NULL && strlen (machine) <= MAX_DATA ? machine : NULL);
  app_tool_call_set_state (run->call, state);
  store (task, on_ended);
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (AppToolResult) answer = g_task_propagate_pointer (G_TASK (result), &error);

  if (answer != NULL) {
    end (task, APP_CALL_DONE, g_steal_pointer (&answer->text), g_steal_pointer (&answer->data));
  } else if (run->too_late) {
    end (task, APP_CALL_FAILED, g_strdup_printf (g_dngettext (NULL, "This took longer than %u second, so it was ended.", "This took longer than %u seconds, so it was ended.", run->tool->seconds > 0 ? run->tool->seconds : APP_TOOL_SECONDS),
                                                 run->tool->seconds > 0 ? run->tool->seconds : APP_TOOL_SECONDS), NULL);
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    end (task, APP_CALL_STOPPED, g_strdup (_("Stopped.")), NULL);
  } else {
    end (task, APP_CALL_FAILED, g_strdup (error->message), NULL);
  }
}

static gboolean
on_late (gpointer data)
{
  Run *run = data;

  run->timer = 0;
  run->too_late = TRUE;
  g_cancellable_cancel (run->cancellable);
  return G_SOURCE_REMOVE;
}

static void
begin (GTask *task)
{
  AppToolbox *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  GTask *work;
  guint seconds = run->tool->seconds > 0 ? run->tool->seconds : APP_TOOL_SECONDS;

  run->scope = make_scope (self, run->call, run->message);
  if (seconds != G_MAXUINT)
    run->timer = g_timeout_add_seconds (seconds, on_late, run);
  work = g_task_new (self, run->cancellable, on_run, task);
  g_task_set_check_cancellable (work, FALSE);
  run->tool->run (run->tool, run->scope, run->arguments, work);
}

/* It is stored that it runs. */
static void
on_running (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  if (app_database_run_finish (APP_DATABASE (source), result, &error) == NULL) {
    disconnect (task);
    app_tool_call_set_result (run->call, error->message, NULL);
    app_tool_call_set_state (run->call, APP_CALL_FAILED);
    g_task_return_error (task, error);
    g_object_unref (task);
  } else if (g_cancellable_is_cancelled (run->cancellable)) {
    end (task, APP_CALL_STOPPED, g_strdup (_("Stopped.")), NULL);
  } else {
    begin (task);
  }
}

static void
on_answered (AppToolCall *call, guint answer, GTask *task)
{
  Run *run = g_task_get_task_data (task);

  g_clear_signal_handler (&run->answer_handler, run->call);
  app_tool_call_set_consent (call, (AppConsentAnswer) answer);
  if (answer == APP_CONSENT_ONCE || answer == APP_CONSENT_CONVERSATION || answer == APP_CONSENT_ALWAYS) {
    app_tool_call_set_state (call, APP_CALL_RUNNING);
    store (task, on_running);
  } else {
    app_tool_call_set_consent (call, APP_CONSENT_REFUSED);
    end (task, APP_CALL_REFUSED, g_strdup (_("The person does not want this. Do not try it again in another way.")), NULL);
  }
}

static gboolean
on_stopped_idle (gpointer data)
{
  GTask *task = data;
  Run *run = g_task_get_task_data (task);

  /* A tool that runs sees its cancellable; who waits for the person sees nothing else. */
  if (run->answer_handler != 0)
    end (task, APP_CALL_STOPPED, g_strdup (_("Stopped.")), NULL);
  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *cancellable, GTask *task)
{
  Run *run = g_task_get_task_data (task);

  g_cancellable_cancel (run->cancellable);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_stopped_idle, g_object_ref (task), g_object_unref);
}

/* It is in the journal. */
static void
on_begun (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree AppStoreCallBegun *begun = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (begun == NULL) {
    disconnect (task);
    app_tool_call_set_result (run->call, error->message, NULL);
    app_tool_call_set_state (run->call, APP_CALL_FAILED);
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  app_tool_call_set_stored (run->call, begun->id);
  if (begun->granted) {
    app_tool_call_set_consent (run->call, APP_CONSENT_GRANTED);
    run->first = APP_CALL_RUNNING;
  }
  app_tool_call_set_state (run->call, run->first);
  if (run->first == APP_CALL_FAILED) { /* it was never one */
    disconnect (task);
    give_answer (task, NULL);
    return;
  }
  if (g_cancellable_is_cancelled (run->cancellable))
    end (task, APP_CALL_STOPPED, g_strdup (_("Stopped.")), NULL);
  else if (app_tool_call_get_state (run->call) == APP_CALL_ASKING)
    run->answer_handler = g_signal_connect (run->call, "answered", G_CALLBACK (on_answered), task);
  else
    begin (task);
}

static const AppTool *
find_tool (GPtrArray *tools, const char *name)
{
  for (guint i = 0; i < tools->len; i++)
    if (g_str_equal (((const AppTool *) tools->pdata[i])->name, name))
      return tools->pdata[i];
  return NULL;
}

/* What cannot be run is told to the model, which may mend it. FALSE with an error. */
static gboolean
check (Run *run, GError **error)
{
  const char *arguments = app_tool_call_get_arguments (run->call);

  if (run->tool == NULL) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("There is no tool “%s”. Use one of those that were named."), app_tool_call_get_name (run->call));
    return FALSE;
  }
  if (strlen (arguments) > MAX_ARGUMENTS) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The arguments are longer than 512 KiB. Do it in smaller steps."));
    return FALSE;
  }
  run->arguments = app_tool_check_arguments (run->tool->parameters, *arguments != '\0' ? arguments : "{}", error);
  return run->arguments != NULL;
}

void
app_toolbox_run_async (AppToolbox *self, AppToolCall *call, GPtrArray *tools, gint64 message, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);
  g_autoptr (GError) error = NULL;
  AppCallRow *row;

  g_return_if_fail (app_tool_call_get_state (call) == APP_CALL_WRITING);
  g_task_set_source_tag (task, app_toolbox_run_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  run->call = g_object_ref (call);
  run->tool = find_tool (tools, app_tool_call_get_name (call));
  run->pin = g_strdup (run->tool != NULL && run->tool->pin != NULL ? run->tool->pin : "");
  run->cancellable = g_cancellable_new ();
  run->message = message;
  if (!check (run, &error)) {
    app_tool_call_set_result (call, error->message, NULL);
    run->first = APP_CALL_FAILED;
  } else {
    /* The one place that decides whether the person is asked: by the effect alone. */
    run->first = run->tool->effect >= APP_EFFECT_OUTSIDE ? APP_CALL_ASKING : APP_CALL_RUNNING;
  }
  row = app_tool_call_dup_row (call);
  row->state = run->first;
  /* What counts is the tool that runs, and not what the call says of itself. */
  if (run->tool != NULL) {
    g_free (row->origin);
    row->origin = g_strdup (run->tool->origin != NULL ? run->tool->origin : "");
    row->effect = run->tool->effect;
  }
  g_free (row->pin);
  row->pin = g_strdup (run->pin);
  row->message = message;
  app_database_run_async (self->database, app_store_call_begin, row, (GDestroyNotify) app_call_row_free, g_free, NULL, on_begun, task);
  /* Last: it may be cancelled already. */
  if (cancellable != NULL)
    run->outer_handler = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled), task, NULL);
}

gboolean
app_toolbox_run_finish (AppToolbox *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, app_toolbox_run_async), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- object ---- */

void
app_toolbox_set_conversation (AppToolbox *self, gint64 id)
{
  const char *path = app_database_get_path (self->database);

  if (self->conversation == id || id == 0)
    return;
  self->conversation = id;
  if (!g_str_equal (path, ":memory:")) {
    g_autofree char *parent = g_path_get_dirname (path), *name = g_strdup_printf ("%" G_GINT64_FORMAT, id);
    g_autofree char *folder = g_build_filename (parent, "workspaces", name, NULL);
    g_clear_pointer (&self->workspace, app_workspace_unref);
    self->workspace = app_workspace_new (folder);
  }
}

AppDatabase *
app_toolbox_get_database (AppToolbox *self)
{
  return self->database;
}

AppWorkspace *
app_toolbox_get_workspace (AppToolbox *self)
{
  return self->workspace;
}

void
app_toolbox_set_outside (AppToolbox *self, const char *folder)
{
  g_free (self->outside);
  self->outside = g_strdup (folder);
}

void
app_toolbox_set_runner (AppToolbox *self, AppScriptRunner *runner)
{
  gpointer *field = (gpointer *) &self->runner;

  g_clear_object (field);
  *field = runner != NULL ? g_object_ref ((gpointer) runner) : NULL;
}

AppScriptRunner *
app_toolbox_get_runner (AppToolbox *self)
{
  return self->runner;
}

void
app_toolbox_set_provider (AppToolbox *self, AppToolProvider provider, gpointer data)
{
  self->provider = provider;
  self->provider_data = data;
}

static void
app_toolbox_finalize (GObject *object)
{
  AppToolbox *self = APP_TOOLBOX (object);

  g_clear_pointer (&self->workspace, app_workspace_unref);
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_ptr_array_unref (self->held);
  app_toolbox_set_runner (self, NULL);
  g_free (self->outside);
  g_clear_object (&self->artifacts);
  g_clear_object (&self->messages);
  g_clear_object (&self->database);
  G_OBJECT_CLASS (app_toolbox_parent_class)->finalize (object);
}

static void
app_toolbox_class_init (AppToolboxClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_toolbox_finalize;
}

static void
app_toolbox_init (AppToolbox *self)
{
  self->tables = g_ptr_array_new_with_free_func (g_object_unref);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
}

AppToolbox *
app_toolbox_new (AppDatabase *database, GListModel *messages, AppArtifacts *artifacts, AppDatasets *datasets)
{
  AppToolbox *self = g_object_new (APP_TYPE_TOOLBOX, NULL);

  self->database = g_object_ref (database);
  self->messages = g_object_ref (messages);
  self->artifacts = artifacts != NULL ? g_object_ref (artifacts) : NULL;
  self->datasets = datasets;
  return self;
}
