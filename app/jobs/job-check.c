/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-check.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "job-csv.h"
#include "script-facts.h"

/* Names, as they stand in the table. (transfer full) */
static char *
dup_row (GStrv cells)
{
  return g_strjoinv (", ", cells);
}

/* A row that says what the others are together, which whoever reads the table on counts twice. */
static gboolean
is_total (GStrv cells)
{
  static const char *const words[] = { "total", "totals", "sum", "all", "grand total", "overall", "gesamt", "summe" };

  for (guint i = 0; cells[0] != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (cells[0], words[i]) == 0)
      return TRUE;
  return FALSE;
}

/* What a program that went wrong writes: rows twice (also in capitals once, which a program takes for another), sums among the rows. */
static void
check_rows (GPtrArray *rows, GPtrArray *findings)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 1; i < rows->len; i++)
    if (g_strv_equal (rows->pdata[i], rows->pdata[0])) {
      g_ptr_array_add (findings, g_strdup_printf (_("Row %u of the table has the names of the columns once more."), i + 1));
      break;
    }
  for (guint i = 1; i < rows->len; i++) {
    g_autofree char *cells = g_strjoinv ("\037", rows->pdata[i]);
    char *whole = g_utf8_casefold (cells, -1);
    guint before = GPOINTER_TO_UINT (g_hash_table_lookup (known, whole));
    if (before > 0) {
      g_ptr_array_add (findings, g_strdup_printf (_("Rows %u and %u of the table are the same."), before + 1, i + 1));
      g_free (whole);
      break;
    }
    g_hash_table_insert (known, whole, GUINT_TO_POINTER (i));
  }
  if (rows->len > 2 && is_total (rows->pdata[rows->len - 1]))
    g_ptr_array_add (findings, g_strdup (_("The last row is a sum of the others. Only rows that were asked for belong into the table.")));
}

/* Whether the request wants all of something shared out: "how much each has paid in all". Only then sums of parts are the whole. */
static gboolean
wants_all (const char *request)
{
  static const char *const words[] = { "in all", "altogether", "each", "every", "per ", "total", "sum", "insgesamt", "jede", "pro " };
  g_autofree char *lower = g_utf8_strdown (request, -1);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (lower, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* The times that one sum is the other, or 0 where that is no whole number of 2 to `most`. */
static guint
find_times (double total, double sum, guint most)
{
  double times = sum > 1 ? total / sum : 0;

  return times > 1.5 && times <= most && fabs (times - round (times)) < 1e-6 ? (guint) round (times) : 0;
}

/* Sums of parts are the whole, and no multiple of it: a program that forgets a condition adds everything up for each row. Whole numbers, which may be anything, only under the same name. */
static void
check_column (const JobTask *of, const AppColumn *column, const char *name, double total, guint n_rows, GPtrArray *findings)
{
  gboolean same = job_csv_is_same_name (name, column->name), all = wants_all (of->request);
  gboolean comparable = column->has_sum && (column->type == MEDIA_COLUMN_REAL || (column->type == MEDIA_COLUMN_INTEGER && same && all));
  guint times = comparable ? find_times (total, column->sum, n_rows) : 0, parts = comparable && same && all ? find_times (column->sum, total, n_rows) : 0;

  if (times > 0)
    g_ptr_array_add (findings, g_strdup_printf (_("The column “%s” adds up to %.2f, which is %u times all of “%s” together: each row has what belongs to others, too."), name, total, times, column->name));
  else if (parts > 0)
    g_ptr_array_add (findings, g_strdup_printf (_("The column “%s” adds up to %.2f, but all of it is %.2f, %u times as much: something was left out."), name, total, column->sum, parts));
}

static gboolean
has_column (const AppTable *table, const AppColumn *like)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (job_csv_is_same_name (((const AppColumn *) table->columns->pdata[i])->sql_name, like->sql_name))
      return TRUE;
  return FALSE;
}

/* Whether a table beside others has nothing by which it could be shared out: no date, and no column that another has, too. Then all of it may belong to every row: costs that are the same each month. */
static gboolean
stands_alone (const JobTask *of, const AppTable *table)
{
  guint n_tables = 0;

  for (guint d = 0; d < of->datasets->len; d++) {
    GPtrArray *tables = app_dataset_get_tables (of->datasets->pdata[d]);
    n_tables += tables->len;
    for (guint c = 0; c < table->columns->len; c++) {
      const AppColumn *column = table->columns->pdata[c];
      if (column->type == MEDIA_COLUMN_DATE || column->type == MEDIA_COLUMN_DATETIME)
        return FALSE;
      for (guint t = 0; t < tables->len; t++)
        if (tables->pdata[t] != table && column->type != MEDIA_COLUMN_REAL && has_column (tables->pdata[t], column))
          return FALSE;
    }
  }
  return n_tables > 1;
}

static void
check_sums (const JobTask *of, GPtrArray *rows, GPtrArray *findings)
{
  guint n = g_strv_length (rows->pdata[0]), n_before = findings->len;

  for (guint k = 0; rows->len > 2 && k < n; k++) {
    const char *name = ((GStrv) rows->pdata[0])[k];
    double total = 0;
    gboolean numbers = TRUE, nothing = TRUE;
    for (guint i = 1; i < rows->len && numbers; i++) {
      char *end;
      const char *cell = ((GStrv) rows->pdata[i])[k];
      double value = g_ascii_strtod (cell, &end);
      total += value;
      nothing &= value == 0;
      numbers = *cell != '\0' && *end == '\0';
    }
    if (numbers && nothing && wants_all (of->request))
      g_ptr_array_add (findings, g_strdup_printf (_("The column “%s” is 0 in every row: its condition is met by nothing."), name));
    for (guint d = 0; numbers && !nothing && d < of->datasets->len; d++) {
      GPtrArray *tables = app_dataset_get_tables (of->datasets->pdata[d]);
      for (guint t = 0; t < tables->len; t++) {
        GPtrArray *columns = ((const AppTable *) tables->pdata[t])->columns;
        gboolean alone = stands_alone (of, tables->pdata[t]);
        for (guint c = 0; !alone && c < columns->len && findings->len == n_before; c++)
          check_column (of, columns->pdata[c], name, total, rows->len - 1, findings);
      }
    }
  }
}

/* A program that returns inside its loop over the files. */
static void
check_files (const JobTask *of, GPtrArray *rows, GPtrArray *findings)
{
  guint n_texts = 0;

  for (guint i = 0; of->inputs != NULL && i < of->inputs->len; i++)
    n_texts += ((const JobInput *) of->inputs->pdata[i])->dataset == NULL;
  if (rows->len == 2 && n_texts >= 3 && wants_all (of->request))
    g_ptr_array_add (findings, g_strdup_printf (_("The table has one row alone, and there are %u files: return it behind the loop."), n_texts));
}

/* What stands in quotes in the request: "changed", "new" or "gone". (transfer full) */
static GHashTable *
find_quoted (const char *request)
{
  static const struct {
    const char *open, *close;
  } marks[] = { { "\"", "\"" }, { "“", "”" }, { "„", "“" }, { "'", "'" } };
  GHashTable *quoted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    for (const char *at = request; (at = strstr (at, marks[i].open)) != NULL;) {
      const char *begin = at + strlen (marks[i].open), *end = strstr (begin, marks[i].close);
      /* An apostrophe is no quote. */
      gboolean inside = at > request && g_ascii_isalnum (at[-1]);
      if (end == NULL)
        break;
      if (!inside && end > begin && end - begin <= 40)
        g_hash_table_add (quoted, g_strndup (begin, (gsize) (end - begin)));
      at = inside ? begin : end + strlen (marks[i].close);
    }
  return quoted;
}

/* Of several words that the request puts in quotes a column has one alone: the others were never met. */
static void
check_words (const JobTask *of, GPtrArray *rows, GPtrArray *findings)
{
  g_autoptr (GHashTable) quoted = find_quoted (of->request);
  guint n = g_strv_length (rows->pdata[0]);

  for (guint k = 0; rows->len > 3 && g_hash_table_size (quoted) >= 2 && k < n; k++) {
    const char *first = ((GStrv) rows->pdata[1])[k];
    gboolean same = g_hash_table_contains (quoted, first);
    for (guint i = 2; i < rows->len && same; i++)
      same = g_str_equal (((GStrv) rows->pdata[i])[k], first);
    if (same)
      g_ptr_array_add (findings, g_strdup_printf (_("The column “%s” says “%s” in every row, but other words are asked for, too: compare single members, not whole rows."), ((GStrv) rows->pdata[0])[k], first));
  }
}

/* Of a list of names in the request a column has some: the others were forgotten, where it wants a row for each. */
static void
check_names (const JobTask *of, GPtrArray *rows, GPtrArray *findings)
{
  g_autoptr (GPtrArray) lists = script_facts_find_lists (of->request);
  guint n = g_strv_length (rows->pdata[0]);

  for (guint l = 0; l < lists->len && wants_all (of->request); l++)
    for (guint k = 0; k < n; k++) {
      GStrv names = lists->pdata[l];
      const char *missing = NULL;
      guint n_there = 0;
      for (guint i = 0; names[i] != NULL; i++) {
        gboolean there = FALSE;
        for (guint row = 1; row < rows->len && !there; row++)
          there = job_csv_is_same_name (((GStrv) rows->pdata[row])[k], names[i]);
        n_there += there;
        missing = there ? missing : names[i];
      }
      if (n_there >= 2 && missing != NULL) {
        g_ptr_array_add (findings, g_strdup_printf (_("“%s” is named in the request and has no row."), missing));
        return;
      }
    }
}

/* Rows that say the same but for one column, with figures among it: what belongs to each was not taken. */
static void
check_same (GPtrArray *rows, GPtrArray *findings)
{
  guint n = g_strv_length (rows->pdata[0]), n_same = 0, other = 0, n_figures = 0;

  for (guint k = 0; rows->len > 3 && n > 2 && k < n; k++) {
    gboolean same = TRUE;
    for (guint i = 2; i < rows->len && same; i++)
      same = g_str_equal (((GStrv) rows->pdata[i])[k], ((GStrv) rows->pdata[1])[k]);
    n_same += same;
    n_figures += same && g_ascii_strtod (((GStrv) rows->pdata[1])[k], NULL) != 0;
    other = same ? other : k;
  }
  if (n > 2 && n_figures > 0 && n_same + 1 == n)
    g_ptr_array_add (findings, g_strdup_printf (_("All rows say the same, but for “%s”: compute each of them of its own rows alone."), ((GStrv) rows->pdata[0])[other]));
}

static void
check_csv (const JobTask *of, const JobFile *file, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = job_csv_parse (file->content, &error);
  guint n;

  if (rows == NULL) {
    g_ptr_array_add (findings, g_strdup (error->message));
    return;
  }
  n = g_strv_length (rows->pdata[0]);
  for (guint i = 1; i < rows->len; i++)
    if (g_strv_length (rows->pdata[i]) != n) {
      g_ptr_array_add (findings, g_strdup_printf (_("Row %u of the table has %u cells, and the row of names has %u."), i + 1, g_strv_length (rows->pdata[i]), n));
      return;
    }
  if (of->columns != NULL && !g_strv_equal ((const char *const *) of->columns, rows->pdata[0])) {
    g_autofree char *wanted = dup_row (of->columns), *has = dup_row (rows->pdata[0]);
    g_ptr_array_add (findings, g_strdup_printf (_("The columns must be exactly: %s. It has: %s."), wanted, has));
  }
  if (!g_str_equal (of->step->worker->id, "table"))
    check_rows (rows, findings);
  if (g_str_equal (of->step->worker->id, "script")) {
    check_sums (of, rows, findings);
    check_words (of, rows, findings);
    check_names (of, rows, findings);
    check_same (rows, findings);
    check_files (of, rows, findings);
  }
  /* A column that is the same nothing in every row was computed of something that is not there. */
  for (guint k = 0; rows->len > 1 && k < n; k++) {
    guint n_nothing = 0, n_empty = 0;
    for (guint i = 1; i < rows->len; i++) {
      const char *cell = ((GStrv) rows->pdata[i])[k];
      if (g_str_has_prefix (cell, "{\"") || g_str_has_prefix (cell, "[{")) {
        g_ptr_array_add (findings, g_strdup_printf (_("The column “%s” has whole rows in its cells (%.40s…). Take one of their members."), ((GStrv) rows->pdata[0])[k], cell));
        return;
      }
      n_empty += *cell == '\0';
      n_nothing += g_str_equal (cell, "NaN") || g_str_equal (cell, "undefined") || g_str_equal (cell, "[object Object]") || g_str_equal (cell, "Infinity");
    }
    if (n_empty == rows->len - 1 && g_str_equal (of->step->worker->id, "script"))
      g_ptr_array_add (findings, g_strdup_printf (_("The column “%s” is empty in every row: what it was taken from is called otherwise, or is not there."), ((GStrv) rows->pdata[0])[k]));
    if (n_nothing > 0) {
      g_ptr_array_add (findings, g_strdup_printf (_("The column “%s” has no value (NaN or undefined) in %u of %u rows."), ((GStrv) rows->pdata[0])[k], n_nothing, rows->len - 1));
    }
  }
}

static void
check_json (const JobTask *of, const JobFile *file, GPtrArray *findings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (file->content, &error);

  if (node == NULL)
    g_ptr_array_add (findings, g_strdup_printf (_("The file is no JSON: %s"), error != NULL ? error->message : _("it is empty")));
}

static void
check_html (const JobTask *of, const JobFile *file, GPtrArray *findings)
{
  if (strstr (file->content, "</html>") == NULL && strstr (file->content, "</HTML>") == NULL)
    g_ptr_array_add (findings, g_strdup (_("The page has no end (</html>).")));
}

static const struct {
  const char *end;
  void (*check) (const JobTask *of, const JobFile *file, GPtrArray *findings);
} kinds[] = { { ".csv", check_csv }, { ".json", check_json }, { ".html", check_html } };

void
job_check (const JobTask *of, const JobMade *made, GPtrArray *findings)
{
  if (*of->step->file != '\0' && made->files->len == 0)
    g_ptr_array_add (findings, g_strdup_printf (_("The file “%s” was not made."), of->step->file));
  for (guint i = 0; i < made->files->len; i++) {
    const JobFile *file = made->files->pdata[i];
    if (*file->content == '\0')
      g_ptr_array_add (findings, g_strdup (_("The file is empty.")));
    for (guint k = 0; *file->content != '\0' && k < G_N_ELEMENTS (kinds); k++)
      if (g_str_has_suffix (file->path, kinds[k].end))
        kinds[k].check (of, file, findings);
  }
  if (of->step->worker->check != NULL)
    of->step->worker->check (of, made, findings);
}
