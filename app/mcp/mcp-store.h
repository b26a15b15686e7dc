/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers of MCP in the tables of the history, as plain data: jobs of AppDatabase, as in app-store.h. Internal to app/. */
#pragma once

#include "app-database.h"
#include "mcp-servers.h"

G_BEGIN_DECLS

typedef struct {
  gint64 id; /* 0: a new one */
  char *name, *command, *folder, *key;
  gboolean network, enabled;
  guint offers;
  char *tools;   /* JSON */
  char *prompts; /* JSON: app_mcp_prompts_print () */
} AppMcpServerRow;

void app_mcp_server_row_free (AppMcpServerRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppMcpServerRow, app_mcp_server_row_free)

/* NULL → GPtrArray of AppMcpServerRow, in the order in which they were added. What an earlier run left running is marked as ended. */
gpointer app_mcp_store_servers (AppDatabase *db, gpointer data, GError **error);
/* AppMcpServerRow → gint64 *: its id. In the place of the one with its id, if there is one. */
gpointer app_mcp_store_save (AppDatabase *db, gpointer data, GError **error);
/* gint64 * (id) → OK. What was allowed of its tools goes too. */
gpointer app_mcp_store_remove (AppDatabase *db, gpointer data, GError **error);

/* AppMcpRunRow → gint64 *: its id. Stores one that begins. */
gpointer app_mcp_store_run_begin (AppDatabase *db, gpointer data, GError **error);
/* AppMcpRunRow (id, ended, outcome) → OK. */
gpointer app_mcp_store_run_end (AppDatabase *db, gpointer data, GError **error);
/* GUINT_TO_POINTER (the most) → GPtrArray of AppMcpRunRow, the newest first. */
gpointer app_mcp_store_runs (AppDatabase *db, gpointer data, GError **error);

G_END_DECLS
