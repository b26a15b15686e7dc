/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text document of an office program; and whatever else is an archive, until the helper says what is in it. */
#include "extracted.h"

static const char *const mime_types[] = {
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
  "application/vnd.ms-word.document.macroEnabled.12", "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text-template", NULL,
};

static const AppExtractedFormat formats[] = {
  { "DOCX", "Word document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
  { "ODT", "OpenDocument text", "application/vnd.oasis.opendocument.text" },
  { NULL },
};

static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  return app_extracted_is_archive (bytes);
}

static void
load (AppAttachment *self)
{
  app_extracted_load (self, NULL);
}

const AppAttachmentClassInfo app_attachment_document = { "document", mime_types, matches, load, MEDIA_JOB_NONE, TRUE, formats, app_extracted_count_words };
