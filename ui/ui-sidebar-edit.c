/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person does to a conversation of the list: a new name for it, and deleting it, with a toast that brings it back. */
#include "ui-sidebar-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui-toast.h"
#include "ui-undo.h"

/* Rename */

static void
on_rename_response (AdwMessageDialog *dialog, const char *response, UiSidebar *self)
{
  AppConversation *conversation = g_object_get_data (G_OBJECT (dialog), "ui-conversation");
  GtkEditable *entry = GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog));

  if (g_str_equal (response, "rename"))
    app_conversation_rename_async (conversation, gtk_editable_get_text (entry), ui_toast_on_done,
                                   ui_toast_done_new (self, (UiToastFinish) app_conversation_rename_finish));
}

void
ui_sidebar_rename (UiSidebar *self, AppConversation *conversation)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _("Rename the conversation"),
                                              _("An empty name brings the automatic one back."));
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), app_conversation_get_title (conversation));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of the conversation"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "rename", _("_Rename"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "rename", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "rename");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "ui-conversation", g_object_ref (conversation), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_rename_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

/* Delete */

/* One deletion: from the click until its toast is gone. */
typedef struct {
  UiSidebar *sidebar;
  AppConversation *conversation;
  gboolean shown; /* it was the one that the window showed */
} Deletion;

static void
deletion_free (gpointer data)
{
  Deletion *deletion = data;

  g_object_unref (deletion->sidebar);
  g_object_unref (deletion->conversation);
  g_free (deletion);
}

static Deletion *
deletion_new (UiSidebar *self, AppConversation *conversation, gboolean shown)
{
  Deletion *deletion = g_new0 (Deletion, 1);

  deletion->sidebar = g_object_ref (self);
  deletion->conversation = g_object_ref (conversation);
  deletion->shown = shown;
  return deletion;
}

/* It is shown again, if it was, and nothing else is by now. */
static void
on_undeleted (GObject *source, GAsyncResult *result, gpointer data)
{
  Deletion *deletion = data;
  UiSidebar *self = deletion->sidebar;
  g_autoptr (GError) error = NULL;

  if (!app_history_undelete_finish (APP_HISTORY (source), result, &error))
    ui_toast_error (GTK_WIDGET (self), error);
  else if (deletion->shown && ui_sidebar_get_current (self) != NULL && app_conversation_get_id (ui_sidebar_get_current (self)) == 0)
    g_signal_emit_by_name (self, "open", deletion->conversation, (gint64) 0);
  deletion_free (deletion);
}

static void
undo_deletion (gpointer data)
{
  Deletion *deletion = data;

  app_history_undelete_async (ui_sidebar_get_history (deletion->sidebar), deletion->conversation, on_undeleted,
                              deletion_new (deletion->sidebar, deletion->conversation, deletion->shown));
}

/* Left undone, the next start purges it: an error here loses nothing. */
static void
keep_deletion (gpointer data)
{
  Deletion *deletion = data;

  if (ui_sidebar_get_history (deletion->sidebar) != NULL)
    app_history_purge_async (ui_sidebar_get_history (deletion->sidebar), deletion->conversation, NULL, NULL);
}

static char *
deletion_sentence (guint n, gpointer newest)
{
  if (n == 1)
    return g_strdup (_("Conversation deleted"));
  return g_strdup_printf (ngettext ("%u conversation deleted", "%u conversations deleted", n), n);
}

static const UiUndoKind deletions = { "ui-undo-conversations", deletion_sentence, undo_deletion, keep_deletion, deletion_free };

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer data)
{
  Deletion *deletion = data;
  UiSidebar *self = deletion->sidebar;
  g_autoptr (GError) error = NULL;

  if (!app_history_delete_finish (APP_HISTORY (source), result, &error)) {
    ui_toast_error (GTK_WIDGET (self), error);
    deletion_free (deletion);
    return;
  }
  deletion->shown = deletion->conversation == ui_sidebar_get_current (self);
  g_signal_emit_by_name (self, "deleted", deletion->conversation);
  ui_undo_offer (GTK_WIDGET (self), &deletions, deletion);
}

void
ui_sidebar_delete (UiSidebar *self, AppConversation *conversation)
{
  app_history_delete_async (ui_sidebar_get_history (self), conversation, on_deleted, deletion_new (self, conversation, FALSE));
}
