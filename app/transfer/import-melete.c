/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Melete's own format: json-format.h. It is foreign all the same. */
#include <glib/gi18n.h>
#include <string.h>

#include "attachments/attachment-private.h"
#include "json-format.h"
#include "transfer.h"

static gboolean
matches (JsonObject *header, JsonObject *item)
{
  return g_strcmp0 (app_import_string (header, "format"), APP_TRANSFER_FORMAT) == 0;
}

static gboolean
refuse (const char *what, GError **error)
{
  g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The file is damaged: %s. Export it again where it came from."), what);
  return FALSE;
}

/* ---- files ---- */

static gboolean
is_sha256 (const char *text)
{
  return text && strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64;
}

static gboolean
end_file (AppImportSource *source, GError **error)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&source->part));
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

  if (!g_str_equal (sha256, source->part_sha256))
    return refuse (_("an attachment is not what it was"), error);
  g_hash_table_insert (source->bytes, g_steal_pointer (&sha256), g_steal_pointer (&bytes));
  return TRUE;
}

static gboolean
begin_file (AppImportSource *source, JsonObject *object, GError **error)
{
  const char *sha256 = app_import_string (object, "sha256");
  gint64 size = app_import_int (object, "size");

  if (source->part || !is_sha256 (sha256) || size < 0 || size > APP_ATTACHMENT_MAX_BYTES)
    return refuse (_("an attachment is incomplete"), error);
  g_free (source->part_sha256);
  source->part_sha256 = g_strdup (sha256);
  source->part_size = size;
  source->part = g_byte_array_new ();
  return size > 0 || end_file (source, error);
}

static gboolean
take_piece (AppImportSource *source, const char *base64, GError **error)
{
  g_autofree guchar *bytes = NULL;
  gsize n;

  if (!source->part)
    return refuse (_("an attachment is incomplete"), error);
  bytes = g_base64_decode (base64, &n);
  if (n == 0 || n > source->part_size - source->part->len) {
    g_clear_pointer (&source->part, g_byte_array_unref);
    return refuse (_("an attachment is incomplete"), error);
  }
  g_byte_array_append (source->part, bytes, n);
  return source->part->len < source->part_size || end_file (source, error);
}

/* ---- conversations ---- */

/* The position in a table of words; -1: it is none of them. */
static int
word (const char *text, const char *const *words)
{
  for (int i = 0; text && words[i]; i++)
    if (g_str_equal (words[i], text))
      return i;
  return -1;
}

static int
position (JsonObject *object, const char *name)
{
  return json_object_has_member (object, name) ? (int) CLAMP (app_import_int (object, name), -1, G_MAXINT) : -1;
}

static void
read_stats (JsonObject *object, AppStats *stats)
{
  static const char *const finishes[] = { "none", "stop", "length", "context", NULL };

  stats->finish = MAX (word (app_import_string (object, "finish"), finishes), 0);
  stats->prompt_tokens = app_import_int (object, "prompt_tokens");
  stats->reused_tokens = app_import_int (object, "reused_tokens");
  stats->tokens = app_import_int (object, "tokens");
  stats->dropped_messages = app_import_int (object, "dropped_messages");
  stats->first_token_ms = app_import_number (object, "first_token_ms");
  stats->tokens_per_second = app_import_number (object, "tokens_per_second");
  stats->prompt_tokens_per_second = app_import_number (object, "prompt_tokens_per_second");
  stats->thought_tokens = app_import_int (object, "thought_tokens");
  stats->thought_ms = app_import_number (object, "thought_ms");
  stats->thought_end = MAX (word (app_import_string (object, "thought_end"), app_transfer_thought_ends), 0);
}

static char *
read_lines (JsonArray *array)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; array && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
      g_string_append_printf (lines, "%s%s", i ? "\n" : "", json_node_get_string (node));
  }
  return g_strdup (lines->str);
}

static gboolean
read_attachment (JsonObject *object, AppTreeMessage *message, GError **error)
{
  const char *sha256 = app_import_string (object, "sha256"), *model_text = app_import_string (object, "model_text");
  JsonNode *metadata = object ? json_object_get_member (object, "metadata") : NULL;
  g_autofree char *json = metadata ? json_to_string (metadata, FALSE) : NULL;
  g_autoptr (AppAttachment) stored = json ? app_attachment_new_stored (json, NULL, NULL) : NULL;
  AppAttachmentRow *row;

  if (!is_sha256 (sha256) || !model_text || !stored || !g_str_equal (sha256, app_attachment_get_sha256 (stored)))
    return refuse (_("an attachment is not described"), error);
  row = app_attachment_row_new ();
  row->sha256 = g_strdup (sha256);
  row->metadata = app_attachment_dup_metadata (stored);
  row->model_text = g_strdup (model_text);
  row->choices = g_strdup (app_import_string (object, "choices"));
  g_ptr_array_add (message->attachments, row);
  return TRUE;
}

static JsonObject *
element (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

const char *const app_transfer_origins[] = { "model", "repair", "person", "restored", NULL };
const char *const app_transfer_version_states[] = { "-", "unseen", "works", "fails", NULL };

/* What an answer cites: app-store-tree.c looks whether its note and attachment are there. A citation that points nowhere is left out. */
static void
read_sources (JsonObject *object, AppMessageRow *row)
{
  JsonArray *sources = app_import_array (object, "sources"), *citations = app_import_array (object, "citations");
  gint64 length = (gint64) strlen (row->text), last = -1;

  if (!sources || json_array_get_length (sources) == 0)
    return;
  row->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) app_source_free);
  for (guint i = 0; i < json_array_get_length (sources); i++) {
    JsonObject *each = element (sources, i);

    g_ptr_array_add (row->sources, app_source_new (each ? app_import_int (each, "note") : -1, (guint) CLAMP (each ? app_import_int (each, "attachment") : 0, 0, G_MAXINT),
                                                   (guint) CLAMP (each ? app_import_int (each, "page") : 0, 0, G_MAXINT), (gsize) MAX (each ? app_import_int (each, "start") : 0, 0),
                                                   (gsize) MAX (each ? app_import_int (each, "length") : 0, 0), ""));
    ((AppSource *) row->sources->pdata[i])->sql = each ? g_strdup (app_import_string (each, "sql")) : NULL;
    ((AppSource *) row->sources->pdata[i])->tables = each ? g_strdup (app_import_string (each, "tables")) : NULL;
  }
  for (guint i = 0; citations && i < json_array_get_length (citations); i++) {
    JsonObject *each = element (citations, i);
    gint64 position = each ? app_import_int (each, "position") : -1, number = each ? app_import_int (each, "number") : 0;
    AppCitation citation = { (gsize) position, (guint) number };

    if (position <= last || position > length || number < 1 || number > row->sources->len)
      continue;
    if (!row->citations)
      row->citations = g_array_new (FALSE, FALSE, sizeof (AppCitation));
    g_array_append_val (row->citations, citation);
    last = position;
  }
}

static gboolean
read_message (JsonObject *object, AppTree *tree, GError **error)
{
  static const char *const roles[] = { "system", "user", "assistant", NULL };
  static const char *const states[] = { "-", "-", "done", "stopped", "failed", NULL };
  int role = word (app_import_string (object, "role"), roles), state = word (app_import_string (object, "state"), states);
  JsonArray *attachments = app_import_array (object, "attachments");
  const char *text = app_import_string (object, "text");
  AppTreeMessage *message;
  AppDepth depth;

  if (role < 0 || state < APP_MESSAGE_DONE || !text)
    return refuse (_("a message has no role, state or text"), error);
  message = app_tree_message_new (role);
  g_ptr_array_add (tree->messages, message);
  message->parent = position (object, "parent");
  message->chosen = position (object, "chosen");
  message->row->state = state;
  message->row->interrupted = app_import_bool (object, "interrupted");
  message->row->created = app_import_time (app_import_int (object, "created"), 1, 0);
  message->row->text = g_strdup (text);
  message->row->error = g_strdup (app_import_string (object, "error"));
  message->row->notices = read_lines (app_import_array (object, "notices"));
  message->row->model = g_strdup (app_import_string (object, "model"));
  message->row->host = g_strdup (app_import_string (object, "host"));
  message->row->wish = g_strdup (app_import_string (object, "wish"));
  message->row->thought = g_strdup (app_import_string (object, "thought"));
  if (app_depth_from_id (app_import_string (object, "depth"), &depth))
    message->row->depth = g_strdup (app_depth_to_id (depth));
  read_stats (app_import_object (object, "stats"), &message->row->stats);
  read_sources (object, message->row);
  for (guint i = 0; attachments && i < json_array_get_length (attachments); i++) {
    JsonNode *node = json_array_get_element (attachments, i);
    if (!read_attachment (JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL, message, error))
      return FALSE;
  }
  return TRUE;
}

/* Parents stand before their children, and only a child is chosen. */
static gboolean
check_tree (AppTree *tree, GError **error)
{
  int n = tree->messages->len;

  for (int i = 0; i < n; i++) {
    const AppTreeMessage *message = tree->messages->pdata[i];
    if (message->parent >= i || message->chosen >= n || (message->chosen >= 0 && ((AppTreeMessage *) tree->messages->pdata[message->chosen])->parent != i))
      return refuse (_("its messages do not hang together"), error);
  }
  if (tree->chosen >= n || (tree->chosen >= 0 && ((AppTreeMessage *) tree->messages->pdata[tree->chosen])->parent != -1))
    return refuse (_("its messages do not hang together"), error);
  return TRUE;
}

/* What was made beside the chat. A version that no message made, or that says nothing, is left out. */
static void
read_artifact (JsonObject *object, AppTree *tree)
{
  AppArtifactRow *artifact = app_artifact_row_new ();
  JsonArray *versions = app_import_array (object, "versions");
  const char *kind = app_import_string (object, "kind"), *title = app_import_string (object, "title");

  artifact->kind = g_strdup (kind ? kind : "");
  artifact->title = g_strdup (title ? title : "");
  artifact->starred = app_import_bool (object, "starred");
  artifact->created = app_import_time (app_import_int (object, "created"), 1, tree->created);
  for (guint i = 0; versions && i < json_array_get_length (versions); i++) {
    JsonObject *each = element (versions, i);
    const char *source = each ? app_import_string (each, "source") : NULL, *name = each ? app_import_string (each, "title") : NULL;
    int message = each ? position (each, "message") : -1, origin, state;
    AppVersionRow *version;

    if (!source || message < 0 || message >= (int) tree->messages->len)
      continue;
    origin = word (app_import_string (each, "origin"), app_transfer_origins);
    state = word (app_import_string (each, "state"), app_transfer_version_states);
    version = app_version_row_new ();
    version->message = message;
    version->number = (guint) CLAMP (app_import_int (each, "number"), 1, G_MAXINT);
    version->base = CLAMP (app_import_int (each, "base"), 0, G_MAXINT);
    version->origin = origin >= 0 ? origin : APP_ORIGIN_MODEL;
    version->state = state > APP_VERSION_WRITING ? state : APP_VERSION_UNSEEN;
    version->title = g_strdup (name ? name : "");
    version->source = g_strdup (source);
    version->data = read_lines (app_import_array (each, "data"));
    version->findings = read_lines (app_import_array (each, "findings"));
    version->created = app_import_time (app_import_int (each, "created"), 1, artifact->created);
    g_ptr_array_add (artifact->versions, version);
  }
  g_ptr_array_add (tree->artifacts, artifact);
}

static gboolean
take_conversation (JsonObject *object, AppTree **result, GError **error)
{
  g_autoptr (AppTree) tree = app_tree_new ();
  const char *title = app_import_string (object, "title"), *model = app_import_string (object, "model");
  JsonArray *messages = app_import_array (object, "messages");
  JsonObject *settings = app_import_object (object, "settings");
  JsonArray *artifacts = app_import_array (object, "artifacts");

  if (!title || !messages)
    return refuse (_("a conversation has no title or no messages"), error);
  tree->title = g_strdup (title);
  tree->named = app_import_bool (object, "named");
  tree->pinned = app_import_bool (object, "pinned");
  tree->model = g_strdup (model ? model : "");
  tree->folder = g_strdup (app_import_string (object, "folder"));
  if (settings)
    tree->settings = json_to_string (json_object_get_member (object, "settings"), FALSE);
  tree->created = app_import_time (app_import_int (object, "created"), 1, 0);
  tree->updated = app_import_time (app_import_int (object, "updated"), 1, tree->created);
  tree->chosen = position (object, "chosen");
  for (guint i = 0; i < json_array_get_length (messages); i++) {
    JsonNode *node = json_array_get_element (messages, i);
    if (!read_message (JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL, tree, error))
      return FALSE;
  }
  if (!check_tree (tree, error))
    return FALSE;
  for (guint i = 0; artifacts && i < json_array_get_length (artifacts); i++)
    if (element (artifacts, i))
      read_artifact (element (artifacts, i), tree);
  *result = g_steal_pointer (&tree);
  return TRUE;
}

static gboolean
take (AppImportSource *source, JsonObject *item, AppTree **tree, GError **error)
{
  JsonObject *object;
  const char *base64;

  if ((object = app_import_object (item, "attachment")))
    return begin_file (source, object, error);
  if ((base64 = app_import_string (item, "bytes")))
    return take_piece (source, base64, error);
  if ((object = app_import_object (item, "conversation")))
    return take_conversation (object, tree, error);
  return TRUE; /* of a later version */
}

const AppImportFormat app_import_melete = { "melete", matches, take };
