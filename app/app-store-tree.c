/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store-tree.h"

#include <glib/gi18n.h>

AppTreeMessage *
app_tree_message_new (AppRole role)
{
  AppTreeMessage *message = g_new0 (AppTreeMessage, 1);

  message->row = app_message_row_new ();
  message->row->role = role;
  message->row->state = APP_MESSAGE_DONE;
  message->parent = message->chosen = -1;
  message->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) app_attachment_row_free);
  return message;
}

void
app_tree_message_free (AppTreeMessage *message)
{
  if (!message)
    return;
  app_message_row_free (message->row);
  g_ptr_array_unref (message->attachments);
  g_free (message);
}

AppTree *
app_tree_new (void)
{
  AppTree *tree = g_new0 (AppTree, 1);

  tree->chosen = -1;
  tree->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) app_tree_message_free);
  tree->artifacts = g_ptr_array_new_with_free_func ((GDestroyNotify) app_artifact_row_free);
  return tree;
}

void
app_tree_free (AppTree *tree)
{
  if (!tree)
    return;
  g_free (tree->title);
  g_free (tree->model);
  g_free (tree->folder);
  g_free (tree->settings);
  g_ptr_array_unref (tree->messages);
  g_ptr_array_unref (tree->artifacts);
  g_free (tree);
}

GArray *
app_tree_path (AppTree *tree)
{
  GArray *path = g_array_new (FALSE, FALSE, sizeof (guint));
  int last = -1;

  /* Positions rise along a path, so it ends whatever the tree holds. */
  for (int at = tree->chosen; at > last && at < (int) tree->messages->len;) {
    guint position = at;
    const AppTreeMessage *message = tree->messages->pdata[at];

    g_array_append_val (path, position);
    last = at;
    at = message->chosen;
  }
  return path;
}

/* ---- reading ---- */

gpointer
app_store_tree_ids (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id FROM conversations WHERE deleted IS NULL ORDER BY pinned DESC, updated DESC, id DESC", "");

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    gint64 id = sqlite3_column_int64 (statement, 0);
    g_array_append_val (ids, id);
  }
  return failed ? NULL : g_steal_pointer (&ids);
}

gpointer
app_store_tree_bytes (AppDatabase *db, gpointer data, GError **error)
{
  GBytes *bytes;
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT bytes FROM attachments WHERE sha256 = ?1", "s", data);

  if (!statement)
    return NULL;
  if (!app_database_step (db, statement, &failed, error)) {
    if (!failed)
      g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, _("A file that was attached is no longer in the history."));
    return NULL;
  }
  bytes = g_bytes_new (sqlite3_column_blob (statement, 0), sqlite3_column_bytes (statement, 0));
  app_database_reset (statement);
  return bytes;
}

static int
position_of (GHashTable *positions, gint64 id)
{
  gpointer position;

  return id && g_hash_table_lookup_extended (positions, &id, NULL, &position) ? GPOINTER_TO_INT (position) : -1;
}

static AppTreeMessage *
read_message (sqlite3_stmt *statement, GHashTable *positions)
{
  AppTreeMessage *message = app_tree_message_new (sqlite3_column_int (statement, 2));
  AppMessageRow *row = message->row;
  AppStats *stats = &row->stats;

  row->id = sqlite3_column_int64 (statement, 0);
  message->parent = position_of (positions, sqlite3_column_int64 (statement, 1));
  row->state = sqlite3_column_int (statement, 3);
  row->interrupted = sqlite3_column_int (statement, 4) != 0;
  if (row->state < APP_MESSAGE_DONE) {
    row->state = APP_MESSAGE_STOPPED;
    row->interrupted = TRUE;
  }
  row->created = sqlite3_column_int64 (statement, 5);
  row->text = app_store_dup_text (statement, 6);
  row->error = app_store_dup_text (statement, 7);
  row->notices = app_store_dup_text (statement, 8);
  row->model = app_store_dup_text (statement, 9);
  stats->finish = CLAMP (sqlite3_column_int (statement, 10), APP_FINISH_NONE, APP_FINISH_CONTEXT);
  stats->prompt_tokens = sqlite3_column_int64 (statement, 11);
  stats->reused_tokens = sqlite3_column_int64 (statement, 12);
  stats->tokens = sqlite3_column_int64 (statement, 13);
  stats->dropped_messages = sqlite3_column_int64 (statement, 14);
  stats->first_token_ms = sqlite3_column_double (statement, 15);
  stats->tokens_per_second = sqlite3_column_double (statement, 16);
  stats->prompt_tokens_per_second = sqlite3_column_double (statement, 17);
  message->row->host = app_store_dup_text (statement, 18);
  message->row->wish = app_store_dup_text (statement, 20);
  app_store_read_thought (statement, 21, row);
  return message;
}

/* What the answers cite. In a tree a source names the position of its note, not the id. */
static gboolean
read_sources (AppDatabase *db, gint64 id, AppTree *tree, GHashTable *positions, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  for (guint i = 0; i < tree->messages->len; i++)
    g_ptr_array_add (rows, ((AppTreeMessage *) tree->messages->pdata[i])->row);
  if (!app_store_read_sources (db, id, rows, error) || !app_store_read_calls (db, id, rows, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++) {
    GPtrArray *sources = ((AppMessageRow *) rows->pdata[i])->sources;

    for (guint j = 0; sources && j < sources->len; j++) {
      AppSource *source = sources->pdata[j];
      source->note = position_of (positions, source->note);
    }
  }
  return TRUE;
}

/* The number of a version by its id; 0: not there. */
static gint64
number_of (const AppArtifactRow *artifact, gint64 id)
{
  for (guint i = 0; i < artifact->versions->len; i++) {
    const AppVersionRow *version = artifact->versions->pdata[i];
    if (version->id == id)
      return version->number;
  }
  return 0;
}

/* What was made by its messages. */
static gboolean
read_artifacts (AppDatabase *db, gint64 id, AppTree *tree, GHashTable *positions, GError **error)
{
  GPtrArray *artifacts = app_store_artifacts (db, &id, error);

  if (!artifacts)
    return FALSE;
  for (guint i = 0; i < artifacts->len; i++) {
    const AppArtifactRow *artifact = artifacts->pdata[i];
    for (guint j = 0; j < artifact->versions->len; j++) {
      AppVersionRow *version = artifact->versions->pdata[j];
      version->message = position_of (positions, version->message);
      version->base = version->base ? number_of (artifact, version->base) : 0;
      version->state = version->state == APP_VERSION_WRITING ? APP_VERSION_UNSEEN : version->state;
    }
  }
  g_ptr_array_unref (tree->artifacts);
  tree->artifacts = artifacts;
  return TRUE;
}

static gboolean
read_messages (AppDatabase *db, gint64 id, AppTree *tree, gint64 chosen, GError **error)
{
  g_autoptr (GHashTable) positions = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GArray) children = g_array_new (FALSE, FALSE, sizeof (gint64)); /* the chosen one of each */
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT id, parent, role, state, interrupted, created, text, error, notices, model, finish, prompt_tokens, reused_tokens, tokens,"
                                                " dropped_messages, first_token_ms, tokens_per_second, prompt_tokens_per_second, host, chosen, wish,"
                                                " depth, thought, thought_tokens, thought_ms, thought_end"
                                                " FROM messages WHERE conversation = ?1 ORDER BY id",
                                                "i", id);
  if (!statement)
    return FALSE;
  while (app_database_step (db, statement, &failed, error)) {
    AppTreeMessage *message = read_message (statement, positions);
    gint64 child = sqlite3_column_int64 (statement, 19);

    g_hash_table_insert (positions, g_memdup2 (&message->row->id, sizeof (gint64)), GINT_TO_POINTER (tree->messages->len));
    g_ptr_array_add (tree->messages, message);
    g_array_append_val (children, child);
  }
  if (failed)
    return FALSE;
  tree->chosen = position_of (positions, chosen);
  for (guint i = 0; i < tree->messages->len; i++)
    ((AppTreeMessage *) tree->messages->pdata[i])->chosen = position_of (positions, g_array_index (children, gint64, i));

  statement = app_database_query (db, error,
                                  "SELECT a.message, a.sha256, a.metadata, a.model_text, t.choices FROM message_attachments a JOIN messages m ON m.id = a.message"
                                  " LEFT JOIN table_choices t ON t.sha256 = a.sha256 WHERE m.conversation = ?1 ORDER BY a.message, a.position",
                                  "i", id);
  if (!statement)
    return FALSE;
  while (app_database_step (db, statement, &failed, error)) {
    int position = position_of (positions, sqlite3_column_int64 (statement, 0));
    AppAttachmentRow *row = app_attachment_row_new ();

    row->sha256 = app_store_dup_text (statement, 1);
    row->metadata = app_store_dup_text (statement, 2);
    row->model_text = app_store_dup_text (statement, 3);
    row->choices = app_store_dup_text (statement, 4);
    g_ptr_array_add (((AppTreeMessage *) tree->messages->pdata[position])->attachments, row);
  }
  return !failed && read_sources (db, id, tree, positions, error) && read_artifacts (db, id, tree, positions, error);
}

gpointer
app_store_tree_read (AppDatabase *db, gpointer data, GError **error)
{
  gint64 id = *(gint64 *) data, chosen;
  g_autoptr (AppTree) tree = app_tree_new ();
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error,
                                                "SELECT title, title_source, pinned, model, f.name, settings, c.created, updated, chosen FROM conversations c"
                                                " LEFT JOIN folders f ON f.id = c.folder WHERE c.id = ?1 AND deleted IS NULL",
                                                "i", id);
  if (!statement)
    return NULL;
  if (!app_database_step (db, statement, &failed, error)) {
    if (!failed)
      g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("This conversation was deleted. Undo that first."));
    return NULL;
  }
  tree->title = app_store_dup_text (statement, 0);
  tree->named = sqlite3_column_int (statement, 1) != 0;
  tree->pinned = sqlite3_column_int (statement, 2) != 0;
  tree->model = app_store_dup_text (statement, 3);
  tree->folder = app_store_dup_text (statement, 4);
  tree->settings = app_store_dup_text (statement, 5);
  tree->created = sqlite3_column_int64 (statement, 6);
  tree->updated = sqlite3_column_int64 (statement, 7);
  chosen = sqlite3_column_int64 (statement, 8);
  app_database_reset (statement);
  return read_messages (db, id, tree, chosen, error) ? g_steal_pointer (&tree) : NULL;
}

/* ---- adding ---- */

void
app_store_tree_added_free (AppStoreTreeAdded *added)
{
  app_conversation_row_free (added->row);
  g_free (added);
}

static char *
fingerprint (gint64 role, gint64 created, const char *text)
{
  g_autofree char *words = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf ("%d %" G_GINT64_FORMAT " %s", (int) role, created, words);
}

/* Whether every message of the tree is in the conversation. */
static gboolean
has_messages (AppDatabase *db, gint64 id, AppTree *tree, gboolean *has, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT role, created, text FROM messages WHERE conversation = ?1", "i", id);

  if (!statement)
    return FALSE;
  while (app_database_step (db, statement, &failed, error))
    g_hash_table_add (known, fingerprint (sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1), (const char *) sqlite3_column_text (statement, 2)));
  *has = TRUE;
  for (guint i = 0; !failed && i < tree->messages->len && *has; i++) {
    const AppMessageRow *row = ((AppTreeMessage *) tree->messages->pdata[i])->row;
    g_autofree char *print = fingerprint (row->role, row->created, row->text);
    *has = g_hash_table_contains (known, print);
  }
  return !failed;
}

static gboolean
is_known (AppDatabase *db, AppTree *tree, gboolean *known, GError **error)
{
  g_autoptr (GArray) twins = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id FROM conversations WHERE created = ?1 AND deleted IS NULL", "i", tree->created);

  *known = FALSE;
  if (!statement)
    return FALSE;
  while (app_database_step (db, statement, &failed, error)) {
    gint64 id = sqlite3_column_int64 (statement, 0);
    g_array_append_val (twins, id);
  }
  for (guint i = 0; !failed && i < twins->len && !*known; i++)
    failed = !has_messages (db, g_array_index (twins, gint64, i), tree, known, error);
  return !failed;
}

/* By its name, made if need be. */
static gboolean
find_folder (AppDatabase *db, const char *name, gint64 *id, GError **error)
{
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id FROM folders WHERE name = ?1 ORDER BY id LIMIT 1", "s", name);

  if (!statement)
    return FALSE;
  if (app_database_step (db, statement, &failed, error)) {
    *id = sqlite3_column_int64 (statement, 0);
    app_database_reset (statement);
    return TRUE;
  }
  if (failed || !app_database_exec (db, error, "INSERT INTO folders (name, created) VALUES (?1, ?2)", "si", name, g_get_real_time () / 1000))
    return FALSE;
  *id = app_database_last_id (db);
  return TRUE;
}

/* `*there`: whether the bytes are in the history, by now. */
static gboolean
add_bytes (AppDatabase *db, const char *sha256, GBytes *bytes, gboolean *there, GError **error)
{
  gboolean failed;
  sqlite3_stmt *statement;

  if (bytes && !app_database_exec (db, error, "INSERT OR IGNORE INTO attachments (sha256, bytes) VALUES (?1, ?2)", "sb", sha256, bytes))
    return FALSE;
  statement = app_database_query (db, error, "SELECT 1 FROM attachments WHERE sha256 = ?1", "s", sha256);
  if (!statement)
    return FALSE;
  *there = app_database_step (db, statement, &failed, error);
  if (*there)
    app_database_reset (statement);
  return *there || !failed;
}

/* What the person chose here counts more than what comes along. */
static gboolean
add_choices (AppDatabase *db, const AppAttachmentRow *attachment, GError **error)
{
  return attachment->choices == NULL || *attachment->choices == '\0' ||
         app_database_exec (db, error, "INSERT INTO table_choices (sha256, choices) VALUES (?1, ?2) ON CONFLICT DO NOTHING", "ss", attachment->sha256, attachment->choices);
}

static void
tell_missing (AppMessageRow *row, const AppAttachmentRow *attachment)
{
  g_autofree char *old = row->notices;
  g_autoptr (AppAttachment) stored = app_attachment_new_stored (attachment->metadata, NULL, NULL);
  /* Translators: %s is the name of a file */
  g_autofree char *notice = g_strdup_printf (_("“%s” was attached, but is not in the file that was imported"), stored ? app_attachment_get_name (stored) : _("A file"));

  row->notices = *old ? g_strconcat (old, "\n", notice, NULL) : g_steal_pointer (&notice);
}

static gboolean
add_message (AppDatabase *db, gint64 conversation, gint64 parent, AppTreeMessage *message, GHashTable *bytes, gint64 *id, GError **error)
{
  AppMessageRow *row = message->row;
  const AppStats *stats = &row->stats;
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; i < message->attachments->len; i++) {
    AppAttachmentRow *attachment = message->attachments->pdata[i];
    gboolean there;

    if (!add_bytes (db, attachment->sha256, g_hash_table_lookup (bytes, attachment->sha256), &there, error))
      return FALSE;
    if (there)
      g_ptr_array_add (kept, attachment);
    else
      tell_missing (row, attachment);
  }
  if (!app_database_exec (db, error,
                          "INSERT INTO messages (conversation, parent, role, state, interrupted, created, text, error, notices, model, finish, prompt_tokens, reused_tokens,"
                          " tokens, dropped_messages, first_token_ms, tokens_per_second, prompt_tokens_per_second, host, wish,"
                          " depth, thought, thought_tokens, thought_ms, thought_end)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, coalesce (?20, ''),"
                          " coalesce (?21, ''), coalesce (?22, ''), ?23, ?24, ?25)",
                          "iIiiiissssiiiiidddssssidi", conversation, parent, (gint64) row->role, (gint64) row->state, (gint64) row->interrupted, row->created, row->text, row->error,
                          row->notices, row->model, (gint64) stats->finish, stats->prompt_tokens, stats->reused_tokens, stats->tokens, stats->dropped_messages,
                          stats->first_token_ms, stats->tokens_per_second, stats->prompt_tokens_per_second, row->host, row->wish,
                          row->depth, row->thought, stats->thought_tokens, stats->thought_ms, (gint64) stats->thought_end))
    return FALSE;
  *id = app_database_last_id (db);
  row->n_attachments = kept->len;
  for (guint i = 0; i < kept->len; i++) {
    const AppAttachmentRow *attachment = kept->pdata[i];
    if (!app_database_exec (db, error, "INSERT INTO message_attachments (message, position, sha256, metadata, model_text) VALUES (?1, ?2, ?3, ?4, ?5)", "iisss", *id,
                            (gint64) i, attachment->sha256, attachment->metadata, attachment->model_text) ||
        !add_choices (db, attachment, error))
      return FALSE;
  }
  return TRUE;
}

/* The sources of an answer, when they name something that is there. `ids`: of the messages, by position. */
static gboolean
add_sources (AppDatabase *db, AppTree *tree, guint position, const gint64 *ids, GError **error)
{
  const AppMessageRow *from = ((AppTreeMessage *) tree->messages->pdata[position])->row;
  AppMessageRow row = { .id = ids[position], .citations = from->citations };
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func ((GDestroyNotify) app_source_free);

  if (!from->sources)
    return TRUE;
  for (guint i = 0; i < from->sources->len; i++) {
    const AppSource *source = from->sources->pdata[i];
    const AppTreeMessage *note = source->note >= 0 && source->note < tree->messages->len ? tree->messages->pdata[source->note] : NULL;

    /* Of attachments that were left out the positions of the others have changed. */
    if (!note || note->row->n_attachments != note->attachments->len || source->attachment >= note->attachments->len)
      return TRUE;
    AppSource *copy = app_source_copy (source);
    copy->note = ids[source->note];
    g_ptr_array_add (sources, copy);
  }
  row.sources = sources;
  return app_store_write_sources (db, &row, error);
}

/* What was made, as far as its messages are there. `ids`: of the messages, by position. */
static gboolean
add_artifacts (AppDatabase *db, AppTree *tree, gint64 conversation, const gint64 *ids, GError **error)
{
  for (guint i = 0; i < tree->artifacts->len; i++) {
    AppArtifactRow *artifact = tree->artifacts->pdata[i];
    g_autoptr (GHashTable) by_number = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);

    artifact->id = 0;
    artifact->conversation = conversation;
    for (guint j = 0; j < artifact->versions->len; j++) {
      AppVersionRow version = *(const AppVersionRow *) artifact->versions->pdata[j]; /* whose strings are the tree's */
      AppStoreVersionAdd one = { artifact, &version };
      g_autoptr (AppVersionRow) added = app_version_row_new ();
      gint64 number = version.number, *base = g_hash_table_lookup (by_number, &version.base);

      if (version.message < 0 || version.message >= tree->messages->len)
        continue;
      version.message = ids[version.message];
      version.base = base ? *base : 0;
      if (!app_store_version_insert (db, &one, added, error))
        return FALSE;
      artifact->id = added->artifact;
      g_hash_table_insert (by_number, g_memdup2 (&number, sizeof number), g_memdup2 (&added->id, sizeof added->id));
    }
    if (artifact->id && artifact->starred && !app_store_artifact_change (db, artifact, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_tree (AppDatabase *db, const AppStoreTreeAdd *add, AppConversationRow *row, GError **error)
{
  AppTree *tree = add->tree;
  g_autofree gint64 *ids = g_new0 (gint64, tree->messages->len + 1);
  gint64 folder = 0;

  if (tree->folder && !find_folder (db, tree->folder, &folder, error))
    return FALSE;
  if (!app_database_exec (db, error,
                          "INSERT INTO conversations (title, title_source, model, pinned, created, updated, folder, settings) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                          "sisiiiIs", tree->title, (gint64) tree->named, tree->model, (gint64) tree->pinned, tree->created, tree->updated, folder, tree->settings))
    return FALSE;
  row->id = app_database_last_id (db);
  for (guint i = 0; i < tree->messages->len; i++) {
    AppTreeMessage *message = tree->messages->pdata[i];
    if (!add_message (db, row->id, message->parent < 0 ? 0 : ids[message->parent], message, add->bytes, &ids[i], error))
      return FALSE;
  }
  for (guint i = 0; i < tree->messages->len; i++) {
    const AppTreeMessage *message = tree->messages->pdata[i];
    if (message->chosen >= 0 &&
        !app_database_exec (db, error, "UPDATE messages SET chosen = ?2 WHERE id = ?1", "ii", ids[i], ids[message->chosen]))
      return FALSE;
    if (!add_sources (db, tree, i, ids, error))
      return FALSE;
  }
  if (!add_artifacts (db, tree, row->id, ids, error))
    return FALSE;
  row->title = g_strdup (tree->title);
  row->named = tree->named;
  row->model = g_strdup (tree->model);
  row->pinned = tree->pinned;
  row->updated = tree->updated;
  row->folder = folder;
  return tree->chosen < 0 || app_database_exec (db, error, "UPDATE conversations SET chosen = ?2 WHERE id = ?1", "ii", row->id, ids[tree->chosen]);
}

gpointer
app_store_tree_add (AppDatabase *db, gpointer data, GError **error)
{
  const AppStoreTreeAdd *add = data;
  AppStoreTreeAdded *added;
  gboolean known;

  if (!is_known (db, add->tree, &known, error))
    return NULL;
  added = g_new0 (AppStoreTreeAdded, 1);
  if (known)
    return added;
  added->row = app_conversation_row_new ();
  if (app_database_begin (db, error)) {
    if (add_tree (db, add, added->row, error) && app_database_commit (db, error))
      return added;
    app_database_rollback (db);
  }
  app_store_tree_added_free (added);
  return NULL;
}
