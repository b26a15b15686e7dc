/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "mcp-client-private.h"

/* The newest first: this is what the server is asked for. */
static const char *const versions[] = { "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05" };

/* What may come between two answers to us: messages, and bytes. */
#define MAX_FLOOD 20000
#define MAX_FLOOD_BYTES (64 << 20)
/* Of its log, in bytes, and of what it calls itself. */
#define MAX_LOG 8192
#define MAX_NAME 200

enum { SIGNAL_TOOLS_CHANGED, SIGNAL_ENDED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppMcpClient, app_mcp_client, G_TYPE_OBJECT)

/* ---- the end ---- */

static void
end (AppMcpClient *self, const char *sentence)
{
  g_autoptr (AppMcpClient) keep = g_object_ref (self);
  g_autoptr (AppMcpProcess) process = g_steal_pointer (&self->process);
  g_autofree char *words = NULL;

  if (!process)
    return;
  self->sentence = g_strdup (sentence);
  words = app_mcp_process_dup_words (process);
  g_string_append (self->log, words);
  app_mcp_process_close (process);
  app_mcp_client_withdraw_questions (self);
  app_mcp_client_fail_requests (self, sentence);
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
    app_mcp_client_prolong (self, app_mcp_get_integer (message->body, "progressToken", -1));
  } else if (g_str_equal (message->method, "notifications/tools/list_changed")) {
    g_signal_emit (self, signals[SIGNAL_TOOLS_CHANGED], 0);
  } else if (g_str_equal (message->method, "notifications/message")) {
    add_log (self, message->body);
  } else if (g_str_equal (message->method, "notifications/cancelled")) {
    app_mcp_client_withdraw_question (self, message->body ? json_object_get_member (message->body, "requestId") : NULL);
  }
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
      app_mcp_client_take_question (self, message);
    else if (message->kind == APP_MCP_NOTIFICATION)
      take_notification (self, message);
    else
      app_mcp_client_take_answer (self, message);
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
  app_mcp_client_send (self, "initialize", params, seconds, first);
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
