/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiQueueRow: one message that waits to be sent: its words in a line or two, the names of its attachments, and what can be done with it.
 *
 * Signals: "edit" (), "remove" (), "send-now" (). */
#pragma once

#include <gtk/gtk.h>

#include "app-queue.h"

G_BEGIN_DECLS

#define UI_TYPE_QUEUE_ROW (ui_queue_row_get_type ())
G_DECLARE_FINAL_TYPE (UiQueueRow, ui_queue_row, UI, QUEUE_ROW, GtkWidget)

GtkWidget *ui_queue_row_new (AppQueued *queued);

AppQueued *ui_queue_row_get_queued (UiQueueRow *self);
/* Whether Send now would do anything else than the queue does by itself, or is asked to do as a whole. */
void ui_queue_row_set_can_send_now (UiQueueRow *self, gboolean can);

G_END_DECLS
