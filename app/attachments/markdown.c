/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markdown: text for the model, and formatted for the eye. */
#include "attachment-kind.h"

static const char *const mime_types[] = { "text/markdown", NULL };

static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  return g_strv_contains (mime_types, mime_type);
}

static void
load (AppAttachment *self)
{
  app_attachment_text.load (self);
}

const AppAttachmentClassInfo app_attachment_markdown = { "markdown", mime_types, matches, load, MEDIA_JOB_NONE, TRUE, NULL, NULL };
