/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "preview-log.h"

struct _PreviewLog {
  GObject parent_instance;

  GQueue entries; /* of UiPreviewEntry, oldest first */
};

static void preview_log_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PreviewLog, preview_log, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, preview_log_list_model_init))

PreviewLog *
preview_log_new (void)
{
  return g_object_new (PREVIEW_TYPE_LOG, NULL);
}

UiPreviewEntry *
preview_log_add (PreviewLog *self, UiPreviewEntry *entry)
{
  UiPreviewEntry *last = g_queue_peek_tail (&self->entries);

  if (last != NULL && ui_preview_entry_is_like (last, entry)) {
    ui_preview_entry_count (last, 1);
    return last;
  }
  if (g_queue_get_length (&self->entries) == PREVIEW_LOG_MAX) {
    g_object_unref (g_queue_pop_head (&self->entries));
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 1, 0);
  }
  g_queue_push_tail (&self->entries, g_object_ref (entry));
  g_list_model_items_changed (G_LIST_MODEL (self), g_queue_get_length (&self->entries) - 1, 0, 1);
  return entry;
}

void
preview_log_clear (PreviewLog *self)
{
  guint n = g_queue_get_length (&self->entries);

  g_queue_clear_full (&self->entries, g_object_unref);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

/* ---- object ---- */

static GType
get_item_type (GListModel *model)
{
  return UI_TYPE_PREVIEW_ENTRY;
}

static guint
get_n_items (GListModel *model)
{
  return g_queue_get_length (&PREVIEW_LOG (model)->entries);
}

static gpointer
get_item (GListModel *model, guint position)
{
  gpointer entry = g_queue_peek_nth (&PREVIEW_LOG (model)->entries, position);

  return entry != NULL ? g_object_ref (entry) : NULL;
}

static void
preview_log_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
preview_log_finalize (GObject *object)
{
  g_queue_clear_full (&PREVIEW_LOG (object)->entries, g_object_unref);
  G_OBJECT_CLASS (preview_log_parent_class)->finalize (object);
}

static void
preview_log_class_init (PreviewLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = preview_log_finalize;
}

static void
preview_log_init (PreviewLog *self)
{
  g_queue_init (&self->entries);
}
