/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-row-menu.h"

#include <glib/gi18n.h>

GtkWidget *
ui_row_menu_new (const UiRowMenuItem *items, guint n_items, const char *name, gint64 id)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *title = g_strdup_printf (_("Menu of %s"), name);
  GtkWidget *button = gtk_menu_button_new ();

  for (guint i = 0; i < n_items; i++) {
    g_autoptr (GMenuItem) item = g_menu_item_new (_(items[i].label), NULL);

    g_menu_item_set_action_and_target (item, items[i].action, "x", id);
    g_menu_append_item (menu, item);
  }
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_set_tooltip_text (button, title);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return button;
}

void
ui_row_menu_name_lists (GtkWidget *widget, const char *name)
{
  if (GTK_IS_LIST_BOX (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    ui_row_menu_name_lists (child, name);
}
