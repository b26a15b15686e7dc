/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppSentinel: a byte that says after a crash what the process was doing. Internal to app/. Main thread only, but for the byte.
 *
 * The file has one byte that says that it tripped, and behind it one for each process that runs at the same time. A process holds a lock on its
 * own byte, which the kernel drops when it ends, however it ends. So a byte that is set and not locked is that of a process that ended
 * in the middle of its work; one that is locked belongs to somebody who still works. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _AppSentinel AppSentinel;

/* Takes a byte, and looks at those that others left. Errors: READ_ONLY, FULL, FAILED. */
AppSentinel *app_sentinel_open (const char *path, GError **error);
/* An orderly end: the byte is clear, whatever is written to it from now on. */
void app_sentinel_close (AppSentinel *self);

/* To be set to 1 during the work and to 0 after it, on any thread; stays valid until the process ends, also after it was closed. */
guint8 *app_sentinel_get_byte (AppSentinel *self);
/* A process ended in the middle of its work, and nobody has said since that it does not matter. */
gboolean app_sentinel_get_tripped (AppSentinel *self);
/* …and this was found just now. */
gboolean app_sentinel_get_tripped_now (AppSentinel *self);
void app_sentinel_reset (AppSentinel *self);

G_END_DECLS
