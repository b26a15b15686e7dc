/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How full the context of a model in this process would be. Internal to app/. */
#pragma once

#include "app-engine.h"
#include "app-local-completion.h"

G_BEGIN_DECLS

/* Answers `task` (transfer full) with an AppMeasure of g_new (), from a worker thread. */
void app_local_measure (AppLocalModel *local, AppPrompt *prompt, GTask *task);

G_END_DECLS
