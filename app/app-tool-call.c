/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-tool-call-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-conversation-settings.h"

/* Of the line about a call, in characters. */
#define MAX_OBJECT 60

struct _AppToolCall {
  GObject parent;
  AppDatabase *database;
  AppCallRow *row;
  const char *title, *icon_name, *object; /* of the tool */
  char *own_title;                        /* of a tool from elsewhere */
  char *explanation;                      /* nullable */
  char *question;
  char **choices;
  GDateTime *time; /* made when asked for */
};

enum { PROP_0, PROP_STATE, PROP_ARGUMENTS, PROP_QUESTION, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { SIGNAL_ANSWERED, SIGNAL_REPLIED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppToolCall, app_tool_call, G_TYPE_OBJECT)

static const AppTool *
find_tool (const AppCallRow *row)
{
  const AppTool *tool;

  for (guint i = 0; *row->origin == '\0' && (tool = app_tool_get (i)) != NULL; i++)
    if (g_str_equal (tool->name, row->tool))
      return tool;
  return NULL;
}

AppToolCall *
app_tool_call_new (AppDatabase *database, const AppTool *tool, AppCallRow *row)
{
  AppToolCall *self = g_object_new (APP_TYPE_TOOL_CALL, NULL);

  self->database = g_object_ref (database);
  self->row = app_call_row_copy (row);
  row = self->row;
  tool = tool != NULL ? tool : find_tool (row);
  self->icon_name = "application-x-executable-symbolic";
  if (tool != NULL && tool->origin == NULL) {
    self->title = _(tool->title);
    self->icon_name = tool->icon_name;
    self->object = tool->object;
  } else {
    /* Translators: a tool's name and the server that it is of */
    self->own_title = *row->origin != '\0' ? g_strdup_printf (_("%s of %s"), row->tool, row->origin) : g_strdup (row->tool);
    self->title = self->own_title;
  }
  return self;
}

const char *
app_tool_call_get_id (AppToolCall *self)
{
  return self->row->call;
}

const char *
app_tool_call_get_explanation (AppToolCall *self)
{
  return self->explanation != NULL ? self->explanation : "";
}

void
app_tool_call_set_explanation (AppToolCall *self, char *text)
{
  g_free (self->explanation);
  self->explanation = text;
}

gboolean
app_tool_call_is_same (AppToolCall *self, AppToolCall *other)
{
  g_autoptr (JsonNode) a = NULL, b = NULL;

  if (!g_str_equal (self->row->tool, other->row->tool) || g_strcmp0 (self->row->origin, other->row->origin) != 0)
    return FALSE;
  if (g_str_equal (self->row->arguments, other->row->arguments))
    return TRUE;
  a = json_from_string (self->row->arguments, NULL);
  b = json_from_string (other->row->arguments, NULL);
  return a != NULL && b != NULL && json_node_equal (a, b);
}

const char *
app_tool_call_get_name (AppToolCall *self)
{
  return self->row->tool;
}

const char *
app_tool_call_get_origin (AppToolCall *self)
{
  return self->row->origin;
}

const char *
app_tool_call_get_title (AppToolCall *self)
{
  return self->title;
}

const char *
app_tool_call_get_icon_name (AppToolCall *self)
{
  return self->icon_name;
}

char *
app_tool_call_dup_object (AppToolCall *self)
{
  g_autoptr (JsonObject) object = self->object != NULL ? app_json_parse_object (self->row->arguments, strlen (self->row->arguments), NULL) : NULL;
  JsonNode *member = object != NULL ? json_object_get_member (object, self->object) : NULL;
  g_autofree char *text = NULL, *raw = member != NULL && JSON_NODE_HOLDS_VALUE (member) && json_node_get_value_type (member) == G_TYPE_STRING ? json_node_dup_string (member) : NULL;

  if (raw == NULL)
    return g_strdup ("");
  g_strdelimit (raw, "\r\n\t", ' ');
  text = app_tool_reveal (g_strstrip (raw));
  if (g_utf8_strlen (text, -1) <= MAX_OBJECT)
    return g_steal_pointer (&text);
  *g_utf8_offset_to_pointer (text, MAX_OBJECT) = '\0';
  return g_strconcat (text, "…", NULL);
}

AppEffect
app_tool_call_get_effect (AppToolCall *self)
{
  return self->row->effect;
}

const char *
app_tool_call_get_arguments (AppToolCall *self)
{
  return self->row->arguments;
}

AppCallState
app_tool_call_get_state (AppToolCall *self)
{
  return self->row->state;
}

AppConsentAnswer
app_tool_call_get_consent (AppToolCall *self)
{
  return self->row->consent;
}

const char *
app_tool_call_get_result (AppToolCall *self)
{
  return self->row->result;
}

const char *
app_tool_call_get_data (AppToolCall *self)
{
  return self->row->data;
}

guint
app_tool_call_get_round (AppToolCall *self)
{
  return self->row->round;
}

gsize
app_tool_call_get_place (AppToolCall *self)
{
  return self->row->place;
}

GDateTime *
app_tool_call_get_time (AppToolCall *self)
{
  if (self->time == NULL) {
    g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (self->row->began / 1000);
    self->time = utc != NULL ? g_date_time_to_local (utc) : g_date_time_new_from_unix_local (0); /* one that no calendar has: a damaged file */
  }
  return self->time;
}

const char *
app_tool_call_get_question (AppToolCall *self)
{
  return self->question;
}

const char *const *
app_tool_call_get_choices (AppToolCall *self)
{
  return (const char *const *) self->choices;
}

/* ---- changing ---- */

void
app_tool_call_append (AppToolCall *self, const char *piece)
{
  char *arguments = g_strconcat (self->row->arguments, piece, NULL);

  g_free (self->row->arguments);
  self->row->arguments = arguments;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ARGUMENTS]);
}

void
app_tool_call_set_id (AppToolCall *self, const char *id)
{
  if (g_str_equal (self->row->call, id))
    return;
  g_free (self->row->call);
  self->row->call = g_strdup (id);
}

void
app_tool_call_set_arguments (AppToolCall *self, const char *arguments)
{
  if (g_str_equal (self->row->arguments, arguments))
    return;
  g_free (self->row->arguments);
  self->row->arguments = g_strdup (arguments);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ARGUMENTS]);
}

void
app_tool_call_set_state (AppToolCall *self, AppCallState state)
{
  if (state != APP_CALL_RUNNING && self->question != NULL)
    app_tool_call_ask (self, NULL, NULL);
  self->row->state = state;
  if (state >= APP_CALL_DONE)
    self->row->ended = g_get_real_time () / 1000;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
app_tool_call_set_consent (AppToolCall *self, AppConsentAnswer consent)
{
  self->row->consent = consent;
}

void
app_tool_call_set_result (AppToolCall *self, const char *text, const char *data)
{
  g_free (self->row->result);
  g_free (self->row->data);
  self->row->result = g_strdup (text);
  self->row->data = g_strdup (data);
}

void
app_tool_call_set_stored (AppToolCall *self, gint64 id)
{
  self->row->id = id;
}

void
app_tool_call_ask (AppToolCall *self, const char *question, const char *const *choices)
{
  g_free (self->question);
  g_strfreev (self->choices);
  self->question = g_strdup (question);
  self->choices = g_strdupv ((char **) choices);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_QUESTION]);
}

AppCallRow *
app_tool_call_dup_row (AppToolCall *self)
{
  return app_call_row_copy (self->row);
}

/* ---- what the person says ---- */

void
app_tool_call_answer (AppToolCall *self, AppConsentAnswer answer)
{
  if (self->row->state == APP_CALL_ASKING)
    g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, (guint) answer);
}

void
app_tool_call_reply (AppToolCall *self, const char *text)
{
  g_autofree char *copy = g_strdup (text);

  if (self->question == NULL)
    return;
  app_tool_call_ask (self, NULL, NULL);
  g_signal_emit (self, signals[SIGNAL_REPLIED], 0, copy);
}

void
app_tool_call_settle (AppToolCall *self, gboolean happened)
{
  app_tool_call_settle_found (self, happened, happened ? _("The program ended while this ran. The person says that it happened.") : _("The program ended while this ran. The person says that it did not happen."));
}

void
app_tool_call_settle_found (AppToolCall *self, gboolean happened, const char *sentence)
{
  if (self->row->state != APP_CALL_UNKNOWN)
    return;
  app_tool_call_set_result (self, sentence, NULL);
  app_tool_call_set_state (self, happened ? APP_CALL_DONE : APP_CALL_STOPPED);
  app_database_run_async (self->database, app_store_call_update, app_tool_call_dup_row (self), (GDestroyNotify) app_call_row_free, NULL, NULL, NULL, NULL);
}

/* ---- object ---- */

static void
app_tool_call_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppToolCall *self = APP_TOOL_CALL (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_uint (value, self->row->state);
    break;
  case PROP_ARGUMENTS:
    g_value_set_string (value, self->row->arguments);
    break;
  case PROP_QUESTION:
    g_value_set_string (value, self->question);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_tool_call_finalize (GObject *object)
{
  AppToolCall *self = APP_TOOL_CALL (object);

  g_clear_object (&self->database);
  app_call_row_free (self->row);
  g_free (self->own_title);
  g_free (self->explanation);
  g_free (self->question);
  g_strfreev (self->choices);
  g_clear_pointer (&self->time, g_date_time_unref);
  G_OBJECT_CLASS (app_tool_call_parent_class)->finalize (object);
}

static void
app_tool_call_class_init (AppToolCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_tool_call_get_property;
  object_class->finalize = app_tool_call_finalize;
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, APP_CALL_UNKNOWN, APP_CALL_WRITING, flags);
  properties[PROP_ARGUMENTS] = g_param_spec_string ("arguments", NULL, NULL, NULL, flags);
  properties[PROP_QUESTION] = g_param_spec_string ("question", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_ANSWERED] = g_signal_new ("answered", APP_TYPE_TOOL_CALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_REPLIED] = g_signal_new ("replied", APP_TYPE_TOOL_CALL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
app_tool_call_init (AppToolCall *self)
{
}
