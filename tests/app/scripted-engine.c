/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scripted-engine.h"

#include <string.h>

#include "app-error.h"
#include "app-model-private.h"

/* ---- the completion ---- */

#define TEST_TYPE_SCRIPTED_COMPLETION (scripted_completion_get_type ())
G_DECLARE_FINAL_TYPE (ScriptedCompletion, scripted_completion, SCRIPTED, COMPLETION, AppCompletion)

struct _ScriptedCompletion {
  AppCompletion parent;
  Script script;
  gsize at;
  guint timer;
  gint64 tokens, thought_tokens;
  gboolean thought_over;
  AppThoughtEnd thought_end;
  AppPlace place;
  char *calls; /* nullable */
};

G_DEFINE_FINAL_TYPE (ScriptedCompletion, scripted_completion, APP_TYPE_COMPLETION)

/* Each in two pieces, as a model writes them. */
static void
push_calls (ScriptedCompletion *self)
{
  static guint n_calls;
  g_auto (GStrv) lines = g_strsplit (self->calls, "\n", -1);
  guint index = 0;

  for (guint i = 0; lines[i]; i++) {
    g_auto (GStrv) parts = g_strsplit (lines[i], " ", 2);
    g_autofree char *id = g_strdup_printf ("call%u", n_calls++);

    if (!parts[0] || !parts[1])
      continue;
    gsize half = strlen (parts[1]) / 2;
    g_autofree char *first = g_strndup (parts[1], half);
    app_completion_push_call (APP_COMPLETION (self), index, id, parts[0], first);
    app_completion_push_call (APP_COMPLETION (self), index++, id, parts[0], parts[1] + half);
  }
}

static void
finish (ScriptedCompletion *self, gboolean cancelled)
{
  AppStats stats = { .tokens = self->tokens, .prompt_tokens = 7, .reused_tokens = 3, .tokens_per_second = 14, .first_token_ms = 400,
                     .thought_tokens = self->thought_tokens, .thought_ms = 2000 * (self->thought_tokens > 0), .thought_end = self->thought_end, .place = self->place, .dropped_messages = self->script.dropped, .finish = cancelled || self->script.error ? APP_FINISH_NONE : self->script.too_long ? APP_FINISH_LENGTH : APP_FINISH_STOP };
  GError *error = self->script.error && !cancelled ? g_error_new_literal (APP_ERROR, APP_ERROR_ENGINE, self->script.error) : NULL;

  g_clear_handle_id (&self->timer, g_source_remove);
  if (!cancelled && !self->script.error && self->calls)
    push_calls (self);
  app_completion_push_finished (APP_COMPLETION (self), &stats, cancelled, error);
}

static void
end_thought (ScriptedCompletion *self, AppThoughtEnd end)
{
  self->thought_over = TRUE;
  self->thought_end = end;
  self->at = 0;
}

static gboolean
on_timer (gpointer user_data)
{
  ScriptedCompletion *self = user_data;
  gboolean thought = self->script.thought && !self->thought_over;
  const char *text = thought ? self->script.thought : self->script.text ? self->script.text : "";
  gsize end = MIN (strlen (text), self->at + (self->script.piece ? self->script.piece : 4));

  if (self->at < strlen (text)) {
    while ((text[end] & 0xc0) == 0x80)
      end++;
    app_completion_push_tokens (APP_COMPLETION (self), self->tokens + 1);
    (thought ? app_completion_push_thought : app_completion_push_text) (APP_COMPLETION (self), text + self->at, end - self->at);
    self->at = end;
    self->tokens++;
    self->thought_tokens += thought;
    return G_SOURCE_CONTINUE;
  }
  if (thought && self->script.hold_thought) {
    self->timer = 0;
    return G_SOURCE_REMOVE;
  }
  if (thought) {
    end_thought (self, self->script.thought_end ? self->script.thought_end : APP_THOUGHT_CLOSED);
    return G_SOURCE_CONTINUE;
  }
  if (self->script.moved) {
    app_completion_push_moved (APP_COMPLETION (self), self->script.moved);
    self->place = (AppPlace) { .n_layers = self->place.n_layers };
    self->script.moved = NULL;
    self->script.text = self->script.text_after;
    self->at = 0;
    return G_SOURCE_CONTINUE;
  }
  self->timer = 0;
  if (!self->script.hold)
    finish (self, FALSE);
  return G_SOURCE_REMOVE;
}

/* The passages of the script in the documents of the prompt; NULL for none. */
static GPtrArray *
find_sources (AppPrompt *prompt, const char *passage)
{
  GPtrArray *sources = g_ptr_array_new_with_free_func ((GDestroyNotify) app_source_free);

  for (guint i = 0; i < app_prompt_get_n_messages (prompt); i++) {
    GPtrArray *documents = app_prompt_get_documents (prompt, i);

    for (guint j = 0; j < documents->len; j++) {
      const AppDocument *document = documents->pdata[j];
      const char *found = strstr (document->text, passage);

      if (found)
        g_ptr_array_add (sources, app_source_new (document->note, document->attachment, 0, found - document->text, strlen (passage), document->name));
    }
  }
  return sources;
}

static void
start (AppCompletion *completion)
{
  ScriptedCompletion *self = SCRIPTED_COMPLETION (completion);

  app_completion_push_progress (completion, 0.5);
  self->timer = g_timeout_add (self->script.ms ? self->script.ms : 1, on_timer, self);
}

static gboolean
on_cancel (gpointer user_data)
{
  if (!app_completion_get_finished (user_data))
    finish (user_data, TRUE);
  return G_SOURCE_REMOVE;
}

static void
cancel (AppCompletion *completion)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_cancel, g_object_ref (completion), g_object_unref);
}

static void
answer_now (AppCompletion *completion)
{
  ScriptedCompletion *self = SCRIPTED_COMPLETION (completion);

  if (!self->script.thought || self->thought_over)
    return;
  end_thought (self, APP_THOUGHT_ASKED);
  if (!self->timer)
    self->timer = g_timeout_add (self->script.ms ? self->script.ms : 1, on_timer, self);
}

static void
set_paused (AppCompletion *completion, gboolean paused)
{
  ScriptedCompletion *self = SCRIPTED_COMPLETION (completion);

  if (paused)
    g_clear_handle_id (&self->timer, g_source_remove);
  else if (!self->timer)
    self->timer = g_timeout_add (self->script.ms ? self->script.ms : 1, on_timer, self);
}

static void
scripted_completion_finalize (GObject *object)
{
  g_free (SCRIPTED_COMPLETION (object)->calls);
  G_OBJECT_CLASS (scripted_completion_parent_class)->finalize (object);
}

static void
scripted_completion_class_init (ScriptedCompletionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = scripted_completion_finalize;
  APP_COMPLETION_CLASS (klass)->answer_now = answer_now;
  APP_COMPLETION_CLASS (klass)->set_paused = set_paused;
  APP_COMPLETION_CLASS (klass)->start = start;
  APP_COMPLETION_CLASS (klass)->cancel = cancel;
}

static void
scripted_completion_init (ScriptedCompletion *self)
{
}

/* ---- the engine ---- */

struct _ScriptedEngine {
  AppEngine parent;
  Script script;
  ScriptFunc play;
  gpointer play_data;
  char *prompt;
  AppPrompt *asked;
  AppMeasure measure;
  AppPlace place;
  AppGpu *gpu;
  AppThinks thinks;
  gboolean hold_load, stale, misplaced;
  GTask *load;
};

G_DEFINE_FINAL_TYPE (ScriptedEngine, scripted_engine, APP_TYPE_ENGINE)

static void
load (AppEngine *engine, const char *path, GTask *task)
{
  ScriptedEngine *self = SCRIPTED_ENGINE (engine);
  g_autoptr (GTask) dropped = g_steal_pointer (&self->load);

  if (dropped)
    g_task_return_new_error (dropped, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Another model is wanted.");
  app_engine_set_progress (engine, 0.5);
  self->stale = self->misplaced = FALSE;
  self->load = task;
  if (!self->hold_load)
    scripted_engine_finish_load (self, NULL);
}

void
scripted_engine_set_stale (ScriptedEngine *self, gboolean stale)
{
  self->stale = stale;
}

static gboolean
is_stale (AppEngine *engine)
{
  return SCRIPTED_ENGINE (engine)->stale;
}

void
scripted_engine_set_place (ScriptedEngine *self, const AppPlace *place)
{
  self->place = *place;
  app_engine_place_changed (APP_ENGINE (self));
}

void
scripted_engine_set_gpu (ScriptedEngine *self, AppGpu *gpu)
{
  g_set_object (&self->gpu, gpu);
}

void
scripted_engine_set_thinks (ScriptedEngine *self, AppThinks thinks)
{
  self->thinks = thinks;
}

static AppThinks
get_thinks (AppEngine *engine)
{
  return SCRIPTED_ENGINE (engine)->thinks;
}

static void
on_moved (AppCompletion *completion, const char *reason, AppGpu *gpu)
{
  app_gpu_fail (gpu, reason);
}

static void
get_place (AppEngine *engine, AppPlace *place)
{
  *place = SCRIPTED_ENGINE (engine)->place;
}

void
scripted_engine_set_misplaced (ScriptedEngine *self, gboolean misplaced)
{
  self->misplaced = misplaced;
  app_engine_place_changed (APP_ENGINE (self));
}

static gboolean
is_misplaced (AppEngine *engine)
{
  return SCRIPTED_ENGINE (engine)->misplaced;
}

void
scripted_engine_hold_load (ScriptedEngine *self)
{
  self->hold_load = TRUE;
}

void
scripted_engine_release_load (ScriptedEngine *self)
{
  self->hold_load = FALSE;
}

void
scripted_engine_finish_load (ScriptedEngine *self, const char *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->load);

  if (error)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_ENGINE, "%s", error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
measure (AppEngine *engine, AppPrompt *prompt, GTask *task)
{
  g_task_return_pointer (task, g_memdup2 (&SCRIPTED_ENGINE (engine)->measure, sizeof (AppMeasure)), g_free);
  g_object_unref (task);
}

void
scripted_engine_set_measure (ScriptedEngine *self, const AppMeasure *measured)
{
  self->measure = *measured;
}

static void
unload (AppEngine *engine)
{
}

/* What the newest message, or, with one of the person, the description of a tool, says that it should call. NULL: nothing, or it was told of no tools. */
static char *
find_orders (AppPrompt *prompt)
{
  guint n = app_prompt_get_n_messages (prompt);
  g_autofree char *content = n > 0 ? app_prompt_dup_content (prompt, n - 1) : g_strdup ("");
  g_autoptr (GString) said = g_string_new (content);
  g_auto (GStrv) lines = NULL;
  g_autoptr (GString) calls = g_string_new (NULL);

  for (guint i = 0; i < app_prompt_get_n_tools (prompt) && app_prompt_get_role (prompt, n - 1) == APP_ROLE_USER; i++)
    g_string_append_printf (said, "\n%s\n%s", app_prompt_get_tool (prompt, i)->description, app_prompt_get_tool (prompt, i)->parameters);
  lines = g_strsplit (said->str, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    const char *order = strstr (lines[i], "CALL ");
    const char *end = order ? strchr (order, '{') : NULL;
    guint depth = 0;

    for (; end && *end != '\0'; end++) {
      depth += *end == '{';
      if (*end == '}' && --depth == 0)
        break;
    }
    if (end && *end == '}')
      g_string_append_printf (calls, "%.*s\n", (int) (end + 1 - order - strlen ("CALL ")), order + strlen ("CALL "));
  }
  return app_prompt_get_n_tools (prompt) > 0 && calls->len > 0 ? g_strdup (calls->str) : NULL;
}

static AppCompletion *
complete (AppEngine *engine, AppPrompt *prompt)
{
  ScriptedEngine *self = SCRIPTED_ENGINE (engine);
  ScriptedCompletion *completion = g_object_new (TEST_TYPE_SCRIPTED_COMPLETION, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < app_prompt_get_n_messages (prompt); i++) {
    g_autofree char *content = app_prompt_dup_content (prompt, i);
    if (app_prompt_get_role (prompt, i) != APP_ROLE_SYSTEM)
      g_string_append_printf (text, "%s%s: %s", text->len ? "\n" : "", app_role_to_string (app_prompt_get_role (prompt, i)), content);
  }
  if (app_prompt_get_beginning (prompt))
    g_string_append_printf (text, "\nassistant… %s", app_prompt_get_beginning (prompt));
  g_clear_pointer (&self->asked, app_prompt_unref);
  self->asked = app_prompt_ref (prompt);
  g_free (self->prompt);
  self->prompt = g_string_free (text, FALSE);
  completion->script = self->script;
  if (self->play)
    self->play (self->prompt, &completion->script, self->play_data);
  completion->calls = self->script.obeys ? find_orders (prompt) : app_prompt_get_n_tools (prompt) > 0 ? g_strdup (self->script.calls) : NULL;
  /* What is asked before the answer, to find out what is wanted, is none that could call. */
  if (self->script.then && (app_prompt_get_n_tools (prompt) > 0 || !self->script.calls))
    self->script = *self->script.then;
  completion->place = self->place;
  if (completion->script.passage) {
    g_autoptr (GPtrArray) sources = find_sources (prompt, completion->script.passage);
    app_completion_set_sources (APP_COMPLETION (completion), sources);
  }
  if (self->gpu)
    g_signal_connect_object (completion, "moved", G_CALLBACK (on_moved), self->gpu, 0);
  return APP_COMPLETION (completion);
}

void
scripted_engine_set_script (ScriptedEngine *self, const Script *script)
{
  self->script = *script;
}

void
scripted_engine_set_play (ScriptedEngine *self, ScriptFunc play, gpointer data)
{
  self->play = play;
  self->play_data = data;
}

char *
scripted_engine_dup_prompt (ScriptedEngine *self)
{
  return g_strdup (self->prompt);
}

AppPrompt *
scripted_engine_get_prompt (ScriptedEngine *self)
{
  return self->asked;
}

static void
scripted_engine_finalize (GObject *object)
{
  g_clear_pointer (&SCRIPTED_ENGINE (object)->asked, app_prompt_unref);
  g_free (SCRIPTED_ENGINE (object)->prompt);
  g_clear_object (&SCRIPTED_ENGINE (object)->gpu);
  G_OBJECT_CLASS (scripted_engine_parent_class)->finalize (object);
}

static void
scripted_engine_class_init (ScriptedEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = scripted_engine_finalize;
  APP_ENGINE_CLASS (klass)->load = load;
  APP_ENGINE_CLASS (klass)->unload = unload;
  APP_ENGINE_CLASS (klass)->complete = complete;
  APP_ENGINE_CLASS (klass)->measure = measure;
  APP_ENGINE_CLASS (klass)->is_stale = is_stale;
  APP_ENGINE_CLASS (klass)->get_thinks = get_thinks;
  APP_ENGINE_CLASS (klass)->get_place = get_place;
  APP_ENGINE_CLASS (klass)->is_misplaced = is_misplaced;
}

static void
scripted_engine_init (ScriptedEngine *self)
{
}

ScriptedEngine *
scripted_engine_new (void)
{
  return g_object_new (TEST_TYPE_SCRIPTED_ENGINE, NULL);
}

AppModel *
scripted_model_new (const char *id, const char *name)
{
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();
  AppModel *model;

  g_free (facts->id);
  g_free (facts->name);
  facts->id = g_strdup (id);
  facts->name = g_strdup (name);
  model = app_model_new (facts);
  app_model_set_path (model, "/nowhere.gguf", FALSE);
  return model;
}
