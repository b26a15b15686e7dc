/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-settings.h"

#include <glib/gi18n.h>

#include "app-error.h"

#define SCHEMA "org.melete.Melete"

struct _AppSettings {
  GObject parent;
  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (AppSettings, app_settings, G_TYPE_OBJECT)

AppSettings *
app_settings_new (GError **error)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = source ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;
  AppSettings *self;

  if (!schema) { /* g_settings_new () would end the program */
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("The settings schema “%s” is not installed. Install Melete again, or start it with ./dev run."), SCHEMA);
    return NULL;
  }
  self = g_object_new (APP_TYPE_SETTINGS, NULL);
  self->settings = g_settings_new_full (schema, NULL, NULL);
  return self;
}

GSettings *
app_settings_get_gsettings (AppSettings *self)
{
  return self->settings;
}

char *
app_settings_dup_model (AppSettings *self)
{
  return g_settings_get_string (self->settings, "model");
}

void
app_settings_set_model (AppSettings *self, const char *id)
{
  g_settings_set_string (self->settings, "model", id);
}

char *
app_settings_dup_system_prompt (AppSettings *self)
{
  return app_settings_dup_system_prompt_for (self, NULL);
}

char *
app_settings_dup_system_prompt_for (AppSettings *self, const char *host)
{
  g_autofree char *own = g_strstrip (g_settings_get_string (self->settings, "system-prompt"));

  if (*own)
    return g_steal_pointer (&own);
  /* Not translated: models follow English instructions best, and answer in the language of the question. What a server runs must not think that it runs here. */
  return g_strdup_printf ("You are Melete, a helpful assistant%s. Answer in the language of the question, "
                          "clearly and briefly. If something is attached, answer from it. Say so when you do not know.",
                          host ? "" : " that runs on the person's own computer");
}

double
app_settings_get_number (AppSettings *self, const AppSamplingField *field)
{
  if (field->type == APP_SAMPLING_INT)
    return g_settings_get_int (self->settings, field->key);
  if (field->type == APP_SAMPLING_UINT64)
    return g_settings_get_uint64 (self->settings, field->key);
  return g_settings_get_double (self->settings, field->key);
}

AppSampling
app_settings_get_sampling (AppSettings *self)
{
  AppSampling sampling = { 0 };
  guint n;
  const AppSamplingField *fields = app_sampling_get_fields (&n);

  for (guint i = 0; i < n; i++)
    app_sampling_set (&sampling, &fields[i], app_settings_get_number (self, &fields[i]));
  if (sampling.seed == 0)
    sampling.seed = (guint64) g_random_int () << 32 | g_random_int ();
  return sampling;
}

char *
app_settings_dup_speech_voice (AppSettings *self)
{
  return g_settings_get_string (self->settings, "speech-voice");
}

int
app_settings_get_speech_rate (AppSettings *self)
{
  return g_settings_get_int (self->settings, "speech-rate");
}

AppDepth
app_settings_get_depth (AppSettings *self)
{
  AppDepth depth = g_settings_get_enum (self->settings, "depth");

  return app_depth_is_offered (depth) ? depth : APP_DEPTH_COMPACT;
}

AppBackend
app_settings_get_backend (AppSettings *self)
{
  return g_settings_get_enum (self->settings, "backend");
}

int
app_settings_get_threads (AppSettings *self)
{
  return g_settings_get_int (self->settings, "threads");
}

int
app_settings_get_context (AppSettings *self)
{
  return g_settings_get_int (self->settings, "context");
}

gboolean
app_settings_get_load_at_start (AppSettings *self)
{
  return g_settings_get_boolean (self->settings, "load-at-start");
}

gboolean
app_settings_get_use_tools (AppSettings *self)
{
  return g_settings_get_boolean (self->settings, "use-tools");
}

gboolean
app_settings_get_enter_sends (AppSettings *self)
{
  return g_settings_get_boolean (self->settings, "enter-sends");
}

gboolean
app_settings_get_picture_facts (AppSettings *self)
{
  return g_settings_get_boolean (self->settings, "picture-facts");
}

static void
app_settings_finalize (GObject *object)
{
  g_clear_object (&APP_SETTINGS (object)->settings);
  G_OBJECT_CLASS (app_settings_parent_class)->finalize (object);
}

static void
app_settings_class_init (AppSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_settings_finalize;
}

static void
app_settings_init (AppSettings *self)
{
}
