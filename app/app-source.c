/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-source.h"

AppSource *
app_source_new (gint64 note, guint attachment, guint page, gsize start, gsize length, const char *name)
{
  AppSource *source = g_new0 (AppSource, 1);

  source->note = note;
  source->attachment = attachment;
  source->page = page;
  source->start = start;
  source->length = length;
  source->name = g_strdup (name);
  return source;
}

AppSource *
app_source_new_query (gint64 note, guint attachment, const char *name, const char *sql, const char *tables)
{
  AppSource *source = app_source_new (note, attachment, 0, 0, 0, name);

  source->sql = g_strdup (sql);
  source->tables = g_strdup (tables);
  return source;
}

AppSource *
app_source_copy (const AppSource *source)
{
  AppSource *copy = app_source_new (source->note, source->attachment, source->page, source->start, source->length, source->name);

  copy->sql = g_strdup (source->sql);
  copy->tables = g_strdup (source->tables);
  return copy;
}

void
app_source_free (AppSource *source)
{
  g_free (source->name);
  g_free (source->sql);
  g_free (source->tables);
  g_free (source);
}
