/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppQueue: what the person wrote while the model was at work, in the order in which it will be sent: the next one whenever an answer has ended well.
 *
 * It belongs to a conversation (app_conversation_get_queue ()) and works whether or not that is shown. What waits is in the history from the moment
 * it is added, and leaves it in the transaction that stores it as a message, so that it is neither lost nor sent twice. After anything
 * but a good end (the person stopped the answer, it failed, the program ended) the queue is held: it stays as it is until the person
 * says how to go on.
 *
 * A GListModel of AppQueued, the next one first. Main thread only. */
#pragma once

#include "app-turn.h"

G_BEGIN_DECLS

/* Whether it goes on by itself, and why not. */
typedef enum {
  APP_QUEUE_GOES,
  APP_QUEUE_STOPPED, /* the person stopped the answer */
  APP_QUEUE_FAILED,  /* the answer failed */
  APP_QUEUE_REFUSED, /* the next one could not be sent: app_queue_get_error () */
  APP_QUEUE_MISSED,  /* it was the next one's turn while it was edited, or taken out */
  APP_QUEUE_LEFT,    /* by an earlier run of the program */
  APP_QUEUE_N_STATES,
} AppQueueState;

#define APP_TYPE_QUEUE (app_queue_get_type ())
G_DECLARE_FINAL_TYPE (AppQueue, app_queue, APP, QUEUE, GObject)

#define APP_TYPE_QUEUED (app_queued_get_type ())
G_DECLARE_FINAL_TYPE (AppQueued, app_queued, APP, QUEUED, GObject)

AppTurn *app_queued_get_turn (AppQueued *self);    /* "turn" (boxed): (transfer none) */
gboolean app_queued_get_edited (AppQueued *self);  /* "edited": the composer has it; it is not sent, and nothing behind it */
void app_queued_set_edited (AppQueued *self, gboolean edited);
gboolean app_queued_get_sending (AppQueued *self); /* "sending": it is being stored as a message, and can no longer be changed */

AppQueueState app_queue_get_state (AppQueue *self); /* "state" (uint) */
const char *app_queue_get_error (AppQueue *self);   /* the sentence when REFUSED, else NULL; notifies with "state" */

/* Puts a turn at the end, which is what the draft of the conversation becomes; a queue that was held goes on. Errors: APP_ERROR_INVALID when the turn could not be
 * sent (app_turn_check ()), or the conversation's first turn is not stored yet. */
gboolean app_queue_add (AppQueue *self, AppTurn *turn, GError **error);
/* Puts another turn in the place of that of `item`, and ends its editing. It is sent at once when nothing is under way. Errors likewise. */
gboolean app_queue_replace (AppQueue *self, AppQueued *item, AppTurn *turn, GError **error);
/* Takes it out, unless it is being sent; bring back puts one that was taken out in again where it was. */
void app_queue_remove (AppQueue *self, AppQueued *item);
void app_queue_bring_back (AppQueue *self, AppQueued *item);
/* Takes over what waits in the queue of another conversation, and how it is held. */
void app_queue_take_over (AppQueue *self, AppQueue *other);
/* The person wants it to go on: now, or when the answer under way has ended. */
void app_queue_resume (AppQueue *self);
/* Sends it before all others; the answer under way is stopped. Whether the others go on stays as it is. */
void app_queue_send_now (AppQueue *self, AppQueued *item);

G_END_DECLS
