/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppTranscriber: a model that writes down what is spoken (Whisper).
 *
 * The file is loaded when it is first asked, on a thread, and stays while it is asked again every two minutes. Counted, any thread; one sound at a time, the others wait. */
#pragma once

#include <gio/gio.h>

#include "app-transcript.h"
#include "media-sound.h"

G_BEGIN_DECLS

/* Hz, of every sound that it is given. */
#define APP_TRANSCRIBER_RATE 16000

typedef struct _AppTranscriber AppTranscriber;

AppTranscriber *app_transcriber_new (const char *path);
AppTranscriber *app_transcriber_ref (AppTranscriber *self);
/* The last one lets the model go, on another thread. */
void app_transcriber_unref (AppTranscriber *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppTranscriber, app_transcriber_unref)

/* Before it is asked: another time than that; for tests. */
void app_transcriber_set_idle (AppTranscriber *self, guint seconds);
/* Whether it is in memory; waits for what it writes. */
gboolean app_transcriber_is_loaded (AppTranscriber *self);

/* While it is at it, in the main context of the one who asked: what there is so far, up to that second of the sound. Never after the answer. */
typedef void (*AppTranscriberFunc) (AppTranscript *so_far, double second, gpointer user_data);

/* `quick`: only the likeliest words, for what is written down again soon (the words of somebody who still speaks). `func`: (nullable) (scope notified) until
 * the callback has come. The callback gets no source. */
void app_transcriber_write_async (AppTranscriber *self, MediaSound *sound, gboolean quick, AppTranscriberFunc func, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Errors: APP_ERROR_ENGINE with the engine's own sentence, G_IO_ERROR_CANCELLED. (transfer full) (nullable) */
AppTranscript *app_transcriber_write_finish (GAsyncResult *result, GError **error);

G_END_DECLS
