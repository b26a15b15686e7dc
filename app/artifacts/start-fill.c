/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new one of a starting point: which, and then what stands in it. */
#include "start-write.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "page-parts.h"

/* Characters of what else is attached. */
#define MAX_DOCUMENTS 5000
/* Of the examples of a start, those that are shown. */
#define MAX_EXAMPLES 2
#define FREE "free"

/* ---- what is missing ---- */

/* The names and numbers of a wish that do not stand in `text`: words with a capital within a sentence, numbers of two digits or more. (transfer full): of strings */
static GPtrArray *
find_missing (const char *wish, const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (wish, " \n", -1);
  g_autofree char *folded = g_utf8_casefold (text, -1);
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_free);
  gboolean begins = TRUE;

  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree char *word = g_strdup (words[i]);
    gsize length = strlen (word);
    gboolean ends = length > 0 && strchr (".!?:", word[length - 1]) != NULL;
    while (length > 0 && g_ascii_ispunct (word[length - 1]))
      word[--length] = '\0';
    g_autofree char *small = g_utf8_casefold (word, -1);
    gboolean number = length > 1 && strspn (word, "0123456789") == length, name = !begins && length > 1 && g_unichar_isupper (g_utf8_get_char (word));
    if ((number || name) && strstr (folded, small) == NULL)
      g_ptr_array_add (missing, g_strdup (word));
    if (length > 0)
      begins = ends;
  }
  return missing;
}

/* The first section says what was asked for and stands nowhere. */
static void
add_missing (JsonObject *spec, GPtrArray *missing)
{
  JsonArray *sections = json_object_get_array_member (spec, "sections");

  for (guint i = 0; i < json_array_get_length (sections); i++) {
    JsonObject *section = json_array_get_object_element (sections, i);
    if (json_object_has_member (section, "text")) {
      g_autoptr (GString) text = g_string_new (json_object_get_string_member (section, "text"));
      for (guint k = 0; k < missing->len; k++)
        g_string_append_printf (text, "%s%s", k == 0 ? " – " : " ", (const char *) missing->pdata[k]);
      if (g_utf8_strlen (text->str, -1) <= 200)
        json_object_set_string_member (section, "text", text->str);
      return;
    }
  }
}

/* ---- filling ---- */

/* The name of an input that no formula of a calculator has; NULL: there is none. */
static const char *
find_unused (JsonObject *spec)
{
  JsonArray *inputs = json_object_get_array_member (spec, "inputs"), *results = json_object_get_array_member (spec, "results");

  for (guint i = 0; i < json_array_get_length (inputs); i++) {
    const char *name = json_object_get_string_member (json_array_get_object_element (inputs, i), "name");
    gboolean used = FALSE;
    for (guint k = 0; k < json_array_get_length (results); k++)
      used = used || words_begin (json_object_get_string_member (json_array_get_object_element (results, k), "formula"), name);
    if (!used)
      return name;
  }
  return NULL;
}

static void
on_filled (GTask *task, const char *text)
{
  StartRun *run = start_get_run (task);
  g_autoptr (JsonNode) node = start_take_json (text);
  g_autoptr (JsonObject) spec = NULL;
  GError *error = NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    json_object_set_string_member (json_node_get_object (node), "start", run->start->line->id);
    g_autofree char *source = start_spec_dup_source (json_node_get_object (node));
    spec = start_spec_parse (source, strlen (source), &error);
  } else {
    g_set_error (&error, APP_ERROR, APP_ERROR_INVALID, _("what it wrote has no end."));
  }
  if (spec != NULL) {
    g_autofree char *wish = g_utf8_strdown (run->copy->order.wish, -1);
    const char *theme = start_find_theme (wish);
    const char *unused = json_object_has_member (spec, "inputs") ? find_unused (spec) : NULL;
    if (unused != NULL && !run->again) {
      g_autofree char *schema = start_schema_dup (run->start->schema);
      start_fail_or_again (task, text, g_error_new (APP_ERROR, APP_ERROR_INVALID, "No formula has the name %s in it.", unused), schema, on_filled);
      return;
    }
    if (json_object_has_member (spec, "sections")) {
      g_autofree char *source = start_spec_dup_source (spec);
      g_autoptr (GPtrArray) missing = find_missing (run->copy->order.wish, source);
      if (missing->len > 0 && !run->again) {
        g_autofree char *schema = start_schema_dup (run->start->schema);
        g_ptr_array_add (missing, NULL);
        g_autofree char *list = g_strjoinv (", ", (char **) missing->pdata);
        start_fail_or_again (task, text, g_error_new (APP_ERROR, APP_ERROR_INVALID, "This stands in the wish, and not in the page: %s.", list), schema, on_filled);
        return;
      }
      if (missing->len > 0)
        add_missing (spec, missing);
    }
    /* A colour that was asked for is not left to chance. */
    if (theme != NULL)
      json_object_set_string_member (spec, "theme", theme);
    start_finish (task, spec);
  } else {
    g_autofree char *schema = start_schema_dup (run->start->schema);
    start_fail_or_again (task, text, error, schema, on_filled);
  }
}

/* How many words of more than three letters two wishes share. */
static guint
count_shared (const char *wish, const char *example)
{
  g_autofree char *small = g_utf8_strdown (example, -1);
  g_auto (GStrv) words = g_strsplit_set (small, " ,.:;", -1);
  guint n = 0;

  for (guint i = 0; words[i] != NULL; i++)
    n += g_utf8_strlen (words[i], -1) >= 3 && strcmp (words[i], "the") != 0 && strcmp (words[i], "and") != 0 && strcmp (words[i], "for") != 0 &&
         strcmp (words[i], "calculator") != 0 && words_begin (wish, words[i]);
  return n;
}

/* The examples that are most like the wish, the most alike last. */
static void
add_examples (AppPrompt *prompt, const Start *start, const char *wish)
{
  guint n = json_array_get_length (start->examples), best[MAX_EXAMPLES] = { 0 }, score[MAX_EXAMPLES] = { 0 }, n_found = 0;

  for (guint i = 0; i < n; i++) {
    guint own = count_shared (wish, json_object_get_string_member (json_array_get_object_element (start->examples, i), "wish")) + 1;
    if (n_found == 0 || own > score[0]) {
      best[1] = best[0];
      score[1] = score[0];
      best[0] = i;
      score[0] = own;
    } else if (own > score[1]) {
      best[1] = i;
      score[1] = own;
    }
    n_found = MIN (n_found + 1, MAX_EXAMPLES);
  }
  /* One that is alike is enough: facts of another would find their way in. */
  if (score[0] > 1)
    n_found = 1;
  for (guint k = n_found; k-- > 0;) {
    JsonObject *example = json_array_get_object_element (start->examples, best[k]);
    g_autofree char *text = start_json_dup (json_object_get_member (example, "spec"));
    app_prompt_add (prompt, APP_ROLE_USER, NULL, json_object_get_string_member (example, "wish"));
    app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, text);
  }
}

static void
fill (GTask *task, const Start *start)
{
  StartRun *run = start_get_run (task);
  const AppArtifactOrder *order = &run->copy->order;
  AppPrompt *prompt = start_begin_prompt (START_MAX_TOKENS);
  g_autofree char *schema = start_schema_dup (start->schema), *system = NULL, *wish = g_utf8_strdown (order->wish, -1);
  g_autoptr (GString) request = g_string_new (NULL);

  run->start = start;
  run->shows = TRUE;
  system = g_strdup_printf ("You fill in %s. Answer with JSON. Everything is about what the person asks for, in the person's language: true, different from each other, short. Use the names and numbers of the wish. "
                            "Copy nothing from the examples but their form.",
                            start->wanted);
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, system);
  add_examples (prompt, start, wish);
  if (order->documents[0] != '\0') {
    g_autofree char *some = g_utf8_substring (order->documents, 0, MIN (g_utf8_strlen (order->documents, -1), MAX_DOCUMENTS));
    g_string_append_printf (request, "What is attached:\n%s\n\n", some);
  }
  for (guint i = 0; i < order->datasets->len; i++) {
    g_autofree char *table = app_dataset_dup_schema (g_ptr_array_index (order->datasets, i), 2000);
    g_string_append_printf (request, "A table that is attached:\n%s\n\n", table);
  }
  g_string_append (request, order->wish);
  app_prompt_add (prompt, APP_ROLE_USER, NULL, request->str);
  start_ask (task, prompt, schema, on_filled);
}

static void
write_free (GTask *task)
{
  StartRun *run = start_get_run (task);

  artifact_write_html (&run->copy->order, run->copy->progress, g_object_ref (task));
}

static void
on_chosen (GTask *task, const char *text)
{
  const char *choice = start_take_choice (start_get_run (task), text);

  if (choice == NULL || strcmp (choice, FREE) == 0)
    write_free (task);
  else
    start_fill_rows (task, start_find (choice), fill);
}

static gboolean
is_played (const char *kind)
{
  return strcmp (kind, "game") == 0 || strcmp (kind, "tool") == 0;
}

/* Games and tools come into question for one another: "flash cards" is called either. */
static gboolean
is_offered (const Start *start, const char *kind)
{
  return strcmp (start->line->kind, kind) == 0 || (is_played (start->line->kind) && is_played (kind));
}

void
start_fill (GTask *task)
{
  StartRun *run = start_get_run (task);
  const AppArtifactOrder *order = &run->copy->order;
  g_autofree char *wish = g_utf8_strdown (order->wish, -1), *schema = NULL;
  g_autoptr (GString) rules = g_string_new ("Which starting point fits the wish? Answer with one word:\n");
  const Start *start;
  AppPrompt *prompt;

  if (words_begin_any (wish, "html,javascript", ",")) {
    write_free (task);
    return;
  }
  run->choices = g_ptr_array_new ();
  for (guint i = 0; (start = start_get (i)) != NULL; i++) {
    gboolean named = FALSE;
    for (char **word = start->words; *word != NULL; word++)
      named = named || words_begin (wish, *word);
    if (named && is_offered (start, order->kind->id))
      g_ptr_array_add (run->choices, (gpointer) start->line->id);
  }
  if (run->choices->len == 1) {
    start_fill_rows (task, start_find (run->choices->pdata[0]), fill);
    return;
  }
  /* Several are named: one of them. None is: any of this kind, or something of its own. */
  if (run->choices->len == 0) {
    for (guint i = 0; (start = start_get (i)) != NULL; i++)
      if (strcmp (start->line->kind, order->kind->id) == 0)
        g_ptr_array_add (run->choices, (gpointer) start->line->id);
    /* What lines and boxes are for, no small model draws by itself. */
    if (strcmp (order->kind->id, "diagram") == 0) {
      fill (task, start_find (run->choices->pdata[0]));
      return;
    }
    g_ptr_array_add (run->choices, (gpointer) FREE);
  }
  prompt = start_begin_prompt (16);
  for (guint i = 0; i < run->choices->len; i++) {
    start = start_find (run->choices->pdata[i]);
    g_string_append_printf (rules, "%s: %s\n", (const char *) run->choices->pdata[i], start != NULL ? start->wanted : "something else, which none of these can be");
  }
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, rules->str);
  for (guint i = 0; i < run->choices->len; i++)
    if ((start = start_find (run->choices->pdata[i])) != NULL && json_array_get_length (start->examples) > 0) {
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", start->line->id);
      app_prompt_add (prompt, APP_ROLE_USER, NULL, json_object_get_string_member (json_array_get_object_element (start->examples, 0), "wish"));
      app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, quoted);
    }
  if (strcmp (order->kind->id, "page") != 0 && g_strcmp0 (run->choices->pdata[run->choices->len - 1], FREE) == 0) {
    app_prompt_add (prompt, APP_ROLE_USER, NULL, strcmp (order->kind->id, "game") == 0 ? "a chess game for two players" : "a piano to play with the mouse");
    app_prompt_add (prompt, APP_ROLE_ASSISTANT, NULL, "\"" FREE "\"");
  }
  app_prompt_add (prompt, APP_ROLE_USER, NULL, order->wish);
  schema = start_dup_choices (run->choices);
  start_ask (task, prompt, schema, on_chosen);
}
