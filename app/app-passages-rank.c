/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The passages go into an index of SQLite's FTS5 in memory that lives as long as the question: making it takes some milliseconds for a book, and
 * nothing of a document lies anywhere that would have to be forgotten with it. */
#include <glib/gi18n.h>
#include <sqlite3.h>
#include <string.h>

#include "app-error.h"
#include "app-passages.h"

/* A word from this many characters on is looked for by its beginning, without this many characters at its end: a stem for many languages. */
#define STEM_FROM 5
#define STEM_DROPS 2
/* Words, signs and gaps between them in a question that are looked at. */
#define MAX_WORDS 128

/* A sign of writing that is not divided by spaces. */
static gboolean
stands_alone (gunichar c)
{
  return g_unichar_iswide (c) && g_unichar_isalpha (c);
}

static gboolean
is_word (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

/* Such signs get spaces around them, so that each is a word of the index. */
static void
append_spaced (GString *to, const char *text, gsize length)
{
  for (const char *p = text; p < text + length; p = g_utf8_next_char (p)) {
    gboolean alone = stands_alone (g_utf8_get_char (p));

    if (alone)
      g_string_append_c (to, ' ');
    g_string_append_len (to, p, g_utf8_next_char (p) - p);
    if (alone)
      g_string_append_c (to, ' ');
  }
}

static void
append_term (GString *expression, const char *from, const char *to, const char *second, gboolean beginning)
{
  g_string_append_printf (expression, "%s\"%.*s", expression->len ? " OR " : "", (int) (to - from), from);
  if (second)
    g_string_append_printf (expression, " %.*s", (int) (g_utf8_next_char (second) - second), second);
  g_string_append (expression, beginning ? "\"*" : "\"");
}

gsize
app_passages_word (const char *p, const char *end)
{
  const char *start = p;

  if (p < end && stands_alone (g_utf8_get_char (p)))
    return (gsize) (g_utf8_next_char (p) - p);
  while (p < end && is_word (g_utf8_get_char (p)) && !stands_alone (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return (gsize) (p - start);
}

gsize
app_passages_stem (const char *word, gsize n_bytes)
{
  glong length = g_utf8_strlen (word, (gssize) n_bytes);

  return length > STEM_FROM ? (gsize) (g_utf8_offset_to_pointer (word, MAX (STEM_FROM, length - STEM_DROPS)) - word) : n_bytes;
}

/* "Which invoices are open?" becomes "Which" OR "invoic"* OR …; of signs that stand alone, each two that follow each other are looked for. BM25 itself makes
 * frequent words weigh little. */
static char *
make_expression (const char *question)
{
  GString *expression = g_string_new (NULL);
  const char *end = question + strlen (question);
  gboolean paired = FALSE; /* the sign at `p` was the second of a pair */
  guint n = 0;

  for (const char *p = question; p < end && n < MAX_WORDS; n++) {
    gsize length = app_passages_word (p, end), stem;
    const char *next = length > 0 ? p + length : g_utf8_next_char (p);

    if (length > 0 && stands_alone (g_utf8_get_char (p))) {
      gboolean pair = stands_alone (g_utf8_get_char (next));

      if (pair || !paired)
        append_term (expression, p, next, pair ? next : NULL, FALSE);
      paired = pair;
    } else {
      paired = FALSE;
      stem = app_passages_stem (p, length);
      if (length > 0)
        append_term (expression, p, p + stem, NULL, stem < length);
    }
    p = next;
  }
  return g_string_free (expression, FALSE);
}

static gboolean
fill (sqlite3 *db, GArray *passages, const char *const *texts)
{
  g_autoptr (GString) words = g_string_new (NULL);
  sqlite3_stmt *insert = NULL;
  gboolean ok = sqlite3_exec (db, "CREATE VIRTUAL TABLE passages USING fts5 (words, content = '', tokenize = 'unicode61 remove_diacritics 2'); BEGIN", NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2 (db, "INSERT INTO passages (rowid, words) VALUES (?1, ?2)", -1, &insert, NULL) == SQLITE_OK;

  for (guint i = 0; ok && i < passages->len; i++) {
    const AppPassage *passage = &g_array_index (passages, AppPassage, i);
    const char *text = texts[passage->document];
    g_autofree char *heading = app_passage_dup_heading (passage, text);

    /* A heading is about all that stands under it. */
    g_string_assign (words, heading && passage->heading != passage->start ? heading : "");
    g_string_append_c (words, '\n');
    append_spaced (words, text + passage->start, passage->length);
    sqlite3_bind_int64 (insert, 1, i + 1);
    sqlite3_bind_text (insert, 2, words->str, (int) words->len, SQLITE_STATIC);
    ok = sqlite3_step (insert) == SQLITE_DONE;
    sqlite3_reset (insert);
  }
  sqlite3_finalize (insert);
  return ok && sqlite3_exec (db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean
ask (sqlite3 *db, const char *expression, guint limit, GArray *ranked)
{
  sqlite3_stmt *select = NULL;
  int result = sqlite3_prepare_v2 (db, "SELECT rowid, -bm25 (passages) FROM passages WHERE passages MATCH ?1 ORDER BY bm25 (passages), rowid LIMIT ?2", -1, &select, NULL);

  if (result == SQLITE_OK) {
    sqlite3_bind_text (select, 1, expression, -1, SQLITE_STATIC);
    sqlite3_bind_int64 (select, 2, limit);
    while ((result = sqlite3_step (select)) == SQLITE_ROW) {
      AppRanked one = { (guint) sqlite3_column_int64 (select, 0) - 1, sqlite3_column_double (select, 1) };
      g_array_append_val (ranked, one);
    }
  }
  sqlite3_finalize (select);
  return result == SQLITE_DONE;
}

GArray *
app_passages_rank (GArray *passages, const char *const *texts, const char *question, guint limit, GError **error)
{
  g_autofree char *expression = make_expression (question);
  g_autoptr (GArray) ranked = g_array_new (FALSE, FALSE, sizeof (AppRanked));
  sqlite3 *db = NULL;
  gboolean ok;

  if (*expression == '\0')
    return g_steal_pointer (&ranked);
  ok = sqlite3_open_v2 (":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK && fill (db, passages, texts) &&
       ask (db, expression, limit, ranked);
  if (!ok)
    g_set_error (error, APP_ERROR, APP_ERROR_FAILED, _("The documents could not be searched: %s. Close other programs, then try again."), sqlite3_errmsg (db));
  sqlite3_close (db);
  return ok ? g_steal_pointer (&ranked) : NULL;
}
