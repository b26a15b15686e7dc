/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-conversation-settings.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "app-error.h"
#include "app-thinking.h"

#define DEEPEST 32

struct _AppConversationSettings {
  GObject parent;
  JsonObject *object;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (AppConversationSettings, app_conversation_settings, G_TYPE_OBJECT)

static const char *const text_keys[] = { APP_SETTING_INSTRUCTIONS, APP_SETTING_MODEL, APP_SETTING_PERSONA, APP_SETTING_ADAPTER, APP_SETTING_DEPTH, APP_SETTING_TOOLS };

static gboolean
is_text_key (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (text_keys); i++)
    if (g_str_equal (text_keys[i], key))
      return TRUE;
  return FALSE;
}

/* Besides those of the sampler. */
static gboolean
is_known_key (const char *key)
{
  return is_text_key (key) || g_str_equal (key, APP_SETTING_ADAPTER_SCALE) || app_sampling_find_field (key);
}

static void
changed (AppConversationSettings *self)
{
  g_signal_emit (self, changed_signal, 0);
}

/* ---- reading ---- */

/* Whether brackets stand within brackets too deep, or there is what JSON does not have outside of strings: the parser knows comments and other quotes
 * too, which could hide brackets from this count. */
static gboolean
is_too_deep (const char *text, gsize n_bytes)
{
  gboolean in_string = FALSE;
  int depth = 0;

  for (gsize i = 0; i < n_bytes; i++) {
    if (in_string && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      in_string = !in_string;
    else if (in_string)
      continue;
    else if (!g_ascii_isalnum (text[i]) && !g_ascii_isspace (text[i]) && !strchr ("{}[]:,+-.", text[i]))
      return TRUE;
    else if ((text[i] == '{' || text[i] == '[') && ++depth > DEEPEST)
      return TRUE;
    else if (text[i] == '}' || text[i] == ']')
      depth--;
  }
  return FALSE;
}

JsonObject *
app_json_parse_object (const char *text, gsize n_bytes, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) wrong = NULL;
  JsonNode *root;

  if (n_bytes > APP_SETTINGS_MAX_BYTES || is_too_deep (text, n_bytes) || !g_utf8_validate (text, n_bytes, NULL)) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, _("This is no file of settings: it is too large, or no plain text. Choose a JSON file."));
    return NULL;
  }
  if (!json_parser_load_from_data (parser, text, n_bytes, &wrong)) {
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The JSON could not be read (%s). Choose another file, or mend it."), wrong->message);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, _("The JSON holds no object. Choose another file."));
    return NULL;
  }
  return json_node_dup_object (root);
}

static gboolean
is_number (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && (json_node_get_value_type (node) == G_TYPE_INT64 || json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

/* A member of a known name, whether its value makes sense; any other does. */
static gboolean
is_sound (const char *key, JsonNode *node)
{
  const AppSamplingField *field = app_sampling_find_field (key);
  gboolean scale = g_str_equal (key, APP_SETTING_ADAPTER_SCALE);
  double number;
  AppDepth depth;

  if (g_str_equal (key, APP_SETTING_DEPTH))
    return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING && app_depth_from_id (json_node_get_string (node), &depth);
  if (is_text_key (key))
    return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING && *json_node_get_string (node) != '\0';
  if (!field && !scale)
    return TRUE;
  if (!is_number (node))
    return FALSE;
  number = json_node_get_double (node);
  return number >= (scale ? 0 : field->min) && number <= (scale ? APP_ADAPTER_SCALE_MAX : field->max); /* also: no NaN */
}

gboolean
app_conversation_settings_set_json (AppConversationSettings *self, const char *json, GError **error)
{
  JsonObject *from = json ? app_json_parse_object (json, strlen (json), error) : json_object_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  if (!from)
    return FALSE;
  json_object_unref (self->object);
  self->object = json_object_new ();
  json_object_iter_init_ordered (&iter, from);
  while (json_object_iter_next_ordered (&iter, &key, &node))
    if (is_sound (key, node))
      json_object_set_member (self->object, key, json_node_copy (node));
  json_object_unref (from);
  changed (self);
  return TRUE;
}

char *
app_conversation_settings_dup_json (AppConversationSettings *self)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);

  if (app_conversation_settings_is_empty (self))
    return NULL;
  json_node_set_object (root, self->object);
  return json_to_string (root, FALSE);
}

void
app_conversation_settings_copy (AppConversationSettings *self, AppConversationSettings *other)
{
  g_autofree char *json = other ? app_conversation_settings_dup_json (other) : NULL;

  app_conversation_settings_set_json (self, json, NULL); /* what was written here can be read */
}

void
app_conversation_settings_drop_unknown (AppConversationSettings *self)
{
  g_autoptr (GList) keys = json_object_get_members (self->object);
  gboolean dropped = FALSE;

  for (GList *key = keys; key; key = key->next) {
    if (is_known_key (key->data))
      continue;
    json_object_remove_member (self->object, key->data);
    dropped = TRUE;
  }
  if (dropped)
    changed (self);
}

gboolean
app_conversation_settings_is_empty (AppConversationSettings *self)
{
  return json_object_get_size (self->object) == 0;
}

guint
app_conversation_settings_count (AppConversationSettings *self)
{
  return json_object_get_size (self->object) - json_object_has_member (self->object, APP_SETTING_PERSONA);
}

/* ---- members ---- */

const char *
app_conversation_settings_get_text (AppConversationSettings *self, const char *key)
{
  return json_object_has_member (self->object, key) ? json_object_get_string_member (self->object, key) : NULL;
}

void
app_conversation_settings_set_text (AppConversationSettings *self, const char *key, const char *text)
{
  g_return_if_fail (is_text_key (key));
  if (!text || !*text) {
    app_conversation_settings_unset (self, key);
    return;
  }
  if (g_strcmp0 (app_conversation_settings_get_text (self, key), text) == 0)
    return;
  json_object_set_string_member (self->object, key, text);
  changed (self);
}

gboolean
app_conversation_settings_get_number (AppConversationSettings *self, const AppSamplingField *field, double *number)
{
  if (!json_object_has_member (self->object, field->key))
    return FALSE;
  *number = json_object_get_double_member (self->object, field->key);
  return TRUE;
}

void
app_conversation_settings_set_number (AppConversationSettings *self, const AppSamplingField *field, double number)
{
  double before;

  number = CLAMP (number, field->min, field->max);
  if (app_conversation_settings_get_number (self, field, &before) && before == number)
    return;
  if (field->type == APP_SAMPLING_DOUBLE)
    json_object_set_double_member (self->object, field->key, number);
  else
    json_object_set_int_member (self->object, field->key, (gint64) number);
  changed (self);
}

void
app_conversation_settings_unset (AppConversationSettings *self, const char *key)
{
  if (!json_object_has_member (self->object, key))
    return;
  json_object_remove_member (self->object, key);
  changed (self);
}

double
app_conversation_settings_get_adapter_scale (AppConversationSettings *self)
{
  return json_object_has_member (self->object, APP_SETTING_ADAPTER_SCALE) ? json_object_get_double_member (self->object, APP_SETTING_ADAPTER_SCALE) : 1;
}

void
app_conversation_settings_set_adapter (AppConversationSettings *self, const char *id, double scale)
{
  scale = id ? CLAMP (scale, 0, APP_ADAPTER_SCALE_MAX) : 1;
  if (g_strcmp0 (app_conversation_settings_get_text (self, APP_SETTING_ADAPTER), id) == 0 && app_conversation_settings_get_adapter_scale (self) == scale)
    return;
  if (!id)
    json_object_remove_member (self->object, APP_SETTING_ADAPTER);
  else if (g_strcmp0 (app_conversation_settings_get_text (self, APP_SETTING_ADAPTER), id) != 0) /* it may be what is here */
    json_object_set_string_member (self->object, APP_SETTING_ADAPTER, id);
  if (scale == 1)
    json_object_remove_member (self->object, APP_SETTING_ADAPTER_SCALE);
  else
    json_object_set_double_member (self->object, APP_SETTING_ADAPTER_SCALE, scale);
  changed (self);
}

AppSampling
app_conversation_settings_apply (AppConversationSettings *self, const AppSampling *general)
{
  AppSampling sampling = *general;
  guint n;
  const AppSamplingField *fields = app_sampling_get_fields (&n);
  double number;

  for (guint i = 0; self && i < n; i++)
    if (app_conversation_settings_get_number (self, &fields[i], &number))
      app_sampling_set (&sampling, &fields[i], number);
  if (sampling.seed == 0)
    sampling.seed = (guint64) g_random_int () << 32 | g_random_int ();
  return sampling;
}

/* ---- object ---- */

static void
app_conversation_settings_finalize (GObject *object)
{
  json_object_unref (APP_CONVERSATION_SETTINGS (object)->object);
  G_OBJECT_CLASS (app_conversation_settings_parent_class)->finalize (object);
}

static void
app_conversation_settings_class_init (AppConversationSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_conversation_settings_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
app_conversation_settings_init (AppConversationSettings *self)
{
  self->object = json_object_new ();
}

AppConversationSettings *
app_conversation_settings_new (void)
{
  return g_object_new (APP_TYPE_CONVERSATION_SETTINGS, NULL);
}
