/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-completion.h"

#include <string.h>

typedef struct {
  AppRole role;
  char *attached, *text;
} Message;

struct _AppPrompt {
  gatomicrefcount count;
  AppSampling sampling;
  GArray *messages; /* of Message */
  char *beginning;  /* of the answer; nullable */
};

G_DEFINE_BOXED_TYPE (AppPrompt, app_prompt, app_prompt_ref, app_prompt_unref)

static void
clear_message (gpointer data)
{
  Message *message = data;

  g_free (message->attached);
  g_free (message->text);
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
  g_free (prompt->beginning);
  g_free (prompt);
}

void
app_prompt_add (AppPrompt *prompt, AppRole role, const char *attached, const char *text)
{
  Message message = { role, g_strdup (attached ? attached : ""), g_strdup (text) };

  g_array_append_val (prompt->messages, message);
}

void
app_prompt_set_beginning (AppPrompt *prompt, const char *text)
{
  g_free (prompt->beginning);
  prompt->beginning = g_strdup (text);
}

const char *
app_prompt_get_beginning (AppPrompt *prompt)
{
  return prompt->beginning;
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
app_prompt_get_attached (AppPrompt *prompt, guint index)
{
  g_return_val_if_fail (index < prompt->messages->len, NULL);
  return g_array_index (prompt->messages, Message, index).attached;
}

const char *
app_prompt_get_text (AppPrompt *prompt, guint index)
{
  g_return_val_if_fail (index < prompt->messages->len, NULL);
  return g_array_index (prompt->messages, Message, index).text;
}

char *
app_prompt_join (const char *attached, gsize n_attached, const char *text)
{
  GString *content = g_string_new_len (attached, n_attached);

  if (n_attached && *text)
    g_string_append (content, "\n\n");
  g_string_append (content, text);
  return g_string_free (content, FALSE);
}

char *
app_prompt_dup_content (AppPrompt *prompt, guint index)
{
  const char *attached = app_prompt_get_attached (prompt, index);

  return app_prompt_join (attached, strlen (attached), app_prompt_get_text (prompt, index));
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
