/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>

#include "app-connections-private.h"
#include "app-error.h"
#include "app-schema.h"
#include "app-http-file.h"
#include "fixture.h"
#include "hostile-server.h"

#define N_BYTES 120000
#define N_RUNS 200
#define N_STOPS 20

/* Quick, and no more patient than a test can be. */
static const AppHttpFilePace quick = { 1, 4, 1, 180, 60, 5, 0 };
/* Quick, but never in a hurry: for servers that behave. */
static const AppHttpFilePace calm = { 1, 4, 1, 180, 30000, 5, 0 };

typedef struct {
  char *folder, *target, *part, *state, *sha256;
  GBytes *content;
  HostileServer *server;
  AppDatabase *database;
  AppConnections *connections;
} Place;

static GBytes *
make_content (guint32 seed, gsize n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guchar *bytes = g_malloc (n);

  for (gsize i = 0; i < n; i++)
    bytes[i] = g_rand_int (rand);
  return g_bytes_new_take (bytes, n);
}

static void
set_up (Place *place, gconstpointer data)
{
  place->folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  place->target = g_build_filename (place->folder, "file.gguf", NULL);
  place->part = g_strconcat (place->target, ".part", NULL);
  place->state = g_strconcat (place->target, ".part.state", NULL);
  place->content = make_content (7, N_BYTES);
  place->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, place->content);
  place->server = hostile_server_new (place->content);
  place->database = app_database_new (":memory:", &app_schema);
  place->connections = app_connections_new (place->database, NULL);
}

static void
tear_down (Place *place, gconstpointer data)
{
  g_autoptr (GAsyncResult) closed = NULL;

  hostile_server_free (place->server);
  for (int i = 0; i < 5000 && G_OBJECT (place->connections)->ref_count > 1; i++) { /* what counts is on its way home */
    g_main_context_iteration (NULL, FALSE);
    g_usleep (200);
  }
  app_database_close_async (place->database, keep_result, &closed);
  wait_result (&closed);
  g_clear_object (&closed);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (place->connections);
  g_object_unref (place->database);
  g_bytes_unref (place->content);
  fixture_delete_folder (place->folder);
  g_free (place->folder);
  g_free (place->target);
  g_free (place->part);
  g_free (place->state);
  g_free (place->sha256);
}

static guint64
size_of (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 ? (guint64) info.st_size : 0;
}

static void
assert_whole (Place *place)
{
  g_autofree char *content = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (place->target, &content, &n, NULL));
  g_assert_cmpmem (content, n, g_bytes_get_data (place->content, NULL), g_bytes_get_size (place->content));
  g_assert_false (g_file_test (place->part, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (place->state, G_FILE_TEST_EXISTS));
}

/* One life of the program: `known` whether size and checksum are. */
static gboolean
run_with (Place *place, const AppHttpFilePace *pace, gboolean known, const char *token, GCancellable *cancellable, GError **error)
{
  g_autoptr (AppErrand) errand = app_errand_new (place->connections, "Download of a test");
  g_autoptr (AppHttpFile) transfer = app_http_file_new (errand, hostile_server_get_url (place->server), place->target, known ? g_bytes_get_size (place->content) : 0,
                                                       known ? place->sha256 : NULL, token);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) wrong = NULL;
  gboolean ok;

  app_http_file_set_pace (transfer, pace);
  app_http_file_run_async (transfer, cancellable, keep_result, &result);
  ok = app_http_file_run_finish (transfer, wait_result (&result), &wrong);
  g_assert_true (ok == (wrong == NULL));
  app_errand_end_with (errand, wrong);
  if (wrong)
    g_propagate_error (error, g_steal_pointer (&wrong));
  return ok;
}

static void
run_well (Place *place)
{
  g_autoptr (GError) error = NULL;

  run_with (place, &calm, TRUE, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_whole (place);
}

static void
script (Place *place, HostileWay first, HostileWay rest)
{
  hostile_server_script (place->server, &first, 1, rest);
}

/* The n-th request asked for the part behind `offset` ("": for all). */
static void
assert_range (Place *place, guint n, const char *range)
{
  g_autofree char *request = hostile_server_dup_request (place->server, n);

  g_assert_nonnull (request);
  if (*range)
    g_assert_nonnull (strstr (request, range));
  else
    g_assert_null (strstr (request, "\r\nRange:"));
}

/* ---- */

static void
test_whole (Place *place, gconstpointer data)
{
  g_autoptr (AppConnection) connection = NULL;

  run_well (place);
  g_assert_cmpuint (hostile_server_get_n_requests (place->server), ==, 1);
  connection = g_list_model_get_item (app_connections_get_list (place->connections), 0);
  g_assert_cmpint (app_connection_get_outcome (connection), ==, APP_CONNECTION_DONE);
  g_assert_cmpuint (app_connection_get_bytes (connection), ==, N_BYTES);
  g_assert_true (g_str_has_prefix (hostile_server_get_url (place->server), app_connection_get_peer (connection)));
  run_well (place); /* it is there: nobody is asked */
  g_assert_cmpuint (hostile_server_get_n_requests (place->server), ==, 1);
}

/* A way that costs tries, and how many requests it takes to the end. */
static void
test_way (Place *place, gconstpointer data)
{
  const HostileWay *expected = data; /* way, requests */

  script (place, expected[0], HOSTILE_GOOD);
  run_well (place);
  g_assert_cmpuint (hostile_server_get_n_requests (place->server), ==, (guint) expected[1]);
}

/* What broke goes on behind what is there, of the same file. */
static void
test_resume (Place *place, gconstpointer data)
{
  script (place, HOSTILE_BREAK, HOSTILE_GOOD);
  run_well (place);
  assert_range (place, 0, "");
  assert_range (place, 1, "\r\nRange: bytes=60000-\r\n");
  assert_range (place, 1, "\r\nIf-Range: \"etag-0\"\r\n");
}

/* Of a file whose size and checksum nobody told, the ETag is all there is to go by. */
static void
test_unknown (Place *place, gconstpointer data)
{
  static const HostileWay ways[] = { HOSTILE_BREAK, HOSTILE_BREAK };
  g_autoptr (GError) error = NULL;

  hostile_server_script (place->server, ways, 2, HOSTILE_GOOD);
  run_with (place, &calm, FALSE, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_whole (place);
  assert_range (place, 2, "\r\nIf-Range: \"etag-0\"\r\n");
}

/* The file changes in the middle: the part is of the old one, and goes. */
static void
test_changed (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  static const HostileWay ways[] = { HOSTILE_BREAK, HOSTILE_404 };
  g_autoptr (GBytes) other = make_content (8, N_BYTES - 999);

  hostile_server_script (place->server, ways, 2, HOSTILE_GOOD);
  g_assert_false (run_with (place, &calm, FALSE, NULL, NULL, &error));
  g_assert_cmpuint (size_of (place->part), ==, N_BYTES / 2);
  hostile_server_set_content (place->server, other, "\"other\"");
  g_bytes_unref (place->content);
  place->content = g_bytes_ref (other);
  g_clear_error (&error);
  run_with (place, &calm, FALSE, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_whole (place);
}

/* A program that ends in the middle leaves what the next one goes on with; a state that fits nothing is thrown away. */
static void
test_restart (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  static const HostileWay ways[] = { HOSTILE_BREAK, HOSTILE_404 };

  hostile_server_script (place->server, ways, 2, HOSTILE_GOOD);
  g_assert_false (run_with (place, &calm, TRUE, NULL, NULL, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DOWNLOAD);
  g_assert_cmpuint (app_http_file_measure (place->target), ==, N_BYTES / 2);
  run_well (place);
  assert_range (place, 2, "\r\nRange: bytes=60000-\r\n");

  g_unlink (place->target);
  g_assert_true (g_file_set_contents (place->part, "something else", -1, NULL));
  run_well (place);
  assert_range (place, 3, "");
}

/* Everything is here but the name: only the checksum is compared. */
static void
test_all_there (Place *place, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) state = g_key_file_new ();

  g_assert_true (g_file_set_contents (place->part, g_bytes_get_data (place->content, NULL), N_BYTES, NULL));
  g_key_file_set_string (state, "transfer", "url", hostile_server_get_url (place->server));
  g_key_file_set_string (state, "transfer", "etag", "\"etag-0\"");
  g_key_file_set_string (state, "transfer", "sha256", place->sha256);
  g_key_file_set_uint64 (state, "transfer", "size", N_BYTES);
  g_assert_true (g_key_file_save_to_file (state, place->state, NULL));
  run_well (place);
  g_assert_cmpuint (hostile_server_get_n_requests (place->server), ==, 0);

  /* The size is not known, but a 416 tells it. */
  g_unlink (place->target);
  g_assert_true (g_file_set_contents (place->part, g_bytes_get_data (place->content, NULL), N_BYTES, NULL));
  g_key_file_set_string (state, "transfer", "sha256", "");
  g_key_file_set_uint64 (state, "transfer", "size", 0);
  g_assert_true (g_key_file_save_to_file (state, place->state, NULL));
  run_with (place, &calm, FALSE, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_whole (place);
  g_assert_cmpuint (hostile_server_get_n_requests (place->server), ==, 1);
  assert_range (place, 0, "\r\nRange: bytes=120000-\r\n");
}

/* A way that ends with a sentence. */
typedef struct {
  HostileWay way;
  const char *words;
  guint n_requests;
} Sentence;

static void
test_sentence (Place *place, gconstpointer data)
{
  const Sentence *sentence = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppConnection) connection = NULL;

  hostile_server_script (place->server, NULL, 0, sentence->way);
  g_assert_false (run_with (place, &calm, TRUE, NULL, NULL, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_DOWNLOAD);
  g_assert_nonnull (strstr (error->message, sentence->words));
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_cmpuint (hostile_server_get_n_requests (place->server), ==, sentence->n_requests);
  g_assert_false (g_file_test (place->target, G_FILE_TEST_EXISTS));
  connection = g_list_model_get_item (app_connections_get_list (place->connections), 0);
  g_assert_cmpint (app_connection_get_outcome (connection), ==, APP_CONNECTION_FAILED);
  run_well ((script (place, HOSTILE_GOOD, HOSTILE_GOOD), place));
}

/* The token is for the server that was asked, not for one that it names; both are in the list. */
static void
test_token (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  script (place, HOSTILE_ELSEWHERE, HOSTILE_GOOD);
  run_with (place, &calm, TRUE, "hf_secret", NULL, &error);
  g_assert_no_error (error);
  assert_whole (place);
  first = hostile_server_dup_request (place->server, 0);
  second = hostile_server_dup_request (place->server, 1);
  g_assert_nonnull (strstr (first, "\r\nAuthorization: Bearer hf_secret\r\n"));
  g_assert_null (strstr (second, "hf_secret"));
  g_assert_false (hostile_server_get_token_leaked (place->server));
  g_assert_cmpuint (g_list_model_get_n_items (app_connections_get_list (place->connections)), ==, 2);
}

static void
test_addresses (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AppErrand) errand = app_errand_new (place->connections, "Download of a test");
  static const char *const addresses[] = { "http://models.example/a.gguf", "file:///etc/passwd", "ftp://127.0.0.1/a", "https:///a", "nonsense", "" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_autoptr (AppHttpFile) transfer = app_http_file_new (errand, addresses[i], place->target, 0, NULL, NULL);
    g_autoptr (GAsyncResult) result = NULL;
    app_http_file_run_async (transfer, NULL, keep_result, &result);
    g_assert_false (app_http_file_run_finish (transfer, wait_result (&result), &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_DOWNLOAD);
    g_clear_error (&error);
  }
  g_assert_cmpuint (g_list_model_get_n_items (app_connections_get_list (place->connections)), ==, 0);
}

/* Without a checksum a file that is longer than it was said to be is another one, and not cut. */
static void
test_longer (Place *place, gconstpointer data)
{
  static const HostileWay ways[] = { HOSTILE_GOOD, HOSTILE_CHUNKED };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autoptr (AppErrand) errand = app_errand_new (place->connections, "Download of a test");
    g_autoptr (AppHttpFile) transfer = app_http_file_new (errand, hostile_server_get_url (place->server), place->target, N_BYTES - 1000, NULL, NULL);
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    script (place, ways[i], ways[i]);
    app_http_file_run_async (transfer, NULL, keep_result, &result);
    g_assert_false (app_http_file_run_finish (transfer, wait_result (&result), &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_DOWNLOAD);
    g_assert_nonnull (strstr (error->message, "another file"));
    g_assert_false (g_file_test (place->target, G_FILE_TEST_EXISTS) || g_file_test (place->part, G_FILE_TEST_EXISTS));
  }
}

/* What cannot be recorded is not done. */
static void
test_unrecorded (Place *place, gconstpointer data)
{
  g_autoptr (AppDatabase) database = app_database_new (":memory:", &app_schema);
  g_autoptr (AppConnections) closed = app_connections_new (database, NULL);
  g_autoptr (AppErrand) errand = app_errand_new (closed, "Download of a test");
  g_autoptr (AppHttpFile) transfer = app_http_file_new (errand, hostile_server_get_url (place->server), place->target, N_BYTES, place->sha256, NULL);
  g_autoptr (GAsyncResult) ended = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_database_close_async (database, keep_result, &ended);
  wait_result (&ended);
  app_http_file_run_async (transfer, NULL, keep_result, &result);
  g_assert_false (app_http_file_run_finish (transfer, wait_result (&result), &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (hostile_server_get_n_requests (place->server), ==, 0);
}

/* Stopping comes through at once, also while the server holds the line, and keeps what is here. Again and again: it comes from another thread than the one
 * that reads, and the sanitizers see what that one leaves behind. */
static void
test_cancel (Place *place, gconstpointer data)
{
  script (place, HOSTILE_STALL, HOSTILE_STALL);
  for (guint i = 0; i < N_STOPS; i++) {
    g_autoptr (AppErrand) errand = app_errand_new (place->connections, "Download of a test");
    g_autoptr (AppHttpFile) transfer = app_http_file_new (errand, hostile_server_get_url (place->server), place->target, N_BYTES, place->sha256, NULL);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GAsyncResult) result = NULL;
    g_autoptr (GError) error = NULL;

    g_unlink (place->part);
    app_http_file_set_pace (transfer, &calm);
    app_http_file_run_async (transfer, cancellable, keep_result, &result);
    while (app_http_file_get_done (transfer) < N_BYTES / 2)
      g_main_context_iteration (NULL, FALSE);
    g_cancellable_cancel (cancellable);
    g_assert_false (app_http_file_run_finish (transfer, wait_result (&result), &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint (size_of (place->part), ==, N_BYTES / 2);
  }
  script (place, HOSTILE_GOOD, HOSTILE_GOOD);
  run_well (place);
  assert_range (place, N_STOPS, "\r\nRange: bytes=60000-\r\n");
}

static void
test_full_disk (Place *place, gconstpointer data)
{
  fixture_run_in_namespace ("/app/http-file/subprocess/full-disk");
}

/* Told before, when the size is known; otherwise when it happens, and what came is kept. */
static void
test_full_disk_child (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mount ("tmpfs", place->folder, "tmpfs", 0, "size=64k"), ==, 0);
  g_assert_false (run_with (place, &calm, TRUE, NULL, NULL, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_FULL);
  g_assert_cmpuint (hostile_server_get_n_requests (place->server), ==, 0);
  g_clear_error (&error);
  script (place, HOSTILE_CHUNKED, HOSTILE_CHUNKED);
  g_assert_false (run_with (place, &calm, FALSE, NULL, NULL, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_FULL);
  g_assert_cmpuint (size_of (place->part), >, 30000);
  umount2 (place->folder, MNT_DETACH);
}

/* Any mixture of all of it: each life of the program ends with the whole file or with a sentence, what is kept is its beginning or is thrown away, and
 * with a server that behaves again it is whole. */
static void
run_seeded (Place *place, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  gsize n = g_rand_int_range (rand, 1, 40000);
  gboolean known = g_rand_int_range (rand, 0, 4) != 0;
  guint lives = g_rand_int_range (rand, 1, 4);

  g_bytes_unref (place->content);
  place->content = make_content (seed, n);
  g_free (place->sha256);
  place->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, place->content);
  hostile_server_set_content (place->server, place->content, "\"etag-0\"");
  hostile_server_draw (place->server, seed, g_rand_int_range (rand, 20, 96));
  for (guint life = 0; life < lives; life++) {
    g_autoptr (GError) error = NULL;
    gboolean ok = run_with (place, &quick, known, "hf_secret", NULL, &error);

    if (!ok && (error->domain != APP_ERROR || !g_str_has_suffix (error->message, ".")))
      g_error ("seed %u ends without a sentence: %s", seed, error->message);
    if (known && size_of (place->part) > n)
      g_error ("seed %u keeps more than the file has", seed);
    if (ok && known) {
      assert_whole (place);
      break;
    }
    if (ok)
      g_unlink (place->target); /* of what nobody knows, a short or wrong answer cannot be told from the file */
  }
  if (!known) { /* what a liar began is not gone on with by one who tells the truth */
    g_unlink (place->part);
    g_unlink (place->state);
  }
  hostile_server_script (place->server, NULL, 0, HOSTILE_GOOD);
  run_well (place);
  g_unlink (place->target);
  if (hostile_server_get_token_leaked (place->server))
    g_error ("seed %u shows the token to another server", seed);
}

static void
test_seeds (Place *place, gconstpointer data)
{
  g_autoptr (GString) seeds = g_string_new ("seeds:");

  for (int i = 0; i < N_RUNS; i++) {
    guint32 seed = g_test_rand_int ();
    g_string_append_printf (seeds, " %u", seed);
    run_seeded (place, seed);
  }
  g_test_message ("%s", seeds->str);
}

#define ADD(path, test, data) g_test_add ("/app/http-file/" path, Place, data, set_up, test, tear_down)
#define WAY(path, way, n_requests) \
  G_STMT_START                     \
  {                                \
    static const HostileWay expected[] = { way, (HostileWay) n_requests }; \
    ADD (path, test_way, expected); \
  }                                \
  G_STMT_END
#define SENTENCE(path, way, words, n_requests)                       \
  G_STMT_START                                                       \
  {                                                                  \
    static const Sentence sentence = { way, words, n_requests };     \
    ADD (path, test_sentence, &sentence);                            \
  }                                                                  \
  G_STMT_END

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("whole", test_whole, NULL);
  ADD ("resume", test_resume, NULL);
  WAY ("drip", HOSTILE_DRIP, 1);
  WAY ("chunked", HOSTILE_CHUNKED, 1);
  WAY ("no-etag", HOSTILE_NO_ETAG, 1);
  WAY ("overlong", HOSTILE_OVERLONG, 1);
  WAY ("short-length", HOSTILE_SHORT_LENGTH, 2);
  WAY ("long-length", HOSTILE_LONG_LENGTH, 1);
  WAY ("corrupt", HOSTILE_CORRUPT, 2);
  WAY ("redirect", HOSTILE_REDIRECT, 2);
  WAY ("too-many", HOSTILE_429, 2);
  WAY ("fault", HOSTILE_500, 2);
  WAY ("empty", HOSTILE_EMPTY, 2);
  WAY ("garbage", HOSTILE_GARBAGE, 2);
  ADD ("unknown", test_unknown, NULL);
  ADD ("changed", test_changed, NULL);
  ADD ("restart", test_restart, NULL);
  ADD ("all-there", test_all_there, NULL);
  SENTENCE ("forbidden", HOSTILE_403, "Accept the terms", 1);
  SENTENCE ("gone", HOSTILE_404, "no longer on the server", 1);
  SENTENCE ("unsafe", HOSTILE_UNSAFE, "not safe", 1);
  SENTENCE ("loop", HOSTILE_LOOP, "without an end", 11);
  SENTENCE ("asks-to-wait", HOSTILE_429_LONG, "1667 minutes", 1);
  SENTENCE ("always-fault", HOSTILE_500, "HTTP 500", 5);
  SENTENCE ("always-corrupt", HOSTILE_CORRUPT, "checksum", 2);
  SENTENCE ("always-empty", HOSTILE_EMPTY, "broke the connection off", 5);
  ADD ("token", test_token, NULL);
  ADD ("addresses", test_addresses, NULL);
  ADD ("longer", test_longer, NULL);
  ADD ("unrecorded", test_unrecorded, NULL);
  ADD ("cancel", test_cancel, NULL);
  ADD ("full-disk", test_full_disk, NULL);
  ADD ("subprocess/full-disk", test_full_disk_child, NULL);
  ADD ("seeds", test_seeds, NULL);
  return g_test_run ();
}
