/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV and TSV: the first rows as a table, and how many there are. */
#include <string.h>

#include "extracted.h"

static const char *const mime_types[] = { "text/csv", "text/tab-separated-values", NULL };

static const AppExtractedFormat formats[] = {
  { "CSV", "Table (CSV)", "text/csv" },
  { "TSV", "Table (TSV)", "text/tab-separated-values" },
  { NULL },
};

static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  return g_strv_contains (mime_types, mime_type);
}

static void
load (AppAttachment *self)
{
  app_extracted_load (self, strcmp (app_attachment_get_mime_type (self), "text/tab-separated-values") == 0 ? "TSV" : "CSV");
}

const AppAttachmentClassInfo app_attachment_table = { "table", mime_types, matches, load, MEDIA_JOB_NONE, TRUE, formats, app_extracted_count_cells };
