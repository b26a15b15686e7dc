/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-desk-rename.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  AppArtifacts *artifacts;
  AppArtifact *artifact;
} Named;

static void
named_free (gpointer data, GClosure *closure)
{
  Named *named = data;

  g_object_unref (named->artifacts);
  g_object_unref (named->artifact);
  g_free (named);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Named *named)
{
  const char *title = gtk_editable_get_text (GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog)));

  if (g_str_equal (response, "rename") && *title != '\0')
    app_artifacts_rename (named->artifacts, named->artifact, title);
}

void
ui_desk_rename (GtkWidget *widget, AppArtifacts *artifacts, AppArtifact *artifact)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), _("Rename"), NULL), *entry = gtk_entry_new ();
  Named *named = g_new0 (Named, 1);

  *named = (Named) { g_object_ref (artifacts), g_object_ref (artifact) };
  gtk_editable_set_text (GTK_EDITABLE (entry), app_artifact_get_title (artifact));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "rename", _("_Rename"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "rename", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "rename");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), named, named_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
