/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppToolbox: runs what a model calls, for one conversation. Main thread only.
 *
 * A call is checked against the tool's schema, stored (the journal), and, when its effect leaves the conversation's own files, shown to the person with its exact arguments; only then it
 * runs. What the person said is the only thing that allows anything: no text that a model, a file, a page or a tool brings is looked at for that. */
#pragma once

#include "app-artifacts.h"
#include "app-database.h"
#include "app-datasets.h"
#include "app-tool-call.h"

G_BEGIN_DECLS

#define APP_TYPE_TOOLBOX (app_toolbox_get_type ())
G_DECLARE_FINAL_TYPE (AppToolbox, app_toolbox, APP, TOOLBOX, GObject)

/* `messages`: AppMessage, of the visible path. `artifacts`, `datasets`: (nullable); datasets belong to `database`. */
AppToolbox *app_toolbox_new (AppDatabase *database, GListModel *messages, AppArtifacts *artifacts, AppDatasets *datasets);
/* The conversation has an id, and so a folder for its files, beside the history; not a temporary one. */
void app_toolbox_set_conversation (AppToolbox *self, gint64 id);
AppDatabase *app_toolbox_get_database (AppToolbox *self);   /* (transfer none) */
AppWorkspace *app_toolbox_get_workspace (AppToolbox *self); /* (transfer none) (nullable) */
/* Where files are given out to; NULL, as at first: the person's folder of downloads. */
void app_toolbox_set_outside (AppToolbox *self, const char *folder);
/* Who runs scripts; NULL, as at first: nobody. */
void app_toolbox_set_runner (AppToolbox *self, AppScriptRunner *runner);
AppScriptRunner *app_toolbox_get_runner (AppToolbox *self); /* (transfer none) (nullable) */

/* Tools from elsewhere, asked for with every answer: they are added to `tools` (const AppTool *), and a reference to each object that they need to live to `hold`. */
typedef void (*AppToolProvider) (GPtrArray *tools, GPtrArray *hold, gpointer data);
void app_toolbox_set_provider (AppToolbox *self, AppToolProvider provider, gpointer data);

/* Finds out what there is to work on (tables are opened, or read), before an answer. finish returns the tools that are offered, of const AppTool *: they live as long as the array.
 * (transfer full) (nullable): NULL when cancelled. */
void app_toolbox_prepare_async (AppToolbox *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *app_toolbox_prepare_finish (AppToolbox *self, GAsyncResult *result, GError **error);

/* Has `call`, which is WRITING, checked, stored, asked about and run. `tools`: what was offered; `message`: the answer that calls. When it is answered the call has its final state, which is stored, and its result. Errors: those of the
 * history (then nothing was run) and G_IO_ERROR_CANCELLED; a tool that fails is no error. One after the other for calls that depend on each other. */
void app_toolbox_run_async (AppToolbox *self, AppToolCall *call, GPtrArray *tools, gint64 message, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_toolbox_run_finish (AppToolbox *self, GAsyncResult *result, GError **error);

G_END_DECLS
