/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-conversation-private.h"
#include "app-message-private.h"

static const AppSampling default_sampling = { .temperature = 0.7, .top_p = 0.95, .min_p = 0.05, .repeat_penalty = 1.05, .top_k = 40 };

static void
append (GString *string, const char *text)
{
  if (string->len && *text)
    g_string_append (string, "\n\n");
  g_string_append (string, text);
}

/* One message of the person, of all the notes since the last answer, which are emptied. */
static void
add_note (AppPrompt *prompt, GPtrArray *documents, GString *note)
{
  if (!note->len && !documents->len)
    return;
  app_prompt_add (prompt, APP_ROLE_USER, documents, note->str);
  g_ptr_array_set_size (documents, 0);
  g_string_truncate (note, 0);
}

AppPrompt *
app_prompt_for_path (AppSettings *settings, GListModel *messages, guint n_messages)
{
  AppSampling sampling = settings ? app_settings_get_sampling (settings) : default_sampling;
  AppPrompt *prompt = app_prompt_new (&sampling);
  g_autoptr (GPtrArray) documents = app_documents_new ();
  g_autoptr (GString) note = g_string_new (NULL);

  if (settings) {
    g_autofree char *system = app_settings_dup_system_prompt (settings);
    if (*system)
      app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, system);
  }
  for (guint i = 0; i < n_messages; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (messages, i);
    AppRole role = app_message_get_role (message);
    const char *text = app_message_get_text (message);
    if (role == APP_ROLE_USER) {
      GPtrArray *of_message = app_message_get_documents (message);
      for (guint j = 0; of_message && j < of_message->len; j++)
        g_ptr_array_add (documents, app_document_ref (of_message->pdata[j]));
      append (note, text);
    } else if (*text) {
      add_note (prompt, documents, note);
      app_prompt_add (prompt, role, NULL, text);
    }
  }
  add_note (prompt, documents, note);
  return prompt;
}
