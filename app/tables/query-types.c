/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "query-types.h"

#include <math.h>
#include <string.h>

typedef struct {
  gboolean known;
  MediaColumnType type;
  guint n[MEDIA_COLUMN_N];
} Column;

struct _QueryTypes {
  guint n_columns;
  Column columns[];
};

QueryTypes *
query_types_new (guint n_columns)
{
  QueryTypes *types = g_malloc0 (sizeof *types + n_columns * sizeof (Column));
  types->n_columns = n_columns;
  return types;
}

void
query_types_free (QueryTypes *types)
{
  g_free (types);
}

void
query_types_set (QueryTypes *types, guint column, MediaColumnType type)
{
  types->columns[column].known = TRUE;
  types->columns[column].type = type;
}

/* "0000-00-00", "00:00:00" */
static gboolean
has_shape (const char *text, const char *shape)
{
  for (; *shape != '\0'; shape++, text++)
    if (*shape == '0' ? !g_ascii_isdigit (*text) : *shape != *text)
      return FALSE;
  return TRUE;
}

static MediaColumnType
type_of_text (const char *text, guint length)
{
  if (length == 10 && has_shape (text, "0000-00-00"))
    return MEDIA_COLUMN_DATE;
  if (length >= 19 && length <= 33 && has_shape (text, "0000-00-00 00:00:00"))
    return MEDIA_COLUMN_DATETIME;
  return length == 8 && has_shape (text, "00:00:00") ? MEDIA_COLUMN_TIME : MEDIA_COLUMN_TEXT;
}

void
query_types_read (QueryTypes *types, sqlite3_stmt *statement, guint i, MediaCell *value)
{
  Column *column = &types->columns[i];

  *value = (MediaCell) { .kind = MEDIA_CELL_NULL };
  switch (sqlite3_column_type (statement, (int) i)) {
  case SQLITE_INTEGER:
    value->kind = MEDIA_CELL_INTEGER;
    value->integer = sqlite3_column_int64 (statement, (int) i);
    column->n[MEDIA_COLUMN_INTEGER]++;
    break;
  case SQLITE_FLOAT:
    value->real = sqlite3_column_double (statement, (int) i);
    value->kind = isfinite (value->real) ? MEDIA_CELL_REAL : MEDIA_CELL_NULL;
    column->n[MEDIA_COLUMN_REAL]++;
    break;
  case SQLITE_TEXT:
    value->kind = MEDIA_CELL_TEXT;
    value->text = (const char *) sqlite3_column_text (statement, (int) i);
    value->length = (guint) sqlite3_column_bytes (statement, (int) i);
    /* hex () and char () can make anything. */
    if (value->text == NULL || !g_utf8_validate (value->text, (gssize) value->length, NULL))
      *value = (MediaCell) { .kind = MEDIA_CELL_NULL };
    else
      column->n[type_of_text (value->text, value->length)]++;
    break;
  default:
    break;
  }
}

MediaColumnType
query_types_get (const QueryTypes *types, guint i)
{
  const Column *column = &types->columns[i];
  guint only = MEDIA_COLUMN_N;

  if (column->known)
    return column->type;
  for (guint type = 0; type < MEDIA_COLUMN_N; type++)
    if (column->n[type] > 0) {
      gboolean numbers = only == MEDIA_COLUMN_INTEGER && type == MEDIA_COLUMN_REAL;
      only = only == MEDIA_COLUMN_N || numbers ? type : MEDIA_COLUMN_TEXT;
    }
  return only == MEDIA_COLUMN_N ? MEDIA_COLUMN_TEXT : (MediaColumnType) only;
}
