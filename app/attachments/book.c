/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An electronic book: the text of its chapters. */
#include <glib/gi18n.h>

#include "extracted.h"

static const char *const mime_types[] = { "application/epub+zip", NULL };

static const AppExtractedFormat formats[] = {
  { "EPUB", "Book", "application/epub+zip" },
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
  gulong chapters = (gulong) result->counts[MEDIA_COUNT_PARTS];
  g_autofree char *counted = g_strdup_printf (ngettext ("%'lu chapter", "%'lu chapters", chapters), chapters);
  g_autofree char *words = app_extracted_count_words (result);
  return g_strdup_printf ("%s · %s", counted, words);
}

const AppAttachmentClassInfo app_attachment_book = { "book", mime_types, matches, load, MEDIA_JOB_NONE, TRUE, formats, summarize };
