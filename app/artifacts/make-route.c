/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "make-route.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "artifact-kind.h"
#include "engine.h"
#include "page-parts.h"
#include "table-draft.h"

/* A note that is longer is a text to talk about, not a wish. */
#define MAX_NOTE 1200

/* Whether a note asks for an answer: nothing is made of "What is the password of the tool shed?", whatever a small model thinks of it. */
static gboolean
is_question (const char *text)
{
  /* Translators: words, with spaces between them, with which a question begins that wants to know something, and none with which something is asked for as a favour (not "can you"). */
  const char *own = C_ ("first words of questions", "what which who whose whom when where why how is are was were does did has");
  g_autofree char *note = g_utf8_casefold (text, -1), *words = g_utf8_casefold (own, -1);
  g_auto (GStrv) list = NULL, more = g_strsplit (words, " ", -1);

  g_strstrip (note);
  /* "How about red?" wants it red. */
  if (g_str_has_prefix (note, "how about") || g_str_has_prefix (note, "what about") || g_str_has_prefix (note, "what if") || strchr (note, '?') == NULL)
    return FALSE;
  list = g_strsplit_set (note, " ,'’\n", 2);
  return g_strv_contains ((const char *const[]) { "what", "which", "who", "whose", "whom", "when", "where", "why", "how", "is", "are", "was", "were", "does", "did", "has", NULL }, list[0]) ||
         g_strv_contains ((const char *const *) more, list[0]);
}

gboolean
make_route_is_open (const MakeRouteCase *of)
{
  /* Translators: beginnings of words, with spaces between them, that are in a note of somebody who wants a page, a game, a tool or a dashboard to be made: "make", "build", "game", "calculator". */
  const char *own = C_ ("beginnings of words", "make create build design generate draw program game dashboard website page tool app calculator quiz timer");
  g_autofree char *note = NULL, *beginnings = NULL;

  if (of->note[0] == '\0' || strlen (of->note) > MAX_NOTE)
    return FALSE;
  if (of->tables || of->latest != NULL)
    return TRUE;
  if (is_question (of->note))
    return FALSE;
  note = g_utf8_casefold (of->note, -1);
  beginnings = g_utf8_casefold (own, -1);
  return words_begin_any (note, "make create build design generate draw program game dashboard website webpage page tool app calculator quiz timer diagram flowchart organigram document", " ") || words_begin_any (note, beginnings, " ");
}

const char *
make_route_find (const MakeRouteCase *of)
{
  gboolean changes, made = of->latest != NULL && app_artifact_get_kind (of->latest)->is_table;

  /* With tables it may be a figure that is asked for. */
  if (!of->tables && is_question (of->note))
    return MAKE_ROUTE_CHAT;
  if (!of->tables || strlen (of->note) > MAX_NOTE)
    return NULL;
  if (!table_wish_is_sure (of->note, &changes))
    return made && table_wish_changes (of->note) ? MAKE_ROUTE_CHANGE : NULL;
  /* "Now add a column" is about the table that is there. */
  return changes && made ? MAKE_ROUTE_CHANGE : "table";
}

/* ---- asking ---- */

/* The words that the model may answer with: those that come into question. */
static GPtrArray *
find_words (const MakeRouteCase *of)
{
  GPtrArray *words = g_ptr_array_new ();

  g_ptr_array_add (words, (gpointer) MAKE_ROUTE_CHAT);
  if (of->tables)
    g_ptr_array_add (words, (gpointer) MAKE_ROUTE_ASK);
  if (is_question (of->note))
    return words;
  if (of->latest != NULL)
    g_ptr_array_add (words, (gpointer) MAKE_ROUTE_CHANGE);
  for (guint i = 0; app_artifact_kind_get (i) != NULL; i++)
    if (app_artifact_kind_get (i)->wanted != NULL && (of->tables || !app_artifact_kind_get (i)->needs_tables))
      g_ptr_array_add (words, (gpointer) app_artifact_kind_get (i)->id);
  return words;
}

static char *
dup_instructions (const MakeRouteCase *of)
{
  GString *text = g_string_new ("Sort what a person writes to an assistant. Answer with one word:\n");

  g_string_append (text, MAKE_ROUTE_CHAT ": a question, an explanation, a text, code to read, a greeting, thanks; anything that is answered in words\n");
  if (of->tables)
    g_string_append (text, MAKE_ROUTE_ASK ": a figure or some rows out of the tables that are attached: how many, which, the total, the average, the largest, list those that\n");
  if (of->latest != NULL)
    g_string_append_printf (text, MAKE_ROUTE_CHANGE ": what is there already, the %s \"%s\", is to be different: another colour, add, remove, bigger, fix it, more of it\n",
                            app_artifact_get_kind (of->latest)->id, app_artifact_get_title (of->latest));
  for (guint i = 0; app_artifact_kind_get (i) != NULL; i++) {
    const AppArtifactKind *kind = app_artifact_kind_get (i);
    if (kind->wanted != NULL && (of->tables || !kind->needs_tables))
      g_string_append_printf (text, "%s: %s\n", kind->id, kind->wanted);
  }
  return g_string_free (text, FALSE);
}

/* Shown to the model as notes and answers, as far as they come into question. */
static const struct {
  const char *note, *route;
} examples[] = {
  { "What is photosynthesis?", MAKE_ROUTE_CHAT },
  { "a memory game about birds", "game" },
  { "How many orders are there?", MAKE_ROUTE_ASK },
  { "Make a tip calculator", "tool" },
  { "How do I make bread?", MAKE_ROUTE_CHAT },
  { "Give me an overview of these numbers", "dashboard" },
  { "A new table with the price per piece", "table" },
  { "make the title red", MAKE_ROUTE_CHANGE },
  { "make the second chart a line chart", MAKE_ROUTE_CHANGE },
  { "show it per month", MAKE_ROUTE_CHANGE },
  { "Make a page that invites people to our summer party", "page" },
  { "a flow chart of how a bill becomes a law", "diagram" },
  { "Which city has the highest revenue?", MAKE_ROUTE_ASK },
  { "Give me all orders of 2024 as a table with the names of the customers", "table" },
  { "Can you also add a reset button?", MAKE_ROUTE_CHANGE },
  { "Draft a letter to the landlord about the broken heating", "document" },
  { "Write a poem about the sea", MAKE_ROUTE_CHAT },
};

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GPtrArray *words = g_task_get_task_data (task);
  AppStats *stats = g_new0 (AppStats, 1);
  GError *error = NULL;
  g_autofree char *text = app_writing_finish (result, stats, &error);
  guint index;

  g_object_set_data_full (G_OBJECT (task), "stats", stats, g_free);
  if (text == NULL) {
    g_task_return_error (task, error);
    return;
  }
  /* A model of a server may say more than the word. */
  g_strstrip (g_strdelimit (text, ".\n\"`", ' '));
  if (g_ptr_array_find_with_equal_func (words, text, g_str_equal, &index))
    g_task_return_pointer (task, words->pdata[index], NULL);
  else
    g_task_return_pointer (task, (gpointer) MAKE_ROUTE_CHAT, NULL);
}

void
make_route_async (AppEngine *engine, const MakeRouteCase *of, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (engine, cancellable, callback, user_data);
  GPtrArray *words = find_words (of);
  AppSampling greedy;
  g_autoptr (AppPrompt) prompt = NULL;
  g_autoptr (GString) gbnf = g_string_new ("root ::= ");
  g_autofree char *instructions = dup_instructions (of);
  EngineError failure = { 0 };
  EngineGrammar *grammar;

  g_task_set_source_tag (task, make_route_async);
  g_task_set_task_data (task, words, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (gbnf, "%s\"%s\"", i > 0 ? " | " : "", (const char *) words->pdata[i]);
  g_string_append_c (gbnf, '\n');
  grammar = engine_grammar_from_text (gbnf->str, gbnf->len, &failure);
  app_writing_greedy (&greedy, 16);
  prompt = app_prompt_new (&greedy);
  app_prompt_set_grammar (prompt, grammar);
  g_clear_pointer (&grammar, engine_grammar_unref);
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, instructions);
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++) {
    if (!g_ptr_array_find_with_equal_func (words, examples[i].route, g_str_equal, NULL))
      continue;
    app_prompt_add (prompt, APP_ROLE_USER, NULL, examples[i].note);
    app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, examples[i].route);
  }
  app_prompt_add (prompt, APP_ROLE_USER, NULL, of->note);
  app_writing_async (engine, prompt, cancellable, NULL, NULL, on_written, task);
}

const char *
make_route_finish (GAsyncResult *result, AppStats *stats, GError **error)
{
  AppStats *of = g_object_get_data (G_OBJECT (result), "stats");

  g_return_val_if_fail (g_async_result_is_tagged (result, make_route_async), NULL);
  *stats = of != NULL ? *of : (AppStats) { 0 };
  return g_task_propagate_pointer (G_TASK (result), error);
}
