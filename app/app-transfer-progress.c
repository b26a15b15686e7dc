/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-transfer-progress.h"

#include <glib/gi18n.h>

#include "app-error.h"

/* In µs. */
#define PAUSE 50000

struct _AppTransferReport {
  gatomicrefcount count;
  GMainContext *context;
  AppTransferProgress progress; /* nullable */
  gpointer data;
  gboolean ended; /* main thread: the task has called back */
  gint64 last;    /* the worker's thread */
};

typedef struct {
  AppTransferReport *report;
  double fraction;
  guint done;
} Told;

static void
on_completed (GTask *task, GParamSpec *pspec, AppTransferReport *report)
{
  report->ended = TRUE;
}

AppTransferReport *
app_transfer_report_new (GTask *task, AppTransferProgress progress, gpointer data)
{
  AppTransferReport *report = g_new0 (AppTransferReport, 1);

  g_atomic_ref_count_init (&report->count);
  report->context = g_main_context_ref_thread_default ();
  report->progress = progress;
  report->data = data;
  g_atomic_ref_count_inc (&report->count);
  g_signal_connect_data (task, "notify::completed", G_CALLBACK (on_completed), report, (GClosureNotify) (void *) app_transfer_report_unref, 0);
  return report;
}

void
app_transfer_report_unref (AppTransferReport *report)
{
  if (!g_atomic_ref_count_dec (&report->count))
    return;
  g_main_context_unref (report->context);
  g_free (report);
}

static gboolean
on_told (gpointer data)
{
  Told *told = data;

  if (!told->report->ended)
    told->report->progress (told->fraction, told->done, told->report->data);
  return G_SOURCE_REMOVE;
}

static void
told_free (gpointer data)
{
  Told *told = data;

  app_transfer_report_unref (told->report);
  g_free (told);
}

void
app_transfer_report (AppTransferReport *report, double fraction, guint done)
{
  gint64 now = g_get_monotonic_time ();
  Told *told;

  if (!report->progress || now - report->last < PAUSE)
    return;
  report->last = now;
  told = g_new0 (Told, 1);
  g_atomic_ref_count_inc (&report->count);
  *told = (Told){ report, fraction, done };
  g_main_context_invoke_full (report->context, G_PRIORITY_DEFAULT, on_told, told, told_free);
}

GError *
app_transfer_error (GError *error, GFile *file, gboolean writing)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *display = g_filename_display_name (name ? name : "");
  GError *told = error;

  if (error->domain == G_IO_ERROR && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    AppErrorCode code = error->code == G_IO_ERROR_NO_SPACE ? APP_ERROR_FULL : error->code == G_IO_ERROR_PERMISSION_DENIED ? APP_ERROR_READ_ONLY : APP_ERROR_FAILED;
    told = g_error_new (APP_ERROR, code,
                        writing ? _("“%s” could not be written: %s. Choose another place, then export again.") : _("“%s” could not be read: %s. Choose another file."),
                        display, error->message);
    g_error_free (error);
  }
  return told;
}
