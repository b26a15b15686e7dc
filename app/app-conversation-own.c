/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs from the preferences in one conversation: kept in its row, the model that it asks for, and the adapter. */
#include "app-conversation-private.h"

#include <glib/gi18n.h>

#include "app-error.h"

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

AppThinking
app_conversation_choose_thinking (AppConversation *self, const char *depth)
{
  AppSampling general = self->settings ? app_settings_get_sampling (self->settings) : app_sampling_usual ();
  AppThinking thinking = { .depth = self->settings ? app_settings_get_depth (self->settings) : APP_DEPTH_COMPACT };

  if (!app_depth_from_id (depth, &thinking.depth))
    app_depth_from_id (app_conversation_settings_get_text (self->own, APP_SETTING_DEPTH), &thinking.depth);
  thinking.max_tokens = app_conversation_settings_apply (self->own, &general).max_thought;
  return thinking;
}

/* The name of the adapter that is asked for, or its id where it is not known. */
static const char *
adapter_name (AppConversation *self, const char *id)
{
  AppModels *models = app_engine_get_models (self->engine);
  AppModel *adapter = models ? app_models_find (models, id) : NULL;

  return adapter ? app_model_get_name (adapter) : id;
}

gboolean
app_conversation_choose_adapter (AppConversation *self, AppPromptAdapter **adapter, GError **error)
{
  const char *id = app_conversation_settings_get_text (self->own, APP_SETTING_ADAPTER);
  AppModels *models = app_engine_get_models (self->engine);
  AppModel *model = app_engine_get_model (self->engine);
  AppModel *found = id && models ? app_models_find (models, id) : NULL;

  *adapter = NULL;
  if (!id || !model || app_model_get_server (model))
    return TRUE;
  if (!found || !app_model_get_adapts (found) || !app_model_get_path (found)) {
    g_set_error (error, APP_ERROR, APP_ERROR_NO_MODEL, _("The adapter %s, which this conversation’s settings ask for, is not installed. Add its file on the model page, or choose another one there."),
                 adapter_name (self, id));
    return FALSE;
  }
  if (!app_model_fits (found, model)) {
    g_set_error (error, APP_ERROR, APP_ERROR_NO_MODEL, _("The adapter %s, which this conversation’s settings ask for, is for models of the kind “%s”, and %s is none. Choose another adapter or model there."),
                 app_model_get_name (found), app_model_get_architecture (found), app_model_get_name (model));
    return FALSE;
  }
  *adapter = app_prompt_adapter_new (app_model_get_name (found), app_model_get_path (found), app_conversation_settings_get_adapter_scale (self->own));
  return TRUE;
}

char *
app_conversation_dup_adapter_notice (AppConversation *self, const AppPromptAdapter *adapter)
{
  AppModel *model = app_engine_get_model (self->engine);
  const char *id = app_conversation_settings_get_text (self->own, APP_SETTING_ADAPTER);
  char *notice = NULL;

  if (adapter && adapter->scale == 1)
    notice = g_strdup_printf (_("written with the adapter %s"), adapter->name);
  else if (adapter) /* Translators: %.2f is how strongly it counts; 1 is as it was trained. */
    notice = g_strdup_printf (_("written with the adapter %s at a strength of %.2f"), adapter->name, adapter->scale);
  else if (id && model && app_model_get_server (model))
    notice = g_strdup_printf (_("written without the adapter %s: it can change models of this machine only"), adapter_name (self, id));
  else if (id)
    notice = g_strdup_printf (_("written without the adapter %s: it is for other models"), adapter_name (self, id));
  return notice ? g_strdelimit (notice, "\n", ' ') : NULL; /* a name may have lines, and each is a notice */
}

AppConversationSettings *
app_conversation_get_settings (AppConversation *self)
{
  return self->own;
}
