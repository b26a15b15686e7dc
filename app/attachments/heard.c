/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heard.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  AppAttachment *self;
  MediaResult *result;
  char *seen;
  const AppHeardClass *klass;
} Hearing;

static void
on_progress (AppTranscript *so_far, double second, gpointer data)
{
  Hearing *hearing = data;
  double seconds = media_sound_get_seconds (hearing->result->sound);
  /* Translators: of a sound's speech, in percent. */
  g_autofree char *more = g_strdup_printf (_("writing it down: %d %%"), (int) CLAMP (100 * second / seconds, 0, 100));
  g_autofree char *summary = hearing->klass->summarize (hearing->result, more);

  app_attachment_set_summary (hearing->self, summary);
}

static void
on_written (GObject *source, GAsyncResult *async, gpointer data)
{
  Hearing *hearing = data;
  GError *error = NULL;
  g_autoptr (AppTranscript) transcript = app_transcriber_write_finish (async, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    app_attachment_fail (hearing->self, error);
  } else {
    /* What cannot be written down is still worth adding, for a model that hears. */
    hearing->klass->succeed (hearing->self, hearing->result, hearing->seen, transcript, error != NULL ? error->message : NULL);
    g_clear_error (&error);
  }
  media_result_unref (hearing->result);
  g_object_unref (hearing->self);
  g_free (hearing->seen);
  g_free (hearing);
}

void
app_attachment_write_down (AppAttachment *self, MediaResult *result, const char *seen, const AppHeardClass *klass)
{
  AppTranscriber *transcriber = app_attachment_get_transcriber (self);
  g_autofree char *summary = NULL;
  Hearing *hearing;

  if (transcriber == NULL || result->sound == NULL) {
    klass->succeed (self, result, seen, NULL, NULL);
    media_result_unref (result);
    return;
  }
  summary = klass->summarize (result, _("writing it down…"));
  app_attachment_set_summary (self, summary);
  hearing = g_new (Hearing, 1);
  *hearing = (Hearing) { g_object_ref (self), result, g_strdup (seen), klass };
  app_transcriber_write_async (transcriber, result->sound, FALSE, on_progress, app_attachment_get_cancellable (self), on_written, hearing);
}

void
app_attachment_append_heard (GString *text, AppTranscript *transcript)
{
  if (transcript == NULL)
    g_string_append (text, ", and there is no transcript of it.]\n");
  else if (transcript->parts->len == 0)
    g_string_append (text, ". A program that writes down speech found no words in it.]\n");
  else {
    g_autofree char *lines = app_transcript_dup_lines (transcript);

    g_string_append (text, ". What follows was written down by a program, which may have misheard; in front of each line is when it was said.");
    if (*transcript->language)
      g_string_append_printf (text, " Language: %s.", transcript->language);
    g_string_append (text, "]\n");
    app_attachment_append_fenced (text, "", lines);
  }
}

const char *
app_attachment_find_seen (const char *model_text)
{
  const char *before = strstr (model_text, "\n" APP_ATTACHMENT_SEEN);

  return before != NULL ? before + 1 : NULL;
}

AppTranscript *
app_attachment_parse_heard (const char *model_text)
{
  const char *seen = app_attachment_find_seen (model_text);
  g_autofree char *heard = g_strndup (model_text, seen != NULL ? (gsize) (seen - model_text) : strlen (model_text));

  return app_transcript_parse (heard);
}

AppTranscript *
app_attachment_dup_heard (AppAttachment *self)
{
  return app_attachment_parse_heard (app_attachment_get_model_text (self));
}
