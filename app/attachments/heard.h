/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside the kinds that can be heard: what is said in a sound is written down while the attachment loads. */
#pragma once

#include "attachment-kind.h"

G_BEGIN_DECLS

typedef struct {
  /* The line of the chip; `more`: (nullable) what is being done. (transfer full) */
  char *(*summarize) (const MediaResult *result, const char *more);
  /* Ends the loading. `transcript`: NULL where there is no model for speech, or with `trouble` (nullable): why it could not. `seen`: as below. */
  void (*succeed) (AppAttachment *self, const MediaResult *result, const char *seen, AppTranscript *transcript, const char *trouble);
} AppHeardClass;

/* Ends with klass->succeed (), or with app_attachment_fail () when it is cancelled. `result`: with a sound of APP_TRANSCRIBER_RATE, or without one; (transfer full). `seen`: (nullable) what was read
 * from its pictures. */
void app_attachment_write_down (AppAttachment *self, MediaResult *result, const char *seen, const AppHeardClass *klass);
/* The rest of an open frame of a model text: that a model cannot hear it, and what is said in it. */
void app_attachment_append_heard (GString *text, AppTranscript *transcript);
/* Of a model text, where APP_ATTACHMENT_SEEN begins a line: up to the end of the frame; (nullable) */
const char *app_attachment_find_seen (const char *model_text);
/* What was heard, which is what stands before that; lines of what was read may look like times too. (transfer full) */
AppTranscript *app_attachment_parse_heard (const char *model_text);
/* In front of what was read from pictures of a video. */
#define APP_ATTACHMENT_SEEN "Text that stands in pictures of it, read with OCR:\n"

G_END_DECLS
