/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppLocalTowers: how a model of this process sees: the part beside its file (<id>.mmproj.gguf), loaded when the first picture comes, and what it made of the pictures that were shown last, so that
 * asking again about one costs nothing. Internal to app/. Blocks; any worker thread, and callers wait for each other. */
#pragma once

#include <gio/gio.h>

#include "engine.h"

G_BEGIN_DECLS

typedef struct _AppLocalTowers AppLocalTowers;

/* Whether there is a part beside the model of that path that this program can see with. Reads the head of the file. */
gboolean app_local_towers_can_see (const char *model_path);

/* `options`: how the model was loaded; its backend, threads and sentinel are taken over. */
AppLocalTowers *app_local_towers_new (const char *model_path, const EngineLoadOptions *options);
void app_local_towers_free (AppLocalTowers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppLocalTowers, app_local_towers_free)

/* `picture`: a file's bytes, which are decoded in the sandbox. At most max_columns tokens. Errors: MEDIA_ERROR, APP_ERROR_ENGINE, G_IO_ERROR_CANCELLED. (transfer full) (nullable) */
EngineMedia *app_local_towers_see (AppLocalTowers *self, GBytes *picture, guint max_columns, GCancellable *cancellable, GError **error);

G_END_DECLS
