/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between app-attachment.c and its helpers attachment-content.c (bytes), attachment-kind.c (the table of kinds) and attachment-record.c (metadata). */
#pragma once

#include "app-attachment.h"
#include "attachment-kind.h"

G_BEGIN_DECLS

typedef struct {
  GBytes *bytes;
  char *sha256;
  char *mime_type;
} AppAttachmentContent;

void app_attachment_content_free (AppAttachmentContent *content);

/* On a thread: reads `file` (or takes `bytes`), makes the SHA-256 and guesses the type. `callback` gets `self` as its source and
 * a GTask whose pointer is an AppAttachmentContent. */
void app_attachment_content_read_async (AppAttachment *self, GFile *file, GBytes *bytes, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback);

/* What the bytes are. */
AppAttachmentKind app_attachment_kind_of (GBytes *bytes, const char *mime_type);
/* By its name alone, for the chip's icon until the bytes are there. */
AppAttachmentKind app_attachment_kind_guess (const char *name);

/* What the history keeps beside the bytes. */
typedef struct {
  AppAttachmentKind kind;
  char *name;
  guint64 size;
  char *sha256;
  char *mime_type;
  char *model_text;
  char *summary;
  GStrv notices;
  guint n_pages;
  AppExtent extent; /* what is not known is not kept */
} AppAttachmentRecord;

/* JSON. Returns: (transfer full) */
char *app_attachment_record_print (const AppAttachmentRecord *record);
/* On success the strings in *record belong to the caller; on failure there are none. */
gboolean app_attachment_record_parse (const char *json, AppAttachmentRecord *record, GError **error);

/* attachment-dataset.c: what an attachment holds of its tables. */
AppAttachmentTables *app_attachment_tables_new (AppDatasets *datasets);
void app_attachment_tables_free (AppAttachmentTables *tables);

G_END_DECLS
