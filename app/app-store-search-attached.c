/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of attachments are looked through one after the other, the newest first: they are in no index. */
#include "app-search-needle.h"
#include "app-store.h"

#include <string.h>

/* How much text is looked through at a time: some hundredths of a second. */
#define SLICE_BYTES (4 << 20)

AppStoreSearchAttached *
app_store_search_attached_new (const char *query, guint limit)
{
  AppStoreSearchAttached *search = g_new0 (AppStoreSearchAttached, 1);

  search->query = g_strdup (query);
  search->limit = limit;
  search->message = G_MAXINT64;
  return search;
}

AppStoreSearchAttached *
app_store_search_attached_copy (const AppStoreSearchAttached *search)
{
  AppStoreSearchAttached *copy = g_memdup2 (search, sizeof *search);

  copy->query = g_strdup (search->query);
  return copy;
}

void
app_store_search_attached_free (AppStoreSearchAttached *search)
{
  g_free (search->query);
  g_free (search);
}

void
app_store_attached_found_free (AppStoreAttachedFound *found)
{
  g_ptr_array_unref (found->rows);
  g_free (found);
}

/* The name in the first line, then the words. The lines in brackets that mark pages and files for the model are no words of the document: who looks for "page" does not look
 * for them. */
static char *
dup_words (const char *name, const char *text)
{
  GString *words = g_string_new (name);

  g_strdelimit (words->str, "\n", ' ');
  g_string_append_c (words, '\n');
  for (const char *line = text; *line;) {
    gsize length = strcspn (line, "\n");

    if (!(length > 1 && line[0] == '[' && line[length - 1] == ']'))
      g_string_append_len (words, line, length + (line[length] != '\0'));
    line += length + (line[length] != '\0');
  }
  return g_string_free (words, FALSE);
}

/* Rows of (conversation, message, position, role, time, name, text). */
static void
look_into (sqlite3_stmt *statement, const AppSearchNeedle *needle, GPtrArray *rows)
{
  const char *name = (const char *) sqlite3_column_text (statement, 5);
  const char *text = (const char *) sqlite3_column_text (statement, 6);
  g_autofree char *words = dup_words (name ? name : "", text ? text : "");
  g_autofree char *valid = g_utf8_validate (words, -1, NULL) ? NULL : g_utf8_make_valid (words, -1); /* of a damaged file */
  g_autofree char *marked = app_search_needle_mark (needle, valid ? valid : words);
  const char *body = marked ? strchr (marked, '\n') + 1 : NULL;
  AppSearchRow *row;

  if (!marked)
    return;
  row = app_search_row_new ();
  row->conversation = sqlite3_column_int64 (statement, 0);
  row->message = sqlite3_column_int64 (statement, 1);
  row->role = sqlite3_column_int64 (statement, 3);
  row->time = sqlite3_column_int64 (statement, 4);
  row->attachment = g_strdup (name ? name : "");
  /* The name stands above the snippet: it is in it only where nothing else was found. */
  row->snippet = app_search_cut (app_search_parse_marks (strstr (body, APP_SEARCH_MARK_START) ? body : marked, row->ranges), row->ranges);
  g_ptr_array_add (rows, row);
}

gpointer
app_store_search_attached (AppDatabase *db, gpointer data, GError **error)
{
  const AppStoreSearchAttached *search = data;
  g_auto (GStrv) words = app_search_words (search->query);
  g_autoptr (AppSearchNeedle) needle = app_search_needle_new (words);
  AppStoreAttachedFound *found = g_new0 (AppStoreAttachedFound, 1);
  gboolean failed = FALSE;
  gsize bytes = 0;
  sqlite3_stmt *statement;

  found->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_search_row_free);
  if (!needle)
    return found;
  statement = app_database_query (db, error,
                                  "SELECT c.id, m.id, a.position, m.role, m.created, CASE WHEN json_valid (a.metadata) THEN json_extract (a.metadata, '$.name') END, a.model_text "
                                  "FROM message_attachments a CROSS JOIN messages m ON m.id = a.message CROSS JOIN conversations c ON c.id = m.conversation " /* CROSS: in this order */
                                  "WHERE c.deleted IS NULL AND (a.message, a.position) < (?1, ?2) ORDER BY a.message DESC, a.position DESC",
                                  "ii", search->message, search->position);
  if (!statement)
    failed = TRUE;
  while (!failed && bytes < SLICE_BYTES && found->rows->len < search->limit && app_database_step (db, statement, &failed, error)) {
    found->message = sqlite3_column_int64 (statement, 1);
    found->position = sqlite3_column_int64 (statement, 2);
    look_into (statement, needle, found->rows);
    bytes += (gsize) sqlite3_column_bytes (statement, 6);
  }
  found->more = bytes >= SLICE_BYTES && found->rows->len < search->limit;
  if (statement)
    app_database_reset (statement);
  if (!failed)
    return found;
  app_store_attached_found_free (found);
  return NULL;
}
