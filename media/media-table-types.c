/* SPDX-License-Identifier: MIT */
/* The names of the columns' types, for both sides of the pipe. */
#include <string.h>

#include "media-table.h"

/* They are stored in files of the person: never rename one. */
static const char *const type_names[MEDIA_COLUMN_N] = { "text", "integer", "real", "boolean", "date", "time", "datetime" };

const char *
media_column_type_get_name (MediaColumnType type)
{
  return type_names[type];
}

MediaColumnType
media_column_type_find (const char *name)
{
  guint i = 0;
  while (i < MEDIA_COLUMN_N && strcmp (type_names[i], name) != 0)
    i++;
  return (MediaColumnType) i;
}
