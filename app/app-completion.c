/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-completion.h"

/* Text is handed on at most once in this many milliseconds: one frame at 60 Hz. */
#define FRAME_MS 16

typedef struct {
  GString *pending;  /* pushed and not emitted yet */
  gboolean thought;  /* it is of the thought */
  guint frame;       /* the timeout that emits it */
  gboolean started, finished, cancelled;
  AppStats stats;
  GError *error;
  GPtrArray *sources;
} AppCompletionPrivate;

enum { SIGNAL_TEXT, SIGNAL_THOUGHT, SIGNAL_PROGRESS, SIGNAL_MOVED, SIGNAL_CALL, SIGNAL_FINISHED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AppCompletion, app_completion, G_TYPE_OBJECT)

static AppCompletionPrivate *
get_private (AppCompletion *self)
{
  return app_completion_get_instance_private (self);
}

static void
flush (AppCompletion *self)
{
  AppCompletionPrivate *priv = get_private (self);

  if (priv->pending->len) {
    GString *piece = priv->pending;
    priv->pending = g_string_new (NULL); /* a handler may push */
    g_signal_emit (self, signals[priv->thought ? SIGNAL_THOUGHT : SIGNAL_TEXT], 0, piece->str);
    g_string_free (piece, TRUE);
  }
}

static gboolean
on_frame (gpointer user_data)
{
  AppCompletion *self = user_data;

  get_private (self)->frame = 0;
  flush (self);
  return G_SOURCE_REMOVE;
}

void
app_completion_set_sources (AppCompletion *self, GPtrArray *sources)
{
  AppCompletionPrivate *priv = get_private (self);

  g_clear_pointer (&priv->sources, g_ptr_array_unref);
  priv->sources = sources ? g_ptr_array_ref (sources) : NULL;
}

GPtrArray *
app_completion_get_sources (AppCompletion *self)
{
  return get_private (self)->sources;
}

static void
push (AppCompletion *self, const char *text, gsize n_bytes, gboolean thought)
{
  AppCompletionPrivate *priv = get_private (self);

  g_return_if_fail (priv->started && !priv->finished);
  if (thought != priv->thought)
    flush (self); /* it came before */
  priv->thought = thought;
  g_string_append_len (priv->pending, text, n_bytes);
  if (!priv->frame)
    priv->frame = g_timeout_add (FRAME_MS, on_frame, self);
}

void
app_completion_push_text (AppCompletion *self, const char *text, gsize n_bytes)
{
  push (self, text, n_bytes, FALSE);
}

void
app_completion_push_thought (AppCompletion *self, const char *text, gsize n_bytes)
{
  push (self, text, n_bytes, TRUE);
}

void
app_completion_push_progress (AppCompletion *self, double fraction)
{
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, CLAMP (fraction, 0, 1));
}

void
app_completion_push_tokens (AppCompletion *self, gint64 n_tokens)
{
  get_private (self)->stats.tokens = n_tokens;
}

gint64
app_completion_get_tokens (AppCompletion *self)
{
  return get_private (self)->stats.tokens;
}

void
app_completion_push_moved (AppCompletion *self, const char *reason)
{
  flush (self); /* it came before */
  g_signal_emit (self, signals[SIGNAL_MOVED], 0, reason);
}

void
app_completion_push_call (AppCompletion *self, guint index, const char *id, const char *name, const char *piece)
{
  flush (self); /* it came before */
  g_signal_emit (self, signals[SIGNAL_CALL], 0, index, id, name, piece);
}

void
app_completion_push_finished (AppCompletion *self, const AppStats *stats, gboolean cancelled, GError *error)
{
  AppCompletionPrivate *priv = get_private (self);

  g_return_if_fail (priv->started && !priv->finished);
  g_clear_handle_id (&priv->frame, g_source_remove);
  flush (self);
  priv->finished = TRUE;
  priv->cancelled = cancelled;
  priv->error = error;
  if (stats)
    priv->stats = *stats;
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
  g_object_unref (self); /* from start */
}

void
app_completion_start (AppCompletion *self)
{
  AppCompletionPrivate *priv = get_private (self);

  g_return_if_fail (!priv->started);
  priv->started = TRUE;
  g_object_ref (self);
  APP_COMPLETION_GET_CLASS (self)->start (self);
}

void
app_completion_cancel (AppCompletion *self)
{
  AppCompletionPrivate *priv = get_private (self);

  if (priv->started && !priv->finished)
    APP_COMPLETION_GET_CLASS (self)->cancel (self);
}

gboolean
app_completion_can_answer_now (AppCompletion *self)
{
  AppCompletionClass *klass = APP_COMPLETION_GET_CLASS (self);

  return klass->answer_now && (!klass->can_answer_now || klass->can_answer_now (self));
}

void
app_completion_answer_now (AppCompletion *self)
{
  AppCompletionPrivate *priv = get_private (self);

  if (priv->started && !priv->finished && app_completion_can_answer_now (self))
    APP_COMPLETION_GET_CLASS (self)->answer_now (self);
}

gboolean
app_completion_can_pause (AppCompletion *self)
{
  return APP_COMPLETION_GET_CLASS (self)->set_paused != NULL;
}

void
app_completion_set_paused (AppCompletion *self, gboolean paused)
{
  AppCompletionPrivate *priv = get_private (self);

  if (priv->started && !priv->finished && app_completion_can_pause (self))
    APP_COMPLETION_GET_CLASS (self)->set_paused (self, paused);
}

gboolean
app_completion_get_finished (AppCompletion *self)
{
  return get_private (self)->finished;
}

gboolean
app_completion_get_cancelled (AppCompletion *self)
{
  return get_private (self)->cancelled;
}

const AppStats *
app_completion_get_stats (AppCompletion *self)
{
  return &get_private (self)->stats;
}

const GError *
app_completion_get_error (AppCompletion *self)
{
  return get_private (self)->error;
}

static void
app_completion_finalize (GObject *object)
{
  AppCompletionPrivate *priv = get_private (APP_COMPLETION (object));

  g_clear_handle_id (&priv->frame, g_source_remove);
  g_string_free (priv->pending, TRUE);
  g_clear_error (&priv->error);
  g_clear_pointer (&priv->sources, g_ptr_array_unref);
  G_OBJECT_CLASS (app_completion_parent_class)->finalize (object);
}

static void
app_completion_class_init (AppCompletionClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = app_completion_finalize;
  signals[SIGNAL_TEXT] = g_signal_new ("text", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_THOUGHT] = g_signal_new ("thought", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[SIGNAL_MOVED] = g_signal_new ("moved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_CALL] = g_signal_new ("call", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_FINISHED] = g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
app_completion_init (AppCompletion *self)
{
  get_private (self)->pending = g_string_new (NULL);
}
