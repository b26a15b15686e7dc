/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-composer-input.h"

#include <glib/gi18n.h>

#include "app-attachment.h"
#include "ui-toast.h"

/* A paste under way. */
typedef struct {
  GtkWidget *widget;
  void (*add) (GObject *attachment, gpointer owner);
  GObject *owner;
} Paste;

static void
paste_free (Paste *paste)
{
  g_object_unref (paste->widget);
  g_object_unref (paste->owner);
  g_free (paste);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Paste, paste_free)

gboolean
ui_composer_input_sends (guint keyval, GdkModifierType state, gboolean enter_sends)
{
  GdkModifierType modifiers = state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK);

  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return FALSE;
  return modifiers == GDK_CONTROL_MASK || (enter_sends && modifiers == 0);
}

static void
on_texture (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Paste) paste = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (AppAttachment) attachment = NULL;

  if (texture == NULL) {
    ui_toast_error (paste->widget, error);
    return;
  }
  bytes = gdk_texture_save_to_png_bytes (texture);
  attachment = app_attachment_new_for_bytes (bytes, _("Pasted picture.png"));
  paste->add (G_OBJECT (attachment), paste->owner);
}

static void
on_files (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Paste) paste = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (value == NULL) {
    ui_toast_error (paste->widget, error);
    return;
  }
  for (GSList *l = g_value_get_boxed (value); l != NULL; l = l->next) {
    g_autoptr (AppAttachment) attachment = app_attachment_new_for_file (l->data);

    paste->add (G_OBJECT (attachment), paste->owner);
  }
}

gboolean
ui_composer_input_paste (GtkWidget *widget, void (*add) (GObject *attachment, gpointer owner), GObject *owner)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (widget);
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  gboolean files = gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) || gdk_content_formats_contain_mime_type (formats, "text/uri-list");
  gboolean text = gdk_content_formats_contain_gtype (formats, G_TYPE_STRING) || gdk_content_formats_contain_mime_type (formats, "text/plain;charset=utf-8") ||
                  gdk_content_formats_contain_mime_type (formats, "text/plain");
  gboolean picture = gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE) || gdk_content_formats_contain_mime_type (formats, "image/png");
  Paste *paste;

  if (!files && (text || !picture))
    return FALSE;
  paste = g_new0 (Paste, 1);
  paste->widget = g_object_ref (widget);
  paste->add = add;
  paste->owner = g_object_ref (owner);
  if (files)
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, on_files, paste);
  else
    gdk_clipboard_read_texture_async (clipboard, NULL, on_texture, paste);
  return TRUE;
}
