/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-conversation-private.h"

#include <glib/gi18n.h>

/* ---- one that waits ---- */

struct _AppQueued {
  GObject parent;
  AppTurn *turn;
  gint64 place; /* its key in the history: ascending, from 1 */
  gboolean edited, sending;
};

enum { QUEUED_PROP_0, QUEUED_TURN, QUEUED_EDITED, QUEUED_SENDING, QUEUED_N_PROPS };
static GParamSpec *queued_properties[QUEUED_N_PROPS];

G_DEFINE_FINAL_TYPE (AppQueued, app_queued, G_TYPE_OBJECT)

/* `turn`: (transfer full) */
static AppQueued *
queued_new (AppTurn *turn, gint64 place)
{
  AppQueued *self = g_object_new (APP_TYPE_QUEUED, NULL);

  self->turn = turn;
  self->place = place;
  return self;
}

AppTurn *
app_queued_get_turn (AppQueued *self)
{
  return self->turn;
}

gboolean
app_queued_get_edited (AppQueued *self)
{
  return self->edited;
}

static void
set_flag (AppQueued *self, gboolean *flag, gboolean value, guint property)
{
  if (*flag == value)
    return;
  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), queued_properties[property]);
}

void
app_queued_set_edited (AppQueued *self, gboolean edited)
{
  set_flag (self, &self->edited, edited, QUEUED_EDITED);
}

gboolean
app_queued_get_sending (AppQueued *self)
{
  return self->sending;
}

static void
app_queued_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppQueued *self = APP_QUEUED (object);

  if (id == QUEUED_TURN)
    g_value_set_boxed (value, self->turn);
  else
    g_value_set_boolean (value, id == QUEUED_EDITED ? self->edited : self->sending);
}

static void
app_queued_finalize (GObject *object)
{
  app_turn_unref (APP_QUEUED (object)->turn);
  G_OBJECT_CLASS (app_queued_parent_class)->finalize (object);
}

static void
app_queued_class_init (AppQueuedClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  G_OBJECT_CLASS (klass)->finalize = app_queued_finalize;
  G_OBJECT_CLASS (klass)->get_property = app_queued_get_property;
  queued_properties[QUEUED_TURN] = g_param_spec_boxed ("turn", NULL, NULL, APP_TYPE_TURN, flags);
  queued_properties[QUEUED_EDITED] = g_param_spec_boolean ("edited", NULL, NULL, FALSE, flags);
  queued_properties[QUEUED_SENDING] = g_param_spec_boolean ("sending", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), QUEUED_N_PROPS, queued_properties);
}

static void
app_queued_init (AppQueued *self)
{
}

/* ---- the queue ---- */

struct _AppQueue {
  GObject parent;
  AppConversation *conversation; /* not owned; NULL when it is gone */
  GPtrArray *items;              /* AppQueued, by place */
  gint64 last_place;
  AppQueueState state;
  char *error;
  gboolean reading;              /* what the history has is on its way */
  gboolean failed;               /* the last change could not be stored */
  AppQueued *first;              /* to be sent before the others, whatever the end of the answer; nullable */
  AppQueued *sending;            /* being stored as a message; nullable */
};

enum { PROP_0, PROP_STATE, N_PROPS };
static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return APP_TYPE_QUEUED;
}

static guint
get_n_items (GListModel *model)
{
  return APP_QUEUE (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  AppQueue *self = APP_QUEUE (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AppQueue, app_queue, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* `error`: (nullable) */
static void
set_state (AppQueue *self, AppQueueState state, const char *error)
{
  if (self->state == state && g_strcmp0 (self->error, error) == 0)
    return;
  self->state = state;
  g_free (self->error);
  self->error = g_strdup (error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* Where its place says. `item`: (transfer full) */
static void
insert (AppQueue *self, AppQueued *item)
{
  guint position = 0;

  while (position < self->items->len && ((AppQueued *) self->items->pdata[position])->place < item->place)
    position++;
  g_ptr_array_insert (self->items, position, item);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

/* An empty queue has no reason to be held. */
static void
take_out (AppQueue *self, AppQueued *item)
{
  guint position;

  if (self->first == item)
    g_clear_object (&self->first);
  if (!g_ptr_array_find (self->items, item, &position))
    return;
  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  if (self->items->len == 0)
    set_state (self, APP_QUEUE_GOES, NULL);
}

/* ---- storing ---- */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppQueue) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean stored = app_database_run_finish (APP_DATABASE (source), result, &error) != NULL;

  /* It stays in the list, and is sent from there. */
  if (!stored && !self->failed && self->conversation)
    app_conversation_save_failed (self->conversation, error->message);
  self->failed = !stored;
}

static void
run (AppQueue *self, AppDatabaseFunc job, AppStoreDraft *draft)
{
  app_database_run_async (self->conversation->database, job, draft, (GDestroyNotify) app_store_draft_free, NULL, NULL, on_stored, g_object_ref (self));
}

static AppStoreDraft *
make_draft (AppQueue *self, AppQueued *item)
{
  AppStoreDraft *draft = g_new0 (AppStoreDraft, 1);

  draft->conversation = app_conversation_get_id (self->conversation);
  draft->place = item->place;
  draft->text = g_strdup (app_turn_get_text (item->turn));
  draft->wish = g_strdup (app_turn_get_wish (item->turn));
  draft->pick = app_pick_dup_text (app_turn_get_pick (item->turn));
  draft->depth = g_strdup (app_turn_get_depth (item->turn));
  return draft;
}

static void
store (AppQueue *self, AppQueued *item, gboolean ends_typed)
{
  AppStoreDraft *draft = make_draft (self, item);

  draft->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) app_attachment_row_free);
  for (guint i = 0; i < app_turn_get_n_attachments (item->turn); i++)
    g_ptr_array_add (draft->attachments, app_attachment_row_for (app_turn_get_attachment (item->turn, i)));
  draft->ends_typed = ends_typed;
  run (self, app_store_draft, draft);
}

/* ---- sending ---- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppQueue) self = user_data;
  g_autoptr (AppQueued) item = g_steal_pointer (&self->sending);
  g_autoptr (GError) error = NULL;
  gboolean sent = app_conversation_send_finish (APP_CONVERSATION (source), result, &error);

  set_flag (item, &item->sending, FALSE, QUEUED_SENDING);
  if (sent)
    take_out (self, item);
  else
    set_state (self, APP_QUEUE_REFUSED, error->message);
}

static void
send (AppQueue *self, AppQueued *item)
{
  self->sending = g_object_ref (item);
  set_flag (item, &item->sending, TRUE, QUEUED_SENDING);
  app_conversation_send_queued_async (self->conversation, item->turn, item->place, on_sent, g_object_ref (self));
}

static gboolean
can_send (AppQueue *self)
{
  return self->conversation && !self->sending && !app_conversation_get_busy (self->conversation);
}

/* The next one, when nothing stands in the way. */
static void
send_next (AppQueue *self)
{
  AppQueued *next = self->items->len ? self->items->pdata[0] : NULL;

  if (!next || self->state != APP_QUEUE_GOES || self->reading || !can_send (self))
    return;
  if (next->edited)
    set_state (self, APP_QUEUE_MISSED, NULL);
  else
    send (self, next);
}

/* How the newest answer of the visible path ended. */
static AppMessageState
get_last_state (AppQueue *self)
{
  GListModel *messages = app_conversation_get_messages (self->conversation);
  guint n = g_list_model_get_n_items (messages);
  g_autoptr (AppMessage) last = n ? g_list_model_get_item (messages, n - 1) : NULL;

  return last ? app_message_get_state (last) : APP_MESSAGE_DONE;
}

void
app_queue_go_on (AppQueue *self)
{
  g_autoptr (AppQueued) first = NULL;
  AppMessageState last;

  if (!can_send (self))
    return;
  if ((first = g_steal_pointer (&self->first)) && !first->edited) {
    send (self, first);
    return;
  }
  last = get_last_state (self);
  if (last == APP_MESSAGE_DONE)
    send_next (self);
  else if (self->state == APP_QUEUE_GOES && self->items->len > 0)
    set_state (self, last == APP_MESSAGE_FAILED ? APP_QUEUE_FAILED : APP_QUEUE_STOPPED, NULL);
}

/* ---- what the person does ---- */

static gboolean
check (AppQueue *self, AppTurn *turn, GError **error)
{
  if (!app_turn_check (turn, error))
    return FALSE;
  if (self->conversation && app_conversation_get_id (self->conversation))
    return TRUE;
  g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The first message of this conversation is still being stored. Try again in a moment."));
  return FALSE;
}

gboolean
app_queue_add (AppQueue *self, AppTurn *turn, GError **error)
{
  AppQueued *item;

  if (!check (self, turn, error))
    return FALSE;
  item = queued_new (app_turn_ref (turn), ++self->last_place);
  store (self, item, TRUE);
  app_conversation_draft_ended (self->conversation);
  insert (self, item);
  set_state (self, APP_QUEUE_GOES, NULL);
  send_next (self);
  return TRUE;
}

gboolean
app_queue_replace (AppQueue *self, AppQueued *item, AppTurn *turn, GError **error)
{
  if (!g_ptr_array_find (self->items, item, NULL))
    return app_queue_add (self, turn, error); /* it was taken out meanwhile */
  if (!check (self, turn, error))
    return FALSE;
  app_turn_unref (item->turn);
  item->turn = app_turn_ref (turn);
  g_object_notify_by_pspec (G_OBJECT (item), queued_properties[QUEUED_TURN]);
  app_queued_set_edited (item, FALSE);
  store (self, item, FALSE);
  if (self->state == APP_QUEUE_MISSED)
    app_queue_resume (self);
  else if (can_send (self))
    send (self, item);
  return TRUE;
}

void
app_queue_remove (AppQueue *self, AppQueued *item)
{
  g_autoptr (AppQueued) keep = g_object_ref (item);

  if (item->sending)
    return;
  take_out (self, item);
  if (self->conversation)
    run (self, app_store_draft_remove, make_draft (self, item));
}

void
app_queue_bring_back (AppQueue *self, AppQueued *item)
{
  if (!self->conversation || g_ptr_array_find (self->items, item, NULL))
    return;
  store (self, item, FALSE);
  insert (self, g_object_ref (item));
  /* The answer for whose end it waited may be over. */
  if (!app_conversation_get_busy (self->conversation) && self->state == APP_QUEUE_GOES)
    set_state (self, APP_QUEUE_MISSED, NULL);
}

void
app_queue_take_over (AppQueue *self, AppQueue *other)
{
  if (other->items->len > 0)
    set_state (self, other->state, other->error);
  while (other->items->len > 0) {
    g_autoptr (AppQueued) item = g_object_ref (other->items->pdata[0]);
    AppQueued *copy = queued_new (app_turn_ref (item->turn), ++self->last_place);
    store (self, copy, FALSE);
    insert (self, copy);
    take_out (other, item);
  }
}

void
app_queue_resume (AppQueue *self)
{
  set_state (self, APP_QUEUE_GOES, NULL);
  send_next (self);
}

void
app_queue_send_now (AppQueue *self, AppQueued *item)
{
  if (!self->conversation || self->sending || item->edited)
    return;
  if (can_send (self)) {
    send (self, item);
    return;
  }
  g_set_object (&self->first, item);
  app_conversation_stop (self->conversation);
}

/* ---- what the history has ---- */

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppQueue) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) drafts = app_database_run_finish (APP_DATABASE (source), result, &error);

  self->reading = FALSE;
  if (!self->conversation)
    return;
  if (!drafts) {
    app_conversation_save_failed (self->conversation, error->message);
    return;
  }
  for (guint i = 0; i < drafts->len; i++) {
    const AppStoreDraft *draft = drafts->pdata[i];
    g_autoptr (GPtrArray) attachments = app_conversation_restore_attachments (self->conversation, draft->attachments);
    g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
    g_list_store_splice (list, 0, 0, attachments->pdata, attachments->len);
    g_autoptr (AppTurn) words = app_turn_new (draft->text, G_LIST_MODEL (list));
    g_autoptr (AppPick) pick = app_pick_new_from_text (draft->pick);
    g_autoptr (AppTurn) wish = app_turn_new_wish (words, draft->wish, pick);
    insert (self, queued_new (app_turn_new_depth (wish, draft->depth), draft->place));
  }
  /* More was added while it was read. */
  send_next (self);
}

static void
read_history (AppQueue *self)
{
  AppStoreDraft *which = g_new0 (AppStoreDraft, 1);

  which->conversation = app_conversation_get_id (self->conversation);
  self->reading = TRUE;
  self->state = APP_QUEUE_LEFT;
  app_database_run_async (self->conversation->database, app_store_queue, which, (GDestroyNotify) app_store_draft_free, (GDestroyNotify) g_ptr_array_unref, NULL,
                          on_read, g_object_ref (self));
}

/* ---- object ---- */

AppQueueState
app_queue_get_state (AppQueue *self)
{
  return self->state;
}

const char *
app_queue_get_error (AppQueue *self)
{
  return self->error;
}

AppQueue *
app_queue_new (AppConversation *conversation, gint64 last_place)
{
  AppQueue *self = g_object_new (APP_TYPE_QUEUE, NULL);

  self->conversation = conversation;
  self->last_place = last_place;
  if (last_place > 0)
    read_history (self);
  return self;
}

void
app_queue_forget_conversation (AppQueue *self)
{
  self->conversation = NULL;
}

static void
app_queue_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, APP_QUEUE (object)->state);
}

static void
app_queue_finalize (GObject *object)
{
  AppQueue *self = APP_QUEUE (object);

  g_ptr_array_unref (self->items);
  g_clear_object (&self->first);
  g_clear_object (&self->sending);
  g_free (self->error);
  G_OBJECT_CLASS (app_queue_parent_class)->finalize (object);
}

static void
app_queue_class_init (AppQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_queue_finalize;
  G_OBJECT_CLASS (klass)->get_property = app_queue_get_property;
  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, 0, APP_QUEUE_N_STATES - 1, APP_QUEUE_GOES, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
app_queue_init (AppQueue *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}
