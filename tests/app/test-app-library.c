/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Personas and prompts: the list, where it is kept, files, and the variables of prompts. */
#include "fixture.h"

#include <string.h>

#include "app-error.h"
#include "app-personas.h"
#include "app-prompts.h"

/* What is at work in the database is done. */
static void
settle (Fixture *fixture)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);

  send_text (conversation, "Hello");
  wait_idle (conversation);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static char *
dup_names (AppLibrary *library)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (library)); i++) {
    g_autoptr (AppLibraryItem) item = g_list_model_get_item (G_LIST_MODEL (library), i);

    if (!app_library_item_get_built_in (item))
      g_string_append_printf (names, "%s%s", names->len ? ", " : "", app_library_item_get_name (item));
  }
  return g_string_free (names, FALSE);
}

#define ASSERT_NAMES(library, expected)                \
  G_STMT_START                                         \
  {                                                    \
    g_autofree char *names_ = dup_names (library);     \
    g_assert_cmpstr (names_, ==, expected);            \
  }                                                    \
  G_STMT_END

static void
count (GListModel *model, guint position, guint removed, guint added, guint *n)
{
  ++*n;
}

/* What is added, changed and removed is so after the next start; what was undone too. */
static void
test_keep (Fixture *fixture, gconstpointer data)
{
  AppLibrary *prompts = app_history_get_prompts (fixture->history);
  g_autoptr (AppLibraryItem) removed = NULL;
  AppLibraryItem *item;
  guint n = 0;

  g_signal_connect (prompts, "items-changed", G_CALLBACK (count), &n);
  app_library_add (prompts, "Zebra", "z");
  item = app_library_add (prompts, "Owl", "o");
  removed = g_object_ref (app_library_add (prompts, "Bear", "b"));
  ASSERT_NAMES (prompts, "Bear, Owl, Zebra");
  app_library_change (prompts, item, "Ant", "a {{b}}");
  ASSERT_NAMES (prompts, "Ant, Bear, Zebra");
  app_library_remove (prompts, removed);
  app_library_remove (prompts, removed); /* is gone */
  ASSERT_NAMES (prompts, "Ant, Zebra");
  g_assert_cmpuint (n, ==, 3 + 2 + 1);
  settle (fixture);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM prompts"), ==, 2);
  fixture_open (fixture);
  prompts = app_history_get_prompts (fixture->history);
  settle (fixture);
  ASSERT_NAMES (prompts, "Ant, Zebra");
  item = app_library_find (prompts, app_library_item_get_key (removed));
  g_assert_null (item);
  app_library_restore (prompts, removed);
  app_library_restore (prompts, removed); /* is there */
  ASSERT_NAMES (prompts, "Ant, Bear, Zebra");
  settle (fixture);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM prompts WHERE text IN ('a {{b}}', 'b', 'z')"), ==, 3);
}

static void
keep_sentence (AppLibrary *library, const char *sentence, char **kept)
{
  g_free (*kept);
  *kept = g_strdup (sentence);
}

/* What could not be stored is told, and does not show. */
static void
test_failure (Fixture *fixture, gconstpointer data)
{
  AppLibrary *prompts;
  g_autofree char *sentence = NULL;

  fixture_close (fixture);
  fixture_run_sql (fixture->path, "CREATE TRIGGER full BEFORE INSERT ON prompts BEGIN SELECT RAISE (ABORT, 'no room'); END");
  fixture_open (fixture);
  prompts = app_history_get_prompts (fixture->history);
  g_signal_connect (prompts, "failed", G_CALLBACK (keep_sentence), &sentence);
  app_library_add (prompts, "Owl", "o");
  settle (fixture);
  settle (fixture);
  g_assert_nonnull (sentence);
  ASSERT_NAMES (prompts, "");
}

/* Built-in ones come last, can be hidden and shown again, and the hiding is remembered. */
static void
test_built_in (void)
{
  Fixture fixture = { 0 };
  g_autoptr (AppSettings) settings = app_settings_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (GStrv) hidden = NULL;
  AppLibrary *personas;
  g_autoptr (AppLibraryItem) first = NULL;
  AppLibraryItem *translator;
  guint n;

  fixture_set_up_closed (&fixture, NULL);
  app_history_open_async (fixture.path, APP_ENGINE (fixture.engine), settings, NULL, keep_result, &result);
  fixture.history = app_history_open_finish (wait_result (&result), NULL);
  g_clear_object (&result);
  personas = app_history_get_personas (fixture.history);
  n = g_list_model_get_n_items (G_LIST_MODEL (personas));
  g_assert_cmpuint (n, ==, 5);
  app_library_add (personas, "Zoe", "{}");
  first = g_list_model_get_item (G_LIST_MODEL (personas), 0);
  g_assert_false (app_library_item_get_built_in (first));
  translator = app_library_find (personas, "translator");
  g_assert_true (app_library_item_get_built_in (translator));
  app_library_remove (personas, translator);
  g_assert_null (app_library_find (personas, "translator"));
  g_assert_cmpuint (app_library_get_n_hidden (personas), ==, 1);
  hidden = g_settings_get_strv (app_settings_get_gsettings (settings), "hidden-personas");
  g_assert_cmpstr (hidden[0], ==, "translator");
  app_library_unhide_all (personas);
  g_assert_nonnull (app_library_find (personas, "translator"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (personas)), ==, n + 1);
  g_settings_reset (app_settings_get_gsettings (settings), "hidden-personas");
  settle (&fixture);
  fixture_tear_down (&fixture, NULL);
}

/* A persona sets what it has and takes away what was set before; saved again it is the same. */
static void
test_persona (Fixture *fixture, gconstpointer data)
{
  AppLibrary *personas = app_history_get_personas (fixture->history);
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  AppConversationSettings *settings = app_conversation_get_settings (conversation);
  AppLibraryItem *poet = app_library_add (personas, "Poet", "{\"instructions\":\"Rhyme.\",\"temperature\":1.2}");
  AppLibraryItem *reviewer = app_library_find (personas, "code-reviewer");
  g_autofree char *text = NULL;

  app_conversation_settings_set_number (settings, app_sampling_find_field ("top-k"), 3);
  app_persona_apply (poet, settings);
  g_assert_cmpstr (app_conversation_settings_get_text (settings, APP_SETTING_PERSONA), ==, "Poet");
  g_assert_cmpuint (app_conversation_settings_count (settings), ==, 2);
  send_text (conversation, "Of ducks");
  g_assert_cmpstr (app_prompt_get_text (scripted_engine_get_prompt (fixture->engine), 0), ==, "Rhyme.");
  g_assert_cmpfloat (app_prompt_get_sampling (scripted_engine_get_prompt (fixture->engine))->temperature, ==, 1.2);
  wait_idle (conversation);
  text = app_persona_dup_text (settings);
  g_assert_cmpstr (text, ==, app_library_item_get_text (poet));
  app_persona_apply (reviewer, settings);
  g_assert_nonnull (strstr (app_conversation_settings_get_text (settings, APP_SETTING_INSTRUCTIONS), "code"));
  g_assert_cmpuint (app_conversation_settings_count (settings), ==, 1);
  app_persona_apply (NULL, settings);
  g_assert_true (app_conversation_settings_is_empty (settings));
}

/* ---- files ---- */

static void
test_file (Fixture *fixture, gconstpointer data)
{
  AppLibrary *prompts = app_history_get_prompts (fixture->history), *personas = app_history_get_personas (fixture->history);
  g_autofree char *json = NULL;
  g_autofree char *one = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) other = NULL;
  AppLibraryItem *owl = app_library_add (prompts, "Owl", "Hoo \"{{name}}\" \\ ü\n"), *poet;

  app_library_add (prompts, "Bear", "Growl");
  json = app_library_dup_json (prompts, NULL);
  entries = app_library_parse (&app_library_prompts, json, strlen (json), NULL);
  g_assert_nonnull (entries);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpuint (app_library_import (prompts, entries), ==, 0); /* they are there */
  app_library_remove (prompts, owl);
  g_assert_cmpuint (app_library_import (prompts, entries), ==, 1);
  ASSERT_NAMES (prompts, "Bear, Owl");

  poet = app_library_add (personas, "Poet", "{\"instructions\":\"Rhyme.\",\"top-k\":3}");
  one = app_library_dup_json (personas, poet);
  other = app_library_parse (&app_library_personas, one, strlen (one), NULL);
  g_assert_cmpuint (other->len, ==, 1);
  g_assert_cmpstr (((AppLibraryEntry *) other->pdata[0])->name, ==, "Poet");
  g_assert_cmpstr (((AppLibraryEntry *) other->pdata[0])->text, ==, app_library_item_get_text (poet));
  settle (fixture);
}

static void
assert_parsed (const AppLibraryKind *kind, const char *json, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = app_library_parse (kind, json, strlen (json), &error);

  g_test_message ("%s", json);
  if (!name) {
    g_assert_null (entries);
    g_assert_error (error, APP_ERROR, APP_ERROR_DAMAGED);
    return;
  }
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 1);
  g_assert_cmpstr (((AppLibraryEntry *) entries->pdata[0])->name, ==, name);
  g_assert_cmpstr (((AppLibraryEntry *) entries->pdata[0])->text, ==, text);
}

static void
test_foreign (void)
{
  g_autofree char *long_name = g_strnfill (300, 'n');
  g_autofree char *cut_name = g_strnfill (200, 'n');
  g_autofree char *json = g_strdup_printf ("{\"items\":[{\"name\":\"%s\",\"text\":\"t\"}]}", long_name);
  g_autofree char *long_text = g_strnfill (APP_LIBRARY_MAX_TEXT + 1, 't');
  g_autofree char *too_long = g_strdup_printf ("{\"items\":[{\"name\":\"n\",\"text\":\"%s\"}]}", long_text);

  assert_parsed (&app_library_prompts, "{\"items\":[{\"name\":\" A\\nb \",\"text\":\"t\"},{\"name\":\"\",\"text\":\"t\"},{\"name\":\"n\"},7,{\"name\":1,\"text\":[]}]}", "A b", "t");
  assert_parsed (&app_library_prompts, json, cut_name, "t");
  assert_parsed (&app_library_prompts, too_long, NULL, NULL);
  assert_parsed (&app_library_prompts, "{\"items\":[]}", NULL, NULL);
  assert_parsed (&app_library_prompts, "{\"name\":\"a\",\"description\":\"b\"}", NULL, NULL); /* a card is no prompt */
  assert_parsed (&app_library_prompts, "nonsense", NULL, NULL);
  assert_parsed (&app_library_personas, "{\"items\":[{\"name\":\"A\",\"settings\":{\"top-k\":3,\"shell\":\"rm\",\"temperature\":99,\"persona\":\"B\"}}]}", "A", "{\"top-k\":3}");
  assert_parsed (&app_library_personas, "{\"items\":[{\"name\":\"A\",\"settings\":{\"shell\":\"rm\"}}]}", NULL, NULL);
  assert_parsed (&app_library_personas, "{\"name\":\"Ada\",\"description\":\"{{char}} talks with {{user}}.\",\"system_prompt\":\"Stay {{char}}.\",\"first_mes\":\"Hello.\"}", "Ada",
                 "{\"instructions\":\"Stay Ada.\\n\\nAda talks with the person.\\n\\nThe conversation has begun with these words of yours: Hello.\"}");
  assert_parsed (&app_library_personas, "{\"spec\":\"chara_card_v2\",\"data\":{\"name\":\"Ada\",\"description\":\"Counts.\"}}", "Ada", "{\"instructions\":\"Counts.\"}");
  assert_parsed (&app_library_personas, "{\"name\":\"Ada\"}", NULL, NULL);
}

/* ---- variables ---- */

static void
assert_variables (const char *text, const char *expected)
{
  g_autoptr (GPtrArray) variables = app_prompts_find_variables (text);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < variables->len; i++) {
    AppPromptVariable *variable = variables->pdata[i];

    g_string_append_printf (found, "%s%s=%s", i ? ";" : "", variable->name, variable->usual);
  }
  g_test_message ("%s", text);
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_variables (void)
{
  static const struct {
    const char *text, *variables;
  } cases[] = {
    { "", "" },
    { "plain {} {a} {{}} {{ }} {{=x}}", "" },
    { "{{a}}", "a=" },
    { "{{ tone = very friendly }} and {{größe}}", "tone=very friendly;größe=" },
    { "{{a=1}} {{a=2}} {{a}} {{b}}", "a=1;b=" },
    { "{{{a}}}", "a=" },
    { "{{a", "" },
    { "a}}", "" },
    { "{{a {{b}} c}}", "b=" },
    { "{{if (x) { y(); }}} {{ok}}", "ok=" },
    { "{{a\nb}} {{c}}", "c=" },
    { "{{a.b}} {{a-b_c 1}} {{x=a=b}}", "a-b_c 1=;x=a=b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_variables (cases[i].text, cases[i].variables);
  g_assert_true (app_prompts_is_automatic ("date"));
  g_assert_true (app_prompts_is_automatic ("clipboard"));
  g_assert_false (app_prompts_is_automatic ("Date"));
}

static void
test_fill (void)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *filled = NULL;
  g_autofree char *usual = NULL;

  g_hash_table_insert (values, (char *) "a", (char *) "{{b}}"); /* what is filled in is no variable */
  g_hash_table_insert (values, (char *) "empty", (char *) "");
  filled = app_prompts_fill ("1 {{a}} 2 {{ a = x }} 3 {{b=two}} {{b}} [{{empty=no}}] {json: {1}} {{c}}.", values);
  g_assert_cmpstr (filled, ==, "1 {{b}} 2 {{b}} 3 two two [] {json: {1}} .");
  g_hash_table_remove_all (values);
  usual = app_prompts_fill ("{{a=1}}{{a}}", values);
  g_assert_cmpstr (usual, ==, "11");
}

#define ADD(path, test) g_test_add ("/app/library/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keep", test_keep);
  ADD ("failure", test_failure);
  g_test_add_func ("/app/library/built-in", test_built_in);
  ADD ("persona", test_persona);
  ADD ("file", test_file);
  g_test_add_func ("/app/library/foreign", test_foreign);
  g_test_add_func ("/app/library/variables", test_variables);
  g_test_add_func ("/app/library/fill", test_fill);
  return g_test_run ();
}
