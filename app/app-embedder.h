/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppEmbedder: a model that makes vectors of texts, to find what means the same in other words. Internal to app/.
 *
 * The file is loaded when it is first asked, and vectors are kept in memory, so that the next question about the same document costs one
 * vector. Counted, any thread; callers wait for each other. */
#pragma once

#include "app-passages.h"

G_BEGIN_DECLS

AppEmbedder *app_embedder_new (const char *path);
AppEmbedder *app_embedder_ref (AppEmbedder *self);
void app_embedder_unref (AppEmbedder *self); /* the last one frees the model: not on the main thread when it was used */
void app_embedder_drop (AppEmbedder *self);  /* the same on any thread: another one does it */

/* How near each passage is to the question, −1 … 1, in the order of `passages`; NaN for those that are not known yet: at most `limit` are
 * computed anew, those of `first` (of AppRanked; nullable) before the others. Blocks, some milliseconds for each. Errors: the engine's own sentence.
 * Returns: (transfer full) (nullable): of float */
GArray *app_embedder_compare (AppEmbedder *self, GArray *passages, const char *const *texts, const char *question, GArray *first, guint limit, GError **error);

G_END_DECLS
