/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-window-desk.h"

#include <glib/gi18n.h>

#include "ui-checker.h"
#include "ui-script-runner.h"
#include "ui-toast.h"

struct _UiWindowDesk {
  UiDeskSplit *split;
  UiDesk *desk;
  UiConversationPage *page;
  UiChecker *checker;
  UiScriptRunner *runner;
  AppConversation *conversation; /* that is shown */
  GSignalGroup *artifacts;
  gint64 wanted;     /* the message whose work is to be shown when it is there; 0: none */
  gint64 closed_for; /* the message that was answered when the person closed the desk: it does not open for that again */
};

static AppArtifacts *
get_artifacts (UiWindowDesk *self)
{
  return self->conversation != NULL ? app_conversation_get_artifacts (self->conversation) : NULL;
}

static void
open_version (UiWindowDesk *self, AppVersion *version)
{
  ui_desk_show (self->desk, version);
  ui_desk_split_set_open (self->split, TRUE);
}

static void
close_desk (UiWindowDesk *self)
{
  AppVersion *version = ui_desk_get_version (self->desk);

  self->closed_for = version != NULL ? app_version_get_message_id (version) : 0;
  g_object_set (self->split, "full", FALSE, NULL);
  ui_desk_split_set_open (self->split, FALSE);
  ui_desk_show (self->desk, NULL);
  ui_conversation_page_focus_composer (self->page);
}

void
ui_window_desk_open (UiWindowDesk *self, gint64 message)
{
  AppArtifacts *artifacts = get_artifacts (self);
  AppArtifact *latest = artifacts != NULL ? app_artifacts_get_latest (artifacts) : NULL;
  AppVersion *version = artifacts != NULL && message != 0 ? app_artifacts_find (artifacts, message) : latest != NULL ? app_artifact_get_current (latest) : NULL;

  if (version != NULL)
    open_version (self, version);
}

static gboolean
is_listed (UiWindowDesk *self, AppArtifact *artifact)
{
  AppArtifacts *artifacts = get_artifacts (self);

  for (guint i = 0; artifacts != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (artifacts)); i++) {
    g_autoptr (AppArtifact) each = g_list_model_get_item (G_LIST_MODEL (artifacts), i);
    if (each == artifact)
      return TRUE;
  }
  return FALSE;
}

/* Opens what is waited for, when it is there. */
static void
open_wanted (UiWindowDesk *self)
{
  AppVersion *version = self->wanted != 0 ? app_artifacts_find (get_artifacts (self), self->wanted) : NULL;

  if (version != NULL && is_listed (self, app_version_get_artifact (version))) {
    self->wanted = 0;
    open_version (self, version);
  }
}

void
ui_window_desk_wait (UiWindowDesk *self, gint64 message)
{
  self->wanted = message;
  open_wanted (self);
}

gboolean
ui_window_desk_toggle (UiWindowDesk *self)
{
  if (ui_desk_split_get_open (self->split)) {
    close_desk (self);
    return TRUE;
  }
  ui_window_desk_open (self, 0);
  return ui_desk_split_get_open (self->split);
}

/* Something is made: it is shown while it comes about. */
static void
on_version (UiWindowDesk *self, AppVersion *version)
{
  AppVersion *shown = ui_desk_get_version (self->desk);

  if (app_version_get_artifact (version) == NULL || !is_listed (self, app_version_get_artifact (version))) {
    /* It came to nothing, or lies on another branch. */
    if (version == shown)
      close_desk (self);
    return;
  }
  if (app_version_get_state (version) != APP_VERSION_WRITING || app_version_get_message_id (version) == self->closed_for)
    return;
  if (shown == NULL || app_version_get_artifact (shown) != app_version_get_artifact (version))
    open_version (self, version);
}

/* What was shown came to nothing, or lies on another branch now. */
static void
on_list (UiWindowDesk *self)
{
  AppVersion *shown = ui_desk_get_version (self->desk);

  if (shown != NULL && !is_listed (self, app_version_get_artifact (shown)))
    close_desk (self);
  open_wanted (self);
}

static void
on_conversation (UiWindowDesk *self)
{
  AppConversation *conversation = ui_conversation_page_get_conversation (self->page);

  if (conversation == self->conversation)
    return;
  if (ui_desk_split_get_open (self->split))
    close_desk (self);
  g_set_object (&self->conversation, conversation);
  self->closed_for = self->wanted = 0;
  g_signal_group_set_target (self->artifacts, get_artifacts (self));
  ui_desk_set_conversation (self->desk, conversation);
  if (conversation != NULL) {
    app_artifacts_set_checker (get_artifacts (self), APP_CHECKER (self->checker));
    app_toolbox_set_runner (app_conversation_get_toolbox (conversation), APP_SCRIPT_RUNNER (self->runner));
  }
}

static void
on_full (UiWindowDesk *self, gboolean full)
{
  g_object_set (self->split, "full", full, NULL);
}

static void
on_covered (UiWindowDesk *self)
{
  ui_desk_set_covering (self->desk, ui_desk_split_get_covered (self->split));
}

static void
on_change (UiWindowDesk *self, const char *words, const AppPick *pick)
{
  ui_conversation_page_send_change (self->page, words, pick);
}

UiWindowDesk *
ui_window_desk_new (UiDeskSplit *split, UiDesk *desk, UiConversationPage *page, GtkOverlay *stage)
{
  UiWindowDesk *self = g_new0 (UiWindowDesk, 1);

  self->split = split;
  self->desk = desk;
  self->page = page;
  self->checker = ui_checker_new (stage);
  self->runner = ui_script_runner_new (stage);
  self->artifacts = g_signal_group_new (APP_TYPE_ARTIFACTS);
  g_signal_group_connect_swapped (self->artifacts, "version", G_CALLBACK (on_version), self);
  g_signal_group_connect_swapped (self->artifacts, "items-changed", G_CALLBACK (on_list), self);
  g_signal_connect_swapped (page, "notify::conversation", G_CALLBACK (on_conversation), self);
  g_signal_connect_swapped (split, "notify::covered", G_CALLBACK (on_covered), self);
  g_signal_connect_swapped (desk, "close", G_CALLBACK (close_desk), self);
  g_signal_connect_swapped (desk, "full", G_CALLBACK (on_full), self);
  g_signal_connect_swapped (desk, "change", G_CALLBACK (on_change), self);
  on_conversation (self);
  return self;
}

void
ui_window_desk_free (UiWindowDesk *self)
{
  g_signal_handlers_disconnect_by_data (self->page, self);
  g_signal_handlers_disconnect_by_data (self->split, self);
  g_signal_handlers_disconnect_by_data (self->desk, self);
  g_clear_object (&self->artifacts);
  g_clear_object (&self->conversation);
  g_clear_object (&self->checker);
  g_clear_object (&self->runner);
  g_free (self);
}
