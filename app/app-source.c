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

void
app_source_free (AppSource *source)
{
  g_free (source->name);
  g_free (source);
}
