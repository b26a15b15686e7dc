/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sending, regenerating, editing, stopping: how a turn gets from a call into the tables and the list, and its answer under way. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-bare-picture.h"
#include "app-conversation-private.h"
#include "app-history-private.h"
#include "app-message-private.h"
#include "tools/tool.h"

/* A turn between its call and its rows being safe. */
typedef struct {
  guint keep;     /* messages of the path before the turn */
  AppTurn *turn;  /* NULL: only another answer */
  gboolean ends_draft;
  gint64 place;   /* …that of the queue at this place; 0: what was typed */
  AppSenses senses;  /* of the model */
  gboolean here;     /* on this machine, whatever kind they are of */
  AppPromptAdapter *adapter; /* nullable */
  AppThinking thinking;
  char *title;    /* that the conversation gets */
  AppMessageRow *note, *answer; /* copies of what is stored */
} Begin;

static void
begin_free (Begin *begin)
{
  g_clear_pointer (&begin->turn, app_turn_unref);
  app_prompt_adapter_free (begin->adapter);
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
    copy->host = g_strdup (row->host);
    copy->wish = g_strdup (row->wish);
    copy->thought = g_strdup (row->thought);
    copy->depth = g_strdup (row->depth);
  }
  return copy;
}

static void
on_answer_ended (AppAnswer *answer, AppConversation *self)
{
  g_signal_handlers_disconnect_by_data (answer, self);
  g_clear_object (&self->answer);
  app_engine_release (self->engine);
  app_conversation_end_beside (self);
  app_conversation_update_continue (self);
  app_conversation_rests (self);
  g_object_unref (self); /* busy conversations stay alive */
}

static void
on_save_failed (AppAnswer *answer, const char *sentence, AppConversation *self)
{
  app_conversation_save_failed (self, sentence);
}

void
app_conversation_take_answer (AppConversation *self, AppMessage *message, AppPrompt *prompt)
{
  self->answer = app_answer_new (self->database, self->engine, message, prompt);
  g_signal_connect (self->answer, "ended", G_CALLBACK (on_answer_ended), g_object_ref (self));
  g_signal_connect (self->answer, "save-failed", G_CALLBACK (on_save_failed), self);
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
void
app_conversation_take_contents (AppConversation *self, const AppStoreContents *contents)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, contents->texts);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    int position = app_conversation_find_message (self, *(gint64 *) key);
    g_autoptr (AppMessage) message = position < 0 ? NULL : g_list_model_get_item (G_LIST_MODEL (self->messages), position);
    if (message)
      app_message_set_documents (message, value);
  }
}

AppAttachmentRow *
app_attachment_row_for (AppAttachment *attachment)
{
  AppAttachmentRow *row = app_attachment_row_new ();

  row->sha256 = g_strdup (app_attachment_get_sha256 (attachment));
  row->metadata = app_attachment_dup_metadata (attachment);
  row->model_text = g_strdup (app_attachment_get_model_text (attachment));
  row->bytes = g_bytes_ref (app_attachment_get_bytes (attachment));
  if (app_attachment_get_datasets (attachment) != NULL)
    row->choices = g_strdup (app_datasets_get_choices (app_attachment_get_datasets (attachment), row->sha256));
  return row;
}

/* What was sent just now, beside what the database has of the notes before. */
static void
add_own_files (GHashTable *shown, gint64 note, AppTurn *turn, AppSenses senses)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_attachment_row_free);
  gint64 *key = g_new (gint64, 1);

  for (guint i = 0; i < app_turn_get_n_attachments (turn); i++) {
    AppAttachment *attachment = app_turn_get_attachment (turn, i);
    AppAttachmentRow *row = app_attachment_row_for (attachment);
    if (!(app_attachment_get_sense (attachment) & senses))
      g_clear_pointer (&row->bytes, g_bytes_unref);
    g_ptr_array_add (rows, row);
  }
  *key = note;
  g_hash_table_insert (shown, key, rows);
}

/* What a program read from a file, and how, is of no interest beside the file itself. */
static gboolean
is_shown (const Begin *begin, AppAttachment *attachment)
{
  AppSenses sense = app_attachment_get_sense (attachment);

  /* Of a video that is only seen, what is said in it is. */
  return sense && (sense & begin->senses) == sense && (begin->here || app_bare_picture_type (app_attachment_get_bytes (attachment)));
}

/* The answer to a note may be more than words. */
static void
order_answer (AppConversation *self, const Begin *begin, AppMessage *answer, gboolean has_tools)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages)) - 1; /* without the answer */
  g_autoptr (AppMessage) note = n > 0 ? g_list_model_get_item (G_LIST_MODEL (self->messages), n - 1) : NULL;
  AppArtifacts *artifacts = app_conversation_get_artifacts (self);
  AppMakeOrder order = { .artifacts = artifacts, .datasets = app_history_datasets_of (self->database), .checker = app_artifacts_get_checker (artifacts),
                         .messages = G_LIST_MODEL (self->messages), .n_messages = n, .answer = app_message_get_id (answer) };

  if (!note || app_message_get_role (note) != APP_ROLE_USER)
    return;
  order.note = app_message_get_text (note);
  order.wish = app_message_get_wish (note);
  order.pick = begin->turn ? app_turn_get_pick (begin->turn) : NULL;
  if (strcmp (order.wish, APP_JOB_WISH) == 0) {
    app_conversation_take_job (self, n);
    return;
  }
  /* Who names a tool wants it called, and no page about it. */
  if (has_tools && *order.wish == '\0' && app_tool_is_named (order.note))
    return;
  if (app_make_is_needed (&order))
    app_answer_set_order (self->answer, &order);
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
  gboolean has_tools;

  self->storing = self->draft_leaves = FALSE;
  if (!stored) {
    app_engine_release (self->engine);
    app_conversation_rests (self);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }

  if (begin->ends_draft && !begin->place)
    app_conversation_draft_ended (self);
  if (begin->turn) {
    AppMessage *note = make_message (self, begin->note, stored->note, stored->note_index, stored->note_count);
    app_message_set_attachments (note, begin->turn);
    g_ptr_array_add (added, note);
  }
  answer = make_message (self, begin->answer, stored->answer, stored->answer_index, stored->answer_count);
  g_ptr_array_add (added, answer);
  app_conversation_replace_tail (self, begin->keep, added);
  app_conversation_take_contents (self, stored->contents);
  if (begin->senses && begin->turn)
    add_own_files (stored->contents->shown, stored->note, begin->turn, begin->senses);
  prompt = app_prompt_for_path (self->settings, self->own, G_LIST_MODEL (self->messages), begin->keep + added->len - 1, app_message_get_host (answer),
                                begin->senses, stored->contents->shown);
  app_prompt_set_adapter (prompt, g_steal_pointer (&begin->adapter));
  app_prompt_set_thinking (prompt, &begin->thinking);

  app_conversation_take_answer (self, answer, prompt);
  has_tools = app_tools_are_wanted (self->settings, self->own, app_message_get_host (answer));
  if (has_tools)
    app_answer_set_toolbox (self->answer, app_conversation_get_toolbox (self));
  app_conversation_set_string (self, &self->title, begin->title, APP_CONVERSATION_TITLE);
  self->updated = begin->answer->created;
  g_clear_pointer (&self->time, g_date_time_unref);
  if (self->id == 0) {
    self->id = stored->conversation;
    app_artifacts_set_conversation (app_conversation_get_artifacts (self), self->id);
    app_conversation_own_stored (self);
    app_conversation_tools_stored (self);
    app_conversation_notify (self, APP_CONVERSATION_ID);
  }
  order_answer (self, begin, answer, has_tools); /* a job needs the conversation's folder */
  app_conversation_notify (self, APP_CONVERSATION_TIME);
  app_store_turn_result_free (stored);
  app_answer_start (self->answer);
  if (self->stop_wanted)
    app_answer_stop (self->answer);
  g_task_return_boolean (task, TRUE);
}

void
app_conversation_want_contents (AppConversation *self, guint keep, AppSenses senses, AppStoreWants *wants)
{
  wants->senses = senses;
  for (guint i = 0; i < keep; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (G_LIST_MODEL (self->messages), i);
    gint64 id = app_message_get_id (message);
    if (!app_message_get_documents (message))
      g_array_append_val (wants->texts_of, id);
    if (senses && app_message_get_n_attachments (message))
      g_array_append_val (wants->shown_of, id);
  }
}

/* How deeply the answer to `turn`, or another one to the note before it, is thought about. */
static AppThinking
choose_thinking (AppConversation *self, guint keep, AppTurn *turn)
{
  g_autoptr (AppMessage) note = !turn && keep ? g_list_model_get_item (G_LIST_MODEL (self->messages), keep - 1) : NULL;

  return app_conversation_choose_thinking (self, turn ? app_turn_get_depth (turn) : note ? app_message_get_depth (note) : NULL);
}

/* Stores a turn (or only another answer when `turn` is NULL) after the first `keep` messages of the path, and begins to answer. `place`: of the queue, where
 * the turn waited; 0 when it did not. `thinking`: (nullable) as it was chosen for the note */
static void
begin_turn (AppConversation *self, GTask *task, guint keep, AppTurn *turn, gint64 place, const AppThinking *thinking)
{
  g_autofree char *adapter_notice = NULL;
  Begin *begin = g_new0 (Begin, 1);
  AppStoreTurn *store = g_new0 (AppStoreTurn, 1);
  AppModel *model = app_engine_get_model (self->engine);
  gint64 now = g_get_real_time () / 1000;

  begin->keep = keep;
  begin->senses = model ? app_model_get_senses (model) : APP_SENSE_NONE;
  begin->here = model && !app_model_get_server (model);
  begin->turn = turn ? app_turn_ref (turn) : NULL;
  begin->thinking = thinking ? *thinking : choose_thinking (self, keep, turn);
  app_conversation_choose_adapter (self, &begin->adapter, NULL); /* it can: refuse_turn () has looked */
  adapter_notice = app_conversation_dup_adapter_notice (self, begin->adapter);
  /* What is edited, or answered again, never was the draft. */
  begin->ends_draft = turn && keep == g_list_model_get_n_items (G_LIST_MODEL (self->messages));
  begin->place = place;
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
  begin->answer->notices = g_strdup (adapter_notice ? adapter_notice : "");
  begin->answer->model = g_strdup (model ? app_model_get_name (model) : NULL);
  begin->answer->host = g_strdup (model ? app_model_get_host (model) : NULL);
  begin->answer->depth = g_strdup (app_depth_to_id (begin->thinking.depth));
  app_conversation_set_string (self, &self->model_id, model ? app_model_get_id (model) : "", APP_CONVERSATION_MODEL_ID);

  store->conversation = app_conversation_row_new ();
  store->conversation->id = self->id;
  store->conversation->title = g_strdup (begin->title);
  store->conversation->named = self->named;
  store->conversation->model = g_strdup (self->model_id);
  store->conversation->pinned = self->pinned;
  store->conversation->folder = self->folder;
  store->conversation->updated = now;
  store->conversation->settings = app_conversation_settings_dup_json (self->own);
  store->parent = keep ? app_conversation_message_id_at (self, keep - 1) : 0;
  store->ends_draft = begin->ends_draft;
  store->place = place;
  store->wants = app_store_wants_new ();
  app_conversation_want_contents (self, keep, begin->senses, store->wants);
  if (turn) {
    g_autoptr (GPtrArray) notices = g_ptr_array_new ();
    store->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) app_attachment_row_free);
    for (guint i = 0; i < app_turn_get_n_attachments (turn); i++) {
      AppAttachment *attachment = app_turn_get_attachment (turn, i);
      g_ptr_array_add (store->attachments, app_attachment_row_for (attachment));
      /* Tables are asked as a whole; an answer that was not computed from them says so itself. */
      if (is_shown (begin, attachment) || app_attachment_get_dataset (attachment))
        continue;
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
    begin->note->wish = g_strdup (app_turn_get_wish (turn));
    begin->note->depth = g_strdup (app_turn_get_depth (turn));
    begin->note->notices = g_strjoinv ("\n", (char **) notices->pdata);
    store->note = copy_row (begin->note);
  }
  store->answer = copy_row (begin->answer);

  self->storing = TRUE;
  self->draft_leaves = begin->ends_draft && !place;
  self->stop_wanted = FALSE;
  self->own_changed = FALSE;
  app_engine_hold (self->engine);
  app_conversation_notify (self, APP_CONVERSATION_BUSY);
  app_database_run_async (self->database, app_store_turn, store, (GDestroyNotify) app_store_turn_free, (GDestroyNotify) app_store_turn_result_free, NULL,
                          on_turn_stored, task);
}

/* What must be true before anything is stored. Takes the task when it answers it. */
static gboolean
refuse_turn (AppConversation *self, GTask *task, AppTurn *turn)
{
  g_autoptr (AppPromptAdapter) adapter = NULL;
  AppEngineState state;
  g_autoptr (GError) error = NULL;

  if (app_conversation_refuse_when_busy (self, task))
    return TRUE;
  if (turn && !app_turn_check (turn, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    g_object_unref (task);
    return TRUE;
  }
  if (!app_conversation_choose_model (self, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    g_object_unref (task);
    return TRUE;
  }
  state = app_engine_get_state (self->engine);
  if (state == APP_ENGINE_NONE || state == APP_ENGINE_FAILED) {
    if (state == APP_ENGINE_FAILED)
      g_task_return_new_error (task, APP_ERROR, APP_ERROR_NO_MODEL, "%s", app_engine_get_error (self->engine));
    else
      g_task_return_new_error (task, APP_ERROR, APP_ERROR_NO_MODEL, _("No model is loaded. Choose one on the model page, then try again."));
    g_object_unref (task);
    return TRUE;
  }
  if (!app_conversation_choose_adapter (self, &adapter, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
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
    begin_turn (self, task, g_list_model_get_n_items (G_LIST_MODEL (self->messages)), turn, 0, NULL);
}

void
app_conversation_send_queued_async (AppConversation *self, AppTurn *turn, gint64 place, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (!refuse_turn (self, task, turn))
    begin_turn (self, task, g_list_model_get_n_items (G_LIST_MODEL (self->messages)), turn, place, NULL);
}

gboolean
app_conversation_send_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
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
    begin_turn (self, task, position, NULL, 0, NULL);
}

gboolean
app_conversation_can_think_more (AppMessage *answer)
{
  AppDepth depth;

  return !app_depth_from_id (app_message_get_depth (answer), &depth) || depth < APP_DEPTH_THOROUGH;
}

void
app_conversation_think_more_async (AppConversation *self, AppMessage *answer, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  /* Not only one step: what Compact passed over without a thought, it would pass over again. */
  const AppThinking thinking = { .depth = APP_DEPTH_THOROUGH };
  int position;

  if (!refuse_turn (self, task, NULL) && (position = find_for (self, task, answer, APP_ROLE_ASSISTANT)) >= 0)
    begin_turn (self, task, position, NULL, 0, &thinking);
}

gboolean
app_conversation_regenerate_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
}

void
app_conversation_edit_async (AppConversation *self, AppMessage *note, AppTurn *turn, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  int position;

  if (!refuse_turn (self, task, turn) && (position = find_for (self, task, note, APP_ROLE_USER)) >= 0)
    begin_turn (self, task, position, turn, 0, NULL);
}

gboolean
app_conversation_edit_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
}

/* ---- going on ---- */

static gboolean
can_continue (AppMessage *message, gboolean job)
{
  AppMessageState state = app_message_get_state (message);

  /* A job goes on where its journal is, whatever its answer says by now. */
  if (job)
    return state == APP_MESSAGE_STOPPED || state == APP_MESSAGE_FAILED || (state == APP_MESSAGE_DONE && app_message_get_stats (message)->finish == APP_FINISH_LENGTH);
  /* What was called is not called again. */
  return app_message_get_role (message) == APP_ROLE_ASSISTANT && *app_message_get_text (message) && g_list_model_get_n_items (app_message_get_calls (message)) == 0 &&
         (state == APP_MESSAGE_STOPPED || (state == APP_MESSAGE_DONE && app_message_get_stats (message)->finish == APP_FINISH_LENGTH));
}

void
app_conversation_update_continue (AppConversation *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));

  /* Only the last can be one; before a new turn of two messages another one was. */
  for (guint i = n; i-- > 0 && i + 4 > n;) {
    g_autoptr (AppMessage) message = g_list_model_get_item (G_LIST_MODEL (self->messages), i);
    app_message_set_can_continue (message, i + 1 == n && can_continue (message, app_conversation_is_job (self, i)));
  }
}

/* The attachments' texts that the prompt needs are read as for a turn. */
static void
on_contents (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppConversation *self = g_task_get_source_object (task);
  AppMessage *message = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  AppStoreContents *contents = app_database_run_finish (APP_DATABASE (source), result, &error);
  g_autoptr (AppPrompt) prompt = NULL;
  g_autofree char *adapter_notice = NULL;
  AppPromptAdapter *adapter = NULL;
  AppModel *model = app_engine_get_model (self->engine);
  const char *name = app_message_get_model_name (message);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->messages));
  gboolean is_job = app_conversation_is_job (self, n - 1);

  self->storing = FALSE;
  if (!contents || !app_conversation_choose_adapter (self, &adapter, &error)) {
    g_clear_pointer (&contents, app_store_contents_free);
    app_engine_release (self->engine);
    app_conversation_rests (self);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  app_conversation_take_contents (self, contents);
  prompt = app_prompt_for_path (self->settings, self->own, G_LIST_MODEL (self->messages), g_list_model_get_n_items (G_LIST_MODEL (self->messages)) - 1,
                                app_engine_get_host (self->engine), model ? app_model_get_senses (model) : APP_SENSE_NONE, contents->shown);
  app_store_contents_free (contents);
  if (!is_job)
    app_prompt_set_beginning (prompt, app_message_get_text (message));
  adapter_notice = app_conversation_dup_adapter_notice (self, adapter);
  if (adapter_notice && !g_strv_contains (app_message_get_notices (message), adapter_notice))
    app_message_add_notice (message, adapter_notice);
  app_prompt_set_adapter (prompt, adapter);
  if (model && g_strcmp0 (name, app_model_get_name (model)) != 0) {
    g_autofree char *notice = g_strdup_printf (_("continued by %s"), app_model_get_name (model));
    app_message_add_notice (message, notice);
  }
  app_conversation_take_answer (self, message, prompt);
  if (is_job)
    app_conversation_take_job (self, n - 1);
  app_message_reopen (message);
  app_answer_start (self->answer);
  if (self->stop_wanted)
    app_answer_stop (self->answer);
  g_task_return_boolean (task, TRUE);
}

void
app_conversation_continue_async (AppConversation *self, AppMessage *answer, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  AppStoreWants *wants;
  AppModel *model;

  if (refuse_turn (self, task, NULL))
    return;
  app_conversation_update_continue (self);
  if (!app_message_get_can_continue (answer)) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("This answer cannot be continued. Ask for it again instead."));
    g_object_unref (task);
    return;
  }
  g_task_set_task_data (task, g_object_ref (answer), g_object_unref);
  model = app_engine_get_model (self->engine);
  wants = app_store_wants_new ();
  app_conversation_want_contents (self, g_list_model_get_n_items (G_LIST_MODEL (self->messages)), model ? app_model_get_senses (model) : APP_SENSE_NONE, wants);
  app_engine_hold (self->engine);
  self->storing = TRUE;
  self->stop_wanted = FALSE;
  app_conversation_notify (self, APP_CONVERSATION_BUSY);
  app_database_run_async (self->database, app_store_contents, wants, (GDestroyNotify) app_store_wants_free, (GDestroyNotify) app_store_contents_free, NULL, on_contents,
                          task);
}

gboolean
app_conversation_continue_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  return app_conversation_finish_task (self, result, error);
}

void
app_conversation_stop (AppConversation *self)
{
  if (self->answer)
    app_answer_stop (self->answer);
  else
    self->stop_wanted = self->storing;
}

void
app_conversation_answer_now (AppConversation *self)
{
  if (self->answer)
    app_answer_answer_now (self->answer);
}
