/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-transfer.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui-toast.h"

/* What ends sooner shows no window, in milliseconds. */
#define MOMENT 500

/* One export or import that runs. The dialog is there only while it takes long. */
typedef struct {
  GtkWidget *widget;
  AppHistory *history;
  GCancellable *cancellable;
  gboolean writing;
  guint timer;
  GtkWidget *dialog;        /* nullable */
  GtkProgressBar *progress; /* in it */
  double fraction;
  guint done;
} Transfer;

static void
transfer_free (Transfer *transfer)
{
  g_clear_handle_id (&transfer->timer, g_source_remove);
  if (transfer->dialog != NULL)
    gtk_window_destroy (GTK_WINDOW (transfer->dialog));
  g_object_unref (transfer->widget);
  g_object_unref (transfer->history);
  g_object_unref (transfer->cancellable);
  g_free (transfer);
}

static void
show_progress (Transfer *transfer)
{
  g_autofree char *text = g_strdup_printf (ngettext ("%u conversation", "%u conversations", transfer->done), transfer->done);

  gtk_progress_bar_set_fraction (transfer->progress, transfer->fraction);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (transfer->dialog), text);
}

static void
on_progress (double fraction, guint done, gpointer data)
{
  Transfer *transfer = data;

  transfer->fraction = fraction;
  transfer->done = done;
  if (transfer->dialog != NULL)
    show_progress (transfer);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Transfer *transfer)
{
  transfer->dialog = NULL;
  g_cancellable_cancel (transfer->cancellable);
}

static gboolean
on_moment (gpointer data)
{
  Transfer *transfer = data;
  GtkRoot *root = gtk_widget_get_root (transfer->widget);
  const char *title = transfer->writing ? _("Exporting…") : _("Importing…");

  transfer->timer = 0;
  transfer->dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, title, "");
  transfer->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (transfer->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (transfer->dialog), GTK_WIDGET (transfer->progress));
  /* What is imported by then stays. */
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (transfer->dialog), "stop", transfer->writing ? _("_Cancel") : _("_Stop"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (transfer->dialog), "stop");
  g_signal_connect (transfer->dialog, "response", G_CALLBACK (on_response), transfer);
  show_progress (transfer);
  gtk_window_present (GTK_WINDOW (transfer->dialog));
  return G_SOURCE_REMOVE;
}

static Transfer *
transfer_new (GtkWidget *widget, AppHistory *history, gboolean writing)
{
  Transfer *transfer = g_new0 (Transfer, 1);

  transfer->widget = g_object_ref (widget);
  transfer->history = g_object_ref (history);
  transfer->cancellable = g_cancellable_new ();
  transfer->writing = writing;
  transfer->timer = g_timeout_add (MOMENT, on_moment, transfer);
  return transfer;
}

/* ---- export ---- */

void
ui_transfer_fill_menu (GMenu *menu, const char *action, gint64 conversation)
{
  const char *id;
  const char *label;
  const char *ending;

  for (guint i = 0; app_export_get_format (i, &id, &label, &ending); i++) {
    g_autofree char *text = g_strconcat (label, "…", NULL);
    g_autoptr (GMenuItem) item = g_menu_item_new (text, NULL);

    if (conversation != 0)
      g_menu_item_set_action_and_target (item, action, "(xs)", conversation, id);
    else
      g_menu_item_set_action_and_target (item, action, "s", id);
    g_menu_append_item (menu, item);
  }
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer data)
{
  Transfer *transfer = data;
  g_autoptr (GError) error = NULL;
  int n = app_history_export_finish (APP_HISTORY (source), result, &error);

  if (n < 0) {
    ui_toast_error (transfer->widget, error);
  } else {
    g_autofree char *sentence = g_strdup_printf (ngettext ("%d conversation exported", "%d conversations exported", n), n);

    ui_toast (transfer->widget, sentence);
  }
  transfer_free (transfer);
}

void
ui_transfer_export_file (GtkWidget *widget, AppHistory *history, AppConversation *conversation, const char *format, GFile *file)
{
  Transfer *transfer = transfer_new (widget, history, TRUE);

  app_history_export_async (history, conversation, format, file, on_progress, transfer, transfer->cancellable, on_exported, transfer);
}

/* A dialog that asks for a file, and for what. */
typedef struct {
  GtkWidget *widget;
  AppHistory *history;
  AppConversation *conversation; /* nullable */
  char *format;                  /* NULL: an import */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->widget);
  g_object_unref (question->history);
  g_clear_object (&question->conversation);
  g_free (question->format);
  g_free (question);
}

static void
on_answer (GtkNativeDialog *dialog, int response, Question *question)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

    if (question->format != NULL)
      ui_transfer_export_file (question->widget, question->history, question->conversation, question->format, file);
    else
      ui_transfer_import_file (question->widget, question->history, file);
  }
  gtk_native_dialog_destroy (dialog);
  question_free (question);
  g_object_unref (dialog);
}

static GtkFileChooser *
ask (GtkWidget *widget, AppHistory *history, AppConversation *conversation, const char *format)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (format != NULL ? _("Export conversations") : _("Import conversations"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                                              format != NULL ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN,
                                                              format != NULL ? _("_Export") : _("_Import"), NULL);
  Question *question = g_new0 (Question, 1);

  question->widget = g_object_ref (widget);
  question->history = g_object_ref (history);
  g_set_object (&question->conversation, conversation);
  question->format = g_strdup (format);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  /* The dialog keeps itself alive until it is answered. */
  g_signal_connect (dialog, "response", G_CALLBACK (on_answer), question);
  return GTK_FILE_CHOOSER (dialog);
}

void
ui_transfer_export (GtkWidget *widget, AppHistory *history, AppConversation *conversation, const char *format)
{
  GtkFileChooser *dialog = ask (widget, history, conversation, format);
  g_autofree char *name = app_export_dup_name (conversation, format);

  gtk_file_chooser_set_current_name (dialog, name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- import ---- */

char *
ui_transfer_dup_sentence (const AppImportResult *result)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_string_append_printf (out, ngettext ("%u conversation imported", "%u conversations imported", result->n_added), result->n_added);
  if (result->n_known > 0)
    g_string_append_printf (out, ngettext (", %u was here already", ", %u were here already", result->n_known), result->n_known);
  if (result->n_damaged > 0)
    g_string_append_printf (out, ngettext (", %u left out", ", %u left out", result->n_damaged), result->n_damaged);
  if (result->n_missing > 0)
    g_string_append_printf (out, ngettext ("; %u attachment is not in the file", "; %u attachments are not in the file", result->n_missing), result->n_missing);
  if (result->stopped)
    g_string_append (out, _("; stopped there, import the file again for the rest"));
  if (result->sentence != NULL)
    g_string_append_printf (out, ". %s", result->sentence);
  return g_strdup (out->str);
}

static void
on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  Transfer *transfer = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppImportResult) imported = app_history_import_finish (APP_HISTORY (source), result, &error);

  if (imported == NULL) {
    ui_toast_error (transfer->widget, error);
  } else {
    g_autofree char *sentence = ui_transfer_dup_sentence (imported);

    ui_toast (transfer->widget, sentence);
  }
  transfer_free (transfer);
}

void
ui_transfer_import_file (GtkWidget *widget, AppHistory *history, GFile *file)
{
  Transfer *transfer = transfer_new (widget, history, FALSE);

  app_history_import_async (history, file, on_progress, transfer, transfer->cancellable, on_imported, transfer);
}

void
ui_transfer_import (GtkWidget *widget, AppHistory *history)
{
  GtkFileChooser *dialog = ask (widget, history, NULL, NULL);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("Conversations of Melete, ChatGPT, Open WebUI (JSON, zip)"));
  gtk_file_filter_add_suffix (filter, "json");
  gtk_file_filter_add_suffix (filter, "zip");
  gtk_file_chooser_add_filter (dialog, filter);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
