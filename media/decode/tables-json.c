/* SPDX-License-Identifier: MIT */
/* Tables of JSON: a list of objects, lists of objects by name within one object, a list of lists, or one object on each line. Objects within objects become columns
 * with names like "address.city"; lists stay as JSON. */
#include <string.h>

#include "charset.h"
#include "json.h"
#include "tables.h"

/* Objects in objects that become columns. */
#define MAX_NESTING 8
#define MAX_TABLES 100

typedef struct {
  Tables *tables;
  Grid *grid;
  Json json;
  GHashTable *columns; /* names → index + 1 of the table that is read */
  GPtrArray *names;
  GString *path;
  uint64_t row;
  /* Cells come in the order of the columns. */
  GArray *cells; /* of JsonCell */
  GString *texts;
} Reader;

typedef struct {
  unsigned column;
  size_t text, length;
  Cell cell;
} JsonCell;

static bool
matches (Tables *tables)
{
  Extract *extract = &tables->extract;
  const char *at = (const char *) extract->input, *end = at + extract->size;

  if (end - at > 3 && memcmp (at, "\xef\xbb\xbf", 3) == 0)
    at += 3;
  while (at < end && g_ascii_isspace (*at))
    at++;
  bool named = strcmp (extract->hint, "JSON") == 0;
  if (!named && (extract->hint[0] != '\0' || at >= end || (*at != '{' && *at != '[')))
    return false;
  extract->format = "JSON";
  return true;
}

/* ---- one value ---- */

/* Columns that the first reading found keep their place in the second. */
static unsigned
column_of (Reader *reader, const char *name)
{
  gpointer known = g_hash_table_lookup (reader->columns, name);

  if (known != NULL)
    return GPOINTER_TO_UINT (known) - 1;
  g_ptr_array_add (reader->names, g_strdup (name));
  g_hash_table_insert (reader->columns, g_ptr_array_index (reader->names, reader->names->len - 1), GUINT_TO_POINTER (reader->names->len));
  return reader->names->len - 1;
}

static void
add_cell (Reader *reader, const Cell *cell, const char *text, size_t length)
{
  JsonCell added = { column_of (reader, reader->path->str), reader->texts->len, length, *cell };

  if (added.column >= reader->grid->max_columns)
    return;
  g_string_append_len (reader->texts, text, (gssize) length);
  g_array_append_val (reader->cells, added);
}

static void
read_number (Reader *reader)
{
  const char *text;
  size_t length;
  char buffer[400], *end;

  if (!json_number (&reader->json, &text, &length))
    return;
  memcpy (buffer, text, length);
  buffer[length] = '\0';
  Cell cell = { .kind = CELL_REAL, .real = g_ascii_strtod (buffer, &end) };
  bool whole = length < 19 && strpbrk (buffer, ".eE") == NULL;
  if (*end != '\0' || !(cell.real >= -G_MAXDOUBLE && cell.real <= G_MAXDOUBLE) || (length >= 19 && strpbrk (buffer, ".eE") == NULL))
    cell.kind = CELL_TEXT;
  else if (whole) {
    cell.kind = CELL_INTEGER;
    cell.integer = g_ascii_strtoll (buffer, NULL, 10);
  }
  add_cell (reader, &cell, text, length);
}

static void
read_value (Reader *reader, unsigned nesting)
{
  Json *json = &reader->json;
  JsonKind kind = json_peek (json);
  const char *text;
  size_t length, path = reader->path->len;
  bool first = true;
  Cell cell = { 0 };

  switch (kind) {
  case JSON_NUMBER:
    read_number (reader);
    break;
  case JSON_STRING:
    if (json_string (json))
      add_cell (reader, &cell, json->string->str, json->string->len);
    break;
  case JSON_TRUE:
  case JSON_FALSE:
    json_word (json);
    cell = (Cell) { .kind = CELL_BOOLEAN, .integer = kind == JSON_TRUE };
    add_cell (reader, &cell, kind == JSON_TRUE ? "true" : "false", kind == JSON_TRUE ? 4 : 5);
    break;
  case JSON_NULL:
    json_word (json);
    /* The column is there all the same. */
    column_of (reader, reader->path->str);
    break;
  case JSON_OBJECT:
    if (nesting >= MAX_NESTING)
      goto as_json;
    json_enter (json);
    while (json_more (json, &first) && json_name (json)) {
      g_string_append_printf (reader->path, "%s%s", path > 0 ? "." : "", json->string->str);
      read_value (reader, nesting + 1);
      g_string_truncate (reader->path, path);
    }
    break;
  case JSON_LIST:
  as_json:
    cell.kind = CELL_JSON;
    if (json_skip (json, &text, &length) && !(length == 2 && text[0] == '['))
      add_cell (reader, &cell, text, length);
    break;
  case JSON_NOTHING:
    json_skip (json, NULL, NULL);
    break;
  }
}

static int
compare_cells (gconstpointer a, gconstpointer b)
{
  const JsonCell *first = a, *second = b;
  return (first->column > second->column) - (first->column < second->column);
}

/* Values in a list have no names: their numbers are. */
static void
read_row (Reader *reader)
{
  Json *json = &reader->json;
  bool first = true;

  g_array_set_size (reader->cells, 0);
  g_string_truncate (reader->texts, 0);
  g_string_truncate (reader->path, 0);
  reader->row++;
  JsonKind kind = json_peek (json);
  if (kind == JSON_LIST) {
    json_enter (json);
    for (unsigned i = 1; json_more (json, &first); i++) {
      g_string_printf (reader->path, "%u", i);
      read_value (reader, 1);
    }
  } else {
    if (kind != JSON_OBJECT)
      g_string_assign (reader->path, "value");
    read_value (reader, 0);
  }
  tables_have_row (reader->tables, reader->row);
  g_array_sort (reader->cells, compare_cells);
  for (guint i = 0; i < reader->cells->len; i++) {
    JsonCell *cell = &g_array_index (reader->cells, JsonCell, i);
    /* Of two values of one name the last counts, as everywhere. */
    if (i + 1 < reader->cells->len && g_array_index (reader->cells, JsonCell, i + 1).column == cell->column)
      continue;
    cell->cell.text = reader->texts->str + cell->text;
    cell->cell.length = cell->length;
    reader->grid->cell (reader->grid, reader->row, cell->column, &cell->cell);
  }
  if (reader->row % 1024 == 0)
    tables_tell_progress (reader->tables, (uint64_t) (json->at - json->begin), (uint64_t) (json->end - json->begin));
}

/* ---- tables ---- */

static void
begin (Reader *reader, const char *title)
{
  g_hash_table_remove_all (reader->columns);
  g_ptr_array_set_size (reader->names, 0);
  reader->row = 0;
  reader->grid->begin (reader->grid, title, false);
  /* What it is called is known, before it is known how. */
  tables_set_names (reader->tables, NULL, 0);
}

static void
end (Reader *reader)
{
  tables_set_names (reader->tables, (const char *const *) reader->names->pdata, reader->names->len);
  reader->grid->end (reader->grid, GRID_WHOLE);
}

static void
read_list (Reader *reader, const char *title)
{
  bool first = true;

  begin (reader, title);
  json_enter (&reader->json);
  while (json_more (&reader->json, &first))
    read_row (reader);
  end (reader);
}

/* Whether a list of objects or of lists comes. */
static bool
is_table (Json *json)
{
  const char *at = json->at;

  if (json_peek (json) != JSON_LIST)
    return false;
  for (at = json->at + 1; at < json->end && g_ascii_isspace (*at); at++)
    ;
  return at < json->end && (*at == '{' || *at == '[');
}

/* Whether an object has lists of objects in it. */
static bool
has_tables (Json json)
{
  bool first = true, found = false;

  json.string = g_string_new (NULL);
  json_enter (&json);
  while (!found && json_more (&json, &first) && json_name (&json)) {
    found = is_table (&json);
    if (!found)
      json_skip (&json, NULL, NULL);
  }
  g_string_free (json.string, TRUE);
  return found;
}

/* Whether nothing follows the value that comes: it is the whole file, and no line of many. */
static bool
is_alone (Json json)
{
  json.string = g_string_new (NULL);
  bool alone = json_skip (&json, NULL, NULL) && json_peek (&json) == JSON_NOTHING && json.broken == NULL;
  g_string_free (json.string, TRUE);
  return alone;
}

static void
read_object_of_tables (Reader *reader)
{
  Json *json = &reader->json;
  bool first = true;

  json_enter (json);
  for (unsigned n = 0; json_more (json, &first) && json_name (json);) {
    g_autofree char *title = g_strdup (json->string->str);
    if (n < MAX_TABLES && is_table (json)) {
      read_list (reader, title);
      n++;
    } else
      json_skip (json, NULL, NULL);
  }
}

static void
read_text (Reader *reader)
{
  Json *json = &reader->json;
  JsonKind kind = json_peek (json);

  bool alone = is_alone (*json);
  if (kind == JSON_LIST && alone) {
    read_list (reader, "");
    return;
  }
  if (kind == JSON_OBJECT && alone && has_tables (*json)) {
    read_object_of_tables (reader);
    return;
  }
  /* One value on each line, or one alone. */
  begin (reader, "");
  while (json_peek (json) != JSON_NOTHING)
    read_row (reader);
  end (reader);
}

static void
read_json (Tables *tables, Grid *grid)
{
  Extract *extract = &tables->extract;
  bool utf8 = g_utf8_validate ((const char *) extract->input, (gssize) extract->size, NULL);
  g_autofree char *converted = utf8 ? NULL : charset_to_utf8 (extract->input, extract->size, NULL, G_MAXUINT32);
  Reader reader = {
    .tables = tables,
    .grid = grid,
    .columns = g_hash_table_new (g_str_hash, g_str_equal),
    .names = g_ptr_array_new_with_free_func (g_free),
    .path = g_string_new (NULL),
    .cells = g_array_new (FALSE, FALSE, sizeof (JsonCell)),
    .texts = g_string_new (NULL),
  };

  if (utf8)
    json_open (&reader.json, (const char *) extract->input, extract->size);
  else
    json_open (&reader.json, converted != NULL ? converted : "", converted != NULL ? strlen (converted) : 0);
  read_text (&reader);
  if (reader.json.broken != NULL)
    extract_fail (extract, MEDIA_FAULT_JSON, json_line (&reader.json), 0);
  json_close (&reader.json);
  g_hash_table_unref (reader.columns);
  g_ptr_array_unref (reader.names);
  g_string_free (reader.path, TRUE);
  g_array_unref (reader.cells);
  g_string_free (reader.texts, TRUE);
}

const TableReader table_reader_json = { matches, read_json };
