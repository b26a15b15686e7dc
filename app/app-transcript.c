/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-transcript.h"

static void
free_segment (gpointer data)
{
  AppTranscriptSegment *segment = data;

  g_free (segment->text);
  g_free (segment);
}

AppTranscript *
app_transcript_new (void)
{
  AppTranscript *self = g_atomic_rc_box_new0 (AppTranscript);

  self->language = g_strdup ("");
  self->parts = g_ptr_array_new_with_free_func (free_segment);
  return self;
}

AppTranscript *
app_transcript_ref (AppTranscript *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  AppTranscript *self = data;

  g_ptr_array_unref (self->parts);
  g_free (self->language);
}

void
app_transcript_unref (AppTranscript *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

void
app_transcript_add (AppTranscript *self, double begin, double end, const char *text)
{
  g_autofree char *valid = g_strstrip (g_utf8_make_valid (text, -1));
  AppTranscriptSegment *segment;

  if (*valid == '\0')
    return;
  segment = g_new (AppTranscriptSegment, 1);
  *segment = (AppTranscriptSegment) { begin, end, g_steal_pointer (&valid) };
  g_ptr_array_add (self->parts, segment);
}

char *
app_transcript_dup_words (AppTranscript *self)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < self->parts->len; i++)
    g_string_append_printf (words, "%s%s", i > 0 ? " " : "", ((AppTranscriptSegment *) self->parts->pdata[i])->text);
  return g_string_free (words, FALSE);
}

char *
app_transcript_format_time (guint seconds)
{
  return seconds < 3600 ? g_strdup_printf ("%u:%02u", seconds / 60, seconds % 60) : g_strdup_printf ("%u:%02u:%02u", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

char *
app_transcript_dup_lines (AppTranscript *self)
{
  GString *lines = g_string_new (NULL);

  for (guint i = 0; i < self->parts->len; i++) {
    const AppTranscriptSegment *segment = self->parts->pdata[i];
    g_autofree char *begin = app_transcript_format_time ((guint) MAX (segment->begin, 0));

    g_string_append_printf (lines, "%s %s\n", begin, segment->text);
  }
  return g_string_free (lines, FALSE);
}

AppTranscript *
app_transcript_parse (const char *text)
{
  AppTranscript *self = app_transcript_new ();
  g_autoptr (GRegex) regex = g_regex_new ("^(?:(\\d{1,4}):)?(\\d{1,2}):(\\d\\d) (.+)$", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  for (gboolean found = g_regex_match (regex, text, 0, &match); found; found = g_match_info_next (match, NULL)) {
    g_autofree char *hours = g_match_info_fetch (match, 1), *minutes = g_match_info_fetch (match, 2), *seconds = g_match_info_fetch (match, 3), *words = g_match_info_fetch (match, 4);
    double begin = 3600 * g_ascii_strtod (hours, NULL) + 60 * g_ascii_strtod (minutes, NULL) + g_ascii_strtod (seconds, NULL);

    if (self->parts->len > 0)
      ((AppTranscriptSegment *) self->parts->pdata[self->parts->len - 1])->end = begin;
    app_transcript_add (self, begin, begin, words);
  }
  return self;
}
