/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-client.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "mcp-message.h"
#include "mcp-process.h"

/* The newest first: this is what the server is asked for. */
static const char *const versions[] = { "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05" };

/* What may come between two answers to us: messages, and bytes. */
#define MAX_FLOOD 20000
#define MAX_FLOOD_BYTES (64 << 20)
/* Of its log, in bytes, and of what it calls itself. */
#define MAX_LOG 8192
#define MAX_NAME 200
/* Questions to the person and other work for the server at once. */
#define MAX_ASKED 4

struct _AppMcpClient {
  GObject parent;
  char *work; /* nullable */
  AppMcpAsk ask;
  gpointer ask_data;
  AppMcpProcess *process; /* NULL: not started, or ended */
  GHashTable *requests;   /* number → Request, which has it */
  GHashTable *asked;      /* id as text → GCancellable of what the server asked for */
  gint64 number;          /* of the last request */
  char *name, *title;
  const char *version;
  AppMcpOffers offers;
  GString *log;
  char *sentence; /* why it has ended; NULL: it has not */
  guint flood;
  guint64 flood_from; /* bytes that had come at the last answer */
};

enum { SIGNAL_TOOLS_CHANGED, SIGNAL_ENDED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppMcpClient, app_mcp_client, G_TYPE_OBJECT)

/* ---- requests ---- */

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

static void
send_request (AppMcpClient *self, const char *method, JsonObject *params, guint seconds, GTask *task)
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
  send_request (self, method, params, APP_MCP_SECONDS, task);
}

JsonObject *
app_mcp_client_request_finish (AppMcpClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- the end ---- */

static void
end (AppMcpClient *self, const char *sentence)
{
  g_autoptr (AppMcpClient) keep = g_object_ref (self);
  g_autoptr (AppMcpProcess) process = g_steal_pointer (&self->process);
  g_autofree char *words = NULL;
  GHashTableIter iter;
  gpointer value;

  if (!process)
    return;
  self->sentence = g_strdup (sentence);
  words = app_mcp_process_dup_words (process);
  g_string_append (self->log, words);
  app_mcp_process_close (process);
  g_hash_table_iter_init (&iter, self->asked);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_cancellable_cancel (value);
  g_hash_table_remove_all (self->asked);
  while (g_hash_table_iter_init (&iter, self->requests), g_hash_table_iter_next (&iter, NULL, &value)) {
    Request *request = value;

    g_hash_table_iter_steal (&iter);
    g_task_return_new_error (request->task, APP_ERROR, APP_ERROR_NETWORK, "%s", sentence);
    request_free (request);
  }
}

static void
on_ended (const char *sentence, gpointer data)
{
  AppMcpClient *self = data;
  g_autoptr (AppMcpClient) keep = g_object_ref (self);
  g_autofree char *copy = g_strdup (sentence);

  end (self, copy);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, copy);
}

void
app_mcp_client_close (AppMcpClient *self)
{
  end (self, _("The server was ended."));
}

/* ---- what the server asks ---- */

/* One question for the person on its way. */
typedef struct {
  AppMcpClient *client;
  JsonNode *id;
  char *key;
} Asked;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  AppMcpClient *self = asked->client;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = g_task_propagate_pointer (G_TASK (result), &error);

  if (self->process && g_hash_table_remove (self->asked, asked->key))
    app_mcp_process_send (self->process, answer ? app_mcp_message_print_result (asked->id, answer) : app_mcp_message_print_error (asked->id, APP_MCP_WRONG_PARAMS, error->message));
  g_object_unref (self);
  json_node_unref (asked->id);
  g_free (asked->key);
  g_free (asked);
}

static void
ask_person (AppMcpClient *self, AppMcpMessage *message)
{
  Asked *asked = g_new0 (Asked, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  asked->client = g_object_ref (self);
  asked->id = json_node_copy (message->id);
  asked->key = json_to_string (message->id, FALSE);
  g_hash_table_replace (self->asked, g_strdup (asked->key), g_object_ref (cancellable));
  self->ask (message->body, g_task_new (self, cancellable, on_answered, asked), self->ask_data);
}

static char *
answer_roots (AppMcpClient *self, JsonNode *id)
{
  g_autoptr (JsonObject) result = json_object_new ();
  JsonArray *roots = json_array_new ();

  if (self->work) {
    JsonObject *root = json_object_new ();
    g_autofree char *uri = g_filename_to_uri (self->work, NULL, NULL);

    json_object_set_string_member (root, "uri", uri);
    json_object_set_string_member (root, "name", "Files of the conversation");
    json_array_add_object_element (roots, root);
  }
  json_object_set_array_member (result, "roots", roots);
  return app_mcp_message_print_result (id, result);
}

static void
take_question (AppMcpClient *self, AppMcpMessage *message)
{
  g_autoptr (JsonObject) nothing = json_object_new ();

  if (g_str_equal (message->method, "ping"))
    app_mcp_process_send (self->process, app_mcp_message_print_result (message->id, nothing));
  else if (g_str_equal (message->method, "roots/list"))
    app_mcp_process_send (self->process, answer_roots (self, message->id));
  else if (g_str_equal (message->method, "elicitation/create") && self->ask && message->body && g_hash_table_size (self->asked) < MAX_ASKED)
    ask_person (self, message);
  else if (g_str_equal (message->method, "sampling/createMessage"))
    app_mcp_process_send (self->process, app_mcp_message_print_error (message->id, APP_MCP_NO_METHOD, "Servers may not use the model here."));
  else
    app_mcp_process_send (self->process, app_mcp_message_print_error (message->id, APP_MCP_NO_METHOD, "This client does not do that."));
}

/* ---- what the server tells ---- */

static void
add_log (AppMcpClient *self, JsonObject *params)
{
  JsonNode *data = params ? json_object_get_member (params, "data") : NULL;
  const char *level = app_mcp_get_string (params, "level");
  g_autofree char *text = data && JSON_NODE_HOLDS_VALUE (data) && json_node_get_value_type (data) == G_TYPE_STRING ? json_node_dup_string (data) : data ? json_to_string (data, FALSE) : g_strdup ("");

  g_string_append_printf (self->log, "%.20s: %.2000s\n", level ? level : "info", text);
  if (self->log->len > MAX_LOG)
    g_string_erase (self->log, 0, (gssize) (self->log->len - MAX_LOG));
}

static void
take_notification (AppMcpClient *self, AppMcpMessage *message)
{
  if (g_str_equal (message->method, "notifications/progress")) {
    gint64 number = app_mcp_get_integer (message->body, "progressToken", -1);
    Request *request = g_hash_table_lookup (self->requests, &number);

    if (request && request->timer != 0 && !g_cancellable_is_cancelled (g_task_get_cancellable (request->task)))
      set_timer (request);
  } else if (g_str_equal (message->method, "notifications/tools/list_changed")) {
    g_signal_emit (self, signals[SIGNAL_TOOLS_CHANGED], 0);
  } else if (g_str_equal (message->method, "notifications/message")) {
    add_log (self, message->body);
  } else if (g_str_equal (message->method, "notifications/cancelled")) {
    JsonNode *id = message->body ? json_object_get_member (message->body, "requestId") : NULL;
    g_autofree char *key = id ? json_to_string (id, FALSE) : NULL;
    GCancellable *cancellable = key ? g_hash_table_lookup (self->asked, key) : NULL;

    if (cancellable) {
      g_autoptr (GCancellable) keep = g_object_ref (cancellable);
      g_hash_table_remove (self->asked, key);
      g_cancellable_cancel (keep);
    }
  }
}

static void
take_answer (AppMcpClient *self, AppMcpMessage *message)
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

static void
on_line (const char *line, gsize n_bytes, gpointer data)
{
  AppMcpClient *self = data;
  g_autoptr (AppMcpClient) keep = g_object_ref (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = app_mcp_message_parse (line, n_bytes, &error);

  if (++self->flood > MAX_FLOOD || app_mcp_process_get_bytes (self->process) - self->flood_from > MAX_FLOOD_BYTES) {
    on_ended (_("The server writes without end what nobody asked for, so it was ended."), self);
    return;
  }
  /* Some programs write a word of their own among the messages: it is their log. */
  if (!messages) {
    g_string_append_printf (self->log, "%.2000s\n", line);
    if (self->log->len > MAX_LOG)
      g_string_erase (self->log, 0, (gssize) (self->log->len - MAX_LOG));
  }
  for (guint i = 0; messages && i < messages->len && self->process; i++) {
    AppMcpMessage *message = messages->pdata[i];

    self->flood += i > 0;
    if (message->kind == APP_MCP_REQUEST)
      take_question (self, message);
    else if (message->kind == APP_MCP_NOTIFICATION)
      take_notification (self, message);
    else
      take_answer (self, message);
  }
}

/* ---- the beginning ---- */

static const char *
find_version (const char *name)
{
  for (gsize i = 0; name && i < G_N_ELEMENTS (versions); i++)
    if (g_str_equal (versions[i], name))
      return versions[i];
  return NULL;
}

/* What it tells models to do ("instructions") is left out: nobody has agreed to that. */
static void
take_facts (AppMcpClient *self, JsonObject *result)
{
  JsonObject *info = app_mcp_get_object (result, "serverInfo"), *has = app_mcp_get_object (result, "capabilities");
  const char *name = app_mcp_get_string (info, "name"), *title = app_mcp_get_string (info, "title"), *version = app_mcp_get_string (info, "version");
  g_autofree char *whole = g_strdup_printf ("%.*s %.*s", MAX_NAME, name ? name : "", 40, version ? version : "");

  g_free (self->name);
  g_free (self->title);
  self->name = g_utf8_make_valid (g_strstrip (whole), -1);
  title = title && *title != '\0' ? title : name ? name : "";
  self->title = g_utf8_make_valid (title, (gssize) MIN (strlen (title), MAX_NAME));
  self->offers = (app_mcp_get_object (has, "tools") ? APP_MCP_HAS_TOOLS : 0) | (app_mcp_get_object (has, "resources") ? APP_MCP_HAS_RESOURCES : 0) | (app_mcp_get_object (has, "prompts") ? APP_MCP_HAS_PROMPTS : 0) |
                 (app_mcp_get_object (has, "logging") ? APP_MCP_HAS_LOGGING : 0);
}

static void
on_initialized (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppMcpClient *self = APP_MCP_CLIENT (source);
  GError *error = NULL;
  g_autoptr (JsonObject) answer = app_mcp_client_request_finish (self, result, &error);
  const char *version = app_mcp_get_string (answer, "protocolVersion");

  if (!answer) {
    end (self, error->message);
    g_task_return_error (task, error);
    return;
  }
  self->version = find_version (version);
  if (!self->version || !self->process) {
    g_autofree char *shown = g_utf8_make_valid (version ? version : "", version ? (gssize) MIN (strlen (version), 40) : 0);

    end (self, _("The server was ended."));
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, _("The server speaks the version “%s” of the protocol, which Melete does not know."), shown);
    return;
  }
  take_facts (self, answer);
  app_mcp_process_send (self->process, app_mcp_message_print_notification ("notifications/initialized", NULL));
  if (self->offers & APP_MCP_HAS_LOGGING) {
    g_autoptr (JsonObject) params = json_object_new ();
    json_object_set_string_member (params, "level", "warning");
    app_mcp_client_request_async (self, "logging/setLevel", params, NULL, NULL, NULL);
  }
  g_task_return_boolean (task, TRUE);
}

static JsonObject *
make_introduction (AppMcpClient *self)
{
  JsonObject *params = json_object_new (), *has = json_object_new (), *info = json_object_new (), *roots = json_object_new ();

  json_object_set_boolean_member (roots, "listChanged", FALSE);
  json_object_set_object_member (has, "roots", roots);
  if (self->ask)
    json_object_set_object_member (has, "elicitation", json_object_new ());
  json_object_set_string_member (info, "name", "melete");
  json_object_set_string_member (info, "title", "Melete");
  json_object_set_string_member (info, "version", "1");
  json_object_set_string_member (params, "protocolVersion", versions[0]);
  json_object_set_object_member (params, "capabilities", has);
  json_object_set_object_member (params, "clientInfo", info);
  return params;
}

void
app_mcp_client_start_async (AppMcpClient *self, const char *const *command, const char *const *environment, guint seconds, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  static const AppMcpProcessEvents events = { on_line, on_ended };
  GTask *task = g_task_new (self, cancellable, callback, user_data), *first;
  g_autoptr (JsonObject) params = make_introduction (self);
  GError *error = NULL;

  g_return_if_fail (!self->process && self->number == 0);
  g_task_set_check_cancellable (task, FALSE);
  self->process = app_mcp_process_new (command, environment, &events, self, &error);
  if (!self->process) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  first = g_task_new (self, cancellable, on_initialized, task);
  g_task_set_check_cancellable (first, FALSE);
  send_request (self, "initialize", params, seconds, first);
}

gboolean
app_mcp_client_start_finish (AppMcpClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- object ---- */

const char *
app_mcp_client_get_name (AppMcpClient *self)
{
  return self->name;
}

const char *
app_mcp_client_get_title (AppMcpClient *self)
{
  return self->title;
}

const char *
app_mcp_client_get_version (AppMcpClient *self)
{
  return self->version ? self->version : "";
}

AppMcpOffers
app_mcp_client_get_offers (AppMcpClient *self)
{
  return self->offers;
}

gboolean
app_mcp_client_is_running (AppMcpClient *self)
{
  return self->process != NULL;
}

guint64
app_mcp_client_get_bytes (AppMcpClient *self)
{
  return self->process ? app_mcp_process_get_bytes (self->process) : 0;
}

char *
app_mcp_client_dup_log (AppMcpClient *self)
{
  g_autofree char *words = self->process ? app_mcp_process_dup_words (self->process) : g_strdup (""), *whole = g_strconcat (self->log->str, words, NULL);

  return g_utf8_make_valid (g_strstrip (whole), -1);
}

void
app_mcp_client_set_ask (AppMcpClient *self, AppMcpAsk ask, gpointer data)
{
  self->ask = ask;
  self->ask_data = data;
}

static void
app_mcp_client_dispose (GObject *object)
{
  app_mcp_client_close (APP_MCP_CLIENT (object));
  G_OBJECT_CLASS (app_mcp_client_parent_class)->dispose (object);
}

static void
app_mcp_client_finalize (GObject *object)
{
  AppMcpClient *self = APP_MCP_CLIENT (object);

  g_hash_table_unref (self->requests);
  g_hash_table_unref (self->asked);
  g_string_free (self->log, TRUE);
  g_free (self->work);
  g_free (self->name);
  g_free (self->title);
  g_free (self->sentence);
  G_OBJECT_CLASS (app_mcp_client_parent_class)->finalize (object);
}

static void
app_mcp_client_class_init (AppMcpClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = app_mcp_client_dispose;
  object_class->finalize = app_mcp_client_finalize;
  signals[SIGNAL_TOOLS_CHANGED] = g_signal_new ("tools-changed", APP_TYPE_MCP_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ENDED] = g_signal_new ("ended", APP_TYPE_MCP_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
app_mcp_client_init (AppMcpClient *self)
{
  self->requests = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->log = g_string_new (NULL);
  self->name = g_strdup ("");
  self->title = g_strdup ("");
}

AppMcpClient *
app_mcp_client_new (const char *work)
{
  AppMcpClient *self = g_object_new (APP_TYPE_MCP_CLIENT, NULL);

  self->work = g_strdup (work);
  return self;
}
