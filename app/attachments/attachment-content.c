/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "app-error.h"
#include "attachment-private.h"

typedef struct {
  GFile *file;
  GBytes *bytes;
  char *name;
} Source;

static void
free_source (gpointer data)
{
  Source *source = data;
  g_clear_object (&source->file);
  g_clear_pointer (&source->bytes, g_bytes_unref);
  g_free (source->name);
  g_free (source);
}

void
app_attachment_content_free (AppAttachmentContent *content)
{
  g_clear_pointer (&content->bytes, g_bytes_unref);
  g_free (content->sha256);
  g_free (content->mime_type);
  g_free (content);
}

static GError *
too_long (const char *name)
{
  g_autofree char *limit = g_format_size_full (APP_ATTACHMENT_MAX_BYTES, G_FORMAT_SIZE_IEC_UNITS);
  return g_error_new (APP_ERROR, APP_ERROR_INVALID, _ ("“%s” is larger than %s, which is the most that can be added. Choose a smaller file."), name, limit);
}

/* A regular file, whole; a pipe or device would never end. */
static GBytes *
read_file (GFile *file, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  gboolean here = app_attachment_check_file (file, error);
  g_autoptr (GFileInfo) info = !here ? NULL : g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, cancellable, &trouble);
  g_autoptr (GFileInputStream) stream = NULL;

  if (!here)
    return NULL;
  if (info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _ ("“%s” is a folder. Add the files in it instead."), name);
    return NULL;
  }
  if (info != NULL && g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _ ("“%s” is not a file with an end. Choose another one."), name);
    return NULL;
  }
  if (info != NULL && g_file_info_get_size (info) > (goffset) APP_ATTACHMENT_MAX_BYTES) {
    g_propagate_error (error, too_long (name));
    return NULL;
  }
  if (info != NULL)
    stream = g_file_read (file, cancellable, &trouble);
  if (stream != NULL) {
    g_autoptr (GByteArray) array = g_byte_array_sized_new ((guint) g_file_info_get_size (info) + 1);
    const guint slice = 256 * 1024;
    for (;;) {
      /* A file may grow while it is read. */
      if (array->len > APP_ATTACHMENT_MAX_BYTES) {
        g_propagate_error (error, too_long (name));
        return NULL;
      }
      guint before = array->len;
      g_byte_array_set_size (array, before + slice);
      gssize n = g_input_stream_read (G_INPUT_STREAM (stream), array->data + before, slice, cancellable, &trouble);
      g_byte_array_set_size (array, before + (guint) MAX (n, 0));
      if (n < 0)
        break;
      if (n == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&array));
    }
  }
  if (g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&trouble));
  else if (g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _ ("“%s” is not there any more. Choose another file."), name);
  else if (g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _ ("You may not read “%s”. Change its permissions, or choose another file."), name);
  else
    g_set_error (error, APP_ERROR, APP_ERROR_FAILED, _ ("“%s” could not be read: %s."), name, trouble->message);
  return NULL;
}

static void
read_content (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  Source *source = data;
  GError *error = NULL;
  gsize size;
  g_autoptr (GBytes) bytes = source->bytes != NULL ? g_bytes_ref (source->bytes) : read_file (source->file, source->name, cancellable, &error);

  if (bytes == NULL) {
    g_task_return_error (task, error);
    return;
  }
  const guint8 *start = g_bytes_get_data (bytes, &size);
  if (size > APP_ATTACHMENT_MAX_BYTES) {
    g_task_return_error (task, too_long (source->name));
    return;
  }
  if (size == 0) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _ ("“%s” is empty. Choose another file."), source->name);
    return;
  }
  AppAttachmentContent *content = g_new0 (AppAttachmentContent, 1);
  g_autofree char *content_type = g_content_type_guess (source->name, start, MIN (size, 64 * 1024), NULL);
  content->mime_type = g_content_type_get_mime_type (content_type);
  if (content->mime_type == NULL)
    content->mime_type = g_strdup ("application/octet-stream");
  content->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  content->bytes = g_steal_pointer (&bytes);
  g_task_return_pointer (task, content, (GDestroyNotify) app_attachment_content_free);
}

void
app_attachment_content_read_async (AppAttachment *self, GFile *file, GBytes *bytes, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, NULL);
  Source *source = g_new0 (Source, 1);
  source->file = file != NULL ? g_object_ref (file) : NULL;
  source->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  source->name = g_strdup (name);
  g_task_set_task_data (task, source, free_source);
  g_task_run_in_thread (task, read_content);
}
