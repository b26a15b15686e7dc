/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-groups.h"

#include "ui-beside-layout.h"

void
ui_groups_wrap (GtkWidget *root)
{
  if (ADW_IS_PREFERENCES_GROUP (root)) {
    GObject *description = gtk_widget_get_template_child (root, ADW_TYPE_PREFERENCES_GROUP, "description");

    /* In a box of words, which stands beside what a group may have at its end. */
    if (description != NULL)
      gtk_widget_set_layout_manager (gtk_widget_get_parent (gtk_widget_get_parent (GTK_WIDGET (description))), g_object_new (UI_TYPE_BESIDE_LAYOUT, NULL));
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    ui_groups_wrap (child);
}
