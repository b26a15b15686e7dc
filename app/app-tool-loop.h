/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppToolLoop: an answer that may call tools. It is the AppCompletion of a prompt: what the model writes goes on as it comes; what it calls is run (AppToolbox), the model is told what came of it
 * and goes on, until it calls nothing more. After APP_TOOL_ROUNDS rounds, or when it calls the very same once more, it is asked for its answer without tools.
 *
 * Main thread only. */
#pragma once

#include "app-engine.h"
#include "app-toolbox.h"

G_BEGIN_DECLS

#define APP_TOOL_ROUNDS 12
/* Calls of one round; more are not run. */
#define APP_TOOL_CALLS 16

#define APP_TYPE_TOOL_LOOP (app_tool_loop_get_type ())
G_DECLARE_FINAL_TYPE (AppToolLoop, app_tool_loop, APP, TOOL_LOOP, AppCompletion)

/* `calls`: of AppToolCall, to which those that are made are appended, for people to see. `message`: the answer in the history that it becomes. (transfer full) */
AppCompletion *app_tool_loop_new (AppEngine *engine, AppPrompt *prompt, AppToolbox *toolbox, GListStore *calls, gint64 message);

G_END_DECLS
