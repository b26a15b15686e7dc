/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a model makes something of a starting point: first which one, then what stands in it, each under a grammar, so that whatever a small model writes is a page that works.
 * Where the words of a wish leave nothing open, it is not asked. A change is first the part that is meant, and then that part alone: nothing else can change.
 *
 * Here: how it is asked, which a new one (start-fill.c) and a change (start-change.c) share. */
#include "start-write.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "engine.h"
#include "page-parts.h"
#include "start-partial.h"

static void
run_free (gpointer data)
{
  StartRun *run = data;

  app_artifact_order_copy_free (run->copy);
  g_clear_pointer (&run->base, json_object_unref);
  g_clear_pointer (&run->choices, g_ptr_array_unref);
  g_clear_pointer (&run->prompt, app_prompt_unref);
  g_free (run->pointer);
  g_free (run);
}

/* ---- words of wishes ---- */

static const struct {
  const char *words, *theme;
} theme_words[] = {
  { "blue,ocean,sea,water", "ocean" }, { "green,forest,garden,nature", "forest" }, { "red,orange,sunset,warm,fire,autumn", "sunset" }, { "purple,violet,berry,magenta", "berry" },
  { "night,indigo,space,planet,star", "night" }, { "brown,beige,sand,wood,coffee", "sand" }, { "pink,candy,colourful,colorful,kids,children", "candy" }, { "grey,gray,slate,serious,plain", "slate" },
};

/* NULL: none is named. */
const char *
start_find_theme (const char *wish)
{
  for (guint i = 0; i < G_N_ELEMENTS (theme_words); i++)
    if (words_begin_any (wish, theme_words[i].words, ","))
      return theme_words[i].theme;
  return NULL;
}

/* ---- asking ---- */

StartRun *
start_get_run (GTask *task)
{
  return g_object_get_data (G_OBJECT (task), "run");
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  StartRun *run = start_get_run (task);
  AppStats stats;
  GError *error = NULL;
  g_autofree char *text = app_writing_finish (result, &stats, &error);

  run->n_tokens += stats.tokens;
  if (run->first_token_ms == 0)
    run->first_token_ms = stats.first_token_ms;
  if (text == NULL)
    g_task_return_error (task, error);
  else
    run->step (task, text);
}

static void
on_so_far (const char *so_far, gpointer data)
{
  StartRun *run = start_get_run (data);
  g_autofree char *source = start_partial_dup_source (run->start, so_far);

  run->copy->progress.progress (source, run->copy->progress.data);
}

/* Asks, under a grammar of `schema`, and goes on with `step`. Takes `prompt`. */
void
start_ask (GTask *task, AppPrompt *prompt, const char *schema, void (*step) (GTask *task, const char *text))
{
  StartRun *run = start_get_run (task);
  EngineSchemaOptions options = { .closed = true, .tight = true };
  EngineError wrong = { 0 };
  EngineGrammar *grammar = engine_grammar_from_schema (schema, strlen (schema), &options, &wrong);

  if (run->prompt != prompt) {
    g_clear_pointer (&run->prompt, app_prompt_unref);
    run->prompt = prompt;
  }
  if (grammar == NULL) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_ENGINE, "%s", wrong.message);
    return;
  }
  app_prompt_set_grammar (prompt, grammar);
  engine_grammar_unref (grammar);
  run->step = step;
  app_writing_async (run->copy->order.engine, prompt, g_task_get_cancellable (task), run->shows && run->copy->progress.progress != NULL ? on_so_far : NULL, task, on_answer, g_object_ref (task));
}

AppPrompt *
start_begin_prompt (int max_tokens)
{
  AppSampling greedy;

  app_writing_greedy (&greedy, max_tokens);
  return app_prompt_new (&greedy);
}

char *
start_dup_choices (GPtrArray *choices)
{
  GString *schema = g_string_new ("{\"enum\":[");

  for (guint i = 0; i < choices->len; i++)
    g_string_append_printf (schema, "%s\"%s\"", i > 0 ? "," : "", (const char *) choices->pdata[i]);
  g_string_append (schema, "]}");
  return g_string_free (schema, FALSE);
}

/* The word that was chosen; NULL if it is none of them. */
const char *
start_take_choice (StartRun *run, const char *text)
{
  g_autofree char *word = g_strdup (text);
  guint index;

  g_strstrip (g_strdelimit (word, "\"`.\n", ' '));
  return g_ptr_array_find_with_equal_func (run->choices, word, g_str_equal, &index) ? run->choices->pdata[index] : NULL;
}

/* The value in an answer, without the fence of a model that no grammar binds. (transfer full) (nullable) */
JsonNode *
start_take_json (const char *text)
{
  const char *begin = strpbrk (text, "{[\"-0123456789tf");
  JsonNode *node = begin != NULL ? json_from_string (begin, NULL) : NULL;

  if (node == NULL && begin != NULL && strpbrk (text, "{[") != NULL) {
    const char *open = strpbrk (text, "{["), *close = strrchr (text, *open == '{' ? '}' : ']');
    g_autofree char *inner = close != NULL && close > open ? g_strndup (open, (gsize) (close + 1 - open)) : NULL;
    node = inner != NULL ? json_from_string (inner, NULL) : NULL;
  }
  return node;
}

void
start_finish (GTask *task, JsonObject *spec)
{
  StartRun *run = start_get_run (task);
  AppArtifactWritten *written = g_new0 (AppArtifactWritten, 1);

  written->source = start_spec_dup_source (spec);
  written->title = g_strdup (json_object_get_string_member (spec, "title"));
  written->said = g_strdup ("");
  written->n_tokens = run->n_tokens;
  written->first_token_ms = run->first_token_ms;
  g_task_return_pointer (task, written, (GDestroyNotify) app_artifact_written_free);
}

void
start_fail_or_again (GTask *task, const char *text, GError *error, const char *schema, void (*step) (GTask *task, const char *text))
{
  StartRun *run = start_get_run (task);
  g_autofree char *complaint = NULL;

  if (run->again) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model did not manage it: %s Say it in other words, or choose a larger model."), error->message);
    g_error_free (error);
    return;
  }
  run->again = TRUE;
  complaint = g_strdup_printf ("That is wrong: %s Write it anew.", error->message);
  g_error_free (error);
  app_prompt_add (run->prompt, APP_ROLE_ASSISTANT, NULL, text);
  app_prompt_add (run->prompt, APP_ROLE_USER, NULL, complaint);
  start_ask (task, run->prompt, schema, step);
}

/* ---- the way in ---- */

void
artifact_write_start (const AppArtifactOrder *order, AppArtifactProgress progress, GTask *task)
{
  g_autoptr (GTask) owned = task;
  StartRun *run;
  GError *error = NULL;

  if (order->base != NULL && !start_spec_is (order->base)) {
    artifact_write_html (order, progress, g_steal_pointer (&owned));
    return;
  }
  run = g_new0 (StartRun, 1);
  run->copy = app_artifact_order_copy (order, progress);
  g_object_set_data_full (G_OBJECT (task), "run", run, run_free);
  if (order->base == NULL) {
    start_fill (task);
    return;
  }
  run->base = start_spec_parse (order->base, strlen (order->base), &error);
  if (run->base == NULL) {
    g_task_return_error (task, error);
    return;
  }
  run->start = start_spec_get_start (run->base);
  if (order->findings == NULL)
    start_change (task);
  else if (!start_mend (task))
    /* The page is ours: a model that fills it cannot mend it. */
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, _("The fault is in Melete's own page, not in what was written for it. Ask for the same in HTML."));
}
