/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-bare-picture.h"
#include "app-conversation-private.h"
#include "app-message-private.h"

static void
append (GString *string, const char *text)
{
  if (string->len && *text)
    g_string_append (string, "\n\n");
  g_string_append (string, text);
}

/* The picture as it may be shown: a server gets nothing but pixels; here it is decoded, whatever it is. (transfer full) (nullable) */
static GBytes *
shown_picture (const AppAttachmentRow *row, AppAttachment *attachment, const char *host)
{
  if (!row->bytes || host)
    return row->bytes ? app_bare_picture (row->bytes) : NULL;
  return attachment && app_attachment_get_kind (attachment) == APP_ATTACHMENT_PICTURE ? g_bytes_ref (row->bytes) : NULL;
}

/* What a note's attachments are to a model that sees: pictures go into `shown` (of GBytes), and in their places stand their names; the others are read. */
static void
show_pictures (gint64 note, GPtrArray *rows, const char *host, GPtrArray *documents, GPtrArray *shown)
{
  for (guint i = 0; i < rows->len; i++) {
    const AppAttachmentRow *row = rows->pdata[i];
    g_autoptr (AppAttachment) attachment = app_attachment_new_stored (row->metadata, NULL, NULL);
    GBytes *bare = shown_picture (row, attachment, host);
    const char *name = attachment ? app_attachment_get_name (attachment) : "";
    g_autofree char *line = g_strdup_printf (*name ? "[Picture \"%s\"]" : "[Picture]", name);

    g_ptr_array_add (documents, app_document_new (note, i, name, bare ? line : row->model_text));
    if (bare)
      g_ptr_array_add (shown, bare);
  }
}

/* One message of the person, of all the notes since the last answer, which are emptied. */
static void
add_note (AppPrompt *prompt, GPtrArray *documents, GString *note, GPtrArray *shown)
{
  if (!note->len && !documents->len)
    return;
  app_prompt_add (prompt, APP_ROLE_USER, documents, note->str);
  for (guint i = 0; i < shown->len; i++)
    app_prompt_add_picture (prompt, app_bare_picture_type (shown->pdata[i]), shown->pdata[i]);
  g_ptr_array_set_size (documents, 0);
  g_string_truncate (note, 0);
  g_ptr_array_set_size (shown, 0);
}

AppPrompt *
app_prompt_for_turn (AppSettings *settings, AppConversationSettings *own, GListModel *messages, guint n_messages, AppTurn *next, const char *host,
                     GHashTable *pictures)
{
  AppSampling general = settings ? app_settings_get_sampling (settings) : app_sampling_usual ();
  AppSampling sampling = app_conversation_settings_apply (own, &general);
  AppPrompt *prompt = app_prompt_new (&sampling);
  g_autoptr (GPtrArray) documents = app_documents_new ();
  const char *instructions = own ? app_conversation_settings_get_text (own, APP_SETTING_INSTRUCTIONS) : NULL;
  g_autoptr (GString) note = g_string_new (NULL);
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (instructions) {
    app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, instructions);
  } else if (settings) {
    g_autofree char *system = app_settings_dup_system_prompt_for (settings, host);
    if (*system)
      app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, system);
  }
  for (guint i = 0; i < n_messages; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (messages, i);
    AppRole role = app_message_get_role (message);
    const char *text = app_message_get_text (message);
    gint64 id = app_message_get_id (message);
    GPtrArray *rows = pictures ? g_hash_table_lookup (pictures, &id) : NULL;
    if (role == APP_ROLE_USER) {
      GPtrArray *of_message = app_message_get_documents (message);
      if (rows)
        show_pictures (id, rows, host, documents, shown);
      for (guint j = 0; !rows && of_message && j < of_message->len; j++)
        g_ptr_array_add (documents, app_document_ref (of_message->pdata[j]));
      append (note, text);
    } else if (*text) {
      add_note (prompt, documents, note, shown);
      app_prompt_add (prompt, role, NULL, text);
    }
  }
  for (guint i = 0; next && i < app_turn_get_n_attachments (next); i++) {
    AppAttachment *attachment = app_turn_get_attachment (next, i);
    const char *text = app_attachment_get_model_text (attachment);
    if (text) /* it may still be read */
      g_ptr_array_add (documents, app_document_new (0, i, app_attachment_get_name (attachment), text));
  }
  if (next) {
    append (note, app_turn_get_text (next));
    app_prompt_add (prompt, APP_ROLE_USER, documents, note->str);
  } else {
    add_note (prompt, documents, note, shown);
  }
  return prompt;
}

AppPrompt *
app_prompt_for_path (AppSettings *settings, AppConversationSettings *own, GListModel *messages, guint n_messages, const char *host, GHashTable *pictures)
{
  return app_prompt_for_turn (settings, own, messages, n_messages, NULL, host, pictures);
}
