/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page of the web that was saved: its words, not its source. */
#include <glib/gi18n.h>
#include <string.h>

#include "extracted.h"

static const char *const mime_types[] = { "text/html", "application/xhtml+xml", NULL };

static const AppExtractedFormat formats[] = {
  { "HTML", "Web page", "text/html" },
  { NULL },
};

/* A file that is called so and has no marks is text. */
static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  return g_strv_contains (mime_types, mime_type) && app_extracted_can_be_text (bytes) && memchr (data, '<', MIN (size, 4096)) != NULL;
}

static void
load (AppAttachment *self)
{
  app_extracted_load (self, "HTML");
}

static char *
summarize (const MediaResult *result)
{
  g_autofree char *words = app_extracted_count_words (result);
  return g_strdup_printf ("%s · %s", _("Web page"), words);
}

const AppAttachmentClassInfo app_attachment_webpage = { "webpage", mime_types, matches, load, MEDIA_JOB_NONE, TRUE, formats, summarize };
