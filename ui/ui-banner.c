/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-banner.h"

#include "ui-column.h"

struct _UiBanner {
  GtkWidget parent_instance;

  GtkWidget *column;
  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (UiBanner, ui_banner, GTK_TYPE_WIDGET)

void
ui_banner_set_sentence (UiBanner *self, const char *sentence)
{
  gtk_label_set_text (self->label, sentence != NULL ? sentence : "");
  /* A screen reader reads it where it comes. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence != NULL ? sentence : "", -1);
  gtk_widget_set_visible (GTK_WIDGET (self), sentence != NULL);
}

static void
ui_banner_dispose (GObject *object)
{
  g_clear_pointer (&UI_BANNER (object)->column, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_banner_parent_class)->dispose (object);
}

static void
ui_banner_class_init (UiBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_banner_dispose;
  g_type_ensure (UI_TYPE_COLUMN);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, UiBanner, column);
  gtk_widget_class_bind_template_child (widget_class, UiBanner, label);
}

static void
ui_banner_init (UiBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
