/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script-records.h"

#include <string.h>

#include "script-given.h"

/* Fewer lines are read as they are. */
#define LEAST_RECORDS 5u
/* That the model sees, and different words of a member that are listed. */
#define SHOWN_RECORDS 3u
#define MAX_WORDS 12u

enum { DATE, TIME, LEVEL, SOURCE, TEXT, N_MEMBERS };
static const char *const names[] = { "date", "time", "level", "source", "text" };

/* One line; a member that it has not is "". */
typedef struct {
  char *members[N_MEMBERS];
} Record;

static void
record_free (gpointer data)
{
  Record *record = data;

  for (guint i = 0; i < N_MEMBERS; i++)
    g_free (record->members[i]);
  g_free (record);
}

static gboolean
read_record (const GRegex *shape, const char *line, Record *record)
{
  g_autoptr (GMatchInfo) match = NULL;

  if (!g_regex_match (shape, line, 0, &match))
    return FALSE;
  for (guint i = 0; i < N_MEMBERS; i++) {
    char *found = g_match_info_fetch (match, (int) i + 1);
    record->members[i] = found != NULL ? g_strstrip (found) : g_strdup ("");
  }
  return TRUE;
}

/* Every line that is no empty one; NULL where too few of them are records. (transfer full) (nullable) */
static GPtrArray *
read_records (const char *text)
{
  /* A day, a time, a word in capitals, a word before a colon, and the rest; brackets around any of them. */
  g_autoptr (GRegex) shape = g_regex_new ("^[\\[(]?(\\d{4}-\\d\\d-\\d\\d)[T ]?(\\d\\d:\\d\\d(?::\\d\\d)?)?(?:[.,]\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d)?[\\])]?[\\s,;|-]+(?:[\\[(]?([A-Z]{3,12})[\\])]?:?[\\s,;|]+)?(?:([^\\s:]{1,40}(?:\\[\\d+\\])?):\\s+)?(.*)$",
                                          G_REGEX_OPTIMIZE, 0, NULL);
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (record_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++) {
    Record record = { 0 };
    g_strchomp (lines[i]);
    if (*lines[i] == '\0')
      continue;
    n++;
    if (read_record (shape, lines[i], &record))
      g_ptr_array_add (records, g_memdup2 (&record, sizeof record));
  }
  return records->len == n && n >= LEAST_RECORDS && n <= SCRIPT_MAX_RECORDS ? g_steal_pointer (&records) : NULL;
}

static void
append_record (GString *to, const Record *record, const gboolean *has, gboolean month)
{
  gboolean first = TRUE;

  g_string_append_c (to, '{');
  for (guint i = 0; i < N_MEMBERS; i++) {
    if (!has[i])
      continue;
    g_string_append_printf (to, "%s\"%s\":", first ? "" : ",", names[i]);
    script_append_string (to, record->members[i]);
    if (month && i == DATE)
      g_string_append_printf (to, ",\"month\":\"%.7s\"", record->members[i]);
    first = FALSE;
  }
  g_string_append_c (to, '}');
}

/* Which words a member can be, where they are few. */
static void
append_values (GString *words, GPtrArray *records, guint member)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < records->len; i++) {
    char *value = ((Record *) records->pdata[i])->members[member];
    if (*value == '\0' || !g_hash_table_add (known, value))
      continue;
    g_string_append (list, list->len > 0 ? ", " : "");
    script_append_string (list, value);
  }
  if (g_hash_table_size (known) >= 1 && g_hash_table_size (known) <= MAX_WORDS)
    g_string_append_printf (words, "// %s: %s\n", names[member], list->str);
}

/* "plant-2.log": plant_2. (transfer full) */
static char *
dup_name (const char *file)
{
  const char *dot = strrchr (file, '.');
  char *name = g_strndup (file, dot != NULL && dot > file ? (gsize) (dot - file) : strlen (file));

  for (char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c))
      *c = '_';
  if (g_ascii_isalpha (*name))
    return name;
  char *whole = g_strconcat ("file_", name, NULL);
  g_free (name);
  return whole;
}

gboolean
script_records_append (const char *file, const char *text, GString *code, GString *words)
{
  g_autoptr (GPtrArray) records = read_records (text);
  g_autofree char *name = dup_name (file);
  guint n[N_MEMBERS] = { 0 };
  gboolean has[N_MEMBERS];

  if (records == NULL)
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    for (guint k = 0; k < N_MEMBERS; k++)
      n[k] += *((Record *) records->pdata[i])->members[k] != '\0';
  for (guint k = 0; k < N_MEMBERS; k++)
    has[k] = n[k] > 0;
  g_string_append_printf (code, "__tables.%s = __table(\"%s\", {}, \"date\", [", name, name);
  for (guint i = 0; i < records->len; i++) {
    g_string_append (code, i > 0 ? ",\n" : "\n");
    append_record (code, records->pdata[i], has, FALSE);
  }
  g_string_append (code, "]);\n");
  g_string_append_printf (words, "// the lines of %s:\ntables.%s = [ // %u rows\n", file, name, records->len);
  for (guint i = 0; i < MIN (records->len, SHOWN_RECORDS); i++) {
    g_string_append (words, "  ");
    append_record (words, records->pdata[i], has, TRUE);
    g_string_append (words, ",\n");
  }
  if (records->len > SHOWN_RECORDS)
    g_string_append_printf (words, "  // and %u more\n", records->len - SHOWN_RECORDS);
  g_string_append (words, "];\n");
  for (guint k = LEVEL; k <= SOURCE; k++)
    append_values (words, records, k);
  return TRUE;
}
