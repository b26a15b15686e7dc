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

/* Whom a prompt is for. */
typedef struct {
  AppSenses senses;
  const char *host;     /* NULL: a model of this machine */
  gboolean measured;    /* how much a file is, and not the file itself */
  GPtrArray *documents; /* of the person's message, as far as it was read: of AppDocument */
  GArray *parts;        /* of AppPromptPart, likewise */
} Telling;

static void
clear_part (gpointer data)
{
  g_clear_pointer (&((AppPromptPart *) data)->bytes, g_bytes_unref);
}

/* The file as it may be given, whatever it is: here it is decoded; a server gets nothing but the pixels of a picture. FALSE: what was read from it is told instead. */
static gboolean
give (const Telling *telling, AppAttachment *attachment, GBytes *bytes, AppPromptPart *part)
{
  AppSenses sense = app_attachment_get_sense (attachment) & telling->senses;

  *part = (AppPromptPart) { .sense = sense, .extent = app_attachment_get_extent (attachment) };
  if (!sense || (!bytes && !telling->measured) || (telling->host && (sense != APP_SENSE_SIGHT || !bytes)))
    return FALSE;
  if (telling->host) {
    part->bytes = app_bare_picture (bytes);
    part->mime_type = part->bytes ? app_bare_picture_type (part->bytes) : NULL;
    return part->bytes != NULL;
  }
  part->bytes = bytes ? g_bytes_ref (bytes) : NULL;
  return TRUE;
}

/* What an attachment is to the model: itself, and in its place among the texts its name; or what was read from it. */
static void
tell (Telling *telling, gint64 note, guint index, AppAttachment *attachment, GBytes *bytes, const char *sha256, const char *model_text)
{
  const char *name = attachment ? app_attachment_get_name (attachment) : "";
  g_autofree char *line = NULL;
  AppPromptPart part;

  if (attachment && give (telling, attachment, bytes, &part)) {
    const char *what = part.sense == APP_SENSE_SIGHT ? "Picture" : "Sound";

    line = *name ? g_strdup_printf ("[%s \"%s\"]", what, name) : g_strdup_printf ("[%s]", what);
    part.sha256 = sha256;
    g_array_append_val (telling->parts, part);
  }
  g_ptr_array_add (telling->documents, app_document_new (note, index, name, line ? line : model_text));
}

static void
tell_rows (Telling *telling, gint64 note, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    const AppAttachmentRow *row = rows->pdata[i];
    g_autoptr (AppAttachment) attachment = app_attachment_new_stored (row->metadata, NULL, NULL);

    tell (telling, note, i, attachment, row->bytes, row->sha256, row->model_text);
  }
}

/* One message of the person, of all the notes since the last answer, which are emptied. */
static void
add_note (AppPrompt *prompt, Telling *telling, GString *note)
{
  app_prompt_add (prompt, APP_ROLE_USER, telling->documents, note->str);
  for (guint i = 0; i < telling->parts->len; i++)
    app_prompt_add_part (prompt, &g_array_index (telling->parts, AppPromptPart, i));
  g_ptr_array_set_size (telling->documents, 0);
  g_string_truncate (note, 0);
  g_array_set_size (telling->parts, 0);
}

AppPrompt *
app_prompt_for_turn (AppSettings *settings, AppConversationSettings *own, GListModel *messages, guint n_messages, AppTurn *next, const char *host,
                     AppSenses senses, GHashTable *shown)
{
  AppSampling general = settings ? app_settings_get_sampling (settings) : app_sampling_usual ();
  AppSampling sampling = app_conversation_settings_apply (own, &general);
  AppPrompt *prompt = app_prompt_new (&sampling);
  g_autoptr (GPtrArray) documents = app_documents_new ();
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (AppPromptPart));
  Telling telling = { senses, host, next != NULL, documents, parts };
  const char *instructions = own ? app_conversation_settings_get_text (own, APP_SETTING_INSTRUCTIONS) : NULL;
  g_autoptr (GString) note = g_string_new (NULL);

  g_array_set_clear_func (parts, clear_part);
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
    GPtrArray *rows = shown ? g_hash_table_lookup (shown, &id) : NULL;
    if (role == APP_ROLE_USER) {
      GPtrArray *of_message = app_message_get_documents (message);
      if (rows)
        tell_rows (&telling, id, rows);
      for (guint j = 0; !rows && of_message && j < of_message->len; j++)
        g_ptr_array_add (documents, app_document_ref (of_message->pdata[j]));
      append (note, text);
    } else if (*text) {
      if (note->len || documents->len)
        add_note (prompt, &telling, note);
      app_prompt_add (prompt, role, NULL, text);
    }
  }
  for (guint i = 0; next && i < app_turn_get_n_attachments (next); i++) {
    AppAttachment *attachment = app_turn_get_attachment (next, i);
    const char *text = app_attachment_get_model_text (attachment);
    if (text) /* it may still be read */
      tell (&telling, 0, i, attachment, app_attachment_get_bytes (attachment), app_attachment_get_sha256 (attachment), text);
  }
  if (next)
    append (note, app_turn_get_text (next));
  if (next || note->len || documents->len)
    add_note (prompt, &telling, note);
  return prompt;
}

AppPrompt *
app_prompt_for_path (AppSettings *settings, AppConversationSettings *own, GListModel *messages, guint n_messages, const char *host, AppSenses senses, GHashTable *shown)
{
  return app_prompt_for_turn (settings, own, messages, n_messages, NULL, host, senses, shown);
}
