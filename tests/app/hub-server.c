/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hub-server.h"

#include <libsoup/soup.h>
#include <string.h>

#define OPEN "owner/Bird-1B-GGUF"

struct _HubServer {
  SoupServer *server;
  char *address;
  GHashTable *files; /* path → GBytes, of the open repository */
  GPtrArray *asked;  /* paths */
  guint status, n_commits;
};

GBytes *
hub_server_golden (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".gguf.gz", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "golden", "models", file, NULL);
  g_autofree char *packed = NULL;
  g_autoptr (GZlibDecompressor) unpack = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) memory = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  gsize n;

  g_file_get_contents (path, &packed, &n, &error);
  g_assert_no_error (error);
  memory = g_memory_input_stream_new_from_data (packed, n, NULL);
  stream = g_converter_input_stream_new (memory, G_CONVERTER (unpack));
  g_output_stream_splice (out, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static void
add (HubServer *self, const char *path, gsize n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_str_hash (path));
  guchar *bytes = g_malloc (n);

  for (gsize i = 0; i < n; i++)
    bytes[i] = g_rand_int (rand);
  g_hash_table_insert (self->files, g_strdup (path), g_bytes_new_take (bytes, n));
}

static void
reply (SoupServerMessage *message, const char *json)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, json, strlen (json));
}

/* The tree has two pages. */
static const char first_page[] = "[{\"type\":\"directory\",\"oid\":\"1\",\"size\":0,\"path\":\"F16\"},"
                                 "{\"type\":\"file\",\"oid\":\"2\",\"size\":1519,\"path\":\".gitattributes\"}]";

/* Each commit has another number. */
static char *
revision (HubServer *self)
{
  return g_strdup_printf ("%040u", self->n_commits);
}

static char *
tree (HubServer *self)
{
  GString *json = g_string_new ("[{\"type\":\"file\",\"oid\":\"3\",\"size\":5000,\"path\":\"README.md\"}");
  GHashTableIter iter;
  gpointer path, bytes;

  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, &path, &bytes)) {
    g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
    g_string_append_printf (json, ",{\"type\":\"file\",\"oid\":\"4\",\"size\":%" G_GSIZE_FORMAT ",\"lfs\":{\"oid\":\"%s\",\"size\":%" G_GSIZE_FORMAT ",\"pointerSize\":133},\"path\":\"%s\"}",
                            g_bytes_get_size (bytes), sha256, g_bytes_get_size (bytes), (char *) path);
  }
  g_string_append_c (json, ']');
  return g_string_free (json, FALSE);
}

static const char results[] =
    "[{\"_id\":\"1\",\"id\":\"owner/Bird-1B-GGUF\",\"likes\":42,\"private\":false,\"downloads\":123456,\"gated\":false,\"lastModified\":\"2026-10-01T12:00:00.000Z\","
    "\"tags\":[\"gguf\",\"license:apache-2.0\",\"region:us\"],\"modelId\":\"owner/Bird-1B-GGUF\"},"
    "{\"_id\":\"2\",\"id\":\"owner/Secret-GGUF\",\"likes\":7,\"downloads\":99,\"gated\":\"manual\",\"lastModified\":\"2026-01-31T00:00:00.000Z\",\"tags\":[\"license:other\"]},"
    "{\"_id\":\"3\",\"id\":\"../etc/passwd\",\"likes\":1},{\"likes\":3},17,"
    "{\"_id\":\"4\",\"id\":\"owner/Broken-GGUF\",\"likes\":\"many\",\"downloads\":-5,\"lastModified\":\"yesterday\",\"tags\":7}]";

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  HubServer *self = user_data;
  const char *authorization = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization");
  g_autofree char *commit = revision (self);
  g_autofree char *tree_path = g_strdup_printf ("/api/models/" OPEN "/tree/%s", commit);
  g_autofree char *files_path = g_strdup_printf ("/" OPEN "/resolve/%s/", commit);

  g_ptr_array_add (self->asked, g_strdup (path));
  if (self->status) {
    soup_server_message_set_status (message, self->status, NULL);
  } else if (g_str_equal (path, "/api/models")) {
    const char *words = query ? g_hash_table_lookup (query, "search") : NULL;
    reply (message, words && strstr ("bird", words) && g_strcmp0 (g_hash_table_lookup (query, "filter"), "gguf") == 0 ? results : "[]");
  } else if (g_str_equal (path, "/api/models/" OPEN)) {
    g_autofree char *json = g_strdup_printf ("{\"id\":\"" OPEN "\",\"sha\":\"%s\",\"gated\":false,\"tags\":[\"gguf\"],\"cardData\":{\"license\":\"other\","
                                             "\"license_name\":\"bird-licence\",\"license_link\":\"https://licences.example/bird\"},"
                                             "\"gguf\":{\"total\":1000000000,\"architecture\":\"llama\",\"context_length\":32768}}", commit);
    reply (message, json);
  } else if (g_str_equal (path, tree_path) && !(query && g_hash_table_contains (query, "cursor"))) {
    g_autofree char *link = g_strdup_printf ("<%s%s?recursive=true&cursor=abc>; rel=\"next\"", self->address, tree_path);
    reply (message, first_page);
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Link", link);
  } else if (g_str_equal (path, tree_path)) {
    g_autofree char *json = tree (self);
    reply (message, json);
  } else if (g_str_has_prefix (path, files_path) && g_hash_table_contains (self->files, path + strlen (files_path))) {
    GBytes *bytes = g_hash_table_lookup (self->files, path + strlen (files_path));
    g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
    g_autofree char *etag = g_strdup_printf ("\"%s\"", sha256);
    soup_server_message_set_status (message, 200, NULL);
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "ETag", etag);
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), bytes);
  } else if (g_str_has_prefix (path, "/api/models/owner/Secret-GGUF") && g_strcmp0 (authorization, "Bearer hf_good") == 0) {
    reply (message, strstr (path, "/tree/") ? "[]" : "{\"id\":\"owner/Secret-GGUF\",\"sha\":\"0123456789012345678901234567890123456789\",\"gated\":\"manual\"}");
  } else if (g_str_has_prefix (path, "/api/models/owner/Secret-GGUF")) {
    soup_server_message_set_status (message, 401, NULL);
  } else if (g_str_has_prefix (path, "/api/models/owner/Broken-GGUF")) {
    reply (message, "<html>");
  } else {
    soup_server_message_set_status (message, 404, NULL);
  }
}

HubServer *
hub_server_new (void)
{
  HubServer *self = g_new0 (HubServer, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  GSList *uris;

  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  self->asked = g_ptr_array_new_with_free_func (g_free);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  soup_server_listen (self->server, address, 0, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->address = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_hash_table_insert (self->files, g_strdup ("Bird-1B-Q4_K_M.gguf"), hub_server_golden ("qwen3"));
  add (self, "Bird-1B-Q8_0.gguf", 3000000);
  add (self, "F16/Bird-1B-F16-00001-of-00002.gguf", 3100000);
  add (self, "F16/Bird-1B-F16-00002-of-00002.gguf", 1000000);
  add (self, "Bird-1B-Q6_K-00001-of-00003.gguf", 1000); /* its other parts are missing */
  add (self, "mmproj-Bird-1B-Q8_0.gguf", 9000);
  add (self, "mmproj-Bird-1B-F16.gguf", 12000);
  add (self, "Bird-1B-draft-Q4_0.gguf", 5000);
  add (self, "Bird-1B.imatrix.gguf", 700);
  return self;
}

void
hub_server_free (HubServer *self)
{
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_hash_table_unref (self->files);
  g_ptr_array_unref (self->asked);
  g_free (self->address);
  g_free (self);
}

const char *
hub_server_get_address (HubServer *self)
{
  return self->address;
}

GBytes *
hub_server_get_file (HubServer *self, const char *path)
{
  return g_hash_table_lookup (self->files, path);
}

void
hub_server_replace (HubServer *self, const char *path, GBytes *content)
{
  g_hash_table_replace (self->files, g_strdup (path), g_bytes_ref (content));
  self->n_commits++;
}

void
hub_server_set_status (HubServer *self, guint status)
{
  self->status = status;
}

guint
hub_server_count (HubServer *self, const char *part)
{
  guint n = 0;

  for (guint i = 0; i < self->asked->len; i++)
    n += strstr (self->asked->pdata[i], part) != NULL;
  return n;
}
