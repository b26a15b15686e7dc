/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-notices.h"

void
ui_notices_update (GtkBox *box, const char *const *notices)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
  for (guint i = 0; notices[i] != NULL; i++) {
    GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", notices[i], "wrap", TRUE, "xalign", 0.0, "selectable", TRUE, NULL);

    gtk_widget_add_css_class (label, "notice");
    gtk_box_append (box, label);
  }
  gtk_widget_set_visible (GTK_WIDGET (box), notices[0] != NULL);
}
