/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppLocalCompletion: an answer by a model in this process. Internal to app/. Main thread only. */
#pragma once

#include "app-completion.h"
#include "engine.h"

G_BEGIN_DECLS

#define APP_TYPE_LOCAL_COMPLETION (app_local_completion_get_type ())
G_DECLARE_FINAL_TYPE (AppLocalCompletion, app_local_completion, APP, LOCAL_COMPLETION, AppCompletion)

/* Takes its own reference to `runner`. */
AppCompletion *app_local_completion_new (EngineRunner *runner, AppPrompt *prompt);

G_END_DECLS
