/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text out of documents: freely written, or taken out of them row by row under the columns that are wanted. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "job-csv.h"
#include "job-worker.h"

extern const JobWorker text_worker, extract_worker;

#define MAX_TOKENS 1400
#define MAX_INPUTS 12000
/* Rows that are taken out at once. */
#define MAX_ROWS 60

/* ---- text ---- */

/* Without the fence that some models put around a file. (transfer full) */
static char *
take_file (const char *text)
{
  g_autofree char *own = g_strstrip (g_strdup (text));
  const char *line = strchr (own, '\n'), *close = g_strrstr (own, "\n```");

  if (g_str_has_prefix (own, "```") && line != NULL && close != NULL && close > line)
    return g_strdup_printf ("%.*s\n", (int) (close - line - 1), line + 1);
  return g_strconcat (own, "\n", NULL);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *text = job_task_write_finish (result, &error), *file = NULL;
  JobMade *made;

  if (text == NULL) {
    g_task_return_error (task, error);
    return;
  }
  made = job_made_new ();
  file = take_file (text);
  job_made_add_file (made, of->step->file, file);
  /* What is Markdown is also a document to be read. */
  if (g_str_has_suffix (of->step->file, ".md")) {
    made->kind = g_strdup ("document");
    made->title = g_strdup (of->step->title);
    made->source = g_strdup (file);
  }
  g_task_return_pointer (task, made, (GDestroyNotify) job_made_free);
}

static void
run_text (const JobTask *of, GTask *task)
{
  static const char rules[] = "You write one text file for a person, as a careful helper would hand it in. Use what the files say, and make up no facts or figures. "
                              "Write in the person's language. Answer with the file's content alone, without a word about it.";
  g_autofree char *inputs = job_task_dup_inputs (of, MAX_INPUTS), *words = job_task_dup_words (of), *findings = job_task_dup_findings (of);
  g_autofree char *all = g_strdup_printf ("%s\n\n%s\n\n%sWrite the file %s.", inputs, words, findings, of->step->file);

  g_task_set_task_data (task, (gpointer) of, NULL);
  job_task_write_async (of, rules, all, NULL, MAX_TOKENS, g_task_get_cancellable (task), on_text, task);
}

static void
check_text (const JobTask *of, const JobMade *made, GPtrArray *findings)
{
  const JobFile *file = made->files->len > 0 ? made->files->pdata[0] : NULL;

  if (file == NULL || strlen (file->content) < 3)
    g_ptr_array_add (findings, g_strdup (_("The file is empty.")));
}

/* ---- rows ---- */

static void
append_string (GString *to, const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *json = json_to_string (node, FALSE);

  g_string_append (to, json);
}

/* Rows under these names. (transfer full) */
static char *
dup_schema (const char *const *columns)
{
  GString *schema = g_string_new (NULL);

  g_string_append_printf (schema, "{\"type\":\"object\",\"properties\":{\"rows\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":%d,\"items\":{\"type\":\"object\",\"properties\":{", MAX_ROWS);
  for (guint i = 0; columns[i] != NULL; i++) {
    g_string_append (schema, i > 0 ? "," : "");
    append_string (schema, columns[i]);
    g_string_append (schema, ":{\"type\":\"string\",\"maxLength\":160}");
  }
  g_string_append (schema, "},\"required\":[");
  for (guint i = 0; columns[i] != NULL; i++) {
    g_string_append (schema, i > 0 ? "," : "");
    append_string (schema, columns[i]);
  }
  g_string_append (schema, "],\"additionalProperties\":false}}},\"required\":[\"rows\"],\"additionalProperties\":false}");
  return g_string_free (schema, FALSE);
}

static void
on_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  char **columns = g_object_get_data (G_OBJECT (task), "columns");
  GError *error = NULL;
  g_autofree char *text = job_task_write_finish (result, &error);
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode *list = object != NULL ? json_object_get_member (object, "rows") : NULL;
  g_autoptr (GString) csv = g_string_new (NULL);
  JobMade *made;

  if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list)) {
    g_task_return_error (task, error != NULL ? error : g_error_new_literal (APP_ERROR, APP_ERROR_INVALID, _("What was written is no list of rows.")));
    return;
  }
  made = job_made_new ();
  job_csv_append (csv, (const char *const *) columns);
  for (guint i = 0; i < json_array_get_length (json_node_get_array (list)); i++) {
    JsonNode *item = json_array_get_element (json_node_get_array (list), i);
    g_autoptr (GPtrArray) cells = g_ptr_array_new ();
    if (!JSON_NODE_HOLDS_OBJECT (item))
      continue;
    for (guint k = 0; columns[k] != NULL; k++) {
      JsonNode *cell = json_object_get_member (json_node_get_object (item), columns[k]);
      gboolean is_text = cell != NULL && JSON_NODE_HOLDS_VALUE (cell) && json_node_get_value_type (cell) == G_TYPE_STRING;
      g_ptr_array_add (cells, (gpointer) (is_text ? json_node_get_string (cell) : ""));
    }
    g_ptr_array_add (cells, NULL);
    job_csv_append (csv, (const char *const *) cells->pdata);
    made->n_rows++;
  }
  job_made_add_file (made, of->step->file, csv->str);
  g_task_return_pointer (task, made, (GDestroyNotify) job_made_free);
}

static void
ask_rows (GTask *task, char **columns)
{
  static const char rules[] = "You take rows out of documents. Write one row for each thing that is asked for, in the order of the document, and none twice. Copy names, dates and numbers exactly; "
                              "leave a cell empty (\"\") where the document says nothing. Answer with JSON.";
  const JobTask *of = g_task_get_task_data (task);
  g_autofree char *inputs = job_task_dup_inputs (of, MAX_INPUTS), *words = job_task_dup_words (of), *findings = job_task_dup_findings (of), *schema = dup_schema ((const char *const *) columns);
  g_autofree char *all = g_strdup_printf ("%s\n\n%s\n\n%s", inputs, words, findings);

  g_object_set_data_full (G_OBJECT (task), "columns", columns, (GDestroyNotify) g_strfreev);
  job_task_write_async (of, rules, all, schema, MAX_TOKENS * 2, g_task_get_cancellable (task), on_rows, g_object_ref (task));
}

static void
on_columns (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autofree char *text = job_task_write_finish (result, &error);
  g_autoptr (JsonNode) node = text != NULL ? json_from_string (text, NULL) : NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node)) {
    g_task_return_error (task, error != NULL ? error : g_error_new_literal (APP_ERROR, APP_ERROR_INVALID, _("What was written is no list of columns.")));
    return;
  }
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++) {
    JsonNode *item = json_array_get_element (json_node_get_array (node), i);
    const char *name = JSON_NODE_HOLDS_VALUE (item) && json_node_get_value_type (item) == G_TYPE_STRING ? json_node_get_string (item) : NULL;
    if (name != NULL && g_hash_table_add (known, g_strdup (name)))
      g_strv_builder_add (builder, name);
  }
  ask_rows (task, g_strv_builder_end (builder));
}

static void
run_extract (const JobTask *of, GTask *task)
{
  static const char rules[] = "You say which columns a table needs. Answer with a JSON list of one to eight short names.";
  static const char schema[] = "{\"type\":\"array\",\"minItems\":1,\"maxItems\":8,\"items\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z][A-Za-z0-9_ ]{0,24}$\"}}";
  g_autofree char *words = job_task_dup_words (of);

  g_task_set_task_data (task, (gpointer) of, NULL);
  if (of->columns != NULL) {
    ask_rows (task, g_strdupv (of->columns));
    g_object_unref (task);
  } else {
    job_task_write_async (of, rules, words, schema, 120, g_task_get_cancellable (task), on_columns, task);
  }
}

static void
check_extract (const JobTask *of, const JobMade *made, GPtrArray *findings)
{
  if (made->n_rows == 0)
    g_ptr_array_add (findings, g_strdup (_("The table has no rows.")));
}

const JobWorker extract_worker = {
  .id = "extract",
  .name = N_ ("Reading documents"),
  .wanted = "reads documents and writes what they say as rows of a table: tasks out of minutes, people out of a letter",
  .suffix = "csv",
  .share = 2,
  .needs_documents = TRUE,
  .instead = "script",
  .after = 1,
  .run = run_extract,
  .check = check_extract,
};

const JobWorker text_worker = {
  .id = "text",
  .name = N_ ("Writing"),
  .wanted = "writes a text: a letter, a summary, notes, a list, in Markdown or plain",
  .suffix = "md|txt",
  .share = 1,
  .run = run_text,
  .check = check_text,
};
