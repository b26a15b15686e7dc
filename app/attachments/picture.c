/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture: thumbnail first, then its text by OCR, its codes and facts. */
#include <glib/gi18n.h>
#include <string.h>

#include "attachment-kind.h"

static const char *const mime_types[] = { "image/png", "image/jpeg", "image/webp", "image/gif", "image/tiff", "image/bmp", "image/vnd.microsoft.icon", NULL };

/* Pictures are known by how they begin, whatever their names say. SVG is text, and is read as text. */
static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  static const struct {
    gsize at, length;
    const char *bytes;
  } starts[] = {
    { 0, 4, "\x89PNG" }, { 0, 3, "\xff\xd8\xff" }, { 8, 4, "WEBP" }, { 0, 4, "GIF8" }, { 0, 4, "II*\0" }, { 0, 4, "MM\0*" }, { 0, 4, "\0\0\1\0" },
  };
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    if (size >= starts[i].at + starts[i].length && memcmp (data + starts[i].at, starts[i].bytes, starts[i].length) == 0)
      return TRUE;
  /* "BM" alone may begin a sentence; and what is a picture to the system but not to us gets the decoder's sentence. */
  return g_str_has_prefix (mime_type, "image/") && strcmp (mime_type, "image/svg+xml") != 0;
}

/* What the model gets: clearly a frame, clearly not seen. */
static char *
make_model_text (AppAttachment *self, const MediaResult *result, const char *trouble)
{
  GString *text = g_string_new (NULL);
  const char *name = app_attachment_get_name (self);

  g_string_append_printf (text, "[Picture \"%s\": %s, %u × %u pixels. You cannot see it. What follows was read from it by programs.]\n",
                          name, result->format, result->width, result->height);
  if (app_attachment_get_use_exif (self)) {
    if (result->date != NULL)
      g_string_append_printf (text, "Taken: %s\n", result->date);
    if (result->has_place)
      g_string_append_printf (text, "Place: latitude %.5f, longitude %.5f\n", result->latitude, result->longitude);
  }
  for (guint i = 0; i < result->codes->len; i++) {
    const MediaCode *code = g_ptr_array_index (result->codes, i);
    g_string_append_printf (text, "%s in the picture:\n", code->kind);
    app_attachment_append_fenced (text, "", code->text);
  }
  if (result->text != NULL && result->text[0] != '\0') {
    g_string_append (text, "Text in the picture, read with OCR:\n");
    app_attachment_append_fenced (text, "", result->text);
    if (result->completeness != MEDIA_COMPLETE)
      g_string_append (text, "It has more text, which was not read.\n");
  } else
    g_string_append (text, trouble == NULL && result->completeness == MEDIA_COMPLETE ? "No text was found in it.\n" : "Its text could not be read.\n");
  g_string_append_printf (text, "[End of picture \"%s\"]\n", name);
  return g_string_free (text, FALSE);
}

static char *
make_summary (const MediaResult *result, const char *trouble)
{
  GString *summary = g_string_new (NULL);

  g_string_append_printf (summary, "%u × %u", result->width, result->height);
  if (result->text != NULL && result->text[0] != '\0')
    g_string_append_printf (summary, " · %s", _("text read with OCR"));
  else if (trouble == NULL && result->completeness == MEDIA_COMPLETE)
    g_string_append_printf (summary, " · %s", _("no text found"));
  else
    g_string_append_printf (summary, " · %s", _("text not read"));
  if (result->codes->len > 0) {
    g_string_append (summary, " · ");
    g_string_append_printf (summary, ngettext ("%u code", "%u codes", result->codes->len), result->codes->len);
  }
  return g_string_free (summary, FALSE);
}

static GStrv
make_notices (const MediaResult *result, const char *trouble)
{
  g_autoptr (GStrvBuilder) notices = g_strv_builder_new ();

  g_strv_builder_add (notices, _("read with OCR: this model cannot see pictures"));
  if (trouble != NULL)
    g_strv_builder_add (notices, trouble);
  else if (result->completeness == MEDIA_STOPPED_BY_TIME)
    g_strv_builder_add (notices, result->text != NULL && result->text[0] != '\0' ? _("the picture has more text than could be read in time")
                                                                                   : _("the picture's text could not be read in time"));
  else if (result->completeness == MEDIA_STOPPED_BY_DAMAGE)
    g_strv_builder_add (notices, _("the picture's text could not be read: its reader failed"));
  else if (result->completeness == MEDIA_STOPPED_BY_TEXT)
    g_strv_builder_add (notices, _("the picture has more text than can be taken; the rest is left out"));
  return g_strv_builder_end (notices);
}

typedef struct {
  AppAttachment *self;
  MediaResult *seen; /* of the first job */
} Reading;

static void
on_read (GObject *source, GAsyncResult *async, gpointer data)
{
  Reading *reading = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    app_attachment_fail (reading->self, g_steal_pointer (&error));
  else {
    /* A picture that can be seen but not read is still worth adding: its facts, and the truth about the rest. */
    const MediaResult *facts = result != NULL ? result : reading->seen;
    const char *trouble = error != NULL ? error->message : NULL;
    app_attachment_succeed (reading->self, make_model_text (reading->self, facts, trouble), make_summary (facts, trouble), make_notices (facts, trouble));
  }
  media_result_unref (reading->seen);
  g_object_unref (reading->self);
  g_free (reading);
}

static void
on_seen (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (AppAttachment) self = data;
  GError *error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);
  MediaRequest request;

  if (result != NULL && (result->picture == NULL || result->format == NULL))
    error = g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_HELPER, _("The decoder gave no picture of the file. Add the file again."));
  if (error != NULL) {
    app_attachment_fail (self, error);
    return;
  }
  g_autofree char *format = g_ascii_strdown (result->format, -1);
  g_autofree char *mime_type = strcmp (format, "ico") == 0 ? g_strdup ("image/vnd.microsoft.icon") : g_strconcat ("image/", format, NULL);
  g_autofree char *summary = g_strdup_printf ("%u × %u · %s", result->width, result->height, _("reading its text…"));
  app_attachment_set_mime_type (self, mime_type);
  app_attachment_set_n_pages (self, 1);
  app_attachment_set_extent (self, &(AppExtent) { .width = result->width, .height = result->height });
  app_attachment_set_summary (self, summary);
  app_attachment_set_thumbnail (self, result->picture);

  Reading *reading = g_new (Reading, 1);
  reading->seen = g_steal_pointer (&result);
  reading->self = g_steal_pointer (&self);
  media_request_init (&request, MEDIA_JOB_READ);
  request.max_text = APP_ATTACHMENT_MAX_TEXT;
  media_decode_async (&request, app_attachment_get_bytes (reading->self), app_attachment_get_cancellable (reading->self), NULL, NULL, on_read, reading);
}

static void
load (AppAttachment *self)
{
  app_attachment_draw_async (self, on_seen);
}

const AppAttachmentClassInfo app_attachment_picture = { "picture", mime_types, matches, load, MEDIA_JOB_PICTURE, FALSE, NULL, NULL, APP_SENSE_SIGHT };
