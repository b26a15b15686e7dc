/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppRest: lets the loaded model go when nobody has needed it for a while, when the machine runs short of memory, or when it belongs to another place now
 * (app_engine_is_misplaced ()); never while it answers, or somebody waits for its answer. The next message loads it again. Main thread only. */
#pragma once

#include "app-engine.h"

G_BEGIN_DECLS

#define APP_TYPE_REST (app_rest_get_type ())
G_DECLARE_FINAL_TYPE (AppRest, app_rest, APP, REST, GObject)

/* Property "minutes" (int): after how long without an answer; 0: never for that reason. 15 at first.
 * `monitor`: (nullable) what tells of a shortage, NULL for the system's. */
AppRest *app_rest_new (AppEngine *engine, GMemoryMonitor *monitor);

/* What time it is, in microseconds; NULL for the monotonic clock. For tests, which then call app_rest_check () where the timer would. */
typedef gint64 (*AppRestClock) (void);
void app_rest_set_clock (AppRest *self, AppRestClock clock);
void app_rest_check (AppRest *self);

G_END_DECLS
