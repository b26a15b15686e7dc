/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-tools.h"

#include "app-tool-call.h"
#include "ui-consent-row.h"
#include "ui-tool-row.h"

/* What the boxes show; it lives as long as they show it. */
typedef struct {
  GtkBox *rows, *asking; /* of the same widget as what owns this */
  GListModel *calls;
  gulong handler;
  void (*changed) (gpointer owner);
  GObject *owner;
} Binding;

#define KEY "melete-calls"

static void
clear (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static void
binding_free (Binding *binding)
{
  for (guint i = 0; i < g_list_model_get_n_items (binding->calls); i++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (binding->calls, i);
    if (binding->changed != NULL)
      g_signal_handlers_disconnect_by_func (call, binding->changed, binding->owner);
  }
  g_signal_handler_disconnect (binding->calls, binding->handler);
  g_object_unref (binding->calls);
  g_free (binding);
}

/* Calls are added; one that was none in the end goes again, while it is the last or near it. */
static void
remove_calls (Binding *binding, guint position, guint removed)
{
  for (guint i = 0; i < removed; i++) {
    GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (binding->rows));
    for (guint k = 0; k < position && child != NULL; k++)
      child = gtk_widget_get_next_sibling (child);
    if (child != NULL)
      gtk_box_remove (binding->rows, child);
  }
}

static void
on_items (GListModel *calls, guint position, guint removed, guint added, Binding *binding)
{
  remove_calls (binding, position, removed);
  for (guint i = position; i < position + added; i++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, i);

    gtk_box_append (binding->rows, ui_tool_row_new (call));
    if (app_tool_call_get_state (call) < APP_CALL_DONE || ui_consent_row_is_needed (call))
      gtk_box_append (binding->asking, ui_consent_row_new (call));
    if (binding->changed != NULL) {
      g_signal_connect_object (call, "notify::state", G_CALLBACK (binding->changed), binding->owner, G_CONNECT_SWAPPED);
      g_signal_connect_object (call, "notify::question", G_CALLBACK (binding->changed), binding->owner, G_CONNECT_SWAPPED);
    }
  }
  gtk_widget_set_visible (GTK_WIDGET (binding->rows), g_list_model_get_n_items (calls) > 0);
  gtk_widget_set_visible (GTK_WIDGET (binding->asking), g_list_model_get_n_items (calls) > 0);
  if (binding->changed != NULL)
    binding->changed (binding->owner);
}

void
ui_tools_bind (GtkBox *rows, GtkBox *asking, AppMessage *message, void (*changed) (gpointer owner), GObject *owner)
{
  Binding *binding;

  g_object_set_data (G_OBJECT (rows), KEY, NULL);
  clear (rows);
  clear (asking);
  gtk_widget_set_visible (GTK_WIDGET (rows), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (asking), FALSE);
  if (message == NULL)
    return;
  binding = g_new0 (Binding, 1);
  *binding = (Binding) { rows, asking, g_object_ref (app_message_get_calls (message)), 0, changed, owner };
  binding->handler = g_signal_connect (binding->calls, "items-changed", G_CALLBACK (on_items), binding);
  g_object_set_data_full (G_OBJECT (rows), KEY, binding, (GDestroyNotify) binding_free);
  if (g_list_model_get_n_items (binding->calls) > 0)
    on_items (binding->calls, 0, 0, g_list_model_get_n_items (binding->calls), binding);
}

gboolean
ui_tools_ask (AppMessage *message)
{
  GListModel *calls = app_message_get_calls (message);

  for (guint i = 0; i < g_list_model_get_n_items (calls); i++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, i);
    if (app_tool_call_get_state (call) != APP_CALL_UNKNOWN && ui_consent_row_is_needed (call))
      return TRUE;
  }
  return FALSE;
}
