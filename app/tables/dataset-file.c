/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dataset-file.h"

#include "dataset-writer.h"

char *
dataset_file_uri (const char *path)
{
  g_autofree char *escaped = g_uri_escape_string (path, "/", FALSE);
  return g_strdup_printf ("file:%s?mode=ro&immutable=1", escaped);
}

sqlite3 *
dataset_file_open (const char *path, GError **error)
{
  g_autofree char *uri = dataset_file_uri (path);
  sqlite3 *db = NULL;
  int code = sqlite3_open_v2 (uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);

  if (code == SQLITE_OK) {
    sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return db;
  }
  dataset_set_error (path, db, code, error);
  sqlite3_close (db);
  return NULL;
}
