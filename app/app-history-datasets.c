/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the tables of attachments are: beside the history's file, or in memory where the history is. What no attachment in the history needs any more is deleted. */
#include "app-history-private.h"

#include <string.h>

#define KEY "melete-datasets"

static void
on_choices (AppDatasets *datasets, const char *sha256, const char *choices, AppDatabase *database)
{
  app_database_run_async (database, app_store_set_choices, app_store_choices_new (sha256, choices), (GDestroyNotify) app_store_choices_free, NULL, NULL, NULL, NULL);
}

AppDatasets *
app_history_datasets_of (AppDatabase *database)
{
  AppDatasets *datasets = g_object_get_data (G_OBJECT (database), KEY);

  if (datasets == NULL) {
    g_autofree char *folder = g_path_get_dirname (app_database_get_path (database)), *tables = g_build_filename (folder, "tables", NULL);
    datasets = strcmp (app_database_get_path (database), ":memory:") == 0 ? app_datasets_new_temporary () : app_datasets_new (tables);
    if (datasets != NULL) {
      g_object_set_data_full (G_OBJECT (database), KEY, datasets, g_object_unref);
      g_signal_connect_object (datasets, "choices-changed", G_CALLBACK (on_choices), database, 0);
    }
  }
  return datasets;
}

void
app_history_adopt_choices (AppDatabase *database, GPtrArray *rows)
{
  AppDatasets *datasets = app_history_datasets_of (database);

  for (guint i = 0; datasets != NULL && i < rows->len; i++) {
    const AppStoreChoices *row = rows->pdata[i];
    app_datasets_adopt_choices (datasets, row->sha256, row->choices);
  }
}

static gpointer
read_choices (AppDatabase *db, gpointer data, GError **error)
{
  return app_store_read_choices (db, error);
}

static void
on_choices_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, NULL);

  if (rows != NULL)
    app_history_adopt_choices (APP_DATABASE (source), rows);
}

void
app_history_read_choices (AppHistory *self)
{
  app_database_run_async (app_history_get_database (self), read_choices, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, NULL, on_choices_read, NULL);
}

/* What the statement names, one or several a line. */
static gboolean
add_named (AppDatabase *db, const char *sql, GHashTable *live, GError **error)
{
  gboolean failed;
  sqlite3_stmt *statement = app_database_query (db, error, sql, "");

  if (!statement)
    return FALSE;
  while (app_database_step (db, statement, &failed, error)) {
    g_auto (GStrv) names = g_strsplit ((const char *) sqlite3_column_text (statement, 0), "\n", -1);
    for (guint i = 0; names[i] != NULL; i++)
      g_hash_table_add (live, g_strdup (names[i]));
  }
  return !failed;
}

static gpointer
read_live (AppDatabase *db, gpointer data, GError **error)
{
  g_autoptr (GHashTable) live = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  /* What was made and what was answered before a correction still speaks of the tables as they were read then. */
  if (add_named (db, "SELECT sha256 FROM attachments", live, error) && add_named (db, "SELECT DISTINCT data FROM artifact_versions WHERE data != ''", live, error) &&
      add_named (db, "SELECT DISTINCT tables FROM message_sources WHERE tables IS NOT NULL", live, error))
    return g_steal_pointer (&live);
  return NULL;
}

static void
on_live (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GHashTable) live = app_database_run_finish (APP_DATABASE (source), result, NULL);

  /* What it does not get done, the next time does. */
  if (live != NULL)
    app_datasets_tidy_async (app_history_datasets_of (APP_DATABASE (source)), live, NULL, NULL);
}

void
app_history_tidy_datasets (AppHistory *self)
{
  AppDatabase *database = app_history_get_database (self);
  AppDatasets *datasets = app_history_datasets_of (database);

  if (datasets != NULL && g_file_test (app_datasets_get_folder (datasets), G_FILE_TEST_IS_DIR))
    app_database_run_async (database, read_live, NULL, NULL, (GDestroyNotify) g_hash_table_unref, NULL, on_live, NULL);
}
