/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-connections.h"

#include <glib/gi18n.h>

#include "app-size.h"
#include "ui-direction.h"

struct _UiConnections {
  AdwPreferencesPage parent_instance;

  GtkLabel *notice;
  GtkListBox *list;
  GtkWidget *empty;

  AppConnections *connections;
};

G_DEFINE_FINAL_TYPE (UiConnections, ui_connections, ADW_TYPE_PREFERENCES_PAGE)

/* "Done · 1.1 GB received" */
static char *
outcome_text (AppConnection *connection)
{
  g_autofree char *size = app_size_dup_text (app_connection_get_bytes (connection));

  switch (app_connection_get_outcome (connection)) {
  case APP_CONNECTION_UNDER_WAY:
    return g_strdup_printf (_("Under way · %s received so far"), size);
  case APP_CONNECTION_DONE:
    return g_strdup_printf (_("Done · %s received"), size);
  case APP_CONNECTION_FAILED:
    return g_strdup_printf (_("Failed · %s received"), size);
  case APP_CONNECTION_STOPPED:
    return g_strdup_printf (_("Stopped by you · %s received"), size);
  case APP_CONNECTION_INTERRUPTED:
    return g_strdup_printf (_("Ended with Melete · at least %s received"), size);
  }
  return g_strdup ("");
}

static void
update_row (GtkWidget *row, AppConnection *connection)
{
  const char *error = app_connection_get_error (connection);
  g_autofree char *outcome = outcome_text (connection);
  /* Day, month, year and time of a connection, as in "3 May 2024, 14:05". */
  g_autofree char *time = g_date_time_format (app_connection_get_time (connection), _("%-d %B %Y, %H:%M"));
  g_autofree char *heard = g_strconcat (time, " · ", outcome, "\n", app_connection_get_peer (connection), error != NULL ? "\n" : NULL, error, NULL);
  /* The address stands where the other lines begin. */
  g_autofree char *peer = ui_direction_dup_facts (app_connection_get_peer (connection), gtk_widget_get_direction (row));
  g_autofree char *seen = g_strconcat (time, " · ", outcome, "\n", peer, error != NULL ? "\n" : NULL, error, NULL);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), seen);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, heard, -1);
}

static void
on_changed (AppConnection *connection, GParamSpec *pspec, GtkWidget *row)
{
  update_row (row, connection);
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  AppConnection *connection = item;
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title-lines", 0, "subtitle-lines", 0, "activatable", FALSE, NULL);

  /* Only now, when it is known that it is no markup. */
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), app_connection_get_purpose (connection));
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, app_connection_get_purpose (connection), -1);
  g_signal_connect_object (connection, "notify::outcome", G_CALLBACK (on_changed), row, 0);
  g_signal_connect_object (connection, "notify::bytes", G_CALLBACK (on_changed), row, 0);
  g_signal_connect_object (connection, "notify::error", G_CALLBACK (on_changed), row, 0);
  update_row (row, connection);
  return row;
}

static void
on_items_changed (UiConnections *self)
{
  gboolean empty = g_list_model_get_n_items (app_connections_get_list (self->connections)) == 0;

  gtk_widget_set_visible (self->empty, empty);
  gtk_widget_set_visible (GTK_WIDGET (self->list), !empty);
}

static void
on_notice (UiConnections *self)
{
  const char *notice = app_connections_get_notice (self->connections);

  gtk_label_set_label (self->notice, notice != NULL ? notice : "");
  gtk_widget_set_visible (GTK_WIDGET (self->notice), notice != NULL);
}

UiConnections *
ui_connections_new (AppConnections *connections)
{
  UiConnections *self = g_object_new (UI_TYPE_CONNECTIONS, NULL);
  GListModel *list = app_connections_get_list (connections);

  self->connections = g_object_ref (connections);
  gtk_list_box_bind_model (self->list, list, create_row, NULL, NULL);
  g_signal_connect_object (list, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (connections, "notify::notice", G_CALLBACK (on_notice), self, G_CONNECT_SWAPPED);
  on_items_changed (self);
  on_notice (self);
  return self;
}

static void
ui_connections_dispose (GObject *object)
{
  g_clear_object (&UI_CONNECTIONS (object)->connections);
  G_OBJECT_CLASS (ui_connections_parent_class)->dispose (object);
}

static void
ui_connections_class_init (UiConnectionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_connections_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-connections.ui");
  gtk_widget_class_bind_template_child (widget_class, UiConnections, notice);
  gtk_widget_class_bind_template_child (widget_class, UiConnections, list);
  gtk_widget_class_bind_template_child (widget_class, UiConnections, empty);
}

static void
ui_connections_init (UiConnections *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
