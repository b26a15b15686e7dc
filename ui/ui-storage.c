/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-storage.h"

#include <glib/gi18n.h>

#include "app-backup.h"
#include "app-size.h"
#include "app-storage.h"

struct _UiStorage {
  AdwPreferencesPage parent_instance;

  AdwPreferencesGroup *things;
  GtkWidget *write;
  GtkWidget *read;

  GtkLabel *sizes[APP_STORAGE_N_THINGS];
  GtkWidget *clear[APP_STORAGE_N_THINGS]; /* NULL where it cannot be cleared */

  AppHistory *history;
  char *models_directory;
  GCancellable *cancellable; /* of what is under way; cancelled with the page */
};

enum { RESTORE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiStorage, ui_storage, ADW_TYPE_PREFERENCES_PAGE)

static const struct {
  const char *title, *subtitle;
} words[APP_STORAGE_N_THINGS] = {
  [APP_STORAGE_HISTORY] = { N_("Conversations"), N_("With everything that is attached to them") },
  [APP_STORAGE_MODELS] = { N_("Models"), N_("Remove those that you do not need on the model page") },
  [APP_STORAGE_DOWNLOADS] = { N_("Half-finished downloads"), N_("Go on with them, or cancel them, on the model page") },
  [APP_STORAGE_OLD] = { N_("Earlier histories"), N_("From before an update or a restored backup; what you deleted since may still be in them") },
};

/* Toasts go to the window of the preferences. */
static void
tell (UiStorage *self, const char *sentence)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  AdwToast *toast;

  if (!ADW_IS_PREFERENCES_WINDOW (root)) {
    g_message ("%s", sentence);
    return;
  }
  toast = adw_toast_new (sentence);
  adw_toast_set_timeout (toast, 8);
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root), toast);
}

/* ---- what takes how much ---- */

static void
on_measured (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiStorage) self = data;
  AppStorage storage;

  if (!app_storage_measure_finish (result, &storage, NULL))
    return;
  for (int thing = 0; thing < APP_STORAGE_N_THINGS; thing++) {
    g_autofree char *size = app_size_dup_text (storage.bytes[thing]);

    gtk_label_set_text (self->sizes[thing], size);
    if (self->clear[thing] != NULL)
      gtk_widget_set_sensitive (self->clear[thing], storage.bytes[thing] > 0);
  }
}

static void
measure (UiStorage *self)
{
  app_storage_measure_async (app_history_get_path (self->history), self->models_directory, self->cancellable, on_measured, g_object_ref (self));
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiStorage) self = data;
  g_autoptr (GError) error = NULL;

  if (!app_storage_clear_finish (result, &error))
    tell (self, error->message);
  measure (self);
}

static void
on_clear_response (AdwMessageDialog *dialog, const char *response, UiStorage *self)
{
  AppStorageThing thing = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "ui-storage-thing"));

  if (g_str_equal (response, "delete"))
    app_storage_clear_async (thing, app_history_get_path (self->history), self->models_directory, on_cleared, g_object_ref (self));
}

/* It cannot be undone, so it is asked about. */
static void
on_clear (GtkWidget *button, UiStorage *self)
{
  GtkRoot *root = gtk_widget_get_root (button);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _("Delete the earlier histories?"),
                                              _("What is in the conversations now stays. This cannot be undone."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "delete", _("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data (G_OBJECT (dialog), "ui-storage-thing", g_object_get_data (G_OBJECT (button), "ui-storage-thing"));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_clear_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
add_thing (UiStorage *self, AppStorageThing thing)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", _(words[thing].title), "subtitle", _(words[thing].subtitle), NULL);

  self->sizes[thing] = GTK_LABEL (gtk_label_new ("…"));
  gtk_widget_add_css_class (GTK_WIDGET (self->sizes[thing]), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->sizes[thing]), "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (self->sizes[thing]));
  if (app_storage_can_clear (thing)) {
    GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
    g_autofree char *name = g_strdup_printf (_("Delete: %s"), _(words[thing].title));

    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_widget_set_sensitive (button, FALSE);
    gtk_widget_add_css_class (button, "flat");
    gtk_widget_set_tooltip_text (button, _("Delete"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    g_object_set_data (G_OBJECT (button), "ui-storage-thing", GINT_TO_POINTER (thing));
    g_signal_connect_object (button, "clicked", G_CALLBACK (on_clear), self, 0);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    self->clear[thing] = button;
  }
  adw_preferences_group_add (self->things, row);
}

/* ---- backup ---- */

static void
set_busy (UiStorage *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->write, !busy);
  gtk_widget_set_sensitive (self->read, !busy);
}

static GtkFileChooserNative *
choose_file (UiStorage *self, GtkFileChooserAction action, const char *title, const char *accept)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action, accept, _("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_add_pattern (filter, "*.melete-backup");
  gtk_file_filter_set_name (filter, _("Backups of Melete"));
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  return dialog;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiStorage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean written = app_backup_write_finish (APP_HISTORY (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, FALSE);
  tell (self, written ? _("Everything is backed up") : error->message);
}

static void
on_write_response (GtkNativeDialog *dialog, int response, UiStorage *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

    set_busy (self, TRUE);
    app_backup_write_async (self->history, file, self->cancellable, on_written, g_object_ref (self));
  }
  g_object_unref (dialog);
}

static void
on_write (UiStorage *self)
{
  GtkFileChooserNative *dialog = choose_file (self, GTK_FILE_CHOOSER_ACTION_SAVE, _("Back up everything"), _("_Back up"));
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "Melete %Y-%m-%d.melete-backup");

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_write_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_restore_response (AdwMessageDialog *dialog, const char *response, UiStorage *self)
{
  if (g_str_equal (response, "restore"))
    g_signal_emit (self, signals[RESTORE], 0, g_object_get_data (G_OBJECT (dialog), "ui-storage-info"));
  else
    app_backup_discard (app_history_get_path (self->history));
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiStorage) self = data;
  g_autoptr (GError) error = NULL;
  AppBackupInfo *info = app_backup_read_finish (result, &error);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autoptr (GDateTime) created = NULL;
  g_autofree char *day = NULL, *conversations = NULL, *messages = NULL, *body = NULL;
  GtkWidget *dialog;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, FALSE);
  if (info == NULL) {
    tell (self, error->message);
    return;
  }
  created = g_date_time_new_from_unix_local (info->created);
  day = g_date_time_format (created, "%x");
  conversations = g_strdup_printf (ngettext ("%'u conversation", "%'u conversations", info->n_conversations), info->n_conversations);
  messages = g_strdup_printf (ngettext ("%'u message", "%'u messages", info->n_messages), info->n_messages);
  /* Translators: a date, then “12 conversations”, then “340 messages”. */
  body = g_strdup_printf (_("The backup of %s has %s with %s. What is here now is set aside; you can delete it on this page afterwards."), day, conversations, messages);
  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _("Replace everything with this backup?"), body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "restore", _("_Replace"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "restore", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "ui-storage-info", info, (GDestroyNotify) app_backup_info_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_restore_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_read_response (GtkNativeDialog *dialog, int response, UiStorage *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

    set_busy (self, TRUE);
    app_backup_read_async (app_history_get_path (self->history), file, self->cancellable, on_checked, g_object_ref (self));
  }
  g_object_unref (dialog);
}

static void
on_read (UiStorage *self)
{
  GtkFileChooserNative *dialog = choose_file (self, GTK_FILE_CHOOSER_ACTION_OPEN, _("Restore a backup"), _("_Open"));

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_read_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- object ---- */

UiStorage *
ui_storage_new (AppHistory *history, const char *models_directory)
{
  UiStorage *self = g_object_new (UI_TYPE_STORAGE, NULL);

  self->history = g_object_ref (history);
  self->models_directory = g_strdup (models_directory);
  measure (self);
  /* A history in memory has nowhere to be restored to. */
  gtk_widget_set_sensitive (self->read, !g_str_equal (app_history_get_path (history), ":memory:"));
  return self;
}

static void
ui_storage_dispose (GObject *object)
{
  UiStorage *self = UI_STORAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->history);
  G_OBJECT_CLASS (ui_storage_parent_class)->dispose (object);
}

static void
ui_storage_finalize (GObject *object)
{
  UiStorage *self = UI_STORAGE (object);

  g_clear_object (&self->cancellable);
  g_free (self->models_directory);
  G_OBJECT_CLASS (ui_storage_parent_class)->finalize (object);
}

static void
ui_storage_class_init (UiStorageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_storage_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_storage_finalize;
  signals[RESTORE] = g_signal_new ("restore", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-storage.ui");
  gtk_widget_class_bind_template_child (widget_class, UiStorage, things);
  gtk_widget_class_bind_template_child (widget_class, UiStorage, write);
  gtk_widget_class_bind_template_child (widget_class, UiStorage, read);
  gtk_widget_class_bind_template_callback (widget_class, on_write);
  gtk_widget_class_bind_template_callback (widget_class, on_read);
}

static void
ui_storage_init (UiStorage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  for (int thing = 0; thing < APP_STORAGE_N_THINGS; thing++)
    add_thing (self, thing);
}
