/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-history-private.h"
#include "app-message-private.h"
#include "app-tool-call-private.h"

#include <string.h>

struct _AppMessage {
  GObject parent;
  AppDatabase *database;
  gint64 id;
  AppRole role;
  AppMessageState state;
  gboolean interrupted, can_continue;
  GString *text, *thought;
  char *error, *model, *host, *wish, *depth;
  char **notices;
  AppStats stats;
  double prompt_progress;
  gboolean thinking, can_answer_now;
  double thought_before; /* ms of thoughts that are over, while there is another one */
  gint64 thought_since;  /* monotonic: when the one that grows began */
  guint branch_index, branch_count, n_attachments;
  gint64 created; /* milliseconds since 1970 */
  GDateTime *time; /* made when asked for */
  GPtrArray *documents; /* AppDocument: the texts of the attachments; NULL: not read yet */
  GPtrArray *sources;   /* AppSource; NULL: none */
  GArray *citations;    /* AppCitation; NULL: none */
  AppVersion *version;  /* nullable */
  GListStore *calls; /* AppToolCall */
  GListModel *lanes;    /* nullable */
  GListStore *attachments;
  gboolean attachments_asked;
};

enum { PROP_0, PROP_STATE, PROP_TEXT, PROP_THOUGHT, PROP_THINKING, PROP_ERROR, PROP_NOTICES, PROP_STATS, PROP_PROMPT_PROGRESS, PROP_BRANCH_INDEX, PROP_BRANCH_COUNT, PROP_SOURCES, PROP_VERSION, PROP_LANES, PROP_CAN_CONTINUE, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AppMessage, app_message, G_TYPE_OBJECT)

static char **
split_notices (const char *notices)
{
  return *notices ? g_strsplit (notices, "\n", -1) : g_new0 (char *, 1);
}

AppMessage *
app_message_new (AppDatabase *database, AppMessageRow *row)
{
  AppMessage *self = g_object_new (APP_TYPE_MESSAGE, NULL);

  self->database = g_object_ref (database);
  self->id = row->id;
  self->role = row->role;
  self->state = row->state;
  self->interrupted = row->interrupted;
  g_string_append (self->text, row->text ? row->text : "");
  g_string_append (self->thought, row->thought ? row->thought : "");
  self->error = g_steal_pointer (&row->error);
  self->model = g_steal_pointer (&row->model);
  self->host = g_steal_pointer (&row->host);
  self->wish = row->wish ? g_steal_pointer (&row->wish) : g_strdup ("");
  self->depth = row->depth ? g_steal_pointer (&row->depth) : g_strdup ("");
  g_strfreev (self->notices);
  self->notices = split_notices (row->notices ? row->notices : "");
  self->stats = row->stats;
  self->branch_index = row->branch_index;
  self->branch_count = MAX (row->branch_count, 1);
  self->n_attachments = row->n_attachments;
  self->created = row->created;
  if (self->n_attachments == 0)
    self->documents = app_documents_new ();
  self->sources = g_steal_pointer (&row->sources);
  self->citations = g_steal_pointer (&row->citations);
  for (guint i = 0; row->calls && i < row->calls->len; i++) {
    g_autoptr (AppToolCall) call = app_tool_call_new (database, NULL, row->calls->pdata[i]);
    g_list_store_append (self->calls, call);
  }
  return self;
}

const char *
app_message_get_wish (AppMessage *self)
{
  return self->wish;
}

const char *
app_message_get_depth (AppMessage *self)
{
  return self->depth;
}

GListModel *
app_message_get_calls (AppMessage *self)
{
  return G_LIST_MODEL (self->calls);
}

GListStore *
app_message_get_calls_store (AppMessage *self)
{
  return self->calls;
}

/* ---- attachments ---- */

static void
on_thumbnail (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* A thumbnail that cannot be made leaves the chip without a picture. */
  app_attachment_load_finish (APP_ATTACHMENT (source), result, NULL);
}

static void
on_attachments (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppMessage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);
  g_autoptr (GPtrArray) attachments = g_ptr_array_new_with_free_func (g_object_unref);

  if (!rows) {
    app_message_add_notice (self, error->message);
    return;
  }
  for (guint i = 0; i < rows->len; i++) {
    AppAttachmentRow *row = rows->pdata[i];
    g_autoptr (GError) damaged = NULL;
    AppAttachment *attachment = app_attachment_new_stored (row->metadata, row->bytes, &damaged);
    if (attachment) {
      app_attachment_set_datasets (attachment, app_history_datasets_of (self->database));
      g_ptr_array_add (attachments, attachment);
    } else
      app_message_add_notice (self, damaged->message);
  }
  g_list_store_splice (self->attachments, 0, 0, attachments->pdata, attachments->len);
  for (guint i = 0; i < attachments->len; i++)
    app_attachment_load_async (attachments->pdata[i], FALSE, NULL, on_thumbnail, NULL);
}

GListModel *
app_message_get_attachments (AppMessage *self)
{
  if (!self->attachments)
    self->attachments = g_list_store_new (APP_TYPE_ATTACHMENT);
  if (self->n_attachments && !self->attachments_asked) {
    gint64 *id = g_new (gint64, 1);
    *id = self->id;
    self->attachments_asked = TRUE;
    app_database_run_async (self->database, app_store_attachments, id, g_free, (GDestroyNotify) g_ptr_array_unref, NULL, on_attachments, g_object_ref (self));
  }
  return G_LIST_MODEL (self->attachments);
}

void
app_message_set_attachments (AppMessage *self, AppTurn *turn)
{
  g_autoptr (GPtrArray) documents = app_documents_new ();

  self->attachments_asked = TRUE;
  self->n_attachments = app_turn_get_n_attachments (turn);
  app_message_get_attachments (self);
  for (guint i = 0; i < self->n_attachments; i++) {
    AppAttachment *attachment = app_turn_get_attachment (turn, i);
    g_list_store_append (self->attachments, attachment);
    g_ptr_array_add (documents, app_document_new (self->id, i, app_attachment_get_name (attachment), app_attachment_get_model_text (attachment)));
  }
  app_message_set_documents (self, documents);
}

guint
app_message_get_n_attachments (AppMessage *self)
{
  return self->n_attachments;
}

GPtrArray *
app_message_get_documents (AppMessage *self)
{
  return self->documents;
}

void
app_message_set_documents (AppMessage *self, GPtrArray *documents)
{
  g_clear_pointer (&self->documents, g_ptr_array_unref);
  self->documents = g_ptr_array_ref (documents);
}

GPtrArray *
app_message_get_sources (AppMessage *self)
{
  return self->sources;
}

GArray *
app_message_get_citations (AppMessage *self)
{
  return self->citations;
}

void
app_message_set_sources (AppMessage *self, GPtrArray *sources, GArray *citations)
{
  g_autoptr (GPtrArray) old_sources = self->sources;
  g_autoptr (GArray) old_citations = self->citations;

  self->sources = sources ? g_ptr_array_ref (sources) : NULL;
  self->citations = citations ? g_array_ref (citations) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOURCES]);
}

AppVersion *
app_message_get_version (AppMessage *self)
{
  return self->version;
}

GListModel *
app_message_get_lanes (AppMessage *self)
{
  return self->lanes;
}

void
app_message_set_lanes (AppMessage *self, GListModel *lanes)
{
  if (g_set_object (&self->lanes, lanes))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LANES]);
}

void
app_message_set_version (AppMessage *self, AppVersion *version)
{
  if (self->version == NULL && version == NULL)
    return;
  g_set_object (&self->version, version);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VERSION]);
}

/* ---- changes ---- */

static void
set_thinking (AppMessage *self, gboolean thinking, gboolean can_answer_now)
{
  can_answer_now = thinking && can_answer_now;
  if (self->thinking == thinking && self->can_answer_now == can_answer_now)
    return;
  self->thinking = thinking;
  self->can_answer_now = can_answer_now;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_THINKING]);
}

void
app_message_append (AppMessage *self, const char *piece)
{
  g_string_append (self->text, piece);
  set_thinking (self, FALSE, FALSE);
  app_message_set_state (self, APP_MESSAGE_WRITING);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

void
app_message_append_thought (AppMessage *self, const char *piece, gboolean can_answer_now)
{
  gint64 now = g_get_monotonic_time ();

  if (!self->thinking) {
    self->thought_since = now;
    self->thought_before = self->stats.thought_ms;
  }
  /* Until the end tells it rightly; what is saved before has it so. */
  self->stats.thought_ms = self->thought_before + (now - self->thought_since) / 1000.0;
  g_string_append (self->thought, piece);
  set_thinking (self, TRUE, can_answer_now);
  app_message_set_state (self, APP_MESSAGE_WRITING);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_THOUGHT]);
}

void
app_message_set_state (AppMessage *self, AppMessageState state)
{
  if (self->state == state)
    return;
  self->state = state;
  if (state != APP_MESSAGE_WRITING)
    set_thinking (self, FALSE, FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
app_message_set_error (AppMessage *self, const char *sentence)
{
  g_free (self->error);
  self->error = g_strdup (sentence);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

void
app_message_add_notice (AppMessage *self, const char *sentence)
{
  guint n = g_strv_length (self->notices);

  self->notices = g_renew (char *, self->notices, n + 2);
  self->notices[n] = g_strdelimit (g_strdup (sentence), "\n", ' ');
  self->notices[n + 1] = NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOTICES]);
}

void
app_message_set_stats (AppMessage *self, const AppStats *stats)
{
  self->stats = *stats;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATS]);
}

void
app_message_set_prompt_progress (AppMessage *self, double fraction)
{
  self->prompt_progress = fraction;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROMPT_PROGRESS]);
}

void
app_message_set_can_continue (AppMessage *self, gboolean can_continue)
{
  if (self->can_continue == can_continue)
    return;
  self->can_continue = can_continue;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_CONTINUE]);
}

void
app_message_reopen (AppMessage *self)
{
  self->interrupted = FALSE;
  self->prompt_progress = 0;
  self->stats.finish = APP_FINISH_NONE;
  app_message_set_can_continue (self, FALSE);
  app_message_set_state (self, APP_MESSAGE_WAITING);
}

gboolean
app_message_get_can_continue (AppMessage *self)
{
  return self->can_continue;
}

void
app_message_set_branch (AppMessage *self, guint index, guint count)
{
  self->branch_index = index;
  self->branch_count = count;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BRANCH_INDEX]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BRANCH_COUNT]);
}

AppMessageRow *
app_message_dup_row (AppMessage *self)
{
  AppMessageRow *row = app_message_row_new ();

  row->id = self->id;
  row->role = self->role;
  row->state = self->state;
  row->created = self->created;
  row->text = g_strndup (self->text->str, self->text->len);
  row->thought = g_strndup (self->thought->str, self->thought->len);
  row->depth = g_strdup (self->depth);
  row->error = g_strdup (self->error);
  row->notices = g_strjoinv ("\n", self->notices);
  row->model = g_strdup (self->model);
  row->stats = self->stats;
  row->sources = self->sources ? g_ptr_array_ref (self->sources) : NULL;
  row->citations = self->citations ? g_array_ref (self->citations) : NULL;
  return row;
}

/* ---- getters ---- */

gint64
app_message_get_id (AppMessage *self)
{
  return self->id;
}

AppRole
app_message_get_role (AppMessage *self)
{
  return self->role;
}

AppMessageState
app_message_get_state (AppMessage *self)
{
  return self->state;
}

const char *
app_message_get_text (AppMessage *self)
{
  return self->text->str;
}

const char *
app_message_get_thought (AppMessage *self)
{
  return self->thought->str;
}

gboolean
app_message_get_thinking (AppMessage *self)
{
  return self->thinking;
}

gboolean
app_message_get_can_answer_now (AppMessage *self)
{
  return self->can_answer_now;
}

const char *
app_message_get_error (AppMessage *self)
{
  return self->error;
}

const char *const *
app_message_get_notices (AppMessage *self)
{
  return (const char *const *) self->notices;
}

const AppStats *
app_message_get_stats (AppMessage *self)
{
  return &self->stats;
}

double
app_message_get_prompt_progress (AppMessage *self)
{
  return self->prompt_progress;
}

gboolean
app_message_get_interrupted (AppMessage *self)
{
  return self->interrupted;
}

guint
app_message_get_branch_index (AppMessage *self)
{
  return self->branch_index;
}

guint
app_message_get_branch_count (AppMessage *self)
{
  return self->branch_count;
}

const char *
app_message_get_model_name (AppMessage *self)
{
  return self->model;
}

const char *
app_message_get_host (AppMessage *self)
{
  return self->host;
}

GDateTime *
app_message_get_time (AppMessage *self)
{
  if (!self->time)
    self->time = g_date_time_new_from_unix_local (self->created / 1000);
  return self->time;
}

/* ---- object ---- */

static void
app_message_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppMessage *self = APP_MESSAGE (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_uint (value, self->state);
    break;
  case PROP_TEXT:
    g_value_set_string (value, self->text->str);
    break;
  case PROP_THOUGHT:
    g_value_set_string (value, self->thought->str);
    break;
  case PROP_THINKING:
    g_value_set_boolean (value, self->thinking);
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  case PROP_NOTICES:
    g_value_set_boxed (value, self->notices);
    break;
  case PROP_STATS:
    g_value_set_pointer (value, &self->stats);
    break;
  case PROP_PROMPT_PROGRESS:
    g_value_set_double (value, self->prompt_progress);
    break;
  case PROP_BRANCH_INDEX:
    g_value_set_uint (value, self->branch_index);
    break;
  case PROP_CAN_CONTINUE:
    g_value_set_boolean (value, self->can_continue);
    break;
  case PROP_BRANCH_COUNT:
    g_value_set_uint (value, self->branch_count);
    break;
  case PROP_SOURCES:
    g_value_set_pointer (value, self->sources);
    break;
  case PROP_VERSION:
    g_value_set_pointer (value, self->version);
    break;
  case PROP_LANES:
    g_value_set_object (value, self->lanes);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_message_finalize (GObject *object)
{
  AppMessage *self = APP_MESSAGE (object);

  g_clear_object (&self->database);
  g_clear_object (&self->attachments);
  g_clear_object (&self->calls);
  g_string_free (self->text, TRUE);
  g_string_free (self->thought, TRUE);
  g_free (self->error);
  g_free (self->model);
  g_clear_pointer (&self->documents, g_ptr_array_unref);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->citations, g_array_unref);
  g_free (self->host);
  g_free (self->wish);
  g_free (self->depth);
  g_clear_object (&self->version);
  g_clear_object (&self->lanes);
  g_strfreev (self->notices);
  g_clear_pointer (&self->time, g_date_time_unref);
  G_OBJECT_CLASS (app_message_parent_class)->finalize (object);
}

static void
app_message_class_init (AppMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = app_message_finalize;
  object_class->get_property = app_message_get_property;
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, APP_MESSAGE_FAILED, APP_MESSAGE_WAITING, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, "", flags);
  properties[PROP_THOUGHT] = g_param_spec_string ("thought", NULL, NULL, "", flags);
  properties[PROP_THINKING] = g_param_spec_boolean ("thinking", NULL, NULL, FALSE, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_NOTICES] = g_param_spec_boxed ("notices", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_STATS] = g_param_spec_pointer ("stats", NULL, NULL, flags);
  properties[PROP_PROMPT_PROGRESS] = g_param_spec_double ("prompt-progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_BRANCH_INDEX] = g_param_spec_uint ("branch-index", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_CAN_CONTINUE] = g_param_spec_boolean ("can-continue", NULL, NULL, FALSE, flags);
  properties[PROP_BRANCH_COUNT] = g_param_spec_uint ("branch-count", NULL, NULL, 0, G_MAXUINT, 1, flags);
  properties[PROP_SOURCES] = g_param_spec_pointer ("sources", NULL, NULL, flags);
  properties[PROP_LANES] = g_param_spec_object ("lanes", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_VERSION] = g_param_spec_pointer ("version", NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_message_init (AppMessage *self)
{
  self->text = g_string_new (NULL);
  self->thought = g_string_new (NULL);
  self->notices = g_new0 (char *, 1);
  self->branch_count = 1;
  self->calls = g_list_store_new (APP_TYPE_TOOL_CALL);
}
