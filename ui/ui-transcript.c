/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-transcript.h"

#include <glib/gi18n.h>

#include "ui-announcer.h"
#include "ui-answer.h"
#include "ui-column.h"
#include "ui-copy.h"
#include "ui-note.h"
#include "ui-query-viewer.h"
#include "ui-source-viewer.h"
#include "ui-toast.h"
#include "ui-virtual-list.h"

#define FLASH_MS 1200
#define COLUMN_MARGIN 16 /* beside the column, as in the rows */
#define JUMP_MARGIN 2    /* around the button to the end, beside its own */

struct _UiTranscript {
  GtkWidget parent_instance;

  GtkWidget *overlay;
  GtkScrolledWindow *scroller;
  GtkRevealer *down_revealer;
  UiVirtualList *list;

  AppConversation *conversation;
  AppMessage *edited; /* (nullable) */
  UiAnnouncer *announcer;
  guint down_tick;
  guint flash_id;
  guint flash_position;
};

enum { EDIT, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiTranscript, ui_transcript, GTK_TYPE_WIDGET)

/* Rows: one kind for each role. */

static guint
row_kind (gpointer item)
{
  return app_message_get_role (item) == APP_ROLE_USER;
}

static GtkWidget *
row_create (guint kind, gpointer data)
{
  return kind ? ui_note_new () : ui_answer_new ();
}

static void
row_bind (GtkWidget *row, gpointer item, gpointer data)
{
  UiTranscript *self = data;

  if (UI_IS_NOTE (row)) {
    ui_note_set_message (UI_NOTE (row), item);
    ui_note_set_edited (UI_NOTE (row), item != NULL && item == (gpointer) self->edited);
  } else {
    ui_answer_set_message (UI_ANSWER (row), item);
  }
}

static void
row_unbind (GtkWidget *row, gpointer data)
{
  gtk_widget_remove_css_class (row, "flash");
  row_bind (row, NULL, data);
}

static int
row_estimate (gpointer item, int width)
{
  gsize length = strlen (app_message_get_text (item));
  int per_line = CLAMP (width / 7, 20, 74);

  return 84 + (int) MIN (length / per_line, 2000) * 24;
}

static const UiVirtualListRows rows = { row_kind, row_create, row_bind, row_unbind, row_estimate };

/* Actions */

static AppMessage *
find_message (UiTranscript *self, gint64 id)
{
  int position = self->conversation != NULL ? app_conversation_find_message (self->conversation, id) : -1;

  return position < 0 ? NULL : g_list_model_get_item (app_conversation_get_messages (self->conversation), position);
}

static void
action_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (AppMessage) message = find_message (UI_TRANSCRIPT (widget), g_variant_get_int64 (parameter));

  if (message == NULL)
    return;
  ui_copy (widget, app_message_get_text (message), UI_COPY_MARKDOWN);
}

static void
on_regenerated (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiTranscript) self = data;
  g_autoptr (GError) error = NULL;

  if (!app_conversation_regenerate_finish (APP_CONVERSATION (source), result, &error))
    ui_toast_error (GTK_WIDGET (self), error);
  else
    ui_transcript_scroll_to_end (self);
}

static void
action_regenerate (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTranscript *self = UI_TRANSCRIPT (widget);
  g_autoptr (AppMessage) message = find_message (self, g_variant_get_int64 (parameter));

  if (message != NULL && !app_conversation_get_busy (self->conversation))
    app_conversation_regenerate_async (self->conversation, message, on_regenerated, g_object_ref (self));
}

static void
action_think_more (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTranscript *self = UI_TRANSCRIPT (widget);
  g_autoptr (AppMessage) message = find_message (self, g_variant_get_int64 (parameter));

  if (message != NULL && !app_conversation_get_busy (self->conversation))
    app_conversation_think_more_async (self->conversation, message, on_regenerated, g_object_ref (self));
}

static void
action_answer_now (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (UI_TRANSCRIPT (widget)->conversation != NULL)
    app_conversation_answer_now (UI_TRANSCRIPT (widget)->conversation);
}

/* Something in a row is about to be folded or unfolded: it stays under the pointer. While an answer is written, the end of it is what is read. */
static void
action_hold (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTranscript *self = UI_TRANSCRIPT (widget);

  if (self->conversation != NULL && !app_conversation_get_busy (self->conversation))
    ui_virtual_list_hold (self->list);
}

static void
on_continued (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiTranscript) self = data;
  g_autoptr (GError) error = NULL;

  if (!app_conversation_continue_finish (APP_CONVERSATION (source), result, &error))
    ui_toast_error (GTK_WIDGET (self), error);
}

static void
action_continue (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTranscript *self = UI_TRANSCRIPT (widget);
  g_autoptr (AppMessage) message = find_message (self, g_variant_get_int64 (parameter));

  if (message != NULL)
    app_conversation_continue_async (self->conversation, message, on_continued, g_object_ref (self));
}

static void
action_edit (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (AppMessage) message = find_message (UI_TRANSCRIPT (widget), g_variant_get_int64 (parameter));

  if (message != NULL)
    g_signal_emit (widget, signals[EDIT], 0, message);
}

static void
action_source (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTranscript *self = UI_TRANSCRIPT (widget);
  g_autoptr (AppMessage) answer = NULL, note = NULL;
  GPtrArray *sources;
  const AppSource *source;
  gint64 id;
  guint32 number;

  g_variant_get (parameter, "(xu)", &id, &number);
  answer = find_message (self, id);
  sources = answer != NULL ? app_message_get_sources (answer) : NULL;
  if (sources == NULL || number < 1 || number > sources->len)
    return;
  source = sources->pdata[number - 1];
  if (source->sql != NULL) {
    ui_query_viewer_present (widget, self->conversation, source->sql, source->tables);
    return;
  }
  note = find_message (self, source->note);
  if (note != NULL)
    ui_source_viewer_present (widget, note, source);
}

static void
action_branch (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTranscript *self = UI_TRANSCRIPT (widget);
  g_autoptr (AppMessage) message = NULL;
  gint64 id;
  guint32 index;

  g_variant_get (parameter, "(xu)", &id, &index);
  message = find_message (self, id);
  if (message == NULL)
    return;
  if (app_conversation_get_busy (self->conversation))
    ui_toast (widget, _("Stop the answer first, then go to another version."));
  else
    app_conversation_select_branch_async (self->conversation, message, index, ui_toast_on_done,
                                          ui_toast_done_new (self, (UiToastFinish) app_conversation_select_branch_finish));
}

/* View */

static void
update_down (UiTranscript *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double below = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) - gtk_adjustment_get_value (adjustment);
  /* A list that was held may stand at its end and not know. */
  gboolean reveal = !ui_virtual_list_get_at_end (self->list) && below > 1;

  gtk_revealer_set_reveal_child (self->down_revealer, reveal);
  gtk_widget_set_can_target (GTK_WIDGET (self->down_revealer), reveal);
}

static gboolean
on_down_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiTranscript *self = UI_TRANSCRIPT (widget);

  self->down_tick = 0;
  update_down (self);
  return G_SOURCE_REMOVE;
}

/* The list says so while it is laid out, when nothing else may change its size. */
static void
on_adjusted (UiTranscript *self)
{
  if (self->down_tick == 0)
    self->down_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_down_tick, NULL, NULL);
}

/* The button to the end stands in the corner of the column, above the composer's, and not of the window, which may be far away. */
static gboolean
on_position (GtkOverlay *overlay, GtkWidget *child, GdkRectangle *place, UiTranscript *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (overlay));
  int column = MIN (width - 2 * COLUMN_MARGIN, ui_column_get_width (GTK_WIDGET (self)));
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &place->width, NULL, NULL, NULL);
  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, -1, &place->height, NULL, NULL, NULL);
  place->x = rtl ? (width - column) / 2 + JUMP_MARGIN : (width + column) / 2 - place->width - JUMP_MARGIN;
  place->y = gtk_widget_get_height (GTK_WIDGET (overlay)) - place->height - JUMP_MARGIN;
  return TRUE;
}

void
ui_transcript_set_conversation (UiTranscript *self, AppConversation *conversation)
{
  if (self->conversation == conversation)
    return;
  g_set_object (&self->conversation, conversation);
  ui_announcer_set_conversation (self->announcer, conversation);
  ui_virtual_list_set_model (self->list, conversation != NULL ? app_conversation_get_messages (conversation) : NULL);
}

/* The row of a message, if it has one now. */
static GtkWidget *
find_row (UiTranscript *self, AppMessage *message)
{
  int position = self->conversation != NULL ? app_conversation_find_message (self->conversation, app_message_get_id (message)) : -1;

  return position >= 0 ? ui_virtual_list_get_row (self->list, position) : NULL;
}

void
ui_transcript_set_edited (UiTranscript *self, AppMessage *note)
{
  GtkWidget *before = self->edited != NULL ? find_row (self, self->edited) : NULL;
  GtkWidget *row = note != NULL ? find_row (self, note) : NULL;

  g_set_object (&self->edited, note);
  if (before != NULL)
    ui_note_set_edited (UI_NOTE (before), FALSE);
  if (row != NULL)
    ui_note_set_edited (UI_NOTE (row), TRUE);
}

void
ui_transcript_scroll_to_end (UiTranscript *self)
{
  ui_virtual_list_scroll_to_end (self->list);
}

static gboolean
on_flash_end (gpointer data)
{
  UiTranscript *self = data;
  GtkWidget *row = ui_virtual_list_get_row (self->list, self->flash_position);

  self->flash_id = 0;
  if (row != NULL)
    gtk_widget_remove_css_class (row, "flash");
  return G_SOURCE_REMOVE;
}

static gboolean
on_flash_begin (gpointer data)
{
  UiTranscript *self = data;
  GtkWidget *row = ui_virtual_list_get_row (self->list, self->flash_position);

  if (row != NULL)
    gtk_widget_add_css_class (row, "flash");
  self->flash_id = g_timeout_add (FLASH_MS, on_flash_end, self);
  return G_SOURCE_REMOVE;
}

void
ui_transcript_scroll_to (UiTranscript *self, gint64 message_id)
{
  int position = self->conversation != NULL ? app_conversation_find_message (self->conversation, message_id) : -1;

  if (position < 0)
    return;
  ui_virtual_list_scroll_to (self->list, position);
  g_clear_handle_id (&self->flash_id, g_source_remove);
  self->flash_position = position;
  /* The row has a widget after the next frame. */
  self->flash_id = g_timeout_add (50, on_flash_begin, self);
}

static AppMessage *
last_of (UiTranscript *self, AppRole role)
{
  GListModel *messages;

  if (self->conversation == NULL)
    return NULL;
  messages = app_conversation_get_messages (self->conversation);
  for (guint i = g_list_model_get_n_items (messages); i-- > 0;) {
    g_autoptr (AppMessage) message = g_list_model_get_item (messages, i);

    if (app_message_get_role (message) == role)
      return g_steal_pointer (&message);
  }
  return NULL;
}

AppMessage *
ui_transcript_get_last_answer (UiTranscript *self)
{
  return last_of (self, APP_ROLE_ASSISTANT);
}

AppMessage *
ui_transcript_get_last_note (UiTranscript *self)
{
  return last_of (self, APP_ROLE_USER);
}

guint
ui_transcript_get_n_rows_created (UiTranscript *self)
{
  return ui_virtual_list_get_n_created (self->list);
}

static void
ui_transcript_dispose (GObject *object)
{
  UiTranscript *self = UI_TRANSCRIPT (object);

  g_clear_handle_id (&self->flash_id, g_source_remove);
  if (self->down_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->down_tick);
  self->down_tick = 0;
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  g_clear_object (&self->conversation);
  g_clear_object (&self->edited);
  g_clear_object (&self->announcer);
  G_OBJECT_CLASS (ui_transcript_parent_class)->dispose (object);
}

static void
ui_transcript_class_init (UiTranscriptClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_transcript_dispose;
  signals[EDIT] = g_signal_new ("edit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_MESSAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-transcript.ui");
  gtk_widget_class_bind_template_child (widget_class, UiTranscript, overlay);
  gtk_widget_class_bind_template_child (widget_class, UiTranscript, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiTranscript, down_revealer);
  gtk_widget_class_bind_template_callback (widget_class, on_position);
  gtk_widget_class_bind_template_callback (widget_class, ui_transcript_scroll_to_end);
  gtk_widget_class_install_action (widget_class, "transcript.copy", "x", action_copy);
  gtk_widget_class_install_action (widget_class, "transcript.regenerate", "x", action_regenerate);
  gtk_widget_class_install_action (widget_class, "transcript.think-more", "x", action_think_more);
  gtk_widget_class_install_action (widget_class, "transcript.answer-now", NULL, action_answer_now);
  gtk_widget_class_install_action (widget_class, "transcript.hold", NULL, action_hold);
  gtk_widget_class_install_action (widget_class, "transcript.continue", "x", action_continue);
  gtk_widget_class_install_action (widget_class, "transcript.edit", "x", action_edit);
  gtk_widget_class_install_action (widget_class, "transcript.branch", "(xu)", action_branch);
  gtk_widget_class_install_action (widget_class, "transcript.source", "(xu)", action_source);
}

static void
ui_transcript_init (UiTranscript *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->announcer = ui_announcer_new (GTK_WIDGET (self));
  self->list = UI_VIRTUAL_LIST (ui_virtual_list_new (&rows, self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Transcript"), -1);
  g_signal_connect_swapped (self->list, "notify::at-end", G_CALLBACK (update_down), self);
  gtk_scrolled_window_set_child (self->scroller, GTK_WIDGET (self->list));
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "changed", G_CALLBACK (on_adjusted), self, G_CONNECT_SWAPPED);
  update_down (self);
}
