/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tries the graphics card in a process of its own, since drivers crash and hang: `melete-engine try`. Internal to app/. Main thread only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Strings never NULL, but for why_not. */
typedef struct {
  char *device, *driver; /* as the driver calls them; "" where it came to nothing */
  guint64 memory;        /* bytes that are free; 0: not known */
  gboolean software;     /* the processor draws */
  char *why_not;         /* the sentence when it cannot be used; NULL: it can */
} AppGpuTrial;

void app_gpu_trial_free (AppGpuTrial *trial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppGpuTrial, app_gpu_trial_free)

/* The file of melete-engine. (transfer full) (nullable): NULL with APP_ERROR_MISSING */
char *app_gpu_trial_find_tool (GError **error);

/* After `limit_ms` it hangs, and is killed. Cancelling kills it too. */
void app_gpu_trial_async (guint limit_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) (nullable): NULL only when it was cancelled */
AppGpuTrial *app_gpu_trial_finish (GAsyncResult *result, GError **error);

G_END_DECLS
