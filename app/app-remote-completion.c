/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-remote-completion.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-client.h"
#include "app-error.h"
#include "app-openai.h"
#include "app-server-private.h"
#include "app-sse.h"
#include "app-think-tags.h"

/* How long a server may be silent: first it may have to load the model and to read a long prompt. */
#define FIRST_PATIENCE_MS (10 * 60 * 1000)
#define PATIENCE_MS (2 * 60 * 1000)

struct _AppRemoteCompletion {
  AppCompletion parent;
  AppServer *server;
  AppServerModel *model;
  AppPrompt *prompt;
  AppExchange *exchange; /* NULL until the request is written */
  gboolean cancel_wanted;

  AppSse *events;     /* of a streamed reply */
  GByteArray *whole;  /* of one that is not */
  GError *wrong;      /* with what the server sent; it ends the reading */
  gboolean done;      /* the server said that it has said all */
  AppFinish finish;
  gboolean filtered;  /* the server kept back what the model wrote */
  AppThinkTags tags;  /* in the text */
  gsize n_text;       /* bytes, of thoughts too */

  AppStats stats;
  gint64 started, first, last; /* monotonic µs: sent, the first and the newest words or thoughts */
  gint64 thought_first;        /* the first and, in `last`, the newest thought; 0: none yet */
  gboolean thinking;           /* the newest was a thought */
  gint64 pieces;               /* of text and thoughts, where the server does not count tokens */
};

G_DEFINE_FINAL_TYPE (AppRemoteCompletion, app_remote_completion, APP_TYPE_COMPLETION)

/* ---- the end ---- */

static void
fill_stats (AppRemoteCompletion *self)
{
  AppStats *stats = &self->stats;
  double seconds = (self->last - self->first) / (double) G_USEC_PER_SEC;

  if (stats->tokens <= 0)
    stats->tokens = self->pieces;
  if (self->first)
    stats->first_token_ms = (self->first - self->started) / 1000.0;
  /* The first token is what the time begins with. */
  if (stats->tokens > 1 && seconds > 0)
    stats->tokens_per_second = (stats->tokens - 1) / seconds;
  stats->finish = self->finish;
  stats->filtered = self->filtered;
}

/* It is over: how long it took. */
static void
end_thought (AppRemoteCompletion *self, AppThoughtEnd end)
{
  if (!self->thinking)
    return;
  self->thinking = FALSE;
  self->stats.thought_ms += (g_get_monotonic_time () - self->thought_first) / 1000.0;
  self->stats.thought_end = end;
}

/* `error`: (nullable) (transfer full) */
static void
finish (AppRemoteCompletion *self, GError *error)
{
  gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (error)
    self->finish = APP_FINISH_NONE;
  end_thought (self, APP_THOUGHT_NONE);
  fill_stats (self);
  if (self->exchange)
    app_exchange_end (self->exchange, error);
  if (cancelled)
    g_clear_error (&error);
  app_completion_push_finished (APP_COMPLETION (self), &self->stats, cancelled, error);
}

/* ---- what the server says ---- */

static GError *
explain (AppRemoteCompletion *self, int code)
{
  g_autoptr (GError) raw = g_error_new_literal (G_IO_ERROR, code, "");

  return app_client_explain (raw, app_server_get_host (self->server), 0);
}

static void
take_finish (AppRemoteCompletion *self, const char *reason)
{
  gboolean limited = app_prompt_get_sampling (self->prompt)->max_tokens > 0;

  self->done = TRUE;
  self->finish = APP_FINISH_STOP;
  if (g_str_equal (reason, "length"))
    self->finish = limited ? APP_FINISH_LENGTH : APP_FINISH_CONTEXT;
  self->filtered = g_str_equal (reason, "content_filter");
}

/* A piece of the answer, or of the thought. */
static void
take_piece (const char *text, gsize n, gboolean thought, gpointer data)
{
  AppRemoteCompletion *self = data;

  if (n == 0 || self->wrong)
    return;
  if (n > APP_REMOTE_MOST_TEXT - self->n_text) {
    self->wrong = g_error_new (APP_ERROR, APP_ERROR_ENGINE, _("%s went on and on, so the answer was ended here. Try again, or set a greatest length in the preferences."),
                               app_server_get_host (self->server));
    return;
  }
  self->n_text += n;
  self->pieces++;
  self->last = g_get_monotonic_time ();
  if (!self->first)
    self->first = self->last;
  if (!thought) {
    end_thought (self, APP_THOUGHT_CLOSED);
    app_completion_push_text (APP_COMPLETION (self), text, n);
    return;
  }
  if (!self->thinking)
    self->thought_first = self->last;
  self->thinking = TRUE;
  app_completion_push_thought (APP_COMPLETION (self), text, n);
}

static void
take_counts (AppStats *stats, const AppOpenaiChunk *chunk)
{
  if (chunk->prompt_tokens > 0)
    stats->prompt_tokens = chunk->prompt_tokens;
  if (chunk->cached_tokens > 0)
    stats->reused_tokens = MIN (chunk->cached_tokens, stats->prompt_tokens);
  if (chunk->tokens > 0)
    stats->tokens = chunk->tokens;
  if (chunk->thought_tokens > 0)
    stats->thought_tokens = MIN (chunk->thought_tokens, stats->tokens);
  if (chunk->prompt_tokens_per_second > 0)
    stats->prompt_tokens_per_second = chunk->prompt_tokens_per_second;
}

static void
take_chunk (AppRemoteCompletion *self, const char *json, gsize n)
{
  AppOpenaiChunk chunk;

  if (!app_openai_parse_chunk (json, n, &chunk, NULL)) {
    self->wrong = explain (self, G_IO_ERROR_INVALID_DATA);
    return;
  }
  take_counts (&self->stats, &chunk);
  if (chunk.error) {
    self->wrong = app_client_explain_status (500, chunk.error, chunk.overflow, app_server_get_host (self->server), NULL, NULL);
  } else {
    if (chunk.thought)
      take_piece (chunk.thought, strlen (chunk.thought), TRUE, self);
    if (chunk.text)
      app_think_tags_feed (&self->tags, chunk.text, strlen (chunk.text), take_piece, self);
    if (chunk.finish && !self->wrong)
      take_finish (self, chunk.finish);
  }
  app_openai_chunk_clear (&chunk);
}

static void
on_event (const char *data, gsize n, gpointer user_data)
{
  AppRemoteCompletion *self = user_data;

  if (self->wrong)
    return;
  if (n == 6 && memcmp (data, "[DONE]", 6) == 0)
    self->done = TRUE;
  else
    take_chunk (self, data, n);
}

/* ---- the way ---- */

static void on_read (GObject *source, GAsyncResult *result, gpointer user_data);

static void
take_bytes (AppRemoteCompletion *self, GBytes *bytes)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);

  if (self->events) {
    if (!app_sse_feed (self->events, data, n, NULL) && !self->wrong)
      self->wrong = explain (self, G_IO_ERROR_INVALID_DATA);
  } else if (n > APP_REMOTE_MOST_TEXT - self->whole->len) {
    self->wrong = explain (self, G_IO_ERROR_INVALID_DATA);
  } else {
    g_byte_array_append (self->whole, data, n);
  }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppRemoteCompletion) self = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes = app_exchange_read_finish (APP_EXCHANGE (source), result, &error);

  if (!bytes) {
    finish (self, error);
    return;
  }
  take_bytes (self, bytes);
  if (g_bytes_get_size (bytes) == 0) {
    if (self->whole && !self->wrong)
      take_chunk (self, (const char *) self->whole->data, self->whole->len);
    app_think_tags_end (&self->tags, take_piece, self);
    if (!self->done && !self->wrong)
      self->wrong = explain (self, G_IO_ERROR_CONNECTION_CLOSED);
    finish (self, g_steal_pointer (&self->wrong));
  } else if (self->wrong) {
    finish (self, g_steal_pointer (&self->wrong));
  } else {
    app_exchange_read_async (self->exchange, on_read, g_object_ref (self));
  }
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppRemoteCompletion) self = user_data;
  GError *error = NULL;
  g_autofree char *type = NULL;

  if (!app_exchange_open_finish (self->exchange, result, &error)) {
    finish (self, error);
    return;
  }
  type = app_exchange_dup_content_type (self->exchange);
  if (g_str_equal (type, "text/html")) { /* a page for people */
    finish (self, explain (self, G_IO_ERROR_INVALID_DATA));
    return;
  }
  /* Some do not stream although they are asked to. */
  if (g_str_equal (type, "application/json"))
    self->whole = g_byte_array_new ();
  else
    self->events = app_sse_new (on_event, self);
  app_exchange_read_async (self->exchange, on_read, g_object_ref (self));
}

typedef struct {
  AppServerModel *model;
  AppPrompt *prompt;
  GPtrArray *sources; /* AppSource; NULL: none */
} Writing;

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  app_server_model_unref (writing->model);
  app_prompt_unref (writing->prompt);
  g_clear_pointer (&writing->sources, g_ptr_array_unref);
  g_free (writing);
}

/* Pictures are large: not on the main thread. */
static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Writing *writing = data;

  GError *error = NULL;
  GBytes *body = app_openai_request (writing->model, writing->prompt, &writing->sources, &error);

  if (body)
    g_task_return_pointer (task, body, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppRemoteCompletion *self = APP_REMOTE_COMPLETION (source);
  const Writing *writing = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *name = app_server_model_dup_name (self->model);
  g_autofree char *purpose = g_strdup_printf (_("Answer of %s"), name);
  g_autofree char *url = g_strconcat (app_server_get_address (self->server), "/chat/completions", NULL);
  AppClient *client = app_server_get_client (self->server);
  g_autoptr (AppErrand) errand = app_errand_new (app_client_get_connections (client), purpose);
  const AppRequest request = { .url = url, .accept = "text/event-stream, application/json", .body = body, .first_patience = FIRST_PATIENCE_MS, .patience = PATIENCE_MS,
                               .plain = TRUE, .only_ok = TRUE };

  if (!body) {
    finish (self, g_steal_pointer (&error));
    return;
  }
  app_completion_set_sources (APP_COMPLETION (self), writing->sources);
  if (self->cancel_wanted) {
    finish (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped"));
    return;
  }
  self->exchange = app_exchange_new (client, errand, &request);
  app_exchange_open_async (self->exchange, on_open, g_object_ref (self));
}

static void
start (AppCompletion *completion)
{
  AppRemoteCompletion *self = APP_REMOTE_COMPLETION (completion);
  g_autoptr (GTask) task = g_task_new (self, NULL, on_written, NULL);
  Writing *writing = g_new0 (Writing, 1);

  writing->model = app_server_model_ref (self->model);
  writing->prompt = app_prompt_ref (self->prompt);
  g_task_set_task_data (task, writing, writing_free);
  self->started = g_get_monotonic_time ();
  g_task_run_in_thread (task, write_thread);
}

static void
cancel (AppCompletion *completion)
{
  AppRemoteCompletion *self = APP_REMOTE_COMPLETION (completion);

  self->cancel_wanted = TRUE;
  if (self->exchange)
    app_exchange_stop (self->exchange);
}

/* ---- object ---- */

static void
app_remote_completion_finalize (GObject *object)
{
  AppRemoteCompletion *self = APP_REMOTE_COMPLETION (object);

  g_clear_object (&self->exchange);
  g_clear_object (&self->server);
  g_clear_pointer (&self->events, app_sse_free);
  g_clear_pointer (&self->whole, g_byte_array_unref);
  g_clear_error (&self->wrong);
  app_think_tags_clear (&self->tags);
  app_server_model_unref (self->model);
  app_prompt_unref (self->prompt);
  G_OBJECT_CLASS (app_remote_completion_parent_class)->finalize (object);
}

static void
app_remote_completion_class_init (AppRemoteCompletionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_remote_completion_finalize;
  APP_COMPLETION_CLASS (klass)->start = start;
  APP_COMPLETION_CLASS (klass)->cancel = cancel;
}

static void
app_remote_completion_init (AppRemoteCompletion *self)
{
  app_think_tags_init (&self->tags);
}

AppCompletion *
app_remote_completion_new (AppServer *server, AppServerModel *model, AppPrompt *prompt)
{
  AppRemoteCompletion *self = g_object_new (APP_TYPE_REMOTE_COMPLETION, NULL);

  self->server = g_object_ref (server);
  self->model = app_server_model_ref (model);
  self->prompt = app_prompt_ref (prompt);
  return APP_COMPLETION (self);
}
