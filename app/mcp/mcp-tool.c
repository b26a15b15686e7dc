/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-tool.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine.h"
#include "mcp-message.h"
#include "tools/tool.h"

/* Of a title, in characters. */
#define MAX_TITLE 80

/* What is kept of what a server says of a tool: what a model or a person sees. Hints of what it does ("readOnlyHint") are its own word and change nothing here. */
static const char *const members[] = { "name", "title", "description", "inputSchema" };

struct _AppMcpTool {
  GObject parent;
  char *name;
  JsonObject *said, *agreed; /* nullable: members of the above */
  char *said_text, *agreed_text; /* the same as canonical JSON */
  char *pin;    /* of agreed_text */
  gboolean examined; /* whether it can be called: only when somebody asks, since it takes a moment */
  char *reason; /* why it cannot be; NULL: it can */
  char *title, *description, *schema; /* of what counts */
};

enum { PROP_0, PROP_STATE, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AppMcpTool, app_mcp_tool, G_TYPE_OBJECT)

/* ---- JSON in one order ---- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

static JsonNode *
sort (JsonNode *node)
{
  JsonNode *sorted;

  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node), *copy = json_object_new ();
    g_autoptr (GList) names = g_list_sort (json_object_get_members (object), compare_names);

    for (GList *l = names; l; l = l->next)
      json_object_set_member (copy, l->data, sort (json_object_get_member (object, l->data)));
    sorted = json_node_new (JSON_NODE_OBJECT);
    json_node_take_object (sorted, copy);
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node), *copy = json_array_new ();

    for (guint i = 0; i < json_array_get_length (array); i++)
      json_array_add_element (copy, sort (json_array_get_element (array, i)));
    sorted = json_node_new (JSON_NODE_ARRAY);
    json_node_take_array (sorted, copy);
  } else {
    sorted = json_node_copy (node);
  }
  return sorted;
}

char *
app_mcp_print_canonical (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT), sorted = NULL;

  json_node_set_object (node, object);
  sorted = sort (node);
  return json_to_string (sorted, FALSE);
}

/* ---- what is said ---- */

static gboolean
is_name (const char *name)
{
  return name && *name != '\0' && strlen (name) <= APP_MCP_MAX_NAME && g_utf8_validate (name, -1, NULL);
}

/* The members that count. (transfer full) */
static JsonObject *
pick (JsonObject *described)
{
  JsonObject *picked = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (json_object_has_member (described, members[i]))
      json_object_set_member (picked, members[i], json_object_dup_member (described, members[i]));
  return picked;
}

/* Why a tool cannot be called here; NULL: it can. */
static char *
find_reason (JsonObject *said, const char *schema)
{
  EngineSchemaOptions options = { .closed = TRUE, .lax = TRUE };
  EngineError failure = { 0 };
  EngineGrammar *grammar;

  if (g_strcmp0 (app_mcp_get_string (app_mcp_get_object (said, "inputSchema"), "type"), "object") != 0)
    return g_strdup (_("What it takes is not described as it has to be."));
  grammar = engine_grammar_from_schema (schema, strlen (schema), &options, &failure);
  if (!grammar)
    return g_strdup_printf (_("What it takes is described in a way that Melete cannot follow: %s"), failure.message);
  engine_grammar_unref (grammar);
  return NULL;
}

/* What counts is what was agreed to, else what is said now. */
static void
refresh (AppMcpTool *self)
{
  JsonObject *counts = self->agreed ? self->agreed : self->said, *schema = app_mcp_get_object (counts, "inputSchema");
  const char *title = app_mcp_get_string (counts, "title"), *description = app_mcp_get_string (counts, "description");
  g_autofree char *shown = app_tool_reveal (title && *title != '\0' ? title : self->name);

  g_free (self->title);
  g_free (self->description);
  g_free (self->schema);
  g_clear_pointer (&self->reason, g_free);
  self->examined = FALSE;
  if (g_utf8_strlen (shown, -1) > MAX_TITLE)
    strcpy (g_utf8_offset_to_pointer (shown, MAX_TITLE - 1), "…"); /* what is cut off is longer */
  self->title = g_strdup (shown);
  self->description = g_strdup (description ? description : "");
  self->schema = schema ? app_mcp_print_canonical (schema) : g_strdup ("{\"type\":\"object\"}");
  g_free (self->pin);
  self->pin = self->agreed_text ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->agreed_text, -1) : NULL;
}

static void
set_said (AppMcpTool *self, JsonObject *said)
{
  g_clear_pointer (&self->said, json_object_unref);
  g_clear_pointer (&self->said_text, g_free);
  if (!said)
    return;
  self->said = pick (said);
  self->said_text = app_mcp_print_canonical (self->said);
}

static void
set_agreed (AppMcpTool *self, JsonObject *agreed)
{
  JsonObject *picked = agreed ? pick (agreed) : NULL;

  g_clear_pointer (&self->agreed, json_object_unref);
  g_clear_pointer (&self->agreed_text, g_free);
  self->agreed = picked;
  self->agreed_text = picked ? app_mcp_print_canonical (picked) : NULL;
}

static gboolean
is_small (JsonObject *described)
{
  g_autofree char *text = app_mcp_print_canonical (described);

  return strlen (text) <= APP_MCP_MAX_DESCRIPTION;
}

static AppMcpTool *
make (JsonObject *said, JsonObject *agreed)
{
  AppMcpTool *self = g_object_new (APP_TYPE_MCP_TOOL, NULL);

  self->name = g_strdup (app_mcp_get_string (said ? said : agreed, "name"));
  set_said (self, said);
  set_agreed (self, agreed);
  refresh (self);
  return self;
}

AppMcpTool *
app_mcp_tool_new (JsonObject *described)
{
  g_autoptr (JsonObject) picked = pick (described);
  /* Only by a way that this program does not know ("tasks"): it would fail each time. */
  gboolean needs_task = g_strcmp0 (app_mcp_get_string (app_mcp_get_object (described, "execution"), "taskSupport"), "required") == 0;

  return !needs_task && is_name (app_mcp_get_string (picked, "name")) && is_small (picked) ? make (picked, NULL) : NULL;
}

gboolean
app_mcp_tool_update (AppMcpTool *self, JsonObject *described)
{
  g_autofree char *before = g_strdup (self->said_text);
  g_autoptr (JsonObject) picked = described ? pick (described) : NULL;

  set_said (self, picked && is_small (picked) ? picked : NULL);
  refresh (self);
  if (g_strcmp0 (before, self->said_text) == 0)
    return FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  return TRUE;
}

void
app_mcp_tool_agree (AppMcpTool *self, gboolean agree)
{
  set_agreed (self, agree ? self->said : NULL);
  refresh (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* ---- facts ---- */

const char *
app_mcp_tool_get_name (AppMcpTool *self)
{
  return self->name;
}

const char *
app_mcp_tool_get_title (AppMcpTool *self)
{
  return self->title;
}

const char *
app_mcp_tool_get_description (AppMcpTool *self)
{
  return self->description;
}

const char *
app_mcp_tool_get_schema (AppMcpTool *self)
{
  return self->schema;
}

AppMcpToolState
app_mcp_tool_get_state (AppMcpTool *self)
{
  if (!self->said)
    return APP_MCP_TOOL_GONE;
  if (self->agreed && !g_str_equal (self->agreed_text, self->said_text))
    return APP_MCP_TOOL_CHANGED;
  if (app_mcp_tool_get_reason (self))
    return APP_MCP_TOOL_UNUSABLE;
  return self->agreed ? APP_MCP_TOOL_ON : APP_MCP_TOOL_OFF;
}

const char *
app_mcp_tool_get_reason (AppMcpTool *self)
{
  if (!self->examined)
    self->reason = find_reason (self->agreed ? self->agreed : self->said, self->schema);
  self->examined = TRUE;
  return self->reason;
}

const char *
app_mcp_tool_get_pin (AppMcpTool *self)
{
  return self->pin;
}

static char *
print (JsonObject *said)
{
  const char *title = app_mcp_get_string (said, "title"), *description = app_mcp_get_string (said, "description");
  JsonNode *schema = json_object_get_member (said, "inputSchema");
  g_autoptr (JsonNode) sorted = schema ? sort (schema) : NULL;
  g_autofree char *takes = sorted ? json_to_string (sorted, TRUE) : g_strdup (""), *text = g_strdup_printf ("%s%s%s\n\n%s\n\n%s", app_mcp_get_string (said, "name"), title ? "\n" : "", title ? title : "", description ? description : "", takes);

  return app_tool_reveal (text);
}

char *
app_mcp_tool_print (AppMcpTool *self)
{
  return self->said ? print (self->said) : g_strdup ("");
}

char *
app_mcp_tool_print_agreed (AppMcpTool *self)
{
  return self->agreed ? print (self->agreed) : NULL;
}

/* ---- keeping ---- */

JsonObject *
app_mcp_tool_save (AppMcpTool *self)
{
  JsonObject *kept = json_object_new ();

  if (self->said)
    json_object_set_object_member (kept, "said", json_object_ref (self->said));
  if (self->agreed)
    json_object_set_object_member (kept, "agreed", json_object_ref (self->agreed));
  return kept;
}

AppMcpTool *
app_mcp_tool_load (JsonObject *kept)
{
  JsonObject *said = app_mcp_get_object (kept, "said"), *agreed = app_mcp_get_object (kept, "agreed");
  const char *name = app_mcp_get_string (said ? said : agreed, "name");

  /* Both speak of the same tool. */
  if (!is_name (name) || (agreed && g_strcmp0 (app_mcp_get_string (agreed, "name"), name) != 0))
    return NULL;
  return make (said, agreed);
}

/* ---- object ---- */

static void
app_mcp_tool_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_STATE:
    g_value_set_uint (value, app_mcp_tool_get_state (APP_MCP_TOOL (object)));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_mcp_tool_finalize (GObject *object)
{
  AppMcpTool *self = APP_MCP_TOOL (object);

  set_said (self, NULL);
  set_agreed (self, NULL);
  g_free (self->name);
  g_free (self->pin);
  g_free (self->reason);
  g_free (self->title);
  g_free (self->description);
  g_free (self->schema);
  G_OBJECT_CLASS (app_mcp_tool_parent_class)->finalize (object);
}

static void
app_mcp_tool_class_init (AppMcpToolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = app_mcp_tool_get_property;
  object_class->finalize = app_mcp_tool_finalize;
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, APP_MCP_TOOL_UNUSABLE, APP_MCP_TOOL_OFF, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_mcp_tool_init (AppMcpTool *self)
{
}
