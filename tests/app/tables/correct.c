/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person corrects of how a file's tables are read: it counts from then on, is kept with the file, and changes nothing that was made before. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app-error.h"
#include "app-export.h"
#include "app-import.h"
#include "fixture.h"
#include "tables-fixture.h"

#define SALES "day,code,amount\n03/04/2024,007,10\n04/05/2024,008,20\n05/04/2024,009,30\n"

static AppAttachment *
attach (AppDatasets *datasets, const char *text, const char *name)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  AppAttachment *attachment = app_attachment_new_for_bytes (bytes, name);

  app_attachment_set_datasets (attachment, datasets);
  fixture_loaded (attachment);
  WAIT_UNTIL (app_attachment_get_dataset (attachment) != NULL);
  return attachment;
}

static AppDataset *
correct (AppAttachment *attachment, const char *choices, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_attachment_correct_dataset_async (attachment, app_attachment_get_dataset (attachment), choices, NULL, NULL, NULL, keep_result, &result);
  return app_attachment_correct_dataset_finish (attachment, wait_result (&result), error);
}

static char *
choose_order (const char *order)
{
  g_autoptr (AppTableChoices) choices = app_table_choices_new (NULL);

  app_table_choices_set_order (choices, 0, 0, order);
  return app_table_choices_dup_text (choices);
}

/* What April comes to, of the table that a question is put to now. */
static char *
ask_april (AppConversation *conversation)
{
  GListModel *attachments = app_message_get_attachments (message_at (conversation, 0));
  g_autoptr (GAsyncResult) result = NULL;

  WAIT_UNTIL (g_list_model_get_n_items (attachments) == 1);
  g_autoptr (AppAttachment) attachment = g_list_model_get_item (attachments, 0);
  app_attachment_read_dataset_async (attachment, app_conversation_get_datasets (conversation), NULL, keep_result, &result);
  g_autoptr (GPtrArray) datasets = tables_list (app_attachment_read_dataset_finish (attachment, wait_result (&result), NULL), NULL);
  return tables_ask (datasets, "SELECT sum (amount) FROM sales WHERE day >= '2024-04-01' AND day < '2024-05-01'");
}

static void
assert_april (AppConversation *conversation, const char *expected)
{
  g_autofree char *sum = ask_april (conversation);
  g_assert_cmpstr (sum, ==, expected);
}

/* A conversation whose note has the file. */
static AppConversation *
begin (AppConversation *conversation, AppAttachment *attachment)
{
  AppTurn *turn = fixture_turn ("What is in it?", attachment);

  g_assert_true (try_send (conversation, turn, NULL));
  wait_idle (conversation);
  app_turn_unref (turn);
  return conversation;
}

/* A wrong order of day and month gives wrong sums, and the right one right ones; to go back is a correction like others. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppAttachment) attachment = attach (app_conversation_get_datasets (conversation), SALES, "sales.csv");
  g_autofree char *dmy = choose_order ("dmy"), *mdy = choose_order ("mdy");

  begin (conversation, attachment);
  g_object_unref (correct (attachment, dmy, NULL));
  assert_april (conversation, "40");
  g_object_unref (correct (attachment, mdy, NULL));
  assert_april (conversation, "20");
  g_object_unref (correct (attachment, "", NULL));
  g_assert_cmpstr (app_datasets_get_choices (app_conversation_get_datasets (conversation), app_attachment_get_sha256 (attachment)), ==, "");
}

/* What does not fit changes nothing. */
static void
test_refused (TablesFixture *fixture, gconstpointer data)
{
  static const char *const wrong[] = { "type 0 1 date", "skip 0 40", "header 0 9" };
  g_autoptr (AppAttachment) attachment = attach (fixture->datasets, "what,name\n1,Ada\n2,Bert\n", "x.csv");
  g_autoptr (AppDataset) before = g_object_ref (app_attachment_get_dataset (attachment));

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (correct (attachment, wrong[i], &error));
    g_assert_nonnull (error);
    g_assert_true (app_attachment_get_dataset (attachment) == before);
    g_assert_cmpstr (app_datasets_get_choices (fixture->datasets, app_attachment_get_sha256 (attachment)), ==, "");
  }
  /* A type that some cells have not is one. */
  g_autoptr (AppDataset) text = correct (attachment, "type 0 0 text", NULL);
  g_assert_nonnull (text);
}

static void
test_names (TablesFixture *fixture, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = attach (fixture->datasets, "a;b\n1;2\n", "x.csv");
  g_autoptr (AppTableChoices) choices = app_table_choices_new (NULL);

  app_table_choices_set_name (choices, 0, 1, "Größe in m\nund mehr");
  app_table_choices_set_type (choices, 0, 0, MEDIA_COLUMN_TEXT);
  g_autofree char *text = app_table_choices_dup_text (choices);
  g_autoptr (AppTableChoices) again = app_table_choices_new (text);
  g_autofree char *name = app_table_choices_dup_name (again, 0, 1);
  g_assert_cmpstr (name, ==, "Größe in m\nund mehr");
  g_autoptr (AppDataset) dataset = correct (attachment, text, NULL);
  const AppTable *table = g_ptr_array_index (app_dataset_get_tables (dataset), 0);
  g_assert_cmpstr (((AppColumn *) g_ptr_array_index (table->columns, 1))->name, ==, "Größe in m\nund mehr");
  g_assert_cmpstr (((AppColumn *) g_ptr_array_index (table->columns, 1))->sql_name, ==, "größe_in_m_und_mehr");
  g_autoptr (GPtrArray) list = tables_list (g_object_ref (dataset), NULL);
  g_autofree char *value = tables_ask (list, "SELECT größe_in_m_und_mehr, typeof (a) FROM x");
  g_assert_cmpstr (value, ==, "2|text");
  /* What is said of a column can be taken back. */
  g_assert_true (app_table_choices_has_column (again, 0, 1));
  app_table_choices_forget_column (again, 0, 1);
  g_assert_false (app_table_choices_has_column (again, 0, 1));
  g_assert_true (app_table_choices_has_column (again, 0, 0));
  app_table_choices_forget_columns (again);
  g_autofree char *nothing = app_table_choices_dup_text (again);
  g_assert_cmpstr (nothing, ==, "");
}

/* Of several tables the one that is meant, though another one before it is empty. */
static void
test_place (TablesFixture *fixture, gconstpointer data)
{
  const char *text = "{\"empty\": [], \"first\": [{\"a\": 1}, {\"a\": 2}], \"second\": [{\"b\": 3}]}";
  g_autoptr (AppAttachment) attachment = attach (fixture->datasets, text, "x.json");
  guint n = app_dataset_get_tables (app_attachment_get_dataset (attachment))->len;
  g_autofree char *choices = g_strdup_printf ("type %u 0 text", n - 1);
  g_autoptr (AppDataset) dataset = correct (attachment, choices, NULL);
  const AppTable *last = g_ptr_array_index (app_dataset_get_tables (dataset), n - 1), *before = g_ptr_array_index (app_dataset_get_tables (dataset), n - 2);

  g_assert_cmpint (((AppColumn *) g_ptr_array_index (last->columns, 0))->type, ==, MEDIA_COLUMN_TEXT);
  g_assert_cmpint (((AppColumn *) g_ptr_array_index (before->columns, 0))->type, ==, MEDIA_COLUMN_INTEGER);
}

/* A correction is there after a restart, and after a kill in the moment that it was acknowledged. */
static void
test_kept (Fixture *fixture, gconstpointer data)
{
  AppConversation *conversation = begin (app_history_new_conversation (fixture->history), attach (app_conversation_get_datasets (app_history_get_unsent (fixture->history)), SALES, "sales.csv"));
  g_autoptr (AppMessage) note = g_object_ref (message_at (conversation, 0));
  g_autoptr (AppAttachment) attachment = g_list_model_get_item (app_message_get_attachments (note), 0);
  g_autofree char *dmy = choose_order ("dmy"), *mdy = choose_order ("mdy"), *killed = NULL, *kept = NULL, *after = NULL;

  g_object_unref (correct (attachment, mdy, NULL));
  fixture_settle (fixture);
  killed = fixture_copy_killed (fixture);
  kept = fixture_ask (killed, "SELECT choices FROM table_choices");
  g_assert_cmpstr (kept, ==, mdy);
  g_object_unref (correct (attachment, dmy, NULL));
  g_clear_object (&attachment);
  g_clear_object (&note);
  fixture_close (fixture);
  g_object_unref (conversation);
  fixture_open (fixture);
  conversation = g_object_ref (conversation_at (fixture, 0));
  load (conversation);
  assert_april (conversation, "40");
  /* It goes with the file. */
  fixture_change (fixture, app_history_delete_async, conversation);
  fixture_change (fixture, app_history_purge_async, conversation);
  g_object_unref (conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM table_choices"), ==, 0);
  fixture_open (fixture);
}

#define KILLED "MELETE_TEST_KILLED"

/* The program that is killed in the moment in which it hears that a correction is done and stored. */
static void
test_killed_child (void)
{
  Fixture fixture = { 0 };
  g_autofree char *mdy = choose_order ("mdy");

  if (g_getenv (KILLED) == NULL)
    return;
  fixture_set_up_closed (&fixture, NULL);
  fixture_delete_folder (fixture.folder);
  fixture.path = g_strdup (g_getenv (KILLED));
  fixture_open (&fixture);
  AppConversation *conversation = app_history_new_conversation (fixture.history);
  AppAttachment *attachment = attach (app_conversation_get_datasets (conversation), SALES, "sales.csv");
  begin (conversation, attachment);
  g_assert_nonnull (correct (attachment, mdy, NULL));
  fixture_settle (&fixture);
  kill (getpid (), SIGKILL);
}

static void
test_killed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "killed", NULL), *path = g_build_filename (folder, "history.db", NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_setenv (KILLED, path, TRUE);
  g_test_trap_subprocess ("/correct/killed/subprocess", 0, 0);
  g_unsetenv (KILLED);
  g_assert_false (g_test_trap_has_passed ());
  fixture_close (fixture);
  g_free (fixture->path);
  fixture->path = g_steal_pointer (&path);
  fixture_open (fixture);
  AppConversation *conversation = g_object_ref (conversation_at (fixture, 0));
  load (conversation);
  assert_april (conversation, "20");
  g_object_unref (conversation);
}

/* What is corrected before it is sent is stored with what is typed, and goes along with the note. */
static void
test_draft (Fixture *fixture, gconstpointer data)
{
  AppConversation *unsent = app_history_get_unsent (fixture->history);
  AppAttachment *attachment = attach (app_conversation_get_datasets (unsent), SALES, "sales.csv");
  g_autoptr (GListStore) files = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autofree char *mdy = choose_order ("mdy");

  g_object_unref (correct (attachment, mdy, NULL));
  fixture_settle (fixture);
  g_list_store_append (files, attachment);
  app_conversation_set_draft (unsent, "What", G_LIST_MODEL (files));
  fixture_settle (fixture);
  fixture_close (fixture);
  g_object_unref (attachment);
  g_autofree char *stored = fixture_ask (fixture->path, "SELECT choices FROM table_choices");
  g_assert_cmpstr (stored, ==, mdy);
  fixture_open (fixture);
}

/* What becomes of a temporary conversation: kept, or exported and imported. */
static void
test_temporary (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) temporary = app_history_new_temporary (fixture->history);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *dmy = choose_order ("dmy"), *mdy = choose_order ("mdy");

  if (app_conversation_get_datasets (temporary) == NULL) {
    g_test_skip ("There is no place in memory for tables here.");
    return;
  }
  g_autoptr (AppAttachment) attachment = attach (app_conversation_get_datasets (temporary), SALES, "sales.csv");
  begin (temporary, attachment);
  g_object_unref (correct (attachment, mdy, NULL));
  assert_april (temporary, "20");
  app_history_keep_async (fixture->history, temporary, keep_result, &result);
  g_autoptr (AppConversation) kept = app_history_keep_finish (fixture->history, wait_result (&result), NULL);
  g_assert_nonnull (kept);
  load (kept);
  fixture_settle (fixture);
  g_assert_cmpstr (app_datasets_get_choices (app_conversation_get_datasets (kept), app_attachment_get_sha256 (attachment)), ==, mdy);
  assert_april (kept, "20");
}

static void
test_transfer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autoptr (AppAttachment) attachment = attach (app_conversation_get_datasets (conversation), SALES, "sales.csv");
  g_autofree char *mdy = choose_order ("mdy"), *place = g_build_filename (fixture->folder, "out.json", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (place);
  g_autoptr (GAsyncResult) exported = NULL, imported = NULL;
  g_autoptr (GError) error = NULL;

  begin (conversation, attachment);
  g_object_unref (correct (attachment, mdy, NULL));
  app_history_export_async (fixture->history, NULL, "json", file, NULL, NULL, NULL, keep_result, &exported);
  g_assert_cmpint (app_history_export_finish (fixture->history, wait_result (&exported), &error), ==, 1);
  g_assert_no_error (error);
  g_clear_object (&exported);
  fixture_change (fixture, app_history_delete_async, conversation);
  fixture_change (fixture, app_history_purge_async, conversation);
  fixture_close (fixture);
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM table_choices"), ==, 0);
  fixture_open (fixture);
  app_history_import_async (fixture->history, file, NULL, NULL, NULL, keep_result, &imported);
  g_autoptr (AppImportResult) in = app_history_import_finish (fixture->history, wait_result (&imported), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (in->n_added, ==, 1);
  fixture_settle (fixture);
  g_clear_object (&conversation);
  conversation = g_object_ref (conversation_at (fixture, 0));
  load (conversation);
  assert_april (conversation, "20");
}

/* Readings that nobody speaks of any more go, the newest one stays. */
static void
test_tidy (TablesFixture *fixture, gconstpointer data)
{
  AppAttachment *attachment = attach (fixture->datasets, SALES, "sales.csv");
  g_autoptr (GHashTable) live = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *dmy = choose_order ("dmy"), *mdy = choose_order ("mdy"), *spoken = NULL;
  guint n;

  AppDataset *first = correct (attachment, dmy, NULL);
  spoken = g_strdup (app_dataset_get_id (first));
  g_object_unref (first);
  g_object_unref (correct (attachment, mdy, NULL));
  g_hash_table_add (live, g_strdup (app_attachment_get_sha256 (attachment)));
  g_hash_table_add (live, g_strdup (spoken));
  g_object_unref (attachment);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (tables_count_files (fixture, ".sqlite"), ==, 3);
  for (guint round = 0; round < 2; round++) {
    g_autoptr (GAsyncResult) result = NULL;
    app_datasets_tidy_async (fixture->datasets, live, keep_result, &result);
    g_assert_true (app_datasets_tidy_finish (fixture->datasets, wait_result (&result), &n, NULL));
    g_assert_cmpuint (n, ==, 1);
    g_hash_table_remove (live, spoken);
  }
  g_assert_cmpuint (tables_count_files (fixture, ".sqlite"), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add ("/correct/" path, TablesFixture, NULL, tables_set_up, test, tables_tear_down)
#define ADD_HISTORY(path, test) g_test_add ("/correct/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
  ADD_HISTORY ("order", test_order);
  ADD ("refused", test_refused);
  ADD ("names", test_names);
  ADD ("place", test_place);
  ADD_HISTORY ("kept", test_kept);
  ADD_HISTORY ("killed", test_killed);
  g_test_add_func ("/correct/killed/subprocess", test_killed_child);
  ADD_HISTORY ("draft", test_draft);
  ADD_HISTORY ("temporary", test_temporary);
  ADD_HISTORY ("transfer", test_transfer);
  ADD ("tidy", test_tidy);
  return g_test_run ();
}
