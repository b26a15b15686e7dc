/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person corrected, as the lines that the helper reads (tables_choice () of media/decode/tables.h); names of columns are for us alone. */
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

/* Escaped: a name may have spaces and line ends. */
void
app_table_choices_set_name (AppTableChoices *choices, guint table, guint column, const char *name)
{
  set (choices, g_strdup_printf ("name %u %u", table, column), name != NULL && *name != '\0' ? g_uri_escape_string (name, NULL, TRUE) : NULL);
}

/* ---- what was chosen ---- */

/* Takes the key. */
static const char *
get (AppTableChoices *choices, char *key)
{
  const char *value = g_tree_lookup (choices->lines, key);

  g_free (key);
  return value;
}

const char *
app_table_choices_get_encoding (AppTableChoices *choices)
{
  return get (choices, g_strdup ("encoding"));
}

char
app_table_choices_get_delimiter (AppTableChoices *choices)
{
  const char *value = get (choices, g_strdup ("delimiter"));

  return value == NULL ? '\0' : strcmp (value, "tab") == 0 ? '\t' : strcmp (value, "space") == 0 ? ' ' : *value;
}

int
app_table_choices_get_skip (AppTableChoices *choices, guint table)
{
  const char *value = get (choices, g_strdup_printf ("skip %u", table));
  return value != NULL ? atoi (value) : -1;
}

int
app_table_choices_get_header (AppTableChoices *choices, guint table)
{
  const char *value = get (choices, g_strdup_printf ("header %u", table));
  return value != NULL ? atoi (value) : -1;
}

MediaColumnType
app_table_choices_get_type (AppTableChoices *choices, guint table, guint column)
{
  const char *value = get (choices, g_strdup_printf ("type %u %u", table, column));
  return value != NULL ? media_column_type_find (value) : MEDIA_COLUMN_N;
}

const char *
app_table_choices_get_order (AppTableChoices *choices, guint table, guint column)
{
  return get (choices, g_strdup_printf ("order %u %u", table, column));
}

char
app_table_choices_get_decimal (AppTableChoices *choices, guint table, guint column)
{
  const char *value = get (choices, g_strdup_printf ("decimal %u %u", table, column));
  return value != NULL ? *value : '\0';
}

char *
app_table_choices_dup_name (AppTableChoices *choices, guint table, guint column)
{
  const char *value = get (choices, g_strdup_printf ("name %u %u", table, column));
  char *name = value != NULL ? g_uri_unescape_string (value, NULL) : NULL;

  /* It may come from a file that somebody wrote. */
  if (name != NULL && (*name == '\0' || strlen (name) > MEDIA_TABLE_MAX_WORDS || !g_utf8_validate (name, -1, NULL)))
    g_clear_pointer (&name, g_free);
  return name;
}

/* ---- forgetting, and writing ---- */

typedef struct {
  const char *begin; /* of the keys; NULL: of all columns */
  GPtrArray *keys;
} Picked;

static gboolean
pick (gpointer key, gpointer value, gpointer data)
{
  Picked *picked = data;
  const char *space = strchr (key, ' ');

  if (picked->begin != NULL ? space != NULL && strcmp (space + 1, picked->begin) == 0 : space != NULL && strchr (space + 1, ' ') != NULL)
    g_ptr_array_add (picked->keys, key);
  return FALSE;
}

static void
forget (AppTableChoices *choices, const char *begin)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  Picked picked = { begin, keys };

  g_tree_foreach (choices->lines, pick, &picked);
  for (guint i = 0; i < keys->len; i++)
    g_tree_remove (choices->lines, keys->pdata[i]);
}

void
app_table_choices_forget_column (AppTableChoices *choices, guint table, guint column)
{
  g_autofree char *begin = g_strdup_printf ("%u %u", table, column);
  forget (choices, begin);
}

void
app_table_choices_forget_columns (AppTableChoices *choices)
{
  forget (choices, NULL);
}

gboolean
app_table_choices_has_column (AppTableChoices *choices, guint table, guint column)
{
  g_autofree char *begin = g_strdup_printf ("%u %u", table, column);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  Picked picked = { begin, keys };

  g_tree_foreach (choices->lines, pick, &picked);
  return keys->len > 0;
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
