/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script-units.h"

#include <string.h>

#include "script-given.h"
#include "tools/calc.h"

/* Different units of one column, and rows that are looked at. */
#define MAX_UNITS 16
#define MAX_ROWS 2000

/* What stands in tables and is no word of the calculator's, where it is an operator or a quote. */
static const struct {
  const char *name, *unit;
} aliases[] = { { "in", "inch" }, { "\"", "inch" }, { "'", "ft" } };

static const CalcUnit *
find_unit (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (g_str_equal (aliases[i].name, name))
      name = aliases[i].unit;
  return calc_unit_find (name, strlen (name));
}

gboolean
script_units_are (const ScriptTable *table, guint column)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const CalcUnit *first = NULL;
  guint n_rows = MIN (app_result_get_n_rows (table->result), MAX_ROWS);

  if (app_result_get_column (table->result, column)->type != MEDIA_COLUMN_TEXT)
    return FALSE;
  for (guint row = 0; row < n_rows; row++) {
    char *text = g_strstrip (app_result_dup_text (table->result, row, column));
    const CalcUnit *unit = *text != '\0' ? find_unit (text) : NULL;
    gboolean none = unit == NULL || (first != NULL && memcmp (unit->dimensions, first->dimensions, sizeof unit->dimensions) != 0);
    g_hash_table_add (known, text);
    if (none || g_hash_table_size (known) > MAX_UNITS)
      return FALSE;
    first = unit;
  }
  return g_hash_table_size (known) >= 2;
}

char *
script_units_dup_first (const ScriptTable *table, guint column)
{
  return g_strstrip (app_result_dup_text (table->result, 0, column));
}

static void
append_unit (GString *code, const char *name, gsize n_bytes, const CalcUnit *unit)
{
  g_autofree char *own = g_strndup (name, n_bytes);

  g_string_append (code, code->str[code->len - 1] == '{' ? "" : ",");
  script_append_string (code, own);
  g_string_append_printf (code, ":[%s,%s,\"", unit->factor, unit->offset != NULL ? unit->offset : "0");
  for (guint i = 0; i < CALC_N_DIMENSIONS; i++)
    g_string_append_printf (code, "%d ", unit->dimensions[i]);
  g_string_append (code, "\"]");
}

void
script_units_append (GString *code)
{
  const CalcUnit *unit;

  g_string_append (code, "Object.assign(__units, {");
  for (guint i = 0; (unit = calc_unit_get (i)) != NULL; i++)
    for (const char *word = unit->names; *word != '\0';) {
      gsize length = strcspn (word, " ");
      append_unit (code, word, length, unit);
      word += length;
      word += *word == ' ';
    }
  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    append_unit (code, aliases[i].name, strlen (aliases[i].name), find_unit (aliases[i].unit));
  g_string_append (code, "});\n");
}
