/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person corrected, as the lines that the helper reads (tables_choice () of media/decode/tables.h). */
#include <stdlib.h>
#include <string.h>

#include "app-dataset.h"

/* Keys are what a line says before its last word; the same choices in any order are the same text. */
struct _AppTableChoices {
  GTree *lines; /* key → value */
};

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

AppTableChoices *
app_table_choices_new (const char *text)
{
  AppTableChoices *choices = g_new0 (AppTableChoices, 1);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  choices->lines = g_tree_new_full (compare, NULL, g_free, g_free);
  for (guint i = 0; lines[i] != NULL; i++) {
    char *space = strrchr (lines[i], ' ');
    if (space != NULL)
      g_tree_insert (choices->lines, g_strndup (lines[i], (gsize) (space - lines[i])), g_strdup (space + 1));
  }
  return choices;
}

void
app_table_choices_free (AppTableChoices *choices)
{
  g_tree_unref (choices->lines);
  g_free (choices);
}

/* Takes both. */
static void
set (AppTableChoices *choices, char *key, char *value)
{
  if (value != NULL)
    g_tree_insert (choices->lines, key, value);
  else {
    g_tree_remove (choices->lines, key);
    g_free (key);
  }
}

void
app_table_choices_set_encoding (AppTableChoices *choices, const char *encoding)
{
  set (choices, g_strdup ("encoding"), encoding != NULL ? g_strdelimit (g_strdup (encoding), " \n", '-') : NULL);
}

void
app_table_choices_set_delimiter (AppTableChoices *choices, char delimiter)
{
  char text[2] = { delimiter, '\0' };
  set (choices, g_strdup ("delimiter"), delimiter == '\0' ? NULL : g_strdup (delimiter == '\t' ? "tab" : delimiter == ' ' ? "space" : text));
}

void
app_table_choices_set_skip (AppTableChoices *choices, guint table, int rows)
{
  set (choices, g_strdup_printf ("skip %u", table), rows >= 0 ? g_strdup_printf ("%d", rows) : NULL);
}

void
app_table_choices_set_header (AppTableChoices *choices, guint table, int rows)
{
  set (choices, g_strdup_printf ("header %u", table), rows >= 0 ? g_strdup_printf ("%d", rows) : NULL);
}

void
app_table_choices_set_type (AppTableChoices *choices, guint table, guint column, MediaColumnType type)
{
  set (choices, g_strdup_printf ("type %u %u", table, column), type < MEDIA_COLUMN_N ? g_strdup (media_column_type_get_name (type)) : NULL);
}

void
app_table_choices_set_order (AppTableChoices *choices, guint table, guint column, const char *order)
{
  set (choices, g_strdup_printf ("order %u %u", table, column), g_strdup (order));
}

void
app_table_choices_set_decimal (AppTableChoices *choices, guint table, guint column, char sign)
{
  set (choices, g_strdup_printf ("decimal %u %u", table, column), sign != '\0' ? g_strdup_printf ("%c", sign) : NULL);
}

static gboolean
append (gpointer key, gpointer value, gpointer data)
{
  g_string_append_printf (data, "%s%s %s", ((GString *) data)->len > 0 ? "\n" : "", (const char *) key, (const char *) value);
  return FALSE;
}

char *
app_table_choices_dup_text (AppTableChoices *choices)
{
  GString *text = g_string_new (NULL);
  g_tree_foreach (choices->lines, append, text);
  return g_string_free (text, FALSE);
}
