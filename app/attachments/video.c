/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A video: how long and how large it is, and what is said in it, where a model that writes down speech is there. A model that sees is given pictures of it with their times, one that
 * hears its sound. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "heard.h"

/* Pictures of it whose text is read, and the longest side that they are read with, in pixels. */
#define MAX_READ 4
#define READ_SIDE 1600
#define BITMAP_HEAD 54

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
make_model_text (AppAttachment *self, const MediaResult *result, const char *seen, AppTranscript *transcript)
{
  const char *name = app_attachment_get_name (self);
  g_autofree char *length = format_length (result);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "[Video \"%s\": %s, %u × %u pixels, %s long. You cannot see it", name, result->format, result->width, result->height, length);
  if (result->has_sound) {
    g_string_append (text, " or hear it");
    app_attachment_append_heard (text, transcript);
  } else {
    g_string_append (text, ". It has no sound.]\n");
  }
  if (seen != NULL)
    g_string_append_printf (text, APP_ATTACHMENT_SEEN "%s", seen);
  g_string_append_printf (text, "[End of video \"%s\"]\n", name);
  return g_string_free (text, FALSE);
}

static void
succeed (AppAttachment *self, const MediaResult *result, const char *seen, AppTranscript *transcript, const char *trouble)
{
  gboolean words = transcript != NULL && transcript->parts->len > 0;
  g_autoptr (GStrvBuilder) notices = g_strv_builder_new ();

  if (words)
    g_strv_builder_add (notices, _("what is said in the video was written down by a model for speech, for models that cannot hear"));
  g_strv_builder_add (notices, seen != NULL ? _("models that see are shown pictures of the video, others get the text that was read from some of them")
                                            : _("the pictures of the video are shown to models that see, to others not"));
  if (trouble != NULL)
    g_strv_builder_add (notices, trouble);
  app_attachment_succeed (self, make_model_text (self, result, seen, transcript), make_summary (result, words ? _("speech written down") : transcript != NULL ? _("no speech found") : NULL),
                          g_strv_builder_end (notices));
}

static const AppHeardClass heard_class = { make_summary, succeed };

/* ---- the text in its pictures ---- */

typedef struct {
  AppAttachment *self;
  MediaResult *result; /* of the first job */
  GPtrArray *frames;   /* of MediaClipFrame */
  guint index;         /* of the one that is read */
  char *before;        /* the text of the one before it */
  GString *seen;
} Reading;

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->self);
  g_clear_pointer (&reading->result, media_result_unref);
  g_clear_pointer (&reading->frames, g_ptr_array_unref);
  g_free (reading->before);
  g_string_free (reading->seen, TRUE);
  g_free (reading);
}

/* Whether it was cancelled, which ends it. */
static gboolean
was_cancelled (Reading *reading, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  app_attachment_fail (reading->self, g_error_copy (error));
  reading_free (reading);
  return TRUE;
}

static guint8 *
put (guint8 *at, guint32 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++)
    *at++ = (guint8) (value >> 8 * i);
  return at;
}

/* As a file, since those are what the helper reads: a bitmap, which is its pixels and little else. (transfer full) */
static GBytes *
to_bitmap (const MediaPicture *picture)
{
  gsize size = (gsize) picture->width * picture->height * 4 + BITMAP_HEAD;
  guint8 *file = g_malloc0 (size), *at = file;
  const guint8 *pixels = g_bytes_get_data (picture->pixels, NULL);

  at = put (at, 'B' | 'M' << 8, 2);
  at = put (at, (guint32) size, 4);
  at = put (at, 0, 4);
  at = put (at, BITMAP_HEAD, 4);
  at = put (at, 40, 4); /* bytes of what follows, up to the pixels */
  at = put (at, picture->width, 4);
  at = put (at, picture->height, 4);
  at = put (at, 1, 2);
  put (at, 32, 2); /* bits of a pixel; the rest is 0: as they are */
  at = file + BITMAP_HEAD;
  /* From the lowest row up; B, G, R. */
  for (guint y = picture->height; y-- > 0;)
    for (const guint8 *pixel = pixels + y * picture->stride, *end = pixel + 4 * (gsize) picture->width; pixel < end; pixel += 4, at += 4) {
      at[0] = pixel[2];
      at[1] = pixel[1];
      at[2] = pixel[0];
    }
  return g_bytes_new_take (file, size);
}

static void read_next (Reading *reading);

static void
on_read (GObject *source, GAsyncResult *async, gpointer data)
{
  Reading *reading = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);

  if (was_cancelled (reading, error))
    return;
  /* What stays the same is said once. */
  if (result != NULL && result->text != NULL && result->text[0] != '\0' && g_strcmp0 (result->text, reading->before) != 0) {
    const MediaClipFrame *frame = reading->frames->pdata[reading->index];
    g_autofree char *time = app_transcript_format_time ((guint) frame->seconds);

    g_string_append_printf (reading->seen, "At %s:\n", time);
    app_attachment_append_fenced (reading->seen, "", result->text);
    g_free (reading->before);
    reading->before = g_strdup (result->text);
  }
  reading->index++;
  read_next (reading);
}

static void
read_next (Reading *reading)
{
  g_autoptr (GBytes) file = NULL;
  MediaRequest request;

  if (reading->index >= reading->frames->len) {
    app_attachment_write_down (reading->self, g_steal_pointer (&reading->result), reading->seen->len > 0 ? reading->seen->str : NULL, &heard_class);
    reading_free (reading);
    return;
  }
  file = to_bitmap (((MediaClipFrame *) reading->frames->pdata[reading->index])->picture);
  media_request_init (&request, MEDIA_JOB_READ);
  request.max_text = APP_ATTACHMENT_MAX_TEXT / MAX_READ;
  media_decode_async (&request, file, app_attachment_get_cancellable (reading->self), NULL, NULL, on_read, reading);
}

static void
on_frames (GObject *source, GAsyncResult *async, gpointer data)
{
  Reading *reading = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);

  if (was_cancelled (reading, error))
    return;
  /* It was seen before; what cannot be again is not read. */
  reading->frames = result != NULL ? g_ptr_array_ref (result->frames) : g_ptr_array_new ();
  read_next (reading);
}

static void
read_pictures (AppAttachment *self, MediaResult *result)
{
  g_autofree char *summary = make_summary (result, _("reading its text…"));
  Reading *reading = g_new0 (Reading, 1);
  MediaRequest request;

  app_attachment_set_summary (self, summary);
  *reading = (Reading) { .self = g_object_ref (self), .result = result, .seen = g_string_new (NULL) };
  media_request_init (&request, MEDIA_JOB_VIDEO);
  request.max_frames = (guint) CLAMP (ceil (result->seconds / 2), 1, MAX_READ);
  request.max_side = READ_SIDE;
  request.max_seconds = APP_ATTACHMENT_MAX_SECONDS;
  media_decode_async (&request, app_attachment_get_bytes (self), app_attachment_get_cancellable (self), NULL, NULL, on_frames, reading);
}

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
  read_pictures (self, g_steal_pointer (&result));
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
