/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-completion.h"

typedef struct {
  char *mime_type;
  GBytes *bytes;
} Picture;

typedef struct {
  AppRole role;
  GPtrArray *documents; /* AppDocument */
  char *attached;       /* their texts */
  char *text;
  GArray *pictures; /* of Picture; NULL for none */
} Message;

struct _AppPrompt {
  gatomicrefcount count;
  AppSampling sampling;
  GArray *messages; /* of Message */
  char *beginning;  /* of the answer; nullable */
  AppPromptAdapter *adapter; /* nullable */
};

G_DEFINE_BOXED_TYPE (AppPrompt, app_prompt, app_prompt_ref, app_prompt_unref)

static void
clear_picture (gpointer data)
{
  Picture *picture = data;

  g_free (picture->mime_type);
  g_bytes_unref (picture->bytes);
}

static void
clear_message (gpointer data)
{
  Message *message = data;

  g_ptr_array_unref (message->documents);
  g_free (message->attached);
  g_free (message->text);
  g_clear_pointer (&message->pictures, g_array_unref);
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
  app_prompt_adapter_free (prompt->adapter);
  g_free (prompt);
}

void
app_prompt_add (AppPrompt *prompt, AppRole role, GPtrArray *documents, const char *text)
{
  Message message = { .role = role, .documents = app_documents_new (), .text = g_strdup (text) };
  GString *attached = g_string_new (NULL);

  for (guint i = 0; documents && i < documents->len; i++) {
    AppDocument *document = documents->pdata[i];

    g_ptr_array_add (message.documents, app_document_ref (document));
    g_string_append_printf (attached, "%s%s", i ? "\n\n" : "", document->text);
  }
  message.attached = g_string_free (attached, FALSE);
  g_array_append_val (prompt->messages, message);
}

void
app_prompt_add_picture (AppPrompt *prompt, const char *mime_type, GBytes *bytes)
{
  Picture picture = { g_strdup (mime_type), g_bytes_ref (bytes) };
  Message *message;

  g_return_if_fail (prompt->messages->len > 0);
  message = &g_array_index (prompt->messages, Message, prompt->messages->len - 1);
  if (!message->pictures) {
    message->pictures = g_array_new (FALSE, FALSE, sizeof (Picture));
    g_array_set_clear_func (message->pictures, clear_picture);
  }
  g_array_append_val (message->pictures, picture);
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

AppPromptAdapter *
app_prompt_adapter_new (const char *name, const char *path, double scale)
{
  AppPromptAdapter *adapter = g_new (AppPromptAdapter, 1);

  *adapter = (AppPromptAdapter) { g_strdup (name), g_strdup (path), scale };
  return adapter;
}

void
app_prompt_adapter_free (AppPromptAdapter *adapter)
{
  if (!adapter)
    return;
  g_free (adapter->name);
  g_free (adapter->path);
  g_free (adapter);
}

void
app_prompt_set_adapter (AppPrompt *prompt, AppPromptAdapter *adapter)
{
  app_prompt_adapter_free (prompt->adapter);
  prompt->adapter = adapter;
}

const AppPromptAdapter *
app_prompt_get_adapter (AppPrompt *prompt)
{
  return prompt->adapter;
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

GPtrArray *
app_prompt_get_documents (AppPrompt *prompt, guint index)
{
  g_return_val_if_fail (index < prompt->messages->len, NULL);
  return g_array_index (prompt->messages, Message, index).documents;
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

guint
app_prompt_get_n_pictures (AppPrompt *prompt, guint index)
{
  const GArray *pictures;

  g_return_val_if_fail (index < prompt->messages->len, 0);
  pictures = g_array_index (prompt->messages, Message, index).pictures;
  return pictures ? pictures->len : 0;
}

GBytes *
app_prompt_get_picture (AppPrompt *prompt, guint index, guint picture, const char **mime_type)
{
  const Picture *shown;

  g_return_val_if_fail (picture < app_prompt_get_n_pictures (prompt, index), NULL);
  shown = &g_array_index (g_array_index (prompt->messages, Message, index).pictures, Picture, picture);
  *mime_type = shown->mime_type;
  return shown->bytes;
}

char *
app_prompt_join (const char *attached, const char *text)
{
  return g_strconcat (attached, *attached && *text ? "\n\n" : "", text, NULL);
}

char *
app_prompt_dup_content (AppPrompt *prompt, guint index)
{
  return app_prompt_join (app_prompt_get_attached (prompt, index), app_prompt_get_text (prompt, index));
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
