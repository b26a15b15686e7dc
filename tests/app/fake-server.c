/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-server.h"

#include <stdlib.h>
#include <string.h>

struct _FakeServer {
  GSocketService *service;
  GTlsCertificate *certificate; /* NULL: plain */
  guint16 port;
  GHashTable *replies;  /* path → FakeReply */
  GPtrArray *requests;  /* FakeRequest, the newest last */
  GPtrArray *exchanges; /* that are open */
  guint n_closed;
};

/* One connection, which serves one request. */
typedef struct {
  FakeServer *server; /* NULL when it is gone */
  GIOStream *stream;
  GByteArray *in;
  guint8 buffer[4096];
  FakeReply reply;
  gsize at;      /* of the body, sent so far */
  GBytes *piece; /* that is being written */
  gboolean head_sent, over;
} Exchange;

static void
request_free (gpointer data)
{
  FakeRequest *request = data;

  g_free (request->method);
  g_free (request->path);
  g_free (request->authorization);
  g_free (request->body);
  g_free (request);
}

static void
exchange_free (Exchange *exchange)
{
  if (exchange->server)
    g_ptr_array_remove (exchange->server->exchanges, exchange);
  g_io_stream_close (exchange->stream, NULL, NULL);
  g_object_unref (exchange->stream);
  g_byte_array_unref (exchange->in);
  g_clear_pointer (&exchange->piece, g_bytes_unref);
  g_free (exchange);
}

/* ---- answering ---- */

static void write_next (Exchange *exchange);

/* The client closes what is held. */
static void
on_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;

  g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);
  if (exchange->server)
    exchange->server->n_closed++;
  exchange_free (exchange);
}

static void
finish (Exchange *exchange)
{
  if (exchange->reply.end == FAKE_HOLD)
    g_input_stream_read_async (g_io_stream_get_input_stream (exchange->stream), exchange->buffer, sizeof exchange->buffer, G_PRIORITY_DEFAULT, NULL, on_held, exchange);
  else
    exchange_free (exchange);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;
  gboolean ok = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);

  g_clear_pointer (&exchange->piece, g_bytes_unref);
  if (!ok || !exchange->server)
    exchange_free (exchange);
  else if (exchange->over)
    finish (exchange);
  else
    write_next (exchange);
}

/* Takes `text`. */
static void
write_text (Exchange *exchange, char *text, gsize n)
{
  exchange->piece = g_bytes_new_take (text, n);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (exchange->stream), g_bytes_get_data (exchange->piece, NULL), n, G_PRIORITY_DEFAULT, NULL, on_written,
                                   exchange);
}

static void
write_next (Exchange *exchange)
{
  const FakeReply *reply = &exchange->reply;
  gsize length = reply->body ? strlen (reply->body) : 0, n;
  GString *chunk;

  if (reply->dumb) {
    finish (exchange);
    return;
  }
  if (!exchange->head_sent) {
    char *head = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n%s\r\n", reply->status ? reply->status : "200 OK",
                                  reply->content_type ? reply->content_type : "text/event-stream", reply->headers ? reply->headers : "");
    exchange->head_sent = TRUE;
    write_text (exchange, head, strlen (head));
    return;
  }
  if (exchange->at == length) {
    exchange->over = TRUE;
    if (reply->end == FAKE_END)
      write_text (exchange, g_strdup ("0\r\n\r\n"), 5);
    else
      finish (exchange);
    return;
  }
  n = reply->piece == FAKE_RANDOM ? (gsize) g_test_rand_int_range (1, 8) : reply->piece ? reply->piece : length;
  n = MIN (n, length - exchange->at);
  chunk = g_string_new (NULL);
  g_string_append_printf (chunk, "%zx\r\n", n);
  g_string_append_len (chunk, reply->body + exchange->at, n);
  g_string_append (chunk, "\r\n");
  exchange->at += n;
  n = chunk->len;
  write_text (exchange, g_string_free (chunk, FALSE), n);
}

/* ---- being asked ---- */

static char *
dup_header (const char *head, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (head, "\r\n", -1);

  for (guint i = 1; lines[i]; i++)
    if (g_ascii_strncasecmp (lines[i], name, strlen (name)) == 0 && lines[i][strlen (name)] == ':')
      return g_strstrip (g_strdup (lines[i] + strlen (name) + 1));
  return g_strdup ("");
}

/* FALSE: more of it has to come. */
static gboolean
take_request (Exchange *exchange)
{
  static const FakeReply unknown = { .status = "404 Not Found", .content_type = "text/plain" };
  g_autofree char *all = g_strndup ((const char *) exchange->in->data, exchange->in->len);
  char *end = strstr (all, "\r\n\r\n");
  g_autofree char *length = NULL;
  g_auto (GStrv) words = NULL;
  const FakeReply *reply;
  FakeRequest *request;

  if (!end)
    return FALSE;
  *end = '\0';
  length = dup_header (all, "Content-Length");
  if (exchange->in->len < (gsize) (end - all) + 4 + strtoul (length, NULL, 10))
    return FALSE;
  words = g_strsplit (all, " ", 3);
  request = g_new0 (FakeRequest, 1);
  request->method = g_strdup (words[0]);
  request->path = g_strdup (words[1]);
  request->authorization = dup_header (all, "Authorization");
  request->body = g_strdup (end + 4);
  g_ptr_array_add (exchange->server->requests, request);
  reply = g_hash_table_lookup (exchange->server->replies, request->path);
  exchange->reply = reply ? *reply : unknown;
  return TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n <= 0 || !exchange->server) {
    exchange_free (exchange);
    return;
  }
  g_byte_array_append (exchange->in, exchange->buffer, n);
  if (take_request (exchange))
    write_next (exchange);
  else
    g_input_stream_read_async (G_INPUT_STREAM (source), exchange->buffer, sizeof exchange->buffer, G_PRIORITY_DEFAULT, NULL, on_read, exchange);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  FakeServer *server = user_data;
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->server = server;
  exchange->in = g_byte_array_new ();
  exchange->stream = server->certificate ? g_tls_server_connection_new (G_IO_STREAM (connection), server->certificate, NULL) : G_IO_STREAM (g_object_ref (connection));
  g_ptr_array_add (server->exchanges, exchange);
  g_input_stream_read_async (g_io_stream_get_input_stream (exchange->stream), exchange->buffer, sizeof exchange->buffer, G_PRIORITY_DEFAULT, NULL, on_read, exchange);
  return TRUE;
}

/* ---- the server ---- */

FakeServer *
fake_server_new (gboolean tls)
{
  FakeServer *server = g_new0 (FakeServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  if (tls) {
    g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fake-server.pem", NULL);
    server->certificate = g_tls_certificate_new_from_file (path, &error);
    g_assert_no_error (error);
  }
  server->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (server->service), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  server->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  server->replies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  server->requests = g_ptr_array_new_with_free_func (request_free);
  server->exchanges = g_ptr_array_new ();
  g_signal_connect (server->service, "incoming", G_CALLBACK (on_incoming), server);
  return server;
}

void
fake_server_free (FakeServer *server)
{
  g_socket_service_stop (server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (server->service));
  g_object_unref (server->service);
  for (guint i = 0; i < server->exchanges->len; i++) {
    Exchange *exchange = server->exchanges->pdata[i];
    exchange->server = NULL; /* its call comes back when the client has closed too */
  }
  g_clear_object (&server->certificate);
  g_hash_table_unref (server->replies);
  g_ptr_array_unref (server->requests);
  g_ptr_array_unref (server->exchanges);
  g_free (server);
}

char *
fake_server_dup_address (FakeServer *server)
{
  return g_strdup_printf ("%s://127.0.0.1:%u", server->certificate ? "https" : "http", server->port);
}

void
fake_server_set_reply (FakeServer *server, const char *path, const FakeReply *reply)
{
  g_hash_table_replace (server->replies, g_strdup (path), g_memdup2 (reply, sizeof *reply));
}

guint
fake_server_get_n_requests (FakeServer *server)
{
  return server->requests->len;
}

const FakeRequest *
fake_server_get_request (FakeServer *server, guint index)
{
  g_assert_cmpuint (index, <, server->requests->len);
  return server->requests->pdata[server->requests->len - 1 - index];
}

guint
fake_server_get_n_closed (FakeServer *server)
{
  return server->n_closed;
}
