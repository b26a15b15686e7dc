/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Out of one history and into another. With a number as argument the long test takes so many conversations: test-app-transfer 1000. */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "app-error.h"
#include "app-import.h"
#include "trees.h"

static guint n_random = 60;

/* ---- helpers ---- */

static GFile *
file_in (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  return g_file_new_for_path (path);
}

static char *
export_to (Fixture *fixture, AppConversation *conversation, const char *format, int n)
{
  g_autoptr (GFile) file = file_in (fixture, "export");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *text;

  app_history_export_async (fixture->history, conversation, format, file, NULL, NULL, NULL, keep_result, &result);
  g_assert_cmpint (app_history_export_finish (fixture->history, wait_result (&result), &error), ==, n);
  g_assert_no_error (error);
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, &error));
  return text;
}

static AppImportResult *
import_file (Fixture *fixture, GFile *file, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_history_import_async (fixture->history, file, NULL, NULL, NULL, keep_result, &result);
  return app_history_import_finish (fixture->history, wait_result (&result), error);
}

static AppImportResult *
import_text (Fixture *fixture, const char *text, GError **error)
{
  g_autoptr (GFile) file = file_in (fixture, "import.json");

  g_assert_true (g_file_replace_contents (file, text, strlen (text), NULL, FALSE, 0, NULL, NULL, NULL));
  return import_file (fixture, file, error);
}

/* The list begins anew in an empty history. */
static void
begin_anew (Fixture *fixture)
{
  fixture_close (fixture);
  g_free (fixture->path);
  fixture->path = g_build_filename (fixture->folder, "second.db", NULL);
  fixture_open (fixture);
}

static void
assert_same (GPtrArray *a, GPtrArray *b)
{
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    g_assert_cmpstr (a->pdata[i], ==, b->pdata[i]);
}

/* ---- Melete's own ---- */

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  guint32 seed = g_test_rand_int ();
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (GHashTable) bytes = trees_bytes_new ();
  g_autoptr (GPtrArray) before = NULL, after = NULL;
  g_autoptr (GFile) file = file_in (fixture, "export");
  g_autoptr (GError) error = NULL;
  gint64 begin;

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < n_random; i++) {
    g_autoptr (AppTree) tree = trees_random (random, bytes);
    trees_add (fixture, tree, bytes);
  }
  before = trees_dump (fixture);
  g_assert_cmpuint (before->len, ==, n_random);
  begin = g_get_monotonic_time ();
  g_free (export_to (fixture, NULL, "json", n_random));
  g_test_message ("exported in %.2f s", (g_get_monotonic_time () - begin) / 1e6);
  begin_anew (fixture);
  begin = g_get_monotonic_time ();
  {
    g_autoptr (AppImportResult) result = import_file (fixture, file, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (result->n_added, ==, n_random);
    g_assert_cmpuint (result->n_damaged + result->n_known + result->n_missing, ==, 0);
  }
  g_test_message ("imported in %.2f s", (g_get_monotonic_time () - begin) / 1e6);
  after = trees_dump (fixture);
  assert_same (before, after);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, n_random);
  /* Once more: nothing doubles. */
  {
    g_autoptr (AppImportResult) result = import_file (fixture, file, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (result->n_added, ==, 0);
    g_assert_cmpuint (result->n_known, ==, n_random);
  }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, n_random);
}

/* A file that ends early keeps what came before; the rest comes with the whole file. */
static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) a = fixture_talk (fixture, "first", "x");
  g_autoptr (AppConversation) b = fixture_talk (fixture, "second", "x");
  g_autofree char *text = export_to (fixture, NULL, "json", 2);
  g_autofree char *cut = g_strndup (text, strlen (text) - 20);
  g_autoptr (AppImportResult) result = NULL;
  g_autoptr (AppImportResult) again = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_object (&a);
  g_clear_object (&b);
  begin_anew (fixture);
  result = import_text (fixture, cut, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 1);
  g_assert_nonnull (strstr (result->sentence, "ends early"));
  again = import_text (fixture, text, &error);
  g_assert_cmpuint (again->n_added, ==, 1);
  g_assert_cmpuint (again->n_known, ==, 1);
}

static void
cancel_now (double fraction, guint done, gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GHashTable) bytes = trees_bytes_new ();
  g_autoptr (GFile) file = file_in (fixture, "export"), other = file_in (fixture, "other");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) exported = NULL, imported = NULL;
  g_autoptr (AppImportResult) result = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 40; i++) {
    g_autoptr (AppTree) tree = trees_random (random, bytes);
    trees_add (fixture, tree, bytes);
  }
  g_free (export_to (fixture, NULL, "json", 40));
  /* Neither file is left by half. */
  app_history_export_async (fixture->history, NULL, "json", other, cancel_now, cancellable, cancellable, keep_result, &exported);
  if (app_history_export_finish (fixture->history, wait_result (&exported), &error) < 0) {
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_false (g_file_query_exists (other, NULL));
    g_clear_error (&error);
  }
  g_cancellable_cancel (cancellable);
  g_clear_object (&exported);
  begin_anew (fixture);
  app_history_import_async (fixture->history, file, NULL, NULL, cancellable, keep_result, &imported);
  result = app_history_import_finish (fixture->history, wait_result (&imported), &error);
  g_assert_no_error (error);
  g_assert_true (result->stopped);
  g_assert_cmpuint (result->n_added, ==, g_list_model_get_n_items (G_LIST_MODEL (fixture->history)));
}

static void
test_foreign_damage (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *text, *sentence;
    int code;
  } files[] = {
    { "", "ends early", APP_ERROR_DAMAGED },
    { "no JSON", "not valid JSON", APP_ERROR_DAMAGED },
    { "[{\"recipe\": 1}]", "no conversations that Melete knows", APP_ERROR_INVALID },
    { "[1, 2]", "no conversations that Melete knows", APP_ERROR_INVALID },
    { "{\"format\":\"melete-conversations\",\"version\":2,\"items\":[{}]}", "newer Melete", APP_ERROR_NEWER },
    { "{\"format\":\"melete-conversations\",\"version\":1,\"items\":[{\"conversation\":{\"title\":\"t\",\"messages\":[{\"role\":\"user\",\"state\":\"done\",\"text\":\"x\",\"parent\":0}]}}]}",
      "do not hang together", APP_ERROR_DAMAGED },
    { "{\"format\":\"melete-conversations\",\"version\":1,\"items\":[{\"attachment\":{\"sha256\":\"ab\",\"size\":3}}]}", "attachment is incomplete", APP_ERROR_DAMAGED },
    { "PK\003\004 and no archive", "archive is damaged", APP_ERROR_DAMAGED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (import_text (fixture, files[i].text, &error));
    g_assert_error (error, APP_ERROR, files[i].code);
    g_assert_nonnull (strstr (error->message, files[i].sentence));
  }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->history)), ==, 0);
}

/* An attachment that is named but not there: the conversation comes, and says so. */
static void
test_missing_bytes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autoptr (GHashTable) bytes = trees_bytes_new ();
  g_autoptr (AppTree) tree = trees_random (random, bytes);
  g_autoptr (AppImportResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *notices = NULL;
  char *begin, *end;

  while (g_hash_table_size (bytes) != 1) {
    g_clear_pointer (&tree, app_tree_free);
    g_hash_table_remove_all (bytes);
    tree = trees_random (random, bytes);
  }
  trees_add (fixture, tree, bytes);
  text = export_to (fixture, NULL, "json", 1);
  begin = strstr (text, "{\"attachment\"");
  end = strstr (text, "{\"conversation\"");
  g_assert_true (begin && begin < end);
  memmove (begin, end, strlen (end) + 1);
  begin_anew (fixture);
  result = import_text (fixture, text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 1);
  fixture_close (fixture);
  notices = fixture_ask (fixture->path, "SELECT group_concat (notices) FROM messages");
  g_assert_nonnull (strstr (notices, "not in the file that was imported"));
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT count (*) FROM message_attachments"), ==, 0);
}

/* ---- to be read ---- */

static void
test_markdown (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "What is *this*?", "<think>Hm.\nYes.</think>\n\nA **list**:\n\n- one");
  g_autoptr (AppConversation) other = fixture_talk (fixture, "Another", "one");
  g_autofree char *text = export_to (fixture, conversation, "markdown", 1);
  g_autofree char *all = export_to (fixture, NULL, "markdown", 2);

  g_assert_true (g_str_has_prefix (text, "# What is \\*this\\*?\n\n## You · "));
  g_assert_nonnull (strstr (text, "\n\nWhat is *this*?\n\n## Scripted 1B · "));
  g_assert_nonnull (strstr (text, "> *Thoughts*\n>\n> Hm.\n> Yes.\n\nA **list**:\n\n- one\n"));
  g_assert_null (strstr (text, "Another"));
  g_assert_nonnull (strstr (all, "\n---\n\n# "));
}

/* A thought that is kept apart is told apart, and comes back as such. */
static void
test_thought (Fixture *fixture, gconstpointer data)
{
  Script script = { .thought = "Let me see.", .text = "Here.", .thought_end = APP_THOUGHT_CAP };
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_autofree char *markdown = NULL, *html = NULL, *json = NULL;

  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Where?");
  wait_idle (conversation);
  markdown = export_to (fixture, conversation, "markdown", 1);
  g_assert_nonnull (strstr (markdown, "> *Thoughts*\n>\n> Let me see.\n\nHere.\n"));
  html = export_to (fixture, conversation, "html", 1);
  g_assert_nonnull (strstr (html, "<details><summary>Thoughts</summary>\n<p>Let me see."));
  json = export_to (fixture, conversation, "json", 1);
  g_assert_nonnull (strstr (json, "\"thought\":\"Let me see.\""));
  g_assert_nonnull (strstr (json, "\"thought_end\":\"cap\""));
}

static void
test_html (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppConversation) conversation =
      fixture_talk (fixture, "<script>alert (1)</script>", "A ![picture](https://example.org/seen.png) <img src=x onerror=y> [link](javascript:bad)\n\n| a | b |\n|---|---|\n| 1 | 2 |");
  g_autofree char *text = export_to (fixture, conversation, "html", 1);

  g_assert_true (g_str_has_prefix (text, "<!doctype html>"));
  g_assert_nonnull (strstr (text, "&lt;script&gt;alert (1)&lt;/script&gt;"));
  g_assert_nonnull (strstr (text, "<a href=\"https://example.org/seen.png\">picture</a>"));
  g_assert_nonnull (strstr (text, "<td>1</td>"));
  g_assert_null (strstr (text, "<script"));
  g_assert_null (strstr (text, "<img"));
  g_assert_null (strstr (text, "javascript:bad"));
  g_assert_nonnull (strstr (text, "prefers-color-scheme: dark"));
}

static const guint8 png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89 };

static char *
png_address (void)
{
  g_autofree char *base64 = g_base64_encode (png, sizeof png);

  return g_strconcat ("data:image/png;base64,", base64, NULL);
}

/* ---- others ---- */

static char *
path_of (AppConversation *conversation)
{
  g_autoptr (GString) out = g_string_new (app_conversation_get_title (conversation));

  load (conversation);
  for (guint i = 0; i < n_messages (conversation); i++) {
    AppMessage *message = message_at (conversation, i);
    g_string_append_printf (out, " | %s: %s", app_role_to_string (app_message_get_role (message)), app_message_get_text (message));
    if (app_message_get_branch_count (message) > 1)
      g_string_append_printf (out, " (%u of %u)", app_message_get_branch_index (message) + 1, app_message_get_branch_count (message));
    if (app_message_get_n_attachments (message))
      g_string_append_printf (out, " +%u", app_message_get_n_attachments (message));
  }
  return g_strdup (out->str);
}

static const char chatgpt[] =
    "[{\"title\": \"Trees\", \"create_time\": 1700000000.25, \"update_time\": 1700000500.5, \"current_node\": \"a1\", \"mapping\": {"
    "\"root\": {\"id\": \"root\", \"message\": null, \"parent\": null, \"children\": [\"sys\"]},"
    "\"sys\": {\"message\": {\"author\": {\"role\": \"system\"}, \"content\": {\"content_type\": \"text\", \"parts\": [\"\"]}}, \"parent\": \"root\", \"children\": [\"u1\"]},"
    "\"u1\": {\"message\": {\"author\": {\"role\": \"user\"}, \"create_time\": 1700000001, \"content\": {\"content_type\": \"multimodal_text\", \"parts\": ["
    "{\"content_type\": \"image_asset_pointer\", \"asset_pointer\": \"file-service://file-abc\"}, \"What is it?\"]},"
    "\"metadata\": {\"attachments\": [{\"id\": \"file-abc\", \"name\": \"leaf.png\"}, {\"id\": \"file-xyz\", \"name\": \"paper.pdf\"}]}}, \"parent\": \"sys\", \"children\": [\"a1\", \"a2\"]},"
    "\"a1\": {\"message\": {\"author\": {\"role\": \"assistant\"}, \"content\": {\"content_type\": \"text\", \"parts\": [\"A leaf.\"]}, \"metadata\": {\"model_slug\": \"gpt-4o\"}}, \"parent\": \"u1\","
    " \"children\": []},"
    "\"a2\": {\"message\": {\"author\": {\"role\": \"assistant\"}, \"content\": {\"content_type\": \"text\", \"parts\": [\"Let me look.\"]}}, \"parent\": \"u1\", \"children\": [\"t\"]},"
    "\"t\": {\"message\": {\"author\": {\"role\": \"tool\"}, \"content\": {\"content_type\": \"text\", \"parts\": [\"secret\"]}}, \"parent\": \"a2\", \"children\": [\"a3\"]},"
    "\"a3\": {\"message\": {\"author\": {\"role\": \"assistant\"}, \"content\": {\"content_type\": \"text\", \"parts\": [\"An oak \\ud83d leaf.\"]}}, \"parent\": \"t\", \"children\": [\"a2\"]}"
    "}}]";

static void
test_chatgpt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppImportResult) result = NULL;
  g_autoptr (AppImportResult) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL, *joined = NULL;

  result = import_text (fixture, chatgpt, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 1);
  g_assert_cmpuint (result->n_missing, ==, 2);
  path = path_of (conversation_at (fixture, 0));
  g_assert_cmpstr (path, ==, "Trees | user: What is it? | assistant: A leaf. (1 of 2)");
  g_assert_cmpstr (app_message_get_model_name (message_at (conversation_at (fixture, 0), 1)), ==, "gpt-4o");
  g_assert_nonnull (strstr (app_message_get_notices (message_at (conversation_at (fixture, 0), 0))[0], "leaf.png"));
  g_assert_nonnull (strstr (app_message_get_notices (message_at (conversation_at (fixture, 0), 0))[1], "paper.pdf"));
  again = import_text (fixture, chatgpt, &error);
  g_assert_cmpuint (again->n_known, ==, 1);
  fixture_close (fixture);
  joined = fixture_ask (fixture->path, "SELECT text FROM messages WHERE text LIKE 'Let me%'");
  g_assert_cmpstr (joined, ==, "Let me look.\n\nAn oak \357\277\275 leaf.");
  g_assert_cmpint (fixture_ask_number (fixture->path, "SELECT updated FROM conversations"), ==, 1700000500500);
}

static void
write_zip (const char *path, const char *json)
{
  struct archive *archive = archive_write_new ();
  const struct {
    const char *name;
    const void *bytes;
    gsize n;
  } members[] = { { "user.json", "{}", 2 }, { "user-1/file-abc-leaf.png", png, sizeof png }, { "conversations.json", json, strlen (json) } };

  archive_write_set_format_zip (archive);
  g_assert_cmpint (archive_write_open_filename (archive, path), ==, ARCHIVE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    struct archive_entry *entry = archive_entry_new ();
    archive_entry_set_pathname (entry, members[i].name);
    archive_entry_set_size (entry, members[i].n);
    archive_entry_set_filetype (entry, AE_IFREG);
    g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
    g_assert_cmpint (archive_write_data (archive, members[i].bytes, members[i].n), ==, members[i].n);
    archive_entry_free (entry);
  }
  archive_write_free (archive);
}

/* The picture comes out of the archive, and goes into the page. */
static void
test_chatgpt_zip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) file = file_in (fixture, "chatgpt.zip");
  g_autoptr (AppImportResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL, *html = NULL, *address = png_address (), *markdown = NULL;

  write_zip (g_file_peek_path (file), chatgpt);
  result = import_file (fixture, file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 1);
  g_assert_cmpuint (result->n_missing, ==, 1);
  path = path_of (conversation_at (fixture, 0));
  g_assert_cmpstr (path, ==, "Trees | user: What is it? +1 | assistant: A leaf. (1 of 2)");
  html = export_to (fixture, NULL, "html", 1);
  g_assert_nonnull (strstr (html, address));
  g_assert_nonnull (strstr (html, "alt=\"leaf.png\""));
  markdown = export_to (fixture, NULL, "markdown", 1);
  g_assert_nonnull (strstr (markdown, "- Attached: leaf.png"));
}

static void
test_open_webui (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = png_address ();
  g_autofree char *text = g_strdup_printf (
      "[{\"id\": \"1\", \"title\": \"Soup\", \"created_at\": 1700000000, \"updated_at\": 1700000100, \"pinned\": true, \"folder_id\": \"f-1\", \"chat\": {\"models\": [\"llama3\"],"
      " \"history\": {\"currentId\": \"d\", \"messages\": {"
      "\"a\": {\"id\": \"a\", \"parentId\": null, \"childrenIds\": [\"b\", \"c\"], \"role\": \"user\", \"content\": \"Soup?\", \"timestamp\": 1700000001,"
      " \"files\": [{\"type\": \"image\", \"url\": \"%s\"}, {\"type\": \"file\", \"name\": \"recipe.docx\"}]},"
      "\"b\": {\"id\": \"b\", \"parentId\": \"a\", \"childrenIds\": [], \"role\": \"assistant\", \"content\": \"Leek.\", \"model\": \"llama3\"},"
      "\"c\": {\"id\": \"c\", \"parentId\": \"a\", \"childrenIds\": [\"d\"], \"role\": \"assistant\", \"content\": \"Pea.\", \"modelName\": \"Llama 3\"},"
      "\"d\": {\"id\": \"d\", \"parentId\": \"c\", \"childrenIds\": [], \"role\": \"user\", \"content\": \"Thanks\"}}}}},"
      "{\"title\": \"Empty\", \"folder_id\": \"f-1\", \"chat\": {\"history\": {\"messages\": {}, \"currentId\": null}}}]",
      address);
  g_autoptr (AppImportResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL, *folder = NULL;

  result = import_text (fixture, text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 1);
  g_assert_cmpuint (result->n_missing, ==, 1);
  path = path_of (conversation_at (fixture, 0));
  g_assert_cmpstr (path, ==, "Soup | user: Soup? +1 | assistant: Pea. (2 of 2) | user: Thanks");
  g_assert_true (app_conversation_get_pinned (conversation_at (fixture, 0)));
  g_assert_cmpstr (app_message_get_model_name (message_at (conversation_at (fixture, 0), 1)), ==, "Llama 3");
  fixture_close (fixture);
  folder = fixture_ask (fixture->path, "SELECT f.name FROM conversations c JOIN folders f ON f.id = c.folder");
  g_assert_cmpstr (folder, ==, "Open WebUI folder 1");
}

/* Something else among conversations is left out, and told. */
static void
test_among (Fixture *fixture, gconstpointer data)
{
  g_autofree char *one = g_strndup (chatgpt + 1, strlen (chatgpt) - 2);
  g_autofree char *text = g_strdup_printf ("[%s, {\"recipe\": 1}, {\"title\": \"Tea\", \"mapping\": {\"a\": {\"message\": {\"author\": {\"role\": \"user\"},"
                                           " \"content\": {\"parts\": [\"Tea?\"]}}}}}]", one);
  g_autoptr (AppImportResult) result = NULL;
  g_autoptr (GError) error = NULL;

  result = import_text (fixture, text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_added, ==, 2);
  g_assert_cmpuint (result->n_damaged, ==, 1);
  g_assert_nonnull (result->sentence);
}

/* What was imported goes on like any other, and is found. */
static void
test_goes_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppImportResult) result = NULL;
  g_autoptr (GListModel) hits = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *prompt = NULL;

  result = import_text (fixture, chatgpt, &error);
  g_assert_no_error (error);
  load (conversation_at (fixture, 0));
  send_text (conversation_at (fixture, 0), "And now?");
  wait_idle (conversation_at (fixture, 0));
  prompt = scripted_engine_dup_prompt (fixture->engine);
  g_assert_cmpstr (prompt, ==, "user: What is it?\nassistant: A leaf.\nuser: And now?");
  hits = search (fixture, "oak");
  g_assert_cmpuint (g_list_model_get_n_items (hits), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    n_random = MAX (atoi (argv[1]), 1);
#define ADD(path, function) g_test_add ("/app/transfer/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("truncated", test_truncated);
  ADD ("cancel", test_cancel);
  ADD ("foreign-damage", test_foreign_damage);
  ADD ("missing-bytes", test_missing_bytes);
  ADD ("markdown", test_markdown);
  ADD ("thought", test_thought);
  ADD ("html", test_html);
  ADD ("chatgpt", test_chatgpt);
  ADD ("chatgpt-zip", test_chatgpt_zip);
  ADD ("open-webui", test_open_webui);
  ADD ("among", test_among);
  ADD ("goes-on", test_goes_on);
  return g_test_run ();
}
