/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-queue-row.h"

#include <glib/gi18n.h>

#include "ui-direction.h"

struct _UiQueueRow {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *text;
  GtkWidget *files;
  GtkLabel *files_label;
  GtkWidget *actions;
  GtkWidget *send_now;

  AppQueued *queued;
};

enum { EDIT, REMOVE, SEND_NOW, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiQueueRow, ui_queue_row, GTK_TYPE_WIDGET)

static char *
dup_names (AppTurn *turn)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < app_turn_get_n_attachments (turn); i++) {
    if (i > 0)
      g_string_append (names, ", ");
    g_string_append (names, app_attachment_get_name (app_turn_get_attachment (turn, i)));
  }
  return g_string_free (names, FALSE);
}

static void
update (UiQueueRow *self)
{
  AppTurn *turn = app_queued_get_turn (self->queued);
  const char *words = app_turn_get_text (turn);
  g_autofree char *names = dup_names (turn);
  /* Lines of a poem or a program would fill the row with their beginnings. */
  g_autofree char *line = g_strdelimit (g_strdup (words), "\n\t", ' ');
  /* Translators: %s is what the person wrote, or the names of the files. */
  g_autofree char *name = g_strdup_printf (_("Waits to be sent: %s"), *line != '\0' ? line : names);

  gtk_label_set_text (self->text, line);
  gtk_widget_set_visible (GTK_WIDGET (self->text), *line != '\0');
  gtk_label_set_text (self->files_label, names);
  gtk_widget_set_visible (self->files, *names != '\0');
  ui_direction_set (GTK_WIDGET (self->text), ui_direction_of_text (words));
  /* Files stand where the words begin. */
  ui_direction_set (self->files, ui_direction_of_text (words));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_sensitive (self->actions, !app_queued_get_edited (self->queued) && !app_queued_get_sending (self->queued));
  if (app_queued_get_edited (self->queued))
    gtk_widget_add_css_class (GTK_WIDGET (self), "edited");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "edited");
}

static void
on_edit (UiQueueRow *self)
{
  g_signal_emit (self, signals[EDIT], 0);
}

static void
on_remove (UiQueueRow *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

static void
on_send_now (UiQueueRow *self)
{
  g_signal_emit (self, signals[SEND_NOW], 0);
}

AppQueued *
ui_queue_row_get_queued (UiQueueRow *self)
{
  return self->queued;
}

void
ui_queue_row_set_can_send_now (UiQueueRow *self, gboolean can)
{
  gtk_widget_set_visible (self->send_now, can);
}

static void
ui_queue_row_dispose (GObject *object)
{
  UiQueueRow *self = UI_QUEUE_ROW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  if (self->queued != NULL)
    g_signal_handlers_disconnect_by_data (self->queued, self);
  g_clear_object (&self->queued);
  G_OBJECT_CLASS (ui_queue_row_parent_class)->dispose (object);
}

static void
ui_queue_row_class_init (UiQueueRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_queue_row_dispose;
  signals[EDIT] = g_signal_new ("edit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SEND_NOW] = g_signal_new ("send-now", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-queue-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UiQueueRow, box);
  gtk_widget_class_bind_template_child (widget_class, UiQueueRow, text);
  gtk_widget_class_bind_template_child (widget_class, UiQueueRow, files);
  gtk_widget_class_bind_template_child (widget_class, UiQueueRow, files_label);
  gtk_widget_class_bind_template_child (widget_class, UiQueueRow, actions);
  gtk_widget_class_bind_template_child (widget_class, UiQueueRow, send_now);
  gtk_widget_class_bind_template_child_full (widget_class, "edit", FALSE, 0);
  gtk_widget_class_bind_template_child_full (widget_class, "remove", FALSE, 0);
  gtk_widget_class_bind_template_callback (widget_class, on_edit);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  gtk_widget_class_bind_template_callback (widget_class, on_send_now);
  gtk_widget_class_set_css_name (widget_class, "queuerow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
ui_queue_row_init (UiQueueRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ui_queue_row_new (AppQueued *queued)
{
  UiQueueRow *self = g_object_new (UI_TYPE_QUEUE_ROW, NULL);

  self->queued = g_object_ref (queued);
  g_signal_connect_object (queued, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
