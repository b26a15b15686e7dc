/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of AppDatabase share: app-database.c (the thread, opening, migrating) and app-database-statement.c (statements, transactions,
 * errors). */
#pragma once

#include "app-database.h"

G_BEGIN_DECLS

struct _AppDatabase {
  GObject parent;
  char *path;
  const AppDatabaseSchema *schema;
  GThread *thread;
  GAsyncQueue *queue; /* of GTask; the task without a Job ends the thread */
  guint n_queries;    /* atomic */

  /* Database thread only. */
  sqlite3 *db;
  GHashTable *statements; /* SQL → sqlite3_stmt */
  gboolean closed;
  GCancellable *current; /* of the job that runs; nullable */
};

/* The sentence for what SQLite answered. */
void app_database_set_error (AppDatabase *self, int code, GError **error);

G_END_DECLS
