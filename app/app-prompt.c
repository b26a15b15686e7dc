/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-completion.h"

typedef struct {
  AppRole role;
  char *content;
} Message;

struct _AppPrompt {
  gatomicrefcount count;
  AppSampling sampling;
  GArray *messages; /* of Message */
};

G_DEFINE_BOXED_TYPE (AppPrompt, app_prompt, app_prompt_ref, app_prompt_unref)

static void
clear_message (gpointer data)
{
  g_free (((Message *) data)->content);
}

AppPrompt *
app_prompt_new (const AppSampling *sampling)
{
  AppPrompt *prompt = g_new0 (AppPrompt, 1);

  g_atomic_ref_count_init (&prompt->count);
  prompt->sampling = *sampling;
  prompt->messages = g_array_new (FALSE, FALSE, sizeof (Message));
  g_array_set_clear_func (prompt->messages, clear_message);
  return prompt;
}

AppPrompt *
app_prompt_ref (AppPrompt *prompt)
{
  g_atomic_ref_count_inc (&prompt->count);
  return prompt;
}

void
app_prompt_unref (AppPrompt *prompt)
{
  if (!g_atomic_ref_count_dec (&prompt->count))
    return;
  g_array_unref (prompt->messages);
  g_free (prompt);
}

void
app_prompt_add (AppPrompt *prompt, AppRole role, const char *content)
{
  Message message = { role, g_strdup (content) };

  g_array_append_val (prompt->messages, message);
}

guint
app_prompt_get_n_messages (AppPrompt *prompt)
{
  return prompt->messages->len;
}

AppRole
app_prompt_get_role (AppPrompt *prompt, guint index)
{
  g_return_val_if_fail (index < prompt->messages->len, APP_ROLE_SYSTEM);
  return g_array_index (prompt->messages, Message, index).role;
}

const char *
app_prompt_get_content (AppPrompt *prompt, guint index)
{
  g_return_val_if_fail (index < prompt->messages->len, NULL);
  return g_array_index (prompt->messages, Message, index).content;
}

const AppSampling *
app_prompt_get_sampling (AppPrompt *prompt)
{
  return &prompt->sampling;
}

const char *
app_role_to_string (AppRole role)
{
  static const char *const names[] = { "system", "user", "assistant" };

  return names[role];
}
