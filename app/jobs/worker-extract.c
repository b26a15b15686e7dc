/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows out of documents, under the columns that are wanted. Each document is read by itself, all of them at once in one batch, so that what it takes does not grow with the job; a long one in parts.
 *
 * The model is asked only for what no code knows: the name of a file is known, and what stands in a table that is attached (the town of a person) is looked up there, by the column of which the documents have
 * the values. What it writes is compared with the document (job-ground.h): a number or a day that does not stand there is not believed. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-query.h"
#include "job-csv.h"
#include "job-extract.h"
#include "job-ground.h"
#include "job-worker.h"
#include "tables/sql-name.h"

extern const JobWorker extract_worker;

/* Of the rows of one part. */
#define MAX_TOKENS 1400
/* Bytes of a part, and how many of them there may be. */
#define MAX_PART 5000u
#define MAX_PARTS 24
/* Rows of one part. */
#define MAX_ROWS 40
/* Of a table in which is looked up. */
#define MAX_KNOWN 2000
/* Columns, for which bits stand. */
#define MAX_COLUMNS 24

/* A document, or a part of a long one. */
typedef struct {
  const JobInput *input;
  char *text;
  char *known;     /* what stands in it of the values of the key column, where that is one alone; NULL: the model says it */
  GStrv possible;  /* where there are several; NULL: not known */
  char *answer;
} Part;

typedef struct {
  GTask *task;
  GStrv columns;
  ExtractRole roles[MAX_COLUMNS];
  GPtrArray *parts;   /* Part */
  GPtrArray *known;   /* GStrv: rows of the table in which is looked up, a cell for each of `columns`, NULL where that has none; or NULL */
  guint key;          /* of `columns`, by which */
  gboolean many;      /* documents, of which some may not belong into the table */
  guint n_left;
  GError *error;
} Extract;

static void
part_free (gpointer data)
{
  Part *part = data;

  g_free (part->text);
  g_free (part->known);
  g_strfreev (part->possible);
  g_free (part->answer);
  g_free (part);
}

static void
extract_free (gpointer data)
{
  Extract *self = data;

  g_strfreev (self->columns);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_clear_pointer (&self->known, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self);
}

static Extract *
get_extract (GTask *task)
{
  return g_object_get_data (G_OBJECT (task), "extract");
}

/* ---- parts ---- */

/* Where a part of at most so many bytes ends: behind a paragraph, a line, or a letter. */
static gsize
find_cut (const char *text, gsize most)
{
  static const char *const ends[] = { "\n\n", "\n", " " };

  if (strlen (text) <= most)
    return strlen (text);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    const char *end = g_strrstr_len (text, (gssize) most, ends[i]);
    if (end != NULL && end > text + most / 2)
      return (gsize) (end - text) + strlen (ends[i]);
  }
  return (gsize) (g_utf8_find_prev_char (text, text + most) - text);
}

static GPtrArray *
dup_parts (const JobTask *of)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (part_free);

  for (guint i = 0; i < of->inputs->len; i++) {
    const JobInput *input = of->inputs->pdata[i];
    if (input->dataset != NULL || input->text == NULL)
      continue;
    for (const char *at = input->text; *at != '\0';) {
      Part *part = g_new0 (Part, 1);
      gsize n = find_cut (at, MAX_PART);
      part->input = input;
      part->text = g_strndup (at, n);
      g_ptr_array_add (parts, part);
      at += n;
    }
  }
  return parts;
}

static guint
count_documents (const Extract *self)
{
  guint n = 0;

  for (guint i = 0; i < self->parts->len; i++)
    n += i == 0 || ((Part *) self->parts->pdata[i])->input != ((Part *) self->parts->pdata[i - 1])->input;
  return n;
}

/* ---- what is known ---- */

/* The column of the most documents, of those that the table has too: what the others say of it is looked up. */
static void
find_key (Extract *self)
{
  guint most = 0;

  for (guint k = 0; self->columns[k] != NULL; k++) {
    guint n = 0;
    if (self->roles[k] != EXTRACT_LOOKED_UP)
      continue;
    for (guint i = 0; i < self->parts->len; i++) {
      g_auto (GStrv) found = job_extract_find_values (((Part *) self->parts->pdata[i])->text, self->known, k);
      n += found[0] != NULL;
    }
    if (n > most) {
      most = n;
      self->key = k;
    }
  }
  for (guint k = 0; most == 0 && self->columns[k] != NULL; k++)
    if (self->roles[k] == EXTRACT_LOOKED_UP)
      self->roles[k] = EXTRACT_ASKED;
  if (most == 0) {
    g_clear_pointer (&self->known, g_ptr_array_unref);
    return;
  }
  self->roles[self->key] = EXTRACT_KEY;
  for (guint i = 0; i < self->parts->len; i++) {
    Part *part = self->parts->pdata[i];
    g_auto (GStrv) found = job_extract_find_values (part->text, self->known, self->key);
    guint n = g_strv_length (found);
    if (n == 1)
      part->known = g_strdup (found[0]);
    else if (n > 1)
      part->possible = g_steal_pointer (&found);
  }
}

/* ---- asking ---- */

static void
append_string (GString *to, const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *json = json_to_string (node, FALSE);

  g_string_append (to, json);
}

/* Rows under the names that this part is asked for. (transfer full) */
static char *
dup_schema (const Extract *self, const Part *part)
{
  g_autoptr (GString) members = g_string_new (NULL), names = g_string_new (NULL);
  g_autofree char *rows = NULL;
  guint n = 0;

  for (guint k = 0; self->columns[k] != NULL; k++) {
    if (self->roles[k] == EXTRACT_FILE || self->roles[k] == EXTRACT_LOOKED_UP || (self->roles[k] == EXTRACT_KEY && part->known != NULL))
      continue;
    g_string_append (members, n > 0 ? "," : "");
    append_string (members, self->columns[k]);
    if (self->roles[k] == EXTRACT_KEY && part->possible != NULL) {
      g_string_append (members, ":{\"enum\":[");
      for (guint i = 0; part->possible[i] != NULL; i++) {
        g_string_append (members, i > 0 ? "," : "");
        append_string (members, part->possible[i]);
      }
      g_string_append (members, "]}");
    } else {
      g_string_append (members, ":{\"type\":\"string\",\"maxLength\":160}");
    }
    g_string_append (names, n > 0 ? "," : "");
    append_string (names, self->columns[k]);
    n++;
  }
  rows = g_strdup_printf ("{\"type\":\"array\",\"minItems\":%d,\"maxItems\":%d,\"items\":{\"type\":\"object\",\"properties\":{%s},\"required\":[%s],\"additionalProperties\":false}}", self->many || self->parts->len > 1 ? 0 : 1, MAX_ROWS, members->str, names->str);
  if (!self->many)
    return g_strdup_printf ("{\"type\":\"object\",\"properties\":{\"rows\":%s},\"required\":[\"rows\"],\"additionalProperties\":false}", rows);
  return g_strdup_printf ("{\"type\":\"object\",\"properties\":{\"about\":{\"type\":\"string\",\"minLength\":3,\"maxLength\":90},\"belongs\":{\"enum\":[\"yes\",\"no\"]},\"rows\":%s},\"required\":[\"about\",\"belongs\",\"rows\"],\"additionalProperties\":false}", rows);
}

/* The columns that the model is asked for. (transfer full) */
static char *
dup_asked (const Extract *self, const Part *part)
{
  GString *names = g_string_new (NULL);

  for (guint k = 0; self->columns[k] != NULL; k++)
    if (self->roles[k] == EXTRACT_ASKED || (self->roles[k] == EXTRACT_KEY && part->known == NULL))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", self->columns[k]);
  return g_string_free (names, FALSE);
}

static const char rules_of_one[] = "You take rows for a table out of a document: one row for each thing that the person asks for, in the order of the document, and none twice. Sentences about anything else are no rows. "
                                   "Copy names, words, numbers and dates exactly as they stand in it; leave a cell empty (\"\") where it says nothing. Answer with JSON.";
static const char *const examples_of_one[] = {
  "The person wants:\nMake guests.csv of this with the columns who, brings and nights: who comes, what they bring, and how many nights they stay.\n\nThe document \"plan.txt\":\n"
  "Notes for the weekend\n\nThe house is cold, so bring a pullover. Lotte comes with a guitar and stays 3 nights.\n\nThere was a discussion about dogs.\n\nPeer Olsen brings two cakes; he stays 1 night.\n\nTake out who, brings, nights.",
  "{\"rows\": [{\"who\": \"Lotte\", \"brings\": \"a guitar\", \"nights\": \"3\"}, {\"who\": \"Peer Olsen\", \"brings\": \"two cakes\", \"nights\": \"1\"}]}",
  NULL,
};

static const char rules_of_many[] = "A person wants a table out of many documents, of which you read one. Say in a few words what its writer wants or says (about). Say whether what the person looks for stands in it (belongs): \"no\" when it is "
                                    "about something else. Then take out the rows (rows), none when it does not belong. Copy names, words, numbers and dates exactly as they stand in it; leave a cell empty (\"\") where it says nothing. "
                                    "Answer with JSON.";
static const char *const examples_of_many[] = {
  "The person wants:\nWho reports something broken? Make repairs.csv with the columns who, thing and room.\n\nThe document \"m1.txt\":\nHello,\n\nin room 12 the lamp does not work any more. Can somebody have a look?\n\nIvan Petrov\n\nTake out who, thing, room.",
  "{\"about\": \"the lamp in room 12 is broken\", \"belongs\": \"yes\", \"rows\": [{\"who\": \"Ivan Petrov\", \"thing\": \"lamp\", \"room\": \"12\"}]}",
  "The person wants:\nWho reports something broken? Make repairs.csv with the columns who, thing and room.\n\nThe document \"m2.txt\":\nDear all,\n\nmay we use room 7 on Sunday, too? There will be ten of us.\n\nGreetings\nMaria Rossi\n\nTake out who, thing, room.",
  "{\"about\": \"wants to use room 7 on Sunday\", \"belongs\": \"no\", \"rows\": []}",
  NULL,
};

static void assemble (GTask *task);

/* A part, as a callback's data. */
typedef struct {
  GTask *task;
  guint index;
} Asked;

static void
on_part (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  g_autoptr (GTask) task = asked->task;
  Extract *self = get_extract (task);
  GError *error = NULL;

  ((Part *) self->parts->pdata[asked->index])->answer = job_task_write_finish (result, &error);
  if (error != NULL && self->error == NULL)
    self->error = error;
  else
    g_clear_error (&error);
  g_free (asked);
  if (--self->n_left == 0)
    assemble (task);
}

static void
ask (GTask *task)
{
  const JobTask *of = g_task_get_task_data (task);
  Extract *self = get_extract (task);
  g_autofree char *words = job_task_dup_words (of), *findings = job_task_dup_findings (of);

  self->n_left = self->parts->len;
  for (guint i = 0; i < self->parts->len; i++) {
    const Part *part = self->parts->pdata[i];
    g_autofree char *schema = dup_schema (self, part), *asked = dup_asked (self, part);
    g_autofree char *all = g_strdup_printf ("%sThe person wants:\n%s\n\nThe document \"%s\":\n%s\n\nTake out %s.", findings, words, part->input->name, part->text, asked);
    JobManner manner = { .examples = self->many ? examples_of_many : examples_of_one, .schema = schema };
    Asked *own = g_new0 (Asked, 1);

    *own = (Asked) { g_object_ref (task), i };
    job_task_write_so_async (of, self->many ? rules_of_many : rules_of_one, &manner, all, MAX_TOKENS, g_task_get_cancellable (task), on_part, own);
  }
}

/* ---- the table ---- */

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

/* One row as it was written, with what code knows of it. (transfer full) */
static GStrv
dup_row (const JobTask *of, const Extract *self, const Part *part, JsonObject *object)
{
  guint n = g_strv_length (self->columns);
  GStrv row = g_new0 (char *, n + 1);
  const char *key = self->known != NULL ? (part->known != NULL ? part->known : get_text (object, self->columns[self->key])) : NULL;

  for (guint k = 0; k < n; k++) {
    if (self->roles[k] == EXTRACT_FILE)
      row[k] = g_strdup (part->input->name);
    else if (self->roles[k] == EXTRACT_KEY)
      row[k] = g_strdup (key);
    else if (self->roles[k] == EXTRACT_LOOKED_UP)
      row[k] = job_extract_look_up (self->known, self->key, key, k);
    else
      row[k] = job_extract_dup_cell (of->request, part->text, row, get_text (object, self->columns[k]));
  }
  return row;
}

/* A column of amounts has a figure in each cell: its name says so, or most of its cells do. What else a model has put there is taken out, and a row of which nothing is left by that is none. */
static void
clear_words (const Extract *self, GPtrArray *rows)
{
  for (guint k = 0; self->columns[k] != NULL; k++) {
    guint n = 0, n_figures = 0;
    if (self->roles[k] != EXTRACT_ASKED)
      continue;
    for (guint i = 0; i < rows->len; i++) {
      const char *cell = ((GStrv) rows->pdata[i])[k];
      n += *cell != '\0';
      n_figures += strpbrk (cell, "0123456789") != NULL;
    }
    if (!job_extract_is_amount (self->columns[k]) && n_figures * 3 <= n * 2)
      continue;
    for (guint i = 0; i < rows->len; i++) {
      char *cell = ((GStrv) rows->pdata[i])[k];
      if (strpbrk (cell, "0123456789") == NULL)
        *cell = '\0';
    }
  }
  for (guint i = rows->len; i-- > 0;) {
    gboolean any = FALSE;
    for (guint k = 0; self->columns[k] != NULL; k++)
      any |= (self->roles[k] == EXTRACT_ASKED || (self->roles[k] == EXTRACT_KEY && !self->many)) && *((GStrv) rows->pdata[i])[k] != '\0';
    if (!any)
      g_ptr_array_remove_index (rows, i);
  }
}

static void
assemble (GTask *task)
{
  const JobTask *of = g_task_get_task_data (task);
  Extract *self = get_extract (task);
  g_autoptr (GString) csv = g_string_new (NULL);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  JobMade *made;

  if (self->error != NULL) {
    g_task_return_error (task, g_steal_pointer (&self->error));
    return;
  }
  for (guint i = 0; i < self->parts->len; i++) {
    const Part *part = self->parts->pdata[i];
    g_autoptr (JsonNode) node = json_from_string (part->answer, NULL);
    JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonNode *list = object != NULL ? json_object_get_member (object, "rows") : NULL;

    if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list)) {
      g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("What was written is no list of rows."));
      return;
    }
    if (self->many && !g_str_equal (get_text (object, "belongs"), "yes"))
      continue;
    for (guint n = 0; n < json_array_get_length (json_node_get_array (list)); n++) {
      JsonNode *item = json_array_get_element (json_node_get_array (list), n);
      if (JSON_NODE_HOLDS_OBJECT (item))
        g_ptr_array_add (rows, dup_row (of, self, part, json_node_get_object (item)));
    }
  }
  clear_words (self, rows);
  made = job_made_new ();
  job_csv_append (csv, (const char *const *) self->columns);
  for (guint i = 0; i < rows->len; i++) {
    g_autofree char *joined = g_strjoinv ("\037", rows->pdata[i]);
    if (!g_hash_table_add (known, g_utf8_casefold (joined, -1)))
      continue;
    job_csv_append (csv, rows->pdata[i]);
    made->n_rows++;
  }
  job_made_add_file (made, of->step->file, csv->str);
  g_task_return_pointer (task, made, (GDestroyNotify) job_made_free);
}

/* ---- the beginning ---- */

static void
on_known (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Extract *self = get_extract (task);
  g_autoptr (AppResult) answer = app_query_run_finish (result, NULL);

  /* What cannot be looked up is asked for. */
  if (answer != NULL) {
    self->known = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
    for (guint row = 0; row < app_result_get_n_rows (answer); row++) {
      GStrv cells = g_new0 (char *, g_strv_length (self->columns) + 1);
      guint at = 0;
      for (guint k = 0; self->columns[k] != NULL; k++)
        cells[k] = self->roles[k] == EXTRACT_LOOKED_UP ? app_result_dup_text (answer, row, at++) : g_strdup ("");
      g_ptr_array_add (self->known, cells);
    }
    find_key (self);
  } else {
    for (guint k = 0; self->columns[k] != NULL; k++)
      if (self->roles[k] == EXTRACT_LOOKED_UP)
        self->roles[k] = EXTRACT_ASKED;
  }
  ask (task);
}

/* Takes `columns`. */
static void
begin (GTask *task, char **columns)
{
  const JobTask *of = g_task_get_task_data (task);
  Extract *self = g_new0 (Extract, 1);
  g_autofree char *sql = NULL;
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  AppQueryLimits limits;

  self->columns = columns;
  self->parts = dup_parts (of);
  g_object_set_data_full (G_OBJECT (task), "extract", self, extract_free);
  self->many = count_documents (self) > 1;
  if (self->parts->len == 0 || self->parts->len > MAX_PARTS || g_strv_length (columns) > MAX_COLUMNS) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, self->parts->len == 0 ? _("There is no document to read.") : _("The documents are too many or too long to be read one by one."));
    return;
  }
  for (guint k = 0; columns[k] != NULL; k++)
    self->roles[k] = self->many && job_extract_is_file_name (columns[k]) ? EXTRACT_FILE : EXTRACT_ASKED;
  for (guint i = 0; i < of->datasets->len && sql == NULL; i++) {
    sql = job_extract_dup_sql (of->datasets->pdata[i], columns, self->roles);
    if (sql != NULL)
      g_ptr_array_add (one, of->datasets->pdata[i]);
  }
  if (sql == NULL) {
    ask (task);
    return;
  }
  app_query_limits_init (&limits);
  limits.max_rows = MAX_KNOWN;
  app_query_run_async (one, sql, &limits, g_task_get_cancellable (task), on_known, g_object_ref (task));
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
  begin (task, g_strv_builder_end (builder));
}

static void
run (const JobTask *of, GTask *task)
{
  static const char rules[] = "You say which columns a table needs. Answer with a JSON list of one to eight short names.";
  static const char schema[] = "{\"type\":\"array\",\"minItems\":1,\"maxItems\":8,\"items\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z][A-Za-z0-9_ ]{0,24}$\"}}";
  g_autofree char *words = job_task_dup_words (of);

  g_task_set_task_data (task, (gpointer) of, NULL);
  if (of->columns != NULL) {
    begin (task, g_strdupv (of->columns));
    g_object_unref (task);
  } else {
    job_task_write_async (of, rules, words, schema, 120, g_task_get_cancellable (task), on_columns, task);
  }
}

static void
check (const JobTask *of, const JobMade *made, GPtrArray *findings)
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
  .after = 2,
  .run = run,
  .check = check,
};
