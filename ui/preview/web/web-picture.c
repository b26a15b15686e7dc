/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page as a picture and as a PDF file. */
#include "web-private.h"

static void
on_snapshot (GObject *view, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  GdkTexture *texture = webkit_web_view_get_snapshot_finish (WEBKIT_WEB_VIEW (view), result, &error);

  if (texture != NULL)
    g_task_return_pointer (task, texture, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
web_snapshot_async (PreviewWeb *web, gboolean whole, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (web->view, cancellable, callback, data);

  webkit_web_view_get_snapshot (web->view, whole ? WEBKIT_SNAPSHOT_REGION_FULL_DOCUMENT : WEBKIT_SNAPSHOT_REGION_VISIBLE, WEBKIT_SNAPSHOT_OPTIONS_NONE, cancellable, on_snapshot, task);
}

GdkTexture *
web_snapshot_finish (PreviewWeb *web, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- PDF ---- */

static void
on_print_failed (WebKitPrintOperation *operation, GError *error, GTask *task)
{
  if (g_object_get_data (G_OBJECT (task), "failure") == NULL)
    g_object_set_data_full (G_OBJECT (task), "failure", g_error_new (PREVIEW_ERROR, PREVIEW_ERROR_PRINT, "%s", error->message), (GDestroyNotify) g_error_free);
}

/* Comes after "failed" too. */
static void
on_print_finished (WebKitPrintOperation *operation, GTask *task)
{
  GError *failure = g_object_get_data (G_OBJECT (task), "failure");

  if (failure != NULL)
    g_task_return_error (task, g_error_copy (failure));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
  g_object_unref (operation);
}

void
web_print_async (PreviewWeb *web, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (web->view, cancellable, callback, data);
  WebKitPrintOperation *operation = webkit_print_operation_new (web->view);
  g_autoptr (GtkPrintSettings) settings = gtk_print_settings_new ();
  g_autofree char *address = g_file_get_uri (file);

  /* GTK's printer that writes files has a name in the language of the person. */
  gtk_print_settings_set_printer (settings, g_dgettext ("gtk40", "Print to File"));
  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_URI, address);
  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_FILE_FORMAT, "pdf");
  webkit_print_operation_set_print_settings (operation, settings);
  g_signal_connect (operation, "failed", G_CALLBACK (on_print_failed), task);
  g_signal_connect (operation, "finished", G_CALLBACK (on_print_finished), task);
  webkit_print_operation_print (operation);
}

gboolean
web_print_finish (PreviewWeb *web, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
