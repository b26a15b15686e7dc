/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-source-viewer.h"

#include "ui-attachment-viewer.h"

/* A passage that waits for the attachments of its message. */
typedef struct {
  GtkWidget *widget; /* weak */
  GListModel *attachments;
  guint attachment, page;
  gsize start, length;
} Wait;

static void
wait_free (Wait *wait)
{
  g_clear_weak_pointer (&wait->widget);
  g_object_unref (wait->attachments);
  g_free (wait);
}

/* FALSE: not there yet. */
static gboolean
present (const Wait *wait)
{
  g_autoptr (AppAttachment) attachment = g_list_model_get_item (wait->attachments, wait->attachment);

  if (attachment != NULL && wait->widget != NULL)
    ui_attachment_viewer_present_passage (wait->widget, attachment, wait->page, wait->start, wait->length);
  return attachment != NULL;
}

static void
on_items_changed (GListModel *attachments, guint position, guint removed, guint added, Wait *wait)
{
  present (wait);
  g_signal_handlers_disconnect_by_data (attachments, wait);
}

void
ui_source_viewer_present (GtkWidget *widget, AppMessage *note, const AppSource *source)
{
  Wait *wait = g_new0 (Wait, 1);

  g_set_weak_pointer (&wait->widget, widget);
  wait->attachments = g_object_ref (app_message_get_attachments (note));
  wait->attachment = source->attachment;
  wait->page = source->page;
  wait->start = source->start;
  wait->length = source->length;
  if (present (wait))
    wait_free (wait);
  else
    g_signal_connect_data (wait->attachments, "items-changed", G_CALLBACK (on_items_changed), wait, (GClosureNotify) (void (*) (void)) wait_free, 0);
}
