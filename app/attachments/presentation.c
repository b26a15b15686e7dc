/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A presentation: the text of its slides and the speaker's notes. */
#include <glib/gi18n.h>

#include "extracted.h"

static const char *const mime_types[] = {
  "application/vnd.openxmlformats-officedocument.presentationml.presentation", "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
  "application/vnd.openxmlformats-officedocument.presentationml.template", "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
  "application/vnd.oasis.opendocument.presentation", "application/vnd.oasis.opendocument.presentation-template", NULL,
};

static const AppExtractedFormat formats[] = {
  { "PPTX", "PowerPoint presentation", "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
  { "ODP", "OpenDocument presentation", "application/vnd.oasis.opendocument.presentation" },
  { NULL },
};

static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  return app_extracted_is_named (bytes, mime_type, mime_types);
}

static void
load (AppAttachment *self)
{
  app_extracted_load (self, NULL);
}

static char *
summarize (const MediaResult *result)
{
  gulong slides = (gulong) result->counts[MEDIA_COUNT_PARTS];
  g_autofree char *counted = g_strdup_printf (ngettext ("%'lu slide", "%'lu slides", slides), slides);
  g_autofree char *words = app_extracted_count_words (result);
  return g_strdup_printf ("%s · %s", counted, words);
}

const AppAttachmentClassInfo app_attachment_presentation = { "presentation", mime_types, matches, load, MEDIA_JOB_NONE, TRUE, formats, summarize };
