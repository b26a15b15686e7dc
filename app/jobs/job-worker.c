/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-worker.h"

#include <string.h>

#include "app-error.h"
#include "engine.h"

#define WORKER(name) extern const JobWorker name;
#include "workers.def"
#undef WORKER

static const JobWorker *const workers[] = {
#define WORKER(name) &name,
#include "workers.def"
#undef WORKER
};

const JobWorker *
job_worker_get (guint index)
{
  return index < G_N_ELEMENTS (workers) ? workers[index] : NULL;
}

const JobWorker *
job_worker_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    if (g_strcmp0 (workers[i]->id, id) == 0)
      return workers[i];
  return NULL;
}

gboolean
job_worker_is_able (const JobWorker *worker, const JobPlanCase *of)
{
  return (!worker->needs_tables || of->tables) && (!worker->needs_documents || of->documents) && (!worker->needs_scripts || of->scripts) &&
         (worker->is_wanted == NULL || worker->is_wanted (of));
}

/* ---- inputs ---- */

JobInput *
job_input_new (const char *name, const char *text, AppDataset *dataset)
{
  JobInput *input = g_new0 (JobInput, 1);

  *input = (JobInput) { g_strdup (name), g_strdup (text), dataset != NULL ? g_object_ref (dataset) : NULL };
  return input;
}

void
job_input_free (JobInput *input)
{
  g_free (input->name);
  g_free (input->text);
  g_clear_object (&input->dataset);
  g_free (input);
}

/* ---- what was made ---- */

static void
file_free (gpointer data)
{
  JobFile *file = data;

  g_free (file->path);
  g_free (file->content);
  g_free (file);
}

JobMade *
job_made_new (void)
{
  JobMade *made = g_new0 (JobMade, 1);

  made->said = g_strdup ("");
  made->files = g_ptr_array_new_with_free_func (file_free);
  made->data = g_new0 (char *, 1);
  return made;
}

void
job_made_free (JobMade *made)
{
  if (made == NULL)
    return;
  g_free (made->said);
  g_ptr_array_unref (made->files);
  g_free (made->kind);
  g_free (made->title);
  g_free (made->source);
  g_strfreev (made->data);
  g_free (made->give);
  g_free (made);
}

void
job_made_add_file (JobMade *made, const char *path, const char *content)
{
  JobFile *file = g_new0 (JobFile, 1);

  *file = (JobFile) { g_strdup (path), g_strdup (content) };
  g_ptr_array_add (made->files, file);
}

static void
add_member (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

char *
job_made_print (const JobMade *made)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *data = g_strjoinv ("\n", made->data);

  json_builder_begin_object (builder);
  add_member (builder, "said", made->said);
  add_member (builder, "kind", made->kind);
  add_member (builder, "title", made->title);
  add_member (builder, "source", made->source);
  add_member (builder, "data", data);
  add_member (builder, "give", made->give);
  json_builder_set_member_name (builder, "rows");
  json_builder_add_int_value (builder, made->n_rows);
  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; i < made->files->len; i++) {
    const JobFile *file = made->files->pdata[i];

    json_builder_begin_object (builder);
    add_member (builder, "path", file->path);
    add_member (builder, "content", file->content);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* A member that is a text; else `fallback`. */
static const char *
get_text (JsonObject *object, const char *name, const char *fallback)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : fallback;
}

static char *
dup_member (JsonObject *object, const char *name)
{
  return g_strdup (get_text (object, name, NULL));
}

static gint64
get_number (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : 0;
}

JobMade *
job_made_parse (const char *json)
{
  g_autoptr (JsonNode) node = json != NULL ? json_from_string (json, NULL) : NULL;
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *list = object != NULL ? json_object_get_member (object, "files") : NULL;
  JobMade *made;

  if (object == NULL)
    return NULL;
  made = job_made_new ();
  g_free (made->said);
  made->said = g_strdup (get_text (object, "said", ""));
  made->kind = dup_member (object, "kind");
  made->title = dup_member (object, "title");
  made->source = dup_member (object, "source");
  made->give = dup_member (object, "give");
  made->n_rows = (guint) CLAMP (get_number (object, "rows"), 0, G_MAXINT);
  g_strfreev (made->data);
  const char *data = get_text (object, "data", "");
  made->data = *data != '\0' ? g_strsplit (data, "\n", -1) : g_new0 (char *, 1);
  if (list != NULL && JSON_NODE_HOLDS_ARRAY (list)) {
    JsonArray *files = json_node_get_array (list);
    for (guint i = 0; i < json_array_get_length (files); i++) {
      JsonNode *item = json_array_get_element (files, i);
      JsonObject *file = JSON_NODE_HOLDS_OBJECT (item) ? json_node_get_object (item) : NULL;
      if (file != NULL)
        job_made_add_file (made, get_text (file, "path", ""), get_text (file, "content", ""));
    }
  }
  return made;
}

/* ---- prompts ---- */

/* The words of a plan lose the half of what was asked for: they are used only where the request does not say what this step is to make. */
char *
job_task_dup_words (const JobTask *of)
{
  const char *file = of->step->file;
  gboolean joins = of->datasets->len >= 2 && g_str_has_suffix (file, ".csv");

  if (*file != '\0' && (joins || strstr (of->request, file) != NULL)) {
    g_autofree char *columns = of->columns != NULL ? g_strjoinv (", ", of->columns) : NULL;
    return g_strdup_printf ("Make only the file %s%s%s.\n\n%s", file, columns != NULL ? ": columns " : "", columns != NULL ? columns : "", of->request);
  }
  if (of->alone || g_str_equal (of->step->task, of->request))
    return g_strdup (of->request);
  return g_strdup_printf ("%s\n\nYour part of it: %s", of->request, of->step->task);
}

char *
job_task_dup_inputs (const JobTask *of, gsize budget)
{
  GString *text = g_string_new (NULL);
  gsize share = of->inputs->len > 0 ? budget / of->inputs->len : budget;

  for (guint i = 0; i < of->inputs->len; i++) {
    const JobInput *input = of->inputs->pdata[i];

    g_string_append_printf (text, "%sThe file \"%s\":\n", i > 0 ? "\n\n" : "", input->name);
    if (input->dataset != NULL) {
      g_autofree char *schema = app_dataset_dup_schema (input->dataset, share);
      g_string_append (text, schema);
    } else if (input->text != NULL && strlen (input->text) > share) {
      const char *end = g_utf8_find_prev_char (input->text, input->text + share);
      g_string_append_len (text, input->text, end != NULL ? end - input->text : 0);
      g_string_append (text, "\n… (it goes on)");
    } else {
      g_string_append (text, input->text != NULL ? input->text : "(no text)");
    }
  }
  return g_string_free (text, FALSE);
}

char *
job_task_dup_findings (const JobTask *of)
{
  GString *text = g_string_new (NULL);

  if (of->findings != NULL && of->findings[0] != NULL)
    g_string_append (text, "It was made once, and this was found wrong with it:\n");
  for (const char *const *finding = of->findings; finding != NULL && *finding != NULL; finding++)
    g_string_append_printf (text, "- %s\n", *finding);
  return g_string_free (text, FALSE);
}

/* ---- writing ---- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  char **written = g_task_get_task_data (task);
  AppStats stats;
  GError *error = NULL;
  char *text = app_writing_finish (result, &stats, &error);

  if (text == NULL) {
    g_task_return_error (task, error);
  } else if (stats.finish != APP_FINISH_STOP && stats.finish != APP_FINISH_NONE) {
    g_free (text);
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, "What was written has no end. Write less.");
  } else {
    if (written != NULL) {
      g_free (*written);
      *written = g_strdup (text);
    }
    g_task_return_pointer (task, text, g_free);
  }
}

/* Takes `grammar` (nullable). */
static void
write_on (const JobTask *of, const char *system, const char *const *examples, guint number, const char *words, EngineGrammar *grammar, int max_tokens, GTask *task)
{
  AppSampling greedy;
  g_autoptr (AppPrompt) prompt = NULL;

  g_task_set_task_data (task, of->written, NULL);
  app_writing_greedy (&greedy, max_tokens);
  /* What was wrong once is not to be written again. */
  if (of->findings != NULL || number > 0) {
    greedy.temperature = number > 0 ? 0.7 : 0.4;
    greedy.top_p = 0.95;
    greedy.seed = 17 + number * 7919 + (of->findings != NULL ? 101 : 0);
  }
  prompt = app_prompt_new (&greedy);
  app_prompt_set_grammar (prompt, grammar);
  g_clear_pointer (&grammar, engine_grammar_unref);
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, system);
  for (guint i = 0; examples != NULL && examples[i] != NULL; i++)
    app_prompt_add (prompt, i % 2 == 0 ? APP_ROLE_USER : APP_ROLE_ASSISTANT, NULL, examples[i]);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, words);
  app_writing_async (of->engine, prompt, g_task_get_cancellable (task), of->progress, of->progress_data, on_written, task);
}

void
job_task_write_so_async (const JobTask *of, const char *system, const JobManner *manner, const char *words, int max_tokens, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  EngineSchemaOptions options = { .closed = true, .tight = true };
  EngineError wrong = { 0 };
  EngineGrammar *grammar = NULL;

  if (manner->gbnf != NULL)
    grammar = engine_grammar_from_text (manner->gbnf, strlen (manner->gbnf), &wrong);
  else if (manner->schema != NULL)
    grammar = engine_grammar_from_schema (manner->schema, strlen (manner->schema), &options, &wrong);
  if ((manner->gbnf != NULL || manner->schema != NULL) && grammar == NULL) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_ENGINE, "%s", wrong.message);
    g_object_unref (task);
    return;
  }
  write_on (of, system, manner->examples, manner->number, words, grammar, max_tokens, task);
}

void
job_task_write_async (const JobTask *of, const char *system, const char *words, const char *schema, int max_tokens, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  job_task_write_so_async (of, system, &(JobManner){ .schema = schema }, words, max_tokens, cancellable, callback, user_data);
}

char *
job_task_write_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

AppArtifactWritten *
job_task_take_written (GTask *task, GAsyncResult *result)
{
  GError *error = NULL;
  AppArtifactWritten *written = g_task_propagate_pointer (G_TASK (result), &error);

  if (written == NULL)
    g_task_return_error (task, error);
  else
    g_object_set_data_full (G_OBJECT (task), "written", written, (GDestroyNotify) app_artifact_written_free);
  return written;
}
