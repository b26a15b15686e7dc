/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-results.h"

GListModel *
ui_results_new (GListModel *hits)
{
  GListStore *results = g_list_store_new (G_TYPE_OBJECT);
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

    g_list_store_splice (results, g_list_model_get_n_items (G_LIST_MODEL (results)), 0, group->pdata, group->len);
  }
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
