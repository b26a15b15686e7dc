/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-export.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-history-private.h"
#include "app-transfer-progress.h"
#include "transfer/transfer.h"

#define APP_EXPORT(name) extern const AppExportFormat app_export_##name;
#include "transfer/exports.def"
#undef APP_EXPORT

static const AppExportFormat *const formats[] = {
#define APP_EXPORT(name) &app_export_##name,
#include "transfer/exports.def"
#undef APP_EXPORT
};

gboolean
app_export_get_format (guint index, const char **id, const char **label, const char **ending)
{
  if (index >= G_N_ELEMENTS (formats))
    return FALSE;
  *id = formats[index]->id;
  *label = _(formats[index]->label);
  *ending = formats[index]->ending;
  return TRUE;
}

static const AppExportFormat *
find_format (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (formats[i]->id, id))
      return formats[i];
  return NULL;
}

char *
app_export_dup_name (AppConversation *conversation, const char *format)
{
  const char *title = conversation ? app_conversation_get_title (conversation) : _("Conversations");
  g_autoptr (GString) name = g_string_new (NULL);

  for (const char *p = title; *p && name->len < 80; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (g_unichar_iscntrl (c) || (c < 128 && strchr ("/\\:*?\"<>|", c)))
      g_string_append_c (name, ' ');
    else
      g_string_append_unichar (name, c);
  }
  g_strstrip (name->str);
  /* A name that begins with a dot would hide the file. */
  return g_strdup_printf ("%s.%s", *name->str && *name->str != '.' ? name->str : _("Conversation"), find_format (format)->ending);
}

typedef struct {
  AppDatabase *database;
  const AppExportFormat *format;
  GFile *file;
  gint64 conversation; /* 0: all */
  AppTransferReport *report;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_object_unref (export->database);
  g_object_unref (export->file);
  app_transfer_report_unref (export->report);
  g_free (export);
}

/* TRUE: all of them are in the stream. */
static gboolean
write_all (Export *export, AppExportWriter *writer, GArray *ids)
{
  for (guint i = 0; i < ids->len && !writer->error; i++) {
    g_autoptr (AppTree) tree = app_transfer_ask (writer->database, app_store_tree_read, &g_array_index (ids, gint64, i), (GDestroyNotify) app_tree_free, writer->cancellable,
                                                 &writer->error);
    if (!tree) {
      /* Deleted since the list was read: it is gone from the history too. */
      if (ids->len > 1 && g_error_matches (writer->error, APP_ERROR, APP_ERROR_INVALID))
        g_clear_error (&writer->error);
      continue;
    }
    if (writer->n_written == 0)
      export->format->begin (writer, ids->len == 1 ? tree->title : NULL);
    export->format->conversation (writer, tree);
    writer->n_written++;
    app_transfer_report (export->report, (double) (i + 1) / ids->len, writer->n_written);
  }
  if (!writer->error)
    export->format->end (writer);
  return !writer->error;
}

static gboolean
export_all (Export *export, AppExportWriter *writer, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GFileOutputStream) stream = NULL;
  gboolean existed = g_file_query_exists (export->file, NULL);

  if (export->conversation) {
    ids = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_array_append_val (ids, export->conversation);
  } else if (!(ids = app_transfer_ask (writer->database, app_store_tree_ids, NULL, (GDestroyNotify) g_array_unref, writer->cancellable, error))) {
    return FALSE;
  }
  if (ids->len == 0) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("There is no conversation to export yet."));
    return FALSE;
  }
  stream = g_file_replace (export->file, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, writer->cancellable, error);
  if (!stream)
    return FALSE;
  writer->stream = g_buffered_output_stream_new_sized (G_OUTPUT_STREAM (stream), 256 * 1024);
  writer->n_total = ids->len;
  if (write_all (export, writer, ids) && g_output_stream_close (writer->stream, writer->cancellable, &writer->error))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&writer->error));
  {
    /* Closing with a cancelled cancellable leaves the old file; a new one was written in its place. */
    g_autoptr (GCancellable) cancelled = g_cancellable_new ();
    g_cancellable_cancel (cancelled);
    g_output_stream_close (writer->stream, cancelled, NULL);
    if (!existed)
      g_file_delete (export->file, NULL, NULL);
  }
  return FALSE;
}

static void
export_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Export *export = task_data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  AppExportWriter writer = { .database = export->database, .cancellable = cancellable };
  GError *error = NULL;

  g_main_context_push_thread_default (context);
  writer.written = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (export_all (export, &writer, &error))
    g_task_return_int (task, writer.n_written);
  else
    g_task_return_error (task, app_transfer_error (error, export->file, TRUE));
  g_clear_object (&writer.stream);
  g_hash_table_unref (writer.written);
  g_main_context_pop_thread_default (context);
}

static void
on_exported (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  int n = g_task_propagate_int (G_TASK (result), &error);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, n);
}

void
app_history_export_async (AppHistory *self, AppConversation *conversation, const char *format, GFile *file, AppTransferProgress progress, gpointer progress_data,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  /* Without the history: the thread may hold its task for a moment after the end. */
  g_autoptr (GTask) work = g_task_new (NULL, cancellable, on_exported, task);
  Export *export = g_new0 (Export, 1);

  g_return_if_fail (find_format (format) != NULL);
  g_task_set_source_tag (task, app_history_export_async);
  export->database = g_object_ref (app_history_get_database (self));
  export->format = find_format (format);
  export->file = g_object_ref (file);
  export->conversation = conversation ? app_conversation_get_id (conversation) : 0;
  export->report = app_transfer_report_new (work, progress, progress_data);
  g_task_set_task_data (work, export, export_free);
  g_task_run_in_thread (work, export_thread);
}

int
app_history_export_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  return g_task_propagate_int (G_TASK (result), error);
}
