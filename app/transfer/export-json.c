/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "json-format.h"
#include "transfer.h"

static void
begin (AppExportWriter *writer, const char *title)
{
  app_export_printf (writer, "{\"format\": \"" APP_TRANSFER_FORMAT "\", \"version\": %d, \"exported\": %" G_GINT64_FORMAT ", \"items\": [", APP_TRANSFER_VERSION,
                     g_get_real_time () / 1000);
  app_export_write (writer, "\n");
}

/* Items stand on lines of their own, with commas between them. */
static void
begin_item (AppExportWriter *writer)
{
  /* Whatever comes first has been counted by nobody yet. */
  if (writer->n_written > 0 || g_hash_table_size (writer->written) > 0)
    app_export_write (writer, ",\n");
}

static void
write_file (AppExportWriter *writer, const char *sha256)
{
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  gsize size;

  if (g_hash_table_contains (writer->written, sha256) || !(bytes = app_export_get_bytes (writer, sha256)))
    return;
  data = g_bytes_get_data (bytes, &size);
  begin_item (writer);
  app_export_printf (writer, "{\"attachment\": {\"sha256\": \"%s\", \"size\": %" G_GSIZE_FORMAT "}}", sha256, size);
  for (gsize at = 0; at < size; at += APP_TRANSFER_PIECE) {
    app_export_write (writer, ",\n{\"bytes\": \"");
    app_export_write_base64 (writer, data + at, MIN (APP_TRANSFER_PIECE, size - at));
    app_export_write (writer, "\"}");
  }
  g_hash_table_add (writer->written, g_strdup (sha256));
}

static void
add_string (JsonObject *object, const char *name, const char *value)
{
  if (value)
    json_object_set_string_member (object, name, value);
}

static void
add_position (JsonObject *object, const char *name, int position)
{
  if (position >= 0)
    json_object_set_int_member (object, name, position);
}

static void
add_flag (JsonObject *object, const char *name, gboolean value)
{
  if (value)
    json_object_set_boolean_member (object, name, TRUE);
}

/* JSON that the history keeps as text. */
static void
add_json (JsonObject *object, const char *name, const char *text)
{
  JsonNode *node = text ? json_from_string (text, NULL) : NULL;

  if (node)
    json_object_set_member (object, name, node);
}

const char *const app_transfer_thought_ends[] = { "none", "closed", "settled", "cap", "loop", "asked", NULL };

static JsonObject *
make_stats (const AppStats *stats)
{
  static const char *const finishes[] = { "none", "stop", "length", "context" };
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "finish", finishes[stats->finish]);
  json_object_set_int_member (object, "prompt_tokens", stats->prompt_tokens);
  json_object_set_int_member (object, "reused_tokens", stats->reused_tokens);
  json_object_set_int_member (object, "tokens", stats->tokens);
  json_object_set_int_member (object, "dropped_messages", stats->dropped_messages);
  json_object_set_double_member (object, "first_token_ms", stats->first_token_ms);
  json_object_set_double_member (object, "tokens_per_second", stats->tokens_per_second);
  json_object_set_double_member (object, "prompt_tokens_per_second", stats->prompt_tokens_per_second);
  if (stats->thought_ms > 0) {
    json_object_set_int_member (object, "thought_tokens", stats->thought_tokens);
    json_object_set_double_member (object, "thought_ms", stats->thought_ms);
    json_object_set_string_member (object, "thought_end", app_transfer_thought_ends[stats->thought_end]);
  }
  return object;
}

static void
add_sources (JsonObject *object, const AppMessageRow *row)
{
  JsonArray *sources = json_array_new (), *citations;

  for (guint i = 0; i < row->sources->len; i++) {
    const AppSource *source = row->sources->pdata[i];
    JsonObject *each = json_object_new ();

    json_object_set_int_member (each, "note", source->note);
    json_object_set_int_member (each, "attachment", source->attachment);
    if (source->page)
      json_object_set_int_member (each, "page", source->page);
    json_object_set_int_member (each, "start", (gint64) source->start);
    json_object_set_int_member (each, "length", (gint64) source->length);
    add_string (each, "sql", source->sql);
    add_string (each, "tables", source->tables);
    json_array_add_object_element (sources, each);
  }
  json_object_set_array_member (object, "sources", sources);
  if (!row->citations)
    return;
  citations = json_array_new ();
  for (guint i = 0; i < row->citations->len; i++) {
    const AppCitation *citation = &g_array_index (row->citations, AppCitation, i);
    JsonObject *each = json_object_new ();

    json_object_set_int_member (each, "position", (gint64) citation->position);
    json_object_set_int_member (each, "number", citation->number);
    json_array_add_object_element (citations, each);
  }
  json_object_set_array_member (object, "citations", citations);
}

static JsonArray *
make_lines (const char *lines)
{
  JsonArray *array = json_array_new ();
  g_auto (GStrv) each = g_strsplit (lines, "\n", -1);

  for (guint i = 0; each[i]; i++)
    json_array_add_string_element (array, each[i]);
  return array;
}

/* What the answer called, for people and programs to read; an import leaves it out, since it did not happen there. */
static void
add_calls (JsonObject *object, const AppMessageRow *row)
{
  static const char *const states[] = { "stopped", "stopped", "unknown", "done", "failed", "refused", "stopped", "unknown" };
  JsonArray *calls = json_array_new ();

  for (guint i = 0; i < row->calls->len; i++) {
    const AppCallRow *call = row->calls->pdata[i];
    JsonObject *each = json_object_new ();

    json_object_set_string_member (each, "tool", call->tool);
    if (*call->origin)
      add_string (each, "origin", call->origin);
    json_object_set_int_member (each, "position", (gint64) call->place);
    json_object_set_string_member (each, "arguments", call->arguments);
    json_object_set_string_member (each, "state", states[call->state]);
    json_object_set_string_member (each, "result", call->result);
    json_array_add_object_element (calls, each);
  }
  json_object_set_array_member (object, "calls", calls);
}

static JsonObject *
make_message (const AppTreeMessage *message)
{
  static const char *const states[] = { "stopped", "stopped", "done", "stopped", "failed" };
  const AppMessageRow *row = message->row;
  JsonObject *object = json_object_new ();

  add_position (object, "parent", message->parent);
  add_position (object, "chosen", message->chosen);
  json_object_set_string_member (object, "role", app_role_to_string (row->role));
  json_object_set_string_member (object, "state", states[row->state]);
  add_flag (object, "interrupted", row->interrupted);
  json_object_set_int_member (object, "created", row->created);
  json_object_set_string_member (object, "text", row->text);
  add_string (object, "error", row->error);
  if (*row->notices)
    json_object_set_array_member (object, "notices", make_lines (row->notices));
  add_string (object, "model", row->model);
  add_string (object, "host", row->host);
  if (row->wish && *row->wish)
    add_string (object, "wish", row->wish);
  if (row->depth && *row->depth)
    add_string (object, "depth", row->depth);
  if (row->thought && *row->thought)
    add_string (object, "thought", row->thought);
  if (row->role == APP_ROLE_ASSISTANT)
    json_object_set_object_member (object, "stats", make_stats (&row->stats));
  if (row->sources)
    add_sources (object, row);
  if (row->calls)
    add_calls (object, row);
  if (message->attachments->len) {
    JsonArray *array = json_array_new ();

    for (guint i = 0; i < message->attachments->len; i++) {
      const AppAttachmentRow *attachment = message->attachments->pdata[i];
      JsonObject *each = json_object_new ();
      json_object_set_string_member (each, "sha256", attachment->sha256);
      add_json (each, "metadata", attachment->metadata);
      json_object_set_string_member (each, "model_text", attachment->model_text);
      add_string (each, "choices", attachment->choices);
      json_array_add_object_element (array, each);
    }
    json_object_set_array_member (object, "attachments", array);
  }
  return object;
}

static JsonObject *
make_artifact (const AppArtifactRow *artifact)
{
  JsonObject *object = json_object_new ();
  JsonArray *versions = json_array_new ();

  json_object_set_string_member (object, "kind", artifact->kind);
  json_object_set_string_member (object, "title", artifact->title);
  add_flag (object, "starred", artifact->starred);
  json_object_set_int_member (object, "created", artifact->created);
  for (guint i = 0; i < artifact->versions->len; i++) {
    const AppVersionRow *version = artifact->versions->pdata[i];
    JsonObject *each = json_object_new ();

    json_object_set_int_member (each, "message", version->message);
    json_object_set_int_member (each, "number", version->number);
    if (version->base)
      json_object_set_int_member (each, "base", version->base);
    json_object_set_string_member (each, "origin", app_transfer_origins[version->origin]);
    json_object_set_string_member (each, "state", app_transfer_version_states[version->state]);
    json_object_set_string_member (each, "title", version->title);
    json_object_set_string_member (each, "source", version->source);
    if (*version->data)
      json_object_set_array_member (each, "data", make_lines (version->data));
    if (*version->findings)
      json_object_set_array_member (each, "findings", make_lines (version->findings));
    json_object_set_int_member (each, "created", version->created);
    json_array_add_object_element (versions, each);
  }
  json_object_set_array_member (object, "versions", versions);
  return object;
}

static void
conversation (AppExportWriter *writer, AppTree *tree)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *item = json_object_new (), *object = json_object_new ();
  JsonArray *messages = json_array_sized_new (tree->messages->len);
  g_autofree char *text = NULL;

  for (guint i = 0; i < tree->messages->len; i++) {
    const AppTreeMessage *message = tree->messages->pdata[i];
    for (guint j = 0; j < message->attachments->len; j++)
      write_file (writer, ((AppAttachmentRow *) message->attachments->pdata[j])->sha256);
    json_array_add_object_element (messages, make_message (message));
  }
  json_object_set_string_member (object, "title", tree->title);
  add_flag (object, "named", tree->named);
  add_flag (object, "pinned", tree->pinned);
  json_object_set_string_member (object, "model", tree->model);
  json_object_set_int_member (object, "created", tree->created);
  json_object_set_int_member (object, "updated", tree->updated);
  add_string (object, "folder", tree->folder);
  add_json (object, "settings", tree->settings);
  add_position (object, "chosen", tree->chosen);
  json_object_set_array_member (object, "messages", messages);
  if (tree->artifacts->len) {
    JsonArray *artifacts = json_array_new ();
    for (guint i = 0; i < tree->artifacts->len; i++)
      json_array_add_object_element (artifacts, make_artifact (tree->artifacts->pdata[i]));
    json_object_set_array_member (object, "artifacts", artifacts);
  }
  json_object_set_object_member (item, "conversation", object);
  json_node_take_object (node, item);
  text = json_to_string (node, FALSE);
  begin_item (writer);
  app_export_write (writer, text);
}

static void
end (AppExportWriter *writer)
{
  app_export_write (writer, "\n]}\n");
}

const AppExportFormat app_export_json = { "json", N_("Everything, for Melete (JSON)"), "json", begin, conversation, end };
