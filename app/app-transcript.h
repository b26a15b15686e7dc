/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppTranscript: what was said in a sound, and when. Grows while it is made; then immutable. Counted, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  double begin, end; /* seconds */
  char *text;        /* UTF-8, without spaces around it */
} AppTranscriptSegment;

typedef struct {
  char *language;   /* "de"; "" where nobody spoke */
  GPtrArray *parts; /* of AppTranscriptSegment, in order */
} AppTranscript;

AppTranscript *app_transcript_new (void);
AppTranscript *app_transcript_ref (AppTranscript *self);
void app_transcript_unref (AppTranscript *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppTranscript, app_transcript_unref)

/* Bytes that are no UTF-8 become marks of that; a text of spaces alone is left out. */
void app_transcript_add (AppTranscript *self, double begin, double end, const char *text);
/* As one would write it: the words alone. (transfer full) */
char *app_transcript_dup_words (AppTranscript *self);
/* "0:07", "1:02:03". (transfer full) */
char *app_transcript_format_time (guint seconds);
/* A line for each part, with its time in front: "0:07 Good morning.". (transfer full) */
char *app_transcript_dup_lines (AppTranscript *self);
/* The lines of such a form that stand in a text, whatever stands around them; each lasts until the next begins. (transfer full) */
AppTranscript *app_transcript_parse (const char *text);

G_END_DECLS
