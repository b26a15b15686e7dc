/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-http.h"

#include <glib/gi18n.h>

#include "app-error.h"

#define MAX_REDIRECTS 10

struct _AppHttp {
  GMainContext *context; /* of this thread alone: libsoup's calls end in it, and so do our time-outs */
  SoupSession *session;
  AppErrand *errand;
  char *token;
  guint stall_ms;
};

AppHttp *
app_http_new (AppErrand *errand, const char *token, guint stall_ms)
{
  AppHttp *self = g_new0 (AppHttp, 1);

  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->session = soup_session_new_with_options ("user-agent", "Melete", NULL);
  self->errand = app_errand_ref (errand);
  self->token = g_strdup (token);
  self->stall_ms = stall_ms;
  return self;
}

void
app_http_free (AppHttp *self)
{
  soup_session_abort (self->session);
  g_object_unref (self->session);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
  app_errand_unref (self->errand);
  g_free (self->token);
  g_free (self);
}

/* ---- addresses ---- */

static gboolean
is_loopback (GUri *uri)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (g_uri_get_host (uri));

  return address ? g_inet_address_get_is_loopback (address) : g_ascii_strcasecmp (g_uri_get_host (uri), "localhost") == 0;
}

static GUri *
parse (const char *url)
{
  GUri *uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  if (uri && g_uri_get_host (uri) && *g_uri_get_host (uri))
    return uri;
  g_clear_pointer (&uri, g_uri_unref);
  return NULL;
}

static gboolean
is_allowed (GUri *uri)
{
  return g_str_equal (g_uri_get_scheme (uri), "https") || (g_str_equal (g_uri_get_scheme (uri), "http") && is_loopback (uri));
}

gboolean
app_http_is_allowed (const char *url)
{
  g_autoptr (GUri) uri = parse (url);

  return uri && is_allowed (uri);
}

static char *
server_of (GUri *uri)
{
  return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri), g_uri_get_port (uri), "", NULL, NULL);
}

char *
app_http_dup_server (const char *url)
{
  g_autoptr (GUri) uri = parse (url);

  return uri ? server_of (uri) : g_strdup ("");
}

/* Whom the list of connections names: the server, and the proxy in between. */
static char *
peer_of (GUri *uri)
{
  g_autofree char *server = server_of (uri);
  g_autofree char *url = g_uri_to_string (uri);
  g_auto (GStrv) proxies = g_proxy_resolver_lookup (g_proxy_resolver_get_default (), url, NULL, NULL);
  g_autofree char *proxy = NULL;

  if (!proxies || !proxies[0] || g_str_has_prefix (proxies[0], "direct:"))
    return g_steal_pointer (&server);
  proxy = app_http_dup_server (proxies[0]);
  return g_strdup_printf (_("%s (through %s)"), server, *proxy ? proxy : _("a proxy"));
}

/* ---- waiting ---- */

/* One call of libsoup or GIO, and how long it may take.
 *
 * The call's own cancellable is cancelled by this thread alone. GIO hangs sources into our context on it; were it cancelled by the caller's thread, a source
 * that our thread lets go of in that moment would never be freed (GLib 2.74 keeps it for a handler that has already run). So the caller only brings the
 * timer forward. */
typedef struct {
  GAsyncResult *result;
  GCancellable *cancellable, *caller; /* of this call; the caller's (nullable) */
  GSource *timer;                     /* in our context: ends the call */
  gulong connected;
  gboolean stalled;
} Wait;

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Wait *) user_data)->result = g_object_ref (result);
}

static gboolean
on_time (gpointer user_data)
{
  Wait *wait = user_data;

  wait->stalled = !g_cancellable_is_cancelled (wait->caller);
  g_cancellable_cancel (wait->cancellable);
  return G_SOURCE_REMOVE;
}

/* Any thread. */
static void
on_caller_cancelled (GCancellable *caller, gpointer user_data)
{
  g_source_set_ready_time (user_data, 0);
}

static void
begin_wait (AppHttp *self, Wait *wait, GCancellable *caller)
{
  wait->cancellable = g_cancellable_new ();
  wait->caller = caller;
  wait->timer = g_timeout_source_new (self->stall_ms);
  g_source_set_callback (wait->timer, on_time, wait, NULL);
  g_source_attach (wait->timer, self->context);
  wait->connected = caller ? g_cancellable_connect (caller, G_CALLBACK (on_caller_cancelled), wait->timer, NULL) : 0;
}

/* Runs the call to its end. */
static void
end_wait (AppHttp *self, Wait *wait)
{
  while (!wait->result)
    g_main_context_iteration (self->context, TRUE);
  g_cancellable_disconnect (wait->caller, wait->connected);
  g_source_destroy (wait->timer);
  g_source_unref (wait->timer);
  g_object_unref (wait->cancellable);
}

/* A call that we cancelled because of the time is not one that the person cancelled. */
static void
tell_stall (const Wait *wait, GError **error)
{
  if (!wait->stalled || !error || !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_error (error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("the server sends nothing"));
}

/* ---- requests ---- */

static GInputStream *
send (AppHttp *self, SoupMessage *message, GCancellable *cancellable, GError **error)
{
  Wait wait = { 0 };
  GInputStream *stream;

  begin_wait (self, &wait, cancellable);
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, wait.cancellable, on_result, &wait);
  end_wait (self, &wait);
  stream = soup_session_send_finish (self->session, wait.result, error);
  g_object_unref (wait.result);
  if (!stream)
    tell_stall (&wait, error);
  return stream;
}

static gboolean
is_redirect (guint status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Whether both are served by the same server, which may see the token. */
static gboolean
is_same_server (GUri *a, GUri *b)
{
  g_autofree char *first = server_of (a);
  g_autofree char *second = server_of (b);

  return g_str_equal (first, second);
}

/* Where an answer sends us; NULL with `error` when we do not go there. */
static GUri *
next_address (SoupMessage *message, GUri *from, GUri *first, GError **error)
{
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autoptr (GUri) to = location ? g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  g_autofree char *server = NULL;

  /* To this machine only from this machine: a server elsewhere has no business here. */
  if (to && g_uri_get_host (to) && *g_uri_get_host (to) && is_allowed (to) && (!is_loopback (to) || is_loopback (first)))
    return g_steal_pointer (&to);
  server = server_of (from);
  g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("“%s” sends the download to an address that is not safe. Try again later, or choose another model."), server);
  return NULL;
}

GInputStream *
app_http_get (AppHttp *self, const char *url, const char *range, const char *if_range, SoupMessage **message, GCancellable *cancellable, GError **error)
{
  g_autoptr (GUri) first = parse (url);
  g_autoptr (GUri) uri = first ? g_uri_ref (first) : NULL;

  if (!first || !is_allowed (first)) {
    g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("“%s” is not an https address, so it was not asked. Check the address."), url);
    return NULL;
  }
  for (int n = 0; n <= MAX_REDIRECTS; n++) {
    g_autoptr (SoupMessage) request = soup_message_new_from_uri ("GET", uri);
    g_autofree char *peer = peer_of (uri);
    SoupMessageHeaders *headers = soup_message_get_request_headers (request);
    g_autoptr (GInputStream) stream = NULL;
    g_autoptr (GError) wrong = NULL;
    GUri *next;

    if (g_cancellable_set_error_if_cancelled (cancellable, error) || !app_errand_admit (self->errand, peer, error))
      return NULL;
    soup_message_add_flags (request, SOUP_MESSAGE_NO_REDIRECT);
    soup_message_disable_feature (request, SOUP_TYPE_CONTENT_DECODER);
    soup_message_headers_replace (headers, "Accept-Encoding", "identity");
    if (range)
      soup_message_headers_replace (headers, "Range", range);
    if (if_range)
      soup_message_headers_replace (headers, "If-Range", if_range);
    if (self->token && is_same_server (uri, first)) {
      g_autofree char *value = g_strconcat ("Bearer ", self->token, NULL);
      soup_message_headers_replace (headers, "Authorization", value);
    }
    stream = send (self, request, cancellable, &wrong);
    if (!stream && wrong->domain == G_TLS_ERROR) {
      g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("“%s” could not prove that it is that server: %s. Check the date of this machine and the network."), peer, wrong->message);
      return NULL;
    }
    if (!stream) {
      g_propagate_error (error, g_steal_pointer (&wrong));
      return NULL;
    }
    if (!is_redirect (soup_message_get_status (request))) {
      *message = g_steal_pointer (&request);
      return g_steal_pointer (&stream);
    }
    next = next_address (request, uri, first, error);
    if (!next)
      return NULL;
    g_uri_unref (uri);
    uri = next;
  }
  g_set_error (error, APP_ERROR, APP_ERROR_DOWNLOAD, _("“%s” is sent from one address to the next without an end. Try again later."), url);
  return NULL;
}

gssize
app_http_read (AppHttp *self, GInputStream *stream, void *buffer, gsize n, GCancellable *cancellable, GError **error)
{
  Wait wait = { 0 };
  gssize n_read;

  begin_wait (self, &wait, cancellable);
  g_input_stream_read_async (stream, buffer, n, G_PRIORITY_DEFAULT, wait.cancellable, on_result, &wait);
  end_wait (self, &wait);
  n_read = g_input_stream_read_finish (stream, wait.result, error);
  g_object_unref (wait.result);
  if (n_read < 0)
    tell_stall (&wait, error);
  else
    app_errand_received (self->errand, n_read);
  return n_read;
}

GBytes *
app_http_read_all (AppHttp *self, GInputStream *stream, gsize limit, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (1 << 16);
  gssize n;

  while ((n = app_http_read (self, stream, buffer, 1 << 16, cancellable, error)) > 0) {
    if ((gsize) n > limit - bytes->len) {
      g_set_error_literal (error, APP_ERROR, APP_ERROR_DAMAGED, _("The server sends more than such an answer can have. Try again later."));
      return NULL;
    }
    g_byte_array_append (bytes, buffer, n);
  }
  return n < 0 ? NULL : g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

guint
app_http_retry_after (SoupMessage *message)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  guint64 seconds;
  g_autoptr (GDateTime) date = NULL;
  g_autoptr (GDateTime) now = NULL;

  if (!text)
    return 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &seconds, NULL))
    return seconds;
  date = soup_date_time_new_from_http_string (text);
  now = g_date_time_new_now_utc ();
  return date ? (guint) CLAMP (g_date_time_difference (date, now) / G_USEC_PER_SEC, 0, G_MAXINT) : 0;
}
