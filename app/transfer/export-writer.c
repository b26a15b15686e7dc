/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "app-export.h"
#include "transfer.h"

/* ---- asking ---- */

typedef struct {
  GAsyncResult *result;
} Asked;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

gpointer
app_transfer_ask (AppDatabase *database, AppDatabaseFunc func, gpointer data, GDestroyNotify result_free, GCancellable *cancellable, GError **error)
{
  GAsyncResult *result = NULL;
  gpointer answer;

  app_database_run_async (database, func, data, NULL, result_free, cancellable, on_answered, &result);
  while (!result)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
  answer = app_database_run_finish (database, result, error);
  g_object_unref (result);
  return answer;
}

/* ---- writing ---- */

void
app_export_write_n (AppExportWriter *writer, const char *text, gsize n)
{
  if (!writer->error)
    g_output_stream_write_all (writer->stream, text, n, NULL, writer->cancellable, &writer->error);
}

void
app_export_write (AppExportWriter *writer, const char *text)
{
  app_export_write_n (writer, text, strlen (text));
}

void
app_export_printf (AppExportWriter *writer, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  app_export_write (writer, text);
}

void
app_export_write_escaped (AppExportWriter *writer, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  app_export_write (writer, escaped);
}

void
app_export_write_base64 (AppExportWriter *writer, const guint8 *bytes, gsize n)
{
  /* A multiple of three, so that pieces stand behind each other without padding. */
  const gsize piece = 48 * 1024;

  for (gsize at = 0; at < n && !writer->error; at += piece) {
    g_autofree char *text = g_base64_encode (bytes + at, MIN (piece, n - at));
    app_export_write (writer, text);
  }
}

GBytes *
app_export_get_bytes (AppExportWriter *writer, const char *sha256)
{
  if (writer->error || !writer->database)
    return NULL;
  return app_transfer_ask (writer->database, app_store_tree_bytes, (gpointer) sha256, (GDestroyNotify) g_bytes_unref, writer->cancellable, &writer->error);
}

/* ---- words ---- */

char *
app_export_dup_author (const AppTreeMessage *message)
{
  const AppMessageRow *row = message->row;

  if (row->role == APP_ROLE_USER)
    return g_strdup (_("You"));
  if (row->role == APP_ROLE_SYSTEM)
    return g_strdup (_("Instructions"));
  if (message->row->host)
    /* Translators: a model, and the server that it runs on */
    return g_strdup_printf (_("%s on %s"), row->model ? row->model : _("Answer"), message->row->host);
  return g_strdup (row->model && *row->model ? row->model : _("Answer"));
}

char *
app_export_dup_time (gint64 milliseconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (milliseconds / 1000);

  /* Translators: a day and a time, as g_date_time_format () writes them: "14 March 2025, 18:05" */
  return time ? g_date_time_format (time, _("%-d %B %Y, %H:%M")) : g_strdup ("");
}

const char *
app_export_split_thought (const AppMessageRow *row, char **thought)
{
  const char *text = row->text, *end;

  *thought = row->thought && *row->thought ? g_strstrip (g_strdup (row->thought)) : NULL;
  if (*thought || !g_str_has_prefix (text, "<think>") || !(end = strstr (text, "</think>")))
    return text;
  *thought = g_strstrip (g_strndup (text + strlen ("<think>"), end - text - strlen ("<think>")));
  if (!**thought)
    g_clear_pointer (thought, g_free);
  text = end + strlen ("</think>");
  while (g_ascii_isspace (*text))
    text++;
  return text;
}
