/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answer-text.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <math.h>
#include <string.h>

/* Rows that are shown in a conversation, and characters of a value. */
#define MAX_ROWS 20
#define MAX_VALUE 120

/* With as many digits as say something. (transfer full) */
static char *
dup_real (double real)
{
  double size = fabs (real);
  int digits = size == 0 || size >= 100 ? 2 : size >= 1 ? 3 : size >= 0.001 ? 5 : -1;
  char *text = digits < 0 ? g_strdup_printf ("%.4g", real) : g_strdup_printf ("%'.*f", digits, real);
  const char *point = nl_langinfo (RADIXCHAR);
  char *tail = digits > 0 ? g_strrstr (text, point) : NULL;

  if (tail != NULL) {
    char *end = text + strlen (text);
    while (end > tail + strlen (point) && end[-1] == '0')
      *--end = '\0';
    if (end == tail + strlen (point))
      *tail = '\0';
  }
  return text;
}

char *
answer_text_dup_value (const AppValue *value, MediaColumnType type)
{
  switch (value->kind) {
  case MEDIA_CELL_NULL:
    return g_strdup ("–");
  case MEDIA_CELL_INTEGER:
    if (type == MEDIA_COLUMN_BOOLEAN)
      return g_strdup (value->integer != 0 ? _("yes") : _("no"));
    /* A year is no amount. */
    if (value->integer >= 1000 && value->integer < 10000)
      return g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
    return g_strdup_printf ("%'" G_GINT64_FORMAT, value->integer);
  case MEDIA_CELL_REAL:
    return dup_real (value->real);
  default:
    return g_strdup (value->text != NULL ? value->text : "");
  }
}

/* A value as a cell of a Markdown table, or inside a sentence: nothing in it is a mark. */
static void
add_value (GString *out, const AppValue *value, MediaColumnType type)
{
  g_autofree char *text = answer_text_dup_value (value, type);
  g_autofree char *cut = g_utf8_strlen (text, -1) > MAX_VALUE ? g_utf8_substring (text, 0, MAX_VALUE) : g_strdup (text);

  for (const char *c = cut; *c != '\0'; c++) {
    if (*c == '\n' || *c == '\r' || *c == '\t')
      g_string_append_c (out, ' ');
    else if (strchr ("\\`*_{}[]()#+!|<>~$&", *c) != NULL)
      g_string_append_printf (out, "\\%c", *c);
    else
      g_string_append_c (out, *c);
  }
  if (strlen (cut) < strlen (text))
    g_string_append (out, "…");
}

static void
add_name (GString *out, const AppResultColumn *column)
{
  AppValue name = { .kind = MEDIA_CELL_TEXT, .length = (guint) strlen (column->name), .text = column->name };

  add_value (out, &name, MEDIA_COLUMN_TEXT);
}

static void
add_table (GString *out, const AppResult *result, guint max_rows)
{
  guint n_columns = app_result_get_n_columns (result), n_rows = MIN (app_result_get_n_rows (result), max_rows);

  for (guint i = 0; i < n_columns; i++) {
    g_string_append (out, "| ");
    add_name (out, app_result_get_column (result, i));
    g_string_append_c (out, ' ');
  }
  g_string_append (out, "|\n");
  for (guint i = 0; i < n_columns; i++) {
    MediaColumnType type = app_result_get_column (result, i)->type;
    g_string_append (out, type == MEDIA_COLUMN_INTEGER || type == MEDIA_COLUMN_REAL ? "| ---: " : "| --- ");
  }
  g_string_append (out, "|\n");
  for (guint row = 0; row < n_rows; row++) {
    for (guint i = 0; i < n_columns; i++) {
      g_string_append (out, "| ");
      add_value (out, app_result_get_value (result, row, i), app_result_get_column (result, i)->type);
      g_string_append_c (out, ' ');
    }
    g_string_append (out, "|\n");
  }
  g_string_append_c (out, '\n');
}

/* How many of the rows are shown. */
static void
add_count (GString *out, const AppResult *result, guint max_rows)
{
  guint n_rows = app_result_get_n_rows (result);

  if (app_result_is_cut (result))
    g_string_append_printf (out, _("The first %d of more than %'u rows."), (int) MIN (n_rows, max_rows), n_rows);
  else if (n_rows > max_rows)
    g_string_append_printf (out, _("The first %d of %'u rows."), (int) max_rows, n_rows);
  else
    g_string_append_printf (out, ngettext ("%'u row.", "%'u rows.", n_rows), n_rows);
}

char *
answer_text_new_table (const AppResult *result, guint max_rows)
{
  GString *out = g_string_new (NULL);

  add_table (out, result, max_rows);
  add_count (out, result, max_rows);
  return g_string_free (out, FALSE);
}

char *
answer_text_new (const AppResult *result)
{
  guint n_columns = app_result_get_n_columns (result), n_rows = app_result_get_n_rows (result);
  GString *out = g_string_new (NULL);

  if (n_rows == 0) {
    g_string_append (out, _("There is no such row."));
  } else if (n_rows == 1 && n_columns == 1) {
    g_string_append (out, "**");
    add_value (out, app_result_get_value (result, 0, 0), app_result_get_column (result, 0)->type);
    g_string_append (out, "**");
  } else if (n_rows == 1 && n_columns <= 4) {
    for (guint i = 0; i < n_columns; i++) {
      g_string_append (out, i > 0 ? " · " : "");
      add_name (out, app_result_get_column (result, i));
      g_string_append (out, ": **");
      add_value (out, app_result_get_value (result, 0, i), app_result_get_column (result, i)->type);
      g_string_append (out, "**");
    }
  } else {
    add_table (out, result, MAX_ROWS);
    add_count (out, result, MAX_ROWS);
  }
  return g_string_free (out, FALSE);
}
