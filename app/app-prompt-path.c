/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-conversation-private.h"
#include "app-message-private.h"

static const AppSampling default_sampling = { .temperature = 0.7, .top_p = 0.95, .min_p = 0.05, .repeat_penalty = 1.05, .top_k = 40 };

/* A message as the model reads it: what was attached first, then the words, so that the question stands last. */
static char *
message_content (AppMessage *message)
{
  const char *attached = app_message_get_content (message), *text = app_message_get_text (message);

  if (!attached || !*attached)
    return g_strdup (text);
  return *text ? g_strconcat (attached, "\n\n", text, NULL) : g_strdup (attached);
}

AppPrompt *
app_prompt_for_path (AppSettings *settings, GListModel *messages, guint n_messages)
{
  AppSampling sampling = settings ? app_settings_get_sampling (settings) : default_sampling;
  AppPrompt *prompt = app_prompt_new (&sampling);
  g_autoptr (GString) note = g_string_new (NULL);

  if (settings) {
    g_autofree char *system = app_settings_dup_system_prompt (settings);
    if (*system)
      app_prompt_add (prompt, APP_ROLE_SYSTEM, system);
  }
  for (guint i = 0; i < n_messages; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (messages, i);
    AppRole role = app_message_get_role (message);
    g_autofree char *content = message_content (message);
    if (role == APP_ROLE_USER) {
      if (note->len && *content)
        g_string_append (note, "\n\n");
      g_string_append (note, content);
    } else if (*content) {
      if (note->len)
        app_prompt_add (prompt, APP_ROLE_USER, note->str);
      g_string_truncate (note, 0);
      app_prompt_add (prompt, role, content);
    }
  }
  if (note->len)
    app_prompt_add (prompt, APP_ROLE_USER, note->str);
  return prompt;
}
