/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trees.h"

#include "app-history-private.h"
#include "attachments/attachment-private.h"

gpointer
trees_ask (Fixture *fixture, AppDatabaseFunc func, gpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gpointer answer;

  app_database_run_async (app_history_get_database (fixture->history), func, data, NULL, NULL, NULL, keep_result, &result);
  answer = app_database_run_finish (app_history_get_database (fixture->history), wait_result (&result), &error);
  g_assert_no_error (error);
  return answer;
}

GHashTable *
trees_bytes_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
}

/* ---- random ones ---- */

static char *
random_text (GRand *random, guint most)
{
  static const char *const pieces[] = { "word ", "\n", "\"", "\\", "é", "日本", "\360\237\230\200", "<b>&", "# ", "```", "\t", "\177", "\001", "\342\200\250", "{}", "]" };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint n = g_rand_int_range (random, 0, most); n > 0; n--)
    g_string_append (text, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
  return g_strdup (text->str);
}

static void
add_attachment (GRand *random, AppTreeMessage *message, GHashTable *bytes)
{
  gsize size = g_rand_int_range (random, 0, 3000);
  guint8 *data = g_malloc (size + 1);
  AppAttachmentRow *row = app_attachment_row_new ();
  g_autoptr (GBytes) file = NULL;
  g_autofree char *name = random_text (random, 6), *summary = random_text (random, 4);
  char *no_notices[] = { NULL };

  for (gsize i = 0; i < size; i++)
    data[i] = g_rand_int (random);
  file = g_bytes_new_take (data, size);
  row->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file);
  row->model_text = random_text (random, 30);
  {
    AppAttachmentRecord record = { APP_ATTACHMENT_TEXT, name, size, row->sha256, (char *) "text/plain", row->model_text, summary, no_notices, 0 };
    row->metadata = app_attachment_record_print (&record);
  }
  g_hash_table_insert (bytes, g_strdup (row->sha256), g_steal_pointer (&file));
  g_ptr_array_add (message->attachments, row);
}

/* An answer to a note with attachments may cite them. */
static void
add_sources (GRand *random, AppTree *tree, int note, AppMessageRow *row)
{
  guint n_attachments = ((AppTreeMessage *) tree->messages->pdata[note])->attachments->len;
  gsize length = strlen (row->text);

  if (n_attachments == 0)
    return;
  row->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) app_source_free);
  for (guint n = g_rand_int_range (random, 1, 5); n > 0; n--)
    g_ptr_array_add (row->sources, app_source_new (note, g_rand_int_range (random, 0, n_attachments), g_rand_int_range (random, 0, 3), g_rand_int_range (random, 0, 1000),
                                                   g_rand_int_range (random, 1, 1000), ""));
  if (g_rand_boolean (random))
    ((AppSource *) row->sources->pdata[0])->sql = random_text (random, 20);
  if (g_rand_boolean (random))
    ((AppSource *) row->sources->pdata[0])->tables = random_text (random, 20);
  for (gsize at = g_rand_int_range (random, 0, 9); at <= length; at += g_rand_int_range (random, 1, 9)) {
    AppCitation citation = { at, g_rand_int_range (random, 1, row->sources->len + 1) };

    if (!row->citations)
      row->citations = g_array_new (FALSE, FALSE, sizeof (AppCitation));
    g_array_append_val (row->citations, citation);
  }
}

static AppTreeMessage *
random_message (GRand *random, AppTree *tree, int parent, GHashTable *bytes)
{
  gboolean person = parent < 0 || ((AppTreeMessage *) tree->messages->pdata[parent])->row->role == APP_ROLE_ASSISTANT;
  AppTreeMessage *message = app_tree_message_new (person ? APP_ROLE_USER : APP_ROLE_ASSISTANT);
  AppMessageRow *row = message->row;

  message->parent = parent;
  row->text = random_text (random, 40);
  row->created = tree->created + g_rand_int_range (random, 0, 1000000);
  row->notices = g_strdup (g_rand_boolean (random) ? "" : "one\ntwo “quoted”");
  if (person) {
    row->wish = g_strdup (g_rand_int_range (random, 0, 5) == 0 ? "game" : NULL);
    row->depth = g_strdup (g_rand_int_range (random, 0, 3) == 0 ? "instant" : NULL);
    for (guint n = g_rand_int_range (random, 0, 4); n > 2; n--)
      add_attachment (random, message, bytes);
    return message;
  }
  row->state = g_rand_int_range (random, APP_MESSAGE_DONE, APP_MESSAGE_FAILED + 1);
  row->interrupted = row->state == APP_MESSAGE_STOPPED && g_rand_boolean (random);
  row->error = row->state == APP_MESSAGE_FAILED ? random_text (random, 9) : NULL;
  row->model = random_text (random, 5);
  message->row->host = g_rand_boolean (random) ? random_text (random, 5) : NULL;
  row->depth = g_strdup (app_depth_to_id (g_rand_int_range (random, 0, APP_N_DEPTHS)));
  if (g_rand_boolean (random)) {
    row->thought = random_text (random, 20);
    row->stats.thought_tokens = g_rand_int_range (random, 1, 900);
    row->stats.thought_ms = g_rand_double_range (random, 1, 1e5);
    row->stats.thought_end = g_rand_int_range (random, 0, APP_N_THOUGHT_ENDS);
  }
  add_sources (random, tree, parent, row);
  row->stats.finish = g_rand_int_range (random, 0, APP_FINISH_CONTEXT + 1);
  row->stats.prompt_tokens = g_rand_int (random);
  row->stats.reused_tokens = g_rand_int (random);
  row->stats.tokens = g_rand_int (random);
  row->stats.dropped_messages = g_rand_int_range (random, 0, 9);
  row->stats.first_token_ms = g_rand_double (random) * 1e4;
  row->stats.tokens_per_second = g_rand_double (random) * 100;
  row->stats.prompt_tokens_per_second = g_rand_double (random) / 3;
  return message;
}

/* What the answers made: versions of one artifact lie on any branch. */
static void
add_artifact (GRand *random, AppTree *tree)
{
  static const char *const kinds[] = { "page", "game", "dashboard", "of a later version" };
  AppArtifactRow *artifact = app_artifact_row_new ();

  artifact->kind = g_strdup (kinds[g_rand_int_range (random, 0, G_N_ELEMENTS (kinds))]);
  artifact->title = random_text (random, 9);
  artifact->starred = g_rand_boolean (random);
  artifact->created = tree->created + g_rand_int_range (random, 0, 1000000);
  for (int n = g_rand_int_range (random, 1, 5), i = 0; i < n; i++) {
    AppVersionRow *version = app_version_row_new ();
    version->message = g_rand_int_range (random, 0, (gint32) tree->messages->len);
    version->number = (guint) i + 1;
    version->base = i > 0 ? g_rand_int_range (random, 0, i + 1) : 0;
    version->origin = g_rand_int_range (random, APP_ORIGIN_MODEL, APP_ORIGIN_RESTORED + 1);
    version->state = g_rand_int_range (random, APP_VERSION_UNSEEN, APP_VERSION_FAILS + 1);
    version->title = random_text (random, 5);
    version->source = random_text (random, 200);
    version->data = g_strdup (g_rand_boolean (random) ? "" : "one\ntwo");
    version->findings = g_strdup (version->state == APP_VERSION_FAILS ? "It is blank.\nIt is slow." : "");
    version->created = artifact->created + i;
    g_ptr_array_add (artifact->versions, version);
  }
  g_ptr_array_add (tree->artifacts, artifact);
}

AppTree *
trees_random (GRand *random, GHashTable *bytes)
{
  AppTree *tree = app_tree_new ();
  int n = g_rand_int_range (random, 1, 24);

  tree->title = random_text (random, 9);
  tree->named = g_rand_boolean (random);
  tree->pinned = g_rand_int_range (random, 0, 10) == 0;
  tree->model = random_text (random, 3);
  tree->folder = g_rand_boolean (random) ? g_strdup_printf ("Folder %d", g_rand_int_range (random, 0, 5)) : NULL;
  tree->settings = g_rand_boolean (random) ? g_strdup ("{\"temperature\":0.5,\"instructions\":\"Be “brief”.\"}") : NULL;
  tree->created = G_GINT64_CONSTANT (1700000000000) + g_rand_int (random);
  tree->updated = tree->created + g_rand_int_range (random, 0, 100000000);
  for (int i = 0; i < n; i++) {
    int parent = i == 0 ? -1 : g_rand_int_range (random, MAX (-1, i - 4), i);
    g_ptr_array_add (tree->messages, random_message (random, tree, parent, bytes));
  }
  /* Any child may be the chosen one; now and then none is. */
  for (int i = 0; i < n; i++) {
    int parent = ((AppTreeMessage *) tree->messages->pdata[i])->parent;
    int *chosen = parent < 0 ? &tree->chosen : &((AppTreeMessage *) tree->messages->pdata[parent])->chosen;
    if (*chosen < 0 || g_rand_boolean (random))
      *chosen = i;
  }
  for (int i = g_rand_int_range (random, -2, 3); i > 0; i--)
    add_artifact (random, tree);
  return tree;
}

void
trees_add (Fixture *fixture, AppTree *tree, GHashTable *bytes)
{
  AppStoreTreeAdd add = { tree, bytes };
  AppStoreTreeAdded *added = trees_ask (fixture, app_store_tree_add, &add);
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  g_assert_nonnull (added->row);
  g_ptr_array_add (rows, added->row);
  app_history_add_rows (fixture->history, rows, NULL);
  app_store_tree_added_free (added);
}

/* ---- as text ---- */

static void
dump_message (Fixture *fixture, GString *out, const AppTreeMessage *message)
{
  const AppMessageRow *row = message->row;
  const AppStats *stats = &row->stats;

  g_string_append_printf (out, "  %d>%d %d %d %d %" G_GINT64_FORMAT " [%s] error [%s] notices [%s] model [%s] host [%s] %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                               " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %.17g %.17g %.17g wish [%s] depth [%s] thought [%s] %" G_GINT64_FORMAT " %.17g %d\n",
                          message->parent, message->chosen, row->role, row->state, row->interrupted, row->created, row->text, row->error ? row->error : "-", row->notices,
                          row->model ? row->model : "-", message->row->host ? message->row->host : "-", stats->finish, stats->prompt_tokens, stats->reused_tokens, stats->tokens,
                          stats->dropped_messages, stats->first_token_ms, stats->tokens_per_second, stats->prompt_tokens_per_second, row->wish ? row->wish : "",
                          row->depth ? row->depth : "", row->thought ? row->thought : "", stats->thought_tokens, stats->thought_ms, stats->thought_end);
  for (guint i = 0; row->sources && i < row->sources->len; i++) {
    const AppSource *source = row->sources->pdata[i];
    g_string_append_printf (out, "    source %" G_GINT64_FORMAT " %u %u %zu %zu %s %s\n", source->note, source->attachment, source->page, source->start, source->length,
                            source->sql ? source->sql : "-", source->tables ? source->tables : "-");
  }
  for (guint i = 0; row->citations && i < row->citations->len; i++) {
    const AppCitation *citation = &g_array_index (row->citations, AppCitation, i);
    g_string_append_printf (out, "    citation %zu %u\n", citation->position, citation->number);
  }
  for (guint i = 0; i < message->attachments->len; i++) {
    const AppAttachmentRow *attachment = message->attachments->pdata[i];
    g_autoptr (GBytes) bytes = trees_ask (fixture, app_store_tree_bytes, attachment->sha256);
    g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
    g_string_append_printf (out, "    %s %s [%s] [%s]\n", attachment->sha256, sum, attachment->metadata, attachment->model_text);
  }
}

static void
dump_artifact (GString *out, const AppArtifactRow *artifact)
{
  g_string_append_printf (out, "  artifact %s [%s] %d %" G_GINT64_FORMAT "\n", artifact->kind, artifact->title, artifact->starred, artifact->created);
  for (guint i = 0; i < artifact->versions->len; i++) {
    const AppVersionRow *version = artifact->versions->pdata[i];
    g_string_append_printf (out, "    %u of %" G_GINT64_FORMAT " by %" G_GINT64_FORMAT ": %d %d [%s] [%s] [%s] [%s] %" G_GINT64_FORMAT "\n", version->number, version->base, version->message, version->origin,
                            version->state, version->title, version->source, version->data, version->findings, version->created);
  }
}

GPtrArray *
trees_dump (Fixture *fixture)
{
  GPtrArray *dump = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) ids = trees_ask (fixture, app_store_tree_ids, NULL);

  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (AppTree) tree = trees_ask (fixture, app_store_tree_read, &g_array_index (ids, gint64, i));
    g_autoptr (GString) out = g_string_new (NULL);

    g_string_append_printf (out, "[%s] %d %d [%s] [%s] [%s] %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d\n", tree->title, tree->named, tree->pinned, tree->model,
                            tree->folder ? tree->folder : "-", tree->settings ? tree->settings : "-", tree->created, tree->updated, tree->chosen);
    for (guint j = 0; j < tree->messages->len; j++)
      dump_message (fixture, out, tree->messages->pdata[j]);
    for (guint j = 0; j < tree->artifacts->len; j++)
      dump_artifact (out, tree->artifacts->pdata[j]);
    g_ptr_array_add (dump, g_strdup (out->str));
  }
  return dump;
}
