/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What AppMcpClient asks the server: numbered requests, each of which has an end. */
#include <glib/gi18n.h>

#include "app-error.h"
#include "mcp-client-private.h"

/* One that waits for its answer; in the table. */
typedef struct {
  AppMcpClient *client; /* that has it */
  gint64 number;
  GTask *task;
  guint timer, seconds;
  gint64 until; /* monotonic time: whatever progress is told */
  gulong handler;
} Request;

static void
request_free (Request *request)
{
  g_clear_handle_id (&request->timer, g_source_remove);
  if (request->handler != 0)
    g_cancellable_disconnect (g_task_get_cancellable (request->task), request->handler);
  g_object_unref (request->task);
  g_free (request);
}

/* Takes it out of the table. */
static Request *
take_request (AppMcpClient *self, gint64 number)
{
  Request *request = g_hash_table_lookup (self->requests, &number);

  if (request)
    g_hash_table_steal (self->requests, &number);
  return request;
}

static void
send_cancelled (AppMcpClient *self, gint64 number, const char *reason)
{
  g_autoptr (JsonObject) params = json_object_new ();

  if (!self->process || number == 1) /* that of the beginning may not be taken back */
    return;
  json_object_set_int_member (params, "requestId", number);
  json_object_set_string_member (params, "reason", reason);
  app_mcp_process_send (self->process, app_mcp_message_print_notification ("notifications/cancelled", params));
}

static void set_timer (Request *request);

static gboolean
on_late (gpointer data)
{
  Request *request = data;
  AppMcpClient *self = request->client;

  request->timer = 0;
  /* While the person is asked, nobody is late. */
  if (g_hash_table_size (self->asked) > 0 && g_get_monotonic_time () < request->until) {
    set_timer (request);
    return G_SOURCE_REMOVE;
  }
  take_request (self, request->number);
  send_cancelled (self, request->number, "Timeout");
  g_task_return_new_error (request->task, APP_ERROR, APP_ERROR_NETWORK, _("The server has not answered in time."));
  request_free (request);
  return G_SOURCE_REMOVE;
}

static void
set_timer (Request *request)
{
  gint64 left = (request->until - g_get_monotonic_time ()) / G_USEC_PER_SEC;

  g_clear_handle_id (&request->timer, g_source_remove);
  request->timer = g_timeout_add_seconds ((guint) CLAMP (left, 1, (gint64) request->seconds), on_late, request);
}

static gboolean
on_cancelled_idle (gpointer data)
{
  Request *request = data;
  AppMcpClient *self = request->client;

  request->timer = 0;
  take_request (self, request->number);
  send_cancelled (self, request->number, "The person stopped it");
  g_task_return_new_error (request->task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
  request_free (request);
  return G_SOURCE_REMOVE;
}

/* Not at once: disconnecting within the signal would wait for itself. */
static void
on_cancelled (GCancellable *cancellable, Request *request)
{
  g_clear_handle_id (&request->timer, g_source_remove);
  request->timer = g_idle_add (on_cancelled_idle, request);
}

void
app_mcp_client_send (AppMcpClient *self, const char *method, JsonObject *params, guint seconds, GTask *task)
{
  Request *request;
  gboolean mine = params == NULL;

  if (!self->process) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_NETWORK, "%s", self->sentence ? self->sentence : _("The server does not run."));
    g_object_unref (task);
    return;
  }
  request = g_new0 (Request, 1);
  request->client = self;
  request->number = ++self->number;
  request->task = task;
  request->seconds = seconds;
  request->until = g_get_monotonic_time () + APP_MCP_MAX_SECONDS * G_USEC_PER_SEC;
  g_hash_table_insert (self->requests, &request->number, request);
  set_timer (request);
  if (mine)
    params = json_object_new ();
  if (request->number > 1) {
    JsonObject *meta = json_object_new ();
    json_object_set_int_member (meta, "progressToken", request->number);
    json_object_set_object_member (params, "_meta", meta);
  }
  app_mcp_process_send (self->process, app_mcp_message_print_request (request->number, method, params));
  if (mine)
    json_object_unref (params);
  /* Last: it may be cancelled already, or have ended. */
  request = g_hash_table_lookup (self->requests, &(gint64) { self->number });
  if (request && g_task_get_cancellable (task))
    request->handler = g_cancellable_connect (g_task_get_cancellable (task), G_CALLBACK (on_cancelled), request, NULL);
}

void
app_mcp_client_request_async (AppMcpClient *self, const char *method, JsonObject *params, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  app_mcp_client_send (self, method, params, APP_MCP_SECONDS, task);
}

JsonObject *
app_mcp_client_request_finish (AppMcpClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
app_mcp_client_prolong (AppMcpClient *self, gint64 number)
{
  Request *request = g_hash_table_lookup (self->requests, &number);

  if (request && request->timer != 0 && !g_cancellable_is_cancelled (g_task_get_cancellable (request->task)))
    set_timer (request);
}

void
app_mcp_client_take_answer (AppMcpClient *self, AppMcpMessage *message)
{
  Request *request = take_request (self, message->number);

  if (!request) /* of one that was taken back, or of none */
    return;
  self->flood = 0;
  self->flood_from = app_mcp_process_get_bytes (self->process);
  if (message->kind == APP_MCP_RESULT)
    g_task_return_pointer (request->task, json_object_ref (message->body), (GDestroyNotify) json_object_unref);
  else if (*message->words != '\0')
    g_task_return_new_error (request->task, APP_ERROR, APP_ERROR_FAILED, _("The server answered: %s"), message->words);
  else
    g_task_return_new_error (request->task, APP_ERROR, APP_ERROR_FAILED, _("The server answered with the error %d."), (int) CLAMP (message->code, G_MININT, G_MAXINT));
  request_free (request);
}

void
app_mcp_client_fail_requests (AppMcpClient *self, const char *sentence)
{
  GHashTableIter iter;
  gpointer value;

  while (g_hash_table_iter_init (&iter, self->requests), g_hash_table_iter_next (&iter, NULL, &value)) {
    Request *request = value;

    g_hash_table_iter_steal (&iter);
    g_task_return_new_error (request->task, APP_ERROR, APP_ERROR_NETWORK, "%s", sentence);
    request_free (request);
  }
}
