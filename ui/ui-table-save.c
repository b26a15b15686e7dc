/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-save.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "ui-toast.h"

/* Milliseconds: what takes longer is shown, and how often it is looked how far it is. */
#define PATIENCE 700
#define PACE 250

/* What a statement gives (`datasets`, `sql`, `title`), or the tables of a dataset, on their way into a file. */
typedef struct {
  GtkWidget *widget;
  GPtrArray *datasets;
  AppDataset *dataset;
  char *table;       /* of it; NULL: all */
  char *sql, *title, *name;
  AppTableExportFormat format;
  GCancellable *cancellable;
  GtkWidget *dialog; /* while it shows; a weak pointer */
  guint timer;
  gint n_rows;       /* written so far, by another thread */
} Save;

static void
save_free (Save *save)
{
  g_clear_handle_id (&save->timer, g_source_remove);
  g_clear_weak_pointer (&save->dialog);
  g_object_unref (save->widget);
  g_clear_pointer (&save->datasets, g_ptr_array_unref);
  g_clear_object (&save->dataset);
  g_object_unref (save->cancellable);
  g_free (save->table);
  g_free (save->sql);
  g_free (save->title);
  g_free (save->name);
  g_free (save);
}

static void
show_progress (Save *save)
{
  int n = g_atomic_int_get (&save->n_rows);
  g_autofree char *body = g_strdup_printf (ngettext ("%'d row is written so far.", "%'d rows are written so far.", (gulong) n), n);

  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (save->dialog), n > 0 ? body : _("The table is computed."));
}

static gboolean
on_pace (gpointer data)
{
  Save *save = data;

  if (save->dialog != NULL)
    show_progress (save);
  return G_SOURCE_CONTINUE;
}

static void
on_stop (AdwMessageDialog *dialog, const char *response, GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

static gboolean
on_patience (gpointer data)
{
  Save *save = data;
  GtkRoot *root = gtk_widget_get_root (save->widget);
  g_autofree char *heading = g_strdup_printf (_("Writing “%s”"), save->name);

  g_set_weak_pointer (&save->dialog, adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, NULL));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (save->dialog), "stop", _("_Stop"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (save->dialog), "stop");
  show_progress (save);
  g_signal_connect_object (save->dialog, "response", G_CALLBACK (on_stop), save->cancellable, 0);
  gtk_window_present (GTK_WINDOW (save->dialog));
  save->timer = g_timeout_add (PACE, on_pace, save);
  return G_SOURCE_REMOVE;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Save *save = data;
  g_autoptr (GError) error = NULL;

  if (app_table_export_finish (result, &error)) {
    g_autofree char *sentence = g_strdup_printf (_("“%s” is written"), save->name);
    ui_toast (save->widget, sentence);
  } else {
    ui_toast_error (save->widget, error);
  }
  if (save->dialog != NULL) {
    g_signal_handlers_disconnect_by_func (save->dialog, on_stop, save->cancellable);
    gtk_window_destroy (GTK_WINDOW (save->dialog));
  }
  save_free (save);
}

static void
on_response (GtkNativeDialog *dialog, int response, Save *save)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL) {
    save->name = g_filename_display_basename (path);
    save->timer = g_timeout_add (PATIENCE, on_patience, save);
    if (save->dataset != NULL)
      app_table_export_dataset_async (save->dataset, save->table, save->format, path, &save->n_rows, save->cancellable, on_written, save);
    else
      app_table_export_query_async (save->datasets, save->sql, save->title, save->format, path, &save->n_rows, save->cancellable, on_written, save);
  } else {
    if (file != NULL)
      ui_toast (save->widget, _("A table can only be written to a folder of this computer. Choose another place."));
    save_free (save);
  }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

/* Asks where; takes `save`. `stem`: of the name that is proposed. */
static void
ask_where (Save *save, const char *stem)
{
  GtkRoot *root = gtk_widget_get_root (save->widget);
  g_autofree char *clean = g_strstrip (g_strdelimit (g_strdup (stem), "/\\:*?\"<>|\n\t", ' '));
  g_autofree char *name = g_strconcat (*clean != '\0' ? clean : _("Table"), app_table_export_get_end (save->format), NULL);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_("Export"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_SAVE, _("_Export"), _("_Cancel"));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), save);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
ui_table_save (GtkWidget *widget, GPtrArray *datasets, const char *sql, const char *title, const char *to)
{
  AppTableExportFormat format = g_str_equal (to, "csv") ? APP_TABLE_EXPORT_CSV : APP_TABLE_EXPORT_XLSX;
  Save *save = g_new0 (Save, 1);

  *save = (Save) { .widget = g_object_ref (widget), .datasets = g_ptr_array_ref (datasets), .sql = g_strdup (sql), .title = g_strdup (title), .format = format, .cancellable = g_cancellable_new () };
  ask_where (save, title);
}

void
ui_table_save_dataset (GtkWidget *widget, AppDataset *dataset, guint place, AppTableExportFormat format)
{
  const AppTable *table = g_ptr_array_index (app_dataset_get_tables (dataset), place);
  const char *file = app_dataset_get_name (dataset), *point = strrchr (file, '.');
  gboolean one = format == APP_TABLE_EXPORT_CSV;
  g_autoptr (GString) stem = g_string_new_len (file, point != NULL && point != file ? point - file : -1);
  Save *save = g_new0 (Save, 1);

  *save = (Save) { .widget = g_object_ref (widget), .dataset = g_object_ref (dataset), .table = g_strdup (one ? table->sql_name : NULL), .format = format, .cancellable = g_cancellable_new () };
  /* "sales" of "sales.csv", with the sheet where there are several. */
  if (one && app_dataset_get_tables (dataset)->len > 1)
    g_string_append_printf (stem, " %s", table->title[0] != '\0' ? table->title : table->sql_name);
  ask_where (save, stem->str);
}
