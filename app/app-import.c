/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-import.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-history-private.h"
#include "app-json-items.h"
#include "app-store-folder.h"
#include "app-transfer-progress.h"
#include "transfer/json-format.h"
#include "transfer/transfer.h"

typedef struct {
  AppDatabase *database;
  GFile *file;
  AppTransferReport *report;
  GCancellable *cancellable; /* nullable */
  GPtrArray *rows;           /* AppConversationRow, of what was added */
  GPtrArray *folders;        /* AppFolderRow, of all; nullable */
  AppImportResult *result;
} Import;

void
app_import_result_free (AppImportResult *result)
{
  g_free (result->sentence);
  g_free (result);
}

static void
import_free (gpointer data)
{
  Import *import = data;

  g_object_unref (import->database);
  g_object_unref (import->file);
  app_transfer_report_unref (import->report);
  g_clear_object (&import->cancellable);
  g_ptr_array_unref (import->rows);
  g_clear_pointer (&import->folders, g_ptr_array_unref);
  g_clear_pointer (&import->result, app_import_result_free);
  g_free (import);
}

/* ---- the file ---- */

static gboolean
is_zip (GFile *file)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  char magic[4];
  gsize n = 0;

  return stream && g_input_stream_read_all (G_INPUT_STREAM (stream), magic, sizeof magic, &n, NULL, NULL) && n == 4 && memcmp (magic, "PK\003\004", 4) == 0;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The files of conversations in an archive: conversations.json, or conversations-000.json and so on. Sorted. (transfer full) */
static GPtrArray *
find_members (GHashTable *names)
{
  GPtrArray *members = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    const char *slash = strrchr (name, '/'), *base = slash ? slash + 1 : name;
    if (g_str_has_prefix (base, "conversations") && g_str_has_suffix (base, ".json"))
      g_ptr_array_add (members, name);
  }
  g_ptr_array_sort (members, compare_names);
  return members;
}

/* ---- one conversation after the other ---- */

static void
tell_damaged (Import *import, GError *error)
{
  import->result->n_damaged++;
  if (!import->result->sentence)
    import->result->sentence = g_strdup (error->message);
}

static gboolean
add (Import *import, AppImportSource *source, AppTree *tree, GError **error)
{
  AppStoreTreeAdd store = { tree, source->bytes };
  AppStoreTreeAdded *added = app_transfer_ask (import->database, app_store_tree_add, &store, (GDestroyNotify) app_store_tree_added_free, NULL, error);

  if (!added)
    return FALSE;
  if (added->row) {
    g_ptr_array_add (import->rows, g_steal_pointer (&added->row));
    import->result->n_added++;
  } else {
    import->result->n_known++;
  }
  app_store_tree_added_free (added);
  return TRUE;
}

static gboolean
check_version (JsonObject *header, GError **error)
{
  if (g_strcmp0 (app_import_string (header, "format"), APP_TRANSFER_FORMAT) != 0 || app_import_int (header, "version") <= APP_TRANSFER_VERSION)
    return TRUE;
  g_set_error_literal (error, APP_ERROR, APP_ERROR_NEWER, _("The file was written by a newer Melete. Update this one, then import it."));
  return FALSE;
}

/* FALSE: nothing more can be read. */
static gboolean
import_stream (Import *import, AppImportSource *source, GInputStream *stream, guint64 size, GError **error)
{
  g_autoptr (AppJsonItems) items = app_json_items_new (stream);

  for (;;) {
    g_autoptr (JsonNode) item = NULL;
    g_autoptr (AppTree) tree = NULL;
    g_autoptr (GError) damaged = NULL;

    if (!app_json_items_next (items, &item, import->cancellable, error) || !check_version (app_json_items_get_header (items), error))
      return FALSE;
    if (!item)
      return TRUE;
    if (!app_import_take (source, app_json_items_get_header (items), item, &tree, &damaged)) {
      tell_damaged (import, damaged);
      /* No element of a list of something else will be one; among conversations it is only left out. */
      if (import->result->n_added + import->result->n_known == 0 && g_error_matches (damaged, APP_ERROR, APP_ERROR_INVALID)) {
        g_propagate_error (error, g_steal_pointer (&damaged));
        return FALSE;
      }
    }
    if (tree) {
      if (!add (import, source, tree, error))
        return FALSE;
      g_hash_table_remove_all (source->bytes);
    }
    app_transfer_report (import->report, size ? MIN ((double) app_json_items_get_position (items) / size, 1) : 0, import->result->n_added + import->result->n_known);
  }
}

static gboolean
import_plain (Import *import, AppImportSource *source, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (import->file, import->cancellable, error);
  g_autoptr (GFileInfo) info = NULL;

  if (!stream)
    return FALSE;
  info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, import->cancellable, NULL);
  return import_stream (import, source, G_INPUT_STREAM (stream), info ? g_file_info_get_size (info) : 0, error);
}

static gboolean
import_zip (Import *import, AppImportSource *source, GError **error)
{
  g_autofree char *path = g_file_get_path (import->file);
  g_autoptr (GPtrArray) members = NULL;

  if (!path || !(source->members = app_zip_list (path, error)))
    return FALSE;
  source->archive = path;
  members = find_members (source->members);
  if (members->len == 0) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("There is no “conversations.json” in the archive. Choose the one that ChatGPT sent."));
    return FALSE;
  }
  for (guint i = 0; i < members->len; i++) {
    guint64 size;
    g_autoptr (GInputStream) stream = app_zip_open (path, members->pdata[i], &size, error);
    if (!stream || !import_stream (import, source, stream, size, error))
      return FALSE;
  }
  return TRUE;
}

static void
import_thread (GTask *task, gpointer object, gpointer task_data, GCancellable *cancellable)
{
  Import *import = task_data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (AppImportSource) source = app_import_source_new ();
  AppImportResult *result = import->result;
  GError *error = NULL;
  gboolean ok;

  g_main_context_push_thread_default (context);
  ok = is_zip (import->file) ? import_zip (import, source, &error) : import_plain (import, source, &error);
  result->n_missing = source->n_notes;
  import->folders = app_transfer_ask (import->database, app_store_folders, NULL, (GDestroyNotify) g_ptr_array_unref, NULL, NULL);
  if (!ok && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    result->stopped = TRUE;
    g_clear_error (&error);
  } else if (!ok && result->n_added + result->n_known > 0) {
    /* What came before the trouble is in the history: both are told. */
    g_free (result->sentence);
    result->sentence = g_strdup (error->message);
    g_clear_error (&error);
  } else if (ok && result->n_damaged && result->n_added + result->n_known == 0) {
    error = g_error_new_literal (APP_ERROR, APP_ERROR_DAMAGED, result->sentence);
  }
  if (error)
    g_task_return_error (task, app_transfer_error (error, import->file, FALSE));
  else
    g_task_return_boolean (task, TRUE);
  g_main_context_pop_thread_default (context);
}

/* The list follows before the caller hears of it, even when the import failed later. */
static void
on_imported (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Import *import = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  app_history_add_rows (g_task_get_source_object (task), import->rows, import->folders);
  app_history_read_choices (g_task_get_source_object (task));
  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_pointer (task, g_steal_pointer (&import->result), (GDestroyNotify) app_import_result_free);
  else
    g_task_return_error (task, error);
}

void
app_history_import_async (AppHistory *self, GFile *file, AppTransferProgress progress, gpointer progress_data, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  /* Without the history: the thread may hold its task for a moment after the end. */
  g_autoptr (GTask) work = g_task_new (NULL, NULL, on_imported, task);
  Import *import = g_new0 (Import, 1);

  g_task_set_source_tag (task, app_history_import_async);
  import->database = g_object_ref (app_history_get_database (self));
  import->file = g_object_ref (file);
  import->report = app_transfer_report_new (work, progress, progress_data);
  import->cancellable = cancellable ? g_object_ref (cancellable) : NULL;
  import->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_conversation_row_free);
  import->result = g_new0 (AppImportResult, 1);
  g_task_set_task_data (work, import, import_free);
  g_task_run_in_thread (work, import_thread);
}

AppImportResult *
app_history_import_finish (AppHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
