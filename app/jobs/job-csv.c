/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-csv.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app-error.h"

/* Cells of one table that is looked at. */
#define MAX_CELLS 2000000

void
job_csv_append (GString *csv, const char *const *cells)
{
  for (guint i = 0; cells[i] != NULL; i++) {
    gboolean quoted = strpbrk (cells[i], ",\"\r\n") != NULL || g_ascii_isspace (cells[i][0]);

    g_string_append (csv, i > 0 ? "," : "");
    if (!quoted) {
      g_string_append (csv, cells[i]);
      continue;
    }
    g_string_append_c (csv, '"');
    for (const char *c = cells[i]; *c != '\0'; c++) {
      if (*c == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, *c);
    }
    g_string_append_c (csv, '"');
  }
  g_string_append_c (csv, '\n');
}

gboolean
job_csv_is_same_name (const char *one, const char *other)
{
  for (;;) {
    while (*one != '\0' && !g_unichar_isalnum (g_utf8_get_char (one)))
      one = g_utf8_next_char (one);
    while (*other != '\0' && !g_unichar_isalnum (g_utf8_get_char (other)))
      other = g_utf8_next_char (other);
    if (*one == '\0' || *other == '\0')
      return *one == *other;
    if (g_unichar_tolower (g_utf8_get_char (one)) != g_unichar_tolower (g_utf8_get_char (other)))
      return FALSE;
    one = g_utf8_next_char (one);
    other = g_utf8_next_char (other);
  }
}

/* Which column of the answer stands at each place; FALSE where the names do not fit. */
static gboolean
match_columns (const AppResult *result, const char *const *columns, GArray *places)
{
  guint n = g_strv_length ((char **) columns), n_found = 0;

  for (guint i = 0; i < n; i++) {
    guint place = G_MAXUINT;
    for (guint k = 0; k < app_result_get_n_columns (result) && place == G_MAXUINT; k++) {
      const AppResultColumn *column = app_result_get_column (result, k);
      if (job_csv_is_same_name (column->name, columns[i]) || job_csv_is_same_name (column->title, columns[i]))
        place = k;
    }
    n_found += place != G_MAXUINT;
    g_array_append_val (places, place);
  }
  return n_found == n;
}

/* Sums of money have no 15 digits: what is left of binary fractions is rounded away. */
static char *
dup_cell (const AppResult *result, guint row, guint column)
{
  const AppValue *value = app_result_get_value (result, row, column);

  if (value->kind == MEDIA_CELL_REAL && isfinite (value->real) && fabs (value->real) < 1e9) {
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    double rounded = round (value->real * 1e6) / 1e6;
    return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.15g", rounded == 0 ? 0 : rounded));
  }
  return app_result_dup_text (result, row, column);
}

char *
job_csv_print (const AppResult *result, const char *const *columns)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  GString *csv = g_string_new (NULL);
  gboolean fits = columns != NULL && columns[0] != NULL && match_columns (result, columns, places);

  if (!fits) {
    g_array_set_size (places, 0);
    for (guint i = 0; i < app_result_get_n_columns (result); i++)
      g_array_append_val (places, i);
  }
  for (guint i = 0; i < places->len; i++)
    g_ptr_array_add (cells, g_strdup (fits ? columns[i] : app_result_get_column (result, g_array_index (places, guint, i))->name));
  g_ptr_array_add (cells, NULL);
  job_csv_append (csv, (const char *const *) cells->pdata);
  for (guint row = 0; row < app_result_get_n_rows (result); row++) {
    g_ptr_array_set_size (cells, 0);
    for (guint i = 0; i < places->len; i++)
      g_ptr_array_add (cells, dup_cell (result, row, g_array_index (places, guint, i)));
    g_ptr_array_add (cells, NULL);
    job_csv_append (csv, (const char *const *) cells->pdata);
  }
  return g_string_free (csv, FALSE);
}

/* A cell, behind which `*at` stands at a comma, an end of a line or the end. FALSE where a quote has no end. */
static gboolean
take_cell (const char **at, GString *cell)
{
  g_string_truncate (cell, 0);
  if (**at != '"') {
    gsize n = strcspn (*at, ",\n");
    gsize length = n > 0 && (*at)[n - 1] == '\r' && (*at)[n] != ',' ? n - 1 : n;
    g_string_append_len (cell, *at, (gssize) length);
    *at += n;
    return TRUE;
  }
  for ((*at)++; **at != '\0'; (*at)++) {
    if (**at == '"' && (*at)[1] == '"')
      (*at)++;
    else if (**at == '"') {
      (*at)++;
      *at += strcspn (*at, ",\n");
      return TRUE;
    }
    g_string_append_c (cell, **at);
  }
  return FALSE;
}

GPtrArray *
job_csv_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GString) cell = g_string_new (NULL);
  gsize n_cells = 0;

  if (g_str_has_prefix (text, "\357\273\277"))
    text += 3;
  while (*text != '\0') {
    g_autoptr (GStrvBuilder) row = g_strv_builder_new ();
    for (;;) {
      if (!take_cell (&text, cell) || ++n_cells > MAX_CELLS) {
        g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("Row %u of the table has no end."), rows->len + 1);
        return NULL;
      }
      g_strv_builder_add (row, cell->str);
      if (*text != ',')
        break;
      text++;
    }
    if (*text == '\n')
      text++;
    g_ptr_array_add (rows, g_strv_builder_end (row));
  }
  if (rows->len == 0) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The table is empty."));
    return NULL;
  }
  return g_steal_pointer (&rows);
}
