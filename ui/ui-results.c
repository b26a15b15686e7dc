/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-results.h"

/* (transfer full): of rows */
static GPtrArray *
build_rows (GListModel *hits)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();                                                                      /* AppConversation */
  g_autoptr (GHashTable) groups = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref); /* AppConversation → GPtrArray of rows */

  for (guint i = 0; i < g_list_model_get_n_items (hits); i++) {
    g_autoptr (AppSearchHit) hit = g_list_model_get_item (hits, i);
    AppConversation *conversation = app_search_hit_get_conversation (hit);
    gboolean is_title = app_search_hit_get_message_id (hit) == 0;
    GPtrArray *group = g_hash_table_lookup (groups, conversation);

    if (group == NULL) {
      group = g_ptr_array_new_with_free_func (g_object_unref);
      g_hash_table_insert (groups, conversation, group);
      g_ptr_array_add (order, conversation);
      if (!is_title)
        g_ptr_array_add (group, g_object_ref (conversation));
    }
    g_ptr_array_add (group, g_steal_pointer (&hit));
  }
  for (guint i = 0; i < order->len; i++) {
    GPtrArray *group = g_hash_table_lookup (groups, g_ptr_array_index (order, i));

    for (guint j = 0; j < group->len; j++)
      g_ptr_array_add (rows, g_object_ref (group->pdata[j]));
  }
  return rows;
}

static gboolean
is_at (GListModel *results, guint position, gpointer row)
{
  g_autoptr (GObject) item = g_list_model_get_item (results, position);

  return item == row;
}

/* Rows that stay are not touched: the person may be among them. */
static void
on_hits (GListModel *hits, guint position, guint removed, guint added, GListStore *store)
{
  GListModel *results = G_LIST_MODEL (store);
  g_autoptr (GPtrArray) rows = build_rows (hits);
  guint n = g_list_model_get_n_items (results), head = 0, tail = 0;

  while (head < MIN (n, rows->len) && is_at (results, head, rows->pdata[head]))
    head++;
  while (tail < MIN (n, rows->len) - head && is_at (results, n - 1 - tail, rows->pdata[rows->len - 1 - tail]))
    tail++;
  g_list_store_splice (store, head, n - head - tail, rows->pdata + head, rows->len - head - tail);
}

GListModel *
ui_results_new (GListModel *hits)
{
  GListStore *results = g_list_store_new (G_TYPE_OBJECT);

  on_hits (hits, 0, 0, 0, results);
  g_signal_connect_object (hits, "items-changed", G_CALLBACK (on_hits), results, 0);
  return G_LIST_MODEL (results);
}

guint
ui_results_first_hit (GListModel *results)
{
  for (guint i = 0; i < g_list_model_get_n_items (results); i++) {
    g_autoptr (GObject) item = g_list_model_get_item (results, i);

    if (APP_IS_SEARCH_HIT (item))
      return i;
  }
  return G_MAXUINT;
}
