/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures that come with imported conversations. They are stored as they are: reading their text would take hours for a large history. */
#include <glib/gi18n.h>
#include <string.h>

#include "attachments/attachment-private.h"
#include "transfer.h"

/* Of one picture, in bytes. */
#define MAX_PICTURE (64 * 1024 * 1024)

gboolean
app_import_add_picture (AppImportSource *source, AppTreeMessage *message, GBytes *bytes, const char *name)
{
  gsize size;
  const guchar *data = g_bytes_get_data (bytes, &size);
  g_autofree char *content_type = g_content_type_guess (name, data, size, NULL);
  g_autofree char *mime_type = g_content_type_get_mime_type (content_type);
  g_autoptr (AppAttachment) named = app_attachment_new_for_bytes (bytes, name);
  AppAttachmentRow *row;

  if (size == 0 || size > MAX_PICTURE || !mime_type || app_attachment_kind_of (bytes, mime_type) != APP_ATTACHMENT_PICTURE)
    return FALSE;
  row = app_attachment_row_new ();
  row->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  row->model_text = g_strdup_printf ("[Picture \"%s\". You cannot see it, and its text was not read.]\n[End of picture \"%s\"]\n", app_attachment_get_name (named),
                                     app_attachment_get_name (named));
  {
    char *notices[] = { _("An imported picture was not read: add it again, so that the model gets its text"), NULL };
    AppAttachmentRecord record = { APP_ATTACHMENT_PICTURE, (char *) app_attachment_get_name (named), size, row->sha256, mime_type, row->model_text, _("imported"), notices, 1 };
    row->metadata = app_attachment_record_print (&record);
  }
  g_hash_table_insert (source->bytes, g_strdup (row->sha256), g_bytes_ref (bytes));
  g_ptr_array_add (message->attachments, row);
  return TRUE;
}

gboolean
app_import_add_data_address (AppImportSource *source, AppTreeMessage *message, const char *address, const char *name)
{
  const char *base64 = g_str_has_prefix (address, "data:image/") ? strstr (address, ";base64,") : NULL;
  g_autoptr (GBytes) bytes = NULL;
  guchar *data;
  gsize size;

  if (!base64)
    return FALSE;
  data = g_base64_decode (base64 + strlen (";base64,"), &size);
  bytes = g_bytes_new_take (data, size);
  return app_import_add_picture (source, message, bytes, name);
}

gboolean
app_import_add_member (AppImportSource *source, AppTreeMessage *message, const char *beginning, const char *name)
{
  GHashTableIter iter;
  gpointer member;

  if (!source->members || !*beginning)
    return FALSE;
  g_hash_table_iter_init (&iter, source->members);
  while (g_hash_table_iter_next (&iter, &member, NULL)) {
    const char *slash = strrchr (member, '/');
    g_autoptr (GBytes) bytes = NULL;

    if (!g_str_has_prefix (slash ? slash + 1 : member, beginning))
      continue;
    bytes = app_zip_read (source->archive, member, MAX_PICTURE, NULL);
    return bytes && app_import_add_picture (source, message, bytes, name);
  }
  return FALSE;
}

void
app_import_add_missing (AppImportSource *source, AppTreeMessage *message, const char *name)
{
  g_autofree char *old = message->row->notices;
  /* Translators: %s is the name of a file */
  g_autofree char *notice = g_strdup_printf (_("“%s” was attached, but is not in the file that was imported"), name && *name ? name : _("A file"));

  g_strdelimit (notice, "\n\r", ' ');
  message->row->notices = *old ? g_strconcat (old, "\n", notice, NULL) : g_strdup (notice);
  source->n_notes++;
}
