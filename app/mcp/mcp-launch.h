/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a server is started: what the person wrote of it, made a command within bubblewrap. Internal to app/. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a server is started with. */
typedef struct {
  char *command;     /* as a person types it: program and arguments, quoted as in a shell; nothing in it is expanded */
  char *folder;      /* whose files it may read, "" for none: where it is installed when the system has it not */
  char *environment; /* NAME=value, one a line */
  gboolean network;
} AppMcpLaunch;

void app_mcp_launch_clear (AppMcpLaunch *launch);

/* Where the workspace is for the server. */
#define APP_MCP_WORK "/work"

/* Whether it could be started at all. Errors: APP_ERROR_INVALID, APP_ERROR_MISSING with a sentence for the person. */
gboolean app_mcp_launch_check (const AppMcpLaunch *launch, GError **error);
/* The command, ended by NULL, with `workspace` (nullable: an empty folder that is gone afterwards) as its current folder. `*environment`: (out) (transfer full): all of its environment. (transfer full) (nullable): of char *. */
GPtrArray *app_mcp_launch_make (const AppMcpLaunch *launch, const char *workspace, GStrv *environment, GError **error);

G_END_DECLS
