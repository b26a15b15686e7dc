/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-folders.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui-toast.h"
#include "ui-undo.h"

void
ui_folders_fill_menu (GMenu *menu, AppFolders *folders, AppConversation *conversation)
{
  gint64 id = app_conversation_get_id (conversation);
  gint64 own = app_conversation_get_folder (conversation);
  g_autoptr (GMenu) places = g_menu_new ();
  g_autoptr (GMenu) others = g_menu_new ();
  g_autoptr (GMenuItem) fresh = g_menu_item_new (_("_New folder…"), NULL);

  for (guint i = 0; folders != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (folders)); i++) {
    g_autoptr (AppFolder) folder = g_list_model_get_item (G_LIST_MODEL (folders), i);
    g_auto (GStrv) parts = g_strsplit (app_folder_get_name (folder), "_", -1);
    /* In a menu one underscore marks a key. */
    g_autofree char *label = g_strjoinv ("__", parts);
    g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

    if (app_folder_get_id (folder) == own)
      continue;
    g_menu_item_set_action_and_target (item, "sidebar.move", "(xx)", id, app_folder_get_id (folder));
    g_menu_append_item (places, item);
  }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (places));
  if (own != 0) {
    g_autoptr (GMenuItem) out = g_menu_item_new (_("N_o folder"), NULL);

    g_menu_item_set_action_and_target (out, "sidebar.move", "(xx)", id, (gint64) 0);
    g_menu_append_item (others, out);
  }
  g_menu_item_set_action_and_target (fresh, "sidebar.new-folder", "x", id);
  g_menu_append_item (others, fresh);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (others));
}

/* ---- names ---- */

/* A dialog that asks for a name, and for what. */
typedef struct {
  GtkWidget *widget;
  AppFolders *folders;
  AppFolder *folder;             /* NULL: a new one */
  AppConversation *conversation; /* nullable */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->widget);
  g_object_unref (question->folders);
  g_clear_object (&question->folder);
  g_clear_object (&question->conversation);
  g_free (question);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppFolder) folder = app_folders_add_finish (APP_FOLDERS (source), result, &error);

  if (folder == NULL)
    ui_toast_error (question->widget, error);
  else if (question->conversation != NULL)
    app_conversation_set_folder_async (question->conversation, app_folder_get_id (folder), ui_toast_on_done,
                                       ui_toast_done_new (question->widget, (UiToastFinish) app_conversation_set_folder_finish));
  question_free (question);
}

static void
on_named (AdwMessageDialog *dialog, const char *response, Question *question)
{
  const char *name = gtk_editable_get_text (GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog)));

  if (!g_str_equal (response, "name")) {
    question_free (question);
  } else if (question->folder != NULL) {
    app_folders_rename_async (question->folders, question->folder, name, ui_toast_on_done,
                              ui_toast_done_new (question->widget, (UiToastFinish) app_folders_rename_finish));
    question_free (question);
  } else {
    app_folders_add_async (question->folders, name, on_made, question);
  }
}

static void
ask (GtkWidget *widget, AppFolders *folders, AppFolder *folder, AppConversation *conversation)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, folder != NULL ? _("Rename the folder") : _("New folder"), NULL);
  GtkWidget *entry = gtk_entry_new ();
  Question *question = g_new0 (Question, 1);

  question->widget = g_object_ref (widget);
  question->folders = g_object_ref (folders);
  g_set_object (&question->folder, folder);
  g_set_object (&question->conversation, conversation);
  gtk_editable_set_text (GTK_EDITABLE (entry), folder != NULL ? app_folder_get_name (folder) : "");
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of the folder"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "name", folder != NULL ? _("_Rename") : _("C_reate"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "name", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "name");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_named), question);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

void
ui_folders_new (GtkWidget *widget, AppFolders *folders, AppConversation *conversation)
{
  ask (widget, folders, NULL, conversation);
}

void
ui_folders_rename (GtkWidget *widget, AppFolders *folders, AppFolder *folder)
{
  ask (widget, folders, folder, NULL);
}

/* ---- removal ---- */

/* From the click until its toast is gone. */
typedef struct {
  GtkWidget *widget;
  AppFolders *folders;
  AppFolder *folder;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->widget);
  g_object_unref (removal->folders);
  g_object_unref (removal->folder);
  g_free (removal);
}

static char *
removal_sentence (guint n, gpointer newest)
{
  if (n == 1)
    /* Translators: %s is the name of a folder */
    return g_strdup_printf (_("Folder “%s” removed; its conversations stay"), app_folder_get_name (((Removal *) newest)->folder));
  return g_strdup_printf (ngettext ("%u folder removed", "%u folders removed", n), n);
}

static void
undo_removal (gpointer data)
{
  Removal *removal = data;

  app_folders_restore_async (removal->folders, removal->folder, ui_toast_on_done,
                             ui_toast_done_new (removal->widget, (UiToastFinish) app_folders_restore_finish));
}

/* It is gone already. */
static void
keep_removal (gpointer data)
{
}

static const UiUndoKind removals = { "ui-undo-folders", removal_sentence, undo_removal, keep_removal, removal_free };

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  Removal *removal = data;
  g_autoptr (GError) error = NULL;

  if (app_folders_remove_finish (APP_FOLDERS (source), result, &error)) {
    ui_undo_offer (removal->widget, &removals, removal);
    return;
  }
  ui_toast_error (removal->widget, error);
  removal_free (removal);
}

void
ui_folders_remove (GtkWidget *widget, AppFolders *folders, AppFolder *folder)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->widget = g_object_ref (widget);
  removal->folders = g_object_ref (folders);
  removal->folder = g_object_ref (folder);
  app_folders_remove_async (folders, folder, on_removed, removal);
}
