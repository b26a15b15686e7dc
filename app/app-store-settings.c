/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-store.h"

void
app_store_settings_free (AppStoreSettings *settings)
{
  g_free (settings->json);
  g_free (settings);
}

gpointer
app_store_settings (AppDatabase *db, gpointer data, GError **error)
{
  const AppStoreSettings *settings = data;

  return app_database_exec (db, error, "UPDATE conversations SET settings = ?2 WHERE id = ?1", "is", settings->conversation, settings->json) ? APP_DATABASE_OK : NULL;
}
