/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-completion.h"
#include "engine.h"

typedef struct {
  AppRole role;
  GPtrArray *documents; /* AppDocument */
  char *attached;       /* their texts */
  char *text;
  GArray *parts; /* of AppPromptPart, with what they point to; NULL for none */
  GArray *calls; /* of AppPromptCall, with what they point to; NULL for none. Of a result: the one that it is of */
} Message;

struct _AppPrompt {
  gatomicrefcount count;
  AppSampling sampling;
  GArray *messages; /* of Message */
  char *beginning;  /* of the answer; nullable */
  AppPromptAdapter *adapter; /* nullable */
  EngineGrammar *grammar;    /* nullable */
  AppThinking thinking;
  GArray *tools;    /* of AppPromptTool, with what they point to */
};

G_DEFINE_BOXED_TYPE (AppPrompt, app_prompt, app_prompt_ref, app_prompt_unref)

static void
clear_part (gpointer data)
{
  AppPromptPart *part = data;

  g_free ((char *) part->mime_type);
  g_clear_pointer (&part->bytes, g_bytes_unref);
  g_free ((char *) part->sha256);
}

static void
clear_message (gpointer data)
{
  Message *message = data;

  g_ptr_array_unref (message->documents);
  g_free (message->attached);
  g_free (message->text);
  g_clear_pointer (&message->parts, g_array_unref);
  g_clear_pointer (&message->calls, g_array_unref);
}

static void
clear_call (gpointer data)
{
  AppPromptCall *call = data;

  g_free ((char *) call->id);
  g_free ((char *) call->name);
  g_free ((char *) call->arguments);
}

static void
clear_tool (gpointer data)
{
  AppPromptTool *tool = data;

  g_free ((char *) tool->name);
  g_free ((char *) tool->description);
  g_free ((char *) tool->parameters);
}

AppPrompt *
app_prompt_new (const AppSampling *sampling)
{
  AppPrompt *prompt = g_new0 (AppPrompt, 1);

  g_atomic_ref_count_init (&prompt->count);
  prompt->sampling = *sampling;
  prompt->messages = g_array_new (FALSE, FALSE, sizeof (Message));
  g_array_set_clear_func (prompt->messages, clear_message);
  prompt->tools = g_array_new (FALSE, FALSE, sizeof (AppPromptTool));
  g_array_set_clear_func (prompt->tools, clear_tool);
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
  g_array_unref (prompt->tools);
  g_free (prompt->beginning);
  app_prompt_adapter_free (prompt->adapter);
  g_clear_pointer (&prompt->grammar, engine_grammar_unref);
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
app_prompt_put_before (AppPrompt *prompt, const char *text)
{
  Message *message;

  g_return_if_fail (prompt->messages->len > 0);
  message = &g_array_index (prompt->messages, Message, prompt->messages->len - 1);
  g_autofree char *words = message->text;
  message->text = g_strdup_printf ("%s\n\n%s", text, words);
}

void
app_prompt_put_behind (AppPrompt *prompt, const char *text)
{
  Message *message;

  g_return_if_fail (prompt->messages->len > 0);
  message = &g_array_index (prompt->messages, Message, prompt->messages->len - 1);
  if (!*text)
    return;
  g_autofree char *words = message->text;
  message->text = app_prompt_join (words, text);
}

void
app_prompt_add_part (AppPrompt *prompt, const AppPromptPart *part)
{
  AppPromptPart copy = { part->sense, g_strdup (part->mime_type), part->bytes ? g_bytes_ref (part->bytes) : NULL, g_strdup (part->sha256), part->extent, part->video };
  Message *message;

  g_return_if_fail (prompt->messages->len > 0);
  message = &g_array_index (prompt->messages, Message, prompt->messages->len - 1);
  if (!message->parts) {
    message->parts = g_array_new (FALSE, FALSE, sizeof (AppPromptPart));
    g_array_set_clear_func (message->parts, clear_part);
  }
  g_array_append_val (message->parts, copy);
}

/* ---- tools ---- */

void
app_prompt_add_tool (AppPrompt *prompt, const AppPromptTool *tool)
{
  AppPromptTool copy = { g_strdup (tool->name), g_strdup (tool->description), g_strdup (tool->parameters) };

  g_array_append_val (prompt->tools, copy);
}

guint
app_prompt_get_n_tools (AppPrompt *prompt)
{
  return prompt->tools->len;
}

const AppPromptTool *
app_prompt_get_tool (AppPrompt *prompt, guint index)
{
  g_return_val_if_fail (index < prompt->tools->len, NULL);
  return &g_array_index (prompt->tools, AppPromptTool, index);
}

void
app_prompt_drop_tools (AppPrompt *prompt)
{
  g_array_set_size (prompt->tools, 0);
}

void
app_prompt_add_call (AppPrompt *prompt, const AppPromptCall *call)
{
  AppPromptCall copy = { g_strdup (call->id), g_strdup (call->name), g_strdup (call->arguments) };
  Message *message;

  g_return_if_fail (prompt->messages->len > 0);
  message = &g_array_index (prompt->messages, Message, prompt->messages->len - 1);
  if (!message->calls) {
    message->calls = g_array_new (FALSE, FALSE, sizeof (AppPromptCall));
    g_array_set_clear_func (message->calls, clear_call);
  }
  g_array_append_val (message->calls, copy);
}

void
app_prompt_add_result (AppPrompt *prompt, const char *call_id, const char *name, const char *text)
{
  app_prompt_add (prompt, APP_ROLE_TOOL, NULL, text);
  app_prompt_add_call (prompt, &(AppPromptCall) { .id = call_id, .name = name });
}

guint
app_prompt_get_n_calls (AppPrompt *prompt, guint index)
{
  const Message *message;

  g_return_val_if_fail (index < prompt->messages->len, 0);
  message = &g_array_index (prompt->messages, Message, index);
  return message->calls && message->role != APP_ROLE_TOOL ? message->calls->len : 0;
}

const AppPromptCall *
app_prompt_get_call (AppPrompt *prompt, guint index, guint call)
{
  g_return_val_if_fail (call < app_prompt_get_n_calls (prompt, index), NULL);
  return &g_array_index (g_array_index (prompt->messages, Message, index).calls, AppPromptCall, call);
}

const AppPromptCall *
app_prompt_get_result_of (AppPrompt *prompt, guint index)
{
  const Message *message;

  g_return_val_if_fail (index < prompt->messages->len, NULL);
  message = &g_array_index (prompt->messages, Message, index);
  return message->role == APP_ROLE_TOOL ? &g_array_index (message->calls, AppPromptCall, 0) : NULL;
}

AppPrompt *
app_prompt_copy (AppPrompt *prompt)
{
  AppPrompt *copy = app_prompt_new (&prompt->sampling);

  for (guint i = 0; i < prompt->messages->len; i++) {
    const Message *message = &g_array_index (prompt->messages, Message, i);

    app_prompt_add (copy, message->role, message->documents, message->text);
    for (guint j = 0; message->parts && j < message->parts->len; j++)
      app_prompt_add_part (copy, &g_array_index (message->parts, AppPromptPart, j));
    for (guint j = 0; message->calls && j < message->calls->len; j++)
      app_prompt_add_call (copy, &g_array_index (message->calls, AppPromptCall, j));
  }
  for (guint i = 0; i < prompt->tools->len; i++)
    app_prompt_add_tool (copy, &g_array_index (prompt->tools, AppPromptTool, i));
  copy->beginning = g_strdup (prompt->beginning);
  if (prompt->adapter)
    copy->adapter = app_prompt_adapter_new (prompt->adapter->name, prompt->adapter->path, prompt->adapter->scale);
  app_prompt_set_grammar (copy, prompt->grammar);
  copy->thinking = prompt->thinking;
  return copy;
}

void
app_prompt_add_picture (AppPrompt *prompt, const char *mime_type, GBytes *bytes)
{
  app_prompt_add_part (prompt, &(AppPromptPart) { .sense = APP_SENSE_SIGHT, .mime_type = mime_type, .bytes = bytes });
}

void
app_prompt_add_sound (AppPrompt *prompt, const char *mime_type, GBytes *bytes)
{
  app_prompt_add_part (prompt, &(AppPromptPart) { .sense = APP_SENSE_HEARING, .mime_type = mime_type, .bytes = bytes });
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

void
app_prompt_set_grammar (AppPrompt *prompt, EngineGrammar *grammar)
{
  g_clear_pointer (&prompt->grammar, engine_grammar_unref);
  prompt->grammar = grammar ? engine_grammar_ref (grammar) : NULL;
}

EngineGrammar *
app_prompt_get_grammar (AppPrompt *prompt)
{
  return prompt->grammar;
}

void
app_prompt_set_thinking (AppPrompt *prompt, const AppThinking *thinking)
{
  prompt->thinking = *thinking;
}

const AppThinking *
app_prompt_get_thinking (AppPrompt *prompt)
{
  return &prompt->thinking;
}

void
app_prompt_set_sampling (AppPrompt *prompt, const AppSampling *sampling)
{
  prompt->sampling = *sampling;
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

const char *
app_prompt_get_question (AppPrompt *prompt)
{
  for (guint i = prompt->messages->len; i-- > 0;)
    if (app_prompt_get_role (prompt, i) == APP_ROLE_USER)
      return app_prompt_get_text (prompt, i);
  return "";
}

guint
app_prompt_get_n_parts (AppPrompt *prompt, guint index)
{
  const GArray *parts;

  g_return_val_if_fail (index < prompt->messages->len, 0);
  parts = g_array_index (prompt->messages, Message, index).parts;
  return parts ? parts->len : 0;
}

const AppPromptPart *
app_prompt_get_part (AppPrompt *prompt, guint index, guint part)
{
  g_return_val_if_fail (part < app_prompt_get_n_parts (prompt, index), NULL);
  return &g_array_index (g_array_index (prompt->messages, Message, index).parts, AppPromptPart, part);
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
  static const char *const names[] = { "system", "user", "assistant", "tool" };

  return names[role];
}
