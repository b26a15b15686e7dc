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
