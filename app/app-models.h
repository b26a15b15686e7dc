/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppModels: the models of the catalogue (data/models.json) and of the models folder, with the adapters that lie there, as one GListModel of AppModel: installed
 * ones first, then those of servers, then what is fetched from the hub, then by the catalogue's order. Models that only tests use appear only when they are
 * installed. Main thread only. */
#pragma once

#include "app-connections.h"
#include "app-hub.h"
#include "app-model.h"
#include "app-servers.h"
#include "app-transcriber.h"

G_BEGIN_DECLS

#define APP_TYPE_MODELS (app_models_get_type ())
G_DECLARE_FINAL_TYPE (AppModels, app_models, APP, MODELS, GObject)

/* `catalogue`: NULL for $MELETE_CATALOGUE, else the installed models.json; `directory`: NULL for $MELETE_MODELS, else
 * $XDG_DATA_HOME/melete/models. The list is empty until the first refresh. */
AppModels *app_models_new (const char *catalogue, const char *directory);

/* Where downloads are recorded: nothing is downloaded before this is set, and half-finished downloads come back with the refresh after it. */
void app_models_set_connections (AppModels *self, AppConnections *connections);

/* Whose models are in the list too, after the installed ones, as long as they are offered. NULL before that is set. (transfer none) */
void app_models_set_servers (AppModels *self, AppServers *servers);
AppServers *app_models_get_servers (AppModels *self);

/* Reads catalogue, folder and memory anew; AppModel objects stay the same. Half-finished downloads come back as PAUSED. A file that is no model
 * is left out and named in a warning (app_models_get_warning ()). */
void app_models_refresh_async (AppModels *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_models_refresh_finish (AppModels *self, GAsyncResult *result, GError **error);

const char *app_models_get_directory (AppModels *self);
const char *app_models_get_warning (AppModels *self); /* "warning": a sentence, or NULL */
/* Returns: (transfer none) (nullable) */
AppModel *app_models_find (AppModels *self, const char *id);
/* The model to load at the start: `preferred` (nullable id) when it can be used, else the best installed one that fits, else NULL: one of a server only when it
 * is preferred. (transfer none) */
AppModel *app_models_choose (AppModels *self, const char *preferred);
/* "embedder": an installed model that makes vectors of texts, or NULL. (transfer none) */
AppModel *app_models_get_embedder (AppModels *self);
/* "transcriber" (pointer): an installed model that writes down what is spoken, or NULL. (transfer none) */
AppTranscriber *app_models_get_transcriber (AppModels *self);
/* The model to offer on an empty machine: the recommended one when it fits, else the starter. (transfer none) (nullable) */
AppModel *app_models_get_offer (AppModels *self);

/* Begins or goes on with a download. Returns: (transfer none) (nullable): NULL with `error` when the model is installed or not in the catalogue, or
 * the connections are not set. */
AppDownload *app_models_download (AppModels *self, AppModel *model, GError **error);

/* The hub that models can be looked for on. (transfer none) */
AppHub *app_models_get_hub (AppModels *self);
/* Begins to fetch a variant of a repository; `projector`, `draft`: with what lets it see and what makes it quicker, if the repository has them. An
 * installed model is replaced when all is here. Returns: (transfer none) (nullable): NULL with `error` when it is being downloaded already, is one of the
 * catalogue or of the person's own, or the connections are not set. */
AppModel *app_models_download_variant (AppModels *self, AppHubRepository *repository, const AppHubVariant *variant, gboolean projector, gboolean draft, GError **error);
/* Asks the hub whether the installed model has changed there: see its "outdated". */
void app_models_check_async (AppModels *self, AppModel *model, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_models_check_finish (AppModels *self, GAsyncResult *result, GError **error);
/* Fetches the version that the hub has now, with the files that the installed one has. */
void app_models_update_async (AppModels *self, AppModel *model, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_models_update_finish (AppModels *self, GAsyncResult *result, GError **error);

/* "downloading" (boolean): whether a download is under way, so that the machine should stay awake. */
gboolean app_models_get_downloading (AppModels *self);
/* Bytes on disk of all models that are installed. */
guint64 app_models_get_disk_bytes (AppModels *self);
/* What was measured: name (string) → tokens per second (double *); models that are not in it stay as they are. */
void app_models_set_speeds (AppModels *self, GHashTable *speeds);

/* Adds the GGUF file of a model or of an adapter: checked first, then copied into the folder (`copy`) or referenced where it lies. */
void app_models_add_file_async (AppModels *self, GFile *file, gboolean copy, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
AppModel *app_models_add_file_finish (AppModels *self, GAsyncResult *result, GError **error);

/* Removes an installed model from the list; the file is set aside until purge, so that undo is instant. Unload it first. */
void app_models_remove_async (AppModels *self, AppModel *model, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_models_remove_finish (AppModels *self, GAsyncResult *result, GError **error);
void app_models_undo_remove_async (AppModels *self, AppModel *model, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_models_undo_remove_finish (AppModels *self, GAsyncResult *result, GError **error);
/* Deletes the file that was set aside for this model (the toast is gone); one of another model can still be brought back. The first refresh deletes what
 * earlier runs set aside. */
void app_models_purge_async (AppModels *self, AppModel *model, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_models_purge_finish (AppModels *self, GAsyncResult *result, GError **error);

G_END_DECLS
