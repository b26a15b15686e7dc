/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-ask.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-tool-call-private.h"
#include "mcp-message.h"

/* Of one question: fields, choices of one, characters of a text. */
#define MAX_FIELDS 20
#define MAX_CHOICES 20
#define MAX_TEXT 600

typedef struct {
  AppToolCall *call;
  char *server;
  JsonObject *params, *content;
  GList *names;      /* of the fields, of params */
  GList *at;         /* the one that is asked; NULL: the last was */
  GPtrArray *values; /* const char *: what the choices stand for */
  GPtrArray *labels; /* char *: as they are shown */
  gulong replied, changed;
} Question;

static void
question_free (Question *question)
{
  g_clear_signal_handler (&question->replied, question->call);
  g_clear_signal_handler (&question->changed, question->call);
  g_object_unref (question->call);
  g_free (question->server);
  json_object_unref (question->params);
  json_object_unref (question->content);
  g_list_free (question->names);
  g_ptr_array_unref (question->values);
  g_ptr_array_unref (question->labels);
  g_free (question);
}

/* Takes the task, once: whoever comes later finds its handlers gone. */
static void
answer (GTask *task, const char *action)
{
  Question *question = g_task_get_task_data (task);
  JsonObject *result = json_object_new ();

  g_clear_signal_handler (&question->replied, question->call);
  g_clear_signal_handler (&question->changed, question->call);
  if (app_tool_call_get_question (question->call))
    app_tool_call_ask (question->call, NULL, NULL);
  json_object_set_string_member (result, "action", action);
  if (g_str_equal (action, "accept"))
    json_object_set_object_member (result, "content", json_object_ref (question->content));
  g_task_return_pointer (task, result, (GDestroyNotify) json_object_unref);
  g_object_unref (task);
}

static JsonObject *
get_field (Question *question)
{
  return app_mcp_get_object (app_mcp_get_object (app_mcp_get_object (question->params, "requestedSchema"), "properties"), question->at->data);
}

/* ---- one field ---- */

static char *
dup_shown (const char *text)
{
  g_autofree char *seen = app_tool_reveal (text ? text : "");

  return app_tool_cut (g_steal_pointer (&seen), MAX_TEXT);
}

static void
add_choice (Question *question, const char *value, const char *label)
{
  if (!value || question->values->len >= MAX_CHOICES)
    return;
  g_ptr_array_add (question->values, (gpointer) value);
  g_ptr_array_add (question->labels, dup_shown (label ? label : value));
}

/* "enum" with "enumNames", or "oneOf" or "anyOf" of "const" and "title", also of the items of a list; or yes and no. */
static void
add_choices (Question *question, JsonObject *field)
{
  JsonObject *items = app_mcp_get_object (field, "items"), *of = items ? items : field;
  JsonArray *values = app_mcp_get_array (of, "enum"), *names = app_mcp_get_array (of, "enumNames"), *alternatives = app_mcp_get_array (of, items ? "anyOf" : "oneOf");

  for (guint i = 0; values && i < json_array_get_length (values); i++) {
    JsonNode *value = json_array_get_element (values, i), *name = names && i < json_array_get_length (names) ? json_array_get_element (names, i) : NULL;
    add_choice (question, JSON_NODE_HOLDS_VALUE (value) ? json_node_get_string (value) : NULL, name && JSON_NODE_HOLDS_VALUE (name) ? json_node_get_string (name) : NULL);
  }
  for (guint i = 0; alternatives && i < json_array_get_length (alternatives); i++) {
    JsonNode *node = json_array_get_element (alternatives, i);
    if (JSON_NODE_HOLDS_OBJECT (node))
      add_choice (question, app_mcp_get_string (json_node_get_object (node), "const"), app_mcp_get_string (json_node_get_object (node), "title"));
  }
  if (g_strcmp0 (app_mcp_get_string (field, "type"), "boolean") == 0) {
    add_choice (question, "true", _("Yes"));
    add_choice (question, "false", _("No"));
  }
}

static gboolean
is_list (JsonObject *field)
{
  return g_strcmp0 (app_mcp_get_string (field, "type"), "array") == 0;
}

static gboolean
is_required (Question *question)
{
  JsonArray *required = app_mcp_get_array (app_mcp_get_object (question->params, "requestedSchema"), "required");

  for (guint i = 0; required && i < json_array_get_length (required); i++) {
    JsonNode *name = json_array_get_element (required, i);
    if (JSON_NODE_HOLDS_VALUE (name) && g_strcmp0 (json_node_get_string (name), question->at->data) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
ask_field (GTask *task)
{
  Question *question = g_task_get_task_data (task);
  JsonObject *field = question->at ? get_field (question) : NULL;
  const char *title = app_mcp_get_string (field, "title"), *description = app_mcp_get_string (field, "description");
  g_autofree char *message = dup_shown (app_mcp_get_string (question->params, "message")), *label = dup_shown (title ? title : question->at ? question->at->data : ""), *more = dup_shown (description);
  /* Translators: another program wants to know something: its name, its words */
  g_autofree char *asks = g_strdup_printf (_("The server “%s” asks: %s"), question->server, message);
  g_autofree char *whole = question->at ? g_strdup_printf ("%s\n\n%s%s%s%s%s", asks, label, *more != '\0' ? ": " : "", more, is_list (field) ? "\n" : "", is_list (field) ? _("Several are separated by commas.") : "") : g_strdup (asks);

  g_ptr_array_set_size (question->values, 0);
  g_ptr_array_set_size (question->labels, 0);
  if (field)
    add_choices (question, field);
  else
    add_choice (question, "yes", _("Yes"));
  if (question->at && !is_required (question))
    g_ptr_array_add (question->labels, g_strdup (_("Skip this")));
  g_ptr_array_add (question->labels, g_strdup (_("Do not answer")));
  g_ptr_array_add (question->labels, NULL);
  app_tool_call_ask (question->call, whole, (const char *const *) question->labels->pdata);
}

/* The value that a label stands for; what is no label stands for itself. */
static const char *
value_of (Question *question, const char *text)
{
  for (guint i = 0; i < question->values->len; i++)
    if (g_str_equal (text, question->labels->pdata[i]))
      return question->values->pdata[i];
  return text;
}

static JsonArray *
read_list (Question *question, const char *text)
{
  JsonArray *array = json_array_new ();
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  for (guint i = 0; words[i]; i++)
    if (*g_strstrip (words[i]) != '\0')
      json_array_add_string_element (array, value_of (question, words[i]));
  return array;
}

/* NULL: it is no number of this kind. */
static JsonNode *
read_number (const char *text, gboolean whole)
{
  char *end;
  double value = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !(value > -9e15 && value < 9e15))
    return NULL;
  if (value == (double) (gint64) value)
    return json_node_init_int (json_node_alloc (), (gint64) value);
  return whole ? NULL : json_node_init_double (json_node_alloc (), value);
}

/* What the person said, as the field wants it. FALSE: it is nothing of the kind. */
static gboolean
take (Question *question, const char *text)
{
  JsonObject *field = get_field (question);
  const char *type = app_mcp_get_string (field, "type"), *name = question->at->data, *value = value_of (question, text);
  gboolean truth = g_strcmp0 (type, "boolean") == 0, whole = g_strcmp0 (type, "integer") == 0;

  if (truth && !g_str_equal (value, "true") && !g_str_equal (value, "false"))
    return FALSE;
  if (truth) {
    json_object_set_boolean_member (question->content, name, g_str_equal (value, "true"));
  } else if (whole || g_strcmp0 (type, "number") == 0) {
    JsonNode *number = read_number (value, whole);
    if (!number)
      return FALSE;
    json_object_set_member (question->content, name, number);
  } else if (is_list (field)) {
    json_object_set_array_member (question->content, name, read_list (question, text));
  } else {
    json_object_set_string_member (question->content, name, value);
  }
  return TRUE;
}

static void
on_replied (AppToolCall *call, const char *text, GTask *task)
{
  Question *question = g_task_get_task_data (task);
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  if (g_str_equal (stripped, _("Do not answer"))) {
    answer (task, "decline");
  } else if (!question->at) {
    answer (task, "accept");
  } else {
    if ((g_str_equal (stripped, _("Skip this")) && !is_required (question)) || take (question, stripped))
      question->at = question->at->next;
    if (question->at)
      ask_field (task);
    else
      answer (task, "accept");
  }
}

/* The call has ended, whatever of it. */
static void
on_state (AppToolCall *call, GParamSpec *pspec, GTask *task)
{
  if (app_tool_call_get_state (call) != APP_CALL_RUNNING)
    answer (task, "cancel");
}

static gboolean
on_cancelled_idle (gpointer data)
{
  GTask *task = data;
  Question *question = g_task_get_task_data (task);

  if (question->replied != 0)
    answer (task, "cancel");
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled_idle, g_object_ref (task), g_object_unref);
}

void
app_mcp_ask (JsonObject *params, const char *server, AppToolCall *call, GTask *task)
{
  const char *mode = app_mcp_get_string (params, "mode");
  JsonObject *fields = app_mcp_get_object (app_mcp_get_object (params, "requestedSchema"), "properties");
  Question *question;

  if ((mode && !g_str_equal (mode, "form")) || (fields && json_object_get_size (fields) > MAX_FIELDS)) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, "The person cannot be asked in this way.");
    g_object_unref (task);
    return;
  }
  if (!call || app_tool_call_get_state (call) != APP_CALL_RUNNING || app_tool_call_get_question (call)) {
    JsonObject *result = json_object_new ();
    json_object_set_string_member (result, "action", "cancel");
    g_task_return_pointer (task, result, (GDestroyNotify) json_object_unref);
    g_object_unref (task);
    return;
  }
  question = g_new0 (Question, 1);
  question->call = g_object_ref (call);
  question->server = g_strdup (server);
  question->params = json_object_ref (params);
  question->content = json_object_new ();
  question->names = fields ? json_object_get_members (fields) : NULL;
  question->at = question->names;
  question->values = g_ptr_array_new ();
  question->labels = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  question->replied = g_signal_connect (call, "replied", G_CALLBACK (on_replied), task);
  question->changed = g_signal_connect (call, "notify::state", G_CALLBACK (on_state), task);
  ask_field (task);
  /* Not disconnected: it lives as long as the task, and who is cancelled late finds the handlers gone. */
  g_signal_connect_object (g_task_get_cancellable (task), "cancelled", G_CALLBACK (on_cancelled), task, 0);
}
