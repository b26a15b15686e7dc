/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-server.h"

#include <string.h>

/* How long a held line is held at most: longer than any client here waits. */
#define HOLD_MS 30000

struct _HostileServer {
  GSocketService *service, *companion; /* each request on a thread of its own */
  char *url;
  guint16 port, companion_port;
  GCancellable *closing;

  GMutex mutex; /* of what follows */
  GBytes *content;
  char *etag;
  guint n_etags;
  HostileWay script[64], rest;
  guint n_script, n_done;
  GRand *rand; /* NULL: by the script */
  guint percent;
  GPtrArray *requests;
  gboolean token_leaked;
};

/* One request and what it is answered from. */
typedef struct {
  HostileServer *server;
  GOutputStream *out;
  int socket;
  HostileWay way;
  GBytes *content;
  char *etag;
  char *request;
  guint64 start;   /* of the range that is sent */
  gboolean ranged; /* 206 */
  guint32 dice;
} Answer;

static gboolean
put (Answer *answer, const void *data, gsize n)
{
  return g_output_stream_write_all (answer->out, data, n, NULL, answer->server->closing, NULL);
}

static void G_GNUC_PRINTF (2, 3)
say (Answer *answer, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  put (answer, text, strlen (text));
}

static char *
header (const char *request, const char *name)
{
  g_autofree char *key = g_strdup_printf ("\r\n%s: ", name);
  const char *found = strstr (request, key);
  const char *end;

  if (!found)
    return NULL;
  found += strlen (key);
  end = strstr (found, "\r\n");
  return g_strndup (found, end ? (gsize) (end - found) : strlen (found));
}

/* Holds the line until the client gives up, or the test is over. */
static void
hold (Answer *answer)
{
  GPollFD fds[2] = { { 0 }, { answer->socket, G_IO_IN | G_IO_HUP, 0 } };

  if (g_cancellable_make_pollfd (answer->server->closing, &fds[0])) {
    g_poll (fds, 2, HOLD_MS);
    g_cancellable_release_fd (answer->server->closing);
  }
}

static void
send_head (Answer *answer, guint64 length, gboolean chunked, const char *etag)
{
  gsize size = g_bytes_get_size (answer->content);

  say (answer, answer->ranged ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n");
  if (etag)
    say (answer, "ETag: %s\r\n", etag);
  if (answer->ranged)
    say (answer, "Content-Range: bytes %" G_GUINT64_FORMAT "-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT "\r\n", answer->start, size - 1, size);
  if (chunked)
    say (answer, "Transfer-Encoding: chunked\r\n");
  else
    say (answer, "Content-Length: %" G_GUINT64_FORMAT "\r\n", length);
  say (answer, "Connection: close\r\n\r\n");
}

static void
send_chunk (Answer *answer, const void *data, gsize n)
{
  say (answer, "%" G_GSIZE_MODIFIER "x\r\n", n);
  put (answer, data, n);
  say (answer, "\r\n");
}

/* 200 or 206 with a body, in one of many ways. */
static void
send_file (Answer *answer)
{
  gsize size;
  const char *data = g_bytes_get_data (answer->content, &size);
  const char *etag = answer->way == HOSTILE_NO_ETAG ? NULL : answer->etag;
  gsize left, half;

  if (answer->way == HOSTILE_IGNORE_RANGE) {
    answer->ranged = FALSE;
    answer->start = 0;
  }
  if (answer->way == HOSTILE_WRONG_RANGE && answer->ranged)
    answer->start /= 2;
  if (answer->way == HOSTILE_OTHER_ETAG)
    etag = answer->ranged ? "\"of-another-file\"" : etag;
  data += answer->start;
  left = size - answer->start;
  half = left ? answer->dice % left : 0;
  switch (answer->way) {
  case HOSTILE_BREAK:
    send_head (answer, left, FALSE, etag);
    put (answer, data, half);
    break;
  case HOSTILE_SHORT_LENGTH:
    send_head (answer, half, FALSE, etag);
    put (answer, data, half);
    break;
  case HOSTILE_LONG_LENGTH:
    send_head (answer, left + 1000, FALSE, etag);
    put (answer, data, left);
    break;
  case HOSTILE_STALL:
    send_head (answer, left, FALSE, etag);
    put (answer, data, half);
    hold (answer);
    break;
  case HOSTILE_CORRUPT: {
    g_autofree char *wrong = g_memdup2 (data, left);
    if (left)
      wrong[half] ^= 1;
    send_head (answer, left, FALSE, etag);
    put (answer, wrong, left);
    break;
  }
  case HOSTILE_DRIP:
    send_head (answer, left, FALSE, etag);
    for (gsize at = 0; at < left; at += left / 16 + 1) {
      put (answer, data + at, MIN (left / 16 + 1, left - at));
      g_usleep (500);
    }
    break;
  case HOSTILE_CHUNKED:
  case HOSTILE_OVERLONG:
    send_head (answer, 0, TRUE, etag);
    for (gsize at = 0; at < left; at += 20000)
      send_chunk (answer, data + at, MIN (20000, left - at));
    if (answer->way == HOSTILE_OVERLONG)
      send_chunk (answer, "and this is too much", 20);
    say (answer, "0\r\n\r\n");
    break;
  default:
    send_head (answer, left, FALSE, etag);
    put (answer, data, left);
  }
}

static void
send_simple (Answer *answer, const char *status, const char *headers)
{
  say (answer, "HTTP/1.1 %s\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n", status, headers);
}

static void
send_answer (Answer *answer)
{
  gsize size = g_bytes_get_size (answer->content);
  g_autofree char *range = header (answer->request, "Range");
  g_autofree char *if_range = header (answer->request, "If-Range");
  g_autofree char *location = NULL;

  if (range && (!if_range || g_str_equal (if_range, answer->etag)) && g_str_has_prefix (range, "bytes=")) {
    answer->start = g_ascii_strtoull (range + strlen ("bytes="), NULL, 10);
    answer->ranged = TRUE;
  }
  switch (answer->way) {
  case HOSTILE_REDIRECT:
  case HOSTILE_LOOP:
    location = g_strdup_printf ("Location: /again.gguf\r\n");
    send_simple (answer, "302 Found", location);
    return;
  case HOSTILE_ELSEWHERE:
    location = g_strdup_printf ("Location: http://127.0.0.1:%u/elsewhere.gguf\r\n", answer->server->companion_port);
    send_simple (answer, "307 Temporary Redirect", location);
    return;
  case HOSTILE_UNSAFE:
    send_simple (answer, "302 Found", "Location: http://models.example/file.gguf\r\n");
    return;
  case HOSTILE_429:
    send_simple (answer, "429 Too Many Requests", "Retry-After: 1\r\n");
    return;
  case HOSTILE_429_LONG:
    send_simple (answer, "429 Too Many Requests", "Retry-After: 100000\r\n");
    return;
  case HOSTILE_500:
    send_simple (answer, "500 Internal Server Error", "");
    return;
  case HOSTILE_403:
    send_simple (answer, "403 Forbidden", "");
    return;
  case HOSTILE_404:
    send_simple (answer, "404 Not Found", "");
    return;
  case HOSTILE_EMPTY:
    return;
  case HOSTILE_GARBAGE:
    say (answer, "I am a teapot, and no server.\n");
    return;
  case HOSTILE_416:
    if (answer->ranged) {
      send_simple (answer, "416 Range Not Satisfiable", "");
      return;
    }
    break;
  default:
    break;
  }
  if (answer->ranged && answer->start >= size) {
    g_autofree char *length = g_strdup_printf ("Content-Range: bytes */%" G_GSIZE_FORMAT "\r\n", size);
    send_simple (answer, "416 Range Not Satisfiable", length);
    return;
  }
  send_file (answer);
}

/* Under the mutex: how this request goes. */
static void
choose (HostileServer *self, Answer *answer, gboolean is_companion)
{
  if (self->rand) {
    answer->dice = g_rand_int (self->rand);
    answer->way = (guint32) g_rand_int_range (self->rand, 0, 100) < self->percent ? (HostileWay) g_rand_int_range (self->rand, 1, HOSTILE_N_WAYS) : HOSTILE_GOOD;
    /* What always ends with a sentence would end each run: seldom. */
    if ((answer->way == HOSTILE_403 || answer->way == HOSTILE_404 || answer->way == HOSTILE_UNSAFE || answer->way == HOSTILE_429_LONG) && g_rand_int_range (self->rand, 0, 8))
      answer->way = HOSTILE_BREAK;
  } else {
    answer->dice = g_bytes_get_size (self->content) / 2;
    answer->way = self->n_done < self->n_script ? self->script[self->n_done] : self->rest;
    self->n_done++;
  }
  if (is_companion)
    answer->way = HOSTILE_GOOD;
  if (answer->way == HOSTILE_NEW_ETAG) {
    g_free (self->etag);
    self->etag = g_strdup_printf ("\"etag-%u\"", ++self->n_etags);
  }
  answer->content = g_bytes_ref (self->content);
  answer->etag = g_strdup (self->etag);
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  HostileServer *self = user_data;
  gboolean is_companion = G_SOCKET_SERVICE (service) == self->companion;
  g_autoptr (GString) request = g_string_new (NULL);
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  Answer answer = { .server = self, .out = g_io_stream_get_output_stream (G_IO_STREAM (connection)), .socket = g_socket_get_fd (g_socket_connection_get_socket (connection)) };

  while (!strstr (request->str, "\r\n\r\n")) {
    char buffer[2048];
    gssize n = g_input_stream_read (in, buffer, sizeof buffer, self->closing, NULL);
    if (n <= 0)
      return TRUE;
    g_string_append_len (request, buffer, n);
  }
  answer.request = request->str;
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->requests, g_strdup (request->str));
  if (is_companion && strstr (request->str, "\r\nAuthorization:"))
    self->token_leaked = TRUE;
  choose (self, &answer, is_companion);
  g_mutex_unlock (&self->mutex);
  send_answer (&answer);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_bytes_unref (answer.content);
  g_free (answer.etag);
  return TRUE;
}

static GSocketService *
listen_on (HostileServer *self, guint16 *port)
{
  GSocketService *service = g_threaded_socket_service_new (64);
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (address, 0);
  g_autoptr (GSocketAddress) is = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_listener_add_address (G_SOCKET_LISTENER (service), wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &is, &error);
  g_assert_no_error (error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (is));
  g_signal_connect (service, "run", G_CALLBACK (on_run), self);
  return service;
}

HostileServer *
hostile_server_new (GBytes *content)
{
  HostileServer *self = g_new0 (HostileServer, 1);

  g_mutex_init (&self->mutex);
  self->closing = g_cancellable_new ();
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->content = g_bytes_ref (content);
  self->etag = g_strdup ("\"etag-0\"");
  self->service = listen_on (self, &self->port);
  self->companion = listen_on (self, &self->companion_port);
  self->url = g_strdup_printf ("http://127.0.0.1:%u/file.gguf", self->port);
  return self;
}

static void
close_service (GSocketService *service)
{
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  /* A thread that answers holds it. */
  while (G_OBJECT (service)->ref_count > 1) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (500);
  }
  g_object_unref (service);
}

void
hostile_server_free (HostileServer *self)
{
  g_cancellable_cancel (self->closing);
  close_service (self->service);
  close_service (self->companion);
  g_object_unref (self->closing);
  g_bytes_unref (self->content);
  g_ptr_array_unref (self->requests);
  g_clear_pointer (&self->rand, g_rand_free);
  g_free (self->etag);
  g_free (self->url);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

const char *
hostile_server_get_url (HostileServer *self)
{
  return self->url;
}

void
hostile_server_script (HostileServer *self, const HostileWay *ways, guint n_ways, HostileWay rest)
{
  g_assert_cmpuint (n_ways, <=, G_N_ELEMENTS (self->script));
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->rand, g_rand_free);
  for (guint i = 0; i < n_ways; i++)
    self->script[i] = ways[i];
  self->n_script = n_ways;
  self->n_done = 0;
  self->rest = rest;
  g_mutex_unlock (&self->mutex);
}

void
hostile_server_draw (HostileServer *self, guint32 seed, guint percent)
{
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->rand, g_rand_free);
  self->rand = g_rand_new_with_seed (seed);
  self->percent = percent;
  g_mutex_unlock (&self->mutex);
}

void
hostile_server_set_content (HostileServer *self, GBytes *content, const char *etag)
{
  g_mutex_lock (&self->mutex);
  g_bytes_unref (self->content);
  self->content = g_bytes_ref (content);
  g_free (self->etag);
  self->etag = g_strdup (etag);
  g_mutex_unlock (&self->mutex);
}

guint
hostile_server_get_n_requests (HostileServer *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->requests->len;
  g_mutex_unlock (&self->mutex);
  return n;
}

char *
hostile_server_dup_request (HostileServer *self, guint n)
{
  char *request;

  g_mutex_lock (&self->mutex);
  request = n < self->requests->len ? g_strdup (self->requests->pdata[n]) : NULL;
  g_mutex_unlock (&self->mutex);
  return request;
}

gboolean
hostile_server_get_token_leaked (HostileServer *self)
{
  gboolean leaked;

  g_mutex_lock (&self->mutex);
  leaked = self->token_leaked;
  g_mutex_unlock (&self->mutex);
  return leaked;
}
