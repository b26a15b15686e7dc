/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store.h"

/* An answer of fewer tokens says little about speed. */
#define FEWEST_TOKENS 8
/* So many of the newest answers are looked at, of all models together; and of each model so many count. */
#define N_ANSWERS 2000
#define N_PER_MODEL 20

/* Token for token, so that a long answer counts for more than a short one. Answers of other machines say nothing of this one. */
gpointer
app_store_speeds (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GHashTable) speeds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (
      db, error,
      "SELECT model, sum (tokens) / sum (tokens / tokens_per_second) FROM ("
      " SELECT model, tokens, tokens_per_second, row_number () OVER (PARTITION BY model ORDER BY id DESC) AS nth FROM ("
      "  SELECT id, model, tokens, tokens_per_second FROM messages"
      "  WHERE role = 2 AND state >= 2 AND host IS NULL AND model IS NOT NULL AND tokens >= ?1 AND tokens_per_second > 0 ORDER BY id DESC LIMIT ?2))"
      " WHERE nth <= ?3 GROUP BY model",
      "iii", (gint64) FEWEST_TOKENS, (gint64) N_ANSWERS, (gint64) N_PER_MODEL);

  if (!statement)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    double *speed = g_new (double, 1);
    *speed = sqlite3_column_double (statement, 1);
    g_hash_table_replace (speeds, app_store_dup_text (statement, 0), speed);
  }
  return failed ? NULL : g_steal_pointer (&speeds);
}
