/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-client.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>

#include "app-error.h"
#include "app-openai.h"
#include "app-server-address.h"

/* Bytes of one read. */
#define PIECE 16384
/* The most that is read of what a server says instead of yes. */
#define MOST_OF_ERROR (64u * 1024)

/* ---- AppClient ---- */

struct _AppClient {
  GObject parent;
  AppConnections *connections;
  AppKeys *keys;
  SoupSession *session;
  guint patience;
};

G_DEFINE_FINAL_TYPE (AppClient, app_client, G_TYPE_OBJECT)

AppKeys *
app_client_get_keys (AppClient *self)
{
  return self->keys;
}

void
app_client_set_patience (AppClient *self, guint ms)
{
  self->patience = ms;
}

static void
app_client_finalize (GObject *object)
{
  AppClient *self = APP_CLIENT (object);

  soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->connections);
  g_clear_object (&self->keys);
  G_OBJECT_CLASS (app_client_parent_class)->finalize (object);
}

static void
app_client_class_init (AppClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_client_finalize;
}

static void
app_client_init (AppClient *self)
{
  self->keys = app_keys_new ();
  /* Silence is measured by each exchange. */
  self->session = soup_session_new_with_options ("user-agent", "Melete", "timeout", 0, NULL);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
}

AppClient *
app_client_new (AppConnections *connections)
{
  AppClient *self = g_object_new (APP_TYPE_CLIENT, NULL);

  self->connections = g_object_ref (connections);
  return self;
}

/* ---- AppExchange ---- */

struct _AppExchange {
  GObject parent;
  AppClient *client;
  char *purpose, *origin, *host, *address, *path;
  GBytes *body;
  char *key;      /* NULL until it is known */
  gboolean given; /* by the caller: not looked up */
  guint first_patience, patience;

  GTask *task;              /* the call under way */
  GCancellable *cancellable;
  guint timer;              /* until the server has been silent for too long */
  gboolean silent;          /* it has */
  gboolean stopped;
  AppConnection *connection; /* NULL until it is recorded */
  SoupMessage *message;
  GInputStream *stream;
  char *content_type;
  GByteArray *all; /* of read_all, and of what is said instead of yes */
  gsize limit;
};

G_DEFINE_FINAL_TYPE (AppExchange, app_exchange, G_TYPE_OBJECT)

static gboolean
on_silence (gpointer user_data)
{
  AppExchange *self = user_data;

  self->timer = 0;
  self->silent = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
expect (AppExchange *self, guint ms)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add (self->client->patience ? self->client->patience : ms, on_silence, self);
}

static void
close_stream (AppExchange *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  /* Letting go of a reply that is not at its end closes the connection. */
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->stream);
}

void
app_exchange_end (AppExchange *self, AppConnectionOutcome outcome, const char *error)
{
  if (self->connection)
    app_connections_end (self->client->connections, self->connection, outcome, error);
  close_stream (self);
}

void
app_exchange_stop (AppExchange *self)
{
  self->stopped = TRUE;
  g_cancellable_cancel (self->cancellable);
}

/* Answers the call with an error; takes it. */
static void
fail (AppExchange *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  g_autoptr (GError) raw = error;
  g_autoptr (GError) told = NULL;

  if (self->stopped) {
    told = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
  } else {
    if (self->silent) {
      g_clear_error (&raw);
      raw = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Silent");
    }
    told = app_client_explain (raw, self->host, self->message ? soup_message_get_tls_peer_certificate_errors (self->message) : 0);
  }
  app_exchange_end (self, self->stopped ? APP_CONNECTION_STOPPED : APP_CONNECTION_FAILED, self->stopped ? NULL : told->message);
  g_task_return_error (task, g_steal_pointer (&told));
}

static void
begin_call (AppExchange *self, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->task == NULL);
  self->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->task, tag);
}

/* ---- reading ---- */

static void read_piece (AppExchange *self);

/* All that will come is there. */
static void
on_whole (AppExchange *self)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&self->all));
  g_autoptr (AppOpenaiError) wrong = NULL;
  guint status = soup_message_get_status (self->message);
  GTask *task;

  if (g_task_get_source_tag (self->task) == app_exchange_open_async) {
    wrong = app_openai_parse_error (bytes);
    fail (self, app_client_explain_status (status, wrong ? wrong->words : NULL, wrong && wrong->overflow, self->host, self->key,
                                           soup_message_headers_get_one (soup_message_get_response_headers (self->message), "Location")));
    return;
  }
  task = g_steal_pointer (&self->task);
  g_task_return_pointer (task, g_steal_pointer (&bytes), (GDestroyNotify) g_bytes_unref);
  g_object_unref (task);
}

static void
on_piece (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppExchange) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize n = bytes ? g_bytes_get_size (bytes) : 0;

  if (!bytes || self->stopped) {
    fail (self, error ? g_steal_pointer (&error) : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped"));
    return;
  }
  app_connections_received (self->client->connections, self->connection, n);
  expect (self, self->patience);
  if (!self->all) {
    g_autoptr (GTask) task = g_steal_pointer (&self->task);
    g_task_return_pointer (task, g_steal_pointer (&bytes), (GDestroyNotify) g_bytes_unref);
    return;
  }
  if (n > self->limit - self->all->len) {
    if (g_task_get_source_tag (self->task) == app_exchange_open_async)
      on_whole (self); /* the beginning is enough of an error */
    else
      fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "Too long"));
    return;
  }
  g_byte_array_append (self->all, g_bytes_get_data (bytes, NULL), n);
  if (n)
    read_piece (self);
  else
    on_whole (self);
}

static void
read_piece (AppExchange *self)
{
  expect (self, self->patience);
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

/* ---- opening: recorded, key, sent ---- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppExchange) self = user_data;
  g_autoptr (GError) error = NULL;
  const char *content_type;

  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (!self->stream || self->stopped) {
    fail (self, error ? g_steal_pointer (&error) : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped"));
    return;
  }
  content_type = soup_message_headers_get_content_type (soup_message_get_response_headers (self->message), NULL);
  self->content_type = content_type ? g_ascii_strdown (content_type, -1) : g_strdup ("");
  expect (self, self->patience);
  if (soup_message_get_status (self->message) != SOUP_STATUS_OK) {
    read_whole (self, MOST_OF_ERROR);
    return;
  }
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  g_task_return_boolean (task, TRUE);
}

static void
send_message (AppExchange *self)
{
  g_autofree char *url = g_strconcat (self->address, self->path, NULL);
  SoupMessageHeaders *headers;

  self->message = soup_message_new (self->body ? "POST" : "GET", url);
  if (!self->message) { /* the history has an address that no dialog let through */
    fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "No address"));
    return;
  }
  soup_message_add_flags (self->message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (self->message);
  soup_message_headers_append (headers, "Accept", self->body ? "text/event-stream, application/json" : "application/json");
  if (self->key && *self->key) {
    g_autofree char *bearer = g_strconcat ("Bearer ", self->key, NULL);
    soup_message_headers_append (headers, "Authorization", bearer);
  }
  if (self->body)
    soup_message_set_request_body_from_bytes (self->message, "application/json", self->body);
  expect (self, self->first_patience);
  soup_session_send_async (self->client->session, self->message, G_PRIORITY_DEFAULT, self->cancellable, on_sent, g_object_ref (self));
}

static void
on_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppExchange) self = user_data;

  self->key = app_keys_lookup_finish (APP_KEYS (source), result);
  if (self->stopped)
    fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped"));
  else
    send_message (self);
}

static void
on_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppExchange) self = user_data;
  g_autoptr (GError) error = NULL;

  self->connection = app_connections_begin_finish (APP_CONNECTIONS (source), result, &error);
  if (!self->connection || self->stopped)
    fail (self, error ? g_steal_pointer (&error) : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped"));
  else if (self->given)
    send_message (self);
  else
    app_keys_lookup_async (self->client->keys, self->origin, self->cancellable, on_key, g_object_ref (self));
}

void
app_exchange_open_async (AppExchange *self, GAsyncReadyCallback callback, gpointer user_data)
{
  begin_call (self, app_exchange_open_async, callback, user_data);
  app_connections_begin_async (self->client->connections, self->purpose, self->origin, on_recorded, g_object_ref (self));
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

const char *
app_exchange_get_content_type (AppExchange *self)
{
  return self->content_type;
}

/* ---- object ---- */

static void
app_exchange_dispose (GObject *object)
{
  AppExchange *self = APP_EXCHANGE (object);

  if (self->client)
    app_exchange_end (self, APP_CONNECTION_STOPPED, NULL);
  g_clear_object (&self->client);
  g_clear_object (&self->connection);
  g_clear_object (&self->message);
  G_OBJECT_CLASS (app_exchange_parent_class)->dispose (object);
}

static void
app_exchange_finalize (GObject *object)
{
  AppExchange *self = APP_EXCHANGE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->all, g_byte_array_unref);
  app_keys_free (self->key);
  g_free (self->purpose);
  g_free (self->origin);
  g_free (self->host);
  g_free (self->address);
  g_free (self->path);
  g_free (self->content_type);
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
  self->cancellable = g_cancellable_new ();
}

AppExchange *
app_exchange_new (AppClient *client, const AppRequest *request)
{
  AppExchange *self = g_object_new (APP_TYPE_EXCHANGE, NULL);

  self->client = g_object_ref (client);
  self->purpose = g_strdup (request->purpose);
  self->address = g_strdup (request->address);
  self->origin = app_server_address_dup_origin (request->address);
  self->host = app_server_address_dup_host (request->address);
  self->path = g_strdup (request->path);
  self->body = request->body ? g_bytes_ref (request->body) : NULL;
  self->key = g_strdup (request->key);
  self->given = request->key != NULL;
  self->first_patience = request->first_patience;
  self->patience = request->patience;
  return self;
}
