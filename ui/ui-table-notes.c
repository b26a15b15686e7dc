/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-notes.h"

#include <glib/gi18n.h>

#include "tables/table-notes.h"

/* Of the list, in pixels. */
#define WIDTH 310
#define MOST_HEIGHT 380

/* One for each row that a note speaks of. */
typedef struct {
  UiTableNotesGo go;
  gpointer data;
  gint64 number;
  int column;
  GtkMenuButton *button;
} Place;

static void
place_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

static void
on_go (GtkButton *button, Place *place)
{
  gtk_menu_button_popdown (place->button);
  place->go (place->data, place->number, place->column);
}

/* These the summary says. */
static gboolean
is_said (const MediaNote *note)
{
  return note->kind == MEDIA_NOTE_ENCODING || note->kind == MEDIA_NOTE_DELIMITER;
}

static GtkWidget *
make_line (const AppTable *table, const MediaNote *note, const Place *go)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autofree char *sentence = table_note_dup_sentence (table, note);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", sentence, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0, "hexpand", TRUE, "max-width-chars", 44, NULL);

  gtk_box_append (GTK_BOX (box), label);
  if (note->row > 0) {
    Place *place = g_new (Place, 1);
    GtkWidget *button = gtk_button_new_from_icon_name ("go-jump-symbolic");
    g_autofree char *name = g_strdup_printf (_("Show row %'lu"), (gulong) note->row);

    *place = *go;
    place->number = (gint64) note->row;
    place->column = note->column;
    g_object_set (button, "has-frame", FALSE, "valign", GTK_ALIGN_CENTER, "tooltip-text", name, NULL);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    g_signal_connect_data (button, "clicked", G_CALLBACK (on_go), place, place_free, 0);
    gtk_box_append (GTK_BOX (box), button);
  }
  return box;
}

void
ui_table_notes_fill (GtkMenuButton *button, GtkLabel *count, AppDataset *dataset, guint place, UiTableNotesGo go, gpointer data)
{
  const AppTable *table = g_ptr_array_index (app_dataset_get_tables (dataset), place);
  GtkWidget *popover = gtk_popover_new (), *scroller = gtk_scrolled_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  const Place to = { go, data, 0, -1, button };
  gulong n = 0;
  int height;

  for (guint i = 0; i < table->notes->len; i++) {
    const MediaNote *note = g_ptr_array_index (table->notes, i);
    if (!is_said (note)) {
      if (n++ > 0)
        gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
      gtk_box_append (GTK_BOX (box), make_line (table, note, &to));
    }
  }
  g_autofree char *label = g_strdup_printf (ngettext ("%'lu remark", "%'lu remarks", n), n), *digits = g_strdup_printf ("%'lu", n);
  g_object_set (box, "margin-top", 8, "margin-bottom", 8, "margin-start", 8, "margin-end", 8, NULL);
  g_object_set (scroller, "hscrollbar-policy", GTK_POLICY_NEVER, "width-request", WIDTH, "child", box, NULL);
  gtk_popover_set_child (GTK_POPOVER (popover), scroller);
  /* The lines are broken, so their height is known for a width alone. */
  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, WIDTH, NULL, &height, NULL, NULL);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), MIN (height, MOST_HEIGHT));
  gtk_accessible_update_property (GTK_ACCESSIBLE (popover), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What was found while reading"), -1);
  gtk_menu_button_set_popover (button, popover);
  gtk_label_set_text (count, digits);
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_visible (GTK_WIDGET (button), n > 0);
}
