/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Seconds; a longer sentence stays longer. */
#define SHORT 4
#define LONG 10
#define WITH_ACTION 20

static void
on_children (GListModel *children, guint position, guint removed, guint added, gpointer data)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);

    if (!g_str_equal (G_OBJECT_TYPE_NAME (child), "AdwToastWidget"))
      continue;
    for (GtkWidget *part = gtk_widget_get_first_child (child); part != NULL; part = gtk_widget_get_next_sibling (part))
      if (GTK_IS_BUTTON (part) && gtk_button_get_icon_name (GTK_BUTTON (part)) != NULL)
        gtk_accessible_update_property (GTK_ACCESSIBLE (part), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Close"), -1);
  }
}

void
ui_toast_name_buttons (GtkWidget *overlay)
{
  GListModel *children = gtk_widget_observe_children (overlay);

  g_signal_connect (children, "items-changed", G_CALLBACK (on_children), NULL);
  g_object_set_data_full (G_OBJECT (overlay), "ui-toast-children", children, g_object_unref);
}

/* `label`, `action`: (nullable) */
static void
show (GtkWidget *widget, const char *sentence, guint seconds, const char *label, const char *action)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  AdwToast *toast;

  if (overlay == NULL) {
    g_message ("%s", sentence);
    return;
  }
  toast = adw_toast_new (escaped);
  adw_toast_set_timeout (toast, seconds);
  adw_toast_set_button_label (toast, label);
  adw_toast_set_action_name (toast, action);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

void
ui_toast (GtkWidget *widget, const char *sentence)
{
  show (widget, sentence, g_utf8_strlen (sentence, -1) > 60 ? LONG : SHORT, NULL, NULL);
}

void
ui_toast_with_action (GtkWidget *widget, const char *sentence, const char *label, const char *action)
{
  show (widget, sentence, WITH_ACTION, label, action);
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
