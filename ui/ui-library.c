/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-library.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-conversation-settings.h"
#include "ui-groups.h"
#include "ui-library-editor.h"
#include "ui-library-kinds.h"
#include "ui-toast.h"
#include "ui-undo.h"

struct _UiLibrary {
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwPreferencesGroup *group;
  GtkListBox *list;
  GtkWidget *new_button;

  AppLibrary *library;
  AppSettings *settings; /* (nullable) */
  AppModels *models;
  const UiLibraryKind *kind;
};

enum { USE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiLibrary, ui_library, ADW_TYPE_WINDOW)

/* Rows */

static AppLibraryItem *
row_item (gpointer row)
{
  return g_object_get_data (G_OBJECT (row), "ui-item");
}

static void
update_row (AppLibraryItem *item, GParamSpec *pspec, AdwActionRow *row)
{
  UiLibrary *self = UI_LIBRARY (gtk_widget_get_ancestor (GTK_WIDGET (row), UI_TYPE_LIBRARY));
  g_autofree char *summary = self != NULL ? self->kind->summary (app_library_item_get_text (item), self->models) : NULL;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), app_library_item_get_name (item));
  if (summary != NULL)
    adw_action_row_set_subtitle (row, summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, app_library_item_get_name (item), -1);
}

static void
add_menu_item (GMenu *menu, const char *label, const char *action, AppLibraryItem *item)
{
  g_autoptr (GMenuItem) entry = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (entry, action, "s", app_library_item_get_key (item));
  g_menu_append_item (menu, entry);
}

static GtkWidget *
create_row (gpointer data, gpointer user_data)
{
  AppLibraryItem *item = data;
  UiLibrary *self = user_data;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *summary = self->kind->summary (app_library_item_get_text (item), self->models);
  /* Translators: %s is the name of a persona or a prompt. */
  g_autofree char *name = g_strdup_printf (_("Menu of %s"), app_library_item_get_name (item));
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title-lines", 1, "subtitle-lines", 2, "activatable", TRUE, NULL);
  GtkWidget *button;

  if (app_library_item_get_built_in (item)) {
    add_menu_item (menu, _("_Copy and edit…"), "library.copy", item);
    add_menu_item (menu, _("_Export…"), "library.export", item);
    add_menu_item (menu, _("_Hide"), "library.remove", item);
  } else {
    add_menu_item (menu, _("_Edit…"), "library.edit", item);
    add_menu_item (menu, _("_Copy and edit…"), "library.copy", item);
    add_menu_item (menu, _("E_xport…"), "library.export", item);
    add_menu_item (menu, _("_Remove"), "library.remove", item);
  }
  button = g_object_new (GTK_TYPE_MENU_BUTTON, "icon-name", "view-more-symbolic", "valign", GTK_ALIGN_CENTER, "has-frame", FALSE, "menu-model", menu, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_object_set_data_full (G_OBJECT (row), "ui-item", g_object_ref (item), g_object_unref);
  update_row (item, NULL, ADW_ACTION_ROW (row));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), summary); /* it is in no window yet */
  g_signal_connect_object (item, "notify::text", G_CALLBACK (update_row), row, 0);
  return row;
}

static void
on_activated (UiLibrary *self, GtkListBoxRow *row)
{
  g_autoptr (AppLibraryItem) item = g_object_ref (row_item (row));

  g_signal_emit (self, signals[USE], 0, item);
  gtk_window_close (GTK_WINDOW (self));
}

static void
update (UiLibrary *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "library.unhide", app_library_get_n_hidden (self->library) > 0);
}

/* Making and removing */

static void
edit (UiLibrary *self, AppLibraryItem *item, const char *name, const char *text)
{
  gtk_window_present (GTK_WINDOW (ui_library_editor_new (GTK_WINDOW (self), self->library, item, name, text, self->settings, self->models)));
}

typedef struct {
  AppLibrary *library;
  AppLibraryItem *item;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->library);
  g_object_unref (removal->item);
  g_free (removal);
}

static void
undo_removal (gpointer data)
{
  Removal *removal = data;

  app_library_restore (removal->library, removal->item);
}

static void
keep_removal (gpointer data)
{
}

static char *
removal_sentence (guint n, gpointer newest)
{
  Removal *removal = newest;

  if (n == 1 && app_library_item_get_built_in (removal->item))
    return g_strdup_printf (_("%s hidden"), app_library_item_get_name (removal->item));
  return ui_library_kind_of (removal->library)->removed (n, app_library_item_get_name (removal->item));
}

static const UiUndoKind removals = { "ui-undo-library", removal_sentence, undo_removal, keep_removal, removal_free };

static void
remove_item (UiLibrary *self, AppLibraryItem *item)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->library = g_object_ref (self->library);
  removal->item = g_object_ref (item);
  app_library_remove (self->library, item);
  ui_undo_offer (GTK_WIDGET (self->list), &removals, removal);
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, UiLibrary *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (keyval != GDK_KEY_Delete || focus == NULL || !GTK_IS_LIST_BOX_ROW (focus) || row_item (focus) == NULL)
    return GDK_EVENT_PROPAGATE;
  remove_item (self, row_item (focus));
  return GDK_EVENT_STOP;
}

/* Files */

/* Until the file is read: one byte more than is taken, so that too much is seen. */
typedef struct {
  UiLibrary *self;
  guchar bytes[APP_SETTINGS_MAX_BYTES + 1];
} Import;

static void
import_free (Import *import)
{
  g_object_unref (import->self);
  g_free (import);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;
  UiLibrary *self = import->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  gsize n_bytes = 0;

  if (g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n_bytes, &error))
    entries = app_library_parse (self->kind->kind, (const char *) import->bytes, n_bytes, &error);
  if (entries != NULL) {
    guint n = app_library_import (self->library, entries);
    g_autofree char *sentence = n > 0 ? g_strdup_printf (ngettext ("%u added", "%u added", n), n) : g_strdup (_("All of it is here already"));

    ui_toast (GTK_WIDGET (self->list), sentence);
  } else {
    ui_toast_error (GTK_WIDGET (self->list), error);
  }
  import_free (import);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  Import *import = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, &error);

  if (stream == NULL) {
    ui_toast_error (GTK_WIDGET (import->self->list), error);
    import_free (import);
    return;
  }
  g_input_stream_read_all_async (G_INPUT_STREAM (stream), import->bytes, sizeof import->bytes, G_PRIORITY_DEFAULT, NULL, on_read, import);
}

void
ui_library_import_file (UiLibrary *self, GFile *file)
{
  Import *import = g_new0 (Import, 1);

  import->self = g_object_ref (self);
  g_file_read_async (file, G_PRIORITY_DEFAULT, NULL, on_opened, import);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiLibrary) self = data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    ui_toast (GTK_WIDGET (self->list), _("Exported"));
  else
    ui_toast_error (GTK_WIDGET (self->list), error);
}

static void
on_file_chosen (GtkFileChooserNative *dialog, int response, UiLibrary *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  GBytes *json = g_object_get_data (G_OBJECT (dialog), "ui-json");

  if (file != NULL && json != NULL)
    g_file_replace_contents_bytes_async (file, json, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, on_written, g_object_ref (self));
  else if (file != NULL)
    ui_library_import_file (self, file);
  g_object_unref (dialog);
}

/* `json`: (transfer full) what is to be written; NULL: something is to be read */
static void
choose_file (UiLibrary *self, const char *title, char *json, const char *name)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, GTK_WINDOW (self), json != NULL ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN,
                                                              json != NULL ? _("_Export") : _("_Import"), _("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("JSON files"));
  gtk_file_filter_add_mime_type (filter, "application/json");
  gtk_file_filter_add_pattern (filter, "*.json");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  if (json != NULL) {
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
    g_object_set_data_full (G_OBJECT (dialog), "ui-json", g_bytes_new_take (json, strlen (json)), (GDestroyNotify) g_bytes_unref);
  }
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* Actions */

static void
action_all (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiLibrary *self = UI_LIBRARY (widget);

  if (g_str_equal (name, "library.new"))
    edit (self, NULL, "", "");
  else if (g_str_equal (name, "library.import"))
    choose_file (self, _("Import"), NULL, NULL);
  else if (g_str_equal (name, "library.export-all"))
    choose_file (self, _("Export all"), app_library_dup_json (self->library, NULL), _(self->kind->file_name));
  else
    app_library_unhide_all (self->library);
  update (self);
}

static void
action_one (GtkWidget *widget, const char *name, GVariant *key)
{
  UiLibrary *self = UI_LIBRARY (widget);
  AppLibraryItem *item = app_library_find (self->library, g_variant_get_string (key, NULL));

  if (item == NULL)
    return;
  if (g_str_equal (name, "library.edit")) {
    edit (self, item, NULL, NULL);
  } else if (g_str_equal (name, "library.copy")) {
    /* Translators: the name of a copy. */
    g_autofree char *copy = g_strdup_printf (_("%s (copy)"), app_library_item_get_name (item));

    edit (self, NULL, copy, app_library_item_get_text (item));
  } else if (g_str_equal (name, "library.export")) {
    g_autofree char *file_name = g_strdelimit (g_strdup_printf ("%s.json", app_library_item_get_name (item)), "/", '-');

    choose_file (self, _("Export"), app_library_dup_json (self->library, item), file_name);
  } else {
    remove_item (self, item);
    update (self);
  }
}

/* Object */

static void
on_failed (UiLibrary *self, const char *sentence)
{
  ui_toast (GTK_WIDGET (self->list), sentence);
}

static void
ui_library_dispose (GObject *object)
{
  UiLibrary *self = UI_LIBRARY (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  self->list = NULL;
  g_clear_object (&self->library);
  g_clear_object (&self->settings);
  g_clear_object (&self->models);
  G_OBJECT_CLASS (ui_library_parent_class)->dispose (object);
}

static void
ui_library_class_init (UiLibraryClass *klass)
{
  static const char *const all[] = { "library.new", "library.import", "library.export-all", "library.unhide" };
  static const char *const one[] = { "library.edit", "library.copy", "library.export", "library.remove" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_library_dispose;
  signals[USE] = g_signal_new ("use", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_LIBRARY_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-library.ui");
  gtk_widget_class_bind_template_child (widget_class, UiLibrary, toasts);
  gtk_widget_class_bind_template_child (widget_class, UiLibrary, group);
  gtk_widget_class_bind_template_child (widget_class, UiLibrary, list);
  gtk_widget_class_bind_template_child (widget_class, UiLibrary, new_button);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gtk_widget_class_install_action (widget_class, all[i], NULL, action_all);
  for (guint i = 0; i < G_N_ELEMENTS (one); i++)
    gtk_widget_class_install_action (widget_class, one[i], "s", action_one);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_library_init (UiLibrary *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  ui_groups_wrap (GTK_WIDGET (self));
  ui_toast_name_buttons (GTK_WIDGET (self->toasts));
  gtk_event_controller_set_name (key, "ui-library-keys");
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), key);
}

GtkWidget *
ui_library_new (GtkWindow *parent, AppLibrary *library, AppSettings *settings, AppModels *models)
{
  UiLibrary *self = g_object_new (UI_TYPE_LIBRARY, "transient-for", parent, NULL);

  self->library = g_object_ref (library);
  g_set_object (&self->settings, settings);
  self->models = g_object_ref (models);
  self->kind = ui_library_kind_of (library);
  gtk_window_set_title (GTK_WINDOW (self), _(self->kind->title));
  adw_preferences_group_set_description (self->group, _(self->kind->about));
  gtk_widget_set_tooltip_text (self->new_button, _(self->kind->new_title));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->new_button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(self->kind->new_title), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _(self->kind->title), -1);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (library), create_row, self, NULL);
  g_signal_connect_object (library, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
