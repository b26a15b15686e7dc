/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-toast.h"

#include <adwaita.h>

/* Seconds; a longer sentence stays longer. */
#define SHORT 4
#define LONG 10

void
ui_toast (GtkWidget *widget, const char *sentence)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  AdwToast *toast;

  if (overlay == NULL) {
    g_message ("%s", sentence);
    return;
  }
  toast = adw_toast_new (escaped);
  adw_toast_set_timeout (toast, g_utf8_strlen (sentence, -1) > 60 ? LONG : SHORT);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

void
ui_toast_error (GtkWidget *widget, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    ui_toast (widget, error->message);
}

/* Calls */

typedef struct {
  GtkWidget *widget;
  UiToastFinish finish;
} Done;

gpointer
ui_toast_done_new (gpointer widget, UiToastFinish finish)
{
  Done *done = g_new0 (Done, 1);

  done->widget = g_object_ref (widget);
  done->finish = finish;
  return done;
}

void
ui_toast_on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Done *done = data;
  g_autoptr (GtkWidget) widget = done->widget;
  g_autoptr (GError) error = NULL;

  if (!done->finish (source, result, &error))
    ui_toast_error (widget, error);
}
