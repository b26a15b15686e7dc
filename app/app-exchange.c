/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-client.h"

#include <glib/gi18n.h>

#include "app-error.h"
#include "app-openai.h"
#include "app-server-address.h"

/* Bytes of one read at most. */
#define PIECE (128 * 1024)
/* The most that is read of what a server says instead of yes. */
#define MOST_OF_ERROR (64u * 1024)
#define MAX_REDIRECTS 10

/* The cancellable is cancelled on the exchange's thread alone. GIO hangs sources into its context; were it cancelled by another thread, a source that this one
 * lets go of in that moment would never be freed (GLib 2.74 keeps it for a handler that has already run). So stopping only brings the timer forward. */
struct _AppExchange {
  GObject parent;
  AppClient *client;
  AppErrand *errand;
  AppRequest request; /* the strings are ours */
  GUri *first, *uri;  /* asked first, and now; NULL: no address */
  guint n_redirects;
  char *host; /* as a person reads it */
  char *key;  /* NULL until it is known; "": none */

  GTask *task; /* the call under way */
  GCancellable *cancellable;
  GSource *timer;  /* until the server has been silent for too long */
  gboolean silent; /* it has */
  int stopped;     /* atomic */
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *all; /* of read_all, and of what is said instead of yes */
  gsize limit;
};

G_DEFINE_FINAL_TYPE (AppExchange, app_exchange, G_TYPE_OBJECT)

static gboolean
is_stopped (AppExchange *self)
{
  return g_atomic_int_get (&self->stopped);
}

static gboolean
on_timer (GSource *timer, GSourceFunc callback, gpointer user_data)
{
  AppExchange *self = user_data;

  g_source_set_ready_time (timer, -1);
  self->silent = !is_stopped (self);
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_CONTINUE;
}

static void
expect (AppExchange *self, guint ms)
{
  g_source_set_ready_time (self->timer, g_get_monotonic_time () + (gint64) app_client_get_patience (self->client, ms) * 1000);
  if (is_stopped (self)) /* meanwhile: not later than now */
    g_source_set_ready_time (self->timer, 0);
}

void
app_exchange_stop (AppExchange *self)
{
  g_atomic_int_set (&self->stopped, TRUE);
  g_source_set_ready_time (self->timer, 0);
}

static void
close_stream (AppExchange *self)
{
  g_source_destroy (self->timer);
  /* Letting go of a reply that is not at its end closes the connection. */
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->stream);
}

void
app_exchange_end (AppExchange *self, const GError *error)
{
  app_errand_end_with (self->errand, error);
  close_stream (self);
}

/* Answers the call with an error; takes it. (nullable): it was stopped. */
static void
fail (AppExchange *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  g_autoptr (GError) raw = error;

  if (is_stopped (self) || self->silent) {
    g_clear_error (&raw);
    raw = g_error_new_literal (G_IO_ERROR, is_stopped (self) ? G_IO_ERROR_CANCELLED : G_IO_ERROR_TIMED_OUT, "Stopped");
  }
  close_stream (self);
  g_task_return_error (task, app_client_explain (raw, self->host, self->message ? soup_message_get_tls_peer_certificate_errors (self->message) : 0));
}

static void
begin_call (AppExchange *self, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->task == NULL);
  self->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->task, tag);
}

static void
answer (AppExchange *self, GBytes *bytes)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
}

/* ---- reading ---- */

static void read_piece (AppExchange *self);

/* All that will come is there. */
static void
on_whole (AppExchange *self)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&self->all));
  g_autoptr (AppOpenaiError) wrong = NULL;

  if (g_task_get_source_tag (self->task) != app_exchange_open_async) {
    answer (self, g_steal_pointer (&bytes));
    return;
  }
  wrong = app_openai_parse_error (bytes);
  fail (self, app_client_explain_status (soup_message_get_status (self->message), wrong ? wrong->words : NULL, wrong && wrong->overflow, self->host, self->key,
                                         soup_message_headers_get_one (soup_message_get_response_headers (self->message), "Location")));
}

static void
on_piece (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppExchange) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize n = bytes ? g_bytes_get_size (bytes) : 0;

  if (!bytes || is_stopped (self)) {
    fail (self, g_steal_pointer (&error));
    return;
  }
  app_errand_received (self->errand, n);
  g_source_set_ready_time (self->timer, -1); /* what we do with it is not the server's silence */
  if (!self->all)
    answer (self, g_steal_pointer (&bytes));
  else if (n <= self->limit - self->all->len) {
    g_byte_array_append (self->all, g_bytes_get_data (bytes, NULL), n);
    if (n)
      read_piece (self);
    else
      on_whole (self);
  } else if (g_task_get_source_tag (self->task) == app_exchange_open_async)
    on_whole (self); /* the beginning is enough of an error */
  else
    fail (self, g_error_new (APP_ERROR, APP_ERROR_DAMAGED, _("%s sends more than such an answer can have. Try again later."), self->host));
}

static void
read_piece (AppExchange *self)
{
  expect (self, self->request.patience);
  g_input_stream_read_bytes_async (self->stream, PIECE, G_PRIORITY_DEFAULT, self->cancellable, on_piece, g_object_ref (self));
}

static void
read_whole (AppExchange *self, gsize limit)
{
  self->all = g_byte_array_new ();
  self->limit = limit;
  read_piece (self);
}

void
app_exchange_read_async (AppExchange *self, GAsyncReadyCallback callback, gpointer user_data)
{
  begin_call (self, app_exchange_read_async, callback, user_data);
  read_piece (self);
}

GBytes *
app_exchange_read_finish (AppExchange *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
app_exchange_read_all_async (AppExchange *self, gsize limit, GAsyncReadyCallback callback, gpointer user_data)
{
  begin_call (self, app_exchange_read_all_async, callback, user_data);
  read_whole (self, limit);
}

GBytes *
app_exchange_read_all_finish (AppExchange *self, GAsyncResult *result, GError **error)
{
  return app_exchange_read_finish (self, result, error);
}

/* ---- opening: the way, recorded, key, sent; anew for each redirect ---- */

static void begin_way (AppExchange *self);

static void
follow (AppExchange *self)
{
  GError *error = NULL;
  GUri *to = app_client_redirect (soup_message_headers_get_one (soup_message_get_response_headers (self->message), "Location"), self->uri, self->first, &error);

  if (to && self->n_redirects++ == MAX_REDIRECTS) {
    g_clear_pointer (&to, g_uri_unref);
    error = g_error_new (APP_ERROR, APP_ERROR_DOWNLOAD, _("“%s” is sent from one address to the next without an end. Try again later."), self->request.url);
  }
  if (!to) {
    fail (self, error);
    return;
  }
  g_uri_unref (self->uri);
  self->uri = to;
  g_clear_object (&self->stream);
  begin_way (self);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppExchange) self = user_data;
  GError *error = NULL;
  guint status;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  status = soup_message_get_status (self->message);
  g_source_set_ready_time (self->timer, -1);
  if (!self->stream || is_stopped (self)) {
    fail (self, error);
  } else if (self->request.follow && (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)) {
    follow (self);
  } else if (self->request.only_ok && status != SOUP_STATUS_OK) {
    read_whole (self, MOST_OF_ERROR);
  } else {
    g_autoptr (GTask) task = g_steal_pointer (&self->task);
    g_task_return_boolean (task, TRUE);
  }
}

static void
add_header (SoupMessage *message, const char *name, const char *value)
{
  if (value)
    soup_message_headers_replace (soup_message_get_request_headers (message), name, value);
}

static void
send_message (AppExchange *self)
{
  g_autofree char *server = app_client_dup_server (self->uri);
  g_autofree char *first = app_client_dup_server (self->first);
  g_autofree char *bearer = *self->key && g_str_equal (server, first) ? g_strconcat ("Bearer ", self->key, NULL) : NULL;

  g_clear_object (&self->message);
  self->message = soup_message_new_from_uri (self->request.body ? "POST" : "GET", self->uri);
  soup_message_add_flags (self->message, SOUP_MESSAGE_NO_REDIRECT);
  add_header (self->message, "Accept", self->request.accept);
  add_header (self->message, "Accept-Encoding", "identity");
  add_header (self->message, "Authorization", bearer);
  add_header (self->message, "Range", self->request.range);
  add_header (self->message, "If-Range", self->request.if_range);
  if (self->request.body)
    soup_message_set_request_body_from_bytes (self->message, "application/json", self->request.body);
  expect (self, self->request.first_patience);
  soup_session_send_async (app_client_get_session (self->client), self->message, G_PRIORITY_DEFAULT, self->cancellable, on_sent, g_object_ref (self));
}

static void
on_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppExchange) self = user_data;
  char *key = app_keys_lookup_finish (APP_KEYS (source), result);

  self->key = key ? key : g_strdup ("");
  if (is_stopped (self))
    fail (self, NULL);
  else
    send_message (self);
}

static void
on_admitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppExchange) self = user_data;
  GError *error = NULL;

  if (!app_errand_admit_finish (result, &error) || is_stopped (self)) {
    fail (self, error);
  } else if (self->key) {
    send_message (self);
  } else {
    g_autofree char *origin = app_server_address_dup_origin (self->request.url);
    app_keys_lookup_async (app_client_get_keys (self->client), origin, self->cancellable, on_key, g_object_ref (self));
  }
}

/* The list of connections names the server, and the proxy in between. */
static void
on_proxies (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppExchange) self = user_data;
  g_auto (GStrv) proxies = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, NULL);
  g_autofree char *server = app_client_dup_server (self->uri);
  g_autoptr (GUri) proxy = NULL;
  g_autofree char *proxy_server = NULL;
  g_autofree char *peer = NULL;

  if (proxies && proxies[0] && !g_str_has_prefix (proxies[0], "direct:")) {
    proxy = app_client_parse (proxies[0]);
    proxy_server = proxy ? app_client_dup_server (proxy) : g_strdup (_("a proxy"));
    peer = g_strdup_printf (_("%s (through %s)"), server, proxy_server);
  }
  app_errand_admit_async (self->errand, peer ? peer : server, on_admitted, g_object_ref (self));
}

static void
begin_way (AppExchange *self)
{
  g_autofree char *url = g_uri_to_string (self->uri);

  g_free (self->host);
  self->host = app_server_address_dup_host (url);
  g_proxy_resolver_lookup_async (g_proxy_resolver_get_default (), url, NULL, on_proxies, g_object_ref (self));
}

void
app_exchange_open_async (AppExchange *self, GAsyncReadyCallback callback, gpointer user_data)
{
  begin_call (self, app_exchange_open_async, callback, user_data);
  if (self->uri && (self->request.plain || app_client_is_safe (self->uri)))
    begin_way (self);
  else
    fail (self, g_error_new (APP_ERROR, APP_ERROR_DOWNLOAD, _("“%s” is not an https address, so it was not asked. Check the address."), self->request.url));
}

gboolean
app_exchange_open_finish (AppExchange *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
app_exchange_get_host (AppExchange *self)
{
  return self->host;
}

SoupMessage *
app_exchange_get_message (AppExchange *self)
{
  return self->message;
}

char *
app_exchange_dup_content_type (AppExchange *self)
{
  const char *type = soup_message_headers_get_content_type (soup_message_get_response_headers (self->message), NULL);

  return g_ascii_strdown (type ? type : "", -1);
}

/* ---- object ---- */

static void
app_exchange_dispose (GObject *object)
{
  AppExchange *self = APP_EXCHANGE (object);

  close_stream (self);
  g_clear_object (&self->message);
  g_clear_object (&self->client);
  g_clear_pointer (&self->errand, app_errand_unref);
  G_OBJECT_CLASS (app_exchange_parent_class)->dispose (object);
}

static void
app_exchange_finalize (GObject *object)
{
  AppExchange *self = APP_EXCHANGE (object);

  g_source_unref (self->timer);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->request.body, g_bytes_unref);
  g_clear_pointer (&self->all, g_byte_array_unref);
  g_clear_pointer (&self->first, g_uri_unref);
  g_clear_pointer (&self->uri, g_uri_unref);
  app_keys_free (self->key);
  g_free ((char *) self->request.url);
  g_free ((char *) self->request.accept);
  g_free ((char *) self->request.range);
  g_free ((char *) self->request.if_range);
  g_free (self->host);
  G_OBJECT_CLASS (app_exchange_parent_class)->finalize (object);
}

static void
app_exchange_class_init (AppExchangeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = app_exchange_dispose;
  G_OBJECT_CLASS (klass)->finalize = app_exchange_finalize;
}

static void
app_exchange_init (AppExchange *self)
{
  static GSourceFuncs functions = { .dispatch = on_timer };

  self->cancellable = g_cancellable_new ();
  self->timer = g_source_new (&functions, sizeof (GSource));
  g_source_set_callback (self->timer, NULL, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

AppExchange *
app_exchange_new (AppClient *client, AppErrand *errand, const AppRequest *request)
{
  AppExchange *self = g_object_new (APP_TYPE_EXCHANGE, NULL);

  self->client = g_object_ref (client);
  self->errand = app_errand_ref (errand);
  self->request = *request;
  self->request.url = g_strdup (request->url);
  self->request.accept = g_strdup (request->accept);
  self->request.range = g_strdup (request->range);
  self->request.if_range = g_strdup (request->if_range);
  self->request.body = request->body ? g_bytes_ref (request->body) : NULL;
  self->key = g_strdup (request->key || app_client_get_keys (client) ? request->key : "");
  self->request.key = NULL;
  self->first = app_client_parse (request->url);
  self->uri = self->first ? g_uri_ref (self->first) : NULL;
  self->host = app_server_address_dup_host (request->url);
  return self;
}
