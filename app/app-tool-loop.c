/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-tool-loop.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-marks.h"
#include "app-tool-call-private.h"
#include "app-tool-said.h"
#include "tools/spoken-call.h"

struct _AppToolLoop {
  AppCompletion parent;
  AppEngine *engine;
  AppPrompt *prompt;
  AppToolbox *toolbox;
  GListStore *calls;
  gint64 message;
  GCancellable *cancellable;

  GPtrArray *tools;     /* const AppTool; NULL until they are known */
  GPtrArray *names;     /* of them, ended by NULL */
  AppCompletion *words; /* that is written; NULL: none */
  GString *written;     /* by it */
  gsize told;           /* bytes of that which were looked at for marks: what may be a call is kept back */
  AppMarks marks;       /* of models' formats, which nobody is to see */
  char *reminder;       /* that stands behind the last result; NULL: nothing does */
  GString *said;        /* what is left of it without them: handed on, and what the model is told that it wrote */
  gboolean cut;         /* it went on with what counts no more, so it was ended */
  gsize place;          /* bytes of the answer so far */
  gboolean gap;         /* between what was written and what comes next */
  GPtrArray *round;     /* AppToolCall, of the completion that is written, or was last */
  guint n_rounds, next; /* which of the round runs */
  GPtrArray *before;    /* AppToolCall, of the round before; of none NULL */
  AppStats stats;
};

G_DEFINE_FINAL_TYPE (AppToolLoop, app_tool_loop, APP_TYPE_COMPLETION)

static void write_on (AppToolLoop *self, AppPrompt *prompt);

static void
finish (AppToolLoop *self, gboolean cancelled, GError *error)
{
  for (guint i = 0; i < self->round->len; i++)
    if (app_tool_call_get_state (self->round->pdata[i]) == APP_CALL_WRITING) /* it is not in the journal, and nothing happened */
      app_tool_call_set_state (self->round->pdata[i], APP_CALL_STOPPED);
  app_completion_push_finished (APP_COMPLETION (self), &self->stats, cancelled, error);
}

static const AppTool *
find_tool (AppToolLoop *self, const char *name)
{
  for (guint i = 0; i < self->tools->len; i++)
    if (g_str_equal (((const AppTool *) self->tools->pdata[i])->name, name))
      return self->tools->pdata[i];
  return NULL;
}

/* ---- what is called ---- */

static void run_next (AppToolLoop *self);

static void
on_run (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppToolLoop) self = data;
  GError *error = NULL;

  if (app_toolbox_run_finish (APP_TOOLBOX (source), result, &error)) {
    self->next++;
    run_next (self);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_error_free (error);
    finish (self, TRUE, NULL);
  } else {
    finish (self, FALSE, error);
  }
}

/* The call of this answer that has come to what this one asks for; of a call that is not run again. */
#define ANSWERED_KEY "melete-answered"

/* Whether the model calls just what it called the time before: small ones do so for ever, and what they want is there. */
static gboolean
is_same_again (AppToolLoop *self)
{
  gboolean same = self->before->len == self->round->len;

  for (guint i = 0; i < self->round->len && same; i++)
    same = app_tool_call_is_same (self->before->pdata[i], self->round->pdata[i]);
  return same;
}

/* The result of the call, for the model. (transfer full) */
static char *
write_result (AppToolCall *call)
{
  AppToolCall *answered = g_object_get_data (G_OBJECT (call), ANSWERED_KEY);

  return answered != NULL ? g_strconcat (app_tool_call_get_result (answered), "\n\n" APP_TOOL_SAID_BEFORE, NULL) : g_strdup (app_tool_call_get_result (call));
}

static gboolean
has_repeated (AppToolLoop *self)
{
  for (guint i = 0; i < self->round->len; i++)
    if (g_object_get_data (self->round->pdata[i], ANSWERED_KEY) != NULL)
      return TRUE;
  return FALSE;
}

/* A model that never learned to think is asked for a plan instead, when there is something to work out. The tools do that better: with a plan it begins to compute by itself, and behind a result it goes on
 * with the plan in the place of an answer. */
static void
think_less (AppToolLoop *self, AppPrompt *prompt)
{
  AppThinking thinking = *app_prompt_get_thinking (prompt);

  if (app_engine_get_thinks (self->engine) != APP_THINKS_NO || (thinking.depth > APP_DEPTH_COMPACT && self->n_rounds == 0))
    return;
  thinking.depth = APP_DEPTH_INSTANT;
  app_prompt_set_thinking (prompt, &thinking);
}

/* All of the round have been run: the model is told. */
static void
tell (AppToolLoop *self)
{
  AppPrompt *prompt = app_prompt_copy (self->prompt);
  gboolean last = has_repeated (self) || is_same_again (self) || self->n_rounds + 1 >= APP_TOOL_ROUNDS;

  app_prompt_set_beginning (prompt, NULL);
  app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, self->said->str);
  for (guint i = 0; i < self->round->len; i++) {
    AppToolCall *call = self->round->pdata[i];
    app_prompt_add_call (prompt, &(AppPromptCall) { app_tool_call_get_id (call), app_tool_call_get_name (call), app_tool_call_get_arguments (call) });
  }
  for (guint i = 0; i < self->round->len; i++) {
    AppToolCall *call = self->round->pdata[i];
    g_autofree char *result = write_result (call);
    app_prompt_add_result (prompt, app_tool_call_get_id (call), app_tool_call_get_name (call), result);
  }
  if (last)
    app_prompt_drop_tools (prompt);
  self->n_rounds++;
  think_less (self, prompt);
  app_prompt_unref (self->prompt);
  self->prompt = prompt;
  self->gap = self->place > 0;
  /* Of this round alone: what is told later is the results. */
  g_autoptr (AppPrompt) reminded = app_prompt_copy (prompt);
  g_free (self->reminder);
  self->reminder = app_tool_said_reminder (app_prompt_get_question (prompt), last);
  app_prompt_put_behind (reminded, self->reminder);
  write_on (self, reminded);
}

/* The call that has come to what this one asks for already, with nothing in between that could have changed it: what only reads; and what the person has refused. (nullable) (transfer none): held by the list */
static AppToolCall *
find_answered (AppToolLoop *self, AppToolCall *call)
{
  GListModel *calls = G_LIST_MODEL (self->calls);

  for (guint i = g_list_model_get_n_items (calls); i-- > 0;) {
    g_autoptr (AppToolCall) other = g_list_model_get_item (calls, i);
    AppCallState state = app_tool_call_get_state (other);

    if (other == call || state == APP_CALL_WRITING)
      continue;
    if (app_tool_call_is_same (other, call) && (state == APP_CALL_REFUSED || (app_tool_call_get_effect (call) == APP_EFFECT_READS && (state == APP_CALL_DONE || state == APP_CALL_FAILED))))
      return other;
    if (app_tool_call_get_effect (other) > APP_EFFECT_READS && state != APP_CALL_REFUSED)
      return NULL;
  }
  return NULL;
}

static void
hide_call (AppToolLoop *self, AppToolCall *call)
{
  guint position;

  if (g_list_store_find (self->calls, call, &position))
    g_list_store_remove (self->calls, position);
}

static void
run_next (AppToolLoop *self)
{
  AppToolCall *answered;

  if (g_cancellable_is_cancelled (self->cancellable)) {
    finish (self, TRUE, NULL);
    return;
  }
  for (; self->next < self->round->len && (answered = find_answered (self, self->round->pdata[self->next])) != NULL; self->next++) {
    g_object_set_data_full (self->round->pdata[self->next], ANSWERED_KEY, g_object_ref (answered), g_object_unref);
    hide_call (self, self->round->pdata[self->next]);
  }
  if (self->next >= self->round->len) {
    tell (self);
    return;
  }
  app_toolbox_run_async (self->toolbox, self->round->pdata[self->next], self->tools, self->message, self->cancellable, on_run, g_object_ref (self));
}

/* ---- what is written ---- */

static void
on_piece (const char *text, gsize n, gboolean thought, gpointer data)
{
  AppToolLoop *self = data;
  AppCompletion *completion = APP_COMPLETION (self);

  if (thought) {
    app_completion_push_thought (completion, text, n);
    return;
  }
  if (self->gap) {
    app_completion_push_text (completion, "\n\n", 2);
    self->place += 2;
    self->gap = FALSE;
  }
  app_completion_push_text (completion, text, n);
  g_string_append_len (self->said, text, (gssize) n);
  self->place += n;
}

/* Hands on what is not handed on yet. */
static void
tell_words (AppToolLoop *self)
{
  self->marks.called = self->round->len > 0;
  self->marks.told = self->reminder;
  self->marks.names = app_prompt_get_n_tools (self->prompt) == 0 ? (const char *const *) self->names->pdata : NULL; /* nobody reads them out where there are no tools any more */
  app_marks_feed (&self->marks, self->written->str + self->told, self->written->len - self->told, on_piece, self);
  self->told = self->written->len;
  self->marks.ended |= app_tool_said_circles (self->said->str, self->said->len);
  if (self->marks.ended && !self->cut && self->words != NULL) {
    self->cut = TRUE;
    app_completion_cancel (self->words);
  }
}

static void
on_text (AppCompletion *words, const char *piece, AppToolLoop *self)
{
  app_completion_set_sources (APP_COMPLETION (self), app_completion_get_sources (words));
  g_string_append (self->written, piece);
  if (self->told > 0 || self->round->len > 0 || app_prompt_get_n_tools (self->prompt) == 0 ||
      spoken_call_look (self->written->str, (const char *const *) self->names->pdata, NULL, NULL) == SPOKEN_CALL_NO)
    tell_words (self);
}

static void
on_thought (AppCompletion *words, const char *piece, AppToolLoop *self)
{
  app_completion_push_thought (APP_COMPLETION (self), piece, strlen (piece));
}

static void
on_progress (AppCompletion *words, double fraction, AppToolLoop *self)
{
  app_completion_push_progress (APP_COMPLETION (self), fraction);
}

static void
on_moved (AppCompletion *words, const char *reason, AppToolLoop *self)
{
  app_completion_push_moved (APP_COMPLETION (self), reason);
}

/* In an answer's calls. */
#define INDEX_KEY "melete-index"

static AppToolCall *
find_call (AppToolLoop *self, guint index)
{
  for (guint i = 0; i < self->round->len; i++)
    if (GPOINTER_TO_UINT (g_object_get_data (self->round->pdata[i], INDEX_KEY)) == index)
      return self->round->pdata[i];
  return NULL;
}

static AppToolCall *
begin_call (AppToolLoop *self, guint index, const char *name)
{
  g_autoptr (AppCallRow) row = app_call_row_new ();
  const AppTool *tool = find_tool (self, name);
  AppToolCall *call;

  row->message = self->message;
  row->round = self->n_rounds;
  row->place = self->place;
  row->tool = g_strdup (name);
  row->origin = g_strdup (tool != NULL ? tool->origin : NULL);
  row->effect = tool != NULL ? tool->effect : APP_EFFECT_READS;
  row->began = g_get_real_time () / 1000;
  call = app_tool_call_new (app_toolbox_get_database (self->toolbox), tool, row);
  g_object_set_data (G_OBJECT (call), INDEX_KEY, GUINT_TO_POINTER (index));
  g_ptr_array_add (self->round, call);
  g_list_store_append (self->calls, call);
  return call;
}

/* What was no call in the end is words. */
static void
drop_call (AppToolLoop *self, AppToolCall *call)
{
  hide_call (self, call);
  g_ptr_array_remove (self->round, call);
}

static void
on_call (AppCompletion *words, guint index, const char *id, const char *name, const char *piece, AppToolLoop *self)
{
  AppToolCall *call = find_call (self, index);

  tell_words (self);
  if (self->cut) /* it calls because of what it made up */
    return;
  if (name == NULL) {
    if (call != NULL)
      drop_call (self, call);
    on_text (words, piece, self);
    return;
  }
  if (call == NULL && self->round->len < APP_TOOL_CALLS)
    call = begin_call (self, index, name);
  if (call == NULL)
    return;
  if (id != NULL)
    app_tool_call_set_id (call, id);
  if (*piece != '\0')
    app_tool_call_append (call, piece);
}

/* What was kept back is a call, or words after all. */
static void
take_spoken (AppToolLoop *self)
{
  g_autofree char *arguments = NULL, *id = NULL;
  const char *name = NULL;
  AppToolCall *call;

  if (self->told > 0 || self->round->len > 0 || app_prompt_get_n_tools (self->prompt) == 0 ||
      spoken_call_look (self->written->str, (const char *const *) self->names->pdata, &name, &arguments) != SPOKEN_CALL_YES) {
    tell_words (self);
    return;
  }
  g_string_truncate (self->written, 0);
  call = begin_call (self, 0, name);
  id = g_strdup_printf ("call_%u", self->n_rounds);
  app_tool_call_set_id (call, id);
  app_tool_call_append (call, arguments);
}

/* What exact tools came to last is said, though the model has forgotten it, or says another number. */
static void
add_forgotten (AppToolLoop *self)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < self->before->len; i++) {
    AppToolCall *call = self->before->pdata[i], *answered = g_object_get_data (G_OBJECT (call), ANSWERED_KEY);
    const AppTool *tool = find_tool (self, app_tool_call_get_name (call));
    const char *result = app_tool_call_get_result (answered != NULL ? answered : call);

    if (tool != NULL && tool->is_exact && app_tool_call_get_state (answered != NULL ? answered : call) == APP_CALL_DONE && !app_tool_said_has (self->said->str, result) && strstr (lines->str, result) == NULL)
      g_string_append_printf (lines, "%s`%s`", lines->len > 0 ? "\n\n" : "", result);
  }
  if (lines->len == 0)
    return;
  self->gap = self->place > 0;
  on_piece (lines->str, lines->len, FALSE, self);
}

static void
count (AppToolLoop *self, const AppStats *stats)
{
  AppStats before = self->stats;

  self->stats = *stats; /* of the prompt, that of the last round */
  self->stats.tokens += before.tokens;
  self->stats.thought_tokens += before.thought_tokens;
  self->stats.thought_ms += before.thought_ms;
  if (self->stats.thought_end == APP_THOUGHT_NONE)
    self->stats.thought_end = before.thought_end;
  if (before.first_token_ms > 0)
    self->stats.first_token_ms = before.first_token_ms;
}

static void
on_finished (AppCompletion *words, AppToolLoop *self)
{
  g_autoptr (AppCompletion) keep = g_steal_pointer (&self->words);
  const GError *error = app_completion_get_error (words);
  gboolean cancelled = app_completion_get_cancelled (words) && (!self->cut || g_cancellable_is_cancelled (self->cancellable));

  g_signal_handlers_disconnect_by_data (words, self);
  take_spoken (self);
  app_marks_end (&self->marks, on_piece, self);
  app_completion_set_sources (APP_COMPLETION (self), app_completion_get_sources (words));
  count (self, app_completion_get_stats (words));
  if (self->cut)
    self->stats.finish = APP_FINISH_STOP;
  if (error != NULL || cancelled || self->round->len == 0 || self->stats.finish == APP_FINISH_LENGTH || self->stats.finish == APP_FINISH_CONTEXT) {
    /* A call that is cut off is none. */
    if (error == NULL && !cancelled)
      add_forgotten (self);
    finish (self, cancelled, error != NULL ? g_error_copy (error) : NULL);
    return;
  }
  self->next = 0;
  run_next (self);
}

static void
write_on (AppToolLoop *self, AppPrompt *prompt)
{
  GError *error = NULL;

  g_string_truncate (self->written, 0);
  g_string_truncate (self->said, 0);
  self->told = 0;
  self->cut = FALSE;
  app_marks_clear (&self->marks);
  app_marks_init (&self->marks);
  g_ptr_array_unref (self->before);
  self->before = self->round;
  self->round = g_ptr_array_new_with_free_func (g_object_unref);
  self->words = app_engine_complete (self->engine, prompt, &error);
  if (self->words == NULL) {
    finish (self, FALSE, error);
    return;
  }
  g_signal_connect_object (self->words, "text", G_CALLBACK (on_text), self, 0);
  g_signal_connect_object (self->words, "thought", G_CALLBACK (on_thought), self, 0);
  g_signal_connect_object (self->words, "progress", G_CALLBACK (on_progress), self, 0);
  g_signal_connect_object (self->words, "moved", G_CALLBACK (on_moved), self, 0);
  g_signal_connect_object (self->words, "call", G_CALLBACK (on_call), self, 0);
  g_signal_connect_object (self->words, "finished", G_CALLBACK (on_finished), self, 0);
  app_completion_start (self->words);
}

/* ---- start and cancel ---- */

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppToolLoop) self = data;
  GError *error = NULL;

  self->tools = app_toolbox_prepare_finish (APP_TOOLBOX (source), result, &error);
  if (self->tools == NULL || g_cancellable_is_cancelled (self->cancellable)) {
    gboolean cancelled = self->tools != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

    if (cancelled)
      g_clear_error (&error);
    finish (self, cancelled, error);
    return;
  }
  AppPrompt *prompt = app_prompt_copy (self->prompt);
  for (guint i = 0; i < self->tools->len; i++) {
    const AppTool *tool = self->tools->pdata[i];
    app_prompt_add_tool (prompt, &(AppPromptTool) { tool->name, tool->description, tool->parameters });
    g_ptr_array_add (self->names, (gpointer) tool->name);
  }
  g_ptr_array_add (self->names, NULL);
  think_less (self, prompt);
  app_prompt_unref (self->prompt);
  self->prompt = prompt;
  write_on (self, prompt);
}

static void
start (AppCompletion *completion)
{
  AppToolLoop *self = APP_TOOL_LOOP (completion);

  app_toolbox_prepare_async (self->toolbox, self->cancellable, on_prepared, g_object_ref (self));
}

static void
cancel (AppCompletion *completion)
{
  AppToolLoop *self = APP_TOOL_LOOP (completion);

  g_cancellable_cancel (self->cancellable);
  if (self->words != NULL)
    app_completion_cancel (self->words);
}

static void
app_tool_loop_finalize (GObject *object)
{
  AppToolLoop *self = APP_TOOL_LOOP (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->toolbox);
  g_clear_object (&self->calls);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->words);
  g_clear_pointer (&self->prompt, app_prompt_unref);
  g_clear_pointer (&self->tools, g_ptr_array_unref);
  g_ptr_array_unref (self->round);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->before);
  app_marks_clear (&self->marks);
  g_string_free (self->written, TRUE);
  g_string_free (self->said, TRUE);
  g_free (self->reminder);
  G_OBJECT_CLASS (app_tool_loop_parent_class)->finalize (object);
}

static void
answer_now (AppCompletion *completion)
{
  app_completion_answer_now (APP_TOOL_LOOP (completion)->words);
}

static gboolean
can_answer_now (AppCompletion *completion)
{
  AppToolLoop *self = APP_TOOL_LOOP (completion);

  return self->words != NULL && app_completion_can_answer_now (self->words);
}

static void
app_tool_loop_class_init (AppToolLoopClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_tool_loop_finalize;
  APP_COMPLETION_CLASS (klass)->answer_now = answer_now;
  APP_COMPLETION_CLASS (klass)->can_answer_now = can_answer_now;
  APP_COMPLETION_CLASS (klass)->start = start;
  APP_COMPLETION_CLASS (klass)->cancel = cancel;
}

static void
app_tool_loop_init (AppToolLoop *self)
{
  self->written = g_string_new (NULL);
  self->said = g_string_new (NULL);
  app_marks_init (&self->marks);
  self->before = g_ptr_array_new ();
  self->round = g_ptr_array_new_with_free_func (g_object_unref);
  self->names = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
}

AppCompletion *
app_tool_loop_new (AppEngine *engine, AppPrompt *prompt, AppToolbox *toolbox, GListStore *calls, gint64 message)
{
  AppToolLoop *self = g_object_new (APP_TYPE_TOOL_LOOP, NULL);

  self->engine = g_object_ref (engine);
  self->prompt = app_prompt_ref (prompt);
  self->toolbox = g_object_ref (toolbox);
  self->calls = g_object_ref (calls);
  self->message = message;
  return APP_COMPLETION (self);
}
