/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kinds share whose text the helper extracts as Markdown. Which of them a file is, is known only when the helper has looked into it: a presentation that is
 * called "report.docx" becomes one then. */
#pragma once

#include "attachment-kind.h"

G_BEGIN_DECLS

struct _AppExtractedFormat {
  const char *format; /* as MediaResult has it, "DOCX" */
  const char *noun;   /* for the model: "Word document" */
  const char *mime_type;
};

/* Whether the bytes are an archive (zip, or the compound files of old and locked office documents). */
gboolean app_extracted_is_archive (GBytes *bytes);
/* Whether they are an archive that its name says to be of this kind. */
gboolean app_extracted_is_named (GBytes *bytes, const char *mime_type, const char *const *mime_types);
/* Whether they can be text at all, by their beginning. */
gboolean app_extracted_can_be_text (GBytes *bytes);

/* Starts reading. `hint`: of MediaRequest, NULL for formats that the bytes tell. What is not of the format that its name says is read as text. */
void app_extracted_load (AppAttachment *self, const char *hint);

/* "12 slides · 640 words"; for formats whose parts nobody counts only the words. Returns: (transfer full) */
char *app_extracted_count_words (const MediaResult *result);
/* "1,204 rows, 8 columns". Returns: (transfer full) */
char *app_extracted_count_cells (const MediaResult *result);

G_END_DECLS
