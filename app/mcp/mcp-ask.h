/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server asks the person ("elicitation/create"), by the call that it works for. Internal to app/. Main thread.
 *
 * The question says who asks; every field is asked by itself, and may be left unanswered. What the person says goes to the server and allows nothing. */
#pragma once

#include <json-glib/json-glib.h>

#include "app-tool-call.h"

G_BEGIN_DECLS

/* `call`: (nullable) one that runs, else the server is told that nobody answers. Answers `task` (transfer full) with a JsonObject, the result; or an error for the server. */
void app_mcp_ask (JsonObject *params, const char *server, AppToolCall *call, GTask *task);

G_END_DECLS
