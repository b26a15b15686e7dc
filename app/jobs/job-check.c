/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-check.h"

#include <glib/gi18n.h>
#include <string.h>

#include "job-csv.h"

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

/* What a program that went wrong writes: rows twice, sums among the rows. */
static void
check_rows (GPtrArray *rows, GPtrArray *findings)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 1; i < rows->len; i++) {
    char *whole = g_strjoinv ("\037", rows->pdata[i]);
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
  /* A column that is the same nothing in every row was computed of something that is not there. */
  for (guint k = 0; rows->len > 1 && k < n; k++) {
    guint n_nothing = 0;
    for (guint i = 1; i < rows->len; i++) {
      const char *cell = ((GStrv) rows->pdata[i])[k];
      n_nothing += g_str_equal (cell, "NaN") || g_str_equal (cell, "undefined") || g_str_equal (cell, "[object Object]") || g_str_equal (cell, "Infinity");
    }
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
