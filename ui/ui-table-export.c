/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-table-export.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-toast.h"

/* One export, until it is told how it went. */
typedef struct {
  GtkWidget *widget;
  AppDataset *dataset;
  char *table;
  AppTableExportFormat format;
  char *path;
} Export;

static void
export_free (Export *export)
{
  g_object_unref (export->widget);
  g_object_unref (export->dataset);
  g_free (export->table);
  g_free (export->path);
  g_free (export);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  g_autoptr (GError) error = NULL;

  if (app_table_export_finish (result, &error)) {
    g_autofree char *name = g_filename_display_basename (export->path);
    g_autofree char *sentence = g_strdup_printf (_("“%s” is written"), name);
    ui_toast (export->widget, sentence);
  } else {
    ui_toast_error (export->widget, error);
  }
  export_free (export);
}

static void
on_response (GtkNativeDialog *dialog, int response, Export *export)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  export->path = file != NULL ? g_file_get_path (file) : NULL;
  if (export->path != NULL) {
    app_table_export_dataset_async (export->dataset, export->table, export->format, export->path, NULL, on_written, export);
  } else {
    if (file != NULL)
      ui_toast (export->widget, _("The table can only be written to a folder of this computer. Choose another place."));
    export_free (export);
  }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

/* "sales" of "sales.csv", with the sheet where there are several */
static char *
make_name (AppDataset *dataset, const AppTable *table, AppTableExportFormat format)
{
  const char *file = app_dataset_get_name (dataset), *point = strrchr (file, '.');
  g_autofree char *stem = point != NULL && point != file ? g_strndup (file, (gsize) (point - file)) : g_strdup (file);
  gboolean several = format == APP_TABLE_EXPORT_CSV && app_dataset_get_tables (dataset)->len > 1;
  char *name = g_strdup_printf ("%s%s%s%s", stem, several ? " " : "", several ? table->title[0] != '\0' ? table->title : table->sql_name : "", app_table_export_get_end (format));

  return g_strdelimit (name, "/\\:*?\"<>|\n\t", ' ');
}

void
ui_table_export (GtkWidget *widget, AppDataset *dataset, guint place, AppTableExportFormat format)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  const AppTable *table = g_ptr_array_index (app_dataset_get_tables (dataset), place);
  Export *export = g_new0 (Export, 1);
  g_autofree char *name = make_name (dataset, table, format);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_("Export"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_SAVE, _("_Export"), _("_Cancel"));

  *export = (Export) { g_object_ref (widget), g_object_ref (dataset), g_strdup (format == APP_TABLE_EXPORT_CSV ? table->sql_name : NULL), format, NULL };
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), export);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
