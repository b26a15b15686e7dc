/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiQueue: what waits to be sent in a conversation, over the composer: why it waits, and a row for each message. It is not there when nothing waits.
 *
 * Signals: "edit" (AppQueued): it is to be changed in the composer; "resume" (): the queue is to go on; "send-now" (AppQueued). What is removed here can
 * be brought back for some seconds. */
#pragma once

#include <gtk/gtk.h>

#include "app-conversation.h"

G_BEGIN_DECLS

#define UI_TYPE_QUEUE (ui_queue_get_type ())
G_DECLARE_FINAL_TYPE (UiQueue, ui_queue, UI, QUEUE, GtkWidget)

/* `conversation`: (nullable) */
void ui_queue_set_conversation (UiQueue *self, AppConversation *conversation);
/* The one that would be sent last, unless that cannot be changed any more. (transfer full) (nullable) */
AppQueued *ui_queue_get_last (UiQueue *self);

G_END_DECLS
