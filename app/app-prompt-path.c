/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-bare-picture.h"
#include "app-conversation-private.h"
#include "app-message-private.h"
#include "app-tool-call.h"
#include "attachments/heard.h"

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

  *part = (AppPromptPart) { .sense = sense, .extent = app_attachment_get_extent (attachment), .video = app_attachment_get_kind (attachment) == APP_ATTACHMENT_VIDEO };
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

/* What a model is told of a video beside the part of it that it is given: of its sound, what was written down; of its pictures, what was read. (transfer full) */
static char *
describe_video (AppAttachment *attachment, AppSenses given, const char *model_text)
{
  AppExtent extent = app_attachment_get_extent (attachment);
  g_autofree char *length = app_transcript_format_time (MAX (1, (guint) extent.seconds));
  const char *name = app_attachment_get_name (attachment), *seen = app_attachment_find_seen (model_text);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "[Video \"%s\", %s long", name, length);
  if (given & APP_SENSE_SIGHT)
    g_string_append (text, ": pictures of it, in front of each the time of it");
  if (given == (APP_SENSE_SIGHT | APP_SENSE_HEARING))
    g_string_append (text, ", and its sound.]");
  else if (given == APP_SENSE_HEARING) {
    g_string_append (text, ": its sound. You cannot see its pictures.]");
    if (seen)
      g_string_append_printf (text, "\n%s", seen); /* up to the end of the frame */
  } else if (extent.silent) {
    g_string_append (text, ". It has no sound.]");
  } else {
    g_autoptr (AppTranscript) transcript = app_attachment_parse_heard (model_text);

    g_string_append (text, ". You cannot hear it");
    app_attachment_append_heard (text, transcript->parts->len ? transcript : NULL);
    g_string_append_printf (text, "[End of video \"%s\"]\n", name);
  }
  return g_string_free (text, FALSE);
}

/* (transfer full) */
static char *
describe (AppAttachment *attachment, AppSenses given, const char *model_text)
{
  const char *name = app_attachment_get_name (attachment), *what = given == APP_SENSE_SIGHT ? "Picture" : "Sound";

  if (app_attachment_get_kind (attachment) == APP_ATTACHMENT_VIDEO)
    return describe_video (attachment, given, model_text);
  return *name ? g_strdup_printf ("[%s \"%s\"]", what, name) : g_strdup_printf ("[%s]", what);
}

/* What an attachment is to the model: itself, and in its place among the texts its name; or what was read from it. */
static void
tell (Telling *telling, gint64 note, guint index, AppAttachment *attachment, GBytes *bytes, const char *sha256, const char *model_text)
{
  static const AppSenses all[] = { APP_SENSE_SIGHT, APP_SENSE_HEARING };
  const char *name = attachment ? app_attachment_get_name (attachment) : "";
  g_autofree char *line = NULL;
  AppPromptPart part;

  if (attachment && give (telling, attachment, bytes, &part)) {
    AppSenses given = part.sense;

    line = describe (attachment, given, model_text);
    part.sha256 = sha256;
    for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
      AppPromptPart one = part;

      if (!(given & all[i]))
        continue;
      one.sense = all[i];
      one.bytes = part.bytes ? g_bytes_ref (part.bytes) : NULL;
      g_array_append_val (telling->parts, one);
    }
    g_clear_pointer (&part.bytes, g_bytes_unref);
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

/* The calls of one round, and what came of them. `calls`: from this one on. Returns the first of the next round. */
static guint
add_round (AppPrompt *prompt, GListModel *calls, guint first)
{
  guint n = g_list_model_get_n_items (calls), end = first, round = 0;

  for (; end < n; end++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, end);
    if (end > first && app_tool_call_get_round (call) != round)
      break;
    round = app_tool_call_get_round (call);
    app_prompt_add_call (prompt, &(AppPromptCall) { app_tool_call_get_id (call), app_tool_call_get_name (call), app_tool_call_get_arguments (call) });
  }
  for (guint i = first; i < end; i++) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, i);
    const char *result = app_tool_call_get_state (call) == APP_CALL_UNKNOWN ? "Unknown: the program ended while this ran. Ask the person whether it happened; do not repeat it."
                                                                              : app_tool_call_get_result (call);
    app_prompt_add_result (prompt, app_tool_call_get_id (call), app_tool_call_get_name (call), *result ? result : "Stopped: it did not happen.");
  }
  return end;
}

/* An answer as the model wrote it: its words, its calls where they were made, and what came of them. */
static void
add_answer (AppPrompt *prompt, AppMessage *message, gboolean with_calls)
{
  GListModel *calls = app_message_get_calls (message);
  guint n = with_calls ? g_list_model_get_n_items (calls) : 0, next = 0;
  const char *text = app_message_get_text (message);
  gsize n_bytes = strlen (text), at = 0;

  while (next < n) {
    g_autoptr (AppToolCall) call = g_list_model_get_item (calls, next);
    gsize place = CLAMP (app_tool_call_get_place (call), at, n_bytes);
    g_autofree char *words = g_strndup (text + at, place - at), *whole = g_utf8_make_valid (g_strstrip (words), -1);

    app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, whole);
    next = add_round (prompt, calls, next);
    at = place;
  }
  if (n > 0)
    while (g_ascii_isspace (text[at]))
      at++;
  if (text[at] != '\0')
    app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, text + at);
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
  gboolean with_calls = app_tools_are_wanted (settings, own, host);
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
    } else if (*text || (with_calls && g_list_model_get_n_items (app_message_get_calls (message)) > 0)) {
      if (note->len || documents->len)
        add_note (prompt, &telling, note);
      add_answer (prompt, message, with_calls);
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
