/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-conversation-private.h"

#include <glib/gi18n.h>

#include "app-answer.h"
#include "app-message-private.h"

struct _AppConversation {
  GObject parent;
  AppDatabase *database;
  AppEngine *engine;
  AppSettings *settings; /* nullable */

  gint64 id; /* 0: not stored yet */
  char *title, *model_id;
  gboolean named; /* by the person */
  gboolean pinned, loaded;
  gboolean storing;     /* the database is at work on the tree */
  gboolean stop_wanted; /* stop was asked for before the answer began */
  gint64 updated; /* milliseconds since 1970 */
  GDateTime *time;
  GListStore *messages;
  AppAnswer *answer; /* the one under way, NULL when not busy */
};

enum { PROP_0, PROP_ID, PROP_TITLE, PROP_TIME, PROP_PINNED, PROP_MODEL_ID, PROP_BUSY, PROP_LOADED, N_PROPS };
static GParamSpec *properties[N_PROPS];
static guint save_failed_signal;

G_DEFINE_FINAL_TYPE (AppConversation, app_conversation, G_TYPE_OBJECT)

static void
notify (AppConversation *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static void
set_string (AppConversation *self, char **field, const char *value, guint prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  notify (self, prop);
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

static gint64
message_id_at (AppConversation *self, guint position)
{
  g_autoptr (AppMessage) message = g_list_model_get_item (G_LIST_MODEL (self->messages), position);

  return message ? app_message_get_id (message) : 0;
}

/* Replaces everything from `position` on, in one change of the list. */
static void
replace_tail (AppConversation *self, guint position, GPtrArray *messages)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  g_list_store_splice (self->messages, position, n - position, messages->pdata, messages->len);
}

static GPtrArray *
messages_from_rows (AppConversation *self, GPtrArray *rows)
{
  GPtrArray *messages = g_ptr_array_new_full (rows->len, g_object_unref);

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (messages, app_message_new (self->database, rows->pdata[i]));
  return messages;
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

  if (rows) {
    g_autoptr (GPtrArray) messages = messages_from_rows (self, rows);
    replace_tail (self, select->keep ? app_conversation_find_message (self, select->keep) + 1 : 0, messages);
  }
  if (select->select.choose || select->select.reveal) {
    self->storing = FALSE;
    notify (self, PROP_BUSY);
  }
  if (!rows) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (!self->loaded) {
    self->loaded = TRUE;
    notify (self, PROP_LOADED);
  }
  g_task_return_boolean (task, TRUE);
}

static void
select_path (AppConversation *self, GTask *task, const Select *select)
{
  g_task_set_task_data (task, g_memdup2 (select, sizeof *select), g_free);
  if (select->select.choose || select->select.reveal) {
    self->storing = TRUE;
    notify (self, PROP_BUSY);
  }
  app_database_run_async (self->database, app_store_load, g_memdup2 (&select->select, sizeof select->select), g_free, (GDestroyNotify) g_ptr_array_unref,
                          g_task_get_cancellable (task), on_path, task);
}

static gboolean
finish_task (AppConversation *self, GAsyncResult *result, GError **error)
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
  return finish_task (self, result, error);
}

/* Answers the task with an error when nothing can be begun now. */
static gboolean
refuse_when_busy (AppConversation *self, GTask *task)
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

  if (refuse_when_busy (self, task))
    return;
  if (position < 0) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("This message is no longer shown."));
    g_object_unref (task);
    return;
  }
  if (position > 0)
    select.keep = select.select.after = message_id_at (self, position - 1);
  select_path (self, task, &select);
}

gboolean
app_conversation_select_branch_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
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
  if (self->loaded && refuse_when_busy (self, task))
    return;
  select_path (self, task, &select);
}

gboolean
app_conversation_show_message_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

/* ---- turns ---- */

/* A turn between its call and its rows being safe. */
typedef struct {
  guint keep;     /* messages of the path before the turn */
  AppTurn *turn;  /* NULL: only another answer */
  char *title;    /* that the conversation gets */
  AppMessageRow *note, *answer; /* copies of what is stored */
} Begin;

static void
begin_free (Begin *begin)
{
  g_clear_pointer (&begin->turn, app_turn_unref);
  g_free (begin->title);
  app_message_row_free (begin->note);
  app_message_row_free (begin->answer);
  g_free (begin);
}

static AppMessageRow *
copy_row (const AppMessageRow *row)
{
  AppMessageRow *copy = row ? g_memdup2 (row, sizeof *row) : NULL;

  if (copy) {
    copy->text = g_strdup (row->text);
    copy->error = g_strdup (row->error);
    copy->notices = g_strdup (row->notices);
    copy->model = g_strdup (row->model);
  }
  return copy;
}

static void
on_answer_ended (AppAnswer *answer, AppConversation *self)
{
  g_signal_handlers_disconnect_by_data (answer, self);
  g_clear_object (&self->answer);
  notify (self, PROP_BUSY);
  g_object_unref (self); /* busy conversations stay alive */
}

static void
on_save_failed (AppAnswer *answer, const char *sentence, AppConversation *self)
{
  g_signal_emit (self, save_failed_signal, 0, sentence);
}

static AppMessage *
make_message (AppConversation *self, AppMessageRow *row, gint64 id, guint index, guint count)
{
  row->id = id;
  row->branch_index = index;
  row->branch_count = count;
  return app_message_new (self->database, row);
}

/* The texts of attachments that were read along with the turn. */
static void
take_contents (AppConversation *self, GHashTable *contents)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, contents);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    int position = app_conversation_find_message (self, *(gint64 *) key);
    g_autoptr (AppMessage) message = position < 0 ? NULL : g_list_model_get_item (G_LIST_MODEL (self->messages), position);
    if (message)
      app_message_set_content (message, value);
  }
}

static void
on_turn_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppConversation *self = g_task_get_source_object (task);
  Begin *begin = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  AppStoreTurnResult *stored = app_database_run_finish (APP_DATABASE (source), result, &error);
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (AppPrompt) prompt = NULL;
  AppMessage *answer;

  self->storing = FALSE;
  if (!stored) {
    notify (self, PROP_BUSY);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }

  if (begin->turn) {
    AppMessage *note = make_message (self, begin->note, stored->note, stored->note_index, stored->note_count);
    app_message_set_attachments (note, begin->turn);
    g_ptr_array_add (added, note);
  }
  answer = make_message (self, begin->answer, stored->answer, stored->answer_index, stored->answer_count);
  g_ptr_array_add (added, answer);
  replace_tail (self, begin->keep, added);
  take_contents (self, stored->contents);
  prompt = app_prompt_for_path (self->settings, G_LIST_MODEL (self->messages), begin->keep + added->len - 1);

  self->answer = app_answer_new (self->database, self->engine, answer, prompt);
  g_signal_connect (self->answer, "ended", G_CALLBACK (on_answer_ended), g_object_ref (self));
  g_signal_connect (self->answer, "save-failed", G_CALLBACK (on_save_failed), self);

  set_string (self, &self->title, begin->title, PROP_TITLE);
  self->updated = begin->answer->created;
  g_clear_pointer (&self->time, g_date_time_unref);
  if (self->id == 0) {
    self->id = stored->conversation;
    notify (self, PROP_ID);
  }
  notify (self, PROP_TIME);
  app_store_turn_result_free (stored);
  app_answer_start (self->answer);
  if (self->stop_wanted)
    app_answer_stop (self->answer);
  g_task_return_boolean (task, TRUE);
}

/* Stores a turn (or only another answer when `turn` is NULL) after the first `keep` messages of the path, and begins to answer. */
static void
begin_turn (AppConversation *self, GTask *task, guint keep, AppTurn *turn)
{
  Begin *begin = g_new0 (Begin, 1);
  AppStoreTurn *store = g_new0 (AppStoreTurn, 1);
  AppModel *model = app_engine_get_model (self->engine);
  gint64 now = g_get_real_time () / 1000;

  begin->keep = keep;
  begin->turn = turn ? app_turn_ref (turn) : NULL;
  g_task_set_task_data (task, begin, (GDestroyNotify) begin_free);
  begin->title = g_strdup (self->title);
  if (turn && keep == 0 && !self->named) {
    g_free (begin->title);
    begin->title = app_title_for_turn (turn);
  }

  begin->answer = app_message_row_new ();
  begin->answer->role = APP_ROLE_ASSISTANT;
  begin->answer->state = APP_MESSAGE_WAITING;
  begin->answer->created = now;
  begin->answer->text = g_strdup ("");
  begin->answer->notices = g_strdup ("");
  begin->answer->model = g_strdup (model ? app_model_get_name (model) : NULL);
  set_string (self, &self->model_id, model ? app_model_get_id (model) : "", PROP_MODEL_ID);

  store->conversation = app_conversation_row_new ();
  store->conversation->id = self->id;
  store->conversation->title = g_strdup (begin->title);
  store->conversation->named = self->named;
  store->conversation->model = g_strdup (self->model_id);
  store->conversation->pinned = self->pinned;
  store->conversation->updated = now;
  store->parent = keep ? message_id_at (self, keep - 1) : 0;
  store->contents_of = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < keep; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (G_LIST_MODEL (self->messages), i);
    gint64 id = app_message_get_id (message);
    if (!app_message_get_content (message))
      g_array_append_val (store->contents_of, id);
  }
  if (turn) {
    g_autoptr (GPtrArray) notices = g_ptr_array_new ();
    store->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) app_attachment_row_free);
    for (guint i = 0; i < app_turn_get_n_attachments (turn); i++) {
      AppAttachment *attachment = app_turn_get_attachment (turn, i);
      AppAttachmentRow *row = app_attachment_row_new ();
      row->sha256 = g_strdup (app_attachment_get_sha256 (attachment));
      row->metadata = app_attachment_dup_metadata (attachment);
      row->model_text = g_strdup (app_attachment_get_model_text (attachment));
      row->bytes = g_bytes_ref (app_attachment_get_bytes (attachment));
      g_ptr_array_add (store->attachments, row);
      for (const char *const *notice = app_attachment_get_notices (attachment); *notice; notice++)
        if (!g_ptr_array_find_with_equal_func (notices, *notice, g_str_equal, NULL))
          g_ptr_array_add (notices, (gpointer) *notice);
    }
    g_ptr_array_add (notices, NULL);
    begin->note = app_message_row_new ();
    begin->note->role = APP_ROLE_USER;
    begin->note->state = APP_MESSAGE_DONE;
    begin->note->created = now;
    begin->note->text = g_strdup (app_turn_get_text (turn));
    begin->note->notices = g_strjoinv ("\n", (char **) notices->pdata);
    store->note = copy_row (begin->note);
  }
  store->answer = copy_row (begin->answer);

  self->storing = TRUE;
  self->stop_wanted = FALSE;
  notify (self, PROP_BUSY);
  app_database_run_async (self->database, app_store_turn, store, (GDestroyNotify) app_store_turn_free, (GDestroyNotify) app_store_turn_result_free, NULL,
                          on_turn_stored, task);
}

/* What must be true before anything is stored. Takes the task when it answers it. */
static gboolean
refuse_turn (AppConversation *self, GTask *task, AppTurn *turn)
{
  AppEngineState state = app_engine_get_state (self->engine);

  if (refuse_when_busy (self, task))
    return TRUE;
  if (turn && app_turn_is_empty (turn)) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("There is nothing to send yet. Write something or attach a file."));
    g_object_unref (task);
    return TRUE;
  }
  for (guint i = 0; turn && i < app_turn_get_n_attachments (turn); i++) {
    AppAttachment *attachment = app_turn_get_attachment (turn, i);
    if (app_attachment_get_state (attachment) != APP_ATTACHMENT_READY || !app_attachment_get_bytes (attachment)) {
      g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("“%s” could not be sent: it is not read yet, or could not be read. Wait for it, or remove it."),
                               app_attachment_get_name (attachment));
      g_object_unref (task);
      return TRUE;
    }
  }
  if (state == APP_ENGINE_NONE || state == APP_ENGINE_FAILED) {
    if (state == APP_ENGINE_FAILED)
      g_task_return_new_error (task, APP_ERROR, APP_ERROR_NO_MODEL, "%s", app_engine_get_error (self->engine));
    else
      g_task_return_new_error (task, APP_ERROR, APP_ERROR_NO_MODEL, _("No model is loaded. Choose one on the model page, then try again."));
    g_object_unref (task);
    return TRUE;
  }
  return FALSE;
}

void
app_conversation_send_async (AppConversation *self, AppTurn *turn, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (!refuse_turn (self, task, turn))
    begin_turn (self, task, g_list_model_get_n_items (G_LIST_MODEL (self->messages)), turn);
}

gboolean
app_conversation_send_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

/* The position of a message of this role, or -1 with the task answered. */
static int
find_for (AppConversation *self, GTask *task, AppMessage *message, AppRole role)
{
  int position = app_conversation_find_message (self, app_message_get_id (message));

  if (position >= 0 && app_message_get_role (message) == role)
    return position;
  g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("This message is no longer shown."));
  g_object_unref (task);
  return -1;
}

void
app_conversation_regenerate_async (AppConversation *self, AppMessage *answer, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  int position;

  if (!refuse_turn (self, task, NULL) && (position = find_for (self, task, answer, APP_ROLE_ASSISTANT)) >= 0)
    begin_turn (self, task, position, NULL);
}

gboolean
app_conversation_regenerate_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

void
app_conversation_edit_async (AppConversation *self, AppMessage *note, AppTurn *turn, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  int position;

  if (!refuse_turn (self, task, turn) && (position = find_for (self, task, note, APP_ROLE_USER)) >= 0)
    begin_turn (self, task, position, turn);
}

gboolean
app_conversation_edit_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

void
app_conversation_stop (AppConversation *self)
{
  if (self->answer)
    app_answer_stop (self->answer);
  else
    self->stop_wanted = self->storing;
}

/* ---- title and pin ---- */

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
    set_string (self, &self->title, change->title, PROP_TITLE);
  } else if (self->pinned != (change->value != 0)) {
    self->pinned = change->value != 0;
    notify (self, PROP_PINNED);
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
  return finish_task (self, result, error);
}

void
app_conversation_set_pinned_async (AppConversation *self, gboolean pinned, GAsyncReadyCallback callback, gpointer user_data)
{
  store_change (self, g_task_new (self, NULL, callback, user_data), APP_STORE_PINNED, pinned, NULL);
}

gboolean
app_conversation_set_pinned_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return finish_task (self, result, error);
}

/* ---- getters ---- */

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

/* ---- object ---- */

static void
app_conversation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppConversation *self = APP_CONVERSATION (object);

  switch (id) {
  case PROP_ID:
    g_value_set_int64 (value, self->id);
    break;
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_TIME:
    g_value_set_boxed (value, app_conversation_get_time (self));
    break;
  case PROP_PINNED:
    g_value_set_boolean (value, self->pinned);
    break;
  case PROP_MODEL_ID:
    g_value_set_string (value, self->model_id);
    break;
  case PROP_BUSY:
    g_value_set_boolean (value, app_conversation_get_busy (self));
    break;
  case PROP_LOADED:
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

  g_clear_object (&self->database);
  g_clear_object (&self->engine);
  g_clear_object (&self->settings);
  g_clear_object (&self->messages);
  g_clear_pointer (&self->time, g_date_time_unref);
  g_free (self->title);
  g_free (self->model_id);
  G_OBJECT_CLASS (app_conversation_parent_class)->finalize (object);
}

static void
app_conversation_class_init (AppConversationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = app_conversation_finalize;
  object_class->get_property = app_conversation_get_property;
  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_TIME] = g_param_spec_boxed ("time", NULL, NULL, G_TYPE_DATE_TIME, flags);
  properties[PROP_PINNED] = g_param_spec_boolean ("pinned", NULL, NULL, FALSE, flags);
  properties[PROP_MODEL_ID] = g_param_spec_string ("model-id", NULL, NULL, "", flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  save_failed_signal = g_signal_new ("save-failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
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
    self->updated = row->updated;
    set_string (self, &self->title, row->title, PROP_TITLE);
    set_string (self, &self->model_id, row->model, PROP_MODEL_ID);
  }
  return self;
}
