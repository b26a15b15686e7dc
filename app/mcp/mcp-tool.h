/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMcpTool: what a server says of one of its tools, and what the person has agreed to of it. Main thread only.
 *
 * A model sees only a description that the person has seen, word for word: when the server says something else later, the tool is off until somebody has looked at what changed. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  APP_MCP_TOOL_OFF,     /* the person has not agreed, or no more */
  APP_MCP_TOOL_ON,      /* it is as the person agreed */
  APP_MCP_TOOL_CHANGED, /* the server describes it otherwise now: off */
  APP_MCP_TOOL_GONE,    /* the person has agreed, but the server has it no more */
  APP_MCP_TOOL_UNUSABLE, /* it cannot be called here: see the reason */
} AppMcpToolState;

/* Of one tool, in bytes: its name, and all that is said of it. */
#define APP_MCP_MAX_NAME 128
#define APP_MCP_MAX_DESCRIPTION 65536

#define APP_TYPE_MCP_TOOL (app_mcp_tool_get_type ())
G_DECLARE_FINAL_TYPE (AppMcpTool, app_mcp_tool, APP, MCP_TOOL, GObject)

/* What "tools/list" has of one. (transfer full) (nullable): NULL when it has no name that can be used. */
AppMcpTool *app_mcp_tool_new (JsonObject *described);

const char *app_mcp_tool_get_name (AppMcpTool *self);        /* the server's */
const char *app_mcp_tool_get_title (AppMcpTool *self);       /* for people: its title, or its name */
const char *app_mcp_tool_get_description (AppMcpTool *self); /* for the model, as agreed where it is ON, else as last said; never NULL */
const char *app_mcp_tool_get_schema (AppMcpTool *self);      /* likewise: JSON Schema of its arguments */
AppMcpToolState app_mcp_tool_get_state (AppMcpTool *self);   /* "state" (uint) */
const char *app_mcp_tool_get_reason (AppMcpTool *self);      /* while UNUSABLE: a sentence; else NULL */

/* All that is said of it as text for the person, with characters that are not seen made so: now, and as it was agreed to (nullable: never). (transfer full) */
char *app_mcp_tool_print (AppMcpTool *self);
char *app_mcp_tool_print_agreed (AppMcpTool *self);

/* A checksum of all that the person agreed to; NULL: nothing. */
const char *app_mcp_tool_get_pin (AppMcpTool *self);

/* The person agrees to what is said of it now, or to nothing. */
void app_mcp_tool_agree (AppMcpTool *self, gboolean agree);
/* The server says this of it now; NULL: it has it no more. TRUE: that is something else than before. */
gboolean app_mcp_tool_update (AppMcpTool *self, JsonObject *described);

/* As it is kept. (transfer full) */
JsonObject *app_mcp_tool_save (AppMcpTool *self);
AppMcpTool *app_mcp_tool_load (JsonObject *kept);

/* As JSON whose members stand in the order of their names, so that equal things are equal texts. (transfer full) */
char *app_mcp_print_canonical (JsonObject *object);

G_END_DECLS
