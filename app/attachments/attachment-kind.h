/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of AppAttachment: what a kind of attachment, attachments/<name>.c, is and may do. */
#pragma once

#include "app-attachment.h"

G_BEGIN_DECLS

typedef struct _AppExtractedFormat AppExtractedFormat; /* extracted.h */
typedef struct _AppAttachmentTables AppAttachmentTables; /* attachment-dataset.c */

typedef struct {
  const char *name; /* for the history, and of the file */
  /* What the file chooser offers, NULL-terminated. */
  const char *const *mime_types;
  /* Whether these bytes are of this kind. Asked in the order of attachments.def; the last takes everything. Must be quick. */
  gboolean (*matches) (GBytes *bytes, const char *mime_type);
  /* Starts reading: bytes and name are set. Ends with app_attachment_succeed () or app_attachment_fail (), exactly once. */
  void (*load) (AppAttachment *self);
  /* What `render` and the thumbnail ask of the helper; MEDIA_JOB_NONE if there is nothing to see. */
  MediaJob draw;
  /* Whether what stands in the frame of its model text is Markdown, to be shown formatted. */
  gboolean markdown;
  /* Of kinds that the helper extracts: what it calls them, ended by one without a name, and the line for the chip. */
  const AppExtractedFormat *formats;
  char *(*summarize) (const MediaResult *result);
  /* Of a model that is given the file itself; APP_SENSE_NONE: it is always read. Several: each sense is given its part of it. */
  AppSenses sense;
} AppAttachmentClassInfo;

#define APP_ATTACHMENT_KIND(NAME, name) extern const AppAttachmentClassInfo app_attachment_##name;
#include "attachments.def"
#undef APP_ATTACHMENT_KIND

const AppAttachmentClassInfo *app_attachment_kind_info (AppAttachmentKind kind);
/* When the helper found out that it is of another kind. */
void app_attachment_set_kind (AppAttachment *self, AppAttachmentKind kind);

/* Whether date and place of a picture may reach the model. */
gboolean app_attachment_get_use_exif (AppAttachment *self);
AppTranscriber *app_attachment_get_transcriber (AppAttachment *self); /* (nullable) */
GCancellable *app_attachment_get_cancellable (AppAttachment *self); /* (nullable) */

/* Asks the helper for a picture of it, small enough for a thumbnail. `callback` gets a result for media_decode_finish () and, as its data, a
 * reference to `self` that it must drop. */
void app_attachment_draw_async (AppAttachment *self, GAsyncReadyCallback callback);
void app_attachment_set_thumbnail (AppAttachment *self, MediaPicture *thumbnail);
void app_attachment_set_n_pages (AppAttachment *self, guint n_pages);
void app_attachment_set_extent (AppAttachment *self, const AppExtent *extent);
void app_attachment_set_mime_type (AppAttachment *self, const char *mime_type);
/* While loading. */
void app_attachment_set_summary (AppAttachment *self, const char *summary);

/* Its tables: NULL where nobody wants them (app_attachment_set_datasets ()). */
AppAttachmentTables *app_attachment_get_tables (AppAttachment *self);
/* Begins to read them, once. */
void app_attachment_import (AppAttachment *self);
/* Calls `then` when they are read, or will not be; at once where nobody reads them. One caller alone. */
typedef void (*AppAttachmentDatasetFunc) (AppAttachment *self, AppDataset *dataset, const GError *error, gpointer data);
void app_attachment_when_imported (AppAttachment *self, AppAttachmentDatasetFunc then, gpointer data);

/* Ends the loading. All arguments are taken: (transfer full); `notices` may be NULL for none. */
void app_attachment_succeed (AppAttachment *self, char *model_text, char *summary, GStrv notices);
void app_attachment_fail (AppAttachment *self, GError *error);

/* Appends `text` between two fences of ` or " that are longer than any run of them in it, so that nothing inside can pretend
 * to be the end. `language`: behind the opening fence, may be "". */
void app_attachment_append_fenced (GString *to, const char *language, const char *text);

/* "1,240 words" in the person's way of writing numbers. Returns: (transfer full) */
char *app_attachment_count_words (const char *const *texts, gsize n_texts);

G_END_DECLS
