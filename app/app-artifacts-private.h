/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a conversation makes its list of artifacts. Internal to app/. */
#pragma once

#include "app-artifacts.h"
#include "app-database.h"

G_BEGIN_DECLS

/* `messages`: AppMessage, of the visible path; not kept alive by it. (transfer full) */
AppArtifacts *app_artifacts_new (AppDatabase *database, GListModel *messages);
/* Reads what the history has of `conversation`; done once. */
void app_artifacts_load (AppArtifacts *self, gint64 conversation);
/* The conversation has an id now, which is that of its artifacts. */
void app_artifacts_set_conversation (AppArtifacts *self, gint64 conversation);

G_END_DECLS
