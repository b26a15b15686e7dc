/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A video: how long and how large it is, and what is said in it, where a model that writes down speech is there. A model that sees is given pictures of it with their times, one that
 * hears its sound. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "heard.h"

static const char *const mime_types[] = { "video/mp4", "video/webm", "video/quicktime", "video/x-matroska", "video/matroska", NULL };

/* Known by how they begin: the boxes of MP4 and QuickTime, and Matroska, of which WebM is a part. */
static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  static const char *const boxes[] = { "ftyp", "moov", "mdat", "wide" };
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  if (size >= 4 && memcmp (data, "\x1a\x45\xdf\xa3", 4) == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (boxes); i++)
    if (size >= 12 && memcmp (data + 4, boxes[i], 4) == 0)
      return TRUE;
  /* What is a video to the system but not to us gets the decoder's sentence. */
  return g_str_has_prefix (mime_type, "video/");
}

/* (transfer full) */
static char *
format_length (const MediaResult *result)
{
  return app_transcript_format_time (MAX (1, (guint) lround (result->seconds)));
}

static char *
make_summary (const MediaResult *result, const char *more)
{
  g_autofree char *length = format_length (result);
  GString *summary = g_string_new (NULL);

  g_string_append_printf (summary, "%s · %s", length, result->format);
  if (!result->has_sound)
    g_string_append_printf (summary, " · %s", _("without sound"));
  if (more != NULL)
    g_string_append_printf (summary, " · %s", more);
  return g_string_free (summary, FALSE);
}

/* What a model without eyes and ears gets: clearly a frame, clearly neither seen nor heard. */
static char *
make_model_text (AppAttachment *self, const MediaResult *result, AppTranscript *transcript)
{
  const char *name = app_attachment_get_name (self);
  g_autofree char *length = format_length (result);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "[Video \"%s\": %s, %u × %u pixels, %s long. You cannot see it", name, result->format, result->width, result->height, length);
  if (result->has_sound) {
    g_string_append (text, " or hear it");
    app_attachment_append_heard (text, transcript, "video", name);
  } else {
    g_string_append_printf (text, ". It has no sound.]\n[End of video \"%s\"]\n", name);
  }
  return g_string_free (text, FALSE);
}

static void
succeed (AppAttachment *self, const MediaResult *result, AppTranscript *transcript, const char *trouble)
{
  gboolean words = transcript != NULL && transcript->parts->len > 0;
  g_autoptr (GStrvBuilder) notices = g_strv_builder_new ();

  if (words)
    g_strv_builder_add (notices, _("what is said in the video was written down by a model for speech, for models that cannot hear"));
  g_strv_builder_add (notices, _("the pictures of the video are shown to models that see, to others not"));
  if (trouble != NULL)
    g_strv_builder_add (notices, trouble);
  app_attachment_succeed (self, make_model_text (self, result, transcript), make_summary (result, words ? _("speech written down") : transcript != NULL ? _("no speech found") : NULL),
                          g_strv_builder_end (notices));
}

static const AppHeardClass heard_class = { make_summary, succeed };

static const char *
mime_type_of (const char *format)
{
  return strcmp (format, "WebM") == 0 ? "video/webm" : strcmp (format, "Matroska") == 0 ? "video/x-matroska" : strcmp (format, "QuickTime") == 0 ? "video/quicktime" : "video/mp4";
}

static void
on_decoded (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (AppAttachment) self = data;
  GError *error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);

  if (result != NULL && (result->frames->len == 0 || result->format == NULL))
    error = g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_HELPER, _("The decoder gave no picture of the file. Add the file again."));
  if (error != NULL) {
    app_attachment_fail (self, error);
    return;
  }
  app_attachment_set_mime_type (self, mime_type_of (result->format));
  app_attachment_set_extent (self, &(AppExtent) { .width = result->width, .height = result->height, .seconds = MAX (result->seconds, 0.001), .silent = !result->has_sound });
  app_attachment_set_thumbnail (self, ((MediaClipFrame *) result->frames->pdata[0])->picture);
  app_attachment_write_down (self, g_steal_pointer (&result), &heard_class);
}

static void
load (AppAttachment *self)
{
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_VIDEO);
  request.max_side = APP_ATTACHMENT_THUMBNAIL_SIDE;
  request.sample_rate = app_attachment_get_transcriber (self) != NULL ? APP_TRANSCRIBER_RATE : 0;
  request.max_seconds = APP_ATTACHMENT_MAX_SECONDS;
  media_decode_async (&request, app_attachment_get_bytes (self), app_attachment_get_cancellable (self), NULL, NULL, on_decoded, g_object_ref (self));
}

const AppAttachmentClassInfo app_attachment_video = { "video", mime_types, matches, load, MEDIA_JOB_VIDEO, FALSE, NULL, NULL, APP_SENSE_SIGHT | APP_SENSE_HEARING };
