/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppGpu: whether models run on the graphics card, and why not. Main thread only.
 *
 * A driver can crash, hang, compute wrongly, or take the whole process along, and OpenGL says nothing of that beforehand. So the card is tried in
 * a process of its own before the first model is loaded on it (`melete-engine try`); while the driver works in this process a byte in a file is set
 * (AppSentinel), by which the next start knows that the last one ended inside the driver. Then the card is off, until the person turns it on again. */
#pragma once

#include "app-settings.h"

G_BEGIN_DECLS

typedef enum {
  APP_GPU_UNKNOWN,  /* not tried since the start */
  APP_GPU_TRYING,
  APP_GPU_USABLE,
  APP_GPU_UNUSABLE, /* `reason` is what the trial found */
  APP_GPU_FAILED,   /* it was usable, and failed since the start: `reason` */
  APP_GPU_DISABLED, /* an earlier process ended while its driver worked */
} AppGpuState;

#define APP_TYPE_GPU (app_gpu_get_type ())
G_DECLARE_FINAL_TYPE (AppGpu, app_gpu, APP, GPU, GObject)

/* `settings`: (nullable) where the person chose; without, it is used where it is of use. `sentinel`: (nullable) the file's path, NULL for
 * that in the folder of the person's state. Reads that file and starts nothing. */
AppGpu *app_gpu_new (AppSettings *settings, const char *sentinel);
/* The program ends in an orderly way: what the driver does now is no sign of a crash. Nothing may be loaded on the card any more. */
void app_gpu_close (AppGpu *self);

/* Answers where a model that is loaded now belongs, after trying the card where that matters and is not known. Cancelling does not end the trial. */
void app_gpu_prepare_async (AppGpu *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* TRUE: on the card. FALSE with an error only when it was cancelled. */
gboolean app_gpu_prepare_finish (AppGpu *self, GAsyncResult *result, GError **error);
/* It failed; until the next start, or until it is tried again, models run on the processor. */
void app_gpu_fail (AppGpu *self, const char *reason);
/* Forgets what was wrong, and tries it, unless the processor was chosen. */
void app_gpu_try_again (AppGpu *self);

AppGpuState app_gpu_get_state (AppGpu *self);  /* "state" (uint) */
const char *app_gpu_get_reason (AppGpu *self); /* "reason": a sentence when UNUSABLE or FAILED, else NULL */
gboolean app_gpu_get_chosen (AppGpu *self);    /* "chosen": a model that is loaded now goes to the card. FALSE as long as it was not tried */
gboolean app_gpu_get_undecided (AppGpu *self); /* …and whether it would is not known before that */
AppBackend app_gpu_get_backend (AppGpu *self); /* "backend" (uint): what the person chose */
gboolean app_gpu_get_crashed (AppGpu *self);   /* DISABLED, and this start is the first to know it */

/* Once it was tried; strings are "" where they are not known. They notify with "state". */
const char *app_gpu_get_device (AppGpu *self); /* as its driver calls it: "Mesa Intel(R) UHD Graphics 620 (KBL GT2)" */
const char *app_gpu_get_driver (AppGpu *self);
const char *app_gpu_get_short_name (AppGpu *self); /* the device without what its driver says of itself. Valid for ever */
guint64 app_gpu_get_memory (AppGpu *self);     /* bytes that were free; 0: not known */
gboolean app_gpu_get_software (AppGpu *self);  /* there is no card: the processor draws */
/* Where models run, and why, in a sentence or a line of facts. (transfer full) */
char *app_gpu_dup_status (AppGpu *self);
/* app_gpu_try_again () is of use. */
gboolean app_gpu_can_try_again (AppGpu *self);

/* For EngineLoadOptions; NULL after closing, or where there is none and the state is UNUSABLE. Stays valid until the process ends. */
guint8 *app_gpu_get_sentinel (AppGpu *self);

/* For tests: how long a trial may take, in milliseconds. */
void app_gpu_set_limit (AppGpu *self, guint ms);

G_END_DECLS
