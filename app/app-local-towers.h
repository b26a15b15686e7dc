/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppLocalTowers: how a model of this process sees and hears: the part beside its file (<id>.mmproj.gguf), loaded when the first picture or sound comes, and what it made of those that were
 * given last, so that asking again about one costs nothing. Internal to app/. Blocks; any worker thread, and callers wait for each other. */
#pragma once

#include <gio/gio.h>

#include "app-senses.h"
#include "engine.h"

G_BEGIN_DECLS

typedef struct _AppLocalTowers AppLocalTowers;

/* What the part beside the model of that path is for, as far as this program knows such parts. Reads the head of the file. */
AppSenses app_local_towers_find (const char *model_path);

/* `options`: how the model was loaded; its backend, threads and sentinel are taken over. */
AppLocalTowers *app_local_towers_new (const char *model_path, const EngineLoadOptions *options);
void app_local_towers_free (AppLocalTowers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppLocalTowers, app_local_towers_free)

/* What becomes of a file's bytes, which are decoded in the sandbox: of at most max_columns tokens. A picture is made smaller for that, and a sound that is longer is refused before it is
 * decoded. `sense`: one. `sha256`: (nullable) of the file, if it is known. `moment`: (nullable) the file is a video, and this of it is wanted. Errors: MEDIA_ERROR, APP_ERROR_ENGINE, G_IO_ERROR_CANCELLED. (transfer full) (nullable) */
EngineMedia *app_local_towers_take (AppLocalTowers *self, AppSenses sense, GBytes *file, const char *sha256, const AppMoment *moment, guint max_columns, GCancellable *cancellable, GError **error);

/* How long in a prompt such a file would be, for engine_runner_measure () alone, without decoding or encoding it, and without waiting for one that is. `sha256`: of the file; NULL: not known.
 * Of a picture whose size is not known it is the most that one may be. Errors: APP_ERROR_ENGINE. (transfer full) (nullable) */
EngineMedia *app_local_towers_measure (AppLocalTowers *self, AppSenses sense, const char *sha256, const AppExtent *extent, const AppMoment *moment, guint max_columns, GError **error);

G_END_DECLS
