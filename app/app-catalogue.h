/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads models.json and model files. Internal to app/. Blocks; any thread. */
#pragma once

#include "app-model-private.h"

G_BEGIN_DECLS

/* Returns: (transfer full) (nullable): AppModelFacts in the order of the file. Errors: APP_ERROR_DAMAGED, APP_ERROR_MISSING, each naming what is wrong. */
GPtrArray *app_catalogue_read (const char *path, GError **error);
GPtrArray *app_catalogue_parse (const char *json, gssize length, const char *name, GError **error);

/* Whether an id is good as the name of a file. */
gboolean app_catalogue_is_id (const char *id);

/* What the file of a model or of an adapter says of itself; `id` is given to it. Errors: APP_ERROR_DAMAGED with the engine's sentence. (transfer full) (nullable) */
AppModelFacts *app_catalogue_inspect (const char *path, const char *id, GError **error);

/* Bytes of memory that a model needs to run: weights, the cache of a conversation, and the rest. */
guint64 app_catalogue_memory (guint64 weight_bytes, guint64 cache_bytes);

/* A description of the catalogue in the person's language; one that is not of our catalogue as it is. Valid as long as `description`. */
const char *app_catalogue_translate (const char *description);

G_END_DECLS
