/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-library-editor.h"

#include <glib/gi18n.h>

#include "ui-groups.h"
#include "ui-library-kinds.h"

struct _UiLibraryEditor {
  AdwWindow parent_instance;

  GtkWidget *box;
  GtkWidget *save;
  GtkEditable *name;
  GtkWidget *editor; /* of the kind */

  AppLibrary *library;
  AppLibraryItem *item; /* (nullable) */
};

enum { SAVED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiLibraryEditor, ui_library_editor, ADW_TYPE_WINDOW)

static char *
dup_name (UiLibraryEditor *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name)));

  return g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), APP_LIBRARY_MAX_NAME));
}

static void
update (UiLibraryEditor *self)
{
  g_autofree char *name = dup_name (self);

  gtk_widget_set_sensitive (self->save, *name != '\0');
}

static void
on_save (UiLibraryEditor *self)
{
  g_autofree char *name = dup_name (self);
  g_autofree char *text = ui_library_kind_of (self->library)->dup_edited (self->editor);

  if (*name == '\0' || text == NULL) {
    gtk_widget_grab_focus (*name == '\0' ? GTK_WIDGET (self->name) : self->editor);
    return;
  }
  if (self->item != NULL)
    app_library_change (self->library, self->item, name, text);
  else
    self->item = g_object_ref (app_library_add (self->library, name, text));
  g_signal_emit (self, signals[SAVED], 0, self->item);
  gtk_window_close (GTK_WINDOW (self));
}

static void
ui_library_editor_dispose (GObject *object)
{
  UiLibraryEditor *self = UI_LIBRARY_EDITOR (object);

  g_clear_object (&self->library);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (ui_library_editor_parent_class)->dispose (object);
}

static void
ui_library_editor_class_init (UiLibraryEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_library_editor_dispose;
  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_LIBRARY_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-library-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, UiLibraryEditor, box);
  gtk_widget_class_bind_template_child (widget_class, UiLibraryEditor, save);
  gtk_widget_class_bind_template_child (widget_class, UiLibraryEditor, name);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_library_editor_init (UiLibraryEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_groups_wrap (GTK_WIDGET (self));
}

GtkWidget *
ui_library_editor_new (GtkWindow *parent, AppLibrary *library, AppLibraryItem *item, const char *name, const char *text, AppSettings *settings, AppModels *models)
{
  UiLibraryEditor *self = g_object_new (UI_TYPE_LIBRARY_EDITOR, "transient-for", parent, NULL);
  const UiLibraryKind *kind = ui_library_kind_of (library);

  self->library = g_object_ref (library);
  g_set_object (&self->item, item);
  self->editor = kind->create_editor (item != NULL ? app_library_item_get_text (item) : text, settings, models);
  gtk_widget_set_vexpand (self->editor, TRUE);
  gtk_box_append (GTK_BOX (self->box), self->editor);
  gtk_editable_set_text (self->name, item != NULL ? app_library_item_get_name (item) : name);
  gtk_window_set_title (GTK_WINDOW (self), item != NULL ? _(kind->edit_title) : _(kind->new_title));
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
  update (self);
  return GTK_WIDGET (self);
}
