/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a conversation does with its queue. Internal to app/. */
#pragma once

#include "app-queue.h"

G_BEGIN_DECLS

struct _AppConversation;

/* `last_place`: the last one that the history has of it; 0: it is empty. The queue does not own the conversation. (transfer full) */
AppQueue *app_queue_new (struct _AppConversation *conversation, gint64 last_place);
/* The conversation is gone: nothing is sent any more. */
void app_queue_forget_conversation (AppQueue *self);
/* Nothing is under way in the conversation any more: sends the next one, or is held. */
void app_queue_go_on (AppQueue *self);

G_END_DECLS
