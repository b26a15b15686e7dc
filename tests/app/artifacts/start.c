/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specifications of starting points: what is read, filled, refused and changed, and how a model's words become one. The model is scripted here; tests/bench/visual has real ones. */
#include <string.h>

#include "app-error.h"
#include "artifacts/artifact-kind.h"
#include "artifacts/start-partial.h"
#include "artifacts/start-spec.h"
#include "engine.h"
#include "fixture.h"
#include "scripted-engine.h"

#define BREAKOUT "{\"start\":\"breakout\",\"title\":\"Bricks\",\"theme\":\"sunset\",\"word\":\"HI\",\"rows\":5,\"lives\":3,\"speed\":\"normal\"}"
#define CATCH "{\"start\":\"catch\",\"title\":\"Orchard\",\"theme\":\"forest\",\"good\":\"pears\",\"bad\":\"wasps\",\"seconds\":45,\"speed\":\"normal\"}"
#define SNAKE "{\"start\":\"snake\",\"title\":\"Garden\",\"theme\":\"forest\",\"food\":\"apples\",\"speed\":\"normal\",\"walls\":true}"
#define MEMORY "{\"start\":\"memory\",\"title\":\"Planets\",\"theme\":\"night\",\"cards\":[\"Mercury\",\"Venus\",\"Earth\",\"Mars\",\"Jupiter\"]}"
#define TIP(formula) "{\"start\":\"calculator\",\"inputs\":[{\"name\":\"bill\",\"label\":\"Bill\",\"value\":80},{\"name\":\"percent\",\"label\":\"Tip\",\"value\":15}],\"results\":[{\"label\":\"Tip\",\"formula\":\"" formula "\"}]}"

static char *
dup_source (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) spec = start_spec_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return start_spec_dup_source (spec);
}

/* Every example is one, may be written by a model, is stored so that it is read as the same, and has a page. */
static void
test_examples (void)
{
  const Start *start;
  guint n = 0;

  for (guint i = 0; (start = start_get (i)) != NULL; i++) {
    g_autofree char *schema = start_schema_dup (start->schema);
    EngineSchemaOptions options = { .closed = true, .tight = true };
    EngineError wrong = { 0 };
    EngineGrammar *grammar = engine_grammar_from_schema (schema, strlen (schema), &options, &wrong);
    g_assert_cmpstr (grammar == NULL ? wrong.message : NULL, ==, NULL);
    for (guint k = 0; k < json_array_get_length (start->examples); k++, n++) {
      JsonObject *spec = json_object_get_object_member (json_array_get_object_element (start->examples, k), "spec");
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), spec);
      g_autofree char *written = start_json_dup (node), *text = g_strdup_printf ("{\"start\":\"%s\",%s", start->line->id, written + 1);
      g_autofree char *source = dup_source (text), *again = dup_source (source);
      g_autoptr (GError) error = NULL;
      g_autoptr (AppBundle) bundle = start_make_bundle (source, &error);
      bool fits = false;
      size_t n_fitting = 0;
      g_assert_no_error (error);
      g_assert_cmpstr (source, ==, again);
      g_assert_true (engine_grammar_match (grammar, written, strlen (written), &fits, &n_fitting, &wrong));
      if (!fits)
        g_error ("%s: no grammar from here: %s", start->line->id, written + n_fitting);
      g_autofree char *page = app_bundle_dup_single_page (bundle, &error);
      g_assert_no_error (error);
      g_assert_null (strstr (page, "src=\"kit"));
    }
    engine_grammar_unref (grammar);
  }
  g_assert_cmpuint (n, >=, 20);
}

static void
test_fill (void)
{
  static const struct {
    const char *text, *has, *lacks;
  } cases[] = {
    { "{\"start\":\"snake\"}", "\"food\" : \"apples\"", NULL },
    { "{\"start\":\"snake\"}", "\"title\" : \"Snake\"", "\"theme\" : \"\"" },
    { "{\"start\":\"memory\",\"cards\":[\" One \\n two \",\"A\",\"a\",\"B\",\"C\"]}", "\"One two\"", "\"a\"" },
    { "{\"start\":\"timer\",\"steps\":[{\"name\":\"Eggs\",\"minutes\":7.0}]}", "\"minutes\" : 7\n", "7.0" },
    { TIP ("bill * percent / 100"), "\"formula\"", NULL },
    { TIP ("round(-bill ^ 2, 1) + min(bill, percent, 3) * pi"), "\"formula\"", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *source = dup_source (cases[i].text);
    g_assert_nonnull (strstr (source, cases[i].has));
    g_assert_true (cases[i].lacks == NULL || strstr (source, cases[i].lacks) == NULL);
  }
}

/* What is wrong is said with its place. */
static void
test_refuse (void)
{
  static const struct {
    const char *text, *message;
  } cases[] = {
    { "{\"start\":\"chess\"}", "/start:*chess*" },
    { "{\"start\":\"snake\",\"length\":3}", "*length*" },
    { "{\"start\":\"snake\",\"speed\":\"furious\"}", "/speed:*slow, normal, fast*" },
    { "{\"start\":\"memory\",\"cards\":[\"A\",\"a\",\"B\",\"C\"]}", "/cards:*4*" },
    { "{\"start\":\"memory\"}", "*cards*" },
    { "{\"start\":\"memory\",\"cards\":[\"A\",7,\"B\",\"C\"]}", "/cards/1:*" },
    { "{\"start\":\"breakout\",\"lives\":99}", "/lives:*1*5*" },
    { "{\"start\":\"breakout\",\"lives\":1.5}", "/lives:*" },
    { "{\"start\":\"page\",\"sections\":[{\"type\":\"poem\"}]}", "/sections/0:*" },
    { TIP ("bill * rate"), "/results/0/formula:*rate*" },
    { TIP ("bill * (percent"), "/results/0/formula:*)*" },
    { TIP ("bill percent"), "/results/0/formula:*" },
    { TIP ("alert(1)"), "/results/0/formula:*alert*" },
    { "[1]", "*" },
    { "{\"start\":", "*" },
    { "", "*" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (start_spec_parse (cases[i].text, strlen (cases[i].text), &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
    if (!g_pattern_match_simple (cases[i].message, error->message))
      g_error ("%s: %s", cases[i].text, error->message);
  }
}

/* ---- with a model ---- */

static char *
write_with (const char *kind, const char *wish, const char *base, const char *part, const char *text, GError **error)
{
  static Script script;
  g_autoptr (ScriptedEngine) engine = scripted_engine_new ();
  g_autoptr (AppModel) model = scripted_model_new ("m", "M");
  g_autoptr (GAsyncResult) loaded = NULL, result = NULL;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (AppPick) pick = part != NULL ? app_pick_new ("", part, "", "") : NULL;
  AppArtifactOrder order = { .engine = APP_ENGINE (engine), .kind = app_artifact_kind_find (kind), .wish = wish, .documents = "", .datasets = none, .base = base, .pick = pick };

  script = (Script) { .text = text, .piece = 5 };
  scripted_engine_set_script (engine, &script);
  app_engine_load_async (APP_ENGINE (engine), model, NULL, keep_result, &loaded);
  g_assert_true (app_engine_load_finish (APP_ENGINE (engine), wait_result (&loaded), NULL));
  order.kind->write (&order, (AppArtifactProgress) { 0 }, g_task_new (NULL, NULL, keep_result, &result));
  g_autoptr (AppArtifactWritten) written = g_task_propagate_pointer (G_TASK (wait_result (&result)), error);
  return written != NULL ? g_strdup (written->source) : NULL;
}

static void
test_write (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *source = write_with ("game", "a memory game about planets, in green", NULL, NULL, "```json\n{\"title\": \"Planets\", \"theme\": \"sand\", \"cards\": [\"Mars\", \"Venus\", \"Earth\", \"Io\"]}\n```", &error);

  /* The words choose the start and the colour; a fence does no harm. */
  g_assert_no_error (error);
  g_assert_nonnull (strstr (source, "\"start\" : \"memory\""));
  g_assert_nonnull (strstr (source, "\"theme\" : \"forest\""));

  /* What cannot be mended is said, after a second try. */
  g_assert_null (write_with ("tool", "a tip calculator", NULL, NULL, "{\"title\": \"Tip\", \"theme\": \"sand\", \"inputs\": [{\"name\": \"a\", \"label\": \"A\", \"value\": 1}], \"results\": [{\"label\": \"B\", \"formula\": \"b\"}]}", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
  g_clear_error (&error);

  /* Who asks for HTML gets HTML. */
  g_autofree char *html = write_with ("game", "a snake in one html file", NULL, NULL, "<!DOCTYPE html><html><title>S</title></html>", &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (html, "<!DOCTYPE html>"));
}

static void
test_change (void)
{
  static const struct {
    const char *wish, *part, *text, *has;
  } cases[] = {
    { "call it \"Worlds\"", NULL, "\"Worlds\"", "\"title\" : \"Worlds\"" },
    { "make it pink", NULL, "\"never asked\"", "\"theme\" : \"candy\"" },
    { "not this one, Saturn", "/cards/1", "\"Saturn\"", "\"Saturn\"" },
    { "a card with Neptune", NULL, "[\"Mercury\",\"Venus\",\"Earth\",\"Mars\",\"Jupiter\",\"Neptune\"]", "\"Neptune\"" },
  };
  g_autofree char *base = dup_source (MEMORY);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *source = write_with ("game", cases[i].wish, base, cases[i].part, cases[i].text, &error);
    g_assert_no_error (error);
    g_assert_nonnull (strstr (source, cases[i].has));
    /* Everything else is as it was. */
    g_assert_nonnull (strstr (source, "\"Mercury\""));
    g_assert_true ((strstr (source, "\"Planets\"") != NULL) == (i != 0));
    g_assert_true ((strstr (source, "\"night\"") != NULL) == (i != 1));
    g_assert_true ((strstr (source, "\"Venus\"") != NULL) == (i != 2));
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (write_with ("game", "other title", base, NULL, "\"Planets\"", &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
}

/* What the words of a wish say whole, and what they leave to a model. */
static void
test_words (void)
{
  static const struct {
    const char *base, *wish, *part, *has; /* NULL: left to a model */
  } cases[] = {
    { BREAKOUT, "I want 5 lives.", NULL, "\"lives\" : 5" },
    { BREAKOUT, "Write ANNA in the bricks.", NULL, "\"word\" : \"ANNA\"" },
    { BREAKOUT, "Call it \"Wall of Anna\".", NULL, "\"title\" : \"Wall of Anna\"" },
    { BREAKOUT, "Make it slower.", NULL, "\"speed\" : \"slow\"" },
    { BREAKOUT, "It is too slow.", NULL, "\"speed\" : \"fast\"" },
    { BREAKOUT, "Too slow and too fast", NULL, NULL },
    { BREAKOUT, "7 rows and 2 lives", NULL, NULL },
    { BREAKOUT, "I want 50 lives.", NULL, NULL },
    { BREAKOUT, "make it nicer", NULL, NULL },
    { CATCH, "Let a game last 90 seconds.", NULL, "\"seconds\" : 90" },
    { CATCH, "Two minutes, please", NULL, "\"seconds\" : 120" },
    { SNAKE, "Let the snake go through the walls.", NULL, "\"walls\" : false" },
    { SNAKE, "It eats cherries instead of apples", NULL, "\"food\" : \"cherries\"" },
    { SNAKE, "Kirschen statt Apples", NULL, "\"food\" : \"Kirschen\"" },
    { SNAKE, "Replace the apples with ripe pears.", NULL, "\"food\" : \"ripe pears\"" },
    { SNAKE, "Cherries instead of plums", NULL, NULL },
    { SNAKE, "Add another snake called Bob", NULL, NULL },
    { BREAKOUT, "Only one life", NULL, "\"lives\" : 1" },
    { MEMORY, "Mars should be Pluto", NULL, "\"Pluto\"" },
    { MEMORY, "Cross off Mars and Venus", NULL, NULL },
    { MEMORY, "Cross off Jupiter", NULL, "\"Mars\"\n  ]" },
    { MEMORY, "Call this card Saturn.", "/cards/2", "\"Venus\",\n    \"Saturn\"" },
    { MEMORY, "Remove this", "/cards/0", "\"cards\" : [\n    \"Venus\"" },
    { MEMORY, "“Pluto” instead of “Mars”, as in „Pluto“", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonObject) base = start_spec_parse (cases[i].base, strlen (cases[i].base), &error);
    g_assert_no_error (error);
    g_autoptr (JsonObject) changed = start_change_by_words (base, cases[i].part, cases[i].wish);
    g_autofree char *source = changed != NULL ? start_spec_dup_source (changed) : NULL;
    g_test_message ("%s: %s", cases[i].wish, source);
    g_assert_true ((source == NULL) == (cases[i].has == NULL));
    g_assert_true (source == NULL || strstr (source, cases[i].has) != NULL);
  }
}

/* Markdown as a model writes it, as a document and as its page. */
static void
test_document (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autofree char *fenced = write_with ("document", "a letter", NULL, NULL, "```markdown\n# *Dear* Ida\n\nCome <script>alert (1)</script>soon.\n```", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (fenced, ==, "# *Dear* Ida\n\nCome <script>alert (1)</script>soon.\n");
  g_autofree char *changed = write_with ("document", "later", fenced, NULL, "<<<<<<< SEARCH\n# *Dear* Ida\n=======\n# Dear Jon\n>>>>>>> REPLACE\n", &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (changed, "# Dear Jon\n\nCome"));
  app_artifact_kind_find ("document")->make_bundle (changed, "Dear <Jon>", none, g_task_new (NULL, NULL, keep_result, &result));
  g_autoptr (AppBundle) bundle = g_task_propagate_pointer (G_TASK (wait_result (&result)), &error);
  g_assert_no_error (error);
  g_autofree char *page = app_bundle_dup_single_page (bundle, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (page, "<h1>Dear Jon</h1>"));
  g_assert_nonnull (strstr (page, "<title>Dear &lt;Jon&gt;</title>"));
  g_assert_null (strstr (page, "<script"));
}

/* While it is written it is seen as it will be stored, line by line: each beginning of a model's text is a beginning of the whole. */
static void
test_partial (void)
{
  const Start *start;

  for (guint i = 0; (start = start_get (i)) != NULL; i++)
    for (guint k = 0; k < json_array_get_length (start->examples); k++) {
      JsonObject *spec = json_object_get_object_member (json_array_get_object_element (start->examples, k), "spec");
      g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), spec), whole_node = json_node_new (JSON_NODE_OBJECT);
      g_autoptr (JsonObject) whole = json_object_new ();
      g_autoptr (GList) members = json_object_get_members (spec);
      g_autofree char *text = start_json_dup (node), *source = NULL, *all = start_partial_dup_source (start, text), *title = start_partial_dup_title (all);
      gsize n = strlen (text), seen = 0;

      json_object_set_string_member (whole, "start", start->line->id);
      for (GList *at = members; at != NULL; at = at->next)
        if (strcmp (at->data, "start") != 0)
          json_object_set_member (whole, at->data, json_node_copy (json_object_get_member (spec, at->data)));
      source = start_spec_dup_source (whole);
      g_assert_cmpstr (all, ==, source);
      g_assert_true (start_partial_find_start (all) == start);
      if (json_object_has_member (spec, "title"))
        g_assert_cmpstr (title, ==, json_object_get_string_member (spec, "title"));
      for (gsize length = 0; length < n; length++) {
        g_autofree char *some = g_strndup (text, length), *so_far = start_partial_dup_source (start, some);
        g_assert_true (g_str_has_prefix (source, so_far));
        g_assert_cmpuint (strlen (so_far), >=, seen);
        seen = strlen (so_far);
      }
    }
}

/* What is known of half a text is true, and of what is none nothing is. */
static void
test_partial_known (void)
{
  static const struct {
    const char *source, *title;
  } cases[] = {
    { "", NULL }, { "{", NULL }, { "{\"title\": \"Pla", NULL }, { "{\"title\": \"A \\\"B\\\" \\u00e9\"", "A \"B\" \u00e9" }, { "{\"title\": 3}", NULL }, { "{\"title\": \"\\\"", NULL }, { "{\"title\"", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *title = start_partial_dup_title (cases[i].source);
    g_assert_cmpstr (title, ==, cases[i].title);
    g_assert_null (start_partial_find_start (cases[i].source));
  }
  g_assert_null (start_partial_find_start ("{\"start\": \"nothing of that name\""));
  g_autofree char *none = start_partial_dup_source (start_find ("memory"), "Sure, here it is:"), *fenced = start_partial_dup_source (start_find ("memory"), "```json\n{\"cards\":[]}\n```\nEnjoy {");
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (fenced, ==, "{\n  \"start\" : \"memory\",\n  \"cards\" : []\n}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/artifacts/start/examples", test_examples);
  g_test_add_func ("/app/artifacts/start/fill", test_fill);
  g_test_add_func ("/app/artifacts/start/refuse", test_refuse);
  g_test_add_func ("/app/artifacts/start/write", test_write);
  g_test_add_func ("/app/artifacts/start/change", test_change);
  g_test_add_func ("/app/artifacts/start/words", test_words);
  g_test_add_func ("/app/artifacts/start/document", test_document);
  g_test_add_func ("/app/artifacts/start/partial", test_partial);
  g_test_add_func ("/app/artifacts/start/partial-known", test_partial_known);
  return g_test_run ();
}
