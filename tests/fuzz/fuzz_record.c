/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the history keeps of an attachment, as JSON: read whole, or refused with a sentence; what was read is written and read again. */
#include <stdint.h>
#include <stdlib.h>

#include "attachments/attachment-private.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
clear (AppAttachmentRecord *record)
{
  g_free (record->name);
  g_free (record->sha256);
  g_free (record->mime_type);
  g_free (record->model_text);
  g_free (record->summary);
  g_strfreev (record->notices);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *json = g_strndup ((const char *) data, size);
  AppAttachmentRecord record, again;
  g_autoptr (GError) error = NULL;

  if (app_attachment_record_parse (json, &record, &error)) {
    g_autofree char *printed = app_attachment_record_print (&record);
    if (!app_attachment_record_parse (printed, &again, NULL) || again.size != record.size || again.extent.width != record.extent.width || again.extent.height != record.extent.height || g_strcmp0 (again.name, record.name) != 0)
      abort ();
    clear (&again);
    clear (&record);
  } else if (error == NULL) {
    abort ();
  }
  return 0;
}
