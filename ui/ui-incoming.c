/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-incoming.h"

#include <glib/gi18n.h>

#include "app-error.h"
#include "ui-toast.h"

#define SLICE (256 * 1024)

/* Pictures that are taken, in the order of preference, with the ending that their name gets. */
static const struct {
  const char *mime_type, *ending;
} pictures[] = {
  { "image/png", ".png" }, { "image/jpeg", ".jpg" }, { "image/webp", ".webp" }, { "image/gif", ".gif" }, { "image/bmp", ".bmp" }, { "image/tiff", ".tiff" },
};

/* One clipboard or drop that is being read. */
typedef struct {
  GtkWidget *widget; /* around which trouble is told */
  UiIncomingFunc add;
  GObject *owner;
  GdkClipboard *clipboard; /* either this… */
  GdkDrop *drop;           /* …or that */
  GdkContentFormats *formats;
  GInputStream *stream;
  GByteArray *bytes;
  char *name;
} Incoming;

static void
incoming_free (Incoming *in)
{
  g_object_unref (in->widget);
  g_object_unref (in->owner);
  g_clear_object (&in->clipboard);
  g_clear_object (&in->drop);
  gdk_content_formats_unref (in->formats);
  g_clear_object (&in->stream);
  g_clear_pointer (&in->bytes, g_byte_array_unref);
  g_free (in->name);
  g_free (in);
}

/* The other program is told that it is over. */
static void
end (Incoming *in, gboolean taken)
{
  if (in->drop != NULL)
    gdk_drop_finish (in->drop, taken ? GDK_ACTION_COPY : 0);
  incoming_free (in);
}

static void
refuse (Incoming *in, const char *sentence)
{
  ui_toast (in->widget, sentence);
  end (in, FALSE);
}

/* The kind of picture to ask for: GDK itself would take the one that the other program names first. -1: there is none. */
static int
find_picture (GdkContentFormats *formats)
{
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    if (gdk_content_formats_contain_mime_type (formats, pictures[i].mime_type))
      return i;
  return -1;
}

static gboolean
has_files (GdkContentFormats *formats)
{
  return gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) || gdk_content_formats_contain_mime_type (formats, "text/uri-list") ||
         gdk_content_formats_contain_mime_type (formats, "application/vnd.portal.filetransfer");
}

static gboolean
has_text (GdkContentFormats *formats)
{
  return gdk_content_formats_contain_gtype (formats, G_TYPE_STRING) || gdk_content_formats_contain_mime_type (formats, "text/plain;charset=utf-8") ||
         gdk_content_formats_contain_mime_type (formats, "text/plain");
}

/* A picture's bytes */

static void
on_slice (GObject *source, GAsyncResult *result, gpointer data)
{
  Incoming *in = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) slice = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (slice == NULL) {
    ui_toast_error (in->widget, error);
    end (in, FALSE);
    return;
  }
  if (g_bytes_get_size (slice) > 0) {
    g_byte_array_append (in->bytes, g_bytes_get_data (slice, NULL), g_bytes_get_size (slice));
    /* One byte more than an attachment may have, and it says so itself. */
    if (in->bytes->len <= APP_ATTACHMENT_MAX_BYTES) {
      g_input_stream_read_bytes_async (in->stream, SLICE, G_PRIORITY_DEFAULT, NULL, on_slice, in);
      return;
    }
  }
  if (in->bytes->len == 0) {
    refuse (in, _("The other program gave an empty picture. Save the picture there, then add the file."));
  } else {
    g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&in->bytes));
    g_autoptr (AppAttachment) attachment = app_attachment_new_for_bytes (bytes, in->name);

    in->add (attachment, in->owner);
    end (in, TRUE);
  }
}

static void
on_stream (GObject *source, GAsyncResult *result, gpointer data)
{
  Incoming *in = data;
  g_autoptr (GError) error = NULL;
  const char *mime_type;

  if (in->drop != NULL)
    in->stream = gdk_drop_read_finish (in->drop, result, &mime_type, &error);
  else
    in->stream = gdk_clipboard_read_finish (in->clipboard, result, &mime_type, &error);
  if (in->stream == NULL) {
    ui_toast_error (in->widget, error);
    end (in, FALSE);
    return;
  }
  in->bytes = g_byte_array_new ();
  g_input_stream_read_bytes_async (in->stream, SLICE, G_PRIORITY_DEFAULT, NULL, on_slice, in);
}

static void
read_picture (Incoming *in)
{
  int kind = find_picture (in->formats);
  const char *mime_types[] = { pictures[kind].mime_type, NULL };

  in->name = g_strconcat (in->drop != NULL ? _("Dropped picture") : _("Pasted picture"), pictures[kind].ending, NULL);
  if (in->drop != NULL)
    gdk_drop_read_async (in->drop, mime_types, G_PRIORITY_DEFAULT, NULL, on_stream, in);
  else
    gdk_clipboard_read_async (in->clipboard, mime_types, G_PRIORITY_DEFAULT, NULL, on_stream, in);
}

/* Files */

static void
on_files (GObject *source, GAsyncResult *result, gpointer data)
{
  Incoming *in = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) elsewhere = NULL;
  const GValue *value = in->drop != NULL ? gdk_drop_read_value_finish (in->drop, result, &error) : gdk_clipboard_read_value_finish (in->clipboard, result, &error);
  gboolean taken = FALSE;

  for (GSList *l = value != NULL ? g_value_get_boxed (value) : NULL; l != NULL; l = l->next) {
    g_autoptr (AppAttachment) attachment = NULL;

    if (!app_attachment_check_file (l->data, elsewhere == NULL ? &elsewhere : NULL))
      continue;
    attachment = app_attachment_new_for_file (l->data);
    in->add (attachment, in->owner);
    taken = TRUE;
  }
  if (taken) {
    if (elsewhere != NULL)
      ui_toast_error (in->widget, elsewhere);
    end (in, TRUE);
  } else if (find_picture (in->formats) >= 0) {
    /* A browser gives the picture's address and the picture itself. */
    read_picture (in);
  } else if (in->clipboard != NULL && has_text (in->formats)) {
    gtk_text_buffer_paste_clipboard (gtk_text_view_get_buffer (GTK_TEXT_VIEW (in->widget)), in->clipboard, NULL, TRUE);
    end (in, TRUE);
  } else {
    refuse (in, elsewhere != NULL ? elsewhere->message : error != NULL ? error->message : _("The other program gave no file."));
  }
}

static void
take (Incoming *in)
{
  if (!has_files (in->formats))
    read_picture (in);
  else if (in->drop != NULL)
    gdk_drop_read_value_async (in->drop, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, on_files, in);
  else
    gdk_clipboard_read_value_async (in->clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, on_files, in);
}

static Incoming *
incoming_new (GtkWidget *widget, GdkContentFormats *formats, UiIncomingFunc add, GObject *owner)
{
  Incoming *in = g_new0 (Incoming, 1);

  in->widget = g_object_ref (widget);
  in->formats = gdk_content_formats_ref (formats);
  in->add = add;
  in->owner = g_object_ref (owner);
  return in;
}

gboolean
ui_incoming_paste (GtkTextView *view, UiIncomingFunc add, GObject *owner)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (view));
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  Incoming *in;

  if (!has_files (formats) && (has_text (formats) || find_picture (formats) < 0))
    return FALSE;
  in = incoming_new (GTK_WIDGET (view), formats, add, owner);
  in->clipboard = g_object_ref (clipboard);
  take (in);
  return TRUE;
}

GdkContentFormats *
ui_incoming_formats (void)
{
  GdkContentFormatsBuilder *builder = gdk_content_formats_builder_new ();

  gdk_content_formats_builder_add_gtype (builder, GDK_TYPE_FILE_LIST);
  gdk_content_formats_builder_add_mime_type (builder, "application/vnd.portal.filetransfer");
  gdk_content_formats_builder_add_mime_type (builder, "text/uri-list");
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    gdk_content_formats_builder_add_mime_type (builder, pictures[i].mime_type);
  return gdk_content_formats_builder_free_to_formats (builder);
}

void
ui_incoming_drop (GtkWidget *widget, GdkDrop *drop, UiIncomingFunc add, GObject *owner)
{
  Incoming *in = incoming_new (widget, gdk_drop_get_formats (drop), add, owner);

  in->drop = g_object_ref (drop);
  take (in);
}
