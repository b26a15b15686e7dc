/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMcpProcess: a program that speaks in lines, as a child. Internal to app/. Main thread; nothing waits.
 *
 * It is trusted with nothing: a line is bounded, what it writes on its standard error is kept only as a tail, and what it does not read is dropped with it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define APP_TYPE_MCP_PROCESS (app_mcp_process_get_type ())
G_DECLARE_FINAL_TYPE (AppMcpProcess, app_mcp_process, APP, MCP_PROCESS, GObject)

typedef struct {
  void (*line) (const char *line, gsize n_bytes, gpointer data);
  /* Once; nothing comes afterwards. `sentence`: what happened, for the person. */
  void (*ended) (const char *sentence, gpointer data);
} AppMcpProcessEvents;

/* `command`: ended by NULL; `environment`: all of it. Events come later, from the main loop, until close. (transfer full) (nullable) */
AppMcpProcess *app_mcp_process_new (const char *const *command, const char *const *environment, const AppMcpProcessEvents *events, gpointer data, GError **error);
/* `line`: (transfer full), without its end. */
void app_mcp_process_send (AppMcpProcess *self, char *line);
/* It is told by the end of its input, and killed when it goes on for two more seconds. No event comes any more. */
void app_mcp_process_close (AppMcpProcess *self);
/* The end of what it wrote on its standard error. (transfer full) */
char *app_mcp_process_dup_words (AppMcpProcess *self);
guint64 app_mcp_process_get_bytes (AppMcpProcess *self); /* that it has written */

G_END_DECLS
