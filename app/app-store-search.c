/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-markdown.h"
#include "app-store.h"

/* For SQL. */
#define MARKS "'" APP_SEARCH_MARK_START "', '" APP_SEARCH_MARK_END "'"

void
app_store_search_free (AppStoreSearch *search)
{
  g_free (search->query);
  g_free (search);
}

/* Takes rows of (conversation, message, role, time, text) until there are `limit`; `words` NULL: the text carries the index's marks around what it
 * found. Titles and notes are shown as they are, answers without the marks of Markdown. */
static gboolean
collect (AppDatabase *db, sqlite3_stmt *statement, char **words, GPtrArray *rows, guint limit, GError **error)
{
  gboolean failed = FALSE;

  if (!statement)
    return FALSE;
  while (rows->len < limit && app_database_step (db, statement, &failed, error)) {
    const char *text = (const char *) sqlite3_column_text (statement, 4);
    AppSearchRow *row = app_search_row_new ();
    g_autofree char *plain = NULL;
    row->conversation = sqlite3_column_int64 (statement, 0);
    row->message = sqlite3_column_int64 (statement, 1);
    row->role = sqlite3_column_int64 (statement, 2);
    row->time = sqlite3_column_int64 (statement, 3);
    if (row->role == APP_ROLE_ASSISTANT)
      text = plain = app_markdown_dup_words (text);
    row->snippet = words ? app_search_find_words (text, words, row->ranges) : app_search_parse_marks (text, row->ranges);
    if (row->message)
      row->snippet = app_search_cut (row->snippet, row->ranges);
    g_ptr_array_add (rows, row);
  }
  app_database_reset (statement);
  return !failed;
}

/* The newest first: FTS5 then walks its index backwards and stops early. Ranking would read every match, which takes seconds for a common word in a
 * million messages. */
static gboolean
search_index (AppDatabase *db, char **words, GPtrArray *rows, guint limit, GError **error)
{
  g_autofree char *expression = app_search_fts_expression (words);

  return collect (db, app_database_query (db, error,
                                          "SELECT c.id, 0, 0, c.updated, highlight (conversations_fts, 0, " MARKS ") FROM conversations_fts "
                                          "JOIN conversations c ON c.id = conversations_fts.rowid "
                                          "WHERE conversations_fts MATCH ?1 AND c.deleted IS NULL ORDER BY c.updated DESC LIMIT ?2",
                                          "si", expression, (gint64) limit),
                  NULL, rows, limit, error) &&
         collect (db, app_database_query (db, error,
                                          "SELECT c.id, m.id, m.role, m.created, highlight (messages_fts, 0, " MARKS ") FROM messages_fts "
                                          "JOIN messages m ON m.id = messages_fts.rowid JOIN conversations c ON c.id = m.conversation "
                                          "WHERE messages_fts MATCH ?1 AND c.deleted IS NULL ORDER BY messages_fts.rowid DESC LIMIT ?2",
                                          "si", expression, (gint64) limit),
                  NULL, rows, limit, error);
}

/* Looks at every text, which the index cannot spare us here. The first four words count: more are rare in writing without spaces. */
static gboolean
search_plain (AppDatabase *db, char **words, GPtrArray *rows, guint limit, GError **error)
{
  char *pattern[4];
  guint n = g_strv_length (words);

  for (guint i = 0; i < G_N_ELEMENTS (pattern); i++)
    pattern[i] = app_search_like_pattern (i < n ? words[i] : "");
  gboolean ok =
      collect (db, app_database_query (db, error,
                                       "SELECT id, 0, 0, updated, title FROM conversations WHERE deleted IS NULL AND title LIKE ?1 ESCAPE '\\' AND title LIKE ?2 ESCAPE '\\' "
                                       "AND title LIKE ?3 ESCAPE '\\' AND title LIKE ?4 ESCAPE '\\' ORDER BY updated DESC LIMIT ?5",
                                       "ssssi", pattern[0], pattern[1], pattern[2], pattern[3], (gint64) limit),
               words, rows, limit, error) &&
      collect (db, app_database_query (db, error,
                                       "SELECT c.id, m.id, m.role, m.created, m.text FROM messages m JOIN conversations c ON c.id = m.conversation WHERE c.deleted IS NULL "
                                       "AND m.state >= 2 AND m.text LIKE ?1 ESCAPE '\\' AND m.text LIKE ?2 ESCAPE '\\' AND m.text LIKE ?3 ESCAPE '\\' "
                                       "AND m.text LIKE ?4 ESCAPE '\\' ORDER BY m.id DESC LIMIT ?5",
                                       "ssssi", pattern[0], pattern[1], pattern[2], pattern[3], (gint64) limit),
               words, rows, limit, error);
  for (guint i = 0; i < G_N_ELEMENTS (pattern); i++)
    g_free (pattern[i]);
  return ok;
}

gpointer
app_store_search (AppDatabase *db, gpointer data, GError **error)
{
  AppStoreSearch *search = data;
  g_auto (GStrv) words = app_search_words (search->query);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_search_row_free);

  if (words[0] && !(app_search_is_plain (words) ? search_plain (db, words, rows, search->limit, error) : search_index (db, words, rows, search->limit, error)))
    return NULL;
  return g_steal_pointer (&rows);
}
