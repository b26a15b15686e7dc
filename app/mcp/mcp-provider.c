/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools of servers, as those of app/tools/ are: what the person agreed to, with the effect by which each call is asked about. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "mcp-message.h"
#include "mcp-result.h"
#include "mcp-server-private.h"
#include "mcp-servers-private.h"
#include "tools/tool.h"

/* Of a name for models. */
#define MAX_SLUG 24
#define MAX_MODEL_NAME 64
/* Start, questions to the person and the work itself, in seconds: the client has closer bounds. */
#define SECONDS 900

/* What a model can do with a server. */
typedef enum { OFFER_TOOL, OFFER_RESOURCES, OFFER_PROMPTS } OfferKind;

/* ---- AppMcpOffer: an AppTool with what it needs to live ---- */

#define APP_TYPE_MCP_OFFER (app_mcp_offer_get_type ())
G_DECLARE_FINAL_TYPE (AppMcpOffer, app_mcp_offer, APP, MCP_OFFER, GObject)

struct _AppMcpOffer {
  GObject parent;
  AppTool tool; /* its strings are ours */
  OfferKind kind;
  AppMcpServers *servers; /* not held: the database of whoever calls has it */
  AppMcpServer *server;
  char *own_name; /* the server's, of a TOOL */
};

G_DEFINE_FINAL_TYPE (AppMcpOffer, app_mcp_offer, G_TYPE_OBJECT)

static void
app_mcp_offer_finalize (GObject *object)
{
  AppMcpOffer *self = APP_MCP_OFFER (object);

  g_free ((char *) self->tool.name);
  g_free ((char *) self->tool.title);
  g_free ((char *) self->tool.description);
  g_free ((char *) self->tool.parameters);
  g_free ((char *) self->tool.origin);
  g_free ((char *) self->tool.pin);
  g_free (self->own_name);
  g_clear_weak_pointer (&self->servers);
  g_object_unref (self->server);
  G_OBJECT_CLASS (app_mcp_offer_parent_class)->finalize (object);
}

static void
app_mcp_offer_class_init (AppMcpOfferClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_mcp_offer_finalize;
}

static void
app_mcp_offer_init (AppMcpOffer *self)
{
}

/* ---- running ---- */

/* One call on its way: the data of its task. */
typedef struct {
  AppMcpOffer *offer;
  JsonObject *arguments;
  JsonArray *resources; /* while templates are asked for */
  AppMcpClient *client;
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->offer);
  json_object_unref (call->arguments);
  g_clear_pointer (&call->resources, json_array_unref);
  g_clear_object (&call->client);
  g_free (call);
}

/* Takes the task. */
static void
fail (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
give (GTask *task, AppToolResult *result)
{
  g_task_return_pointer (task, result, (GDestroyNotify) app_tool_result_free);
  g_object_unref (task);
}

/* What a grant holds for: this tool, as it is described, of this program, with or without the network. */
static char *
make_pin (AppMcpServer *server, const char *pin)
{
  g_autofree char *whole = g_strconcat (pin, "\n", app_mcp_server_get_key (server), "\n", app_mcp_server_get_command (server), "\n", app_mcp_server_get_folder (server), "\n", app_mcp_server_get_network (server) ? "network" : "", NULL);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, whole, -1);
}

/* Whether the model was told what counts now. */
static gboolean
has_pin (AppMcpOffer *offer, const char *pin)
{
  g_autofree char *now = make_pin (offer->server, pin);

  return g_str_equal (now, offer->tool.pin);
}

/* What the person agreed to is what is called, or nothing is. */
static gboolean
is_as_agreed (Call *call, GError **error)
{
  AppMcpTool *tool = app_mcp_server_find_tool (call->offer->server, call->offer->own_name);

  if (!app_mcp_server_get_enabled (call->offer->server))
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The server “%s” is switched off."), app_mcp_server_get_name (call->offer->server));
  else if (call->offer->kind != OFFER_TOOL)
    return TRUE;
  else if (!tool || app_mcp_tool_get_state (tool) == APP_MCP_TOOL_GONE)
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("The server “%s” has no tool “%s” any more."), app_mcp_server_get_name (call->offer->server), call->offer->own_name);
  else if (app_mcp_tool_get_state (tool) != APP_MCP_TOOL_ON || !has_pin (call->offer, app_mcp_tool_get_pin (tool)))
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("The server “%s” describes its tool “%s” otherwise than the person agreed to, so it was not called. The person has to look at it in the preferences first."),
                 app_mcp_server_get_name (call->offer->server), call->offer->own_name);
  else
    return TRUE;
  return FALSE;
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (JsonObject) answer = app_mcp_client_request_finish (APP_MCP_CLIENT (source), result, &error);
  AppToolResult *words = NULL;

  if (answer && call->offer->kind == OFFER_TOOL)
    words = app_mcp_read_call (answer, &error);
  else if (answer)
    words = call->offer->kind == OFFER_RESOURCES ? app_mcp_read_resource (answer) : app_mcp_read_prompt (answer);
  if (words)
    give (task, words);
  else
    fail (task, error);
}

static void
on_templates (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (JsonArray) templates = app_mcp_client_list_finish (APP_MCP_CLIENT (source), result, NULL); /* not every server has them */

  give (task, app_tool_result_new (app_mcp_print_resources (call->resources, templates), NULL));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (JsonArray) items = app_mcp_client_list_finish (APP_MCP_CLIENT (source), result, &error);

  if (!items) {
    fail (task, error);
  } else if (call->offer->kind == OFFER_RESOURCES) {
    call->resources = g_steal_pointer (&items);
    app_mcp_client_list_async (call->client, "resources/templates/list", "resourceTemplates", g_task_get_cancellable (task), on_templates, task);
  } else {
    give (task, app_tool_result_new (app_mcp_print_prompts (items), NULL));
  }
}

static void
ask_prompt (GTask *task, const char *name)
{
  Call *call = g_task_get_task_data (task);
  g_autoptr (JsonObject) params = json_object_new ();
  JsonObject *arguments = app_mcp_get_object (call->arguments, "arguments");

  json_object_set_string_member (params, "name", name);
  if (arguments)
    json_object_set_object_member (params, "arguments", json_object_ref (arguments));
  app_mcp_client_request_async (call->client, "prompts/get", params, g_task_get_cancellable (task), on_called, task);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  const char *uri = app_mcp_get_string (call->arguments, "uri"), *name = app_mcp_get_string (call->arguments, "name");
  g_autoptr (JsonObject) params = json_object_new ();
  GError *error = NULL;

  call->client = app_mcp_servers_connect_finish (APP_MCP_SERVERS (source), result, &error);
  if (!call->client || !is_as_agreed (call, &error) || g_cancellable_set_error_if_cancelled (cancellable, &error)) {
    fail (task, error);
  } else if (call->offer->kind == OFFER_TOOL) {
    json_object_set_string_member (params, "name", call->offer->own_name);
    json_object_set_object_member (params, "arguments", json_object_ref (call->arguments));
    app_mcp_client_request_async (call->client, "tools/call", params, cancellable, on_called, task);
  } else if (call->offer->kind == OFFER_RESOURCES && uri) {
    json_object_set_string_member (params, "uri", uri);
    app_mcp_client_request_async (call->client, "resources/read", params, cancellable, on_called, task);
  } else if (call->offer->kind == OFFER_PROMPTS && name) {
    ask_prompt (task, name);
  } else {
    gboolean resources = call->offer->kind == OFFER_RESOURCES;
    app_mcp_client_list_async (call->client, resources ? "resources/list" : "prompts/list", resources ? "resources" : "prompts", cancellable, on_listed, task);
  }
}

static void
run (const AppTool *tool, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  AppMcpOffer *offer = tool->data;
  Call *call = g_new0 (Call, 1);
  GError *error = NULL;

  call->offer = g_object_ref (offer);
  call->arguments = json_object_ref (arguments);
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  if (!offer->servers || !is_as_agreed (call, &error)) {
    fail (task, error ? error : g_error_new_literal (APP_ERROR, APP_ERROR_FAILED, _("The server was ended.")));
    return;
  }
  if (scope->workspace && !app_workspace_make_folder (scope->workspace, &error)) {
    fail (task, error);
    return;
  }
  app_mcp_servers_connect_async (offer->servers, offer->server, scope->workspace ? app_workspace_get_folder (scope->workspace) : NULL, app_mcp_servers_place_of (scope->database), scope->call, g_task_get_cancellable (task), on_connected, task);
}

/* ---- what there is ---- */

/* Letters, digits and "_", in small letters where `small`. */
static char *
make_slug (const char *text, gsize max, gboolean small)
{
  GString *slug = g_string_new (NULL);

  for (const char *p = text; *p != '\0' && slug->len < max; p++) {
    if (g_ascii_isalnum (*p))
      g_string_append_c (slug, small ? g_ascii_tolower (*p) : *p);
    else if (slug->len > 0 && slug->str[slug->len - 1] != '_')
      g_string_append_c (slug, '_');
  }
  while (slug->len > 0 && slug->str[slug->len - 1] == '_')
    g_string_truncate (slug, slug->len - 1);
  if (slug->len == 0)
    g_string_append (slug, "server");
  return g_string_free (slug, FALSE);
}

static gboolean
has_name (GPtrArray *tools, const char *name)
{
  for (guint i = 0; i < tools->len; i++)
    if (g_str_equal (((const AppTool *) tools->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

/* Begins with the server's, so that none of ours can be meant by it, nor one of another server. */
static char *
make_name (GPtrArray *tools, AppMcpServer *server, const char *own_name)
{
  g_autofree char *first = make_slug (app_mcp_server_get_name (server), MAX_SLUG, TRUE), *second = make_slug (own_name, MAX_MODEL_NAME - MAX_SLUG - 4, FALSE);
  char *name = g_strdup_printf ("%s_%s", first, second);

  for (guint i = 2; has_name (tools, name); i++) {
    g_free (name);
    name = g_strdup_printf ("%s_%s_%u", first, second, i);
  }
  return name;
}

static const struct {
  const char *own_name, *description, *parameters;
} own[] = {
  [OFFER_RESOURCES] = { "read_resource", "Reads something that a server offers, by its URI; without one, lists what there is.", "{\"type\":\"object\",\"properties\":{\"uri\":{\"type\":\"string\"}},\"additionalProperties\":false}" },
  [OFFER_PROMPTS] = { "get_prompt", "Gets a prepared prompt of a server, by its name; without one, lists what there is.",
                      "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"arguments\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}},\"additionalProperties\":false}" },
};

/* Made once for what it says: whoever holds tools of an answer would else hold more with each. */
static void
add (AppMcpServers *self, AppMcpServer *server, OfferKind kind, AppMcpTool *tool, GPtrArray *tools, GPtrArray *hold)
{
  const char *own_name = tool ? app_mcp_tool_get_name (tool) : own[kind].own_name;
  g_autofree char *name = make_name (tools, server, own_name), *pin = make_pin (server, tool ? app_mcp_tool_get_pin (tool) : own[kind].own_name), *key = g_strconcat (name, "\n", pin, "\n", app_mcp_server_get_name (server), NULL);
  AppMcpOffer *offer = g_hash_table_lookup (self->offered, key);

  if (!offer) {
    offer = g_object_new (APP_TYPE_MCP_OFFER, NULL);
    offer->kind = kind;
    g_set_weak_pointer (&offer->servers, self);
    offer->server = g_object_ref (server);
    offer->own_name = g_strdup (own_name);
    offer->tool = (AppTool) {
      .name = g_steal_pointer (&name),
      .title = g_strdup (tool ? app_mcp_tool_get_title (tool) : own_name),
      .icon_name = "application-x-addon-symbolic",
      .description = tool ? g_strdup (app_mcp_tool_get_description (tool)) : g_strdup_printf ("%s The server is “%s”.", own[kind].description, app_mcp_server_get_name (server)),
      .parameters = g_strdup (tool ? app_mcp_tool_get_schema (tool) : own[kind].parameters),
      .effect = APP_EFFECT_MCP,
      .seconds = SECONDS,
      .run = run,
      .origin = g_strdup (app_mcp_server_get_name (server)),
      .pin = g_steal_pointer (&pin),
      .data = offer,
    };
    g_hash_table_insert (self->offered, g_steal_pointer (&key), offer);
  }
  g_ptr_array_add (tools, &offer->tool);
  g_ptr_array_add (hold, g_object_ref (offer));
}

void
app_mcp_provide (GPtrArray *tools, GPtrArray *hold, gpointer database)
{
  AppMcpServers *self = app_mcp_servers_of (database);

  for (guint i = 0; self && i < self->list->len; i++) {
    AppMcpServer *server = self->list->pdata[i];
    GListModel *list = app_mcp_server_get_tools (server);
    AppMcpOffers offers = app_mcp_server_get_offers (server);

    if (!app_mcp_server_get_enabled (server))
      continue;
    for (guint k = 0; k < g_list_model_get_n_items (list); k++) {
      g_autoptr (AppMcpTool) tool = g_list_model_get_item (list, k);
      if (app_mcp_tool_get_state (tool) == APP_MCP_TOOL_ON)
        add (self, server, OFFER_TOOL, tool, tools, hold);
    }
    if ((offers & APP_MCP_HAS_RESOURCES) && (offers & APP_MCP_MAY_RESOURCES))
      add (self, server, OFFER_RESOURCES, NULL, tools, hold);
    if ((offers & APP_MCP_HAS_PROMPTS) && (offers & APP_MCP_MAY_PROMPTS))
      add (self, server, OFFER_PROMPTS, NULL, tools, hold);
  }
}
