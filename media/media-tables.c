/* SPDX-License-Identifier: MIT */
/* The client's part of the job TABLES: what comes through the pipe goes into a MediaTableStream. */
#include "media-helper.h"
#include "media-table.h"

static gboolean
take (const guint8 *bytes, gsize size, gpointer data, GError **error)
{
  return media_table_stream_push (data, bytes, size, error);
}

gboolean
media_tables_read (const MediaRequest *request, GBytes *input, const MediaTableSink *sink, gpointer data, GCancellable *cancellable, MediaProgress progress,
                   gpointer progress_data, char **format, GError **error)
{
  g_autoptr (MediaTableStream) stream = media_table_stream_new (sink, data);
  MediaHelper helper;

  g_return_val_if_fail (request->job == MEDIA_JOB_TABLES, FALSE);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  media_helper_init (&helper, request);
  helper.take = take;
  helper.take_data = stream;
  gboolean ok = media_helper_start (&helper, input, error) && media_helper_listen (&helper, cancellable, progress, progress_data, error);
  media_helper_clear (&helper);
  if (ok && !media_table_stream_is_whole (stream))
    ok = media_helper_lie (error);
  if (ok && format != NULL)
    *format = g_strdup (media_table_stream_get_format (stream));
  return ok;
}
