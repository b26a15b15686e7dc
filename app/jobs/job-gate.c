/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-gate.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"

/* Fewer tokens than these are no answer. */
#define FEWEST 24

struct _JobGate {
  AppEngine parent;
  AppEngine *inner;
  AppLane *lane; /* nullable */
  gint64 budget_tokens, budget_calls;
  gint64 tokens, calls, reserved; /* taken; and what completions that are written may take at most */
  gboolean spent, paused;
  char *steer;
  gpointer speaker;   /* the JobWords whose text the lane shows, of several at once; not owned */
  GPtrArray *waiting; /* JobWords, that wait for the end of the pause */
  GPtrArray *running; /* JobWords, that are written; not owned: they own the gate */
};

G_DEFINE_FINAL_TYPE (JobGate, job_gate, APP_TYPE_ENGINE)

/* ---- one completion ---- */

#define JOB_TYPE_WORDS (job_words_get_type ())
G_DECLARE_FINAL_TYPE (JobWords, job_words, JOB, WORDS, AppCompletion)

struct _JobWords {
  AppCompletion parent;
  JobGate *gate;
  AppPrompt *prompt;
  AppCompletion *inner;   /* NULL until it begins */
  gint64 reserved, counted; /* counted: tokens that the lane knows of */
  gboolean cut;           /* it may be shorter than was asked for */
};

G_DEFINE_FINAL_TYPE (JobWords, job_words, APP_TYPE_COMPLETION)

/* A lane counts while it is written. */
static void
count (JobWords *self, gint64 tokens)
{
  if (self->gate->lane != NULL && tokens > self->counted)
    app_lane_count (self->gate->lane, tokens - self->counted);
  self->counted = MAX (tokens, self->counted);
}

static void
on_text (AppCompletion *inner, const char *piece, JobWords *self)
{
  count (self, app_completion_get_tokens (inner));
  app_completion_set_sources (APP_COMPLETION (self), app_completion_get_sources (inner));
  if (self->gate->lane != NULL && self->gate->speaker == self)
    app_lane_append (self->gate->lane, piece);
  app_completion_push_text (APP_COMPLETION (self), piece, strlen (piece));
}

static void
on_thought (AppCompletion *inner, const char *piece, JobWords *self)
{
  count (self, app_completion_get_tokens (inner));
  app_completion_push_thought (APP_COMPLETION (self), piece, strlen (piece));
}

static void
on_progress (AppCompletion *inner, double fraction, JobWords *self)
{
  app_completion_push_progress (APP_COMPLETION (self), fraction);
}

static void
on_moved (AppCompletion *inner, const char *reason, JobWords *self)
{
  app_completion_push_moved (APP_COMPLETION (self), reason);
}

static void
on_call (AppCompletion *inner, guint index, const char *id, const char *name, const char *piece, JobWords *self)
{
  app_completion_push_call (APP_COMPLETION (self), index, id, name, piece);
}

static GError *
make_spent (void)
{
  return g_error_new_literal (APP_ERROR, APP_ERROR_FAILED, _("The budget of this step has ended. Raise it, and let the job go on."));
}

/* The lane says that it is paused when nothing of it goes on any more. */
static void
tell_waiting (JobGate *gate)
{
  if (gate->lane != NULL && job_gate_is_waiting (gate))
    app_lane_set_pause (gate->lane, APP_LANE_PAUSED);
}

static void
on_finished (AppCompletion *inner, JobWords *self)
{
  g_autoptr (JobWords) keep = g_object_ref (self);
  const AppStats *stats = app_completion_get_stats (inner);
  GError *error = app_completion_get_error (inner) != NULL ? g_error_copy (app_completion_get_error (inner)) : NULL;

  g_signal_handlers_disconnect_by_data (inner, self);
  g_ptr_array_remove (self->gate->running, self);
  tell_waiting (self->gate);
  self->gate->reserved -= self->reserved;
  self->gate->tokens += stats->tokens;
  count (self, stats->tokens);
  if (self->gate->lane != NULL && self->gate->speaker == self)
    app_lane_append (self->gate->lane, "\n");
  if (self->gate->speaker == self)
    self->gate->speaker = NULL;
  if (error == NULL && self->cut && stats->finish == APP_FINISH_LENGTH) {
    self->gate->spent = TRUE;
    error = make_spent ();
  }
  app_completion_push_finished (APP_COMPLETION (self), stats, app_completion_get_cancelled (inner), error);
}

static void
begin (JobWords *self)
{
  JobGate *gate = self->gate;
  g_autoptr (AppPrompt) prompt = app_prompt_copy (self->prompt);
  AppSampling sampling = *app_prompt_get_sampling (prompt);
  gint64 left = gate->budget_tokens - gate->tokens - gate->reserved;
  GError *error = NULL;

  if (gate->calls >= gate->budget_calls || left < FEWEST) {
    gate->spent = TRUE;
    app_completion_push_finished (APP_COMPLETION (self), NULL, FALSE, make_spent ());
    return;
  }
  gate->calls++;
  if (sampling.max_tokens <= 0 || sampling.max_tokens > left) {
    sampling.max_tokens = (int) MIN (left, G_MAXINT);
    self->cut = TRUE;
    app_prompt_set_sampling (prompt, &sampling);
  }
  if (gate->steer != NULL)
    app_prompt_put_behind (prompt, gate->steer);
  self->reserved = sampling.max_tokens;
  self->inner = app_engine_complete (gate->inner, prompt, &error);
  if (self->inner == NULL) {
    app_completion_push_finished (APP_COMPLETION (self), NULL, FALSE, error);
    return;
  }
  gate->reserved += self->reserved;
  if (gate->speaker == NULL)
    gate->speaker = self;
  g_signal_connect (self->inner, "text", G_CALLBACK (on_text), self);
  g_signal_connect (self->inner, "thought", G_CALLBACK (on_thought), self);
  g_signal_connect (self->inner, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->inner, "moved", G_CALLBACK (on_moved), self);
  g_signal_connect (self->inner, "call", G_CALLBACK (on_call), self);
  g_signal_connect (self->inner, "finished", G_CALLBACK (on_finished), self);
  g_ptr_array_add (gate->running, self);
  app_completion_start (self->inner);
}

/* Nothing may have ended before start returns. */
static gboolean
on_idle (gpointer data)
{
  JobWords *self = data;

  if (app_completion_get_finished (APP_COMPLETION (self)))
    return G_SOURCE_REMOVE;
  if (self->gate->paused) {
    g_ptr_array_add (self->gate->waiting, g_object_ref (self));
    tell_waiting (self->gate);
  } else {
    begin (self);
  }
  return G_SOURCE_REMOVE;
}

static void
start (AppCompletion *completion)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, g_object_ref (completion), g_object_unref);
}

static gboolean
on_cancelled_idle (gpointer data)
{
  JobWords *self = data;

  g_ptr_array_remove (self->gate->waiting, self);
  if (self->inner == NULL && !app_completion_get_finished (APP_COMPLETION (self)))
    app_completion_push_finished (APP_COMPLETION (self), NULL, TRUE, NULL);
  return G_SOURCE_REMOVE;
}

static void
cancel (AppCompletion *completion)
{
  JobWords *self = JOB_WORDS (completion);

  if (self->inner != NULL)
    app_completion_cancel (self->inner);
  else
    g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled_idle, g_object_ref (self), g_object_unref);
}

static void
job_words_finalize (GObject *object)
{
  JobWords *self = JOB_WORDS (object);

  if (self->inner != NULL)
    g_signal_handlers_disconnect_by_data (self->inner, self);
  g_ptr_array_remove (self->gate->running, self);
  if (self->gate->speaker == self)
    self->gate->speaker = NULL;
  g_clear_object (&self->inner);
  app_prompt_unref (self->prompt);
  g_object_unref (self->gate);
  G_OBJECT_CLASS (job_words_parent_class)->finalize (object);
}

static void
job_words_class_init (JobWordsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = job_words_finalize;
  APP_COMPLETION_CLASS (klass)->start = start;
  APP_COMPLETION_CLASS (klass)->cancel = cancel;
}

static void
job_words_init (JobWords *self)
{
}

/* ---- the gate ---- */

static AppCompletion *
complete (AppEngine *engine, AppPrompt *prompt)
{
  JobWords *words = g_object_new (JOB_TYPE_WORDS, NULL);

  words->gate = JOB_GATE (g_object_ref (engine));
  words->prompt = app_prompt_ref (prompt);
  return APP_COMPLETION (words);
}

void
job_gate_set_budget (JobGate *self, gint64 tokens, gint64 calls)
{
  self->budget_tokens = tokens;
  self->budget_calls = calls;
  if (tokens - self->tokens - self->reserved >= FEWEST && self->calls < calls)
    self->spent = FALSE;
}

gint64
job_gate_get_budget_tokens (JobGate *self)
{
  return self->budget_tokens;
}

gint64
job_gate_get_budget_calls (JobGate *self)
{
  return self->budget_calls;
}

void
job_gate_set_taken (JobGate *self, gint64 tokens, gint64 calls)
{
  self->tokens = tokens;
  self->calls = calls;
}

gint64
job_gate_get_tokens (JobGate *self)
{
  return self->tokens;
}

gint64
job_gate_get_calls (JobGate *self)
{
  return self->calls;
}

gboolean
job_gate_is_spent (JobGate *self)
{
  return self->spent;
}

void
job_gate_set_paused (JobGate *self, gboolean paused)
{
  g_autoptr (GPtrArray) waiting = NULL;

  if (self->paused == paused)
    return;
  self->paused = paused;
  for (guint i = 0; i < self->running->len; i++)
    app_completion_set_paused (((JobWords *) self->running->pdata[i])->inner, paused);
  if (paused)
    return;
  waiting = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    if (!app_completion_get_finished (waiting->pdata[i]))
      begin (waiting->pdata[i]);
}

gboolean
job_gate_is_waiting (JobGate *self)
{
  if (!self->paused)
    return FALSE;
  for (guint i = 0; i < self->running->len; i++)
    if (!app_completion_can_pause (((JobWords *) self->running->pdata[i])->inner))
      return FALSE;
  return self->waiting->len + self->running->len > 0;
}

void
job_gate_steer (JobGate *self, const char *words)
{
  g_free (self->steer);
  self->steer = words != NULL && *words != '\0' ? g_strdup_printf ("The person adds: %s", words) : NULL;
}

static AppThinks
get_thinks (AppEngine *engine)
{
  return app_engine_get_thinks (JOB_GATE (engine)->inner);
}

static void
job_gate_finalize (GObject *object)
{
  JobGate *self = JOB_GATE (object);

  g_object_unref (self->inner);
  g_clear_object (&self->lane);
  g_free (self->steer);
  g_ptr_array_unref (self->waiting);
  g_ptr_array_unref (self->running);
  G_OBJECT_CLASS (job_gate_parent_class)->finalize (object);
}

/* It loads nothing, and what it stands for is unloaded by others. */
static void
unload (AppEngine *engine)
{
}

static void
job_gate_class_init (JobGateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = job_gate_finalize;
  APP_ENGINE_CLASS (klass)->complete = complete;
  APP_ENGINE_CLASS (klass)->unload = unload;
  APP_ENGINE_CLASS (klass)->get_thinks = get_thinks;
}

static void
job_gate_init (JobGate *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->running = g_ptr_array_new ();
  self->budget_tokens = self->budget_calls = G_MAXINT64 / 4;
}

JobGate *
job_gate_new (AppEngine *inner, AppLane *lane)
{
  JobGate *self = g_object_new (JOB_TYPE_GATE, NULL);

  self->inner = g_object_ref (inner);
  if (lane != NULL)
    self->lane = g_object_ref (lane);
  app_engine_stand_for (APP_ENGINE (self), inner);
  return self;
}
