/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppDocument: what a model gets of one attachment. Immutable, counted, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gint64 note;      /* the message with the attachment */
  guint attachment; /* its position there */
  char *name;       /* of the file, for citations */
  char *text;       /* app_attachment_get_model_text () */
} AppDocument;

AppDocument *app_document_new (gint64 note, guint attachment, const char *name, const char *text);
AppDocument *app_document_ref (AppDocument *document);
void app_document_unref (AppDocument *document);

/* What the file itself says, without the lines in square brackets and the fence that stand around it for a model: for programs, which count lines. `text`: of a document. (transfer full) */
char *app_document_dup_own_text (const char *text);

/* An array that holds references. (transfer full) */
GPtrArray *app_documents_new (void);

G_END_DECLS
