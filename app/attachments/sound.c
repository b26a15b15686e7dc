/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sound: how long it is, and what is said in it, where a model that writes down speech is there. A model that hears is given the sound itself. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "heard.h"

/* Where only its length is wanted: the fewest samples that the helper makes. */
#define RATE 4000

/* The first of a name's two, where there are two, is what newer systems call it. */
static const char *const mime_types[] = { "audio/vnd.wave", "audio/x-wav",         "audio/x-aiff",           "audio/x-aifc", "audio/flac",
                                          "audio/ogg",      "audio/x-opus+ogg",    "audio/x-vorbis+ogg",     "audio/mpeg",   NULL };

/* A frame of MPEG audio: eleven bits of synchronisation, layer II or III, and numbers that there are; so the mark before a text in UTF-16 is none. */
static gboolean
is_frame (const guint8 *data)
{
  guint version = data[1] >> 3 & 3, layer = data[1] >> 1 & 3, bits = data[2] >> 4, rate = data[2] >> 2 & 3;

  return data[0] == 0xff && (data[1] & 0xe0) == 0xe0 && version != 1 && (layer == 1 || layer == 2) && bits != 0 && bits != 15 && rate != 3;
}

/* Sounds are known by how they begin, whatever their names say: WAV, RF64, AIFF, FLAC, Ogg, and MP3 with and without its tags in front. */
static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  static const struct {
    const char *begins, *then; /* from byte 8 on; NULL: anything */
  } starts[] = {
    { "RIFF", "WAVE" }, { "RF64", "WAVE" }, { "FORM", "AIFF" }, { "FORM", "AIFC" }, { "fLaC", NULL }, { "OggS", NULL },
  };
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree char *content_type = g_content_type_from_mime_type (mime_type);

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    if (size >= 12 && memcmp (data, starts[i].begins, 4) == 0 && (starts[i].then == NULL || memcmp (data + 8, starts[i].then, 4) == 0))
      return TRUE;
  if (size >= 12 && (is_frame (data) || (memcmp (data, "ID3", 3) == 0 && data[3] >= 2 && data[3] <= 4 && data[6] < 0x80)))
    return TRUE;
  /* What is a sound to the system but not to us gets the decoder's sentence; lists of titles are text. */
  return g_str_has_prefix (mime_type, "audio/") && content_type != NULL && !g_content_type_is_a (content_type, "text/plain");
}

/* (transfer full) */
static char *
format_length (const MediaResult *result)
{
  return app_transcript_format_time (MAX (1, (guint) lround (media_sound_get_seconds (result->sound))));
}

/* What a model without ears gets: clearly a frame, clearly not heard. `transcript`: (nullable) */
static char *
make_model_text (AppAttachment *self, const MediaResult *result, const char *length, AppTranscript *transcript)
{
  const char *name = app_attachment_get_name (self);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "[Sound \"%s\": %s, %s long%s. You cannot hear it", name, result->format, length, result->completeness == MEDIA_COMPLETE ? "" : ", and what follows could not be read");
  app_attachment_append_heard (text, transcript);
  g_string_append_printf (text, "[End of sound \"%s\"]\n", name);
  return g_string_free (text, FALSE);
}

static const char *
mime_type_of (const char *format)
{
  static const struct {
    const char *format, *mime_type;
  } types[] = {
    { "WAV", "audio/x-wav" }, { "AIFF", "audio/x-aiff" }, { "FLAC", "audio/flac" }, { "Opus", "audio/x-opus+ogg" }, { "Ogg Vorbis", "audio/x-vorbis+ogg" }, { "MP3", "audio/mpeg" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].format, format) == 0)
      return types[i].mime_type;
  return "audio/ogg";
}

/* How long it is, in which format, and what is wrong with it; `more`: (nullable) what else there is to say. (transfer full) */
static char *
make_summary (const MediaResult *result, const char *more)
{
  g_autofree char *length = format_length (result);
  GString *summary = g_string_new (NULL);

  g_string_append_printf (summary, "%s · %s", length, result->format);
  /* Beside the sound itself, for it is true for a model that hears too. */
  if (result->completeness == MEDIA_STOPPED_BY_TIME)
    g_string_append_printf (summary, " · %s", _("the rest could not be read in time"));
  else if (result->completeness != MEDIA_COMPLETE)
    g_string_append_printf (summary, " · %s", _("the rest is damaged"));
  if (more != NULL)
    g_string_append_printf (summary, " · %s", more);
  return g_string_free (summary, FALSE);
}

/* `transcript`: (nullable) with `trouble` (nullable) for why. */
static void
succeed (AppAttachment *self, const MediaResult *result, const char *seen, AppTranscript *transcript, const char *trouble)
{
  g_autofree char *length = format_length (result);
  g_autoptr (GStrvBuilder) notices = g_strv_builder_new ();
  gboolean words = transcript != NULL && transcript->parts->len > 0;

  if (words)
    g_strv_builder_add (notices, _("written down by a model for speech: this model cannot hear sounds"));
  else
    g_strv_builder_add (notices, _("not heard: this model cannot hear sounds"));
  if (trouble != NULL)
    g_strv_builder_add (notices, trouble);
  app_attachment_succeed (self, make_model_text (self, result, length, transcript), make_summary (result, words ? _("speech written down") : transcript != NULL ? _("no speech found") : NULL),
                          g_strv_builder_end (notices));
}

static const AppHeardClass heard_class = { make_summary, succeed };

static void
on_heard (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (AppAttachment) self = data;
  GError *error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);

  if (result != NULL && (result->sound == NULL || result->format == NULL))
    error = g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_HELPER, _("The decoder gave no sound of the file. Add the file again."));
  if (error != NULL) {
    app_attachment_fail (self, error);
    return;
  }
  app_attachment_set_mime_type (self, mime_type_of (result->format));
  app_attachment_set_extent (self, &(AppExtent) { .seconds = media_sound_get_seconds (result->sound) });
  app_attachment_write_down (self, g_steal_pointer (&result), NULL, &heard_class);
}

static void
load (AppAttachment *self)
{
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_SOUND);
  request.sample_rate = app_attachment_get_transcriber (self) != NULL ? APP_TRANSCRIBER_RATE : RATE;
  request.max_seconds = APP_ATTACHMENT_MAX_SECONDS;
  media_decode_async (&request, app_attachment_get_bytes (self), app_attachment_get_cancellable (self), NULL, NULL, on_heard, g_object_ref (self));
}

const AppAttachmentClassInfo app_attachment_sound = { "sound", mime_types, matches, load, MEDIA_JOB_NONE, FALSE, NULL, NULL, APP_SENSE_HEARING };
