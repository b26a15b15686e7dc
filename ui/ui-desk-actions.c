/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-desk-actions.h"

#include <glib/gi18n.h>

#include "artifacts/artifact-kind.h"
#include "ui-desk-rename.h"
#include "ui-launcher.h"
#include "ui-toast.h"

static void
action_rename (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);

  ui_desk_rename (widget, ui_desk_get_artifacts (self), app_version_get_artifact (ui_desk_get_version (self)));
}

static void
action_star (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);
  AppArtifact *artifact = app_version_get_artifact (ui_desk_get_version (self));

  app_artifacts_set_starred (ui_desk_get_artifacts (self), artifact, !app_artifact_get_starred (artifact));
  ui_toast (widget, app_artifact_get_starred (artifact) ? _("Starred") : _("No longer starred"));
}

static void
action_duplicate (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);
  /* Translators: the name of a copy: “Sales 2026 (copy)” */
  g_autofree char *title = g_strdup_printf (_("%s (copy)"), app_artifact_get_title (app_version_get_artifact (ui_desk_get_version (self))));

  ui_desk_show (self, app_artifacts_duplicate (ui_desk_get_artifacts (self), ui_desk_get_version (self), title));
}

static void
action_launcher (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiDesk *self = UI_DESK (widget);
  g_autofree char *handle = app_artifact_dup_handle (app_version_get_artifact (ui_desk_get_version (self)));

  if (g_str_equal (name, "desk.launcher-add"))
    ui_launcher_add (widget, ui_desk_get_history (self), handle);
  else
    ui_launcher_remove (widget, ui_desk_get_history (self), handle);
}

/* One that is in the history on the disk can be an entry among the applications, and is one or not. */
void
ui_desk_update_launcher (UiDesk *self)
{
  AppHistory *history = ui_desk_get_history (self);
  AppVersion *version = ui_desk_get_version (self);
  AppLaunchers *launchers = history != NULL ? app_history_get_launchers (history) : NULL;
  gboolean can = launchers != NULL && version != NULL && app_artifact_get_kind (app_version_get_artifact (version))->is_page && !ui_desk_is_temporary (self);
  g_autofree char *handle = can ? app_artifact_dup_handle (app_version_get_artifact (version)) : NULL;
  gboolean there = handle != NULL && app_launchers_has (launchers, handle);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "desk.launcher-add", handle != NULL && !there && app_version_get_state (version) != APP_VERSION_WRITING);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "desk.launcher-remove", there);
}

void
ui_desk_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "desk.rename", NULL, action_rename);
  gtk_widget_class_install_action (widget_class, "desk.star", NULL, action_star);
  gtk_widget_class_install_action (widget_class, "desk.duplicate", NULL, action_duplicate);
  gtk_widget_class_install_action (widget_class, "desk.launcher-add", NULL, action_launcher);
  gtk_widget_class_install_action (widget_class, "desk.launcher-remove", NULL, action_launcher);
}
