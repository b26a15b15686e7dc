/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-conversation-private.h"

#include <glib/gi18n.h>

#include "app-history-private.h"
#include "app-message-private.h"

static GParamSpec *properties[APP_CONVERSATION_N_PROPS];
static guint save_failed_signal;

G_DEFINE_FINAL_TYPE (AppConversation, app_conversation, G_TYPE_OBJECT)

void
app_conversation_notify (AppConversation *self, AppConversationProp prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

void
app_conversation_set_string (AppConversation *self, char **field, const char *value, AppConversationProp prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  app_conversation_notify (self, prop);
}

/* ---- the list of messages ---- */

int
app_conversation_find_message (AppConversation *self, gint64 message_id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  for (guint i = n; i-- > 0;) { /* what is looked for is mostly near the end */
    g_autoptr (AppMessage) message = g_list_model_get_item (G_LIST_MODEL (self->messages), i);
    if (app_message_get_id (message) == message_id)
      return i;
  }
  return -1;
}

gint64
app_conversation_message_id_at (AppConversation *self, guint position)
{
  g_autoptr (AppMessage) message = g_list_model_get_item (G_LIST_MODEL (self->messages), position);

  return message ? app_message_get_id (message) : 0;
}

void
app_conversation_replace_tail (AppConversation *self, guint position, GPtrArray *messages)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  g_list_store_splice (self->messages, position, n - position, messages->pdata, messages->len);
  app_conversation_update_continue (self);
}

static GPtrArray *
messages_from_rows (AppConversation *self, GPtrArray *rows)
{
  GPtrArray *messages = g_ptr_array_new_full (rows->len, g_object_unref);

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (messages, app_message_new (self->database, rows->pdata[i]));
  return messages;
}

void
app_conversation_save_failed (AppConversation *self, const char *sentence)
{
  g_signal_emit (self, save_failed_signal, 0, sentence);
}

/* ---- loading and choosing branches ---- */

typedef struct {
  AppStoreSelect select;
  gint64 keep; /* the last message that stays in the list, 0: none */
} Select;

static void
on_path (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppConversation *self = g_task_get_source_object (task);
  Select *select = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);

  /* Of two loads that ran side by side the second comes too late: what it read may be older than the list. */
  if (rows && (!self->loaded || select->select.choose || select->select.reveal)) {
    g_autoptr (GPtrArray) messages = messages_from_rows (self, rows);
    app_conversation_replace_tail (self, select->keep ? app_conversation_find_message (self, select->keep) + 1 : 0, messages);
    app_conversation_load_lanes (self);
  }
  if (select->select.choose || select->select.reveal) {
    self->storing = FALSE;
    app_conversation_rests (self);
  }
  if (!rows) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (!self->loaded) {
    self->loaded = TRUE;
    app_conversation_settle_calls (self);
    if (self->artifacts)
      app_artifacts_load (self->artifacts, self->id);
    app_conversation_notify (self, APP_CONVERSATION_LOADED);
  }
  g_task_return_boolean (task, TRUE);
}

static void
select_path (AppConversation *self, GTask *task, const Select *select)
{
  g_task_set_task_data (task, g_memdup2 (select, sizeof *select), g_free);
  if (select->select.choose || select->select.reveal) {
    self->storing = TRUE;
    app_conversation_notify (self, APP_CONVERSATION_BUSY);
  }
  app_database_run_async (self->database, app_store_load, g_memdup2 (&select->select, sizeof select->select), g_free, (GDestroyNotify) g_ptr_array_unref,
                          g_task_get_cancellable (task), on_path, task);
}

gboolean
app_conversation_finish_task (AppConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
app_conversation_load_async (AppConversation *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Select select = { .select.conversation = self->id };

  if (self->loaded) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  select_path (self, task, &select);
}

gboolean
app_conversation_load_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
}

gboolean
app_conversation_refuse_when_busy (AppConversation *self, GTask *task)
{
  if (self->answer || self->storing)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model is still answering here. Wait for the end or stop it first."));
  else if (!self->loaded)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The conversation is still being read. Try again in a moment."));
  else
    return FALSE;
  g_object_unref (task);
  return TRUE;
}

void
app_conversation_select_branch_async (AppConversation *self, AppMessage *message, guint index, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  int position = app_conversation_find_message (self, app_message_get_id (message));
  Select select = { .select = { .conversation = self->id, .choose = app_message_get_id (message), .choose_index = index } };

  if (app_conversation_refuse_when_busy (self, task))
    return;
  if (position < 0) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("This message is no longer shown."));
    g_object_unref (task);
    return;
  }
  if (position > 0)
    select.keep = select.select.after = app_conversation_message_id_at (self, position - 1);
  select_path (self, task, &select);
}

gboolean
app_conversation_select_branch_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
}

void
app_conversation_show_message_async (AppConversation *self, gint64 message_id, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Select select = { .select = { .conversation = self->id, .reveal = message_id } };

  if (self->loaded && app_conversation_find_message (self, message_id) >= 0) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  if (self->loaded && app_conversation_refuse_when_busy (self, task))
    return;
  select_path (self, task, &select);
}

gboolean
app_conversation_show_message_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
}

/* ---- title, pin and folder ---- */

void
app_conversation_take_folder (AppConversation *self, gint64 folder)
{
  if (self->folder == folder)
    return;
  self->folder = folder;
  app_conversation_notify (self, APP_CONVERSATION_FOLDER);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppConversation *self = g_task_get_source_object (task);
  AppStoreChange *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (source && !app_database_run_finish (APP_DATABASE (source), result, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (change->field == APP_STORE_TITLE) {
    self->named = change->value != 0;
    app_conversation_set_string (self, &self->title, change->title, APP_CONVERSATION_TITLE);
  } else if (change->field == APP_STORE_FOLDER) {
    app_conversation_take_folder (self, change->value);
  } else if (self->pinned != (change->value != 0)) {
    self->pinned = change->value != 0;
    app_conversation_notify (self, APP_CONVERSATION_PINNED);
  }
  g_task_return_boolean (task, TRUE);
}

/* Stores a change and then shows it; a conversation that is not stored yet only remembers it. */
static void
store_change (AppConversation *self, GTask *task, AppStoreField field, gint64 value, const char *title)
{
  AppStoreChange *change = g_new0 (AppStoreChange, 1), *copy = g_new0 (AppStoreChange, 1);

  *change = *copy = (AppStoreChange){ .conversation = self->id, .field = field, .value = value };
  change->title = g_strdup (title);
  copy->title = g_strdup (title);
  g_task_set_task_data (task, copy, (GDestroyNotify) app_store_change_free);
  if (self->id) {
    app_database_run_async (self->database, app_store_change, change, (GDestroyNotify) app_store_change_free, NULL, NULL, on_changed, task);
  } else {
    app_store_change_free (change);
    on_changed (NULL, NULL, task);
  }
}

void
app_conversation_rename_async (AppConversation *self, const char *title, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *clean = g_strstrip (g_strdelimit (g_utf8_make_valid (title, -1), "\n\r\t", ' '));
  g_autoptr (AppMessage) first = g_list_model_get_item (G_LIST_MODEL (self->messages), 0);

  if (*clean) {
    store_change (self, task, APP_STORE_TITLE, TRUE, clean);
  } else if (first) {
    g_autoptr (AppTurn) turn = app_turn_new (app_message_get_text (first), app_message_get_attachments (first));
    g_autofree char *automatic = app_title_for_turn (turn);
    store_change (self, task, APP_STORE_TITLE, FALSE, automatic);
  } else {
    store_change (self, task, APP_STORE_TITLE, FALSE, self->title); /* nothing to make one of: it stays */
  }
}

gboolean
app_conversation_rename_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
}

void
app_conversation_set_pinned_async (AppConversation *self, gboolean pinned, GAsyncReadyCallback callback, gpointer user_data)
{
  store_change (self, g_task_new (self, NULL, callback, user_data), APP_STORE_PINNED, pinned, NULL);
}

gboolean
app_conversation_set_pinned_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
}

void
app_conversation_set_folder_async (AppConversation *self, gint64 folder, GAsyncReadyCallback callback, gpointer user_data)
{
  store_change (self, g_task_new (self, NULL, callback, user_data), APP_STORE_FOLDER, folder, NULL);
}

gboolean
app_conversation_set_folder_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
}

/* ---- the queue ---- */

AppQueue *
app_conversation_get_queue (AppConversation *self)
{
  if (!self->queue)
    self->queue = app_queue_new (self, self->queued);
  return self->queue;
}

void
app_conversation_rests (AppConversation *self)
{
  app_conversation_notify (self, APP_CONVERSATION_BUSY);
  if (self->queue)
    app_queue_go_on (self->queue);
}

/* ---- getters ---- */

gboolean
app_conversation_get_temporary (AppConversation *self)
{
  return self->temporary;
}

gint64
app_conversation_get_folder (AppConversation *self)
{
  return self->folder;
}

gint64
app_conversation_get_id (AppConversation *self)
{
  return self->id;
}

const char *
app_conversation_get_title (AppConversation *self)
{
  return self->title;
}

gint64
app_conversation_get_updated (AppConversation *self)
{
  return self->updated;
}

GDateTime *
app_conversation_get_time (AppConversation *self)
{
  if (!self->time)
    self->time = g_date_time_new_from_unix_local (self->updated / 1000);
  return self->time;
}

gboolean
app_conversation_get_pinned (AppConversation *self)
{
  return self->pinned;
}

const char *
app_conversation_get_model_id (AppConversation *self)
{
  return self->model_id;
}

gboolean
app_conversation_get_busy (AppConversation *self)
{
  return self->answer != NULL || self->storing;
}

gboolean
app_conversation_get_loaded (AppConversation *self)
{
  return self->loaded;
}

GListModel *
app_conversation_get_messages (AppConversation *self)
{
  return G_LIST_MODEL (self->messages);
}

AppArtifacts *
app_conversation_get_artifacts (AppConversation *self)
{
  if (!self->artifacts) {
    self->artifacts = app_artifacts_new (self->database, G_LIST_MODEL (self->messages));
    g_signal_connect_swapped (self->artifacts, "save-failed", G_CALLBACK (app_conversation_save_failed), self);
    if (self->loaded)
      app_artifacts_load (self->artifacts, self->id);
  }
  return self->artifacts;
}

/* ---- object ---- */

static void
app_conversation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppConversation *self = APP_CONVERSATION (object);

  switch (id) {
  case APP_CONVERSATION_ID:
    g_value_set_int64 (value, self->id);
    break;
  case APP_CONVERSATION_TITLE:
    g_value_set_string (value, self->title);
    break;
  case APP_CONVERSATION_TIME:
    g_value_set_boxed (value, app_conversation_get_time (self));
    break;
  case APP_CONVERSATION_PINNED:
    g_value_set_boolean (value, self->pinned);
    break;
  case APP_CONVERSATION_FOLDER:
    g_value_set_int64 (value, self->folder);
    break;
  case APP_CONVERSATION_MODEL_ID:
    g_value_set_string (value, self->model_id);
    break;
  case APP_CONVERSATION_BUSY:
    g_value_set_boolean (value, app_conversation_get_busy (self));
    break;
  case APP_CONVERSATION_LOADED:
    g_value_set_boolean (value, self->loaded);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_conversation_finalize (GObject *object)
{
  AppConversation *self = APP_CONVERSATION (object);

  if (self->queue)
    app_queue_forget_conversation (self->queue);
  g_clear_object (&self->queue);
  g_clear_object (&self->database);
  g_clear_object (&self->engine);
  g_clear_object (&self->settings);
  if (self->own)
    g_signal_handlers_disconnect_by_data (self->own, self);
  g_clear_object (&self->own);
  if (self->artifacts != NULL)
    g_signal_handlers_disconnect_by_data (self->artifacts, self);
  g_clear_object (&self->artifacts);
  g_clear_object (&self->messages);
  g_clear_object (&self->toolbox);
  g_clear_object (&self->beside);
  g_clear_object (&self->beside_model);
  g_clear_pointer (&self->time, g_date_time_unref);
  g_free (self->title);
  g_free (self->model_id);
  g_free (self->draft);
  g_free (self->draft_wish);
  g_free (self->draft_depth);
  g_clear_pointer (&self->draft_files, g_ptr_array_unref);
  G_OBJECT_CLASS (app_conversation_parent_class)->finalize (object);
}

static void
app_conversation_class_init (AppConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = app_conversation_finalize;
  object_class->get_property = app_conversation_get_property;
  properties[APP_CONVERSATION_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[APP_CONVERSATION_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[APP_CONVERSATION_TIME] = g_param_spec_boxed ("time", NULL, NULL, G_TYPE_DATE_TIME, flags);
  properties[APP_CONVERSATION_PINNED] = g_param_spec_boolean ("pinned", NULL, NULL, FALSE, flags);
  properties[APP_CONVERSATION_FOLDER] = g_param_spec_int64 ("folder", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[APP_CONVERSATION_MODEL_ID] = g_param_spec_string ("model-id", NULL, NULL, "", flags);
  properties[APP_CONVERSATION_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[APP_CONVERSATION_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, APP_CONVERSATION_N_PROPS, properties);
  save_failed_signal = g_signal_new ("save-failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

AppDatasets *
app_conversation_get_datasets (AppConversation *self)
{
  return app_history_datasets_of (self->database);
}

static void
app_conversation_init (AppConversation *self)
{
  self->messages = g_list_store_new (APP_TYPE_MESSAGE);
  self->title = g_strdup ("");
  self->model_id = g_strdup ("");
}

AppConversation *
app_conversation_new (AppDatabase *database, AppEngine *engine, AppSettings *settings, const AppConversationRow *row)
{
  AppConversation *self = g_object_new (APP_TYPE_CONVERSATION, NULL);

  self->database = g_object_ref (database);
  self->engine = g_object_ref (engine);
  g_set_object (&self->settings, settings);
  self->loaded = row == NULL;
  self->updated = g_get_real_time () / 1000;
  if (row) {
    self->id = row->id;
    self->named = row->named;
    self->pinned = row->pinned;
    self->folder = row->folder;
    self->updated = row->updated;
    self->queued = row->queued;
    app_conversation_take_draft (self, g_strdup (row->draft), g_strdup (row->draft_wish), g_strdup (row->draft_depth), row->n_draft_attachments);
    app_conversation_set_string (self, &self->title, row->title, APP_CONVERSATION_TITLE);
    app_conversation_set_string (self, &self->model_id, row->model, APP_CONVERSATION_MODEL_ID);
  }
  app_conversation_init_own (self, row ? row->settings : NULL);
  return self;
}
