/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-desk-export.h"

#include <glib/gi18n.h>
#include <string.h>

#include "artifacts/artifact-kind.h"
#include "artifacts/bundle-zip.h"
#include "ui-toast.h"

/* One export, until it is told how it went. */
typedef struct {
  GtkWidget *widget;
  AppArtifacts *artifacts;
  AppVersion *version;
  UiPreview *preview; /* nullable */
  char *format;
  GFile *file;
} Export;

static void
export_free (Export *export)
{
  g_object_unref (export->widget);
  g_object_unref (export->artifacts);
  g_object_unref (export->version);
  g_clear_object (&export->preview);
  g_clear_object (&export->file);
  g_free (export->format);
  g_free (export);
}

static void
tell (Export *export, const GError *error)
{
  if (error == NULL) {
    g_autofree char *name = g_file_get_basename (export->file);
    g_autofree char *sentence = g_strdup_printf (_("“%s” is written"), name);
    ui_toast (export->widget, sentence);
  } else {
    ui_toast_error (export->widget, error);
  }
  export_free (export);
}

static void
on_replaced (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  tell (data, error);
}

static void
write_bytes (Export *export, GBytes *bytes)
{
  g_file_replace_contents_bytes_async (export->file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, on_replaced, export);
}

static void
on_bundle (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = app_artifacts_make_bundle_finish (APP_ARTIFACTS (source), result, &error);
  g_autoptr (GBytes) bytes = NULL;
  char *page;

  if (bundle != NULL && g_str_equal (export->format, "zip"))
    bytes = bundle_zip_new (bundle, &error);
  else if (bundle != NULL && (page = app_bundle_dup_single_page (bundle, &error)) != NULL)
    bytes = g_bytes_new_take (page, strlen (page));
  if (bytes != NULL)
    write_bytes (export, bytes);
  else
    tell (export, error);
}

static void
on_snapshot (GObject *source, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = ui_preview_snapshot_finish (UI_PREVIEW (source), result, &error);
  g_autoptr (GBytes) png = texture != NULL ? gdk_texture_save_to_png_bytes (texture) : NULL;

  if (png != NULL)
    write_bytes (export, png);
  else
    tell (export, error);
}

static void
on_pdf (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  ui_preview_export_pdf_finish (UI_PREVIEW (source), result, &error);
  tell (data, error);
}

static void
begin (Export *export)
{
  if (g_str_equal (export->format, "source")) {
    const char *source = app_version_get_source (export->version);
    g_autoptr (GBytes) bytes = g_bytes_new (source, strlen (source));
    write_bytes (export, bytes);
  } else if (g_str_equal (export->format, "png") || g_str_equal (export->format, "pdf")) {
    if (export->preview == NULL || !gtk_widget_get_mapped (GTK_WIDGET (export->preview))) {
      ui_toast (export->widget, _("Show the preview first: it is what goes into the file."));
      export_free (export);
    } else if (g_str_equal (export->format, "png")) {
      ui_preview_snapshot_async (export->preview, TRUE, NULL, on_snapshot, export);
    } else {
      ui_preview_export_pdf_async (export->preview, export->file, NULL, on_pdf, export);
    }
  } else {
    app_artifacts_make_bundle_async (export->artifacts, export->version, NULL, NULL, on_bundle, export);
  }
}

static void
on_response (GtkNativeDialog *dialog, int response, Export *export)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    export->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    begin (export);
  } else {
    export_free (export);
  }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

void
ui_desk_export (GtkWidget *widget, AppArtifacts *artifacts, AppVersion *version, UiPreview *preview, const char *format)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  Export *export = g_new0 (Export, 1);
  const AppArtifactKind *kind = app_artifact_get_kind (app_version_get_artifact (version));
  g_autofree char *stem = g_strdelimit (g_strdup (app_artifact_get_title (app_version_get_artifact (version))), "/\\:*?\"<>|\n\t", ' ');
  g_autofree char *name = NULL;
  GtkFileChooserNative *dialog;

  g_strstrip (stem);
  name = g_strdup_printf ("%s.%s", *stem != '\0' ? stem : kind->id, g_str_equal (format, "source") ? app_artifact_kind_get_suffix (kind, app_version_get_source (version)) : format);
  *export = (Export) { g_object_ref (widget), g_object_ref (artifacts), g_object_ref (version), preview != NULL ? g_object_ref (preview) : NULL, g_strdup (format), NULL };
  dialog = gtk_file_chooser_native_new (_("Export"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_SAVE, _("_Export"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), export);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
