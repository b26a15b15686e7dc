/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Seconds; a longer sentence stays longer. */
#define SHORT 4
#define LONG 10
#define UNDO 8

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

/* Undo */

typedef struct {
  void (*undo) (gpointer data);
  void (*keep) (gpointer data);
  gpointer data;
  GDestroyNotify destroy;
  gboolean undone;
} Undo;

static void
on_undo (AdwToast *toast, Undo *undo)
{
  undo->undone = TRUE;
  undo->undo (undo->data);
}

/* Undone or not, the toast goes. */
static void
on_gone (AdwToast *toast, Undo *undo)
{
  if (!undo->undone)
    undo->keep (undo->data);
}

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  undo->destroy (undo->data);
  g_free (undo);
}

void
ui_toast_undo (GtkWidget *widget, const char *sentence, void (*undo) (gpointer data), void (*keep) (gpointer data),
               gpointer data, GDestroyNotify destroy)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  AdwToast *toast;
  Undo *pending;

  if (overlay == NULL) {
    keep (data);
    destroy (data);
    return;
  }
  pending = g_new0 (Undo, 1);
  *pending = (Undo){ undo, keep, data, destroy, FALSE };
  toast = adw_toast_new (escaped);
  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_timeout (toast, UNDO);
  g_object_set_data_full (G_OBJECT (toast), "ui-undo", pending, undo_free);
  g_signal_connect (toast, "button-clicked", G_CALLBACK (on_undo), pending);
  g_signal_connect (toast, "dismissed", G_CALLBACK (on_gone), pending);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}
