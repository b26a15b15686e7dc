/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How quickly a model answers on this machine, tried out in a few seconds. Main thread only; the work is done on a thread. */
#pragma once

#include "app-engine.h"

G_BEGIN_DECLS

/* An installed model: the one that `engine` has loaded answers a short question, which nobody sees; another one is loaded beside it for as long as it
 * takes. Its "speed" is set. Errors: APP_ERROR_ENGINE with the engine's sentence (when there is no memory, with the numbers), APP_ERROR_BUSY while the loaded
 * model answers the person. */
void app_speed_test_async (AppEngine *engine, AppModel *model, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Tokens per second; 0 with `error`. */
double app_speed_test_finish (AppEngine *engine, GAsyncResult *result, GError **error);

G_END_DECLS
