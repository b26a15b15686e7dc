/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMcpPrompt: a prompt that a server has ready for the person ("prompts/list"): chosen in the composer, filled in, and put there to be read and sent. Immutable. Main thread only. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define APP_TYPE_MCP_PROMPT (app_mcp_prompt_get_type ())
G_DECLARE_FINAL_TYPE (AppMcpPrompt, app_mcp_prompt, APP, MCP_PROMPT, GObject)

typedef struct {
  char *name;
  char *description; /* "": none; what is not seen in it is made so */
  gboolean required;
} AppMcpPromptArgument;

const char *app_mcp_prompt_get_name (AppMcpPrompt *self);        /* for the server */
const char *app_mcp_prompt_get_title (AppMcpPrompt *self);       /* for people, one line */
const char *app_mcp_prompt_get_description (AppMcpPrompt *self); /* likewise; "": none */
guint app_mcp_prompt_get_n_arguments (AppMcpPrompt *self);
const AppMcpPromptArgument *app_mcp_prompt_get_argument (AppMcpPrompt *self, guint index);

/* What a server says of one. (transfer full) (nullable): it has no name. */
AppMcpPrompt *app_mcp_prompt_new (JsonObject *described);
/* Those of "prompts/list", as they are kept; what is too much is left out. (transfer full): JSON */
char *app_mcp_prompts_print (JsonArray *described);

/* The words of "prompts/get" for the composer: who says what stands before them where not all are the person's. (transfer full) */
char *app_mcp_prompt_read_words (JsonObject *result);

G_END_DECLS
