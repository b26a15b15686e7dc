/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One answer from a server: one exchange, streamed. Internal to app/. Main thread only. */
#pragma once

#include "app-completion.h"
#include "app-server.h"

G_BEGIN_DECLS

#define APP_TYPE_REMOTE_COMPLETION (app_remote_completion_get_type ())
G_DECLARE_FINAL_TYPE (AppRemoteCompletion, app_remote_completion, APP, REMOTE_COMPLETION, AppCompletion)

/* The most that is taken of one answer, in bytes. */
#define APP_REMOTE_MOST_TEXT (16u * 1024 * 1024)

AppCompletion *app_remote_completion_new (AppServer *server, AppServerModel *model, AppPrompt *prompt);

G_END_DECLS
