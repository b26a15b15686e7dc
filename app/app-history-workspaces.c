/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folders of conversations that were deleted for good go, too. */
#include "app-history-private.h"

#include "tools/workspace.h"

typedef struct {
  char *parent;
  GHashTable *live; /* gint64 *: the conversations */
  gint64 newest;    /* that there ever was when they were read */
} Tidy;

static void
tidy_free (gpointer data)
{
  Tidy *tidy = data;

  g_free (tidy->parent);
  g_hash_table_unref (tidy->live);
  g_free (tidy);
}

static gpointer
read_live (AppDatabase *db, gpointer data, GError **error)
{
  Tidy *tidy = data;
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, "SELECT id FROM conversations UNION ALL SELECT -seq FROM sqlite_sequence WHERE name = 'conversations'", "");

  if (statement == NULL)
    return NULL;
  while (app_database_step (db, statement, &failed, error)) {
    gint64 id = sqlite3_column_int64 (statement, 0);
    if (id > 0)
      g_hash_table_add (tidy->live, g_memdup2 (&id, sizeof id));
    else
      tidy->newest = -id;
  }
  return failed ? NULL : APP_DATABASE_OK;
}

static void
tidy_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Tidy *tidy = data;

  app_workspace_tidy (tidy->parent, tidy->live, tidy->newest);
  g_task_return_boolean (task, TRUE);
}

static void
on_live (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  if (app_database_run_finish (APP_DATABASE (source), result, NULL) != NULL)
    g_task_run_in_thread (task, tidy_thread);
}

void
app_history_tidy_workspaces (AppHistory *self)
{
  AppDatabase *database = app_history_get_database (self);
  g_autofree char *folder = g_path_get_dirname (app_database_get_path (database));
  g_autofree char *parent = g_build_filename (folder, "workspaces", NULL);
  GTask *task;
  Tidy *tidy;

  if (g_str_equal (app_database_get_path (database), ":memory:") || !g_file_test (parent, G_FILE_TEST_IS_DIR))
    return;
  tidy = g_new0 (Tidy, 1);
  tidy->parent = g_steal_pointer (&parent);
  tidy->live = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (task, tidy, tidy_free);
  /* The job only writes into it, and the task outlives the job. */
  app_database_run_async (database, read_live, tidy, NULL, NULL, NULL, on_live, task);
}
