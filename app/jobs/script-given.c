/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script-given.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "job-resources.h"
#include "script-records.h"
#include "script-units.h"
#include "tables/query-connection.h"

/* Of one table, and bytes of everything that a script is given. */
#define MAX_ROWS 5000
#define MAX_BYTES (3 * 1024 * 1024)
/* Of one table, that the model sees. */
#define SHOWN_ROWS 3u
/* Files that are shown to the model, and characters of each. */
#define SHOWN 3
#define SHOWN_CHARACTERS 900

void
script_append_string (GString *to, const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *json = json_to_string (node, FALSE);

  g_string_append (to, json);
}

void
script_given_free (ScriptGiven *given)
{
  g_ptr_array_unref (given->datasets);
  g_free (given->request);
  g_free (given->code);
  g_free (given->words);
  g_free (given);
}

/* ---- tables ---- */

/* Texts without the spaces around them. `month`: whether the month of its date is shown as one of its members. */
static void
append_row (GString *to, const ScriptTable *table, guint row, gboolean month)
{
  const AppResult *result = table->result;

  g_string_append_c (to, '{');
  for (guint i = 0; i < app_result_get_n_columns (result); i++) {
    const AppValue *value = app_result_get_value (result, row, i);
    g_autofree char *text = g_strstrip (app_result_dup_text (result, row, i));

    g_string_append (to, i > 0 ? "," : "");
    script_append_string (to, app_result_get_column (result, i)->name);
    g_string_append_c (to, ':');
    if (value->kind == MEDIA_CELL_NULL)
      g_string_append (to, "null");
    else if (value->kind == MEDIA_CELL_INTEGER || value->kind == MEDIA_CELL_REAL)
      g_string_append (to, text);
    else
      script_append_string (to, text);
    if (month && i == table->date && value->kind != MEDIA_CELL_NULL)
      g_string_append_printf (to, ",\"month\":\"%.7s\"", text);
  }
  g_string_append_c (to, '}');
}

static void
append_code (GString *code, const ScriptTable *table)
{
  const AppResult *result = table->result;

  g_string_append_printf (code, "__tables.%s = __table(\"%s\", {", table->name, table->name);
  for (guint i = 0; i < app_result_get_n_columns (result); i++) {
    const AppResultColumn *column = app_result_get_column (result, i);
    g_string_append (code, i > 0 ? "," : "");
    script_append_string (code, column->name);
    g_string_append_c (code, ':');
    script_append_string (code, column->title != NULL && *column->title != '\0' ? column->title : column->name);
  }
  g_string_append (code, "}, ");
  script_append_string (code, table->date != G_MAXUINT ? app_result_get_column (result, table->date)->name : "");
  g_string_append (code, ", [");
  for (guint row = 0; row < app_result_get_n_rows (result); row++) {
    g_string_append (code, row > 0 ? ",\n" : "\n");
    append_row (code, table, row, FALSE);
  }
  g_string_append (code, "]);\n");
}

/* `of`: what the table says of its columns. `units`: set where one of them has units. */
static void
append_words (GString *words, const ScriptTable *table, const AppTable *of, gboolean *units)
{
  guint n_rows = app_result_get_n_rows (table->result);

  g_string_append_printf (words, "tables.%s = [ // %u rows\n", table->name, n_rows);
  for (guint row = 0; row < MIN (n_rows, SHOWN_ROWS); row++) {
    g_string_append (words, "  ");
    append_row (words, table, row, TRUE);
    g_string_append (words, ",\n");
  }
  /* Models copy what they are shown: it is a program as it stands. */
  if (n_rows > SHOWN_ROWS)
    g_string_append_printf (words, "  // and %u more\n", n_rows - SHOWN_ROWS);
  g_string_append (words, "];\n");
  /* Values of columns with few of them, which conditions name. */
  for (guint i = 0; i < of->columns->len; i++) {
    const AppColumn *column = of->columns->pdata[i];
    if (column->type != MEDIA_COLUMN_TEXT || column->n_distinct > 12 || column->n_distinct < 1 || column->samples == NULL)
      continue;
    g_autofree char *values = g_strjoinv ("\", \"", column->samples);
    g_string_append_printf (words, "// %s: \"%s\"%s\n", column->sql_name, values, column->n_distinct > g_strv_length (column->samples) ? " and others" : "");
  }
  for (guint i = 0; i < app_result_get_n_columns (table->result); i++)
    if (script_units_are (table, i)) {
      g_autofree char *unit = script_units_dup_first (table, i);
      g_string_append_printf (words, "// %s has names of units: convert(value, row.%s, \"%s\") gives the value in another one.\n", app_result_get_column (table->result, i)->name, app_result_get_column (table->result, i)->name, unit);
      *units = TRUE;
    }
  if (table->distinct->len < n_rows)
    g_string_append_printf (words, "// %u of the %u rows of %s repeat another: distinct(tables.%s) has the %u different ones.\n", n_rows - table->distinct->len, n_rows, table->name, table->name, table->distinct->len);
}

/* Whether sums of a column are given to whom the request names. */
static gboolean
is_added (const AppResultColumn *column)
{
  return (column->type == MEDIA_COLUMN_INTEGER || column->type == MEDIA_COLUMN_REAL) && !g_str_equal (column->name, "name") && !g_str_equal (column->name, "rows");
}

/* One of them for the model: name, sums, and how many rows. */
static void
append_name (GString *words, const ScriptTable *table, guint by, const char *name)
{
  const AppResult *result = table->result;
  g_autofree double *sums = g_new0 (double, app_result_get_n_columns (result));
  guint n = 0;

  for (guint row = 0; row < app_result_get_n_rows (result); row++) {
    g_autofree char *cell = g_strstrip (app_result_dup_text (result, row, by));
    if (!g_str_equal (cell, name))
      continue;
    n++;
    for (guint i = 0; i < app_result_get_n_columns (result); i++) {
      g_autofree char *text = is_added (app_result_get_column (result, i)) ? app_result_dup_text (result, row, i) : NULL;
      sums[i] += text != NULL ? g_ascii_strtod (text, NULL) : 0;
    }
  }
  g_string_append (words, "  {\"name\":");
  script_append_string (words, name);
  for (guint i = 0; i < app_result_get_n_columns (result); i++) {
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    if (!is_added (app_result_get_column (result, i)))
      continue;
    g_string_append_c (words, ',');
    script_append_string (words, app_result_get_column (result, i)->name);
    g_string_append_printf (words, ":%s", g_ascii_formatd (buffer, sizeof buffer, "%.10g", sums[i]));
  }
  if (n > 0)
    g_string_append_printf (words, ",\"rows\":[/* %u rows */]},\n", n);
  else
    g_string_append (words, ",\"rows\":[]},\n");
}

/* Whom the person names, of whom the tables have some: a program that only goes through the rows forgets the others. Each is given with the rows that are theirs, and with their sums. */
static void
append_names (ScriptGiven *given, const GPtrArray *tables, GString *code, GString *words)
{
  const ScriptTable *table = NULL;
  guint by = 0;
  g_auto (GStrv) names = script_facts_find_names (given->request, tables, &table, &by);

  if (names == NULL)
    return;
  const char *column = app_result_get_column (table->result, by)->name;
  given->shape.names = TRUE;
  g_string_append (code, "const names = [");
  g_string_append_printf (words, "const named = [ // whom the request names, each with the sums of their own rows of tables.%s, by %s\n", table->name, column);
  for (guint i = 0; names[i] != NULL; i++) {
    g_string_append (code, i > 0 ? "," : "");
    script_append_string (code, names[i]);
    append_name (words, table, by, names[i]);
  }
  g_string_append (words, "];\n");
  g_string_append_printf (code, "];\nconst named = names.map(name => { const rows = __tables.%s.filter(row => String(row.%s).trim() === name); return { name", table->name, column);
  for (guint i = 0; i < app_result_get_n_columns (table->result); i++)
    if (is_added (app_result_get_column (table->result, i)))
      g_string_append_printf (code, ", %s: round(sum(rows, '%s'), 6)", app_result_get_column (table->result, i)->name, app_result_get_column (table->result, i)->name);
  g_string_append (code, ", rows }; });\n");
}

static ScriptTable *
read_table (const ScriptGiven *given, const QueryTable *table, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = table->alias != NULL ? g_strdup_printf ("%s.%s", table->alias, table->table->sql_name) : g_strdup (table->table->sql_name);
  g_autofree char *variable = table->alias != NULL ? g_strdup_printf ("%s_%s", table->alias, table->table->sql_name) : g_strdup (table->table->sql_name);
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM %s", name);
  AppQueryLimits limits;

  app_query_limits_init (&limits);
  limits.max_rows = MAX_ROWS;
  limits.max_bytes = MAX_BYTES;
  AppResult *result = app_query_run (given->datasets, sql, &limits, cancellable, error);
  if (result != NULL && app_result_is_cut (result)) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The table “%s” is too large for a script. Use a step of tables (SQL) for it."), variable);
    g_clear_pointer (&result, app_result_unref);
  }
  return result != NULL ? script_table_new (variable, result) : NULL;
}

gboolean
script_given_read (ScriptGiven *given, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) aliases = query_make_aliases (given->datasets), read = g_ptr_array_new_with_free_func ((GDestroyNotify) script_table_free);
  g_autoptr (GArray) tables = query_list_tables (given->datasets, aliases);
  g_autoptr (GString) code = g_string_new (given->code), words = g_string_new (NULL);

  for (guint i = 0; i < tables->len; i++) {
    const QueryTable *of = &g_array_index (tables, QueryTable, i);
    ScriptTable *table = read_table (given, of, cancellable, error);
    if (table == NULL)
      return FALSE;
    g_ptr_array_add (read, table);
    append_code (code, table);
    append_words (words, table, of->table, &given->shape.units);
  }
  script_facts_find (read, words, &given->shape);
  append_names (given, read, code, words);
  if (given->shape.units)
    script_units_append (code);
  /* Where it is declared once more, with the few rows that the model has seen, it stays what it is. */
  g_string_append (code, "const tables = __all(__tables, 'table');\n");
  if (code->len > MAX_BYTES) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("What is attached is too large for a script."));
    return FALSE;
  }
  g_string_append (words, given->words);
  g_free (given->code);
  given->code = g_strdup (code->str);
  g_free (given->words);
  given->words = g_strdup (words->str);
  return TRUE;
}

/* ---- the library ---- */

static char *
dup_library (void)
{
  g_autoptr (GBytes) library = g_resource_lookup_data (job_get_resource (), "/org/melete/Melete/jobs/library.js", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  return g_strndup (g_bytes_get_data (library, NULL), g_bytes_get_size (library));
}

GStrv
script_library_dup_names (void)
{
  g_autofree char *library = dup_library ();
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (const char *at = library; at != NULL; at = strchr (at, '\n')) {
    at += *at == '\n';
    if (!g_str_has_prefix (at, "const ") || !g_ascii_isalpha (at[6]))
      continue;
    g_autofree char *name = g_strndup (at + 6, strcspn (at + 6, " "));
    g_strv_builder_add (names, name);
  }
  return g_strv_builder_end (names);
}

char *
script_call_helpers (const char *code)
{
  g_auto (GStrv) names = script_library_dup_names ();
  char *now = g_strdup (code);

  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *own = g_strdup_printf ("\\bfunction %s\\b|\\b(const|let|var) %s = (async )?(function\\b|\\([^()]*\\) =>|\\w+ =>)", names[i], names[i]), *call = g_strdup_printf ("(?<![\\w.$])%s\\(", names[i]);
    g_autofree char *with = g_strdup_printf ("__library.%s(", names[i]);
    g_autoptr (GRegex) calls = g_regex_new (call, 0, 0, NULL);
    if (g_regex_match_simple (own, now, 0, 0))
      continue;
    char *next = g_regex_replace_literal (calls, now, -1, 0, with, 0, NULL);
    if (next == NULL)
      continue;
    g_free (now);
    now = next;
  }
  return now;
}

/* ---- files ---- */

ScriptGiven *
script_given_new (const JobTask *of, GPtrArray *datasets, gboolean texts)
{
  ScriptGiven *given = g_new0 (ScriptGiven, 1);
  g_autofree char *library = dup_library ();
  g_auto (GStrv) names = script_library_dup_names ();
  g_autofree char *members = g_strjoinv (", ", names);
  g_autoptr (GString) code = g_string_new (library), words = g_string_new (NULL), others = g_string_new (NULL);
  g_autoptr (GString) tables = g_string_new (NULL), records = g_string_new (NULL);
  guint n = 0, n_records = 0;

  given->datasets = g_ptr_array_ref (datasets);
  given->request = g_strdup (of->request != NULL ? of->request : "");
  g_string_append_printf (code, "const __library = {%s};\nconst __tables = {};\nconst files = __all({", members);
  for (guint i = 0; i < of->inputs->len; i++) {
    const JobInput *input = of->inputs->pdata[i];
    if (input->dataset != NULL || input->text == NULL || !texts)
      continue;
    g_string_append (code, n > 0 ? ",\n" : "\n");
    script_append_string (code, input->name);
    g_string_append (code, ": ");
    script_append_string (code, input->text);
    if (script_records_append (input->name, input->text, tables, records)) {
      n_records++;
    } else if (n - n_records < SHOWN) {
      g_autofree char *begin = g_utf8_substring (input->text, 0, MIN (g_utf8_strlen (input->text, -1), SHOWN_CHARACTERS));
      g_string_append_printf (words, "files[\"%s\"] === `%s`;%s\n\n", input->name, begin, strlen (begin) < strlen (input->text) ? " // its beginning" : "");
    } else {
      g_string_append_printf (others, "%s\"%s\"", others->len > 0 ? ", " : "", input->name);
    }
    n++;
  }
  g_string_append (code, "\n}, 'file');\n");
  g_string_append (code, tables->str);
  for (guint i = 0; i < of->inputs->len; i++) {
    const JobInput *input = of->inputs->pdata[i];
    if (input->made)
      g_string_append_printf (words, "// %s was made for this already, and is right: take from it what it has.\n", input->name);
  }
  g_string_append (words, records->str);
  if (n - n_records > 1)
    g_string_prepend (words, "// files has all of them by their names: for (const [name, text] of Object.entries(files)) { }\n");
  if (others->len > 0)
    g_string_append_printf (words, "// and others like these: %s\n\n", others->str);
  given->shape.n_texts = n - n_records;
  given->shape.n_records = n_records;
  given->code = g_strdup (code->str);
  given->words = g_strdup (words->str);
  return given;
}
