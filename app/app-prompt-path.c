/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-conversation-private.h"
#include "app-message-private.h"

static void
append (GString *string, const char *text)
{
  if (string->len && *text)
    g_string_append (string, "\n\n");
  g_string_append (string, text);
}

AppPrompt *
app_prompt_for_turn (AppSettings *settings, AppConversationSettings *own, GListModel *messages, guint n_messages, AppTurn *next)
{
  AppSampling general = settings ? app_settings_get_sampling (settings) : app_sampling_usual ();
  AppSampling sampling = app_conversation_settings_apply (own, &general);
  AppPrompt *prompt = app_prompt_new (&sampling);
  const char *instructions = own ? app_conversation_settings_get_text (own, APP_SETTING_INSTRUCTIONS) : NULL;
  g_autoptr (GString) attached = g_string_new (NULL);
  g_autoptr (GString) note = g_string_new (NULL);

  if (instructions) {
    app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, instructions);
  } else if (settings) {
    g_autofree char *system = app_settings_dup_system_prompt (settings);
    if (*system)
      app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, system);
  }
  for (guint i = 0; i < n_messages; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (messages, i);
    AppRole role = app_message_get_role (message);
    const char *content = app_message_get_content (message), *text = app_message_get_text (message);
    if (role == APP_ROLE_USER) {
      append (attached, content ? content : "");
      append (note, text);
    } else if (*text) {
      if (note->len || attached->len)
        app_prompt_add (prompt, APP_ROLE_USER, attached->str, note->str);
      g_string_truncate (attached, 0);
      g_string_truncate (note, 0);
      app_prompt_add (prompt, role, NULL, text);
    }
  }
  for (guint i = 0; next && i < app_turn_get_n_attachments (next); i++) {
    const char *text = app_attachment_get_model_text (app_turn_get_attachment (next, i));
    append (attached, text ? text : ""); /* it may still be read */
  }
  if (next)
    append (note, app_turn_get_text (next));
  if (note->len || attached->len || next)
    app_prompt_add (prompt, APP_ROLE_USER, attached->str, note->str);
  return prompt;
}

AppPrompt *
app_prompt_for_path (AppSettings *settings, AppConversationSettings *own, GListModel *messages, guint n_messages)
{
  return app_prompt_for_turn (settings, own, messages, n_messages, NULL);
}
