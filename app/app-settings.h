/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppSettings: the preferences (GSettings, schema org.melete.Melete), typed. Main thread only. */
#pragma once

#include "app-completion.h"

G_BEGIN_DECLS

/* Where models of this machine run. The numbers are those of the schema. */
typedef enum {
  APP_BACKEND_AUTOMATIC, /* on the graphics card, where it is of use */
  APP_BACKEND_CPU,
  APP_BACKEND_GPU,       /* also where what calls itself a card is the processor */
} AppBackend;

#define APP_TYPE_SETTINGS (app_settings_get_type ())
G_DECLARE_FINAL_TYPE (AppSettings, app_settings, APP, SETTINGS, GObject)

/* Returns: (transfer full) (nullable): NULL with APP_ERROR_MISSING when the schema is not installed. */
AppSettings *app_settings_new (GError **error);

/* For g_settings_bind (). (transfer none) */
GSettings *app_settings_get_gsettings (AppSettings *self);

char *app_settings_dup_model (AppSettings *self); /* "" for none chosen */
void app_settings_set_model (AppSettings *self, const char *id);
/* The person's instructions, or the built-in sentence. */
char *app_settings_dup_system_prompt (AppSettings *self);
/* …for a model on a server. `host`: (nullable) NULL for this machine */
char *app_settings_dup_system_prompt_for (AppSettings *self, const char *host);
double app_settings_get_number (AppSettings *self, const AppSamplingField *field);
/* A seed of 0 in the settings gives a new random one each time. */
AppSampling app_settings_get_sampling (AppSettings *self);
AppDepth app_settings_get_depth (AppSettings *self);
AppBackend app_settings_get_backend (AppSettings *self);
int app_settings_get_threads (AppSettings *self);
int app_settings_get_context (AppSettings *self);
gboolean app_settings_get_load_at_start (AppSettings *self);
gboolean app_settings_get_enter_sends (AppSettings *self);
gboolean app_settings_get_use_tools (AppSettings *self);
/* A language of espeak-ng, or "" for that of the text. (transfer full) */
char *app_settings_dup_speech_voice (AppSettings *self);
int app_settings_get_speech_rate (AppSettings *self); /* words a minute */
gboolean app_settings_get_picture_facts (AppSettings *self);

G_END_DECLS
