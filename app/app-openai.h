/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said to an OpenAI-compatible server and what it says, as JSON. Internal to app/. Any thread.
 *
 * Replies are bytes of others: they are read within limits of depth and length, and what has another type than it should is as if it were not there. */
#pragma once

#include "app-completion.h"
#include "app-server.h"

G_BEGIN_DECLS

/* The most models that are taken from one server, and the longest name of one, in bytes. */
#define APP_OPENAI_MAX_MODELS 2000
#define APP_OPENAI_MAX_ID 512

/* The body of POST /chat/completions: the prompt, streamed, with the sampling in the words that this kind of server knows.
 * `*sources`, errors: as of app_prompt_write (). */
GBytes *app_openai_request (const AppServerModel *model, AppPrompt *prompt, GPtrArray **sources, GError **error);

/* The reply of GET /models. Returns: (transfer full) (nullable) AppServerModel objects in the server's order; NULL with G_IO_ERROR_INVALID_DATA. */
GPtrArray *app_openai_parse_models (GBytes *bytes, GError **error);

/* One event of a streamed reply, or the whole of one that is not streamed. */
typedef struct {
  char *text;             /* what is added to the answer; NULL for nothing */
  char *thought;          /* likewise to the thought before it */
  char *finish;           /* "stop", "length", …; NULL: it goes on */
  char *error;            /* the server's words when it failed in the middle; NULL */
  gboolean overflow;      /* that is: the context is full */
  gint64 prompt_tokens, cached_tokens, tokens, thought_tokens; /* -1: not said; those of the thought are among the others */
  double prompt_tokens_per_second;             /* 0: not said */
} AppOpenaiChunk;

/* FALSE with G_IO_ERROR_INVALID_DATA. Clear it afterwards. */
gboolean app_openai_parse_chunk (const char *json, gsize n_bytes, AppOpenaiChunk *chunk, GError **error);
void app_openai_chunk_clear (AppOpenaiChunk *chunk);

/* What a server says instead of yes. */
typedef struct {
  char *words;
  gboolean overflow; /* the prompt is longer than the context */
} AppOpenaiError;

/* Returns: (transfer full) (nullable): NULL when nothing of that can be read. */
AppOpenaiError *app_openai_parse_error (GBytes *bytes);
void app_openai_error_free (AppOpenaiError *error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppOpenaiError, app_openai_error_free)

/* Models as the history keeps them with a server. */
char *app_openai_print_models (GPtrArray *models);
/* Never NULL: what cannot be read is left out. */
GPtrArray *app_openai_read_models (const char *json);

G_END_DECLS
