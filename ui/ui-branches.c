/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-branches.h"

#include <glib/gi18n.h>

struct _UiBranches {
  GtkWidget parent_instance;

  GtkWidget *previous;
  GtkLabel *label;
  GtkWidget *next;

  AppMessage *message;
};

G_DEFINE_FINAL_TYPE (UiBranches, ui_branches, GTK_TYPE_WIDGET)

static void
update (UiBranches *self)
{
  guint index = app_message_get_branch_index (self->message);
  guint count = app_message_get_branch_count (self->message);
  g_autofree char *text = g_strdup_printf ("%u/%u", index + 1, count);
  g_autofree char *name = g_strdup_printf (_("Version %u of %u"), index + 1, count);

  gtk_label_set_text (self->label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->label), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_sensitive (self->previous, index > 0);
  gtk_widget_set_sensitive (self->next, index + 1 < count);
  gtk_widget_set_visible (GTK_WIDGET (self), count > 1);
}

static void
walk (UiBranches *self, int step)
{
  guint index;

  /* Assistive technology can press a button of a row that waits to be used again. */
  if (self->message == NULL)
    return;
  index = app_message_get_branch_index (self->message) + step;
  gtk_widget_activate_action (GTK_WIDGET (self), "transcript.branch", "(xu)", app_message_get_id (self->message), index);
}

static void
on_previous (UiBranches *self)
{
  walk (self, -1);
}

static void
on_next (UiBranches *self)
{
  walk (self, 1);
}

void
ui_branches_set_message (UiBranches *self, AppMessage *message)
{
  if (self->message == message)
    return;
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_func (self->message, update, self);
  g_set_object (&self->message, message);
  if (message == NULL)
    return;
  g_signal_connect_object (message, "notify::branch-index", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::branch-count", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
ui_branches_dispose (GObject *object)
{
  UiBranches *self = UI_BRANCHES (object);
  GtkWidget *child;

  ui_branches_set_message (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ui_branches_parent_class)->dispose (object);
}

static void
ui_branches_class_init (UiBranchesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_branches_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-branches.ui");
  gtk_widget_class_bind_template_child (widget_class, UiBranches, previous);
  gtk_widget_class_bind_template_child (widget_class, UiBranches, label);
  gtk_widget_class_bind_template_child (widget_class, UiBranches, next);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_branches_init (UiBranches *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
