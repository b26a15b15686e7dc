/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppLocalAdapters: the adapters that were loaded for one model of this process, so that a conversation which goes on does not read its adapter
 * again. Internal to app/. Blocks; any worker thread, and callers wait for each other.
 *
 * The few that were used last are kept, until the model goes. Where there is no memory for another one, those that are kept go first: a request that is
 * at work holds its own. A file that was changed is read again, and one that is gone is not used from memory either: what the person removed is removed. */
#pragma once

#include <glib.h>

#include "engine.h"

G_BEGIN_DECLS

typedef struct _AppLocalAdapters AppLocalAdapters;

AppLocalAdapters *app_local_adapters_new (void);
void app_local_adapters_free (AppLocalAdapters *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppLocalAdapters, app_local_adapters_free)

/* `model`: always the same. `name`: what the person calls the adapter, for the sentence of an error. Errors: APP_ERROR_MISSING when there is no file,
 * APP_ERROR_ENGINE with the engine's own reason (it is for another model, it is damaged, there is no memory). (transfer full) (nullable) */
EngineAdapter *app_local_adapters_get (AppLocalAdapters *self, EngineModel *model, const char *path, const char *name, GError **error);

G_END_DECLS
