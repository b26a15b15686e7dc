/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-dashboard-writer.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-writing.h"
#include "artifacts/dashboard-change.h"
#include "artifacts/dashboard-prompt.h"
#include "artifacts/dashboard-rules.h"
#include "artifacts/dashboard-wish.h"
#include "engine.h"

/* Tokens of a dashboard, of a part and of a choice; what is longer has lost its way. */
#define MAX_TOKENS 1200
#define MAX_PART_TOKENS 200

struct _AppDashboardWriter {
  GObject parent;
  GPtrArray *datasets;    /* of AppDataset */
  EngineGrammar *grammar; /* of whole dashboards; NULL until the first one */
};

G_DEFINE_FINAL_TYPE (AppDashboardWriter, app_dashboard_writer, G_TYPE_OBJECT)

/* One wish on its way. What is written next is told by `step`, which gets the whole text. */
typedef struct {
  AppEngine *engine;
  char *wish;
  AppDashboard *dashboard; /* which is changed; NULL for a new one */
  char *pointer;           /* of what is changed; NULL while it is not known */
  gboolean removes;
  AppDashboardPart part;   /* nullable */
  gpointer part_data;
  AppDashboardReport report;

  GString *text;    /* that the model has written */
  AppFinish finish; /* …and how it ended */
  void (*step) (GTask *task);
  /* Where parts end in the text: how far it has been read, how deep that is, and whether within a text. */
  gsize read;
  int depth;
  gboolean quoted, escaped;
  char *list;              /* the member of the top whose list is open */
  gsize word;              /* where the last text began */
  guint n_items;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_object_unref (run->engine);
  g_free (run->wish);
  g_clear_pointer (&run->dashboard, app_dashboard_unref);
  g_free (run->pointer);
  app_dashboard_report_clear (&run->report);
  g_string_free (run->text, TRUE);
  g_free (run->list);
  g_free (run);
}

void
app_dashboard_report_clear (AppDashboardReport *report)
{
  g_clear_pointer (&report->notes, g_strfreev);
  g_clear_pointer (&report->json, g_free);
  g_clear_pointer (&report->part, g_free);
  g_clear_pointer (&report->before, g_free);
  g_clear_pointer (&report->after, g_free);
}

/* ---- parts that are whole ---- */

/* Shows what there is up to the byte at which a part has ended: the same text with its brackets closed. */
static void
show_part (GTask *task, gsize end)
{
  AppDashboardWriter *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autofree char *json = g_strdup_printf ("%.*s]}", (int) end, run->text->str), *pointer = g_strdup_printf ("/%s/%u", run->list, run->n_items);
  g_autoptr (AppDashboard) dashboard = app_dashboard_parse (self->datasets, json, strlen (json), NULL);

  if (dashboard != NULL)
    run->part (dashboard, pointer, run->part_data);
}

/* Reads on, a byte after the other: JSON's brackets and quotes are all of ASCII. */
static void
find_parts (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  for (; run->read < run->text->len; run->read++) {
    char c = run->text->str[run->read];
    if (run->quoted) {
      run->quoted = run->escaped || c != '"';
      run->escaped = !run->escaped && c == '\\';
      /* A name of the top, or an item that is a text. */
      if (!run->quoted && run->depth == 1) {
        g_free (run->list);
        run->list = g_strndup (run->text->str + run->word, run->read - run->word);
        run->n_items = 0;
      } else if (!run->quoted && run->depth == 2 && run->list != NULL) {
        show_part (task, run->read + 1);
        run->n_items++;
      }
    } else if (c == '"') {
      run->quoted = TRUE;
      run->word = run->read + 1;
    } else if (c == '{' || c == '[') {
      run->depth++;
    } else if (c == '}' || c == ']') {
      run->depth--;
      if (run->depth == 2 && c == '}' && run->list != NULL) {
        show_part (task, run->read + 1);
        run->n_items++;
      }
    }
  }
}

/* ---- the model ---- */

static void
on_progress (const char *so_far, gpointer data)
{
  GTask *task = data;
  Run *run = g_task_get_task_data (task);

  g_string_assign (run->text, so_far);
  if (run->part != NULL)
    find_parts (task);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);
  AppStats stats;
  GError *error = NULL;
  g_autofree char *text = app_writing_finish (result, &stats, &error);

  if (text == NULL) {
    g_task_return_error (task, error);
    return;
  }
  run->finish = stats.finish;
  run->report.n_tokens += stats.tokens;
  if (run->report.first_token_ms == 0)
    run->report.first_token_ms = stats.first_token_ms;
  run->step (task);
}

/* Takes `prompt`, and goes on with `step` when it is answered. */
static void
ask (GTask *task, AppPrompt *prompt, EngineGrammar *grammar, void (*step) (GTask *task))
{
  Run *run = g_task_get_task_data (task);
  g_autoptr (AppPrompt) taken = prompt;

  app_prompt_set_grammar (taken, grammar);
  g_string_truncate (run->text, 0);
  run->step = step;
  app_writing_async (run->engine, taken, g_task_get_cancellable (task), on_progress, task, on_answered, g_object_ref (task));
}

static AppPrompt *
begin_prompt (guint max_tokens)
{
  AppSampling greedy;

  app_writing_greedy (&greedy, (int) max_tokens);
  return app_prompt_new (&greedy);
}

/* NULL with the error. (transfer full) */
static EngineGrammar *
make_grammar (const char *schema, GError **error)
{
  EngineSchemaOptions options = { .closed = true, .tight = true };
  EngineError wrong = { 0 };
  EngineGrammar *grammar = engine_grammar_from_schema (schema, strlen (schema), &options, &wrong);

  if (grammar == NULL)
    g_set_error (error, APP_ERROR, APP_ERROR_ENGINE, "%s", wrong.message);
  return grammar;
}

/* The JSON of an answer, without the fence of a model that is bound by no grammar. (transfer full) */
static char *
take_json (const char *text)
{
  const char *begin = strpbrk (text, "{\""), *brace = strchr (text, '{');
  const char *end = strrchr (text, '}');

  if (brace != NULL && end != NULL && end > brace)
    return g_strndup (brace, (gsize) (end + 1 - brace));
  return g_strdup (begin != NULL ? begin : text);
}

/* ---- a new dashboard ---- */

static void
on_written (GTask *task)
{
  AppDashboardWriter *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr (AppDashboard) written = NULL;
  g_autofree char *json = take_json (run->text->str);

  run->report.json = g_strdup (run->text->str);
  if (run->finish == APP_FINISH_STOP)
    written = app_dashboard_parse (self->datasets, json, strlen (json), NULL);
  run->report.by_rules = written == NULL;
  if (written == NULL)
    written = app_dashboard_suggest (self->datasets);
  if (written == NULL) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("A dashboard needs a table with rows, and there is none in these files."));
    return;
  }
  g_autoptr (GArray) wishes = dashboard_wish_read (&written->source, run->wish);
  dashboard_wish_complete (written, wishes);
  /* Who names nothing gets at least what there is to see. */
  if (wishes->len == 0 && !run->report.by_rules)
    dashboard_suggest_parts (written, written->kpis->len < 2, written->charts->len < 3, written->filters->len == 0, FALSE);
  g_task_return_pointer (task, app_dashboard_fill (written, &run->report.notes), (GDestroyNotify) app_dashboard_unref);
}

/* Made by a thread: it may take a moment for wide tables. */
static void
grammar_thread (GTask *worker, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autofree char *schema = app_dashboard_dup_schema (data);
  GError *error = NULL;
  EngineGrammar *grammar;

  if (schema == NULL) {
    g_task_return_new_error (worker, APP_ERROR, APP_ERROR_INVALID, _("A dashboard needs a table with rows, and there is none in these files."));
    return;
  }
  grammar = make_grammar (schema, &error);
  if (grammar != NULL)
    g_task_return_pointer (worker, grammar, (GDestroyNotify) engine_grammar_unref);
  else
    g_task_return_error (worker, error);
}

static void
write_whole (GTask *task)
{
  AppDashboardWriter *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  AppPrompt *prompt = begin_prompt (MAX_TOKENS);
  g_autofree char *wish = dashboard_prompt_dup_wish (self->datasets, run->wish);

  dashboard_prompt_add_rules (prompt, self->datasets);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, wish);
  ask (task, prompt, self->grammar, on_written);
}

static void
on_grammar (GObject *source, GAsyncResult *result, gpointer data)
{
  AppDashboardWriter *self = APP_DASHBOARD_WRITER (source);
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  EngineGrammar *grammar = g_task_propagate_pointer (G_TASK (result), &error);

  if (grammar == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_clear_pointer (&self->grammar, engine_grammar_unref);
  self->grammar = grammar;
  write_whole (task);
}

static Run *
run_new (AppEngine *engine, const char *wish)
{
  Run *run = g_new0 (Run, 1);

  run->engine = g_object_ref (engine);
  run->wish = g_strdup (wish);
  run->text = g_string_new (NULL);
  return run;
}

void
app_dashboard_writer_write_async (AppDashboardWriter *self, AppEngine *engine, const char *wish, AppDashboardPart part, gpointer part_data, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Run *run = run_new (engine, wish);

  run->part = part;
  run->part_data = part_data;
  g_task_set_source_tag (task, app_dashboard_writer_write_async);
  g_task_set_task_data (task, run, run_free);
  if (self->grammar != NULL) {
    write_whole (task);
    return;
  }
  g_autoptr (GTask) worker = g_task_new (self, cancellable, on_grammar, g_object_ref (task));
  g_task_set_task_data (worker, g_ptr_array_ref (self->datasets), (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (worker, grammar_thread);
}

/* ---- a change ---- */

static char *
dup_part (AppDashboard *dashboard, const char *pointer)
{
  g_autoptr (JsonNode) node = dashboard_dup_part (dashboard, pointer);

  return node != NULL ? json_to_string (node, FALSE) : NULL;
}

/* The part as rules make it good, and no other one. */
static AppDashboard *
fill_part (AppDashboard *dashboard, const char *pointer, GStrv *notes)
{
  g_autoptr (AppDashboard) filled = app_dashboard_fill (dashboard, NULL);
  g_auto (GStrv) before = app_dashboard_dup_parts (dashboard), after = app_dashboard_dup_parts (filled);
  g_autofree char *part = dup_part (filled, pointer);
  AppDashboard *changed = NULL;

  *notes = NULL;
  if (part != NULL && g_strv_equal ((const char *const *) before, (const char *const *) after))
    changed = app_dashboard_change (dashboard, pointer, part, NULL);
  return changed != NULL ? changed : app_dashboard_ref (dashboard);
}

/* `json`: NULL when the part goes. */
static void
finish_change (GTask *task, const char *json)
{
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;
  AppDashboard *changed = app_dashboard_change (run->dashboard, run->pointer, json, &error);

  run->report.before = dup_part (run->dashboard, run->pointer);
  if (changed == NULL) {
    g_task_return_error (task, error);
    return;
  }
  /* A new part is called by its place from now on. */
  if (g_str_has_suffix (run->pointer, "/-")) {
    g_auto (GStrv) parts = app_dashboard_dup_parts (changed);
    g_autofree char *list = g_strndup (run->pointer, strlen (run->pointer) - 1);
    for (guint i = 0; parts[i] != NULL; i++)
      if (g_str_has_prefix (parts[i], list)) {
        g_free (run->report.part);
        run->report.part = g_strdup (parts[i]);
      }
  } else {
    run->report.part = g_strdup (run->pointer);
  }
  if (json != NULL) {
    g_autoptr (AppDashboard) raw = changed;
    changed = fill_part (raw, run->report.part, &run->report.notes);
    run->report.after = dup_part (changed, run->report.part);
  }
  if (g_strcmp0 (run->report.before, run->report.after) == 0) {
    app_dashboard_unref (changed);
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model changed nothing. Say it in other words, or point at the part that you mean."));
    return;
  }
  g_task_return_pointer (task, changed, (GDestroyNotify) app_dashboard_unref);
}

static void
on_part_written (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  g_autofree char *json = take_json (run->text->str);

  run->report.json = g_strdup (run->text->str);
  if (run->finish != APP_FINISH_STOP)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model did not manage to change this. Say it in other words."));
  else {
    g_autofree char *corrected = dashboard_change_correct (run->dashboard, run->pointer, run->wish, json);
    finish_change (task, corrected);
  }
}

/* The rules and the tables stand in front of everything, so that the model reads them once. */
static void
write_part (GTask *task)
{
  AppDashboardWriter *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autofree char *schema = app_dashboard_dup_part_schema (run->dashboard, run->pointer), *content = dashboard_prompt_dup_change (run->dashboard, run->pointer, run->wish);
  GError *error = NULL;
  EngineGrammar *grammar = schema != NULL ? make_grammar (schema, &error) : NULL;
  AppPrompt *prompt;

  if (grammar == NULL) {
    if (error == NULL)
      g_set_error (&error, APP_ERROR, APP_ERROR_INVALID, _("The dashboard has no part “%s”."), run->pointer);
    g_task_return_error (task, error);
    return;
  }
  prompt = begin_prompt (MAX_PART_TOKENS);
  dashboard_prompt_add_rules (prompt, self->datasets);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, content);
  ask (task, prompt, grammar, on_part_written);
  engine_grammar_unref (grammar);
}

/* "change /charts/0" */
static void
take_choice (GTask *task, const char *choice)
{
  Run *run = g_task_get_task_data (task);
  const char *pointer = strchr (choice, '/');

  if (pointer == NULL) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model did not find what is meant. Point at the part that is to change."));
    return;
  }
  g_free (run->pointer);
  run->pointer = g_strdup (pointer);
  if (g_str_has_prefix (choice, "remove"))
    finish_change (task, NULL);
  else
    write_part (task);
}

static void
on_chosen (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  g_autofree char *choice = g_strdup (run->text->str);

  g_strdelimit (choice, "\"\n", ' ');
  take_choice (task, g_strstrip (choice));
}

static void
choose_part (GTask *task)
{
  AppDashboardWriter *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_auto (GStrv) choices = dashboard_change_list (run->dashboard, run->wish);
  GError *error = NULL;
  EngineGrammar *grammar;
  AppPrompt *prompt;

  /* Where the words leave nothing open, nobody is asked. */
  if (g_strv_length (choices) == 1) {
    take_choice (task, choices[0]);
    return;
  }
  g_autofree char *schema = dashboard_prompt_dup_choices ((const char *const *) choices), *content = dashboard_prompt_dup_choice (run->dashboard, (const char *const *) choices, run->wish);
  grammar = make_grammar (schema, &error);

  if (grammar == NULL) {
    g_task_return_error (task, error);
    return;
  }
  prompt = begin_prompt (MAX_PART_TOKENS);
  dashboard_prompt_add_rules (prompt, self->datasets);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, content);
  ask (task, prompt, grammar, on_chosen);
  engine_grammar_unref (grammar);
}

void
app_dashboard_writer_change_async (AppDashboardWriter *self, AppEngine *engine, AppDashboard *dashboard, const char *wish, const char *pointer, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Run *run = run_new (engine, wish);

  run->dashboard = app_dashboard_ref (dashboard);
  run->pointer = g_strdup (pointer);
  g_task_set_source_tag (task, app_dashboard_writer_change_async);
  g_task_set_task_data (task, run, run_free);
  if (pointer != NULL)
    write_part (task);
  else
    choose_part (task);
}

AppDashboard *
app_dashboard_writer_finish (AppDashboardWriter *self, GAsyncResult *result, AppDashboardReport *report, GError **error)
{
  Run *run = g_task_get_task_data (G_TASK (result));

  if (report != NULL) {
    *report = run->report;
    run->report = (AppDashboardReport) { 0 };
  }
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- object ---- */

static void
app_dashboard_writer_finalize (GObject *object)
{
  AppDashboardWriter *self = APP_DASHBOARD_WRITER (object);

  g_ptr_array_unref (self->datasets);
  g_clear_pointer (&self->grammar, engine_grammar_unref);
  G_OBJECT_CLASS (app_dashboard_writer_parent_class)->finalize (object);
}

static void
app_dashboard_writer_class_init (AppDashboardWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_dashboard_writer_finalize;
}

static void
app_dashboard_writer_init (AppDashboardWriter *self)
{
}

AppDashboardWriter *
app_dashboard_writer_new (GPtrArray *datasets)
{
  AppDashboardWriter *self = g_object_new (APP_TYPE_DASHBOARD_WRITER, NULL);

  self->datasets = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < datasets->len; i++)
    g_ptr_array_add (self->datasets, g_object_ref (g_ptr_array_index (datasets, i)));
  return self;
}
