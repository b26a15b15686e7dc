/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-tools.h"

#include <glib/gi18n.h>

#include "app-tool-call.h"
#include "ui-consent-row.h"
#include "ui-markdown.h"
#include "ui-sources.h"
#include "ui-spoken.h"
#include "ui-tool-row.h"

/* What the boxes show; it lives as long as they show it. */
typedef struct {
  GtkBox *rows, *asking; /* of the same widget as what owns this */
  GListModel *calls;
  gulong handler;
  void (*changed) (gpointer owner);
  GObject *owner;
  gsize place; /* bytes of the answer that are shown between the rows */
} Binding;

/* Of what is shown there: its bytes. */
#define FROM_KEY "melete-from"
#define TO_KEY "melete-to"

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

/* What was written before a call stands before its row. */
static void
add_row (Binding *binding, AppToolCall *call)
{
  gsize place = app_tool_call_get_place (call);

  if (place > binding->place) {
    GtkWidget *words = g_object_new (UI_TYPE_MARKDOWN, NULL);

    g_object_set_data (G_OBJECT (words), FROM_KEY, GSIZE_TO_POINTER (binding->place));
    g_object_set_data (G_OBJECT (words), TO_KEY, GSIZE_TO_POINTER (place));
    gtk_accessible_update_property (GTK_ACCESSIBLE (words), GTK_ACCESSIBLE_PROPERTY_LABEL, _("The model’s words"), -1);
    gtk_box_append (binding->rows, words);
    binding->place = place;
  }
  gtk_box_append (binding->rows, ui_tool_row_new (call));
}

static void
on_items (GListModel *calls, guint position, guint removed, guint added, Binding *binding)
{
  guint first = removed > 0 ? 0 : position;

  /* One that was none in the end goes again, and the words around it are together. */
  if (removed > 0) {
    clear (binding->rows);
    binding->place = 0;
  }
  for (guint i = first; i < position + added || (removed > 0 && i < g_list_model_get_n_items (calls)); i++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, i);

    add_row (binding, call);
  }
  for (guint i = position; i < position + added; i++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, i);

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
  *binding = (Binding) { rows, asking, g_object_ref (app_message_get_calls (message)), 0, changed, owner, 0 };
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

char *
ui_tools_draw (GtkBox *rows, AppMessage *message)
{
  const Binding *binding = g_object_get_data (G_OBJECT (rows), KEY);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (rows)); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    g_autofree char *text = NULL;

    if (!UI_IS_MARKDOWN (child))
      continue;
    text = g_strstrip (ui_sources_dup_cited_part (message, GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (child), FROM_KEY)), GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (child), TO_KEY))));
    ui_markdown_set_text (UI_MARKDOWN (child), text, FALSE);
    gtk_widget_set_visible (child, *text != '\0');
  }
  return ui_sources_dup_cited_part (message, binding != NULL ? binding->place : 0, G_MAXSIZE);
}

void
ui_tools_mark (GtkWidget *root, GArray *ranges)
{
  if (UI_IS_MARKDOWN (root)) {
    GArray *own = NULL;

    for (guint i = 0; ranges != NULL && i < ranges->len; i++) {
      UiSpokenRange range = g_array_index (ranges, UiSpokenRange, i);

      if (!gtk_widget_is_ancestor (GTK_WIDGET (range.label), root))
        continue;
      if (own == NULL)
        own = ui_spoken_ranges_new ();
      g_object_ref (range.label);
      g_array_append_val (own, range);
    }
    ui_markdown_set_marks (UI_MARKDOWN (root), own);
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    ui_tools_mark (child, ranges);
}
