/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-shortcuts.h"

#include <glib/gi18n.h>

struct _UiShortcuts {
  AdwWindow parent_instance;
};

G_DEFINE_FINAL_TYPE (UiShortcuts, ui_shortcuts, ADW_TYPE_WINDOW)

/* Never Alt or Super alone. */
static const UiShortcut shortcuts[] = {
  { N_("Writing and reading"), N_("New conversation"), "win.new", { "<Control>n" } },
  { NULL, N_("New temporary conversation"), "win.new-temporary", { "<Control><Shift>n" } },
  { NULL, N_("Write to the model"), "win.composer", { "<Control>l" } },
  { NULL, N_("Send"), NULL, { "Return", "<Control>Return" } },
  { NULL, N_("Break the line"), NULL, { "<Shift>Return" } },
  { NULL, N_("Attach files"), "win.attach", { "<Control>o" } },
  { NULL, N_("Record sound"), "win.microphone", { "<Control>m" } },
  { NULL, N_("Take a picture"), "win.camera", { "<Control><Shift>m" } },
  { NULL, N_("Stop"), "win.stop", { "Escape" } },
  { NULL, N_("Answer again"), "win.regenerate", { "<Control>r" } },
  { NULL, N_("Compare with another model"), "win.compare", { "<Control><Shift>r" } },
  { NULL, N_("Copy the answer"), "win.copy", { "<Control><Shift>c" } },
  { NULL, N_("What was made"), "win.desk", { "<Control>d" } },
  { NULL, N_("Edit and send again"), "win.edit", { "<Control>e" } },
  { NULL, N_("Find a prompt, in an empty composer"), NULL, { "slash" } },
  { NULL, N_("Prompts"), "win.prompts", { "<Control><Shift>p" } },
  { NULL, N_("Conversation settings"), "win.conversation-settings", { "<Control>i" } },
  { N_("List of conversations"), N_("Sidebar"), "win.sidebar", { "F9" } },
  { NULL, N_("Search"), "win.search", { "<Control>f" } },
  { NULL, N_("Rename, in the list"), NULL, { "F2" } },
  { NULL, N_("Delete, in the list"), NULL, { "Delete" } },
  { N_("Program"), N_("Main menu"), NULL, { "F10" } },
  { NULL, N_("Preferences"), "app.preferences", { "<Control>comma" } },
  { NULL, N_("Keyboard shortcuts"), "win.shortcuts", { "<Control>question", "<Control><Shift>question" } },
  { NULL, N_("Close the window"), "window.close", { "<Control>w" } },
  { NULL, N_("Quit"), "app.quit", { "<Control>q" } },
};

const UiShortcut *
ui_shortcuts_get (guint *n_shortcuts)
{
  *n_shortcuts = G_N_ELEMENTS (shortcuts);
  return shortcuts;
}

static GtkWidget *
create_row (const UiShortcut *shortcut)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", _(shortcut->title), NULL);
  /* Send has two keys, of which the preferences can switch off the first; where an action has two, the second is for other keyboards. */
  g_autofree char *both = shortcut->action == NULL && shortcut->accelerators[1] != NULL ? g_strjoin (" ", shortcut->accelerators[0], shortcut->accelerators[1], NULL) : NULL;
  GtkWidget *keys = gtk_shortcut_label_new (both != NULL ? both : shortcut->accelerators[0]);

  gtk_widget_set_valign (keys, GTK_ALIGN_CENTER);
  /* Keys stand in the order in which they are pressed, in every language. */
  gtk_widget_set_direction (keys, GTK_TEXT_DIR_LTR);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), keys);
  return row;
}

GtkWidget *
ui_shortcuts_new (GtkWindow *parent)
{
  UiShortcuts *self = g_object_new (UI_TYPE_SHORTCUTS, "transient-for", parent, "modal", TRUE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();
  AdwPreferencesGroup *group = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++) {
    if (shortcuts[i].group != NULL) {
      group = g_object_new (ADW_TYPE_PREFERENCES_GROUP, "title", _(shortcuts[i].group), NULL);
      adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), group);
    }
    adw_preferences_group_add (group, create_row (&shortcuts[i]));
  }
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
  return GTK_WIDGET (self);
}

static void
ui_shortcuts_class_init (UiShortcutsClass *klass)
{
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_shortcuts_init (UiShortcuts *self)
{
  gtk_window_set_title (GTK_WINDOW (self), _("Keyboard shortcuts"));
  gtk_window_set_default_size (GTK_WINDOW (self), 460, 680);
}
