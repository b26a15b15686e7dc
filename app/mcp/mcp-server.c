/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-server-private.h"

#include <string.h>

#include "app-json-items.h"
#include "mcp-message.h"

/* Of a server: tools, and bytes of what is said of them all. No model has room for more. */
#define MAX_TOOLS 200
#define MAX_BYTES (1 << 20)

struct _AppMcpServer {
  GObject parent;
  AppMcpServerRow *row; /* but for its tools */
  GListStore *tools;    /* AppMcpTool */
  GListStore *prompts;  /* AppMcpPrompt */
};

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppMcpServer, app_mcp_server, G_TYPE_OBJECT)

gint64
app_mcp_server_get_id (AppMcpServer *self)
{
  return self->row->id;
}

const char *
app_mcp_server_get_name (AppMcpServer *self)
{
  return self->row->name;
}

const char *
app_mcp_server_get_command (AppMcpServer *self)
{
  return self->row->command;
}

const char *
app_mcp_server_get_folder (AppMcpServer *self)
{
  return self->row->folder;
}

gboolean
app_mcp_server_get_network (AppMcpServer *self)
{
  return self->row->network;
}

gboolean
app_mcp_server_get_enabled (AppMcpServer *self)
{
  return self->row->enabled;
}

AppMcpOffers
app_mcp_server_get_offers (AppMcpServer *self)
{
  return self->row->offers;
}

GListModel *
app_mcp_server_get_tools (AppMcpServer *self)
{
  return G_LIST_MODEL (self->tools);
}

GListModel *
app_mcp_server_get_prompts (AppMcpServer *self)
{
  return G_LIST_MODEL (self->prompts);
}

const char *
app_mcp_server_get_key (AppMcpServer *self)
{
  return self->row->key;
}

AppMcpTool *
app_mcp_server_find_tool (AppMcpServer *self, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->tools)); i++) {
    g_autoptr (AppMcpTool) tool = g_list_model_get_item (G_LIST_MODEL (self->tools), i);
    if (g_str_equal (app_mcp_tool_get_name (tool), name))
      return tool; /* the list holds it */
  }
  return NULL;
}

gboolean
app_mcp_server_has_changes (AppMcpServer *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->tools)); i++) {
    g_autoptr (AppMcpTool) tool = g_list_model_get_item (G_LIST_MODEL (self->tools), i);
    if (app_mcp_tool_get_state (tool) == APP_MCP_TOOL_CHANGED)
      return TRUE;
  }
  return FALSE;
}

/* ---- changing ---- */

static gboolean
has_name (GPtrArray *tools, const char *name)
{
  for (guint i = 0; i < tools->len; i++)
    if (g_str_equal (app_mcp_tool_get_name (tools->pdata[i]), name))
      return TRUE;
  return FALSE;
}

GPtrArray *
app_mcp_server_read_tools (JsonArray *described)
{
  GPtrArray *tools = g_ptr_array_new_with_free_func (g_object_unref);
  gsize n_bytes = 0;

  for (guint i = 0; i < json_array_get_length (described) && tools->len < MAX_TOOLS; i++) {
    g_autoptr (AppMcpTool) tool = app_mcp_tool_new (json_array_get_object_element (described, i));

    /* Of two with one name only the first could be called, and the other would be looked at. */
    if (!tool || has_name (tools, app_mcp_tool_get_name (tool)))
      continue;
    n_bytes += strlen (app_mcp_tool_get_description (tool)) + strlen (app_mcp_tool_get_schema (tool));
    if (n_bytes > MAX_BYTES)
      break;
    g_ptr_array_add (tools, g_steal_pointer (&tool));
  }
  return tools;
}

static JsonObject *
find_described (JsonArray *described, const char *name)
{
  for (guint i = 0; i < json_array_get_length (described); i++)
    if (g_strcmp0 (app_mcp_get_string (json_array_get_object_element (described, i), "name"), name) == 0)
      return json_array_get_object_element (described, i);
  return NULL;
}

gboolean
app_mcp_server_update (AppMcpServer *self, JsonArray *described, AppMcpOffers offers)
{
  g_autoptr (GPtrArray) now = app_mcp_server_read_tools (described);
  gboolean changed;

  offers |= self->row->offers & (APP_MCP_MAY_RESOURCES | APP_MCP_MAY_PROMPTS);
  changed = self->row->offers != offers;
  self->row->offers = offers;
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->tools)); i-- > 0;) {
    g_autoptr (AppMcpTool) tool = g_list_model_get_item (G_LIST_MODEL (self->tools), i);
    const char *name = app_mcp_tool_get_name (tool);

    changed |= app_mcp_tool_update (tool, has_name (now, name) ? find_described (described, name) : NULL);
    if (app_mcp_tool_get_state (tool) == APP_MCP_TOOL_GONE && !app_mcp_tool_get_pin (tool))
      g_list_store_remove (self->tools, i); /* nobody had agreed to it */
  }
  for (guint i = 0; i < now->len; i++)
    if (!app_mcp_server_find_tool (self, app_mcp_tool_get_name (now->pdata[i]))) {
      g_list_store_append (self->tools, now->pdata[i]);
      changed = TRUE;
    }
  if (changed)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return changed;
}

void
app_mcp_server_set_may (AppMcpServer *self, AppMcpOffers which, gboolean may)
{
  self->row->offers = may ? self->row->offers | which : self->row->offers & ~which;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
app_mcp_server_set_enabled (AppMcpServer *self, gboolean enabled)
{
  self->row->enabled = enabled;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

char *
app_mcp_server_dup_origin (const char *key, const char *command, const char *folder)
{
  g_autofree char *whole = g_strconcat (key, "\n", command, "\n", folder, NULL);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, whole, -1);
}

/* ---- keeping ---- */

char *
app_mcp_server_print_tools (GPtrArray *tools)
{
  JsonArray *array = json_array_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < tools->len; i++)
    json_array_add_object_element (array, app_mcp_tool_save (tools->pdata[i]));
  json_node_take_array (node, array);
  return json_to_string (node, FALSE);
}

/* The objects of an array, one after the other. */
static void
load (const char *text, GListStore *store, gpointer (*make) (JsonObject *object))
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, (gssize) strlen (text), NULL);
  g_autoptr (AppJsonItems) items = app_json_items_new (stream);
  JsonNode *node;

  g_list_store_remove_all (store);
  while (app_json_items_next (items, &node, NULL, NULL) && node) {
    g_autoptr (GObject) made = JSON_NODE_HOLDS_OBJECT (node) ? make (json_node_get_object (node)) : NULL;
    if (made)
      g_list_store_append (store, made);
    json_node_unref (node);
  }
}

static gpointer
load_tool (JsonObject *kept)
{
  return app_mcp_tool_load (kept);
}

static gpointer
load_prompt (JsonObject *kept)
{
  return app_mcp_prompt_new (kept);
}

gboolean
app_mcp_server_update_prompts (AppMcpServer *self, const char *prompts)
{
  if (g_str_equal (self->row->prompts, prompts))
    return FALSE;
  g_free (self->row->prompts);
  self->row->prompts = g_strdup (prompts);
  load (prompts, self->prompts, load_prompt);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return TRUE;
}

static AppMcpServerRow *
copy_row (const AppMcpServerRow *row)
{
  AppMcpServerRow *copy = g_memdup2 (row, sizeof *row);

  copy->name = g_strdup (row->name);
  copy->command = g_strdup (row->command);
  copy->folder = g_strdup (row->folder);
  copy->key = g_strdup (row->key);
  copy->tools = NULL;
  copy->prompts = g_strdup (row->prompts ? row->prompts : "[]");
  return copy;
}

void
app_mcp_server_set_row (AppMcpServer *self, const AppMcpServerRow *row)
{
  app_mcp_server_row_free (self->row);
  self->row = copy_row (row);
  load (row->tools ? row->tools : "[]", self->tools, load_tool);
  load (self->row->prompts, self->prompts, load_prompt);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

AppMcpServerRow *
app_mcp_server_dup_row (AppMcpServer *self)
{
  AppMcpServerRow *row = copy_row (self->row);
  g_autoptr (GPtrArray) tools = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->tools)); i++)
    g_ptr_array_add (tools, g_list_model_get_item (G_LIST_MODEL (self->tools), i));
  row->tools = app_mcp_server_print_tools (tools);
  return row;
}

/* ---- object ---- */

static void
app_mcp_server_finalize (GObject *object)
{
  AppMcpServer *self = APP_MCP_SERVER (object);

  app_mcp_server_row_free (self->row);
  g_object_unref (self->tools);
  g_object_unref (self->prompts);
  G_OBJECT_CLASS (app_mcp_server_parent_class)->finalize (object);
}

static void
app_mcp_server_class_init (AppMcpServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_mcp_server_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", APP_TYPE_MCP_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
app_mcp_server_init (AppMcpServer *self)
{
  self->tools = g_list_store_new (APP_TYPE_MCP_TOOL);
  self->prompts = g_list_store_new (APP_TYPE_MCP_PROMPT);
}

AppMcpServer *
app_mcp_server_new (const AppMcpServerRow *row)
{
  AppMcpServer *self = g_object_new (APP_TYPE_MCP_SERVER, NULL);

  app_mcp_server_set_row (self, row);
  return self;
}
