/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A search of the history: what the index knows at once, then what is attached, slice by slice, so that answers are saved meanwhile. */
#include "app-history-private.h"

/* From the call to the last slice. */
typedef struct {
  GTask *task;                    /* NULL when it was answered */
  AppHistory *history;
  GListStore *hits;
  GCancellable *search;           /* ends it; the history's and the caller's */
  AppStoreSearchAttached *next;   /* the slice that comes */
  GCancellable *caller;           /* nullable */
  gulong on_caller;
} Search;

static void
search_free (Search *search)
{
  if (search->on_caller)
    g_cancellable_disconnect (search->caller, search->on_caller);
  g_clear_object (&search->caller);
  g_clear_object (&search->task);
  g_object_unref (search->history);
  g_object_unref (search->hits);
  g_object_unref (search->search);
  app_store_search_attached_free (search->next);
  g_free (search);
}

static void
on_caller_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

static void
answer (Search *search)
{
  if (search->task)
    g_task_return_pointer (search->task, g_object_ref (search->hits), g_object_unref);
  g_clear_object (&search->task);
}

/* Takes `error`. */
static void
fail (Search *search, GError *error)
{
  if (search->task)
    g_task_return_error (search->task, error);
  else
    g_error_free (error); /* what was found is shown */
  search_free (search);
}

static void
take (Search *search, GPtrArray *rows)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < rows->len; i++) {
    const AppSearchRow *row = rows->pdata[i];
    AppConversation *conversation = app_history_find (search->history, row->conversation);

    if (conversation)
      g_ptr_array_add (added, app_search_hit_new (conversation, row));
  }
  search->next->limit -= MIN (search->next->limit, rows->len);
  if (added->len > 0)
    g_list_store_splice (search->hits, g_list_model_get_n_items (G_LIST_MODEL (search->hits)), 0, added->pdata, added->len);
}

static void look_further (Search *search);

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  GError *error = NULL;
  AppStoreAttachedFound *found = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (found && g_cancellable_set_error_if_cancelled (search->search, &error))
    g_clear_pointer (&found, app_store_attached_found_free);
  if (!found) {
    fail (search, error);
    return;
  }
  take (search, found->rows);
  search->next->message = found->message;
  search->next->position = found->position;
  if (found->more) {
    look_further (search);
  } else {
    answer (search);
    search_free (search);
  }
  app_store_attached_found_free (found);
}

/* With something to show the caller need not wait. */
static void
look_further (Search *search)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (search->hits)) > 0)
    answer (search);
  app_database_run_async (app_history_get_database (search->history), app_store_search_attached, app_store_search_attached_copy (search->next),
                          (GDestroyNotify) app_store_search_attached_free, (GDestroyNotify) app_store_attached_found_free, search->search, on_looked, search);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!rows || g_cancellable_set_error_if_cancelled (search->search, &error)) {
    fail (search, error);
    return;
  }
  take (search, rows);
  if (search->next->limit > 0) {
    look_further (search);
  } else {
    answer (search);
    search_free (search);
  }
}

void
app_history_search_async (AppHistory *self, const char *query, guint limit, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Search *search = g_new0 (Search, 1);
  AppStoreSearch *index = g_new0 (AppStoreSearch, 1);

  search->task = g_task_new (self, cancellable, callback, user_data);
  search->history = g_object_ref (self);
  search->hits = g_list_store_new (APP_TYPE_SEARCH_HIT);
  search->search = g_object_ref (app_history_begin_search (self));
  search->next = app_store_search_attached_new (query, limit);
  g_task_set_check_cancellable (search->task, FALSE);
  if (cancellable) {
    search->caller = g_object_ref (cancellable);
    search->on_caller = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled), g_object_ref (search->search), g_object_unref);
  }
  index->query = g_strdup (query);
  index->limit = limit;
  app_database_run_async (app_history_get_database (self), app_store_search, index, (GDestroyNotify) app_store_search_free, (GDestroyNotify) g_ptr_array_unref,
                          search->search, on_searched, search);
}

GListModel *
app_history_search_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
