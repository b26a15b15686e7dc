/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-desk-ask.h"

#include <glib/gi18n.h>

typedef struct {
  AppPick *pick;
  UiDeskAskFunc func;
  gpointer data;
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  app_pick_free (asked->pick);
  g_free (asked);
}

static void
on_activate (GtkEntry *entry, GtkWidget *popover)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (entry));
  Asked *asked = g_object_get_data (G_OBJECT (popover), "asked");

  if (*words != '\0')
    asked->func (words, asked->pick, asked->data);
  gtk_popover_popdown (GTK_POPOVER (popover));
}

static void
on_icon (GtkEntry *entry, GtkEntryIconPosition position, GtkWidget *popover)
{
  on_activate (entry, popover);
}

GtkWidget *
ui_desk_ask (GtkWidget *parent, const UiPreviewPick *picked, UiDeskAskFunc func, gpointer data)
{
  GtkWidget *popover = gtk_popover_new (), *entry = gtk_entry_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *label;
  g_autofree char *what = g_strdup (picked->text != NULL ? picked->text : "");
  g_autofree char *shown = NULL;
  Asked *asked = g_new0 (Asked, 1);

  *asked = (Asked) { app_pick_new (picked->selector, picked->part, picked->text, picked->html), func, data };
  g_object_set_data_full (G_OBJECT (popover), "asked", asked, asked_free);
  g_strstrip (g_strdelimit (what, "\n\t\r", ' '));
  shown = *what != '\0' ? g_strdup_printf (_("About “%s”"), what) : g_strdup (_("About what you pointed at"));
  label = g_object_new (GTK_TYPE_LABEL, "label", shown, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, "max-width-chars", 34, NULL);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("What should be different?"));
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (entry), GTK_ENTRY_ICON_SECONDARY, "mail-send-symbolic");
  gtk_entry_set_icon_tooltip_text (GTK_ENTRY (entry), GTK_ENTRY_ICON_SECONDARY, _("Ask for the change"));
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 30);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What should be different?"), -1);
  g_signal_connect_object (entry, "activate", G_CALLBACK (on_activate), popover, 0);
  g_signal_connect_object (entry, "icon-press", G_CALLBACK (on_icon), popover, 0);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_widget_set_parent (popover, parent);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle) { picked->x, picked->y, MAX (picked->width, 1), MAX (picked->height, 1) });
  gtk_popover_popup (GTK_POPOVER (popover));
  gtk_widget_grab_focus (entry);
  return popover;
}
