/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script-facts.h"

#include <string.h>

#include "job-csv.h"

/* Tables and columns of each that are compared with each other. */
#define MAX_TABLES 8
#define MAX_COLUMNS 24
/* Different words of a column that offers a choice. */
#define MAX_CHOICES 12

/* A cell, as somebody reads it: " Ann  LEE" is "ann lee". */
static void
append_plain (GString *to, const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  gsize begin = to->len;

  for (const char *c = folded; *c != '\0'; c++)
    if (!g_ascii_isspace (*c))
      g_string_append_c (to, *c);
    else if (to->len > begin && to->str[to->len - 1] != ' ')
      g_string_append_c (to, ' ');
  if (to->len > begin && to->str[to->len - 1] == ' ')
    g_string_truncate (to, to->len - 1);
}

static char *
dup_row (const AppResult *result, guint row)
{
  GString *key = g_string_new (NULL);

  for (guint i = 0; i < app_result_get_n_columns (result); i++) {
    g_autofree char *text = app_result_dup_text (result, row, i);
    append_plain (key, text);
    g_string_append_c (key, '\037');
  }
  return g_string_free (key, FALSE);
}

/* "2026-03". */
static gboolean
is_month (const char *text)
{
  return strlen (text) == 7 && text[4] == '-' && strspn (text, "0123456789") == 4 && strspn (text + 5, "0123456789") == 2;
}

static gboolean
has_months (const AppResult *result, guint column)
{
  guint n = MIN (app_result_get_n_rows (result), 20);

  for (guint row = 0; row < n; row++) {
    g_autofree char *text = app_result_dup_text (result, row, column);
    if (!is_month (text))
      return FALSE;
  }
  return n > 0;
}

ScriptTable *
script_table_new (const char *name, AppResult *result)
{
  ScriptTable *table = g_new0 (ScriptTable, 1);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_dates = 0;

  *table = (ScriptTable) { .name = g_strdup (name), .result = result, .distinct = g_ptr_array_new (), .date = G_MAXUINT };
  for (guint row = 0; row < app_result_get_n_rows (result); row++)
    if (g_hash_table_add (known, dup_row (result, row)))
      g_ptr_array_add (table->distinct, GUINT_TO_POINTER (row));
  for (guint i = 0; i < app_result_get_n_columns (result); i++) {
    const AppResultColumn *column = app_result_get_column (result, i);
    if (column->type == MEDIA_COLUMN_DATE || column->type == MEDIA_COLUMN_DATETIME) {
      n_dates++;
      table->date = n_dates == 1 ? i : G_MAXUINT;
    }
    table->months |= has_months (result, i);
  }
  for (guint i = 0; i < app_result_get_n_columns (result); i++)
    if (g_ascii_strcasecmp (app_result_get_column (result, i)->name, "month") == 0)
      table->date = G_MAXUINT;
  table->months |= table->date != G_MAXUINT;
  return table;
}

void
script_table_free (ScriptTable *table)
{
  g_free (table->name);
  app_result_unref (table->result);
  g_ptr_array_unref (table->distinct);
  g_free (table);
}

/* ---- several ---- */

static gboolean
have_same_columns (const ScriptTable *one, const ScriptTable *other)
{
  guint n = app_result_get_n_columns (one->result);

  if (n != app_result_get_n_columns (other->result) || n < 2)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!job_csv_is_same_name (app_result_get_column (one->result, i)->name, app_result_get_column (other->result, i)->name))
      return FALSE;
  return TRUE;
}

/* Whether one begins with the other: guest, guests. */
static gboolean
begins_alike (const char *one, const char *other)
{
  gsize n = MIN (strlen (one), strlen (other));

  return n >= 3 && g_ascii_strncasecmp (one, other, n) == 0;
}

/* Whether each value of a column is one of the other's, which has each once: then it names rows of that table. Numbers are alike by chance, if not by their names. */
static gboolean
refers_to (const ScriptTable *from, guint column, const ScriptTable *to, guint key)
{
  const AppResultColumn *one = app_result_get_column (from->result, column), *other = app_result_get_column (to->result, key);
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (one->type != other->type || one->type == MEDIA_COLUMN_REAL || one->type == MEDIA_COLUMN_DATE || one->type == MEDIA_COLUMN_DATETIME)
    return FALSE;
  if (one->type == MEDIA_COLUMN_INTEGER && !job_csv_is_same_name (one->name, other->name) && !begins_alike (one->name, to->name))
    return FALSE;
  for (guint i = 0; i < to->distinct->len; i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *cell = app_result_dup_text (to->result, GPOINTER_TO_UINT (to->distinct->pdata[i]), key);
    append_plain (text, cell);
    if (!g_hash_table_add (keys, g_strdup (text->str)))
      return FALSE;
  }
  for (guint row = 0; row < app_result_get_n_rows (from->result); row++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *cell = app_result_dup_text (from->result, row, column);
    append_plain (text, cell);
    if (text->len > 0 && !g_hash_table_contains (keys, text->str))
      return FALSE;
    if (text->len > 0)
      g_hash_table_add (values, g_strdup (text->str));
  }
  return g_hash_table_size (values) >= 2;
}

static void
find_joins (const ScriptTable *one, const ScriptTable *other, GString *words, ScriptShape *shape)
{
  guint n = MIN (app_result_get_n_columns (one->result), MAX_COLUMNS), n_other = MIN (app_result_get_n_columns (other->result), MAX_COLUMNS);

  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < n_other; k++)
      if (refers_to (one, i, other, k)) {
        g_string_append_printf (words, "// %s.%s is one of %s.%s\n", one->name, app_result_get_column (one->result, i)->name, other->name, app_result_get_column (other->result, k)->name);
        shape->joined = TRUE;
      }
}

/* Columns with few different words; how many, and a line about them, where the table is a list of answers and not one of things that are of some sort. */
static guint
find_choices (const ScriptTable *table, GString *words)
{
  guint n_rows = app_result_get_n_rows (table->result), n = 0;
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < MIN (app_result_get_n_columns (table->result), MAX_COLUMNS); i++) {
    g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    if (app_result_get_column (table->result, i)->type != MEDIA_COLUMN_TEXT)
      continue;
    for (guint row = 0; row < n_rows && g_hash_table_size (values) <= MAX_CHOICES; row++)
      g_hash_table_add (values, app_result_dup_text (table->result, row, i));
    if (g_hash_table_size (values) < 2 || g_hash_table_size (values) > MAX_CHOICES || g_hash_table_size (values) * 2 > n_rows)
      continue;
    g_string_append_printf (names, "%s\"%s\"", n > 0 ? ", " : "", app_result_get_column (table->result, i)->name);
    n++;
  }
  if (n < 2 || n * 2 < app_result_get_n_columns (table->result))
    return 0;
  g_string_append_printf (words, "// unpivot(tables.%s, [%s]) has a row {column, value} for each of their cells.\n", table->name, names->str);
  return n;
}

/* Lists of what can be chosen, of one column each: what they offer together. */
static void
find_options (const GPtrArray *tables, GString *words)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = 0;
  guint64 all = 1;

  for (guint i = 0; i < tables->len; i++) {
    const ScriptTable *table = tables->pdata[i];
    if (app_result_get_n_columns (table->result) != 1)
      continue;
    g_string_append_printf (names, "%stables.%s", n > 0 ? ", " : "", table->name);
    n++;
    all = MIN (all * app_result_get_n_rows (table->result), G_MAXUINT);
  }
  if (n >= 2)
    g_string_append_printf (words, "// cross(%s) has the %" G_GUINT64_FORMAT " of their rows together.\n", names->str, all);
}

/* How many columns of text have each word in two rows or more, so that rows belong together by it. */
static guint
count_repeating (const ScriptTable *table)
{
  guint n_rows = app_result_get_n_rows (table->result), n = 0;

  for (guint i = 0; i < MIN (app_result_get_n_columns (table->result), MAX_COLUMNS); i++) {
    g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    if (app_result_get_column (table->result, i)->type != MEDIA_COLUMN_TEXT)
      continue;
    for (guint row = 0; row < n_rows; row++)
      g_hash_table_add (values, app_result_dup_text (table->result, row, i));
    n += g_hash_table_size (values) * 3 <= n_rows * 2;
  }
  return n;
}

/* ---- names ---- */

/* The list that stands at `at`: two names or more with commas between them and a word before the last. NULL: none does. `end`: (out) behind it. (transfer full) (nullable) */
static GStrv
take_list (const char *at, const char **end)
{
  static const char *const lasts[] = { " and ", " und ", " or ", " oder ", " & " };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (gboolean last = FALSE; !last;) {
    gsize length = 0;
    /* Words that begin with a capital, with one space between them. */
    for (;;) {
      gsize word = 0;
      if (!g_unichar_isupper (g_utf8_get_char (at + length)))
        break;
      while (g_unichar_isalnum (g_utf8_get_char (at + length + word)) || at[length + word] == '-')
        word += g_utf8_skip[(guchar) at[length + word]];
      length += word;
      if (at[length] != ' ' || !g_unichar_isupper (g_utf8_get_char (at + length + 1)))
        break;
      length++;
    }
    if (length == 0 || length > 60 || n >= 24)
      return NULL;
    g_autofree char *name = g_strndup (at, length);
    g_strv_builder_add (builder, name);
    n++;
    at += length;
    if (g_str_has_prefix (at, ", ")) {
      at += 2;
      last = FALSE;
      if (g_str_has_prefix (at, "and ") || g_str_has_prefix (at, "und "))
        at += 4;
      continue;
    }
    last = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS (lasts); i++)
      if (g_str_has_prefix (at, lasts[i]) && g_unichar_isupper (g_utf8_get_char (at + strlen (lasts[i])))) {
        at += strlen (lasts[i]);
        last = FALSE;
        break;
      }
  }
  *end = at;
  return n >= 2 ? g_strv_builder_end (builder) : NULL;
}

static gboolean
has_name (const ScriptTable *table, guint column, const char *name)
{
  for (guint row = 0; row < app_result_get_n_rows (table->result); row++) {
    g_autofree char *cell = g_strstrip (app_result_dup_text (table->result, row, column));
    if (g_str_equal (cell, name))
      return TRUE;
  }
  return FALSE;
}

/* How many of the names a column has. Before the first there may be words that begin a sentence, "In Rome Ann Lee", which are taken away. */
static guint
count_names (const ScriptTable *table, guint column, GStrv names)
{
  guint n = 0;

  for (guint i = 0; names[i] != NULL; i++)
    n += has_name (table, column, names[i]);
  for (const char *at = n > 0 ? strchr (names[0], ' ') : NULL; at != NULL && !has_name (table, column, names[0]); at = strchr (at + 1, ' '))
    if (has_name (table, column, at + 1)) {
      char *own = g_strdup (at + 1);
      g_free (names[0]);
      names[0] = own;
      return n + 1;
    }
  return n;
}

GPtrArray *
script_facts_find_lists (const char *request)
{
  GPtrArray *lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  gboolean begins = TRUE;

  for (const char *at = request; *at != '\0';) {
    const char *end = at;
    GStrv names = begins ? take_list (at, &end) : NULL;
    if (names != NULL) {
      g_ptr_array_add (lists, names);
      at = end;
      continue;
    }
    begins = *at == ' ' || *at == '(' || *at == '\n';
    at = g_utf8_next_char (at);
  }
  return lists;
}

GStrv
script_facts_find_names (const char *request, const GPtrArray *tables, const ScriptTable **table, guint *column)
{
  g_autoptr (GPtrArray) lists = script_facts_find_lists (request);

  for (guint l = 0; l < lists->len; l++)
    for (guint t = 0; t < tables->len; t++) {
      const ScriptTable *one = tables->pdata[t];
      for (guint i = 0; i < MIN (app_result_get_n_columns (one->result), MAX_COLUMNS); i++) {
        guint n = app_result_get_column (one->result, i)->type == MEDIA_COLUMN_TEXT ? count_names (one, i, lists->pdata[l]) : 0;
        if (n == 0 || n == g_strv_length (lists->pdata[l]))
          continue;
        *table = one;
        *column = i;
        return g_strdupv (lists->pdata[l]);
      }
    }
  return NULL;
}

void
script_facts_find (const GPtrArray *tables, GString *words, ScriptShape *shape)
{
  guint n = MIN (tables->len, MAX_TABLES);

  shape->n_tables = tables->len;
  for (guint i = 0; i < tables->len; i++) {
    const ScriptTable *table = tables->pdata[i];
    shape->repeats |= table->distinct->len < app_result_get_n_rows (table->result);
    shape->n_months += table->months;
  }
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < n; k++) {
      if (i == k)
        continue;
      if (!have_same_columns (tables->pdata[i], tables->pdata[k])) {
        find_joins (tables->pdata[i], tables->pdata[k], words, shape);
      } else if (i < k) {
        g_string_append_printf (words, "// %s and %s have the same columns.\n", ((ScriptTable *) tables->pdata[i])->name, ((ScriptTable *) tables->pdata[k])->name);
        shape->versions = TRUE;
      }
    }
  shape->n_repeating = tables->len == 1 ? count_repeating (tables->pdata[0]) : 0;
  if (!shape->joined && !shape->versions)
    find_options (tables, words);
  shape->n_choices = tables->len == 1 ? find_choices (tables->pdata[0], words) : 0;
}
