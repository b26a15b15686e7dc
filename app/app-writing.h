/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text that a model writes for the program, not for a conversation: a statement, a page, the name of a kind. Main thread only. */
#pragma once

#include "app-engine.h"

G_BEGIN_DECLS

/* `so_far`: the whole text until now. Never after the callback. */
typedef void (*AppWritingProgress) (const char *so_far, gpointer user_data);

/* `engine`: with a READY model, which must not be unloaded meanwhile. `progress`: (nullable) */
void app_writing_async (AppEngine *engine, AppPrompt *prompt, GCancellable *cancellable, AppWritingProgress progress, gpointer progress_data, GAsyncReadyCallback callback, gpointer user_data);
/* `stats`: (out) (optional), also when it fails: tokens, and in `finish` whether it came to its end. Errors: those of the engine, G_IO_ERROR_CANCELLED. (transfer full) */
char *app_writing_finish (GAsyncResult *result, AppStats *stats, GError **error);

/* Always the most likely word; at most so many tokens. */
void app_writing_greedy (AppSampling *sampling, int max_tokens);

G_END_DECLS
