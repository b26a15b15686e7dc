/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-answer.h"

#include <glib/gi18n.h>

#include "app-cite.h"
#include "app-contemplation.h"
#include "app-lane-private.h"
#include "app-pace.h"
#include "app-tool-loop.h"

/* After how long a save that failed is tried again. */
#define RETRY_MS 2000

struct _AppAnswer {
  GObject parent;
  AppDatabase *database;
  AppEngine *engine;
  AppMessage *message;
  AppPrompt *prompt;
  AppStats before; /* of the part that was there already; zero for a new answer */
  AppToolbox *toolbox;       /* NULL: it calls nothing */
  AppCompletion *make;       /* an answer that may be more than words, AppMake or AppJob; NULL: words */
  AppCompletion *completion; /* NULL while the model is loading */

  AppPace pace;
  guint save_timer;
  gboolean trouble; /* the last save failed */
  gboolean final;   /* the message has its final state */
  gboolean ended;   /* "ended" was emitted */
};

enum { SIGNAL_ENDED, SIGNAL_SAVE_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppAnswer, app_answer, G_TYPE_OBJECT)

/* ---- saving ---- */

static void save (AppAnswer *self);

static gboolean
on_save_timer (gpointer user_data)
{
  AppAnswer *self = user_data;

  self->save_timer = 0;
  save (self);
  return G_SOURCE_REMOVE;
}

/* At most one timer; it keeps the answer alive. */
static void
save_in (AppAnswer *self, guint ms)
{
  if (!self->save_timer)
    self->save_timer = g_timeout_add_full (G_PRIORITY_DEFAULT, ms, on_save_timer, g_object_ref (self), g_object_unref);
}

static void
save_when_due (AppAnswer *self)
{
  gint64 due = app_pace_due (&self->pace);
  gint64 now = g_get_monotonic_time ();

  if (due < 0 || self->save_timer)
    return;
  if (due <= now)
    save (self);
  else
    save_in (self, (due - now) / 1000);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppAnswer) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = app_database_run_finish (APP_DATABASE (source), result, &error) != NULL;
  gboolean closed = g_error_matches (error, APP_ERROR, APP_ERROR_INVALID);

  app_pace_end (&self->pace, g_get_monotonic_time (), ok);
  if (ok) {
    self->trouble = FALSE;
  } else if (!self->trouble && !closed) {
    self->trouble = TRUE;
    g_signal_emit (self, signals[SIGNAL_SAVE_FAILED], 0, error->message);
  }
  if (ok && app_pace_is_dirty (&self->pace)) {
    if (self->final)
      save (self);
    else
      save_when_due (self);
    return;
  }
  if (!ok && !closed)
    save_in (self, RETRY_MS);
  if (self->final && !self->ended) {
    self->ended = TRUE;
    g_signal_emit (self, signals[SIGNAL_ENDED], 0);
  }
}

/* Stores what is there now; after the save under way, when there is one. */
static void
save (AppAnswer *self)
{
  gint64 now = g_get_monotonic_time ();

  g_clear_handle_id (&self->save_timer, g_source_remove);
  app_pace_changed (&self->pace, now);
  if (app_pace_is_saving (&self->pace))
    return;
  app_pace_begin (&self->pace, now);
  app_database_run_async (self->database, app_store_save, app_message_dup_row (self->message), (GDestroyNotify) app_message_row_free, NULL, NULL,
                          on_saved, g_object_ref (self));
}

/* ---- the end ---- */

static void on_engine_state (AppAnswer *self);

static void
finish (AppAnswer *self, AppMessageState state, const char *error)
{
  g_autoptr (AppAnswer) keep = g_object_ref (self);

  if (self->final)
    return;
  self->final = TRUE;
  g_signal_handlers_disconnect_by_func (self->engine, on_engine_state, self);
  if (error)
    app_message_set_error (self->message, error);
  app_message_set_state (self->message, state);
  save (self);
}

/* What the model was given of documents that are too long to be read whole: told once, as soon as it is known. */
static void
take_sources (AppAnswer *self)
{
  GPtrArray *sources = app_completion_get_sources (self->completion);
  g_autofree char *notice = NULL;
  gboolean told;

  if (!sources || app_message_get_sources (self->message) == sources)
    return;
  /* An answer that is continued has said so. */
  told = app_message_get_sources (self->message) != NULL;
  app_message_set_sources (self->message, sources, NULL);
  if (told || ((AppSource *) sources->pdata[0])->sql)
    return;
  notice = g_strdup_printf (g_dngettext (NULL, "answered from %u passage of what is attached: it is too long for this model to read whole",
                                         "answered from %u passages of what is attached: it is too long for this model to read whole", sources->len),
                            sources->len);
  app_message_add_notice (self->message, notice);
}

/* The words of a source; NULL when its document is not in the prompt. (transfer full) */
static char *
dup_passage (AppPrompt *prompt, const AppSource *source)
{
  for (guint i = 0; i < app_prompt_get_n_messages (prompt); i++) {
    GPtrArray *documents = app_prompt_get_documents (prompt, i);

    for (guint j = 0; j < documents->len; j++) {
      const AppDocument *document = documents->pdata[j];

      if (document->note == source->note && document->attachment == source->attachment)
        return g_strndup (document->text + source->start, source->length);
    }
  }
  return NULL;
}

/* The answer is whole: what in it was taken from where. */
static void
cite (AppAnswer *self)
{
  GPtrArray *sources = app_message_get_sources (self->message);
  g_autoptr (GPtrArray) passages = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) citations = NULL;

  if (!sources)
    return;
  if (APP_IS_MAKE (self->make) && app_make_get_citations (APP_MAKE (self->make))) {
    app_message_set_sources (self->message, sources, app_make_get_citations (APP_MAKE (self->make)));
    return;
  }
  for (guint i = 0; i < sources->len; i++) {
    char *passage = dup_passage (self->prompt, sources->pdata[i]);
    g_ptr_array_add (passages, passage ? passage : g_strdup (""));
  }
  g_ptr_array_add (passages, NULL);
  citations = app_cite (app_message_get_text (self->message), (const char *const *)passages->pdata);
  app_message_set_sources (self->message, sources, citations);
}

static void
add_notices (AppMessage *message, const AppStats *stats)
{
  if (stats->dropped_messages > 0) {
    g_autofree char *notice = g_strdup_printf (g_dngettext (NULL, "%d earlier message left out: the model’s context is full",
                                                            "%d earlier messages left out: the model’s context is full", stats->dropped_messages),
                                               (int) stats->dropped_messages);
    app_message_add_notice (message, notice);
  }
  if (stats->filtered)
    app_message_add_notice (message, _("the server kept back a part of this answer: its filter did not let it through"));
  /* Why it ends, `finish` says: the window tells it where it ends. */
}

static void
on_finished (AppCompletion *completion, AppAnswer *self)
{
  const GError *error = app_completion_get_error (completion);
  const char *notice = APP_IS_MAKE (self->make) ? app_make_get_notice (APP_MAKE (self->make)) : APP_IS_CONTEMPLATION (completion) ? app_contemplation_get_notice (APP_CONTEMPLATION (completion)) : NULL;
  AppStats stats = *app_completion_get_stats (completion);

  if (notice)
    app_message_add_notice (self->message, notice);
  if (APP_IS_CONTEMPLATION (completion) && app_message_get_id (self->message) != 0)
    app_database_run_async (self->database, app_store_lanes_save, app_lanes_save (app_contemplation_get_lanes (APP_CONTEMPLATION (completion)), app_message_get_id (self->message)), (GDestroyNotify) app_lanes_row_free, NULL, NULL,
                            NULL, NULL);

  take_sources (self);
  cite (self);
  /* Of a continued answer the words count together, and its thought is the one that it had. */
  stats.tokens += self->before.tokens;
  if (self->before.thought_ms > 0) {
    stats.thought_tokens = self->before.thought_tokens;
    stats.thought_ms = self->before.thought_ms;
    stats.thought_end = self->before.thought_end;
  } else if (stats.thought_ms <= 0) {
    stats.thought_ms = app_message_get_stats (self->message)->thought_ms; /* as it was seen to grow */
  }
  if (self->before.first_token_ms > 0)
    stats.first_token_ms = self->before.first_token_ms;
  app_message_set_stats (self->message, &stats);
  add_notices (self->message, &stats);
  if (error)
    finish (self, APP_MESSAGE_FAILED, error->message);
  else
    finish (self, app_completion_get_cancelled (completion) ? APP_MESSAGE_STOPPED : APP_MESSAGE_DONE, NULL);
}

/* ---- the beginning ---- */

static void
on_text (AppCompletion *completion, const char *piece, AppAnswer *self)
{
  take_sources (self);
  app_message_append (self->message, piece);
  app_pace_changed (&self->pace, g_get_monotonic_time ());
  save_when_due (self);
}

/* Kept at the same pace. */
static void
on_thought (AppCompletion *completion, const char *piece, AppAnswer *self)
{
  take_sources (self);
  app_message_append_thought (self->message, piece, app_completion_can_answer_now (completion));
  app_pace_changed (&self->pace, g_get_monotonic_time ());
  save_when_due (self);
}

static void
on_progress (AppCompletion *completion, double fraction, AppAnswer *self)
{
  app_message_set_prompt_progress (self->message, fraction);
}

/* Told in the answer at once, and kept with it. */
static void
on_moved (AppCompletion *completion, const char *reason, AppAnswer *self)
{
  app_message_add_notice (self->message, _("the graphics card failed while this was written; the processor went on"));
  app_pace_changed (&self->pace, g_get_monotonic_time ());
  save_when_due (self);
}

static void
begin (AppAnswer *self)
{
  g_autoptr (GError) error = NULL;

  /* Another model was chosen since the turn was sent: it goes nowhere that the person did not choose for it, and its row says the truth. */
  if (g_strcmp0 (app_engine_get_host (self->engine), app_message_get_host (self->message)) != 0) {
    finish (self, APP_MESSAGE_FAILED, _("Another model was chosen before this one could answer, so nothing was sent. Choose the model that you want, then try again."));
    return;
  }
  if (self->make)
    self->completion = g_object_ref (self->make);
  else if (app_prompt_get_thinking (self->prompt)->depth == APP_DEPTH_CONTEMPLATE && !app_prompt_get_beginning (self->prompt))
    self->completion = app_contemplation_new (self->engine, self->prompt, 0);
  else if (self->toolbox)
    self->completion = app_tool_loop_new (self->engine, self->prompt, self->toolbox, app_message_get_calls_store (self->message), app_message_get_id (self->message));
  else
    self->completion = app_engine_complete (self->engine, self->prompt, &error);
  if (!self->completion) {
    finish (self, APP_MESSAGE_FAILED, error->message);
    return;
  }
  if (APP_IS_JOB (self->completion))
    app_message_set_lanes (self->message, app_job_get_lanes (APP_JOB (self->completion)));
  if (APP_IS_CONTEMPLATION (self->completion))
    app_message_set_lanes (self->message, app_contemplation_get_lanes (APP_CONTEMPLATION (self->completion)));
  g_signal_connect_object (self->completion, "text", G_CALLBACK (on_text), self, 0);
  g_signal_connect_object (self->completion, "thought", G_CALLBACK (on_thought), self, 0);
  g_signal_connect_object (self->completion, "progress", G_CALLBACK (on_progress), self, 0);
  g_signal_connect_object (self->completion, "moved", G_CALLBACK (on_moved), self, 0);
  g_signal_connect_object (self->completion, "finished", G_CALLBACK (on_finished), self, 0);
  app_completion_start (self->completion);
}

static void
on_engine_state (AppAnswer *self)
{
  switch (app_engine_get_state (self->engine)) {
  case APP_ENGINE_LOADING:
    return; /* another model */
  case APP_ENGINE_READY:
    g_signal_handlers_disconnect_by_func (self->engine, on_engine_state, self);
    begin (self);
    return;
  case APP_ENGINE_FAILED:
    finish (self, APP_MESSAGE_FAILED, app_engine_get_error (self->engine));
    return;
  case APP_ENGINE_NONE:
    finish (self, APP_MESSAGE_FAILED, _("The model was unloaded before it could answer. Choose a model, then regenerate the answer."));
    return;
  }
}

void
app_answer_start (AppAnswer *self)
{
  /* A crash from here on finds an answer that was being written. */
  if (app_prompt_get_beginning (self->prompt))
    save (self);
  if (app_engine_get_state (self->engine) == APP_ENGINE_LOADING)
    g_signal_connect_object (self->engine, "notify::state", G_CALLBACK (on_engine_state), self, G_CONNECT_SWAPPED);
  else
    begin (self);
}

void
app_answer_stop (AppAnswer *self)
{
  if (self->completion)
    app_completion_cancel (self->completion);
  else
    finish (self, APP_MESSAGE_STOPPED, NULL);
}

void
app_answer_answer_now (AppAnswer *self)
{
  if (self->completion)
    app_completion_answer_now (self->completion);
}

/* ---- object ---- */

static void
app_answer_dispose (GObject *object)
{
  AppAnswer *self = APP_ANSWER (object);

  if (self->completion)
    app_completion_cancel (self->completion);
  g_clear_object (&self->completion);
  g_clear_object (&self->make);
  g_clear_object (&self->toolbox);
  g_clear_object (&self->engine);
  g_clear_object (&self->message);
  g_clear_object (&self->database);
  g_clear_pointer (&self->prompt, app_prompt_unref);
  G_OBJECT_CLASS (app_answer_parent_class)->dispose (object);
}

static void
app_answer_class_init (AppAnswerClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = app_answer_dispose;
  signals[SIGNAL_ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SAVE_FAILED] = g_signal_new ("save-failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
app_answer_init (AppAnswer *self)
{
  app_pace_init (&self->pace);
}

void
app_answer_set_toolbox (AppAnswer *self, AppToolbox *toolbox)
{
  g_set_object (&self->toolbox, toolbox);
}

void
app_answer_set_order (AppAnswer *self, const AppMakeOrder *order)
{
  AppMakeOrder with = *order;

  with.toolbox = self->toolbox;
  with.calls = app_message_get_calls_store (self->message);
  g_clear_object (&self->make);
  self->make = app_make_new (self->engine, self->prompt, &with);
}

void
app_answer_set_job (AppAnswer *self, const AppMakeOrder *order, const AppJobBudget *budget)
{
  g_clear_object (&self->make);
  self->make = app_job_new (self->engine, self->database, order, budget);
}

AppAnswer *
app_answer_new (AppDatabase *database, AppEngine *engine, AppMessage *message, AppPrompt *prompt)
{
  AppAnswer *self = g_object_new (APP_TYPE_ANSWER, NULL);

  self->database = g_object_ref (database);
  self->engine = g_object_ref (engine);
  self->message = g_object_ref (message);
  self->prompt = app_prompt_ref (prompt);
  if (app_prompt_get_beginning (prompt))
    self->before = *app_message_get_stats (message);
  return self;
}
