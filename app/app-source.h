/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppSource: a passage of an attachment that an answer was made from, and cites by its number: [1] is the first of the answer's sources
 * (app_message_get_sources ()). It says where the passage stands, not what it says: the words are in the attachment. Plain data; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gint64 note;         /* the message with the attachment */
  guint attachment;    /* its position in app_message_get_attachments () of that message */
  guint page;          /* from 1; 0: the attachment has no pages */
  gsize start, length; /* in bytes of app_attachment_get_model_text () */
  char *name;          /* of the attachment; never NULL */
  char *sql;           /* a question to its tables, whose answer is the source; NULL: a passage */
  char *tables;        /* the ids of the datasets that were asked, one per line; NULL where that was not kept */
} AppSource;

/* Where in an answer a source is cited. */
typedef struct {
  gsize position; /* in bytes of the answer's text: behind the sentence */
  guint number;   /* of the source, from 1 */
} AppCitation;

AppSource *app_source_new (gint64 note, guint attachment, guint page, gsize start, gsize length, const char *name);
/* `sql`: a question to the tables of an attachment; `tables`: (nullable) the ids of their datasets, one per line. */
AppSource *app_source_new_query (gint64 note, guint attachment, const char *name, const char *sql, const char *tables);
AppSource *app_source_copy (const AppSource *source);
void app_source_free (AppSource *source);

G_END_DECLS
