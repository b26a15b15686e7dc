/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server gives, as text for the model. It is data: nothing in it is looked at for permission. Internal to app/. Any thread. */
#pragma once

#include "tools/tool.h"

G_BEGIN_DECLS

/* Of "tools/call": its texts, a line for each thing that is no text, and its structured content as data. NULL with APP_ERROR_FAILED when the server says that it failed. (transfer full) (nullable) */
AppToolResult *app_mcp_read_call (JsonObject *result, GError **error);
/* Of "resources/read" and "prompts/get". (transfer full) */
AppToolResult *app_mcp_read_resource (JsonObject *result);
AppToolResult *app_mcp_read_prompt (JsonObject *result);
/* One piece of content. (transfer full) */
char *app_mcp_print_block (JsonObject *block);
/* Lists: resources and their templates; prompts with their arguments. (transfer full) */
char *app_mcp_print_resources (JsonArray *resources, JsonArray *templates);
char *app_mcp_print_prompts (JsonArray *prompts);

G_END_DECLS
