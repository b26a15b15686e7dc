/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs from the preferences in one conversation: kept in its row, and the model that it asks for. */
#include "app-conversation-private.h"

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppConversation) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!app_database_run_finish (APP_DATABASE (source), result, &error))
    app_conversation_save_failed (self, error->message);
}

static void
on_changed (AppConversation *self)
{
  AppStoreSettings *settings;

  /* The first turn takes them along; what changes while that is stored comes after it. */
  self->own_changed = TRUE;
  if (self->id == 0)
    return;
  self->own_changed = FALSE;
  settings = g_new0 (AppStoreSettings, 1);
  settings->conversation = self->id;
  settings->json = app_conversation_settings_dup_json (self->own);
  app_database_run_async (self->database, app_store_settings, settings, (GDestroyNotify) app_store_settings_free, NULL, NULL, on_stored, g_object_ref (self));
}

void
app_conversation_init_own (AppConversation *self, const char *json)
{
  g_autoptr (GError) error = NULL;

  self->own = app_conversation_settings_new ();
  /* What cannot be read changes nothing; and it stays in the file until something is set here. */
  if (json && !app_conversation_settings_set_json (self->own, json, &error))
    g_warning ("The settings of conversation %" G_GINT64_FORMAT " are left out: %s", self->id, error->message);
  g_signal_connect_swapped (self->own, "changed", G_CALLBACK (on_changed), self);
}

void
app_conversation_own_stored (AppConversation *self)
{
  if (self->own_changed)
    on_changed (self);
}

gboolean
app_conversation_choose_model (AppConversation *self, GError **error)
{
  return app_engine_lend (self->engine, app_conversation_settings_get_text (self->own, APP_SETTING_MODEL), error);
}

AppConversationSettings *
app_conversation_get_settings (AppConversation *self)
{
  return self->own;
}
