/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-extract.h"

#include <string.h>

#include "job-csv.h"
#include "job-ground.h"
#include "tables/sql-name.h"

gboolean
job_extract_is_file_name (const char *column)
{
  static const char *const names[] = { "file", "file name", "filename", "document", "source", "datei", "dateiname", "dokument" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (job_csv_is_same_name (column, names[i]))
      return TRUE;
  return FALSE;
}

gboolean
job_extract_is_amount (const char *column)
{
  static const char *const words[] = { "amount", "price", "cost", "costs", "total", "sum", "quantity", "count", "percent", "betrag", "preis", "kosten", "summe", "menge", "anzahl" };
  g_autofree char *plain = job_ground_dup_plain (column);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    g_autofree char *word = g_strdup_printf (" %s ", words[i]);
    if (strstr (plain, word) != NULL)
      return TRUE;
  }
  return FALSE;
}

static const AppColumn *
find_column (const AppTable *table, const char *name)
{
  for (guint i = 0; i < table->columns->len; i++) {
    const AppColumn *column = table->columns->pdata[i];
    if (job_csv_is_same_name (column->name, name) || job_csv_is_same_name (column->sql_name, name))
      return column;
  }
  return NULL;
}

char *
job_extract_dup_sql (AppDataset *dataset, char **columns, ExtractRole *roles)
{
  GPtrArray *tables = app_dataset_get_tables (dataset);

  for (guint t = 0; t < tables->len; t++) {
    const AppTable *table = tables->pdata[t];
    g_autoptr (GString) sql = g_string_new ("SELECT DISTINCT ");
    guint n = 0;

    for (guint k = 0; columns[k] != NULL; k++) {
      const AppColumn *column = roles[k] == EXTRACT_ASKED ? find_column (table, columns[k]) : NULL;
      if (column == NULL)
        continue;
      g_autofree char *quoted = sql_name_write (column->sql_name);
      g_string_append_printf (sql, "%s%s", n > 0 ? ", " : "", quoted);
      n++;
    }
    if (n < 2)
      continue;
    for (guint k = 0; columns[k] != NULL; k++)
      if (roles[k] == EXTRACT_ASKED && find_column (table, columns[k]) != NULL)
        roles[k] = EXTRACT_LOOKED_UP;
    g_autofree char *name = sql_name_write (table->sql_name);
    return g_strdup_printf ("%s FROM %s", sql->str, name);
  }
  return NULL;
}

GStrv
job_extract_find_values (const char *text, GPtrArray *rows, guint k)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *plain = job_ground_dup_plain (text);

  for (guint i = 0; i < rows->len; i++) {
    const char *value = ((GStrv) rows->pdata[i])[k];
    char *own = job_ground_dup_plain (value);
    /* A single letter or digit stands anywhere. */
    if (g_utf8_strlen (own, -1) >= 4 && strstr (plain, own) != NULL && !g_hash_table_contains (known, own)) {
      g_strv_builder_add (builder, value);
      g_hash_table_add (known, own);
    } else {
      g_free (own);
    }
  }
  return g_strv_builder_end (builder);
}

char *
job_extract_look_up (GPtrArray *rows, guint key, const char *value, guint k)
{
  g_autofree char *wanted = job_ground_dup_plain (value);
  const char *found = NULL;

  for (guint i = 0; i < rows->len; i++) {
    GStrv row = rows->pdata[i];
    g_autofree char *own = job_ground_dup_plain (row[key]);
    if (!g_str_equal (own, wanted))
      continue;
    if (found != NULL && !g_str_equal (found, row[k]))
      return g_strdup ("");
    found = row[k];
  }
  return g_strdup (found != NULL ? found : "");
}

/* ---- cells ---- */

/* Whether the request shows how it wants days to be written: "as 2026-12-31". */
static gboolean
wants_iso (const char *request)
{
  for (const char *at = request; *at != '\0'; at++) {
    GDate day;
    gsize length;
    if (g_ascii_isdigit (*at) && (at == request || !g_ascii_isdigit (at[-1])) && strspn (at, "0123456789") == 4 && job_ground_read_day (at, &day, &length) && length == 10)
      return TRUE;
  }
  return strstr (request, "YYYY-MM-DD") != NULL || strstr (request, "yyyy-mm-dd") != NULL;
}

/* The only day in the sentence that the row is from, which is that in which most of its cells stand; FALSE: there is none, or there are several. */
static gboolean
find_day_of_row (const char *text, char **row, GDate *day)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n", -1);
  guint most = 0, found = 0;
  gboolean single = FALSE;

  for (guint i = 0; paragraphs[i] != NULL; i++) {
    g_auto (GStrv) sentences = g_strsplit (paragraphs[i], ". ", -1);
    for (guint s = 0; sentences[s] != NULL; s++) {
      g_autofree char *plain = job_ground_dup_plain (sentences[s]);
      g_autoptr (GArray) days = job_ground_find_days (sentences[s]);
      guint n = 0;
      for (guint k = 0; row[k] != NULL; k++) {
        g_autofree char *own = job_ground_dup_plain (row[k]);
        n += !g_str_equal (own, " ") && strstr (plain, own) != NULL;
      }
      if (days->len == 0 || n < most || n == 0)
        continue;
      single = days->len == 1 && (n > most || (single && found == g_array_index (days, guint, 0)));
      most = n;
      found = g_array_index (days, guint, 0);
    }
  }
  if (single)
    g_date_set_julian (day, found);
  return single;
}

char *
job_extract_dup_cell (const char *request, const char *text, char **row, const char *cell)
{
  g_autofree char *own = g_strstrip (g_strdup (cell));
  double number;
  GDate day;
  gsize length;
  gboolean is_day = job_ground_read_day (own, &day, &length) && own[length] == '\0';

  if (is_day && !job_ground_has (text, own)) {
    if (!find_day_of_row (text, row, &day))
      return g_strdup ("");
  } else if (!is_day) {
    return job_ground_read_number (own, &number) && !job_ground_has (text, own) ? g_strdup ("") : g_steal_pointer (&own);
  }
  if (wants_iso (request) || !job_ground_has (text, own)) {
    char iso[16];
    g_date_strftime (iso, sizeof iso, "%Y-%m-%d", &day);
    return g_strdup (iso);
  }
  return g_steal_pointer (&own);
}
