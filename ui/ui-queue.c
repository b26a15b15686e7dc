/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-queue.h"

#include <glib/gi18n.h>

#include "ui-beside-layout.h"
#include "ui-column.h"
#include "ui-queue-row.h"
#include "ui-undo.h"

struct _UiQueue {
  GtkWidget parent_instance;

  GtkWidget *column;
  GtkWidget *frame;
  GtkLabel *reason;
  GtkWidget *resume;
  GtkWidget *scroller;
  GtkBox *rows;

  GSignalGroup *conversation;
  GSignalGroup *queue; /* its own, while it is shown */
  AppQueue *shown;     /* nullable */
};

enum { EDIT, RESUME, SEND_NOW, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiQueue, ui_queue, GTK_TYPE_WIDGET)

static guint
get_n_waiting (UiQueue *self)
{
  return self->shown != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->shown)) : 0;
}

static void
update (UiQueue *self)
{
  static const char *const reasons[APP_QUEUE_N_STATES] = {
    [APP_QUEUE_GOES] = N_("Will be sent after this answer"),
    [APP_QUEUE_STOPPED] = N_("Not sent, because you stopped the answer"),
    [APP_QUEUE_FAILED] = N_("Not sent, because the answer failed"),
    [APP_QUEUE_MISSED] = N_("Not sent yet"),
    [APP_QUEUE_LEFT] = N_("Not sent before Melete ended"),
  };
  g_autoptr (AppConversation) conversation = g_signal_group_dup_target (self->conversation);
  guint n = get_n_waiting (self);
  gboolean held = n > 0 && app_queue_get_state (self->shown) != APP_QUEUE_GOES;
  gboolean busy = conversation != NULL && app_conversation_get_busy (conversation);

  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
  if (n == 0)
    return;
  if (app_queue_get_state (self->shown) == APP_QUEUE_REFUSED)
    gtk_label_set_text (self->reason, app_queue_get_error (self->shown));
  else
    gtk_label_set_text (self->reason, _(reasons[app_queue_get_state (self->shown)]));
  gtk_widget_set_visible (self->resume, held);
  gtk_button_set_label (GTK_BUTTON (self->resume), n > 1 ? _ ("Send all") : _ ("Send"));
  gtk_widget_set_tooltip_text (self->resume, busy ? _("Send after this answer") : NULL);
  if (held)
    gtk_widget_add_css_class (self->frame, "held");
  else
    gtk_widget_remove_css_class (self->frame, "held");
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->rows)); row != NULL; row = gtk_widget_get_next_sibling (row))
    ui_queue_row_set_can_send_now (UI_QUEUE_ROW (row), busy || n > 1);
}

static void
on_resume (UiQueue *self)
{
  g_signal_emit (self, signals[RESUME], 0);
}

static void
on_edit (UiQueueRow *row, UiQueue *self)
{
  g_signal_emit (self, signals[EDIT], 0, ui_queue_row_get_queued (row));
}

static void
on_send_now (UiQueueRow *row, UiQueue *self)
{
  g_signal_emit (self, signals[SEND_NOW], 0, ui_queue_row_get_queued (row));
}

/* ---- removing ---- */

typedef struct {
  AppConversation *conversation; /* which keeps the queue at work */
  AppQueued *queued;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->conversation);
  g_object_unref (removal->queued);
  g_free (removal);
}

static char *
removal_sentence (guint n, gpointer newest)
{
  if (n == 1)
    return g_strdup (_("Waiting message removed"));
  return g_strdup_printf (ngettext ("%u waiting message removed", "%u waiting messages removed", n), n);
}

static void
undo_removal (gpointer data)
{
  Removal *removal = data;

  app_queue_bring_back (app_conversation_get_queue (removal->conversation), removal->queued);
}

/* It is gone already. */
static void
keep_removal (gpointer data)
{
}

static const UiUndoKind removals = { "ui-undo-queued", removal_sentence, undo_removal, keep_removal, removal_free };

static void
on_remove (UiQueueRow *row, UiQueue *self)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->conversation = g_signal_group_dup_target (self->conversation);
  removal->queued = g_object_ref (ui_queue_row_get_queued (row));
  app_queue_remove (self->shown, removal->queued);
  ui_undo_offer (GTK_WIDGET (self), &removals, removal);
}

/* ---- rows ---- */

static GtkWidget *
make_row (UiQueue *self, AppQueued *queued)
{
  GtkWidget *row = ui_queue_row_new (queued);

  g_signal_connect_object (row, "edit", G_CALLBACK (on_edit), self, 0);
  g_signal_connect_object (row, "remove", G_CALLBACK (on_remove), self, 0);
  g_signal_connect_object (row, "send-now", G_CALLBACK (on_send_now), self, 0);
  return row;
}

/* Only the rows that changed are made anew: one that is pointed at stays. */
static void
on_items_changed (GListModel *queue, guint position, guint removed, guint added, UiQueue *self)
{
  GtkWidget *before = NULL, *after = gtk_widget_get_first_child (GTK_WIDGET (self->rows));

  for (guint i = 0; i < position; i++) {
    before = after;
    after = gtk_widget_get_next_sibling (after);
  }
  for (guint i = 0; i < removed; i++) {
    GtkWidget *next = gtk_widget_get_next_sibling (after);

    gtk_box_remove (self->rows, after);
    after = next;
  }
  for (guint i = 0; i < added; i++) {
    g_autoptr (AppQueued) queued = g_list_model_get_item (queue, position + i);
    GtkWidget *row = make_row (self, queued);

    gtk_box_insert_child_after (self->rows, row, before);
    before = row;
  }
  update (self);
}

void
ui_queue_set_conversation (UiQueue *self, AppConversation *conversation)
{
  AppQueue *queue = conversation != NULL ? app_conversation_get_queue (conversation) : NULL;

  g_signal_group_set_target (self->conversation, conversation);
  if (queue == self->shown)
    return;
  g_signal_group_set_target (self->queue, queue);
  if (self->shown != NULL)
    on_items_changed (G_LIST_MODEL (self->shown), 0, get_n_waiting (self), 0, self);
  g_set_object (&self->shown, queue);
  if (queue != NULL)
    on_items_changed (G_LIST_MODEL (queue), 0, 0, get_n_waiting (self), self);
  update (self);
}

AppQueued *
ui_queue_get_last (UiQueue *self)
{
  guint n = get_n_waiting (self);
  g_autoptr (AppQueued) last = n > 0 ? g_list_model_get_item (G_LIST_MODEL (self->shown), n - 1) : NULL;

  return last != NULL && !app_queued_get_sending (last) ? g_steal_pointer (&last) : NULL;
}

/* ---- object ---- */

static void
ui_queue_dispose (GObject *object)
{
  UiQueue *self = UI_QUEUE (object);

  g_clear_object (&self->conversation);
  g_clear_object (&self->queue);
  g_clear_object (&self->shown);
  g_clear_pointer (&self->column, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_queue_parent_class)->dispose (object);
}

static void
ui_queue_class_init (UiQueueClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_queue_dispose;
  signals[EDIT] = g_signal_new ("edit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_QUEUED);
  signals[RESUME] = g_signal_new ("resume", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SEND_NOW] = g_signal_new ("send-now", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_QUEUED);
  g_type_ensure (UI_TYPE_COLUMN);
  g_type_ensure (UI_TYPE_BESIDE_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-queue.ui");
  gtk_widget_class_bind_template_child (widget_class, UiQueue, column);
  gtk_widget_class_bind_template_child (widget_class, UiQueue, frame);
  gtk_widget_class_bind_template_child (widget_class, UiQueue, reason);
  gtk_widget_class_bind_template_child (widget_class, UiQueue, resume);
  gtk_widget_class_bind_template_child (widget_class, UiQueue, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiQueue, rows);
  gtk_widget_class_bind_template_callback (widget_class, on_resume);
  gtk_widget_class_set_css_name (widget_class, "queue");
}

static void
ui_queue_init (UiQueue *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->conversation = g_signal_group_new (APP_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->conversation, "notify::busy", G_CALLBACK (update), self);
  self->queue = g_signal_group_new (APP_TYPE_QUEUE);
  g_signal_group_connect (self->queue, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_group_connect_swapped (self->queue, "notify::state", G_CALLBACK (update), self);
}
