/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made beside the chat: written, looked at, mended, edited, branched, kept, and answers out of tables. The engine plays a script. */
#include <string.h>

#include "app-error.h"
#include "app-store.h"
#include "artifacts/artifact-kind.h"
#include "artifacts/make-about.h"
#include "artifacts/make-route.h"
#include "fixture.h"

#define PAGE "<!DOCTYPE html>\n<html>\n<head><title>Moon &amp; stars</title></head>\n<body>\n<p>one</p>\n</body>\n</html>"

/* ---- somebody who looks ---- */

#define TEST_TYPE_EYE (test_eye_get_type ())
G_DECLARE_FINAL_TYPE (TestEye, test_eye, TEST, EYE, GObject)
struct _TestEye {
  GObject parent;
  guint n_looks, n_faults; /* that it still finds */
  const char *says;        /* to the model; NULL: that a script fails */
  char *seen;              /* the page that it saw last */
};

static void
look (AppChecker *checker, AppBundle *bundle, GTask *task)
{
  TestEye *self = TEST_EYE (checker);
  GBytes *page = app_bundle_find (bundle, APP_BUNDLE_INDEX, NULL);
  const char *finding[] = { "A script fails: x is not defined", NULL }, *detail[] = { self->says != NULL ? self->says : "index.html, line 5: ReferenceError: x", NULL };
  g_autoptr (GBytes) png = g_bytes_new_static ("\x89PNG", 4);
  gboolean works = self->n_faults == 0;

  self->n_looks++;
  g_free (self->seen);
  self->seen = g_strndup (g_bytes_get_data (page, NULL), g_bytes_get_size (page));
  if (!works)
    self->n_faults--;
  g_task_return_pointer (task, app_seen_new (works, works ? NULL : finding, works ? NULL : detail, png), (GDestroyNotify) app_seen_free);
}

static void
eye_init (AppCheckerInterface *iface)
{
  iface->look = look;
}
G_DEFINE_FINAL_TYPE_WITH_CODE (TestEye, test_eye, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (APP_TYPE_CHECKER, eye_init))
static void
test_eye_finalize (GObject *object)
{
  g_free (TEST_EYE (object)->seen);
  G_OBJECT_CLASS (test_eye_parent_class)->finalize (object);
}
static void
test_eye_class_init (TestEyeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_eye_finalize;
}
static void
test_eye_init (TestEye *self)
{
}

/* ---- the tests ---- */

/* Of the file as it is now. */
static gint64
ask_number (Fixture *fixture, const char *sql)
{
  g_autofree char *copy = NULL;

  fixture_settle (fixture);
  copy = fixture_copy_killed (fixture);
  return fixture_ask_number (copy, sql);
}

/* (transfer full) */
static AppConversation *
make (Fixture *fixture, const Script *script, TestEye *eye, const char *wish)
{
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) said = app_turn_new ("Make it, in HTML", NULL), turn = app_turn_new_wish (said, wish, NULL);

  scripted_engine_set_script (fixture->engine, script);
  app_artifacts_set_checker (app_conversation_get_artifacts (conversation), eye != NULL ? APP_CHECKER (eye) : NULL);
  g_assert_true (try_send (conversation, turn, NULL));
  return conversation;
}

static AppArtifact *
artifact_at (AppConversation *conversation, guint position)
{
  g_autoptr (AppArtifact) artifact = g_list_model_get_item (G_LIST_MODEL (app_conversation_get_artifacts (conversation)), position);
  return artifact;
}

static guint
n_artifacts (AppConversation *conversation)
{
  return g_list_model_get_n_items (G_LIST_MODEL (app_conversation_get_artifacts (conversation)));
}

static guint
n_versions (AppConversation *conversation)
{
  return g_list_model_get_n_items (app_artifact_get_versions (artifact_at (conversation, 0)));
}

static AppConversation *
reopen (Fixture *fixture)
{
  AppConversation *conversation;

  fixture_close (fixture);
  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  app_conversation_get_artifacts (conversation); /* as who shows them does */
  load (conversation);
  fixture_settle (fixture);
  return conversation;
}

static void
test_made (Fixture *fixture, gconstpointer data)
{
  static const Script script = { .text = "Here you are:\n```html\n" PAGE "\n```\nEnjoy." };
  g_autoptr (TestEye) eye = g_object_new (TEST_TYPE_EYE, NULL);
  g_autoptr (AppConversation) conversation = make (fixture, &script, eye, "page");
  AppVersion *version;

  wait_idle (conversation);
  g_assert_cmpuint (n_artifacts (conversation), ==, 1);
  version = app_message_get_version (message_at (conversation, 1));
  g_assert_true (version == app_artifact_get_current (artifact_at (conversation, 0)));
  g_assert_cmpstr (app_version_get_source (version), ==, PAGE "\n");
  g_assert_cmpstr (app_artifact_get_title (artifact_at (conversation, 0)), ==, "Moon & stars");
  g_assert_cmpint (app_version_get_state (version), ==, APP_VERSION_WORKS);
  g_assert_cmpuint (eye->n_looks, ==, 1);
  g_assert_cmpstr (eye->seen, ==, PAGE "\n");
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 1)), ==, "“Moon & stars” is ready.");
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_DONE);
  g_clear_object (&conversation);

  conversation = reopen (fixture);
  version = app_message_get_version (message_at (conversation, 1));
  g_assert_nonnull (version);
  g_assert_cmpstr (app_version_get_source (version), ==, PAGE "\n");
  g_assert_cmpint (app_version_get_state (version), ==, APP_VERSION_WORKS);
  g_assert_cmpuint (app_version_get_number (version), ==, 1);
  g_assert_cmpstr (app_artifact_get_kind (artifact_at (conversation, 0))->id, ==, "page");
  g_assert_cmpint (ask_number (fixture, "SELECT count (*) FROM artifact_versions WHERE thumbnail IS NOT NULL"), ==, 1);
}

/* What fails is mended by an edit, and looked at again. */
static void
test_mended (Fixture *fixture, gconstpointer data)
{
  static const Script page = { .text = PAGE }, edit = { .text = "<<<<<<< SEARCH\n<p>one</p>\n=======\n<p>two</p>\n>>>>>>> REPLACE\n" };
  g_autoptr (TestEye) eye = g_object_new (TEST_TYPE_EYE, NULL);
  g_autoptr (AppConversation) conversation = NULL;
  const AppPrompt *prompt;

  eye->n_faults = 1;
  conversation = make (fixture, &page, eye, "game");
  WAIT_UNTIL (n_artifacts (conversation) == 1 && app_version_get_source (app_artifact_get_current (artifact_at (conversation, 0)))[0] != '\0');
  scripted_engine_set_script (fixture->engine, &edit);
  wait_idle (conversation);
  g_assert_cmpuint (eye->n_looks, ==, 2);
  g_assert_cmpuint (n_versions (conversation), ==, 2);
  AppVersion *mended = app_artifact_get_current (artifact_at (conversation, 0));
  g_assert_cmpint (app_version_get_origin (mended), ==, APP_ORIGIN_REPAIR);
  g_assert_cmpint (app_version_get_state (mended), ==, APP_VERSION_WORKS);
  g_assert_nonnull (strstr (app_version_get_source (mended), "<p>two</p>"));
  g_assert_null (strstr (app_version_get_source (mended), "<p>one</p>"));
  /* It was told what is wrong, and bound to lines that are there. */
  prompt = scripted_engine_get_prompt (fixture->engine);
  g_assert_nonnull (strstr (app_prompt_get_text ((AppPrompt *) prompt, 1), "index.html, line 5: ReferenceError: x"));
  g_assert_nonnull (app_prompt_get_grammar ((AppPrompt *) prompt));
}

/* Three rounds, not more, and then it is not called done. */
#define MEMORY "{\"title\": \"Planets whose name nobody can remember\", \"theme\": \"night\", \"cards\": [\"Mercury\", \"Venus\", \"Earth\", \"Mars\", \"Jupiter\", \"Saturn\", \"Uranus\", \"Neptune\"]}"

static AppConversation *
make_memory (Fixture *fixture, TestEye *eye)
{
  static const Script script = { .text = MEMORY, .piece = 1000 };
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) said = app_turn_new ("A memory game about planets", NULL), turn = app_turn_new_wish (said, "game", NULL);

  scripted_engine_set_script (fixture->engine, &script);
  app_artifacts_set_checker (app_conversation_get_artifacts (conversation), APP_CHECKER (eye));
  g_assert_true (try_send (conversation, turn, NULL));
  WAIT_UNTIL (n_artifacts (conversation) == 1 && app_version_get_state (app_artifact_get_current (artifact_at (conversation, 0))) != APP_VERSION_WRITING);
  return conversation;
}

/* Of a specification the part is written anew that a finding names, and nothing else. */
static void
test_part_mended (Fixture *fixture, gconstpointer data)
{
  static const Script part = { .text = "\"Planets\"", .piece = 100 };
  g_autoptr (TestEye) eye = g_object_new (TEST_TYPE_EYE, NULL);
  g_autoptr (AppConversation) conversation = NULL;
  g_autofree char *prompt = NULL;
  AppVersion *mended;

  eye->n_faults = 1;
  eye->says = "h1 (part /title) reaches 40 px beyond the right edge";
  conversation = make_memory (fixture, eye);
  scripted_engine_set_script (fixture->engine, &part);
  wait_idle (conversation);
  g_assert_cmpuint (n_versions (conversation), ==, 2);
  mended = app_artifact_get_current (artifact_at (conversation, 0));
  g_assert_cmpint (app_version_get_origin (mended), ==, APP_ORIGIN_REPAIR);
  g_assert_cmpint (app_version_get_state (mended), ==, APP_VERSION_WORKS);
  g_assert_nonnull (strstr (app_version_get_source (mended), "\"Planets\""));
  g_assert_nonnull (strstr (app_version_get_source (mended), "\"Neptune\""));
  prompt = scripted_engine_dup_prompt (fixture->engine);
  g_assert_nonnull (strstr (prompt, "The part /title is now"));
  g_assert_nonnull (strstr (prompt, "reaches 40 px beyond the right edge"));
}

/* A specification is seen while it comes; half of one shows nothing, and is not kept. */
static void
test_half (Fixture *fixture, gconstpointer data)
{
  static const Script half = { .text = "{\"title\": \"Planets\", \"theme\": \"night\", \"cards\": [\"Merc", .piece = 1000, .hold = TRUE };
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppTurn) said = app_turn_new ("A memory game about planets", NULL), turn = app_turn_new_wish (said, "game", NULL);

  scripted_engine_set_script (fixture->engine, &half);
  g_assert_true (try_send (conversation, turn, NULL));
  WAIT_UNTIL (n_artifacts (conversation) == 1 && app_version_get_source (app_artifact_get_current (artifact_at (conversation, 0)))[0] != '\0');
  g_assert_cmpstr (app_version_get_source (app_artifact_get_current (artifact_at (conversation, 0))), ==,
                   "{\n  \"start\" : \"memory\",\n  \"title\" : \"Planets\",\n  \"theme\" : \"night\",\n  \"cards\" : [\n    \"Merc");
  app_conversation_stop (conversation);
  wait_idle (conversation);
  g_assert_cmpuint (n_artifacts (conversation), ==, 0);
  g_assert_null (app_message_get_version (message_at (conversation, 1)));
  g_object_unref (conversation);
}

/* What a specification cannot be to blame for is not asked of the model, and said. */
static void
test_not_its_fault (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestEye) eye = g_object_new (TEST_TYPE_EYE, NULL);
  g_autoptr (AppConversation) conversation = NULL;
  const char *text;

  eye->n_faults = 4;
  eye->says = "kit/kit.js, line 5: ReferenceError: x (part /nothing)";
  conversation = make_memory (fixture, eye);
  wait_idle (conversation);
  g_assert_cmpuint (n_versions (conversation), ==, 1);
  g_assert_cmpuint (eye->n_looks, ==, 1);
  text = app_message_get_text (message_at (conversation, 1));
  g_assert_nonnull (strstr (text, "does not work here."));
  g_assert_nonnull (strstr (text, "The fault is in Melete's own page"));
}

static void
test_not_mended (Fixture *fixture, gconstpointer data)
{
  static const Script page = { .text = PAGE }, edit = { .text = "<<<<<<< SEARCH\n<body>\n=======\n<body>\n<hr>\n>>>>>>> REPLACE\n" };
  g_autoptr (TestEye) eye = g_object_new (TEST_TYPE_EYE, NULL);
  g_autoptr (AppConversation) conversation = NULL;

  eye->n_faults = 100;
  conversation = make (fixture, &page, eye, "tool");
  WAIT_UNTIL (n_artifacts (conversation) == 1 && app_version_get_source (app_artifact_get_current (artifact_at (conversation, 0)))[0] != '\0');
  scripted_engine_set_script (fixture->engine, &edit);
  wait_idle (conversation);
  g_assert_cmpuint (eye->n_looks, ==, 4);
  g_assert_cmpuint (n_versions (conversation), ==, 4);
  g_assert_cmpint (app_version_get_state (app_artifact_get_current (artifact_at (conversation, 0))), ==, APP_VERSION_FAILS);
  g_assert_cmpstr (app_version_get_findings (app_artifact_get_current (artifact_at (conversation, 0)))[0], ==, "A script fails: x is not defined");
  g_assert_nonnull (strstr (app_message_get_text (message_at (conversation, 1)), "does not work yet"));
}

/* Nobody looked: it is said. */
static void
test_unseen (Fixture *fixture, gconstpointer data)
{
  static const Script page = { .text = PAGE };
  g_autoptr (AppConversation) conversation = make (fixture, &page, NULL, "page");

  wait_idle (conversation);
  g_assert_cmpint (app_version_get_state (app_artifact_get_current (artifact_at (conversation, 0))), ==, APP_VERSION_UNSEEN);
  g_assert_nonnull (strstr (app_message_get_text (message_at (conversation, 1)), "Nothing has looked at it yet"));
}

/* What was written until the person stopped it is kept; what never began leaves nothing. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  static const Script half = { .text = "<!DOCTYPE html>\n<p>half", .hold = TRUE }, failed = { .text = "", .error = "The model fell over." };
  g_autoptr (AppConversation) conversation = make (fixture, &half, NULL, "page"), other = NULL;

  WAIT_UNTIL (n_artifacts (conversation) == 1 && strstr (app_version_get_source (app_artifact_get_current (artifact_at (conversation, 0))), "half") != NULL);
  app_conversation_stop (conversation);
  wait_idle (conversation);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_STOPPED);
  g_assert_cmpint (app_version_get_state (app_artifact_get_current (artifact_at (conversation, 0))), ==, APP_VERSION_UNSEEN);

  other = make (fixture, &failed, NULL, "page");
  wait_idle (other);
  g_assert_cmpint (app_message_get_state (message_at (other, 1)), ==, APP_MESSAGE_FAILED);
  g_assert_cmpstr (app_message_get_error (message_at (other, 1)), ==, "The model fell over.");
  g_assert_cmpuint (n_artifacts (other), ==, 0);
  fixture_settle (fixture);
  fixture_settle (fixture);
  g_assert_cmpint (ask_number (fixture, "SELECT count (*) FROM artifacts"), ==, 1);
}

/* A crash while it is written loses what is younger than a moment. */
static void
test_killed (Fixture *fixture, gconstpointer data)
{
  static const Script half = { .text = "<!DOCTYPE html>\n<p>half", .hold = TRUE };
  g_autoptr (AppConversation) conversation = make (fixture, &half, NULL, "page");
  g_autofree char *copy = NULL, *source = NULL;

  WAIT_UNTIL (n_artifacts (conversation) == 1 && strstr (app_version_get_source (app_artifact_get_current (artifact_at (conversation, 0))), "half") != NULL);
  /* Until it is in the file. */
  do {
    g_free (source);
    g_free (copy);
    g_usleep (20000);
    fixture_settle (fixture);
    copy = fixture_copy_killed (fixture);
    source = fixture_ask (copy, "SELECT source FROM artifact_versions");
  } while (g_strcmp0 (source, "<!DOCTYPE html>\n<p>half") != 0);
  app_conversation_stop (conversation);
  wait_idle (conversation);
}

/* Each branch shows what was made on it, as it was there. */
static void
test_branches (Fixture *fixture, gconstpointer data)
{
  static const Script first = { .text = PAGE }, second = { .text = "<!DOCTYPE html><title>Other</title><p>other</html>" };
  g_autoptr (AppConversation) conversation = make (fixture, &first, NULL, "page");
  GAsyncResult *result = NULL;
  AppVersion *edited;

  wait_idle (conversation);
  edited = app_artifacts_edit (app_conversation_get_artifacts (conversation), app_artifact_get_current (artifact_at (conversation, 0)), "<p>by hand", APP_ORIGIN_PERSON);
  g_assert_true (app_message_get_version (message_at (conversation, 1)) == edited);
  scripted_engine_set_script (fixture->engine, &second);
  app_conversation_regenerate_async (conversation, message_at (conversation, 1), keep_result, &result);
  g_assert_true (app_conversation_regenerate_finish (conversation, wait_result (&result), NULL));
  g_object_unref (result);
  wait_idle (conversation);
  g_assert_cmpuint (n_artifacts (conversation), ==, 1);
  g_assert_cmpstr (app_artifact_get_title (artifact_at (conversation, 0)), ==, "Other");
  g_assert_cmpuint (n_versions (conversation), ==, 1);

  result = NULL;
  app_conversation_select_branch_async (conversation, message_at (conversation, 1), 0, keep_result, &result);
  g_assert_true (app_conversation_select_branch_finish (conversation, wait_result (&result), NULL));
  g_object_unref (result);
  g_assert_cmpuint (n_artifacts (conversation), ==, 1);
  g_assert_cmpstr (app_artifact_get_title (artifact_at (conversation, 0)), ==, "Moon & stars");
  g_assert_cmpuint (n_versions (conversation), ==, 2);
  g_assert_cmpstr (app_version_get_source (app_message_get_version (message_at (conversation, 1))), ==, "<p>by hand");
  g_clear_object (&conversation);

  conversation = reopen (fixture);
  g_assert_cmpuint (n_versions (conversation), ==, 2);
  g_assert_cmpstr (app_version_get_source (app_artifact_get_current (artifact_at (conversation, 0))), ==, "<p>by hand");
  g_assert_cmpint (app_version_get_origin (app_artifact_get_current (artifact_at (conversation, 0))), ==, APP_ORIGIN_PERSON);
}

static void
on_storage (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GHashTable **) data = app_artifacts_read_storage_finish (APP_ARTIFACTS (source), result, NULL);
}

/* Names, stars, copies and what a page keeps are there after a restart; with the conversation all of it goes. */
static void
test_kept (Fixture *fixture, gconstpointer data)
{
  static const Script page = { .text = PAGE };
  g_autoptr (AppConversation) conversation = make (fixture, &page, NULL, "game");
  g_autoptr (GHashTable) storage = NULL;
  AppArtifacts *artifacts = app_conversation_get_artifacts (conversation);

  wait_idle (conversation);
  app_artifacts_duplicate (artifacts, app_artifact_get_current (artifact_at (conversation, 0)), "A copy");
  app_artifacts_rename (artifacts, artifact_at (conversation, 0), "Renamed");
  app_artifacts_set_starred (artifacts, artifact_at (conversation, 0), TRUE);
  fixture_settle (fixture);
  app_artifacts_store_value (artifacts, artifact_at (conversation, 0), "best", "12");
  app_artifacts_store_value (artifacts, artifact_at (conversation, 0), "gone", "1");
  app_artifacts_store_value (artifacts, artifact_at (conversation, 0), "gone", NULL);
  g_clear_object (&conversation);

  conversation = reopen (fixture);
  g_assert_cmpuint (n_artifacts (conversation), ==, 2);
  g_assert_cmpstr (app_artifact_get_title (artifact_at (conversation, 0)), ==, "Renamed");
  g_assert_true (app_artifact_get_starred (artifact_at (conversation, 0)));
  g_assert_cmpstr (app_artifact_get_title (artifact_at (conversation, 1)), ==, "A copy");
  app_artifacts_read_storage_async (app_conversation_get_artifacts (conversation), artifact_at (conversation, 0), NULL, on_storage, &storage);
  WAIT_UNTIL (storage != NULL);
  g_assert_cmpuint (g_hash_table_size (storage), ==, 1);
  g_assert_cmpstr (g_hash_table_lookup (storage, "best"), ==, "12");

  fixture_change (fixture, app_history_delete_async, conversation);
  fixture_change (fixture, app_history_purge_async, conversation);
  g_assert_cmpint (ask_number (fixture, "SELECT (SELECT count (*) FROM artifacts) + (SELECT count (*) FROM artifact_versions) + (SELECT count (*) FROM artifact_storage)"), ==, 0);
}

/* ---- out of tables ---- */

static AppConversation *
ask (Fixture *fixture, const Script *script)
{
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("city,amount\nUlm,1200\nBonn,345\nUlm,1000\n", 39);
  g_autoptr (AppAttachment) file = app_attachment_new_for_bytes (bytes, "sales.csv");
  g_autoptr (AppTurn) said = NULL, turn = NULL;

  app_attachment_set_datasets (file, app_conversation_get_datasets (conversation));
  fixture_loaded (file);
  said = fixture_turn ("What is the total in Ulm?", file);
  turn = app_turn_new_wish (said, MAKE_ROUTE_ASK, NULL);
  scripted_engine_set_script (fixture->engine, script);
  g_assert_true (try_send (conversation, turn, NULL));
  wait_idle (conversation);
  return conversation;
}

static void
test_asked (Fixture *fixture, gconstpointer data)
{
  static const Script script = { .text = "SELECT sum(amount) FROM sales WHERE city = 'Ulm'", .piece = 100 };
  g_autoptr (AppConversation) conversation = ask (fixture, &script);
  AppMessage *answer = message_at (conversation, 1);
  const AppSource *source;

  g_assert_cmpstr (app_message_get_text (answer), ==, "**2200**");
  g_assert_cmpuint (app_message_get_sources (answer)->len, ==, 1);
  source = app_message_get_sources (answer)->pdata[0];
  g_assert_cmpstr (source->sql, ==, "SELECT sum(amount) FROM sales WHERE city = 'Ulm'");
  g_assert_cmpstr (source->name, ==, "sales.csv");
  g_assert_cmpuint (app_message_get_citations (answer)->len, ==, 1);
  g_assert_null (app_message_get_notices (answer)[0]);
  g_clear_object (&conversation);

  conversation = reopen (fixture);
  source = app_message_get_sources (message_at (conversation, 1))->pdata[0];
  g_assert_cmpstr (source->sql, ==, "SELECT sum(amount) FROM sales WHERE city = 'Ulm'");

  /* It names the table as it was read then, whatever is corrected afterwards. */
  AppDatasets *datasets = app_conversation_get_datasets (conversation);
  GListModel *files = app_message_get_attachments (message_at (conversation, 0));
  g_autoptr (GAsyncResult) corrected = NULL;
  WAIT_UNTIL (g_list_model_get_n_items (files) == 1);
  g_autoptr (AppAttachment) file = g_list_model_get_item (files, 0);
  app_attachment_correct_dataset_async (file, NULL, "name 0 0 Stadt", NULL, NULL, NULL, keep_result, &corrected);
  g_autoptr (AppDataset) now = app_attachment_correct_dataset_finish (file, wait_result (&corrected), NULL), then = app_datasets_open (datasets, source->tables);
  g_assert_cmpstr (((AppColumn *) g_ptr_array_index (((AppTable *) g_ptr_array_index (app_dataset_get_tables (now), 0))->columns, 0))->sql_name, ==, "stadt");
  g_assert_cmpstr (((AppColumn *) g_ptr_array_index (((AppTable *) g_ptr_array_index (app_dataset_get_tables (then), 0))->columns, 0))->sql_name, ==, "city");
}

static void
test_asked_in_vain (Fixture *fixture, gconstpointer data)
{
  static const Script script = { .text = "DROP TABLE sales", .piece = 100 };
  g_autoptr (AppConversation) conversation = ask (fixture, &script);

  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_FAILED);
  g_assert_nonnull (strstr (app_message_get_error (message_at (conversation, 1)), "did not manage"));
}

/* A table of tables: what code writes, without a word of the model; its page is looked at; and a change of it stands on top. */
static void
test_table (Fixture *fixture, gconstpointer data)
{
  static const Script script = { .text = "SELECT * FROM this WHERE Total > 2000", .piece = 100 };
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppConversation) owned = conversation;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("city,kind,amount\nUlm,a,1200\nBonn,b,345\nUlm,b,1000\n", 50);
  g_autoptr (AppAttachment) file = app_attachment_new_for_bytes (bytes, "sales.csv");
  g_autoptr (TestEye) eye = g_object_new (TEST_TYPE_EYE, NULL);
  g_autoptr (AppTurn) said = NULL, more = NULL, change = NULL;
  AppVersion *version;

  app_attachment_set_datasets (file, app_conversation_get_datasets (conversation));
  fixture_loaded (file);
  app_artifacts_set_checker (app_conversation_get_artifacts (conversation), APP_CHECKER (eye));
  scripted_engine_set_script (fixture->engine, &script);
  said = fixture_turn ("pivot of the amount by city and kind", file);
  g_assert_true (try_send (conversation, said, NULL));
  wait_idle (conversation);
  g_assert_cmpuint (n_artifacts (conversation), ==, 1);
  version = app_artifact_get_current (artifact_at (conversation, 0));
  g_assert_cmpstr (app_artifact_get_kind (artifact_at (conversation, 0))->id, ==, "table");
  g_assert_cmpstr (app_artifact_get_title (artifact_at (conversation, 0)), ==, "Total amount by city and kind");
  g_assert_cmpint (app_version_get_state (version), ==, APP_VERSION_WORKS);
  g_assert_nonnull (strstr (eye->seen, "\"values\":[\"Bonn\",\"Ulm\"]"));
  g_assert_nonnull (strstr (app_message_get_text (message_at (conversation, 1)), "2 rows · 4 columns"));

  more = app_turn_new ("only those with more than 2000", NULL);
  change = app_turn_new_wish (more, "", NULL);
  g_assert_true (try_send (conversation, change, NULL));
  wait_idle (conversation);
  g_assert_cmpuint (n_artifacts (conversation), ==, 1);
  version = app_artifact_get_current (artifact_at (conversation, 0));
  g_assert_true (g_str_has_prefix (app_version_get_source (version), "WITH this AS (\nSELECT city,"));
  g_assert_cmpstr (app_artifact_get_title (artifact_at (conversation, 0)), ==, "Total amount by city and kind");
  g_assert_nonnull (strstr (eye->seen, "\"values\":[\"Ulm\"]"));
}

/* ---- which way ---- */

static void
test_open (void)
{
  static const struct {
    const char *note;
    gboolean open;
  } notes[] = {
    { "What is the password of the tool shed?", FALSE }, { "Was ist ein Quiz?", FALSE }, { "How about a game?", TRUE }, { "Can you make a game?", TRUE },
    { "Hello", FALSE }, { "What is the capital of France?", FALSE }, { "make a game", TRUE }, { "Build me a page", TRUE }, { "", FALSE }, { "Calculators are nice", TRUE }, { "remake", FALSE },
  };
  g_autofree char *long_one = g_strnfill (1300, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    g_assert_cmpint (make_route_is_open (&(MakeRouteCase) { .note = notes[i].note }), ==, notes[i].open);
  memcpy (long_one, "make ", 5);
  g_assert_false (make_route_is_open (&(MakeRouteCase) { .note = long_one }));
  g_assert_true (make_route_is_open (&(MakeRouteCase) { .note = "Hello", .tables = TRUE }));
}

static void
send (Fixture *fixture, AppConversation *conversation, const Script *script, const char *note)
{
  scripted_engine_set_script (fixture->engine, script);
  send_text (conversation, note);
  wait_idle (conversation);
}

/* Who asks about what was made is answered by a model that has its source; who asks about something else is not. */
static void
test_about (Fixture *fixture, gconstpointer data)
{
  static const Script page = { .text = PAGE, .piece = 1000 }, chat = { .text = "chat", .piece = 100 };
  g_autoptr (AppConversation) conversation = make (fixture, &page, NULL, "page");
  g_autofree char *about = NULL, *other = NULL, *again = NULL;

  wait_idle (conversation);
  /* Nobody has to sort this: the first prompt is the answer's. */
  send (fixture, conversation, &chat, "What does this page do?");
  g_assert_cmpuint (n_versions (conversation), ==, 1);
  about = scripted_engine_dup_prompt (fixture->engine);
  g_assert_nonnull (strstr (about, "You have made the page \"Moon & stars\""));
  g_assert_nonnull (strstr (about, "```html\n" PAGE));
  g_assert_true (g_str_has_suffix (about, "```\n\nWhat does this page do?"));
  /* What it is told of it stays out of what was said. */
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 2)), ==, "What does this page do?");

  send (fixture, conversation, &chat, "What is photosynthesis?");
  other = scripted_engine_dup_prompt (fixture->engine);
  g_assert_null (strstr (other, "You have made"));
  send (fixture, conversation, &chat, "Who drew the stars?"); /* a word of its title */
  again = scripted_engine_dup_prompt (fixture->engine);
  g_assert_nonnull (strstr (again, "<p>one</p>"));
}

/* What is longer than there is room for is told without its styles first, and then without its middle, never within a letter. */
static void
test_about_long (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) source = g_string_new ("<!DOCTYPE html>\n<html>\n<head><title>Long</title>\n<style>");
  g_autofree char *styled = NULL, *cut = NULL;
  Script script = { .piece = 100000 };

  for (guint i = 0; i < 400; i++)
    g_string_append (source, "p { margin: 0; }\n");
  g_string_append (source, "</style></head>\n<body>\n<p id=\"kept\">short</p>\n</body>\n</html>");
  script.text = source->str;
  g_autoptr (AppConversation) first = make (fixture, &script, NULL, "page");
  wait_idle (first);
  styled = make_about_dup (app_artifact_get_current (artifact_at (first, 0)), 5000);
  g_assert_nonnull (strstr (styled, "id=\"kept\""));
  g_assert_null (strstr (styled, "margin"));
  g_assert_null (strstr (styled, "[…]"));

  g_string_assign (source, "<!DOCTYPE html>\n<html>\n<body>\n<p>begin</p>\n");
  for (guint i = 0; i < 2000; i++)
    g_string_append (source, "月");
  g_string_append (source, "\n<p>end</p>\n</body>\n</html>");
  for (gsize budget = 995; budget < 1005; budget++) {
    script.text = source->str;
    if (budget == 995) {
      g_clear_object (&first);
      first = make (fixture, &script, NULL, "page");
      wait_idle (first);
    }
    g_free (cut);
    cut = make_about_dup (app_artifact_get_current (artifact_at (first, 0)), budget);
    g_assert_true (g_utf8_validate (cut, -1, NULL));
    g_assert_cmpuint (strlen (cut), <, budget + 300);
    g_assert_nonnull (strstr (cut, "begin"));
    g_assert_nonnull (strstr (cut, "\n[…]\n"));
    g_assert_nonnull (strstr (cut, "end</p>"));
  }
}

/* A dashboard of nothing is not made, and not talked about either: who has chosen it is told what it needs. */
static void
test_lacking (Fixture *fixture, gconstpointer data)
{
  static const Script script = { .text = "Sure." };
  g_autoptr (AppConversation) conversation = make (fixture, &script, NULL, "dashboard");

  wait_idle (conversation);
  g_assert_cmpuint (n_artifacts (conversation), ==, 0);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 1)), ==, APP_MESSAGE_FAILED);
  g_assert_nonnull (strstr (app_message_get_error (message_at (conversation, 1)), "needs a table"));
}

static void
test_kinds (void)
{
  g_assert_cmpstr (app_artifact_kind_find ("dashboard")->id, ==, "dashboard");
  g_assert_cmpstr (app_artifact_kind_find ("of a later version")->id, ==, "");
  g_assert_false (app_artifact_kind_find ("of a later version")->is_page);
  for (guint i = 0; app_artifact_kind_get (i) != NULL; i++) {
    g_assert_true (app_artifact_kind_find (app_artifact_kind_get (i)->id) == app_artifact_kind_get (i));
    g_assert_cmpint (app_artifact_kind_get (i)->is_page, ==, app_artifact_kind_get (i)->make_bundle != NULL);
  }
}

#define ADD(name, function) g_test_add ("/app/artifacts/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("made", test_made);
  ADD ("mended", test_mended);
  ADD ("not-mended", test_not_mended);
  ADD ("part-mended", test_part_mended);
  ADD ("not-its-fault", test_not_its_fault);
  ADD ("half", test_half);
  ADD ("unseen", test_unseen);
  ADD ("stopped", test_stopped);
  ADD ("killed", test_killed);
  ADD ("branches", test_branches);
  ADD ("kept", test_kept);
  ADD ("about", test_about);
  ADD ("about-long", test_about_long);
  ADD ("lacking", test_lacking);
  ADD ("asked", test_asked);
  ADD ("table", test_table);
  ADD ("asked-in-vain", test_asked_in_vain);
  g_test_add_func ("/app/artifacts/open", test_open);
  g_test_add_func ("/app/artifacts/kinds", test_kinds);
  return g_test_run ();
}
