/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppConversationSettings: what differs from the preferences, for one conversation or for a persona. Main thread only.
 *
 * A JSON object in memory and in the history: {"instructions": "…", "model": "qwen3-4b", "temperature": 0.2}. A member that is not there is as in
 * the preferences. Members that this version does not know stay as they are, so that an older Melete does not lose what a newer one has set.
 *
 * The signal "changed" () comes after every change. */
#pragma once

#include "app-sampling.h"

G_BEGIN_DECLS

/* Members that are texts. The numbers are those of app_sampling_get_fields (). */
#define APP_SETTING_INSTRUCTIONS "instructions" /* what stands before the conversation, in the place of the preferences' */
#define APP_SETTING_MODEL "model"               /* the id of the model that answers */
#define APP_SETTING_PERSONA "persona"           /* the name of the persona that they were taken from; changes nothing by itself */
#define APP_SETTING_ADAPTER "adapter"           /* the id of the adapter that the model answers with: app_conversation_settings_set_adapter () */
#define APP_SETTING_DEPTH "depth"               /* the id of a depth (app-thinking.h) */
#define APP_SETTING_TOOLS "tools"               /* "on" or "off": whether answers may call tools */

/* A number beside the adapter, where it is not 1: how strongly the adapter counts. */
#define APP_SETTING_ADAPTER_SCALE "adapter-scale"
#define APP_ADAPTER_SCALE_MAX 2.0

/* Of what is read from a file, in bytes. */
#define APP_SETTINGS_MAX_BYTES (1 << 20)

#define APP_TYPE_CONVERSATION_SETTINGS (app_conversation_settings_get_type ())
G_DECLARE_FINAL_TYPE (AppConversationSettings, app_conversation_settings, APP, CONVERSATION_SETTINGS, GObject)

AppConversationSettings *app_conversation_settings_new (void);

/* Takes all of the object in `json` (nullable: nothing differs). A known member with a value that makes no sense is left out. Untrusted.
 * Errors: APP_ERROR_DAMAGED when it is no JSON object; then nothing changes. */
gboolean app_conversation_settings_set_json (AppConversationSettings *self, const char *json, GError **error);
/* NULL when nothing differs. (transfer full) */
char *app_conversation_settings_dup_json (AppConversationSettings *self);
/* Becomes like `other`; NULL: like the preferences. */
void app_conversation_settings_copy (AppConversationSettings *self, AppConversationSettings *other);
/* Leaves out what this version does not know: what comes from elsewhere gets in no other way. */
void app_conversation_settings_drop_unknown (AppConversationSettings *self);

gboolean app_conversation_settings_is_empty (AppConversationSettings *self);
/* How many members differ, the name of the persona not counted. */
guint app_conversation_settings_count (AppConversationSettings *self);

/* NULL: as in the preferences. Valid until the next change. */
const char *app_conversation_settings_get_text (AppConversationSettings *self, const char *key);
/* `text`: NULL or "" takes it away. */
void app_conversation_settings_set_text (AppConversationSettings *self, const char *key, const char *text);

/* FALSE: as in the preferences. */
gboolean app_conversation_settings_get_number (AppConversationSettings *self, const AppSamplingField *field, double *number);
void app_conversation_settings_set_number (AppConversationSettings *self, const AppSamplingField *field, double number);
void app_conversation_settings_unset (AppConversationSettings *self, const char *key);

/* The model answers with this adapter, as it was trained at a scale of 1, not at all at 0, at most APP_ADAPTER_SCALE_MAX times as strong; NULL: with
 * none. One change. */
void app_conversation_settings_set_adapter (AppConversationSettings *self, const char *id, double scale);
double app_conversation_settings_get_adapter_scale (AppConversationSettings *self);

/* `general` with what differs. A seed of 0 becomes a new random one. `self`: (nullable) */
AppSampling app_conversation_settings_apply (AppConversationSettings *self, const AppSampling *general);

/* ---- JSON from elsewhere ---- */

/* Parses `n_bytes` of `text` as one JSON object, which may neither be larger than APP_SETTINGS_MAX_BYTES nor nested deeper than a person's would be: the
 * parser calls itself once a level. (transfer full) (nullable): NULL with APP_ERROR_DAMAGED. To be freed with json_object_unref (). */
struct _JsonObject *app_json_parse_object (const char *text, gsize n_bytes, GError **error);

G_END_DECLS
