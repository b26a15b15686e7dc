/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A workbook: the beginning of each of its sheets as a table of text. */
#include <glib/gi18n.h>

#include "extracted.h"

static const char *const mime_types[] = {
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
  "application/vnd.ms-excel.sheet.macroEnabled.12", "application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet-template", NULL,
};

static const AppExtractedFormat formats[] = {
  { "XLSX", "Excel workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
  { "ODS", "OpenDocument spreadsheet", "application/vnd.oasis.opendocument.spreadsheet" },
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
  gulong sheets = (gulong) result->counts[MEDIA_COUNT_PARTS];
  g_autofree char *counted = g_strdup_printf (ngettext ("%'lu sheet", "%'lu sheets", sheets), sheets);
  if (result->counts[MEDIA_COUNT_ROWS] == 0)
    return g_steal_pointer (&counted);
  g_autofree char *cells = app_extracted_count_cells (result);
  return g_strdup_printf ("%s · %s", counted, cells);
}

const AppAttachmentClassInfo app_attachment_spreadsheet = { "spreadsheet", mime_types, matches, load, MEDIA_JOB_NONE, TRUE, formats, summarize };
