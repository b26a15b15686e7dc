/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a model makes something of a starting point: first which one, then what stands in it, each under a grammar, so that whatever a small model writes is a page that works.
 * Where the words of a wish leave nothing open, it is not asked. A change is first the part that is meant, and then that part alone: nothing else can change. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "artifact-kind.h"
#include "artifact-writer.h"
#include "engine.h"
#include "page-parts.h"
#include "start-spec.h"

#define MAX_TOKENS 2000
/* Characters of what else is attached. */
#define MAX_DOCUMENTS 5000
/* Of the examples of a start, those that are shown. */
#define MAX_EXAMPLES 2
#define FREE "free"

/* What is under way, beside the order: data of the task under "run". */
typedef struct {
  AppArtifactOrderCopy *copy;
  const Start *start;
  JsonObject *base;          /* what is changed; NULL: it is new */
  char *pointer;             /* of the part */
  GPtrArray *choices;        /* what the model may answer with, char * */
  AppPrompt *prompt;         /* that was asked last */
  gboolean again;            /* it is asked a second time */
  void (*step) (GTask *task, const char *text);
  gint64 n_tokens;
  double first_token_ms;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

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
static const char *
find_theme (const char *wish)
{
  for (guint i = 0; i < G_N_ELEMENTS (theme_words); i++)
    if (words_begin_any (wish, theme_words[i].words, ","))
      return theme_words[i].theme;
  return NULL;
}

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

/* ---- asking ---- */

static Run *
get_run (GTask *task)
{
  return g_object_get_data (G_OBJECT (task), "run");
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = get_run (task);
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

/* Asks, under a grammar of `schema`, and goes on with `step`. Takes `prompt`. */
static void
ask (GTask *task, AppPrompt *prompt, const char *schema, void (*step) (GTask *task, const char *text))
{
  Run *run = get_run (task);
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
  app_writing_async (run->copy->order.engine, prompt, g_task_get_cancellable (task), NULL, NULL, on_answer, g_object_ref (task));
}

static AppPrompt *
begin_prompt (int max_tokens)
{
  AppSampling greedy;

  app_writing_greedy (&greedy, max_tokens);
  return app_prompt_new (&greedy);
}

static char *
dup_choices_schema (GPtrArray *choices)
{
  GString *schema = g_string_new ("{\"enum\":[");

  for (guint i = 0; i < choices->len; i++)
    g_string_append_printf (schema, "%s\"%s\"", i > 0 ? "," : "", (const char *) choices->pdata[i]);
  g_string_append (schema, "]}");
  return g_string_free (schema, FALSE);
}

/* The word that was chosen; NULL if it is none of them. */
static const char *
take_choice (Run *run, const char *text)
{
  g_autofree char *word = g_strdup (text);
  guint index;

  g_strstrip (g_strdelimit (word, "\"`.\n", ' '));
  return g_ptr_array_find_with_equal_func (run->choices, word, g_str_equal, &index) ? run->choices->pdata[index] : NULL;
}

/* The value in an answer, without the fence of a model that no grammar binds. (transfer full) (nullable) */
static JsonNode *
take_json (const char *text)
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

static void
finish (GTask *task, JsonObject *spec)
{
  Run *run = get_run (task);
  AppArtifactWritten *written = g_new0 (AppArtifactWritten, 1);

  written->source = start_spec_dup_source (spec);
  written->title = g_strdup (json_object_get_string_member (spec, "title"));
  written->said = g_strdup ("");
  written->n_tokens = run->n_tokens;
  written->first_token_ms = run->first_token_ms;
  g_task_return_pointer (task, written, (GDestroyNotify) app_artifact_written_free);
}

/* ---- a new one ---- */

static void
fail_or_again (GTask *task, const char *text, GError *error, const char *schema, void (*step) (GTask *task, const char *text))
{
  Run *run = get_run (task);
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
  ask (task, run->prompt, schema, step);
}

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
  Run *run = get_run (task);
  g_autoptr (JsonNode) node = take_json (text);
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
    const char *theme = find_theme (wish);
    const char *unused = json_object_has_member (spec, "inputs") ? find_unused (spec) : NULL;
    if (unused != NULL && !run->again) {
      g_autofree char *schema = start_schema_dup (run->start->schema);
      fail_or_again (task, text, g_error_new (APP_ERROR, APP_ERROR_INVALID, "No formula has the name %s in it.", unused), schema, on_filled);
      return;
    }
    if (json_object_has_member (spec, "sections")) {
      g_autofree char *source = start_spec_dup_source (spec);
      g_autoptr (GPtrArray) missing = find_missing (run->copy->order.wish, source);
      if (missing->len > 0 && !run->again) {
        g_autofree char *schema = start_schema_dup (run->start->schema);
        g_ptr_array_add (missing, NULL);
        g_autofree char *list = g_strjoinv (", ", (char **) missing->pdata);
        fail_or_again (task, text, g_error_new (APP_ERROR, APP_ERROR_INVALID, "This stands in the wish, and not in the page: %s.", list), schema, on_filled);
        return;
      }
      if (missing->len > 0)
        add_missing (spec, missing);
    }
    /* A colour that was asked for is not left to chance. */
    if (theme != NULL)
      json_object_set_string_member (spec, "theme", theme);
    finish (task, spec);
  } else {
    g_autofree char *schema = start_schema_dup (run->start->schema);
    fail_or_again (task, text, error, schema, on_filled);
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
  Run *run = get_run (task);
  const AppArtifactOrder *order = &run->copy->order;
  AppPrompt *prompt = begin_prompt (MAX_TOKENS);
  g_autofree char *schema = start_schema_dup (start->schema), *system = NULL, *wish = g_utf8_strdown (order->wish, -1);
  g_autoptr (GString) request = g_string_new (NULL);

  run->start = start;
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
  ask (task, prompt, schema, on_filled);
}

static void
write_free (GTask *task)
{
  Run *run = get_run (task);

  artifact_write_html (&run->copy->order, run->copy->progress, g_object_ref (task));
}

static void
on_chosen (GTask *task, const char *text)
{
  const char *choice = take_choice (get_run (task), text);

  if (choice == NULL || strcmp (choice, FREE) == 0)
    write_free (task);
  else
    fill (task, start_find (choice));
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

static void
choose (GTask *task)
{
  Run *run = get_run (task);
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
    fill (task, start_find (run->choices->pdata[0]));
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
  prompt = begin_prompt (16);
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
  schema = dup_choices_schema (run->choices);
  ask (task, prompt, schema, on_chosen);
}

/* ---- a change ---- */

/* What is there, as a model is shown it. */
static char *
dup_shown (JsonObject *spec)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), spec);

  return start_json_dup (node);
}

/* What may be written in the place of a part: not what is there, where there are few choices. (transfer full) */
static char *
dup_other_schema (JsonObject *spec, const char *pointer)
{
  JsonObject *of = NULL;
  JsonNode *node = start_spec_find (spec, pointer, &of);
  g_autoptr (JsonObject) other = NULL;
  g_autoptr (JsonArray) left = NULL;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "{\"const\":false}" : "{\"const\":true}");
  if (!json_object_has_member (of, "enum"))
    return start_schema_dup (of);
  other = json_object_new ();
  left = json_array_new ();
  for (guint i = 0; i < json_array_get_length (json_object_get_array_member (of, "enum")); i++) {
    JsonNode *choice = json_array_get_element (json_object_get_array_member (of, "enum"), i);
    if (!json_node_equal (choice, node))
      json_array_add_element (left, json_node_copy (choice));
  }
  json_object_set_array_member (other, "enum", g_steal_pointer (&left));
  return start_schema_dup (other);
}

static void
take_part (GTask *task, const char *text, JsonNode *part, void (*step) (GTask *task, const char *text))
{
  Run *run = get_run (task);
  GError *error = NULL;
  g_autoptr (JsonObject) changed = start_spec_change (run->base, run->pointer, part, &error);

  if (changed == NULL) {
    JsonObject *of;
    start_spec_find (run->base, run->pointer, &of);
    g_autofree char *schema = start_schema_dup (of);
    fail_or_again (task, text, error, schema, step);
    return;
  }
  g_autofree char *before = start_spec_dup_source (run->base), *after = start_spec_dup_source (changed);
  if (strcmp (before, after) != 0) {
    finish (task, changed);
  } else if (run->again) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model changed nothing. Say it in other words, or point at the part that you mean."));
  } else {
    g_autofree char *schema = dup_other_schema (run->base, run->pointer);
    fail_or_again (task, text, g_error_new (APP_ERROR, APP_ERROR_INVALID, "This is what it was before. The change that is wanted is: %s", run->copy->order.wish), schema, step);
  }
}

static void
on_part (GTask *task, const char *text)
{
  g_autoptr (JsonNode) node = take_json (text);

  if (node == NULL)
    node = json_node_init_null (json_node_alloc ());
  take_part (task, text, node, on_part);
}

static void
write_part (GTask *task, const char *pointer)
{
  Run *run = get_run (task);
  const AppArtifactOrder *order = &run->copy->order;
  g_autofree char *wish = g_utf8_strdown (order->wish, -1), *whole = NULL, *old = NULL, *schema = NULL, *content = NULL;
  JsonNode *node;
  AppPrompt *prompt;

  g_free (run->pointer);
  run->pointer = g_strdup (pointer);
  if (strcmp (pointer, "/theme") == 0 && find_theme (wish) != NULL) {
    g_autoptr (JsonNode) theme = json_node_init_string (json_node_alloc (), find_theme (wish));
    take_part (task, "", theme, on_part);
    return;
  }
  node = start_spec_find (run->base, pointer, NULL);
  schema = dup_other_schema (run->base, pointer);
  old = start_json_dup (node);
  whole = dup_shown (run->base);
  content = g_strdup_printf ("%s\n\nThe part %s is now:\n%s\n\nWrite this part anew, with this change and everything else as it is: %s", whole, pointer, old, order->wish);
  prompt = begin_prompt (MAX_TOKENS);
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, "You change one part of a JSON file. Answer with the new part alone, as JSON.");
  app_prompt_add (prompt, APP_ROLE_USER, NULL, content);
  ask (task, prompt, schema, on_part);
}

static void
on_member (GTask *task, const char *text)
{
  Run *run = get_run (task);
  const char *choice = take_choice (run, text);
  g_autofree char *pointer = choice != NULL ? g_strconcat ("/", choice, NULL) : NULL;

  if (pointer == NULL)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model did not find what is meant. Point at the part that is to change."));
  else
    write_part (task, pointer);
}

/* Whether a wish speaks of a member by its name, or by what is said of it. */
static gboolean
names_member (const char *wish, const char *member)
{
  static const struct {
    const char *member, *words;
  } others[] = {
    { "title", "title,rename,call it,headline" }, { "theme", "colour,color,theme,look,style,design,dark,bright,blue,green,red,orange,purple,violet,pink,brown,grey,gray,beige" },
    { "speed", "speed,slow,fast,quick" }, { "level", "level,easy,easier,hard,difficult" }, { "seconds", "second,minute,longer,shorter" }, { "steps", "step,minute,break" },
  };
  g_autofree char *stem = g_str_has_suffix (member, "s") ? g_strndup (member, strlen (member) - 1) : g_strdup (member);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (strcmp (others[i].member, member) == 0 && words_begin_any (wish, others[i].words, ","))
      return TRUE;
  return words_begin (wish, stem);
}

static void
find_part (GTask *task)
{
  Run *run = get_run (task);
  g_autofree char *wish = g_utf8_strdown (run->copy->order.wish, -1), *schema = NULL, *whole = NULL, *content = NULL;
  g_autoptr (GPtrArray) named = g_ptr_array_new ();
  g_autoptr (GList) members = json_object_get_members (run->base);
  AppPrompt *prompt;

  run->choices = g_ptr_array_new_with_free_func (g_free);
  for (GList *at = members; at != NULL; at = at->next)
    if (strcmp (at->data, "start") != 0) {
      gboolean is_named = names_member (wish, at->data);
      /* A small model takes the looks for whatever it does not understand. */
      if (strcmp (at->data, "theme") != 0 || is_named)
        g_ptr_array_add (run->choices, g_strdup (at->data));
      if (is_named)
        g_ptr_array_add (named, at->data);
    }
  if (named->len == 1) {
    g_autofree char *pointer = g_strconcat ("/", (const char *) named->pdata[0], NULL);
    write_part (task, pointer);
    return;
  }
  whole = dup_shown (run->base);
  content = g_strdup_printf ("%s\n\nWhich member has to be changed for this: %s", whole, run->copy->order.wish);
  prompt = begin_prompt (16);
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, "You are shown a JSON file and a wish. Answer with the name of the member that is to change.");
  app_prompt_add (prompt, APP_ROLE_USER, NULL, content);
  schema = dup_choices_schema (run->choices);
  ask (task, prompt, schema, on_member);
}

/* ---- the way in ---- */

void
artifact_write_start (const AppArtifactOrder *order, AppArtifactProgress progress, GTask *task)
{
  g_autoptr (GTask) owned = task;
  g_autoptr (JsonObject) changed = NULL;
  const char *part;
  Run *run;
  GError *error = NULL;

  if (order->base != NULL && !start_spec_is (order->base)) {
    artifact_write_html (order, progress, g_steal_pointer (&owned));
    return;
  }
  run = g_new0 (Run, 1);
  run->copy = app_artifact_order_copy (order, progress);
  g_object_set_data_full (G_OBJECT (task), "run", run, run_free);
  if (order->base == NULL) {
    choose (task);
    return;
  }
  run->base = start_spec_parse (order->base, strlen (order->base), &error);
  if (run->base == NULL) {
    g_task_return_error (task, error);
    return;
  }
  run->start = start_spec_get_start (run->base);
  /* The page is ours: a model that fills it cannot mend it. */
  if (order->findings != NULL) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, _("This starting point of Melete does not work here. Ask for it as HTML instead."));
    return;
  }
  part = order->pick != NULL && order->pick->part[0] != '\0' && start_spec_find (run->base, order->pick->part, NULL) != NULL ? order->pick->part : NULL;
  changed = start_change_by_words (run->base, part, order->wish);
  if (changed != NULL)
    finish (task, changed);
  else if (part != NULL)
    write_part (task, part);
  else
    find_part (task);
}
